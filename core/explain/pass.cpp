#include "core/explain/pass.h"

#include <algorithm>
#include <cmath>

#include "core/train/outputs.h"

namespace vitrine {
namespace {

Error wrongLength(const std::string& what, std::size_t found, std::int64_t expected) {
  Error error;
  error.place = what;
  error.found = std::to_string(found) + " values";
  error.expected = std::to_string(expected);
  return error;
}

Status noOutput(std::int64_t output, std::int64_t outputs) {
  return problem("There is no output " + std::to_string(output) + ": the network has outputs 0 to " + std::to_string(outputs - 1) + ".");
}

Status checkLoss(const Network& network, const Target& target) {
  const std::int64_t outputs = network.outputs();
  if (network.data().task == Task::Classification) {
    if (target.trueClass < 0 || target.trueClass >= outputs)
      return problem("The loss needs the sample's true class, one of 0 to " + std::to_string(outputs - 1) + ".");
    return {};
  }
  if (static_cast<std::int64_t>(target.truth.size()) != outputs) return wrongLength("true values", target.truth.size(), outputs);
  if (!allFinite(target.truth)) return problem("The true values are not finite numbers.");
  return {};
}

Status checkUnit(const Network& network, const Target& target) {
  const std::vector<NodeId>& order = network.order();
  if (std::find(order.begin(), order.end(), target.node) == order.end()) return problem("The layer of the explained unit is not in the network.");
  const std::int64_t units = network.shape(target.node).size();
  if (target.unit < 0 || target.unit >= units)
    return problem("There is no unit " + std::to_string(target.unit) + ": layer '" + network.graph().find(target.node)->name +
                   "' has units 0 to " + std::to_string(units - 1) + ".");
  return {};
}

Status checkTarget(const Network& network, const Target& target) {
  const std::int64_t outputs = network.outputs();
  if (target.kind == Target::Kind::Loss) return checkLoss(network, target);
  if (target.kind == Target::Kind::Unit) return checkUnit(network, target);
  if (target.output < -1 || target.output >= outputs) return noOutput(target.output, outputs);
  if (target.probability)
    if (Status s = classesHaveProbabilities(network); !s) return s;
  if (target.kind != Target::Kind::Difference) return {};
  if (outputs < 2) return problem("A difference needs two outputs; this network has one.");
  if (target.other < -1 || target.other >= outputs) return noOutput(target.other, outputs);
  if (target.other >= 0 && target.other == target.output) return problem("The difference of an output and itself is always 0; choose two.");
  return {};
}

/// The loss of one row, and its gradient if wanted.
double lossValue(const Goal& goal, std::int64_t outputs, const Real* logits, Real* gradient) {
  const Target& t = goal.target;
  if (!goal.rule.wantsNumbers()) {
    const std::int32_t label = static_cast<std::int32_t>(t.trueClass);
    return crossEntropy(1, outputs, logits, &label, 1, gradient, goal.rule).loss;
  }
  std::vector<Real> truth = t.truth;
  if (truth.empty()) {  // classes compared as numbers: one-hot
    truth.assign(static_cast<std::size_t>(outputs), Real(0));
    truth[static_cast<std::size_t>(t.trueClass)] = 1;
  }
  return numberLoss(goal.rule, 1, outputs, logits, truth.data(), 1, gradient).loss;
}

}  // namespace

bool allFinite(std::span<const Real> values) {
  return std::all_of(values.begin(), values.end(), [](Real v) { return std::isfinite(v); });
}

Status checkExplainArgs(const ExplainArgs& args, std::span<const Param> described) {
  const std::int64_t inputs = args.network.data().input.size();
  if (static_cast<std::int64_t>(args.params.size()) != args.network.parameterCount())
    return wrongLength("parameters", args.params.size(), args.network.parameterCount());
  if (static_cast<std::int64_t>(args.input.size()) != inputs) return wrongLength("input", args.input.size(), inputs);
  if (!args.baseline.empty() && static_cast<std::int64_t>(args.baseline.size()) != inputs)
    return wrongLength("baseline", args.baseline.size(), inputs);
  if (static_cast<std::int64_t>(args.samples.size()) % inputs != 0)
    return wrongLength("background samples", args.samples.size(), (static_cast<std::int64_t>(args.samples.size()) / inputs + 1) * inputs);
  if (!args.groups.empty() && static_cast<std::int64_t>(args.groups.size()) != inputs)
    return wrongLength("groups", args.groups.size(), inputs);
  if (!allFinite(args.input)) return problem("The input has values that are not finite numbers.");
  if (!allFinite(args.baseline)) return problem("The baseline has values that are not finite numbers.");
  if (!allFinite(args.samples)) return problem("The background samples have values that are not finite numbers.");
  if (Status s = checkTarget(args.network, args.target); !s) return s;
  return checkParams(described, args.settings);
}

Error explainStopped() { return problem("Stopped."); }

Result<std::int64_t> chooseOutput(const Network& network, const Real* logits, const Target& target) {
  const std::int64_t outputs = network.outputs();
  if (!allFinite({logits, static_cast<std::size_t>(outputs)}))
    return problem("The network's outputs for this sample are not finite numbers.");
  if (target.output >= 0) return target.output;
  return static_cast<std::int64_t>(std::max_element(logits, logits + outputs) - logits);
}

double targetValue(const Real* logits, std::int64_t outputs, std::int64_t output, bool probability) {
  if (!probability) return static_cast<double>(logits[output]);
  const Real top = *std::max_element(logits, logits + outputs);
  double sum = 0;
  for (std::int64_t c = 0; c < outputs; ++c) sum += std::exp(static_cast<double>(logits[c] - top));
  return std::exp(static_cast<double>(logits[output] - top)) / sum;
}

void seedTarget(const Real* logits, std::int64_t rows, std::int64_t outputs, std::int64_t output, bool probability, Real* gradient) {
  std::fill_n(gradient, rows * outputs, Real(0));
  std::vector<double> p(static_cast<std::size_t>(probability ? outputs : 0));
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* z = logits + r * outputs;
    Real* g = gradient + r * outputs;
    if (!probability) {
      g[output] = 1;
      continue;
    }
    // d p_t / d z_c = p_t (δ_tc − p_c)
    const Real top = *std::max_element(z, z + outputs);
    double sum = 0;
    for (std::size_t c = 0; c < p.size(); ++c) sum += p[c] = std::exp(static_cast<double>(z[c] - top));
    const double own = p[static_cast<std::size_t>(output)] / sum;
    for (std::int64_t c = 0; c < outputs; ++c) g[c] = static_cast<Real>(own * ((c == output ? 1 : 0) - p[static_cast<std::size_t>(c)] / sum));
  }
}

double Goal::value(const Network& network, const Workspace& ws, std::int64_t row) const {
  const std::int64_t outputs = network.shape(node).size();
  const Real* y = ws.activation(node) + row * outputs;
  switch (target.kind) {
    case Target::Kind::Unit: return static_cast<double>(y[target.unit]);
    case Target::Kind::Loss: return lossValue(*this, outputs, y, nullptr);
    case Target::Kind::Difference:
      return targetValue(y, outputs, target.output, target.probability) - targetValue(y, outputs, target.other, target.probability);
    case Target::Kind::Output: break;
  }
  return targetValue(y, outputs, target.output, target.probability);
}

void Goal::seed(const Network& network, Workspace& ws, std::int64_t rows) const {
  const std::int64_t outputs = network.shape(node).size();
  Real* g = network.seedGradient(node, ws);
  const Real* y = ws.activation(node);
  switch (target.kind) {
    case Target::Kind::Output: seedTarget(y, rows, outputs, target.output, target.probability, g); return;
    case Target::Kind::Loss:
      for (std::int64_t r = 0; r < rows; ++r) lossValue(*this, outputs, y + r * outputs, g + r * outputs);
      return;
    case Target::Kind::Unit:
      std::fill_n(g, rows * outputs, Real(0));
      for (std::int64_t r = 0; r < rows; ++r) g[r * outputs + target.unit] = 1;
      return;
    case Target::Kind::Difference: break;
  }
  std::vector<Real> other(static_cast<std::size_t>(rows * outputs));
  seedTarget(y, rows, outputs, target.output, target.probability, g);
  seedTarget(y, rows, outputs, target.other, target.probability, other.data());
  for (std::size_t i = 0; i < other.size(); ++i) g[i] -= other[i];
}

void Goal::backward(const Network& network, std::span<const Real> params, Workspace& ws, std::int64_t rows, const BackwardHook& hook) const {
  seed(network, ws, rows);
  network.backwardFrom(node, params, ws, rows, true, hook);
}

Result<Goal> chooseGoal(const ExplainArgs& args, const Workspace& ws) {
  const Network& network = args.network;
  Goal goal{args.target, network.order().back(), {}};
  const Real* logits = ws.activation(goal.node);
  Target& t = goal.target;
  if (t.kind == Target::Kind::Unit) {
    goal.node = t.node;
    if (!std::isfinite(goal.value(network, ws, 0))) return problem("The unit's value for this sample is not a finite number.");
    return goal;
  }
  const Result<std::int64_t> output = chooseOutput(network, logits, t);
  if (!output) return output.error();
  t.output = *output;
  if (t.kind == Target::Kind::Difference) {
    if (t.other == t.output) return problem("The difference of an output and itself is always 0; choose two.");
    for (std::int64_t c = 0; args.target.other < 0 && c < network.outputs(); ++c)
      if (c != t.output && (t.other < 0 || logits[c] > logits[t.other])) t.other = c;
  }
  if (t.kind == Target::Kind::Loss) {
    Dataset blank;  // no class weights
    blank.spec = network.data();
    blank.spec.task = Task::Regression;
    goal.rule = lossRule(network.graph(), blank);
  }
  return goal;
}

Result<Start> startGoal(const ExplainArgs& args) {
  if (args.stop.stop_requested()) return explainStopped();
  Workspace ws(args.network, 1, args.target.kind == Target::Kind::Unit, false);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  args.network.forward(args.params, ws, 1);
  Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  const double value = goal->value(args.network, ws, 0);
  return Start{std::move(*goal), value};
}

Attribution attributionOf(const std::string& method, const ExplainArgs& args, const Goal& goal, double value) {
  Attribution a;
  a.method = method;
  a.shape = args.network.data().input;
  a.target = goal.target.kind == Target::Kind::Unit ? goal.target.unit : goal.target.output;
  a.outputValue = value;
  a.explained = goal.target;
  return a;
}

std::vector<Real> baselineOf(const ExplainArgs& args) {
  std::vector<Real> baseline(args.baseline.begin(), args.baseline.end());
  baseline.resize(args.input.size(), Real(0));
  return baseline;
}

std::vector<Real> backgroundOf(const ExplainArgs& args) {
  return args.samples.empty() ? baselineOf(args) : std::vector<Real>(args.samples.begin(), args.samples.end());
}

bool feeds(const Graph& graph, NodeId from, NodeId to) {
  std::vector<NodeId> seen{to};
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] == from) return true;
    for (NodeId source : graph.inputsOf(seen[i]))
      if (std::find(seen.begin(), seen.end(), source) == seen.end()) seen.push_back(source);
  }
  return false;
}

Passes::Passes(const ExplainArgs& args, const Goal& goal, bool gradients, std::int64_t wanted)
    : args_(args), goal_(goal),
      workspaces_(args.network, std::clamp<std::int64_t>(rowsAtOnce(args.network, wanted), 1, 32), args.pool, goal.keepAll(), gradients) {}

Result<std::vector<double>> Passes::values(std::int64_t count, const Make& make, double from, double to) {
  std::vector<double> out(static_cast<std::size_t>(count));
  const std::int64_t n = static_cast<std::int64_t>(args_.input.size()), most = workspaces_.rows();
  const auto run = [&](std::int64_t b, int thread) {
    Workspace& ws = workspaces_.of(thread);
    const std::int64_t first = b * most, rows = std::min(most, count - first);
    for (std::int64_t r = 0; r < rows; ++r) make(first + r, ws.input() + r * n);
    args_.network.forward(args_.params, ws, rows);
    for (std::int64_t r = 0; r < rows; ++r) out[static_cast<std::size_t>(first + r)] = goal_.value(args_.network, ws, r);
  };
  if (!forBlocks((count + most - 1) / most, args_.pool, args_.stop, args_.progress, run, from, to)) return explainStopped();
  if (!std::all_of(out.begin(), out.end(), [](double v) { return std::isfinite(v); }))
    return problem("The network's outputs for a changed input are not finite numbers.");
  return out;
}

Status Passes::gradients(std::int64_t count, const Make& make, const Take& take, double from, double to) {
  const std::int64_t n = static_cast<std::int64_t>(args_.input.size()), most = workspaces_.rows(), blocks = (count + most - 1) / most;
  // A wave of blocks at once, one a thread; taken in order, so that sums have the same bits for any number of threads.
  const std::int64_t wave = workspaces_.threads();
  for (std::int64_t first = 0; first < blocks; first += wave) {
    const std::int64_t here = std::min(wave, blocks - first);
    if (args_.stop.stop_requested()) return explainStopped();
    const auto run = [&](std::int64_t b, int) {
      Workspace& ws = workspaces_.of(static_cast<int>(b));
      const std::int64_t at = (first + b) * most, rows = std::min(most, count - at);
      for (std::int64_t r = 0; r < rows; ++r) make(at + r, ws.input() + r * n);
      args_.network.forward(args_.params, ws, rows);
      goal_.backward(args_.network, args_.params, ws, rows);
    };
    if (args_.pool)
      args_.pool->run(here, run);
    else
      run(0, 0);
    for (std::int64_t b = 0; b < here; ++b) {
      const Workspace& ws = workspaces_.of(static_cast<int>(b));
      const std::int64_t at = (first + b) * most, rows = std::min(most, count - at);
      const Real* x = ws.activation(args_.network.order().front());
      if (!allFinite({ws.inputGradient(), static_cast<std::size_t>(rows * n)}))
        return problem("The gradients for a changed input are not finite numbers.");
      for (std::int64_t r = 0; r < rows; ++r) take(at + r, x + r * n, ws.inputGradient() + r * n, goal_.value(args_.network, ws, r));
    }
    if (args_.progress) args_.progress(from + (to - from) * static_cast<double>(first + here) / static_cast<double>(blocks));
  }
  return {};
}

Result<InputGradient> inputGradient(const ExplainArgs& args, const BackwardHook& hook) {
  const Network& network = args.network;
  if (args.stop.stop_requested()) return explainStopped();
  // A hook reads what layers got and gave: nothing may be written over.
  Workspace ws(network, 1, hook || args.target.kind == Target::Kind::Unit, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  network.forward(args.params, ws, 1);
  Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  InputGradient result;
  result.value = goal->value(network, ws, 0);
  if (args.stop.stop_requested()) return explainStopped();
  goal->backward(network, args.params, ws, 1, hook);
  result.goal = std::move(*goal);
  result.gradient.assign(ws.inputGradient(), ws.inputGradient() + args.input.size());
  if (!allFinite(result.gradient)) return problem("The gradient for this sample is not made of finite numbers.");
  return result;
}

Status fitsAll(const Network&, const Params&) { return {}; }

}  // namespace vitrine
