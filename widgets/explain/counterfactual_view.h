#pragma once

#include <QLocale>
#include <QStringList>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// The smallest change found that makes another class of a sample.
struct CounterfactualData {
  QString title;
  int height = 0, width = 0, channels = 1;  ///< images; height 0: a table, or a series where `steps` is not 0
  int steps = 0;                            ///< of a series
  std::vector<Real> original, result;       ///< images: 0 black … 1 white; tables and series [steps × features]: in the features' own units
  std::vector<Real> moved = {};             ///< the change in the network's units, in which numbers of different columns compare; empty: in their own
  QStringList features;
  QString from, to;                         ///< classes before and after
  QString sentence;                         ///< "L∞ 0.031, L2 0.62", or why nothing was found
  bool flipped = false;
  std::vector<double> fromProbabilities;    ///< of `from` and `to`, before and after: [2 × 2]; as the network is read
  bool shares = true;                       ///< these are probabilities, told as per cent
};

/// Original, change and result side by side.
class CounterfactualView : public FigureWidget {
  Q_OBJECT
 public:
  explicit CounterfactualView(QWidget* parent = nullptr);
  void setData(CounterfactualData data);
  const CounterfactualData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {120, 60}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< columns: place, original, change, result
  QString readoutAt(QPointF position) const override;
  bool isEmpty() const override { return data_.original.empty(); }

 private:
  void paintRows(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const;
  void paintSeries(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const;
  /// What stands below the words; of images the three pictures.
  QRectF room(const QRectF& rect, const FigureStyle& style) const;
  QRectF pictureAt(const QRectF& room, int k, const FigureStyle& style) const;
  QString placeName(std::size_t i, const QLocale& locale = {}) const;
  /// How much a feature changed: in the network's units, where they are known.
  double changeOf(std::size_t k) const;
  /// Tables: the rows that changed most first, as many as fit.
  std::vector<std::size_t> rowsShown(const QRectF& room, const FigureStyle& style) const;
  CounterfactualData data_;
};

}  // namespace vitrine
