#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// One array of numpy's NPY format, versions 1 to 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
struct NpyArray {
  std::vector<std::int64_t> shape;
  char kind = 'f';                   ///< 'b' truth, 'u' and 'i' whole, 'f' floating
  int itemSize = 4;                  ///< bytes of a number
  std::vector<std::uint8_t> bytes;   ///< the numbers in C order and this machine's byte order, whatever the file's

  std::int64_t count() const;
  bool isBytes() const { return kind == 'u' && itemSize == 1; }
  /// Whole numbers keep their value up to 2^53.
  double at(std::int64_t i) const;
  /// All of them; beyond a float's range they become infinite.
  std::vector<float> floats() const;
};

/// What an NPY file says of itself.
struct NpyHeader {
  std::vector<std::int64_t> shape;
  char kind = '?';
  int itemSize = 0;
  bool fortran = false, swapped = false;  ///< first index fastest; the other byte order than this machine's
  std::size_t dataAt = 0;                 ///< where the numbers begin
};
/// As readNpy, for which the first 10 012 bytes of a file are enough.
Result<NpyHeader> readNpyHeader(std::string_view bytes, const std::string& file);

/// Refused: object and structured types (a pickle could run code), text, complex numbers, headers beyond 10 000 bytes, extents
/// that the bytes do not bear out.
Result<NpyArray> readNpy(std::string_view bytes, const std::string& file);

}  // namespace vitrine
