#pragma once

// What modified backward passes must know of layers. Not for views.

#include "core/explain/pass.h"

namespace vitrine {

/// How relevance goes through a layer.
enum class LayerKind {
  Linear,      ///< dense, convolutions: weights and perhaps a bias
  Activation,  ///< element by element
  MaxPool,
  AvgPool,
  BatchNorm,
  Add,
  Passing,     ///< moves numbers only: flatten, reshape, concat, dropout and noise (off when explaining), input, output
  None         ///< no rule: softmax, layer norm, products, recurrent layers
};
LayerKind layerKind(const std::string& type);

/// Refuses networks with a layer of kind None, by its name. `method` begins the sentence.
Status everyLayerHasRule(const Network& network, const std::string& method);
/// Rules share out a logit (or a unit, or the difference of two): refuses probabilities and the loss.
Status startsFromLogit(const Target& target, const std::string& method);

/// The backward hooks of guided backprop (positive gradients at units that were on) and deconvnet (positive gradients): at
/// ReLU layers only.
BackwardHook guidedHook(const Network& network);
BackwardHook deconvHook(const Network& network);
/// Refuses networks without ReLU, and recurrent layers.
Status hasRelu(const Network& network, const std::string& method);

}  // namespace vitrine
