#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/base/real.h"
#include "core/view/colormap.h"

namespace vitrine {

/// Values that are drawn as the two ends of a scale.
struct Range {
  double low = 0;
  double high = 1;
  bool operator==(const Range&) const = default;
  /// Where a value lies: 0 at low, 1 at high, 0.5 for an empty range; not clamped.
  double at(double value) const { return high > low ? (value - low) / (high - low) : 0.5; }
};

/// A pixel that stands for "not a number": transparent, so that a hatch drawn below shows through.
constexpr std::uint32_t kNanPixel = 0x00000001;

/// Pixels as 0xAARRGGBB (not premultiplied), row by row without padding.
struct Raster {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> argb;

  Raster() = default;
  Raster(int w, int h, std::uint32_t fill = 0)
      : width(w), height(h), argb(static_cast<std::size_t>(w) * static_cast<std::size_t>(h), fill) {}
  std::uint32_t& at(int x, int y) { return argb[static_cast<std::size_t>(y) * width + x]; }
  std::uint32_t at(int x, int y) const { return argb[static_cast<std::size_t>(y) * width + x]; }
  bool empty() const { return argb.empty(); }
  bool operator==(const Raster&) const = default;
};

/// [-m, m] with m the largest finite magnitude; [-1, 1] when there is none or all are 0.
Range symmetricRange(std::span<const Real> values);
/// Smallest to largest finite value; [0, 1] when there is none; one wide around the value when all are the same.
Range fullRange(std::span<const Real> values);
/// The range that belongs to a map: symmetric for a diverging one, full for the others.
Range rangeFor(ColorMap map, std::span<const Real> values);

/// One pixel a value. values: [rows × cols], row by row; ±infinity takes the end colours, NaN is kNanPixel. Empty for another number of values.
Raster rasterize(std::span<const Real> values, int rows, int cols, Range range, ColorMap map);

/// Diagonal hatch (period 6 pixels, `ink` on `paper`) in place of every kNanPixel; for rasters already at the size
/// of the screen. Returns whether there was any.
bool hatchNan(Raster& raster, std::uint32_t ink = 0xff64707d, std::uint32_t paper = 0xffffffff);

/// Where the numbers of several maps of one size lie: map after map, or interleaved (channels last, as the engine's
/// images and convolution filters are: value of map i at (y, x) is values[(y * width + x) * count + i]).
struct MapsShape {
  int count = 0;
  int height = 0;
  int width = 0;
  bool channelsLast = false;
};

/// Which values share one scale.
enum class MapScale { EachMap, EachLayer };

/// Map i of several as [height × width], contiguous.
std::vector<Real> mapValues(std::span<const Real> values, const MapsShape& shape, int i);

/// Maps side by side, one pixel a value.
struct MapGrid {
  Raster raster;  ///< gaps are transparent
  int columns = 0;
  int rows = 0;
  int gap = 0;
  std::vector<Range> ranges;  ///< the scale of each map (all the same for EachLayer)
};

/// Lays out all maps left to right, top to bottom, `gap` pixels apart. Requires columns ≥ 1.
MapGrid filterGrid(std::span<const Real> values, const MapsShape& shape, int columns, int gap, MapScale scale,
                   ColorMap map);

/// A sample as a picture. pixels: [height × width × channels], `range` is black to white. One channel is gray; of three or more the
/// first three are red, green and blue; of two the first is shown. Empty for another number of pixels.
Raster imageRaster(std::span<const Real> pixels, int height, int width, int channels, Range range = {0, 1});

/// `top` over `base` with opacity alpha in [0, 1]; a top of another size is scaled (bilinear) first.
Raster overlay(const Raster& base, const Raster& top, double alpha);

/// Every pixel at its nearest source pixel; sharp edges.
Raster scaleNearest(const Raster& source, int width, int height);
/// Bilinear with pixel centres aligned (as image viewers do).
Raster scaleBilinear(const Raster& source, int width, int height);
/// Numbers scaled before they are coloured. values: [rows × cols] → [height × width]; NaN spreads to neighbours.
std::vector<Real> scaleBilinear(std::span<const Real> values, int rows, int cols, int height, int width);

}  // namespace vitrine
