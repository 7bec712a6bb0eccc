#include "core/train/step.h"

#include <algorithm>
#include <chrono>
#include <cmath>

namespace vitrine {
namespace {

/// How a batch is cut. A group costs a gradient as long as the parameters, to be added up: worth it where a sample's
/// work is much more than that (convolutions); otherwise only few.
std::int64_t rowsPerGroup(const Network& network, std::int64_t batch) {
  const bool heavy = network.costPerSample() > 4 * network.parameterCount();
  const std::int64_t least = heavy ? 4 : 24;
  const std::int64_t groups = std::clamp<std::int64_t>(batch / least, 1, heavy ? 8 : 4);
  return (batch + groups - 1) / groups;
}

/// Rows whose activations and gradients together take about this many bytes stay near the core.
std::int64_t rowsPerBlock(const Network& network, std::int64_t groupRows) {
  constexpr std::int64_t kBytes = 3 << 20;
  std::int64_t row = 0;
  for (NodeId id : network.order()) row += network.shape(id).size();
  row *= 2 * static_cast<std::int64_t>(sizeof(Real));
  return std::clamp<std::int64_t>(kBytes / std::max<std::int64_t>(row, 1), std::min<std::int64_t>(4, groupRows), groupRows);
}

/// Of a step: forward, backward to the weights and to the inputs, and about ten operations a parameter to add up and apply.
double multiplyAdds(const Network& network, std::int64_t batch) {
  return 3.0 * static_cast<double>(network.costPerSample()) * static_cast<double>(batch) + 10.0 * static_cast<double>(network.parameterCount());
}

using Clock = std::chrono::steady_clock;
double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

constexpr std::int64_t kRange = 16384;  // parameters in a piece of work of the optimiser

}  // namespace

BatchGradient::BatchGradient(std::shared_ptr<const Network> network, DatasetPtr data, std::int64_t batch, ThreadPool& pool)
    : network_(std::move(network)), data_(std::move(data)), pool_(pool), loss_(lossRule(network_->graph(), *data_)), batch_(batch),
      choice_(multiplyAdds(*network_, batch), pool.threads()) {
  const bool whole = network_->coupled();
  groupRows_ = whole ? batch : rowsPerGroup(*network_, batch);
  blockRows_ = whole ? batch : rowsPerBlock(*network_, groupRows_);
  groups_.resize(static_cast<std::size_t>((batch + groupRows_ - 1) / groupRows_));
  for (Group& g : groups_) {
    g.gradient = Buffer(static_cast<std::size_t>(network_->parameterCount()));
    g.workspace = std::make_unique<Workspace>(*network_, blockRows_, false, true);
    if (data_->recipe.images.augment.any()) g.room.reserve(static_cast<std::size_t>(data_->inputs.size()));
    g.targets.classes.reserve(static_cast<std::size_t>(blockRows_));
    g.targets.weights.reserve(static_cast<std::size_t>(blockRows_));
    g.targets.numbers.reserve(static_cast<std::size_t>(blockRows_ * network_->outputs()));
  }
  for (const PlacedBlock& b : network_->blocks()) {
    if (!b.block.trainable) continue;
    // Penalties are on weights: biases and scales decide where values lie, not how much is learnt by heart.
    const Node& node = *network_->graph().find(b.node);
    const bool weights = b.block.shape.rank() > 1;
    const Real l1 = weights ? static_cast<Real>(penaltyOf(node, "l1")) : Real(0), l2 = weights ? static_cast<Real>(penaltyOf(node, "l2")) : Real(0);
    for (std::int64_t at = b.offset; at < b.offset + b.size(); at += kRange)
      ranges_.push_back({at, std::min(at + kRange, b.offset + b.size()), l1, l2});
  }
  rangeFinite_.resize(ranges_.size());
  rangeSquares_.resize(ranges_.size());
}

BatchGradient::~BatchGradient() = default;

/// 1 / what the batch's losses are divided by.
double BatchGradient::scaleOf(std::span<const std::int32_t> rows) const {
  if (loss_.classWeights.empty() && data_->weights.empty()) return 1.0 / static_cast<double>(rows.size());
  double sum = 0;
  for (const std::int32_t row : rows) {
    const std::size_t r = static_cast<std::size_t>(row);
    sum += (data_->weights.empty() ? 1.0 : static_cast<double>(data_->weights[r])) *
           (loss_.classWeights.empty() ? 1.0 : static_cast<double>(loss_.classWeights[static_cast<std::size_t>(data_->classes[r])]));
  }
  // A batch whose rows all weigh nothing teaches nothing.
  return sum > 0 ? 1 / sum : 0;
}

void BatchGradient::runGroup(Group& group, std::span<const Real> params, std::span<const std::int32_t> rows, std::int64_t first,
                             RngKey rng, double scale) {
  group.loss = {};
  Workspace& ws = *group.workspace;
  const std::int64_t n = static_cast<std::int64_t>(rows.size());
  for (std::int64_t at = 0; at < n; at += blockRows_) {
    const std::int64_t count = std::min(blockRows_, n - at);
    const std::span<const std::int32_t> block = rows.subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(count));
    gatherTraining(*data_, block, rng.seed, rng.step, first + at, group.room, ws.input());
    const Real* logits = network_->forward(params, ws, count, Mode::Train, rng, first + at);
    group.loss += dataLoss(loss_, *data_, block, logits, scale, group.targets, ws.outputGradient());
    network_->backward(params, ws, count, group.gradient.span(), at > 0, false, Mode::Train, rng, first + at);
  }
}

void BatchGradient::runCoupled(std::span<Real> params, std::span<const std::int32_t> rows, RngKey rng) {
  Group& group = groups_[0];
  Workspace& ws = *group.workspace;
  const std::int64_t n = static_cast<std::int64_t>(rows.size());
  gatherTraining(*data_, rows, rng.seed, rng.step, 0, group.room, ws.input());
  const Real* logits = network_->forward(params, ws, n, Mode::Train, rng, 0, &pool_);
  group.loss = dataLoss(loss_, *data_, rows, logits, scaleOf(rows), group.targets, ws.outputGradient());
  network_->backward(params, ws, n, group.gradient.span(), false, false, Mode::Train, rng, 0, &pool_);
  network_->updateStatistics(ws, params);
}

void BatchGradient::sumGroups(std::int64_t groups, std::span<const Real> params) {
  auto sumRange = [&](std::int64_t i, int) {
    const Range r = ranges_[static_cast<std::size_t>(i)];
    VectorMap sum(groups_[0].gradient.data() + r.begin, r.end - r.begin);
    const ConstVectorMap p(params.data() + r.begin, r.end - r.begin);
    for (std::int64_t g = 1; g < groups; ++g)
      sum += ConstVectorMap(groups_[static_cast<std::size_t>(g)].gradient.data() + r.begin, r.end - r.begin);
    if (r.l2 > 0) sum += 2 * r.l2 * p;
    if (r.l1 > 0) sum.array() += r.l1 * p.array().sign();
    // 0 · x is 0 for finite x and NaN otherwise.
    rangeFinite_[static_cast<std::size_t>(i)] = (sum.array() * Real(0)).sum() == Real(0);
    if (clipValue_ > 0) sum = sum.array().max(static_cast<Real>(-clipValue_)).min(static_cast<Real>(clipValue_));
    if (clipNorm_ > 0) rangeSquares_[static_cast<std::size_t>(i)] = static_cast<double>(sum.squaredNorm());
  };
  const std::int64_t ranges = static_cast<std::int64_t>(ranges_.size());
  pool_.run(ranges, sumRange);
  finite_ = std::all_of(rangeFinite_.begin(), rangeFinite_.end(), [](char ok) { return ok != 0; });
  if (clipNorm_ <= 0 || !finite_) return;
  double squares = 0;
  for (const double s : rangeSquares_) squares += s;
  const double factor = clipNorm_ / (std::sqrt(squares) + 1e-6);
  if (factor >= 1) return;
  pool_.run(ranges, [&](std::int64_t i, int) {
    const Range r = ranges_[static_cast<std::size_t>(i)];
    VectorMap(groups_[0].gradient.data() + r.begin, r.end - r.begin) *= static_cast<Real>(factor);
  });
}

LossSum BatchGradient::compute(std::span<Real> params, std::span<const std::int32_t> rows, RngKey rng) {
  const FlushSubnormals flush;
  const ThreadPool::Limit limit(pool_, choice_.threads());
  const Clock::time_point begun = Clock::now();
  const std::int64_t n = static_cast<std::int64_t>(rows.size());
  std::int64_t used = 1;
  if (network_->coupled()) {
    runCoupled(params, rows, rng);
  } else {
    used = (n + groupRows_ - 1) / groupRows_;
    const double scale = scaleOf(rows);
    pool_.run(used, [&](std::int64_t g, int) {
      const std::int64_t first = g * groupRows_;
      const std::size_t count = static_cast<std::size_t>(std::min(groupRows_, n - first));
      runGroup(groups_[static_cast<std::size_t>(g)], params, rows.subspan(static_cast<std::size_t>(first), count), first, rng,
               scale);
    });
  }
  LossSum sum;
  for (std::int64_t g = 0; g < used; ++g) sum += groups_[static_cast<std::size_t>(g)].loss;
  sumGroups(used, params);
  if (measured_ == 0) measured_ = n;
  seconds_ = n == measured_ ? since(begun) : 0;
  return sum;
}

void BatchGradient::apply(const OptimiserRule& rule, double rate, std::span<Real> params, OptimiserState& state) {
  const FlushSubnormals flush;
  const ThreadPool::Limit limit(pool_, choice_.threads());
  const Clock::time_point begun = Clock::now();
  beginStep(rule, state);
  pool_.run(static_cast<std::int64_t>(ranges_.size()), [&](std::int64_t i, int) {
    const Range r = ranges_[static_cast<std::size_t>(i)];
    applyOptimiser(rule, rate, r.begin, r.end, groups_[0].gradient.data(), params.data(), state);
  });
  if (seconds_ > 0) choice_.took(seconds_ + since(begun));
  seconds_ = 0;
}

}  // namespace vitrine
