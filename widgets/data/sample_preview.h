#pragma once

#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// One sample as the file has it and, where it is changed for training, as the network would see it.
struct PreviewSample {
  QString label;
  int height = 0, width = 0, channels = 1;  ///< a series: steps × features, as one channel
  std::vector<Real> before, after;          ///< [height × width × channels]; after empty: the same
};

struct PreviewData {
  QString title;
  std::vector<PreviewSample> samples;
  bool series = false;  ///< coloured by value instead of black to white
  Range range{0, 1};
};

/// A few samples in a grid with their labels; where training changes them, the changed one stands beside each.
class SamplePreview : public FigureWidget {
  Q_OBJECT
 public:
  explicit SamplePreview(QWidget* parent = nullptr);
  void setData(PreviewData data);
  const PreviewData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {120, 80}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< sample, label, version, row, column, channel, value
  bool isEmpty() const override { return data_.samples.empty(); }
  QString readoutAt(QPointF position) const override;

 private:
  struct Cell {
    QRectF before, after, label;
  };
  std::vector<Cell> place(const QRectF& rect, const FigureStyle& style) const;
  bool changed() const;

  PreviewData data_;
  std::vector<Raster> before_, after_;
};

}  // namespace vitrine
