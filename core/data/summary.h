#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/data/table.h"

namespace vitrine {

/// What a column looks like from afar.
struct ColumnSummary {
  std::int64_t count = 0, missing = 0;
  std::int64_t distinct = 0;      ///< different values; counting stops at kMostDistinct
  double low = 0, high = 0, mean = 0, deviation = 0, median = 0;  ///< numbers and dates; population deviation
  std::vector<std::int64_t> bins; ///< numbers: equal widths from low to high; categories: one each, the first kMostBins
  static constexpr std::int64_t kMostDistinct = 100000;
  static constexpr std::size_t kMostBins = 24;
};

/// Over the given rows; all of them when `rows` is empty.
ColumnSummary summarise(const Column& column, std::span<const std::int32_t> rows = {});

}  // namespace vitrine
