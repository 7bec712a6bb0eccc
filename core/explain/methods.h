#pragma once

// One function a method; registry.cpp lists them. Callers use explainer.h.

#include "core/explain/explainer.h"

namespace vitrine {

ExplainerSpec saliencySpec();
ExplainerSpec integratedGradientsSpec();
ExplainerSpec gradCamSpec();

}  // namespace vitrine
