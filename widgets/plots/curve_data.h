#pragma once

#include <cstddef>
#include <vector>

namespace vitrine {

/// Exponential moving average without the pull towards 0 of its first values: what TensorBoard calls smoothing. NaN
/// gives NaN and leaves the average as it is.
class Smoother {
 public:
  /// amount in [0, 1): the weight of what was before.
  explicit Smoother(double amount = 0) : amount_(amount) {}
  double next(double value);

 private:
  double amount_;
  double sum_ = 0;
  double weight_ = 0;
};

struct CurvePoint {
  double x = 0, y = 0;
  bool operator==(const CurvePoint&) const = default;
};

/// Points [from, x.size()) of a curve with `bucket` neighbours told by their lowest and highest alone, in the order of
/// x; a bucket of NaN only stays one NaN. bucket 1 keeps all. `from` is a multiple of bucket.
std::vector<CurvePoint> decimate(const std::vector<double>& x, const std::vector<double>& y, std::size_t from,
                                 std::size_t bucket);

/// The parts of a curve within a rectangle, cut at its border, with a NaN point between parts.
std::vector<CurvePoint> clipCurve(const std::vector<CurvePoint>& points, double xLow, double xHigh, double yLow,
                                  double yHigh);

/// Index of the x nearest to a value. Requires x sorted and not empty.
std::size_t nearestIndex(const std::vector<double>& x, double value);

}  // namespace vitrine
