#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/statistics.h"
#include "core/explain/trust_parts.h"
#include "core/train/outputs.h"

namespace vitrine {
namespace {

/// Inputs by group, groups numbered without gaps in order of their first input.
std::vector<std::vector<std::int64_t>> groupsOf(const TrustTask& task) {
  const Shape& shape = task.args.network.data().input;
  const std::int64_t all = shape.size(), channels = shape.isImage() ? shape[2] : 1;
  std::vector<std::vector<std::int64_t>> groups;
  std::map<std::int64_t, std::size_t> known;
  for (std::int64_t i = 0; i < all; ++i) {
    const std::int64_t id = task.groups.empty() ? i / channels : task.groups[static_cast<std::size_t>(i)];
    const auto [at, fresh] = known.try_emplace(id, groups.size());
    if (fresh) groups.emplace_back();
    groups[at->second].push_back(i);
  }
  return groups;
}

/// How many groups are gone at each point of a curve: a step more each time, but before the first step one, two, four …: a good map turns
/// the answer there, and one step for all of it would hide how soon.
std::vector<std::size_t> countsOf(std::size_t groups, double step) {
  std::vector<std::size_t> counts{0};
  const auto after = [&](int k) { return std::min(groups, static_cast<std::size_t>(std::lround(k * step * static_cast<double>(groups)))); };
  for (std::size_t c = 1; c < after(1); c *= 2) counts.push_back(c);
  for (int k = 1; counts.back() < groups; ++k) counts.push_back(std::max(counts.back() + 1, after(k)));
  return counts;
}

double trapezoid(std::span<const double> x, std::span<const double> y) {
  double area = 0;
  for (std::size_t i = 1; i < x.size(); ++i) area += 0.5 * (x[i] - x[i - 1]) * (y[i] + y[i - 1]);
  return area;
}

using Order = std::vector<std::size_t>;

/// What the map gives each group.
std::vector<double> sumsOf(const std::vector<std::vector<std::int64_t>>& groups, std::span<const double> values) {
  std::vector<double> sums;
  for (const std::vector<std::int64_t>& g : groups) {
    double sum = 0;
    for (const std::int64_t i : g) sum += values[static_cast<std::size_t>(i)];
    sums.push_back(sum);
  }
  return sums;
}

/// The map's order first (falling sum, equals as the seed draws them), then random ones. Empty when stopped.
std::vector<Order> ordersOf(const TrustTask& task, std::span<const double> sums, int random) {
  Order own(sums.size());
  std::iota(own.begin(), own.end(), std::size_t{0});
  std::vector<Order> orders;
  for (int o = 0; o <= random; ++o) {
    if (task.args.stop.stop_requested()) return {};
    orders.push_back(own);
    explainRng(task.seed, DrawnFor::Removal, static_cast<std::uint64_t>(o)).shuffle(std::span<std::size_t>(orders.back()));
  }
  std::stable_sort(orders[0].begin(), orders[0].end(), [&](std::size_t a, std::size_t b) { return sums[a] > sums[b]; });
  return orders;
}

/// Curves of all orders, [orders × points], into one curve and its random companions.
RemovalCurve curveOf(std::span<const double> scores, std::span<const double> shares, std::size_t orders) {
  const std::size_t points = shares.size();
  RemovalCurve c;
  c.score.assign(scores.begin(), scores.begin() + static_cast<std::ptrdiff_t>(points));
  c.area = trapezoid(shares, c.score);
  std::vector<double> areas;
  for (std::size_t o = 1; o < orders; ++o) areas.push_back(trapezoid(shares, scores.subspan(o * points, points)));
  for (std::size_t p = 0; p < points; ++p) {
    std::vector<double> at;
    for (std::size_t o = 1; o < orders; ++o) at.push_back(scores[o * points + p]);
    const MeanDeviation s = meanAndDeviation(at);
    c.mean.push_back(s.mean), c.deviation.push_back(s.deviation);
  }
  const MeanDeviation s = meanAndDeviation(areas);
  c.randomArea = s.mean, c.randomDeviation = s.deviation;
  const auto [least, most] = std::minmax_element(areas.begin(), areas.end());
  c.randomLeast = *least, c.randomMost = *most;
  return c;
}

}  // namespace

Result<RemovalTest> removalTest(const TrustTask& task, const Params& settings) {
  if (Status s = checkParams(trustParams(), settings); !s) return s.error();
  const Network& network = task.args.network;
  const std::int64_t inputs = network.data().input.size();
  if (!task.groups.empty() && static_cast<std::int64_t>(task.groups.size()) != inputs)
    return Error{{}, "groups", std::to_string(task.groups.size()) + " numbers", std::to_string(inputs) + ", one for each input", {}};
  Result<std::vector<double>> values = valuesByInput(network, task.map);
  if (!values) return values.error();
  // A column's value stands in each of its inputs, and counts once.
  if (!task.groups.empty() && task.map.groups.size() == values->size()) *values = sharesByInput(task.map);
  std::span<const Real> removed = task.removed.empty() ? task.args.baseline : task.removed;
  const std::vector<Real> zeros(static_cast<std::size_t>(inputs));
  if (removed.empty()) removed = zeros;
  if (static_cast<std::int64_t>(removed.size()) != inputs)
    return Error{{}, "baseline", std::to_string(removed.size()) + " values", std::to_string(inputs), {}};
  const std::vector<std::vector<std::int64_t>> groups = groupsOf(task);
  RemovalTest test;
  test.groups = static_cast<std::int64_t>(groups.size());
  test.orders = static_cast<int>(param<std::int64_t>(settings, trustParams(), "orders"));
  test.probability = outputReading(network) == OutputReading::Softmax && targetOf(task).kind == Target::Kind::Output && param<std::string>(settings, trustParams(), "score") == "probability";
  const std::vector<std::size_t> counts = countsOf(groups.size(), param<double>(settings, trustParams(), "step"));
  for (const std::size_t c : counts) test.shares.push_back(static_cast<double>(c) / static_cast<double>(groups.size()));
  const std::vector<double> sums = sumsOf(groups, *values);
  test.flat = isFlat(sums);
  const std::vector<Order> orders = ordersOf(task, sums, test.orders);
  if (orders.empty()) return explainStopped();
  const std::int64_t points = static_cast<std::int64_t>(counts.size()), rows = points * static_cast<std::int64_t>(orders.size());
  // Point p of an order: its first counts[p] groups are taken away, or alone are there.
  const auto fill = [&](std::int64_t i, Real* x, std::span<const Real> all, std::span<const Real> changed) {
    std::copy(all.begin(), all.end(), x);
    const Order& order = orders[static_cast<std::size_t>(i / points)];
    for (std::size_t g = 0; g < counts[static_cast<std::size_t>(i % points)]; ++g)
      for (const std::int64_t e : groups[order[g]]) x[e] = changed[static_cast<std::size_t>(e)];
  };
  const auto deletion = scoresOf(task, rows, test.probability || task.args.target.probability, [&](std::int64_t i, Real* x) { fill(i, x, task.args.input, removed); }, 0, 0.5);
  if (!deletion) return deletion.error();
  const auto insertion = scoresOf(task, rows, test.probability || task.args.target.probability, [&](std::int64_t i, Real* x) { fill(i, x, removed, task.args.input); }, 0.5, 1);
  if (!insertion) return insertion.error();
  test.deletion = curveOf(*deletion, test.shares, orders.size());
  test.insertion = curveOf(*insertion, test.shares, orders.size());
  return test;
}

}  // namespace vitrine
