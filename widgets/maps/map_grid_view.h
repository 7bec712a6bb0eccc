#pragma once

#include <QStringList>
#include <optional>
#include <vector>

#include "core/view/layout.h"
#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// Many small maps: the filters of a convolution, the feature maps of one sample.
struct MapGridData {
  QString title;
  std::vector<Real> values;
  MapsShape shape;
  QStringList labels;  ///< one a map, or empty: numbers from 1
  bool labelsAlways = false;  ///< labels are drawn even where they have to be elided
  QString valueName;   ///< "weight", "activation"
  ColorMap map = ColorMap::Diverging;
  MapScale scale = MapScale::EachLayer;
  std::optional<Range> range;  ///< one scale from outside (whole network); overrides `scale`
  bool smooth = false;         ///< interpolate between pixels when enlarged
};

/// Shows maps in a grid with their scale; a click selects one.
class MapGridView : public FigureWidget {
  Q_OBJECT
 public:
  explicit MapGridView(QWidget* parent = nullptr);

  /// Shows nothing where the values are not those of so many maps.
  void setData(MapGridData data);
  const MapGridData& data() const { return data_; }
  void setScale(MapScale scale);
  /// -1: none.
  void select(int map);
  int selected() const { return selected_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 60}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: map, row, column, value
  bool isEmpty() const override { return data_.values.empty() || data_.shape.count == 0; }
  QString readoutAt(QPointF position) const override;

 signals:
  void selected(int map);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Place {
    GridLayout grid;
    QRectF area;  ///< of all cells
    QRectF scale;  ///< of the colour bar; empty for EachMap
    double labelHeight = 0;
    double gap = 0, side = 0;  ///< between cells; beside each of them, for its label
    QRectF cell(int i) const;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  int mapAt(QPointF position, const Place& place) const;
  Range rangeOf(int map) const;

  MapGridData data_;
  int selected_ = -1;
  mutable std::vector<Raster> rasters_;
  mutable std::vector<Range> ranges_;
  mutable std::optional<ColorMap> rasterMap_;
};

}  // namespace vitrine
