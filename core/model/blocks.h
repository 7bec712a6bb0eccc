#pragma once

// Work on a network cut into blocks that threads share out.

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

#include "core/base/thread_pool.h"
#include "core/model/network.h"

namespace vitrine {

/// Rows whose values (outputs and gradients of all nodes) take `bytes` at most, and whose forward pass `multiplyAdds`; not less than
/// `least` by memory. May be less than 1.
double rowsWithin(const Network& network, double bytes, double multiplyAdds, double least = 0);

/// Rows that are passed at once, `wanted` at most, by all that must soon hear a stop: the workspace stays near the caches,
/// and one block far below 50 ms.
std::int64_t rowsAtOnce(const Network& network, std::int64_t wanted);

/// run(block, thread) for every block, shared out by the pool, if any; asks for a stop before each. progress: from `from` to `to`. False: stopped.
bool forBlocks(std::int64_t blocks, ThreadPool* pool, const std::stop_token& stop, const std::function<void(double)>& progress,
               const std::function<void(std::int64_t block, int thread)>& run, double from = 0, double to = 1);

/// A workspace of `rows` rows for each thread of the pool, made when first needed.
class Workspaces {
 public:
  Workspaces(const Network& network, std::int64_t rows, const ThreadPool* pool, bool keepAll, bool gradients);
  Workspace& of(int thread);
  std::int64_t rows() const { return rows_; }
  int threads() const { return static_cast<int>(all_.size()); }

 private:
  const Network& network_;
  std::int64_t rows_;
  bool keepAll_, gradients_;
  std::vector<std::unique_ptr<Workspace>> all_;
};

}  // namespace vitrine
