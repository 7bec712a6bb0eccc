#include "widgets/figure/axes.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/data/table.h"
#include "core/view/layout.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString withTrueMinus(QString text) {
  if (text.startsWith(QLatin1Char('-'))) text[0] = QChar(0x2212);
  return text;
}

double widest(const QStringList& texts, const QFont& font) {
  double w = 0;
  for (const QString& t : texts) w = std::max(w, textWidth(font, t));
  return w;
}

int mostTicks(double length, double each) { return std::max(2, static_cast<int>(length / std::max(1.0, each))); }

/// Ticks and title below an area; the title below its middle, or as far from it as `within` makes it.
void drawXAxis(QCPPainter& painter, const QRectF& area, const QRectF& within, const ChartAxis& x, bool grid, const FigureStyle& style) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  painter.setFont(small);
  const std::vector<double> ticks = levelTicks(x, area.width(), style);
  const QStringList texts = tickTexts(x, ticks);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double at = area.left() + x.range.at(ticks[i]) * area.width(), half = textWidth(small, texts[static_cast<qsizetype>(i)]) / 2 + 1;
    painter.setPen(QPen(!grid ? style.colors.border : ticks[i] == 0 ? style.colors.secondary : style.colors.grid, 1));
    painter.drawLine(QPointF(at, grid ? area.top() : area.bottom()), QPointF(at, area.bottom() + (grid ? 0 : 3)));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(at - half, area.bottom() + 2, 2 * half, line), Qt::AlignCenter, texts[static_cast<qsizetype>(i)]);
  }
  painter.setPen(style.colors.secondary);
  const double width = std::min(within.width(), std::max(area.width(), textWidth(small, x.title) + 2));
  const double left = std::max(within.left(), std::min(area.center().x() - width / 2, within.right() - width));  // not clamp: rounding may put the ends' order wrong
  drawLine(painter, QRectF(left, area.bottom() + line + 2, width, line), Qt::AlignCenter, x.title);
}

}  // namespace

std::vector<double> ticksOf(const ChartAxis& axis, int most) {
  std::vector<double> ticks = niceTicks(axis.range.low, axis.range.high, most);
  if (axis.whole) std::erase_if(ticks, [](double v) { return v != std::floor(v); });
  return ticks;
}

std::vector<double> levelTicks(const ChartAxis& axis, double width, const FigureStyle& style) {
  const QFont small = style.font(-1);
  int most = mostTicks(width, textWidth(small, QStringLiteral("0.00")) + 14);
  std::vector<double> ticks = ticksOf(axis, most);
  while (most > 2 && (widest(tickTexts(axis, ticks), small) + 10) * static_cast<double>(ticks.size()) > width + 20) ticks = ticksOf(axis, --most);
  return ticks;
}

QStringList tickTexts(const ChartAxis& axis, const std::vector<double>& ticks) {
  QStringList texts;
  const double unit = axis.percent ? 100 : 1, step = unit * (ticks.size() > 1 ? ticks[1] - ticks[0] : 1);
  double largest = 0;
  for (const double v : ticks) largest = std::max(largest, unit * std::abs(v));
  for (const double v : ticks) {
    if (axis.date)
      texts << QString::fromStdString(dateText(v)).left(step < 86400 ? -1 : 10);  // within a day the time tells ticks apart
    else if (largest >= 1e6 || step < 1e-4)
      texts << numberText(unit * v, std::clamp(static_cast<int>(std::ceil(std::log10(std::max(1.0, largest / step)))) + 1, 2, 12));
    else
      texts << withTrueMinus(QLocale().toString(v == 0 ? 0.0 : unit * v, 'f', decimalsFor(step)));
    if (axis.percent) texts.back() += QStringLiteral(" %");
  }
  return texts;
}

Chart chartIn(const QRectF& rect, const ChartAxis& x, const ChartAxis& y, const FigureStyle& style, double below) {
  Chart c;
  c.x = x, c.y = y;
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double bottom = below >= 0 ? below : line + 2 + (x.title.isEmpty() ? 0 : line);
  const double height = std::max(1.0, rect.height() - bottom - line / 2);
  const double left = widest(tickTexts(y, ticksOf(y, mostTicks(height, 2.2 * line))), small) + 6 + (y.title.isEmpty() ? 0 : line + 2);
  c.area = QRectF(rect.left() + left, rect.top() + line / 2, std::max(1.0, rect.width() - left - 6), height);
  return c;
}

void drawAxes(QCPPainter& painter, const Chart& c, const FigureStyle& style, bool xTicks) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const Theme& t = style.colors;
  painter.setFont(small);
  const std::vector<double> ys = ticksOf(c.y, mostTicks(c.area.height(), 2.2 * line));
  const QStringList yTexts = tickTexts(c.y, ys);
  const double yWidth = widest(yTexts, small);
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const double at = c.yAt(ys[i]);
    painter.setPen(QPen(t.grid, 1));
    painter.drawLine(QPointF(c.area.left(), at), QPointF(c.area.right(), at));
    painter.setPen(t.secondary);
    drawLine(painter, QRectF(c.area.left() - 4 - yWidth - 2, at - line / 2, yWidth + 2, line), Qt::AlignRight | Qt::AlignVCenter, yTexts[static_cast<qsizetype>(i)]);
  }
  if (xTicks) drawXAxis(painter, c.area, c.area, c.x, false, style);
  painter.setPen(QPen(t.border, 1));
  painter.drawLine(c.area.bottomLeft(), c.area.bottomRight());
  painter.setPen(t.secondary);
  if (!c.y.title.isEmpty())
    drawLineUpwards(painter, QRectF(c.area.left() - 6 - yWidth - line - 2, c.area.top(), line, c.area.height()), Qt::AlignCenter, c.y.title);
}

void drawNumberAxis(QCPPainter& painter, const QRectF& area, const QRectF& within, const ChartAxis& x, const FigureStyle& style) { drawXAxis(painter, area, within, x, true, style); }

}  // namespace vitrine
