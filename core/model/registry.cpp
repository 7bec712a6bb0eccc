#include <vector>

#include "core/layers/specs.h"
#include "core/model/graph.h"

namespace vitrine {
namespace {

/// A layer with parameters can be frozen: this is said here, for all of them.
LayerSpec freezable(LayerSpec s) {
  s.params.push_back({.id = "frozen", .label = "Frozen", .help = "Training leaves this layer's parameters as they are; what comes before it still learns.",
                      .fallback = false});
  s.summary = [own = std::move(s.summary), params = s.params](const Params& p) {
    const std::string text = own(p);
    if (!param<bool>(p, params, "frozen")) return text;
    return text.empty() ? std::string("frozen") : text + " · frozen";
  };
  return s;
}

}  // namespace

std::span<const LayerSpec> layerRegistry() {
  static const std::vector<LayerSpec> specs{inputSpec(),
                                            freezable(conv2dSpec()),
                                            freezable(conv1dSpec()),
                                            maxPool2dSpec(),
                                            avgPool2dSpec(),
                                            maxPool1dSpec(),
                                            avgPool1dSpec(),
                                            globalAvgPoolSpec(),
                                            globalMaxPoolSpec(),
                                            reluSpec(),
                                            leakyReluSpec(),
                                            freezable(preluSpec()),
                                            eluSpec(),
                                            seluSpec(),
                                            geluSpec(),
                                            siluSpec(),
                                            softplusSpec(),
                                            tanhSpec(),
                                            sigmoidSpec(),
                                            hardTanhSpec(),
                                            hardSigmoidSpec(),
                                            softmaxSpec(),
                                            freezable(denseSpec()),
                                            flattenSpec(),
                                            reshapeSpec(),
                                            freezable(simpleRnnSpec()),
                                            freezable(lstmSpec()),
                                            freezable(gruSpec()),
                                            freezable(batchNormSpec()),
                                            freezable(layerNormSpec()),
                                            dropoutSpec(),
                                            gaussianNoiseSpec(),
                                            addSpec(),
                                            multiplySpec(),
                                            concatSpec(),
                                            outputSpec()};
  return specs;
}

const LayerSpec* findLayer(const std::string& id) {
  for (const LayerSpec& s : layerRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

bool isFrozen(const Node& node) {
  const auto it = node.params.find("frozen");
  return it != node.params.end() && std::get<bool>(it->second);
}

}  // namespace vitrine
