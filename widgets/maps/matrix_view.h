#pragma once

#include <QStringList>
#include <optional>
#include <utility>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// A matrix of numbers with names along both sides: weights, rank correlations, maps of a table or a series.
struct MatrixData {
  QString title;
  std::vector<Real> values;  ///< [rows × columns], row by row
  int rows = 0;
  int columns = 0;
  QString rowTitle;     ///< "input", written along the left
  QString columnTitle;  ///< "unit", written below
  QString valueName;    ///< "weight"
  QStringList rowNames;     ///< empty: numbers from 0
  QStringList columnNames;  ///< empty: numbers from 0
  ColorMap map = ColorMap::Diverging;
  std::optional<Range> range;  ///< empty: symmetric about 0 for the diverging map, else smallest to largest
  bool square = false;         ///< cells as wide as high
  bool numbers = false;        ///< every cell's value is written in it, where all fit
  QStringList notes;           ///< lines below the scale; none: the scale's name says what is hatched
};

/// Shows a matrix with its scale; hovering reads one value. What is not a number is hatched.
class MatrixView : public FigureWidget {
  Q_OBJECT
 public:
  explicit MatrixView(QWidget* parent = nullptr);

  /// Shows nothing where there are not rows × columns values.
  void setData(MatrixData data);
  const MatrixData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 70}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< first column the row's name, then one a column
  bool isEmpty() const override { return data_.values.empty(); }
  QString readoutAt(QPointF position) const override;

 protected:
  /// What is read of a cell.
  virtual QString cellText(int row, int column) const;
  /// Its value as it is exported.
  virtual QVariant exact(int row, int column) const { return value(row, column); }
  Real value(int row, int column) const { return data_.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(data_.columns) + static_cast<std::size_t>(column)]; }
  /// The height, in units, at which every row and column of a matrix that is not square has its whole name.
  double heightOfAll(double width, const FigureStyle& style) const;
  /// Row and column under a point of the widget.
  std::optional<std::pair<int, int>> cellAt(QPointF position) const;

 private:
  struct Place {
    QRectF matrix, rowTitle, rowNames, columnNames, columnTitle, scale, notes;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  void paintNumbers(QCPPainter& painter, const QRectF& matrix, ColorMap map, const FigureStyle& style) const;
  Range range() const;

  MatrixData data_;
  mutable Raster raster_;  ///< for rasterMap_, made when first painted
  mutable std::optional<ColorMap> rasterMap_;
};

}  // namespace vitrine
