#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/tensor/shape.h"

namespace vitrine {

/// Labels: several yes-or-no targets at once (multi-label classification).
enum class Task { Classification, Regression, Labels };

/// What a network must fit.
struct DataSpec {
  Shape input;                       ///< one sample: {features}, {height, width, channels} or {steps, features}
  std::int64_t outputs = 0;          ///< classes, labels, or numbers to predict
  Task task = Task::Classification;
  std::vector<std::string> classes;  ///< names of classes or labels, `outputs` of them; empty for regression
  bool operator==(const DataSpec&) const = default;
};

/// z = (x − mean) / deviation per column, fitted on the training split only. Population deviation; 1 for a constant
/// column. Empty: the numbers are used as they are.
struct Standardisation {
  std::vector<double> mean, deviation;
  bool empty() const { return mean.empty(); }
  bool operator==(const Standardisation&) const = default;
};

}  // namespace vitrine
