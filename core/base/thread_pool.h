#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include "core/base/subnormals.h"

namespace vitrine {

/// More threads than this gain nothing, and each costs memory.
constexpr int kMostThreads = 256;

/// A small pool for work cut into fixed blocks. Blocks are claimed one by one, so a thread that the system holds up
/// delays only the block it has; what a block computes never depends on who runs it, so results are the same bits
/// for every thread count. One caller at a time; the caller works too, and the others take over its treatment of subnormal numbers.
/// Nothing is allocated by run().
class ThreadPool {
 public:
  /// `threads` counts the caller: 1 starts none. Where the system refuses a thread, the pool has as many as it got: see threads().
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const { return static_cast<int>(workers_.size()) + 1; }

  /// While it lives, what the pool runs is shared by at most so many threads: waking more costs more than little work is worth.
  class Limit {
   public:
    Limit(ThreadPool& pool, int threads) : pool_(pool), before_(pool.most_) { pool.most_ = threads; }
    ~Limit() { pool_.most_ = before_; }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;

   private:
    ThreadPool& pool_;
    int before_;
  };

  /// Calls f(block, thread) for block = 0 … blocks-1, thread = 0 … threads()-1, and returns when all are done.
  template <class F>
  void run(std::int64_t blocks, F&& f) {
    if (workers_.empty() || blocks <= 1 || most_ <= 1) {
      for (std::int64_t b = 0; b < blocks; ++b) f(b, 0);
      return;
    }
    using Fn = std::remove_reference_t<F>;
    runShared(blocks, const_cast<void*>(static_cast<const void*>(&f)),
              [](void* self, std::int64_t block, int thread) { (*static_cast<Fn*>(self))(block, thread); });
  }

 private:
  using Call = void (*)(void*, std::int64_t, int);
  void runShared(std::int64_t blocks, void* self, Call call);
  /// False: the system refuses more threads.
  bool grow(std::size_t workers);
  void stop();
  void ring(std::size_t worker);
  void work(std::size_t worker);
  void claim(int thread, std::uint32_t generation);

  /// The generation that a worker is called to; each has its own, so that only those who get work are woken.
  struct alignas(64) Bell {
    std::atomic<std::uint32_t> generation{0};
  };

  std::vector<std::jthread> workers_;
  std::unique_ptr<Bell[]> bells_;
  int most_ = kMostThreads;
  void* self_ = nullptr;
  Call call_ = nullptr;
  FloatMode mode_ = 0;
  std::atomic<std::int64_t> blocks_{0};
  /// High 32 bits: generation; low 32: next block. A late worker cannot claim a block of another generation.
  std::atomic<std::uint64_t> next_{0};
  std::uint32_t generation_ = 0;
  std::atomic<std::int64_t> done_{0};
  std::atomic<bool> quit_{false};
};

/// Threads worth starting on this machine: its cores.
int machineThreads();

}  // namespace vitrine
