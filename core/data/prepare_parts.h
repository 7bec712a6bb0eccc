#pragma once

#include "core/data/steps.h"
#include "core/data/target.h"

// What preparing a table consists of. Internal to core/data.
namespace vitrine {

/// The table's columns by what the recipe takes them for.
struct Plan {
  std::vector<std::size_t> features, targets;
  std::optional<std::size_t> weight, group, time, split;
};

/// What stands before the first step.
struct Groundwork {
  Plan plan;
  Frame frame;
  Targets targets;                   ///< by frame row
  std::vector<std::int32_t> groups;  ///< by frame row; empty: none
  std::vector<float> weights;        ///< by frame row; empty: none
  std::vector<double> times;         ///< by the table's row, NaN where missing; empty: none
  std::vector<std::string> notes;

  /// Appends row `row`'s target and weight.
  void take(std::size_t row, Dataset& data) const {
    targets.take(row, data);
    if (!weights.empty()) data.weights.push_back(weights[row]);
  }
};

/// Targets told, rows dealt out, the features as they stand before the first step.
Result<Groundwork> layGround(const Table& table, const Recipe& recipe);
/// A column's cells in the frame's rows.
Result<FrameColumn> frameColumn(const Table& table, std::size_t column, const std::vector<std::int32_t>& rows);
/// Windows of rows that follow each other in one group without a gap and lie on one side, with their target. `from`: the frame's rows in the
/// numbering of `s.targets`. Requires columns that are spread.
Status takeWindows(Dataset& d, const Table& table, Groundwork& s, const std::vector<std::int32_t>& from, const SeriesPlan& plan);

}  // namespace vitrine
