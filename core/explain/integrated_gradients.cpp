#include <algorithm>
#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"
#include "core/explain/quadrature.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "steps", .label = "Steps", .help = "Points on the way from the baseline to the input; 50 is usual.",
           .fallback = std::int64_t{50}, .low = 2, .high = 1000, .sliderLow = 10, .sliderHigh = 200},
          {.id = "rule", .label = "Rule", .help = "Where the points lie and what they weigh; Gauss–Legendre needs the fewest.",
           .fallback = std::string("gauss-legendre"),
           .choices = {{"gauss-legendre", "Gauss–Legendre"}, {"midpoint", "Midpoint"}, {"trapezoid", "Trapezoid"}, {"left", "Left"},
                       {"right", "Right"}}}};
}

/// The two ends of the way: f there, and what is meant by it. The network's first layers are affine in the input up to
/// `entry`, so on the straight way from baseline to input their outputs are on a straight way too: the ends' outputs say it
/// all, and gradients need to go down to `entry` only, but for their sum.
struct Ends {
  Goal goal;
  NodeId entry;
  std::vector<Real> input, baseline;  ///< outputs of `entry`
  double atInput = 0, atBaseline = 0;
};

/// Points passed at once: enough that packing the weights counts little, a block (and making room for it) far below 50 ms, and several
/// blocks for the threads. Fixed by the network, so that the bits do not depend on the threads.
std::int64_t pointsAtOnce(const Network& network, std::int64_t steps) {
  constexpr double kMost = 13, kMultiplyAdds = 3e8, kBytes = 1.6e7;
  return std::min(static_cast<std::int64_t>(std::clamp(rowsWithin(network, kBytes, kMultiplyAdds), 1.0, kMost)), steps);
}

Result<Ends> evaluateEnds(const ExplainArgs& args, const std::vector<Real>& baseline, Workspaces& workspaces) {
  const Network& network = args.network;
  Workspace& ws = workspaces.of(0);
  // A unit may stand among the first layers itself.
  const NodeId entry = args.target.kind == Target::Kind::Unit ? network.order().front() : network.affineEnd();
  // Both at once: row 0 is the input, row 1 the baseline.
  std::copy(args.input.begin(), args.input.end(), ws.input());
  std::copy(baseline.begin(), baseline.end(), ws.input() + args.input.size());
  const Real* there = network.forwardTo(entry, args.params, ws, 2);
  const std::int64_t size = network.outputSize(entry, ws);
  Ends ends{{}, entry, {there, there + size}, {there + size, there + 2 * size}};
  network.forwardFrom(entry, args.params, ws, 2);
  Result<Goal> goal = chooseGoal(args, ws);
  if (!goal) return goal.error();
  ends.goal = std::move(*goal);
  ends.atInput = ends.goal.value(network, ws, 0);
  ends.atBaseline = ends.goal.value(network, ws, 1);
  if (!std::isfinite(ends.atBaseline)) return problem("The network's outputs for the baseline are not finite numbers.");
  return ends;
}

/// The weighted sum of the gradients at points [first, first + rows), at the output of `entry`.
void addGradients(const ExplainArgs& args, const Ends& ends, const Quadrature& q, std::size_t first, std::size_t rows, Workspace& ws,
                  double* sum) {
  const Network& network = args.network;
  const std::size_t n = ends.input.size();
  Real* const way = network.outputOf(ends.entry, ws);
  for (std::size_t r = 0; r < rows; ++r) {
    const Real share = static_cast<Real>(q.points[first + r]);
    // Exact at both ends: what is equal there stays equal, and max pooling's ties are told as in a pass over the input itself.
    for (std::size_t i = 0; i < n; ++i) way[r * n + i] = (1 - share) * ends.baseline[i] + share * ends.input[i];
  }
  const std::int64_t count = static_cast<std::int64_t>(rows);
  network.forwardFrom(ends.entry, args.params, ws, count);
  const Real* gradients = nullptr;
  if (ends.goal.target.kind == Target::Kind::Unit) {
    ends.goal.backward(network, args.params, ws, count);
    gradients = ws.inputGradient();
  } else {
    ends.goal.seed(network, ws, count);
    gradients = network.backwardTo(ends.entry, args.params, ws, count);
  }
  constexpr std::size_t kNear = 1024;  // sums stay in the cache
  for (std::size_t begin = 0; begin < n; begin += kNear) {
    const std::size_t end = std::min(n, begin + kNear);
    for (std::size_t r = 0; r < rows; ++r) {
      const double weight = q.weights[first + r];
      const Real* g = gradients + r * n;
      for (std::size_t i = begin; i < end; ++i) sum[i] += weight * static_cast<double>(g[i]);
    }
  }
}

/// From the weighted mean of the gradients at the output of `entry` to that at the input: the affine layers' transpose.
std::vector<double> throughAffineLayers(const ExplainArgs& args, NodeId entry, std::vector<double> mean, Workspace& ws) {
  if (entry == args.network.order().front()) return mean;
  Real* seed = args.network.seedGradient(entry, ws);
  for (std::size_t i = 0; i < mean.size(); ++i) seed[i] = static_cast<Real>(mean[i]);
  args.network.backwardFrom(entry, args.params, ws, 1, true);
  return {ws.inputGradient(), ws.inputGradient() + args.input.size()};
}

/// The weighted mean of the gradients on the way, in double: blocks of points by themselves, added up in their order.
/// Empty when stopped.
std::vector<double> meanGradient(const ExplainArgs& args, const Ends& ends, const Quadrature& q, std::int64_t atOnce, Workspaces& workspaces) {
  const std::size_t n = ends.input.size(), all = q.points.size();
  const std::size_t blocks = (all + static_cast<std::size_t>(atOnce) - 1) / static_cast<std::size_t>(atOnce);
  std::vector<double> sums(blocks * n, 0.0);
  const auto run = [&](std::int64_t b, int thread) {
    const std::size_t i = static_cast<std::size_t>(b), first = i * all / blocks, end = (i + 1) * all / blocks;  // alike in length
    addGradients(args, ends, q, first, end - first, workspaces.of(thread), sums.data() + i * n);
  };
  if (!forBlocks(static_cast<std::int64_t>(blocks), args.pool, args.stop, args.progress, run)) return {};
  for (std::size_t b = 1; b < blocks; ++b)
    for (std::size_t i = 0; i < n; ++i) sums[i] += sums[b * n + i];
  sums.resize(n);
  return throughAffineLayers(args, ends.entry, std::move(sums), workspaces.of(0));
}

Result<Attribution> explain(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  if (args.stop.stop_requested()) return explainStopped();
  const std::int64_t steps = param<std::int64_t>(args.settings, described, "steps");
  const Quadrature q = quadrature(param<std::string>(args.settings, described, "rule"), static_cast<int>(steps));
  const std::vector<Real> baseline = baselineOf(args);
  const std::int64_t atOnce = pointsAtOnce(args.network, steps);
  Workspaces ws(args.network, std::max<std::int64_t>(atOnce, 2), args.pool, args.target.kind == Target::Kind::Unit, true);
  const Result<Ends> ends = evaluateEnds(args, baseline, ws);
  if (!ends) return ends.error();
  const std::vector<double> mean = meanGradient(args, *ends, q, atOnce, ws);
  if (mean.empty()) return explainStopped();
  Attribution a = attributionOf("integrated-gradients", args, ends->goal, ends->atInput);
  double sum = 0;
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const double value = (static_cast<double>(args.input[i]) - static_cast<double>(baseline[i])) * mean[i];
    sum += value;
    a.values.push_back(static_cast<Real>(value));
  }
  if (!allFinite(a.values)) return problem("The gradients on the way from the baseline are not finite numbers.");
  a.baselineValue = ends->atBaseline;
  a.completenessError = sum - (ends->atInput - ends->atBaseline);
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec integratedGradientsSpec() {
  return {.id = "integrated-gradients",
          .name = "Integrated gradients",
          .brief = "IG",
          .help = "Shares out the difference between the output at the input and at a baseline: gradients are gathered on the "
                  "straight way from one to the other.",
          .formula = "(x − x′) · ∫₀¹ ∂f/∂x (x′ + α(x − x′)) dα",
          .source = "Sundararajan, Taly, Yan 2017",
          .params = params(),
          .promisesCompleteness = true,
          .supports = fitsAll,
          .explain = explain,
          .usesBaseline = true};
}

}  // namespace vitrine
