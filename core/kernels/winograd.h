#pragma once

#include "core/kernels/conv.h"

namespace vitrine::kernels {

// Winograd's minimal filtering F(2×2, 3×3) (Lavin & Gray 2016): outputs in tiles of 2 × 2 from 4 × 4 pixels, with 16 products
// per channel instead of 36. The price is a few additions and, where plain sums give an exact zero, a rounding error of the
// last places. Arguments as in conv.h.

/// Whether the geometry has this form and gains by it.
bool winogradFits(const ConvGeometry& g);
std::int64_t winogradScratch(const ConvGeometry& g);
void winogradForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, Real* scratch);
void winogradBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* scratch);
/// dw alone; the bias is the caller's.
void winogradBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, bool accumulate, Real* scratch);

}  // namespace vitrine::kernels
