#include "core/train/run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include "core/base/numbers.h"
#include "core/train/fits.h"

namespace vitrine {
namespace {

double machineMemory() { return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE)); }

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool allFinite(const Real* values, std::int64_t n) { return (ConstVectorMap(values, n).array() * Real(0)).sum() == Real(0); }

}  // namespace

Run::Run(std::shared_ptr<const Network> network, DatasetPtr data, TrainSettings settings, ThreadPool& pool)
    : network_(std::move(network)), data_(std::move(data)), settings_(std::move(settings)), pool_(pool) {
  rule_ = optimiserRule(settings_.optimiser);
  leastRows_ = leastRows(*network_);
  readOptions();
  reset();
}

std::span<const Param> trainOptions() {
  static const std::vector<Param> params{
      {.id = "clip_norm", .label = "Clip norm", .help = "Longest gradient over all parameters; longer ones are shortened. 0: as they are; 1 to 5 is usual for recurrent layers.",
       .fallback = 0.0, .low = 0, .high = 1e6},
      {.id = "clip_value", .label = "Clip value", .help = "Largest size of each number of the gradient; 0: as they are.", .fallback = 0.0, .low = 0, .high = 1e6},
      {.id = "patience", .label = "Patience", .help = "Stops early when the validation loss has not become better for so many epochs; 0: never. 5 to 20 is usual.",
       .fallback = std::int64_t{0}, .low = 0, .high = 100000},
      {.id = "min_delta", .label = "Least gain", .help = "A validation loss counts as better when it is lower by more than this.", .fallback = 0.0, .low = 0, .high = 1e6},
      {.id = "restore_best", .label = "Keep the best", .help = "After an early stop the weights of the best epoch come back.", .fallback = true},
      {.id = "stop_loss", .label = "Stop at loss", .help = "Stops when the validation loss is this low; 0: never.", .fallback = 0.0, .low = 0, .high = 1e6},
      {.id = "stop_seconds", .label = "Stop after seconds", .help = "Stops after so many seconds of training; 0: never.", .fallback = 0.0, .low = 0, .high = 1e7}};
  return params;
}

void Run::readOptions() {
  const auto number = [&](const char* id) { return param<double>(settings_.options, trainOptions(), id); };
  options_ = {number("clip_norm"), number("clip_value"), number("min_delta"), number("stop_loss"), number("stop_seconds"),
              param<std::int64_t>(settings_.options, trainOptions(), "patience"), param<bool>(settings_.options, trainOptions(), "restore_best")};
}

std::int64_t Run::nextRows() const {
  const std::int64_t rest = static_cast<std::int64_t>(data_->train.size()) - state_.position, rows = std::min(batchRows(*data_, settings_), rest);
  return rest - rows < leastRows_ ? rest : rows;
}

/// Rows that the largest batch may have. Without batch normalisation how a batch is cut follows from the batch size alone.
std::int64_t Run::capacity() const {
  if (!network_->coupled()) return rule_.spec->fullBatch ? batchRows(*data_, settings_) : settings_.batch;
  return batchRows(*data_, settings_) + leastRows_ - 1;
}

double Run::rate() const {
  return scheduledRate(settings_.schedule, settings_.rate,
                       scheduleMoment(state_.epoch, state_.position, static_cast<std::int64_t>(data_->train.size()), batchRows(*data_, settings_), settings_.epochs, reductions_));
}

void Run::goOn() {
  finish_.clear();
  if (options_.patience > 0 && state_.epoch - state_.bestEpoch >= options_.patience) state_.bestEpoch = state_.epoch;
}

void Run::countPlateaus() {
  std::vector<double> losses;
  for (std::size_t i = 0; settings_.schedule.id == "plateau" && i < history_->epochs.size(); ++i) {
    const EpochPoint& p = history_->epochs[i];
    losses.push_back(std::isfinite(p.validationLoss) ? p.validationLoss : p.trainLoss);
  }
  reductions_ = plateauReductions(settings_.schedule, losses);
}

void Run::reset() {
  state_ = {};
  state_.params = network_->initialise(settings_.seed);
  state_.optimiser = freshState(settings_.optimiser, network_->parameterCount());
  history_ = std::make_shared<History>();
  shuffledEpoch_ = -1;
  kept_ = good_ = nullptr;
  failure_.clear();
  finish_.clear();
  reductions_ = 0;
}

void Run::restore(const TrainState& state, std::shared_ptr<History> history) {
  state_ = state;
  history_ = history ? std::move(history) : std::make_shared<History>();
  shuffledEpoch_ = -1;
  countPlateaus();
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
  state_.best = nullptr;  // of another network
  state_.bestLoss = std::numeric_limits<double>::infinity();
  state_.bestEpoch = state_.epoch;
  network_ = std::move(network);
  leastRows_ = leastRows(*network_);
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
  readOptions();
  countPlateaus();
  failure_.clear();
}

/// Batch norm sees its batch at once: a batch of everything may be too much. Empty: it fits.
std::string Run::memoryProblem() const {
  if (!network_->coupled()) return {};
  double row = 0;
  for (NodeId id : network_->order()) row += static_cast<double>(network_->shape(id).size());
  const double bytes = 2 * sizeof(Real) * row * static_cast<double>(capacity()), machine = machineMemory();
  if (bytes < 0.6 * machine) return {};
  return "A batch of " + std::to_string(capacity()) + " samples needs " + std::to_string(static_cast<std::int64_t>(bytes / 1048576)) +
         " MiB with batch normalisation; this machine has " + std::to_string(static_cast<std::int64_t>(machine / 1048576)) +
         " MiB. Use smaller batches.";
}

bool Run::prepare() {
  if (const Status can = canTrain(*network_, *data_, settings_); !can) {
    failure_ = can.error().text();
    return false;
  }
  if (!gradient_ || gradient_->batch() != capacity()) {
    if (failure_ = memoryProblem(); !failure_.empty()) return false;
    gradient_ = std::make_unique<BatchGradient>(network_, data_, capacity(), pool_);
  }
  gradient_->setClipping(options_.clipNorm, options_.clipValue);
  if (shuffledEpoch_ == state_.epoch && shuffledSeed_ == settings_.seed) return true;
  shuffled_.assign(data_->train.begin(), data_->train.end());
  Rng(settings_.seed, Stream::Shuffle, static_cast<std::uint64_t>(state_.epoch)).shuffle(std::span<std::int32_t>(shuffled_));
  shuffledEpoch_ = state_.epoch;
  shuffledSeed_ = settings_.seed;
  return true;
}

Run::Outcome Run::batch(const std::function<bool()>& stop) {
  const std::int64_t all = static_cast<std::int64_t>(data_->train.size());
  if (state_.position >= all) return endEpoch(stop);  // an epoch whose evaluation was stopped
  const double begun = now();
  if (!prepare()) return Outcome::Failed;
  const double rateNow = rate();
  const std::int64_t n = nextRows();
  if (n < leastRows_) {
    // Left alone by a batch size, a network or a file of before: nothing can be learnt from it in this epoch.
    state_.position = all;
    return endEpoch(stop);
  }
  const std::span<const std::int32_t> rows(shuffled_.data() + state_.position, static_cast<std::size_t>(n));
  const RngKey rng{settings_.seed, static_cast<std::uint64_t>(state_.step)};
  const LossSum sum = gradient_->compute(state_.params.span(), rows, rng);
  if (!std::isfinite(sum.loss) || !gradient_->finite()) return fail(rows);
  if (kept_) good_ = std::exchange(kept_, nullptr);
  gradient_->apply(rule_, rateNow, state_.params.span(), state_.optimiser);
  ++state_.step;
  state_.position += n;
  state_.epochLoss += sum.loss;
  state_.epochWeight += sum.weight;
  state_.epochCorrect += sum.correct;
  state_.seconds += now() - begun;
  const bool classes = data_->spec.task != Task::Regression;
  history_->batches.append({state_.step, static_cast<double>(state_.epoch) + static_cast<double>(state_.position) / static_cast<double>(all),
                            sum.weight > 0 ? sum.loss / sum.weight : kNan,
                            classes ? static_cast<double>(sum.correct) / static_cast<double>(n) : kNan,
                            rateNow, state_.seconds});
  if (state_.position >= all) return endEpoch(stop);
  if (options_.stopSeconds > 0 && state_.seconds >= options_.stopSeconds) {
    finish_ = "The time to train is over.";
    return Outcome::Finished;
  }
  return Outcome::Trained;
}

Run::Outcome Run::endEpoch(const std::function<bool()>& stop) {
  const double begun = now();
  std::optional<Evaluation> e = evaluate(*network_, state_.params.span(), *data_, data_->validation, pool_, stop);
  if (!e) return Outcome::Stopped;
  state_.seconds += now() - begun;
  const double all = static_cast<double>(data_->train.size());
  const bool classes = data_->spec.task != Task::Regression;
  EpochPoint point;
  point.epoch = ++state_.epoch;
  point.step = state_.step;
  point.trainLoss = state_.epochLoss / state_.epochWeight;
  point.trainAccuracy = classes ? static_cast<double>(state_.epochCorrect) / all : kNan;
  point.validationLoss = e->loss;
  point.validationAccuracy = e->accuracy;
  point.confusion = std::move(e->confusion);
  point.seconds = state_.seconds;
  state_.position = 0;
  state_.epochLoss = 0;
  state_.epochWeight = 0;
  state_.epochCorrect = 0;
  const bool over = ends(point);
  history_->epochs.append(std::move(point));
  countPlateaus();
  return over ? Outcome::Finished : Outcome::EpochEnded;
}

/// Keeps the best epoch in mind; true when the run's options end it here.
bool Run::ends(const EpochPoint& point) {
  const double loss = std::isfinite(point.validationLoss) ? point.validationLoss : point.trainLoss;
  if (loss < state_.bestLoss - options_.minDelta) {
    state_.bestLoss = loss;
    state_.bestEpoch = point.epoch;
    state_.best = options_.patience > 0 && options_.restoreBest ? std::make_shared<const Buffer>(state_.params) : nullptr;
  } else if (options_.patience > 0 && point.epoch - state_.bestEpoch >= options_.patience) {
    finish_ = "No better loss for " + std::to_string(options_.patience) + " epochs.";
    if (state_.best && options_.restoreBest) {
      state_.params = *state_.best;
      finish_ += " The weights of epoch " + std::to_string(state_.bestEpoch) + " are back.";
    }
    return true;
  }
  if (options_.stopLoss > 0 && loss <= options_.stopLoss) {
    finish_ = "The loss is as low as was asked for.";
    return true;
  }
  if (options_.stopSeconds > 0 && state_.seconds >= options_.stopSeconds) {
    finish_ = "The time to train is over.";
    return true;
  }
  return false;
}

Run::Outcome Run::fail(std::span<const std::int32_t> rows) {
  failure_ = "Numbers ceased to be finite in epoch " + std::to_string(state_.epoch + 1) + ", step " + std::to_string(state_.step + 1) +
             ", first in " + firstNonFinite(rows) + ". A lower learning rate usually helps.";
  // Before the first finite loss there is only what the run began with.
  if (!good_ && kept_ && allFinite(kept_->params.data(), static_cast<std::int64_t>(kept_->params.size()))) good_ = kept_;
  if (good_) {
    takeBack(*good_);
    failure_ += " The parameters of step " + std::to_string(state_.step) + " are back.";
  }
  kept_ = nullptr;
  return Outcome::Failed;
}

/// The run as it was, its history too: going on repeats no step. Readers keep the history that they have.
void Run::takeBack(const TrainState& state) {
  auto history = std::make_shared<History>();
  for (std::size_t i = 0; i < history_->batches.size() && history_->batches[i].step <= state.step; ++i) history->batches.append(history_->batches[i]);
  for (std::size_t i = 0; i < history_->epochs.size() && history_->epochs[i].epoch <= state.epoch; ++i) history->epochs.append(history_->epochs[i]);
  state_ = state;
  history_ = std::move(history);
  countPlateaus();
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
