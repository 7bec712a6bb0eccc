#include "widgets/forms/number_field.h"

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QTimerEvent>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr int kArrowWidth = 16;

/// The next of …, 1, 3, 10, 30, … above (or below) a positive value.
double nextOneThree(double value, bool up) {
  for (int exponent = static_cast<int>(std::floor(std::log10(value))) - 1;; ++exponent) {
    // Division by a power of ten rounds once, so that 0.003 is the number a person types.
    const auto power = [](int m, int e) { return e < 0 ? m / std::pow(10.0, -e) : m * std::pow(10.0, e); };
    const double ladder[] = {power(1, exponent), power(3, exponent), power(1, exponent + 1), power(3, exponent + 1),
                             power(1, exponent + 2), power(3, exponent + 2), power(1, exponent + 3)};
    if (up) {
      for (double rung : ladder)
        if (rung > value * (1 + 1e-9)) return rung;
    } else {
      for (int i = 6; i >= 0; --i)
        if (ladder[i] < value * (1 - 1e-9)) return ladder[i];
    }
  }
}

}  // namespace

double steppedNumber(double value, int steps, const NumberRange& range) {
  const bool up = steps > 0;
  const double low = range.low < range.high ? range.low : -1e18, high = range.low < range.high ? range.high : 1e18;
  for (int i = 0; i < std::abs(steps); ++i) {
    if (range.whole && range.logarithmic) {
      const double power = value >= 1 ? std::pow(2.0, up ? std::floor(std::log2(value)) + 1 : std::ceil(std::log2(value)) - 1)
                                      : (up ? 1 : low);
      value = power < 1 ? low : power;
    } else if (range.logarithmic) {
      if (value <= 0)
        value = up ? (low > 0 ? low : 1e-5) : low;
      else
        value = nextOneThree(value, up);
    } else if (range.whole) {
      value += up ? 1 : -1;
    } else {
      const double span = range.low < range.high ? range.high - range.low : std::max(1.0, std::abs(value));
      const double unit = std::pow(10.0, std::floor(std::log10(std::min(span, 100.0) / 10 * 1.000001)));
      value = (std::round(value / unit) + (up ? 1 : -1)) * unit;
      value = std::round(value * 1e12) / 1e12;
    }
    value = std::clamp(value, low, high);
  }
  return value;
}

QString numberText(double value, bool whole) {
  const QLocale locale;
  if ((whole && std::abs(value) < kLargestWhole) || isWhole(value)) return locale.toString(static_cast<qlonglong>(std::llround(value)));
  return locale.toString(value, 'g', QLocale::FloatingPointShortest);
}

std::optional<double> parseNumber(const QString& text, bool whole) {
  QString clean = text.trimmed();
  bool ok = false;
  double value = QLocale().toDouble(clean, &ok);
  if (!ok) {
    clean.remove(QChar(0x202f)).remove(QChar(0xa0)).remove(QLatin1Char(' '));
    value = QLocale::c().toDouble(clean, &ok);
  }
  if (!ok || !std::isfinite(value)) return std::nullopt;
  if (whole && (value != std::floor(value) || std::abs(value) > kLargestWhole)) return std::nullopt;
  return value;
}

NumberField::NumberField(QWidget* parent) : QLineEdit(parent) {
  setTextMargins(0, 0, kArrowWidth - 4, 0);
  setFocusPolicy(Qt::StrongFocus);  // no wheel focus: scrolling a form must not change it
  setMouseTracking(true);
  connect(this, &QLineEdit::textEdited, this, [this] { dirty_ = true; });
}

void NumberField::setRange(const NumberRange& range) { range_ = range; }

void NumberField::setValue(double value, bool force) {
  if (dirty_ && hasFocus() && !force) return;
  dirty_ = false;
  if (this->value() == value) return;
  const int cursor = cursorPosition();
  setText(numberText(value, range_.whole));
  setCursorPosition(std::min<int>(cursor, static_cast<int>(text().size())));
}

std::optional<double> NumberField::value() const { return parseNumber(text(), range_.whole); }

void NumberField::setRefused(bool refused) {
  if (refused == refused_) return;
  refused_ = refused;
  update();
}

QSize NumberField::minimumSizeHint() const { return {52, QLineEdit::minimumSizeHint().height()}; }

void NumberField::step(int steps) {
  const std::optional<double> now = value();
  if (!now || isReadOnly()) return;
  const double next = steppedNumber(*now, steps, range_);
  if (next == *now) return;
  setText(numberText(next, range_.whole));
  dirty_ = true;
  emit stepped();
}

void NumberField::keyPressEvent(QKeyEvent* event) {
  switch (event->key()) {
    case Qt::Key_Up: return step(1);
    case Qt::Key_Down: return step(-1);
    case Qt::Key_PageUp: return step(10);
    case Qt::Key_PageDown: return step(-10);
    default: QLineEdit::keyPressEvent(event);
  }
}

void NumberField::wheelEvent(QWheelEvent* event) {
  if (!hasFocus() || event->angleDelta().y() == 0) return event->ignore();
  step(event->angleDelta().y() > 0 ? 1 : -1);
  event->accept();
}

int NumberField::arrowAt(QPoint point) const {
  if (point.x() < width() - kArrowWidth || !rect().contains(point)) return 0;
  return point.y() < height() / 2 ? 1 : -1;
}

void NumberField::mousePressEvent(QMouseEvent* event) {
  held_ = event->button() == Qt::LeftButton ? arrowAt(event->pos()) : 0;
  if (held_ == 0) return QLineEdit::mousePressEvent(event);
  setFocus(Qt::MouseFocusReason);
  step(held_);
  timer_ = startTimer(350);
}

void NumberField::mouseReleaseEvent(QMouseEvent* event) {
  if (held_ == 0) return QLineEdit::mouseReleaseEvent(event);
  held_ = 0;
  if (timer_) killTimer(timer_);
  timer_ = 0;
}

void NumberField::mouseMoveEvent(QMouseEvent* event) {
  setCursor(arrowAt(event->pos()) ? Qt::ArrowCursor : Qt::IBeamCursor);
  if (held_ == 0) QLineEdit::mouseMoveEvent(event);
}

void NumberField::timerEvent(QTimerEvent* event) {
  if (event->timerId() != timer_) return QLineEdit::timerEvent(event);
  killTimer(timer_);
  timer_ = startTimer(70);
  step(held_);
}

void NumberField::paintEvent(QPaintEvent* event) {
  QLineEdit::paintEvent(event);
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme& t = theme();
  painter.setPen(QPen(isEnabled() ? t.secondary : t.border, 1.3, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
  const double x = width() - kArrowWidth / 2.0 - 2, middle = height() / 2.0;
  for (int way : {-1, 1})
    painter.drawPolyline(QPolygonF{{x - 3, middle + way * 3.0}, {x, middle + way * 6.0}, {x + 3, middle + way * 3.0}});
  if (!refused_) return;
  painter.setPen(QPen(t.error, 1.5));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75), 5, 5);
}

}  // namespace vitrine
