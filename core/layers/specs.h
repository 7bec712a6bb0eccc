#pragma once

#include "core/model/layer.h"

// Every layer's spec, one function a file; core/model/registry.cpp lists them.

namespace vitrine {

LayerSpec inputSpec();
LayerSpec outputSpec();
LayerSpec denseSpec();
LayerSpec conv2dSpec();
LayerSpec maxPool2dSpec();
LayerSpec avgPool2dSpec();
LayerSpec globalAvgPoolSpec();
LayerSpec flattenSpec();
LayerSpec dropoutSpec();
LayerSpec batchNormSpec();
LayerSpec addSpec();
LayerSpec concatSpec();
LayerSpec sigmoidSpec();
LayerSpec tanhSpec();
LayerSpec reluSpec();
LayerSpec leakyReluSpec();
LayerSpec softmaxSpec();

// What several layers share.

/// More elements than this in a tensor or a parameter block is refused.
inline constexpr std::int64_t kMaxElements = std::int64_t{1} << 40;

/// Refusal of a shape: what is wrong, and the cure.
inline Error misfit(std::string wrong, std::string cure) { return {{}, {}, {}, std::move(cure), std::move(wrong)}; }
/// Whether a sample of this shape is small enough to be counted.
bool fitsMemory(const Shape& shape);
/// a · b, or kMaxElements + 1 when that is more.
std::int64_t cappedProduct(std::int64_t a, std::int64_t b);
/// The "Initialise" parameter, He normal unless said, and its meaning.
Param initParam();
Init initOf(const Params& values, std::span<const Param> described);

/// A window moved over an image: of convolutions and pooling.
struct Window {
  std::int64_t kernelH, kernelW, strideH, strideW, padTop, padLeft, outH, outW;
};
/// padding: "same" (output = ceil(size / stride); what is left over goes to the bottom and right), "valid", "number".
Result<Window> windowOver(const Shape& image, IntPair kernel, IntPair stride, const std::string& padding, IntPair amount);

}  // namespace vitrine
