#pragma once

#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "core/base/statistics.h"
#include "core/train/trainer.h"

namespace vitrine {

/// How k-fold cross-validation is to be done.
struct FoldOptions {
  std::int64_t folds = 5;    ///< 2 to the number of rows
  std::int64_t epochs = 10;  ///< at most; early stopping of the settings may end a fold before
  std::uint64_t seed = 0;    ///< deals the rows, and is every network's own
};

/// One fold: the network trained on the other folds' rows, and what it makes of this fold's.
struct FoldResult {
  std::int64_t trainRows = 0, validationRows = 0;
  std::int64_t epochs = 0;     ///< trained
  double trainLoss = 0;        ///< of the last epoch, as it was trained
  double validationLoss = 0;
  double accuracy = 0;         ///< NaN for regression
  double r2 = 0;               ///< 1 − Σ (y − ŷ)² / Σ (y − ȳ)², the mean over outputs; NaN for classes and where the targets do not vary
};

struct FoldsReport {
  std::vector<FoldResult> folds;
  MeanDeviation loss, accuracy, r2;  ///< over the folds; NaN where a fold has none
};

/// The data set with fold `fold` to validate and all other rows to train. Each row validates in one of the folds, rows that
/// were kept for testing too. Where the data set knows how it was prepared, the preparation is done anew and fitted on this fold's
/// training rows only; else rows are dealt out as they are, classes keeping their shares, and standardisation is fitted anew.
Result<DatasetPtr> foldOf(const DatasetPtr& data, std::int64_t folds, std::int64_t fold, std::uint64_t seed, std::stop_token stop = {});

/// Called after each fold, and for the share done, 0 … 1, after every batch; on the caller's thread.
struct FoldsProgress {
  std::function<void(double)> share;
  std::function<void(const FoldResult&)> fold;
};

/// Stone 1974: trains `folds` networks of `graph` with the same settings from the same seed, each on all folds but one, and evaluates
/// it on that one; `threads` 0: the machine's cores. The same bits for any number of them. Errors: data that cannot be dealt so, a network that does not fit, numbers that cease to be finite, a stop.
Result<FoldsReport> crossValidate(const Graph& graph, const DatasetPtr& data, const TrainSettings& settings, const FoldOptions& options,
                                  int threads, std::stop_token stop = {}, const FoldsProgress& progress = {});

}  // namespace vitrine
