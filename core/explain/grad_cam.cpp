#include "core/explain/grad_cam.h"

#include <algorithm>
#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "layer", .label = "Layer", .help = "Name of the layer whose maps are weighed; empty: the last convolution.",
           .fallback = std::string()},
          {.id = "relu", .label = "Positive part only", .help = "Leaves out what speaks against the class, as the paper does.",
           .fallback = true}};
}

/// Where along one axis an output pixel looks: between two pixels, and how near the second.
struct Tap {
  std::int64_t low, high;
  double share;
};

std::vector<Tap> taps(std::int64_t from, std::int64_t to) {
  std::vector<Tap> out;
  for (std::int64_t i = 0; i < to; ++i) {
    const double at = (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) - 0.5;
    const double inside = std::max(at, 0.0);
    const std::int64_t low = std::min(static_cast<std::int64_t>(inside), from - 1);
    out.push_back({low, std::min(low + 1, from - 1), inside - static_cast<double>(low)});
  }
  return out;
}

/// The node whose maps are used, or why there is none.
Result<NodeId> mapNode(const Network& network, const Params& settings) {
  const std::vector<Param> described = params();
  const std::string name = param<std::string>(settings, described, "layer");
  if (!network.data().input.isImage()) return problem("Grad-CAM needs images and a convolutional layer.");
  std::optional<NodeId> found;
  for (NodeId id : network.order()) {
    const Node& node = *network.graph().find(id);
    if (!name.empty()) {
      if (node.name != name) continue;
      if (!network.shape(id).isImage())
        return problem("Grad-CAM needs a layer with feature maps; '" + name + "' gives " + network.shape(id).text() + ".");
      return id;
    }
    const LayerSpec* spec = findLayer(node.type);
    if (spec && spec->category == Category::Convolution && network.shape(id).isImage()) found = id;
  }
  if (found) return *found;
  if (!name.empty()) return problem("The network has no layer '" + name + "'.");
  return problem("Grad-CAM needs a convolutional layer; this network has none.");
}

Status supports(const Network& network, const Params& settings) {
  const Result<NodeId> node = mapNode(network, settings);
  return node ? Status() : Status(node.error());
}

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Network& network = args.network;
  const Result<NodeId> node = mapNode(network, args.settings);
  if (!node) return node.error();
  if (args.stop.stop_requested()) return explainStopped();
  Workspace ws(network, 1, true, true);
  std::copy(args.input.begin(), args.input.end(), ws.input());
  const Real* logits = network.forward(args.params, ws, 1);
  const Result<std::int64_t> output = chooseOutput(network, logits, args.target);
  if (!output) return output.error();
  if (args.stop.stop_requested()) return explainStopped();
  seedTarget(logits, 1, network.outputs(), *output, args.target.probability, ws.outputGradient());
  // Down to the input: the layer may stand before the first one that has parameters.
  network.backward(args.params, ws, 1, {}, false, true);
  const bool relu = param<bool>(args.settings, described, "relu");
  const Tensor map = classActivationMap(network.shape(*node), ws.activation(*node), ws.gradient(*node), relu);
  if (!allFinite(map.data)) return problem("The gradient for this sample is not made of finite numbers.");
  const Shape& input = network.data().input;
  Attribution a;
  a.method = "grad-cam";
  a.shape = {input[0], input[1], 1};
  a.values = resizeBilinear(map, input[0], input[1]).data;
  a.isSigned = !relu;
  a.target = *output;
  a.outputValue = targetValue(logits, network.outputs(), *output, args.target.probability);
  a.seconds = watch.seconds();
  if (args.progress) args.progress(1);
  return a;
}

}  // namespace

Tensor resizeBilinear(const Tensor& image, std::int64_t height, std::int64_t width) {
  const std::int64_t channels = image.shape[2], from = image.shape[1];
  const std::vector<Tap> rows = taps(image.shape[0], height), columns = taps(from, width);
  Tensor out(Shape{height, width, channels});
  auto at = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
    return static_cast<double>(image.data[static_cast<std::size_t>((y * from + x) * channels + c)]);
  };
  std::size_t i = 0;
  for (const Tap& y : rows)
    for (const Tap& x : columns)
      for (std::int64_t c = 0; c < channels; ++c) {
        const double top = at(y.low, x.low, c) * (1 - x.share) + at(y.low, x.high, c) * x.share;
        const double bottom = at(y.high, x.low, c) * (1 - x.share) + at(y.high, x.high, c) * x.share;
        out.data[i++] = static_cast<Real>(top * (1 - y.share) + bottom * y.share);
      }
  return out;
}

Tensor classActivationMap(const Shape& shape, const Real* activation, const Real* gradient, bool relu) {
  const std::int64_t pixels = shape[0] * shape[1], channels = shape[2];
  std::vector<double> weights(static_cast<std::size_t>(channels), 0.0);
  for (std::int64_t p = 0; p < pixels; ++p)
    for (std::int64_t c = 0; c < channels; ++c)
      weights[static_cast<std::size_t>(c)] += static_cast<double>(gradient[p * channels + c]) / static_cast<double>(pixels);
  Tensor map(Shape{shape[0], shape[1], 1});
  for (std::int64_t p = 0; p < pixels; ++p) {
    double sum = 0;
    for (std::int64_t c = 0; c < channels; ++c)
      sum += weights[static_cast<std::size_t>(c)] * static_cast<double>(activation[p * channels + c]);
    // Written so that NaN stays NaN.
    map.data[static_cast<std::size_t>(p)] = static_cast<Real>(relu && sum < 0 ? 0.0 : sum);
  }
  return map;
}

ExplainerSpec gradCamSpec() {
  return {.id = "grad-cam",
          .name = "Grad-CAM",
          .help = "Where in the picture a convolutional layer found what speaks for the class: its maps, weighed by their mean "
                  "gradient, summed and enlarged.",
          .formula = "ReLU(Σₖ mean(∂f/∂Aₖ) · Aₖ)",
          .source = "Selvaraju et al. 2017",
          .params = params(),
          .supports = supports,
          .explain = explain};
}

}  // namespace vitrine
