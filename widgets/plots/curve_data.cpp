#include "widgets/plots/curve_data.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace vitrine {

double Smoother::next(double value) {
  if (!std::isfinite(value)) return value;
  sum_ = amount_ * sum_ + (1 - amount_) * value;
  weight_ = amount_ * weight_ + (1 - amount_);
  return sum_ / weight_;
}

std::vector<CurvePoint> decimate(const std::vector<double>& x, const std::vector<double>& y, std::size_t from,
                                 std::size_t bucket) {
  std::vector<CurvePoint> out;
  for (std::size_t i = from; i < x.size(); i += bucket) {
    const std::size_t end = std::min(i + bucket, x.size());
    std::size_t low = end, high = end;
    for (std::size_t k = i; k < end; ++k) {
      if (std::isnan(y[k])) continue;
      if (low == end || y[k] < y[low]) low = k;
      if (high == end || y[k] > y[high]) high = k;
    }
    if (low == end) {
      out.push_back({x[i], std::numeric_limits<double>::quiet_NaN()});
      continue;
    }
    out.push_back({x[std::min(low, high)], y[std::min(low, high)]});
    if (low != high) out.push_back({x[std::max(low, high)], y[std::max(low, high)]});
  }
  return out;
}

std::vector<CurvePoint> clipCurve(const std::vector<CurvePoint>& points, double xLow, double xHigh, double yLow,
                                  double yHigh) {
  std::vector<CurvePoint> out;
  const auto gap = [&](double x) {
    if (!out.empty() && !std::isnan(out.back().y)) out.push_back({x, std::numeric_limits<double>::quiet_NaN()});
  };
  for (std::size_t i = 1; i < points.size(); ++i) {
    const CurvePoint a = points[i - 1], b = points[i];
    if (!std::isfinite(a.y) || !std::isfinite(b.y)) {
      gap(b.x);
      continue;
    }
    // Liang–Barsky: the stretch [from, to] of the segment that is inside all four borders.
    double from = 0, to = 1;
    const double dx = b.x - a.x, dy = b.y - a.y;
    const double p[4] = {-dx, dx, -dy, dy};
    const double q[4] = {a.x - xLow, xHigh - a.x, a.y - yLow, yHigh - a.y};
    bool inside = true;
    for (int k = 0; k < 4; ++k) {
      if (p[k] == 0) {
        inside = inside && q[k] >= 0;
      } else if (p[k] < 0) {
        from = std::max(from, q[k] / p[k]);
      } else {
        to = std::min(to, q[k] / p[k]);
      }
    }
    if (!inside || from > to) {
      gap(b.x);
      continue;
    }
    const CurvePoint start{a.x + from * dx, a.y + from * dy}, end{a.x + to * dx, a.y + to * dy};
    if (out.empty() || !(out.back() == start)) {
      gap(start.x);
      out.push_back(start);
    }
    out.push_back(end);
  }
  return out;
}

std::size_t nearestIndex(const std::vector<double>& x, double value) {
  const auto above = std::lower_bound(x.begin(), x.end(), value);
  if (above == x.begin()) return 0;
  if (above == x.end()) return x.size() - 1;
  const std::size_t i = static_cast<std::size_t>(above - x.begin());
  return value - x[i - 1] <= x[i] - value ? i - 1 : i;
}

}  // namespace vitrine
