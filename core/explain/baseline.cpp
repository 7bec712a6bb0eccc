#include "core/explain/baseline.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/explain/pass.h"

namespace vitrine {
namespace {

/// One axis of `values` blurred: `lines` runs of `length` numbers, `step` apart; edges repeated.
void blurAxis(std::vector<double>& values, std::int64_t length, std::int64_t step, const std::vector<double>& kernel) {
  const std::int64_t reach = static_cast<std::int64_t>(kernel.size()) - 1, block = length * step;
  std::vector<double> line(static_cast<std::size_t>(length));
  for (std::int64_t start = 0; start < static_cast<std::int64_t>(values.size()); start += block)
    for (std::int64_t offset = 0; offset < step; ++offset) {
      double* v = values.data() + start + offset;
      for (std::int64_t i = 0; i < length; ++i) {
        double sum = kernel[0] * v[i * step];
        for (std::int64_t k = 1; k <= reach; ++k)
          sum += kernel[static_cast<std::size_t>(k)] * (v[std::max<std::int64_t>(i - k, 0) * step] + v[std::min(i + k, length - 1) * step]);
        line[static_cast<std::size_t>(i)] = sum;
      }
      for (std::int64_t i = 0; i < length; ++i) v[i * step] = line[static_cast<std::size_t>(i)];
    }
}

}  // namespace

std::vector<Real> meanBaseline(const Dataset& data, std::int64_t most) {
  const std::int64_t n = data.spec.input.size(), rows = static_cast<std::int64_t>(data.train.size());
  if (rows == 0 || most < 1) return {};
  const std::int64_t count = std::min(rows, most);
  std::vector<double> sum(static_cast<std::size_t>(n), 0.0);
  std::vector<Real> x(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int32_t row = data.train[static_cast<std::size_t>(i * rows / count)];
    gatherInputs(data, {&row, 1}, x.data());
    for (std::size_t j = 0; j < x.size(); ++j) sum[j] += static_cast<double>(x[j]);
  }
  for (std::size_t j = 0; j < x.size(); ++j) x[j] = static_cast<Real>(sum[j] / static_cast<double>(count));
  return x;
}

std::vector<Real> blurredBaseline(const Shape& shape, std::span<const Real> input, double sigma) {
  if (shape.rank() == 1) return {input.begin(), input.end()};
  std::int64_t longest = 1;
  for (int d = 0; d + 1 < shape.rank(); ++d) longest = std::max(longest, shape[d]);
  const std::int64_t reach = std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(std::min(4 * sigma, 1e6))), 1, 2 * longest);
  std::vector<double> kernel(static_cast<std::size_t>(reach) + 1);
  for (std::size_t k = 0; k < kernel.size(); ++k) kernel[k] = std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
  const double sum = 2 * std::accumulate(kernel.begin(), kernel.end(), 0.0) - kernel[0];
  for (double& k : kernel) k /= sum;
  std::vector<double> values(input.begin(), input.end());
  std::int64_t step = shape.dims.back();
  for (int d = shape.rank() - 2; d >= 0; --d) {
    blurAxis(values, shape[d], step, kernel);
    step *= shape[d];
  }
  return {values.begin(), values.end()};
}

std::vector<Real> backgroundSamples(const Dataset& data, std::int64_t count, std::uint64_t seed) {
  std::vector<std::int32_t> rows = data.train;
  Rng rng = explainRng(seed, DrawnFor::Background);
  const std::size_t wanted = std::min(rows.size(), static_cast<std::size_t>(std::max<std::int64_t>(count, 0)));
  for (std::size_t i = 0; i < wanted; ++i) std::swap(rows[i], rows[i + rng.below(rows.size() - i)]);
  rows.resize(wanted);
  std::vector<Real> out(wanted * static_cast<std::size_t>(data.spec.input.size()));
  if (wanted > 0) gatherInputs(data, rows, out.data());
  return out;
}

}  // namespace vitrine
