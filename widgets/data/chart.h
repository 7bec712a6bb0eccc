#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <vector>

#include "core/insight/sample_table.h"
#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// How a group of rows is shown: a class, a part, all rows, or the classes that have no colour of their own.
struct GroupLook {
  enum Kind { All, Class, PartOf, Others };
  QString name;
  Kind kind = All;
  int key = 0;  ///< place among the classes shown; the Part
  QColor color(const Theme& theme) const;
};
QString partName(Part part);
/// In the order of the groups' keys.
std::vector<GroupLook> classLooks(const SampleTable& table, const RowGroups& groups);
std::vector<GroupLook> partLooks(const RowGroups& groups);

/// One side of a chart.
struct ChartAxis {
  Range range;
  QString title;
  bool date = false;   ///< seconds since 1970
  bool whole = false;  ///< ticks at whole numbers only
};
/// Numbers at round places of an axis, at most `most`, and their texts.
std::vector<double> ticksOf(const ChartAxis& axis, int most);
QStringList tickTexts(const ChartAxis& axis, const std::vector<double>& ticks);
/// A value of a column as a person reads it; dates as dates.
QString valueText(double value, bool date, int digits = 5);

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

/// Names with a patch of their colour, in as many lines as they need; where `most` lines are too few, "+ 3" for those left out.
/// Gives the height it took. With a null painter nothing is drawn.
double drawLegend(QCPPainter* painter, const QRectF& rect, const std::vector<GroupLook>& looks, const FigureStyle& style, int most = 3);

/// One line or several of quiet text in the middle of rect: what is missing, or why.
void drawNote(QCPPainter& painter, const QRectF& rect, const QString& text, const FigureStyle& style);

QColor fromRgba(Rgba color, int alpha = 255);

}  // namespace vitrine
