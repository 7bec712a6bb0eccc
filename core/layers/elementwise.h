#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <cstdint>

#include "core/base/real.h"

namespace vitrine {

/// Sixteen numbers in registers.
using Lanes = Eigen::Array<Real, 16, 1>;

/// y[i] = f(x[i]) for i < n, f: Lanes → Lanes; x and y may be the same. Every element goes through the same vector
/// instructions wherever it stands: Eigen's own loops give the ends of an array to the C library, whose exp and tanh
/// differ in the last bit, and results would depend on how rows are cut into blocks.
template <class F>
void forLanes(std::int64_t n, const Real* x, Real* y, F&& f) {
  constexpr std::int64_t kWidth = Lanes::SizeAtCompileTime;
  std::int64_t i = 0;
  for (; i + kWidth <= n; i += kWidth) {
    const Lanes in = Eigen::Map<const Lanes>(x + i);
    Eigen::Map<Lanes>(y + i) = Lanes(f(in));
  }
  if (i == n) return;
  Lanes rest = Lanes::Zero();
  std::copy(x + i, x + n, rest.data());
  const Lanes done = f(rest);
  std::copy_n(done.data(), n - i, y + i);
}

}  // namespace vitrine
