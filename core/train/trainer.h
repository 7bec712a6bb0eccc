#pragma once

#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "core/base/latest.h"
#include "core/data/dataset.h"
#include "core/model/network.h"
#include "core/train/history.h"
#include "core/train/loss.h"
#include "core/train/optimiser.h"
#include "core/train/schedule.h"

namespace vitrine {

/// How to train. All of it may change in mid-run.
struct TrainSettings {
  OptimiserChoice optimiser;
  double rate = 1e-3;
  std::int64_t batch = 64;
  std::uint64_t seed = 1;
  /// Stop after this many epochs in all; 0: never.
  std::int64_t epochs = 0;
  ScheduleChoice schedule;
  /// Clipping, early stopping and other ends: see trainOptions().
  Params options;
  bool operator==(const TrainSettings&) const = default;
};

/// What TrainSettings::options may hold: "clip_norm", "clip_value", "patience", "min_delta", "restore_best", "stop_loss",
/// "stop_seconds".
std::span<const Param> trainOptions();

/// Everything that a run is, between two batches: enough to go on with the same bits.
struct TrainState {
  Buffer params;
  OptimiserState optimiser;
  std::int64_t step = 0;     ///< batches done
  std::int64_t epoch = 0;    ///< whole epochs done
  std::int64_t position = 0; ///< samples of the current epoch done
  double epochLoss = 0;      ///< sums over the current epoch so far, for its EpochPoint
  double epochWeight = 0;    ///< what epochLoss is to be divided by: rows, or the sum of their weights
  std::int64_t epochCorrect = 0;
  double seconds = 0;
  /// The epoch with the lowest monitored loss (validation, or training where there is none), for early stopping; with
  /// "restore_best" its parameters.
  std::int64_t bestEpoch = 0;
  double bestLoss = std::numeric_limits<double>::infinity();
  std::shared_ptr<const Buffer> best;
};

enum class RunState { Idle, Running, Paused, Finished, Failed };

/// What views see: immutable, taken between two batches.
struct Snapshot {
  std::shared_ptr<const Network> network;
  DatasetPtr data;
  std::shared_ptr<const TrainState> state;  ///< parameters and optimiser as of this moment
  std::shared_ptr<const History> history;
  std::size_t batchPoints = 0, epochPoints = 0;  ///< how much of the history belongs to this moment
  TrainSettings settings;
  RunState run = RunState::Idle;
  double samplesPerSecond = 0;
  /// Training stopped because numbers ceased to be finite: says epoch, step and node. Parameters are the last finite.
  std::string failure;
  /// Why the run finished by itself before its last epoch: "no better validation loss for 5 epochs …"; else empty.
  std::string finish;
  /// Nodes whose parameters were made anew by the last edit.
  std::vector<std::string> remade;
  std::uint64_t generation = 0;  ///< counts load() and edit(): views start afresh when it changes
};

/// The engine: trains on a thread of its own. Commands are queued and carried out between two batches; snapshots come
/// out through a slot at most ~30 times a second, and always after a command. Nothing here waits for a reader.
class Trainer {
 public:
  /// threads: 0 for the machine's cores.
  explicit Trainer(int threads = 0);
  /// Stops within one batch (or one block of validation rows) and joins.
  ~Trainer();

  // Commands; all return at once. load(), edit() and unload() are given by one thread.
  /// A new run, initialised from settings.seed; or going on from `state` and `history` (a loaded project). Refuses what does not
  /// belong together (see fits()), and leaves what was loaded before as it is.
  Status load(std::shared_ptr<const Network> network, DatasetPtr data, TrainSettings settings,
              std::shared_ptr<const TrainState> state = nullptr, std::shared_ptr<History> history = nullptr);
  /// The network changed by an edit: parameters that still fit are kept, the others are initialised; history goes on.
  /// Refuses a network that does not fit the data that are loaded, and leaves the run as it is.
  Status edit(std::shared_ptr<const Network> network);
  void play();
  /// Ends after the batch that is being trained. An epoch's evaluation is left where it is: going on begins with it.
  void pause();
  void stepBatch();
  void stepEpoch();  ///< to the end of the current epoch
  void reset();      ///< parameters from the seed, history empty
  void setSettings(TrainSettings settings);
  /// Nothing loaded: the project has no valid network.
  void unload();

  const LatestValue<Snapshot>& snapshots() const;
  /// Waits until all commands so far are carried out and, if training runs towards an end, until it is there.
  /// For programs without a window. `progress` is called at most ~10 times a second, on the caller's thread.
  void waitIdle(const std::function<void(const Snapshot&)>& progress = {});
  int threads() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Mean loss and accuracy, and confusion, over rows of a data set: the pool shares blocks of rows; same bits for any
/// number of threads. Stops early (and returns nothing) when asked.
struct Evaluation {
  double loss = 0, accuracy = 0;
  std::vector<std::int64_t> confusion;  ///< [classes × classes], row = true class
};
std::optional<Evaluation> evaluate(const Network& network, std::span<const Real> params, const Dataset& data,
                                   std::span<const std::int32_t> rows, ThreadPool& pool,
                                   const std::function<bool()>& stop = {});

}  // namespace vitrine
