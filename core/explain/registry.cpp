#include <vector>

#include "core/explain/methods.h"

namespace vitrine {

std::span<const ExplainerSpec> explainerRegistry() {
  static const std::vector<ExplainerSpec> specs{saliencySpec(),       inputXGradientSpec(),      smoothGradSpec(),
                                                smoothGradSquaredSpec(), varGradSpec(),          integratedGradientsSpec(),
                                                expectedGradientsSpec(), guidedBackpropSpec(),   deconvnetSpec(),
                                                deepLiftSpec(),       lrpSpec(),                 gradCamSpec(),
                                                gradCamPlusPlusSpec(), xGradCamSpec(),           hiResCamSpec(),
                                                layerCamSpec(),       scoreCamSpec(),            eigenCamSpec(),
                                                guidedGradCamSpec(),  occlusionSpec(),           featureAblationSpec(),
                                                shapleySpec(),        kernelShapSpec(),          limeSpec(),
                                                riseSpec(),           layerConductanceSpec(),    layerGradientXActivationSpec(),
                                                neuronSpec(),         activationMaximisationSpec(), fgsmSpec(),
                                                pgdSpec(),            permutationImportanceSpec(), shapSummarySpec(),
                                                partialDependenceSpec()};
  return specs;
}

Params settingsFor(const ExplainerSpec& method, const Shape& input, Params given) {
  if (method.usual) given.merge(method.usual(input));
  return given;
}

const ExplainerSpec* findExplainer(const std::string& id) {
  for (const ExplainerSpec& s : explainerRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

}  // namespace vitrine
