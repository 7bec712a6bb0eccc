#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/model/network.h"

namespace vitrine {

/// What is explained: a logit (or, as an option, its softmax probability).
struct Target {
  std::int64_t output = -1;  ///< -1: the predicted one (the largest logit)
  bool probability = false;
};

/// Per-element relevance for one sample, or a map over the image's plane.
struct Attribution {
  std::string method;      ///< ExplainerSpec::id
  Shape shape;             ///< the input's shape, or {height, width, 1} for class activation maps
  std::vector<Real> values;
  bool isSigned = true;
  std::int64_t target = 0; ///< the output that was explained
  double outputValue = 0;  ///< f(x) at the target
  std::optional<double> baselineValue;       ///< f(baseline)
  std::optional<double> completenessError;   ///< sum − (f(x) − f(baseline)), where the method promises 0
  double seconds = 0;
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
};

/// One method, said once.
struct ExplainerSpec {
  std::string id, name, help, formula, source;
  std::vector<Param> params;
  bool promisesCompleteness = false;
  /// Why it does not apply to this network, or success.
  std::function<Status(const Network&, const Params&)> supports;
  /// Runs on the caller's thread and memory; any number may run at once. A stop is reported as an error.
  std::function<Result<Attribution>(const ExplainArgs&)> explain;
};

std::span<const ExplainerSpec> explainerRegistry();
const ExplainerSpec* findExplainer(const std::string& id);

}  // namespace vitrine
