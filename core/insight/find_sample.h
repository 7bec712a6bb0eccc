#pragma once

#include <functional>
#include <optional>
#include <stop_token>

#include "core/data/dataset.h"
#include "core/model/network.h"

namespace vitrine {

/// The first of `rows` whose true and predicted class satisfy `wants(truth, predicted)`; the prediction is the largest
/// output, the first of equals. Requires a classification data set. Nothing when there is none, or when stopped.
std::optional<std::int32_t> findSample(const Network& network, std::span<const Real> params, const Dataset& data,
                                       std::span<const std::int32_t> rows, const std::function<bool(int, int)>& wants,
                                       std::stop_token stop = {});

}  // namespace vitrine
