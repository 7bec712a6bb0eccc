#pragma once

#include "core/explain/explainer.h"

namespace vitrine {

/// An image {height, width, channels} at another size: bilinear with half-pixel centres (align_corners False), edges
/// repeated.
Tensor resizeBilinear(const Tensor& image, std::int64_t height, std::int64_t width);

/// The layer's map before it is enlarged: weights are the plane's mean of d f / d activation, maps are summed over
/// channels. {height, width, 1}. `activation` and `gradient`: [height × width × channels].
Tensor classActivationMap(const Shape& shape, const Real* activation, const Real* gradient, bool relu);

}  // namespace vitrine
