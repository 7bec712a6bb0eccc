#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

namespace vitrine {

/// Extents of one sample, slowest first. A vector is {features}; a series {steps, features}; an image
/// {height, width, channels}: channels last, since that is how the engine works inside. Files use PyTorch's order.
struct Shape {
  std::vector<std::int64_t> dims;

  Shape() = default;
  Shape(std::initializer_list<std::int64_t> extents) : dims(extents) {}
  explicit Shape(std::vector<std::int64_t> extents) : dims(std::move(extents)) {}

  int rank() const { return static_cast<int>(dims.size()); }
  std::int64_t operator[](int i) const { return dims[static_cast<std::size_t>(i)]; }
  /// Number of elements; 1 for rank 0.
  std::int64_t size() const {
    std::int64_t n = 1;
    for (std::int64_t d : dims) n *= d;
    return n;
  }
  bool isImage() const { return rank() == 3; }
  /// "28 × 28 × 1".
  std::string text() const;
  bool operator==(const Shape&) const = default;
};

}  // namespace vitrine
