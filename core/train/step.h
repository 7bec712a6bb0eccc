#pragma once

#include <memory>
#include <vector>

#include "core/base/thread_choice.h"
#include "core/base/thread_pool.h"
#include "core/data/dataset.h"
#include "core/model/network.h"
#include "core/train/loss.h"
#include "core/train/optimiser.h"

namespace vitrine {

/// One batch: gather, forward, loss, backward, sum. The batch is cut into groups of rows that threads claim; each group
/// has its own gradient, and these are added in order, so the bits do not depend on the threads. Groups are cut further
/// into blocks whose activations stay in cache. Sizes follow from the network and the batch alone; how many of the
/// pool's threads work on it is found out on the first batches. Nothing is allocated after construction.
class BatchGradient {
 public:
  BatchGradient(std::shared_ptr<const Network> network, DatasetPtr data, std::int64_t batch, ThreadPool& pool);
  ~BatchGradient();

  std::int64_t batch() const { return batch_; }
  /// Limits of the gradient: its norm over all parameters (as PyTorch's clip_grad_norm_), and each number; 0: none.
  void setClipping(double norm, double value) { clipNorm_ = norm, clipValue_ = value; }
  /// Gradient of the mean loss over `rows` (at most batch()), with the layers' penalties, into gradient(). Also moves running
  /// statistics in `params`. The loss that is returned is without penalties.
  LossSum compute(std::span<Real> params, std::span<const std::int32_t> rows, RngKey rng);
  std::span<const Real> gradient() const { return groups_[0].gradient.span(); }
  /// Whether the last gradient has only finite numbers.
  bool finite() const { return finite_; }
  /// One optimiser step over all trainable parameters.
  void apply(const OptimiserRule& rule, double rate, std::span<Real> params, OptimiserState& state);

 private:
  struct Group {
    Buffer gradient;
    std::unique_ptr<Workspace> workspace;
    LossTargets targets;
    std::vector<Real> room;  ///< for augmentation
    LossSum loss;
  };
  void runGroup(Group& group, std::span<const Real> params, std::span<const std::int32_t> rows, std::int64_t first, RngKey rng,
                double scale);
  void runCoupled(std::span<Real> params, std::span<const std::int32_t> rows, RngKey rng);
  void sumGroups(std::int64_t groups, std::span<const Real> params);
  double scaleOf(std::span<const std::int32_t> rows) const;

  std::shared_ptr<const Network> network_;
  DatasetPtr data_;
  ThreadPool& pool_;
  LossRule loss_;
  std::int64_t batch_, groupRows_, blockRows_;
  std::vector<Group> groups_;
  ThreadChoice choice_;
  std::int64_t measured_ = 0;  ///< rows of the batches that are measured: of the first
  double seconds_ = 0;  ///< that the gradient of such a batch took; 0: it was another
  struct Range {
    std::int64_t begin, end;
    Real l1, l2;
  };
  std::vector<Range> ranges_;  ///< trainable stretches of the flat vector, cut into pieces of work
  std::vector<char> rangeFinite_;
  std::vector<double> rangeSquares_;
  double clipNorm_ = 0, clipValue_ = 0;
  bool finite_ = true;
};

}  // namespace vitrine
