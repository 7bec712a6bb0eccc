#pragma once

// A pass over many rows of a data set, block by block. Not for views.

#include <vector>

#include "core/data/dataset.h"
#include "core/model/blocks.h"

namespace vitrine {

/// Parameters, data and rows that fit the network.
inline Status checkRows(const Network& network, std::span<const Real> params, const Dataset& data, std::span<const std::int32_t> rows) {
  if (static_cast<std::int64_t>(params.size()) != network.parameterCount())
    return Error{{}, "parameters", std::to_string(params.size()) + " values", std::to_string(network.parameterCount()), {}};
  if (data.spec.input != network.data().input) return Error{{}, data.name, "samples of " + data.spec.input.text(), network.data().input.text(), {}};
  for (const std::int32_t row : rows)
    if (row < 0 || row >= data.count()) return problem("There is no row " + std::to_string(row) + " in the data set.");
  return {};
}

/// Forward passes (evaluation mode, every node's output kept) over `rows`. part(workspace, first, count) gives a block's Part, on any
/// thread; take(part) is called in order of blocks on the caller's thread, so that results do not depend on threads. False: stopped.
template <class Part, class Make, class Take>
bool forRowBlocks(const Network& network, std::span<const Real> params, const Dataset& data, std::span<const std::int32_t> rows,
                  ThreadPool* pool, std::stop_token stop, const std::function<void(double)>& progress, Make&& part, Take&& take) {
  const std::int64_t all = static_cast<std::int64_t>(rows.size()), size = rowsAtOnce(network, std::max<std::int64_t>(all, 1));
  const std::int64_t blocks = (all + size - 1) / size;
  Workspaces workspaces(network, size, pool, true, false);
  constexpr std::int64_t kGroup = 32;  // blocks whose parts wait to be taken
  std::vector<Part> parts(kGroup);
  for (std::int64_t begin = 0; begin < blocks; begin += kGroup) {
    const std::int64_t count = std::min(kGroup, blocks - begin);
    const auto run = [&](std::int64_t b, int thread) {
      Workspace& ws = workspaces.of(thread);
      const std::int64_t first = (begin + b) * size, n = std::min(size, all - first);
      gatherInputs(data, rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(n)), ws.input());
      network.forward(params, ws, n);
      parts[static_cast<std::size_t>(b)] = part(ws, first, n);
    };
    if (!forBlocks(count, pool, stop, {}, run) || stop.stop_requested()) return false;
    for (std::int64_t b = 0; b < count; ++b) take(parts[static_cast<std::size_t>(b)]);
    if (progress) progress(static_cast<double>(begin + count) / static_cast<double>(blocks));
  }
  return true;
}

}  // namespace vitrine
