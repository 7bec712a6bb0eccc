#pragma once

#include <utility>

#include "core/insight/ablation.h"

namespace vitrine {

/// Settings: "steps", "rate", "jitter", "blur", "blur_every", "decay", "seed". The explainer of the same name (registry) has "part" and "start"
/// besides, and takes the unit from its target.
std::span<const Param> maximisationParams();

struct MaximisationArgs {
  const Network& network;
  std::span<const Real> params;
  UnitChoice choice;                 ///< a unit, or the mean of a channel over its places
  const Params& settings;
  std::span<const Real> start = {};  ///< a sample to start from; empty: normal noise of deviation 0.1 about the middle of `range`
  /// Smallest and largest number that an input may have (pixels: those of black and white); none: free.
  std::optional<std::pair<Real, Real>> range = {};
  std::stop_token stop = {};
  std::function<void(double)> progress = {};
};
struct Maximisation {
  Shape shape;                    ///< the input's
  std::vector<Real> input;        ///< after the last step
  std::vector<double> activation; ///< of the choice before each step, and at last: [steps + 1]
  bool moved = true;              ///< false: the gradient was 0 all along (a silent ReLU); another start may help
};

/// Gradient ascent on the input (Simonyan 2013): x ← (1 − decay)·x + rate · g / rms(g). Each gradient is taken of x rolled at random by
/// up to "jitter" pixels or steps (Mordvintsev 2015); every "blur_every" steps x is blurred by a Gaussian of deviation "blur" along its
/// rows and columns, or steps (Yosinski 2015; blurredBaseline()). Tables have neither. Same bits for the same seed. Errors: what does not exist or fit,
/// numbers that are not finite, a stop.
Result<Maximisation> maximiseActivation(const MaximisationArgs& args);

}  // namespace vitrine
