#include "widgets/explain/unit_figure.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
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

QRectF UnitFigure::inside(const QRectF& rect, const FigureStyle& style) const {
  QRectF place = rect.adjusted(0, 0, 0, -lineHeight(style.font(-1.5)));
  if (data_.height > 0) place.setSize(QSizeF(data_.width, data_.height) * std::min(place.width() / data_.width, place.height() / data_.height));
  return place;
}

QStringList UnitFigure::legend(double width, const FigureStyle& style) const {
  if (!data_.shares) return {};
  const QString as = tr("gray: as it is"), without = tr("blue: with the unit set to 0"), both = as + QStringLiteral(" · ") + without;
  return textWidth(style.font(-1.5), both) + kTextSpare <= width ? QStringList{both} : QStringList{as, without};
}

std::vector<int> UnitFigure::ablated(const QRectF& rect, const FigureStyle& style) const {
  std::vector<double> weight(data_.before.size());
  for (std::size_t k = 0; k < weight.size(); ++k) weight[k] = std::max(data_.before[k], k < data_.after.size() ? data_.after[k] : 0);
  const int below = std::max(1, static_cast<int>(legend(rect.width(), style).size()));
  return topClasses(weight, std::clamp(static_cast<int>(rect.height() / lineHeight(style.font(-1))) - below, 1, 6));
}

QStringList UnitFigure::outputNames() const {
  QStringList names = data_.classes.isEmpty() ? data_.outputs : data_.classes;
  while (names.size() < static_cast<qsizetype>(data_.before.size())) names << QString();
  for (qsizetype k = 0; k < names.size(); ++k)
    if (names[k].isEmpty()) names[k] = tr("output %1").arg(QLocale().toString(k + 1));
  return names;
}

void UnitFigure::paintPicture(QCPPainter& painter, const Shown& shown, const FigureStyle& style) const {
  const QRectF& rect = shown.rect;
  const UnitInputPicture& picture = *shown.picture;
  const QFont small = style.font(-1.5);
  const double line = lineHeight(small);
  const QRectF place = inside(rect, style);
  if (data_.height > 0) {
    drawRaster(painter, place, imageRaster(picture.values, data_.height, data_.width, data_.channels), style);
    // A picture as white as the page would have no end.
    painter.setPen(QPen(style.colors.border, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(place.adjusted(0.5, 0.5, -0.5, -0.5));
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
    const int fit = std::min(std::max(1, static_cast<int>(place.height() / line)), static_cast<int>(picture.values.size()));
    // The number first: names may be told by their ends, numbers only whole.
    const double most = (shown.named ? std::min(place.width(), std::max(place.width() * 0.55, textWidth(small, QStringLiteral("−0.0e−0")))) : place.width()) - kTextSpare;
    QStringList numbers;
    double wide = 0;
    for (int k = 0; k < fit; ++k) {
      numbers << fittedNumber(static_cast<double>(picture.values[static_cast<std::size_t>(k)]), small, most, 3);
      wide = std::max(wide, textWidth(small, numbers.back()) + kTextSpare);
    }
    for (int k = 0; k < fit; ++k) {
      const QRectF row(place.left(), place.top() + k * line, place.width(), line);
      painter.setPen(style.colors.secondary);
      if (shown.named) drawName(painter, row.adjusted(0, 0, -wide - 3, 0), Qt::AlignLeft | Qt::AlignVCenter, data_.features, k);
      painter.setPen(style.colors.text);
      drawLine(painter, row.adjusted(row.width() - wide, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter, numbers[k]);
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
  drawLine(painter, QRectF(rect.left(), std::min(rect.bottom() - line, place.bottom() + 1), rect.width(), line), shown.align | Qt::AlignVCenter, picture.name);
}

void UnitFigure::paintAblation(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const auto text = [&](double v) { return data_.shares ? percentText(v) : numberText(v, 3); };
  const std::vector<int> top = ablated(rect, style);
  const QStringList outputs = outputNames();
  double names = 0;
  for (int k : top) names = std::max(names, textWidth(small, outputs[k]));
  names = std::min(names + 6, rect.width() * 0.4);
  // Numbers that are no shares have no bars, and their room.
  const double number = !data_.shares ? rect.width() - names : textWidth(small, QStringLiteral("100 % → 100 %")) + 6, room = std::max(0.0, rect.width() - names - number);
  double y = rect.top();
  for (int k : top) {
    const double a = data_.before[static_cast<std::size_t>(k)], b = data_.after[static_cast<std::size_t>(k)];
    painter.setFont(small);
    painter.setPen(style.colors.text);
    drawName(painter, QRectF(rect.left(), y, names - 3, line), Qt::AlignLeft | Qt::AlignVCenter, outputs, k);
    if (data_.shares) {
      const QRectF track(rect.left() + names, y + 2, room, line - 4);
      painter.fillRect(track, style.colors.field);
      painter.fillRect(QRectF(track.left(), track.top(), std::clamp(a, 0.0, 1.0) * room, track.height() / 2), style.colors.bar);
      painter.fillRect(QRectF(track.left(), track.center().y(), std::clamp(b, 0.0, 1.0) * room, track.height() / 2), style.colors.accent);
    }
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(rect.right() - number, y, number, line), Qt::AlignRight | Qt::AlignVCenter, text(a) + QStringLiteral(" → ") + text(b));
    y += line;
  }
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  for (const QString& text : legend(rect.width(), style)) {
    if (y + line > rect.bottom() + 2) return;
    drawLine(painter, QRectF(rect.left(), y + 2, rect.width(), line), Qt::AlignLeft | Qt::AlignVCenter, text);
    y += line;
  }
}

bool UnitFigure::stacked(double width, const FigureStyle& style) { return style.print && width < 66 * style.fontPt; }

double UnitFigure::heightFor(double width, const FigureStyle& style) const {
  if (isEmpty() || !style.print) return 0;
  const double line = lineHeight(style.font(-1.5)), head = lineHeight(style.font(-1, true)) + 4;
  const double part = head + std::max(isTable() ? (std::min<double>(kMostRows, static_cast<double>(data_.features.size())) + 1) * line + 2 : 110, 6 * line);
  return stacked(width, style) ? 2 * part + kPartGap : part;
}

QSizeF UnitFigure::preferredMm() const { return {kDoubleColumnMm, isEmpty() ? 50 : pageHeightMm(*this, kDoubleColumnMm)}; }

UnitFigure::Place UnitFigure::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  constexpr double kGap = 14;
  p.head = lineHeight(style.font(-1, true)) + 4;
  const bool stack = stacked(rect.width(), style), table = isTable();
  const double height = (stack ? (rect.height() - kPartGap) / 2 : rect.height()) - p.head, under = rect.top() + p.head;
  const double side = std::clamp(height, 40.0, std::max(40.0, std::min(180.0, rect.width() * (stack ? 0.3 : 0.17))));
  // Rows of a table are narrow, and what stands above them is not.
  const QFont bold = style.font(-1, true), small = style.font(-1.5);
  const double number = textWidth(small, QStringLiteral("−0.000")) + 2 * kTextSpare;
  const double named = table ? namesWidth(data_.features, static_cast<int>(data_.features.size()), small, 1e9) + number : 0;
  const double words = std::max(textWidth(bold, tr("Made to move it")) + kTextSpare, data_.best.empty() ? 0 : std::max(named, textWidth(small, data_.best.front().name) + 4));
  if (stack) {
    const double half = std::max(1.0, (rect.width() - kGap) / 2), right = rect.left() + half + kGap, lower = under + height + kPartGap + p.head;
    p.input = QRectF(rect.left(), under, half, height);
    p.top = QRectF(right, under, half, height);
    p.best = QRectF(rect.left(), lower, half, height);
    p.ablation = QRectF(right, lower, half, height);
  } else {
    const double ablation = std::clamp(rect.width() * 0.27, 130.0, 260.0);
    const double first = std::max(side, std::min(rect.width() * 0.26, std::max(named, textWidth(bold, data_.fieldText) + kTextSpare)));
    const double made = std::max(side, std::min(rect.width() * 0.2, words));
    p.input = QRectF(rect.left(), under, first, height);
    p.top = QRectF(p.input.right() + kGap, under, rect.width() - ablation - first - made - 3 * kGap, height);
    p.best = QRectF(p.top.right() + kGap, under, made, height);
    p.ablation = QRectF(p.best.right() + kGap, under, rect.right() - p.best.right() - kGap, height);
  }
  const double high = std::min(height, table ? (static_cast<double>(data_.features.size()) + 1) * lineHeight(small) + 4 : side + 16);
  p.pictures.push_back({&data_.input, QRectF(p.input.left(), under, table ? p.input.width() : side, high)});
  const int count = static_cast<int>(data_.top.size());
  if (table) {
    // The names once, and a column of numbers for each sample.
    double x = p.top.left(), w = std::min(p.top.width(), std::max(named, number * 2));
    if (count > 1) w = std::min(w, std::max(number * 2, p.top.width() - number - 6));
    for (int i = 0; i < count && x + w <= p.top.right() + 0.1; ++i) {
      p.pictures.push_back({&data_.top[static_cast<std::size_t>(i)], QRectF(x, under, w, high), i == 0, Qt::AlignRight});
      x += w + 6;
      w = number;
    }
  } else {
    const double h = std::clamp(std::min(p.top.width() / (stack ? 2 : 4) - 6, height - 16), 30.0, side);
    const int across = std::max(1, static_cast<int>((p.top.width() + 6) / (h + 6)));
    for (int i = 0; i < count; ++i) {
      const QRectF at(p.top.left() + i % across * (h + 6), under + i / across * (h + 20), h, h + 14);
      if (at.bottom() > p.top.bottom() + 1) break;
      p.pictures.push_back({&data_.top[static_cast<std::size_t>(i)], at});
    }
  }
  if (!data_.best.empty()) p.pictures.push_back({&data_.best.front(), QRectF(p.best.left(), p.best.top(), stack && !table ? side : p.best.width(), high)});
  return p;
}

void UnitFigure::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const auto title = [&](const QRectF& part, const QString& text) {
    painter.setFont(style.font(-1, true));
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(part.left(), part.top() - p.head, part.width(), p.head - 4), Qt::AlignLeft | Qt::AlignVCenter, text);
  };
  const auto note = [&](const QRectF& part, const QString& text) {
    painter.setFont(style.font(-1));
    painter.setPen(style.colors.secondary);
    painter.drawText(QRectF(part.left(), part.top(), std::max(60.0, part.width()), part.height()), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, text);
  };
  title(p.input, data_.fieldText);
  // As much of it as there is room for.
  QStringList most{tr("Samples that move it most"), tr("Moved most by")};
  if (data_.ofChannel) most.prepend(tr("Samples that move it most, at its largest place"));
  while (most.size() > 1 && textWidth(style.font(-1, true), most.front()) + kTextSpare > p.top.width()) most.removeFirst();
  title(p.top, most.front());
  title(p.best, tr("Made to move it"));
  title(p.ablation, tr("Without this unit"));
  for (const Shown& s : p.pictures) paintPicture(painter, s, style);
  if (data_.top.empty()) note(p.top, data_.topNote);
  if (data_.best.empty()) note(p.best, data_.bestNote);
  if (data_.after.empty())
    note(p.ablation, data_.ablationNote);
  else
    paintAblation(painter, p.ablation, style);
}

QString UnitFigure::readingIn(const Shown& shown, QPointF position, const FigureStyle& style) const {
  const std::vector<Real>& v = shown.picture->values;
  const QRectF at = inside(shown.rect, style);
  if (!at.contains(position) || v.empty()) return shown.picture->name;
  const QLocale locale;
  const double x = (position.x() - at.left()) / at.width(), y = (position.y() - at.top()) / at.height();
  if (data_.height > 0) {
    const int column = std::min(data_.width - 1, static_cast<int>(x * data_.width)), row = std::min(data_.height - 1, static_cast<int>(y * data_.height));
    QStringList values;
    for (int c = 0; c < data_.channels; ++c) values << numberText(static_cast<double>(v[static_cast<std::size_t>((row * data_.width + column) * data_.channels + c)]), 5);
    return tr("%1\nrow %2, column %3: %4").arg(shown.picture->name, locale.toString(row), locale.toString(column), values.join(QLatin1Char(' ')));
  }
  const double share = data_.channels == 0 ? x * static_cast<double>(v.size()) : (position.y() - at.top()) / lineHeight(style.font(-1.5));
  const std::size_t k = static_cast<std::size_t>(share);
  if (data_.channels == 0) {
    const std::size_t step = std::min(v.size() - 1, k);
    return tr("%1\nstep %2: %3").arg(shown.picture->name, locale.toString(qulonglong(step + 1)), numberText(static_cast<double>(v[step]), 5));
  }
  return k < v.size() ? tr("%1\n%2 %3").arg(shown.picture->name, data_.features.value(static_cast<int>(k)), numberText(static_cast<double>(v[k]), 6)) : shown.picture->name;
}

QString UnitFigure::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const FigureStyle style = FigureStyle::screen();
  const Place p = place(figureRect(), style);
  for (const Shown& s : p.pictures)
    if (s.rect.contains(position)) return readingIn(s, position, style);
  if (data_.after.empty() || position.x() < p.ablation.left() || position.y() < p.ablation.top()) return {};
  const std::vector<int> lines = ablated(p.ablation, style);
  const std::size_t i = static_cast<std::size_t>((position.y() - p.ablation.top()) / lineHeight(style.font(-1)));
  if (i >= lines.size()) return {};
  const std::size_t k = static_cast<std::size_t>(lines[i]);
  return tr("%1\nas it is %2 · with the unit set to 0 %3").arg(outputNames().value(lines[i]), numberText(data_.before[k], 6), numberText(k < data_.after.size() ? data_.after[k] : std::nan(""), 6));
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
    const QString name = data_.classes.value(static_cast<int>(k), data_.outputs.value(static_cast<int>(k), QString::number(k + 1)));
    table.rows.push_back({tr("with the unit"), name, static_cast<int>(k), data_.before[k]});
    if (k < data_.after.size()) table.rows.push_back({tr("without the unit"), name, static_cast<int>(k), data_.after[k]});
  }
  return table;
}

}  // namespace vitrine
