#include "widgets/explain/set_charts.h"

#include <qcustomplot.h>

#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/view/layout.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

/// A number axis below `plane`: grid, numbers at round places, title.
void drawAxis(QCPPainter& painter, const QRectF& plane, Range range, const QString& title, const FigureStyle& style) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  painter.setFont(small);
  const std::vector<double> ticks = niceTicks(range.low, range.high, std::max(2, static_cast<int>(plane.width() / 70)));
  const int decimals = ticks.size() > 1 ? decimalsFor(ticks[1] - ticks[0]) : 2;
  for (double v : ticks) {
    const double x = plane.left() + range.at(v) * plane.width();
    painter.setPen(QPen(v == 0 ? style.colors.secondary : style.colors.grid, 1));
    painter.drawLine(QPointF(x, plane.top()), QPointF(x, plane.bottom()));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(x - 40, plane.bottom() + 2, 80, line), Qt::AlignCenter, QLocale().toString(v == 0 ? 0.0 : v, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212)));
  }
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(plane.left(), plane.bottom() + 2 + line, plane.width(), line), Qt::AlignCenter, title);
}

QColor signInk(double v) {
  const Rgba c = color(ColorMap::Diverging, v < 0 ? 0 : 1);
  return toColor(c);
}

Range padded(double low, double high) {
  if (!(low < high)) low -= 0.5, high += 0.5;
  const double air = 0.04 * (high - low);
  return {low - air, high + air};
}

QRectF barsPlane(const QRectF& rect, const QStringList& names, const FigureStyle& style, int axisLines) {
  const QFont small = style.font(-1);
  return rect.adjusted(namesWidth(names, static_cast<int>(names.size()), small, rect.width() * 0.4) + 8, 2, -textWidth(small, QStringLiteral("−0.000")) - 4, -(axisLines + 0.3) * lineHeight(small) - 2);
}

}  // namespace

BarsView::BarsView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Importance of features")); }

void BarsView::setData(BarsData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

double BarsView::rowHeight(const QRectF& plane, const FigureStyle& style) const {
  return std::min(plane.height() / static_cast<double>(data_.values.size()), 2.2 * lineHeight(style.font(-1)));
}

void BarsView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QRectF plane = barsPlane(rect, data_.names, style, data_.note.isEmpty() ? 2 : 3);
  const std::size_t n = data_.values.size();
  double low = 0, high = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double s = data_.spread.empty() ? 0 : data_.spread[i];
    if (!std::isfinite(data_.values[i])) continue;
    low = std::min(low, data_.values[i] - s);
    high = std::max(high, data_.values[i] + s);
  }
  Range range = padded(low, high);
  if (low == 0) range.low = 0;
  drawAxis(painter, plane, range, data_.axis, style);
  const double h = rowHeight(plane, style);
  const QFont small = style.font(-1);
  drawRowNames(painter, QRectF(rect.left(), plane.top(), plane.left() - rect.left() - 5, h * static_cast<double>(n)), static_cast<int>(n), data_.names, style);
  const double zero = plane.left() + range.at(0) * plane.width();
  for (std::size_t i = 0; i < n; ++i) {
    const double v = data_.values[i], y = plane.top() + (static_cast<double>(i) + 0.5) * h;
    if (!std::isfinite(v)) {
      drawNanHatch(painter, QRectF(plane.left(), y - h * 0.3, plane.width(), h * 0.6), style);
      continue;
    }
    const double end = plane.left() + range.at(v) * plane.width();
    painter.fillRect(QRectF(QPointF(std::min(zero, end), y - h * 0.32), QPointF(std::max(zero, end), y + h * 0.32)), style.colors.accent);
    double right = std::max(zero, end);
    if (!data_.spread.empty()) {
      const double a = plane.left() + range.at(v - data_.spread[i]) * plane.width(), b = plane.left() + range.at(v + data_.spread[i]) * plane.width();
      painter.setPen(QPen(style.colors.text, 1));
      painter.drawLine(QPointF(a, y), QPointF(b, y));
      for (double x : {a, b}) painter.drawLine(QPointF(x, y - 3), QPointF(x, y + 3));
      right = std::max(right, b);
    }
    if (h < lineHeight(small) * 0.9) continue;
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(right + 4, y - h / 2, rect.right() - right - 4, h), Qt::AlignLeft | Qt::AlignVCenter, numberText(v, 3));
  }
  if (data_.note.isEmpty()) return;
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), rect.bottom() - lineHeight(small), rect.width(), lineHeight(small)), Qt::AlignRight | Qt::AlignVCenter, data_.note);
}

FigureTable BarsView::figureData() const {
  FigureTable table{{tr("feature"), data_.axis.isEmpty() ? tr("value") : data_.axis, tr("deviation")}, {}};
  for (std::size_t i = 0; i < data_.values.size(); ++i)
    table.rows.push_back({data_.names.value(static_cast<int>(i)), data_.values[i], data_.spread.empty() ? QVariant(QString()) : QVariant(data_.spread[i])});
  return table;
}

QString BarsView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const FigureStyle style = FigureStyle::screen();
  const QRectF plane = barsPlane(figureRect(), data_.names, style, data_.note.isEmpty() ? 2 : 3);
  const int i = static_cast<int>((position.y() - plane.top()) / rowHeight(plane, style));
  if (position.y() < plane.top() || i < 0 || i >= static_cast<int>(data_.values.size())) return {};
  QString text = data_.names.value(i) + QLatin1Char('\n') + data_.axis + QLatin1Char(' ') + numberText(data_.values[static_cast<std::size_t>(i)], 5);
  if (!data_.spread.empty()) text += QStringLiteral(" ± ") + numberText(data_.spread[static_cast<std::size_t>(i)], 3);
  return text;
}

BeeswarmView::BeeswarmView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Shapley values of many rows")); }

void BeeswarmView::setData(BeeswarmData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

void BeeswarmView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QFont small = style.font(-1);
  const double bar = colorBarHeight(style) + 8;
  QRectF plane = barsPlane(rect.adjusted(0, 0, 0, -bar), data_.names, style, 2);
  plane.setRight(rect.right() - 6);
  double low = 0, high = 0;
  for (const auto& row : data_.values)
    for (double v : row)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  const Range range = padded(low, high);
  drawAxis(painter, plane, range, data_.axis, style);
  const std::size_t n = data_.values.size();
  const double h = std::min(plane.height() / static_cast<double>(n), 3.2 * lineHeight(small)), dot = style.print ? 2.4 : 4;
  drawRowNames(painter, QRectF(rect.left(), plane.top(), plane.left() - rect.left() - 5, h * static_cast<double>(n)), static_cast<int>(n), data_.names, style);
  painter.setAntialiasing(true);
  painter.setPen(Qt::NoPen);
  for (std::size_t f = 0; f < n; ++f) {
    std::vector<Real> own(data_.features[f].begin(), data_.features[f].end());
    const Range span = fullRange(own);
    // Dots of one place are stacked to both sides of the line, in order of the value: the same picture every time.
    std::vector<std::size_t> order(data_.values[f].size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return data_.values[f][a] < data_.values[f][b]; });
    std::vector<int> stacked(static_cast<std::size_t>(std::max(1.0, plane.width() / dot)) + 1);
    int most = 1;
    std::vector<int> level(order.size());
    for (std::size_t k : order) {
      const double v = data_.values[f][k];
      if (!std::isfinite(v)) continue;
      const std::size_t bin = static_cast<std::size_t>(std::clamp(range.at(v), 0.0, 1.0) * static_cast<double>(stacked.size() - 1));
      level[k] = stacked[bin]++;
      most = std::max(most, stacked[bin]);
    }
    const double step = std::min(dot, (h - dot - 2) / most);
    for (std::size_t k : order) {
      const double v = data_.values[f][k];
      if (!std::isfinite(v)) continue;
      const double side = (level[k] % 2 == 0 ? 1 : -1) * ((level[k] + 1) / 2) * step;
      const double t = data_.features[f][k];
      const Rgba c = color(ColorMap::Viridis, std::isfinite(t) ? span.at(t) : 0);
      painter.setBrush(std::isfinite(t) ? toColor(c) : style.colors.bar);
      painter.drawEllipse(QPointF(plane.left() + range.at(v) * plane.width(), plane.top() + (static_cast<double>(f) + 0.5) * h + side), dot / 2, dot / 2);
    }
  }
  painter.setAntialiasing(false);
  drawColorBar(painter, QRectF(plane.left(), rect.bottom() - bar + 8, plane.width(), bar - 8), tr("least"), tr("the feature's own value"), tr("most"), ColorMap::Viridis, style);
}

FigureTable BeeswarmView::figureData() const {
  FigureTable table{{tr("row"), tr("feature"), tr("feature value"), tr("Shapley value")}, {}};
  for (std::size_t f = 0; f < data_.values.size(); ++f)
    for (std::size_t k = 0; k < data_.values[f].size(); ++k)
      table.rows.push_back({static_cast<int>(k), data_.names.value(static_cast<int>(f)), data_.features[f][k], data_.values[f][k]});
  return table;
}

DependenceView::DependenceView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Partial dependence")); }

void DependenceView::setData(DependenceData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

QRectF DependenceView::plane(const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double left = textWidth(small, QStringLiteral("−0.0000")) + lineHeight(small) + 4, top = lineHeight(style.font(-1.5)) + 4;
  double below = 1.4 * lineHeight(small) + 6;
  if (data_.labels.isEmpty())
    below += lineHeight(small);
  else
    below += columnNamesHeight(data_.labels, static_cast<int>(data_.labels.size()), rect.width() - left - 8, small, rect.height() * 0.4);
  return rect.adjusted(left, top, -8, -below);
}

void DependenceView::ranges(Range& x, Range& y) const {
  x = padded(data_.grid.front(), data_.grid.back());
  double low = INFINITY, high = -INFINITY;
  const auto take = [&](const std::vector<double>& c) {
    for (double v : c)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  };
  take(data_.mean);
  for (const auto& c : data_.curves) take(c);
  y = low <= high ? padded(low, high) : Range{0, 1};
}

void DependenceView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QRectF p = plane(rect, style);
  Range x, y;
  ranges(x, y);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  if (data_.labels.isEmpty()) {
    drawAxis(painter, p.adjusted(0, 0, 0, 6), x, data_.feature, style);
  } else {
    const double names = columnNamesHeight(data_.labels, static_cast<int>(data_.labels.size()), p.width(), small, rect.height() * 0.4);
    drawColumnNames(painter, QRectF(p.left(), p.bottom() + 4, p.width(), names), static_cast<int>(data_.labels.size()), data_.labels, style);
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(p.left(), p.bottom() + 4 + names, p.width(), line), Qt::AlignCenter, data_.feature);
    x = {-0.5, static_cast<double>(data_.grid.size()) - 0.5};
  }
  const std::vector<double> ticks = niceTicks(y.low, y.high, std::max(2, static_cast<int>(p.height() / 30)));
  const int decimals = ticks.size() > 1 ? decimalsFor(ticks[1] - ticks[0]) : 2;
  painter.setFont(small);
  for (double v : ticks) {
    const double at = p.bottom() - y.at(v) * p.height();
    painter.setPen(QPen(style.colors.grid, 1));
    painter.drawLine(QPointF(p.left(), at), QPointF(p.right(), at));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(rect.left() + line, at - line / 2, p.left() - rect.left() - line - 4, line), Qt::AlignRight | Qt::AlignVCenter,
             QLocale().toString(v == 0 ? 0.0 : v, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212)));
  }
  drawLineUpwards(painter, QRectF(rect.left(), p.top(), line, p.height()), Qt::AlignCenter, data_.axis);
  painter.setAntialiasing(true);
  painter.setBrush(Qt::NoBrush);
  const auto curve = [&](const std::vector<double>& c, const QPen& pen) {
    QPainterPath path;
    bool open = false;
    for (std::size_t i = 0; i < c.size(); ++i) {
      if (!std::isfinite(c[i])) {
        open = false;
        continue;
      }
      const QPointF at(p.left() + x.at(data_.labels.isEmpty() ? data_.grid[i] : static_cast<double>(i)) * p.width(), p.bottom() - y.at(c[i]) * p.height());
      open ? path.lineTo(at) : path.moveTo(at);
      open = true;
    }
    painter.setPen(pen);
    painter.drawPath(path);
  };
  QColor faint = style.colors.secondary;
  faint.setAlphaF(0.22f);
  for (const auto& c : data_.curves) curve(c, QPen(faint, 0.8));
  curve(data_.mean, QPen(style.colors.accent, 2.2));
  painter.setPen(QPen(style.colors.secondary, 0.6));
  if (data_.labels.isEmpty())
    for (double v : data_.at)
      if (std::isfinite(v)) painter.drawLine(QPointF(p.left() + x.at(v) * p.width(), p.bottom()), QPointF(p.left() + x.at(v) * p.width(), p.bottom() - 5));
  painter.setAntialiasing(false);
  const QString legend = tr("blue: mean · gray: each row");
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(p.left(), rect.top(), p.width(), p.top() - rect.top() - 2), Qt::AlignRight | Qt::AlignVCenter, legend);
}

QString DependenceView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const QRectF p = plane(figureRect(), FigureStyle::screen());
  if (!p.contains(position)) return {};
  Range x, y;
  ranges(x, y);
  if (!data_.labels.isEmpty()) x = {-0.5, static_cast<double>(data_.grid.size()) - 0.5};
  const double at = x.low + (position.x() - p.left()) / p.width() * (x.high - x.low);
  std::size_t best = 0;
  const auto place = [&](std::size_t i) { return data_.labels.isEmpty() ? data_.grid[i] : static_cast<double>(i); };
  for (std::size_t i = 1; i < data_.grid.size(); ++i)
    if (std::abs(place(i) - at) < std::abs(place(best) - at)) best = i;
  return tr("%1 = %2\n%3 %4").arg(data_.feature, data_.labels.isEmpty() ? numberText(data_.grid[best], 4) : data_.labels.value(static_cast<int>(best)), data_.axis, numberText(data_.mean[best], 5));
}

FigureTable DependenceView::figureData() const {
  FigureTable table;
  table.columns << data_.feature << tr("mean");
  for (std::size_t r = 0; r < data_.curves.size(); ++r) table.columns << tr("row %1").arg(r);
  for (std::size_t i = 0; i < data_.grid.size(); ++i) {
    QVector<QVariant> row;
    row << (data_.labels.isEmpty() ? QVariant(data_.grid[i]) : QVariant(data_.labels.value(static_cast<int>(i)))) << data_.mean[i];
    for (const auto& c : data_.curves) row << c[i];
    table.rows << row;
  }
  return table;
}

WaterfallView::WaterfallView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("From the base value to the output")); }

void WaterfallView::setData(WaterfallData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  std::vector<std::size_t> order(data_.values.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return std::abs(data_.values[a]) > std::abs(data_.values[b]); });
  const WaterfallData was = data_;
  for (std::size_t i = 0; i < order.size(); ++i) {
    data_.values[i] = was.values[order[i]];
    data_.names[static_cast<int>(i)] = was.names.value(static_cast<int>(order[i]));
  }
  if (retitled) emit titleChanged();
  update();
}

void WaterfallView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  // The largest parts each, the others in one bar.
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const int fit = std::max(2, static_cast<int>((rect.height() - 3.6 * line) / (line * 1.15)));
  QStringList names = data_.names;
  std::vector<double> values = data_.values;
  if (static_cast<int>(values.size()) > fit) {
    const double rest = std::accumulate(values.begin() + fit - 1, values.end(), 0.0);
    names = names.mid(0, fit - 1) << tr("%1 others").arg(static_cast<int>(values.size()) - fit + 1);
    values.resize(static_cast<std::size_t>(fit - 1));
    values.push_back(rest);
  }
  const QRectF plane = barsPlane(rect, names, style, 3);
  double low = std::min(data_.base, data_.output), high = std::max(data_.base, data_.output), at = data_.base;
  for (double v : values) {
    at += v;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  const Range range = padded(low, high);
  drawAxis(painter, plane, range, data_.unit, style);
  const double h = std::min(plane.height() / static_cast<double>(values.size()), 2.2 * line);
  drawRowNames(painter, QRectF(rect.left(), plane.top(), plane.left() - rect.left() - 5, h * static_cast<double>(values.size())), static_cast<int>(values.size()), names, style);
  const auto x = [&](double v) { return plane.left() + range.at(v) * plane.width(); };
  at = data_.base;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double y = plane.top() + (static_cast<double>(i) + 0.5) * h, from = x(at), to = x(at + values[i]);
    painter.fillRect(QRectF(QPointF(std::min(from, to), y - h * 0.33), QPointF(std::max(from, to), y + h * 0.33)), signInk(values[i]));
    painter.setPen(QPen(style.colors.secondary, 1, Qt::DotLine));
    painter.drawLine(QPointF(to, y), QPointF(to, y + h));
    painter.setFont(small);
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(std::max(from, to) + 3, y - h / 2, rect.right() - std::max(from, to) - 3, h), Qt::AlignLeft | Qt::AlignVCenter,
             (values[i] > 0 ? QStringLiteral("+") : QString()) + numberText(values[i], 3));
    at += values[i];
  }
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), rect.bottom() - line, rect.width(), line), Qt::AlignRight | Qt::AlignVCenter,
           tr("base %1 → output %2").arg(numberText(data_.base, 4), numberText(data_.output, 4)));
}

FigureTable WaterfallView::figureData() const {
  FigureTable table{{tr("feature"), tr("part"), tr("sum so far")}, {}};
  double at = data_.base;
  table.rows.push_back({tr("base"), QString(), at});
  for (std::size_t i = 0; i < data_.values.size(); ++i) table.rows.push_back({data_.names.value(static_cast<int>(i)), data_.values[i], at += data_.values[i]});
  return table;
}

}  // namespace vitrine
