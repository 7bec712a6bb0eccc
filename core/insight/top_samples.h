#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "core/insight/ablation.h"
#include "core/insight/observer.h"

namespace vitrine {

/// A sample that moves a unit much.
struct TopSample {
  std::int32_t row = 0;      ///< of the data set
  Real value = 0;            ///< the unit's output; of a channel: the largest over its places
  std::int64_t element = 0;  ///< where in the node's output (receptiveField() says where in the input)
};

/// The `count` samples of `rows` with the largest output of a unit or channel, largest first, of equals the one that stands first
/// in `rows`. Outputs that are not finite are left out. Same for any number of threads. Errors: a stop, a choice or rows that do not exist.
Result<std::vector<TopSample>> topSamples(const Network& network, std::span<const Real> params, const Dataset& data,
                                          std::span<const std::int32_t> rows, const UnitChoice& choice, std::size_t count,
                                          ThreadPool* pool = nullptr, std::stop_token stop = {}, const std::function<void(double)>& progress = {});

/// Every node's output for one input (evaluation mode), in order of evaluation: the feature maps. Errors: lengths, numbers in the
/// input that are not finite. Outputs are handed on as they are.
Result<std::vector<NodeActivation>> featureMaps(const Network& network, std::span<const Real> params, std::span<const Real> input);

}  // namespace vitrine
