#include "core/insight/step_pass.h"

#include <algorithm>
#include <cmath>

#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::int64_t chunkRowsOf(const StepQuestion& q) {
  const std::int64_t rows = static_cast<std::int64_t>(q.rows.size());
  return q.network->coupled() ? rows : rowsAtOnce(*q.network, rows);
}

}  // namespace

double differenceStep(double value) {
  return std::cbrt(static_cast<double>(std::numeric_limits<Real>::epsilon())) * std::max(1.0, std::abs(value));
}

bool StepPass::Difference::atCorner(double gradient) const {
  const double noise = std::max(0.02 * std::max(std::abs(above), std::abs(below)), rounding);
  return std::abs(value - gradient) > noise && gradient >= std::min(above, below) - noise && gradient <= std::max(above, below) + noise;
}

StepPass::StepPass(const StepQuestion& q)
    : q_(q), network_(*q.network), rule_(lossRule(network_.graph(), *q.data)), chunkRows_(chunkRowsOf(q)),
      chunks_((q.rows.size() + static_cast<std::size_t>(chunkRows_) - 1) / static_cast<std::size_t>(chunkRows_)),
      sampleChunk_(q.sample / static_cast<std::size_t>(chunkRows_)), ws_(network_, chunkRows_, true, true), params_(q.params.size()) {
  std::copy(q.params.begin(), q.params.end(), params_.begin());
}

std::span<const std::int32_t> StepPass::rowsOf(std::size_t chunk) const {
  const std::size_t first = static_cast<std::size_t>(firstOf(chunk));
  return std::span(q_.rows).subspan(first, std::min(static_cast<std::size_t>(chunkRows_), q_.rows.size() - first));
}

double StepPass::chunkLoss(std::size_t chunk, const Real* logits, double scale, Real* gradient) {
  return dataLoss(rule_, *q_.data, rowsOf(chunk), logits, scale, targets_, gradient).loss;
}

/// Adds what one chunk's losses here, below and above give.
void StepPass::addSlopes(Difference& d, const Ends<Real>& at, const Ends<double>& loss) const {
  const double here = static_cast<double>(at.here), low = static_cast<double>(at.low), high = static_cast<double>(at.high);
  d.value += (loss.high - loss.low) * scale_ / (high - low);
  d.above += (loss.high - loss.here) * scale_ / (high - here);
  d.below += (loss.here - loss.low) * scale_ / (here - low);
  d.rounding += 4 * static_cast<double>(std::numeric_limits<Real>::epsilon()) * std::abs(loss.here) * scale_ / d.h;
}

/// Sum of the chunk's losses.
double StepPass::forwardChunk(std::size_t chunk) {
  const std::span<const std::int32_t> rows = rowsOf(chunk);
  gatherTraining(*q_.data, rows, q_.rng.seed, q_.rng.step, firstOf(chunk), room_, ws_.input());
  const Real* logits = network_.forward(params_.span(), ws_, static_cast<std::int64_t>(rows.size()), Mode::Train, q_.rng, firstOf(chunk));
  return chunkLoss(chunk, logits, 1, nullptr);
}

void StepPass::batchGradient() {
  ThreadPool alone(1);
  BatchGradient gradient(q_.network, q_.data, rows(), alone);
  const auto compute = [&](std::vector<Real>& into) {
    Buffer copy = params_;  // running statistics move
    gradient.compute(copy.span(), q_.rows, q_.rng);
    into.assign(gradient.gradient().begin(), gradient.gradient().end());
    finite_ &= gradient.finite();
  };
  compute(penalised_);
  const double norm = param<double>(q_.settings.options, trainOptions(), "clip_norm"), value = param<double>(q_.settings.options, trainOptions(), "clip_value");
  final_ = penalised_;
  if (norm > 0 || value > 0) {
    gradient.setClipping(norm, value);
    compute(final_);
  }
  data_ = penalised_;
  for (const PlacedBlock& b : network_.blocks()) {
    if (!b.block.trainable || b.block.shape.rank() < 2) continue;
    const Node& node = *network_.graph().find(b.node);
    const Real l1 = static_cast<Real>(penaltyOf(node, "l1")), l2 = static_cast<Real>(penaltyOf(node, "l2"));
    if (l1 == 0 && l2 == 0) continue;
    for (std::size_t i = static_cast<std::size_t>(b.offset); i < static_cast<std::size_t>(b.offset + b.size()); ++i)
      data_[i] -= 2 * l2 * params_[i] + l1 * static_cast<Real>((params_[i] > 0) - (params_[i] < 0));
  }
}

Status StepPass::run() {
  double sum = 0, weight = 0;
  for (std::size_t c = 0; c < chunks_; ++c) {
    if (q_.stop.stop_requested()) return explainStopped();
    sum += forwardChunk(c);
    weight += dataLoss(rule_, *q_.data, rowsOf(c), ws_.activation(network_.order().back()), 1, targets_, nullptr).weight;
  }
  scale_ = weight > 0 ? 1 / weight : 0;
  loss_ = sum * scale_;
  if (!std::isfinite(loss_)) return problem("The loss of these samples is not a finite number.");
  if (sampleChunk_ + 1 != chunks_) forwardChunk(sampleChunk_);
  const std::int64_t n = static_cast<std::int64_t>(rowsOf(sampleChunk_).size());
  chunkLoss(sampleChunk_, ws_.activation(network_.order().back()), scale_, ws_.outputGradient());
  network_.backward(params_.span(), ws_, n, {}, false, true, Mode::Train, q_.rng, firstOf(sampleChunk_));
  if (q_.stop.stop_requested()) return explainStopped();
  batchGradient();
  return finite_ ? Status() : Status(problem("The gradient of these samples is not made of finite numbers."));
}

double StepPass::activation(NodeId node, std::int64_t element) const {
  const std::int64_t row = static_cast<std::int64_t>(q_.sample) - firstOf(sampleChunk_);
  return static_cast<double>(ws_.activation(node)[row * network_.shape(node).size() + element]);
}
double StepPass::gradient(NodeId node, std::int64_t element) const {
  const std::int64_t row = static_cast<std::int64_t>(q_.sample) - firstOf(sampleChunk_);
  return static_cast<double>(ws_.gradient(node)[row * network_.shape(node).size() + element]);
}
std::span<const Real> StepPass::chunkActivations(NodeId node) const {
  return {ws_.activation(node), rowsOf(sampleChunk_).size() * static_cast<std::size_t>(network_.shape(node).size())};
}
std::span<const Real> StepPass::chunkGradients(NodeId node) const {
  return {ws_.gradient(node), rowsOf(sampleChunk_).size() * static_cast<std::size_t>(network_.shape(node).size())};
}

bool StepPass::differParameters(NodeId node, std::vector<Difference>& wanted, const std::function<void()>& each) {
  const std::vector<NodeId>& order = network_.order();
  const NodeId before = *std::prev(std::find(order.begin(), order.end(), node));
  for (Difference& d : wanted) d.value = d.above = d.below = 0;
  for (std::size_t c = 0; c < chunks_; ++c) {
    const double here = forwardChunk(c);
    const std::int64_t n = static_cast<std::int64_t>(rowsOf(c).size());
    const auto lossWith = [&](Real& p, Real value) {
      p = value;
      return chunkLoss(c, network_.forwardAfter(before, params_.span(), ws_, n, Mode::Train, q_.rng, firstOf(c)), 1, nullptr);
    };
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (q_.stop.stop_requested()) return false;
      Real& p = params_[static_cast<std::size_t>(wanted[i].at)];
      const Real value = p;
      wanted[i].h = differenceStep(static_cast<double>(value));
      const Real high = static_cast<Real>(static_cast<double>(value) + wanted[i].h), low = static_cast<Real>(static_cast<double>(value) - wanted[i].h);
      addSlopes(wanted[i], {value, low, high}, {here, lossWith(p, low), lossWith(p, high)});
      p = value;
      if (each) each();
    }
  }
  forwardChunk(sampleChunk_);  // the sample's numbers stand there again
  return true;
}

bool StepPass::differActivations(std::vector<Difference>& wanted, const std::function<void()>& each) {
  const double here = forwardChunk(sampleChunk_);
  const std::int64_t n = static_cast<std::int64_t>(rowsOf(sampleChunk_).size()), row = static_cast<std::int64_t>(q_.sample) - firstOf(sampleChunk_);
  for (Difference& d : wanted) {
    if (q_.stop.stop_requested()) return false;
    Real& x = network_.outputOf(d.node, ws_)[row * network_.shape(d.node).size() + d.at];
    const auto after = [&] { return network_.forwardAfter(d.node, params_.span(), ws_, n, Mode::Train, q_.rng, firstOf(sampleChunk_)); };
    const Real value = x;
    d.h = differenceStep(static_cast<double>(value));
    const Real high = static_cast<Real>(static_cast<double>(value) + d.h), low = static_cast<Real>(static_cast<double>(value) - d.h);
    d.value = d.above = d.below = 0;
    x = high;
    const double up = chunkLoss(sampleChunk_, after(), 1, nullptr);
    x = low;
    addSlopes(d, {value, low, high}, {here, chunkLoss(sampleChunk_, after(), 1, nullptr), up});
    x = value;
    after();  // what stands between this node and the next one's
    if (each) each();
  }
  return true;
}

}  // namespace vitrine
