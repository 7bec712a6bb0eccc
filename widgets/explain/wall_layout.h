#pragma once

#include <QRectF>

#include "widgets/explain/wall_data.h"
#include "widgets/figure/figure.h"

namespace vitrine {

/// Where everything of a wall lies: a row a sample, a column a method, the input and its prediction at the left, one scale
/// below each column.
struct WallLayout {
  QRectF rect;
  int samples = 0, methods = 0;
  double head = 0;         ///< height of the column heads
  double inputWidth = 0;
  double columnWidth = 0, columnGap = 0;
  double cellHeight = 0;
  double badge = 0;        ///< height of the line below a cell
  double rowGap = 0;
  double scale = 0;        ///< height of the scales

  double pitch() const { return cellHeight + badge + rowGap; }
  double rowTop(int sample) const { return rect.top() + head + sample * pitch(); }
  double columnLeft(int method) const { return rect.left() + inputWidth + columnGap + method * (columnWidth + columnGap); }
  QRectF headOf(int method) const { return {columnLeft(method), rect.top(), columnWidth, head}; }
  /// Input, name and prediction.
  QRectF input(int sample) const { return {rect.left(), rowTop(sample), inputWidth, cellHeight + badge}; }
  QRectF cell(int sample, int method) const { return {columnLeft(method), rowTop(sample), columnWidth, cellHeight}; }
  QRectF badgeOf(int sample, int method) const { return {columnLeft(method), rowTop(sample) + cellHeight, columnWidth, badge}; }
  QRectF scaleOf(int method) const { return {columnLeft(method), rowTop(samples) - rowGap + 8, columnWidth, scale}; }
  /// What all of it takes.
  QSizeF needs() const;
};

/// `most` is the number of features that a table shows of each sample.
WallLayout wallLayout(const QRectF& rect, const FigureStyle& style, const WallData& data, int most);

/// The features a table's wall shows, in order of the table: all, or the `most` that weigh most in any map.
std::vector<int> wallFeatures(const WallData& data, int most);

}  // namespace vitrine
