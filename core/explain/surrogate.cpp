// Kernel SHAP and LIME: a linear model fitted to the network about one sample.
#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>

#include "core/base/numbers.h"
#include "core/base/statistics.h"
#include "core/explain/coalitions.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

constexpr std::int64_t kMostFeatures = 400;  // the fit solves a system of this size
constexpr std::int64_t kRows = 256;          // of subsets or neighbours from one look for a stop to the next
constexpr double kPassesShare = 0.9;         // of the progress; the fit has the rest

std::vector<Param> kernelParams() {
  std::vector<Param> p = groupParams();
  p.push_back({.id = "coalitions", .label = "Subsets", .help = "Subsets of features that are tried; where there are no more than that, all of them, and the values are exact.",
               .fallback = std::int64_t{2048}, .low = 16, .high = 1 << 20, .sliderLow = 128, .sliderHigh = 8192});
  p.push_back({.id = "seed", .label = "Seed", .help = "Another one draws other subsets.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9});
  return p;
}

/// Subsets and their weights in the fit.
struct Design {
  std::vector<Coalition> sets;
  std::vector<double> weights;
};

double logChoose(double n, double k) { return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1); }

/// Every proper subset with the Shapley kernel's weight (n − 1) / (C(n, s) s (n − s)). None when stopped.
std::optional<Design> allSubsets(std::int64_t n, const std::stop_token& stop) {
  Design d;
  for (std::int64_t set = 1; set + 1 < std::int64_t{1} << n; ++set) {
    if (set % kRows == 0 && stop.stop_requested()) return {};
    Coalition in(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) in[static_cast<std::size_t>(i)] = static_cast<char>(set >> i & 1);
    const double s = static_cast<double>(std::count(in.begin(), in.end(), char{1})), all = static_cast<double>(n);
    d.sets.push_back(std::move(in));
    d.weights.push_back((all - 1) / (std::exp(logChoose(all, s)) * s * (all - s)));
  }
  return d;
}

/// Subsets drawn with the kernel's probability, each with its complement; then every draw weighs the same. None when stopped.
std::optional<Design> drawnSubsets(std::int64_t n, std::int64_t count, std::uint64_t seed, const std::stop_token& stop) {
  std::vector<double> cumulative;
  double sum = 0;
  for (std::int64_t s = 1; s < n; ++s) cumulative.push_back(sum += 1 / (static_cast<double>(s) * static_cast<double>(n - s)));
  Design d;
  std::vector<std::size_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng = explainRng(seed, DrawnFor::KernelShap);
  for (std::int64_t i = 0; i + 1 < count; i += 2) {
    if (i % kRows == 0 && stop.stop_requested()) return {};
    const double u = rng.uniform() * sum;
    const std::int64_t size = std::min<std::int64_t>(n - 1, std::lower_bound(cumulative.begin(), cumulative.end(), u) - cumulative.begin() + 1);
    rng.shuffle(std::span(order));
    Coalition in(static_cast<std::size_t>(n), 0), rest(static_cast<std::size_t>(n), 1);
    for (std::int64_t k = 0; k < size; ++k) in[order[static_cast<std::size_t>(k)]] = 1, rest[order[static_cast<std::size_t>(k)]] = 0;
    d.sets.push_back(std::move(in)), d.sets.push_back(std::move(rest));
    d.weights.push_back(1), d.weights.push_back(1);
  }
  return d;
}

/// The b that minimises Σ w (y − x·b)² + ridge · (b² without the first `plain` of them), of several the shortest; y = row(i, x) writes
/// x [columns]. Tells progress from the last pass on and asks for a stop after each block of rows and between the solver's parts, of which
/// the longest takes some 10 ms. Empty when stopped.
template <class Row>
Eigen::VectorXd leastSquares(const ExplainArgs& args, Eigen::Index columns, std::span<const double> weights, double ridge, Eigen::Index plain, Row&& row) {
  // Told, then asked: who wants to stop on being told is heard at once.
  const auto goOn = [&](double share) {
    if (!args.stop.stop_requested() && args.progress) args.progress(kPassesShare + (1 - kPassesShare) * share);
    return !args.stop.stop_requested();
  };
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(columns, columns);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(columns), y(kRows);
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> x(kRows, columns);
  const Eigen::Index count = static_cast<Eigen::Index>(weights.size());
  for (Eigen::Index first = 0; first < count; first += kRows) {
    const Eigen::Index n = std::min<Eigen::Index>(kRows, count - first);
    for (Eigen::Index r = 0; r < n; ++r) y[r] = row(static_cast<std::size_t>(first + r), x.row(r).data());
    const Eigen::MatrixXd weighted = Eigen::Map<const Eigen::VectorXd>(weights.data() + first, n).asDiagonal() * x.topRows(n);
    normal.noalias() += x.topRows(n).transpose() * weighted;
    right.noalias() += weighted.transpose() * y.head(n);
    if (!goOn(0.7 * static_cast<double>(first + n) / static_cast<double>(count))) return {};
  }
  normal.diagonal().tail(columns - plain).array() += ridge;
  const Eigen::LDLT<Eigen::MatrixXd> ldlt(normal);
  if (!goOn(0.8)) return {};
  const Eigen::VectorXd pivots = ldlt.vectorD().cwiseAbs();
  const bool full = ldlt.info() == Eigen::Success && pivots.minCoeff() > 1e-10 * pivots.maxCoeff();
  // Too few rows leave directions open; the shortest solution takes several times as long.
  Eigen::VectorXd b = full ? Eigen::VectorXd(ldlt.solve(right)) : Eigen::VectorXd(normal.completeOrthogonalDecomposition().solve(right));
  if (!goOn(0.9)) return {};
  return b;
}

/// Refuses more features than the fit has time for.
Status checkFeatures(const char* method, std::int64_t n, const Shape& shape, bool grouped = true) {
  if (n <= kMostFeatures) return {};
  const char* cure = shape.rank() == 1 ? "Shapley values and feature ablation take any number."
                     : grouped         ? "choose squares or patches as features."
                                       : "choose to change by switching off, with squares or patches as features.";
  return problem(std::string(method) + " fits at most " + numberText(kMostFeatures) + " features, but there are " + numberText(n) + "; " + cure);
}

Result<Attribution> explainKernel(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = kernelParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Groups> groups = chooseGroups(args.network.data().input, args.input, args.groups, args.settings, described);
  if (!groups) return groups.error();
  const std::int64_t n = groups->count, most = param<std::int64_t>(args.settings, described, "coalitions");
  if (Status s = checkFeatures("Kernel SHAP", n, args.network.data().input); !s) return s.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const std::uint64_t seed = static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed"));
  const std::optional<Design> d = n < 2 ? Design{} : n < 21 && (std::int64_t{1} << n) - 2 <= most ? allSubsets(n, args.stop) : drawnSubsets(n, most, seed, args.stop);
  if (!d) return explainStopped();
  const std::int64_t count = static_cast<std::int64_t>(d->sets.size());
  Game game(args, start->goal, *groups, count + 2);
  const Result<std::vector<double>> v = game.values(count + 2, [&](std::int64_t i, Coalition& in) {
    if (i < count) in = d->sets[static_cast<std::size_t>(i)];
    if (i == count + 1) std::fill(in.begin(), in.end(), char{1});
  }, 0, kPassesShare);
  if (!v) return v.error();
  const double empty = (*v)[static_cast<std::size_t>(count)], total = v->back() - empty;
  Attribution a = attributionOf("kernel-shap", args, start->goal, start->value);
  // Values sum to the total: the last one is what the others leave of it.
  std::vector<double> phi;
  if (n > 1) {
    const auto row = [&](std::size_t i, double* x) {
      const Coalition& in = d->sets[i];
      for (std::size_t j = 0; j + 1 < in.size(); ++j) x[j] = in[j] - in.back();
      return (*v)[i] - empty - in.back() * total;
    };
    const Eigen::VectorXd others = leastSquares(args, n - 1, d->weights, 0, 0, row);
    if (others.size() == 0) return explainStopped();
    phi.assign(others.begin(), others.end());
  }
  if (args.progress) args.progress(1);
  phi.push_back(total - std::accumulate(phi.begin(), phi.end(), 0.0));
  a.baselineValue = empty;
  a.completenessError = std::accumulate(phi.begin(), phi.end(), 0.0) - (start->value - empty);
  spreadOver(*groups, phi, a);
  a.seconds = watch.seconds();
  return a;
}

std::vector<Param> limeParams() {
  std::vector<Param> p = groupParams();
  p.push_back({.id = "neighbours", .label = "Neighbours", .help = "Changed copies of the sample that the linear model is fitted to; 500 to 5000 is usual.",
               .fallback = std::int64_t{1000}, .low = 16, .high = 1 << 20, .sliderLow = 100, .sliderHigh = 5000});
  p.push_back({.id = "change", .label = "Change by", .help = "Switching features to the baseline (values tell what each adds), or adding normal noise (values are slopes).",
               .fallback = std::string("switch"), .choices = {{"switch", "Switching off"}, {"noise", "Noise"}}});
  p.push_back({.id = "deviation", .label = "Deviation", .help = "Of the noise, in the network's units; 1 is usual for standardised columns.", .fallback = 1.0,
               .low = 1e-6, .high = 1e6, .sliderLow = 0.1, .sliderHigh = 3, .onlyIf = {{"change", {"noise"}}}});
  p.push_back({.id = "width", .label = "Kernel width", .help = "How far a neighbour may be to count: weight exp(−d²/width²), d the share of features changed (or the "
                                                                "root mean square noise in deviations).",
               .fallback = 0.75, .low = 0.01, .high = 100, .sliderLow = 0.1, .sliderHigh = 2});
  p.push_back({.id = "ridge", .label = "Ridge", .help = "Pulls values to 0 (added to the normal equations' diagonal); keeps the fit stable.", .fallback = 0.001, .low = 0,
               .high = 1e6, .sliderLow = 0, .sliderHigh = 1});
  p.push_back({.id = "seed", .label = "Seed", .help = "Another one draws other neighbours.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9});
  return p;
}

Result<Attribution> explainLime(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = limeParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const bool noise = param<std::string>(args.settings, described, "change") == "noise";
  const Shape& shape = args.network.data().input;
  const Result<Groups> groups = noise ? Result<Groups>(elementGroups(shape)) : chooseGroups(shape, args.input, args.groups, args.settings, described);
  if (!groups) return groups.error();
  const std::int64_t n = groups->count, count = param<std::int64_t>(args.settings, described, "neighbours");
  if (Status s = checkFeatures("LIME", n, shape, !noise); !s) return s.error();
  if (static_cast<double>(n) * static_cast<double>(count) > 2e8) return problem("So many neighbours of so many features do not fit in memory; choose fewer.");
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const double deviation = param<double>(args.settings, described, "deviation"), width = param<double>(args.settings, described, "width");
  std::vector<double> x, w;  // neighbours [count × n] and their weights
  x.reserve(static_cast<std::size_t>(count * n));
  Rng rng = explainRng(static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")), DrawnFor::Lime);
  for (std::int64_t i = 0; i < count; ++i) {
    if (i % kRows == 0 && args.stop.stop_requested()) return explainStopped();
    double distance = 0;
    for (std::int64_t j = 0; j < n; ++j) {
      // The first neighbour is the sample itself.
      const double v = noise ? (i == 0 ? 0 : rng.normal()) : (i == 0 || rng.uniform() < 0.5 ? 1.0 : 0.0);
      x.push_back(noise ? deviation * v : v);
      distance += noise ? v * v / static_cast<double>(n) : (1 - v) / static_cast<double>(n);
    }
    w.push_back(std::exp(-(noise ? distance : distance * distance) / (width * width)));
  }
  const auto neighbour = [&](std::int64_t i) { return x.data() + i * n; };
  Result<std::vector<double>> f(std::vector<double>{});
  if (noise) {
    Passes passes(args, start->goal, false, count);
    f = passes.values(count, [&](std::int64_t i, Real* at) {
      for (std::int64_t j = 0; j < n; ++j) at[j] = args.input[static_cast<std::size_t>(j)] + static_cast<Real>(neighbour(i)[j]);
    }, 0, kPassesShare);
  } else {
    Game game(args, start->goal, *groups, count);
    f = game.values(count, [&](std::int64_t i, Coalition& in) {
      for (std::int64_t j = 0; j < n; ++j) in[static_cast<std::size_t>(j)] = static_cast<char>(neighbour(i)[j] > 0);
    }, 0, kPassesShare);
  }
  if (!f) return f.error();
  const double ridge = param<double>(args.settings, described, "ridge");
  const auto row = [&](std::size_t i, double* at) {
    at[0] = 1;
    std::copy_n(neighbour(static_cast<std::int64_t>(i)), n, at + 1);
    return (*f)[i];
  };
  const Eigen::VectorXd fit = leastSquares(args, n + 1, w, ridge, 1, row);
  if (fit.size() == 0) return explainStopped();
  std::vector<double> told;
  for (std::int64_t i = 0; i < count; ++i) {
    if (i % kRows == 0 && args.stop.stop_requested()) return explainStopped();
    told.push_back(fit[0] + fit.tail(n).dot(Eigen::Map<const Eigen::VectorXd>(neighbour(i), n)));
  }
  Attribution a = attributionOf("lime", args, start->goal, start->value);
  spreadOver(*groups, {fit.data() + 1, static_cast<std::size_t>(n)}, a);
  if (noise) a.groups.clear(), a.groupValues.clear();
  a.intercept = fit[0];
  a.isSlope = noise;
  // A fit goes through as many neighbours as it has coefficients.
  const double sum = std::accumulate(w.begin(), w.end(), 0.0), squares = std::inner_product(w.begin(), w.end(), w.begin(), 0.0);
  if (const double r2 = determination(*f, told, w); std::isfinite(r2) && sum * sum > static_cast<double>(n + 1) * squares) a.fit = r2;
  if (!allFinite(a.values)) return problem("The linear model's weights are not finite numbers.");
  if (args.progress) args.progress(1);
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec kernelShapSpec() {
  return {.id = "kernel-shap",
          .name = "Kernel SHAP",
          .brief = "K-SHAP",
          .help = "Shapley values from one weighted linear fit over subsets of features: exact when all subsets are tried, close with many fewer.",
          .formula = "min Σ (n − 1) / (C(n,s) s (n − s)) · (v(S) − v(∅) − Σ φᵢ)²,  Σ φᵢ = v(all) − v(∅)",
          .source = "Lundberg, Lee 2017; Covert, Lee 2021 (pairs)",
          .params = kernelParams(),
          .promisesCompleteness = true,
          .supports = fitsAll,
          .explain = explainKernel,
          .family = ExplainerSpec::Family::Perturbation,
          .usesBaseline = true,
          .usesSamples = true,
          .usesGroups = true};
}

ExplainerSpec limeSpec() {
  return {.id = "lime",
          .name = "LIME",
          .help = "A linear model fitted to the network's outputs for changed copies of the sample, near ones counting more. R² tells how well a "
                  "straight line does here at all.",
          .formula = "min Σ exp(−d²/width²) · (f(z) − w₀ − w·z)² + ridge · |w|²",
          .source = "Ribeiro, Singh, Guestrin 2016",
          .params = limeParams(),
          .supports = fitsAll,
          .explain = explainLime,
          .family = ExplainerSpec::Family::Perturbation,
          .usesBaseline = true,
          .usesSamples = true,
          .usesGroups = true};
}

}  // namespace vitrine
