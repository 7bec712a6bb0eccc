#include <algorithm>
#include <cmath>

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

Result<std::vector<RandomisedLayer>> randomisationTest(const TrustTask& task) {
  const Network& network = task.args.network;
  const auto magnitudes = [](const Attribution& map) {
    std::vector<double> out;
    for (const Real v : map.values) out.push_back(std::abs(static_cast<double>(v)));
    return out;
  };
  std::vector<NodeId> layers;
  for (auto id = network.order().rbegin(); id != network.order().rend(); ++id)
    if (!network.blocksOf(*id).empty()) layers.push_back(*id);
  const std::vector<double> original = magnitudes(task.map);
  const Buffer fresh = network.initialise(explainRng(task.seed, DrawnFor::Randomisation).next());
  Buffer params(task.args.params.size());
  std::copy(task.args.params.begin(), task.args.params.end(), params.begin());
  std::vector<RandomisedLayer> out;
  for (const NodeId layer : layers) {
    if (task.args.stop.stop_requested()) return explainStopped();
    // Running statistics too: those of the trained layers below would be of no use to the drawn ones.
    for (const PlacedBlock& b : network.blocksOf(layer)) std::copy_n(fresh.begin() + b.offset, b.size(), params.begin() + b.offset);
    ExplainArgs args = task.args;
    args.params = params.span(), args.target = targetOf(task), args.progress = {};
    Result<Attribution> map = task.method.explain(args);
    if (!map) return map.error();
    if (map->values.size() != original.size()) return problem("The map of a changed network has another size.");
    out.push_back({layer, network.graph().find(layer)->name, correlationWhereAnything(original, magnitudes(*map)), {}});
    out.back().values = std::move(map->values);
    if (task.args.progress) task.args.progress(static_cast<double>(out.size()) / static_cast<double>(layers.size()));
  }
  return out;
}

}  // namespace vitrine
