#include "core/base/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"

namespace vitrine {

MeanDeviation meanAndDeviation(std::span<const double> values) {
  if (values.empty()) return {kNan, kNan};
  const double n = static_cast<double>(values.size());
  const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  double squares = 0;
  for (const double v : values) squares += (v - mean) * (v - mean);
  return {mean, n > 1 ? std::sqrt(squares / (n - 1)) : kNan};
}

double determination(std::span<const double> truth, std::span<const double> told, std::span<const double> weights) {
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  double sum = 0, mean = 0, left = 0, all = 0;
  // Of equal numbers the deviations are rounding noise, which need not be 0.
  if (const auto [low, high] = std::minmax_element(truth.begin(), truth.end()); low == truth.end() || *low == *high) return kNan;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += weight(i), mean += weight(i) * truth[i];
  mean /= sum;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    left += weight(i) * (truth[i] - told[i]) * (truth[i] - told[i]);
    all += weight(i) * (truth[i] - mean) * (truth[i] - mean);
  }
  return all > 0 ? 1 - left / all : kNan;
}

double quantile(std::span<const double> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const std::size_t below = std::min(sorted.size() - 1, static_cast<std::size_t>(at)), above = std::min(sorted.size() - 1, below + 1);
  return sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

std::vector<std::int32_t> risingOrder(std::span<const double> values) {
  std::vector<std::int32_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) order.push_back(static_cast<std::int32_t>(i));
  std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return values[static_cast<std::size_t>(a)] < values[static_cast<std::size_t>(b)]; });
  return order;
}

void rankAlong(std::span<const double> values, std::span<const std::int32_t> order, std::span<double> ranks) {
  const auto at = [&](std::size_t i) { return values[static_cast<std::size_t>(order[i])]; };
  for (std::size_t i = 0; i < order.size();) {
    std::size_t end = i + 1;
    while (end < order.size() && at(end) == at(i)) ++end;
    const double average = (static_cast<double>(i) + static_cast<double>(end) + 1) / 2;
    for (; i < end; ++i) ranks[static_cast<std::size_t>(order[i])] = average;
  }
}

std::vector<double> ranksOf(std::span<const double> values) {
  std::vector<double> ranks(values.begin(), values.end());
  rankAlong(values, risingOrder(values), ranks);
  return ranks;
}

}  // namespace vitrine
