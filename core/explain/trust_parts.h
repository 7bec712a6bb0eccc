#pragma once

// What the checks share. Not for views.

#include "core/explain/pass.h"
#include "core/explain/trust.h"

namespace vitrine {

/// The map's value for each number of the input: maps over an image's plane count for all of its channels. Refuses other sizes.
Result<std::vector<double>> valuesByInput(const Network& network, const Attribution& map);

/// The target of the map itself: what was predicted for x is explained for the changed input too.
Target targetOf(const TrustTask& task);

/// The target's output (or, with `probability`, its class's softmax probability) for `count` inputs that fill(i, x) writes. Batched,
/// shared out by the pool. progress: from `from` to `to`.
template <class Fill>
Result<std::vector<double>> scoresOf(const TrustTask& task, std::int64_t count, bool probability, Fill&& fill, double from, double to);

}  // namespace vitrine

#include <algorithm>
#include <atomic>
#include <cmath>
#include <memory>

namespace vitrine {

template <class Fill>
Result<std::vector<double>> scoresOf(const TrustTask& task, std::int64_t count, bool probability, Fill&& fill, double from, double to) {
  const ExplainArgs& args = task.args;
  const Network& network = args.network;
  const std::int64_t outputs = network.outputs(), size = explainRows(network, std::max<std::int64_t>(count, 1)), blocks = (count + size - 1) / size;
  const std::int64_t inputs = network.data().input.size();
  std::vector<double> scores(static_cast<std::size_t>(count), std::numeric_limits<double>::quiet_NaN());
  std::vector<std::unique_ptr<Workspace>> workspaces(static_cast<std::size_t>(args.pool ? args.pool->threads() : 1));
  std::atomic<std::int64_t> done{0};
  const auto run = [&](std::int64_t b, int thread) {
    if (args.stop.stop_requested()) return;
    std::unique_ptr<Workspace>& ws = workspaces[static_cast<std::size_t>(thread)];
    if (!ws) ws = std::make_unique<Workspace>(network, size, false, false);
    const std::int64_t first = b * size, rows = std::min(size, count - first);
    for (std::int64_t r = 0; r < rows; ++r) fill(first + r, ws->input() + r * inputs);
    const Real* logits = network.forward(args.params, *ws, rows);
    for (std::int64_t r = 0; r < rows; ++r) scores[static_cast<std::size_t>(first + r)] = targetValue(logits + r * outputs, outputs, task.map.target, probability);
    const std::int64_t share = ++done;
    if (args.progress && thread == 0) args.progress(from + (to - from) * static_cast<double>(share) / static_cast<double>(blocks));
  };
  if (args.pool)
    args.pool->run(blocks, run);
  else
    for (std::int64_t b = 0; b < blocks; ++b) run(b, 0);
  if (args.stop.stop_requested()) return explainStopped();
  for (const double s : scores)
    if (!std::isfinite(s)) return problem("The network's outputs for a changed input are not finite numbers.");
  return scores;
}

}  // namespace vitrine
