#pragma once

#include <QRectF>
#include <QStringList>
#include <vector>

#include "widgets/figure/figure.h"

namespace vitrine {

constexpr double kDoubleMm = 183;

/// Where everything of the pinned samples lies: a row a sample, a column a method, predictions at the right.
struct PinnedLayout {
  QRectF rect;
  double head = 0;       ///< height of the column heads
  double rowHeight = 0;
  double rowGap = 0;
  double columnGap = 0;
  double inputWidth = 0;
  double columnWidth = 0;
  double cell = 0;  ///< side of the square a picture is fitted in
  double predictionLeft = 0;

  QRectF row(int sample) const;
  /// All rows of a method; -1 is the input.
  QRectF column(int method) const;
  /// A picture's place, its proportions kept.
  QRectF image(int sample, int method, int width, int height) const;
  QRectF prediction(int sample) const;
};

/// `heads`: the methods' names, told in two lines where one is too narrow for any.
PinnedLayout pinnedLayout(const QRectF& rect, const FigureStyle& style, int samples, int methods, bool table,
                          double namesWidth, const QStringList& heads);

/// Classes by falling probability, NaN last; at most `most`, none for 0.
std::vector<int> topClasses(const std::vector<double>& probabilities, int most);

}  // namespace vitrine
