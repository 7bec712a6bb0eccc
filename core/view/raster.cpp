#include "core/view/raster.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace vitrine {
namespace {

std::size_t count(int rows, int cols) { return static_cast<std::size_t>(rows) * static_cast<std::size_t>(cols); }

/// A map and a range made ready for many values.
class Painter {
 public:
  Painter(Range range, ColorMap map) : table_(colorTable(map)), low_(range.low), last_(isDiverging(map) ? 254 : 255) {
    scale_ = range.high > range.low ? last_ / (range.high - range.low) : 0;
    offset_ = range.high > range.low ? 0 : last_ / 2;
  }
  std::uint32_t operator()(double value) const {
    if (std::isnan(value)) return kNanPixel;
    if (std::isinf(value)) return table_[value > 0 ? static_cast<std::size_t>(last_) : 0];
    const double i = std::clamp((value - low_) * scale_ + offset_, 0.0, last_);
    return table_[static_cast<std::size_t>(i + 0.5)];
  }

 private:
  std::span<const std::uint32_t, 256> table_;
  double low_, last_, scale_ = 0, offset_ = 0;
};

std::uint32_t blend(std::uint32_t base, std::uint32_t top, double alpha) {
  const double f = alpha * (top >> 24) / 255.0;
  std::uint32_t out = 0xff000000;
  for (int shift = 0; shift <= 16; shift += 8) {
    const double a = (base >> shift) & 255, b = (top >> shift) & 255;
    out |= static_cast<std::uint32_t>(std::lround(a + (b - a) * f)) << shift;
  }
  return out;
}

/// Source positions and the weight of the second for one axis of a bilinear scaling with aligned pixel centres.
struct Tap {
  int a, b;
  double f;
};
std::vector<Tap> taps(int from, int to) {
  std::vector<Tap> out(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double s = std::clamp((i + 0.5) * from / to - 0.5, 0.0, from - 1.0);
    const int a = static_cast<int>(s);
    out[static_cast<std::size_t>(i)] = {a, std::min(a + 1, from - 1), s - a};
  }
  return out;
}

}  // namespace

Range symmetricRange(std::span<const Real> values) {
  double most = 0;
  for (const Real v : values)
    if (std::isfinite(v)) most = std::max(most, std::abs(static_cast<double>(v)));
  return most > 0 ? Range{-most, most} : Range{-1, 1};
}

Range fullRange(std::span<const Real> values) {
  bool any = false;
  Range range;
  for (const Real v : values) {
    if (!std::isfinite(v)) continue;
    if (!any) range = {v, v};
    any = true;
    range.low = std::min<double>(range.low, v);
    range.high = std::max<double>(range.high, v);
  }
  if (range.low == range.high) return {range.low - 0.5, range.high + 0.5};
  return range;
}

Range rangeFor(ColorMap map, std::span<const Real> values) {
  return isDiverging(map) ? symmetricRange(values) : fullRange(values);
}

Raster rasterize(std::span<const Real> values, int rows, int cols, Range range, ColorMap map) {
  if (rows < 0 || cols < 0 || values.size() != count(rows, cols)) return {};
  Raster out(cols, rows);
  const Painter paint(range, map);
  std::transform(values.begin(), values.end(), out.argb.begin(), paint);
  return out;
}

bool hatchNan(Raster& raster, std::uint32_t ink, std::uint32_t paper) {
  bool any = false;
  for (int y = 0; y < raster.height; ++y)
    for (int x = 0; x < raster.width; ++x) {
      std::uint32_t& pixel = raster.at(x, y);
      if (pixel != kNanPixel) continue;
      any = true;
      pixel = (x + y) % 6 < 2 ? ink : paper;
    }
  return any;
}

std::vector<Real> mapValues(std::span<const Real> values, const MapsShape& shape, int i) {
  const std::size_t size = count(shape.height, shape.width);
  assert(i >= 0 && i < shape.count && values.size() == size * static_cast<std::size_t>(shape.count));
  std::vector<Real> out(size);
  const std::size_t step = shape.channelsLast ? static_cast<std::size_t>(shape.count) : 1;
  const std::size_t first = static_cast<std::size_t>(i) * (shape.channelsLast ? 1 : size);
  for (std::size_t k = 0; k < size; ++k) out[k] = values[first + k * step];
  return out;
}

MapGrid filterGrid(std::span<const Real> values, const MapsShape& shape, int columns, int gap, MapScale scale,
                   ColorMap map) {
  MapGrid out;
  if (shape.count <= 0) return out;
  out.columns = std::min(columns, shape.count);
  out.rows = (shape.count + out.columns - 1) / out.columns;
  out.gap = gap;
  out.raster = Raster(out.columns * shape.width + (out.columns - 1) * gap, out.rows * shape.height + (out.rows - 1) * gap);
  const Range layer = rangeFor(map, values);
  for (int i = 0; i < shape.count; ++i) {
    const std::vector<Real> one = mapValues(values, shape, i);
    out.ranges.push_back(scale == MapScale::EachMap ? rangeFor(map, one) : layer);
    const Painter paint(out.ranges.back(), map);
    const int left = i % out.columns * (shape.width + gap), top = i / out.columns * (shape.height + gap);
    for (int y = 0; y < shape.height; ++y)
      for (int x = 0; x < shape.width; ++x)
        out.raster.at(left + x, top + y) = paint(one[static_cast<std::size_t>(y) * shape.width + x]);
  }
  return out;
}

Raster imageRaster(std::span<const Real> pixels, int height, int width, int channels, Range range) {
  if (height < 0 || width < 0 || channels < 1 || pixels.size() != count(height, width) * static_cast<std::size_t>(channels)) return {};
  Raster out(width, height);
  for (std::size_t i = 0; i < out.argb.size(); ++i) {
    std::uint32_t argb = 0xff000000;
    for (int c = 0; c < 3; ++c) {
      const double value = pixels[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(channels >= 3 ? c : 0)];
      if (std::isnan(value)) {
        argb = kNanPixel;
        break;
      }
      argb |= static_cast<std::uint32_t>(std::lround(std::clamp(range.at(value), 0.0, 1.0) * 255)) << (16 - 8 * c);
    }
    out.argb[i] = argb;
  }
  return out;
}

Raster overlay(const Raster& base, const Raster& top, double alpha) {
  if (top.width != base.width || top.height != base.height)
    return overlay(base, scaleBilinear(top, base.width, base.height), alpha);
  Raster out = base;
  for (std::size_t i = 0; i < out.argb.size(); ++i) {
    if (top.argb[i] == kNanPixel || base.argb[i] == kNanPixel)
      out.argb[i] = kNanPixel;
    else
      out.argb[i] = blend(base.argb[i], top.argb[i], alpha);
  }
  return out;
}

Raster scaleNearest(const Raster& source, int width, int height) {
  Raster out(width, height);
  if (source.empty()) return out;
  for (int y = 0; y < height; ++y) {
    const int sy = static_cast<int>((2 * static_cast<std::int64_t>(y) + 1) * source.height / (2 * height));
    for (int x = 0; x < width; ++x) {
      const int sx = static_cast<int>((2 * static_cast<std::int64_t>(x) + 1) * source.width / (2 * width));
      out.at(x, y) = source.at(sx, sy);
    }
  }
  return out;
}

Raster scaleBilinear(const Raster& source, int width, int height) {
  Raster out(width, height);
  if (source.empty()) return out;
  const std::vector<Tap> xs = taps(source.width, width), ys = taps(source.height, height);
  for (int y = 0; y < height; ++y) {
    const Tap ty = ys[static_cast<std::size_t>(y)];
    for (int x = 0; x < width; ++x) {
      const Tap tx = xs[static_cast<std::size_t>(x)];
      const std::uint32_t p[4] = {source.at(tx.a, ty.a), source.at(tx.b, ty.a), source.at(tx.a, ty.b),
                                  source.at(tx.b, ty.b)};
      const double w[4] = {(1 - tx.f) * (1 - ty.f), tx.f * (1 - ty.f), (1 - tx.f) * ty.f, tx.f * ty.f};
      std::uint32_t argb = 0;
      for (int shift = 0; shift <= 24; shift += 8) {
        double sum = 0;
        for (int k = 0; k < 4; ++k) sum += w[k] * ((p[k] >> shift) & 255);
        argb |= static_cast<std::uint32_t>(std::lround(sum)) << shift;
      }
      for (int k = 0; k < 4; ++k)
        if (p[k] == kNanPixel && w[k] > 0) argb = kNanPixel;
      out.at(x, y) = argb;
    }
  }
  return out;
}

std::vector<Real> scaleBilinear(std::span<const Real> values, int rows, int cols, int height, int width) {
  assert(values.size() == count(rows, cols));
  std::vector<Real> out(count(height, width));
  if (values.empty()) return out;
  const std::vector<Tap> xs = taps(cols, width), ys = taps(rows, height);
  for (int y = 0; y < height; ++y) {
    const Tap ty = ys[static_cast<std::size_t>(y)];
    const Real* up = values.data() + count(ty.a, cols);
    const Real* down = values.data() + count(ty.b, cols);
    for (int x = 0; x < width; ++x) {
      const Tap tx = xs[static_cast<std::size_t>(x)];
      const double a = tx.f > 0 ? up[tx.a] * (1 - tx.f) + up[tx.b] * tx.f : up[tx.a];
      const double b = tx.f > 0 ? down[tx.a] * (1 - tx.f) + down[tx.b] * tx.f : down[tx.a];
      out[count(y, width) + static_cast<std::size_t>(x)] = static_cast<Real>(ty.f > 0 ? a * (1 - ty.f) + b * ty.f : a);
    }
  }
  return out;
}

}  // namespace vitrine
