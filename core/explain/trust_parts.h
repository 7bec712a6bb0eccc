#pragma once

// What the checks share. Not for views.

#include "core/explain/pass.h"
#include "core/explain/trust.h"

namespace vitrine {

/// The map's value for each number of the input: maps over an image's plane count for all of its channels. Refuses other
/// sizes, and maps over a layer's units, whatever their size.
Result<std::vector<double>> valuesByInput(const Network& network, const Attribution& map);

/// Whether there are several values and none is told from another: they differ by a millionth of the largest at most.
bool isFlat(std::span<const double> values);
/// Absolute values that are ranked: of every value, or, with `groups` of the inputs (a table's columns), of what the map gives each group.
std::vector<double> magnitudesOf(const Attribution& map, std::span<const std::int32_t> groups = {});
/// The values by input; a value of several inputs together is shared out among them evenly, so that sums over inputs count it once.
std::vector<double> sharesByInput(const Attribution& map);

/// The target of the map itself: what was predicted for x is explained for the changed input too.
Target targetOf(const TrustTask& task);

/// The target, or with `probability` its class's softmax probability, for `count` inputs that make(i, x) writes: in batches, shared out
/// by the pool. progress: from `from` to `to`.
Result<std::vector<double>> scoresOf(const TrustTask& task, std::int64_t count, bool probability, const Passes::Make& make, double from, double to);

}  // namespace vitrine
