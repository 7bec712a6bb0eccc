#include "widgets/explain/set_charts.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/data/table.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString fromDate(double seconds) { return QString::fromStdString(dateText(seconds)); }

QColor signInk(double v) { return toColor(color(ColorMap::Diverging, v < 0 ? 0 : 1)); }

Range padded(double low, double high) {
  if (!(low < high)) low -= 0.5, high += 0.5;
  const double air = 0.04 * (high - low);
  return {low - air, high + air};
}

/// Reaches to the next tick where a side of 0 would have none, as long as there is room for that one's text.
Range withTicksBesideZero(Range range, double width, const FigureStyle& style) {
  const std::vector<double> ticks = levelTicks({range, {}}, width, style);
  if (ticks.size() < 2) return range;
  const double step = ticks[1] - ticks[0];
  Range wider = range;
  if (range.low < 0 && ticks.front() == 0) wider.low = -step;
  if (range.high > 0 && ticks.back() == 0) wider.high = step;
  return levelTicks({wider, {}}, width, style).size() > ticks.size() ? wider : range;
}

/// So high that every one of n rows has its name.
double rowsHeight(std::size_t n, double around, const FigureStyle& style) { return n == 0 ? 0 : static_cast<double>(n) * lineHeight(style.font(-1)) + around + 4; }

/// The page grows with the rows, and is never lower than is usual.
QSizeF pageFor(const Figure& figure, double usualMm) { return {kSingleColumnMm, std::max(usualMm, pageHeightMm(figure, kSingleColumnMm))}; }

QRectF barsPlane(const QRectF& rect, const QStringList& names, const FigureStyle& style, int axisLines) {
  const QFont small = style.font(-1);
  return rect.adjusted(namesWidth(names, static_cast<int>(names.size()), small, rect.width() * 0.4) + 8, 2, -textWidth(small, QStringLiteral("−0.000")) - 4 - kTextSpare, -(axisLines + 0.3) * lineHeight(small) - 2);
}

}  // namespace

BarsView::BarsView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Importance of features")); }

void BarsView::setData(BarsData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  setMinimumHeight(std::max(60, static_cast<int>(std::ceil(heightFor(width(), FigureStyle::screen())))));
  if (retitled) emit titleChanged();
  update();
}

QSizeF BarsView::preferredMm() const { return pageFor(*this, 60); }

double BarsView::heightFor(double, const FigureStyle& style) const {
  return rowsHeight(data_.values.size(), ((data_.note.isEmpty() ? 2 : 3) + 0.3) * lineHeight(style.font(-1)), style);
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
  drawNumberAxis(painter, plane, rect, {range, data_.axis}, style);
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
    drawLine(painter, QRectF(right + 4, y - h / 2, rect.right() - right - 4, h), Qt::AlignLeft | Qt::AlignVCenter, fittedNumber(v, small, rect.right() - right - 4 - kTextSpare, 3));
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

QVariant BeeswarmData::own(std::size_t feature, std::size_t row) const {
  const bool text = feature < texts.size() && static_cast<std::size_t>(texts[feature].size()) > row;
  const double v = features[feature][row];
  return std::isnan(v) ? QVariant() : text ? QVariant(texts[feature][static_cast<qsizetype>(row)]) : QVariant(v);
}

BeeswarmView::BeeswarmView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Shapley values of many rows")); }

void BeeswarmView::setData(BeeswarmData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  setMinimumHeight(std::max(60, static_cast<int>(std::ceil(heightFor(width(), FigureStyle::screen())))));
  if (retitled) emit titleChanged();
  update();
}

QSizeF BeeswarmView::preferredMm() const { return pageFor(*this, 80); }

double BeeswarmView::heightFor(double, const FigureStyle& style) const {
  return rowsHeight(data_.values.size(), (data_.note.isEmpty() ? 2.3 : 3.3) * lineHeight(style.font(-1)) + colorBarHeight(style) + 8, style);
}

BeeswarmView::Swarm BeeswarmView::swarm(const QRectF& rect, const FigureStyle& style) const {
  Swarm s;
  const QFont small = style.font(-1);
  s.plane = barsPlane(rect.adjusted(0, 0, 0, -colorBarHeight(style) - 8), data_.names, style, data_.note.isEmpty() ? 2 : 3);
  s.plane.setRight(rect.right() - 6);
  double low = 0, high = 0;
  for (const auto& row : data_.values)
    for (double v : row)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  s.range = padded(low, high);
  s.dot = style.print ? 2.4 : 4;
  const QRectF& plane = s.plane;
  const Range& range = s.range;
  const std::size_t n = data_.values.size();
  const double h = std::min(plane.height() / static_cast<double>(n), 3.2 * lineHeight(small)), dot = s.dot;
  s.names = QRectF(rect.left(), plane.top(), plane.left() - rect.left() - 5, h * static_cast<double>(n));
  for (std::size_t f = 0; f < n; ++f) {
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
      s.dots.push_back({f, k, {plane.left() + range.at(v) * plane.width(), plane.top() + (static_cast<double>(f) + 0.5) * h + side}});
    }
  }
  return s;
}

void BeeswarmView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Swarm s = swarm(rect, style);
  drawNumberAxis(painter, s.plane, rect, {s.range, data_.axis}, style);
  drawRowNames(painter, s.names, static_cast<int>(data_.values.size()), data_.names, style);
  std::vector<Range> spans;
  for (const std::vector<double>& own : data_.features) spans.push_back(fullRange(std::vector<Real>(own.begin(), own.end())));
  painter.setAntialiasing(true);
  painter.setPen(Qt::NoPen);
  for (const Dot& d : s.dots) {
    const double t = data_.features[d.feature][d.row];
    painter.setBrush(std::isfinite(t) ? toColor(color(ColorMap::Viridis, spans[d.feature].at(t))) : style.colors.bar);
    painter.drawEllipse(d.at, s.dot / 2, s.dot / 2);
  }
  painter.setAntialiasing(false);
  const double bar = colorBarHeight(style);
  drawColorBar(painter, QRectF(s.plane.left(), rect.bottom() - bar, s.plane.width(), bar), tr("least"), tr("the feature's own value"), tr("most"), ColorMap::Viridis, style);
  if (data_.note.isEmpty()) return;
  const double line = lineHeight(style.font(-1));
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), rect.bottom() - bar - 8 - line, rect.width(), line), Qt::AlignRight | Qt::AlignVCenter, data_.note);
}

QString BeeswarmView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Swarm s = swarm(figureRect(), FigureStyle::screen());
  if (s.names.contains(position)) return data_.names.value(static_cast<qsizetype>((position.y() - s.names.top()) / s.names.height() * static_cast<double>(data_.names.size())));
  const Dot* best = nullptr;
  double nearest = 8 * 8;
  for (const Dot& d : s.dots) {
    const QPointF way = d.at - position;
    if (const double far = QPointF::dotProduct(way, way); far < nearest) nearest = far, best = &d;
  }
  if (!best) return {};
  const QVariant own = data_.own(best->feature, best->row);
  const QString text = own.isNull() ? tr("missing") : own.typeId() == QMetaType::Double ? numberText(own.toDouble(), 6) : own.toString();
  return tr("%1 = %2, row %3\n%4 %5")
      .arg(data_.names.value(static_cast<int>(best->feature)), text, QLocale().toString(data_.sampleOf(best->row)), data_.axis, numberText(data_.values[best->feature][best->row], 6));
}

FigureTable BeeswarmView::figureData() const {
  FigureTable table{{tr("row"), tr("feature"), tr("feature value"), tr("Shapley value")}, {}};
  for (std::size_t f = 0; f < data_.values.size(); ++f)
    for (std::size_t k = 0; k < data_.values[f].size(); ++k)
      table.rows.push_back({data_.sampleOf(k), data_.names.value(static_cast<int>(f)), data_.own(f, k), data_.values[f][k]});
  return table;
}

DependenceView::DependenceView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Partial dependence")); }

void DependenceView::setData(DependenceData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

Chart DependenceView::chart(const QRectF& rect, const FigureStyle& style) const {
  double low = INFINITY, high = -INFINITY;
  const auto take = [&](const std::vector<double>& c) {
    for (double v : c)
      if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  };
  take(data_.mean);
  for (const auto& c : data_.curves) take(c);
  const ChartAxis y{low <= high ? padded(low, high) : Range{0, 1}, data_.axis};
  const double line = lineHeight(style.font(-1));
  const QRectF room = rect.adjusted(0, line / 2, 0, 0);  // the legend stands above
  if (data_.labels.isEmpty()) return chartIn(room, {padded(data_.grid.front(), data_.grid.back()), data_.feature, data_.dates}, y, style);
  const double names = columnNamesHeight(data_.labels, static_cast<int>(data_.labels.size()), rect.width() * 0.8, style.font(-1), rect.height() * 0.4);
  return chartIn(room, {{-0.5, static_cast<double>(data_.grid.size()) - 0.5}, data_.feature}, y, style, 4 + names + line);
}

void DependenceView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Chart c = chart(rect, style);
  const QRectF& p = c.area;
  drawAxes(painter, c, style, data_.labels.isEmpty());
  if (!data_.labels.isEmpty()) {
    const double line = lineHeight(style.font(-1));
    drawColumnNames(painter, QRectF(p.left(), p.bottom() + 4, p.width(), rect.bottom() - line - p.bottom() - 4), static_cast<int>(data_.labels.size()), data_.labels, style);
    painter.setFont(style.font(-1));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(p.left(), rect.bottom() - line, p.width(), line), Qt::AlignCenter, data_.feature);
  }
  painter.setAntialiasing(true);
  painter.setBrush(Qt::NoBrush);
  const auto curve = [&](const std::vector<double>& values, const QPen& pen) {
    QPainterPath path;
    bool open = false;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!std::isfinite(values[i])) {
        open = false;
        continue;
      }
      const QPointF at(c.xAt(place(i)), c.yAt(values[i]));
      open ? path.lineTo(at) : path.moveTo(at);
      open = true;
    }
    painter.setPen(pen);
    if (values.size() == 1) return painter.drawEllipse(QPointF(c.xAt(place(0)), c.yAt(values[0])), 2, 2);  // a constant column has no line
    painter.drawPath(path);
  };
  QColor faint = style.colors.secondary;
  faint.setAlphaF(0.22f);
  for (const auto& row : data_.curves) curve(row, QPen(faint, 0.8));
  curve(data_.mean, QPen(style.colors.accent, 2.2));
  painter.setPen(QPen(style.colors.secondary, 0.6));
  if (data_.labels.isEmpty())
    for (double v : data_.at)
      if (std::isfinite(v)) painter.drawLine(QPointF(c.xAt(v), p.bottom()), QPointF(c.xAt(v), p.bottom() - 5));
  painter.setAntialiasing(false);
  const QString legend = tr("blue: mean · gray: each row");
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(p.left(), rect.top(), p.width(), p.top() - rect.top() - 2), Qt::AlignRight | Qt::AlignVCenter, legend);
}

QString DependenceView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Chart c = chart(figureRect(), FigureStyle::screen());
  // Names of categories, shortened below the area, are told whole.
  if (!c.area.adjusted(0, 0, 0, data_.labels.isEmpty() ? 0 : figureRect().bottom() - c.area.bottom()).contains(position)) return {};
  std::size_t best = 0;
  for (std::size_t i = 1; i < data_.grid.size(); ++i)
    if (std::abs(c.xAt(place(i)) - position.x()) < std::abs(c.xAt(place(best)) - position.x())) best = i;
  return tr("%1 = %2\n%3 %4").arg(data_.feature, data_.dates ? fromDate(data_.grid[best]) : data_.labels.isEmpty() ? numberText(data_.grid[best], 6) : data_.labels.value(static_cast<int>(best)), data_.axis, numberText(data_.mean[best], 5));
}

FigureTable DependenceView::figureData() const {
  FigureTable table;
  table.columns << data_.feature << tr("mean");
  for (std::size_t r = 0; r < data_.curves.size(); ++r) table.columns << tr("row %1").arg(r);
  for (std::size_t i = 0; i < data_.grid.size(); ++i) {
    QVector<QVariant> row;
    row << (data_.dates ? QVariant(fromDate(data_.grid[i])) : data_.labels.isEmpty() ? QVariant(data_.grid[i]) : QVariant(data_.labels.value(static_cast<int>(i)))) << data_.mean[i];
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

WaterfallView::Bars WaterfallView::bars(const QRectF& rect, const FigureStyle& style) const {
  // The largest parts each, the others in one bar.
  const double line = lineHeight(style.font(-1));
  const int fit = std::max(2, static_cast<int>((rect.height() - 3.6 * line) / (line * 1.15)));
  Bars b{data_.names, data_.values, {}, 0};
  QStringList& names = b.names;
  std::vector<double>& values = b.values;
  if (static_cast<int>(values.size()) > fit) {
    const double rest = std::accumulate(values.begin() + fit - 1, values.end(), 0.0);
    names = names.mid(0, fit - 1) << tr("%1 others").arg(QLocale().toString(static_cast<int>(values.size()) - fit + 1));
    values.resize(static_cast<std::size_t>(fit - 1));
    values.push_back(rest);
  }
  b.plane = barsPlane(rect, names, style, 3);
  b.height = std::min(b.plane.height() / static_cast<double>(values.size()), 2.2 * line);
  return b;
}

void WaterfallView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const auto [names, values, plane, h] = bars(rect, style);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  double low = std::min(data_.base, data_.output), high = std::max(data_.base, data_.output), at = data_.base;
  for (double v : values) {
    at += v;
    low = std::min(low, at);
    high = std::max(high, at);
  }
  const Range range = withTicksBesideZero(padded(low, high), plane.width(), style);
  drawNumberAxis(painter, plane, rect, {range, data_.unit}, style);
  // A long name gives way, the number behind it never.
  const double room = plane.left() - rect.left() - 5;
  const QStringList labels = elidedBefore(QStringLiteral(" = "), names, metrics(painter, small), room);
  drawRowNames(painter, QRectF(rect.left(), plane.top(), room, h * static_cast<double>(values.size())), static_cast<int>(values.size()), labels, style);
  const auto x = [left = plane.left(), wide = plane.width(), range](double v) { return left + range.at(v) * wide; };
  at = data_.base;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double y = plane.top() + (static_cast<double>(i) + 0.5) * h, from = x(at), to = x(at + values[i]);
    painter.fillRect(QRectF(QPointF(std::min(from, to), y - h * 0.33), QPointF(std::max(from, to), y + h * 0.33)), signInk(values[i]));
    if (i + 1 < values.size()) {
      painter.setPen(QPen(style.colors.secondary, 1, Qt::DotLine));
      painter.drawLine(QPointF(to, y), QPointF(to, y + h));
    }
    painter.setFont(small);
    painter.setPen(style.colors.text);
    const QString sign = values[i] > 0 ? QStringLiteral("+") : QString();
    const double left = std::max(from, to) + 3, wide = rect.right() - left;
    drawLine(painter, QRectF(left, y - h / 2, wide, h), Qt::AlignLeft | Qt::AlignVCenter, sign + fittedNumber(values[i], small, wide - textWidth(small, sign) - kTextSpare, 3));
    at += values[i];
  }
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), rect.bottom() - line, rect.width(), line), Qt::AlignRight | Qt::AlignVCenter,
           data_.baseline.isEmpty() ? tr("base %1 → output %2").arg(numberText(data_.base, 4), numberText(data_.output, 4))
                                    : tr("at the baseline: %1, %2 → output %3").arg(data_.baseline, numberText(data_.base, 4), numberText(data_.output, 4)));
}

QString WaterfallView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Bars b = bars(figureRect(), FigureStyle::screen());
  const int i = static_cast<int>(std::floor((position.y() - b.plane.top()) / b.height));
  if (i < 0 || i >= static_cast<int>(b.values.size())) return {};
  const double part = b.values[static_cast<std::size_t>(i)], sum = std::accumulate(b.values.begin(), b.values.begin() + i + 1, data_.base);
  return tr("%1\npart %2 · sum so far %3").arg(b.names.value(i), (part > 0 ? QStringLiteral("+") : QString()) + numberText(part, 6), numberText(sum, 6));
}

FigureTable WaterfallView::figureData() const {
  FigureTable table{{tr("feature"), tr("part"), tr("sum so far")}, {}};
  double at = data_.base;
  table.rows.push_back({data_.baseline.isEmpty() ? tr("base") : tr("at the baseline: %1").arg(data_.baseline), QString(), at});
  for (std::size_t i = 0; i < data_.values.size(); ++i) table.rows.push_back({data_.names.value(static_cast<int>(i)), data_.values[i], at += data_.values[i]});
  return table;
}

}  // namespace vitrine
