// PNM, read here because the toolkit brings it down to 8 bits.
#include <algorithm>

#include "core/data/picture_checks.h"

namespace vitrine {
namespace {

constexpr std::int64_t kMostSide = 1 << 20, kMostNumbers = 1 << 28;

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  Result<PnmImage> header() {
    PnmImage out;
    if (bytes_.size() < 3 || bytes_[0] != 'P' || bytes_[1] < '1' || bytes_[1] > '6') return fault("no PNM signature", "P1 to P6");
    kind_ = bytes_[1] - '0';
    at_ = 2;
    out.channels = kind_ == 3 || kind_ == 6 ? 3 : 1;
    out.white = 1;
    for (std::int64_t* n : {&out.width, &out.height, &out.white}) {
      if (n == &out.white && isBits()) break;
      const std::size_t from = at_;
      const std::int64_t v = number(true);
      const std::int64_t most = n == &out.white ? 65535 : kMostSide;
      if (v < 1 || v > most) return fault(at_ >= bytes_.size() ? "the end of the file" : from == at_ ? "no number" : "a number that is not possible", "a size from 1 to " + std::to_string(most));
      *n = v;
    }
    // Exactly one blank ends the header.
    if (at_ >= bytes_.size() || !blank(bytes_[at_])) return fault(at_ >= bytes_.size() ? "the end of the file" : "a letter", "a blank behind the header");
    ++at_;
    return out;
  }

  /// The number of values that are there; then what is wrong.
  std::pair<std::size_t, Status> body(PnmImage& image) {
    const std::size_t n = image.values.size(), row = static_cast<std::size_t>(image.width * image.channels);
    if (kind_ < 4) return plain(image);
    const bool wide = image.white > 255;
    const std::size_t line = kind_ == 4 ? (row + 7) / 8 : row * (wide ? 2 : 1);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t from = at_ + i / row * line, x = i % row;
      const std::size_t last = kind_ == 4 ? from + x / 8 : wide ? from + 2 * x + 1 : from + x;
      if (last >= bytes_.size()) return {i, end(image, i)};
      const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(bytes_[at]); };
      const int v = kind_ == 4 ? !(byte(last) >> (7 - x % 8) & 1) : wide ? byte(last - 1) << 8 | byte(last) : byte(last);
      if (v > image.white) return {i, tooLarge(last, v, image)};
      image.values[i] = static_cast<std::uint16_t>(v);
    }
    return {n, {}};
  }

 private:
  static bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
  bool isBits() const { return kind_ == 1 || kind_ == 4; }
  Error fault(std::string found, std::string expected) const { return {name_, "byte " + std::to_string(at_), std::move(found), std::move(expected), {}}; }
  Error end(const PnmImage& image, std::size_t have) const {
    return {name_, "byte " + std::to_string(bytes_.size()), "the end of the file after " + std::to_string(have) + " numbers", std::to_string(image.values.size()) + ": the picture is cut short", {}};
  }
  Error tooLarge(std::size_t at, std::int64_t v, const PnmImage& image) const {
    return {name_, "byte " + std::to_string(at), "the number " + std::to_string(v), "at most " + std::to_string(image.white) + ": the picture is damaged", {}};
  }

  /// -1 where there is none. Remarks run from # to the end of their line.
  std::int64_t number(bool remarks) {
    while (at_ < bytes_.size() && (blank(bytes_[at_]) || (remarks && bytes_[at_] == '#'))) {
      if (bytes_[at_] == '#')
        while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
      else
        ++at_;
    }
    std::int64_t v = -1;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9'; ++at_) v = std::min<std::int64_t>(kMostSide + 1, std::max<std::int64_t>(v, 0) * 10 + (bytes_[at_] - '0'));
    return v;
  }

  std::pair<std::size_t, Status> plain(PnmImage& image) {
    for (std::size_t i = 0; i < image.values.size(); ++i) {
      std::int64_t v = 0;
      if (kind_ == 1) {
        while (at_ < bytes_.size() && blank(bytes_[at_])) ++at_;
        v = at_ < bytes_.size() && (bytes_[at_] == '0' || bytes_[at_] == '1') ? '1' - bytes_[at_] : -1;
        if (at_ < bytes_.size()) ++at_;
      } else {
        v = number(false);
        // A last number without a blank behind it may have lost its end.
        if (at_ >= bytes_.size() && v >= 0 && v * 10 <= image.white) v = -1;
      }
      if (v > image.white) return {i, tooLarge(at_, v, image)};
      if (v < 0) return {i, at_ >= bytes_.size() ? end(image, i) : Status(fault("no number", "number " + std::to_string(i + 1) + " of the picture"))};
      image.values[i] = static_cast<std::uint16_t>(v);
    }
    return {image.values.size(), {}};
  }

  std::string_view bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  int kind_ = 0;
};

}  // namespace

Result<PnmImage> readPnmHeader(std::string_view bytes, const std::string& name) { return Reader(bytes, name).header(); }

Result<PnmImage> readPnm(std::string_view bytes, const std::string& name, std::string* damage) {
  Reader reader(bytes, name);
  Result<PnmImage> image = reader.header();
  if (!image) return image;
  const std::int64_t count = image->height * image->width * image->channels;
  // Every number but P4's bits takes a byte at least.
  if (!damage && count / 8 > static_cast<std::int64_t>(bytes.size())) return Error{name, {}, std::to_string(bytes.size()) + " bytes", std::to_string(count) + " numbers: the picture is cut short", {}};
  if (count > kMostNumbers) return Error{name, {}, std::to_string(count) + " numbers", "at most " + std::to_string(kMostNumbers), {}};
  image->values.resize(static_cast<std::size_t>(count));
  const auto [have, status] = reader.body(*image);
  if (status) return image;
  if (!damage) return status.error();
  *damage = status.error().text();
  std::fill(image->values.begin() + static_cast<std::ptrdiff_t>(have), image->values.end(), std::uint16_t{0});
  return image;
}

}  // namespace vitrine
