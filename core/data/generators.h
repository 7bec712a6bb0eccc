#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "core/base/random.h"
#include "core/base/result.h"
#include "core/data/dataset.h"

namespace vitrine {

struct GeneratorSettings {
  double noise = 0;              ///< percent, 0 … 50
  std::int64_t size = 500;       ///< samples, 10 … 100 000
  std::uint64_t seed = 1;        ///< of the points and of the split
  double validationShare = 0.2;  ///< 0 … 0.9
};

/// Writes `size` points to xy ([size × 2]) and their labels to `label`: +1 / −1 for classes,
/// about [−1, 1] for regression. Noise is a share, 0 … 0.5.
using GeneratorPoints = void (*)(std::int64_t size, double noise, Rng& rng, float* xy, float* label);

/// A data set drawn at random, after TensorFlow Playground (Smilkov et al. 2017): features x1, x2 within about [−6, 6].
/// Classes are "orange" (−1) and "blue" (+1).
struct GeneratorSpec {
  std::string id, name, help;
  Task task;
  GeneratorPoints points;
};

/// "spirals", "circles", "xor", "gaussians", "plane", "wave".
std::span<const GeneratorSpec> generatorRegistry();
const GeneratorSpec* findGenerator(const std::string& id);

/// The same settings give the same bits. Coordinates are kept as drawn and standardised for the network, like any other
/// table's; regression targets are about 1 in size already and are used as they are.
Result<DatasetPtr> generate(const std::string& id, const GeneratorSettings& settings);

}  // namespace vitrine
