// What a layer's units do for the output (conductance, gradient × activation), and what the input does for a unit.
#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/explain/methods.h"
#include "core/explain/pass.h"
#include "core/explain/quadrature.h"

namespace vitrine {
namespace {

Param layerParam(const char* help) { return {.id = "layer", .label = "Layer", .help = help, .fallback = std::string()}; }

/// The named layer, or the last one before the output that is not its direct source; only layers that feed the target.
Result<NodeId> layerOf(const Network& network, const std::string& name) {
  const std::vector<NodeId>& order = network.order();
  if (name.empty()) return order.size() > 3 ? order[order.size() - 3] : order[order.size() - 2];
  for (NodeId id : order)
    if (network.graph().find(id)->name == name) return id;
  return problem("The network has no layer '" + name + "'.");
}

std::vector<Param> conductanceParams() {
  return {layerParam("Name of the layer whose units are explained; empty: the last hidden one."),
          {.id = "steps", .label = "Steps", .help = "Parts of the way from the baseline to the input; 50 is usual.", .fallback = std::int64_t{50}, .low = 2, .high = 1000,
           .sliderLow = 10, .sliderHigh = 200},
          {.id = "rule", .label = "Rule", .help = "Where the points on the way lie.", .fallback = std::string("gauss-legendre"),
           .choices = {{"gauss-legendre", "Gauss–Legendre"}, {"trapezoid", "Evenly, both ends"}}}};
}

Status supportsLayer(const Network& network, const Params& settings) {
  const Result<NodeId> node = layerOf(network, param<std::string>(settings, conductanceParams(), "layer"));
  return node ? Status() : Status(node.error());
}

Result<NodeId> checkedLayer(const ExplainArgs& args, std::span<const Param> described) {
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<NodeId> node = layerOf(args.network, param<std::string>(args.settings, described, "layer"));
  if (node && args.target.kind == Target::Kind::Unit && !feeds(args.network.graph(), *node, args.target.node))
    return problem("Layer '" + args.network.graph().find(*node)->name + "' does not feed the explained unit.");
  return node;
}

Attribution layerAttribution(const char* id, const ExplainArgs& args, const Goal& goal, double value, NodeId node) {
  Attribution a = attributionOf(id, args, goal, value);
  a.shape = args.network.shape(node);
  a.node = node;
  a.ofUnits = true;
  return a;
}

/// Σ over the parts of the way of ∂f/∂y at a part's start · (y at its end − y at its start): the inner derivative is taken as a
/// difference, as Captum does.
Result<Attribution> explainConductance(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = conductanceParams();
  const Result<NodeId> node = checkedLayer(args, described);
  if (!node) return node.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const Network& network = args.network;
  const std::int64_t points = param<std::int64_t>(args.settings, described, "steps") + 1;
  const Quadrature q = quadrature(param<std::string>(args.settings, described, "rule"), static_cast<int>(points));
  const std::vector<Real> baseline = baselineOf(args);
  const std::size_t n = baseline.size(), units = static_cast<std::size_t>(network.shape(*node).size());
  const std::int64_t rows = std::min<std::int64_t>(32, rowsAtOnce(network, points));
  Workspace ws(network, rows, true, true);
  std::vector<double> sum(units, 0.0);
  std::vector<Real> lastUnits, lastGradient;
  for (std::int64_t first = 0; first < points; first += rows) {
    if (args.stop.stop_requested()) return explainStopped();
    const std::int64_t count = std::min(rows, points - first);
    for (std::int64_t r = 0; r < count; ++r) {
      const Real share = static_cast<Real>(q.points[static_cast<std::size_t>(first + r)]);
      for (std::size_t i = 0; i < n; ++i) ws.input()[static_cast<std::size_t>(r) * n + i] = baseline[i] + share * (args.input[i] - baseline[i]);
    }
    network.forward(args.params, ws, count);
    start->goal.backward(network, args.params, ws, count);
    for (std::int64_t r = 0; r < count; ++r) {
      const Real *y = ws.activation(*node) + static_cast<std::size_t>(r) * units, *g = ws.gradient(*node) + static_cast<std::size_t>(r) * units;
      if (!lastUnits.empty())
        for (std::size_t u = 0; u < units; ++u) sum[u] += static_cast<double>(lastGradient[u]) * (static_cast<double>(y[u]) - static_cast<double>(lastUnits[u]));
      lastUnits.assign(y, y + units);
      lastGradient.assign(g, g + units);
    }
    if (args.progress) args.progress(static_cast<double>(first + count) / static_cast<double>(points));
  }
  Attribution a = layerAttribution("layer-conductance", args, start->goal, start->value, *node);
  a.values.assign(sum.begin(), sum.end());
  if (!allFinite(a.values)) return problem("The gradients on the way from the baseline are not finite numbers.");
  a.seconds = watch.seconds();
  return a;
}

Result<Attribution> explainGradientXActivation(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described{conductanceParams()[0]};
  const Result<NodeId> node = checkedLayer(args, described);
  if (!node) return node.error();
  if (args.stop.stop_requested()) return explainStopped();
  const Network& network = args.network;
  Workspace ws(network, 1, true, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  network.forward(args.params, ws, 1);
  const Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  goal->backward(network, args.params, ws, 1);
  Attribution a = layerAttribution("layer-gradient-x-activation", args, *goal, goal->value(network, ws, 0), *node);
  for (std::int64_t u = 0; u < network.shape(*node).size(); ++u) a.values.push_back(ws.activation(*node)[u] * ws.gradient(*node)[u]);
  if (!allFinite(a.values)) return problem("The gradient for this sample is not made of finite numbers.");
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

std::vector<Param> neuronParams() {
  return {layerParam("Name of the unit's layer; empty: the last hidden one."),
          {.id = "unit", .label = "Unit", .help = "Its place in the layer's output, counted from 0, channels last; −1: the one with the largest value for this sample.",
           .fallback = std::int64_t{-1}, .low = -1, .high = 1e15},
          {.id = "by", .label = "By", .help = "The method that explains the unit, with its usual settings. What is known against that one holds here too.",
           .fallback = std::string("integrated-gradients"),
           .choices = {{"saliency", "Saliency"}, {"input-x-gradient", "Input × gradient"}, {"integrated-gradients", "Integrated gradients"},
                       {"guided-backprop", "Guided backprop"}, {"deeplift", "DeepLIFT"}, {"occlusion", "Occlusion"}}}};
}

Status supportsNeuron(const Network& network, const Params& settings) {
  const std::vector<Param> described = neuronParams();
  if (Status s = supportsLayer(network, {{"layer", param<std::string>(settings, described, "layer")}}); !s) return s;
  return findExplainer(param<std::string>(settings, described, "by"))->supports(network, {});
}

Result<Attribution> explainNeuron(const ExplainArgs& args) {
  const std::vector<Param> described = neuronParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  if (args.stop.stop_requested()) return explainStopped();
  const Result<NodeId> node = layerOf(args.network, param<std::string>(args.settings, described, "layer"));
  if (!node) return node.error();
  std::int64_t unit = param<std::int64_t>(args.settings, described, "unit");
  const std::int64_t units = args.network.shape(*node).size();
  // Whoever explains a changed input again names the unit that was meant.
  if (unit < 0 && args.target.kind == Target::Kind::Unit && args.target.node == *node) unit = args.target.unit;
  if (unit < 0) {
    Workspace ws(args.network, 1, true, false);
    std::copy(args.input.begin(), args.input.end(), ws.input());
    args.network.forward(args.params, ws, 1);
    unit = std::max_element(ws.activation(*node), ws.activation(*node) + units) - ws.activation(*node);
  }
  const Params none;
  ExplainArgs inner{args.network, args.params, args.input, Target::unitOf(*node, unit), none,         args.baseline,
                    args.stop,    args.progress, args.pool, args.samples,               args.groups};
  const ExplainerSpec& by = *findExplainer(param<std::string>(args.settings, described, "by"));
  Result<Attribution> a = by.explain(inner);
  if (!a) return a.error();
  a->method = "neuron";
  a->node = *node;
  a->completenessError.reset();
  a->warning = by.warning;
  return a;
}

}  // namespace

ExplainerSpec layerConductanceSpec() {
  return {.id = "layer-conductance",
          .name = "Layer conductance",
          .brief = "conduct.",
          .help = "How much of the output flows through each unit of a layer on the way from the baseline to the input.",
          .formula = "∫₀¹ ∂f/∂y · ∂y/∂α dα",
          .source = "Dhamdhere, Sundararajan, Yan 2018",
          .params = conductanceParams(),
          .supports = supportsLayer,
          .explain = explainConductance,
          .ofUnits = true,
          .family = ExplainerSpec::Family::Inside,
          .usesBaseline = true};
}
ExplainerSpec layerGradientXActivationSpec() {
  return {.id = "layer-gradient-x-activation",
          .name = "Gradient × activation",
          .brief = "G × A",
          .help = "A unit's value times how much the output would change with it.",
          .formula = "y · ∂f/∂y",
          .source = "Shrikumar et al. 2016, at a layer",
          .params = {conductanceParams()[0]},
          .supports = supportsLayer,
          .explain = explainGradientXActivation,
          .ofUnits = true,
          .family = ExplainerSpec::Family::Inside};
}
ExplainerSpec neuronSpec() {
  return {.id = "neuron",
          .name = "Unit",
          .help = "What in the input one unit of a layer responds to: another method with the unit's value in the output's place.",
          .formula = "the chosen method, f(x) = y[unit]",
          .source = "Simonyan et al. 2013; Sundararajan et al. 2017",
          .params = neuronParams(),
          .supports = supportsNeuron,
          .explain = explainNeuron,
          .family = ExplainerSpec::Family::Inside,
          .usesBaseline = true};
}

}  // namespace vitrine
