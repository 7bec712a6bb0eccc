#pragma once

#include <span>

#include "core/data/dataset.h"
#include "core/data/recipe.h"
#include "core/data/steps.h"

namespace vitrine {

/// What a split may look at; all of length `count`, or empty where there is none.
struct SplitInput {
  std::int64_t count = 0;
  std::span<const std::int32_t> classes, groups;  ///< group -1: one of its own
  std::span<const std::int32_t> order;            ///< rows as time puts them
  const Column* column = nullptr;                 ///< whose values name the part, by `rows`
  std::span<const std::int32_t> rows;
};

/// The part of each row. At least one row stays for training, and each share above 0 gets one, where there are enough. By ratio and in folds
/// every class has a row in training: a class's only row trains, whatever the seed or the fold.
Result<std::vector<Part>> dealOut(const SplitPlan& plan, const SplitInput& in);

/// Fills train, validation and test.
void takeParts(Dataset& data, std::span<const Part> parts);
/// Classes that have rows, but none in training, or none in validation: sentences with their names. Empty for other tasks.
std::vector<std::string> classesWithoutRows(const Dataset& data);
/// Training rows of rarer classes again, at random, until every class has as many as the most frequent.
void oversample(Dataset& data, std::uint64_t seed);

}  // namespace vitrine
