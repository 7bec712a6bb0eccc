#include "widgets/editor/canvas.h"

#include <QLineEdit>
#include <QPainter>
#include <QPainterPathStroker>
#include <QResizeEvent>
#include <QScrollBar>
#include <algorithm>
#include <cmath>
#include <set>

#include "widgets/editor/category.h"
#include "widgets/editor/edge_item.h"
#include "widgets/editor/edge_path.h"
#include "widgets/editor/hint_card.h"
#include "widgets/editor/node_item.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

NodeLook lookOf(const Node& node, const Graph& graph, const Validation& validation) {
  const LayerSpec* spec = findLayer(node.type);
  NodeLook look;
  look.name = fromCore(node.name);
  look.type = node.type;
  if (spec && spec->summary) look.summary = fromCore(spec->summary(node.params));
  if (auto it = validation.shapes.find(node.id); it != validation.shapes.end()) look.shape = fromCore(it->second.text());
  const int connected = static_cast<int>(graph.inputsOf(node.id).size());
  const int most = spec ? spec->maxInputs : 1;
  look.ports = most == 0 ? 0 : std::clamp(connected + (most > 1 ? 1 : 0), 1, std::max(1, most));
  look.output = !spec || spec->category != Category::Output;
  for (std::size_t i = 0; i < validation.issues.size(); ++i) {
    const Issue& issue = validation.issues[i];
    if (issue.node == node.id)
      look.faults.push_back(
          {static_cast<int>(i), fromCore(issue.text), fromCore(issue.cure), issue.fatal, static_cast<bool>(issue.fix)});
  }
  std::stable_sort(look.faults.begin(), look.faults.end(),
                   [](const NodeFault& a, const NodeFault& b) { return a.fatal > b.fatal; });
  return look;
}

}  // namespace

Canvas::Canvas(QWidget* parent)
    : QGraphicsView(parent), tip_(new HintCard(viewport())), faultCard_(new HintCard(viewport())),
      banner_(new HintCard(viewport())), emptyCard_(new HintCard(viewport())) {
  setObjectName(QStringLiteral("graphCanvas"));
  setAccessibleName(tr("Network"));
  setScene(new QGraphicsScene(this));
  scene()->setItemIndexMethod(QGraphicsScene::NoIndex);  // a few dozen items that move
  setFrameShape(QFrame::NoFrame);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setTransformationAnchor(QGraphicsView::NoAnchor);
  setResizeAnchor(QGraphicsView::NoAnchor);
  setViewportUpdateMode(QGraphicsView::SmartViewportUpdate);
  setAcceptDrops(true);
  setFocusPolicy(Qt::StrongFocus);
  setMouseTracking(true);
  viewport()->setMouseTracking(true);
  tip_->setObjectName(QStringLiteral("cursorTip"));
  faultCard_->setObjectName(QStringLiteral("faultCard"));
  faultCard_->setAttribute(Qt::WA_TransparentForMouseEvents);
  banner_->setObjectName(QStringLiteral("graphBanner"));
  emptyCard_->setObjectName(QStringLiteral("emptyHint"));
  QObject::connect(banner_, &HintCard::clicked, this, [this] {
    for (std::size_t i = 0; i < validation_.issues.size(); ++i)
      if (!validation_.issues[i].node && validation_.issues[i].fix) return fix(static_cast<int>(i));
  });
  QObject::connect(scene(), &QGraphicsScene::selectionChanged, this, [this] {
    if (quiet_) return;
    describe();
    placeCards();
    emit selectionChanged();
  });
  QObject::connect(themeSignal(), &ThemeSignal::changed, this, [this] {
    showFaults();
    scene()->update();
    viewport()->update();
  });
  showFaults();
}

Canvas::~Canvas() {
  // Items that go take their selection with them; the scene tells of it when this is no Canvas any more.
  disconnect(scene(), nullptr, this, nullptr);
}

void Canvas::setGraph(const Graph& graph, const Validation& validation) {
  const std::vector<NodeId> before = selection();
  const bool fresh = std::none_of(graph.nodes.begin(), graph.nodes.end(),
                                  [this](const Node& node) { return nodes_.count(node.id) > 0; });
  graph_ = graph;
  validation_ = validation;
  quiet_ = true;
  showNodes();
  showEdges();
  if (toSelect_) {
    for (auto& [id, item] : nodes_) item->setSelected(false);
    for (auto& [edge, item] : edges_) item->setSelected(false);
    for (NodeId id : *toSelect_)
      if (NodeItem* item = nodeItem(id)) item->setSelected(true);
    toSelect_.reset();
  }
  quiet_ = false;
  if (renameEdit_ && !graph_.find(renaming_)) finishRename(false);
  if (rubber_ && !graph_.find(rubber_->fixed)) cancelGesture();
  updateSceneRect();
  showFaults();
  if (fresh || (fitted_ && mode_ == Mode::None && !everythingSeen())) fitAll();
  describe();
  placeCards();
  if (selection() != before) emit selectionChanged();
}

void Canvas::showNodes() {
  for (auto it = nodes_.begin(); it != nodes_.end();) {
    if (graph_.find(it->first)) {
      ++it;
      continue;
    }
    if (hoveredNode_ == it->second) hoveredNode_ = nullptr;
    if (pressed_ == it->second) pressed_ = nullptr;
    std::erase(moving_, it->first);
    delete it->second;
    it = nodes_.erase(it);
  }
  const std::set<NodeId> moving(moving_.begin(), moving_.end());
  for (const Node& node : graph_.nodes) {
    NodeItem*& item = nodes_[node.id];
    if (!item) scene()->addItem(item = new NodeItem(node.id));
    item->setLook(lookOf(node, graph_, validation_));
    QPointF at(node.at.x, node.at.y);
    if (mode_ == Mode::Move && moving.count(node.id)) at += QPointF(moved_.x, moved_.y);
    if (item->pos() != at) item->setPos(at);
  }
}

void Canvas::showEdges() {
  const std::set<Edge> wanted(graph_.edges.begin(), graph_.edges.end());
  for (auto it = edges_.begin(); it != edges_.end();) {
    if (wanted.count(it->first)) {
      ++it;
      continue;
    }
    if (hotEdge_ == it->second) hotEdge_ = nullptr;
    if (hoveredEdge_ == it->second) hoveredEdge_ = nullptr;
    delete it->second;
    it = edges_.erase(it);
  }
  for (const Edge& edge : graph_.edges) {
    if (!nodes_.count(edge.from) || !nodes_.count(edge.to)) continue;
    EdgeItem*& item = edges_[edge];
    if (!item) scene()->addItem(item = new EdgeItem(edge));
  }
  routeEdges();
}

void Canvas::routeEdges() {
  for (auto& [edge, item] : edges_) {
    const NodeItem *source = nodes_.at(edge.from), *target = nodes_.at(edge.to);
    const QPointF from = source->outputPort(), to = target->inputPort(edge.port);
    const QPointF middle = (from + to) / 2;
    bool detour = false;
    for (auto& [id, node] : nodes_)
      if (id != edge.from && id != edge.to && node->box().adjusted(4, 4, -4, -4).contains(QPointF(node->box().center().x(), middle.y())) &&
          node->box().left() > from.x() && node->box().right() < to.x())
        detour = true;
    item->setPath(edgePath(from, to, source->box(), target->box(), detour));
    const bool lifted = rubber_ && rubber_->lifted == edge;
    item->setVisible(!lifted);
  }
}

void Canvas::showFaults() {
  emptyCard_->setVisible(graph_.nodes.empty());
  if (graph_.nodes.empty())
    emptyCard_->setTexts(tr("Drag a layer here, or choose Network → Templates"),
                         tr("Then connect the layers from port to port."), HintCard::Tone::Plain);
  const Issue* whole = nullptr;
  for (const Issue& issue : validation_.issues)
    if (!issue.node && (!whole || (issue.fatal && !whole->fatal))) whole = &issue;
  const bool shown = whole && !graph_.nodes.empty();
  banner_->setVisible(shown);
  if (shown)
    banner_->setTexts(fromCore(whole->text), fromCore(whole->cure),
                      whole->fatal ? HintCard::Tone::Error : HintCard::Tone::Warning, whole->fix ? tr("Fix") : QString());
  placeCards();
}

void Canvas::placeCards() {
  const QRect area = viewport()->rect();
  emptyCard_->move(area.center() - emptyCard_->rect().center());
  banner_->move((area.width() - banner_->width()) / 2, area.height() - banner_->height() - 10);
  const NodeItem* subject = hoveredNode_ && hoveredNode_->fault() ? hoveredNode_ : nullptr;
  const std::vector<NodeId> chosen = selection();
  if (!subject && chosen.size() == 1) subject = nodeItem(chosen.front());
  const NodeFault* fault = subject && mode_ == Mode::None && !renameEdit_ ? subject->fault() : nullptr;
  faultCard_->setVisible(fault);
  if (!fault) return;
  faultCard_->setTexts(fault->text, fault->cure, fault->fatal ? HintCard::Tone::Error : HintCard::Tone::Warning);
  const QRect box = mapFromScene(subject->box().adjusted(0, -12, 0, 28)).boundingRect();
  int y = box.bottom() + 4;
  if (y + faultCard_->height() > area.bottom()) y = box.top() - faultCard_->height() - 4;
  const int x = box.center().x() - faultCard_->width() / 2;
  faultCard_->move(std::clamp(x, 4, std::max(4, area.width() - faultCard_->width() - 4)),
                   std::clamp(y, 4, std::max(4, area.height() - faultCard_->height() - 4)));
  faultCard_->raise();
}

void Canvas::setThumbnails(const std::map<NodeId, QImage>& thumbnails) {
  for (auto& [id, item] : nodes_) {
    auto it = thumbnails.find(id);
    item->setThumbnail(it == thumbnails.end() ? QImage() : it->second);
  }
}

void Canvas::setNotes(const std::map<NodeId, QString>& notes) {
  for (auto& [id, item] : nodes_) {
    auto it = notes.find(id);
    item->setNote(it == notes.end() ? QString() : it->second);
  }
}

NodeItem* Canvas::nodeItem(NodeId id) const {
  auto it = nodes_.find(id);
  return it == nodes_.end() ? nullptr : it->second;
}

EdgeItem* Canvas::edgeItem(const Edge& edge) const {
  auto it = edges_.find(edge);
  return it == edges_.end() ? nullptr : it->second;
}

std::vector<NodeId> Canvas::selection() const {
  std::vector<NodeId> ids;
  for (const auto& [id, item] : nodes_)
    if (item->isSelected()) ids.push_back(id);
  return ids;
}

std::optional<Edge> Canvas::selectedEdge() const {
  for (const auto& [edge, item] : edges_)
    if (item->isSelected()) return edge;
  return std::nullopt;
}

void Canvas::select(const std::vector<NodeId>& ids) {
  const std::vector<NodeId> before = selection();
  const bool hadEdge = selectedEdge().has_value();
  const std::set<NodeId> wanted(ids.begin(), ids.end());
  quiet_ = true;
  for (auto& [edge, item] : edges_) item->setSelected(false);
  for (auto& [id, item] : nodes_) {
    item->setSelected(wanted.count(id) > 0);
    item->setZValue(wanted.count(id) ? 2 : 1);
  }
  quiet_ = false;
  const std::vector<NodeId> after = selection();
  if (!after.empty() && mode_ == Mode::None) {
    const NodeItem* first = nodes_.at(after.front());
    const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
    if (!seen.intersects(first->box())) ensureVisible(first->box(), 30, 30);
  }
  describe();
  placeCards();
  if (after != before || hadEdge) emit selectionChanged();
}

/// What a screen reader says of the canvas.
void Canvas::describe() {
  QStringList names;
  for (NodeId id : selection()) {
    const NodeLook& look = nodes_.at(id)->look();
    QStringList parts{look.name};
    if (!look.summary.isEmpty()) parts << look.summary;
    if (!look.shape.isEmpty()) parts << tr("output %1").arg(look.shape);
    if (!look.faults.empty()) parts << look.faults.front().text;
    names << parts.join(QStringLiteral(", "));
  }
  setAccessibleDescription(names.isEmpty() ? tr("%1, none selected").arg(layersText(nodes_.size()))
                                           : names.join(QStringLiteral("; ")));
}

void Canvas::apply(const Edit& edit) {
  if (edit.after == graph_) return;
  if (edit.mergeId < 0) ++nudgeId_;
  toSelect_ = edit.select;
  emit message({});
  emit edited(edit.after, edit.what, edit.mergeId);
}

void Canvas::refuse(const Error& error) { emit message(errorSentence(error)); }

void Canvas::fix(int issue) {
  if (issue < 0 || issue >= static_cast<int>(validation_.issues.size())) return;
  const Issue& chosen = validation_.issues[static_cast<std::size_t>(issue)];
  if (!chosen.fix) return;
  Edit edit{keepTidy(graph_, chosen.fix(graph_), layoutWidth()), fromCore(chosen.cure), selection()};
  if (edit.after.nextId > graph_.nextId) edit.select = {NodeId{graph_.nextId}};
  apply(edit);
}

// Seeing.

QPointF Canvas::viewCentre() const { return mapToScene(viewport()->rect().center()); }

void Canvas::updateSceneRect() {
  QRectF all;
  for (auto& [id, item] : nodes_) all |= item->box();
  // Room to pan: the network may be pushed nearly out of sight in every direction.
  setSceneRect(all.adjusted(-3000, -3000, 3000, 3000));
}

bool Canvas::everythingSeen() const {
  const QRectF seen = mapToScene(viewport()->rect()).boundingRect();
  return std::all_of(nodes_.begin(), nodes_.end(), [&](const auto& node) { return seen.contains(node.second->box()); });
}

void Canvas::fitAll() {
  fitted_ = true;
  if (nodes_.empty() || viewport()->width() < 20) return;
  QRectF all;
  for (auto& [id, item] : nodes_) all |= item->box();
  all.adjust(-24, -20, 24, 30);
  const double scale = std::clamp(std::min(viewport()->width() / all.width(), viewport()->height() / all.height()), 0.1, 1.0);
  setTransform(QTransform::fromScale(scale, scale));
  centerOn(all.center());
  placeCards();
}

void Canvas::zoomBy(double factor, QPointF viewPoint) {
  const double scale = std::clamp(zoom() * factor, 0.15, 4.0);
  const QPointF anchor = mapToScene(viewPoint.toPoint());
  fitted_ = false;
  setTransform(QTransform::fromScale(scale, scale));
  const QPointF now = mapToScene(viewPoint.toPoint());
  centerOn(mapToScene(viewport()->rect()).boundingRect().center() + anchor - now);
  placeCards();
}

double Canvas::layoutWidth() const {
  const double w = std::max(320, viewport()->width()), h = std::max(200, viewport()->height());
  double best = w, bestScale = 0;
  for (double factor : {1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0}) {
    const Graph laid = autoLayout(graph_, w * factor - 48);
    QRectF all;
    for (const Node& node : laid.nodes) all |= QRectF(node.at.x, node.at.y, kNodeWidth, kNodeHeight);
    const double scale = std::min({w / (all.width() + 48), h / (all.height() + 50), 1.0});
    if (scale > bestScale + 1e-6) bestScale = scale, best = w * factor - 48;
  }
  return best;
}

void Canvas::resizeEvent(QResizeEvent* event) {
  QGraphicsView::resizeEvent(event);
  if (fitted_ && mode_ == Mode::None) fitAll();
  placeCards();
}

void Canvas::scrollContentsBy(int dx, int dy) {
  QGraphicsView::scrollContentsBy(dx, dy);
  // The view scrolls its children too; the cards belong to the window, not to the scene.
  placeCards();
  if (renameEdit_)
    if (const NodeItem* item = nodeItem(renaming_)) renameEdit_->move(mapFromScene(item->nameBox().topLeft()));
}

void Canvas::drawBackground(QPainter* painter, const QRectF& rect) {
  const Theme& t = theme();
  painter->fillRect(rect, t.dark ? t.window : t.hover);
  if (zoom() < 0.45) return;
  constexpr double kStep = 3 * kGrid;
  painter->setPen(QPen(t.dark ? t.field : t.border, 1.2 / zoom()));
  QPolygonF dots;
  for (double y = std::floor(rect.top() / kStep) * kStep; y < rect.bottom(); y += kStep)
    for (double x = std::floor(rect.left() / kStep) * kStep; x < rect.right(); x += kStep) dots << QPointF(x, y);
  painter->drawPoints(dots);
}

void Canvas::drawForeground(QPainter* painter, const QRectF&) {
  const Theme& t = theme();
  painter->setRenderHint(QPainter::Antialiasing);
  if (rubber_) {
    const NodeItem* fixed = nodes_.at(rubber_->fixed);
    QPointF from = rubber_->forward ? fixed->outputPort() : rubber_->cursor;
    QPointF to = rubber_->forward ? rubber_->cursor : fixed->inputPort(0);
    QPainterPath path(from);
    const double handle = std::clamp(std::abs(to.x() - from.x()) / 2, 20.0, 80.0);
    path.cubicTo(from.x() + handle, from.y(), to.x() - handle, to.y(), to.x(), to.y());
    painter->strokePath(path, QPen(t.accent, 2, Qt::DashLine, Qt::RoundCap));
    painter->setBrush(t.accent);
    painter->setPen(Qt::NoPen);
    painter->drawEllipse(rubber_->cursor, 4, 4);
  }
  QColor fill = t.accent;
  fill.setAlphaF(0.10F);
  if (mode_ == Mode::Band && !band_.isEmpty()) {
    painter->setPen(QPen(t.accent, 1 / zoom()));
    painter->setBrush(fill);
    painter->drawRect(band_);
  }
  if (ghost_) {
    painter->setPen(QPen(t.accent, 1.5, Qt::DashLine));
    painter->setBrush(fill);
    painter->drawRoundedRect(QRectF(*ghost_, QSizeF(kNodeWidth, kNodeHeight)), 6, 6);
  }
}

}  // namespace vitrine
