#pragma once

#include "widgets/figure/figure_stack.h"
#include "widgets/maps/map_grid_view.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {

/// Maps of a table or a series: a row a map, a column a feature or a step.
struct MapRowsData {
  QString title;
  QStringList names;         ///< one a map
  QString placeTitle;        ///< "step", "feature"
  QStringList places;        ///< one a column; empty: numbers from 0
  std::vector<Real> values;  ///< [maps × columns]
  bool isSigned = true;
  QString note = {};         ///< below the scale
  bool operator==(const MapRowsData&) const = default;
};

/// Each row coloured by its own largest magnitude, as maps are compared by their pattern; read and exported are the numbers themselves.
class MapRowsView : public MatrixView {
  Q_OBJECT
 public:
  explicit MapRowsView(QWidget* parent = nullptr);
  void setData(MapRowsData data);
  const MapRowsData& data() const { return data_; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;  ///< on paper; on the screen any height will do
  FigureTable figureData() const override;

 protected:
  QString cellText(int row, int column) const override;
  QVariant exact(int row, int column) const override { return number(row, column); }

 private:
  Real number(int row, int column) const;
  MapRowsData data_;
};

/// What a method shows of a network with its layers drawn anew: pictures in a grid, tables and series in rows. One figure, whichever it shows.
class RandomisedView : public FigureStack {
  Q_OBJECT
 public:
  explicit RandomisedView(QWidget* parent = nullptr);
  void setPlaceholder(const QString& text);
  void showMaps(MapGridData data);
  void showRows(MapRowsData data);
  void showNothing();
  MapGridView* maps() const { return maps_; }
  MapRowsView* rows() const { return rows_; }

 private:
  MapGridView* maps_;
  MapRowsView* rows_;
};

}  // namespace vitrine
