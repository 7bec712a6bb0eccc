#pragma once

#include <QStringList>
#include <vector>

#include "widgets/data/chart.h"

namespace vitrine {

/// Some samples of a data set of series.
struct SeriesData {
  QString title;
  int steps = 0;
  QStringList features;  ///< those shown, one below another
  struct Line {
    std::int32_t sample = 0;
    int look = -1;                            ///< class; -1: coloured by `target`, or plain
    double target = 0;
    std::vector<std::vector<float>> values;   ///< [features][steps]
  };
  std::vector<Line> lines;
  std::vector<GroupLook> looks;
  QString targetName;  ///< regression: colours are the target's
  Range targetRange;
};

/// `features` are places in the data set's series; `samples` that are none of it are left out.
SeriesData seriesOf(const SampleTable& table, const std::vector<std::int32_t>& samples, const std::vector<int>& features);

/// Samples to begin with: the first of each class (the first of all for other tasks), at most `most`.
std::vector<std::int32_t> firstSeries(const Dataset& data, std::size_t most);

/// Lines over steps, a chart for each feature.
class SeriesView : public FigureWidget {
  Q_OBJECT
 public:
  explicit SeriesView(QWidget* parent = nullptr);

  void setData(SeriesData data);
  const SeriesData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {140, 90}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< a row for each sample and step
  bool isEmpty() const override { return data_.lines.empty(); }
  QString readoutAt(QPointF position) const override;

  static constexpr std::size_t kMostLines = 24;
  static constexpr std::size_t kMostFeatures = 6;

 signals:
  void sampleChosen(int sample);

 protected:
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  std::vector<Chart> charts(const QRectF& rect, const FigureStyle& style) const;
  double legendHeight(const QRectF& rect, const FigureStyle& style) const;
  QColor colorOf(const SeriesData::Line& line, const Theme& theme) const;
  struct Hit {
    int line = -1, feature = 0, step = 0;
  };
  Hit hitAt(QPointF position) const;

  SeriesData data_;
};

}  // namespace vitrine
