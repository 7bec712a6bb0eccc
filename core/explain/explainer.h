#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/model/network.h"

namespace vitrine {

struct PermutationImportance;
struct PartialDependence;
struct ShapSummary;
struct Maximisation;

/// What is explained: one number f(x).
struct Target {
  enum class Kind {
    Output,      ///< a logit (a number, in regression); with `probability` its softmax probability, where outputs are read so (train/outputs.h)
    Difference,  ///< `output` minus `other`, logits or probabilities: why this class and not that one
    Loss,        ///< the training loss of the sample, given its truth
    Unit         ///< unit `unit` of node `node`: its place in the node's output, flat, channels last
  };
  std::int64_t output = -1;  ///< -1: the predicted one (the largest logit)
  bool probability = false;
  Kind kind = Kind::Output;
  std::int64_t other = -1;      ///< Difference: -1: the largest logit besides `output`
  std::int64_t trueClass = -1;  ///< Loss of a classification network
  std::vector<Real> truth = {}; ///< Loss of other networks: [outputs], as gatherTargets() gives them
  NodeId node = {};
  std::int64_t unit = 0;

  static Target difference(std::int64_t a, std::int64_t b = -1) { return {.output = a, .kind = Kind::Difference, .other = b}; }
  static Target lossOfClass(std::int64_t c) { return {.kind = Kind::Loss, .trueClass = c}; }
  static Target lossOfNumbers(std::vector<Real> t) { return {.kind = Kind::Loss, .truth = std::move(t)}; }
  static Target unitOf(NodeId n, std::int64_t u) { return {.kind = Kind::Unit, .node = n, .unit = u}; }
};

/// What a counterfactual found.
struct Counterfactual {
  std::vector<Real> result;         ///< the changed input; Attribution::values are result − input
  std::int64_t from = 0, to = 0;    ///< classes before and after
  bool flipped = false;             ///< false: no change within the allowed size flips the class; `result` is the largest tried
  double largest = 0, euclidean = 0;///< norms of the change: L∞ and L2
};

/// Per-element relevance for one sample, or a map over the image's plane.
struct Attribution {
  std::string method;      ///< ExplainerSpec::id
  /// The input's shape; {height, width, 1} for maps over an image's plane, {steps, 1} over a series; a layer's for what
  /// concerns a layer.
  Shape shape;
  std::vector<Real> values;
  bool isSigned = true;
  bool isSlope = false;    ///< signed, in units of the output per unit of input: times a small change of the input it foretells the output's
  std::int64_t target = 0; ///< the output that was explained; Unit: the unit
  double outputValue = 0;  ///< f(x) at the target
  std::optional<double> baselineValue;       ///< f(baseline)
  std::optional<double> completenessError;   ///< sum − (f(x) − f(baseline)), where the method promises 0
  double seconds = 0;

  Target explained;                        ///< the target made definite: classes chosen
  std::vector<std::int32_t> groups;        ///< [input size] group of each element, where groups were explained; `values` repeat their group's
  std::vector<double> groupValues;         ///< one a group, where groups were explained
  std::vector<double> standardError;       ///< of `values`, or of `groupValues` where there are groups; empty: not sampled
  NodeId node = {};                        ///< the layer whose maps or units were used; 0: none
  bool ofUnits = false;                    ///< values are of that layer's units, not of the input
  std::string warning;                     ///< known against the method as it was set; empty: see ExplainerSpec::warning
  std::optional<double> fit;               ///< surrogate models (LIME): weighted R² of the fit; none where the weight of the neighbours is that of no more than the fit has coefficients, or their outputs are all the same
  std::optional<double> intercept;         ///< surrogate models: the constant term
  std::optional<Counterfactual> counterfactual;
  // What methods over a set of rows (table_importance.h) and the search for an input (insight/activation_maximisation.h) found
  // besides; null: another method.
  std::shared_ptr<const PermutationImportance> importance;
  std::shared_ptr<const PartialDependence> dependence;
  std::shared_ptr<const ShapSummary> summary;
  std::shared_ptr<const Maximisation> maximisation;
};

struct ExplainArgs {
  const Network& network;
  std::span<const Real> params;
  std::span<const Real> input;      ///< one sample in the network's layout
  Target target;
  const Params& settings;
  std::span<const Real> baseline = {};  ///< empty: zeros
  std::stop_token stop = {};
  std::function<void(double)> progress = {};  ///< share done, 0 … 1
  /// Threads that may help; null: the caller's alone. The result has the same bits.
  ThreadPool* pool = nullptr;
  /// Background samples, [n × input size]: expected gradients and the Shapley family average over them. Empty: the
  /// baseline stands for them.
  std::span<const Real> samples = {};
  /// Group of each element of the input, 0 … groups − 1 without gaps (groups.h makes them). Empty: the method's setting
  /// "groups" decides.
  std::span<const std::int32_t> groups = {};
  /// Set methods: the data that the network was made for, and the rows of it that count; `input` then decides only which class is
  /// the predicted one. Activation maximisation keeps pixels between black and white where it is given.
  const Dataset* data = nullptr;
  std::span<const std::int32_t> rows = {};
};

/// One method, said once.
struct ExplainerSpec {
  std::string id, name;
  std::string brief = {};  ///< where there is little room: "IG"; empty: the name
  std::string help, formula, source;
  const std::string& briefName() const { return brief.empty() ? name : brief; }
  std::vector<Param> params;
  bool promisesCompleteness = false;
  /// Why it does not apply to this network, or success.
  std::function<Status(const Network&, const Params&)> supports;
  /// Runs on the caller's thread and memory; any number may run at once. A stop is reported as an error.
  std::function<Result<Attribution>(const ExplainArgs&)> explain;

  /// Maps over a layer's units instead of the input: for a look inside, not for a wall.
  bool ofUnits = false;
  /// Counterfactual, Maximisation: seek an input. Set: about many rows. The others give maps of one sample or of a layer's units.
  enum class Family { Gradient, ModifiedBackward, ActivationMap, Perturbation, Inside, Counterfactual, Maximisation, Set };
  bool givesMaps() const { return family < Family::Counterfactual; }
  Family family = Family::Gradient;
  /// Defaults that depend on the input's shape, in place of the params' own; see settingsFor().
  std::function<Params(const Shape&)> usual = {};
  bool usesBaseline = false, usesSamples = false, usesGroups = false;  ///< which optional arguments it reads
  /// What is known against the method, to be shown with it; empty: nothing ("does not depend on the weights much …").
  std::string warning = {};
};

std::span<const ExplainerSpec> explainerRegistry();
const ExplainerSpec* findExplainer(const std::string& id);
/// `given`, and what the method usually takes for such an input where nothing is given.
Params settingsFor(const ExplainerSpec& method, const Shape& input, Params given);

}  // namespace vitrine
