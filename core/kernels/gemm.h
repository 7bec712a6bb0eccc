#pragma once

#include <cstdint>

#include "core/base/real.h"

namespace vitrine {

/// c[m×n] = (accumulate ? c : 0) + (bias ? bias[n] on each row : 0) + a[m×k] · b[k×n]; row-major, ld: elements between
/// rows. Rows are summed alike, however many there are.
void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb, Real* c,
          std::int64_t ldc, bool accumulate = false, const Real* bias = nullptr);
/// c[m×n] = (accumulate ? c : 0) + aᵀ · b with a [k×m], b [k×n]: gradients of weights.
void gemmTransA(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate = false);
/// c[m×n] = (accumulate ? c : 0) + a[m×k] · bᵀ with b [n×k]: gradients of inputs.
void gemmTransB(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate = false);

/// b [k×n] (or, transposed, bᵀ with b [n×k]) laid out for gemmPacked: for a matrix that many products share.
std::int64_t packedSize(std::int64_t n, std::int64_t k);
void packMatrix(std::int64_t n, std::int64_t k, const Real* b, std::int64_t ldb, bool transposed, Real* packed);
/// As gemm, with such a matrix.
void gemmPacked(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* packed, Real* c,
                std::int64_t ldc, bool accumulate = false, const Real* bias = nullptr);

}  // namespace vitrine
