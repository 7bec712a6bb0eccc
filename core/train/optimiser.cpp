#include "core/train/optimiser.h"

#include <array>
#include <cmath>

namespace vitrine {
namespace {

const Param kWeightDecay{.id = "weight_decay", .label = "L2 penalty",
                         .help = "Adds this share of each weight to its gradient; 0 is none, 1e-4 is usual.",
                         .fallback = 0.0, .low = 0, .high = 1, .sliderLow = 1e-6, .sliderHigh = 1e-1, .logarithmic = true};

Param share(std::string id, std::string label, std::string help, double fallback) {
  return {.id = std::move(id), .label = std::move(label), .help = std::move(help), .fallback = fallback, .low = 0, .high = 0.99999,
          .sliderLow = 0, .sliderHigh = 0.999};
}

Param epsilon() {
  return {.id = "epsilon", .label = "Epsilon", .help = "Keeps the division finite; 1e-8 is usual.", .fallback = 1e-8,
          .low = 1e-12, .high = 1, .sliderLow = 1e-10, .sliderHigh = 1e-2, .logarithmic = true};
}

void sgd(const OptimiserRule& o, double rate, std::int64_t n, const Real* __restrict g, Real* __restrict p) {
  const Real lr = static_cast<Real>(rate), wd = static_cast<Real>(o.weightDecay);
  for (std::int64_t i = 0; i < n; ++i) p[i] -= lr * (g[i] + wd * p[i]);
}

void momentum(const OptimiserRule& o, double rate, std::int64_t n, const Real* __restrict g, Real* __restrict p,
              Real* __restrict buf, bool first) {
  const Real lr = static_cast<Real>(rate), wd = static_cast<Real>(o.weightDecay);
  const Real keep = first ? Real(0) : static_cast<Real>(o.momentum);
  const Real take = first ? Real(1) : static_cast<Real>(1 - o.dampening);
  for (std::int64_t i = 0; i < n; ++i) {
    buf[i] = keep * buf[i] + take * (g[i] + wd * p[i]);
    p[i] -= lr * buf[i];
  }
}

void rmsprop(const OptimiserRule& o, double rate, std::int64_t n, const Real* __restrict g, Real* __restrict p,
             Real* __restrict v) {
  const Real lr = static_cast<Real>(rate), wd = static_cast<Real>(o.weightDecay), a = static_cast<Real>(o.alpha);
  const Real b = static_cast<Real>(1 - o.alpha), eps = static_cast<Real>(o.epsilon);
  for (std::int64_t i = 0; i < n; ++i) {
    const Real d = g[i] + wd * p[i];
    v[i] = a * v[i] + b * d * d;
    p[i] -= lr * d / (std::sqrt(v[i]) + eps);
  }
}

void adam(const OptimiserRule& o, double rate, std::int64_t step, std::int64_t n, const Real* __restrict g, Real* __restrict p,
          Real* __restrict m, Real* __restrict v) {
  const double t = static_cast<double>(step);
  const Real lr = static_cast<Real>(rate / (1 - std::pow(o.beta1, t)));
  const Real root = static_cast<Real>(1 / std::sqrt(1 - std::pow(o.beta2, t)));
  const Real b1 = static_cast<Real>(o.beta1), c1 = static_cast<Real>(1 - o.beta1);
  const Real b2 = static_cast<Real>(o.beta2), c2 = static_cast<Real>(1 - o.beta2);
  const Real eps = static_cast<Real>(o.epsilon), wd = static_cast<Real>(o.weightDecay);
  for (std::int64_t i = 0; i < n; ++i) {
    const Real d = g[i] + wd * p[i];
    m[i] = b1 * m[i] + c1 * d;
    v[i] = b2 * v[i] + c2 * d * d;
    p[i] -= lr * m[i] / (std::sqrt(v[i]) * root + eps);
  }
}

}  // namespace

std::span<const OptimiserSpec> optimiserRegistry() {
  static const std::array<OptimiserSpec, 4> specs{{
      {"sgd", "SGD", "Stochastic gradient descent: a step straight down the batch's gradient. Simple, and a good baseline.",
       "p ← p − η·g", {kWeightDecay}, 0, {}, 0.1},
      {"momentum", "Momentum", "SGD that keeps rolling: steps add up along directions that stay the same. Usual momentum 0.9.",
       "b ← μ·b + g,  p ← p − η·b",
       {share("momentum", "Momentum", "Share of the last step that is kept; 0.9 is usual.", 0.9),
        share("dampening", "Dampening", "Share of the new gradient that is left out; 0 is usual.", 0.0), kWeightDecay},
       1, {"momentum_buffer"}, 0.03},
      {"rmsprop", "RMSprop", "Divides each gradient by its recent size, so that all weights move at a like pace (Hinton 2012).",
       "v ← α·v + (1−α)·g²,  p ← p − η·g / (√v + ε)",
       {share("alpha", "Alpha", "Memory of the squared gradients; 0.99 is usual.", 0.99), epsilon(), kWeightDecay}, 1, {"square_avg"}, 1e-3},
      {"adam", "Adam", "Momentum and RMSprop together, corrected for their slow start (Kingma & Ba 2015). Works well untuned.",
       "m ← β₁·m + (1−β₁)·g,  v ← β₂·v + (1−β₂)·g²,  p ← p − η·m̂ / (√v̂ + ε)",
       {share("beta1", "Beta 1", "Memory of the gradients; 0.9 is usual.", 0.9),
        share("beta2", "Beta 2", "Memory of the squared gradients; 0.999 is usual.", 0.999), epsilon(), kWeightDecay},
       2, {"exp_avg", "exp_avg_sq"}, 1e-3},
  }};
  return specs;
}

const OptimiserSpec* findOptimiser(const std::string& id) {
  for (const OptimiserSpec& s : optimiserRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

OptimiserRule optimiserRule(const OptimiserChoice& choice) {
  OptimiserRule rule;
  rule.spec = findOptimiser(choice.id);
  if (!rule.spec) rule.spec = findOptimiser("adam");
  auto number = [&](const char* id, double& out) {
    for (const Param& p : rule.spec->params)
      if (p.id == id) out = param<double>(choice.params, rule.spec->params, id);
  };
  number("momentum", rule.momentum);
  number("dampening", rule.dampening);
  number("alpha", rule.alpha);
  number("beta1", rule.beta1);
  number("beta2", rule.beta2);
  number("epsilon", rule.epsilon);
  number("weight_decay", rule.weightDecay);
  return rule;
}

OptimiserState freshState(const OptimiserChoice& choice, std::int64_t parameters) {
  OptimiserState state;
  const OptimiserSpec* spec = optimiserRule(choice).spec;
  for (int i = 0; i < spec->vectorCount; ++i) state.vectors.emplace_back(static_cast<std::size_t>(parameters));
  return state;
}

void applyOptimiser(const OptimiserRule& rule, double rate, std::int64_t begin, std::int64_t end, const Real* gradient,
                    Real* params, OptimiserState& state) {
  const std::int64_t n = end - begin;
  const Real* g = gradient + begin;
  Real* p = params + begin;
  auto slot = [&](std::size_t i) { return state.vectors[i].data() + begin; };
  if (rule.spec->id == "sgd") sgd(rule, rate, n, g, p);
  if (rule.spec->id == "momentum") momentum(rule, rate, n, g, p, slot(0), state.steps == 1);
  if (rule.spec->id == "rmsprop") rmsprop(rule, rate, n, g, p, slot(0));
  if (rule.spec->id == "adam") adam(rule, rate, state.steps, n, g, p, slot(0), slot(1));
}

}  // namespace vitrine
