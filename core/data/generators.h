#pragma once

#include <span>
#include <string>

#include "core/base/result.h"
#include "core/data/dataset.h"

namespace vitrine {

/// How much of it, and how noisy.
struct GeneratorSettings {
  std::int64_t size = 500;       ///< samples, 10 … 100 000
  double noise = 0;              ///< share, 0 … 0.5
  std::uint64_t seed = 1;
  double validationShare = 0.3;  ///< 0.05 … 0.9
};

/// A made-up set in the plane, as TensorFlow Playground draws them: features x1, x2 in about −6 … 6.
struct GeneratorSpec {
  std::string id, name;
  std::string help;  ///< one sentence: what is hard about it
  Task task;
};

std::span<const GeneratorSpec> generatorRegistry();
const GeneratorSpec* findGenerator(const std::string& id);

/// Refuses unknown ids and settings out of range. Features are standardised as every table is.
Result<DatasetPtr> generate(const std::string& id, const GeneratorSettings& settings);

}  // namespace vitrine
