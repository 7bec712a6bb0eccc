#include "core/explain/layer_rules.h"

#include <algorithm>
#include <array>
#include <utility>

namespace vitrine {
namespace {

using Kind = LayerKind;
constexpr std::array<std::pair<const char*, Kind>, 29> kKinds{{
    {"dense", Kind::Linear},          {"conv2d", Kind::Linear},          {"conv1d", Kind::Linear},         {"relu", Kind::Activation},
    {"leaky_relu", Kind::Activation}, {"prelu", Kind::Activation},       {"elu", Kind::Activation},        {"selu", Kind::Activation},
    {"gelu", Kind::Activation},       {"silu", Kind::Activation},        {"softplus", Kind::Activation},   {"tanh", Kind::Activation},
    {"sigmoid", Kind::Activation},    {"hard_tanh", Kind::Activation},   {"hard_sigmoid", Kind::Activation}, {"maxpool2d", Kind::MaxPool},
    {"maxpool1d", Kind::MaxPool},     {"global_maxpool", Kind::MaxPool}, {"avgpool2d", Kind::AvgPool},     {"avgpool1d", Kind::AvgPool},
    {"global_avgpool", Kind::AvgPool}, {"batchnorm", Kind::BatchNorm},   {"add", Kind::Add},               {"flatten", Kind::Passing},
    {"reshape", Kind::Passing},       {"concat", Kind::Passing},         {"dropout", Kind::Passing},       {"gaussian_noise", Kind::Passing},
    {"output", Kind::Passing}}};

Error noRule(const Node& node, const std::string& method) {
  return problem(method + " has no rule for layer '" + node.name + "' (" + findLayer(node.type)->name + ").");
}

/// din = f(dout, out) at ReLU layers.
template <class F>
BackwardHook reluHook(const Network& network, F f) {
  return [&network, f](NodeId id, const BackwardArgs& a) {
    if (network.graph().find(id)->type != "relu") return false;
    const std::int64_t n = a.rows * network.shape(id).size();
    for (std::int64_t i = 0; i < n; ++i) a.din[0][i] = f(a.dout[i], a.out[i]);
    return true;
  };
}

}  // namespace

LayerKind layerKind(const std::string& type) {
  if (type == "input") return Kind::Passing;
  const auto it = std::find_if(kKinds.begin(), kKinds.end(), [&](const auto& k) { return type == k.first; });
  return it == kKinds.end() ? Kind::None : it->second;
}

Status everyLayerHasRule(const Network& network, const std::string& method) {
  for (NodeId id : network.order())
    if (const Node& node = *network.graph().find(id); layerKind(node.type) == Kind::None) return noRule(node, method);
  return {};
}

Status startsFromLogit(const Target& target, const std::string& method) {
  if (target.kind == Target::Kind::Loss) return problem(method + " shares out an output, not the loss; choose a class or a unit.");
  if (target.probability) return problem(method + " shares out a logit, not a probability; choose the logit.");
  return {};
}

BackwardHook guidedHook(const Network& network) {
  return reluHook(network, [](Real dout, Real out) { return out > 0 && !(dout < 0) ? dout : Real(0); });
}
BackwardHook deconvHook(const Network& network) {
  return reluHook(network, [](Real dout, Real) { return dout < 0 ? Real(0) : dout; });
}

Status hasRelu(const Network& network, const std::string& method) {
  bool relu = false;
  for (NodeId id : network.order()) {
    const Node& node = *network.graph().find(id);
    relu |= node.type == "relu";
    if (const LayerSpec* spec = findLayer(node.type); spec && spec->category == Category::Recurrent) return noRule(node, method);
  }
  if (!relu) return problem(method + " changes what goes back through ReLU layers; this network has none.");
  return {};
}

}  // namespace vitrine
