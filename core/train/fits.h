#pragma once

#include "core/base/result.h"
#include "core/data/dataset.h"
#include "core/model/network.h"
#include "core/train/trainer.h"

namespace vitrine {

/// Whether a network was compiled for data like these, and the data hold what they say: every row that is dealt out is there, with a
/// class, labels or numbers that the network has outputs for.
Status fits(const Network& network, const Dataset& data);

/// Whether a run's state has the lengths that this network and this optimiser have, and stands within an epoch of these data.
Status fits(const Network& network, const Dataset& data, const OptimiserChoice& optimiser, const TrainState& state);

/// Samples of a batch: what the settings say, or all of them for optimisers that see all; never more than there are.
std::int64_t batchRows(const Dataset& data, const TrainSettings& settings);

/// Rows that a batch must have for every layer of the network that is trained (see Layer::leastRows).
std::int64_t leastRows(const Network& network);

/// Why these settings cannot train this network on these data (a batch of one row for batch normalisation), and the cure.
Status canTrain(const Network& network, const Dataset& data, const TrainSettings& settings);

}  // namespace vitrine
