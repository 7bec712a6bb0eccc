#pragma once

#include <QColor>
#include <QString>
#include <QVector>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "widgets/figure/figure.h"

class QCustomPlot;
class QCPGraph;
class QCPItemStraightLine;
class QCPItemText;

namespace vitrine {

/// Curves over a common x: loss, accuracy, learning rate. Points are only ever added; y may be NaN (a gap).
/// Drag zooms, a double click shows all again, hovering reads the exact values.
class CurvePlot : public FigureWidget {
  Q_OBJECT
 public:
  explicit CurvePlot(const QString& title, QWidget* parent = nullptr);
  ~CurvePlot() override;

  /// With units: "epoch", "cross-entropy". A y of percentages takes values 0 … 1 and `percent`.
  void setAxes(const QString& x, const QString& y, bool percent = false);
  /// So many entries in a line of the legend; 0: all in one line. Before the first series.
  void setLegendColumns(int columns);
  /// Declares a series (or changes its colour); series are drawn in this order. An invalid colour takes the theme's:
  /// training, validation, then the classes' colours.
  void addSeries(const QString& name, const QColor& color = {});
  /// Points [newFrom, x.size()) of the series are new, those before are as they were; newFrom = 0 starts it anew.
  /// An unknown name is added. x rises; x and y have the same size. Costs only the new points.
  void setSeries(const QString& name, std::span<const double> x, std::span<const double> y, std::size_t newFrom);
  void clear();

  void setLogY(bool log);
  bool logY() const { return logY_; }
  /// Exponential moving average: 0 (off, as at the start) … 0.99. The raw line stays, faint.
  void setSmoothing(double amount);
  double smoothing() const { return smoothing_; }
  /// A vertical mark (the history's place); NaN takes it away.
  void setMark(double x);
  void resetZoom();
  /// The points of a series as they are drawn now (after decimation); for tests.
  std::size_t drawnPoints(const QString& name) const;
  QCustomPlot* plot() const { return plot_; }

  QString figureTitle() const override { return of_.isEmpty() ? title_ : tr("%1: %2").arg(title_, of_); }
  /// What the curves are of, told behind the title where the figure leaves its panel; empty: the title says it.
  void setOf(const QString& of) {
    if (of == of_) return;
    of_ = of;
    emit titleChanged();
  }
  QSizeF preferredMm() const override { return {89, 55}; }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override;
  /// Columns: x, then every series' y; one row for each x that any series has.
  FigureTable figureData() const override;
  bool isEmpty() const override;
  QString readoutAt(QPointF position) const override;

 signals:
  void logYChanged(bool log);
  void smoothingChanged(double amount);

 protected:
  void showEvent(QShowEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  struct Series;
  Series* find(const QString& name);
  const Series* find(const QString& name) const;
  QColor colorOf(std::size_t index, const Theme& theme) const;
  /// The data's range with some air, ends at round numbers. Logarithmic: positive values only.
  void dataRange(double& xLow, double& xHigh, double& yLow, double& yHigh) const;
  void changed();
  void rescale();
  void restyle();
  /// Sends points of a series to its graphs, from the start or only those that are new.
  void feed(Series& series, std::size_t from);
  void recolor(Series& series, std::size_t index);
  void makeReadout();
  void setUp(QCustomPlot& plot, const FigureStyle& style) const;
  QString readoutFor(double x) const;
  void hover(QPointF position);
  void leave();

  QString title_, of_, xTitle_, yTitle_;
  bool percent_ = false;
  bool logY_ = false;
  bool zoomed_ = false;
  bool dirty_ = false;
  double smoothing_ = 0;
  double mark_ = std::numeric_limits<double>::quiet_NaN();
  std::vector<std::unique_ptr<Series>> series_;
  int legendColumns_ = 0;
  QCustomPlot* plot_ = nullptr;
  QCPItemStraightLine* cross_ = nullptr;
  QCPItemText* readout_ = nullptr;
  QCPItemStraightLine* markLine_ = nullptr;
};

}  // namespace vitrine
