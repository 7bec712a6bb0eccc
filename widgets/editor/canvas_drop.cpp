// Layers dragged from the palette, and the context menu.
#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QMimeData>

#include "widgets/editor/canvas.h"
#include "widgets/editor/category.h"
#include "widgets/editor/edge_item.h"
#include "widgets/editor/hint_card.h"
#include "widgets/editor/layer_palette.h"
#include "widgets/editor/node_item.h"

namespace vitrine {
namespace {

std::string layerOf(const QMimeData* data) {
  return data->data(QLatin1String(kLayerMimeType)).toStdString();
}

/// The mouse holds the new node by its middle.
Point cornerUnder(QPointF scene) { return {scene.x() - kNodeWidth / 2, scene.y() - kNodeHeight / 2}; }

}  // namespace

void Canvas::dragEnterEvent(QDragEnterEvent* event) {
  if (!event->mimeData()->hasFormat(QLatin1String(kLayerMimeType))) return event->ignore();
  cancelGesture();
  event->acceptProposedAction();
}

void Canvas::dragMoveEvent(QDragMoveEvent* event) {
  if (!event->mimeData()->hasFormat(QLatin1String(kLayerMimeType))) return event->ignore();
  const QPointF scene = mapToScene(event->position().toPoint());
  const std::string type = layerOf(event->mimeData());
  const Point at = snappedCorner(graph_, {}, cornerUnder(scene));
  ghost_ = QPointF(at.x, at.y);
  EdgeItem* edge = nodeAt(scene) ? nullptr : edgeAt(scene, 14);
  QString refusal;
  if (edge) {
    const Result<Graph> after = insertOnEdge(graph_, edge->edge(), type, at);
    if (!after) refusal = errorSentence(after.error()), edge = nullptr;
  }
  setHotEdge(edge);
  showTip(refusal, event->position().toPoint());
  viewport()->update();
  event->acceptProposedAction();
}

void Canvas::dragLeaveEvent(QDragLeaveEvent*) { cancelGesture(); }

void Canvas::dropEvent(QDropEvent* event) {
  if (!event->mimeData()->hasFormat(QLatin1String(kLayerMimeType))) return event->ignore();
  const std::string type = layerOf(event->mimeData());
  const QPointF scene = mapToScene(event->position().toPoint());
  const Point at = snappedCorner(graph_, {}, cornerUnder(scene));
  EdgeItem* item = nodeAt(scene) ? nullptr : edgeAt(scene, 14);
  const std::optional<Edge> edge = item ? std::optional(item->edge()) : std::nullopt;
  cancelGesture();
  event->acceptProposedAction();
  Result<Edit> edit = edge ? insertLayerEdit(graph_, *edge, type, at, layoutWidth()) : addLayerEdit(graph_, type, at);
  if (!edit && edge) edit = addLayerEdit(graph_, type, at);  // an Output on an edge stands free
  if (!edit) return refuse(edit.error());
  setFocus(Qt::OtherFocusReason);
  apply(*edit);
}

void Canvas::contextMenuEvent(QContextMenuEvent* event) {
  if (renameEdit_ || mode_ != Mode::None) return;
  QPoint at = event->globalPos();
  if (event->reason() == QContextMenuEvent::Keyboard)
    if (const std::vector<NodeId> ids = selection(); !ids.empty())
      at = viewport()->mapToGlobal(mapFromScene(nodes_.at(ids.front())->box().center()));
  emit contextMenuWanted(at);
}

}  // namespace vitrine
