#include "widgets/data/scatter_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

Range finiteRange(const std::vector<double>& values) {
  Range r{1, 0};
  for (const double v : values) {
    if (!std::isfinite(v)) continue;
    if (r.low > r.high) r = {v, v};
    r.low = std::min(r.low, v), r.high = std::max(r.high, v);
  }
  if (r.low == r.high) r = {r.low - 0.5, r.high + 0.5};
  return r;
}

/// A little wider, so that no point lies on the border.
Range padded(Range r) {
  const double pad = (r.high - r.low) * 0.04;
  return {r.low - pad, r.high + pad};
}

}  // namespace

ScatterData scatterOf(const SampleTable& table, const std::vector<int>& columns, std::int64_t most, std::stop_token stop) {
  ScatterData d;
  d.title = ScatterView::tr("Scatter matrix");
  std::vector<std::int32_t> used;
  for (std::int64_t r = 0; r < table.rows(); ++r)
    if (table.parts[static_cast<std::size_t>(r)] != Part::Unused) used.push_back(static_cast<std::int32_t>(r));
  d.all = static_cast<std::int64_t>(used.size());
  const std::vector<std::int32_t> drawn = sampleRows(d.all, most);
  for (const std::int32_t i : drawn) d.rows.push_back(used[static_cast<std::size_t>(i)]);
  for (const std::int32_t r : d.rows) d.samples.push_back(table.samples[static_cast<std::size_t>(r)]);

  RowGroups groups;
  if (!table.classes.empty()) {
    groups = byClass(table);
    d.looks = classLooks(table, groups);
    for (const std::int32_t r : d.rows) d.groups.push_back(groups.of[static_cast<std::size_t>(r)]);
  } else if (!table.targets.empty() && table.isNumeric(table.targets[0])) {
    const std::vector<double> target = table.numbers(table.targets[0], stop);
    if (stop.stop_requested()) return {};
    d.targetName = QString::fromStdString(table.column(table.targets[0]).name);
    d.targetRange = finiteRange(target);
    for (const std::int32_t r : d.rows) d.target.push_back(target[static_cast<std::size_t>(r)]);
  }
  std::vector<std::vector<double>> whole;
  for (const int c : columns) {
    const std::vector<double> all = table.numbers(c, stop);
    if (stop.stop_requested()) return {};
    std::vector<double> values, points;
    for (const std::int32_t r : used) values.push_back(all[static_cast<std::size_t>(r)]);
    for (const std::int32_t r : d.rows) points.push_back(all[static_cast<std::size_t>(r)]);
    d.names << QString::fromStdString(table.column(c).name);
    d.dates.push_back(table.column(c).kind == ColumnKind::Date);
    d.values.push_back(std::move(points));
    d.ranges.push_back(finiteRange(values));
    d.bins.push_back(binsFor(values, 30));
    std::vector<std::vector<double>> split(std::max<std::size_t>(1, d.looks.size()));
    for (std::size_t i = 0; i < used.size(); ++i) {
      const std::int32_t g = d.looks.empty() ? 0 : groups.of[static_cast<std::size_t>(used[i])];
      if (g >= 0) split[static_cast<std::size_t>(g)].push_back(values[i]);
    }
    d.histograms.emplace_back();
    for (const std::vector<double>& s : split) d.histograms.back().push_back(countIn(d.bins.back(), s));
    whole.push_back(std::move(values));
  }
  d.coefficients = correlate(whole, CorrelationKind::Pearson, stop).values;
  return stop.stop_requested() ? ScatterData() : d;
}

ScatterView::ScatterView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Scatter matrix")); }

void ScatterView::setData(ScatterData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  dropKept();
  if (retitled) emit titleChanged();
  update();
}

QString ScatterView::noteText() const {
  const QLocale locale;
  if (static_cast<std::int64_t>(data_.rows.size()) >= data_.all) return {};
  return tr("%1 of %2 rows drawn, chosen at random; histograms and r are of all").arg(locale.toString(qlonglong(data_.rows.size())), locale.toString(qlonglong(data_.all)));
}

ScatterView::Place ScatterView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const int n = static_cast<int>(data_.names.size());
  const double line = lineHeight(style.font(-1));
  const double legend = !data_.looks.empty() ? drawLegend(nullptr, rect, data_.looks, style, 2) : !data_.target.empty() ? colorBarHeight(style) + 4 : 0;
  p.legend = QRectF(rect.left(), rect.top(), rect.width(), legend);
  p.note = QRectF(rect.left(), rect.bottom() - (noteText().isEmpty() ? 0 : line), rect.width(), noteText().isEmpty() ? 0 : line);
  // Left of the grid names and ticks of rows, below those of columns.
  const double left = 2 * line + 4 + textWidth(style.font(-2), QStringLiteral("−0.00"));
  p.grid = QRectF(rect.left() + left, p.legend.bottom(), std::max(1.0, rect.width() - left - 6), std::max(1.0, p.note.top() - p.legend.bottom() - 2 * line - 4));
  p.gap = rect.width() / n < 60 ? 3 : 6;
  p.cell = std::max(1.0, (p.grid.width() - (n - 1) * p.gap) / n);
  p.cellHigh = std::max(1.0, (p.grid.height() - (n - 1) * p.gap) / n);
  return p;
}

QColor ScatterView::colorOf(std::size_t point, const Theme& t) const {
  if (!data_.looks.empty()) return data_.groups[point] < 0 ? t.secondary : data_.looks[static_cast<std::size_t>(data_.groups[point])].color(t);
  if (data_.target.empty() || !std::isfinite(data_.target[point])) return data_.target.empty() ? t.accent : t.secondary;
  return toColor(color(ColorMap::Viridis, data_.targetRange.at(data_.target[point])));
}

void ScatterView::paintPoints(QCPPainter& painter, const QRectF& cell, int x, int y, const FigureStyle& style) const {
  const Range rx = padded(data_.ranges[static_cast<std::size_t>(x)]), ry = padded(data_.ranges[static_cast<std::size_t>(y)]);
  const std::vector<double>&vx = data_.values[static_cast<std::size_t>(x)], &vy = data_.values[static_cast<std::size_t>(y)];
  const double radius = (data_.rows.size() > 800 ? 1.3 : cell.width() < 80 ? 1.6 : 2.2) * (style.print ? 0.6 : 1);
  painter.setPen(Qt::NoPen);
  painter.setAntialiasing(true);
  for (std::size_t i = 0; i < data_.rows.size(); ++i) {
    if (!std::isfinite(vx[i]) || !std::isfinite(vy[i])) continue;
    QColor c = colorOf(i, style.colors);
    c.setAlpha(data_.rows.size() > 800 ? 150 : 200);
    painter.setBrush(c);
    painter.drawEllipse(QPointF(cell.left() + rx.at(vx[i]) * cell.width(), cell.bottom() - ry.at(vy[i]) * cell.height()), radius, radius);
  }
}

void ScatterView::paintHistogram(QCPPainter& painter, const QRectF& cell, int column, const FigureStyle& style) const {
  const Bins& bins = data_.bins[static_cast<std::size_t>(column)];
  const auto& counts = data_.histograms[static_cast<std::size_t>(column)];
  const Range r = padded(data_.ranges[static_cast<std::size_t>(column)]);
  std::int64_t highest = 1;
  for (std::size_t b = 0; b < static_cast<std::size_t>(bins.count); ++b) {
    std::int64_t all = 0;
    for (const auto& group : counts) all += group[b];
    highest = std::max(highest, all);
  }
  const double scale = (cell.height() - 3) / static_cast<double>(highest);
  for (std::size_t b = 0; b < static_cast<std::size_t>(bins.count); ++b) {
    const double left = std::max(cell.left(), cell.left() + r.at(bins.edge(static_cast<int>(b))) * cell.width());
    const double right = std::min(cell.right(), cell.left() + r.at(bins.edge(static_cast<int>(b) + 1)) * cell.width());
    double y = cell.bottom();
    for (std::size_t g = 0; g < counts.size(); ++g) {
      const double high = static_cast<double>(counts[g][b]) * scale;
      painter.fillRect(QRectF(left, y - high, right - left, high), data_.looks.empty() ? style.colors.bar : data_.looks[g].color(style.colors));
      y -= high;
    }
  }
}

void ScatterView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const int n = static_cast<int>(data_.names.size());
  const Theme& t = style.colors;
  const QFont small = style.font(-1), tiny = style.font(-2);
  const double line = lineHeight(small);
  painter.save();
  if (!data_.looks.empty())
    drawLegend(&painter, p.legend, data_.looks, style, 2);
  else if (!data_.target.empty())
    drawColorBar(painter, QRectF(p.legend.left(), p.legend.top(), std::min(260.0, p.legend.width()), colorBarHeight(style)), data_.targetRange, ColorMap::Viridis, data_.targetName, style);
  for (int row = 0; row < n; ++row)
    for (int c = 0; c < n; ++c) {
      const QRectF cell = p.at(row, c);
      const bool numbers = data_.ranges[static_cast<std::size_t>(c)].low < data_.ranges[static_cast<std::size_t>(c)].high && data_.ranges[static_cast<std::size_t>(row)].low < data_.ranges[static_cast<std::size_t>(row)].high;
      if (c > row) {
        const double r = data_.coefficients[static_cast<std::size_t>(row * n + c)];
        painter.setPen(t.secondary);
        painter.setFont(style.font(std::abs(r) > 0.5 ? 0 : -1, std::abs(r) > 0.5));
        drawLine(painter, cell, Qt::AlignCenter, std::isnan(r) ? tr("r not defined") : tr("r = %1").arg(numberText(std::round(r * 100) / 100, 2)));
        continue;
      }
      if (!numbers)
        drawNote(painter, cell, tr("no numbers"), style);
      else if (c == row)
        paintHistogram(painter, cell, c, style);
      else
        paintPoints(painter, cell, c, row, style);
      painter.setBrush(Qt::NoBrush);
      painter.setPen(QPen(t.border, 1));
      painter.drawRect(cell);
      if (!numbers) continue;
      painter.setFont(tiny);
      painter.setPen(t.secondary);
      if (row == n - 1) {
        const ChartAxis axis{padded(data_.ranges[static_cast<std::size_t>(c)]), {}, data_.dates[static_cast<std::size_t>(c)], data_.bins[static_cast<std::size_t>(c)].whole};
        std::vector<double> ticks = ticksOf(axis, cell.width() > 130 ? 4 : 3);
        const QStringList texts = tickTexts(axis, ticks);
        double end = cell.left() - 10;
        for (std::size_t i = 0; i < ticks.size(); ++i) {
          const double half = textWidth(tiny, texts[static_cast<qsizetype>(i)]) / 2 + 2, left = cell.left() + half - 2, x = std::clamp(cell.left() + axis.range.at(ticks[i]) * cell.width(), left, std::max(left, cell.right() - half + 2));
          if (x - half < end) continue;
          drawLine(painter, QRectF(x - half, cell.bottom() + 1, 2 * half, line), Qt::AlignCenter, texts[static_cast<qsizetype>(i)]);
          end = x + half + 2;
        }
      }
      // A histogram's height is a count: the first row has no ticks of its column.
      if (c == 0 && row > 0) {
        const ChartAxis axis{padded(data_.ranges[static_cast<std::size_t>(row)]), {}, data_.dates[static_cast<std::size_t>(row)], data_.bins[static_cast<std::size_t>(row)].whole};
        const std::vector<double> ticks = ticksOf(axis, std::max(2, static_cast<int>(cell.height() / (1.8 * line))));
        const QStringList texts = tickTexts(axis, ticks);
        const double left = rect.left() + line;
        for (std::size_t i = 0; i < ticks.size(); ++i)
          drawLine(painter, QRectF(left, cell.bottom() - axis.range.at(ticks[i]) * cell.height() - line / 2, cell.left() - 3 - left, line), Qt::AlignRight | Qt::AlignVCenter, texts[static_cast<qsizetype>(i)]);
      }
    }
  painter.setFont(small);
  painter.setPen(t.text);
  for (int k = 0; k < n; ++k) {
    drawName(painter, QRectF(p.at(n - 1, k).left(), p.grid.bottom() + line, p.cell, line), Qt::AlignCenter, data_.names, k);
    const QRectF side(rect.left(), p.at(k, 0).top(), line, p.cellHigh);
    k == 0 ? drawLineUpwards(painter, side, Qt::AlignCenter, tr("rows")) : drawNameUpwards(painter, side, Qt::AlignCenter, data_.names, k);
  }
  painter.setPen(t.secondary);
  drawLine(painter, p.note, Qt::AlignLeft | Qt::AlignVCenter, noteText());
  painter.restore();
}

void ScatterView::paintEvent(QPaintEvent* event) {
  isEmpty() ? FigureWidget::paintEvent(event) : paintKept();
}

int ScatterView::pointAt(QPointF position, int& x, int& y) const {
  if (isEmpty()) return -1;
  const Place p = place(figureRect(), FigureStyle::screen());
  const int n = static_cast<int>(data_.names.size());
  for (y = 0; y < n; ++y)
    for (x = 0; x < y; ++x) {
      const QRectF cell = p.at(y, x);
      if (!cell.contains(position)) continue;
      const Range rx = padded(data_.ranges[static_cast<std::size_t>(x)]), ry = padded(data_.ranges[static_cast<std::size_t>(y)]);
      int best = -1;
      double nearest = 8 * 8;
      for (std::size_t i = 0; i < data_.rows.size(); ++i) {
        const double dx = cell.left() + rx.at(data_.values[static_cast<std::size_t>(x)][i]) * cell.width() - position.x();
        const double dy = cell.bottom() - ry.at(data_.values[static_cast<std::size_t>(y)][i]) * cell.height() - position.y();
        if (dx * dx + dy * dy < nearest) nearest = dx * dx + dy * dy, best = static_cast<int>(i);
      }
      return best;
    }
  return -1;
}

QString ScatterView::readoutAt(QPointF position) const {
  int x = 0, y = 0;
  const int i = pointAt(position, x, y);
  if (i < 0) return {};
  const std::size_t point = static_cast<std::size_t>(i);
  QString text = data_.samples[point] < 0 ? tr("row %1").arg(QLocale().toString(data_.rows[point])) : tr("sample %1").arg(QLocale().toString(data_.samples[point]));
  for (const int k : {x, y})
    text += QLatin1Char('\n') + data_.names[k] + QLatin1Char(' ') + valueText(data_.values[static_cast<std::size_t>(k)][point], data_.dates[static_cast<std::size_t>(k)]);
  if (!data_.looks.empty() && data_.groups[point] >= 0) text += QLatin1Char('\n') + data_.looks[static_cast<std::size_t>(data_.groups[point])].name;
  if (!data_.target.empty()) text += QLatin1Char('\n') + data_.targetName + QLatin1Char(' ') + numberText(data_.target[point], 5);
  return text;
}

void ScatterView::mouseDoubleClickEvent(QMouseEvent* event) {
  int x = 0, y = 0;
  if (const int i = pointAt(event->position(), x, y); i >= 0) emit rowChosen(data_.rows[static_cast<std::size_t>(i)]);
}

FigureTable ScatterView::figureData() const {
  FigureTable t;
  t.columns << tr("sample");
  t.columns << data_.names;
  if (!data_.looks.empty()) t.columns << tr("class");
  if (!data_.target.empty() && !data_.names.contains(data_.targetName)) t.columns << data_.targetName;
  for (std::size_t i = 0; i < data_.rows.size(); ++i) {
    QVector<QVariant> row{data_.samples[i] < 0 ? QVariant() : QVariant(data_.samples[i])};
    for (std::size_t k = 0; k < data_.values.size(); ++k) row << (data_.dates[k] ? QVariant(valueText(data_.values[k][i], true)) : QVariant(data_.values[k][i]));
    if (!data_.looks.empty()) row << (data_.groups[i] < 0 ? QString() : data_.looks[static_cast<std::size_t>(data_.groups[i])].name);
    if (!data_.target.empty() && !data_.names.contains(data_.targetName)) row << data_.target[i];
    t.rows << row;
  }
  return t;
}

}  // namespace vitrine
