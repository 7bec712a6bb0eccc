#pragma once

#include <QRectF>

#include "widgets/explain/wall_data.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// Where everything of a wall lies: a row a sample, a column a method, the input and its prediction at the left, one scale
/// below each column. On paper too narrow for all columns they stand in several bands, each with its own inputs and heads.
struct WallLayout {
  static constexpr double kBandGap = 12;
  QRectF rect;
  int samples = 0, methods = 0;
  int bands = 1, perBand = 1;  ///< methods a band
  double head = 0;         ///< height of the column heads
  double inputWidth = 0;
  double valueWidth = 0;   ///< of a table's values, at the right of the input
  double columnWidth = 0, columnGap = 0;
  double cellHeight = 0;
  double badge = 0;        ///< height of the line below a cell
  double rowGap = 0;
  double scale = 0;        ///< height of the scales

  double pitch() const { return cellHeight + badge + rowGap; }
  double bandHeight() const { return head + samples * pitch() - rowGap + (methods > 0 ? 8 + scale : 0); }
  double bandTop(int band) const { return rect.top() + band * (bandHeight() + kBandGap); }
  double rowTop(int sample, int band) const { return bandTop(band) + head + sample * pitch(); }
  int bandOf(int method) const { return method / perBand; }
  double columnLeft(int method) const { return rect.left() + inputWidth + columnGap + method % perBand * (columnWidth + columnGap); }
  QRectF inputHead(int band) const { return {rect.left(), bandTop(band), inputWidth, head}; }
  QRectF headOf(int method) const { return {columnLeft(method), bandTop(bandOf(method)), columnWidth, head}; }
  /// Input, name and prediction.
  QRectF input(int sample, int band = 0) const { return {rect.left(), rowTop(sample, band), inputWidth, cellHeight + badge}; }
  QRectF cell(int sample, int method) const { return {columnLeft(method), rowTop(sample, bandOf(method)), columnWidth, cellHeight}; }
  QRectF badgeOf(int sample, int method) const { return {columnLeft(method), rowTop(sample, bandOf(method)) + cellHeight, columnWidth, badge}; }
  QRectF scaleOf(int method) const { return {columnLeft(method), rowTop(samples, bandOf(method)) - rowGap + 8, columnWidth, scale}; }
  /// What all of it takes.
  QSizeF needs() const;
};

/// A badge's number beside its word, the number with its own word or without, or in a second line.
enum class BadgeShape { Short, Named, TwoLines };
/// Width of the widest badge of the wall.
double badgesWidth(const WallData& data, const FigureStyle& style, BadgeShape shape);
/// Of the number beside a table's bar, and the bar at its shortest.
double barNumberWidth(const FigureStyle& style);
constexpr double kLeastBar = 34;
/// Width of a badge's dot.
inline double badgeDot(double height) { return height * 0.5 < 7 ? height * 0.5 : 7; }

/// `most` is the number of features that a table shows of each sample.
WallLayout wallLayout(const QRectF& rect, const FigureStyle& style, const WallData& data, int most);

/// The features a table's wall shows, in order of the table: all, or the `most` that weigh most in any map.
std::vector<int> wallFeatures(const WallData& data, int most);

}  // namespace vitrine
