// Kernel SHAP and LIME: a linear model fitted to the network about one sample.
#include <Eigen/Cholesky>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"
#include "core/explain/coalitions.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

constexpr std::int64_t kMostFeatures = 400;   // the fit solves a system of this size

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

/// Every proper subset with the Shapley kernel's weight (n − 1) / (C(n, s) s (n − s)).
Design allSubsets(std::int64_t n) {
  Design d;
  for (std::int64_t set = 1; set + 1 < std::int64_t{1} << n; ++set) {
    Coalition in(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) in[static_cast<std::size_t>(i)] = static_cast<char>(set >> i & 1);
    const double s = static_cast<double>(std::count(in.begin(), in.end(), char{1})), all = static_cast<double>(n);
    d.sets.push_back(std::move(in));
    d.weights.push_back((all - 1) / (std::exp(logChoose(all, s)) * s * (all - s)));
  }
  return d;
}

/// Subsets drawn with the kernel's probability, each with its complement; then every draw weighs the same.
Design drawnSubsets(std::int64_t n, std::int64_t count, std::uint64_t seed) {
  std::vector<double> cumulative;
  double sum = 0;
  for (std::int64_t s = 1; s < n; ++s) cumulative.push_back(sum += 1 / (static_cast<double>(s) * static_cast<double>(n - s)));
  Design d;
  std::vector<std::size_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(seed, Stream::Explain, 5);
  for (std::int64_t i = 0; i + 1 < count; i += 2) {
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

/// Weighted least squares for values that sum to `total`: the last one is what is left of it. Empty when stopped.
std::vector<double> constrainedFit(const Design& d, const std::vector<double>& v, double empty, double total, const std::stop_token& stop) {
  const Eigen::Index n = static_cast<Eigen::Index>(d.sets.front().size()) - 1;
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd right = Eigen::VectorXd::Zero(n), row(n);
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i % 256 == 0 && stop.stop_requested()) return {};
    const double last = d.sets[i].back();
    for (Eigen::Index j = 0; j < n; ++j) row[j] = d.sets[i][static_cast<std::size_t>(j)] - last;
    normal.selfadjointView<Eigen::Lower>().rankUpdate(row, d.weights[i]);
    right += d.weights[i] * (v[i] - empty - last * total) * row;
  }
  normal = normal.selfadjointView<Eigen::Lower>();
  // Too few subsets leave directions open; the smallest solution is taken.
  const Eigen::VectorXd phi = normal.completeOrthogonalDecomposition().solve(right);
  std::vector<double> out(phi.data(), phi.data() + n);
  out.push_back(total - phi.sum());
  return out;
}

Result<Attribution> explainKernel(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = kernelParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Groups> groups = chooseGroups(args.network.data().input, args.input, args.groups, args.settings, described);
  if (!groups) return groups.error();
  const std::int64_t n = groups->count, most = param<std::int64_t>(args.settings, described, "coalitions");
  if (n > kMostFeatures) return problem("Kernel SHAP fits at most " + numberText(kMostFeatures) + " features, but there are " + numberText(n) + "; choose larger groups.");
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const Design d = n < 2 ? Design{} : n < 21 && (std::int64_t{1} << n) - 2 <= most ? allSubsets(n)
                   : drawnSubsets(n, most, static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")));
  const std::int64_t count = static_cast<std::int64_t>(d.sets.size());
  Game game(args, start->goal, *groups, count + 2);
  const Result<std::vector<double>> v = game.values(count + 2, [&](std::int64_t i, Coalition& in) {
    if (i < count) in = d.sets[static_cast<std::size_t>(i)];
    if (i == count + 1) std::fill(in.begin(), in.end(), char{1});
  });
  if (!v) return v.error();
  const std::vector<double> known(v->begin(), v->end() - 2);
  const double empty = (*v)[static_cast<std::size_t>(count)], total = v->back() - empty;
  Attribution a = attributionOf("kernel-shap", args, start->goal, start->value);
  const std::vector<double> phi = n < 2 ? std::vector<double>{total} : constrainedFit(d, known, empty, total, args.stop);
  if (phi.empty()) return explainStopped();
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
               .low = 1e-6, .high = 1e6, .sliderLow = 0.1, .sliderHigh = 3, .onlyIf = "change", .onlyIfValue = "noise"});
  p.push_back({.id = "width", .label = "Kernel width", .help = "How far a neighbour may be to count: weight exp(−d²/width²), d the share of features changed (or the "
                                                                "root mean square noise in deviations).",
               .fallback = 0.75, .low = 0.01, .high = 100, .sliderLow = 0.1, .sliderHigh = 2});
  p.push_back({.id = "ridge", .label = "Ridge", .help = "Pulls values to 0 (added to the normal equations' diagonal); keeps the fit stable.", .fallback = 0.001, .low = 0,
               .high = 1e6, .sliderLow = 0, .sliderHigh = 1});
  p.push_back({.id = "seed", .label = "Seed", .help = "Another one draws other neighbours.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9});
  return p;
}

/// Ridge regression with a constant that is not penalised; the rows' first column is 1. No weights when stopped.
struct Fit {
  Eigen::VectorXd weights;
  double r2 = 0;
};
Fit ridgeFit(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const Eigen::VectorXd& w, double ridge, const std::stop_token& stop) {
  Eigen::MatrixXd normal = Eigen::MatrixXd::Zero(x.cols(), x.cols());
  constexpr Eigen::Index kRows = 256;  // a block is far below 50 ms
  for (Eigen::Index i = 0; i < x.rows(); i += kRows) {
    if (stop.stop_requested()) return {};
    const Eigen::Index n = std::min(kRows, x.rows() - i);
    normal.noalias() += x.middleRows(i, n).transpose() * w.segment(i, n).asDiagonal() * x.middleRows(i, n);
  }
  normal.diagonal().tail(x.cols() - 1).array() += ridge;
  Fit fit;
  fit.weights = normal.completeOrthogonalDecomposition().solve(x.transpose() * w.cwiseProduct(y));
  const double mean = w.dot(y) / w.sum();
  const double left = w.dot((y - x * fit.weights).cwiseAbs2()), all = w.dot((y.array() - mean).square().matrix());
  fit.r2 = all > 0 ? 1 - left / all : 1;
  return fit;
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
  if (n > kMostFeatures) return problem("LIME fits at most " + numberText(kMostFeatures) + " features, but there are " + numberText(n) + "; choose larger groups.");
  if (static_cast<double>(n) * static_cast<double>(count) > 2e8) return problem("So many neighbours of so many features do not fit in memory; choose fewer.");
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const double deviation = param<double>(args.settings, described, "deviation"), width = param<double>(args.settings, described, "width");
  Eigen::MatrixXd x = Eigen::MatrixXd::Ones(count, n + 1);
  Eigen::VectorXd w(count);
  Rng rng(static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")), Stream::Explain, 6);
  for (Eigen::Index i = 0; i < count; ++i) {
    double distance = 0;
    for (Eigen::Index j = 1; j <= n; ++j) {
      // The first neighbour is the sample itself.
      const double v = noise ? (i == 0 ? 0 : rng.normal()) : (i == 0 || rng.uniform() < 0.5 ? 1.0 : 0.0);
      x(i, j) = noise ? deviation * v : v;
      distance += noise ? v * v / static_cast<double>(n) : (1 - v) / static_cast<double>(n);
    }
    w[i] = std::exp(-(noise ? distance : distance * distance) / (width * width));
  }
  Result<std::vector<double>> f(std::vector<double>{});
  if (noise) {
    Passes passes(args, start->goal, false, count);
    f = passes.values(count, [&](std::int64_t i, Real* at) {
      for (std::int64_t j = 0; j < n; ++j) at[j] = args.input[static_cast<std::size_t>(j)] + static_cast<Real>(x(i, j + 1));
    });
  } else {
    Game game(args, start->goal, *groups, count);
    f = game.values(count, [&](std::int64_t i, Coalition& in) {
      for (std::int64_t j = 0; j < n; ++j) in[static_cast<std::size_t>(j)] = static_cast<char>(x(i, j + 1) > 0);
    });
  }
  if (!f) return f.error();
  const Fit fit = ridgeFit(x, Eigen::Map<const Eigen::VectorXd>(f->data(), count), w, param<double>(args.settings, described, "ridge"), args.stop);
  if (fit.weights.size() == 0) return explainStopped();
  Attribution a = attributionOf("lime", args, start->goal, start->value);
  spreadOver(*groups, {fit.weights.data() + 1, static_cast<std::size_t>(n)}, a);
  if (noise) a.groups.clear(), a.groupValues.clear();
  a.intercept = fit.weights[0];
  a.fit = fit.r2;
  if (!allFinite(a.values)) return problem("The linear model's weights are not finite numbers.");
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec kernelShapSpec() {
  return {.id = "kernel-shap",
          .name = "Kernel SHAP",
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
