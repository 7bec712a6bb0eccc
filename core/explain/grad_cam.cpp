#include "core/explain/grad_cam.h"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

/// Where along one axis an output pixel looks: between two pixels, and how near the second.
struct Tap {
  std::int64_t low, high;
  double share;
};

std::vector<Tap> taps(std::int64_t from, std::int64_t to, bool corners = false) {
  std::vector<Tap> out;
  for (std::int64_t i = 0; i < to; ++i) {
    double at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
    if (corners) at = to > 1 ? static_cast<double>(i) * static_cast<double>(from - 1) / static_cast<double>(to - 1) : 0;
    const double inside = std::max(at, 0.0);
    const std::int64_t low = std::min(static_cast<std::int64_t>(inside), from - 1);
    out.push_back({low, std::min(low + 1, from - 1), inside - static_cast<double>(low)});
  }
  return out;
}

}  // namespace

Tensor resizeBilinear(const Tensor& image, std::int64_t height, std::int64_t width, bool corners) {
  const std::int64_t channels = image.shape[2], from = image.shape[1];
  const std::vector<Tap> rows = taps(image.shape[0], height, corners), columns = taps(from, width, corners);
  Tensor out(Shape{height, width, channels});
  auto at = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
    return static_cast<double>(image.data[static_cast<std::size_t>((y * from + x) * channels + c)]);
  };
  std::size_t i = 0;
  for (const Tap& y : rows)
    for (const Tap& x : columns)
      for (std::int64_t c = 0; c < channels; ++c) {
        const double top = at(y.low, x.low, c) * (1 - x.share) + at(y.low, x.high, c) * x.share;
        const double bottom = at(y.high, x.low, c) * (1 - x.share) + at(y.high, x.high, c) * x.share;
        out.data[i++] = static_cast<Real>(top * (1 - y.share) + bottom * y.share);
      }
  return out;
}

Tensor classActivationMap(const Shape& shape, const Real* activation, const Real* gradient) {
  const std::int64_t pixels = shape[0] * shape[1], channels = shape[2];
  std::vector<double> weights(static_cast<std::size_t>(channels), 0.0);
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c)
      weights[static_cast<std::size_t>(c)] += static_cast<double>(gradient[p * channels + c]) / static_cast<double>(pixels);
  Tensor map(Shape{shape[0], shape[1], 1});
  for (std::int64_t p = 0; p < pixels; ++p) {
    double sum = 0;
    for (std::int64_t c = 0; c < channels; ++c)
      sum += weights[static_cast<std::size_t>(c)] * static_cast<double>(activation[p * channels + c]);
    map.data[static_cast<std::size_t>(p)] = static_cast<Real>(sum);
  }
  return map;
}

Tensor resizeNearest(const Tensor& image, std::int64_t height, std::int64_t width) {
  const std::int64_t channels = image.shape[2], from = image.shape[1];
  Tensor out(Shape{height, width, channels});
  std::size_t i = 0;
  for (std::int64_t y = 0; y < height; ++y)
    for (std::int64_t x = 0; x < width; ++x)
      for (std::int64_t c = 0; c < channels; ++c)
        out.data[i++] = image.data[static_cast<std::size_t>((y * image.shape[0] / height * from + x * from / width) * channels + c)];
  return out;
}

void scaleToOne(std::span<Real> values, double epsilon) {
  const auto [lowest, highest] = std::minmax_element(values.begin(), values.end());
  const Real low = *lowest, span = static_cast<Real>(epsilon) + (*highest - low);
  for (Real& v : values) v = (v - low) / span;
}

Tensor activationMap(MapKind kind, const Shape& shape, const Real* activation, const Real* gradient) {
  const std::int64_t pixels = shape[0] * shape[1], channels = shape[2];
  const std::size_t all = static_cast<std::size_t>(channels);
  if (kind == MapKind::GradCam) return classActivationMap(shape, activation, gradient);
  std::vector<double> weights(all, 0.0), sums(all, 0.0);
  const auto a = [&](std::int64_t p, std::size_t c) { return static_cast<double>(activation[static_cast<std::size_t>(p * channels) + c]); };
  const auto g = [&](std::int64_t p, std::size_t c) { return static_cast<double>(gradient[static_cast<std::size_t>(p * channels) + c]); };
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::size_t c = 0; c < all; ++c) sums[c] += a(p, c);
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::size_t c = 0; c < all; ++c) {
      const double slope = g(p, c);
      if (kind == MapKind::XGradCam) weights[c] += slope * a(p, c) / (sums[c] + 1e-7);
      if (kind == MapKind::GradCamPlusPlus && !(slope <= 0))
        weights[c] += slope * slope * slope / (2 * slope * slope + sums[c] * slope * slope * slope + 1e-6);
    }
  Tensor map(Shape{shape[0], shape[1], 1});
  for (std::int64_t p = 0; p < pixels; ++p) {
    double sum = 0;
    for (std::size_t c = 0; c < all; ++c) {
      const double slope = g(p, c);
      const double weight = kind == MapKind::HiResCam ? slope : kind == MapKind::LayerCam ? (slope < 0 ? 0 : slope) : weights[c];
      sum += weight * a(p, c);
    }
    map.data[static_cast<std::size_t>(p)] = static_cast<Real>(sum);
  }
  return map;
}

Tensor eigenMap(const Shape& shape, const Real* activation) {
  const Eigen::Index pixels = shape[0] * shape[1], channels = shape[2];
  Eigen::MatrixXd centred(pixels, channels);
  for (Eigen::Index p = 0; p < pixels; ++p)
    for (Eigen::Index c = 0; c < channels; ++c) centred(p, c) = static_cast<double>(activation[p * channels + c]);
  const Eigen::VectorXd plane = centred.rowwise().sum();
  centred.rowwise() -= centred.colwise().mean().eval();
  // The smaller side's products have the same eigenvalues λ: A v, v the right singular vector, is √λ times the left one.
  const bool wide = channels > pixels;
  const Eigen::MatrixXd side = wide ? Eigen::MatrixXd(centred.transpose()) : centred;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(side.transpose() * side);
  const Eigen::VectorXd first = solver.eigenvectors().rightCols<1>();
  Eigen::VectorXd map = wide ? Eigen::VectorXd(std::sqrt(std::max(solver.eigenvalues()[pixels - 1], 0.0)) * first) : Eigen::VectorXd(centred * first);
  if (map.dot(plane) < 0) map = -map;
  Tensor out(Shape{shape[0], shape[1], 1});
  for (Eigen::Index p = 0; p < pixels; ++p) out.data[static_cast<std::size_t>(p)] = static_cast<Real>(map[p]);
  return out;
}

}  // namespace vitrine
