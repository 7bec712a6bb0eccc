#pragma once

#include <QString>
#include <cstdint>
#include <optional>

namespace vitrine {

/// `vitrine train`: the window's numbers without a window.
struct TrainJob {
  QString project;
  std::optional<std::int64_t> epochs;   ///< this many more; else to the project's own end, or one
  std::optional<std::uint64_t> seed;    ///< starts anew from this seed
  std::int64_t folds = 0;               ///< k-fold cross-validation instead: nothing is saved but the table under `out`; 0: none
  int threads = 0;
  QString out;                          ///< folder for project, history and figures; empty: the project itself is saved
};
int runTrainJob(const TrainJob& job);

/// The sample project for one epoch, its figures under `figures`.
int runSampleJob(const QString& figures);

}  // namespace vitrine
