#pragma once

// What the explainers share: checks of what a caller hands in, the target, and the passes. Not for views.

#include <chrono>
#include <vector>

#include "core/base/random.h"
#include "core/explain/explainer.h"
#include "core/model/blocks.h"
#include "core/train/loss.h"

namespace vitrine {

/// Lengths of parameters, input, baseline, samples and groups, the settings, and the target against the network.
Status checkExplainArgs(const ExplainArgs& args, std::span<const Param> described);

/// What a stopped explainer returns.
Error explainStopped();

/// The output that is explained: the target's, or the largest (first of equals). Refuses logits that are not finite.
Result<std::int64_t> chooseOutput(const Network& network, const Real* logits, const Target& target);

/// f of one row of logits: the logit, or its softmax probability.
double targetValue(const Real* logits, std::int64_t outputs, std::int64_t output, bool probability);

/// d f / d logits of `rows` rows, into the workspace's output gradient.
void seedTarget(const Real* logits, std::int64_t rows, std::int64_t outputs, std::int64_t output, bool probability, Real* gradient);

/// A target made definite for one network: f as a function of a workspace after forward.
struct Goal {
  Target target;  ///< classes chosen
  NodeId node;    ///< whose output f is a function of
  /// Loss: the network's own, without class weights: one sample's mean loss does not depend on them, unless labels are smoothed; then what is
  /// spread over the other classes counts them alike.
  LossRule rule;
  /// Whether its workspaces must keep every node's output.
  bool keepAll() const { return target.kind == Target::Kind::Unit; }
  double value(const Network& network, const Workspace& ws, std::int64_t row) const;
  /// d f / d output of `node` for `rows` rows, into its gradient.
  void seed(const Network& network, Workspace& ws, std::int64_t rows) const;
  /// seed() and backward down to the input.
  void backward(const Network& network, std::span<const Real> params, Workspace& ws, std::int64_t rows, const BackwardHook& hook = {}) const;
};
/// After forward over the input as row 0 of `ws`. Refuses outputs that are not finite.
Result<Goal> chooseGoal(const ExplainArgs& args, const Workspace& ws);
/// Runs the input through the network: the goal, and f(x).
struct Start {
  Goal goal;
  double value = 0;
};
Result<Start> startGoal(const ExplainArgs& args);
/// What every method writes on its result: method, input shape, target, f(x).
Attribution attributionOf(const std::string& method, const ExplainArgs& args, const Goal& goal, double value);
/// The given baseline, or zeros.
std::vector<Real> baselineOf(const ExplainArgs& args);
/// The given background samples, or the baseline: [n × input size].
std::vector<Real> backgroundOf(const ExplainArgs& args);
/// Whether `to` depends on `from` (or is it).
bool feeds(const Graph& graph, NodeId from, NodeId to);

/// What an explainer, a check of trust or a maximisation draws random numbers for: each has its own, whatever the seed.
enum class DrawnFor : std::uint64_t {
  Background = 1, NoiseTunnel, ExpectedGradients, Shapley, KernelShap, Lime, Rise, Permutation, Removal, Infidelity, Sensitivity, Randomisation, Start, Jitter
};
inline Rng explainRng(std::uint64_t seed, DrawnFor what, std::uint64_t which = 0) { return Rng(seed, Stream::Explain, static_cast<std::uint64_t>(what), which); }

/// Many changed inputs, evaluated in fixed blocks that threads of the pool share out; asked for a stop before each block.
class Passes {
 public:
  Passes(const ExplainArgs& args, const Goal& goal, bool gradients, std::int64_t wanted);
  /// Writes input `i`; may be called from several threads at once.
  using Make = std::function<void(std::int64_t i, Real* x)>;
  /// f of inputs 0 … count − 1; progress goes from `from` to `to`.
  Result<std::vector<double>> values(std::int64_t count, const Make& make, double from = 0, double to = 1);
  /// Gets input, its gradient and f, in order of i, on the caller's thread.
  using Take = std::function<void(std::int64_t i, const Real* x, const Real* gradient, double value)>;
  Status gradients(std::int64_t count, const Make& make, const Take& take, double from = 0, double to = 1);

 private:
  const ExplainArgs& args_;
  const Goal& goal_;
  Workspaces workspaces_;
};

/// One sample's forward pass and the gradient of its target at the input.
struct InputGradient {
  double value = 0;
  std::vector<Real> gradient;  ///< [input size]
  Goal goal;
};
Result<InputGradient> inputGradient(const ExplainArgs& args, const BackwardHook& hook = {});

/// Weighted means, one a place; 0 where nothing was added.
class Means {
 public:
  explicit Means(std::size_t places) : sum_(places, 0.0), weight_(places, 0.0) {}
  void add(std::size_t place, double weight, double value) { sum_[place] += weight * value, weight_[place] += weight; }
  std::vector<Real> values() const {
    std::vector<Real> out;
    for (std::size_t i = 0; i < sum_.size(); ++i) out.push_back(static_cast<Real>(weight_[i] > 0 ? sum_[i] / weight_[i] : 0));
    return out;
  }

 private:
  std::vector<double> sum_, weight_;
};

bool allFinite(std::span<const Real> values);

/// supports() of methods that fit every network.
Status fitsAll(const Network&, const Params&);

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count(); }

 private:
  std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace vitrine
