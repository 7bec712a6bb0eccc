#pragma once

#include "core/model/layer.h"

// Every layer's spec, one function a file; core/model/registry.cpp lists them.

namespace vitrine {

LayerSpec inputSpec();
LayerSpec outputSpec();
LayerSpec denseSpec();
LayerSpec conv2dSpec();
LayerSpec conv1dSpec();
LayerSpec maxPool2dSpec();
LayerSpec avgPool2dSpec();
LayerSpec maxPool1dSpec();
LayerSpec avgPool1dSpec();
LayerSpec globalAvgPoolSpec();
LayerSpec globalMaxPoolSpec();
LayerSpec flattenSpec();
LayerSpec reshapeSpec();
LayerSpec dropoutSpec();
LayerSpec gaussianNoiseSpec();
LayerSpec batchNormSpec();
LayerSpec layerNormSpec();
LayerSpec simpleRnnSpec();
LayerSpec lstmSpec();
LayerSpec gruSpec();
LayerSpec addSpec();
LayerSpec multiplySpec();
LayerSpec concatSpec();
LayerSpec sigmoidSpec();
LayerSpec tanhSpec();
LayerSpec reluSpec();
LayerSpec leakyReluSpec();
LayerSpec preluSpec();
LayerSpec eluSpec();
LayerSpec seluSpec();
LayerSpec geluSpec();
LayerSpec siluSpec();
LayerSpec softplusSpec();
LayerSpec hardSigmoidSpec();
LayerSpec hardTanhSpec();
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
/// `own` with the "Initialise" parameters of a layer with weights behind it; what is chosen there.
std::vector<Param> withInit(std::vector<Param> own, const std::string& fallback = "he-normal");
InitChoice initOf(const Params& values, std::span<const Param> described);

/// A window moved over an image: of convolutions and pooling.
struct Window {
  std::int64_t kernelH, kernelW, strideH, strideW, padTop, padLeft, outH, outW;
};
/// padding: "same" (output = ceil(size / stride); what is left over goes to the bottom and right), "valid", "number".
/// dilation: pixels from one tap of the kernel to the next.
Result<Window> windowOver(const Shape& image, IntPair kernel, IntPair stride, const std::string& padding, IntPair amount,
                          IntPair dilation = {1, 1});
/// A series {steps, features} as an image of one row.
inline Shape asRow(const Shape& series) { return {1, series[0], series[1]}; }
inline bool isSeries(const Shape& shape) { return shape.rank() == 2; }

}  // namespace vitrine
