#include "core/explain/pass.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

Error wrongLength(const std::string& what, std::size_t found, std::int64_t expected) {
  Error error;
  error.place = what;
  error.found = std::to_string(found) + " values";
  error.expected = std::to_string(expected);
  return error;
}

}  // namespace

bool allFinite(std::span<const Real> values) {
  return std::all_of(values.begin(), values.end(), [](Real v) { return std::isfinite(v); });
}

Status checkExplainArgs(const ExplainArgs& args, std::span<const Param> described) {
  const std::int64_t inputs = args.network.data().input.size(), outputs = args.network.outputs();
  if (static_cast<std::int64_t>(args.params.size()) != args.network.parameterCount())
    return wrongLength("parameters", args.params.size(), args.network.parameterCount());
  if (static_cast<std::int64_t>(args.input.size()) != inputs) return wrongLength("input", args.input.size(), inputs);
  if (!args.baseline.empty() && static_cast<std::int64_t>(args.baseline.size()) != inputs)
    return wrongLength("baseline", args.baseline.size(), inputs);
  if (!allFinite(args.input)) return problem("The input has values that are not finite numbers.");
  if (!allFinite(args.baseline)) return problem("The baseline has values that are not finite numbers.");
  if (args.target.output < -1 || args.target.output >= outputs)
    return problem("There is no output " + std::to_string(args.target.output) + ": the network has outputs 0 to " +
                   std::to_string(outputs - 1) + ".");
  if (args.target.probability && args.network.data().task != Task::Classification)
    return problem("Only classes have a probability; this network predicts numbers.");
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
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* z = logits + r * outputs;
    Real* g = gradient + r * outputs;
    if (!probability) {
      g[output] = 1;
      continue;
    }
    // d p_t / d z_c = p_t (δ_tc − p_c)
    const double p = targetValue(z, outputs, output, true);
    for (std::int64_t c = 0; c < outputs; ++c)
      g[c] = static_cast<Real>(p * ((c == output ? 1 : 0) - targetValue(z, outputs, c, true)));
  }
}

std::int64_t explainRows(const Network& network, std::int64_t wanted) {
  double values = 0;
  for (NodeId id : network.order()) values += static_cast<double>(network.shape(id).size());
  constexpr double kBytes = 4e6, kMultiplyAdds = 1.5e8;
  const double byMemory = kBytes / (2 * sizeof(Real) * values);
  const double byTime = kMultiplyAdds / std::max(1.0, static_cast<double>(network.costPerSample()));
  const double rows = std::clamp(std::min(std::max(byMemory, 4.0), byTime), 1.0, 64.0);
  return std::min(static_cast<std::int64_t>(rows), wanted);
}

Result<InputGradient> inputGradient(const ExplainArgs& args) {
  const Network& network = args.network;
  if (args.stop.stop_requested()) return explainStopped();
  Workspace ws(network, 1, false, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  const Real* logits = network.forward(args.params, ws, 1);
  const Result<std::int64_t> output = chooseOutput(network, logits, args.target);
  if (!output) return output.error();
  InputGradient result;
  result.output = *output;
  result.value = targetValue(logits, network.outputs(), *output, args.target.probability);
  if (args.stop.stop_requested()) return explainStopped();
  seedTarget(logits, 1, network.outputs(), *output, args.target.probability, ws.outputGradient());
  network.backward(args.params, ws, 1, {}, false, true);
  result.gradient.assign(ws.inputGradient(), ws.inputGradient() + args.input.size());
  if (!allFinite(result.gradient)) return problem("The gradient for this sample is not made of finite numbers.");
  return result;
}

}  // namespace vitrine
