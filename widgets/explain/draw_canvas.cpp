#include "widgets/explain/draw_canvas.h"

#include <QDragEnterEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QUrl>
#include <algorithm>

#include "widgets/theme/theme.h"

namespace vitrine {

DrawCanvas::DrawCanvas(QWidget* parent) : QWidget(parent), image_(kSide, kSide, QImage::Format_RGB32) {
  setAccessibleName(tr("Page to draw a sample on"));
  setToolTip(tr("Draw with the left button, rub out with the right one; Delete clears. Or drop an image file here."));
  setFocusPolicy(Qt::StrongFocus);
  setAcceptDrops(true);
  setCursor(Qt::CrossCursor);
  setMinimumSize(80, 80);
  QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
  policy.setHeightForWidth(true);
  setSizePolicy(policy);
  image_.fill(Qt::black);
  connect(themeSignal(), &ThemeSignal::changed, this, [this] { update(); });
}

void DrawCanvas::clear() {
  if (blank_) return;
  image_.fill(Qt::black);
  blank_ = true;
  update();
  emit drawn();
}

QRectF DrawCanvas::page() const {
  const double side = std::min(width(), height());
  return {(width() - side) / 2.0, 0, side, side};
}

void DrawCanvas::stroke(QPointF to, bool erase) {
  const QRectF p = page();
  const auto place = [&](QPointF at) { return QPointF((at.x() - p.left()) / p.width() * kSide, (at.y() - p.top()) / p.height() * kSide); };
  QPainter painter(&image_);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(erase ? Qt::black : Qt::white, pen_ * kSide * (erase ? 2 : 1), Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  painter.drawLine(place(last_), place(to) + QPointF(0.01, 0));
  if (!erase) blank_ = false;
  last_ = to;
  update();
}

void DrawCanvas::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  const QRectF p = page();
  painter.setRenderHint(QPainter::SmoothPixmapTransform);
  painter.drawImage(p, image_);
  painter.setPen(QPen(hasFocus() ? theme().accent : theme().border, 1));
  painter.drawRect(p.adjusted(0.5, 0.5, -0.5, -0.5));
  if (!blank_) return;
  painter.setPen(QColor(Qt::lightGray));
  painter.setFont(theme().font(-1));
  painter.drawText(p.adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap, tr("draw, or drop an image here"));
}

void DrawCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton && event->button() != Qt::RightButton) return;
  drawing_ = true;
  last_ = event->position();
  stroke(event->position(), event->button() == Qt::RightButton || event->modifiers() & Qt::ControlModifier);
}

void DrawCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (drawing_) stroke(event->position(), event->buttons() & Qt::RightButton || event->modifiers() & Qt::ControlModifier);
}

void DrawCanvas::mouseReleaseEvent(QMouseEvent*) {
  if (!drawing_) return;
  drawing_ = false;
  emit drawn();
}

void DrawCanvas::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) return clear();
  QWidget::keyPressEvent(event);
}

void DrawCanvas::dragEnterEvent(QDragEnterEvent* event) {
  if (event->mimeData()->hasUrls() && event->mimeData()->urls().value(0).isLocalFile()) event->acceptProposedAction();
}

void DrawCanvas::dropEvent(QDropEvent* event) {
  const QUrl url = event->mimeData()->urls().value(0);
  if (!url.isLocalFile()) return;
  event->acceptProposedAction();
  emit fileDropped(url.toLocalFile());
}

}  // namespace vitrine
