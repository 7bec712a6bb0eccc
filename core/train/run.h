#pragma once

#include <memory>
#include <string>

#include "core/train/step.h"
#include "core/train/trainer.h"

namespace vitrine {

/// A run between two batches, and how to take the next one. Single-threaded but for the pool; the Trainer drives it
/// from its thread.
class Run {
 public:
  Run(std::shared_ptr<const Network> network, DatasetPtr data, TrainSettings settings, ThreadPool& pool);

  /// Parameters from the seed, history empty.
  void reset();
  /// Goes on from a saved state. Requires one that fits() the network.
  void restore(const TrainState& state, std::shared_ptr<History> history);
  /// The network changed: keeps what fits. Returns the names of nodes made anew.
  std::vector<std::string> replace(std::shared_ptr<const Network> network);
  void setSettings(TrainSettings settings);

  enum class Outcome { Trained, EpochEnded, Failed, Stopped, Finished };
  /// Samples of the next batch: as many as the settings say (all of them for optimisers that see all), or what is left of the epoch.
  /// A last row that batch normalisation could not normalise alone goes with the batch before it.
  std::int64_t nextRows() const;
  /// The learning rate of the next batch.
  double rate() const;
  /// A person wants to go on after an early stop: patience begins anew.
  void goOn();
  /// Trains one batch; at an epoch's end also evaluates the validation rows (`stop` is asked between blocks of them:
  /// then Stopped, and the epoch's end is still to be done). Finished: an option of the settings ends the run here.
  Outcome batch(const std::function<bool()>& stop);

  const TrainState& state() const { return state_; }
  const TrainSettings& settings() const { return settings_; }
  const std::shared_ptr<const Network>& network() const { return network_; }
  const DatasetPtr& data() const { return data_; }
  const std::shared_ptr<History>& history() const { return history_; }
  const std::string& failure() const { return failure_; }
  const std::string& finish() const { return finish_; }
  /// Remembers this moment as one to fall back to, should numbers cease to be finite.
  void keep(std::shared_ptr<const TrainState> state) { kept_ = std::move(state); }

 private:
  bool prepare();
  void readOptions();
  std::int64_t capacity() const;
  void takeBack(const TrainState& state);
  void countPlateaus();
  bool ends(const EpochPoint& point);
  std::string memoryProblem() const;
  Outcome endEpoch(const std::function<bool()>& stop);
  Outcome fail(std::span<const std::int32_t> rows);
  std::string firstNonFinite(std::span<const std::int32_t> rows) const;

  std::shared_ptr<const Network> network_;
  DatasetPtr data_;
  TrainSettings settings_;
  ThreadPool& pool_;
  TrainState state_;
  std::shared_ptr<History> history_ = std::make_shared<History>();
  std::unique_ptr<BatchGradient> gradient_;
  OptimiserRule rule_;
  std::vector<std::int32_t> shuffled_;  ///< the current epoch's order
  std::int64_t shuffledEpoch_ = -1;
  std::uint64_t shuffledSeed_ = 0;
  std::shared_ptr<const TrainState> kept_, good_;  ///< good_: kept, and the loss after it was finite
  std::string failure_, finish_;
  struct Options {
    double clipNorm = 0, clipValue = 0, minDelta = 0, stopLoss = 0, stopSeconds = 0;
    std::int64_t patience = 0;
    bool restoreBest = true;
  } options_;
  int reductions_ = 0;  ///< plateaus of the schedule so far
  std::int64_t leastRows_ = 1;
};

}  // namespace vitrine
