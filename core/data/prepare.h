#pragma once

#include <stop_token>

#include "core/data/dataset.h"
#include "core/data/summary.h"

namespace vitrine {

/// A table becomes a data set: targets told, rows dealt out, steps fitted on the training rows and applied to all, series
/// cut. What cannot work is refused with column and row. The same table and recipe give the same bits.
Result<DatasetPtr> prepare(TablePtr table, const Recipe& recipe, std::stop_token stop = {});

/// The features at one point of the list of steps.
struct Stage {
  std::vector<std::pair<std::string, ColumnSummary>> columns;
};
/// Before the first step and after each, for showing before and after; of training rows alone. Ends early where a step fails or
/// it is stopped. At most 64 columns.
std::vector<Stage> stagesOf(const Table& table, const Recipe& recipe, std::stop_token stop = {});

/// New rows of the same columns, prepared by what was learned: [rows × spec.input.size()] as gatherInputs gives it.
/// Requires a data set with a table and no windows.
Result<std::vector<Real>> prepareRows(const Dataset& data, const Table& rows);

/// Something that would make results look better than they are.
struct Finding {
  std::string text;
  std::vector<std::int32_t> rows;  ///< samples concerned, at most 100
};
/// Samples that stand on two sides of the split, and features that tell the target.
std::vector<Finding> findLeaks(const Dataset& data, std::stop_token stop = {});

}  // namespace vitrine
