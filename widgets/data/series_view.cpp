#include "widgets/data/series_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {

SeriesData seriesOf(const SampleTable& table, const std::vector<std::int32_t>& samples, const std::vector<int>& features) {
  SeriesData d;
  const Dataset& data = *table.data;
  if (data.spec.input.rank() != 2) return d;
  d.title = SeriesView::tr("Series");
  d.steps = static_cast<int>(data.spec.input[0]);
  const std::int64_t all = data.spec.input[1];
  for (const int f : features) {
    const std::size_t i = static_cast<std::size_t>(f);
    d.features << (i < data.featureNames.size() ? QString::fromStdString(data.featureNames[i]) : SeriesView::tr("feature %1").arg(QLocale().toString(f + 1)));
  }
  RowGroups groups;
  if (data.spec.task == Task::Classification) {
    groups = byClass(table);
    d.looks = classLooks(table, groups);
  } else if (data.spec.task == Task::Regression) {
    d.targetName = QString::fromStdString(data.targetName);
    d.targetRange = {std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (std::int64_t s = 0; s < data.count(); ++s) {
      const double v = data.targets[static_cast<std::size_t>(s * data.spec.outputs)];
      if (std::isfinite(v)) d.targetRange.low = std::min(d.targetRange.low, v), d.targetRange.high = std::max(d.targetRange.high, v);
    }
    if (d.targetRange.low > d.targetRange.high) d.targetRange = {0, 1};
  }
  for (const std::int32_t s : samples) {
    if (s < 0 || s >= data.count()) continue;
    SeriesData::Line line;
    line.sample = s;
    if (data.spec.task == Task::Classification) line.look = groups.of[static_cast<std::size_t>(table.rowsOf[static_cast<std::size_t>(s)])];
    if (data.spec.task == Task::Regression) line.target = data.targets[static_cast<std::size_t>(s * data.spec.outputs)];
    for (const int f : features) {
      line.values.emplace_back();
      for (int t = 0; t < d.steps; ++t) line.values.back().push_back(static_cast<float>(data.inputs.raw(s, t * all + f)));
    }
    d.lines.push_back(std::move(line));
  }
  return d;
}

std::vector<std::int32_t> firstSeries(const Dataset& data, std::size_t most) {
  std::vector<std::int32_t> samples;
  if (data.spec.task != Task::Classification) {
    for (std::size_t i = 0; i < data.train.size() && samples.size() < most; ++i) samples.push_back(data.train[i]);
    return samples;
  }
  const std::size_t classes = data.spec.classes.size(), each = std::max<std::size_t>(1, most / std::max<std::size_t>(1, std::min(classes, most)));
  std::vector<std::size_t> taken(classes);
  for (const std::int32_t s : data.train)
    if (std::size_t& n = taken[static_cast<std::size_t>(data.classes[static_cast<std::size_t>(s)])]; n < each && samples.size() < most) ++n, samples.push_back(s);
  return samples;
}

SeriesView::SeriesView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Series")); }

void SeriesView::setData(SeriesData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

double SeriesView::legendHeight(const QRectF& rect, const FigureStyle& style) const {
  if (!data_.looks.empty()) return drawLegend(nullptr, rect, data_.looks, style, 2);
  return data_.targetName.isEmpty() ? 0 : colorBarHeight(style) + 4;
}

std::vector<Chart> SeriesView::charts(const QRectF& rect, const FigureStyle& style) const {
  std::vector<Chart> out;
  const double line = lineHeight(style.font(-1)), n = static_cast<double>(data_.features.size());
  const double top = rect.top() + legendHeight(rect, style), each = (rect.bottom() - line - top) / n;
  double left = 0;
  const QStringList titles = toldApart(data_.features, [&](qsizetype, const QString& name) { return textWidth(style.font(-1), name) + kTextSpare <= each - 1.5 * line; });
  for (std::size_t f = 0; f < static_cast<std::size_t>(data_.features.size()); ++f) {
    Range y{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
    for (const SeriesData::Line& l : data_.lines)
      for (const float v : l.values[f])
        if (std::isfinite(v)) y.low = std::min<double>(y.low, v), y.high = std::max<double>(y.high, v);
    if (y.low > y.high) y = {0, 1};
    if (y.low == y.high) y = {y.low - 0.5, y.high + 0.5};
    const double pad = (y.high - y.low) * 0.05;
    const bool last = f + 1 == static_cast<std::size_t>(data_.features.size());
    // Steps are told once, below the last chart, for all of them.
    out.push_back(chartIn(QRectF(rect.left(), top + each * static_cast<double>(f), rect.width(), each + (last ? line : 0)),
                          {{1, std::max(2.0, static_cast<double>(data_.steps))}, last ? tr("step") : QString(), false, true},
                          {{y.low - pad, y.high + pad}, titles[static_cast<qsizetype>(f)]}, style));
    left = std::max(left, out.back().area.left());
  }
  for (Chart& c : out) c.area.setLeft(left);
  return out;
}

QColor SeriesView::colorOf(const SeriesData::Line& line, const Theme& t) const {
  if (line.look >= 0) return data_.looks[static_cast<std::size_t>(line.look)].color(t);
  if (data_.targetName.isEmpty() || !std::isfinite(line.target)) return t.accent;
  return toColor(color(ColorMap::Viridis, data_.targetRange.at(line.target)));
}

void SeriesView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  painter.save();
  if (!data_.looks.empty())
    drawLegend(&painter, rect, data_.looks, style, 2);
  else if (!data_.targetName.isEmpty())
    drawColorBar(painter, QRectF(rect.left(), rect.top(), std::min(260.0, rect.width()), colorBarHeight(style)), data_.targetRange, ColorMap::Viridis, data_.targetName, style);
  const std::vector<Chart> all = charts(rect, style);
  for (std::size_t f = 0; f < all.size(); ++f) {
    const Chart& c = all[f];
    drawAxes(painter, c, style);
    painter.setAntialiasing(true);
    painter.setBrush(Qt::NoBrush);
    for (const SeriesData::Line& line : data_.lines) {
      painter.setPen(QPen(colorOf(line, style.colors), style.print ? 0.8 : 1.3));
      QPolygonF run;
      const auto flush = [&] {
        if (run.size() == 1)
          painter.drawEllipse(run.first(), 1.5, 1.5);
        else if (run.size() > 1)
          painter.drawPolyline(run);
        run.clear();
      };
      for (int t = 0; t < data_.steps; ++t) {
        const float v = line.values[f][static_cast<std::size_t>(t)];
        if (std::isfinite(v))
          run << QPointF(c.xAt(t + 1), c.yAt(v));
        else
          flush();  // a gap stays a gap
      }
      flush();
    }
  }
  painter.restore();
}

SeriesView::Hit SeriesView::hitAt(QPointF position) const {
  Hit hit;
  if (isEmpty()) return hit;
  const std::vector<Chart> all = charts(figureRect(), FigureStyle::screen());
  for (std::size_t f = 0; f < all.size(); ++f) {
    const Chart& c = all[f];
    if (!c.area.adjusted(-4, 0, 4, 0).contains(position)) continue;
    const double at = c.x.range.low + (position.x() - c.area.left()) / c.area.width() * (c.x.range.high - c.x.range.low);
    hit.feature = static_cast<int>(f);
    hit.step = std::clamp(static_cast<int>(std::lround(at)) - 1, 0, data_.steps - 1);
    double nearest = 24;
    for (std::size_t l = 0; l < data_.lines.size(); ++l) {
      const double d = std::abs(c.yAt(data_.lines[l].values[f][static_cast<std::size_t>(hit.step)]) - position.y());
      if (d < nearest) nearest = d, hit.line = static_cast<int>(l);
    }
  }
  return hit;
}

QString SeriesView::readoutAt(QPointF position) const {
  const Hit hit = hitAt(position);
  if (hit.line < 0) return {};
  const SeriesData::Line& l = data_.lines[static_cast<std::size_t>(hit.line)];
  QString text = tr("sample %1, step %2").arg(QLocale().toString(l.sample), QLocale().toString(hit.step + 1)) + QLatin1Char('\n') + data_.features[hit.feature] + QLatin1Char(' ') +
                 numberText(l.values[static_cast<std::size_t>(hit.feature)][static_cast<std::size_t>(hit.step)], 6);
  if (l.look >= 0) text += QLatin1Char('\n') + data_.looks[static_cast<std::size_t>(l.look)].name;
  if (!data_.targetName.isEmpty()) text += QLatin1Char('\n') + tr("target %1 %2").arg(data_.targetName, numberText(l.target, 6));
  return text;
}

void SeriesView::mouseDoubleClickEvent(QMouseEvent* event) {
  if (const Hit hit = hitAt(event->position()); hit.line >= 0) emit sampleChosen(data_.lines[static_cast<std::size_t>(hit.line)].sample);
}

FigureTable SeriesView::figureData() const {
  FigureTable t;
  t.columns << tr("sample") << tr("step");
  t.columns << data_.features;
  for (const SeriesData::Line& l : data_.lines)
    for (int s = 0; s < data_.steps; ++s) {
      QVector<QVariant> row{l.sample, s + 1};
      for (const std::vector<float>& v : l.values) row << v[static_cast<std::size_t>(s)];
      t.rows << row;
    }
  return t;
}

}  // namespace vitrine
