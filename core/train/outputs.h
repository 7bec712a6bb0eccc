#pragma once

#include "core/base/real.h"
#include "core/base/result.h"

namespace vitrine {

struct Dataset;
class Network;

/// What a network's outputs are for a reader; the loss that it learns by decides.
enum class OutputReading {
  Softmax,  ///< classes by cross-entropy: probabilities that sum to 1
  Sigmoid,  ///< labels and classes by binary cross-entropy: each a probability by itself
  Plain     ///< the outputs themselves; no shares of anything
};
OutputReading outputReading(const Network& network);
/// Success where the outputs are read as Softmax; else why no class has a probability.
Status classesHaveProbabilities(const Network& network);

/// Rows of outputs [rows × outputs] as they are read.
void readOutputs(OutputReading reading, std::int64_t rows, std::int64_t outputs, const Real* logits, Real* out);
/// The same; numbers in the target's own units.
void readOutputs(const Network& network, const Dataset& data, std::int64_t rows, const Real* logits, Real* out);

}  // namespace vitrine
