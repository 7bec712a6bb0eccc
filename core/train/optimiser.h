#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/model/param.h"
#include "core/tensor/tensor.h"

namespace vitrine {

/// The optimiser's memory: some vectors as long as the parameters, and the number of steps taken. Copied with a
/// checkpoint, so that training goes on with the same bits.
struct OptimiserState {
  std::vector<Buffer> vectors;
  std::int64_t steps = 0;
  /// NAdam: the product of μ over the first productSteps steps; follows from the steps, so it is not saved.
  double product = 1;
  std::int64_t productSteps = 0;
};

/// One optimiser, said once. PyTorch's definitions and defaults.
struct OptimiserSpec {
  std::string id;    ///< "adam"
  std::string name;  ///< "Adam"
  std::string help, formula;
  std::vector<Param> params;  ///< without the learning rate, which the trainer owns
  int vectorCount = 0;         ///< state vectors it keeps
  std::vector<std::string> vectorNames;  ///< in files: "exp_avg", "exp_avg_sq"
  double usualRate = 1e-3;
  bool fullBatch = false;  ///< every step sees all training samples
};

std::span<const OptimiserSpec> optimiserRegistry();
const OptimiserSpec* findOptimiser(const std::string& id);

/// What the trainer is told of its optimiser.
struct OptimiserChoice {
  std::string id = "adam";
  Params params;
  bool operator==(const OptimiserChoice&) const = default;
};

/// A choice with its numbers looked up, ready for the hot path.
struct OptimiserRule {
  const OptimiserSpec* spec = nullptr;
  double momentum = 0, dampening = 0, beta1 = 0.9, beta2 = 0.999, alpha = 0.99, epsilon = 1e-8, weightDecay = 0, momentumDecay = 0;
  bool centred = false, amsgrad = false;
};
OptimiserRule optimiserRule(const OptimiserChoice& choice);
OptimiserState freshState(const OptimiserChoice& choice, std::int64_t parameters);

/// Counts a step; once before its applyOptimiser() calls.
void beginStep(const OptimiserRule& rule, OptimiserState& state);
/// Moves parameters [begin, end) of the flat vectors by one step; ranges may run at once, since elements are
/// independent. Requires beginStep() before.
void applyOptimiser(const OptimiserRule& rule, double rate, std::int64_t begin, std::int64_t end, const Real* gradient,
                    Real* params, OptimiserState& state);

}  // namespace vitrine
