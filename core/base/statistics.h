#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace vitrine {

struct MeanDeviation {
  double mean = 0;
  double deviation = 0;  ///< the sample's, with n − 1; NaN for fewer than two values
};
/// NaN where there are no values.
MeanDeviation meanAndDeviation(std::span<const double> values);

/// R² = 1 − Σ w (t − y)² / Σ w (t − mean)², weights 1 where none are given; NaN where the truth t does not vary.
double determination(std::span<const double> truth, std::span<const double> told, std::span<const double> weights = {});

/// The quantile q in [0, 1] of sorted finite numbers, interpolated linearly (type 7 of Hyndman & Fan 1996, numpy's default). Requires some.
double quantile(std::span<const double> sorted, double q);

/// Places of the finite numbers by rising value, of equals the first.
std::vector<std::int32_t> risingOrder(std::span<const double> values);
/// Ranks from 1 on along `order` (places by rising value), ties averaged, written to those places of `ranks`; others are left as they are.
void rankAlong(std::span<const double> values, std::span<const std::int32_t> order, std::span<double> ranks);
/// Ranks from 1 on, ties averaged; NaN stays NaN.
std::vector<double> ranksOf(std::span<const double> values);

}  // namespace vitrine
