#pragma once

// The passes behind explainStep: the batch's loss, the sample's numbers, gradients and central differences. Not for views.

#include "core/base/numbers.h"
#include "core/insight/explain_step.h"
#include "core/train/step.h"

namespace vitrine {

/// One batch in Mode::Train, cut into chunks of rows (one chunk where batch normalisation sees all rows).
class StepPass {
 public:
  explicit StepPass(const StepQuestion& q);

  /// Loss, the sample's activations and gradients, the batch's gradient. Refuses numbers that are not finite.
  Status run();

  double loss() const { return loss_; }
  std::int64_t rows() const { return static_cast<std::int64_t>(q_.rows.size()); }
  /// 1 / what the sum of losses is divided by.
  double scale() const { return scale_; }
  /// Of the question's sample, after run().
  double activation(NodeId node, std::int64_t element) const;
  double gradient(NodeId node, std::int64_t element) const;
  /// All rows of the chunk with the sample: [chunkRows() × size]. With batch normalisation that is the batch.
  std::span<const Real> chunkActivations(NodeId node) const;
  std::span<const Real> chunkGradients(NodeId node) const;
  /// The mean loss's gradient without penalties; with penalties; as the optimiser gets it (clipped).
  double dataGradient(std::int64_t at) const { return data_[static_cast<std::size_t>(at)]; }
  double penalised(std::int64_t at) const { return penalised_[static_cast<std::size_t>(at)]; }
  double final(std::int64_t at) const { return final_[static_cast<std::size_t>(at)]; }

  /// Central differences of the batch's loss, and the slopes from p to p + h and from p − h to p that they are the mean of;
  /// false: stopped. h: the step that was used.
  struct Difference {
    std::int64_t at = 0;  ///< parameter's place, or the activation's element
    NodeId node;          ///< of an activation
    double value = kNan, h = 0, above = value, below = value;
    double rounding = 0;  ///< what rounding of the losses may make of a slope
    /// Within h the loss has a corner (a rectifier at 0, a tie of max pooling): the difference misses `gradient` by more than 2 %
    /// of the slopes and more than rounding makes, and the gradient lies between them. One that is wrong lies beyond both.
    bool atCorner(double gradient) const;
  };
  bool differParameters(NodeId node, std::vector<Difference>& wanted, const std::function<void()>& each);
  bool differActivations(std::vector<Difference>& wanted, const std::function<void()>& each);

 private:
  template <class T>
  struct Ends {
    T here, low, high;
  };
  void addSlopes(Difference& d, const Ends<Real>& at, const Ends<double>& loss) const;
  double forwardChunk(std::size_t chunk);
  double chunkLoss(std::size_t chunk, const Real* logits, double scale, Real* gradient);
  std::span<const std::int32_t> rowsOf(std::size_t chunk) const;
  std::int64_t firstOf(std::size_t chunk) const { return static_cast<std::int64_t>(chunk) * chunkRows_; }
  void batchGradient();

  const StepQuestion& q_;
  const Network& network_;
  LossRule rule_;
  std::int64_t chunkRows_;
  std::size_t chunks_, sampleChunk_;
  Workspace ws_;
  Buffer params_;  ///< a copy, for differences
  LossTargets targets_;
  std::vector<Real> room_;
  double loss_ = 0, scale_ = 0;
  std::vector<Real> data_, penalised_, final_;
  bool finite_ = true;
};

/// The step for a central difference about `value`.
double differenceStep(double value);

}  // namespace vitrine
