#pragma once

#include <vector>

#include "widgets/figure/axes.h"

namespace vitrine {

/// A metric of k-fold cross-validation. What folds have no value for is NaN.
struct FoldsData {
  QString title;
  QString metric;        ///< the axis: "validation accuracy"
  bool percent = false;  ///< values are shares
  int folds = 0;         ///< planned
  std::vector<double> values;  ///< of those that are done, in order
  double mean = 0, deviation = 0;  ///< shown once all are done; deviation NaN: none
  FigureTable table;     ///< all that is known of each fold, for export
};

/// Each fold's value as a point, their mean as a line and mean ± deviation as a band.
class FoldsView : public FigureWidget {
  Q_OBJECT
 public:
  explicit FoldsView(QWidget* parent = nullptr);

  void setData(FoldsData data);
  const FoldsData& data() const { return data_; }
  /// "92.1 % ± 1.3 %".
  static QString summary(const FoldsData& data);

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 60}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override { return data_.table; }
  bool isEmpty() const override { return data_.values.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  Chart chart(const QRectF& rect, const FigureStyle& style) const;
  bool whole() const { return static_cast<int>(data_.values.size()) == data_.folds; }
  QString text(double value) const;

  FoldsData data_;
};

}  // namespace vitrine
