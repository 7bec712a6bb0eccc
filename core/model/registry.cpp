#include <vector>

#include "core/layers/specs.h"
#include "core/model/graph.h"

namespace vitrine {
namespace {

/// What every layer with parameters can have is said here: penalties on its weights, and being frozen.
LayerSpec freezable(LayerSpec s) {
  const auto penalty = [](const char* id, const char* label, const char* help) {
    return Param{.id = id, .label = label, .help = help, .fallback = 0.0, .low = 0, .high = 10, .sliderLow = 1e-6, .sliderHigh = 0.1, .logarithmic = true};
  };
  s.params.push_back(penalty("l1", "L1", "Adds this times the sum of its weights' sizes to what training makes small: many weights become 0. 1e-5 to 1e-3 is usual."));
  s.params.push_back(penalty("l2", "L2", "Adds this times the sum of its squared weights to what training makes small: weights stay small. 1e-5 to 1e-2 is usual."));
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

double penaltyOf(const Node& node, const char* which) {
  const auto it = node.params.find(which);
  return it != node.params.end() ? std::get<double>(it->second) : 0;
}

bool isFrozen(const Node& node) {
  const auto it = node.params.find("frozen");
  return it != node.params.end() && std::get<bool>(it->second);
}

}  // namespace vitrine
