#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/real.h"
#include "core/tensor/shape.h"

namespace vitrine {

enum class Task { Classification, Regression };

/// What a network must fit.
struct DataSpec {
  Shape input;               ///< of one sample
  std::int64_t outputs = 0;  ///< classes, or values to predict
  Task task = Task::Classification;
  std::vector<std::string> classes;  ///< names; empty for regression
  bool operator==(const DataSpec&) const = default;
};

/// Samples in their own type: bytes stay bytes until they are batched.
struct Samples {
  std::vector<std::uint8_t> bytes;  ///< [count × size]; the value is byte / 255
  std::vector<float> floats;        ///< [count × size]; one of the two is empty
};

/// Where data came from, enough to have it again.
struct Source {
  std::string kind;  ///< "idx", "csv", "generator"
  std::string path;  ///< of the file chosen; empty for generators
  std::string sha256;  ///< of that file; empty when it has not been computed
  std::map<std::string, std::string> settings;  ///< generator, size, noise, seed, split seed, validation share
  bool operator==(const Source&) const = default;
};

/// Samples, targets and the split. Immutable once made; shared by pointer.
struct Dataset {
  std::string name;
  DataSpec spec;
  std::vector<std::string> featureNames;  ///< tables: one per input; empty for images
  std::string targetName;
  Samples inputs;                      ///< as read, in original units
  std::vector<std::int32_t> classes;   ///< classification: class of each row
  std::vector<float> targets;          ///< regression: [count × outputs]
  std::vector<std::int32_t> train, validation, test;  ///< rows of each split
  /// Tables: (x − mean) / deviation is what a network gets. Fitted on the training rows only (population deviation, 1
  /// for a constant column). Empty: values go in as they are.
  std::vector<float> mean, deviation;
  Source source;

  std::int64_t count() const {
    return static_cast<std::int64_t>(inputs.bytes.size() + inputs.floats.size()) / std::max<std::int64_t>(spec.input.size(), 1);
  }
};

using DatasetPtr = std::shared_ptr<const Dataset>;

/// Samples as a network gets them: out [rows × input size], scaled or standardised.
void gatherInputs(const Dataset& data, std::span<const std::int32_t> rows, Real* out);
/// Classes of rows. Requires classification.
void gatherClasses(const Dataset& data, std::span<const std::int32_t> rows, std::int32_t* out);
/// out [rows × outputs]. Requires regression.
void gatherTargets(const Dataset& data, std::span<const std::int32_t> rows, Real* out);
/// One point in original units (tables) to what a network gets, in place: [input size].
void standardise(const Dataset& data, std::span<Real> values);

/// Cuts all rows into training and validation rows, each class in proportion: by `seed` alone.
void splitRows(Dataset& data, std::uint64_t seed, double validationShare);
/// Fits mean and deviation on the training rows.
void fitStandardisation(Dataset& data);

/// Images from bytes in memory, classes named by number, all rows for training.
DatasetPtr imagesFromBytes(std::string name, Shape shape, std::vector<std::uint8_t> bytes, std::vector<std::int32_t> classes,
                           std::int64_t outputs);

}  // namespace vitrine
