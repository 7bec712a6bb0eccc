#include "core/insight/data_statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/numbers.h"
#include "core/base/random.h"
#include "core/base/statistics.h"

namespace vitrine {
namespace {

constexpr double kMostWhole = 60;

std::vector<double> finite(std::span<const double> values) {
  std::vector<double> out;
  out.reserve(values.size());
  for (const double v : values)
    if (std::isfinite(v)) out.push_back(v);
  return out;
}

}  // namespace

Statistics statisticsOf(std::vector<double> values) {
  Statistics s;
  const std::size_t all = values.size();
  std::erase_if(values, [&](double v) {
    s.missing += std::isnan(v);
    return !std::isfinite(v);
  });
  s.count = static_cast<std::int64_t>(values.size());
  s.infinite = static_cast<std::int64_t>(all) - s.count - s.missing;
  if (values.empty()) {
    s.mean = s.deviation = s.min = s.q1 = s.median = s.q3 = s.max = kNan;
    return s;
  }
  std::sort(values.begin(), values.end());
  s.min = values.front(), s.max = values.back();
  s.q1 = quantile(values, 0.25), s.median = quantile(values, 0.5), s.q3 = quantile(values, 0.75);
  const double n = static_cast<double>(values.size()), origin = s.median;
  double sum = 0, squares = 0;
  for (const double v : values) sum += v - origin;
  s.mean = origin + sum / n;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - s.mean) * (values[i] - s.mean);
    s.distinct += i == 0 || values[i] != values[i - 1];
  }
  s.deviation = s.min == s.max ? 0 : std::sqrt(squares / n);
  return s;
}

double Bins::edge(int i) const {
  // Rounded twice, as written: a fused multiply-add would put values that lie on an edge into another bin.
  const volatile double offset = (high - low) / count * i;
  return i == count ? high : low + offset;
}

Bins binsFor(std::span<const double> values, int most) {
  std::vector<double> v = finite(values);
  if (v.empty()) return {};
  std::sort(v.begin(), v.end());
  const double low = v.front(), high = v.back(), span = high - low;
  const bool whole = std::abs(low) < 1e15 && std::all_of(v.begin(), v.end(), [](double x) { return x == std::floor(x); });
  if (whole && span < kMostWhole) return {low - 0.5, high + 0.5, static_cast<int>(span) + 1, true};
  if (!(span > 0)) return {low - 0.5, high + 0.5, 1, false};
  const double n = static_cast<double>(v.size());
  const double sturges = span / (std::log2(n) + 1);
  const double freedman = 2 * (quantile(v, 0.75) - quantile(v, 0.25)) / std::cbrt(n);
  const double width = freedman > 0 ? std::min(freedman, sturges) : sturges;
  return {low, high, static_cast<int>(std::clamp(std::ceil(span / width), 1.0, static_cast<double>(most))), false};
}

std::vector<std::int64_t> countIn(const Bins& bins, std::span<const double> values) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(bins.count));
  const double scale = bins.count / (bins.high - bins.low);
  for (const double v : values) {
    if (!(v >= bins.low && v <= bins.high)) continue;
    int i = std::min(bins.count - 1, static_cast<int>((v - bins.low) * scale));
    // The edges decide, not a product that rounding has touched.
    if (i > 0 && v < bins.edge(i)) --i;
    if (i + 1 < bins.count && v >= bins.edge(i + 1)) ++i;
    ++counts[static_cast<std::size_t>(i)];
  }
  return counts;
}

std::vector<std::int32_t> sampleRows(std::int64_t n, std::int64_t most, std::uint64_t seed) {
  Rng rng(seed, Stream::View);
  std::vector<std::int32_t> rows;
  rows.reserve(static_cast<std::size_t>(std::min(n, most)));
  for (std::int64_t i = 0; i < n; ++i) {
    const double left = static_cast<double>(n - i), wanted = static_cast<double>(std::min(n, most) - static_cast<std::int64_t>(rows.size()));
    if (wanted >= left || rng.uniform() * left < wanted) rows.push_back(static_cast<std::int32_t>(i));
  }
  return rows;
}

}  // namespace vitrine
