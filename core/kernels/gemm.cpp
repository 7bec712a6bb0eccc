#include "core/kernels/gemm.h"

#include "core/tensor/tensor.h"

namespace vitrine {
namespace {

using Strided = Eigen::Map<Matrix, 0, Eigen::OuterStride<>>;
using ConstStrided = Eigen::Map<const Matrix, 0, Eigen::OuterStride<>>;

ConstStrided view(const Real* p, std::int64_t rows, std::int64_t cols, std::int64_t ld) {
  return {p, rows, cols, Eigen::OuterStride<>(ld)};
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb, Real* c,
          std::int64_t ldc, bool accumulate, const Real* bias, bool relu) {
  Strided out(c, m, n, Eigen::OuterStride<>(ldc));
  if (bias && !accumulate) {
    out.rowwise() = Eigen::Map<const Eigen::Matrix<Real, 1, Eigen::Dynamic>>(bias, n);
    out.noalias() += view(a, m, k, lda) * view(b, k, n, ldb);
  } else if (accumulate) {
    out.noalias() += view(a, m, k, lda) * view(b, k, n, ldb);
  } else {
    out.noalias() = view(a, m, k, lda) * view(b, k, n, ldb);
  }
  if (relu) out = out.cwiseMax(Real(0));
}

void gemmTransA(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate) {
  Strided out(c, m, n, Eigen::OuterStride<>(ldc));
  if (accumulate)
    out.noalias() += view(a, k, m, lda).transpose() * view(b, k, n, ldb);
  else
    out.noalias() = view(a, k, m, lda).transpose() * view(b, k, n, ldb);
}

void gemmTransB(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate) {
  Strided out(c, m, n, Eigen::OuterStride<>(ldc));
  if (accumulate)
    out.noalias() += view(a, m, k, lda) * view(b, n, k, ldb).transpose();
  else
    out.noalias() = view(a, m, k, lda) * view(b, n, k, ldb).transpose();
}

}  // namespace vitrine
