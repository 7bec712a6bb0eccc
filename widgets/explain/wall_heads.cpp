#include "widgets/explain/wall_heads.h"

#include <QContextMenuEvent>
#include <QCoreApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <cmath>

#include "widgets/explain/wall_view.h"

namespace vitrine {
namespace {

/// Lies over the area's viewport, in the shape of what it shows: the strip of heads where the wall is scrolled down, the
/// inputs where it is scrolled to the right. What is done on it is done to the wall.
class WallHeads : public QWidget {
 public:
  WallHeads(QScrollArea* area, WallView* wall) : QWidget(area->viewport()), area_(area), wall_(wall) {
    setObjectName(QStringLiteral("wallHeads"));
    setMouseTracking(true);
    setFocusPolicy(Qt::ClickFocus);
    setFocusProxy(wall);
    area->viewport()->installEventFilter(this);
    wall->installEventFilter(this);
    connect(wall, &WallView::pictureChanged, this, [this] { place(); });
    connect(wall, &WallView::cellSelected, this, [this](int sample, int method) { uncover(wall_->cellRect(sample, method)); }, Qt::QueuedConnection);
    connect(themeSignal(), &ThemeSignal::changed, this, [this] { update(); });
    place();
  }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    // The wall moves when it is scrolled.
    if (event->type() == QEvent::Resize || (watched == wall_ && event->type() == QEvent::Move)) place();
    return QWidget::eventFilter(watched, event);
  }

  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    painter.fillRect(rect(), theme().panel);
    const int right = left_.width(), below = top_.height();
    // By way of a picture: a widget that shares another one's painter while the screen is painted leaves nothing there.
    const auto part = [&](const QRect& shown, QPoint from) {
      if (shown.isEmpty()) return;
      QPixmap picture(shown.size() * devicePixelRatioF());
      picture.setDevicePixelRatio(devicePixelRatioF());
      picture.fill(theme().panel);
      wall_->render(&picture, {}, QRegion(QRect(from, shown.size())), RenderFlags());
      painter.drawPixmap(shown.topLeft(), picture);
    };
    part(top_.adjusted(right, 0, 0, 0), {right + scrolled_.x(), 0});
    part(left_.adjusted(0, below, 0, 0), {0, below + scrolled_.y()});
    // Where both meet neither is scrolled; where there is one alone it goes on with the wall.
    if (right > 0 && below > 0) part(QRect(0, 0, right, below), {0, 0});
    painter.fillRect(QRect(0, below - 1, width(), below > 0 ? 1 : 0), theme().border);
    painter.fillRect(QRect(right - 1, 0, right > 0 ? 1 : 0, height()), theme().border);
  }

  void mousePressEvent(QMouseEvent* event) override { pass(event); }
  void mouseReleaseEvent(QMouseEvent* event) override { pass(event); }
  void mouseMoveEvent(QMouseEvent* event) override { pass(event); }
  void leaveEvent(QEvent* event) override { QCoreApplication::sendEvent(wall_, event); }
  void contextMenuEvent(QContextMenuEvent* event) override {
    QContextMenuEvent there(event->reason(), onWall(event->pos()).toPoint(), event->globalPos(), event->modifiers());
    QCoreApplication::sendEvent(wall_, &there);
    event->accept();  // the wall's own way up has led to the panel
  }

 private:
  /// The point of the wall that is painted at `p`.
  QPointF onWall(QPointF p) const { return {p.x() < left_.width() ? p.x() : p.x() + scrolled_.x(), p.y() < top_.height() ? p.y() : p.y() + scrolled_.y()}; }

  void pass(QMouseEvent* event) {
    QMouseEvent there(event->type(), onWall(event->position()), event->scenePosition(), event->globalPosition(), event->button(), event->buttons(), event->modifiers(), event->pointingDevice());
    QCoreApplication::sendEvent(wall_, &there);
    event->accept();
  }

  void place() {
    const QRect all = area_->viewport()->rect();
    const QSizeF heads = wall_->headSize();
    scrolled_ = -wall_->pos();
    top_ = scrolled_.y() > 0 ? QRect(0, 0, all.width(), static_cast<int>(std::ceil(heads.height()))) : QRect();
    left_ = scrolled_.x() > 0 ? QRect(0, 0, static_cast<int>(std::ceil(heads.width())), all.height()) : QRect();
    const QRegion shape = QRegion(top_) + left_;
    setVisible(!shape.isEmpty());
    if (shape.isEmpty()) return;
    setGeometry(all);
    setMask(shape);
    raise();
    update();
  }

  /// A map that was chosen by key is scrolled into sight, but perhaps below the heads.
  void uncover(const QRectF& cell) {
    const QPointF at = cell.topLeft() - QPointF(scrolled_) - QPointF(left_.width(), top_.height()) - QPointF(4, 4);
    if (at.y() < 0) area_->verticalScrollBar()->setValue(area_->verticalScrollBar()->value() + static_cast<int>(std::floor(at.y())));
    if (at.x() < 0) area_->horizontalScrollBar()->setValue(area_->horizontalScrollBar()->value() + static_cast<int>(std::floor(at.x())));
  }

  QScrollArea* area_;
  WallView* wall_;
  QRect top_, left_;
  QPoint scrolled_;
};

}  // namespace

void pinWallHeads(QScrollArea* area, WallView* wall) { new WallHeads(area, wall); }

}  // namespace vitrine
