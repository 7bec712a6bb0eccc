#pragma once

#include <cstdint>

#include "core/base/real.h"

namespace vitrine {

/// A 2-D convolution's sizes. Images are NHWC; weights [kernelH × kernelW × channels / groups × filters]: filter f sees the
/// channels of group f · groups / filters only.
struct ConvGeometry {
  std::int64_t height = 0, width = 0, channels = 0;
  std::int64_t outHeight = 0, outWidth = 0, filters = 0;
  int kernelH = 1, kernelW = 1, strideH = 1, strideW = 1, padTop = 0, padLeft = 0;
  int dilationH = 1, dilationW = 1, groups = 1;
};

// No im2col: a kernel's row over the channels-last image is one contiguous run of kernelW · channels numbers, so output
// pixels are rows of a product whose left matrix overlaps itself in the image. Dilated and grouped ones take other ways:
// columns gathered tap by tap, and where every group has one channel, sums along the channels.

/// y [rows × outH × outW × filters]; bias may be null.
void convForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, Real* scratch);
/// dx [rows × H × W × C] is overwritten, all of it.
void convBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* scratch);
/// dw, dbias: overwritten, or added to when `accumulate`. dbias may be null.
void convBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, Real* dbias,
                         bool accumulate, Real* scratch);
/// Elements of scratch that any of the three may use.
std::int64_t convScratch(const ConvGeometry& g);

}  // namespace vitrine
