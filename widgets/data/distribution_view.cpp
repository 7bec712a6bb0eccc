#include "widgets/data/distribution_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostCategories = 24;

double total(const DistributionGroup& g) { return static_cast<double>(std::max<std::int64_t>(1, g.statistics.count)); }

/// The column's categories, the most frequent ones in the column's own order.
void countCategories(const Column& column, const RowGroups& groups, DistributionData& d, std::stop_token stop) {
  const std::size_t n = column.names.size();
  std::vector<std::vector<std::int64_t>> counts(d.groups.size(), std::vector<std::int64_t>(n));
  std::vector<std::int64_t> all(n);
  for (std::size_t r = 0; r < groups.of.size(); ++r) {
    if (r % 65536 == 0 && stop.stop_requested()) return;
    if (groups.of[r] < 0) continue;
    const std::size_t g = static_cast<std::size_t>(groups.of[r]);
    const std::int32_t code = column.codes[r];
    if (code < 0)
      ++d.groups[g].statistics.missing;
    else
      ++counts[g][static_cast<std::size_t>(code)], ++all[static_cast<std::size_t>(code)];
  }
  std::vector<std::size_t> chosen(n);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  if (n > kMostCategories) {
    std::stable_sort(chosen.begin(), chosen.end(), [&](std::size_t a, std::size_t b) { return all[a] > all[b]; });
    chosen.resize(kMostCategories - 1);
    std::sort(chosen.begin(), chosen.end());
    d.otherCategories = static_cast<std::int64_t>(n - chosen.size());
  }
  for (const std::size_t c : chosen) d.categories << QString::fromStdString(column.names[c]);
  for (std::size_t g = 0; g < d.groups.size(); ++g) {
    DistributionGroup& group = d.groups[g];
    std::int64_t shown = 0;
    for (const std::size_t c : chosen) group.counts.push_back(counts[g][c]), shown += counts[g][c];
    group.statistics.count = std::accumulate(counts[g].begin(), counts[g].end(), std::int64_t{0});
    group.statistics.distinct = std::count_if(counts[g].begin(), counts[g].end(), [](std::int64_t k) { return k > 0; });
    if (d.otherCategories > 0) group.counts.push_back(group.statistics.count - shown);
    if (group.statistics.count > 0)
      group.mostFrequent = QString::fromStdString(column.names[static_cast<std::size_t>(std::max_element(counts[g].begin(), counts[g].end()) - counts[g].begin())]);
  }
}

}  // namespace

DistributionData distributionOf(const SampleTable& table, int column, const RowGroups& groups, const std::vector<GroupLook>& looks, std::stop_token stop) {
  DistributionData d;
  const Column& c = table.column(column);
  d.column = QString::fromStdString(c.name);
  d.title = DistributionView::tr("Distribution of %1").arg(d.column);
  d.date = c.kind == ColumnKind::Date;
  d.isCategory = !table.isNumeric(column);
  for (const GroupLook& look : looks) d.groups.push_back({look, {}, {}, {}});
  if (d.isCategory) {
    countCategories(c, groups, d, stop);
    return stop.stop_requested() ? DistributionData() : d;
  }
  const std::vector<double> values = table.numbers(column, stop);
  std::vector<std::vector<double>> sorted(d.groups.size());
  std::vector<double> grouped;
  for (std::size_t r = 0; r < values.size(); ++r)
    if (groups.of[r] >= 0) sorted[static_cast<std::size_t>(groups.of[r])].push_back(values[r]), grouped.push_back(values[r]);
  if (stop.stop_requested()) return {};
  d.bins = binsFor(grouped);
  for (std::size_t g = 0; g < d.groups.size(); ++g) {
    if (stop.stop_requested()) return {};
    d.groups[g].counts = countIn(d.bins, sorted[g]);
    d.groups[g].statistics = statisticsOf(std::move(sorted[g]));
  }
  return d;
}

DistributionView::DistributionView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Distribution of a column")); }

void DistributionView::setData(DistributionData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

QStringList DistributionView::barNames() const {
  QStringList names = data_.categories;
  if (data_.otherCategories > 0) names << tr("%1 others").arg(QLocale().toString(qlonglong(data_.otherCategories)));
  return names;
}

double DistributionView::heightOf(const DistributionGroup& group, std::size_t bin) const {
  const double n = static_cast<double>(group.counts[bin]);
  return data_.shares() ? n / total(group) * 100 : n;
}

DistributionView::Place DistributionView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  std::vector<GroupLook> looks;
  if (data_.groups.size() > 1)
    for (const DistributionGroup& g : data_.groups) looks.push_back(g.look);
  const double line = lineHeight(style.font(-1));
  const double legend = drawLegend(nullptr, rect, looks, style, 2);
  p.legend = QRectF(rect.left(), rect.top(), rect.width(), legend);
  // The chart keeps at least half of the height; what does not fit of the statistics is read by hovering.
  const double wanted = (static_cast<double>(data_.groups.size()) + 1) * line * 1.15 + 4;
  const double statistics = std::min(wanted, std::max(0.0, (rect.height() - legend) * 0.5));
  p.statistics = QRectF(rect.left(), rect.bottom() - statistics, rect.width(), statistics);
  double highest = 0;
  for (const DistributionGroup& g : data_.groups)
    for (std::size_t i = 0; i < g.counts.size(); ++i) highest = std::max(highest, heightOf(g, i));
  ChartAxis x{{data_.bins.low, data_.bins.high}, data_.column, data_.date, data_.bins.whole};
  ChartAxis y{{0, highest > 0 ? highest * 1.05 : 1}, data_.shares() ? tr("% of group") : tr("rows"), false, !data_.shares()};
  const QRectF chart(rect.left(), p.legend.bottom(), rect.width(), p.statistics.top() - p.legend.bottom() - 4);
  double below = -1;
  if (data_.isCategory) {
    const QFont small = style.font(-1);
    const QStringList names = barNames();
    x.range = {0, std::max(1.0, static_cast<double>(names.size()))};
    const int n = static_cast<int>(std::max<qsizetype>(1, names.size()));
    const bool level = namesWidth(names, n, small, 1e9) + 4 <= (chart.width() - 50) / n;
    below = line + 4 + (level ? line : namesWidth(names, n, small, chart.height() * 0.4));
  }
  p.chart = chartIn(chart, x, y, style, below);
  return p;
}

void DistributionView::paintBars(QCPPainter& painter, const Chart& c, const FigureStyle& style) const {
  const std::size_t groups = data_.groups.size();
  painter.save();
  for (std::size_t g = 0; g < groups; ++g) {
    const DistributionGroup& group = data_.groups[g];
    QColor fill = group.look.color(style.colors);
    const QColor line = fill;
    const bool overlaid = groups > 1 && !data_.isCategory;
    if (overlaid) fill.setAlpha(70);
    QPolygonF outline;
    for (std::size_t i = 0; i < group.counts.size(); ++i) {
      double left, right;
      if (data_.isCategory) {
        const double width = 0.8 / static_cast<double>(groups);
        left = c.xAt(static_cast<double>(i) + 0.1 + width * static_cast<double>(g)), right = c.xAt(static_cast<double>(i) + 0.1 + width * static_cast<double>(g + 1));
      } else {
        left = c.xAt(data_.bins.edge(static_cast<int>(i))), right = c.xAt(data_.bins.edge(static_cast<int>(i) + 1));
      }
      const double top = c.yAt(heightOf(group, i));
      outline << QPointF(left, top) << QPointF(right, top);
      const double gap = overlaid || right - left < 4 ? 0 : 0.5;
      if (top < c.area.bottom()) painter.fillRect(QRectF(left + gap, top, right - left - 2 * gap, c.area.bottom() - top), fill);
    }
    if (!overlaid || outline.isEmpty()) continue;
    outline.prepend(QPointF(outline.first().x(), c.area.bottom()));
    outline.append(QPointF(outline.last().x(), c.area.bottom()));
    painter.setPen(QPen(line, style.print ? 1 : 1.3));
    painter.setBrush(Qt::NoBrush);
    painter.drawPolyline(outline);
  }
  painter.restore();
}

QStringList DistributionView::statisticNames() const {
  if (data_.isCategory) return {tr("count"), tr("missing"), tr("distinct"), tr("most frequent")};
  return {tr("count"), tr("missing"), tr("mean"), tr("deviation"), tr("min"), tr("Q1"), tr("median"), tr("Q3"), tr("max"), tr("distinct")};
}

QStringList DistributionView::statisticTexts(const DistributionGroup& g, int digits) const {
  const Statistics& s = g.statistics;
  const QLocale locale;
  const auto whole = [&](std::int64_t n) { return locale.toString(qlonglong(n)); };
  if (data_.isCategory) return {whole(s.count), whole(s.missing), whole(s.distinct), g.mostFrequent.isEmpty() ? QStringLiteral("–") : g.mostFrequent};
  const auto value = [&](double v) { return s.count == 0 ? QStringLiteral("–") : valueText(v, data_.date, digits); };
  // A deviation of dates is a time, not a date.
  const QString deviation = s.count == 0 ? QStringLiteral("–") : data_.date ? tr("%1 days").arg(numberText(s.deviation / 86400, digits)) : numberText(s.deviation, digits);
  QString missing = whole(s.missing);
  if (s.infinite > 0) missing += tr(" + %1 infinite").arg(whole(s.infinite));
  return {whole(s.count), missing, value(s.mean), deviation, value(s.min), value(s.q1), value(s.median), value(s.q3), value(s.max), whole(s.distinct)};
}

void DistributionView::paintStatistics(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small) * 1.15;
  if (rect.height() < 2 * line) return;
  const QStringList names = statisticNames();
  std::vector<QStringList> cells;
  double nameWidth = 0;
  for (const DistributionGroup& g : data_.groups) {
    cells.push_back(statisticTexts(g, 4));
    if (data_.groups.size() > 1) nameWidth = std::max(nameWidth, textWidth(small, g.look.name) + 14);
  }
  nameWidth = std::min(nameWidth, rect.width() * 0.3);
  std::vector<double> widths;
  for (qsizetype k = 0; k < names.size(); ++k) {
    double w = textWidth(small, names[k]);
    for (const QStringList& row : cells) w = std::max(w, textWidth(small, row[k]));
    widths.push_back(std::min(w, rect.width() * 0.4) + 12);
  }
  // Where there is no room for all, the most asked for; the others are read by hovering.
  const std::vector<std::size_t> priority = data_.isCategory ? std::vector<std::size_t>{0, 1, 2, 3} : std::vector<std::size_t>{0, 2, 3, 6, 1, 4, 8, 5, 7, 9};
  std::vector<bool> shown(widths.size());
  double room = rect.width() - nameWidth, used = 0;
  for (const std::size_t k : priority)
    if (used + widths[k] <= room) shown[k] = true, used += widths[k];
  const double spread = std::min(1.6, used > 0 ? room / used : 1.0);
  painter.setFont(small);
  double x = rect.left() + nameWidth;
  const std::size_t fit = std::min(cells.size(), static_cast<std::size_t>(std::max(0.0, std::floor(rect.height() / line + 0.01) - 1)));
  for (std::size_t k = 0; k < widths.size(); ++k) {
    if (!shown[k]) continue;
    const double w = widths[k] * spread;
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(x, rect.top(), w - 2, line), Qt::AlignRight | Qt::AlignVCenter, names[static_cast<qsizetype>(k)]);
    painter.setPen(style.colors.text);
    for (std::size_t g = 0; g < fit; ++g) {
      const QRectF cell(x, rect.top() + line * static_cast<double>(g + 1), w - 2, line);
      if (const qsizetype named = data_.isCategory && k == 3 ? data_.categories.indexOf(data_.groups[g].mostFrequent) : -1; named >= 0)
        drawName(painter, cell, Qt::AlignRight | Qt::AlignVCenter, data_.categories, named);
      else
        drawLine(painter, cell, Qt::AlignRight | Qt::AlignVCenter, cells[g][static_cast<qsizetype>(k)]);
    }
    x += w;
  }
  painter.setPen(QPen(style.colors.grid, 1));
  painter.drawLine(QPointF(rect.left(), rect.top() + line), QPointF(rect.right(), rect.top() + line));
  if (nameWidth <= 0) return;
  QStringList groups;
  for (const DistributionGroup& g : data_.groups) groups << g.look.name;
  for (std::size_t g = 0; g < fit; ++g) {
    const double y = rect.top() + line * static_cast<double>(g + 1);
    painter.fillRect(QRectF(rect.left(), y + line / 2 - 4, 8, 8), data_.groups[g].look.color(style.colors));
    painter.setPen(style.colors.text);
    drawName(painter, QRectF(rect.left() + 12, y, nameWidth - 12, line), Qt::AlignLeft | Qt::AlignVCenter, groups, static_cast<qsizetype>(g));
  }
}

void DistributionView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  std::vector<GroupLook> looks;
  std::int64_t count = 0;
  bool infinite = false;
  for (const DistributionGroup& g : data_.groups) count += g.statistics.count, infinite = infinite || g.statistics.infinite > 0, looks.push_back(g.look);
  painter.save();
  if (looks.size() > 1) drawLegend(&painter, p.legend, looks, style, 2);
  if (count == 0) {
    drawNote(painter, p.chart.area, (infinite ? tr("%1 has no finite number in any row.") : tr("%1 is missing in every row.")).arg(data_.column), style);
  } else if (p.chart.area.height() > 12) {
    drawAxes(painter, p.chart, style, !data_.isCategory);
    paintBars(painter, p.chart, style);
    if (data_.isCategory) {
      const QFont small = style.font(-1);
      const double line = lineHeight(small);
      const double bottom = p.statistics.top() - 4 - line;
      const QStringList names = barNames();
      drawColumnNames(painter, QRectF(p.chart.area.left(), p.chart.area.bottom() + 2, p.chart.area.width(), bottom - p.chart.area.bottom() - 2), static_cast<int>(names.size()), names, style);
      painter.setFont(small);
      painter.setPen(style.colors.secondary);
      drawLine(painter, QRectF(p.chart.area.left(), bottom, p.chart.area.width(), line), Qt::AlignCenter, data_.column);
    }
  }
  paintStatistics(painter, p.statistics, style);
  painter.restore();
}

QString DistributionView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const FigureStyle style = FigureStyle::screen();
  const Place p = place(figureRect(), style);
  if (p.statistics.contains(position)) {
    const double line = lineHeight(style.font(-1)) * 1.15;
    const int g = static_cast<int>((position.y() - p.statistics.top()) / line) - 1;
    if (g < 0 || g >= static_cast<int>(data_.groups.size())) return {};
    const QStringList names = statisticNames(), texts = statisticTexts(data_.groups[static_cast<std::size_t>(g)], 7);
    QStringList lines;
    if (data_.groups.size() > 1) lines << data_.groups[static_cast<std::size_t>(g)].look.name;
    for (qsizetype k = 0; k < names.size(); ++k) lines << names[k] + QLatin1Char(' ') + texts[k];
    return lines.join(QLatin1Char('\n'));
  }
  const Chart& c = p.chart;
  if (!c.area.contains(position) || data_.groups.front().counts.empty()) return {};
  const double share = (position.x() - c.area.left()) / c.area.width();
  const std::size_t bins = data_.groups.front().counts.size(), i = std::min(bins - 1, static_cast<std::size_t>(share * static_cast<double>(bins)));
  QString text = data_.isCategory      ? barNames().value(static_cast<qsizetype>(i))
                 : data_.bins.whole    ? numberText(data_.bins.edge(static_cast<int>(i)) + 0.5, 10)
                                       : tr("%1 to %2").arg(valueText(data_.bins.edge(static_cast<int>(i)), data_.date), valueText(data_.bins.edge(static_cast<int>(i) + 1), data_.date));
  for (const DistributionGroup& g : data_.groups) {
    text += QLatin1Char('\n');
    if (data_.groups.size() > 1) text += g.look.name + QStringLiteral(": ");
    text += tr("%1 rows, %2").arg(QLocale().toString(qlonglong(g.counts[i])), percentText(static_cast<double>(g.counts[i]) / total(g)));
  }
  return text;
}

FigureTable DistributionView::figureData() const {
  FigureTable t;
  t.columns << tr("what") << tr("from") << tr("to");
  for (const DistributionGroup& g : data_.groups) t.columns << (data_.groups.size() > 1 ? g.look.name : data_.column);
  if (isEmpty()) return t;
  const QStringList bars = barNames();
  for (std::size_t i = 0; i < data_.groups.front().counts.size(); ++i) {
    QVector<QVariant> row;
    if (data_.isCategory)
      row << bars.value(static_cast<qsizetype>(i)) << QVariant() << QVariant();
    else
      row << tr("rows in bin") << data_.bins.edge(static_cast<int>(i)) << data_.bins.edge(static_cast<int>(i) + 1);
    for (const DistributionGroup& g : data_.groups) row << qlonglong(g.counts[i]);
    t.rows << row;
  }
  const QStringList names = statisticNames();
  for (qsizetype k = 0; k < names.size(); ++k) {
    QVector<QVariant> row{names[k], QVariant(), QVariant()};
    for (const DistributionGroup& g : data_.groups) {
      const Statistics& s = g.statistics;
      const QVariant number[] = {qlonglong(s.count), qlonglong(s.missing), s.mean, s.deviation, s.min, s.q1, s.median, s.q3, s.max, qlonglong(s.distinct)};
      const QVariant category[] = {qlonglong(s.count), qlonglong(s.missing), qlonglong(s.distinct), g.mostFrequent};
      row << (data_.isCategory ? category[k] : number[k]);
    }
    t.rows << row;
  }
  QVector<QVariant> row{tr("infinite"), QVariant(), QVariant()};
  bool any = false;
  for (const DistributionGroup& g : data_.groups) row << qlonglong(g.statistics.infinite), any = any || g.statistics.infinite > 0;
  if (any) t.rows << row;
  return t;
}

}  // namespace vitrine
