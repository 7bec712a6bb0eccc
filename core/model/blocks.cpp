#include "core/model/blocks.h"

#include <algorithm>
#include <atomic>

namespace vitrine {

double rowsWithin(const Network& network, double bytes, double multiplyAdds, double least) {
  double values = 0;
  for (const NodeId id : network.order()) values += static_cast<double>(network.shape(id).size());
  const double byMemory = bytes / (2 * sizeof(Real) * values);
  const double byTime = multiplyAdds / std::max(1.0, static_cast<double>(network.costPerSample()));
  return std::min(std::max(byMemory, least), byTime);
}

std::int64_t rowsAtOnce(const Network& network, std::int64_t wanted) {
  return std::min(static_cast<std::int64_t>(std::clamp(rowsWithin(network, 4e6, 1.5e8, 4), 1.0, 64.0)), wanted);
}

bool forBlocks(std::int64_t blocks, ThreadPool* pool, const std::stop_token& stop, const std::function<void(double)>& progress,
               const std::function<void(std::int64_t, int)>& run, double from, double to) {
  std::atomic<std::int64_t> done{0};
  const auto one = [&](std::int64_t b, int thread) {
    if (stop.stop_requested()) return;
    run(b, thread);
    const std::int64_t share = ++done;
    if (progress && thread == 0) progress(from + (to - from) * static_cast<double>(share) / static_cast<double>(blocks));
  };
  if (pool)
    pool->run(blocks, one);
  else
    for (std::int64_t b = 0; b < blocks; ++b) one(b, 0);
  if (done < blocks) return false;
  if (progress) progress(to);
  return true;
}

Workspaces::Workspaces(const Network& network, std::int64_t rows, const ThreadPool* pool, bool keepAll, bool gradients)
    : network_(network), rows_(rows), keepAll_(keepAll), gradients_(gradients), all_(static_cast<std::size_t>(pool ? pool->threads() : 1)) {}

Workspace& Workspaces::of(int thread) {
  std::unique_ptr<Workspace>& ws = all_[static_cast<std::size_t>(thread)];
  if (!ws) ws = std::make_unique<Workspace>(network_, rows_, keepAll_, gradients_);
  return *ws;
}

}  // namespace vitrine
