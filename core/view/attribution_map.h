#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/base/real.h"
#include "core/view/raster.h"

namespace vitrine {

/// Which part of an attribution is shown. Absolute and the halves are never negative.
enum class SignShown { Signed, Absolute, Positive, Negative };

/// Which attributions of a wall share one scale.
enum class WallScale { Shared, EachMethod, EachMap };

/// What is done to an attribution before it is coloured.
struct AttributionLook {
  SignShown sign = SignShown::Signed;
  double blur = 0;          ///< deviation of a Gaussian in cells; 0: off
  double percentile = 100;  ///< magnitudes beyond this percentile take the end colour
  bool operator==(const AttributionLook&) const = default;
};

/// The plane that is drawn: channels summed (as the attributions add up), blurred, then the sign's part. A NaN stays where
/// it is and spreads to what the blur mixes with it. values: [height × width × channels] → [height × width].
std::vector<Real> shownPlane(std::span<const Real> values, int height, int width, int channels, const AttributionLook& look);

/// Gaussian of deviation `sigma` cells, cut at 3 sigma, weights made to sum to 1 at the edges too. [height × width].
std::vector<Real> gaussianBlur(std::span<const Real> values, int height, int width, double sigma);

/// The p-th percentile (0 … 100, linear between neighbours) of the finite magnitudes; 0 when there is none.
double magnitudePercentile(std::span<const Real> values, double p);

/// [−m, m] or, for values that are never negative, [0, m], with m the percentile; 1 for m when that is 0.
Range attributionRange(std::span<const Real> values, bool isSigned, double percentile);

}  // namespace vitrine
