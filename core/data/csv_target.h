#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/data/dataset.h"

namespace vitrine {

/// The last column as it was read: a cell and its line for each row.
struct TargetColumn {
  std::string name;
  std::vector<std::string_view> cells;
  std::vector<std::int64_t> lines;
};

/// Tells classes from numbers (README.md says how) and fills spec.task, outputs, classes and the targets of `data`.
/// Errors come without the file's name.
Status readTarget(const TargetColumn& column, Dataset& data);

/// "row 17, column 'age'".
std::string cellPlace(std::int64_t line, const std::string& column);
/// The cell as a finite float, or the error for `place`.
Result<float> numberCell(std::string_view cell, std::int64_t line, const std::string& column);
/// Without spaces and tabs around.
std::string_view trimmed(std::string_view cell);
/// "'abc'", cut when long; "an empty cell".
std::string shownCell(std::string_view cell);

}  // namespace vitrine
