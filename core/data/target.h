#pragma once

#include <span>

#include "core/data/dataset.h"

namespace vitrine {

/// More distinct values than this are no classes, and more targets a sample are no targets.
inline constexpr std::size_t kMostClasses = 1000;

/// The target of each row, told apart as classes or numbers.
struct Targets {
  Task task = Task::Classification;
  std::vector<std::string> columns, classNames;
  std::vector<std::int32_t> classes;  ///< classification: one a row
  std::vector<double> numbers;        ///< regression, labels: `columns` a row

  /// Fills the data set's spec and names.
  void describe(Dataset& data) const;
  /// Appends row `row`'s target.
  void take(std::size_t row, Dataset& data) const;
};

/// Tells classes from numbers as README.md says, unless `task` is given. `rows` have no missing target. Several columns
/// are labels when each has two values, else numbers to predict at once.
Result<Targets> readTargets(const Table& table, const std::vector<std::size_t>& columns, std::span<const std::int32_t> rows, std::optional<Task> task);

}  // namespace vitrine
