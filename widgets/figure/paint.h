#pragma once

#include <QColor>
#include <QImage>
#include <QRectF>
#include <QString>

#include "core/view/raster.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// A copy as QImage; pixels that are not a number stay transparent.
QImage toImage(const Raster& raster);

inline QColor toColor(const Rgba& c) { return QColor(c.r, c.g, c.b); }

/// A number as a person reads it, in the window's locale, with a true minus sign, or "NaN". Whole numbers have all their digits
/// (1,350,000), others `digits` significant ones, and all before the decimal mark up to a million millions.
QString numberText(double value, int digits = 4);
/// The same, or with an exponent where that is shorter: "−1.2e−5". Whole numbers of up to seven digits stay whole.
QString compactNumber(double value, int digits = 4);
/// compactNumber() with as many of `digits` digits as there is room for: never cut, which would read as another number.
QString fittedNumber(double value, const QFont& font, double room, int digits = 4);
/// A share as per cent: "12 %", below 10 % with one decimal.
QString percentText(double share);

/// `raster` over target; sharp cells unless `smooth`, averaged where it has to shrink. Pixels that are not a number show
/// a hatch. Costs one blit.
void drawRaster(QCPPainter& painter, const QRectF& target, const Raster& raster, const FigureStyle& style,
                bool smooth = false);

/// The hatch that means "not a number", with the word where it fits.
void drawNanHatch(QCPPainter& painter, const QRectF& target, const FigureStyle& style);

/// One line within rect, elided at its end; flags are Qt::Alignment. Uses the painter's font and pen.
void drawLine(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text);
/// A name that stands alone, elided in its middle.
void drawName(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text);
/// Name `i` of those it must be told apart from (names.h); what has no name stays empty.
void drawName(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QStringList& names, qsizetype i);
/// The same with words before it, which stay whole: "true class: setosa".
void drawNameAfter(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& words, const QStringList& names, qsizetype i);
/// "a_long_name = 1.4" and its like: where one is wider than `room`, what stands before its last `separator` is shortened so that the names
/// stay told apart. A number behind it is never cut.
QStringList elidedBefore(const QString& separator, const QStringList& texts, const QFontMetricsF& metrics, double room);
/// drawLine() and drawName(), turned by 90° to read upwards.
void drawLineUpwards(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text);
void drawNameUpwards(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QStringList& names, qsizetype i);

/// Metrics of a font on the device of a painter.
QFontMetricsF metrics(const QCPPainter& painter, const QFont& font);
/// Height of a line of the font in 1/96 inch, without a painter at hand.
double lineHeight(const QFont& font);
double textWidth(const QFont& font, const QString& text);
/// Letters are a little wider on some devices than textWidth() says: what must stay whole is given this much more.
inline constexpr double kTextSpare = 3;

/// Height that drawColorBar() needs.
double colorBarHeight(const FigureStyle& style);
/// A horizontal scale within rect: the colours, below them low, zero (diverging maps) and high, and between them the
/// name of the value where there is room.
void drawColorBar(QCPPainter& painter, const QRectF& rect, Range range, ColorMap map, const QString& name,
                  const FigureStyle& style);

/// The same with words at its ends, for views whose maps have a scale each.
void drawColorBar(QCPPainter& painter, const QRectF& rect, const QString& low, const QString& middle,
                  const QString& high, ColorMap map, const FigureStyle& style);

/// Names of n equal rows, right aligned within rect (as high as all rows): each where it fits, else numbers at round
/// places (names empty: numbers from 0).
void drawRowNames(QCPPainter& painter, const QRectF& rect, int n, const QStringList& names, const FigureStyle& style);
/// Height that names below n columns over `width` need: a line where all fit level, else that of the longest, at most `most`.
double columnNamesHeight(const QStringList& names, int n, double width, const QFont& font, double most);
/// The same for columns, below them: level where all fit, else upright.
void drawColumnNames(QCPPainter& painter, const QRectF& rect, int n, const QStringList& names, const FigureStyle& style);
/// Width (or height, when upright) that names take, at most `most`; that of the largest number where there are none.
double namesWidth(const QStringList& names, int n, const QFont& font, double most);

/// Black or white, whichever reads better on a colour.
QColor readableOn(const QColor& background);

}  // namespace vitrine
