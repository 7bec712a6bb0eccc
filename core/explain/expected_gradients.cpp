#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "draws", .label = "Draws", .help = "Pairs of a background sample and a point on the way from it; 200 is usual.",
           .fallback = std::int64_t{200}, .low = 2, .high = 100000, .sliderLow = 20, .sliderHigh = 1000},
          {.id = "seed", .label = "Seed", .help = "Another one draws other points.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9}};
}

/// Background sample and point of every draw: samples in turn, and each sample's points one in each equal part of the way.
struct Draws {
  std::vector<std::size_t> sample;
  std::vector<double> share;
  Draws(std::int64_t count, std::int64_t samples, std::uint64_t seed) {
    Rng rng = explainRng(seed, DrawnFor::ExpectedGradients);
    std::vector<std::size_t> order(static_cast<std::size_t>(samples));
    std::iota(order.begin(), order.end(), std::size_t{0});
    rng.shuffle(std::span(order));
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t of = i % samples, parts = (count - of + samples - 1) / samples;
      sample.push_back(order[static_cast<std::size_t>(of)]);
      share.push_back((static_cast<double>(i / samples) + rng.uniform()) / static_cast<double>(parts));
    }
  }
};

/// The standard error of the draws' mean, the background as it is. From two points a sample on, each point is drawn in a part of its own
/// of the way: what neighbours on it differ by tells the spread within the parts (Wolter 2007, successive differences), and too much
/// rather than too little of it where gradients change steadily. With fewer, draws count as independent.
class Spread {
 public:
  Spread(std::size_t n, std::size_t count, std::size_t samples) : count_(count), step_(count >= 2 * samples ? samples : 0), squares_(n, 0.0), last_(step_) {}
  void add(std::size_t i, std::vector<double> v) {
    if (step_ == 0) {
      for (std::size_t j = 0; j < v.size(); ++j) squares_[j] += v[j] * v[j];
      return;
    }
    std::vector<double>& before = last_[i % step_];
    for (std::size_t j = 0; j < before.size(); ++j) squares_[j] += (v[j] - before[j]) * (v[j] - before[j]);
    before = std::move(v);
  }
  double error(std::size_t j, double mean) const {
    const double k = static_cast<double>(count_);
    if (step_ == 0) return std::sqrt(std::max(0.0, squares_[j] / k - mean * mean) / (k - 1));
    return std::sqrt(squares_[j] / (2 * static_cast<double>(count_ - step_)) / k);
  }

 private:
  std::size_t count_, step_;  ///< step_: draws from one of a sample's points to its next; 0: independent
  std::vector<double> squares_;
  std::vector<std::vector<double>> last_;  ///< of each sample
};

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const std::size_t n = args.input.size();
  const std::vector<Real> given = backgroundOf(args);
  const std::int64_t samples = static_cast<std::int64_t>(given.size() / n), count = param<std::int64_t>(args.settings, described, "draws");
  const Draws draws(count, samples, static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")));
  const std::int64_t used = std::min(samples, count);
  const auto from = [&](std::int64_t i) { return given.data() + draws.sample[static_cast<std::size_t>(i)] * n; };
  Passes passes(args, start->goal, true, count);
  const Result<std::vector<double>> ends = passes.values(used, [&](std::int64_t i, Real* x) { std::copy_n(from(i), n, x); }, 0, 0.1);
  if (!ends) return ends.error();
  std::vector<double> sum(n, 0.0);
  Spread spread(n, static_cast<std::size_t>(count), static_cast<std::size_t>(samples));
  const Status done = passes.gradients(
      count,
      [&](std::int64_t i, Real* x) {
        const Real* b = from(i);
        const Real share = static_cast<Real>(draws.share[static_cast<std::size_t>(i)]);
        for (std::size_t j = 0; j < n; ++j) x[j] = b[j] + share * (args.input[j] - b[j]);
      },
      [&](std::int64_t i, const Real*, const Real* g, double) {
        const Real* b = from(i);
        std::vector<double> v(n);
        for (std::size_t j = 0; j < n; ++j) sum[j] += v[j] = (static_cast<double>(args.input[j]) - static_cast<double>(b[j])) * static_cast<double>(g[j]);
        spread.add(static_cast<std::size_t>(i), std::move(v));
      },
      0.1, 1);
  if (!done) return done.error();
  Attribution a = attributionOf("expected-gradients", args, start->goal, start->value);
  const double k = static_cast<double>(count);
  for (std::size_t j = 0; j < n; ++j) {
    a.values.push_back(static_cast<Real>(sum[j] / k));
    a.standardError.push_back(spread.error(j, sum[j] / k));
  }
  a.baselineValue = std::accumulate(ends->begin(), ends->end(), 0.0) / static_cast<double>(used);
  a.completenessError = std::accumulate(sum.begin(), sum.end(), 0.0) / k - (start->value - *a.baselineValue);
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec expectedGradientsSpec() {
  return {.id = "expected-gradients",
          .name = "Expected gradients",
          .brief = "EG",
          .help = "Integrated gradients averaged over many baselines, the background samples, so that no single one decides: shares out the "
                  "difference to the mean output.",
          .formula = "E over x′, α of (x − x′) · ∂f/∂x (x′ + α(x − x′))",
          .source = "Erion et al. 2021",
          .params = params(),
          .promisesCompleteness = true,
          .supports = fitsAll,
          .explain = explain,
          .usesBaseline = true,
          .usesSamples = true};
}

}  // namespace vitrine
