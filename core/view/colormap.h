#pragma once

#include <cstdint>
#include <span>

namespace vitrine {

/// How a number becomes a colour. Diverging is for signed values (orange negative, neutral zero, blue positive) and
/// has a twin for dark windows; the others are sequential and perceptually uniform (Viridis: Smith & van der Walt
/// 2015; Cividis: Nuñez, Anderton & Renslow 2018).
enum class ColorMap { Diverging, DivergingDark, Viridis, Cividis, Gray };

struct Rgba {
  std::uint8_t r = 0, g = 0, b = 0, a = 255;
  /// 0xAARRGGBB, not premultiplied.
  constexpr std::uint32_t argb() const {
    return std::uint32_t{a} << 24 | std::uint32_t{r} << 16 | std::uint32_t{g} << 8 | std::uint32_t{b};
  }
  bool operator==(const Rgba&) const = default;
};

/// The 256 colours of a map as 0xAARRGGBB, low to high. The diverging maps have their neutral colour exactly at
/// entry 127, and entry 255 repeats 254.
std::span<const std::uint32_t, 256> colorTable(ColorMap map);

/// The colour at t, clamped to [0, 1]; 0.5 is the zero of a diverging map. Requires t not NaN.
Rgba color(ColorMap map, double t);

inline bool isDiverging(ColorMap map) { return map == ColorMap::Diverging || map == ColorMap::DivergingDark; }

/// The same map for a window of the other brightness: only the diverging ones differ.
inline ColorMap forTheme(ColorMap map, bool dark) {
  return isDiverging(map) ? (dark ? ColorMap::DivergingDark : ColorMap::Diverging) : map;
}

}  // namespace vitrine
