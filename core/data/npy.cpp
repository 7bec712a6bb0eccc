#include "core/data/npy.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>

namespace vitrine {
namespace {

constexpr std::size_t kMostHeader = 10000;
constexpr int kMostRank = 8;

Error fault(const std::string& file, std::string place, std::string found, std::string expected) { return {file, std::move(place), std::move(found), std::move(expected), {}}; }

struct Header {
  std::string descr;
  bool fortran = false;
  std::vector<std::int64_t> shape;
};

/// The header is a Python dictionary of three entries; only that is understood.
class HeaderText {
 public:
  explicit HeaderText(std::string_view text) : text_(text) {}
  std::optional<Header> read() {
    Header h;
    bool has[3] = {};
    if (!take('{')) return std::nullopt;
    while (!take('}')) {
      const std::optional<std::string> key = quoted();
      if (!key || !take(':')) return std::nullopt;
      if (*key == "descr" && !has[0]) {
        const std::optional<std::string> value = quoted();
        if (!value) return std::nullopt;
        h.descr = *value, has[0] = true;
      } else if (*key == "fortran_order" && !has[1]) {
        if (word("True"))
          h.fortran = true;
        else if (!word("False"))
          return std::nullopt;
        has[1] = true;
      } else if (*key == "shape" && !has[2]) {
        if (!tuple(h.shape)) return std::nullopt;
        has[2] = true;
      } else {
        return std::nullopt;
      }
      if (!take(',') && peek() != '}') return std::nullopt;
    }
    peek();
    if (at_ != text_.size() || !has[0] || !has[1] || !has[2]) return std::nullopt;
    return h;
  }

 private:
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  bool word(std::string_view w) {
    peek();
    if (text_.substr(at_, w.size()) != w) return false;
    at_ += w.size();
    return true;
  }
  std::optional<std::string> quoted() {
    const char mark = peek();
    if (mark != '\'' && mark != '"') return std::nullopt;
    const std::size_t end = text_.find(mark, at_ + 1);
    if (end == std::string_view::npos) return std::nullopt;
    std::string out(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return out;
  }
  bool tuple(std::vector<std::int64_t>& out) {
    if (!take('(')) return false;
    while (!take(')')) {
      peek();
      std::int64_t v = 0;
      const auto [next, bad] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), v);
      if (bad != std::errc() || v < 0 || out.size() == kMostRank) return false;
      at_ = static_cast<std::size_t>(next - text_.data());
      out.push_back(v);
      if (!take(',') && peek() != ')') return false;
    }
    return true;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

/// IEEE 754 binary16.
float halfToFloat(std::uint16_t h) {
  const int exponent = (h >> 10) & 31, fraction = h & 1023;
  const float sign = h & 0x8000 ? -1.0f : 1.0f;
  if (exponent == 31) return fraction ? std::numeric_limits<float>::quiet_NaN() : sign * std::numeric_limits<float>::infinity();
  if (exponent == 0) return sign * std::ldexp(static_cast<float>(fraction), -24);
  return sign * std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
}

template <class T>
T load(const char* p, bool swap) {
  char b[sizeof(T)];
  for (std::size_t i = 0; i < sizeof(T); ++i) b[i] = p[swap ? sizeof(T) - 1 - i : i];
  T v;
  std::memcpy(&v, b, sizeof(T));
  return v;
}

using Read = float (*)(const char*, bool);
Read reader(char kind, int size) {
  switch (kind) {
    case 'b': return size == 1 ? +[](const char* p, bool) { return *p ? 1.0f : 0.0f; } : nullptr;
    case 'u':
      if (size == 1) return +[](const char* p, bool) { return static_cast<float>(static_cast<std::uint8_t>(*p)); };
      if (size == 2) return +[](const char* p, bool s) { return static_cast<float>(load<std::uint16_t>(p, s)); };
      if (size == 4) return +[](const char* p, bool s) { return static_cast<float>(load<std::uint32_t>(p, s)); };
      return size == 8 ? +[](const char* p, bool s) { return static_cast<float>(load<std::uint64_t>(p, s)); } : nullptr;
    case 'i':
      if (size == 1) return +[](const char* p, bool) { return static_cast<float>(static_cast<std::int8_t>(*p)); };
      if (size == 2) return +[](const char* p, bool s) { return static_cast<float>(load<std::int16_t>(p, s)); };
      if (size == 4) return +[](const char* p, bool s) { return static_cast<float>(load<std::int32_t>(p, s)); };
      return size == 8 ? +[](const char* p, bool s) { return static_cast<float>(load<std::int64_t>(p, s)); } : nullptr;
    case 'f':
      if (size == 2) return +[](const char* p, bool s) { return halfToFloat(load<std::uint16_t>(p, s)); };
      if (size == 4) return +[](const char* p, bool s) { return load<float>(p, s); };
      // Beyond a float's range it becomes infinite, and is refused where numbers must be finite.
      return size == 8 ? +[](const char* p, bool s) { return static_cast<float>(load<double>(p, s)); } : nullptr;
    default: return nullptr;
  }
}

}  // namespace

std::int64_t NpyArray::count() const {
  std::int64_t n = 1;
  for (const std::int64_t d : shape) n *= d;
  return n;
}

Result<NpyHeader> readNpyHeader(std::string_view bytes, const std::string& file) {
  constexpr std::string_view kMagic = "\x93NUMPY";
  if (bytes.substr(0, 6) != kMagic) return fault(file, "byte 0", "no NPY signature", "the bytes 93 'NUMPY'");
  if (bytes.size() < 10) return fault(file, "byte " + std::to_string(bytes.size()), "the end of the file", "a header");
  const int version = static_cast<std::uint8_t>(bytes[6]);
  if (version < 1 || version > 3) return fault(file, "byte 6", "version " + std::to_string(version), "1, 2 or 3");
  const std::size_t lengthBytes = version == 1 ? 2 : 4, begin = 8 + lengthBytes;
  if (bytes.size() < begin) return fault(file, "byte " + std::to_string(bytes.size()), "the end of the file", "a header");
  std::size_t length = 0;
  for (std::size_t i = 0; i < lengthBytes; ++i) length |= static_cast<std::size_t>(static_cast<std::uint8_t>(bytes[8 + i])) << (8 * i);
  if (length > kMostHeader) return fault(file, "byte 8", "a header of " + std::to_string(length) + " bytes", "at most " + std::to_string(kMostHeader));
  if (bytes.size() - begin < length) return fault(file, "byte " + std::to_string(bytes.size()), "the end of the file", "a header of " + std::to_string(length) + " bytes");
  const std::optional<Header> h = HeaderText(bytes.substr(begin, length)).read();
  if (!h) return fault(file, "byte " + std::to_string(begin), "a header that is not understood (structured types are not)", "{'descr': …, 'fortran_order': …, 'shape': …}");
  NpyHeader out;
  out.shape = h->shape;
  constexpr std::int64_t kMostNumbers = std::int64_t{1} << 48;
  std::int64_t product = 1;
  for (const std::int64_t d : out.shape) {
    const std::int64_t extent = std::max<std::int64_t>(d, 1);
    if (extent > kMostNumbers / product) return fault(file, "byte " + std::to_string(begin), "a shape of more than 2^48 numbers", "one that fits a machine");
    product *= extent;
  }
  out.fortran = h->fortran;
  out.dataAt = begin + length;
  const bool wellFormed = h->descr.size() >= 3 && h->descr.size() <= 4 && std::string_view("<>|=").find(h->descr[0]) != std::string_view::npos;
  out.kind = wellFormed ? h->descr[1] : '?';
  if (wellFormed) std::from_chars(h->descr.data() + 2, h->descr.data() + h->descr.size(), out.itemSize);
  if (!reader(out.kind, out.itemSize))
    return fault(file, "byte " + std::to_string(begin), "type '" + h->descr + "'", out.kind == 'O' || h->descr == "|O" ? "numbers; objects are pickles, which can run code" : "whole or floating numbers of 1 to 8 bytes");
  out.swapped = h->descr[0] == (std::endian::native == std::endian::little ? '>' : '<');
  return out;
}

Result<NpyArray> readNpy(std::string_view bytes, const std::string& file) {
  const Result<NpyHeader> header = readNpyHeader(bytes, file);
  if (!header) return header.error();
  const NpyHeader& h = *header;
  NpyArray out;
  out.shape = h.shape;
  out.kind = h.kind;
  out.itemSize = h.itemSize;
  const Read read = reader(h.kind, h.itemSize);
  const std::size_t have = bytes.size() - h.dataAt;
  std::size_t need = static_cast<std::size_t>(out.itemSize);
  for (const std::int64_t d : out.shape) need *= static_cast<std::size_t>(d);
  if (need != have)
    return fault(file, "byte " + std::to_string(h.dataAt), std::to_string(have) + " bytes of numbers", std::to_string(need) + " for this shape");
  const char* from = bytes.data() + h.dataAt;
  const bool swap = h.swapped;
  const std::size_t n = have / static_cast<std::size_t>(out.itemSize), size = static_cast<std::size_t>(out.itemSize);
  if (out.isBytes())
    out.bytes.resize(n);
  else
    out.floats.resize(n);
  const auto take = [&](std::size_t to, std::size_t i) {
    if (out.isBytes())
      out.bytes[to] = static_cast<std::uint8_t>(from[i]);
    else
      out.floats[to] = read(from + i * size, swap);
  };
  if (!h.fortran || out.shape.size() < 2) {
    for (std::size_t i = 0; i < n; ++i) take(i, i);
    return out;
  }
  // First index fastest in the file: counted up so, each number's place in C order is kept along.
  std::vector<std::size_t> stride(out.shape.size(), 1), index(out.shape.size(), 0);
  for (std::size_t d = out.shape.size() - 1; d > 0; --d) stride[d - 1] = stride[d] * static_cast<std::size_t>(out.shape[d]);
  std::size_t to = 0;
  for (std::size_t i = 0; i < n; ++i) {
    take(to, i);
    for (std::size_t d = 0; d < index.size(); ++d) {
      to += stride[d];
      if (++index[d] < static_cast<std::size_t>(out.shape[d])) break;
      to -= stride[d] * static_cast<std::size_t>(out.shape[d]);
      index[d] = 0;
    }
  }
  return out;
}

}  // namespace vitrine
