#pragma once

#include <Eigen/Core>
#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/real.h"
#include "core/tensor/shape.h"

namespace vitrine {

using Matrix = Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;
using MatrixMap = Eigen::Map<Matrix>;
using ConstMatrixMap = Eigen::Map<const Matrix>;
using VectorMap = Eigen::Map<Vector>;
using ConstVectorMap = Eigen::Map<const Vector>;

/// A numbers' block aligned to a cache line (64 bytes): what the fast kernels like. Contents start as zero.
template <class T>
class AlignedBuffer {
 public:
  AlignedBuffer() = default;
  explicit AlignedBuffer(std::size_t size)
      : data_(size ? static_cast<T*>(::operator new[](size * sizeof(T), std::align_val_t{64})) : nullptr), size_(size) {
    std::fill_n(data_.get(), size, T{});
  }
  /// Contents start as anything: for what is written before it is read. Zeros cost as much as using them.
  static AlignedBuffer unwritten(std::size_t size) {
    AlignedBuffer b;
    if (size) b.data_.reset(static_cast<T*>(::operator new[](size * sizeof(T), std::align_val_t{64})));
    b.size_ = size;
#ifdef VITRINE_POISON
    std::fill_n(b.data_.get(), size, std::numeric_limits<T>::quiet_NaN());
#endif
    return b;
  }
  AlignedBuffer(const AlignedBuffer& other) : AlignedBuffer(other.size_) { std::copy_n(other.data(), size_, data()); }
  AlignedBuffer(AlignedBuffer&& other) noexcept : data_(std::move(other.data_)), size_(std::exchange(other.size_, 0)) {}
  AlignedBuffer& operator=(AlignedBuffer other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
  }
  T* data() { return data_.get(); }
  const T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  T& operator[](std::size_t i) { return data_[i]; }
  const T& operator[](std::size_t i) const { return data_[i]; }
  std::span<T> span() { return {data(), size_}; }
  std::span<const T> span() const { return {data(), size_}; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }

 private:
  struct Free {
    void operator()(T* p) const { ::operator delete[](p, std::align_val_t{64}); }
  };
  std::unique_ptr<T[], Free> data_;
  std::size_t size_ = 0;
};

using Buffer = AlignedBuffer<Real>;

/// An owning value: a shape and its elements, slowest dimension first.
struct Tensor {
  Shape shape;
  std::vector<Real> data;

  Tensor() = default;
  explicit Tensor(Shape s) : shape(std::move(s)), data(static_cast<std::size_t>(shape.size())) {}
  Tensor(Shape s, std::vector<Real> values) : shape(std::move(s)), data(std::move(values)) {}
  std::int64_t size() const { return static_cast<std::int64_t>(data.size()); }
};

}  // namespace vitrine
