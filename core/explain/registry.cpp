#include <array>

#include "core/explain/methods.h"

namespace vitrine {

std::span<const ExplainerSpec> explainerRegistry() {
  static const std::array<ExplainerSpec, 3> specs{saliencySpec(), integratedGradientsSpec(), gradCamSpec()};
  return specs;
}

const ExplainerSpec* findExplainer(const std::string& id) {
  for (const ExplainerSpec& s : explainerRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

}  // namespace vitrine
