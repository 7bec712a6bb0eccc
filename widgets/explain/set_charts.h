#pragma once

#include <QStringList>
#include <vector>

#include "widgets/figure/axes.h"

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
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;  ///< every feature with its name
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
  std::vector<std::int32_t> samples = {};       ///< [row] its number in the data; empty: the row's own
  QString note = {};                            ///< "baseline: zero"
  std::vector<QStringList> texts = {};          ///< [feature][row]: own values as they read where these are categories or dates; empty: numbers

  /// The feature's own value: a number, a text, or nothing where it is missing.
  QVariant own(std::size_t feature, std::size_t row) const;
  int sampleOf(std::size_t row) const { return row < samples.size() ? samples[row] : static_cast<int>(row); }
};

class BeeswarmView : public FigureWidget {
  Q_OBJECT
 public:
  explicit BeeswarmView(QWidget* parent = nullptr);
  void setData(BeeswarmData data);
  const BeeswarmData& data() const { return data_; }
  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  double heightFor(double width, const FigureStyle& style) const override;  ///< every feature with its name
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: row, feature, feature value, Shapley value
  bool isEmpty() const override { return data_.values.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Dot {
    std::size_t feature, row;
    QPointF at;
  };
  struct Swarm {
    QRectF plane, names;
    Range range;
    double dot = 0;  ///< width of one
    std::vector<Dot> dots;
  };
  Swarm swarm(const QRectF& rect, const FigureStyle& style) const;
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
  bool dates = false;                       ///< the grid is seconds since 1970
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
  Chart chart(const QRectF& rect, const FigureStyle& style) const;
  /// On the axis: the feature's value, or which of its categories.
  double place(std::size_t i) const { return data_.labels.isEmpty() ? data_.grid[i] : static_cast<double>(i); }
  DependenceData data_;
};

/// How the features of one row lead from the base value to the output.
struct WaterfallData {
  QString title;
  double base = 0, output = 0;
  QStringList names;           ///< "petal_length = 1.4"
  std::vector<double> values;  ///< the features' parts, in order of drawing
  QString unit;                ///< what the output is: "logit of setosa"
  QString baseline = {};       ///< what the row is compared with: "zero"
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
  QString readoutAt(QPointF position) const override;

 private:
  struct Bars {
    QStringList names;
    std::vector<double> values;
    QRectF plane;
    double height = 0;  ///< of one
  };
  Bars bars(const QRectF& rect, const FigureStyle& style) const;
  WaterfallData data_;
};

}  // namespace vitrine
