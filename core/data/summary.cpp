#include "core/data/summary.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace vitrine {

ColumnSummary summarise(const Column& column, std::span<const std::int32_t> rows) {
  ColumnSummary s;
  const std::int64_t n = rows.empty() ? column.size() : static_cast<std::int64_t>(rows.size());
  const auto rowOf = [&](std::int64_t i) { return rows.empty() ? i : rows[static_cast<std::size_t>(i)]; };
  const bool categories = column.kind == ColumnKind::Category || column.kind == ColumnKind::Text;
  if (categories) {
    std::vector<std::int64_t> counts(column.names.size());
    for (std::int64_t i = 0; i < n; ++i) {
      const std::int32_t code = column.codes[static_cast<std::size_t>(rowOf(i))];
      if (code < 0)
        ++s.missing;
      else
        ++counts[static_cast<std::size_t>(code)];
    }
    s.distinct = std::count_if(counts.begin(), counts.end(), [](std::int64_t c) { return c > 0; });
    counts.resize(std::min(counts.size(), ColumnSummary::kMostBins));
    s.bins = std::move(counts);
    s.count = n - s.missing;
    return s;
  }
  std::vector<double> values;
  values.reserve(static_cast<std::size_t>(n));
  double sum = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const double v = column.value(rowOf(i));
    if (std::isnan(v)) {
      ++s.missing;
      continue;
    }
    values.push_back(v);
    sum += v;
  }
  s.count = static_cast<std::int64_t>(values.size());
  if (values.empty()) return s;
  std::unordered_set<double> seen;
  for (const double v : values)
    if (static_cast<std::int64_t>(seen.size()) < ColumnSummary::kMostDistinct) seen.insert(v);
  s.distinct = static_cast<std::int64_t>(seen.size());
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  s.low = *low, s.high = *high;
  s.mean = sum / static_cast<double>(values.size());
  double squares = 0;
  const std::size_t bins = std::min<std::size_t>(ColumnSummary::kMostBins, static_cast<std::size_t>(std::max<std::int64_t>(1, s.distinct)));
  s.bins.assign(bins, 0);
  const double width = (s.high - s.low) / static_cast<double>(bins);
  for (const double v : values) {
    squares += (v - s.mean) * (v - s.mean);
    const std::size_t bin = width > 0 ? std::min(bins - 1, static_cast<std::size_t>((v - s.low) / width)) : 0;
    ++s.bins[bin];
  }
  s.deviation = std::sqrt(squares / static_cast<double>(values.size()));
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle), values.end());
  s.median = values[middle];
  if (values.size() % 2 == 0) s.median = (s.median + *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle))) / 2;
  return s;
}

}  // namespace vitrine
