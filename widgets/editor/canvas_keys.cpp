// What the keyboard does on the canvas, and renaming in place.
#include <QKeyEvent>
#include <QLineEdit>
#include <algorithm>
#include <cmath>

#include "widgets/editor/canvas.h"
#include "widgets/editor/category.h"
#include "widgets/editor/hint_card.h"
#include "widgets/editor/node_item.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr auto kArrows = {Qt::Key_Left, Qt::Key_Right, Qt::Key_Up, Qt::Key_Down};

QPointF direction(Qt::Key key) {
  switch (key) {
    case Qt::Key_Left: return {-1, 0};
    case Qt::Key_Right: return {1, 0};
    case Qt::Key_Up: return {0, -1};
    default: return {0, 1};
  }
}

}  // namespace

void Canvas::keyPressEvent(QKeyEvent* event) {
  const auto key = static_cast<Qt::Key>(event->key());
  if (key == Qt::Key_Space && event->modifiers() == Qt::NoModifier) {
    if (!event->isAutoRepeat() && mode_ == Mode::None) {
      space_ = true;
      viewport()->setCursor(Qt::OpenHandCursor);
    }
    return;
  }
  if (key == Qt::Key_Escape) {
    const bool busy = mode_ != Mode::None || tip_->isVisible();
    if (busy)
      cancelGesture();
    else if (!selection().empty() || selectedEdge())
      select({});
    else
      event->ignore();  // Esc leaves the window's mode then
    return;
  }
  if (std::find(kArrows.begin(), kArrows.end(), key) != kArrows.end()) {
    const QPointF d = direction(key);
    if (event->modifiers() & (Qt::ControlModifier | Qt::AltModifier))
      nudge({d.x() * kGrid, d.y() * kGrid});
    else
      stepSelection(key);
    return;
  }
  if ((key == Qt::Key_Return || key == Qt::Key_Enter) && selection().size() == 1) return rename(selection().front());
  if (key == Qt::Key_Home && !validation_.order.empty()) return select({validation_.order.front()});
  if (key == Qt::Key_End && !validation_.order.empty()) return select({validation_.order.back()});
  event->ignore();
}

void Canvas::keyReleaseEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Space && !event->isAutoRepeat()) {
    space_ = false;
    if (mode_ != Mode::Pan) viewport()->setCursor(Qt::ArrowCursor);
    return;
  }
  QGraphicsView::keyReleaseEvent(event);
}

/// To the nearest node that way; sideways steps count more than the way ahead.
void Canvas::stepSelection(Qt::Key key) {
  if (nodes_.empty()) return;
  const std::vector<NodeId> chosen = selection();
  if (chosen.empty()) return select({validation_.order.empty() ? nodes_.begin()->first : validation_.order.front()});
  const bool forward = key == Qt::Key_Right || key == Qt::Key_Down;
  const NodeId from = forward ? chosen.back() : chosen.front();
  const QPointF start = nodes_.at(from)->box().center(), way = direction(key);
  NodeId best = from;
  double bestCost = 1e18;
  for (const auto& [id, item] : nodes_) {
    const QPointF d = item->box().center() - start;
    const double ahead = QPointF::dotProduct(d, way), aside = std::abs(d.x() * way.y()) + std::abs(d.y() * way.x());
    if (id == from || ahead <= 1 || aside > ahead * 2) continue;
    if (const double cost = ahead + 2 * aside; cost < bestCost) bestCost = cost, best = id;
  }
  // At the end of a row the way goes on along the connection.
  if (best == from && key == Qt::Key_Right)
    if (const auto next = graph_.consumersOf(from); !next.empty()) best = next.front();
  if (best == from && key == Qt::Key_Left)
    if (const auto before = graph_.inputsOf(from); !before.empty()) best = before.front();
  select({best});
  const NodeItem* item = nodeItem(best);
  if (item && !mapToScene(viewport()->rect()).boundingRect().contains(item->box())) ensureVisible(item->box(), 30, 30);
}

bool Canvas::focusNextPrevChild(bool next) { return tabSelection(next) || QGraphicsView::focusNextPrevChild(next); }

/// Tab goes through the nodes in the network's order and leaves the canvas after the last.
bool Canvas::tabSelection(bool next) {
  std::vector<NodeId> order = validation_.order;
  for (const auto& [id, item] : nodes_)
    if (std::find(order.begin(), order.end(), id) == order.end()) order.push_back(id);
  std::erase_if(order, [this](NodeId id) { return !nodes_.count(id); });
  if (order.empty() || !hasFocus()) return false;
  const std::vector<NodeId> chosen = selection();
  if (chosen.empty()) {
    select({next ? order.front() : order.back()});
    return true;
  }
  const auto at = std::find(order.begin(), order.end(), chosen.front());
  if (next ? at + 1 == order.end() : at == order.begin()) return false;
  select({*(next ? at + 1 : at - 1)});
  return true;
}

void Canvas::nudge(Point by) {
  const std::vector<NodeId> ids = selection();
  if (ids.empty()) return;
  if (ids != nudged_) ++nudgeId_;
  nudged_ = ids;
  apply({moveNodes(graph_, ids, by),
         ids.size() == 1 ? tr("Move %1").arg(fromCore(graph_.find(ids[0])->name))
                         : tr("Move %1").arg(layersText(ids.size())),
         ids, nudgeId_});
}

void Canvas::rename(NodeId id) {
  const Node* node = graph_.find(id);
  NodeItem* item = nodeItem(id);
  if (!node || !item) return;
  cancelGesture();
  finishRename(true);
  select({id});
  const QRect box = mapFromScene(item->nameBox()).boundingRect();
  renaming_ = id;
  renameEdit_ = new QLineEdit(fromCore(node->name), viewport());
  renameEdit_->setObjectName(QStringLiteral("renameEdit"));
  renameEdit_->setAccessibleName(tr("Name of the layer"));
  renameEdit_->setToolTip(tr("Enter keeps the name, Esc gives up. Names are unique: weights in files are named after them"));
  renameEdit_->setFont(theme().font(0, true));
  renameEdit_->setGeometry(box.x(), box.y() - 3, std::max(box.width(), 150), std::max(box.height(), 26));
  renameEdit_->selectAll();
  renameEdit_->installEventFilter(this);
  renameEdit_->show();
  renameEdit_->setFocus();
  placeCards();
}

bool Canvas::eventFilter(QObject* watched, QEvent* event) {
  if (watched != renameEdit_ || !renameEdit_) return QGraphicsView::eventFilter(watched, event);
  if (event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter) {
      finishRename(key != Qt::Key_Escape);
      return true;
    }
  } else if (event->type() == QEvent::FocusOut &&
             static_cast<QFocusEvent*>(event)->reason() != Qt::PopupFocusReason) {
    finishRename(true);
    if (renameEdit_) finishRename(false);  // a refused name does not hold the focus
  } else if (event->type() == QEvent::ShortcutOverride) {
    event->accept();  // Delete and Ctrl+A belong to the text now
    return true;
  }
  return QGraphicsView::eventFilter(watched, event);
}

void Canvas::finishRename(bool accept) {
  if (!renameEdit_) return;
  QLineEdit* edit = renameEdit_;
  const Node* node = graph_.find(renaming_);
  const std::string name = edit->text().trimmed().toStdString();
  if (accept && node && name != node->name) {
    Result<Graph> after = renameNode(graph_, renaming_, name);
    if (!after) {
      showTip(errorSentence(after.error()), edit->geometry().bottomLeft());
      return refuse(after.error());
    }
    renameEdit_ = nullptr;
    apply({*after, tr("Rename %1").arg(fromCore(node->name)), {renaming_}});
  }
  renameEdit_ = nullptr;
  const bool had = edit->hasFocus();
  edit->removeEventFilter(this);
  edit->hide();
  edit->deleteLater();
  showTip({}, {});
  if (had) setFocus();
  placeCards();
}

}  // namespace vitrine
