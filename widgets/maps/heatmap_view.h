#pragma once

#include <QStringList>
#include <optional>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// A matrix: the weights of a dense layer, a table's attributions, gradients over steps.
struct HeatmapData {
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
};

/// Shows a matrix with its scale; hovering reads one value.
class HeatmapView : public FigureWidget {
  Q_OBJECT
 public:
  explicit HeatmapView(QWidget* parent = nullptr);

  void setData(HeatmapData data);
  const HeatmapData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 70}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< first column the row's name, then one a column
  bool isEmpty() const override { return data_.values.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  QRectF matrixRect(const QRectF& rect, const FigureStyle& style) const;
  Range range() const;

  HeatmapData data_;
  mutable Raster raster_;  ///< for rasterMap_, made when first painted
  mutable std::optional<ColorMap> rasterMap_;
};

}  // namespace vitrine
