#include "widgets/maps/map_grid_view.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {

MapGridView::MapGridView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Maps"));
  setFocusPolicy(Qt::StrongFocus);
}

void MapGridView::setData(MapGridData data) {
  const MapsShape& s = data.shape;
  const bool fits = s.count >= 0 && s.height >= 0 && s.width >= 0 &&
                    data.values.size() == static_cast<std::size_t>(s.count) * static_cast<std::size_t>(s.height) * static_cast<std::size_t>(s.width);
  if (!fits) data.values.clear(), data.shape = {};
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  rasterMap_.reset();
  if (selected_ >= data_.shape.count) selected_ = -1;
  if (retitled) emit titleChanged();
  update();
}

void MapGridView::setScale(MapScale scale) {
  data_.scale = scale;
  rasterMap_.reset();
  update();
}

void MapGridView::select(int map) {
  if (map < -1 || map >= data_.shape.count || map == selected_) return;
  selected_ = map;
  update();
}

QRectF MapGridView::Place::cell(int i) const {
  const double pitchX = grid.cellWidth + gap + 2 * side, pitchY = grid.cellHeight + labelHeight + gap;
  return {area.left() + side + i % grid.columns * pitchX, area.top() + i / grid.columns * pitchY, grid.cellWidth, grid.cellHeight};
}

MapGridView::Place MapGridView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const MapsShape& s = data_.shape;
  const double bar = colorBarHeight(style);
  p.area = rect.adjusted(2, 2, -2, -bar - 8);
  p.gap = s.count > 64 ? 2 : 4;
  const double aspect = static_cast<double>(s.width) / s.height;
  p.grid = fitGrid(s.count, aspect, p.area.width(), p.area.height(), p.gap);
  const double line = lineHeight(style.font(-1.5));
  if (data_.labelsAlways) {
    // The grid that leaves the largest cells when each row has a line for its labels.
    p.labelHeight = line;
    p.grid = {};
    for (int columns = 1; columns <= s.count; ++columns) {
      const int rows = (s.count + columns - 1) / columns;
      const double h = std::max(1.0, std::min((p.area.height() - (rows - 1) * p.gap) / rows - line, (p.area.width() - (columns - 1) * p.gap) / columns / aspect));
      if (columns == 1 || h > p.grid.cellHeight * (1 + 1e-9)) p.grid = {columns, rows, h * aspect, h};
    }
  } else if (!data_.labels.isEmpty() && p.grid.cellHeight > 3 * line && p.grid.cellWidth > 40) {
    // With a label each, cells as high as the rows leave; the columns stay.
    const double h = std::min(p.grid.cellHeight, (p.area.height() - (p.grid.rows - 1) * p.gap) / p.grid.rows - line);
    double widest = 0;
    for (const QString& label : data_.labels) widest = std::max(widest, textWidth(style.font(-1.5), label));
    // Where they would be cut short, the read-out alone tells them.
    if (widest <= h * aspect) {
      p.labelHeight = line;
      p.grid.cellHeight = h;
      p.grid.cellWidth = h * aspect;
    }
  }
  if (s.width * s.height > 1 && !data_.smooth && p.grid.cellWidth > 2 * s.width && !style.print) {
    // Whole pixels for every value: no column of a filter looks wider than its neighbour.
    const double unit = std::floor(p.grid.cellWidth / s.width);
    p.grid.cellWidth = unit * s.width;
    p.grid.cellHeight = unit * s.height;
  }
  if (data_.labelsAlways) {
    // Room at the sides goes to labels that are wider than their maps.
    const double all = p.area.width() / p.grid.columns - p.gap - p.grid.cellWidth;
    p.side = std::max(0.0, std::min(all, namesWidth(data_.labels, s.count, style.font(-1.5), 1e9) + kTextSpare - p.grid.cellWidth) / 2);
  }
  const double used = p.grid.columns * (p.grid.cellWidth + 2 * p.side) + (p.grid.columns - 1) * p.gap;
  const double high = p.grid.rows * (p.grid.cellHeight + p.labelHeight) + (p.grid.rows - 1) * p.gap;
  p.scale = QRectF(p.area.left(), std::min(rect.bottom() - bar, p.area.top() + high + 8), std::min(p.area.width(), std::max(used, 160.0)), bar);
  return p;
}

Range MapGridView::rangeOf(int map) const { return ranges_.empty() ? Range{} : ranges_[static_cast<std::size_t>(map)]; }

void MapGridView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const ColorMap map = forTheme(data_.map, style.colors.dark);
  if (rasterMap_ != map) {
    rasters_.clear();
    ranges_.clear();
    const Range layer = data_.range.value_or(rangeFor(data_.map, data_.values));
    for (int i = 0; i < data_.shape.count; ++i) {
      const std::vector<Real> values = mapValues(data_.values, data_.shape, i);
      const bool own = data_.scale == MapScale::EachMap && !data_.range;
      ranges_.push_back(own ? rangeFor(data_.map, values) : layer);
      rasters_.push_back(rasterize(values, data_.shape.height, data_.shape.width, ranges_.back(), map));
    }
    rasterMap_ = map;
  }
  const Place p = place(rect, style);
  for (int i = 0; i < data_.shape.count; ++i) {
    const QRectF cell = p.cell(i);
    drawRaster(painter, cell, rasters_[static_cast<std::size_t>(i)], style, data_.smooth);
    if (i == selected_ && !style.print) {
      painter.setPen(QPen(style.colors.accent, 2));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(cell.adjusted(-1.5, -1.5, 1.5, 1.5));
    }
    if (p.labelHeight > 0 && i < data_.labels.size()) {
      painter.setFont(style.font(-1.5));
      painter.setPen(style.colors.secondary);
      drawName(painter, QRectF(cell.left() - p.side, cell.bottom(), cell.width() + 2 * p.side, p.labelHeight), Qt::AlignCenter, data_.labels, i);
    }
  }
  if (data_.scale == MapScale::EachMap && !data_.range) {
    const bool isSigned = isDiverging(data_.map);
    drawColorBar(painter, p.scale, isSigned ? tr("−max") : tr("least"), tr("each map on its own scale"), isSigned ? tr("+max") : tr("most"),
                 map, style);
  } else {
    drawColorBar(painter, p.scale, ranges_.front(), map, data_.valueName, style);
  }
}

FigureTable MapGridView::figureData() const {
  FigureTable table{{tr("map"), tr("row"), tr("column"), data_.valueName.isEmpty() ? tr("value") : data_.valueName}, {}};
  for (int i = 0; i < data_.shape.count; ++i) {
    const std::vector<Real> values = mapValues(data_.values, data_.shape, i);
    const QString name = i < data_.labels.size() ? data_.labels[i] : QString::number(i + 1);
    for (std::size_t k = 0; k < values.size(); ++k)
      table.rows.push_back({name, static_cast<int>(k) / data_.shape.width, static_cast<int>(k) % data_.shape.width, values[k]});
  }
  return table;
}

int MapGridView::mapAt(QPointF position, const Place& p) const {
  for (int i = 0; i < data_.shape.count; ++i)
    if (p.cell(i).contains(position)) return i;
  return -1;
}

QString MapGridView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Place p = place(figureRect(), FigureStyle::screen());
  const int i = mapAt(position, p);
  if (i < 0) return {};
  const QRectF cell = p.cell(i);
  const MapsShape& s = data_.shape;
  const int x = std::min(s.width - 1, static_cast<int>((position.x() - cell.left()) / cell.width() * s.width));
  const int y = std::min(s.height - 1, static_cast<int>((position.y() - cell.top()) / cell.height() * s.height));
  const std::vector<Real> values = mapValues(data_.values, s, i);
  const QString name = i < data_.labels.size() ? data_.labels[i] : tr("map %1").arg(QLocale().toString(i + 1));
  return tr("%1, row %2, column %3\n%4 %5")
      .arg(name)
      .arg(QLocale().toString(y))
      .arg(QLocale().toString(x))
      .arg(data_.valueName, numberText(values[static_cast<std::size_t>(y) * static_cast<std::size_t>(s.width) + static_cast<std::size_t>(x)], 6));
}

void MapGridView::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  if (isEmpty() || event->button() != Qt::LeftButton) return;
  const int i = mapAt(event->position(), place(figureRect(), FigureStyle::screen()));
  if (i < 0) return;
  select(i);
  emit selected(i);
}

void MapGridView::keyPressEvent(QKeyEvent* event) {
  if (isEmpty()) return FigureWidget::keyPressEvent(event);
  const int columns = std::max(1, place(figureRect(), FigureStyle::screen()).grid.columns);
  int next = selected_;
  switch (event->key()) {
    case Qt::Key_Left: next = selected_ - 1; break;
    case Qt::Key_Right: next = selected_ + 1; break;
    case Qt::Key_Up: next = selected_ - columns; break;
    case Qt::Key_Down: next = selected_ < 0 ? 0 : selected_ + columns; break;
    default: return FigureWidget::keyPressEvent(event);
  }
  if (next < 0 || next >= data_.shape.count) return;
  select(next);
  emit selected(next);
}

}  // namespace vitrine
