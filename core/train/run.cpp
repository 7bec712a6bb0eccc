#include "core/train/run.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

namespace vitrine {
namespace {

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool allFinite(const Real* values, std::int64_t n) { return (ConstVectorMap(values, n).array() * Real(0)).sum() == Real(0); }

}  // namespace

Run::Run(std::shared_ptr<const Network> network, DatasetPtr data, TrainSettings settings, ThreadPool& pool)
    : network_(std::move(network)), data_(std::move(data)), settings_(std::move(settings)), pool_(pool) {
  rule_ = optimiserRule(settings_.optimiser);
  reset();
}

void Run::reset() {
  state_ = {};
  state_.params = network_->initialise(settings_.seed);
  state_.optimiser = freshState(settings_.optimiser, network_->parameterCount());
  history_ = std::make_shared<History>();
  shuffledEpoch_ = -1;
  kept_ = good_ = nullptr;
  failure_.clear();
}

void Run::restore(const TrainState& state, std::shared_ptr<History> history) {
  state_ = state;
  history_ = history ? std::move(history) : std::make_shared<History>();
  const std::size_t slots = static_cast<std::size_t>(rule_.spec->vectorCount);
  if (state_.optimiser.vectors.size() != slots) state_.optimiser = freshState(settings_.optimiser, network_->parameterCount());
  shuffledEpoch_ = -1;
}

std::vector<std::string> Run::replace(std::shared_ptr<const Network> network) {
  Buffer params = network->initialise(settings_.seed);
  std::vector<std::string> remade = network->inherit(*network_, state_.params.span(), params.span());
  for (Buffer& slot : state_.optimiser.vectors) {
    Buffer moved(static_cast<std::size_t>(network->parameterCount()));
    network->inherit(*network_, slot.span(), moved.span());
    slot = std::move(moved);
  }
  state_.params = std::move(params);
  network_ = std::move(network);
  gradient_ = nullptr;
  kept_ = good_ = nullptr;
  failure_.clear();
  return remade;
}

void Run::setSettings(TrainSettings settings) {
  const bool other = settings.optimiser != settings_.optimiser;
  settings_ = std::move(settings);
  if (other) {
    const OptimiserSpec* before = rule_.spec;
    rule_ = optimiserRule(settings_.optimiser);
    if (before != rule_.spec) state_.optimiser = freshState(settings_.optimiser, network_->parameterCount());
  }
  failure_.clear();
}

void Run::prepare() {
  if (!gradient_ || gradient_->batch() != settings_.batch)
    gradient_ = std::make_unique<BatchGradient>(network_, data_, settings_.batch, pool_);
  if (shuffledEpoch_ == state_.epoch && shuffledSeed_ == settings_.seed) return;
  shuffled_.assign(data_->train.begin(), data_->train.end());
  Rng(settings_.seed, Stream::Shuffle, static_cast<std::uint64_t>(state_.epoch)).shuffle(std::span<std::int32_t>(shuffled_));
  shuffledEpoch_ = state_.epoch;
  shuffledSeed_ = settings_.seed;
}

Run::Outcome Run::batch(const std::function<bool()>& stop) {
  const std::int64_t all = static_cast<std::int64_t>(data_->train.size());
  if (state_.position >= all) return endEpoch(stop);  // an epoch whose evaluation was stopped
  const double begun = now();
  prepare();
  const std::int64_t n = std::min(settings_.batch, all - state_.position);
  const std::span<const std::int32_t> rows(shuffled_.data() + state_.position, static_cast<std::size_t>(n));
  const RngKey rng{settings_.seed, static_cast<std::uint64_t>(state_.step)};
  const LossSum sum = gradient_->compute(state_.params.span(), rows, rng);
  if (!std::isfinite(sum.loss) || !gradient_->finite()) return fail(rows);
  if (kept_) good_ = std::exchange(kept_, nullptr);
  gradient_->apply(rule_, settings_.rate, state_.params.span(), state_.optimiser);
  ++state_.step;
  state_.position += n;
  state_.epochLoss += sum.loss;
  state_.epochCorrect += sum.correct;
  state_.seconds += now() - begun;
  const bool classes = data_->spec.task == Task::Classification;
  history_->batches.append({state_.step, static_cast<double>(state_.epoch) + static_cast<double>(state_.position) / static_cast<double>(all),
                            sum.loss / static_cast<double>(n),
                            classes ? static_cast<double>(sum.correct) / static_cast<double>(n) : std::numeric_limits<double>::quiet_NaN(),
                            settings_.rate, state_.seconds});
  return state_.position >= all ? endEpoch(stop) : Outcome::Trained;
}

Run::Outcome Run::endEpoch(const std::function<bool()>& stop) {
  const double begun = now();
  std::optional<Evaluation> e = evaluate(*network_, state_.params.span(), *data_, data_->validation, pool_, stop);
  if (!e) return Outcome::Stopped;
  state_.seconds += now() - begun;
  const double all = static_cast<double>(data_->train.size());
  const bool classes = data_->spec.task == Task::Classification;
  EpochPoint point;
  point.epoch = ++state_.epoch;
  point.step = state_.step;
  point.trainLoss = state_.epochLoss / all;
  point.trainAccuracy = classes ? static_cast<double>(state_.epochCorrect) / all : std::numeric_limits<double>::quiet_NaN();
  point.validationLoss = e->loss;
  point.validationAccuracy = e->accuracy;
  point.confusion = std::move(e->confusion);
  point.seconds = state_.seconds;
  history_->epochs.append(std::move(point));
  state_.position = 0;
  state_.epochLoss = 0;
  state_.epochCorrect = 0;
  return Outcome::EpochEnded;
}

Run::Outcome Run::fail(std::span<const std::int32_t> rows) {
  failure_ = "Numbers ceased to be finite in epoch " + std::to_string(state_.epoch + 1) + ", step " + std::to_string(state_.step + 1) +
             ", first in " + firstNonFinite(rows) + ". A lower learning rate usually helps.";
  if (good_) {
    state_ = *good_;
    failure_ += " The parameters of step " + std::to_string(state_.step) + " are back.";
  }
  kept_ = nullptr;
  return Outcome::Failed;
}

std::string Run::firstNonFinite(std::span<const std::int32_t> rows) const {
  for (const PlacedBlock& b : network_->blocks())
    if (!allFinite(state_.params.data() + b.offset, b.size())) return "the parameters of '" + network_->graph().find(b.node)->name + "'";
  Workspace ws(*network_, 1, true, false);
  for (std::size_t r = 0; r < rows.size(); ++r) {
    gatherInputs(*data_, rows.subspan(r, 1), ws.input());
    network_->forward(state_.params.span(), ws, 1);
    for (NodeId id : network_->order())
      if (!allFinite(ws.activation(id), network_->shape(id).size())) return "the output of '" + network_->graph().find(id)->name + "'";
  }
  return "the gradients";
}

}  // namespace vitrine
