#include "core/explain/quadrature.h"

#include <cmath>
#include <numbers>

namespace vitrine {
namespace {

/// Roots of the Legendre polynomial P_n by Newton's method from Tricomi's estimate; moved from [−1, 1] to [0, 1].
/// 50 nodes take some 10 µs, so there is nothing to gain by keeping them.
Quadrature gaussLegendre(int n) {
  Quadrature q{std::vector<double>(static_cast<std::size_t>(n)), std::vector<double>(static_cast<std::size_t>(n))};
  for (int i = 0; i < (n + 1) / 2; ++i) {
    double x = std::cos(std::numbers::pi * (i + 0.75) / (n + 0.5)), slope = 0;
    for (int step = 0; step < 50; ++step) {
      double before = 1, value = x;  // P_0, P_1
      for (int k = 2; k <= n; ++k) {
        const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
        before = value;
        value = next;
      }
      slope = n * (x * value - before) / (x * x - 1);
      const double change = value / slope;
      x -= change;
      if (std::abs(change) < 1e-15) break;
    }
    // Roots lie in pairs about the middle; the middle one of an odd n is its own mirror image.
    const double weight = 1 / ((1 - x * x) * slope * slope);
    const std::size_t low = static_cast<std::size_t>(i), high = static_cast<std::size_t>(n - 1 - i);
    q.points[low] = (1 - x) / 2;
    q.points[high] = (1 + x) / 2;
    q.weights[low] = q.weights[high] = weight;
  }
  return q;
}

}  // namespace

Quadrature quadrature(const std::string& rule, int n) {
  if (rule == "gauss-legendre") return gaussLegendre(n);
  Quadrature q;
  for (int i = 0; i < n; ++i) {
    double point = (i + 0.5) / n, weight = 1.0 / n;
    if (rule == "left") point = static_cast<double>(i) / n;
    if (rule == "right") point = (i + 1.0) / n;
    if (rule == "trapezoid") {
      point = static_cast<double>(i) / (n - 1);
      weight = (i == 0 || i == n - 1 ? 0.5 : 1.0) / (n - 1);
    }
    q.points.push_back(point);
    q.weights.push_back(weight);
  }
  return q;
}

}  // namespace vitrine
