#include "core/view/layout.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace vitrine {

GridLayout fitGrid(int n, double aspect, double width, double height, double gap) {
  GridLayout best;
  if (n <= 0 || aspect <= 0) return best;
  for (int columns = 1; columns <= n; ++columns) {
    const int rows = (n + columns - 1) / columns;
    const double w = std::max(0.0, (width - (columns - 1) * gap) / columns);
    const double h = std::max(0.0, (height - (rows - 1) * gap) / rows);
    const double cell = std::min(w, h * aspect);
    if (columns == 1 || cell > best.cellWidth * (1 + 1e-9)) best = {columns, rows, cell, cell / aspect};
  }
  return best;
}

double niceStep(double low, double high, int most) {
  const double rough = (high - low) / std::max(1, most);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  // The smallest round step whose ticks are not too many; at most a few turns, since the steps grow by 2 or 2.5.
  for (double base = power;; base *= 10)
    for (const double factor : {1.0, 2.0, 5.0}) {
      const double step = base * factor;
      const double ticks = std::floor(high / step + 1e-9) - std::ceil(low / step - 1e-9) + 1;
      if (ticks <= most) return step;
    }
}

std::vector<double> niceTicks(double low, double high, int most) {
  std::vector<double> ticks;
  if (!(low < high) || !std::isfinite(low) || !std::isfinite(high)) return ticks;
  const double step = niceStep(low, high, most);
  const double first = std::ceil(low / step - 1e-9);
  const int count = static_cast<int>(std::floor(high / step + 1e-9) - first) + 1;
  // Dividing by a whole number keeps 0.3 from becoming 0.30000000000000004.
  const double inverse = std::round(1 / step);
  for (int i = 0; i < count; ++i) {
    const double k = first + i;
    ticks.push_back(step < 1 ? k / inverse : k * step);
  }
  return ticks;
}

std::vector<double> logTicks(double low, double high) {
  std::vector<double> ticks;
  if (!(low > 0 && low < high) || !std::isfinite(high)) return ticks;
  const int first = static_cast<int>(std::ceil(std::log10(low) - 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(high) + 1e-9));
  for (int e = first; e <= last; ++e) ticks.push_back(std::pow(10, e));
  return ticks;
}

int decimalsFor(double step) {
  if (!(step > 0)) return 0;
  for (int d = 0; d < 15; ++d) {
    const double scaled = step * std::pow(10, d);
    if (std::abs(scaled - std::round(scaled)) < 1e-6 * scaled) return d;
  }
  return 15;
}

}  // namespace vitrine
