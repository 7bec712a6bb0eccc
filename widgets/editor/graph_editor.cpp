#include "widgets/editor/graph_editor.h"

#include <QAction>
#include <QBoxLayout>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QMimeData>

#include "widgets/editor/canvas.h"
#include "widgets/editor/category.h"
#include "widgets/editor/edits.h"
#include "widgets/editor/layer_palette.h"

namespace vitrine {

struct GraphEditor::Impl {
  LayerPalette* palette = nullptr;
  Canvas* canvas = nullptr;
  QList<QAction*> edit, view;
  Encode encode;
  Decode decode;
  int pastes = 0;        // in a row, so that they do not lie on each other
  QByteArray pasted;

  QAction* action(const char* name) const {
    for (QAction* a : edit + view)
      if (a->objectName() == QLatin1String(name)) return a;
    return nullptr;
  }
};

GraphEditor::GraphEditor(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  impl_->palette = new LayerPalette(this);
  impl_->canvas = new Canvas(this);
  auto* layout = new QHBoxLayout(this);
  layout->setContentsMargins(7, 7, 7, 7);
  layout->setSpacing(7);
  layout->addWidget(impl_->palette);
  layout->addWidget(impl_->canvas, 1);
  setFocusProxy(impl_->canvas);
  Canvas* canvas = impl_->canvas;
  connect(canvas, &Canvas::edited, this, &GraphEditor::edited);
  connect(canvas, &Canvas::selectionChanged, this, &GraphEditor::selectionChanged);
  connect(canvas, &Canvas::message, this, &GraphEditor::message);
  connect(impl_->palette, &LayerPalette::activated, this, &GraphEditor::appendLayer);
  connect(impl_->palette, &LayerPalette::helpRequested, this, &GraphEditor::helpRequested);
  makeActions();
  connect(canvas, &Canvas::contextMenuWanted, this, [this](QPoint at) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addActions(impl_->edit);
    menu->addSeparator();
    menu->addActions(impl_->view);
    menu->popup(at);
  });
}

GraphEditor::~GraphEditor() = default;

void GraphEditor::makeActions() {
  const auto add = [this](QList<QAction*>& list, const char* name, const QString& text, const QString& tip,
                          const QList<QKeySequence>& keys, auto slot) {
    auto* action = new QAction(text, this);
    action->setObjectName(QLatin1String(name));
    action->setToolTip(tip);
    action->setStatusTip(tip);
    action->setShortcuts(keys);
    // Only on the canvas: the same keys mean text elsewhere.
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, slot);
    impl_->canvas->addAction(action);
    list << action;
  };
  using K = QKeySequence;
  auto& edit = impl_->edit;
  auto& view = impl_->view;
  add(edit, "actionCut", tr("Cu&t"), tr("Cut the selected layers"), K::keyBindings(K::Cut), &GraphEditor::cut);
  add(edit, "actionCopy", tr("&Copy"), tr("Copy the selected layers"), K::keyBindings(K::Copy), &GraphEditor::copy);
  add(edit, "actionPaste", tr("&Paste"), tr("Paste layers"), K::keyBindings(K::Paste), &GraphEditor::paste);
  add(edit, "actionDuplicate", tr("D&uplicate"), tr("Copies of the selected layers beside them"), {K(Qt::CTRL | Qt::Key_D)},
      &GraphEditor::duplicateSelection);
  add(edit, "actionDelete", tr("&Delete"), tr("Delete the selected layers or connection; a chain closes over the gap"),
      {K(Qt::Key_Delete), K(Qt::Key_Backspace)}, &GraphEditor::deleteSelection);
  add(edit, "actionSelectAll", tr("Select &all"), tr("Select every layer"), K::keyBindings(K::SelectAll),
      &GraphEditor::selectAll);
  add(edit, "actionRename", tr("&Rename"), tr("Rename the selected layer in place"), {K(Qt::Key_F2)},
      &GraphEditor::renameSelected);
  add(edit, "actionLayerHelp", tr("What is t&his layer?"), tr("Explains the selected layer, with its formula"),
      {K(Qt::Key_F1)}, [this] {
        const std::vector<NodeId> ids = selection();
        const Node* node = ids.empty() ? nullptr : graph().find(ids.front());
        if (node)
          emit helpRequested(fromCore(node->type));
        else
          emit message(tr("Select a layer first; F1 then explains it"));
      });
  add(view, "actionAutoLayout", tr("&Lay out"), tr("Put the layers in rows, in the network's order"),
      {K(Qt::CTRL | Qt::Key_L)}, &GraphEditor::autoLayout);
  add(view, "actionZoomIn", tr("Zoom &in"), tr("Larger (wheel)"), {K(Qt::CTRL | Qt::Key_Plus), K(Qt::CTRL | Qt::Key_Equal)},
      &GraphEditor::zoomIn);
  add(view, "actionZoomOut", tr("Zoom &out"), tr("Smaller (wheel)"), {K(Qt::CTRL | Qt::Key_Minus)}, &GraphEditor::zoomOut);
  add(view, "actionZoomFit", tr("Zoom to &fit"), tr("See the whole network"), {K(Qt::CTRL | Qt::Key_0)},
      &GraphEditor::fitAll);
  const auto refresh = [this] {
    const bool nodes = !selection().empty();
    for (const char* name : {"actionCut", "actionCopy"}) impl_->action(name)->setEnabled(nodes && impl_->encode);
    impl_->action("actionPaste")->setEnabled(static_cast<bool>(impl_->decode));
    impl_->action("actionDuplicate")->setEnabled(nodes);
    impl_->action("actionRename")->setEnabled(selection().size() == 1);
    impl_->action("actionDelete")->setEnabled(nodes || impl_->canvas->selectedEdge());
  };
  connect(impl_->canvas, &Canvas::selectionChanged, this, refresh);
  connect(this, &GraphEditor::codecChanged, this, refresh);
  refresh();
}

void GraphEditor::setGraph(const Graph& graph, const Validation& validation) { impl_->canvas->setGraph(graph, validation); }
const Graph& GraphEditor::graph() const { return impl_->canvas->graph(); }
const Validation& GraphEditor::validation() const { return impl_->canvas->validation(); }
void GraphEditor::setThumbnails(const std::map<NodeId, QImage>& thumbnails) { impl_->canvas->setThumbnails(thumbnails); }
void GraphEditor::setNotes(const std::map<NodeId, QString>& notes) { impl_->canvas->setNotes(notes); }

void GraphEditor::setCodec(Encode encode, Decode decode) {
  impl_->encode = std::move(encode);
  impl_->decode = std::move(decode);
  emit codecChanged();
}

std::vector<NodeId> GraphEditor::selection() const { return impl_->canvas->selection(); }
void GraphEditor::select(const std::vector<NodeId>& ids) { impl_->canvas->select(ids); }
void GraphEditor::fitAll() { impl_->canvas->fitAll(); }
QList<QAction*> GraphEditor::editActions() const { return impl_->edit; }
QList<QAction*> GraphEditor::viewActions() const { return impl_->view; }

void GraphEditor::copy() {
  const std::vector<NodeId> ids = selection();
  if (ids.empty() || !impl_->encode) return;
  const QByteArray json = QByteArray::fromStdString(impl_->encode(extract(graph(), ids)));
  auto* data = new QMimeData;
  data->setData(QLatin1String(kMimeType), json);
  data->setText(QString::fromUtf8(json));
  QGuiApplication::clipboard()->setMimeData(data);
  impl_->pastes = 0;
}

void GraphEditor::cut() {
  if (!impl_->encode || selection().empty()) return;
  copy();
  Edit edit = deleteEdit(graph(), selection(), std::nullopt, impl_->canvas->layoutWidth());
  edit.what = tr("Cut %1").arg(layersText(selection().size()));
  impl_->canvas->apply(edit);
}

void GraphEditor::paste() {
  if (!impl_->decode) return;
  const QMimeData* data = QGuiApplication::clipboard()->mimeData();
  if (!data || !data->hasFormat(QLatin1String(kMimeType)))
    return emit message(tr("There are no layers on the clipboard"));
  const QByteArray json = data->data(QLatin1String(kMimeType));
  const Result<Graph> part = impl_->decode(std::string_view(json.constData(), static_cast<std::size_t>(json.size())));
  if (!part) return impl_->canvas->refuse(part.error());
  if (part->nodes.empty()) return emit message(tr("There are no layers on the clipboard"));
  impl_->pastes = json == impl_->pasted ? impl_->pastes + 1 : 1;
  impl_->pasted = json;
  const double by = 3 * kGrid * impl_->pastes;
  impl_->canvas->apply(pasteEdit(graph(), *part, {by, by}));
}

void GraphEditor::duplicateSelection() {
  if (!selection().empty()) impl_->canvas->apply(duplicateEdit(graph(), selection()));
}

void GraphEditor::deleteSelection() {
  const std::vector<NodeId> ids = selection();
  const std::optional<Edge> edge = impl_->canvas->selectedEdge();
  if (!ids.empty() || edge) impl_->canvas->apply(deleteEdit(graph(), ids, edge, impl_->canvas->layoutWidth()));
}

void GraphEditor::selectAll() {
  std::vector<NodeId> ids;
  for (const Node& node : graph().nodes) ids.push_back(node.id);
  select(ids);
}

void GraphEditor::autoLayout() {
  impl_->canvas->apply({vitrine::autoLayout(graph(), impl_->canvas->layoutWidth()), tr("Lay out"), selection()});
  fitAll();
}

void GraphEditor::renameSelected() {
  if (const std::vector<NodeId> ids = selection(); ids.size() == 1) impl_->canvas->rename(ids.front());
}

void GraphEditor::zoomIn() { impl_->canvas->zoomBy(1.25, impl_->canvas->viewport()->rect().center()); }
void GraphEditor::zoomOut() { impl_->canvas->zoomBy(0.8, impl_->canvas->viewport()->rect().center()); }

void GraphEditor::appendLayer(const QString& layerId) {
  Canvas* canvas = impl_->canvas;
  Result<Edit> edit = appendLayerEdit(graph(), selection(), layerId.toStdString(), canvas->layoutWidth());
  if (edit)
    canvas->apply(*edit);
  else
    canvas->refuse(edit.error());
}

}  // namespace vitrine
