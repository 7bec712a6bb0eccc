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
  /// What is wrong with it, as found and expected; none: nothing.
  std::optional<std::pair<std::string, std::string>> fault;

  Header read() {
    Header h;
    bool has[3] = {};
    if (!take('{')) refuse("a header that is not understood");
    while (!fault && !take('}')) {
      const std::string key = quoted();
      if (!take(':')) refuse("a header that is not understood");
      if (fault) break;
      static const char* const kKeys[] = {"descr", "fortran_order", "shape"};
      const std::size_t k = static_cast<std::size_t>(std::find(std::begin(kKeys), std::end(kKeys), key) - std::begin(kKeys));
      if (k == 3 || has[k]) refuse((k == 3 ? "the entry '" : "a second entry '") + key + "'");
      if (k == 0) type(h.descr);
      if (k == 1 && !(h.fortran = word("True")) && !word("False")) refuse("a 'fortran_order' that is not understood", "True or False");
      if (k == 2) tuple(h.shape);
      if (k < 3) has[k] = true;
      if (!take(',') && peek() != '}') refuse("a header that is not understood");
    }
    peek();
    if (at_ != text_.size()) refuse("more behind the header's '}'");
    if (!has[0] || !has[1] || !has[2]) refuse(std::string("no '") + (!has[0] ? "descr" : !has[1] ? "fortran_order" : "shape") + "' in the header");
    return h;
  }

 private:
  /// Only the first counts.
  void refuse(std::string found, std::string expected = "{'descr': …, 'fortran_order': …, 'shape': …}") {
    if (!fault) fault = {std::move(found), std::move(expected)};
  }
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
  std::string quoted() {
    const char mark = peek();
    const std::size_t end = mark == '\'' || mark == '"' ? text_.find(mark, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) {
      refuse("a header that is not understood");
      return {};
    }
    std::string out(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return out;
  }
  void type(std::string& out) {
    if (peek() == '[') return refuse("a structured type", "one type of number for the whole array");
    out = quoted();
  }
  void tuple(std::vector<std::int64_t>& out) {
    if (!take('(')) return refuse("a shape that is not understood", "sizes in brackets, such as (100, 28, 28)");
    while (!fault && !take(')')) {
      peek();
      std::int64_t v = 0;
      const auto [next, bad] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), v);
      if (bad == std::errc::result_out_of_range) return refuse("a shape of more than 2^48 numbers", "one that fits a machine");
      if (bad != std::errc()) return refuse("a shape that is not understood", "sizes in brackets, such as (100, 28, 28)");
      if (v < 0) return refuse("a size of " + std::to_string(v), "sizes from 0");
      if (out.size() == kMostRank) return refuse("a shape of more than " + std::to_string(kMostRank) + " axes", "at most " + std::to_string(kMostRank));
      at_ = static_cast<std::size_t>(next - text_.data());
      if (at_ < text_.size() && text_[at_] == 'L') ++at_;  // a long of Python 2
      out.push_back(v);
      if (!take(',') && peek() != ')') refuse("a shape that is not understood", "sizes in brackets, such as (100, 28, 28)");
    }
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
double load(const std::uint8_t* p) {
  T v;
  std::memcpy(&v, p, sizeof(T));
  return static_cast<double>(v);
}

/// Reads one number; null: a type that is not known.
using Read = double (*)(const std::uint8_t*);
Read reader(char kind, int size) {
  switch (kind) {
    case 'b': return size == 1 ? +[](const std::uint8_t* p) { return *p ? 1.0 : 0.0; } : nullptr;
    case 'u': return size == 1 ? load<std::uint8_t> : size == 2 ? load<std::uint16_t> : size == 4 ? load<std::uint32_t> : size == 8 ? load<std::uint64_t> : nullptr;
    case 'i': return size == 1 ? load<std::int8_t> : size == 2 ? load<std::int16_t> : size == 4 ? load<std::int32_t> : size == 8 ? load<std::int64_t> : nullptr;
    case 'f':
      if (size == 2)
        return +[](const std::uint8_t* p) {
          std::uint16_t half;
          std::memcpy(&half, p, 2);
          return static_cast<double>(halfToFloat(half));
        };
      return size == 4 ? load<float> : size == 8 ? load<double> : nullptr;
    default: return nullptr;
  }
}

}  // namespace

std::int64_t NpyArray::count() const {
  std::int64_t n = 1;
  for (const std::int64_t d : shape) n *= d;
  return n;
}

double NpyArray::at(std::int64_t i) const { return reader(kind, itemSize)(bytes.data() + i * itemSize); }

std::vector<float> NpyArray::floats() const {
  const Read read = reader(kind, itemSize);
  std::vector<float> out(bytes.size() / static_cast<std::size_t>(itemSize));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<float>(read(bytes.data() + i * static_cast<std::size_t>(itemSize)));
  return out;
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
  HeaderText text(bytes.substr(begin, length));
  const Header h = text.read();
  if (text.fault) return fault(file, "byte " + std::to_string(begin), text.fault->first, text.fault->second);
  NpyHeader out;
  out.shape = h.shape;
  constexpr std::int64_t kMostNumbers = std::int64_t{1} << 48;
  std::int64_t product = 1;
  for (const std::int64_t d : out.shape) {
    const std::int64_t extent = std::max<std::int64_t>(d, 1);
    if (extent > kMostNumbers / product) return fault(file, "byte " + std::to_string(begin), "a shape of more than 2^48 numbers", "one that fits a machine");
    product *= extent;
  }
  out.fortran = h.fortran;
  out.dataAt = begin + length;
  const bool wellFormed = h.descr.size() >= 3 && h.descr.size() <= 4 && std::string_view("<>|=").find(h.descr[0]) != std::string_view::npos;
  out.kind = wellFormed ? h.descr[1] : '?';
  if (wellFormed) std::from_chars(h.descr.data() + 2, h.descr.data() + h.descr.size(), out.itemSize);
  if (!reader(out.kind, out.itemSize))
    return fault(file, "byte " + std::to_string(begin), "type '" + h.descr + "'", out.kind == 'O' || h.descr == "|O" ? "numbers; objects are pickles, which can run code" : "whole or floating numbers of 1 to 8 bytes");
  out.swapped = h.descr[0] == (std::endian::native == std::endian::little ? '>' : '<');
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
  const std::size_t have = bytes.size() - h.dataAt, size = static_cast<std::size_t>(h.itemSize);
  std::size_t need = size;
  for (const std::int64_t d : out.shape) need *= static_cast<std::size_t>(d);
  if (need != have)
    return fault(file, "byte " + std::to_string(h.dataAt), std::to_string(have) + " bytes of numbers", std::to_string(need) + " for this shape");
  const char* from = bytes.data() + h.dataAt;
  const bool inOrder = !h.fortran || out.shape.size() < 2;
  if (inOrder && (!h.swapped || size == 1)) {
    out.bytes.assign(from, from + have);
    return out;
  }
  out.bytes.resize(have);
  const std::size_t n = have / size;
  const auto take = [&](std::size_t to, std::size_t i) {
    for (std::size_t b = 0; b < size; ++b) out.bytes[to * size + b] = static_cast<std::uint8_t>(from[i * size + (h.swapped ? size - 1 - b : b)]);
  };
  if (inOrder) {
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
