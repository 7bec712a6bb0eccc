#include "widgets/explain/randomised_view.h"

#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {

MapRowsView::MapRowsView(QWidget* parent) : MatrixView(parent) { setAccessibleName(tr("Maps in rows")); }

void MapRowsView::setData(MapRowsData data) {
  if (data == data_) return;
  data_ = std::move(data);
  MatrixData m;
  m.rows = static_cast<int>(data_.names.size());
  m.columns = m.rows == 0 ? 0 : static_cast<int>(data_.values.size()) / m.rows;
  for (int r = 0; r < m.rows; ++r) {
    const auto first = data_.values.begin() + static_cast<std::ptrdiff_t>(r) * m.columns;
    Real largest = 0;
    for (auto v = first; v != first + m.columns; ++v)
      if (std::isfinite(*v)) largest = std::max(largest, std::abs(*v));
    for (auto v = first; v != first + m.columns; ++v) m.values.push_back(largest > 0 ? *v / largest : *v);
  }
  m.title = data_.title;
  m.rowNames = data_.names;
  m.columnNames = data_.places;
  m.columnTitle = data_.placeTitle;
  m.valueName = tr("share of the map's largest");
  m.map = data_.isSigned ? ColorMap::Diverging : ColorMap::Viridis;
  m.range = Range{data_.isSigned ? -1.0 : 0.0, 1};
  if (!data_.note.isEmpty()) m.notes << data_.note;
  MatrixView::setData(std::move(m));
}

QSizeF MapRowsView::preferredMm() const { return {kDoubleColumnMm, isEmpty() ? 60 : pageHeightMm(*this, kDoubleColumnMm)}; }

double MapRowsView::heightFor(double width, const FigureStyle& style) const { return isEmpty() || !style.print ? 0 : heightOfAll(width, style); }

Real MapRowsView::number(int row, int column) const {
  return data_.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(MatrixView::data().columns) + static_cast<std::size_t>(column)];
}

QString MapRowsView::cellText(int row, int column) const {
  const QString place = column < data_.places.size() ? data_.places[column] : QString::number(column);
  return tr("%1\n%2 %3: attribution %4, %5 of the map's largest")
      .arg(data_.names.value(row), data_.placeTitle, place, numberText(static_cast<double>(number(row, column)), 5), numberText(static_cast<double>(value(row, column)), 3));
}

FigureTable MapRowsView::figureData() const {
  FigureTable table = MatrixView::figureData();
  if (!table.columns.isEmpty()) table.columns[0] = tr("attribution");
  return table;
}

RandomisedView::RandomisedView(QWidget* parent) : FigureStack(parent), maps_(new MapGridView(this)), rows_(new MapRowsView(this)) {
  addWidget(maps_);
  addWidget(rows_);
}

void RandomisedView::setPlaceholder(const QString& text) {
  maps_->setPlaceholder(text);
  rows_->setPlaceholder(text);
}

void RandomisedView::showMaps(MapGridData data) {
  setCurrentWidget(maps_);
  const MapGridData& now = maps_->data();
  if (data.values != now.values || data.labels != now.labels || data.title != now.title) maps_->setData(std::move(data));
}

void RandomisedView::showRows(MapRowsData data) {
  setCurrentWidget(rows_);
  rows_->setData(std::move(data));
}

void RandomisedView::showNothing() {
  if (!maps_->isEmpty()) maps_->setData({});
  rows_->setData({});
}

}  // namespace vitrine
