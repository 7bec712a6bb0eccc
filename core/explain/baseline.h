#pragma once

#include <vector>

#include "core/data/dataset.h"

namespace vitrine {

// Baselines: the input that stands for "nothing there". All are in the network's layout, ready for ExplainArgs::baseline.
// Zeros need no function; a chosen sample is a row of gatherInputs().

/// The mean of the training rows as the network sees them (of at most `most` of them, evenly spread). Empty when there
/// are no training rows.
std::vector<Real> meanBaseline(const Dataset& data, std::int64_t most = 2000);

/// The input made unsharp: in every channel the mean of the neighbours along rows and columns (or steps), weighed by a normal distribution
/// of deviation `sigma` (pixels or steps) that is cut at 4 of them; beyond an edge its last number goes on.
/// Vectors are returned as they are: they have no neighbours. Requires sigma > 0.
std::vector<Real> blurredBaseline(const Shape& shape, std::span<const Real> input, double sigma);

/// `count` training rows spread evenly at random (fewer when there are fewer), for ExplainArgs::samples:
/// [rows × input size]. The same for the same seed.
std::vector<Real> backgroundSamples(const Dataset& data, std::int64_t count, std::uint64_t seed);

}  // namespace vitrine
