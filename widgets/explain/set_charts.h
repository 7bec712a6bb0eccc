#pragma once

#include <QStringList>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// A bar a feature, most important first, with the spread of what was repeated.
struct BarsData {
  QString title, axis;        ///< axis: "accuracy lost"
  QStringList names;
  std::vector<double> values;
  std::vector<double> spread; ///< deviation of each; empty: none
  QString note;               ///< "accuracy 96.7 % intact · 10 shuffles each"
};

class BarsView : public FigureWidget {
  Q_OBJECT
 public:
  explicit BarsView(QWidget* parent = nullptr);
  void setData(BarsData data);
  const BarsData& data() const { return data_; }
  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 60}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: feature, value, spread
  bool isEmpty() const override { return data_.values.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  double rowHeight(const QRectF& rect, const FigureStyle& style) const;
  BarsData data_;
};

/// Shapley values of many rows: a line of dots a feature, coloured by the feature's own value.
struct BeeswarmData {
  QString title, axis;
  QStringList names;                            ///< most important first
  std::vector<std::vector<double>> values;      ///< [feature][row]
  std::vector<std::vector<double>> features;    ///< [feature][row]: own values for the colour; NaN: gray
};

class BeeswarmView : public FigureWidget {
  Q_OBJECT
 public:
  explicit BeeswarmView(QWidget* parent = nullptr);
  void setData(BeeswarmData data);
  const BeeswarmData& data() const { return data_; }
  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: row, feature, feature value, Shapley value
  bool isEmpty() const override { return data_.values.empty(); }

 private:
  BeeswarmData data_;
};

/// Partial dependence with the curve of each row (ICE).
struct DependenceData {
  QString title, feature, axis;
  std::vector<double> grid;
  QStringList labels;                       ///< categories: one a grid place
  std::vector<double> mean;
  std::vector<std::vector<double>> curves;  ///< [row][grid]
  std::vector<double> at;                   ///< the rows' own values: ticks below
};

class DependenceView : public FigureWidget {
  Q_OBJECT
 public:
  explicit DependenceView(QWidget* parent = nullptr);
  void setData(DependenceData data);
  const DependenceData& data() const { return data_; }
  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 60}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: feature value, mean, then one a row
  bool isEmpty() const override { return data_.mean.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  QRectF plane(const QRectF& rect, const FigureStyle& style) const;
  void ranges(Range& x, Range& y) const;
  DependenceData data_;
};

/// How the features of one row lead from the base value to the output.
struct WaterfallData {
  QString title;
  double base = 0, output = 0;
  QStringList names;           ///< "petal_length = 1.4"
  std::vector<double> values;  ///< the features' parts, in order of drawing
  QString unit;                ///< what the output is: "logit of setosa"
};

class WaterfallView : public FigureWidget {
  Q_OBJECT
 public:
  explicit WaterfallView(QWidget* parent = nullptr);
  /// Sorted by magnitude here.
  void setData(WaterfallData data);
  const WaterfallData& data() const { return data_; }
  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {89, 70}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: feature, part, sum so far
  bool isEmpty() const override { return data_.values.empty(); }

 private:
  WaterfallData data_;
};

}  // namespace vitrine
