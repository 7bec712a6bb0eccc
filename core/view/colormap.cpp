#include "core/view/colormap.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace vitrine {
namespace {

using Colors = std::array<std::uint32_t, 256>;

// Every fifth entry of the published 256-entry tables; between them a straight line is right to 1/255 (viridis) and
// 4/255 (cividis, in its one corner).
constexpr std::array<std::uint32_t, 52> kViridis = {
    0x440154, 0x46085c, 0x471063, 0x481769, 0x481d6f, 0x482475, 0x472a7a, 0x46307e, 0x453781, 0x433d84, 0x414287,
    0x3f4889, 0x3d4e8a, 0x3a538b, 0x38598c, 0x355e8d, 0x33638d, 0x31688e, 0x2e6d8e, 0x2c718e, 0x2a768e, 0x297b8e,
    0x27808e, 0x25848e, 0x23898e, 0x218e8d, 0x20928c, 0x1f978b, 0x1e9c89, 0x1fa188, 0x21a585, 0x24aa83, 0x28ae80,
    0x2eb37c, 0x35b779, 0x3dbc74, 0x46c06f, 0x50c46a, 0x5ac864, 0x65cb5e, 0x70cf57, 0x7cd250, 0x89d548, 0x95d840,
    0xa2da37, 0xb0dd2f, 0xbddf26, 0xcae11f, 0xd8e219, 0xe5e419, 0xf1e51d, 0xfde725};
constexpr std::array<std::uint32_t, 52> kCividis = {
    0x00224e, 0x002656, 0x002a5f, 0x002d68, 0x003070, 0x083370, 0x163770, 0x203a6f, 0x273e6e, 0x2e416d, 0x34456c,
    0x3a486c, 0x3f4c6c, 0x444f6c, 0x49536c, 0x4e566c, 0x535a6d, 0x575d6d, 0x5c616e, 0x60646f, 0x656870, 0x696b71,
    0x6d6f72, 0x727274, 0x767676, 0x7a7a78, 0x7e7d78, 0x838179, 0x888578, 0x8d8878, 0x928c78, 0x969077, 0x9b9476,
    0xa09875, 0xa59c74, 0xaaa073, 0xafa471, 0xb5a86f, 0xbaac6d, 0xbfb06b, 0xc4b468, 0xc9b965, 0xcfbd62, 0xd4c15f,
    0xdac65b, 0xdfca57, 0xe5cf52, 0xead34c, 0xf0d846, 0xf6dd3f, 0xfce236, 0xfee838};

std::uint32_t mix(std::uint32_t from, std::uint32_t to, double f) {
  std::uint32_t out = 0xff000000;
  for (int shift = 0; shift <= 16; shift += 8) {
    const double a = (from >> shift) & 255, b = (to >> shift) & 255;
    out |= static_cast<std::uint32_t>(std::lround(a + (b - a) * f)) << shift;
  }
  return out;
}

Colors sequential(const std::array<std::uint32_t, 52>& points) {
  Colors table;
  for (std::size_t i = 0; i < 255; ++i) table[i] = mix(points[i / 5], points[i / 5 + 1], static_cast<double>(i % 5) / 5);
  table[255] = 0xff000000 | points.back();
  return table;
}

Colors diverging(std::uint32_t zero) {
  constexpr std::uint32_t kNegative = 0xf59322, kPositive = 0x0877bd;
  Colors table;
  for (int i = 0; i < 255; ++i) {
    const double f = std::abs(i - 127) / 127.0;
    table[static_cast<std::size_t>(i)] = mix(zero, i < 127 ? kNegative : kPositive, f);
  }
  table[255] = table[254];
  return table;
}

Colors gray() {
  Colors table;
  for (std::uint32_t i = 0; i < 256; ++i) table[i] = 0xff000000 | i << 16 | i << 8 | i;
  return table;
}

}  // namespace

std::span<const std::uint32_t, 256> colorTable(ColorMap map) {
  static const Colors kColors[] = {diverging(0xe8eaeb), diverging(0x2a313b), sequential(kViridis), sequential(kCividis),
                                  gray()};
  return kColors[static_cast<std::size_t>(map)];
}

Rgba color(ColorMap map, double t) {
  const double last = isDiverging(map) ? 254 : 255;
  const std::uint32_t argb = colorTable(map)[static_cast<std::size_t>(std::lround(std::clamp(t, 0.0, 1.0) * last))];
  return {static_cast<std::uint8_t>(argb >> 16), static_cast<std::uint8_t>(argb >> 8), static_cast<std::uint8_t>(argb),
          255};
}

}  // namespace vitrine
