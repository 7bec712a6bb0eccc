#include "core/train/optimiser.h"

#include <algorithm>
#include <cmath>
#include <vector>

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

/// One stretch of the flat vectors, and the step's numbers.
struct Stretch {
  double rate;
  std::int64_t step, n;
  const Real* __restrict g;
  Real* __restrict p;
  Real* slot[3];
  double product;
};

using Move = void (*)(const OptimiserRule&, const Stretch&);

void sgd(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay);
  for (std::int64_t i = 0; i < s.n; ++i) s.p[i] -= lr * (s.g[i] + wd * s.p[i]);
}

void momentum(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay);
  const Real keep = s.step == 1 ? Real(0) : static_cast<Real>(o.momentum);
  const Real take = s.step == 1 ? Real(1) : static_cast<Real>(1 - o.dampening);
  Real* __restrict buf = s.slot[0];
  for (std::int64_t i = 0; i < s.n; ++i) {
    buf[i] = keep * buf[i] + take * (s.g[i] + wd * s.p[i]);
    s.p[i] -= lr * buf[i];
  }
}

void nesterov(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay), mu = static_cast<Real>(o.momentum);
  const Real keep = s.step == 1 ? Real(0) : mu;
  Real* __restrict buf = s.slot[0];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    buf[i] = keep * buf[i] + d;
    s.p[i] -= lr * (d + mu * buf[i]);
  }
}

void adagrad(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay), eps = static_cast<Real>(o.epsilon);
  Real* __restrict sum = s.slot[0];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    sum[i] += d * d;
    s.p[i] -= lr * d / (std::sqrt(sum[i]) + eps);
  }
}

void adadelta(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay), eps = static_cast<Real>(o.epsilon);
  const Real rho = static_cast<Real>(o.alpha), rest = static_cast<Real>(1 - o.alpha);
  Real *__restrict v = s.slot[0], *__restrict moved = s.slot[1];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    v[i] = rho * v[i] + rest * d * d;
    const Real delta = std::sqrt(moved[i] + eps) / std::sqrt(v[i] + eps) * d;
    moved[i] = rho * moved[i] + rest * delta * delta;
    s.p[i] -= lr * delta;
  }
}

void rmsprop(const OptimiserRule& o, const Stretch& s) {
  const Real lr = static_cast<Real>(s.rate), wd = static_cast<Real>(o.weightDecay), a = static_cast<Real>(o.alpha);
  const Real b = static_cast<Real>(1 - o.alpha), eps = static_cast<Real>(o.epsilon), mu = static_cast<Real>(o.momentum);
  Real *__restrict v = s.slot[0], *__restrict mean = s.slot[1], *__restrict buf = s.slot[2];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    v[i] = a * v[i] + b * d * d;
    Real spread = v[i];
    if (o.centred) {
      mean[i] = a * mean[i] + b * d;
      spread = std::max(Real(0), v[i] - mean[i] * mean[i]);
    }
    const Real step = d / (std::sqrt(spread) + eps);
    buf[i] = mu * buf[i] + step;
    s.p[i] -= lr * (mu > 0 ? buf[i] : step);
  }
}

/// Adam, with the decay in the gradient (L2) or on the weights themselves (AdamW), and AMSGrad's largest v.
template <bool Decoupled>
void adam(const OptimiserRule& o, const Stretch& s) {
  const double t = static_cast<double>(s.step);
  const Real lr = static_cast<Real>(s.rate / (1 - std::pow(o.beta1, t)));
  const Real root = static_cast<Real>(1 / std::sqrt(1 - std::pow(o.beta2, t)));
  const Real b1 = static_cast<Real>(o.beta1), c1 = static_cast<Real>(1 - o.beta1);
  const Real b2 = static_cast<Real>(o.beta2), c2 = static_cast<Real>(1 - o.beta2), eps = static_cast<Real>(o.epsilon);
  const Real wd = Decoupled ? Real(0) : static_cast<Real>(o.weightDecay);
  const Real shrink = Decoupled ? static_cast<Real>(1 - s.rate * o.weightDecay) : Real(1);
  Real *__restrict m = s.slot[0], *__restrict v = s.slot[1], *__restrict most = s.slot[2];
  const auto each = [&](std::int64_t i) {
    if (Decoupled) s.p[i] *= shrink;
    const Real d = s.g[i] + wd * s.p[i];
    m[i] = b1 * m[i] + c1 * d;
    v[i] = b2 * v[i] + c2 * d * d;
  };
  if (o.amsgrad) {
    for (std::int64_t i = 0; i < s.n; ++i) {
      each(i);
      most[i] = std::max(most[i], v[i]);
      s.p[i] -= lr * m[i] / (std::sqrt(most[i]) * root + eps);
    }
    return;
  }
  for (std::int64_t i = 0; i < s.n; ++i) {
    each(i);
    s.p[i] -= lr * m[i] / (std::sqrt(v[i]) * root + eps);
  }
}

/// μ of Dozat 2016 at a step.
double nadamMu(const OptimiserRule& o, double t) { return o.beta1 * (1 - 0.5 * std::pow(0.96, t * o.momentumDecay)); }

void nadam(const OptimiserRule& o, const Stretch& s) {
  const double t = static_cast<double>(s.step), mu = nadamMu(o, t), next = nadamMu(o, t + 1);
  const Real b1 = static_cast<Real>(o.beta1), c1 = static_cast<Real>(1 - o.beta1), b2 = static_cast<Real>(o.beta2);
  const Real c2 = static_cast<Real>(1 - o.beta2), eps = static_cast<Real>(o.epsilon), wd = static_cast<Real>(o.weightDecay);
  const Real inverse = static_cast<Real>(1 / (1 - std::pow(o.beta2, t)));
  const Real ofGradient = static_cast<Real>(s.rate * (1 - mu) / (1 - s.product));
  // Dozat 2016, algorithm 2, and PyTorch from 2.0 on; older ones counted this step's μ twice.
  const Real ofMean = static_cast<Real>(s.rate * next / (1 - s.product * next));
  Real *__restrict m = s.slot[0], *__restrict v = s.slot[1];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    m[i] = b1 * m[i] + c1 * d;
    v[i] = b2 * v[i] + c2 * d * d;
    s.p[i] -= (ofGradient * d + ofMean * m[i]) / (std::sqrt(v[i] * inverse) + eps);
  }
}

void radam(const OptimiserRule& o, const Stretch& s) {
  const double t = static_cast<double>(s.step), decay = std::pow(o.beta2, t), longest = 2 / (1 - o.beta2) - 1;
  const double length = longest - 2 * t * decay / (1 - decay);
  const bool rectified = length > 5;
  const double rectification =
      rectified ? std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)) * std::sqrt(1 - decay) : 1;
  const Real lr = static_cast<Real>(s.rate * rectification / (1 - std::pow(o.beta1, t)));
  const Real b1 = static_cast<Real>(o.beta1), c1 = static_cast<Real>(1 - o.beta1), b2 = static_cast<Real>(o.beta2);
  const Real c2 = static_cast<Real>(1 - o.beta2), eps = static_cast<Real>(o.epsilon), wd = static_cast<Real>(o.weightDecay);
  Real *__restrict m = s.slot[0], *__restrict v = s.slot[1];
  for (std::int64_t i = 0; i < s.n; ++i) {
    const Real d = s.g[i] + wd * s.p[i];
    m[i] = b1 * m[i] + c1 * d;
    v[i] = b2 * v[i] + c2 * d * d;
    s.p[i] -= rectified ? lr * m[i] / (std::sqrt(v[i]) + eps) : lr * m[i];
  }
}

Move moveOf(const std::string& id) {
  if (id == "momentum") return momentum;
  if (id == "nesterov") return nesterov;
  if (id == "adagrad") return adagrad;
  if (id == "adadelta") return adadelta;
  if (id == "rmsprop") return rmsprop;
  if (id == "adam") return adam<false>;
  if (id == "adamw") return adam<true>;
  if (id == "nadam") return nadam;
  if (id == "radam") return radam;
  return sgd;  // and gradient descent, which is SGD over one batch of everything
}

Param beta1() { return share("beta1", "Beta 1", "Memory of the gradients; 0.9 is usual.", 0.9); }
Param beta2() { return share("beta2", "Beta 2", "Memory of the squared gradients; 0.999 is usual.", 0.999); }
Param epsilonOf(double usual) {
  Param p = epsilon();
  p.fallback = usual;
  p.help = "Keeps the division finite.";
  return p;
}
Param amsgrad() {
  return {.id = "amsgrad", .label = "AMSGrad", .help = "Divides by the largest squared gradient so far (Reddi et al. 2018): steps never grow again.",
          .fallback = false};
}
Param decoupledDecay() {
  Param p = kWeightDecay;
  p.label = "Weight decay";
  p.help = "Every step makes each weight smaller by this share of the learning rate; 0.01 to 0.1 is usual.";
  p.fallback = 0.01;
  return p;
}
Param rolling(double usual) { return share("momentum", "Momentum", "Share of the last step that is kept; 0.9 is usual.", usual); }

}  // namespace

std::span<const OptimiserSpec> optimiserRegistry() {
  static const std::vector<OptimiserSpec> specs{
      {"sgd", "SGD", "Stochastic gradient descent: a step straight down the batch's gradient. Simple, and a good baseline.",
       "p ← p − η·g", {kWeightDecay}, 0, {}, 0.1},
      {"gd", "Gradient descent", "One step an epoch, down the gradient of all training data: no noise, and slow. The batch size does not count.",
       "p ← p − η·g over all samples", {kWeightDecay}, 0, {}, 0.1, true},
      {"momentum", "Momentum", "SGD that keeps rolling: steps add up along directions that stay the same. Usual momentum 0.9.",
       "b ← μ·b + g,  p ← p − η·b",
       {rolling(0.9), share("dampening", "Dampening", "Share of the new gradient that is left out; 0 is usual.", 0.0), kWeightDecay},
       1, {"momentum_buffer"}, 0.03},
      {"nesterov", "Nesterov", "Momentum that looks ahead: the gradient counts as if the next roll were done already (Sutskever et al. 2013).",
       "b ← μ·b + g,  p ← p − η·(g + μ·b)", {rolling(0.9), kWeightDecay}, 1, {"momentum_buffer"}, 0.03},
      {"adagrad", "Adagrad", "Divides each gradient by the root of all its squares so far: rare features learn fast (Duchi et al. 2011).",
       "s ← s + g²,  p ← p − η·g / (√s + ε)", {epsilonOf(1e-10), kWeightDecay}, 1, {"sum"}, 0.01},
      {"adadelta", "Adadelta", "Measures each step by the recent steps themselves: a rate of 1 fits most networks (Zeiler 2012).",
       "v ← ρ·v + (1−ρ)·g²,  Δ = √(u+ε)/√(v+ε)·g,  u ← ρ·u + (1−ρ)·Δ²,  p ← p − η·Δ",
       {share("alpha", "Rho", "Memory of squared gradients and steps; 0.9 is usual.", 0.9), epsilonOf(1e-6), kWeightDecay},
       2, {"square_avg", "acc_delta"}, 1},
      {"rmsprop", "RMSprop", "Divides each gradient by its recent size, so that all weights move at a like pace (Hinton 2012).",
       "v ← α·v + (1−α)·g²,  p ← p − η·g / (√v + ε)",
       {share("alpha", "Alpha", "Memory of the squared gradients; 0.99 is usual.", 0.99), epsilon(), rolling(0),
        {.id = "centred", .label = "Centred", .help = "Divides by the deviation about the mean gradient instead of its size (Graves 2013).", .fallback = false},
        kWeightDecay},
       3, {"square_avg", "grad_avg", "momentum_buffer"}, 1e-3},
      {"adam", "Adam", "Momentum and RMSprop together, corrected for their slow start (Kingma & Ba 2015). Works well untuned.",
       "m ← β₁·m + (1−β₁)·g,  v ← β₂·v + (1−β₂)·g²,  p ← p − η·m̂ / (√v̂ + ε)", {beta1(), beta2(), epsilon(), amsgrad(), kWeightDecay},
       3, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, 1e-3},
      {"adamw", "AdamW", "Adam whose weight decay works on the weights themselves (Loshchilov & Hutter 2019).",
       "p ← (1 − η·λ)·p, then as Adam", {beta1(), beta2(), epsilon(), amsgrad(), decoupledDecay()},
       3, {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, 1e-3},
      {"nadam", "NAdam", "Adam with Nesterov's look ahead (Dozat 2016).", "p ← p − η·(μ·m̂ + (1−μ)·ĝ) / (√v̂ + ε)",
       {beta1(), beta2(), epsilon(),
        {.id = "momentum_decay", .label = "Momentum decay", .help = "How slowly the momentum grows to beta 1; 0.004 is usual.", .fallback = 4e-3,
         .low = 0, .high = 1},
        kWeightDecay},
       2, {"exp_avg", "exp_avg_sq"}, 2e-3},
      {"radam", "RAdam", "Adam that warms up by itself: it divides only when it has seen enough gradients (Liu et al. 2020).",
       "as Adam, with the step rectified by the variance of v", {beta1(), beta2(), epsilon(), kWeightDecay}, 2, {"exp_avg", "exp_avg_sq"}, 1e-3},
  };
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
  auto take = [&](const char* id, auto& out) {
    for (const Param& p : rule.spec->params)
      if (p.id == id) out = param<std::remove_reference_t<decltype(out)>>(choice.params, rule.spec->params, id);
  };
  take("momentum", rule.momentum);
  take("dampening", rule.dampening);
  take("alpha", rule.alpha);
  take("beta1", rule.beta1);
  take("beta2", rule.beta2);
  take("epsilon", rule.epsilon);
  take("weight_decay", rule.weightDecay);
  take("momentum_decay", rule.momentumDecay);
  take("centred", rule.centred);
  take("amsgrad", rule.amsgrad);
  return rule;
}

OptimiserState freshState(const OptimiserChoice& choice, std::int64_t parameters) {
  OptimiserState state;
  const OptimiserSpec* spec = optimiserRule(choice).spec;
  for (int i = 0; i < spec->vectorCount; ++i) state.vectors.emplace_back(static_cast<std::size_t>(parameters));
  return state;
}

void beginStep(const OptimiserRule& rule, OptimiserState& state) {
  ++state.steps;
  if (rule.spec->id != "nadam") return;
  for (; state.productSteps < state.steps; ++state.productSteps) state.product *= nadamMu(rule, static_cast<double>(state.productSteps + 1));
}

void applyOptimiser(const OptimiserRule& rule, double rate, std::int64_t begin, std::int64_t end, const Real* gradient,
                    Real* params, OptimiserState& state) {
  Stretch s{rate, state.steps, end - begin, gradient + begin, params + begin, {}, state.product};
  for (std::size_t i = 0; i < state.vectors.size() && i < 3; ++i) s.slot[i] = state.vectors[i].data() + begin;
  moveOf(rule.spec->id)(rule, s);
}

}  // namespace vitrine
