#pragma once

#include <vector>

namespace vitrine {

/// n cells in rows and columns.
struct GridLayout {
  int columns = 0;
  int rows = 0;
  double cellWidth = 0;
  double cellHeight = 0;
};

/// The columns that make n cells of aspect (width / height) largest within width × height, `gap` apart. Fewer columns
/// win a tie. All zero when n is 0; cells never get smaller than 0.
GridLayout fitGrid(int n, double aspect, double width, double height, double gap = 0);

/// Round numbers (1, 2 or 5 times a power of ten) from low to high, both included where they are round; at most
/// `most` of them, at least two where the range allows. Requires most ≥ 2. Empty unless low < high, both finite.
std::vector<double> niceTicks(double low, double high, int most);

/// The distance between neighbouring niceTicks.
double niceStep(double low, double high, int most);

/// Powers of ten within [low, high]. Requires 0 < low < high.
std::vector<double> logTicks(double low, double high);

/// Digits after the point that tell ticks `step` apart from each other: 0 for 1, 2 for 0.25.
int decimalsFor(double step);

}  // namespace vitrine
