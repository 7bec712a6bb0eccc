// Training images changed a little at random.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/random.h"
#include "core/data/dataset.h"

namespace vitrine {
namespace {

/// One image, channels last, in the network's units.
struct Image {
  std::int64_t height, width, channels;
  Real* values;
  Real* at(std::int64_t y, std::int64_t x) const { return values + (y * width + x) * channels; }
};

/// Turned about the middle, mirrored and moved; beyond the edges stands the edge.
void move(const Image& image, const Augmentation& a, Rng& rng, std::vector<Real>& room) {
  const std::int64_t reach = 2 * a.shift + 1;
  const std::int64_t dy = a.shift > 0 ? static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(reach))) - a.shift : 0;
  const std::int64_t dx = a.shift > 0 ? static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(reach))) - a.shift : 0;
  const bool left = a.flipHorizontal && rng.uniform() < 0.5, over = a.flipVertical && rng.uniform() < 0.5;
  const double angle = a.rotate > 0 ? rng.uniform(-a.rotate, a.rotate) * std::numbers::pi / 180 : 0;
  if (dy == 0 && dx == 0 && !left && !over && angle == 0) return;
  room.assign(image.values, image.values + image.height * image.width * image.channels);
  const Image from{image.height, image.width, image.channels, room.data()};
  const double cy = static_cast<double>(image.height - 1) / 2, cx = static_cast<double>(image.width - 1) / 2;
  const double cosine = std::cos(angle), sine = std::sin(angle);
  for (std::int64_t y = 0; y < image.height; ++y)
    for (std::int64_t x = 0; x < image.width; ++x) {
      const double v = static_cast<double>((over ? image.height - 1 - y : y) - dy) - cy, u = static_cast<double>((left ? image.width - 1 - x : x) - dx) - cx;
      const double sy = std::clamp(cosine * v - sine * u + cy, 0.0, static_cast<double>(image.height - 1));
      const double sx = std::clamp(sine * v + cosine * u + cx, 0.0, static_cast<double>(image.width - 1));
      const std::int64_t y0 = static_cast<std::int64_t>(sy), x0 = static_cast<std::int64_t>(sx);
      const std::int64_t y1 = std::min(y0 + 1, image.height - 1), x1 = std::min(x0 + 1, image.width - 1);
      const Real fy = static_cast<Real>(sy - static_cast<double>(y0)), fx = static_cast<Real>(sx - static_cast<double>(x0));
      for (std::int64_t c = 0; c < image.channels; ++c) {
        const Real top = from.at(y0, x0)[c] * (1 - fx) + from.at(y0, x1)[c] * fx, bottom = from.at(y1, x0)[c] * (1 - fx) + from.at(y1, x1)[c] * fx;
        image.at(y, x)[c] = top * (1 - fy) + bottom * fy;
      }
    }
}

void cut(const Image& image, std::int64_t side, Rng& rng) {
  const std::int64_t pixels = image.height * image.width;
  const std::int64_t y0 = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(image.height))) - side / 2;
  const std::int64_t x0 = static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(image.width))) - side / 2;
  for (std::int64_t c = 0; c < image.channels; ++c) {
    double sum = 0;
    for (std::int64_t p = 0; p < pixels; ++p) sum += static_cast<double>(image.values[p * image.channels + c]);
    const Real mean = static_cast<Real>(sum / static_cast<double>(pixels));
    for (std::int64_t y = std::max<std::int64_t>(0, y0); y < std::min(image.height, y0 + side); ++y)
      for (std::int64_t x = std::max<std::int64_t>(0, x0); x < std::min(image.width, x0 + side); ++x) image.at(y, x)[c] = mean;
  }
}

}  // namespace

void gatherTraining(const Dataset& data, std::span<const std::int32_t> rows, std::uint64_t seed, std::uint64_t step, std::int64_t first, std::vector<Real>& room, Real* out) {
  gatherInputs(data, rows, out);
  const Augmentation& a = data.recipe.images.augment;
  if (!a.any() || !data.spec.input.isImage()) return;
  const Shape& s = data.spec.input;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const Image image{s[0], s[1], s[2], out + static_cast<std::int64_t>(r) * s.size()};
    Rng rng(seed, Stream::Augment, step, static_cast<std::uint64_t>(first) + r);
    move(image, a, rng, room);
    if (a.cutout > 0) cut(image, a.cutout, rng);
    if (a.noise > 0)
      for (std::int64_t i = 0; i < s.size(); ++i) image.values[i] += static_cast<Real>(a.noise * rng.normal());
  }
}

}  // namespace vitrine
