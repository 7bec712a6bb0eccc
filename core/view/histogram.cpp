#include "core/view/histogram.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine {

std::int64_t Histogram::largest() const { return counts.empty() ? 0 : *std::max_element(counts.begin(), counts.end()); }

Histogram histogram(std::span<const Real> values, int bins, Range range) {
  assert(bins >= 1 && range.high > range.low);
  Histogram out;
  out.range = range;
  out.counts.assign(static_cast<std::size_t>(bins), 0);
  const double scale = bins / (range.high - range.low);
  for (const Real v : values) {
    if (std::isnan(v))
      ++out.nan;
    else if (v < range.low)
      ++out.below;
    else if (v > range.high)
      ++out.above;
    else
      ++out.counts[static_cast<std::size_t>(std::min(bins - 1, static_cast<int>((v - range.low) * scale)))];
  }
  return out;
}

}  // namespace vitrine
