#pragma once

#include "core/explain/explainer.h"

namespace vitrine {

enum class NoiseTunnel { Mean, MeanSquare, Variance };

/// SmoothGrad (Smilkov et al. 2017), its square, and VarGrad (Adebayo et al. 2018): E[a], E[a²], E[a²] − E[a]² of gradients
/// (or of input × gradient) over `draws` noisy copies of the input. `noise(draw, out)` writes a draw's noise [input size];
/// it may be called from several threads. The settings are not read.
Result<Attribution> noiseTunnel(const ExplainArgs& args, NoiseTunnel kind, bool timesInput, std::int64_t draws,
                                const std::function<void(std::int64_t draw, Real* out)>& noise);

}  // namespace vitrine
