// FGSM and PGD turned round: the smallest change, along or within, that flips the class.
#include <algorithm>
#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params(bool iterated) {
  std::vector<Param> p{
      {.id = "to", .label = "To class", .help = "The class to arrive at; −1: any other.", .fallback = std::int64_t{-1}, .low = -1, .high = 1e9},
      {.id = "largest", .label = "Largest change", .help = "How far it may go, by the norm; in the network's units.", .fallback = 1.0, .low = 1e-6, .high = 1e6,
       .sliderLow = 0.01, .sliderHigh = 4},
      {.id = "limits", .label = "Keep to 0 … 1", .help = "Whether the result must keep to the values images can have. For inputs with other units, no.", .fallback = false}};
  if (!iterated) return p;
  p.push_back({.id = "norm", .label = "Norm", .help = "How a change's size is measured: by its largest number, or by its length.", .fallback = std::string("euclidean"),
               .choices = {{"largest", "Largest (L∞)"}, {"euclidean", "Length (L2)"}}});
  p.push_back({.id = "steps", .label = "Steps", .help = "For each size that is tried; 20 to 50 is usual.", .fallback = std::int64_t{30}, .low = 1, .high = 1000,
               .sliderLow = 5, .sliderHigh = 100});
  return p;
}

/// One sample under attack.
class Attack {
 public:
  Attack(const ExplainArgs& args, std::int64_t from, std::int64_t to, bool limits)
      : args_(args), from_(from), to_(to), limits_(limits), ws_(args.network, 1, false, true) {}

  /// The class of `x`, −1 where the outputs are not finite. With a gradient, that of (other − from): up is towards the flip.
  std::int64_t classOf(const std::vector<Real>& x, std::vector<Real>* gradient) {
    const Network& network = args_.network;
    std::copy(x.begin(), x.end(), ws_.input());
    const Real* z = network.forward(args_.params, ws_, 1);
    const std::int64_t n = network.outputs();
    if (!allFinite({z, static_cast<std::size_t>(n)})) return -1;
    const std::int64_t best = std::max_element(z, z + n) - z;
    if (!gradient) return best;
    std::int64_t other = to_;
    for (std::int64_t c = 0; to_ < 0 && c < n; ++c)
      if (c != from_ && (other < 0 || z[c] > z[other])) other = c;
    Real* g = ws_.outputGradient();
    std::fill_n(g, n, Real(0));
    g[other] = 1, g[from_] = -1;
    network.backward(args_.params, ws_, 1, {}, false, true);
    gradient->assign(ws_.inputGradient(), ws_.inputGradient() + x.size());
    return best;
  }
  bool flipped(std::int64_t c) const { return to_ < 0 ? c >= 0 && c != from_ : c == to_; }
  /// input + change, kept to the limits.
  std::vector<Real> changed(const std::vector<Real>& change) const {
    std::vector<Real> x(args_.input.begin(), args_.input.end());
    for (std::size_t i = 0; i < x.size(); ++i) {
      // An input beyond the limits already is not pulled back.
      const Real low = std::min(x[i], Real(0)), high = std::max(x[i], Real(1));
      x[i] += change[i];
      if (limits_) x[i] = std::clamp(x[i], low, high);
    }
    return x;
  }

 private:
  const ExplainArgs& args_;
  std::int64_t from_, to_;
  bool limits_;
  Workspace ws_;
};

/// The change brought to size `size` at most; by the largest number or the length.
void project(std::vector<Real>& change, double size, bool largest) {
  if (largest) {
    for (Real& v : change) v = std::clamp(v, static_cast<Real>(-size), static_cast<Real>(size));
    return;
  }
  double sum = 0;
  for (Real v : change) sum += static_cast<double>(v) * static_cast<double>(v);
  const double length = std::sqrt(sum);
  if (length > size)
    for (Real& v : change) v = static_cast<Real>(static_cast<double>(v) * size / length);
}

/// A step uphill: signs, or along the gradient.
void stepUp(std::vector<Real>& change, const std::vector<Real>& gradient, double step, bool largest) {
  double sum = 0;
  for (Real g : gradient) sum += static_cast<double>(g) * static_cast<double>(g);
  const double length = std::sqrt(sum);
  if (length == 0) return;
  for (std::size_t i = 0; i < change.size(); ++i)
    change[i] += static_cast<Real>(largest ? (gradient[i] > 0 ? step : gradient[i] < 0 ? -step : 0) : step * static_cast<double>(gradient[i]) / length);
}

/// Tries one size: the changed input, and whether the class flips there. Empty when stopped.
using Try = std::function<std::vector<Real>(double size, bool& flips)>;

/// The smallest size that flips: doubling up to `most`, then halving the gap.
Result<Counterfactual> smallest(const ExplainArgs& args, double most, const Try& attempt) {
  Counterfactual found;
  constexpr int kDoublings = 8, kHalvings = 12;
  double low = 0, high = most;
  int done = 0;
  const auto tell = [&] { if (args.progress) args.progress(std::min(1.0, ++done / static_cast<double>(kDoublings + kHalvings + 1))); };
  for (int k = kDoublings; k >= 0; --k) {
    const double size = most * std::pow(0.5, k);
    bool flips = false;
    found.result = attempt(size, flips);
    if (found.result.empty()) return explainStopped();
    tell();
    if (flips) {
      high = size, found.flipped = true;
      break;
    }
    low = size;
  }
  for (int k = 0; found.flipped && k < kHalvings; ++k) {
    const double size = (low + high) / 2;
    bool flips = false;
    std::vector<Real> x = attempt(size, flips);
    if (x.empty()) return explainStopped();
    tell();
    if (flips) high = size, found.result = std::move(x);
    else low = size;
  }
  if (args.progress) args.progress(1);
  return found;
}

Status supports(const Network& network, const Params&) {
  if (network.data().task != Task::Classification) return problem("Only a class can flip; this network predicts numbers or labels.");
  if (network.outputs() < 2) return problem("There is one class only; it cannot flip.");
  return {};
}

Result<Attribution> run(const ExplainArgs& args, bool iterated) {
  const Stopwatch watch;
  const std::vector<Param> described = params(iterated);
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  if (Status s = supports(args.network, args.settings); !s) return s.error();
  if (args.stop.stop_requested()) return explainStopped();
  const std::int64_t to = param<std::int64_t>(args.settings, described, "to");
  if (to >= args.network.outputs()) return problem("There is no class " + std::to_string(to) + ".");
  const Params none;
  ExplainArgs predicted{args.network, args.params, args.input, {}, none};
  const Result<Start> start = startGoal(predicted);
  if (!start) return start.error();
  const std::int64_t from = start->goal.target.output;
  if (to == from) return problem("The sample is in that class already; choose another.");
  Attack attack(args, from, to, param<bool>(args.settings, described, "limits"));
  std::vector<Real> gradient;
  std::vector<Real> x(args.input.begin(), args.input.end());
  attack.classOf(x, &gradient);
  if (!allFinite(gradient)) return problem("The gradient for this sample is not made of finite numbers.");
  const bool largest = !iterated || param<std::string>(args.settings, described, "norm") == "largest";
  const std::int64_t steps = iterated ? param<std::int64_t>(args.settings, described, "steps") : 1;
  const Try attempt = [&](double size, bool& flips) {
    std::vector<Real> change(x.size(), Real(0)), at = x, uphill = gradient;
    for (std::int64_t s = 0; s < steps && !flips; ++s) {
      if (args.stop.stop_requested()) return std::vector<Real>();
      // Steps that reach the size's edge well before the last one.
      stepUp(change, uphill, iterated ? 2.5 * size / static_cast<double>(steps) : size, largest);
      project(change, size, largest);
      at = attack.changed(change);
      const bool last = s + 1 == steps;
      flips = attack.flipped(attack.classOf(at, last ? nullptr : &uphill));
    }
    return at;
  };
  Result<Counterfactual> found = smallest(args, param<double>(args.settings, described, "largest"), attempt);
  if (!found) return found.error();
  Attribution a = attributionOf(iterated ? "pgd" : "fgsm", args, start->goal, start->value);
  found->from = from;
  found->to = attack.classOf(found->result, nullptr);
  double sum = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double d = static_cast<double>(found->result[i]) - static_cast<double>(x[i]);
    a.values.push_back(static_cast<Real>(d));
    sum += d * d, found->largest = std::max(found->largest, std::abs(d));
  }
  found->euclidean = std::sqrt(sum);
  if (!allFinite(a.values)) return problem("The change is not made of finite numbers.");
  a.counterfactual = std::move(*found);
  a.seconds = watch.seconds();
  return a;
}

ExplainerSpec spec(const char* id, const char* name, const char* help, const char* formula, const char* source, bool iterated) {
  return {.id = id, .name = name, .help = help, .formula = formula, .source = source, .params = params(iterated), .supports = supports,
          .explain = [iterated](const ExplainArgs& args) { return run(args, iterated); },
          .family = ExplainerSpec::Family::Counterfactual};
}

}  // namespace

ExplainerSpec fgsmSpec() {
  return spec("fgsm", "Flip by one step", "Every number moved by the same amount, up or down as the gradient says: the smallest amount that flips the class.",
              "x + ε · sign(∂(z_other − z)/∂x), smallest ε", "Goodfellow, Shlens, Szegedy 2015", false);
}
ExplainerSpec pgdSpec() {
  return spec("pgd", "Smallest flip", "Many small steps uphill, kept within a size: the smallest size found that flips the class.",
              "min |d| with class(x + d) ≠ class(x)", "Madry et al. 2018", true);
}

}  // namespace vitrine
