#pragma once

#include <QStringList>
#include <vector>

#include "core/insight/data_statistics.h"
#include "widgets/data/chart.h"

namespace vitrine {

/// Columns against each other.
struct ScatterData {
  QString title;
  QStringList names;
  std::vector<bool> dates;
  std::vector<std::vector<double>> values;  ///< [columns][points]
  std::vector<std::int32_t> rows;           ///< the table's row of each point
  std::vector<std::int32_t> samples;        ///< its sample, or -1
  std::int64_t all = 0;                     ///< rows there are; fewer points: drawn at random
  std::vector<Range> ranges;                ///< of all rows, finite; low > high where there is no number

  std::vector<GroupLook> looks;             ///< classes; empty: coloured by `target`, or plain
  std::vector<std::int32_t> groups;         ///< of each point; -1: none
  std::vector<double> target;               ///< regression: of each point
  QString targetName;
  Range targetRange;

  std::vector<Bins> bins;                                         ///< of all rows, by column
  std::vector<std::vector<std::vector<std::int64_t>>> histograms; ///< [columns][looks, or one][bins]
  std::vector<double> coefficients;                               ///< Pearson's, [columns × columns], of all rows
};

/// Drawn by at most `most` rows that are in some part, coloured by class or by the target's value. Empty when stopped.
ScatterData scatterOf(const SampleTable& table, const std::vector<int>& columns, std::int64_t most, std::stop_token stop = {});

/// A scatter matrix: points below the diagonal, histograms on it, coefficients above. Hovering reads the nearest point; a double
/// click chooses it.
class ScatterView : public FigureWidget {
  Q_OBJECT
 public:
  explicit ScatterView(QWidget* parent = nullptr);

  void setData(ScatterData data);
  const ScatterData& data() const { return data_; }

  QString figureTitle() const override { return data_.title; }
  QSizeF preferredMm() const override { return {140, 130}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  FigureTable figureData() const override;  ///< the points drawn
  bool isEmpty() const override { return data_.names.isEmpty(); }
  QString readoutAt(QPointF position) const override;

  static constexpr std::int64_t kMostPoints = 3000;

 signals:
  void rowChosen(int row);

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;

 private:
  struct Place {
    QRectF legend, grid, note;
    double cell = 0, gap = 6, cellHigh = 0;
    QRectF at(int row, int column) const { return {grid.left() + column * (cell + gap), grid.top() + row * (cellHigh + gap), cell, cellHigh}; }
  };
  Place place(const QRectF& rect, const FigureStyle& style) const;
  QString noteText() const;
  QColor colorOf(std::size_t point, const Theme& theme) const;
  void paintPoints(QCPPainter& painter, const QRectF& cell, int x, int y, const FigureStyle& style) const;
  void paintHistogram(QCPPainter& painter, const QRectF& cell, int column, const FigureStyle& style) const;
  /// The point nearest to a place within some pixels of it, or -1.
  int pointAt(QPointF position, int& x, int& y) const;

  ScatterData data_;
};

}  // namespace vitrine
