#include "core/data/csv_target.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <unordered_map>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

constexpr std::size_t kFewValues = 20, kMostClasses = 1000;

/// Whether the text is a number at all: "nan" and "1e999" are, to be refused as numbers rather than taken for classes.
bool looksNumeric(std::string_view cell) {
  if (!cell.empty() && cell[0] == '+') cell.remove_prefix(1);
  double value = 0;
  const std::from_chars_result end = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return end.ec != std::errc::invalid_argument && end.ptr == cell.data() + cell.size();
}

Error oneValue(const TargetColumn& column) {
  return {{}, "column '" + column.name + "'", "only the value " + shownCell(column.cells[0]), "a target with at least two different values", {}};
}

Status textClasses(const TargetColumn& column, Dataset& data) {
  std::unordered_map<std::string_view, std::int32_t> index;
  for (const std::string_view cell : column.cells) index.emplace(cell, 0);
  const std::size_t rows = column.cells.size();
  if (index.size() == 1) return oneValue(column);
  const bool tooMany = index.size() > kMostClasses || (index.size() > kFewValues && index.size() * 2 > rows);
  if (tooMany)
    return Error{{}, "column '" + column.name + "'", std::to_string(index.size()) + " different texts in " + std::to_string(rows) + " rows",
                 "class names that repeat (at most " + std::to_string(kMostClasses) + "), or numbers", {}};
  std::vector<std::string_view> names;
  for (const auto& [name, unused] : index) names.push_back(name);
  std::sort(names.begin(), names.end());
  for (std::size_t i = 0; i < names.size(); ++i) index[names[i]] = static_cast<std::int32_t>(i);
  data.spec.task = Task::Classification;
  data.spec.classes.assign(names.begin(), names.end());
  for (const std::string_view cell : column.cells) data.classes.push_back(index[cell]);
  return {};
}

Status numericTarget(const TargetColumn& column, Dataset& data) {
  std::set<float> distinct;
  bool whole = true;
  for (std::size_t r = 0; r < column.cells.size(); ++r) {
    const Result<float> value = numberCell(column.cells[r], column.lines[r], column.name);
    if (!value) return value.error();
    // -0 is a number like 0, and would make a second name for the same class.
    data.targets.push_back(*value + 0.0f);
    whole = whole && *value == std::nearbyint(*value);
    if (distinct.size() <= kFewValues) distinct.insert(data.targets.back());
  }
  if (distinct.size() < 2) return oneValue(column);
  const bool classes = whole && distinct.size() <= kFewValues && distinct.size() * 2 < column.cells.size();
  data.spec.task = classes ? Task::Classification : Task::Regression;
  if (!classes) return {};
  std::map<float, std::int32_t> index;
  for (const float value : distinct) {
    index[value] = static_cast<std::int32_t>(data.spec.classes.size());
    data.spec.classes.push_back(numberText(static_cast<double>(value)));
  }
  for (const float value : data.targets) data.classes.push_back(index[value]);
  data.targets.clear();
  return {};
}

}  // namespace

std::string cellPlace(std::int64_t line, const std::string& column) {
  return "row " + std::to_string(line) + ", column '" + column + "'";
}

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

std::string shownCell(std::string_view cell) {
  constexpr std::size_t kMost = 40;
  if (cell.empty()) return "an empty cell";
  if (cell.size() <= kMost) return "'" + std::string(cell) + "'";
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(cell[end]) & 0xc0) == 0x80) --end;  // not within a UTF-8 character
  return "'" + std::string(cell.substr(0, end)) + "…'";
}

Result<float> numberCell(std::string_view cell, std::int64_t line, const std::string& column) {
  std::string_view digits = cell;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  float value = 0;
  const std::from_chars_result end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool consumed = end.ptr == digits.data() + digits.size();
  if (end.ec == std::errc() && consumed && std::isfinite(value)) return value;
  if (end.ec == std::errc::result_out_of_range && consumed) {
    // Too near zero is no loss; too far from it is.
    const std::optional<double> wide = parseNumber<double>(digits);
    if (wide && std::abs(*wide) < 1) return static_cast<float>(*wide);
    return Error{{}, cellPlace(line, column), shownCell(cell), "a number of at most 3.4e38 in size", {}};
  }
  const char* expected = end.ec == std::errc() && consumed ? "a finite number" : "a number";
  return Error{{}, cellPlace(line, column), shownCell(cell), expected, {}};
}

Status readTarget(const TargetColumn& column, Dataset& data) {
  std::size_t numeric = 0, firstText = column.cells.size();
  for (std::size_t r = 0; r < column.cells.size(); ++r) {
    const std::string_view cell = column.cells[r];
    if (cell.empty()) return Error{{}, cellPlace(column.lines[r], column.name), shownCell(cell), "a class or a number", {}};
    if (looksNumeric(cell)) ++numeric;
    else firstText = std::min(firstText, r);
  }
  Status status;
  if (numeric == column.cells.size()) {
    status = numericTarget(column, data);
  } else if (numeric * 2 > column.cells.size()) {
    // Mostly numbers: a slip of the pen rather than a class of its own.
    return numberCell(column.cells[firstText], column.lines[firstText], column.name).error();
  } else {
    status = textClasses(column, data);
  }
  if (!status) return status;
  data.spec.outputs = data.spec.task == Task::Classification ? static_cast<std::int64_t>(data.spec.classes.size()) : 1;
  return {};
}

}  // namespace vitrine
