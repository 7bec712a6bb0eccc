#include "core/kernels/conv.h"

#include <algorithm>

#include "core/kernels/gemm.h"
#include "core/tensor/tensor.h"

namespace vitrine {
namespace {

std::int64_t taps(const ConvGeometry& g) { return std::int64_t{g.kernelH} * g.kernelW; }
std::int64_t pixels(const ConvGeometry& g) { return g.outHeight * g.outWidth; }

/// One sample as a matrix [outH·outW × kernelH·kernelW·C]; what lies outside the image is 0.
void unfold(const ConvGeometry& g, const Real* x, Real* columns) {
  for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
    for (std::int64_t ox = 0; ox < g.outWidth; ++ox)
      for (int ky = 0; ky < g.kernelH; ++ky)
        for (int kx = 0; kx < g.kernelW; ++kx, columns += g.channels) {
          const std::int64_t y = oy * g.strideH - g.padTop + ky * g.dilationH, xx = ox * g.strideW - g.padLeft + kx * g.dilationW;
          if (y < 0 || y >= g.height || xx < 0 || xx >= g.width)
            std::fill_n(columns, g.channels, Real(0));
          else
            std::copy_n(x + (y * g.width + xx) * g.channels, g.channels, columns);
        }
}

void foldAdd(const ConvGeometry& g, const Real* columns, Real* dx) {
  for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
    for (std::int64_t ox = 0; ox < g.outWidth; ++ox)
      for (int ky = 0; ky < g.kernelH; ++ky)
        for (int kx = 0; kx < g.kernelW; ++kx, columns += g.channels) {
          const std::int64_t y = oy * g.strideH - g.padTop + ky * g.dilationH, xx = ox * g.strideW - g.padLeft + kx * g.dilationW;
          if (y < 0 || y >= g.height || xx < 0 || xx >= g.width) continue;
          Real* to = dx + (y * g.width + xx) * g.channels;
          for (std::int64_t c = 0; c < g.channels; ++c) to[c] += columns[c];
        }
}

}  // namespace

std::int64_t convScratch(const ConvGeometry& g) { return pixels(g) * taps(g) * g.channels; }

void convForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, bool relu,
                 Real* scratch) {
  const std::int64_t k = taps(g) * g.channels;
  for (std::int64_t r = 0; r < rows; ++r) {
    unfold(g, x + r * g.height * g.width * g.channels, scratch);
    gemm(pixels(g), g.filters, k, scratch, k, w, g.filters, y + r * pixels(g) * g.filters, g.filters, false, bias, relu);
  }
}

void convBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* scratch) {
  const std::int64_t k = taps(g) * g.channels, size = g.height * g.width * g.channels;
  std::fill_n(dx, rows * size, Real(0));
  for (std::int64_t r = 0; r < rows; ++r) {
    gemmTransB(pixels(g), k, g.filters, dy + r * pixels(g) * g.filters, g.filters, w, g.filters, scratch, k);
    foldAdd(g, scratch, dx + r * size);
  }
}

void convBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, Real* dbias,
                         bool accumulate, Real* scratch) {
  const std::int64_t k = taps(g) * g.channels;
  if (dbias && !accumulate) std::fill_n(dbias, g.filters, Real(0));
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* d = dy + r * pixels(g) * g.filters;
    unfold(g, x + r * g.height * g.width * g.channels, scratch);
    gemmTransA(k, g.filters, pixels(g), scratch, k, d, g.filters, dw, g.filters, accumulate || r > 0);
    if (dbias) VectorMap(dbias, g.filters) += ConstMatrixMap(d, pixels(g), g.filters).colwise().sum().transpose();
  }
}

}  // namespace vitrine
