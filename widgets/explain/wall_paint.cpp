// How the wall's parts are painted.
#include <qcustomplot.h>

#include <QLocale>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/explain/trust_views.h"
#include "widgets/explain/wall_view.h"
#include "widgets/figure/paint.h"
#include "widgets/maps/pinned_layout.h"

namespace vitrine {

namespace {

/// A value as the file has it; a number that is too wide takes fewer digits, for cut it would read as another one.
QString fittedValue(const QString& text, const QFont& font, double room) {
  if (textWidth(font, text) <= room) return text;
  bool isNumber = false;
  const double v = QLocale().toDouble(QString(text).replace(QChar(0x2212), QLatin1Char('-')), &isNumber);
  return isNumber ? fittedNumber(v, font, room) : text;
}

}  // namespace

ColorMap WallView::colorsOf(int method, bool dark) const {
  const ColorMap map = shownSigned(data_, method, look_) ? look_.colors : look_.sequential;
  return forTheme(map, dark);
}

void WallView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  prepare(style.colors.dark);
  const WallLayout l = !style.print && rect == figureRect() ? onScreen() : wallLayout(rect, style, data_, kMostFeatures);
  paintHeads(painter, l, style);
  const bool named = badgesNamed(l, style);
  for (int i = 0; i < l.samples; ++i) {
    for (int band = 0; band < l.bands; ++band) paintInput(painter, l.input(i, band), l, i, style);
    for (int m = 0; m < l.methods; ++m) {
      paintCell(painter, l, i, m, style);
      paintBadge(painter, l.badgeOf(i, m), cellAt(i, m), named, style);
    }
  }
  paintScales(painter, l, style);
}

void WallView::paintHeads(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const {
  const QFont small = style.font(-1), bold = style.font(-1, true);
  const double line = lineHeight(small);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  for (int band = 0; band < l.bands; ++band) {
    const QRectF head = l.inputHead(band), last(head.left(), head.bottom() - 3 - line, head.width(), line);
    drawLine(painter, last, Qt::AlignLeft | Qt::AlignVCenter, data_.kind == WallKind::Table ? tr("feature, value") : tr("input"));
    if (!data_.target.isEmpty()) drawName(painter, last.translated(0, -line), Qt::AlignLeft | Qt::AlignVCenter, tr("target: %1").arg(data_.target));
  }
  for (int m = 0; m < l.methods; ++m) {
    const WallMethod& method = data_.methods[static_cast<std::size_t>(m)];
    const QRectF head = l.headOf(m);
    const bool chosen = m == method_ && !style.print;
    painter.setFont(bold);
    painter.setPen(chosen ? style.colors.accent : style.colors.text);
    const QString remark = method.remark();
    const QRectF name = head.adjusted(0, 0, 0, remark.isEmpty() ? -3 : -line - 3);
    if (name.height() > 1.5 * line && textWidth(bold, method.name) > head.width() && method.name.contains(QLatin1Char(' ')))
      painter.drawText(name.adjusted(0, 0, 1, 0), Qt::AlignLeft | Qt::AlignBottom | Qt::TextWordWrap, method.name);
    else
      drawLine(painter, QRectF(name.left(), name.bottom() - line, name.width(), line), Qt::AlignLeft | Qt::AlignVCenter, method.name);
    if (remark.isEmpty()) continue;
    painter.setFont(style.font(-1.5));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(head.left(), name.bottom(), head.width(), line), Qt::AlignLeft | Qt::AlignVCenter, remark);
  }
}

void WallView::paintInput(QCPPainter& painter, const QRectF& place, const WallLayout& l, int sample, const FigureStyle& style) const {
  const WallSample& s = data_.samples[static_cast<std::size_t>(sample)];
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const QRectF words(place.left(), place.bottom() - 3 * line, place.width() - 4, 3 * line);
  if (data_.kind == WallKind::Image) {
    const double side = std::min(place.width() - 4, std::max(8.0, (place.height() - 3 * line - 4) * data_.width / std::max(1, data_.height)));
    const QRectF picture(place.left(), place.top(), side, side * data_.height / std::max(1, data_.width));
    drawRaster(painter, picture, inputs_[static_cast<std::size_t>(sample)], style);
  } else if (data_.kind == WallKind::Series) {
    paintSeries(painter, QRectF(place.left(), place.top(), place.width() - 4, place.height() - 3 * line - 4), sample, nullptr, 0, {}, ColorMap::Diverging, style);
  } else {
    const double valueWidth = std::min(place.width() * 0.6, l.valueWidth);
    double y = place.top();
    for (const int f : features_) {
      painter.setFont(small);
      painter.setPen(style.colors.text);
      drawName(painter, QRectF(place.left(), y, place.width() - valueWidth - 8, line), Qt::AlignLeft | Qt::AlignVCenter, data_.features, f);
      painter.setPen(style.colors.secondary);
      drawName(painter, QRectF(place.right() - valueWidth - 2, y, valueWidth, line), Qt::AlignRight | Qt::AlignVCenter, fittedValue(s.values.value(f), small, valueWidth - kTextSpare));
      y += line;
    }
  }
  paintPrediction(painter, words, sample, style);
}

void WallView::paintPrediction(QCPPainter& painter, const QRectF& rect, int sample, const FigureStyle& style) const {
  const WallSample& s = data_.samples[static_cast<std::size_t>(sample)];
  const QFont small = style.font(-1), bold = style.font(-1, true);
  const double line = lineHeight(small);
  const Theme& t = style.colors;
  painter.setFont(small);
  painter.setPen(t.secondary);
  if (s.probabilities.empty()) {
    drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), line), Qt::AlignLeft, s.problem.isEmpty() ? s.name : s.problem);
    return;
  }
  if (data_.classes.isEmpty()) {
    drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), line), Qt::AlignLeft, s.name);
    painter.setFont(bold);
    painter.setPen(t.text);
    drawLine(painter, QRectF(rect.left(), rect.top() + line, rect.width(), line), Qt::AlignLeft, data_.targetName + QLatin1Char(' ') + numberText(s.probabilities.front()));
    painter.setFont(small);
    painter.setPen(t.secondary);
    if (s.trueValue) drawLine(painter, QRectF(rect.left(), rect.top() + 2 * line, rect.width(), line), Qt::AlignLeft, tr("true %1").arg(numberText(*s.trueValue)));
    return;
  }
  const std::vector<int> top = topClasses(s.probabilities, 2);
  const double number = textWidth(bold, data_.shares ? QStringLiteral("100 %") : QStringLiteral("−0.000")) + 2;
  for (std::size_t k = 0; k < top.size(); ++k) {
    const double y = rect.top() + static_cast<double>(k) * line, p = s.probabilities[static_cast<std::size_t>(top[k])];
    painter.setFont(k == 0 ? bold : small);
    painter.setPen(k == 0 ? t.text : t.secondary);
    drawName(painter, QRectF(rect.left(), y, rect.width() - number - 2, line), Qt::AlignLeft | Qt::AlignVCenter, data_.classes, top[k]);
    drawLine(painter, QRectF(rect.right() - number, y, number, line), Qt::AlignRight | Qt::AlignVCenter, data_.shares ? percentText(p) : fittedNumber(p, k == 0 ? bold : small, number, 3));
  }
  const bool known = s.trueClass >= 0, right = known && top.front() == s.trueClass;
  painter.setFont(style.font(-1.5));
  painter.setPen(!known || right ? t.secondary : t.warning);
  const QRectF last(rect.left(), rect.top() + 2 * line, rect.width(), line);
  if (known && !right)
    drawNameAfter(painter, last, Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("✗ ") + tr("is "), data_.classes, s.trueClass);
  else
    drawName(painter, last, Qt::AlignLeft | Qt::AlignVCenter, known ? QStringLiteral("✓ ") + s.name : s.name);
}

void WallView::paintNote(QCPPainter& painter, const QRectF& cell, const WallCell& c, const FigureStyle& style) const {
  painter.setPen(QPen(style.colors.border, 1, Qt::DashLine));
  painter.setBrush(Qt::NoBrush);
  painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
  QFont font = style.font(-1.5);
  const QString text = c.state == WallCell::State::Waiting ? (c.note.isEmpty() ? tr("computing…") : c.note) : c.note;
  painter.setFont(font);
  painter.setPen(c.state == WallCell::State::Failed ? style.colors.warning : style.colors.secondary);
  const QRectF room = cell.adjusted(4, 3, -4, -3);
  const QRectF needs = QFontMetricsF(font, painter.device()).boundingRect(room, Qt::AlignCenter | Qt::TextWordWrap, text);
  if (needs.height() <= room.height() && needs.width() <= room.width() + 1) return painter.drawText(room, Qt::AlignCenter | Qt::TextWordWrap, text);
  // The whole sentence is in the read-out; here as many lines of whole words as fit.
  const double line = lineHeight(font);
  QStringList lines;
  for (const QString& word : text.split(QLatin1Char(' '))) {
    if (!lines.isEmpty() && textWidth(font, lines.back() + QLatin1Char(' ') + word) <= room.width()) lines.back() += QLatin1Char(' ') + word;
    else lines << word;
  }
  const qsizetype fit = std::clamp<qsizetype>(static_cast<qsizetype>(room.height() / line), 1, lines.size());
  if (fit < lines.size()) lines[fit - 1] += QStringLiteral("…");
  for (qsizetype i = 0; i < fit; ++i) drawLine(painter, QRectF(room.left(), room.top() + static_cast<double>(i) * line, room.width(), line), Qt::AlignCenter, lines[i]);
}

void WallView::paintCell(QCPPainter& painter, const WallLayout& l, int sample, int method, const FigureStyle& style) const {
  const WallCell& c = cellAt(sample, method);
  const Drawn& d = drawn(sample, method);
  const QRectF cell = l.cell(sample, method);
  const Range range = ranges_[static_cast<std::size_t>(sample) * data_.methods.size() + static_cast<std::size_t>(method)];
  if (d.values.empty()) {
    paintNote(painter, data_.kind == WallKind::Table ? cell.adjusted(0, 0, 0, -2.6 * lineHeight(style.font(-1))) : cell, c, style);
  } else if (data_.kind == WallKind::Image) {
    drawRaster(painter, cell, d.raster, style, c.height < data_.height || c.width < data_.width);
    if (std::all_of(d.values.begin(), d.values.end(), [](Real v) { return std::isnan(v); })) drawNanHatch(painter, cell, style);
  } else if (data_.kind == WallKind::Series) {
    paintSeries(painter, cell, sample, &d.values, c.height, range, colorsOf(method, style.colors.dark), style);
  } else {
    paintBars(painter, cell, sample, method, style);
  }
  if (sample == sample_ && method == method_ && !style.print) {
    painter.setPen(QPen(style.colors.accent, 2));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(cell.adjusted(-1.5, -1.5, 1.5, data_.kind == WallKind::Table ? -2.2 * lineHeight(style.font(-1)) : 1.5));
  }
}

void WallView::paintBars(QCPPainter& painter, const QRectF& cell, int sample, int method, const FigureStyle& style) const {
  const std::vector<Real>& values = drawn(sample, method).values;
  const Range range = ranges_[static_cast<std::size_t>(sample) * data_.methods.size() + static_cast<std::size_t>(method)];
  const bool isSigned = range.low < 0;
  const QFont small = style.font(-1.5);
  const double line = lineHeight(style.font(-1)), number = cell.width() >= barNumberWidth(style) + kLeastBar ? barNumberWidth(style) : 0;
  painter.setAntialiasing(false);
  for (std::size_t k = 0; k < features_.size(); ++k) {
    const std::size_t f = static_cast<std::size_t>(features_[k]);
    if (f >= values.size()) continue;
    const double v = static_cast<double>(values[f]), y = cell.top() + static_cast<double>(k) * line;
    const QRectF track(cell.left(), y + line * 0.2, cell.width() - number, line * 0.6);
    painter.fillRect(track, style.colors.field);
    if (std::isnan(v)) {
      drawNanHatch(painter, track, style);
    } else {
      const double zero = track.left() + range.at(0) * track.width(), end = track.left() + std::clamp(range.at(v), 0.0, 1.0) * track.width();
      // Bars are drawn in the ends of the signed map, so that blue raises and orange lowers as in the pictures.
      const QColor ink = toColor(isSigned ? color(ColorMap::Diverging, v < 0 ? 0 : 1) : color(forTheme(look_.sequential, style.colors.dark), std::clamp(range.at(v), 0.0, 1.0)));
      painter.fillRect(QRectF(QPointF(std::min(zero, end), track.top()), QPointF(std::max(zero, end), track.bottom())), ink);
      if (isSigned) painter.fillRect(QRectF(zero - 0.5, track.top() - 1, 1, track.height() + 2), style.colors.secondary);
    }
    if (number <= 0) continue;
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(track.right() + 2, y, number - 2, line), Qt::AlignRight | Qt::AlignVCenter, fittedNumber(v, small, number - 2 - kTextSpare, 2));
  }
}

void WallView::paintSeries(QCPPainter& painter, const QRectF& cell, int sample, const std::vector<Real>* values, int mapSteps, Range range,
                           ColorMap map, const FigureStyle& style) const {
  const WallSample& s = data_.samples[static_cast<std::size_t>(sample)];
  const int steps = data_.height, features = std::max(1, data_.width);
  if (steps <= 0 || cell.height() <= 0) return;
  // One band a feature: its attribution as background, its line on top.
  const double band = cell.height() / features;
  for (int f = 0; f < features; ++f) {
    const QRectF place(cell.left(), cell.top() + f * band, cell.width(), band - (features > 1 ? 1 : 0));
    if (values && mapSteps > 0) {
      // A layer's map may have fewer steps than the input, and one column for all features.
      std::vector<Real> row(static_cast<std::size_t>(mapSteps));
      const int columns = static_cast<int>(values->size()) / mapSteps;
      for (int t = 0; t < mapSteps; ++t) row[static_cast<std::size_t>(t)] = (*values)[static_cast<std::size_t>(t * columns + std::min(f, columns - 1))];
      drawRaster(painter, place, rasterize(row, 1, mapSteps, range, map), style);
    } else {
      painter.fillRect(place, style.colors.field);
    }
    if (s.input.size() != static_cast<std::size_t>(steps * features)) continue;
    std::vector<Real> x(static_cast<std::size_t>(steps));
    for (int t = 0; t < steps; ++t) x[static_cast<std::size_t>(t)] = s.input[static_cast<std::size_t>(t * features + f)];
    const Range span = fullRange(x);
    QPainterPath path;
    bool open = false;
    for (int t = 0; t < steps; ++t) {
      const double v = static_cast<double>(x[static_cast<std::size_t>(t)]);
      if (!std::isfinite(v)) {
        open = false;
        continue;
      }
      const QPointF p(place.left() + (t + 0.5) / steps * place.width(), place.bottom() - 2 - span.at(v) * (place.height() - 4));
      open ? path.lineTo(p) : path.moveTo(p);
      open = true;
    }
    painter.setAntialiasing(true);
    // A halo keeps the line readable on dark colours of the map.
    painter.setBrush(Qt::NoBrush);
    if (values) {
      painter.setPen(QPen(style.colors.panel, 3));
      painter.drawPath(path);
    }
    painter.setPen(QPen(style.colors.text, 1.2));
    painter.drawPath(path);
    painter.setAntialiasing(false);
  }
}

bool WallView::badgesNamed(const WallLayout& l, const FigureStyle& style) const { return badgesWidth(data_, style, BadgeShape::Named) <= l.columnWidth; }

void WallView::paintBadge(QCPPainter& painter, const QRectF& place, const WallCell& c, bool named, const FigureStyle& style) const {
  if (c.mark == TrustMark::None || c.state != WallCell::State::Ready) return;
  const QFont small = style.font(-1.5);
  const double line = lineHeight(style.font(-1));
  const bool twoLines = place.height() > 1.8 * line;
  const QRectF rect = twoLines ? place.adjusted(0, 0, 0, -line) : place;
  const QColor ink = TrustView::ink(c.mark, style.colors);
  const double dot = badgeDot(rect.height());
  // A table's badge stands beside the prediction, at the height of its last line, as pictures' do below the map.
  painter.setAntialiasing(true);
  painter.setPen(c.markOld ? QPen(ink, 1) : QPen(Qt::NoPen));
  painter.setBrush(c.markOld ? QBrush(Qt::NoBrush) : QBrush(ink));
  painter.drawEllipse(QRectF(rect.left() + 1, rect.center().y() - dot / 2, dot, dot));
  painter.setAntialiasing(false);
  painter.setFont(small);
  painter.setPen(ink);
  const QString word = TrustView::word(c.mark);
  const double left = rect.left() + dot + 5, wide = textWidth(small, word) + 4;
  drawLine(painter, QRectF(left, rect.top(), rect.right() - left, rect.height()), Qt::AlignLeft | Qt::AlignVCenter, word);
  if (c.deletionArea.isEmpty()) return;
  if (twoLines) {
    painter.setPen(style.colors.secondary);
    return drawLine(painter, QRectF(left, rect.bottom() - 3, rect.right() - left, line), Qt::AlignLeft | Qt::AlignVCenter, tr("del %1").arg(c.deletionArea));
  }
  const QString number = named ? tr("del %1").arg(c.deletionArea) : c.deletionArea;
  const double room = rect.right() - left - wide, needs = textWidth(small, number);
  if (needs > room) return;
  painter.setPen(style.colors.secondary);
  // Never cut: a letter that is wider here than it was measured may stand on the gap.
  painter.drawText(QRectF(rect.right() - needs - kTextSpare, rect.top(), needs + kTextSpare, rect.height()), Qt::AlignRight | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip, number);
}

void WallView::paintScales(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const {
  for (int m = 0; m < l.methods; ++m) {
    const bool isSigned = shownSigned(data_, m, look_);
    ColorMap map = colorsOf(m, style.colors.dark);
    if (data_.kind == WallKind::Table && isSigned) map = forTheme(ColorMap::Diverging, style.colors.dark);
    bool any = false;
    for (const WallSample& s : data_.samples) any = any || s.cells[static_cast<std::size_t>(m)].state == WallCell::State::Ready;
    if (!any) continue;
    if (look_.scale == WallScale::EachMap && l.samples > 1)
      drawColorBar(painter, l.scaleOf(m), isSigned ? tr("−max") : QStringLiteral("0"), {}, isSigned ? tr("+max") : tr("max"), map, style);
    else
      drawColorBar(painter, l.scaleOf(m), ranges_[static_cast<std::size_t>(m)], map, {}, style);
  }
}

void WallView::paintCross(QCPPainter& painter, const WallLayout& l, const FigureStyle& style) const {
  if (!cross_) return;
  const QFont small = style.font(-1.5);
  const double line = lineHeight(small);
  for (int i = 0; i < l.samples; ++i)
    for (int m = 0; m < l.methods; ++m) {
      const QString text = readingAt(i, m);
      if (text.isEmpty()) continue;
      const QRectF cell = l.cell(i, m);
      const QPointF at(cell.left() + cross_->x() * cell.width(), cell.top() + cross_->y() * cell.height());
      painter.setPen(QPen(style.colors.text, 1, Qt::DotLine));
      painter.drawLine(QPointF(cell.left(), at.y()), QPointF(cell.right(), at.y()));
      if (data_.kind != WallKind::Table) painter.drawLine(QPointF(at.x(), cell.top()), QPointF(at.x(), cell.bottom()));
      if (data_.kind == WallKind::Table) continue;
      const QRectF box(cell.right() - textWidth(small, text) - 6, cell.bottom() - line, textWidth(small, text) + 6, line);
      painter.fillRect(box, style.colors.panel);
      painter.setFont(small);
      painter.setPen(style.colors.text);
      drawLine(painter, box, Qt::AlignCenter, text);
    }
}

}  // namespace vitrine
