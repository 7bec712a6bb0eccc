#pragma once

#include <QFont>
#include <QString>

#include "widgets/figure/figure.h"

class QCustomPlot;

namespace vitrine {

/// What the axes of a curve plot say, and how.
struct CurveAxes {
  QString x, y;
  bool percent = false, logY = false;
};

/// Axes, ticks at round places, grid and a legend above the curves, in the style's fonts and colours.
void setUpCurveAxes(QCustomPlot& plot, const CurveAxes& axes, const FigureStyle& style);
/// Widens [low, high] to round ends with some air; a percentage stays within 0 … 100 %.
void roundCurveRange(double& low, double& high, bool percent, bool logY);
/// The title where it fits into `room` pixels; else without its unit in brackets, and elided at last.
QString axisTitleFor(const QString& title, const QFont& font, double room);

}  // namespace vitrine
