#include "core/data/picture_checks.h"

#include <algorithm>
#include <array>

namespace vitrine {
namespace {

std::uint32_t little(std::string_view bytes, std::size_t at, int size) {
  std::uint32_t v = 0;
  for (int i = 0; i < size; ++i) v |= std::uint32_t(static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)])) << (8 * i);
  return v;
}

Error cutShort(const std::string& name, std::size_t at, const std::string& found, const std::string& expected) { return {name, "byte " + std::to_string(at), found, expected + ": the picture is cut short or damaged", {}}; }

/// Follows the runs of RLE4 or RLE8 to the end of the bitmap.
Status checkRuns(std::string_view bytes, std::size_t at, std::int64_t width, std::int64_t height, bool four, const std::string& name) {
  std::int64_t x = 0, y = 0;
  while (at + 2 <= bytes.size()) {
    const std::uint8_t count = static_cast<std::uint8_t>(bytes[at]), what = static_cast<std::uint8_t>(bytes[at + 1]);
    at += 2;
    if (count > 0) {
      x += count;
    } else if (what == 0) {
      x = 0, ++y;
    } else if (what == 1) {
      return {};
    } else if (what == 2) {
      if (at + 2 > bytes.size()) break;
      x += static_cast<std::uint8_t>(bytes[at]), y += static_cast<std::uint8_t>(bytes[at + 1]);
      at += 2;
    } else {
      const std::size_t packed = four ? (static_cast<std::size_t>(what) + 1) / 2 : what;
      if (at + packed > bytes.size()) break;
      x += what;
      at = std::min(bytes.size(), at + (packed + 1) / 2 * 2);
    }
    if (y >= height || (y == height - 1 && x >= width)) return {};
  }
  return cutShort(name, bytes.size(), "the end of the file in row " + std::to_string(y + 1), std::to_string(height) + " rows");
}

/// Reads a GIF's codes across its blocks of up to 255 bytes.
class Codes {
 public:
  Codes(std::string_view bytes, std::size_t at) : bytes_(bytes), at_(at) {}
  /// -1 at the end of the blocks.
  int next(int bits) {
    while (have_ < bits) {
      if (left_ == 0) {
        if (at_ >= bytes_.size() || bytes_[at_] == 0) return -1;
        left_ = static_cast<std::uint8_t>(bytes_[at_++]);
      }
      if (at_ >= bytes_.size()) return -1;
      held_ |= std::uint32_t(static_cast<std::uint8_t>(bytes_[at_++])) << have_;
      have_ += 8, --left_;
    }
    const int code = static_cast<int>(held_ & ((1u << bits) - 1));
    held_ >>= bits, have_ -= bits;
    return code;
  }
  std::size_t at() const { return at_; }

 private:
  std::string_view bytes_;
  std::size_t at_;
  std::uint32_t held_ = 0;
  int have_ = 0, left_ = 0;
};

/// Counts the pixels that the codes of LZW stand for, without unpacking them.
Status checkCodes(std::string_view bytes, std::size_t at, std::int64_t pixels, const std::string& name) {
  const int least = at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0;
  if (least < 1 || least > 11) return cutShort(name, at, "a code size of " + std::to_string(least), "1 to 11");
  Codes codes(bytes, at + 1);
  const int clear = 1 << least;
  std::array<std::int32_t, 4096> length{};
  std::fill(length.begin(), length.begin() + clear, 1);
  int next = clear + 2, bits = least + 1, before = -1;
  std::int64_t count = 0;
  while (count < pixels) {
    const int code = codes.next(bits);
    if (code == clear) {
      next = clear + 2, bits = least + 1, before = -1;
      continue;
    }
    const bool known = code >= 0 && code != clear + 1 && (before < 0 ? code < clear : code < next || (code == next && next < 4096));
    if (!known) return cutShort(name, codes.at(), std::to_string(count) + " pixels", std::to_string(pixels));
    if (before >= 0 && next < 4096) {
      length[static_cast<std::size_t>(next)] = length[static_cast<std::size_t>(before)] + 1;
      if (++next == 1 << bits && bits < 12) ++bits;
    }
    count += length[static_cast<std::size_t>(code)];
    before = code;
  }
  return {};
}

}  // namespace

Status checkBmp(std::string_view bytes, const std::string& name) {
  if (bytes.size() < 26) return cutShort(name, bytes.size(), "the end of the file", "a header");
  const std::size_t header = little(bytes, 14, 4);
  const bool old = header == 12;
  if (!old && bytes.size() < 54) return cutShort(name, bytes.size(), "the end of the file", "a header");
  const std::int64_t width = old ? little(bytes, 18, 2) : little(bytes, 18, 4);
  const std::int64_t signedHeight = old ? static_cast<std::int64_t>(little(bytes, 20, 2)) : static_cast<std::int32_t>(little(bytes, 22, 4));
  const std::int64_t height = std::abs(signedHeight), bits = old ? little(bytes, 24, 2) : little(bytes, 28, 2);
  const std::uint32_t packing = old ? 0 : little(bytes, 30, 4);
  if (width < 1 || width > INT32_MAX || height < 1) return cutShort(name, 18, std::to_string(width) + " × " + std::to_string(height) + " pixels", "at least one");
  // Behind masks and palette, whatever the header tells of an earlier place.
  const std::size_t used = old ? 0 : little(bytes, 46, 4), colours = bits > 8 ? 0 : used > 0 ? used : std::size_t{1} << bits;
  const std::size_t offset = std::max<std::size_t>(little(bytes, 10, 4), 14 + header + (packing == 3 && header == 40 ? 12 : 0) + colours * (old ? 3 : 4));
  if (packing == 1 || packing == 2) {
    // Runs may end early by right, so that a lost stretch shows in the length alone.
    const std::uint32_t told = little(bytes, 2, 4);
    if (told > bytes.size()) return cutShort(name, bytes.size(), "the end of the file", std::to_string(told) + " bytes");
    return checkRuns(bytes, offset, width, height, packing == 2, name);
  }
  const std::int64_t row = (width * bits + 31) / 32 * 4, need = static_cast<std::int64_t>(offset) + row * height;
  if (need > static_cast<std::int64_t>(bytes.size())) return cutShort(name, bytes.size(), "the end of the file", std::to_string(need) + " bytes for " + std::to_string(width) + " × " + std::to_string(height) + " pixels");
  return {};
}

Status checkGif(std::string_view bytes, const std::string& name) {
  constexpr std::size_t kHead = 13;
  if (bytes.size() < kHead) return cutShort(name, bytes.size(), "the end of the file", "a header");
  const auto colours = [](std::uint32_t packed) { return packed & 0x80 ? std::size_t{3} * (std::size_t{2} << (packed & 7)) : std::size_t{0}; };
  std::size_t at = kHead + colours(little(bytes, 10, 1));
  while (at + 10 <= bytes.size()) {
    if (bytes[at] == ',') {
      const std::int64_t pixels = std::int64_t(little(bytes, at + 5, 2)) * little(bytes, at + 7, 2);
      if (pixels == 0) return cutShort(name, at, "a frame without pixels", "one with");
      return checkCodes(bytes, at + 10 + colours(little(bytes, at + 9, 1)), pixels, name);
    }
    if (bytes[at] != '!') return cutShort(name, at, "neither a frame nor an extension", "one");
    at += 2;
    while (at < bytes.size() && bytes[at] != 0) at += 1 + static_cast<std::uint8_t>(bytes[at]);
    ++at;
  }
  return cutShort(name, bytes.size(), "the end of the file", "a frame");
}

}  // namespace vitrine
