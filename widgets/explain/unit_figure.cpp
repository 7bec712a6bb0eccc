#include "widgets/explain/unit_figure.h"

#include <qcustomplot.h>

#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"
#include "widgets/maps/pinned_layout.h"

namespace vitrine {

UnitFigure::UnitFigure(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("One unit"));
  setMinimumSize(320, 96);
}

void UnitFigure::setData(UnitData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

void UnitFigure::paintPicture(QCPPainter& painter, const QRectF& rect, const UnitInputPicture& picture, const FigureStyle& style) const {
  const QFont small = style.font(-1.5);
  const double line = lineHeight(small);
  QRectF place = rect.adjusted(0, 0, 0, -line);
  if (data_.height > 0) {
    const double scale = std::min(place.width() / data_.width, place.height() / data_.height);
    place.setSize(QSizeF(data_.width, data_.height) * scale);
    drawRaster(painter, place, imageRaster(picture.values, data_.height, data_.width, data_.channels), style);
  } else if (data_.channels == 0) {
    painter.fillRect(place, style.colors.field);
    const Range span = fullRange(picture.values);
    QPainterPath path;
    for (std::size_t k = 0; k < picture.values.size(); ++k) {
      const QPointF p(place.left() + (static_cast<double>(k) + 0.5) / static_cast<double>(picture.values.size()) * place.width(),
                      place.bottom() - 2 - span.at(static_cast<double>(picture.values[k])) * (place.height() - 4));
      k == 0 ? path.moveTo(p) : path.lineTo(p);
    }
    painter.setAntialiasing(true);
    painter.setPen(QPen(style.colors.text, 1.2));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(path);
    painter.setAntialiasing(false);
  } else {
    painter.setFont(small);
    const int fit = std::max(1, static_cast<int>(place.height() / line));
    for (int k = 0; k < std::min<int>(fit, static_cast<int>(picture.values.size())); ++k) {
      const QRectF row(place.left(), place.top() + k * line, place.width(), line);
      painter.setPen(style.colors.secondary);
      drawLine(painter, row.adjusted(0, 0, -row.width() * 0.42, 0), Qt::AlignLeft | Qt::AlignVCenter, data_.features.value(k));
      painter.setPen(style.colors.text);
      drawLine(painter, row.adjusted(row.width() * 0.58, 0, -2, 0), Qt::AlignRight | Qt::AlignVCenter, numberText(static_cast<double>(picture.values[static_cast<std::size_t>(k)]), 3));
    }
  }
  if (!picture.field.isEmpty() && (data_.height > 0 || data_.channels == 0)) {
    const double w = place.width() / std::max(1, data_.width), h = data_.height > 0 ? place.height() / data_.height : place.height();
    painter.setPen(QPen(style.colors.accent, 1.6));
    painter.setBrush(Qt::NoBrush);
    const QRectF box(place.left() + picture.field.left() * w, place.top() + (data_.height > 0 ? picture.field.top() * h : 0), picture.field.width() * w,
                     data_.height > 0 ? picture.field.height() * h : place.height());
    painter.drawRect(box.intersected(place.adjusted(-1, -1, 1, 1)));
  }
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), std::min(rect.bottom() - line, place.bottom() + 1), rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, picture.name);
}

void UnitFigure::paintAblation(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const bool classes = !data_.classes.isEmpty();
  std::vector<double> weight(data_.before.size());
  for (std::size_t k = 0; k < weight.size(); ++k) weight[k] = std::max(data_.before[k], k < data_.after.size() ? data_.after[k] : 0);
  const std::vector<int> top = topClasses(weight, std::clamp(static_cast<int>(rect.height() / line) - 1, 1, 6));
  double names = 0;
  for (int k : top) names = std::max(names, textWidth(small, classes ? data_.classes.value(k) : tr("output %1").arg(k + 1)));
  names = std::min(names + 6, rect.width() * 0.4);
  const double number = textWidth(small, QStringLiteral("100 % → 100 %")) + 6, room = std::max(10.0, rect.width() - names - number);
  double y = rect.top();
  for (int k : top) {
    const double a = data_.before[static_cast<std::size_t>(k)], b = data_.after[static_cast<std::size_t>(k)];
    painter.setFont(small);
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(rect.left(), y, names, line), Qt::AlignLeft | Qt::AlignVCenter, classes ? data_.classes.value(k) : tr("output %1").arg(k + 1));
    if (classes) {
      const QRectF track(rect.left() + names, y + 2, room, line - 4);
      painter.fillRect(track, style.colors.field);
      painter.fillRect(QRectF(track.left(), track.top(), std::clamp(a, 0.0, 1.0) * room, track.height() / 2), style.colors.bar);
      painter.fillRect(QRectF(track.left(), track.center().y(), std::clamp(b, 0.0, 1.0) * room, track.height() / 2), style.colors.accent);
    }
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(rect.right() - number, y, number, line), Qt::AlignRight | Qt::AlignVCenter,
             (classes ? percentText(a) : numberText(a, 3)) + QStringLiteral(" → ") + (classes ? percentText(b) : numberText(b, 3)));
    y += line;
  }
  if (y + line > rect.bottom() + 2) return;
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(rect.left(), y + 2, rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, tr("gray: as it is · blue: with the unit set to 0"));
}

void UnitFigure::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QFont head = style.font(-1, true), small = style.font(-1);
  const double line = lineHeight(head), gap = 14;
  const double high = rect.height() - line - 4;
  const double side = std::clamp(high, 40.0, std::max(40.0, std::min(180.0, rect.width() * 0.17)));
  double x = rect.left();
  const auto title = [&](double width, const QString& text) {
    painter.setFont(head);
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(x, rect.top(), width, line), Qt::AlignLeft | Qt::AlignVCenter, text);
  };
  const auto note = [&](double width, const QString& text) {
    painter.setFont(small);
    painter.setPen(style.colors.secondary);
    painter.drawText(QRectF(x, rect.top() + line + 4, width, high), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, text);
  };
  const double top = rect.top() + line + 4;
  title(side + gap - 2, data_.fieldText);
  paintPicture(painter, QRectF(x, top, side, std::min(high, side + 16)), data_.input, style);
  x += side + gap;
  const double ablation = std::clamp(rect.width() * 0.27, 130.0, 260.0), best = side;
  const double tops = rect.right() - x - ablation - best - 2 * gap;
  title(tops, tr("Samples that move it most"));
  if (data_.top.empty()) {
    note(std::max(60.0, tops), data_.topNote);
  } else {
    const double w = std::clamp(std::min(tops / 4 - 6, high - 16), 30.0, side);
    for (std::size_t i = 0; i < data_.top.size(); ++i) {
      const int across = std::max(1, static_cast<int>((tops + 6) / (w + 6)));
      const QRectF place(x + static_cast<double>(static_cast<int>(i) % across) * (w + 6), top + static_cast<double>(static_cast<int>(i) / across) * (w + 20), w, w + 14);
      if (place.bottom() > rect.bottom() + 1) break;
      paintPicture(painter, place, data_.top[i], style);
    }
  }
  x += tops + gap;
  title(best + gap - 2, tr("Made to move it"));
  if (data_.best.empty())
    note(best, data_.bestNote);
  else
    paintPicture(painter, QRectF(x, top, best, std::min(high, best + 16)), data_.best.front(), style);
  x += best + gap;
  title(ablation, tr("Without this unit"));
  if (data_.after.empty())
    note(ablation, data_.ablationNote);
  else
    paintAblation(painter, QRectF(x, top, rect.right() - x, high), style);
}

FigureTable UnitFigure::figureData() const {
  FigureTable table{{tr("part"), tr("name"), tr("place"), tr("value")}, {}};
  const auto add = [&](const QString& part, const UnitInputPicture& p) {
    for (std::size_t k = 0; k < p.values.size(); ++k) table.rows.push_back({part, p.name, static_cast<int>(k), p.values[k]});
  };
  add(tr("input"), data_.input);
  for (const UnitInputPicture& p : data_.top) add(tr("top sample"), p);
  for (const UnitInputPicture& p : data_.best) add(tr("maximised"), p);
  for (std::size_t k = 0; k < data_.before.size(); ++k) {
    const QString name = data_.classes.value(static_cast<int>(k), QString::number(k + 1));
    table.rows.push_back({tr("with the unit"), name, static_cast<int>(k), data_.before[k]});
    if (k < data_.after.size()) table.rows.push_back({tr("without the unit"), name, static_cast<int>(k), data_.after[k]});
  }
  return table;
}

}  // namespace vitrine
