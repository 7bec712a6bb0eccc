#pragma once

#include <QRectF>
#include <QStringList>
#include <vector>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// One side of a chart.
struct ChartAxis {
  Range range;
  QString title;
  bool date = false;     ///< seconds since 1970
  bool whole = false;    ///< ticks at whole numbers only
  bool percent = false;  ///< shares, told as per cent
};
/// Numbers at round places of an axis, at most `most`, and their texts.
std::vector<double> ticksOf(const ChartAxis& axis, int most);
/// Those of an axis below an area of a width: as many as their texts leave room for.
std::vector<double> levelTicks(const ChartAxis& axis, double width, const FigureStyle& style);
QStringList tickTexts(const ChartAxis& axis, const std::vector<double>& ticks);

/// A rectangle with axes at its left and below.
struct Chart {
  QRectF area;
  ChartAxis x, y;
  double xAt(double v) const { return area.left() + x.range.at(v) * area.width(); }
  double yAt(double v) const { return area.bottom() - y.range.at(v) * area.height(); }
};
/// The chart that fits in rect with its titles and ticks; `below`: another height for what stands below the area.
Chart chartIn(const QRectF& rect, const ChartAxis& x, const ChartAxis& y, const FigureStyle& style, double below = -1);
/// Grid, ticks and titles. Without `xTicks` the caller writes what stands below.
void drawAxes(QCPPainter& painter, const Chart& chart, const FigureStyle& style, bool xTicks = true);
/// The axis below an area alone, with a grid through it; the line of 0 is darker. A title longer than the area is wide reaches beyond it,
/// `within` the figure.
void drawNumberAxis(QCPPainter& painter, const QRectF& area, const QRectF& within, const ChartAxis& x, const FigureStyle& style);

}  // namespace vitrine
