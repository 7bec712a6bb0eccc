#pragma once

#include <QStringList>
#include <optional>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

struct DecisionPoint {
  Real x1 = 0, x2 = 0;
  Real target = 0;  ///< class number, or the value of a regression
  bool validation = false;
};

/// What a model of two features says all over the plane, and the points it learns from.
struct DecisionData {
  QString title;
  int width = 0, height = 0;       ///< of the grid
  int classes = 0;                 ///< 0: regression, one value a cell; else what the model says of each class
  bool shares = true;              ///< that is a probability; else an output, told as it is
  std::vector<Real> grid;          ///< [height × width × max(1, classes)], row 0 is the largest x2
  Range x1, x2;                    ///< borders of the grid's outermost cells
  QString x1Name, x2Name;
  QStringList classNames;          ///< or empty: numbers from 0
  QString valueName;               ///< regression: what the value is
  std::optional<Range> valueRange; ///< regression; empty: symmetric about 0
  std::vector<DecisionPoint> points;
};

/// Decision areas with the points on them: blue and orange for two classes or a signed value, Okabe–Ito for more.
class DecisionView : public FigureWidget {
  Q_OBJECT
 public:
  explicit DecisionView(QWidget* parent = nullptr);

  /// Shows nothing where the grid is not of its width, height and classes.
  void setData(DecisionData data);
  /// A new grid over the same points and axes: what changes with every snapshot. One of another size is not taken.
  void setGrid(std::vector<Real> grid);
  const DecisionData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: x1, x2, then the value or each class' probability or output
  bool isEmpty() const override { return data_.grid.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Place {
    QRectF plane, legend;
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  Raster areaRaster(const Theme& theme) const;
  QColor pointColor(const DecisionPoint& point, const Theme& theme) const;
  Range valueRange() const;

  DecisionData data_;
  mutable Raster raster_;
  mutable std::optional<bool> rasterDark_;
};

}  // namespace vitrine
