#pragma once

#include <span>

#include "core/tensor/tensor.h"

namespace vitrine {

// The maths of class activation maps. Planes are {height, width, channels}; a series is a plane of one column.

/// An image {height, width, channels} at another size: bilinear with half-pixel centres (align_corners False), edges
/// repeated. `corners`: corner pixels' centres stay at the corners (align_corners True).
Tensor resizeBilinear(const Tensor& image, std::int64_t height, std::int64_t width, bool corners = false);
/// Each pixel of the new size takes the one it lies in.
Tensor resizeNearest(const Tensor& image, std::int64_t height, std::int64_t width);
/// (v − min) / (epsilon + max − min)
void scaleToOne(std::span<Real> values, double epsilon);

/// The layer's map before it is enlarged: weights are the plane's mean of d f / d activation, maps are summed over
/// channels. {height, width, 1}. `activation` and `gradient`: [height × width × channels].
Tensor classActivationMap(const Shape& shape, const Real* activation, const Real* gradient);

/// How channels are weighed, before any ReLU: Grad-CAM; Grad-CAM++ (Chattopadhay 2018, as in pytorch-grad-cam); XGrad-CAM
/// (Fu 2020); HiResCAM (Draelos 2020) and LayerCAM (Jiang 2021), which weigh every place by itself.
enum class MapKind { GradCam, GradCamPlusPlus, XGradCam, HiResCam, LayerCam };
Tensor activationMap(MapKind kind, const Shape& shape, const Real* activation, const Real* gradient);

/// Eigen-CAM (Muhammad, Yeasin 2020): the centred activations along their first principal direction. Its sign is arbitrary
/// by definition; here it goes with the plane's total activation.
Tensor eigenMap(const Shape& shape, const Real* activation);

}  // namespace vitrine
