#pragma once

#include <QByteArray>
#include <QImage>
#include <QString>

#include "core/base/result.h"
#include "widgets/figure/figure.h"

namespace vitrine {

enum class FigureFormat { Png, Svg, Pdf, Csv };

constexpr double kSingleColumnMm = 89;
constexpr double kDoubleColumnMm = 183;
constexpr int kLeastDpi = 96;
constexpr int kMostDpi = 1000;
constexpr double kLeastFontPt = 5;

struct ExportRequest {
  FigureFormat format = FigureFormat::Png;
  double widthMm = kSingleColumnMm;
  double heightMm = 60;
  int dpi = 300;        ///< PNG only, 96 … 1000
  double fontPt = 7;    ///< ≥ 5
  bool title = true;    ///< write the figure's title above it
  QString path;
};

/// Extension without the dot: "png".
QString extensionOf(FigureFormat format);

/// Height of a page on which all of the figure stands, its title included. Requires that it has a heightFor().
double pageHeightMm(const Figure& figure, double widthMm, double fontPt = 7, bool title = true);

/// The figure as a picture of exactly round(mm / 25.4 × dpi) pixels a side, whatever the screen's pixel ratio.
QImage renderFigure(const Figure& figure, const ExportRequest& request);

/// The bytes of the file that exportFigure() would write.
Result<QByteArray> figureBytes(const Figure& figure, const ExportRequest& request);

/// Writes the whole file, or leaves what was there. Errors: a size, dpi or font out of range, an empty figure, a folder
/// that cannot be written.
Status exportFigure(const Figure& figure, const ExportRequest& request);

/// RFC 4180, numbers with a decimal point whatever the locale, shortest form that reads back as the same number; NaN
/// and infinities as nan, inf, -inf.
QByteArray toCsv(const FigureTable& table);

/// Picture on the clipboard, with the data as text beside it: at its preferred size and 192 dpi, or as asked.
void copyFigure(const Figure& figure);
void copyFigure(const Figure& figure, const ExportRequest& request);
/// Data as tab separated text on the clipboard.
void copyFigureData(const Figure& figure);

}  // namespace vitrine
