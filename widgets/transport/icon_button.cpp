#include "widgets/transport/icon_button.h"

#include <QEnterEvent>
#include <QPainter>
#include <QPainterPath>
#include <cmath>

#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr double kUnit = 18;  // signs are drawn in a square of this side about the origin

QPolygonF triangle(double left, double right, double half) { return {QPointF(left, -half), {right, 0}, {left, half}}; }

void drawReset(QPainter& p, const QColor& ink) {
  p.setPen(QPen(ink, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  p.setBrush(Qt::NoBrush);
  constexpr double kRadius = 7, kOpen = 45;
  p.drawArc(QRectF(-kRadius, -kRadius, 2 * kRadius, 2 * kRadius), static_cast<int>(kOpen * 16), static_cast<int>(292 * 16));
  const QPointF tip(kRadius * std::cos(kOpen * M_PI / 180), -kRadius * std::sin(kOpen * M_PI / 180));
  p.drawPolyline(QPolygonF{tip + QPointF(-4.6, 0.4), tip + QPointF(0.6, 0.4), tip + QPointF(0.6, -4.8)});
}

void drawSign(QPainter& p, IconButton::Sign sign, const QColor& ink) {
  if (sign == IconButton::Sign::Reset) return drawReset(p, ink);
  p.setPen(QPen(ink, 1.2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  p.setBrush(ink);
  switch (sign) {
    case IconButton::Sign::Play: p.drawPolygon(triangle(-5, 8, 8)); break;
    case IconButton::Sign::Pause:
      p.drawRoundedRect(QRectF(-6.5, -7.5, 4, 15), 0.8, 0.8);
      p.drawRoundedRect(QRectF(2.5, -7.5, 4, 15), 0.8, 0.8);
      break;
    case IconButton::Sign::StepBatch:
      p.drawPolygon(triangle(-6, 3.5, 6.5));
      p.drawRoundedRect(QRectF(5, -6.5, 2, 13), 0.6, 0.6);
      break;
    case IconButton::Sign::StepEpoch:
      p.drawPolygon(triangle(-8.5, -0.8, 6.5));
      p.drawPolygon(triangle(-0.2, 6.5, 6.5));
      p.drawRoundedRect(QRectF(7.4, -6.5, 1.6, 13), 0.6, 0.6);
      break;
    case IconButton::Sign::Options:
      for (double y : {-5.0, 0.0, 5.0}) p.drawLine(QPointF(-6, y), QPointF(6, y));
      for (const QPointF& knob : {QPointF(-2, -5), QPointF(3, 0), QPointF(-1, 5)}) p.drawEllipse(knob, 1.8, 1.8);
      break;
    case IconButton::Sign::Reset: break;
  }
}

}  // namespace

IconButton::IconButton(Sign sign, QWidget* parent, bool primary) : QAbstractButton(parent), sign_(sign), primary_(primary) {
  setFocusPolicy(Qt::TabFocus);
  setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  setAttribute(Qt::WA_Hover);
}

void IconButton::setSign(Sign sign) {
  if (sign == sign_) return;
  sign_ = sign;
  update();
}

QSize IconButton::sizeHint() const {
  if (sign_ == Sign::Options) return {26, 26};
  return primary_ ? QSize(58, 36) : QSize(36, 36);
}

void IconButton::enterEvent(QEnterEvent*) { update(); }
void IconButton::leaveEvent(QEvent*) { update(); }

void IconButton::paintEvent(QPaintEvent*) {
  const Theme& t = theme();
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  QColor fill = primary_ ? t.accent : t.panel, line = primary_ ? t.accent : t.border, ink = primary_ ? t.accentText : t.text;
  if (!isEnabled()) {
    fill = primary_ ? t.field : t.panel;
    line = t.border;
    ink = t.secondary;
    ink.setAlphaF(0.55F);
  } else if (isDown()) {
    fill = primary_ ? t.accent.darker(118) : t.field;
  } else if (underMouse()) {
    fill = primary_ ? t.accent.lighter(110) : t.hover;
  }
  const QRectF box = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
  p.setPen(QPen(hasFocus() && !primary_ ? t.accent : line, 1));
  p.setBrush(fill);
  p.drawRoundedRect(box, 6, 6);
  if (hasFocus() && primary_) {
    p.setPen(QPen(t.accentText, 1));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(box.adjusted(2.5, 2.5, -2.5, -2.5), 4, 4);
  }
  p.translate(box.center());
  const double scale = std::min(width(), height()) / 36.0 * (sign_ == Sign::Options ? 1.1 : 1.0) * (kUnit / 18);
  p.scale(scale, scale);
  drawSign(p, sign_, ink);
}

}  // namespace vitrine
