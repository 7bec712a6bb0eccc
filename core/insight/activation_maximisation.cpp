#include "core/insight/activation_maximisation.h"

#include <algorithm>
#include <cmath>

#include "core/explain/baseline.h"
#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

/// An input as rows × columns × what stands at a place; a series has one row, a table one place.
struct Plane {
  std::int64_t rows = 1, columns = 1, inner = 1;
  explicit Plane(const Shape& shape) {
    if (shape.isImage()) rows = shape[0], columns = shape[1], inner = shape[2];
    else if (shape.rank() == 2) columns = shape[0], inner = shape[1];
    else inner = shape.size();
  }
};

/// to[y, x] = from[y − dy, x − dx], round the edges.
void roll(const Plane& p, std::int64_t dy, std::int64_t dx, const Real* from, Real* to) {
  const auto wrap = [](std::int64_t i, std::int64_t n) { return ((i % n) + n) % n; };
  for (std::int64_t y = 0; y < p.rows; ++y)
    for (std::int64_t x = 0; x < p.columns; ++x)
      std::copy_n(from + (wrap(y - dy, p.rows) * p.columns + wrap(x - dx, p.columns)) * p.inner, p.inner, to + (y * p.columns + x) * p.inner);
}

/// The climb's state: its workspace and where it stands.
class Climb {
 public:
  explicit Climb(const MaximisationArgs& a) : a_(a), plane_(a.network.data().input), elements_(elementsOf(a.network, a.choice)), ws_(a.network, 1, true, true) {}

  /// Mean of the chosen elements at x.
  double activationAt(std::span<const Real> x) {
    std::copy(x.begin(), x.end(), ws_.input());
    return pass();
  }
  /// Its gradient at x rolled by (dy, dx), rolled back into `gradient`.
  void gradientAt(std::span<const Real> x, std::int64_t dy, std::int64_t dx, std::vector<Real>& gradient) {
    roll(plane_, dy, dx, x.data(), ws_.input());
    pass();
    Real* seed = a_.network.seedGradient(a_.choice.node, ws_);
    std::fill_n(seed, a_.network.shape(a_.choice.node).size(), Real(0));
    for (const std::int64_t e : elements_) seed[e] = Real(1) / static_cast<Real>(elements_.size());
    a_.network.backwardFrom(a_.choice.node, a_.params, ws_, 1, true);
    roll(plane_, -dy, -dx, ws_.inputGradient(), gradient.data());
  }

 private:
  double pass() {
    a_.network.forward(a_.params, ws_, 1);
    double sum = 0;
    for (const std::int64_t e : elements_) sum += static_cast<double>(ws_.activation(a_.choice.node)[e]);
    return sum / static_cast<double>(elements_.size());
  }
  const MaximisationArgs& a_;
  Plane plane_;
  std::vector<std::int64_t> elements_;
  Workspace ws_;
};

Status check(const MaximisationArgs& a) {
  if (Status s = checkParams(maximisationParams(), a.settings); !s) return s;
  if (Status s = checkChoice(a.network, a.choice); !s) return s;
  const std::int64_t inputs = a.network.data().input.size();
  if (static_cast<std::int64_t>(a.params.size()) != a.network.parameterCount())
    return Error{{}, "parameters", std::to_string(a.params.size()) + " values", std::to_string(a.network.parameterCount()), {}};
  if (!a.start.empty() && static_cast<std::int64_t>(a.start.size()) != inputs)
    return Error{{}, "start", std::to_string(a.start.size()) + " values", std::to_string(inputs), {}};
  if (!allFinite(a.start)) return problem("The sample to start from has values that are not finite numbers.");
  if (a.range && !(a.range->first < a.range->second)) return problem("The inputs' range is empty.");
  return {};
}

std::vector<Real> startOf(const MaximisationArgs& a, std::uint64_t seed) {
  if (!a.start.empty()) return {a.start.begin(), a.start.end()};
  const double middle = a.range ? 0.5 * (static_cast<double>(a.range->first) + static_cast<double>(a.range->second)) : 0;
  Rng rng = explainRng(seed, DrawnFor::Start);
  std::vector<Real> x;
  for (std::int64_t i = 0; i < a.network.data().input.size(); ++i) x.push_back(static_cast<Real>(middle + 0.1 * rng.normal()));
  return x;
}

/// The explainer's own settings come first.
std::vector<Param> explainerParams() {
  std::vector<Param> all{{.id = "part", .label = "Part", .help = "What is moved: the one unit, or the mean of its whole channel.", .fallback = std::string("unit"),
                          .choices = {{"unit", "The unit"}, {"channel", "Its channel"}}},
                         {.id = "start", .label = "Start", .help = "Where the search begins: faint noise, or the sample at hand.", .fallback = std::string("noise"),
                          .choices = {{"noise", "Noise"}, {"sample", "The sample"}}}};
  all.insert(all.end(), maximisationParams().begin(), maximisationParams().end());
  return all;
}

Result<Attribution> explainMaximisation(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = explainerParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Target::Kind kind = args.target.kind;
  if (kind == Target::Kind::Difference || kind == Target::Kind::Loss || args.target.probability)
    return problem("Activation maximisation moves one unit or one output, not a difference, a probability or the loss: choose another target.");
  if (args.stop.stop_requested()) return explainStopped();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const Target& target = start->goal.target;
  UnitChoice choice{kind == Target::Kind::Unit ? target.node : args.network.order().back(), kind == Target::Kind::Unit ? target.unit : target.output};
  const Shape& shape = args.network.shape(choice.node);
  choice.channel = param<std::string>(args.settings, described, "part") == "channel" && shape.rank() > 1;
  if (choice.channel) choice.index %= shape.dims.back();
  Params settings = args.settings;
  for (const char* own : {"part", "start"}) settings.erase(own);
  Result<Maximisation> m = maximiseActivation({.network = args.network,
                                               .params = args.params,
                                               .choice = choice,
                                               .settings = settings,
                                               .start = param<std::string>(args.settings, described, "start") == "sample" ? args.input : std::span<const Real>(),
                                               .range = args.data ? pixelRangeOfNetwork(*args.data) : std::nullopt,
                                               .stop = args.stop,
                                               .progress = args.progress});
  if (!m) return m.error();
  Attribution a = attributionOf("activation-maximisation", args, start->goal, m->activation.back());
  a.node = choice.node;
  a.values = m->input;
  a.maximisation = std::make_shared<const Maximisation>(std::move(*m));
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec activationMaximisationSpec() {
  return {.id = "activation-maximisation",
          .name = "Activation maximisation",
          .help = "An input made to move a unit or an output as far as it goes, by climbing its gradient.",
          .formula = "x ← (1 − decay)·x + rate · g / rms(g), g = ∂y/∂x",
          .source = "Simonyan et al. 2013; Mordvintsev et al. 2015; Yosinski et al. 2015",
          .params = explainerParams(),
          .supports = fitsAll,
          .explain = explainMaximisation,
          .family = ExplainerSpec::Family::Maximisation};
}

std::span<const Param> maximisationParams() {
  static const std::vector<Param> params{
      {.id = "steps", .label = "Steps", .help = "Steps up the gradient; 100 to 500 is usual.", .fallback = std::int64_t{200}, .low = 1, .high = 100000, .sliderLow = 20, .sliderHigh = 1000},
      {.id = "rate", .label = "Rate", .help = "Mean size of a step in the input's units; 0.01 to 0.1 is usual.", .fallback = 0.03, .low = 1e-6, .high = 100,
       .sliderLow = 0.001, .sliderHigh = 1, .logarithmic = true},
      {.id = "jitter", .label = "Jitter", .help = "The image is rolled at random by up to so many pixels (steps) before each step; 0: not. 1 to 4 gives smoother pictures.",
       .fallback = std::int64_t{1}, .low = 0, .high = 1000, .sliderLow = 0, .sliderHigh = 8},
      {.id = "blur", .label = "Blur", .help = "Deviation of the Gaussian that smooths the image, in pixels (steps); 0: not. 0.5 to 1 is usual.", .fallback = 0.5, .low = 0,
       .high = 50, .sliderLow = 0, .sliderHigh = 2},
      {.id = "blur_every", .label = "Blur every", .help = "Steps from one blur to the next; 4 is usual.", .fallback = std::int64_t{4}, .low = 1, .high = 100000, .sliderLow = 1,
       .sliderHigh = 20},
      {.id = "decay", .label = "L2 decay", .help = "Share of every number that is lost at each step, so that only what counts grows; 0.001 to 0.01 is usual.", .fallback = 0.005,
       .low = 0, .high = 0.99, .sliderLow = 0, .sliderHigh = 0.1},
      {.id = "seed", .label = "Seed", .help = "Of the noise to start from and of the jitter.", .fallback = std::int64_t{1}, .low = 0, .high = 1e15}};
  return params;
}

Result<Maximisation> maximiseActivation(const MaximisationArgs& a) {
  if (Status s = check(a); !s) return s.error();
  const auto whole = [&](const char* id) { return param<std::int64_t>(a.settings, maximisationParams(), id); };
  const auto number = [&](const char* id) { return param<double>(a.settings, maximisationParams(), id); };
  const std::int64_t steps = whole("steps"), every = whole("blur_every");
  const std::uint64_t seed = static_cast<std::uint64_t>(whole("seed"));
  const double rate = number("rate"), keep = 1 - number("decay"), blur = number("blur");
  const Shape& shape = a.network.data().input;
  const Plane plane(shape);
  const std::int64_t jitterY = std::min(whole("jitter"), plane.rows - 1), jitterX = std::min(whole("jitter"), plane.columns - 1);
  Climb climb(a);
  Maximisation m{shape, startOf(a, seed), {}, false};
  std::vector<Real> gradient(m.input.size());
  for (std::int64_t step = 0; step < steps; ++step) {
    if (a.stop.stop_requested()) return explainStopped();
    m.activation.push_back(climb.activationAt(m.input));
    Rng rng = explainRng(seed, DrawnFor::Jitter, static_cast<std::uint64_t>(step));
    const auto shift = [&](std::int64_t most) { return static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(2 * most + 1))) - most; };
    const std::int64_t dy = shift(jitterY), dx = shift(jitterX);
    climb.gradientAt(m.input, dy, dx, gradient);
    double squares = 0;
    for (const Real g : gradient) squares += static_cast<double>(g) * static_cast<double>(g);
    if (!std::isfinite(squares) || !std::isfinite(m.activation.back())) return problem("The unit's output or its gradient is not made of finite numbers.");
    const double rms = std::sqrt(squares / static_cast<double>(gradient.size())), factor = rms > 0 ? rate / rms : 0;
    m.moved |= rms > 0;
    for (std::size_t i = 0; i < gradient.size(); ++i)
      m.input[i] = static_cast<Real>(keep * static_cast<double>(m.input[i]) + factor * static_cast<double>(gradient[i]));
    if (blur > 0 && (step + 1) % every == 0) m.input = blurredBaseline(shape, m.input, blur);
    if (a.range)
      for (Real& x : m.input) x = std::clamp(x, a.range->first, a.range->second);
    if (a.progress) a.progress(static_cast<double>(step + 1) / static_cast<double>(steps));
  }
  m.activation.push_back(climb.activationAt(m.input));
  if (!std::isfinite(m.activation.back())) return problem("The unit's output is not a finite number.");
  return m;
}

}  // namespace vitrine
