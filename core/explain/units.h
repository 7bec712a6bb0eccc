#pragma once

// Results in the target's own units: a network learns standardised targets, a person reads prices.

#include <optional>

#include "core/data/dataset.h"
#include "core/explain/table_importance.h"
#include "core/explain/trust.h"

namespace vitrine {

/// value in units = offset + scale · value of the network.
struct TargetUnits {
  double scale = 1, offset = 0;
  double at(double value) const { return offset + scale * value; }
  bool same() const { return scale == 1 && offset == 0; }
};

/// Of what was explained: an output's, or a difference's where both outputs are scaled alike. A loss, a unit, a logit or a probability
/// is a number of its own: as it is. None: a difference of outputs that are scaled each by itself has no unit.
std::optional<TargetUnits> unitsOf(const Target& explained, const Dataset& data);

/// Maps, their sums and what they explain; slopes become units of the target per unit of input as the network gets it.
void toUnits(const TargetUnits& units, Attribution& map);
void toUnits(const TargetUnits& units, ShapSummary& summary);
/// Curves, areas, infidelity and the maps of networks drawn anew; the findings are judged anew (`method`, `map` in units): their sentences tell the same numbers.
void toUnits(const TargetUnits& units, const ExplainerSpec& method, const Attribution& map, TrustReport& report);

}  // namespace vitrine
