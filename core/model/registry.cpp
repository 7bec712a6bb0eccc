#include <vector>

#include "core/layers/specs.h"

namespace vitrine {

std::span<const LayerSpec> layerRegistry() {
  static const std::vector<LayerSpec> specs{
      inputSpec(),      conv2dSpec(), maxPool2dSpec(), avgPool2dSpec(), globalAvgPoolSpec(), reluSpec(),
      leakyReluSpec(),  tanhSpec(),   sigmoidSpec(),   softmaxSpec(),   denseSpec(),         flattenSpec(),
      batchNormSpec(),  dropoutSpec(), addSpec(),      concatSpec(),    outputSpec()};
  return specs;
}

const LayerSpec* findLayer(const std::string& id) {
  for (const LayerSpec& s : layerRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

}  // namespace vitrine
