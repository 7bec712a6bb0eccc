// From a table and a recipe to what stands before the first step.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/data/cells.h"
#include "core/data/deal_out.h"
#include "core/data/prepare_parts.h"

namespace vitrine {
namespace {

Status assign(std::optional<std::size_t>& to, std::size_t c, const Table& t, const char* role) {
  if (to) return Error{{}, "column '" + t.columns[c].name + "'", std::string("a second one with the role '") + role + "'", "one", {}};
  to = c;
  return {};
}

Result<Plan> planOf(const Table& table, const Recipe& recipe) {
  if (recipe.columns.size() != table.columns.size())
    return Error{{}, "columns", std::to_string(table.columns.size()), std::to_string(recipe.columns.size()) + " as when it was imported", {}};
  Plan plan;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (recipe.columns[c].name != table.columns[c].name)
      return Error{{}, "column " + std::to_string(c + 1), "'" + table.columns[c].name + "'", "'" + recipe.columns[c].name + "' as when it was imported", {}};
    Status s;
    switch (recipe.columns[c].role) {
      case Role::Feature: plan.features.push_back(c); break;
      case Role::Target: plan.targets.push_back(c); break;
      case Role::Weight: s = assign(plan.weight, c, table, "weight"); break;
      case Role::Group: s = assign(plan.group, c, table, "group"); break;
      case Role::Time: s = assign(plan.time, c, table, "time"); break;
      case Role::Split: s = assign(plan.split, c, table, "split"); break;
      case Role::Ignore: break;
    }
    if (!s) return s.error();
  }
  if (plan.targets.empty()) return Error{{}, "columns", "no target", "a column to be predicted", {}};
  if (plan.features.empty() && recipe.series.mode != "windows") return Error{{}, "columns", "no feature", "at least one column to predict from", {}};
  return plan;
}

/// Cells that are not of their column's kind stop the work, unless they are to count as missing.
Status checkOdd(const Table& table, const Recipe& recipe, const std::vector<std::size_t>& columns) {
  for (const std::size_t c : columns)
    if (table.columns[c].odd > 0 && !recipe.columns[c].oddAsMissing) return *table.columns[c].firstOdd;
  return {};
}

/// What was taken for missing, or for a class, and which columns only name the rows.
void noteColumns(const Table& table, const Recipe& recipe, std::vector<std::string>& notes) {
  constexpr std::size_t kMost = 4;
  std::vector<std::string> said;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const Column& column = table.columns[c];
    if (recipe.columns[c].role == Role::Ignore) {
      if (namesRows(table, c)) said.push_back("Column '" + column.name + "' only names the rows and is left out.");
      continue;
    }
    if (column.marks.empty()) continue;
    std::string marks;
    std::int64_t all = 0;
    for (const auto& [text, count] : column.marks) all += count, marks += (marks.empty() ? "" : ", ") + std::to_string(count) + (count == 1 ? " cell '" : " cells '") + text + "'";
    said.push_back("In '" + column.name + "', " + marks + (column.marksMissing ? (all == 1 ? " counts as missing." : " count as missing.") : all == 1 ? " counts as a value, not as missing." : " count as a value, not as missing."));
  }
  for (std::size_t i = 0; i < std::min(said.size(), kMost); ++i) notes.push_back(said[i]);
  if (said.size() > kMost) notes.push_back("And so in " + std::to_string(said.size() - kMost) + " more columns.");
}

std::vector<std::int32_t> codesOf(const Column& column, const std::vector<std::int32_t>& rows) {
  const Column categories = asCategories(column);
  std::vector<std::int32_t> out;
  for (const std::int32_t r : rows) out.push_back(categories.codes[static_cast<std::size_t>(r)]);
  return out;
}

}  // namespace

Result<FrameColumn> frameColumn(const Table& table, std::size_t c, const std::vector<std::int32_t>& rows) {
  const Column& column = table.columns[c];
  FrameColumn out{column.name, static_cast<std::int32_t>(c), column.kind == ColumnKind::Category || column.kind == ColumnKind::Text, {}, {}, {}};
  if (out.category) {
    const Column* from = &column;
    Column sorted;
    if (column.kind == ColumnKind::Text) sorted = asCategories(column), from = &sorted;
    out.names = from->names;
    for (const std::int32_t r : rows) out.codes.push_back(from->codes[static_cast<std::size_t>(r)]);
    return out;
  }
  const Result<Column> numbers = asNumbers(column, table);
  if (!numbers) return numbers.error();
  for (const std::int32_t r : rows) out.numbers.push_back(numbers->numbers[static_cast<std::size_t>(r)]);
  return out;
}

Result<Groundwork> layGround(const Table& table, const Recipe& recipe) {
  const Result<Plan> plan = planOf(table, recipe);
  if (!plan) return plan.error();
  Groundwork s;
  s.plan = *plan;
  s.notes = table.notes;
  noteColumns(table, recipe, s.notes);
  if (Status odd = checkOdd(table, recipe, plan->features); !odd) return odd.error();
  if (Status odd = checkOdd(table, recipe, plan->targets); !odd) return odd.error();
  if (plan->time) {
    const Column& time = table.columns[*plan->time];
    const Result<Column> numbers = time.kind == ColumnKind::Date ? Result<Column>(time) : asNumbers(time, table);
    if (!numbers) return numbers.error();
    for (std::int64_t r = 0; r < table.rows(); ++r) s.times.push_back(numbers->value(r));
  }
  // Rows without a target teach nothing, and rows without a time have no place.
  std::int64_t without = 0, untimed = 0;
  for (std::int64_t r = 0; r < table.rows(); ++r) {
    const bool known = std::none_of(plan->targets.begin(), plan->targets.end(), [&](std::size_t c) { return table.columns[c].isMissing(r); });
    const bool placed = s.times.empty() || !std::isnan(s.times[static_cast<std::size_t>(r)]);
    without += !known;
    untimed += known && !placed;
    if (known && placed) s.frame.rows.push_back(static_cast<std::int32_t>(r));
  }
  if (s.frame.rows.empty()) return Error{{}, "column '" + table.columns[untimed > 0 ? *plan->time : plan->targets[0]].name + "'", "no value in any row", untimed > 0 ? "a time" : "a target", {}};
  const auto leftOut = [&](std::int64_t rows, const std::string& what) {
    if (rows > 0) s.notes.push_back(std::to_string(rows) + (rows == 1 ? " row has" : " rows have") + " no " + what + " and " + (rows == 1 ? "is" : "are") + " left out.");
  };
  leftOut(without, "target");
  if (plan->time) leftOut(untimed, "value of '" + table.columns[*plan->time].name + "'");
  const auto earlier = [&](std::int32_t a, std::int32_t b) { return s.times[static_cast<std::size_t>(a)] < s.times[static_cast<std::size_t>(b)]; };
  if (plan->time && recipe.series.mode == "windows") std::stable_sort(s.frame.rows.begin(), s.frame.rows.end(), earlier);
  if (plan->weight) {
    const Result<Column> numbers = asNumbers(table.columns[*plan->weight], table);
    if (!numbers) return numbers.error();
    for (const std::int32_t r : s.frame.rows) {
      const double w = numbers->value(r);
      if (!(w >= 0)) return Error{{}, cellPlace(table.line(r), numbers->name), std::isnan(w) ? "an empty cell" : numbers->text(r), "a weight of 0 or more", {}};
      s.weights.push_back(static_cast<float>(w));
    }
  }
  if (plan->group) s.groups = codesOf(table.columns[*plan->group], s.frame.rows);
  Result<Targets> targets = readTargets(table, plan->targets, s.frame.rows, recipe.task);
  if (!targets) return targets.error();
  s.targets = std::move(*targets);
  std::vector<std::size_t> features = plan->features;
  // A forecast may look at the past of what it predicts.
  if (recipe.series.mode == "windows" && recipe.series.horizon > 0)
    for (const std::size_t c : plan->targets)
      if (s.targets.task == Task::Regression) features.push_back(c);
  for (const std::size_t c : features) {
    Result<FrameColumn> column = frameColumn(table, c, s.frame.rows);
    if (!column) return column.error();
    s.frame.columns.push_back(std::move(*column));
  }
  if (s.frame.columns.empty()) return Error{{}, "columns", "no feature", "at least one column to predict from", {}};
  s.frame.table = &table;
  SplitInput in;
  in.count = static_cast<std::int64_t>(s.frame.rows.size());
  if (s.targets.task == Task::Classification) in.classes = s.targets.classes;
  in.groups = s.groups;
  in.rows = s.frame.rows;
  std::vector<std::int32_t> order;
  if (plan->time) {
    order.resize(s.frame.rows.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return earlier(s.frame.rows[static_cast<std::size_t>(a)], s.frame.rows[static_cast<std::size_t>(b)]); });
    in.order = order;
  }
  if (plan->split) in.column = &table.columns[*plan->split];
  if (recipe.series.mode == "windows" && (recipe.split.mode == "ratio" || recipe.split.mode == "folds"))
    return Error{{}, "split", "'" + recipe.split.mode + "' for windows, which overlap: validation would have been seen in training", "by time, by group or by a column", {}};
  Result<std::vector<Part>> parts = dealOut(recipe.split, in);
  if (!parts) return parts.error();
  s.frame.parts = std::move(*parts);
  return s;
}

}  // namespace vitrine
