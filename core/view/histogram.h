#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/base/real.h"
#include "core/view/raster.h"

namespace vitrine {

/// Counts in bins of equal width. A value on a border belongs to the bin above it, range.high to the last one.
struct Histogram {
  Range range;
  std::vector<std::int64_t> counts;
  std::int64_t below = 0;  ///< less than range.low, -infinity too
  std::int64_t above = 0;  ///< more than range.high, +infinity too
  std::int64_t nan = 0;

  double binWidth() const { return (range.high - range.low) / static_cast<double>(counts.size()); }
  std::int64_t largest() const;
};

/// Requires bins ≥ 1 and range.high > range.low.
Histogram histogram(std::span<const Real> values, int bins, Range range);

}  // namespace vitrine
