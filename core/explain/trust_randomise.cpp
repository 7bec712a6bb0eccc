#include <algorithm>
#include <cmath>

#include "core/base/statistics.h"
#include "core/explain/trust_parts.h"

namespace vitrine {
namespace {

/// Without the inputs to which both maps give exactly nothing.
std::optional<double> correlationWhereAnything(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<double> x, y;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != 0 || b[i] != 0) x.push_back(a[i]), y.push_back(b[i]);
  return rankCorrelation(x, y);
}

}  // namespace

Result<std::vector<RandomisedLayer>> randomisationTest(const TrustTask& task, const Params& settings) {
  if (Status s = checkParams(trustParams(), settings); !s) return s.error();
  const Network& network = task.args.network;
  std::vector<NodeId> layers;
  for (auto id = network.order().rbegin(); id != network.order().rend(); ++id)
    if (!network.blocksOf(*id).empty()) layers.push_back(*id);
  const std::vector<double> original = magnitudesOf(task.map, task.groups);
  const bool nothingToRank = isFlat(original);
  const int draws = layers.empty() ? 0 : static_cast<int>(param<std::int64_t>(settings, trustParams(), "draws"));
  const double all = static_cast<double>(layers.size()) + draws - 1;
  double done = 0;
  const auto mapOf = [&](std::span<const Real> params) -> Result<Attribution> {
    if (task.args.stop.stop_requested()) return explainStopped();
    ExplainArgs args = task.args;
    args.params = params, args.target = targetOf(task), args.progress = {};
    Result<Attribution> map = task.method.explain(args);
    if (map && map->values.size() != task.map.values.size()) return problem("The map of a changed network has another size.");
    if (map && task.args.progress) task.args.progress(++done / all);
    return map;
  };
  /// None: nothing of the maps to rank.
  const auto correlation = [&](const Attribution& map) -> std::optional<double> {
    if (nothingToRank) return {};
    const std::vector<double> now = magnitudesOf(map, task.groups);
    return isFlat(now) ? 0 : correlationWhereAnything(original, now);
  };
  const auto drawn = [&](int draw) { return network.initialise(explainRng(task.seed, DrawnFor::Randomisation, static_cast<std::uint64_t>(draw)).next()); };
  Buffer params(task.args.params.size());
  std::copy(task.args.params.begin(), task.args.params.end(), params.begin());
  // Running statistics are drawn too: those of the trained layers below would be of no use to the drawn ones.
  const auto redraw = [&](NodeId layer, const Buffer& fresh) {
    for (const PlacedBlock& b : network.blocksOf(layer)) std::copy_n(fresh.begin() + b.offset, b.size(), params.begin() + b.offset);
  };
  std::vector<RandomisedLayer> out;
  std::vector<double> correlations;  // of the last layer's draws
  const Buffer first = drawn(0);
  for (const NodeId layer : layers) {
    redraw(layer, first);
    Result<Attribution> map = mapOf(params.span());
    if (!map) return map.error();
    out.push_back({.node = layer, .name = network.graph().find(layer)->name, .correlation = correlation(*map)});
    out.back().values = std::move(map->values);
  }
  if (out.empty()) return out;
  if (out.back().correlation) correlations.push_back(*out.back().correlation);
  for (int draw = 1; draw < draws; ++draw) {
    const Buffer fresh = drawn(draw);
    for (const NodeId layer : layers) redraw(layer, fresh);
    const Result<Attribution> map = mapOf(params.span());
    if (!map) return map.error();
    if (const std::optional<double> c = correlation(*map)) correlations.push_back(*c);
  }
  out.back().draws = static_cast<int>(correlations.size());
  if (correlations.empty()) return out;
  const MeanDeviation s = meanAndDeviation(correlations);
  out.back().correlation = s.mean, out.back().deviation = correlations.size() > 1 ? s.deviation : 0;
  return out;
}

}  // namespace vitrine
