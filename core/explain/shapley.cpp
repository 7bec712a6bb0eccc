// Feature ablation and Shapley values over groups.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"
#include "core/explain/coalitions.h"
#include "core/explain/methods.h"

namespace vitrine {
namespace {

std::vector<Param> shapleyParams() {
  std::vector<Param> p = groupParams();
  p.push_back({.id = "exact", .label = "Exact up to", .help = "Up to so many features every subset is tried (2ⁿ passes); beyond, random orders are.",
               .fallback = std::int64_t{12}, .low = 0, .high = 20, .sliderLow = 0, .sliderHigh = 16});
  p.push_back({.id = "permutations", .label = "Orders", .help = "Random orders in which features are switched on; the standard error falls with their square root.",
               .fallback = std::int64_t{50}, .low = 2, .high = 100000, .sliderLow = 10, .sliderHigh = 1000});
  p.push_back({.id = "seed", .label = "Seed", .help = "Another one draws other orders.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9});
  return p;
}

/// Castro, Gómez, Tejada 2009; each order is followed by its reverse, which halves the error of games near additive ones.
Status sampledShapley(Game& game, std::int64_t orders, std::uint64_t seed, Attribution& a, std::vector<double>& phi) {
  const std::int64_t n = game.players();
  const std::size_t players = static_cast<std::size_t>(n);
  const std::int64_t pairs = (orders + 1) / 2;
  std::vector<double> square(players, 0.0);
  phi.assign(players, 0.0);
  const Result<std::vector<double>> ends = game.values(2, [](std::int64_t i, Coalition& in) { std::fill(in.begin(), in.end(), static_cast<char>(i)); }, 0, 0.01);
  if (!ends) return ends.error();
  for (std::int64_t p = 0; p < pairs; ++p) {
    std::vector<std::size_t> order(players);
    std::iota(order.begin(), order.end(), std::size_t{0});
    explainRng(seed, DrawnFor::Shapley, static_cast<std::uint64_t>(p)).shuffle(std::span(order));
    // Growing from the front, then from the back; the whole and the empty set are known.
    const Result<std::vector<double>> v = game.values(
        2 * (n - 1),
        [&](std::int64_t i, Coalition& in) {
          const std::int64_t grown = i % (n - 1) + 1;
          for (std::int64_t k = 0; k < grown; ++k) in[order[static_cast<std::size_t>(i < n - 1 ? k : n - 1 - k)]] = 1;
        },
        0.01 + 0.99 * static_cast<double>(p) / static_cast<double>(pairs), 0.01 + 0.99 * static_cast<double>(p + 1) / static_cast<double>(pairs));
    if (!v) return v.error();
    std::vector<double> both(players, 0.0);
    for (std::int64_t half = 0; half < 2; ++half)
      for (std::int64_t k = 0; k < n; ++k) {
        const auto at = [&](std::int64_t size) {
          return size == 0 ? (*ends)[0] : size == n ? (*ends)[1] : (*v)[static_cast<std::size_t>(half * (n - 1) + size - 1)];
        };
        both[order[static_cast<std::size_t>(half == 0 ? k : n - 1 - k)]] += 0.5 * (at(k + 1) - at(k));
      }
    for (std::size_t i = 0; i < players; ++i) phi[i] += both[i], square[i] += both[i] * both[i];
  }
  const double k = static_cast<double>(pairs);
  for (std::size_t i = 0; i < players; ++i) {
    phi[i] /= k;
    a.standardError.push_back(pairs > 1 ? std::sqrt(std::max(0.0, square[i] / k - phi[i] * phi[i]) / (k - 1)) : 0.0);
  }
  a.baselineValue = (*ends)[0];
  return {};
}

Result<Attribution> explainShapley(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = shapleyParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Groups> groups = chooseGroups(args.network.data().input, args.input, args.groups, args.settings, described);
  if (!groups) return groups.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  Attribution a = attributionOf("shapley", args, start->goal, start->value);
  std::vector<double> phi;
  const std::int64_t n = groups->count;
  if (n <= std::max<std::int64_t>(1, param<std::int64_t>(args.settings, described, "exact"))) {
    Game game(args, start->goal, *groups, std::int64_t{1} << n);
    const Result<std::vector<double>> v = game.values(std::int64_t{1} << n, [n](std::int64_t set, Coalition& in) {
      for (std::int64_t i = 0; i < n; ++i) in[static_cast<std::size_t>(i)] = static_cast<char>(set >> i & 1);
    });
    if (!v) return v.error();
    phi = exactShapley(n, *v, args.stop);
    if (phi.empty()) return explainStopped();
    a.baselineValue = v->front();
  } else {
    Game game(args, start->goal, *groups, 2 * n);
    const std::int64_t orders = param<std::int64_t>(args.settings, described, "permutations");
    if (Status s = sampledShapley(game, orders, static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")), a, phi); !s) return s.error();
  }
  a.completenessError = std::accumulate(phi.begin(), phi.end(), 0.0) - (start->value - *a.baselineValue);
  spreadOver(*groups, phi, a);
  a.seconds = watch.seconds();
  return a;
}

Result<Attribution> explainAblation(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = groupParams();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const Result<Groups> groups = chooseGroups(args.network.data().input, args.input, args.groups, args.settings, described);
  if (!groups) return groups.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  Game game(args, start->goal, *groups, groups->count);
  const Result<std::vector<double>> v = game.values(groups->count, [](std::int64_t i, Coalition& in) {
    std::fill(in.begin(), in.end(), char{1});
    in[static_cast<std::size_t>(i)] = 0;
  });
  if (!v) return v.error();
  std::vector<double> drops;
  for (double without : *v) drops.push_back(start->value - without);
  Attribution a = attributionOf("feature-ablation", args, start->goal, start->value);
  spreadOver(*groups, drops, a);
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec shapleySpec() {
  return {.id = "shapley",
          .name = "Shapley values",
          .brief = "Shapley",
          .help = "Shares out the output among the features by how much each adds, on average over every order in which they could come in. "
                  "Exact for few features, sampled with its standard error for many.",
          .formula = "φᵢ = Σ over S ∌ i of |S|! (n − |S| − 1)! / n! · (v(S ∪ i) − v(S))",
          .source = "Shapley 1953; Castro, Gómez, Tejada 2009",
          .params = shapleyParams(),
          .promisesCompleteness = true,
          .supports = fitsAll,
          .explain = explainShapley,
          .family = ExplainerSpec::Family::Perturbation,
          .usesBaseline = true,
          .usesSamples = true,
          .usesGroups = true};
}

ExplainerSpec featureAblationSpec() {
  return {.id = "feature-ablation",
          .name = "Feature ablation",
          .brief = "ablation",
          .help = "How much the output drops when one feature is set to the baseline and all others stay.",
          .formula = "f(x) − f(x with the feature at the baseline)",
          .source = "Zeiler, Fergus 2014",
          .params = groupParams(),
          .supports = fitsAll,
          .explain = explainAblation,
          .family = ExplainerSpec::Family::Perturbation,
          .usesBaseline = true,
          .usesSamples = true,
          .usesGroups = true};
}

}  // namespace vitrine
