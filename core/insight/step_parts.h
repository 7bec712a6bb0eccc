#pragma once

// The sections of explainStep, one function each. Not for views.

#include <cmath>

#include "core/insight/step_pass.h"
#include "core/insight/unit_inputs.h"

namespace vitrine {

/// A unit in one sample of the step: what the sections read.
struct UnitView {
  UnitView(const StepQuestion& question, const StepPass& stepPass);
  const StepQuestion& q;
  const StepPass& pass;
  const Network& network;
  const Node& node;
  Shape out;
  std::vector<NodeId> sources;
  std::vector<Shape> in;
  std::vector<UnitInput> inputs;
  std::optional<NodeId> activation;  ///< the elementwise activation that alone reads this node

  double x(const UnitInput& i) const { return pass.activation(sources[static_cast<std::size_t>(i.port)], i.element); }
  double w(const UnitInput& i) const { return static_cast<double>(q.params[static_cast<std::size_t>(i.weight)]); }
  double y() const { return pass.activation(node.id, q.unit); }
  double delta() const { return pass.gradient(node.id, q.unit); }
  /// Name of an input in its node's own terms; a table's column by its name.
  std::string nameOf(const UnitInput& i) const;
  /// A parameter of this node by its block's name, for this unit's column; nothing when the layer has none.
  std::optional<double> parameter(const char* block) const;
};

inline double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }

/// An elementwise activation at x, by the layers' own conventions at their kinks.
struct ActivationAt {
  std::string formula, slopeFormula;
  double value = 0, slope = 0;
};
/// Nothing when `type` is no elementwise activation. `weight`: PReLU's slope.
std::optional<ActivationAt> activationAt(const Node& node, double x, double weight);

StepSection forwardSection(const UnitView& v);
/// ∂y/∂x of each of v.inputs, with everything else held fast; NaN where a layer has no such number (recurrent layers). Batch norm
/// in training: by way of this element alone and of the batch's mean and variance.
std::vector<double> localSlopes(const UnitView& v);
/// More forward and backward numbers of a recurrent unit: its gates at each time step.
void addRecurrentTables(const UnitView& v, StepSection& forward, StepSection& backward);

/// One optimiser step of one parameter with its numbers, in double; the last row is "p after". `slots`: the state's vectors at this
/// parameter before the step; `product`: NAdam's, this step's factor included.
struct UpdateAt {
  double value = 0, gradient = 0;
  std::vector<double> slots;
};
std::vector<StepRow> updateRows(const OptimiserRule& rule, double rate, const UpdateAt& at, std::int64_t stepsBefore, double product);

}  // namespace vitrine
