#pragma once

#include <string>
#include <vector>

namespace vitrine {

/// Points in [0, 1] and their weights, which sum to 1: an integral's approximation.
struct Quadrature {
  std::vector<double> points, weights;
};

/// `rule`: "gauss-legendre" (exact for polynomials up to degree 2n − 1), "midpoint", "trapezoid" (ends at 0 and 1 count
/// half), "left" (0 … 1 − 1/n), "right" (1/n … 1). Requires one of these and n ≥ 2.
Quadrature quadrature(const std::string& rule, int n);

}  // namespace vitrine
