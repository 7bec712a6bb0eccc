#include "widgets/maps/pinned_samples_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QMouseEvent>
#include <QRegularExpression>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/paint.h"
#include "widgets/maps/pinned_layout.h"

namespace vitrine {

PinnedSamplesView::PinnedSamplesView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Pinned samples"));
}

namespace {

std::size_t cellsOf(int height, int width, int channels) {
  return static_cast<std::size_t>(height) * static_cast<std::size_t>(width) * static_cast<std::size_t>(channels);
}

/// Leaves out what is not of the size that it says.
void keepFitting(PinnedSample& s) {
  if (s.height <= 0 || s.width <= 0 || s.channels <= 0) s.height = s.width = s.channels = 0;
  if (s.channels > 0 && s.input.size() != cellsOf(s.height, s.width, s.channels)) s.input.clear();
  if (s.trueLabels.size() > s.probabilities.size()) s.trueLabels.clear();
  for (PinnedMap& map : s.maps)
    if (map.height <= 0 || map.width <= 0 || map.values.size() != cellsOf(map.height, map.width, 1)) map.values.clear();
}

}  // namespace

void PinnedSamplesView::setData(PinnedData data) {
  for (PinnedSample& s : data.samples) keepFitting(s);
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  refreshed_.start();
  setMinimumSize(320, 40 + 44 * static_cast<int>(data_.samples.size()));
  mapsDark_ = -1;
  if (retitled) emit titleChanged();
  update();
}

QString PinnedSamplesView::sideText() const {
  if (isEmpty()) return {};
  QStringList parts{data_.sharedScale ? tr("shared scale") : tr("each map its own scale")};
  if (refreshed_.isValid())
    parts << tr("refreshed %1 s ago").arg(QLocale().toString(static_cast<double>(refreshed_.elapsed()) / 1000, 'f', 1));
  return parts.join(QStringLiteral(" · "));
}

bool PinnedSamplesView::isTable() const { return !data_.samples.empty() && data_.samples.front().channels == 0; }

QSizeF PinnedSamplesView::preferredMm() const {
  return {kDoubleMm, std::clamp(18.0 + 30.0 * static_cast<double>(data_.samples.size()), 45.0, 230.0)};
}

Range PinnedSamplesView::methodRange(int method) const {
  std::vector<Real> all;
  for (const PinnedSample& s : data_.samples)
    if (method < static_cast<int>(s.maps.size())) {
      const std::vector<Real>& values = s.maps[static_cast<std::size_t>(method)].values;
      all.insert(all.end(), values.begin(), values.end());
    }
  const Range range = symmetricRange(all);
  return data_.methods[method].isSigned ? range : Range{0, range.high};
}

Range PinnedSamplesView::mapRange(int sample, int method) const {
  if (data_.sharedScale) return methodRange(method);
  const Range range = symmetricRange(data_.samples[static_cast<std::size_t>(sample)].maps[static_cast<std::size_t>(method)].values);
  return data_.methods[method].isSigned ? range : Range{0, range.high};
}

const Raster& PinnedSamplesView::mapRaster(int sample, int method) const {
  return maps_[static_cast<std::size_t>(sample) * static_cast<std::size_t>(data_.methods.size()) + static_cast<std::size_t>(method)];
}

void PinnedSamplesView::makeRasters(bool dark) const {
  if (mapsDark_ == static_cast<int>(dark)) return;
  mapsDark_ = static_cast<int>(dark);
  inputs_.clear();
  maps_.clear();
  if (isTable()) return;
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const PinnedSample& s = data_.samples[i];
    inputs_.push_back(imageRaster(s.input, s.height, s.width, s.channels, data_.inputRange));
    for (int m = 0; m < data_.methods.size(); ++m) {
      maps_.emplace_back();
      if (m >= static_cast<int>(s.maps.size()) || s.maps[static_cast<std::size_t>(m)].values.empty()) continue;
      const PinnedMap& map = s.maps[static_cast<std::size_t>(m)];
      const ColorMap colors = data_.methods[m].isSigned ? forTheme(ColorMap::Diverging, dark) : ColorMap::Viridis;
      const Range range = mapRange(static_cast<int>(i), m);
      if (!data_.methods[m].overInput) {
        maps_.back() = rasterize(map.values, map.height, map.width, range, colors);
        continue;
      }
      // Numbers are enlarged before they are coloured: half way between two colours is not half way between values.
      const int h = 4 * s.height, w = 4 * s.width;
      const Raster top = rasterize(scaleBilinear(map.values, map.height, map.width, h, w), h, w, range, colors);
      if (!inputs_.back().empty()) maps_.back() = overlay(scaleNearest(inputs_.back(), w, h), top, 0.6);
    }
  }
}

PinnedLayout PinnedSamplesView::place(const QRectF& rect, const FigureStyle& style) const {
  double names = 0;
  QStringList heads;
  for (const PinnedMethod& m : data_.methods) heads << m.name;
  for (const QString& f : data_.features) names = std::max(names, textWidth(style.font(-1), f));
  return pinnedLayout(rect, style, static_cast<int>(data_.samples.size()), static_cast<int>(data_.methods.size()), isTable(), names, heads);
}

void PinnedSamplesView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  makeRasters(style.colors.dark);
  const PinnedLayout p = place(rect, style);
  paintHeads(painter, p, style);
  for (int i = 0; i < static_cast<int>(data_.samples.size()); ++i) {
    if (isTable())
      paintTableRow(painter, p, i, style);
    else
      paintRow(painter, p, i, style);
    paintPrediction(painter, p.prediction(i), i, style);
  }
  paintScales(painter, p, style);
}

void PinnedSamplesView::paintHeads(QCPPainter& painter, const PinnedLayout& p, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  const auto head = [&](double left, double width, const QString& text) {
    const QRectF place(left, p.rect.top(), width, p.head - 1);
    const bool wraps = textWidth(small, text) > width && text.contains(QRegularExpression(QStringLiteral("[ -]")));
    if (wraps)
      painter.drawText(place.adjusted(0, 0, p.columnGap - 2, 0), Qt::AlignLeft | Qt::AlignBottom | Qt::TextWordWrap, text);
    else
      drawLine(painter, place, Qt::AlignLeft | Qt::AlignBottom, text);
  };
  head(p.rect.left(), p.inputWidth, isTable() ? tr("feature and value") : tr("input"));
  for (int m = 0; m < data_.methods.size(); ++m) head(p.column(m).left(), p.column(m).width(), data_.methods[m].name);
  head(p.predictionLeft, p.rect.right() - p.predictionLeft,
       data_.classes.isEmpty() ? tr("prediction") : data_.shares ? tr("class probabilities") : tr("class outputs"));
}

void PinnedSamplesView::paintRow(QCPPainter& painter, const PinnedLayout& p, int sample, const FigureStyle& style) const {
  const PinnedSample& s = data_.samples[static_cast<std::size_t>(sample)];
  drawRaster(painter, p.image(sample, -1, s.width, s.height), inputs_[static_cast<std::size_t>(sample)], style);
  for (int m = 0; m < data_.methods.size(); ++m) {
    const QRectF cell = p.image(sample, m, s.width, s.height);
    const Raster& raster = mapRaster(sample, m);
    if (!raster.empty()) {
      drawRaster(painter, cell, raster, style, data_.methods[m].overInput);
      continue;
    }
    const QString note = m < static_cast<int>(s.maps.size()) ? s.maps[static_cast<std::size_t>(m)].note : QString();
    painter.setPen(QPen(style.colors.border, 1, Qt::DashLine));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(cell);
    painter.setFont(style.font(-1.5));
    painter.setPen(style.colors.secondary);
    painter.drawText(cell.adjusted(4, 4, -4, -4), Qt::AlignCenter | Qt::TextWordWrap, note.isEmpty() ? tr("not yet computed") : note);
  }
}

QString PinnedSamplesView::valueText(int sample, int feature) const {
  const PinnedSample& s = data_.samples[static_cast<std::size_t>(sample)];
  return feature < s.values.size() ? s.values[feature] : numberText(static_cast<double>(s.input[static_cast<std::size_t>(feature)]));
}

std::vector<int> PinnedSamplesView::shownFeatures(int sample, const QRectF& row, const FigureStyle& style) const {
  const PinnedSample& s = data_.samples[static_cast<std::size_t>(sample)];
  std::vector<int> order(s.input.size());
  std::iota(order.begin(), order.end(), 0);
  const std::size_t fit = static_cast<std::size_t>(std::max(1.0, std::floor(row.height() / lineHeight(style.font(-1)))));
  if (order.size() > fit) {
    const auto weight = [&](int f) {
      double w = 0;
      for (const PinnedMap& map : s.maps)
        if (f < static_cast<int>(map.values.size())) w = std::max(w, std::abs(static_cast<double>(map.values[static_cast<std::size_t>(f)])));
      return w;
    };
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return weight(a) > weight(b); });
    order.resize(fit);
    std::sort(order.begin(), order.end());
  }
  return order;
}

void PinnedSamplesView::paintTableRow(QCPPainter& painter, const PinnedLayout& p, int sample, const FigureStyle& style) const {
  const PinnedSample& s = data_.samples[static_cast<std::size_t>(sample)];
  const QRectF row = p.row(sample);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const std::vector<int> order = shownFeatures(sample, row, style);
  const double valueWidth = std::min(p.inputWidth * 0.6, textWidth(small, QStringLiteral("−0.00000")));
  for (std::size_t k = 0; k < order.size(); ++k) {
    const int f = order[k];
    const double y = row.top() + static_cast<double>(k) * line;
    painter.setFont(small);
    painter.setPen(style.colors.text);
    const QRectF name(row.left(), y, p.inputWidth - valueWidth - 6, line);
    if (f < data_.features.size())
      drawName(painter, name, Qt::AlignLeft | Qt::AlignVCenter, data_.features, f);
    else
      drawLine(painter, name, Qt::AlignLeft | Qt::AlignVCenter, tr("feature %1").arg(QLocale().toString(f + 1)));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(row.left() + p.inputWidth - valueWidth, y, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter,
             valueText(sample, f));
    for (int m = 0; m < data_.methods.size() && m < static_cast<int>(s.maps.size()); ++m) {
      const std::vector<Real>& values = s.maps[static_cast<std::size_t>(m)].values;
      if (f >= static_cast<int>(values.size())) continue;
      const QRectF track(p.column(m).left(), y + line * 0.2, p.column(m).width(), line * 0.6);
      const Real v = values[static_cast<std::size_t>(f)];
      const Range range = mapRange(sample, m);
      painter.fillRect(track, style.colors.field);
      if (std::isnan(v)) {
        drawNanHatch(painter, track, style);
        continue;
      }
      const double zero = track.left() + range.at(0) * track.width(), end = track.left() + std::clamp(range.at(v), 0.0, 1.0) * track.width();
      const Rgba c = color(ColorMap::Diverging, v < 0 ? 0 : 1);
      painter.fillRect(QRectF(QPointF(std::min(zero, end), track.top()), QPointF(std::max(zero, end), track.bottom())), toColor(c));
      painter.fillRect(QRectF(zero - 0.5, track.top() - 1, 1, track.height() + 2), style.colors.secondary);
    }
  }
}

void PinnedSamplesView::paintPrediction(QCPPainter& painter, const QRectF& rect, int sample, const FigureStyle& style) const {
  const PinnedSample& s = data_.samples[static_cast<std::size_t>(sample)];
  const Theme& t = style.colors;
  const QFont small = style.font(-1), bold = style.font(-1, true);
  const double line = lineHeight(small);
  if (s.probabilities.empty() || rect.width() < 40) return;
  if (data_.classes.isEmpty()) {
    painter.setFont(bold);
    painter.setPen(t.text);
    drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), line), Qt::AlignLeft, data_.targetName + QStringLiteral("  ") + numberText(s.probabilities.front()));
    painter.setFont(small);
    painter.setPen(t.secondary);
    drawLine(painter, QRectF(rect.left(), rect.top() + 1.2 * line, rect.width(), line), Qt::AlignLeft,
             tr("true value %1 · error %2").arg(numberText(s.trueValue), numberText(s.probabilities.front() - s.trueValue, 3)));
    return;
  }
  const std::vector<int> top = topClasses(s.probabilities, std::clamp(static_cast<int>(rect.height() / line), 1, 3));
  double names = 0;
  for (const int k : top) names = std::max(names, textWidth(bold, data_.classes.value(k)));
  names = std::min(names, rect.width() * 0.42);
  const double number = textWidth(small, data_.shares ? QStringLiteral("100 %") : QStringLiteral("−0.000")) + 8;
  // As tall as three bars and a line below need, centred in the row where there is more.
  const double pitch = std::min(1.6 * line, std::max(line, rect.height() / (static_cast<double>(top.size()) + 1)));
  double y = rect.top();
  bool right = s.trueClass == top.front();
  QStringList labels;
  for (std::size_t k = 0; k < s.trueLabels.size(); ++k) {
    right = (k == 0 || right) && (s.probabilities[k] > 0.5) == s.trueLabels[k];
    if (s.trueLabels[k]) labels << data_.classes.value(static_cast<int>(k));
  }
  const bool known = s.trueClass >= 0 || !s.trueLabels.empty();
  for (const int k : top) {
    const bool first = k == top.front();
    painter.setFont(first ? bold : small);
    painter.setPen(t.text);
    drawName(painter, QRectF(rect.left(), y, names, pitch), Qt::AlignRight | Qt::AlignVCenter, data_.classes, k);
    const QRectF track(rect.left() + names + 8, y + pitch / 2 - 4, std::max(8.0, rect.width() - names - 8 - number), 8);
    painter.setAntialiasing(true);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.field);
    painter.drawRoundedRect(track, 2, 2);
    const double p = s.probabilities[static_cast<std::size_t>(k)];
    if (std::isnan(p)) {
      drawNanHatch(painter, track, style);
    } else {
      painter.setBrush(first ? (!known ? t.accent : right ? t.good : t.warning) : t.bar);
      painter.drawRoundedRect(QRectF(track.left(), track.top(), std::max(1.0, track.width() * std::clamp(p, 0.0, 1.0)), 8), 2, 2);
    }
    painter.setFont(small);
    painter.setPen(t.secondary);
    drawLine(painter, QRectF(track.right() + 4, y, number, pitch), Qt::AlignLeft | Qt::AlignVCenter, data_.shares ? percentText(p) : fittedNumber(p, small, number, 3));
    y += pitch;
  }
  if (!known || y + line > rect.bottom() + 2) return;
  painter.setFont(small);
  painter.setPen(right ? t.secondary : t.warning);
  const QRectF last(rect.left(), y, rect.width(), line);
  const QString sign = right ? QStringLiteral("✓ ") : QStringLiteral("✗ ");
  if (s.trueLabels.empty())
    drawNameAfter(painter, last, Qt::AlignLeft | Qt::AlignVCenter, sign + tr("true class: "), data_.classes, s.trueClass);
  else
    drawLine(painter, last, Qt::AlignLeft | Qt::AlignVCenter, sign + tr("true labels: %1").arg(labels.isEmpty() ? tr("none") : labels.join(QStringLiteral(", "))));
}

void PinnedSamplesView::paintScales(QCPPainter& painter, const PinnedLayout& p, const FigureStyle& style) const {
  for (int m = 0; m < data_.methods.size(); ++m) {
    const bool isSigned = data_.methods[m].isSigned;
    const ColorMap map = isSigned ? forTheme(ColorMap::Diverging, style.colors.dark) : ColorMap::Viridis;
    const double below = p.row(static_cast<int>(data_.samples.size()) - 1).bottom() + 8;
    const double height = colorBarHeight(style);
    const QRectF bar(p.column(m).left(), std::min(below, p.rect.bottom() - height), p.column(m).width(), height);
    if (data_.sharedScale)
      drawColorBar(painter, bar, methodRange(m), map, {}, style);
    else
      drawColorBar(painter, bar, isSigned ? tr("−max") : QStringLiteral("0"), {}, isSigned ? tr("+max") : tr("max"), map, style);
  }
}

FigureTable PinnedSamplesView::figureData() const {
  FigureTable table{{tr("sample"), tr("true class"), tr("quantity"), tr("place"), tr("value")}, {}};
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const PinnedSample& s = data_.samples[i];
    const QString name = s.name.isEmpty() ? QString::number(i + 1) : s.name;
    QStringList labels;
    for (std::size_t k = 0; k < s.trueLabels.size(); ++k)
      if (s.trueLabels[k]) labels << data_.classes.value(static_cast<int>(k));
    const QVariant truth = data_.classes.isEmpty() ? QVariant(s.trueValue) : QVariant(s.trueLabels.empty() ? data_.classes.value(s.trueClass) : labels.join(QStringLiteral("; ")));
    const auto placeOf = [&](std::size_t k, int width, int channels) -> QString {
      if (channels == 0) return data_.features.value(static_cast<int>(k), QString::number(k + 1));
      const std::size_t pixel = k / static_cast<std::size_t>(channels), w = static_cast<std::size_t>(width);
      QString text = tr("row %1 column %2").arg(pixel / w).arg(pixel % w);
      return channels == 1 ? text : text + tr(" channel %1").arg(k % static_cast<std::size_t>(channels));
    };
    for (std::size_t k = 0; k < s.probabilities.size(); ++k)
      table.rows.push_back({name, truth, data_.classes.isEmpty() ? tr("prediction") : data_.shares ? tr("probability") : tr("output"),
                            data_.classes.value(static_cast<int>(k)), s.probabilities[k]});
    for (std::size_t k = 0; k < s.input.size(); ++k)
      table.rows.push_back({name, truth, tr("input"), placeOf(k, s.width, s.channels), s.input[k]});
    for (std::size_t m = 0; m < s.maps.size() && m < static_cast<std::size_t>(data_.methods.size()); ++m)
      for (std::size_t k = 0; k < s.maps[m].values.size(); ++k)
        table.rows.push_back({name, truth, data_.methods[static_cast<int>(m)].name, placeOf(k, s.maps[m].width, isTable() ? 0 : 1),
                              s.maps[m].values[k]});
  }
  return table;
}

QString PinnedSamplesView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const PinnedLayout p = place(figureRect(), FigureStyle::screen());
  for (int i = 0; i < static_cast<int>(data_.samples.size()); ++i) {
    const PinnedSample& s = data_.samples[static_cast<std::size_t>(i)];
    if (p.prediction(i).contains(position)) {
      QString text = s.name;
      for (const int k : topClasses(s.probabilities, data_.classes.isEmpty() ? 0 : 10))
        if (const double value = s.probabilities[static_cast<std::size_t>(k)]; data_.shares)
          text += QStringLiteral("\n%1 %2 %").arg(data_.classes.value(k), QLocale().toString(100 * value, 'f', 3));
        else
          text += QStringLiteral("\n%1 %2").arg(data_.classes.value(k), numberText(value, 5));
      return text;
    }
    if (isTable()) {
      const QRectF row = p.row(i);
      const std::vector<int> shown = shownFeatures(i, row, FigureStyle::screen());
      const double at = (position.y() - row.top()) / lineHeight(FigureStyle::screen().font(-1));
      if (!row.contains(position) || at >= static_cast<double>(shown.size())) continue;
      const int f = shown[static_cast<std::size_t>(at)];
      QString text = s.name + QLatin1Char('\n') + data_.features.value(f, tr("feature %1").arg(QLocale().toString(f + 1))) + QStringLiteral(" = ") + valueText(i, f);
      for (std::size_t m = 0; m < s.maps.size() && m < static_cast<std::size_t>(data_.methods.size()); ++m)
        if (static_cast<std::size_t>(f) < s.maps[m].values.size()) text += QLatin1Char('\n') + data_.methods[static_cast<int>(m)].name + QLatin1Char(' ') + numberText(s.maps[m].values[static_cast<std::size_t>(f)], 5);
      return text;
    }
    for (int m = -1; m < data_.methods.size(); ++m) {
      const QRectF cell = p.image(i, m, s.width, s.height);
      if (!cell.contains(position)) continue;
      const PinnedMap* map = m < 0 || m >= static_cast<int>(s.maps.size()) ? nullptr : &s.maps[static_cast<std::size_t>(m)];
      if (m < 0 ? s.input.empty() : !map || map->values.empty()) return {};
      const int h = map ? map->height : s.height, w = map ? map->width : s.width, channels = map ? 1 : s.channels;
      const int x = std::min(w - 1, static_cast<int>((position.x() - cell.left()) / cell.width() * w));
      const int y = std::min(h - 1, static_cast<int>((position.y() - cell.top()) / cell.height() * h));
      QStringList values;
      for (int c = 0; c < channels; ++c)
        values << numberText((map ? map->values : s.input)[static_cast<std::size_t>((y * w + x) * channels + c)], 5);
      return tr("%1, row %2, column %3\n%4").arg(map ? data_.methods[m].name : tr("input"), QLocale().toString(y), QLocale().toString(x), values.join(QStringLiteral(" ")));
    }
  }
  return {};
}

void PinnedSamplesView::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  if (isEmpty() || event->button() != Qt::LeftButton) return;
  const PinnedLayout p = place(figureRect(), FigureStyle::screen());
  for (int i = 0; i < static_cast<int>(data_.samples.size()); ++i)
    if (p.row(i).contains(event->position())) emit sampleClicked(i);
}

}  // namespace vitrine
