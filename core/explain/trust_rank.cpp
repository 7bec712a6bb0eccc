#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/base/statistics.h"
#include "core/explain/trust_parts.h"

namespace vitrine {
namespace {

/// Absolute values; images and series: summed over channels. None of a layer's units: they are not places of the input.
std::vector<double> magnitudes(const Attribution& map) {
  if (map.ofUnits) return {};
  const std::size_t channels = map.shape.rank() == 1 ? 1 : static_cast<std::size_t>(map.shape.dims.back());
  std::vector<double> out(map.values.size() / channels);
  for (std::size_t i = 0; i < map.values.size(); ++i) out[i / channels] += std::abs(static_cast<double>(map.values[i]));
  return out;
}

}  // namespace

std::optional<double> rankCorrelation(std::span<const double> a, std::span<const double> b) {
  const std::size_t n = a.size();
  if (n < 2 || b.size() != n) return {};
  const auto finite = [](double v) { return std::isfinite(v); };
  if (!std::all_of(a.begin(), a.end(), finite) || !std::all_of(b.begin(), b.end(), finite)) return {};
  const std::vector<double> x = ranksOf(a), y = ranksOf(b);
  const double middle = 0.5 * static_cast<double>(n + 1);
  double xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < n; ++i) {
    xy += (x[i] - middle) * (y[i] - middle);
    xx += (x[i] - middle) * (x[i] - middle);
    yy += (y[i] - middle) * (y[i] - middle);
  }
  if (xx == 0 || yy == 0) return {};
  return xy / std::sqrt(xx * yy);
}

std::vector<double> agreement(std::span<const Attribution> maps, std::span<const std::int32_t> groups) {
  const std::size_t n = maps.size();
  std::vector<std::vector<double>> values;
  for (const Attribution& m : maps) values.push_back(groups.empty() || m.ofUnits ? magnitudes(m) : magnitudesOf(m, groups));
  std::vector<double> out(n * n, kNan);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j)
      out[i * n + j] = out[j * n + i] = rankCorrelation(values[i], values[j]).value_or(kNan);
  return out;
}

Result<std::vector<double>> valuesByInput(const Network& network, const Attribution& map) {
  const Shape& input = network.data().input;
  const std::int64_t all = input.size(), channels = input.rank() == 1 ? 1 : input.dims.back(), own = static_cast<std::int64_t>(map.values.size());
  if (map.ofUnits) return problem("The map of " + map.method + " is over a layer's units, not over inputs.");
  if (own != all && own != all / channels)
    return Error{{}, "map of " + map.method, std::to_string(own) + " values", std::to_string(all) + ", one for each input", {}};
  std::vector<double> out;
  for (std::int64_t i = 0; i < all; ++i) out.push_back(static_cast<double>(map.values[static_cast<std::size_t>(own == all ? i : i / channels)]));
  for (const double v : out)
    if (!std::isfinite(v)) return problem("The map has values that are not finite numbers.");
  return out;
}

bool isFlat(std::span<const double> values) {
  if (values.size() < 2) return false;
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  return *high - *low <= 1e-6 * std::max(std::abs(*low), std::abs(*high));
}

std::vector<double> sharesByInput(const Attribution& map) {
  std::vector<double> out(map.values.begin(), map.values.end());
  if (map.groupValues.empty() || map.groups.size() != out.size()) return out;
  std::vector<double> size(map.groupValues.size(), 0.0);
  for (const std::int32_t g : map.groups) ++size[static_cast<std::size_t>(g)];
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::size_t g = static_cast<std::size_t>(map.groups[i]);
    out[i] = map.groupValues[g] / size[g];
  }
  return out;
}

std::vector<double> magnitudesOf(const Attribution& map, std::span<const std::int32_t> groups) {
  std::vector<double> out;
  if (!groups.empty() && !map.ofUnits && map.values.size() == groups.size()) {
    const std::vector<double> shares = sharesByInput(map);
    out.resize(static_cast<std::size_t>(*std::max_element(groups.begin(), groups.end())) + 1);
    for (std::size_t i = 0; i < shares.size(); ++i) out[static_cast<std::size_t>(groups[i])] += shares[i];
    for (double& v : out) v = std::abs(v);
    return out;
  }
  for (const Real v : map.values) out.push_back(std::abs(static_cast<double>(v)));
  return out;
}

Target targetOf(const TrustTask& task) {
  // A unit's map is of the unit, whatever output its method was handed.
  if (task.map.explained.kind == Target::Kind::Unit) return task.map.explained;
  Target target = task.args.target;
  if (target.kind != Target::Kind::Output && target.kind != Target::Kind::Difference) return target;
  const Target& definite = task.map.explained;
  if (target.output < 0) target.output = definite.output >= 0 ? definite.output : task.map.target;
  if (target.other < 0) target.other = definite.other;
  return target;
}

Result<std::vector<double>> scoresOf(const TrustTask& task, std::int64_t count, bool probability, const Passes::Make& make, double from, double to) {
  ExplainArgs args = task.args;
  args.target = targetOf(task);
  args.target.probability = probability;
  if (Status s = checkExplainArgs(args, task.method.params); !s) return s.error();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  return Passes(args, start->goal, false, count).values(count, make, from, to);
}

}  // namespace vitrine
