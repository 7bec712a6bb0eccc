// Class activation maps: Grad-CAM and its kin, Score-CAM, Eigen-CAM, guided Grad-CAM.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/explain/grad_cam.h"
#include "core/explain/layer_rules.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

std::vector<Param> params(bool guided) {
  std::vector<Param> p{{.id = "layer", .label = "Layer", .help = "Name of the layer whose maps are weighed; empty: the last convolution.", .fallback = std::string()},
                       {.id = "relu", .label = "Positive part only", .help = "Leaves out what speaks against the class, as the paper does.", .fallback = true},
                       {.id = "enlarge", .label = "Enlarge", .help = "How the layer's map becomes as large as the input: smoothly, in blocks, or not at all.",
                        .fallback = std::string("bilinear"), .choices = {{"bilinear", "Bilinear"}, {"nearest", "Nearest"}, {"none", "Not at all"}}},
                       {.id = "scale", .label = "Scale to 0 … 1", .help = "Stretches the map to 0 … 1 before and after it is enlarged; then only places compare, not samples.",
                        .fallback = false}};
  if (!guided) return p;
  p.resize(3);
  p[2].choices.pop_back();  // it is multiplied with the input's plane
  return p;
}

/// A node's output as a plane with channels: an image, or a series as one column.
std::optional<Shape> planeOf(const Shape& shape) {
  if (shape.isImage()) return shape;
  if (shape.rank() == 2) return Shape{shape[0], 1, shape[1]};
  return std::nullopt;
}

/// The node whose maps are used, or why there is none.
Result<NodeId> mapNode(const Network& network, const Params& settings, const std::string& method) {
  const std::string name = param<std::string>(settings, params(false), "layer");
  if (!planeOf(network.data().input)) return problem(method + " needs images or series and a convolutional layer.");
  std::optional<NodeId> found;
  for (NodeId id : network.order()) {
    const Node& node = *network.graph().find(id);
    if (!name.empty()) {
      if (node.name != name) continue;
      if (!planeOf(network.shape(id)))
        return problem(method + " needs a layer with feature maps; '" + name + "' gives " + network.shape(id).text() + ".");
      return id;
    }
    const LayerSpec* spec = findLayer(node.type);
    if (spec && spec->category == Category::Convolution && planeOf(network.shape(id))) found = id;
  }
  if (found) return *found;
  if (!name.empty()) return problem("The network has no layer '" + name + "'.");
  return problem(method + " needs a convolutional layer; this network has none.");
}

/// What a map is made of: one sample's activations and gradients at the layer.
struct Maps {
  Workspace ws;
  Goal goal;
  NodeId node;
  Shape shape;
  double value = 0;
};

Result<Maps> passMaps(const ExplainArgs& args, const std::string& method) {
  const Network& network = args.network;
  const Result<NodeId> node = mapNode(network, args.settings, method);
  if (!node) return node.error();
  if (args.target.kind == Target::Kind::Unit && !feeds(network.graph(), *node, args.target.node))
    return problem("Layer '" + network.graph().find(*node)->name + "' does not feed the explained unit.");
  if (args.stop.stop_requested()) return explainStopped();
  Workspace ws(network, 1, true, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  network.forward(args.params, ws, 1);
  Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  if (args.stop.stop_requested()) return explainStopped();
  // Down to the input: the layer may stand before the first one that has parameters.
  goal->backward(network, args.params, ws, 1);
  const double value = goal->value(network, ws, 0);
  return Maps{std::move(ws), std::move(*goal), *node, *planeOf(network.shape(*node)), value};
}

/// ReLU, scaling and enlargement as the settings say; the result's shape and values.
void finishMap(const ExplainArgs& args, Tensor map, Attribution& a) {
  const std::vector<Param> described = params(false);
  const bool relu = param<bool>(args.settings, described, "relu"), scale = param<bool>(args.settings, described, "scale");
  const std::string enlarge = param<std::string>(args.settings, described, "enlarge");
  if (relu)
    for (Real& v : map.data) v = v < 0 ? Real(0) : v;
  if (scale) scaleToOne(map.data, 1e-7);
  const Shape plane = *planeOf(args.network.data().input);
  if (enlarge == "bilinear") map = resizeBilinear(map, plane[0], plane[1]);
  if (enlarge == "nearest") map = resizeNearest(map, plane[0], plane[1]);
  if (scale) scaleToOne(map.data, 1e-7);
  a.shape = args.network.data().input.isImage() ? map.shape : Shape{map.shape[0], 1};
  a.values = std::move(map.data);
  a.isSigned = !relu && !scale;
}

/// Wang et al. 2020: how much of the output each channel's own plane keeps, as shares.
Result<Tensor> scoreMap(const ExplainArgs& args, const Maps& maps) {
  const Shape plane = *planeOf(args.network.data().input);
  const std::int64_t channels = maps.shape[2], pixels = maps.shape[0] * maps.shape[1], depth = plane[2];
  const Real* activation = maps.ws.activation(maps.node);
  const std::vector<Real> baseline = baselineOf(args);
  Passes passes(args, maps.goal, false, channels);
  const Result<std::vector<double>> scores = passes.values(channels, [&](std::int64_t c, Real* x) {
    Tensor own(Shape{maps.shape[0], maps.shape[1], 1});
    for (std::int64_t p = 0; p < pixels; ++p) own.data[static_cast<std::size_t>(p)] = activation[p * channels + c];
    Tensor mask = resizeBilinear(own, plane[0], plane[1], true);
    scaleToOne(mask.data, 1e-8);
    for (std::size_t i = 0; i < baseline.size(); ++i)
      x[i] = baseline[i] + mask.data[i / static_cast<std::size_t>(depth)] * (args.input[i] - baseline[i]);
  });
  if (!scores) return scores.error();
  const double most = *std::max_element(scores->begin(), scores->end());
  double sum = 0;
  std::vector<double> weights;
  for (double s : *scores) weights.push_back(std::exp(s - most)), sum += weights.back();
  Tensor map(Shape{maps.shape[0], maps.shape[1], 1});
  for (std::int64_t p = 0; p < pixels; ++p) {
    double v = 0;
    for (std::int64_t c = 0; c < channels; ++c) v += weights[static_cast<std::size_t>(c)] / sum * static_cast<double>(activation[p * channels + c]);
    map.data[static_cast<std::size_t>(p)] = static_cast<Real>(v);
  }
  return map;
}

using MakeMap = std::function<Result<Tensor>(const ExplainArgs&, const Maps&)>;

Result<Attribution> run(const ExplainArgs& args, const std::string& id, const std::string& name, const MakeMap& make) {
  const Stopwatch watch;
  if (Status s = checkExplainArgs(args, params(false)); !s) return s.error();
  const Result<Maps> maps = passMaps(args, name);
  if (!maps) return maps.error();
  Result<Tensor> map = make(args, *maps);
  if (!map) return map.error();
  if (!allFinite(map->data)) return problem("The gradient for this sample is not made of finite numbers.");
  Attribution a = attributionOf(id, args, maps->goal, maps->value);
  a.node = maps->node;
  finishMap(args, std::move(*map), a);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

ExplainerSpec spec(const char* id, const char* name, const char* help, const char* formula, const char* source, MakeMap make) {
  return {.id = id, .name = name, .help = help, .formula = formula, .source = source, .params = params(false),
          .supports = [name](const Network& network, const Params& settings) {
            const Result<NodeId> node = mapNode(network, settings, name);
            return node ? Status() : Status(node.error());
          },
          .explain = [=](const ExplainArgs& args) { return run(args, id, name, make); },
          .family = ExplainerSpec::Family::ActivationMap};
}

MakeMap gradientMap(MapKind kind) {
  return [kind](const ExplainArgs&, const Maps& maps) -> Result<Tensor> {
    return activationMap(kind, maps.shape, maps.ws.activation(maps.node), maps.ws.gradient(maps.node));
  };
}

Result<Attribution> explainGuided(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params(true);
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  if (Status s = hasRelu(args.network, "Guided Grad-CAM"); !s) return s.error();
  Result<Attribution> map = run(args, "guided-grad-cam", "Guided Grad-CAM", gradientMap(MapKind::GradCam));
  if (!map) return map.error();
  const Result<InputGradient> guided = inputGradient(args, guidedHook(args.network));
  if (!guided) return guided.error();
  Attribution a = *map;
  a.shape = args.network.data().input;
  a.values.clear();
  const std::size_t depth = guided->gradient.size() / map->values.size();
  for (std::size_t i = 0; i < guided->gradient.size(); ++i) a.values.push_back(guided->gradient[i] * map->values[i / depth]);
  a.isSigned = true;
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec gradCamSpec() {
  return spec("grad-cam", "Grad-CAM",
              "Where in the picture a convolutional layer found what speaks for the class: its maps, weighed by their mean gradient, summed and enlarged.",
              "ReLU(Σₖ mean(∂f/∂Aₖ) · Aₖ)", "Selvaraju et al. 2017", gradientMap(MapKind::GradCam));
}
ExplainerSpec gradCamPlusPlusSpec() {
  return spec("grad-cam++", "Grad-CAM++", "Grad-CAM with weights that also count small second and third finds of the same pattern.",
              "wₖ = Σ α · ReLU(g),  α = g² / (2g² + g³ ΣAₖ)", "Chattopadhay et al. 2018", gradientMap(MapKind::GradCamPlusPlus));
}
ExplainerSpec xGradCamSpec() {
  return spec("xgrad-cam", "XGrad-CAM", "Grad-CAM with gradients weighed by where the map is active.", "wₖ = Σ g · Aₖ / ΣAₖ", "Fu et al. 2020",
              gradientMap(MapKind::XGradCam));
}
ExplainerSpec hiResCamSpec() {
  return spec("hires-cam", "HiResCAM", "Gradient times activation at every place, summed over channels: shows only places the class really used.",
              "Σₖ gₖ ⊙ Aₖ", "Draelos, Carin 2020", gradientMap(MapKind::HiResCam));
}
ExplainerSpec layerCamSpec() {
  return spec("layer-cam", "LayerCAM", "Every place weighed by its own positive gradient: usable at early layers, with fine detail.", "Σₖ ReLU(gₖ) ⊙ Aₖ",
              "Jiang et al. 2021", gradientMap(MapKind::LayerCam));
}
ExplainerSpec scoreCamSpec() {
  ExplainerSpec s = spec("score-cam", "Score-CAM", "No gradients: each channel's map hides the input, and what the output keeps of its value is the channel's weight.",
                         "wₖ = softmaxₖ f(x ⊙ Aₖ)", "Wang et al. 2020", scoreMap);
  s.usesBaseline = true;
  return s;
}
ExplainerSpec eigenCamSpec() {
  ExplainerSpec s = spec("eigen-cam", "Eigen-CAM", "The strongest pattern in the layer's maps (first principal component), whatever the class.",
                         "A centred, times its first right singular vector", "Muhammad, Yeasin 2020",
                         [](const ExplainArgs&, const Maps& maps) -> Result<Tensor> { return eigenMap(maps.shape, maps.ws.activation(maps.node)); });
  s.warning = "Does not depend on the class that is explained: it shows what stands out in the layer, not what speaks for the class.";
  return s;
}
ExplainerSpec guidedGradCamSpec() {
  ExplainerSpec s = spec("guided-grad-cam", "Guided Grad-CAM", "Guided backprop where Grad-CAM is positive: fine detail at the places that speak for the class.",
                         "guided backprop ⊙ enlarged Grad-CAM", "Selvaraju et al. 2017", gradientMap(MapKind::GradCam));
  s.brief = "g. CAM";
  s.params = params(true);
  s.supports = [own = s.supports](const Network& network, const Params& settings) {
    if (Status fits = own(network, settings); !fits) return fits;
    return hasRelu(network, "Guided Grad-CAM");
  };
  s.explain = explainGuided;
  s.warning = "Its fine detail is guided backprop's, which hardly changes when the network's weights are made random (Adebayo et al. 2018).";
  return s;
}

}  // namespace vitrine
