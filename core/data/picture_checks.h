#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

// What the toolkit's readers do not tell: whether a file holds all pixels of its picture. They fill up what is missing.

namespace vitrine {

/// Whether a Windows bitmap's pixels are all there, packed by RLE or not.
Status checkBmp(std::string_view bytes, const std::string& name);
/// Whether the codes of a GIF's first frame stand for all its pixels.
Status checkGif(std::string_view bytes, const std::string& name);

/// A picture of the PNM family (https://netpbm.sourceforge.net/doc/pnm.html), P1 to P6, in all its numbers.
struct PnmImage {
  std::int64_t height = 0, width = 0, channels = 0;
  std::int64_t white = 0;             ///< the largest number, 1 … 65535
  std::vector<std::uint16_t> values;  ///< [height × width × channels]; of P1 and P4 1 is white
};
/// Only the header: no values.
Result<PnmImage> readPnmHeader(std::string_view bytes, const std::string& name);
/// `damage`: where it is given, a picture that is cut short or damaged is taken, black from there on, and what is wrong is told here.
Result<PnmImage> readPnm(std::string_view bytes, const std::string& name, std::string* damage = nullptr);

}  // namespace vitrine
