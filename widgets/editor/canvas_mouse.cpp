// What the mouse does on the canvas: choosing, moving, connecting, rubber band, panning and zooming.
#include <QApplication>
#include <QMouseEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <set>

#include "widgets/editor/canvas.h"
#include "widgets/editor/category.h"
#include "widgets/editor/edge_item.h"
#include "widgets/editor/hint_card.h"
#include "widgets/editor/node_item.h"

namespace vitrine {
namespace {

constexpr double kPortReach = 11;
constexpr int kDragStart = 4;

double distance(QPointF a, QPointF b) { return std::hypot(a.x() - b.x(), a.y() - b.y()); }

}  // namespace

std::optional<Canvas::PortHit> Canvas::portAt(QPointF scene) const {
  std::optional<PortHit> best;
  double nearest = kPortReach;
  for (const auto& [id, item] : nodes_) {
    if (item->look().output)
      if (const double d = distance(scene, item->outputPort()); d < nearest) nearest = d, best = PortHit{id, true, 0};
    for (int port = 0; port < item->look().ports; ++port)
      if (const double d = distance(scene, item->inputPort(port)); d < nearest)
        nearest = d, best = PortHit{id, false, port};
  }
  return best;
}

NodeItem* Canvas::nodeAt(QPointF scene) const {
  NodeItem* best = nullptr;
  for (const auto& [id, item] : nodes_)
    if (item->box().contains(scene) && (!best || item->zValue() >= best->zValue())) best = item;
  return best;
}

NodeItem* Canvas::chipAt(QPointF scene) const {
  for (const auto& [id, item] : nodes_)
    if (item->chip().contains(scene)) return item;
  return nullptr;
}

EdgeItem* Canvas::edgeAt(QPointF scene, double reach) const {
  EdgeItem* best = nullptr;
  double nearest = reach;
  for (const auto& [edge, item] : edges_) {
    if (!item->boundingRect().adjusted(-reach, -reach, reach, reach).contains(scene)) continue;
    const double length = item->path().length();
    const int steps = std::max(8, static_cast<int>(length / 6));
    for (int i = 0; i <= steps; ++i)
      if (const double d = distance(scene, item->path().pointAtPercent(double(i) / steps)); d < nearest)
        nearest = d, best = item;
  }
  return best;
}

void Canvas::hover(QPointF scene) {
  NodeItem* node = nodeAt(scene);
  const bool port = portAt(scene).has_value();
  const bool chip = chipAt(scene) != nullptr;
  EdgeItem* edge = node || port || chip ? nullptr : edgeAt(scene, 7);
  viewport()->setCursor(chip ? Qt::PointingHandCursor : port ? Qt::CrossCursor : Qt::ArrowCursor);
  if (node == hoveredNode_ && edge == hoveredEdge_) return;
  if (hoveredNode_ && hoveredNode_ != node) hoveredNode_->setHovered(false);
  if (hoveredEdge_ && hoveredEdge_ != edge) hoveredEdge_->setHovered(false);
  if (node) node->setHovered(true);
  if (edge) edge->setHovered(true);
  hoveredNode_ = node;
  hoveredEdge_ = edge;
  placeCards();
}

void Canvas::leaveEvent(QEvent* event) {
  hover(QPointF(1e9, 1e9));
  QGraphicsView::leaveEvent(event);
}

void Canvas::mousePressEvent(QMouseEvent* event) {
  if (renameEdit_) finishRename(true);
  setFocus(Qt::MouseFocusReason);
  const QPointF scene = mapToScene(event->pos());
  pressScene_ = scene;
  pressView_ = event->pos();
  if (event->button() == Qt::MiddleButton || (event->button() == Qt::LeftButton && space_)) {
    cancelGesture();
    mode_ = Mode::Pan;
    viewport()->setCursor(Qt::ClosedHandCursor);
    return;
  }
  if (event->button() == Qt::RightButton) {  // the menu acts on what is under the mouse
    if (NodeItem* node = nodeAt(scene); node && !node->isSelected()) select({node->id()});
    return;
  }
  if (event->button() != Qt::LeftButton || mode_ != Mode::None) return;
  showTip({}, {});
  if (NodeItem* node = chipAt(scene)) return fix(node->fixIssue());
  if (const auto port = portAt(scene)) return startConnect(*port, scene);
  if (NodeItem* node = nodeAt(scene)) return pressNode(node, event);
  const bool add = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
  if (EdgeItem* edge = edgeAt(scene, 7)) {
    select({});
    edge->setSelected(true);
    return;
  }
  mode_ = Mode::Band;
  band_ = QRectF();
  bandBefore_ = add ? selection() : std::vector<NodeId>{};
  if (!add) select({});
}

void Canvas::pressNode(NodeItem* node, QMouseEvent* event) {
  const bool add = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
  mode_ = Mode::Press;
  pressed_ = node;
  deselectOthersOnRelease_ = false;
  std::vector<NodeId> ids = selection();
  if (add) {
    if (node->isSelected())
      std::erase(ids, node->id());
    else
      ids.push_back(node->id());
    select(ids);
  } else if (!node->isSelected()) {
    select({node->id()});
  } else {
    deselectOthersOnRelease_ = ids.size() > 1;
  }
}

void Canvas::mouseMoveEvent(QMouseEvent* event) {
  const QPointF scene = mapToScene(event->pos());
  switch (mode_) {
    case Mode::None:
      hover(scene);
      return;
    case Mode::Press:
      if ((event->pos() - pressView_).manhattanLength() < kDragStart) return;
      if (!pressed_ || !pressed_->isSelected()) return;
      mode_ = Mode::Move;
      moving_ = selection();
      moved_ = {};
      placeCards();
      [[fallthrough]];
    case Mode::Move:
      moveTo(scene);
      return;
    case Mode::Connect:
      connectTo(scene);
      return;
    case Mode::Band:
      band(scene, false);
      return;
    case Mode::Pan: {
      const QPoint by = event->pos() - pressView_;
      pressView_ = event->pos();
      fitted_ = false;
      horizontalScrollBar()->setValue(horizontalScrollBar()->value() - by.x());
      verticalScrollBar()->setValue(verticalScrollBar()->value() - by.y());
      return;
    }
  }
}

void Canvas::moveTo(QPointF scene) {
  if (moving_.empty()) return;
  // The grabbed node snaps; the others keep their distances to it.
  const NodeId lead = pressed_ ? pressed_->id() : moving_.front();
  const Node* node = graph_.find(lead);
  if (!node) return;
  const QPointF by = scene - pressScene_;
  const Point corner = snappedCorner(graph_, moving_, {node->at.x + by.x(), node->at.y + by.y()});
  moved_ = {corner.x - node->at.x, corner.y - node->at.y};
  for (NodeId id : moving_)
    if (const Node* each = graph_.find(id)) nodes_.at(id)->setPos(each->at.x + moved_.x, each->at.y + moved_.y);
  routeEdges();
  EdgeItem* target = nullptr;
  if (moving_.size() == 1 && graph_.inputsOf(lead).empty() && graph_.consumersOf(lead).empty()) {
    target = edgeAt(scene, 12);
    if (!target) target = edgeAt(nodes_.at(lead)->box().center(), 24);
    if (target && !moveOntoEdge(graph_, target->edge(), lead)) target = nullptr;
  }
  setHotEdge(target);
}

void Canvas::finishMove() {
  const std::vector<NodeId> ids = moving_;
  const Point by = moved_;
  EdgeItem* onto = hotEdge_;
  setHotEdge(nullptr);
  mode_ = Mode::None;
  moving_.clear();
  moved_ = {};
  if (ids.empty()) return;
  Edit edit{moveNodes(graph_, ids, by), ids.size() == 1 ? tr("Move %1").arg(fromCore(graph_.find(ids[0])->name))
                                                        : tr("Move %1").arg(layersText(ids.size())),
            ids};
  if (onto) {
    Result<Graph> inserted = moveOntoEdge(edit.after, onto->edge(), ids.front());
    if (inserted) {
      edit.after = std::move(*inserted);
      edit.what = tr("Insert %1").arg(fromCore(graph_.find(ids[0])->name));
    }
  }
  const Graph before = graph_;
  apply(edit);
  if (graph_ == before) {  // refused by the document: back to where they stood
    showNodes();
    routeEdges();
  }
  placeCards();
}

void Canvas::startConnect(const PortHit& port, QPointF scene) {
  Rubber rubber{port.node, port.output, std::nullopt, scene, {}};
  if (!port.output)
    for (const Edge& edge : graph_.edges)
      if (edge.to == port.node && edge.port == port.port) {  // picks up the end that is there
        rubber.lifted = edge;
        rubber.fixed = edge.from;
        rubber.forward = true;
      }
  for (const auto& [id, item] : nodes_) {
    if (id == rubber.fixed) continue;
    const Result<Graph> after = joined(rubber, id);
    rubber.refusals[id] = after ? QString() : errorSentence(after.error());
    item->setMark(after ? NodeItem::Mark::Legal : NodeItem::Mark::Illegal);
  }
  mode_ = Mode::Connect;
  rubber_ = rubber;
  placeCards();
}

Result<Graph> Canvas::joined(const Rubber& rubber, NodeId target) const {
  Graph base = rubber.lifted ? vitrine::disconnect(graph_, *rubber.lifted) : graph_;
  if (rubber.lifted && rubber.lifted->to == target) return graph_;  // put back where it was
  return rubber.forward ? vitrine::connect(std::move(base), rubber.fixed, target)
                        : vitrine::connect(std::move(base), target, rubber.fixed);
}

void Canvas::connectTo(QPointF scene) {
  if (!rubber_) return;
  rubber_->cursor = scene;
  NodeItem* target = nodeAt(scene);
  if (const auto port = portAt(scene)) target = nodeItem(port->node);
  QString refusal;
  for (auto& [id, item] : nodes_) {
    auto it = rubber_->refusals.find(id);
    if (it == rubber_->refusals.end()) continue;
    const bool legal = it->second.isEmpty();
    item->setMark(!legal ? NodeItem::Mark::Illegal : item == target ? NodeItem::Mark::Target : NodeItem::Mark::Legal);
    if (item == target && !legal) refusal = it->second;
  }
  if (rubber_->lifted) routeEdges();
  showTip(refusal, mapFromScene(scene));
  viewport()->update();
}

void Canvas::finishConnect(QPointF scene) {
  const Rubber rubber = *rubber_;
  NodeItem* target = nodeAt(scene);
  if (const auto port = portAt(scene)) target = nodeItem(port->node);
  const bool moved = distance(scene, pressScene_) > kDragStart;
  cancelGesture();
  if (!moved) return select({rubber.lifted ? rubber.lifted->to : rubber.fixed});
  if (!target || target->id() == rubber.fixed) {
    if (rubber.lifted && !target)
      apply({vitrine::disconnect(graph_, *rubber.lifted), tr("Delete connection"), {rubber.lifted->to}});
    return;
  }
  const Result<Graph> after = joined(rubber, target->id());
  if (!after) {
    showTip(errorSentence(after.error()), mapFromScene(scene));
    return refuse(after.error());
  }
  const NodeId from = rubber.forward ? rubber.fixed : target->id(), to = rubber.forward ? target->id() : rubber.fixed;
  apply({*after, tr("Connect %1 to %2").arg(fromCore(graph_.find(from)->name), fromCore(graph_.find(to)->name)),
         {target->id()}});
}

void Canvas::band(QPointF scene, bool) {
  band_ = QRectF(pressScene_, scene).normalized();
  std::vector<NodeId> ids = bandBefore_;
  for (const auto& [id, item] : nodes_)
    if (band_.intersects(item->box()) && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  select(ids);
  viewport()->update();
}

void Canvas::mouseReleaseEvent(QMouseEvent* event) {
  const QPointF scene = mapToScene(event->pos());
  const Mode mode = mode_;
  if (mode == Mode::Pan) {
    mode_ = Mode::None;
    viewport()->setCursor(space_ ? Qt::OpenHandCursor : Qt::ArrowCursor);
    return;
  }
  if (event->button() != Qt::LeftButton) return;
  if (mode == Mode::Move) {
    finishMove();
  } else if (mode == Mode::Connect) {
    finishConnect(scene);
  } else {
    mode_ = Mode::None;
    if (mode == Mode::Press && deselectOthersOnRelease_ && pressed_) select({pressed_->id()});
  }
  pressed_ = nullptr;
  deselectOthersOnRelease_ = false;
  if (mode == Mode::Band) viewport()->update();
  placeCards();
}

void Canvas::mouseDoubleClickEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  const QPointF scene = mapToScene(event->pos());
  if (portAt(scene) || chipAt(scene)) return;
  if (NodeItem* node = nodeAt(scene)) rename(node->id());
}

void Canvas::cancelGesture() {
  const bool wasMove = mode_ == Mode::Move;
  mode_ = Mode::None;
  rubber_.reset();
  moving_.clear();
  moved_ = {};
  ghost_.reset();
  setHotEdge(nullptr);
  for (auto& [id, item] : nodes_) item->setMark(NodeItem::Mark::None);
  if (wasMove) showNodes();
  routeEdges();
  showTip({}, {});
  viewport()->update();
}

void Canvas::setHotEdge(EdgeItem* edge) {
  if (hotEdge_ == edge) return;
  if (hotEdge_) hotEdge_->setHot(false);
  hotEdge_ = edge;
  if (hotEdge_) hotEdge_->setHot(true);
}

void Canvas::showTip(const QString& text, QPoint viewPoint) {
  tip_->setVisible(!text.isEmpty());
  if (text.isEmpty()) return;
  tip_->setTexts(text, {}, HintCard::Tone::Error);
  const QRect area = viewport()->rect();
  tip_->move(std::clamp(viewPoint.x() + 16, 0, std::max(0, area.width() - tip_->width())),
             std::clamp(viewPoint.y() + 18, 0, std::max(0, area.height() - tip_->height())));
  tip_->raise();
}

void Canvas::wheelEvent(QWheelEvent* event) {
  const QPoint delta = event->angleDelta();
  if (event->modifiers() & Qt::ShiftModifier) {
    fitted_ = false;
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - (delta.y() ? delta.y() : delta.x()) / 2);
  } else if (delta.y() != 0) {
    zoomBy(std::pow(1.0015, delta.y()), event->position());
  }
  event->accept();
}

}  // namespace vitrine
