#pragma once

// One function a method; registry.cpp lists them. Callers use explainer.h.

#include "core/explain/explainer.h"

namespace vitrine {

ExplainerSpec saliencySpec();
ExplainerSpec inputXGradientSpec();
ExplainerSpec smoothGradSpec();
ExplainerSpec smoothGradSquaredSpec();
ExplainerSpec varGradSpec();
ExplainerSpec integratedGradientsSpec();
ExplainerSpec expectedGradientsSpec();
ExplainerSpec guidedBackpropSpec();
ExplainerSpec deconvnetSpec();
ExplainerSpec deepLiftSpec();
ExplainerSpec lrpSpec();
ExplainerSpec gradCamSpec();
ExplainerSpec gradCamPlusPlusSpec();
ExplainerSpec xGradCamSpec();
ExplainerSpec hiResCamSpec();
ExplainerSpec layerCamSpec();
ExplainerSpec scoreCamSpec();
ExplainerSpec eigenCamSpec();
ExplainerSpec guidedGradCamSpec();
ExplainerSpec occlusionSpec();
ExplainerSpec featureAblationSpec();
ExplainerSpec shapleySpec();
ExplainerSpec kernelShapSpec();
ExplainerSpec limeSpec();
ExplainerSpec riseSpec();
ExplainerSpec layerConductanceSpec();
ExplainerSpec layerGradientXActivationSpec();
ExplainerSpec neuronSpec();
ExplainerSpec activationMaximisationSpec();
ExplainerSpec permutationImportanceSpec();
ExplainerSpec shapSummarySpec();
ExplainerSpec partialDependenceSpec();
ExplainerSpec fgsmSpec();
ExplainerSpec pgdSpec();

}  // namespace vitrine
