// The optimisers' formulas with their numbers, one parameter at a time; core/train/optimiser.cpp is what really moves it.
#include <algorithm>
#include <cmath>

#include "core/insight/step_parts.h"

namespace vitrine {
namespace {

/// One parameter on its way through a step.
struct Work {
  const OptimiserRule& o;
  double rate, p, g;
  std::vector<double> slots;
  double t;        ///< number of this step, from 1
  double product;  ///< NAdam: of μ up to this step
  std::vector<StepRow> rows;

  double say(std::string label, std::string formula, double value, std::string note = {}) {
    rows.push_back({std::move(label), std::move(formula), value, {}, std::move(note)});
    return value;
  }
  double slot(std::size_t i) const { return slots[i]; }
  /// The gradient with the optimiser's own L2 penalty.
  double decayed() {
    if (o.weightDecay == 0) return g;
    return say("d", "g + λ·p", g + o.weightDecay * p, "with the optimiser's L2 penalty λ");
  }
  std::string d() const { return o.weightDecay == 0 ? "g" : "d"; }
  void end(const std::string& formula, double change) {
    say("Δp", formula, change);
    say("p after", "p + Δp", p + change);
  }
};

void sgd(Work& w) {
  const double d = w.decayed();
  w.end("−η·" + w.d(), -w.rate * d);
}

void momentum(Work& w, bool nesterov) {
  const double d = w.decayed();
  w.say("b before", "", w.slot(0), "momentum buffer");
  const bool first = w.t == 1;
  const double take = first || nesterov ? 1 : 1 - w.o.dampening;
  const std::string formula = first ? w.d() : nesterov ? "μ·b + " + w.d() : "μ·b + (1 − dampening)·" + w.d();
  const double b = w.say("b", formula, first ? d : w.o.momentum * w.slot(0) + take * d, first ? "the first step starts the buffer" : "");
  if (nesterov)
    w.end("−η·(" + w.d() + " + μ·b)", -w.rate * (d + w.o.momentum * b));
  else
    w.end("−η·b", -w.rate * b);
}

void adagrad(Work& w) {
  const double d = w.decayed();
  w.say("s before", "", w.slot(0), "sum of squared gradients");
  const double s = w.say("s", "s + " + w.d() + "²", w.slot(0) + d * d);
  w.end("−η·" + w.d() + " / (√s + ε)", -w.rate * d / (std::sqrt(s) + w.o.epsilon));
}

void adadelta(Work& w) {
  const double d = w.decayed(), rho = w.o.alpha;
  w.say("v before", "", w.slot(0), "mean of squared gradients");
  w.say("u before", "", w.slot(1), "mean of squared steps");
  const double v = w.say("v", "ρ·v + (1−ρ)·" + w.d() + "²", rho * w.slot(0) + (1 - rho) * d * d);
  const double step = w.say("Δ", "√(u+ε) / √(v+ε) · " + w.d(), std::sqrt(w.slot(1) + w.o.epsilon) / std::sqrt(v + w.o.epsilon) * d);
  w.say("u", "ρ·u + (1−ρ)·Δ²", rho * w.slot(1) + (1 - rho) * step * step);
  w.end("−η·Δ", -w.rate * step);
}

void rmsprop(Work& w) {
  const double d = w.decayed(), a = w.o.alpha;
  w.say("v before", "", w.slot(0), "mean of squared gradients");
  const double v = w.say("v", "α·v + (1−α)·" + w.d() + "²", a * w.slot(0) + (1 - a) * d * d);
  double spread = v;
  if (w.o.centred) {
    w.say("m before", "", w.slot(1), "mean gradient");
    const double m = w.say("m", "α·m + (1−α)·" + w.d(), a * w.slot(1) + (1 - a) * d);
    spread = w.say("variance", "max(0, v − m²)", std::max(0.0, v - m * m));
  }
  const std::string root = w.o.centred ? "√variance" : "√v";
  double step = w.say("step", w.d() + " / (" + root + " + ε)", d / (std::sqrt(spread) + w.o.epsilon));
  if (w.o.momentum > 0) {
    w.say("b before", "", w.slot(2), "momentum buffer");
    step = w.say("b", "μ·b + step", w.o.momentum * w.slot(2) + step);
  }
  w.end(w.o.momentum > 0 ? "−η·b" : "−η·step", -w.rate * step);
}

/// m and v of Adam and its kin.
struct Moments {
  double m, v;
};
Moments moments(Work& w, double d, const std::string& name) {
  w.say("m before", "", w.slot(0), "mean gradient (first moment)");
  w.say("v before", "", w.slot(1), "mean of squared gradients (second moment)");
  const double m = w.say("m", "β₁·m + (1−β₁)·" + name, w.o.beta1 * w.slot(0) + (1 - w.o.beta1) * d);
  return {m, w.say("v", "β₂·v + (1−β₂)·" + name + "²", w.o.beta2 * w.slot(1) + (1 - w.o.beta2) * d * d)};
}

void adam(Work& w, bool decoupled) {
  double d = w.g, shrink = 0;
  if (decoupled)
    shrink = w.say("decay", "−η·λ·p", -w.rate * w.o.weightDecay * w.p, "weight decay works on the weight itself");
  else
    d = w.decayed();
  const Moments k = moments(w, d, decoupled ? "g" : w.d());
  double second = k.v;
  if (w.o.amsgrad) {
    w.say("v max before", "", w.slot(2), "largest second moment so far");
    second = w.say("v max", "max(v max, v)", std::max(w.slot(2), k.v));
  }
  const double mHat = w.say("m̂", "m / (1 − β₁ᵗ)", k.m / (1 - std::pow(w.o.beta1, w.t)), "corrected for the start, t = " + std::to_string(static_cast<std::int64_t>(w.t)));
  const double vHat = w.say("v̂", w.o.amsgrad ? "v max / (1 − β₂ᵗ)" : "v / (1 − β₂ᵗ)", second / (1 - std::pow(w.o.beta2, w.t)));
  const double step = -w.rate * mHat / (std::sqrt(vHat) + w.o.epsilon);
  w.end(decoupled ? "decay − η·m̂ / (√v̂ + ε)" : "−η·m̂ / (√v̂ + ε)", shrink + step);
}

void nadam(Work& w) {
  const double d = w.decayed();
  const auto muAt = [&](double t) { return w.o.beta1 * (1 - 0.5 * std::pow(0.96, t * w.o.momentumDecay)); };
  const Moments k = moments(w, d, w.d());
  const double mu = w.say("μ", "β₁·(1 − ½·0.96^(t·decay))", muAt(w.t)), next = w.say("μ next", "the same at t + 1", muAt(w.t + 1));
  const double product = w.say("Π", "product of all μ so far", w.product);
  const double vHat = w.say("v̂", "v / (1 − β₂ᵗ)", k.v / (1 - std::pow(w.o.beta2, w.t)));
  const double ofGradient = (1 - mu) / (1 - product) * d, ofMean = next / (1 - product * next) * k.m;
  w.say("step", "(1−μ)/(1−Π)·" + w.d() + " + μ next/(1 − Π·μ next)·m", ofGradient + ofMean);
  w.end("−η·step / (√v̂ + ε)", -w.rate * (ofGradient + ofMean) / (std::sqrt(vHat) + w.o.epsilon));
}

void radam(Work& w) {
  const double d = w.decayed();
  const Moments k = moments(w, d, w.d());
  const double mHat = w.say("m̂", "m / (1 − β₁ᵗ)", k.m / (1 - std::pow(w.o.beta1, w.t)));
  const double decay = std::pow(w.o.beta2, w.t), longest = w.say("ρ∞", "2/(1−β₂) − 1", 2 / (1 - w.o.beta2) - 1);
  const double length = w.say("ρ", "ρ∞ − 2·t·β₂ᵗ/(1−β₂ᵗ)", longest - 2 * w.t * decay / (1 - decay));
  if (length <= 5) return w.end("−η·m̂", -w.rate * mHat);  // too few gradients to trust v
  const double r = w.say("r", "√((ρ−4)(ρ−2)ρ∞ / ((ρ∞−4)(ρ∞−2)ρ))", std::sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)));
  w.end("−η·m̂·r·√(1−β₂ᵗ) / (√v + ε)", -w.rate * mHat * r * std::sqrt(1 - decay) / (std::sqrt(k.v) + w.o.epsilon));
}

}  // namespace

std::vector<StepRow> updateRows(const OptimiserRule& rule, double rate, const UpdateAt& at, std::int64_t stepsBefore, double product) {
  Work w{rule, rate, at.value, at.gradient, at.slots, static_cast<double>(stepsBefore + 1), product, {}};
  const std::string& id = rule.spec->id;
  w.say("p before", "", w.p);
  w.say("g", "", w.g, "the gradient that the optimiser gets");
  w.say("η", "", rate, "learning rate of this step");
  for (const Param& p : rule.spec->params) {
    const auto setting = [&](const char* name, const char* symbol, double value) {
      if (p.id == name) w.say(symbol, "", value, p.label);
    };
    setting("momentum", "μ", rule.momentum), setting("dampening", "dampening", rule.dampening);
    setting("beta1", "β₁", rule.beta1), setting("beta2", "β₂", rule.beta2);
    setting("alpha", id == "adadelta" ? "ρ" : "α", rule.alpha), setting("epsilon", "ε", rule.epsilon);
    if (rule.weightDecay != 0) setting("weight_decay", "λ", rule.weightDecay);
    setting("momentum_decay", "decay", rule.momentumDecay);
  }
  if (id == "momentum" || id == "nesterov") momentum(w, id == "nesterov");
  else if (id == "adagrad") adagrad(w);
  else if (id == "adadelta") adadelta(w);
  else if (id == "rmsprop") rmsprop(w);
  else if (id == "adam" || id == "adamw") adam(w, id == "adamw");
  else if (id == "nadam") nadam(w);
  else if (id == "radam") radam(w);
  else sgd(w);
  return std::move(w.rows);
}

}  // namespace vitrine
