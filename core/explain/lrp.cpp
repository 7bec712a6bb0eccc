#include <algorithm>
#include <cmath>

#include "core/explain/layer_rules.h"
#include "core/explain/lrp_linear.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  const auto number = [](const char* id, const char* label, const char* help, double fallback, double low, double high, std::vector<std::string> rules) {
    return Param{.id = id, .label = label, .help = help, .fallback = fallback, .low = low, .high = high, .onlyIf = {{"rule", std::move(rules)}}};
  };
  const std::vector<std::string> single{"z-plus", "gamma", "alpha-beta", "flat", "w-square", "z-box"}, composites{"epsilon-plus", "epsilon-alpha2-beta1", "epsilon-plus-flat", "epsilon-gamma-box"};
  std::vector<std::string> withEpsilon{"epsilon", "z-box"}, notEpsilon = single;
  for (std::vector<std::string>* all : {&withEpsilon, &notEpsilon}) all->insert(all->end(), composites.begin(), composites.end());
  // Other rules meet epsilon at dense layers that they leave alone, and Captum's pooling.
  Param epsilon = number("epsilon", "Epsilon", "Added to what is divided by: absorbs weak and contradictory relevance; 1e-6 changes nothing, 0.25 clears up.", 1e-6, 1e-12, 100, withEpsilon);
  epsilon.orIf = {{"layers", {"convolutions"}}, {"convention", {"captum"}}};
  return {{.id = "rule", .label = "Rule", .help = "How a layer's relevance is shared out among its inputs. Composites use one rule for convolutions, epsilon for dense layers, "
                                                  "and perhaps another for the first layer.",
           .fallback = std::string("epsilon"),
           .choices = {{"epsilon", "Epsilon"}, {"z-plus", "z⁺"}, {"gamma", "Gamma"}, {"alpha-beta", "Alpha-beta"}, {"flat", "Flat"}, {"w-square", "w²"},
                       {"z-box", "ZBox (first layer)"}, {"epsilon-plus", "Epsilon-plus"}, {"epsilon-alpha2-beta1", "Epsilon-alpha2-beta1"},
                       {"epsilon-plus-flat", "Epsilon-plus-flat"}, {"epsilon-gamma-box", "Epsilon-gamma-box"}}},
          {.id = "layers", .label = "At", .help = "Where a single rule holds: at every layer with weights, or at convolutions with epsilon elsewhere.",
           .fallback = std::string("all"), .choices = {{"all", "All layers"}, {"convolutions", "Convolutions"}}, .onlyIf = {{"rule", single}}},
          epsilon,
          number("gamma", "Gamma", "How much positive weights are favoured; 0.25 is usual.", 0.25, 0, 1000, {"gamma", "epsilon-gamma-box"}),
          number("alpha", "Alpha", "Alpha-beta: weight of positive parts; negative ones weigh alpha − 1.", 2, 1, 100, {"alpha-beta"}),
          number("low", "Lowest input", "ZBox: the smallest value an input can have, in the network's units.", 0, -1e6, 1e6, {"z-box", "epsilon-gamma-box"}),
          number("high", "Highest input", "ZBox: the largest value an input can have.", 1, -1e6, 1e6, {"z-box", "epsilon-gamma-box"}),
          {.id = "bias", .label = "Biases count", .help = "Whether a bias takes its share of relevance, which the inputs then do not get (single rules other than epsilon; flat has none).",
           .fallback = true, .onlyIf = {{"rule", {"z-plus", "gamma", "alpha-beta", "w-square", "z-box"}}}},
          {.id = "convention", .label = "As in", .help = "zennit: rules heed the sign of inputs, max pooling passes relevance to its winner, batch norm is merged into the layer "
                                                         "before, or passes relevance on where there is none. Captum: only weights are changed; pooling and batch norm use epsilon.",
           .fallback = std::string("zennit"), .choices = {{"zennit", "zennit"}, {"captum", "Captum"}}},
          {.id = "stabiliser", .label = "Stabiliser", .help = "Epsilon of the rules that are not epsilon; only keeps them from dividing by 0.", .fallback = 1e-6, .low = 1e-12,
           .high = 1, .onlyIf = {{"rule", notEpsilon}, {"convention", {"zennit"}}}}};
}

struct Settings {
  std::string rule;
  bool everywhere = true, captum = false;
  LrpNumbers numbers;
  double steady = 1e-6;  ///< the stabiliser of rules other than epsilon
  bool usesBox() const { return rule == "z-box" || rule == "epsilon-gamma-box"; }
};

Settings read(const Params& values) {
  const std::vector<Param> d = params();
  Settings s;
  s.rule = param<std::string>(values, d, "rule");
  s.everywhere = param<std::string>(values, d, "layers") == "all";
  s.captum = param<std::string>(values, d, "convention") == "captum";
  s.numbers = {param<double>(values, d, "epsilon"), param<double>(values, d, "gamma"), param<double>(values, d, "alpha"),
               param<double>(values, d, "low"),     param<double>(values, d, "high"),  param<bool>(values, d, "bias")};
  s.steady = s.captum ? 1e-9 : param<double>(values, d, "stabiliser");
  return s;
}

/// Relevance through one network for one sample: a backward hook.
class Relevance {
 public:
  /// `start`: where relevance comes from; what stands behind it has no part in it.
  Relevance(const ExplainArgs& args, NodeId start, const Settings& s) : network_(args.network), params_(args.params), stop_(args.stop), start_(start), s_(s) {}

  bool operator()(NodeId id, const BackwardArgs& a) const {
    if (stop_.stop_requested()) return true;  // what is there is thrown away
    const Node& node = *network_.graph().find(id);
    const std::int64_t n = network_.shape(id).size();
    switch (layerKind(node.type)) {
      case LayerKind::Linear: linear(id, node, a); return true;
      case LayerKind::Activation: std::copy_n(a.dout, n, a.din[0]); return true;
      case LayerKind::Add: add(n, a); return true;
      case LayerKind::MaxPool:
        if (s_.captum) proportional(id, a, s_.numbers.epsilon);
        return s_.captum;
      case LayerKind::AvgPool: proportional(id, a, s_.captum ? s_.numbers.epsilon : 1e-6); return true;
      case LayerKind::BatchNorm:
        // zennit: merged into the layer before, which then has its part; where there is none to merge it into, zennit's composites pass as well.
        if (s_.captum)
          proportional(id, a, s_.numbers.epsilon);
        else
          std::copy_n(a.dout, n, a.din[0]);
        return true;
      default: return false;
    }
  }

 private:
  /// x · Wᵀ(R / (z + ε sign z)) with the layer's own gradient as Wᵀ.
  void proportional(NodeId id, const BackwardArgs& a, double epsilon) const {
    std::vector<Real> s(static_cast<std::size_t>(network_.shape(id).size()));
    for (std::size_t i = 0; i < s.size(); ++i) s[i] = a.dout[i] / stabilised(a.out[i], epsilon);
    BackwardArgs scaled = a;
    scaled.dout = s.data();
    network_.layer(id).backward(scaled);
    const std::int64_t n = network_.shape(network_.graph().inputsOf(id)[0]).size();
    for (std::int64_t i = 0; i < n; ++i) a.din[0][i] *= a.in[0][i];
  }
  void add(std::int64_t n, const BackwardArgs& a) const {
    for (std::int64_t i = 0; i < n; ++i) {
      const Real share = a.dout[i] / stabilised(a.out[i], s_.captum ? s_.numbers.epsilon : 1e-6);
      for (std::size_t p = 0; p < a.in.size(); ++p) a.din[p][i] = a.in[p][i] * share;
    }
  }

  /// The layer that batch norm `id` is merged into: the one before it, if nothing else reads that and it is passed through.
  const Node* mergedInto(NodeId id) const {
    if (s_.captum) return nullptr;
    const Node* before = network_.graph().find(network_.graph().inputsOf(id)[0]);
    return layerKind(before->type) == LayerKind::Linear && before->id != start_ && network_.graph().consumersOf(before->id).size() == 1 ? before : nullptr;
  }
  bool isFirst(NodeId id) const {
    for (NodeId source : network_.graph().inputsOf(id))
      if (layerKind(network_.graph().find(source)->type) == LayerKind::Linear || !isFirst(source)) return false;
    return true;
  }

  /// The rule of one layer with weights, by the settings.
  LrpRule ruleOf(NodeId id, const Node& node, bool& bias) const {
    const bool convolution = node.type != "dense", first = isFirst(id);
    const std::string& r = s_.rule;
    bias = true;
    if (r.starts_with("epsilon-")) {
      if (r == "epsilon-plus-flat" && first) return LrpRule::Flat;
      if (r == "epsilon-gamma-box" && first && convolution) return LrpRule::ZBox;
      if (!convolution) return LrpRule::Epsilon;
      return r == "epsilon-gamma-box" ? LrpRule::Gamma : r == "epsilon-alpha2-beta1" ? LrpRule::AlphaBeta : LrpRule::ZPlus;
    }
    if (r == "epsilon" || (!s_.everywhere && !convolution)) return LrpRule::Epsilon;
    bias = s_.numbers.bias;
    if (r == "z-box") return first ? LrpRule::ZBox : LrpRule::Epsilon;
    if (r == "flat") return LrpRule::Flat;
    if (r == "w-square") return LrpRule::WSquare;
    if (s_.captum) return r == "gamma" ? LrpRule::WeightGamma : r == "z-plus" ? LrpRule::WeightPlus : LrpRule::AlphaBeta;
    return r == "gamma" ? LrpRule::Gamma : r == "z-plus" ? LrpRule::ZPlus : LrpRule::AlphaBeta;
  }

  void linear(NodeId id, const Node& node, const BackwardArgs& a) const {
    LinearMap map(network_, id, params_);
    const std::vector<NodeId> consumers = network_.graph().consumersOf(id);
    const bool merged = consumers.size() == 1 && network_.graph().find(consumers[0])->type == "batchnorm" && mergedInto(consumers[0]);
    if (merged) map.mergeBatchNorm(network_, consumers[0], params_);
    bool bias = true;
    const LrpRule rule = ruleOf(id, node, bias);
    LrpNumbers numbers = s_.numbers;
    if (s_.rule == "epsilon-alpha2-beta1") numbers.alpha = 2;
    applyLrpRule(rule, numbers, s_.steady, bias, map, a.in[0], merged ? nullptr : a.out, a.dout, a.din[0]);
  }

  const Network& network_;
  std::span<const Real> params_;
  const std::stop_token& stop_;
  NodeId start_;
  const Settings& s_;
};

Status supports(const Network& network, const Params&) { return everyLayerHasRule(network, "LRP"); }

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  if (Status s = checkExplainArgs(args, params()); !s) return s.error();
  if (Status s = supports(args.network, args.settings); !s) return s.error();
  if (Status s = startsFromLogit(args.target, "LRP"); !s) return s.error();
  const Settings settings = read(args.settings);
  if (settings.usesBox() && settings.numbers.low >= settings.numbers.high) return problem("The lowest input must be below the highest.");
  if (args.stop.stop_requested()) return explainStopped();
  const Network& network = args.network;
  Workspace ws(network, 1, true, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  network.forward(args.params, ws, 1);
  const Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  if (args.stop.stop_requested()) return explainStopped();
  // Relevance starts as the output itself.
  goal->seed(network, ws, 1);
  Real* start = network.seedGradient(goal->node, ws);
  for (std::int64_t i = 0; i < network.shape(goal->node).size(); ++i) start[i] *= ws.activation(goal->node)[i];
  network.backwardFrom(goal->node, args.params, ws, 1, true, Relevance(args, goal->node, settings));
  if (args.stop.stop_requested()) return explainStopped();
  Attribution a = attributionOf("lrp", args, *goal, goal->value(network, ws, 0));
  a.values.assign(ws.inputGradient(), ws.inputGradient() + args.input.size());
  if (!allFinite(a.values)) return problem("The relevance for this sample is not made of finite numbers.");
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

}  // namespace

ExplainerSpec lrpSpec() {
  return {.id = "lrp",
          .name = "LRP",
          .help = "Layer-wise relevance propagation: the output is handed back layer by layer, each unit's share in proportion to what it put in. "
                  "Biases and epsilon keep a part.",
          .formula = "Rᵢ = Σⱼ xᵢ wᵢⱼ / (zⱼ + ε sign zⱼ) · Rⱼ",
          .source = "Bach et al. 2015; Montavon et al. 2019",
          .params = params(),
          .supports = supports,
          .explain = explain,
          .family = ExplainerSpec::Family::ModifiedBackward};
}

}  // namespace vitrine
