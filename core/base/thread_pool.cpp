#include "core/base/thread_pool.h"

#include <algorithm>
#include <system_error>
#include <thread>

namespace vitrine {
namespace {

// Waking a sleeping thread costs tens of microseconds, about as long as a small batch takes: a thread looks around for a little before it
// sleeps. First with pauses, for what comes at once; then it offers its core to others each time, since the window wants it too.
constexpr int kPauses = 64, kOffers = 64;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

/// Until the number is another than `old`.
template <class T>
void await(const std::atomic<T>& number, T old) {
  for (int i = 0; i < kPauses; ++i, pause())
    if (number.load(std::memory_order_acquire) != old) return;
  for (int i = 0; i < kOffers; ++i, std::this_thread::yield())
    if (number.load(std::memory_order_acquire) != old) return;
  number.wait(old, std::memory_order_acquire);
}

}  // namespace

ThreadPool::ThreadPool(int threads) {
  std::size_t wanted = static_cast<std::size_t>(std::clamp(threads, 1, kMostThreads) - 1);
  workers_.reserve(wanted);
  bells_ = std::make_unique<Bell[]>(wanted);
  while (!grow(wanted)) {
    // The system has no more to give, and others need some too. Fewer threads do the same work, to the same bits.
    wanted = workers_.size() / 2;
    stop();
  }
}

ThreadPool::~ThreadPool() { stop(); }

bool ThreadPool::grow(std::size_t workers) {
  try {
    while (workers_.size() < workers) workers_.emplace_back([this, w = workers_.size()] { work(w); });
  } catch (const std::system_error&) {
    return false;
  }
  return true;
}

void ThreadPool::stop() {
  quit_ = true;
  ++generation_;
  for (std::size_t w = 0; w < workers_.size(); ++w) ring(w);
  workers_.clear();  // joined while everything they look at still stands
  quit_ = false;
}

void ThreadPool::runShared(std::int64_t blocks, void* self, Call call) {
  const std::uint32_t generation = ++generation_;
  // No worker reads these before it has claimed a block of this generation, which the store to next_ opens.
  self_ = self;
  call_ = call;
  mode_ = floatMode();
  blocks_.store(blocks, std::memory_order_relaxed);
  done_.store(0, std::memory_order_relaxed);
  next_.store(std::uint64_t{generation} << 32, std::memory_order_release);
  const std::int64_t helpers = std::min({static_cast<std::int64_t>(workers_.size()), blocks - 1, std::int64_t{most_} - 1});
  for (std::int64_t w = 0; w < helpers; ++w) ring(static_cast<std::size_t>(w));
  claim(0, generation);
  for (std::int64_t done; (done = done_.load(std::memory_order_acquire)) != blocks;) await(done_, done);
  // Closes the generation, so that a worker that comes late finds nothing to claim.
  next_.store(std::uint64_t{generation} << 32 | 0xffffffffu, std::memory_order_release);
}

void ThreadPool::ring(std::size_t worker) {
  bells_[worker].generation.store(generation_, std::memory_order_release);
  bells_[worker].generation.notify_one();
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
    if (floatMode() != mode_) setFloatMode(mode_);
    call_(self_, block, thread);
    if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == blocks) done_.notify_all();
    seen = next_.load(std::memory_order_acquire);
  }
}

void ThreadPool::work(std::size_t worker) {
  const std::atomic<std::uint32_t>& bell = bells_[worker].generation;
  std::uint32_t seen = 0;
  while (true) {
    await(bell, seen);
    if (quit_) return;
    seen = bell.load(std::memory_order_acquire);
    claim(static_cast<int>(worker) + 1, seen);
  }
}

int machineThreads() { return std::max(1u, std::thread::hardware_concurrency()); }

}  // namespace vitrine
