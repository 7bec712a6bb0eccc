#include "core/data/target.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "core/data/cells.h"

namespace vitrine {
namespace {

constexpr std::size_t kFewValues = 20;

/// Only the classes that the rows have, in the column's order.
Result<Targets> asClasses(const Column& column, std::span<const std::int32_t> rows) {
  const Column categories = asCategories(column);
  std::vector<std::int32_t> place(categories.names.size(), -1);
  std::size_t values = 0;
  for (const std::int32_t r : rows) {
    std::int32_t& at = place[static_cast<std::size_t>(categories.codes[static_cast<std::size_t>(r)])];
    values += at < 0;
    at = 0;
  }
  const bool text = column.kind == ColumnKind::Text || column.kind == ColumnKind::Category;
  const bool tooMany = values > kMostClasses || (text && !column.fixedNames && values > kFewValues && values * 2 > rows.size());
  if (tooMany)
    return Error{{}, "column '" + column.name + "'", std::to_string(values) + " different texts in " + std::to_string(rows.size()) + " rows",
                 "class names that repeat (at most " + std::to_string(kMostClasses) + "), or numbers", {}};
  Targets t;
  t.columns = {column.name};
  for (std::size_t k = 0; k < place.size(); ++k)
    if (place[k] == 0 || column.fixedNames) place[k] = static_cast<std::int32_t>(t.classNames.size()), t.classNames.push_back(categories.names[k]);
  if (values < 2)
    return Error{{}, "column '" + column.name + "'", "only the value " + shownCell(categories.names[static_cast<std::size_t>(categories.codes[static_cast<std::size_t>(rows[0])])]),
                 "a target with at least two different values", {}};
  for (const std::int32_t r : rows) t.classes.push_back(place[static_cast<std::size_t>(categories.codes[static_cast<std::size_t>(r)])]);
  return t;
}

/// Few whole numbers, each of them often.
bool looksLikeClasses(const Column& column, std::span<const std::int32_t> rows) {
  std::set<double> distinct;
  for (const std::int32_t r : rows) {
    const double v = column.value(r);
    if (v != std::nearbyint(v)) return false;
    distinct.insert(v + 0.0);
    if (distinct.size() > kFewValues) return false;
  }
  return distinct.size() * 2 < rows.size() || distinct.size() < 2;
}

/// The second of a column's two values; nothing when it has another number of them.
std::optional<std::string> positive(const Column& column, std::span<const std::int32_t> rows) {
  if (column.kind == ColumnKind::Date) return std::nullopt;
  const Column categories = asCategories(column);
  std::set<std::int32_t> values;
  for (const std::int32_t r : rows) values.insert(categories.codes[static_cast<std::size_t>(r)]);
  if (values.size() != 2) return std::nullopt;
  return categories.names[static_cast<std::size_t>(*values.rbegin())];
}

/// A label a column: 1 where it has the second of its two values.
Result<Targets> asLabels(const Table& table, const std::vector<std::size_t>& columns, std::span<const std::int32_t> rows) {
  Targets t;
  t.task = Task::Labels;
  t.numbers.resize(rows.size() * columns.size());
  for (std::size_t k = 0; k < columns.size(); ++k) {
    const Column& column = table.columns[columns[k]];
    const std::optional<std::string> yes = positive(column, rows);
    if (!yes) return Error{{}, "column '" + column.name + "'", "not two different values", "a label: two values, such as 0 and 1", {}};
    const Column categories = asCategories(column);
    for (std::size_t r = 0; r < rows.size(); ++r)
      t.numbers[r * columns.size() + k] = categories.names[static_cast<std::size_t>(categories.codes[static_cast<std::size_t>(rows[r])])] == *yes;
    static const std::set<std::string> kPlain{"1", "yes", "true", "TRUE", "True", "Yes", "y", "t"};
    t.columns.push_back(column.name);
    t.classNames.push_back(kPlain.count(*yes) ? column.name : column.name + " = " + *yes);
  }
  return t;
}

}  // namespace

void Targets::describe(Dataset& data) const {
  data.spec.task = task;
  data.spec.classes = classNames;
  data.spec.outputs = static_cast<std::int64_t>(task == Task::Classification ? classNames.size() : columns.size());
  for (const std::string& c : columns) data.targetName += (data.targetName.empty() ? "" : ", ") + c;
}

void Targets::take(std::size_t row, Dataset& data) const {
  if (task == Task::Classification)
    data.classes.push_back(classes[row]);
  else
    data.targets.insert(data.targets.end(), numbers.begin() + static_cast<std::ptrdiff_t>(row * columns.size()),
                        numbers.begin() + static_cast<std::ptrdiff_t>((row + 1) * columns.size()));
}

Result<Targets> readTargets(const Table& table, const std::vector<std::size_t>& columns, std::span<const std::int32_t> rows, std::optional<Task> task) {
  const Column& only = table.columns[columns[0]];
  if (columns.size() == 1) {
    const bool text = only.kind == ColumnKind::Category || only.kind == ColumnKind::Text;
    if (task == Task::Classification || (!task && (text || (only.kind == ColumnKind::Number && looksLikeClasses(only, rows))))) return asClasses(only, rows);
  } else if (task == Task::Classification) {
    return Error{{}, "columns", std::to_string(columns.size()) + " targets", "one target for classification; several are labels, or numbers to predict", {}};
  }
  if (task == Task::Labels || (!task && columns.size() > 1 && std::all_of(columns.begin(), columns.end(), [&](std::size_t c) { return positive(table.columns[c], rows).has_value(); })))
    return asLabels(table, columns, rows);
  Targets t;
  t.task = Task::Regression;
  std::vector<Column> numbers;
  for (const std::size_t c : columns) {
    const Result<Column> column = asNumbers(table.columns[c], table);
    if (!column) return column.error();
    t.columns.push_back(column->name);
    numbers.push_back(*column);
  }
  for (const std::int32_t r : rows)
    for (const Column& c : numbers) t.numbers.push_back(c.numbers[static_cast<std::size_t>(r)] + 0.0);
  return t;
}

}  // namespace vitrine
