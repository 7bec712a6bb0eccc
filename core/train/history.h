#pragma once

#include <atomic>
#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace vitrine {

/// One training batch: the mean loss of its samples before the step.
struct BatchPoint {
  std::int64_t step = 0;  ///< 1 for the first
  double epoch = 0;       ///< epochs done after this batch, with fraction
  double loss = 0;
  double accuracy = 0;    ///< share correct in the batch; NaN for regression
  double rate = 0;        ///< learning rate used
  double seconds = 0;     ///< training time since the run began
};

/// The end of an epoch. Confusion is of the validation set: row = true class, column = predicted.
struct EpochPoint {
  std::int64_t epoch = 0, step = 0;
  double trainLoss = 0, trainAccuracy = 0;        ///< mean over the epoch's batches, as they were trained
  double validationLoss = 0, validationAccuracy = 0;  ///< NaN without validation rows / for regression
  std::vector<std::int64_t> confusion;            ///< [classes × classes]; empty for regression
  double seconds = 0;
};

/// An append-only list that one thread writes while others read: what has been written never moves, so a reader that
/// knows the count reads without a lock.
template <class T, std::size_t Chunk = 4096, std::size_t Chunks = 16384>
class AppendOnly {
 public:
  AppendOnly() : chunks_(std::make_unique<std::array<std::unique_ptr<T[]>, Chunks>>()) {}
  /// One writer. The oldest points are never dropped; beyond Chunk × Chunks points nothing is added.
  void append(T value) {
    const std::size_t n = count_.load(std::memory_order_relaxed);
    if (n == Chunk * Chunks) return;
    std::unique_ptr<T[]>& chunk = (*chunks_)[n / Chunk];
    if (!chunk) chunk = std::make_unique<T[]>(Chunk);
    chunk[n % Chunk] = std::move(value);
    count_.store(n + 1, std::memory_order_release);
  }
  std::size_t size() const { return count_.load(std::memory_order_acquire); }
  /// Requires i < a size() that this reader has seen.
  const T& operator[](std::size_t i) const { return (*chunks_)[i / Chunk][i % Chunk]; }

 private:
  std::unique_ptr<std::array<std::unique_ptr<T[]>, Chunks>> chunks_;
  std::atomic<std::size_t> count_{0};
};

/// Every loss point of a run. Shared by the trainer and all its snapshots.
struct History {
  AppendOnly<BatchPoint> batches;
  AppendOnly<EpochPoint, 256, 16384> epochs;
};

}  // namespace vitrine
