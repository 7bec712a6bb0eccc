#include <algorithm>
#include <cmath>

#include "core/explain/layer_rules.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

constexpr double kSmall = 1e-10;  // below this difference the ordinary gradient stands for the quotient

/// In a pass over two rows, input and reference: row 0's gradients become multipliers. Row 1's are not used.
class RescaleHook {
 public:
  explicit RescaleHook(const Network& network) : network_(network) {}
  bool operator()(NodeId id, const BackwardArgs& a) const {
    const LayerKind kind = layerKind(network_.graph().find(id)->type);
    if (kind != LayerKind::Activation && kind != LayerKind::MaxPool) return false;
    network_.layer(id).backward(a);
    if (kind == LayerKind::Activation)
      activation(network_.shape(id).size(), a);
    else
      maxPool(id, a);
    return true;
  }

 private:
  void activation(std::int64_t n, const BackwardArgs& a) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const Real change = a.in[0][i] - a.in[0][n + i];
      if (std::abs(change) >= kSmall) a.din[0][i] = a.dout[i] * ((a.out[i] - a.out[n + i]) / change);
    }
  }
  /// With m = max(out, reference's out): (m − reference's) goes to the input's maximum, (out − m) to the reference's.
  void maxPool(NodeId id, const BackwardArgs& a) const {
    const std::int64_t outputs = network_.shape(id).size();
    const std::int64_t inputs = network_.shape(network_.graph().inputsOf(id)[0]).size();
    std::vector<Real> dout(static_cast<std::size_t>(2 * outputs)), parts(static_cast<std::size_t>(2 * inputs));
    for (std::int64_t i = 0; i < outputs; ++i) {
      const Real out = a.out[i], reference = a.out[outputs + i], most = std::max(out, reference);
      dout[static_cast<std::size_t>(i)] = a.dout[i] * (most - reference);
      dout[static_cast<std::size_t>(outputs + i)] = a.dout[i] * (out - most);
    }
    Real* din[1] = {parts.data()};
    BackwardArgs split = a;
    split.dout = dout.data();
    split.din = din;
    network_.layer(id).backward(split);
    for (std::int64_t i = 0; i < inputs; ++i) {
      const Real change = a.in[0][i] - a.in[0][inputs + i];
      if (std::abs(change) >= kSmall) a.din[0][i] = (parts[static_cast<std::size_t>(i)] + parts[static_cast<std::size_t>(inputs + i)]) / change;
    }
  }
  const Network& network_;
};

Status supports(const Network& network, const Params&) { return everyLayerHasRule(network, "DeepLIFT"); }

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  if (Status s = checkExplainArgs(args, {}); !s) return s.error();
  if (Status s = supports(args.network, args.settings); !s) return s.error();
  if (Status s = startsFromLogit(args.target, "DeepLIFT"); !s) return s.error();
  if (args.stop.stop_requested()) return explainStopped();
  const Network& network = args.network;
  const std::vector<Real> baseline = baselineOf(args);
  const std::size_t n = baseline.size();
  Workspace ws(network, 2, true, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  std::copy(baseline.begin(), baseline.end(), ws.input() + n);
  network.forward(args.params, ws, 2);
  const Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  const double value = goal->value(network, ws, 0), atBaseline = goal->value(network, ws, 1);
  if (!std::isfinite(atBaseline)) return problem("The network's outputs for the baseline are not finite numbers.");
  if (args.stop.stop_requested()) return explainStopped();
  goal->backward(network, args.params, ws, 2, RescaleHook(network));
  Attribution a = attributionOf("deeplift", args, *goal, value);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    a.values.push_back((args.input[i] - baseline[i]) * ws.inputGradient()[i]);
    sum += static_cast<double>(a.values.back());
  }
  if (!allFinite(a.values)) return problem("The multipliers for this sample are not finite numbers.");
  a.baselineValue = atBaseline;
  a.completenessError = sum - (value - atBaseline);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

}  // namespace

ExplainerSpec deepLiftSpec() {
  return {.id = "deeplift",
          .name = "DeepLIFT",
          .help = "Compares with the baseline layer by layer: at each activation the slope of the line between the two, not the slope here. Adds up to "
                  "the difference of the outputs. Rescale rule.",
          .formula = "m = Δout / Δin at activations;  (x − x′) · m",
          .source = "Shrikumar, Greenside, Kundaje 2017",
          .params = {},
          .promisesCompleteness = true,
          .supports = supports,
          .explain = explain,
          .family = ExplainerSpec::Family::ModifiedBackward,
          .usesBaseline = true};
}

}  // namespace vitrine
