#include "core/insight/ablation.h"

#include <algorithm>
#include <atomic>

#include "core/data/dataset.h"
#include "core/explain/pass.h"
#include "core/insight/row_blocks.h"

namespace vitrine {

std::vector<std::int64_t> elementsOf(const Network& network, const UnitChoice& choice) {
  if (!choice.channel) return {choice.index};
  const Shape& shape = network.shape(choice.node);
  std::vector<std::int64_t> out;
  for (std::int64_t i = choice.index; i < shape.size(); i += shape.dims.back()) out.push_back(i);
  return out;
}

Status checkChoice(const Network& network, const UnitChoice& choice) {
  const std::vector<NodeId>& order = network.order();
  if (std::find(order.begin(), order.end(), choice.node) == order.end()) return problem("This node is not part of the network.");
  const Shape& shape = network.shape(choice.node);
  const std::int64_t all = choice.channel ? shape.dims.back() : shape.size();
  if (choice.index >= 0 && choice.index < all) return {};
  return Error{{}, "node '" + network.graph().find(choice.node)->name + "'", (choice.channel ? "channel " : "unit ") + std::to_string(choice.index),
               "0 to " + std::to_string(all - 1), {}};
}

Result<std::vector<Real>> meanActivations(const Network& network, std::span<const Real> params, const Dataset& data,
                                          std::span<const std::int32_t> rows, NodeId node, ThreadPool* pool, std::stop_token stop,
                                          const std::function<void(double)>& progress) {
  if (Status s = checkChoice(network, {node, 0, false}); !s) return s.error();
  if (Status s = checkRows(network, params, data, rows); !s) return s.error();
  if (rows.empty()) return problem("There are no samples to take the mean of.");
  const std::size_t n = static_cast<std::size_t>(network.shape(node).size());
  std::vector<double> sums(n, 0.0);
  const bool whole = forRowBlocks<std::vector<double>>(
      network, params, data, rows, pool, stop, progress,
      [&](const Workspace& ws, std::int64_t, std::int64_t count) {
        std::vector<double> part(n, 0.0);
        const Real* a = ws.activation(node);
        for (std::int64_t r = 0; r < count; ++r)
          for (std::size_t i = 0; i < n; ++i) part[i] += static_cast<double>(a[static_cast<std::size_t>(r) * n + i]);
        return part;
      },
      [&](const std::vector<double>& part) {
        for (std::size_t i = 0; i < n; ++i) sums[i] += part[i];
      });
  if (!whole) return explainStopped();
  std::vector<Real> mean;
  for (const double s : sums) mean.push_back(static_cast<Real>(s / static_cast<double>(rows.size())));
  if (!allFinite(mean)) return problem("The layer's outputs are not finite numbers.");
  return mean;
}

namespace {

Ablation compare(const Network& network, const UnitChoice& choice, const Real* before, const Real* after) {
  const std::int64_t n = network.outputs();
  Ablation a{choice, {before, before + n}, {after, after + n}};
  a.predicted = std::max_element(before, before + n) - before;
  a.predictedAfter = std::max_element(after, after + n) - after;
  return a;
}

}  // namespace

Result<std::vector<Ablation>> ablate(const Network& network, std::span<const Real> params, std::span<const Real> input,
                                     std::span<const UnitChoice> choices, std::span<const Real> replacement, std::stop_token stop,
                                     const std::function<void(double)>& progress) {
  const Params none;
  if (Status s = checkExplainArgs({.network = network, .params = params, .input = input, .target = {}, .settings = none}, {}); !s) return s.error();
  std::vector<Ablation> out;
  if (choices.empty()) return out;
  const NodeId node = choices[0].node;
  for (const UnitChoice& c : choices) {
    if (c.node != node) return problem("All parts that are left out must be of one layer.");
    if (Status s = checkChoice(network, c); !s) return s.error();
  }
  const std::int64_t size = network.shape(node).size(), all = static_cast<std::int64_t>(choices.size()), rows = rowsAtOnce(network, all), n = network.outputs();
  if (!replacement.empty() && static_cast<std::int64_t>(replacement.size()) != size)
    return Error{{}, "replacement", std::to_string(replacement.size()) + " values", std::to_string(size), {}};
  Workspace ws(network, rows, true, false);
  for (std::int64_t r = 0; r < rows; ++r) std::copy(input.begin(), input.end(), ws.input() + r * static_cast<std::int64_t>(input.size()));
  network.forward(params, ws, rows);
  const Real* logits = ws.activation(network.order().back());
  const std::vector<Real> before(logits, logits + n), whole(ws.activation(node), ws.activation(node) + size);
  if (!allFinite(before)) return problem("The network's outputs for this sample are not finite numbers.");
  for (std::int64_t first = 0; first < all; first += rows) {
    if (stop.stop_requested()) return explainStopped();
    const std::int64_t count = std::min(rows, all - first);
    Real* a = network.outputOf(node, ws);
    for (std::int64_t r = 0; r < count; ++r) {
      std::copy(whole.begin(), whole.end(), a + r * size);
      for (const std::int64_t e : elementsOf(network, choices[static_cast<std::size_t>(first + r)]))
        a[r * size + e] = replacement.empty() ? Real(0) : replacement[static_cast<std::size_t>(e)];
    }
    // The output node itself has nothing behind it: its changed values are the logits.
    const Real* after = network.forwardAfter(node, params, ws, count);
    for (std::int64_t r = 0; r < count; ++r) out.push_back(compare(network, choices[static_cast<std::size_t>(first + r)], before.data(), after + r * n));
    if (progress) progress(static_cast<double>(first + count) / static_cast<double>(all));
  }
  return out;
}

}  // namespace vitrine
