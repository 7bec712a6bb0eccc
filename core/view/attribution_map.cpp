#include "core/view/attribution_map.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

/// One pass of the blur along lines of `n` cells, `step` apart.
void blurLine(const Real* in, Real* out, int n, int step, std::span<const double> kernel) {
  const int reach = static_cast<int>(kernel.size()) - 1;
  for (int i = 0; i < n; ++i) {
    double sum = 0, weight = 0;
    for (int k = std::max(-reach, -i); k <= std::min(reach, n - 1 - i); ++k) {
      const double w = kernel[static_cast<std::size_t>(std::abs(k))];
      sum += w * static_cast<double>(in[(i + k) * step]);
      weight += w;
    }
    out[i * step] = static_cast<Real>(sum / weight);
  }
}

}  // namespace

std::vector<Real> gaussianBlur(std::span<const Real> values, int height, int width, double sigma) {
  std::vector<Real> out(values.begin(), values.end());
  if (sigma <= 0 || out.empty()) return out;
  std::vector<double> kernel(static_cast<std::size_t>(std::ceil(3 * sigma)) + 1);
  for (std::size_t k = 0; k < kernel.size(); ++k) kernel[k] = std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
  std::vector<Real> rows(out.size());
  for (int y = 0; y < height; ++y) blurLine(out.data() + y * width, rows.data() + y * width, width, 1, kernel);
  for (int x = 0; x < width; ++x) blurLine(rows.data() + x, out.data() + x, height, width, kernel);
  return out;
}

std::vector<Real> shownPlane(std::span<const Real> values, int height, int width, int channels, const AttributionLook& look) {
  std::vector<Real> plane(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < plane.size(); ++i)
    for (int c = 0; c < channels; ++c) plane[i] += values[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)];
  if (look.blur > 0) plane = gaussianBlur(plane, height, width, look.blur);
  for (Real& v : plane) {
    if (std::isnan(v)) continue;
    switch (look.sign) {
      case SignShown::Signed: break;
      case SignShown::Absolute: v = std::abs(v); break;
      case SignShown::Positive: v = std::max<Real>(v, 0); break;
      case SignShown::Negative: v = std::max<Real>(-v, 0); break;
    }
  }
  return plane;
}

double magnitudePercentile(std::span<const Real> values, double p) {
  std::vector<double> m;
  m.reserve(values.size());
  for (Real v : values)
    if (std::isfinite(v)) m.push_back(std::abs(static_cast<double>(v)));
  if (m.empty()) return 0;
  const double at = std::clamp(p, 0.0, 100.0) / 100 * static_cast<double>(m.size() - 1);
  const std::size_t below = static_cast<std::size_t>(at);
  std::nth_element(m.begin(), m.begin() + static_cast<std::ptrdiff_t>(below), m.end());
  const double low = m[below];
  if (below + 1 >= m.size()) return low;
  const double high = *std::min_element(m.begin() + static_cast<std::ptrdiff_t>(below) + 1, m.end());
  return low + (at - static_cast<double>(below)) * (high - low);
}

Range attributionRange(std::span<const Real> values, bool isSigned, double percentile) {
  const double m = magnitudePercentile(values, percentile);
  const double top = m > 0 ? m : 1;
  return {isSigned ? -top : 0, top};
}

}  // namespace vitrine
