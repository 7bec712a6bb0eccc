#include "widgets/explain/counterfactual_view.h"

#include <qcustomplot.h>

#include <QPainterPath>
#include <algorithm>
#include <cmath>

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
  const int fit = static_cast<int>((rect.height() - line) / line);
  for (int k = 0; k < std::min<int>(fit, static_cast<int>(data_.original.size())); ++k) {
    const double a = static_cast<double>(data_.original[static_cast<std::size_t>(k)]), b = static_cast<double>(data_.result[static_cast<std::size_t>(k)]), y = rect.top() + (k + 1) * line;
    painter.setFont(small);
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(rect.left(), y, names - 6, line), Qt::AlignLeft | Qt::AlignVCenter, data_.features.value(k));
    drawLine(painter, QRectF(rect.left() + names, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, numberText(a));
    drawLine(painter, QRectF(rect.left() + names + 2 * w, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, numberText(b));
    const Rgba c = color(ColorMap::Diverging, b < a ? 0 : 1);
    painter.fillRect(QRectF(rect.left() + names + w + 4, y + 3, 4, line - 6), b == a ? style.colors.border : QColor(c.r, c.g, c.b));
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(rect.left() + names + w, y, w - 6, line), Qt::AlignRight | Qt::AlignVCenter, (b > a ? QStringLiteral("+") : QString()) + numberText(b - a, 3));
  }
}

void CounterfactualView::paintSeries(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  std::vector<Real> both = data_.original;
  both.insert(both.end(), data_.result.begin(), data_.result.end());
  const Range span = fullRange(both);
  painter.fillRect(rect, style.colors.field);
  painter.setAntialiasing(true);
  painter.setBrush(Qt::NoBrush);
  const auto draw = [&](const std::vector<Real>& values, const QColor& ink) {
    QPainterPath path;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const QPointF p(rect.left() + (static_cast<double>(k) + 0.5) / static_cast<double>(values.size()) * rect.width(), rect.bottom() - 3 - span.at(static_cast<double>(values[k])) * (rect.height() - 6));
      k == 0 ? path.moveTo(p) : path.lineTo(p);
    }
    painter.setPen(QPen(ink, 1.6));
    painter.drawPath(path);
  };
  draw(data_.original, style.colors.secondary);
  draw(data_.result, style.colors.accent);
  painter.setAntialiasing(false);
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, rect.adjusted(4, 2, -4, 0), Qt::AlignRight | Qt::AlignTop, tr("gray: original · blue: result"));
}

void CounterfactualView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QFont bold = style.font(-0.5, true), small = style.font(-1);
  const double line = lineHeight(bold) + 1;
  painter.setFont(bold);
  painter.setPen(data_.flipped ? style.colors.text : style.colors.warning);
  QString head = data_.flipped ? tr("%1 becomes %2").arg(data_.from, data_.to) : tr("stays %1").arg(data_.from);
  if (data_.fromProbabilities.size() == 4 && data_.flipped)
    head += tr(" (%1 → %2)").arg(percentText(data_.fromProbabilities[1]), percentText(data_.fromProbabilities[3]));
  drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, head);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  const double words = metrics(painter, small).boundingRect(QRectF(0, 0, rect.width(), 1e4), Qt::TextWordWrap, data_.sentence).height();
  painter.drawText(QRectF(rect.left(), rect.top() + line, rect.width(), words + 2), Qt::AlignLeft | Qt::TextWordWrap, data_.sentence);
  const QRectF room = rect.adjusted(0, line + words + 8, 0, 0);
  if (data_.height == 0) return data_.channels == 0 ? paintSeries(painter, room, style) : paintRows(painter, room, style);
  const double bar = colorBarHeight(style) + 4, name = lineHeight(small), gap = 12;
  const double scale = std::max(0.1, std::min((room.width() - 2 * gap) / 3 / data_.width, (room.height() - bar - name) / data_.height));
  const double w = data_.width * scale, h = data_.height * scale;
  std::vector<Real> change(data_.original.size() / static_cast<std::size_t>(data_.channels));
  for (std::size_t i = 0; i < data_.original.size(); ++i) change[i / static_cast<std::size_t>(data_.channels)] += data_.result[i] - data_.original[i];
  const Range range = symmetricRange(change);
  const ColorMap map = forTheme(ColorMap::Diverging, style.colors.dark);
  const int channels = data_.channels == 3 ? 3 : 1;
  const Raster pictures[] = {imageRaster(data_.original, data_.height, data_.width, channels), rasterize(change, data_.height, data_.width, range, map),
                             imageRaster(data_.result, data_.height, data_.width, channels)};
  const QString names[] = {tr("original: %1").arg(data_.from), tr("change"), tr("result: %1").arg(data_.flipped ? data_.to : data_.from)};
  for (int k = 0; k < 3; ++k) {
    const QRectF place(room.left() + k * (w + gap), room.top() + name, w, h);
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(place.left(), room.top(), w + gap - 2, name), Qt::AlignLeft | Qt::AlignVCenter, names[k]);
    drawRaster(painter, place, pictures[k], style);
    if (k == 1) drawColorBar(painter, QRectF(place.left(), place.bottom() + 4, w, bar - 4), range, map, {}, style);
  }
}

FigureTable CounterfactualView::figureData() const {
  FigureTable table{{tr("place"), tr("original"), tr("change"), tr("result")}, {}};
  for (std::size_t i = 0; i < data_.original.size(); ++i)
    table.rows.push_back({data_.features.value(static_cast<int>(i), QString::number(i)), data_.original[i], data_.result[i] - data_.original[i], data_.result[i]});
  return table;
}

}  // namespace vitrine
