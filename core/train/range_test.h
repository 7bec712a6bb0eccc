#pragma once

#include <functional>
#include <stop_token>
#include <vector>

#include "core/train/trainer.h"

namespace vitrine {

/// One batch of a learning-rate range test.
struct RangePoint {
  double rate = 0, loss = 0;
  double smoothed = 0;  ///< exponential mean of the losses, corrected for its start
};
struct RangeTest {
  std::vector<RangePoint> points;
  double suggested = 0;  ///< the rate where the smoothed loss falls fastest per factor of the rate; 0: it never fell
};

/// Smith 2017: trains a copy of `params` with a rate that grows by the same factor each batch from `low` to `high`, until the
/// smoothed loss is four times its lowest or numbers cease to be finite. Stops early (with what it has) when asked.
RangeTest rangeTest(std::shared_ptr<const Network> network, DatasetPtr data, const TrainSettings& settings, std::span<const Real> params,
                    double low, double high, int batches, int threads, std::stop_token stop = {},
                    const std::function<void(double)>& progress = {});

}  // namespace vitrine
