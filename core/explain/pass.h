#pragma once

// What the explainers share: checks of what a caller hands in, the target, and the passes. Not for views.

#include <chrono>
#include <vector>

#include "core/explain/explainer.h"

namespace vitrine {

/// Lengths of parameters, input and baseline, the settings, and the target against the network.
Status checkExplainArgs(const ExplainArgs& args, std::span<const Param> described);

/// What a stopped explainer returns.
Error explainStopped();

/// The output that is explained: the target's, or the largest (first of equals). Refuses logits that are not finite.
Result<std::int64_t> chooseOutput(const Network& network, const Real* logits, const Target& target);

/// f of one row of logits: the logit, or its softmax probability.
double targetValue(const Real* logits, std::int64_t outputs, std::int64_t output, bool probability);

/// d f / d logits of `rows` rows, into the workspace's output gradient.
void seedTarget(const Real* logits, std::int64_t rows, std::int64_t outputs, std::int64_t output, bool probability, Real* gradient);

/// Rows that a batched explainer passes at once: the workspace stays near the caches, and one block far below 50 ms, so
/// that a stop is answered in time.
std::int64_t explainRows(const Network& network, std::int64_t wanted);

/// One sample's forward pass and the gradient of its target at the input.
struct InputGradient {
  std::int64_t output = 0;
  double value = 0;
  std::vector<Real> gradient;  ///< [input size]
};
Result<InputGradient> inputGradient(const ExplainArgs& args);

bool allFinite(std::span<const Real> values);

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace vitrine
