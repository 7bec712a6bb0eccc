// The plan for passes that keep no inner outputs: the same results from less work.
#include <algorithm>
#include <array>

#include "core/model/network_plan.h"

namespace vitrine {
namespace {

/// The layer of a node of the graph, for another input.
std::shared_ptr<const Layer> layerFor(const Graph& graph, NodeId id, const Shape& in) {
  const Node& node = *graph.find(id);
  return findLayer(node.type)->make(node.params, std::array{in});
}

}  // namespace

void Network::Plan::makeLean() {
  lean = nodes;
  for (std::size_t i = 0; i < lean.size(); ++i) {
    if (!lean[i].layer || !lean[i].layer->picksLargest()) continue;
    std::size_t at = i;
    // A rectifier before max pooling has less to do behind it. They change places, and keep their own ids.
    const std::size_t before = static_cast<std::size_t>(lean[i].inputs[0]);
    if (const PlanNode& b = lean[before]; b.layer && b.layer->maySwapWithPick() && b.consumers == 1) {
      std::swap(lean[before].id, lean[i].id);
      std::swap(lean[before].layer, lean[i].layer);
      lean[before].shape = lean[i].shape;
      lean[i].layer = layerFor(graph, lean[i].id, lean[i].shape);
      at = before;
    }
    // Pixels that no window covers need not be computed.
    PlanNode &pool = lean[at], &source = lean[static_cast<std::size_t>(pool.inputs[0])];
    const Shape read = pool.layer->reads(source.shape);
    if (!source.layer || source.consumers != 1 || read == source.shape) continue;
    std::shared_ptr<const Layer> part = source.layer->firstOf(read);
    if (!part) continue;
    source.layer = std::move(part);
    source.shape = read;
    pool.layer = layerFor(graph, pool.id, read);
  }
}

void Network::Plan::fit(std::vector<PlanNode>& passed) {
  for (PlanNode& p : passed) {
    p.size = p.shape.size();
    p.inputSizes.clear();
    std::int64_t sum = 0;
    for (int i : p.inputs) {
      p.inputSizes.push_back(passed[static_cast<std::size_t>(i)].size);
      sum += p.inputSizes.back();
    }
    maxInputSum = std::max(maxInputSum, sum);
    if (!p.layer) continue;
    maxScratch = std::max(maxScratch, p.layer->scratch());
    maxScratchPerRow = std::max(maxScratchPerRow, p.layer->scratchPerRow());
    if (!p.layer->inPlace() || p.inputs.size() != 1) continue;
    const PlanNode& from = passed[static_cast<std::size_t>(p.inputs[0])];
    p.mayShare = from.layer && from.consumers == 1 && !from.layer->readsOutput() && from.size == p.size;
  }
}

}  // namespace vitrine
