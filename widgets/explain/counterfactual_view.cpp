#include "widgets/explain/counterfactual_view.h"

#include <qcustomplot.h>

#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {

CounterfactualView::CounterfactualView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Counterfactual")); }

void CounterfactualView::setData(CounterfactualData data) {
  Q_ASSERT(data.original.size() == data.result.size());
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

void CounterfactualView::paintRows(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double names = std::min(namesWidth(data_.features, static_cast<int>(data_.features.size()), small, 1e9) + 10, rect.width() * 0.36), w = (rect.width() - names) / 3;
  painter.setFont(style.font(-1, true));
  painter.setPen(style.colors.secondary);
  const QString heads[] = {tr("original"), tr("change"), tr("result")};
  for (int c = 0; c < 3; ++c) drawLine(painter, QRectF(rect.left() + names + c * w, rect.top(), w - 6, line), Qt::AlignRight | Qt::AlignVCenter, heads[c]);
  const std::vector<std::size_t> rows = rowsShown(rect, style);
  const double fits = w - 6 - kTextSpare;
  const auto changeText = [&](std::size_t k) {
    const double by = static_cast<double>(data_.result[k]) - static_cast<double>(data_.original[k]);
    const QString sign = by > 0 ? QStringLiteral("+") : QString();
    return sign + fittedNumber(by, small, fits - textWidth(small, sign), 3);
  };
  double number = 0, largest = 0;
  for (const std::size_t k : rows) number = std::max(number, textWidth(small, changeText(k)) + kTextSpare), largest = std::max(largest, changeOf(k));
  // Bars left of the numbers, as long as the change is to the network; away from the column before.
  const double from = rect.left() + names + w + std::min(24.0, 0.15 * w), longest = rect.left() + names + 2 * w - 6 - number - 6 - from;
  double y = rect.top() + line;
  for (const std::size_t k : rows) {
    const double a = static_cast<double>(data_.original[k]), b = static_cast<double>(data_.result[k]);
    painter.setFont(small);
    painter.setPen(style.colors.text);
    drawName(painter, QRectF(rect.left(), y, names - 6, line), Qt::AlignLeft | Qt::AlignVCenter, data_.features, static_cast<qsizetype>(k));
    drawLine(painter, QRectF(rect.left() + names, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, fittedNumber(a, small, fits));
    drawLine(painter, QRectF(rect.left() + names + 2 * w, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, fittedNumber(b, small, fits));
    drawLine(painter, QRectF(rect.left() + names + w, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, changeText(k));
    if (const double size = changeOf(k); size > 0 && largest > 0 && longest > 0)
      painter.fillRect(QRectF(from, y + 3, std::max(1.0, longest * size / largest), line - 6), toColor(color(ColorMap::Diverging, b < a ? 0 : 1)));
    y += line;
  }
  if (rows.size() == data_.original.size()) return;
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), y, rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, tr("others, changed less: %1").arg(QLocale().toString(qulonglong(data_.original.size() - rows.size()))));
}

double CounterfactualView::changeOf(std::size_t k) const { return std::abs(static_cast<double>(data_.moved.empty() ? data_.result[k] - data_.original[k] : data_.moved[k])); }

std::vector<std::size_t> CounterfactualView::rowsShown(const QRectF& room, const FigureStyle& style) const {
  const double line = lineHeight(style.font(-1));
  const std::size_t lines = static_cast<std::size_t>(std::max(1.0, room.height() / line - 1));
  std::vector<std::size_t> rows(data_.original.size());
  std::iota(rows.begin(), rows.end(), std::size_t{0});
  if (rows.size() <= lines) return rows;
  std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return changeOf(a) > changeOf(b); });
  rows.resize(std::max<std::size_t>(1, lines - 1));
  return rows;
}

void CounterfactualView::paintSeries(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  // One band a feature, each on its own scale.
  const std::size_t steps = static_cast<std::size_t>(data_.steps), features = data_.original.size() / steps;
  const double band = rect.height() / static_cast<double>(features), line = lineHeight(style.font(-1.5));
  for (std::size_t f = 0; f < features; ++f) {
    const QRectF place(rect.left(), rect.top() + static_cast<double>(f) * band, rect.width(), band - 2);
    std::vector<Real> both;
    for (const std::vector<Real>* values : {&data_.original, &data_.result})
      for (std::size_t t = 0; t < steps; ++t) both.push_back((*values)[t * features + f]);
    const Range span = fullRange(both);
    painter.fillRect(place, style.colors.field);
    painter.setAntialiasing(true);
    painter.setBrush(Qt::NoBrush);
    for (const std::size_t which : {std::size_t{0}, std::size_t{1}}) {
      QPainterPath path;
      for (std::size_t t = 0; t < steps; ++t) {
        const QPointF p(place.left() + (static_cast<double>(t) + 0.5) / static_cast<double>(steps) * place.width(),
                        place.bottom() - 3 - span.at(static_cast<double>(both[which * steps + t])) * (place.height() - 6));
        t == 0 ? path.moveTo(p) : path.lineTo(p);
      }
      painter.setPen(QPen(which == 0 ? style.colors.secondary : style.colors.accent, 1.6));
      painter.drawPath(path);
    }
    painter.setAntialiasing(false);
    painter.setFont(style.font(-1.5));
    painter.setPen(style.colors.secondary);
    if (band > 2 * line) drawLine(painter, place.adjusted(4, 2, -4, 0), Qt::AlignLeft | Qt::AlignTop, data_.features.value(static_cast<int>(f)));
  }
  drawLine(painter, rect.adjusted(4, 2, -4, 0), Qt::AlignRight | Qt::AlignTop, tr("gray: original · blue: result"));
}

QRectF CounterfactualView::room(const QRectF& rect, const FigureStyle& style) const {
  const double words = QFontMetricsF(style.font(-1)).boundingRect(QRectF(0, 0, rect.width(), 1e4), Qt::TextWordWrap, data_.sentence).height();
  return rect.adjusted(0, lineHeight(style.font(-0.5, true)) + 1 + words + 8, 0, 0);
}

QRectF CounterfactualView::pictureAt(const QRectF& room, int k, const FigureStyle& style) const {
  const double bar = colorBarHeight(style) + 4 + lineHeight(style.font(-1.5)), name = lineHeight(style.font(-1)), gap = 12;
  const double scale = std::max(0.1, std::min((room.width() - 2 * gap) / 3 / data_.width, (room.height() - bar - name) / data_.height));
  return {room.left() + k * (data_.width * scale + gap), room.top() + name, data_.width * scale, data_.height * scale};
}

QString CounterfactualView::placeName(std::size_t i, const QLocale& locale) const {
  if (data_.height > 0) {
    const std::size_t pixel = i / static_cast<std::size_t>(data_.channels), width = static_cast<std::size_t>(data_.width);
    const QString at = tr("row %1, column %2").arg(locale.toString(qulonglong(pixel / width)), locale.toString(qulonglong(pixel % width)));
    return data_.channels == 1 ? at : at + tr(", channel %1").arg(locale.toString(qulonglong(i % static_cast<std::size_t>(data_.channels))));
  }
  if (data_.steps == 0) return data_.features.value(static_cast<int>(i));
  const std::size_t features = data_.original.size() / static_cast<std::size_t>(data_.steps);
  const QString feature = data_.features.value(static_cast<int>(i % features));
  return tr("step %1").arg(locale.toString(qulonglong(i / features + 1))) + (feature.isEmpty() ? QString() : QStringLiteral(", ") + feature);
}

void CounterfactualView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QFont bold = style.font(-0.5, true), small = style.font(-1);
  const double line = lineHeight(bold) + 1;
  painter.setFont(bold);
  painter.setPen(data_.flipped ? style.colors.text : style.colors.warning);
  QString numbers;
  if (data_.fromProbabilities.size() == 4 && data_.flipped)
    numbers = tr(" (%1 → %2)").arg(data_.shares ? percentText(data_.fromProbabilities[1]) : numberText(data_.fromProbabilities[1], 3),
                                   data_.shares ? percentText(data_.fromProbabilities[3]) : numberText(data_.fromProbabilities[3], 3));
  const auto headOf = [&](const QString& from, const QString& to) { return (data_.flipped ? tr("%1 becomes %2").arg(from, to) : tr("stays %1").arg(from)) + numbers; };
  QString head = headOf(data_.from, data_.to);
  const QFontMetricsF m = metrics(painter, bold);
  // Long names give way, each, so that what becomes of what is still told.
  if (const double left = rect.width() - m.horizontalAdvance(headOf({}, {})) - kTextSpare; m.horizontalAdvance(head) > rect.width() && left > 0) {
    const double a = m.horizontalAdvance(data_.from), b = data_.flipped ? m.horizontalAdvance(data_.to) : 0, half = data_.flipped ? left / 2 : left;
    const double rooms[] = {std::max(half, left - b), std::max(half, left - a)};
    const QStringList names = toldApart({data_.from, data_.to}, [&](qsizetype i, const QString& text) { return m.horizontalAdvance(text) <= rooms[i]; });
    head = headOf(names[0], names[1]);
  }
  drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, head);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  const QRectF place = room(rect, style);
  painter.drawText(QRectF(rect.left(), rect.top() + line, rect.width(), place.top() - rect.top() - line), Qt::AlignLeft | Qt::TextWordWrap, data_.sentence);
  if (data_.height == 0) return data_.steps > 0 ? paintSeries(painter, place, style) : paintRows(painter, place, style);
  // Of several channels the one that changed most: their sum could be nothing.
  const std::size_t channels = static_cast<std::size_t>(data_.channels);
  std::vector<Real> change(data_.original.size() / channels);
  for (std::size_t i = 0; i < data_.original.size(); ++i) {
    const Real d = data_.result[i] - data_.original[i];
    if (std::abs(d) > std::abs(change[i / channels])) change[i / channels] = d;
  }
  const Range range = symmetricRange(change);
  const ColorMap map = forTheme(ColorMap::Diverging, style.colors.dark);
  const Raster pictures[] = {imageRaster(data_.original, data_.height, data_.width, data_.channels), rasterize(change, data_.height, data_.width, range, map),
                             imageRaster(data_.result, data_.height, data_.width, data_.channels)};
  const QStringList names{data_.from, data_.flipped ? data_.to : data_.from};
  for (int k = 0; k < 3; ++k) {
    const QRectF picture = pictureAt(place, k, style);
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    const QRectF head(picture.left(), place.top(), picture.width() + 8, picture.top() - place.top());
    if (k == 1)
      drawLine(painter, head, Qt::AlignLeft | Qt::AlignVCenter, tr("change"));
    else
      drawNameAfter(painter, head, Qt::AlignLeft | Qt::AlignVCenter, k == 0 ? tr("original: ") : tr("result: "), names, k / 2);
    drawRaster(painter, picture, pictures[k], style);
    if (k != 1) continue;
    const QRectF bar(picture.left(), picture.bottom() + 4, picture.width(), colorBarHeight(style));
    drawColorBar(painter, bar, range, map, {}, style);
    // In a line of its own, which may be longer than the scale.
    painter.setFont(style.font(-1.5));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(bar.left(), bar.bottom(), rect.right() - bar.left(), lineHeight(style.font(-1.5))), Qt::AlignLeft | Qt::AlignVCenter,
             channels > 1 ? tr("largest of the channels") : tr("brightness"));
  }
}

QString CounterfactualView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const FigureStyle style = FigureStyle::screen();
  const QRectF place = room(figureRect(), style);
  const auto tell = [this](std::size_t i) {
    return tr("%1\noriginal %2 · change %3 · result %4")
        .arg(placeName(i), numberText(static_cast<double>(data_.original[i])), numberText(static_cast<double>(data_.result[i] - data_.original[i])), numberText(static_cast<double>(data_.result[i])));
  };
  if (data_.height > 0) {
    for (int k = 0; k < 3; ++k) {
      const QRectF picture = pictureAt(place, k, style);
      if (!picture.contains(position)) continue;
      const int x = std::min(data_.width - 1, static_cast<int>((position.x() - picture.left()) / picture.width() * data_.width));
      const int y = std::min(data_.height - 1, static_cast<int>((position.y() - picture.top()) / picture.height() * data_.height));
      QStringList lines;
      for (int c = 0; c < data_.channels; ++c) lines << tell(static_cast<std::size_t>((y * data_.width + x) * data_.channels + c));
      return lines.join(QLatin1Char('\n'));
    }
    return {};
  }
  if (!place.contains(position)) return {};
  if (data_.steps > 0) {
    const std::size_t features = data_.original.size() / static_cast<std::size_t>(data_.steps);
    const std::size_t t = std::min<std::size_t>(static_cast<std::size_t>(data_.steps) - 1, static_cast<std::size_t>((position.x() - place.left()) / place.width() * data_.steps));
    const std::size_t f = std::min<std::size_t>(features - 1, static_cast<std::size_t>((position.y() - place.top()) / place.height() * static_cast<double>(features)));
    return tell(t * features + f);
  }
  const std::vector<std::size_t> rows = rowsShown(place, style);
  const double row = (position.y() - place.top()) / lineHeight(style.font(-1)) - 1;
  return row >= 0 && row < static_cast<double>(rows.size()) ? tell(rows[static_cast<std::size_t>(row)]) : QString();
}

FigureTable CounterfactualView::figureData() const {
  FigureTable table{{tr("place"), tr("original"), tr("change"), tr("result")}, {}};
  for (std::size_t i = 0; i < data_.original.size(); ++i)
    table.rows.push_back({placeName(i, QLocale::c()), data_.original[i], data_.result[i] - data_.original[i], data_.result[i]});
  return table;
}

}  // namespace vitrine
