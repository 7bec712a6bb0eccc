#include "core/base/thread_pool.h"

#include <algorithm>
#include <system_error>

namespace vitrine {
namespace {

// Waking a sleeping thread costs tens of microseconds, about as long as a small batch takes: a worker looks around
// this often before it sleeps, and not longer, since the window wants the core too.
constexpr int kSpins = 4000;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  std::size_t wanted = static_cast<std::size_t>(std::clamp(threads, 1, kMostThreads) - 1);
  workers_.reserve(wanted);
  while (!grow(wanted)) {
    // The system has no more to give, and others need some too. Fewer threads do the same work, to the same bits.
    wanted = workers_.size() / 2;
    stop();
  }
}

ThreadPool::~ThreadPool() { stop(); }

bool ThreadPool::grow(std::size_t workers) {
  try {
    while (workers_.size() < workers) workers_.emplace_back([this, t = static_cast<int>(workers_.size()) + 1] { work(t); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void ThreadPool::stop() {
  quit_ = true;
  generation_.fetch_add(1);
  generation_.notify_all();
  workers_.clear();  // joined while everything they look at still stands
  quit_ = false;
}

void ThreadPool::runShared(std::int64_t blocks, void* self, Call call) {
  const std::uint32_t generation = generation_.load(std::memory_order_relaxed) + 1;
  // No worker reads these before it has claimed a block of this generation, which the store to next_ opens.
  self_ = self;
  call_ = call;
  blocks_.store(blocks, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  next_.store(std::uint64_t{generation} << 32, std::memory_order_release);
  generation_.store(generation, std::memory_order_release);
  generation_.notify_all();
  claim(0, generation);
  for (int spin = 0;; ++spin) {
    const std::int64_t done = done_.load(std::memory_order_acquire);
    if (done == blocks) break;
    if (spin < kSpins)
      pause();
    else
      done_.wait(done, std::memory_order_acquire);
  }
  // Closes the generation, so that a worker that comes late finds nothing to claim.
  next_.store(std::uint64_t{generation} << 32 | 0xffffffffu, std::memory_order_release);
}

void ThreadPool::claim(int thread, std::uint32_t generation) {
  std::uint64_t seen = next_.load(std::memory_order_acquire);
  while (true) {
    if (static_cast<std::uint32_t>(seen >> 32) != generation) return;
    const std::int64_t block = static_cast<std::uint32_t>(seen);
    if (block == 0xffffffffll) return;
    // blocks_ is read only while the generation is open; the exchange below confirms that it still was.
    const std::int64_t blocks = blocks_.load(std::memory_order_relaxed);
    if (block >= blocks) return;
    if (!next_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel, std::memory_order_acquire)) continue;
    call_(self_, block, thread);
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == blocks) done_.notify_all();
    seen = next_.load(std::memory_order_acquire);
  }
}

void ThreadPool::work(int thread) {
  std::uint32_t seen = 0;
  while (true) {
    for (int spin = 0; spin < kSpins && generation_.load(std::memory_order_acquire) == seen; ++spin) pause();
    generation_.wait(seen, std::memory_order_acquire);
    if (quit_) return;
    seen = generation_.load(std::memory_order_acquire);
    claim(thread, seen);
  }
}

int machineThreads() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace vitrine
