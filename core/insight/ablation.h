#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "core/explain/explainer.h"

namespace vitrine {

/// Part of a node's output: one unit, or all places of one channel (the last dimension).
struct UnitChoice {
  NodeId node;
  std::int64_t index = 0;   ///< of the unit in the engine's layout, or of the channel
  bool channel = false;
};
/// The elements that are meant, in order. Requires a node of the network.
std::vector<std::int64_t> elementsOf(const Network& network, const UnitChoice& choice);
/// Refuses a node that is not there and a unit or channel that it does not have.
Status checkChoice(const Network& network, const UnitChoice& choice);

/// Mean over `rows` of every number that a node gives (evaluation mode), [shape.size()]: blocks shared by the pool, same bits for
/// any number of threads. Errors: a stop, numbers that are not finite, data of another shape.
Result<std::vector<Real>> meanActivations(const Network& network, std::span<const Real> params, const Dataset& data,
                                          std::span<const std::int32_t> rows, NodeId node, ThreadPool* pool = nullptr, std::stop_token stop = {},
                                          const std::function<void(double)>& progress = {});

/// What the network says of one sample with and without a part of it.
struct Ablation {
  UnitChoice choice;
  std::vector<Real> logits, logitsAfter;           ///< for a reader: train/outputs.h
  std::int64_t predicted = 0, predictedAfter = 0;       ///< largest logit, first of equals
};

/// Sets each choice by itself to zero, or to `replacement` ([shape.size()] of the choices' node, such as its mean), and runs the
/// rest of the network; all choices are of one node. Choices are passed in batches. Errors: as meanActivations.
Result<std::vector<Ablation>> ablate(const Network& network, std::span<const Real> params, std::span<const Real> input,
                                     std::span<const UnitChoice> choices, std::span<const Real> replacement = {}, std::stop_token stop = {},
                                     const std::function<void(double)>& progress = {});

}  // namespace vitrine
