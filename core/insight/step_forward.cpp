#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/insight/layer_geometry.h"
#include "core/insight/step_parts.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

bool isGroup(const Node& node) { return node.type == "softmax" || node.type == "layernorm"; }

/// Mean, biased variance and what was normalised, of a normalising layer at this unit.
struct Normal {
  double mean = 0, variance = 0, epsilon = 0, count = 0;
  bool ofBatch = false;
  double inverse() const { return 1 / std::sqrt(variance + epsilon); }
};

Normal normalOf(const UnitView& v) {
  Normal n;
  n.epsilon = param<double>(v.node.params, findLayer(v.node.type)->params, "epsilon");
  std::vector<double> values;
  if (v.node.type == "layernorm") {
    for (const UnitInput& i : v.inputs) values.push_back(v.x(i));
  } else if (isFrozen(v.node)) {
    n.mean = *v.parameter("running_mean"), n.variance = *v.parameter("running_var");
    return n;
  } else {
    const std::int64_t channels = v.out.dims.back();
    const std::span<const Real> all = v.pass.chunkActivations(v.sources[0]);
    for (std::size_t i = static_cast<std::size_t>(v.q.unit % channels); i < all.size(); i += static_cast<std::size_t>(channels)) values.push_back(static_cast<double>(all[i]));
    n.ofBatch = true;
  }
  n.count = static_cast<double>(values.size());
  for (const double x : values) n.mean += x / n.count;
  for (const double x : values) n.variance += (x - n.mean) * (x - n.mean) / n.count;
  return n;
}

void dense(const UnitView& v, StepSection& s) {
  StepTable terms{"Inputs × weights", {"x", "w", "x·w"}, {}, {}};
  double sum = 0;
  for (const UnitInput& i : v.inputs) {
    const double x = v.x(i), w = v.w(i);
    sum += x * w;
    terms.add(v.nameOf(i), {x, w, x * w});
  }
  s.tables.push_back(std::move(terms));
  s.rows.push_back({"Σ", "Σ xᵢ·wᵢ", sum, {}, std::to_string(v.inputs.size()) + " terms"});
  const std::optional<double> bias = v.parameter("bias");
  if (bias) s.rows.push_back({"b", "bias", *bias});
  s.rows.push_back({"y", bias ? "Σ + b" : "Σ", sum + bias.value_or(0)});
}

void windowed(const UnitView& v, StepSection& s, bool largest) {
  StepTable values{"Window", {"x"}, {}, {}};
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  std::size_t winner = 0;
  for (std::size_t i = 0; i < v.inputs.size(); ++i) {
    const double x = v.x(v.inputs[i]);
    values.add(v.nameOf(v.inputs[i]), {x});
    sum += x;
    if (x > most) most = x, winner = i;
  }
  if (largest)
    s.rows.push_back({"y", "max xᵢ", most, {}, "the first of the largest: " + values.names[winner]});
  else
    s.rows.push_back({"y", "Σ xᵢ / n", sum / static_cast<double>(v.inputs.size()), {}, "n = " + std::to_string(v.inputs.size()) + " values in the image"});
  s.tables.push_back(std::move(values));
}

void softmax(const UnitView& v, StepSection& s) {
  StepTable table{"Softmax", {"x", "exp(x − max)", "y"}, {}, {}};
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const UnitInput& i : v.inputs) most = std::max(most, v.x(i));
  for (const UnitInput& i : v.inputs) sum += std::exp(v.x(i) - most);
  for (const UnitInput& i : v.inputs) table.add(v.nameOf(i), {v.x(i), std::exp(v.x(i) - most), std::exp(v.x(i) - most) / sum});
  const double own = std::exp(v.x(v.inputs[static_cast<std::size_t>(v.q.unit % v.out.dims.back())]) - most);
  s.rows.push_back({"max", "max xⱼ", most, {}, "taken off, so that nothing overflows"});
  s.rows.push_back({"Σ", "Σ exp(xⱼ − max)", sum});
  s.rows.push_back({"y", "exp(x − max) / Σ", own / sum});
  s.tables.push_back(std::move(table));
}

void normalised(const UnitView& v, StepSection& s) {
  const Normal n = normalOf(v);
  const double x = v.x(v.inputs[isGroup(v.node) ? static_cast<std::size_t>(v.q.unit % v.out.dims.back()) : 0]);
  const std::string of = !n.ofBatch && v.node.type == "batchnorm" ? "running statistic (the layer is frozen)"
                                                                   : "over " + std::to_string(static_cast<std::int64_t>(n.count)) + " values" + (n.ofBatch ? " of the batch" : "");
  s.rows.push_back({"x", "", x});
  s.rows.push_back({"μ", "mean", n.mean, {}, of});
  s.rows.push_back({"σ²", "mean((x − μ)²)", n.variance, {}, of});
  s.rows.push_back({"ε", "", n.epsilon});
  const double xHat = (x - n.mean) * n.inverse(), w = *v.parameter("weight"), b = *v.parameter("bias");
  s.rows.push_back({"x̂", "(x − μ) / √(σ² + ε)", xHat});
  s.rows.push_back({"w", "weight", w});
  s.rows.push_back({"b", "bias", b});
  s.rows.push_back({"y", "w·x̂ + b", w * xHat + b});
}

void merged(const UnitView& v, StepSection& s) {
  StepTable table{"Inputs", {"x"}, {}, {}};
  double sum = 0, product = 1;
  for (const UnitInput& i : v.inputs) {
    table.add(v.nameOf(i), {v.x(i)});
    sum += v.x(i), product *= v.x(i);
  }
  if (v.node.type == "add") s.rows.push_back({"y", "Σ xᵢ", sum});
  else if (v.node.type == "multiply") s.rows.push_back({"y", "Π xᵢ", product});
  else s.rows.push_back({"y", "x", sum, {}, "passed on"});
  s.tables.push_back(std::move(table));
}

void noisy(const UnitView& v, StepSection& s) {
  const double x = v.x(v.inputs[0]);
  s.rows.push_back({"x", "", x});
  if (v.node.type == "gaussian_noise") {
    s.rows.push_back({"noise", "drawn for this step", v.y() - x});
    s.rows.push_back({"y", "x + noise", v.y()});
    return;
  }
  const double slope = localSlopes(v)[0];
  s.rows.push_back({"mask", "0, or 1 / (1 − rate)", slope, {}, slope == 0 ? "dropped in this step" : "kept in this step"});
  s.rows.push_back({"y", "x·mask", x * slope});
}

/// The loss of this sample, and its gradient at this output.
void loss(const UnitView& v, StepSection& s) {
  const LossRule rule = lossRule(v.network.graph(), *v.q.data);
  const std::int64_t n = v.network.outputs();
  std::vector<Real> z, gradient(static_cast<std::size_t>(n)), p(static_cast<std::size_t>(n));
  for (std::int64_t i = 0; i < n; ++i) z.push_back(static_cast<Real>(v.pass.activation(v.node.id, i)));
  LossTargets room;
  const std::int32_t row = v.q.rows[v.q.sample];
  const LossSum own = dataLoss(rule, *v.q.data, {&row, 1}, z.data(), v.pass.scale(), room, gradient.data());
  const bool crossEntropy = rule.kind == LossKind::CrossEntropy, binary = rule.kind == LossKind::BinaryCrossEntropy;
  if (crossEntropy) softmaxRows(1, n, z.data(), p.data());
  StepTable table{"Outputs", {crossEntropy || binary ? "logit z" : "y", "target t"}, {}, {}};
  if (crossEntropy || binary) table.columns.push_back(crossEntropy ? "softmax p" : "σ(z)");
  table.columns.push_back("∂L/∂z");
  for (std::int64_t i = 0; i < n; ++i) {
    const std::size_t k = static_cast<std::size_t>(i);
    double target = crossEntropy ? (1 - rule.smoothing) * (room.classes[0] == i) + rule.smoothing / static_cast<double>(n) : static_cast<double>(room.numbers[k]);
    std::vector<double> line{static_cast<double>(z[k]), target};
    if (crossEntropy) line.push_back(static_cast<double>(p[k]));
    if (binary) line.push_back(1 / (1 + std::exp(-static_cast<double>(z[k]))));
    line.push_back(static_cast<double>(gradient[k]));
    const std::vector<std::string>& classes = v.q.data->spec.classes;
    table.add(k < classes.size() ? classes[k] : "output " + std::to_string(i), line);
  }
  s.rows.push_back({"y", "x", v.y(), {}, "passed on to the loss"});
  s.rows.push_back({"L", lossOf(v.network.graph()).formula, own.loss, {}, "this sample's loss" + std::string(own.weight == 1 ? "" : ", times its weight")});
  s.rows.push_back({"L of the batch", "Σ L / Σ weight", v.pass.loss(), {}, std::to_string(v.pass.rows()) + (v.pass.rows() == 1 ? " sample" : " samples")});
  s.rows.push_back({"∂L/∂z", crossEntropy ? "(p − t)·scale" : binary ? "(σ(z) − t)·scale / outputs" : "∂ of the loss / outputs·scale",
                    static_cast<double>(gradient[static_cast<std::size_t>(v.q.unit)]), {}, "scale = 1 / Σ weight = " + std::to_string(v.pass.scale())});
  s.tables.push_back(std::move(table));
}

}  // namespace

StepSection forwardSection(const UnitView& v) {
  StepSection s{"Forward", {}};
  const std::string& t = v.node.type;
  const double weight = t == "prelu" ? v.parameter("weight").value_or(0) : 0;
  if (t == "dense" || t == "conv2d" || t == "conv1d") dense(v, s);
  else if (t.find("maxpool") != std::string::npos) windowed(v, s, true);
  else if (t.find("avgpool") != std::string::npos) windowed(v, s, false);
  else if (t == "softmax") softmax(v, s);
  else if (t == "batchnorm" || t == "layernorm") normalised(v, s);
  else if (t == "dropout" || t == "gaussian_noise") noisy(v, s);
  else if (t == "output") loss(v, s);
  else if (isRecurrent(v.node)) s.rows.push_back({"y", "h of the unit's step", v.y(), {}, "its gates are in the tables"});
  else if (v.inputs.empty()) s.rows.push_back({"y", "x", v.y(), {}, "the data's own value"});
  else if (const std::optional<ActivationAt> a = activationAt(v.node, v.x(v.inputs[0]), weight)) {
    s.rows.push_back({"x", "", v.x(v.inputs[0])});
    s.rows.push_back({"y", a->formula, a->value});
  } else {
    merged(v, s);
  }
  if (v.activation) {
    const Node& after = *v.network.graph().find(*v.activation);
    s.rows.push_back({"a", activationAt(after, v.y(), 0)->formula, v.pass.activation(after.id, v.q.unit), {}, "after " + after.name + ", where x is this unit's y"});
  }
  return s;
}

std::vector<double> localSlopes(const UnitView& v) {
  std::vector<double> out;
  const std::string& t = v.node.type;
  const double n = static_cast<double>(v.inputs.size());
  const std::size_t own = static_cast<std::size_t>(isGroup(v.node) ? v.q.unit % v.out.dims.back() : 0);
  std::size_t winner = 0;
  for (std::size_t i = 1; i < v.inputs.size(); ++i)
    if (v.x(v.inputs[i]) > v.x(v.inputs[winner])) winner = i;
  const bool normal = t == "batchnorm" || t == "layernorm";
  const Normal norm = normal ? normalOf(v) : Normal{};
  const double xHat = normal ? (v.x(v.inputs[own]) - norm.mean) * norm.inverse() : 0;
  for (std::size_t i = 0; i < v.inputs.size(); ++i) {
    const double x = v.x(v.inputs[i]);
    double slope = 1;
    if (v.inputs[i].weight >= 0) slope = v.w(v.inputs[i]);
    else if (t.find("maxpool") != std::string::npos) slope = i == winner;
    else if (t.find("avgpool") != std::string::npos) slope = 1 / n;
    else if (t == "softmax") slope = v.y() * ((i == own) - v.pass.activation(v.node.id, v.q.unit - static_cast<std::int64_t>(own) + static_cast<std::int64_t>(i)));
    else if (normal && norm.count == 0) slope = *v.parameter("weight") * norm.inverse();
    // Mean and deviation move with x: ∂y/∂xᵢ = w/σ · (δ − 1/n − x̂·x̂ᵢ/n)
    else if (normal) slope = *v.parameter("weight") * norm.inverse() * ((i == own) - 1 / norm.count - xHat * (x - norm.mean) * norm.inverse() / norm.count);
    else if (t == "multiply") {
      for (std::size_t j = 0; j < v.inputs.size(); ++j) slope *= j == i ? 1 : v.x(v.inputs[j]);
    } else if (t == "dropout") {
      // Where x is 0 the mask shows in the gradient alone, and there only when one comes in.
      const double delta = v.delta();
      slope = x != 0 ? v.y() / x : delta != 0 ? v.pass.gradient(v.sources[0], v.inputs[i].element) / delta : kNan;
      const bool shared = v.network.graph().consumersOf(v.sources[0]).size() > 1;
      if (x == 0 && shared) slope = kNan;
    } else if (isRecurrent(v.node)) slope = kNan;
    else if (const std::optional<ActivationAt> a = activationAt(v.node, x, t == "prelu" ? v.parameter("weight").value_or(0) : 0)) slope = a->slope;
    out.push_back(slope);
  }
  return out;
}

}  // namespace vitrine
