#pragma once

#include <QElapsedTimer>
#include <QStringList>
#include <QVector>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

struct PinnedLayout;

/// What one explainer says of one sample.
struct PinnedMap {
  std::vector<Real> values;  ///< [height × width] of the map, or one a feature for tables; empty: not there (yet)
  int height = 0, width = 0; ///< may be smaller than the image (class activation maps); drawn enlarged
  QString note;              ///< why it is not there: "needs a convolution"
};

/// One sample as it is explained now.
struct PinnedSample {
  QString name;                   ///< "sample 17", for the read-out
  std::vector<Real> input;        ///< image [height × width × channels] in `inputRange`, or the features
  QStringList values = {};        ///< tables: the features as they read; empty: the numbers of `input`
  int height = 0, width = 0, channels = 0;  ///< 0: not an image
  std::vector<double> probabilities;  ///< one a class (PinnedData::shares); for a regression: the predicted value alone
  int trueClass = -1;             ///< -1: not known
  double trueValue = 0;           ///< regression
  std::vector<bool> trueLabels;   ///< several labels: one a class; else empty
  std::vector<PinnedMap> maps;    ///< one an explainer, in the order of PinnedData::methods
};

/// One explainer: the head of a column and how its maps are coloured.
struct PinnedMethod {
  QString name;            ///< "integrated gradients"
  bool isSigned = true;    ///< diverging about 0, else 0 … max in viridis
  bool overInput = false;  ///< drawn half transparent over the gray input (class activation maps)
};

struct PinnedData {
  QString title;
  QStringList classes;       ///< empty: regression
  bool shares = true;        ///< a class's number is a probability, told as per cent; else an output, told as it is
  QStringList features;      ///< names, for tables
  QString targetName;        ///< regression: what is predicted
  QVector<PinnedMethod> methods;
  std::vector<PinnedSample> samples;
  bool sharedScale = true;   ///< one scale a method for all samples, else each map its own
  Range inputRange{0, 1};    ///< black to white
};

/// Pinned samples, each a row: input, one map an explainer, the three likeliest classes. One colour scale a method.
class PinnedSamplesView : public FigureWidget {
  Q_OBJECT
 public:
  explicit PinnedSamplesView(QWidget* parent = nullptr);

  void setData(PinnedData data);
  const PinnedData& data() const { return data_; }
  /// Quiet text for the panel's head: "shared scale · refreshed 0.1 s ago".
  QString sideText() const;
  /// The scale of a method over all samples: symmetric about 0, or 0 … max.
  Range methodRange(int method) const;

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override;
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  /// Columns: sample, true class, class or feature or pixel, quantity, value (long form).
  FigureTable figureData() const override;
  bool isEmpty() const override { return data_.samples.empty(); }
  QString readoutAt(QPointF position) const override;

 signals:
  void sampleClicked(int sample);

 protected:
  void mousePressEvent(QMouseEvent* event) override;

 private:
  bool isTable() const;
  PinnedLayout place(const QRectF& rect, const FigureStyle& style) const;
  Range mapRange(int sample, int method) const;
  void makeRasters(bool dark) const;
  const Raster& mapRaster(int sample, int method) const;
  QString valueText(int sample, int feature) const;
  /// A table's features that are shown of a sample: those that weigh most, in the table's order.
  std::vector<int> shownFeatures(int sample, const QRectF& row, const FigureStyle& style) const;
  void paintRow(QCPPainter& painter, const PinnedLayout& place, int sample, const FigureStyle& style) const;
  void paintTableRow(QCPPainter& painter, const PinnedLayout& place, int sample, const FigureStyle& style) const;
  void paintPrediction(QCPPainter& painter, const QRectF& rect, int sample, const FigureStyle& style) const;
  void paintHeads(QCPPainter& painter, const PinnedLayout& place, const FigureStyle& style) const;
  void paintScales(QCPPainter& painter, const PinnedLayout& place, const FigureStyle& style) const;

  PinnedData data_;
  QElapsedTimer refreshed_;
  mutable std::vector<Raster> inputs_;
  mutable std::vector<Raster> maps_;  ///< [sample × method]
  mutable int mapsDark_ = -1;
};

}  // namespace vitrine
