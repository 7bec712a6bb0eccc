#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/model/network.h"

namespace vitrine {

/// What a heap of numbers looks like. Mean and the others are of the finite ones; NaN when there are none.
struct NumberSummary {
  std::int64_t count = 0;      ///< all of them
  std::int64_t notFinite = 0;  ///< NaN and infinite ones
  double mean = 0, deviation = 0;  ///< population deviation
  double min = 0, max = 0;
  double zeroShare = 0;  ///< share that is exactly 0
};
NumberSummary summarise(std::span<const Real> values);

/// One block of parameters: "Conv 1.weight".
struct BlockSummary {
  std::string name;
  NodeId node;
  bool trainable = true;
  NumberSummary values;
};
/// In order of the flat vector. Requires params of the network's length.
std::vector<BlockSummary> parameterSummaries(const Network& network, std::span<const Real> params);

/// What a node gave for some samples. A unit is one feature, or one channel of an image over all its places.
struct ActivationSummary {
  NodeId node;
  NumberSummary values;
  std::int64_t units = 0;
  /// ReLU: units that were 0 for every sample and place, so that nothing trains them.
  std::optional<std::int64_t> dead;
  /// Sigmoid, tanh: units that were within 1 % of the ends of their range for every sample and place.
  std::optional<std::int64_t> saturated;
};
/// Every node in order of evaluation, Input included, over `rows` of the data (a few hundred tell enough). Empty when
/// stopped or when there are no rows.
std::vector<ActivationSummary> activationSummaries(const Network& network, std::span<const Real> params, const Dataset& data,
                                                   std::span<const std::int32_t> rows, std::stop_token stop = {});

}  // namespace vitrine
