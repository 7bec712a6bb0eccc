#include "core/kernels/gemm.h"

#include "core/kernels/tile.h"
#include "core/tensor/tensor.h"

namespace vitrine {
namespace {

using kernels::kPanel;

/// Room for one panel; grows to the largest ever asked for, and then stays.
Real* panelRoom(std::int64_t elements) {
  thread_local Buffer room;
  if (room.size() < static_cast<std::size_t>(elements)) room = Buffer(static_cast<std::size_t>(elements));
  return room.data();
}

/// One row times a matrix: every element of b is used once, so packing would only cost.
void rowTimesMatrix(std::int64_t n, std::int64_t k, const Real* a, const Real* b, std::int64_t ldb, Real* c, bool accumulate, const Real* bias) {
  if (!accumulate)
    for (std::int64_t i = 0; i < n; ++i) c[i] = bias ? bias[i] : Real(0);
  else if (bias)
    for (std::int64_t i = 0; i < n; ++i) c[i] += bias[i];
  for (std::int64_t t = 0; t < k; ++t) {
    const Real x = a[t];
    const Real* row = b + t * ldb;
    for (std::int64_t i = 0; i < n; ++i) c[i] += x * row[i];
  }
}

}  // namespace

void gemm(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb, Real* c,
          std::int64_t ldc, bool accumulate, const Real* bias) {
  if (m == 1) return rowTimesMatrix(n, k, a, b, ldb, c, accumulate, bias);
  Real* panel = panelRoom(k * kPanel);
  kernels::Sum sum;
  sum.steps = k;
  sum.rowA = lda;
  for (std::int64_t n0 = 0; n0 < n; n0 += kPanel) {
    kernels::packPanel(b, ldb, k, n, n0, false, panel);
    kernels::strip(m, sum, a, panel, c + n0, ldc, std::min(kPanel, n - n0), {accumulate, bias ? bias + n0 : nullptr});
  }
}

void gemmTransA(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate) {
  Real* panel = panelRoom(k * kPanel);
  kernels::Sum sum;
  sum.steps = k;
  sum.stepA = lda;
  sum.rowA = 1;
  for (std::int64_t n0 = 0; n0 < n; n0 += kPanel) {
    kernels::packPanel(b, ldb, k, n, n0, false, panel);
    kernels::strip(m, sum, a, panel, c + n0, ldc, std::min(kPanel, n - n0), {accumulate, nullptr});
  }
}

void gemmTransB(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* b, std::int64_t ldb,
                Real* c, std::int64_t ldc, bool accumulate) {
  Real* panel = panelRoom(k * kPanel);
  kernels::Sum sum;
  sum.steps = k;
  sum.rowA = lda;
  for (std::int64_t n0 = 0; n0 < n; n0 += kPanel) {
    kernels::packPanel(b, ldb, k, n, n0, true, panel);
    kernels::strip(m, sum, a, panel, c + n0, ldc, std::min(kPanel, n - n0), {accumulate, nullptr});
  }
}

std::int64_t packedSize(std::int64_t n, std::int64_t k) { return kernels::panels(n) * k * kPanel; }

void packMatrix(std::int64_t n, std::int64_t k, const Real* b, std::int64_t ldb, bool transposed, Real* packed) {
  for (std::int64_t panel = 0; panel < kernels::panels(n); ++panel)
    kernels::packPanel(b, ldb, k, n, panel * kPanel, transposed, packed + panel * k * kPanel);
}

void gemmPacked(std::int64_t m, std::int64_t n, std::int64_t k, const Real* a, std::int64_t lda, const Real* packed, Real* c,
                std::int64_t ldc, bool accumulate, const Real* bias) {
  kernels::Sum sum;
  sum.steps = k;
  sum.rowA = lda;
  for (std::int64_t n0 = 0; n0 < n; n0 += kPanel)
    kernels::strip(m, sum, a, packed + n0 * k, c + n0, ldc, std::min(kPanel, n - n0), {accumulate, bias ? bias + n0 : nullptr});
}

}  // namespace vitrine
