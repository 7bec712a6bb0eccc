#include "widgets/figure/figure.h"

#include <qcustomplot.h>

#include <QMouseEvent>
#include <QToolTip>
#include <algorithm>

#include "widgets/figure/paint.h"

namespace vitrine {

FigureStyle FigureStyle::screen() {
  FigureStyle style;
  style.colors = theme();
  return style;
}

FigureStyle FigureStyle::forPrint(double fontPt) {
  FigureStyle style;
  style.print = true;
  style.colors = Theme::light();
  // Paper is read closer than a screen: darker secondary text, lines that survive a copy.
  style.colors.secondary = QColor(0x3c4650);
  style.colors.grid = QColor(0xdfe3e8);
  style.fontPt = fontPt;
  return style;
}

QFont FigureStyle::font(double sizeStep, bool bold) const {
  QFont f(colors.family);
  f.setPointSizeF(std::max(5.0, fontPt + sizeStep));
  f.setWeight(bold ? QFont::DemiBold : QFont::Normal);
  if (print) f.setHintingPreference(QFont::PreferNoHinting);
  return f;
}

QString brokenLines(const QString& text, int most) {
  QStringList out;
  for (QString line : text.split(QLatin1Char('\n'))) {
    while (line.size() > most) {
      qsizetype at = line.lastIndexOf(QLatin1Char(' '), most);
      if (at <= 0) at = line.indexOf(QLatin1Char(' '), most);
      if (at <= 0) break;
      out << line.left(at);
      line = line.mid(at + 1);
    }
    out << line;
  }
  return out.join(QLatin1Char('\n'));
}

FigureWidget::FigureWidget(QWidget* parent) : QWidget(parent) {
  setMouseTracking(true);
  setFocusPolicy(Qt::ClickFocus);
  setMinimumSize(120, 80);
  connect(themeSignal(), &ThemeSignal::changed, this, [this] { update(); });
}

void FigureWidget::setPlaceholder(const QString& text) {
  if (text == placeholder_) return;
  placeholder_ = text;
  update();
}

QString FigureWidget::readoutAt(QPointF) const { return {}; }

QRectF FigureWidget::figureRect() const { return QRectF(rect()); }

void FigureWidget::paintEvent(QPaintEvent*) {
  QCPPainter painter(this);
  const FigureStyle style = FigureStyle::screen();
  if (!isEmpty()) {
    paintFigure(painter, figureRect(), style);
    return;
  }
  painter.setFont(style.font());
  painter.setPen(style.colors.secondary);
  painter.drawText(figureRect().adjusted(12, 8, -12, -8), Qt::AlignCenter | Qt::TextWordWrap, placeholder_);
}

void FigureWidget::paintKept() {
  const double ratio = devicePixelRatioF();
  const QString key = QStringLiteral("%1 %2 %3").arg(theme().dark).arg(theme().panel.rgba()).arg(theme().family);
  const QSize size = (QSizeF(this->size()) * ratio).toSize();
  if (kept_.size() != size || kept_.devicePixelRatio() != ratio || keptFor_ != key) {
    kept_ = QImage(size, QImage::Format_ARGB32_Premultiplied);
    kept_.setDevicePixelRatio(ratio);
    kept_.fill(Qt::transparent);
    keptFor_ = key;
    QCPPainter painter(&kept_);
    paintFigure(painter, figureRect(), FigureStyle::screen());
  }
  QPainter(this).drawImage(0, 0, kept_);
}

void FigureWidget::mouseMoveEvent(QMouseEvent* event) {
  const QString text = isEmpty() ? QString() : readoutAt(event->position());
  if (text.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(event->globalPosition().toPoint() + QPoint(8, 0), brokenLines(text), this);
  QWidget::mouseMoveEvent(event);
}

void FigureWidget::leaveEvent(QEvent* event) {
  QToolTip::hideText();
  QWidget::leaveEvent(event);
}

}  // namespace vitrine
