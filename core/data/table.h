#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

enum class ColumnKind { Number, Category, Date, Text };

/// One column of a table as its file has it. Immutable once read.
struct Column {
  std::string name;
  ColumnKind kind = ColumnKind::Number;
  std::vector<double> numbers;           ///< Number: NaN where missing; whole ones are exact up to 2^53
  std::vector<double> dates;             ///< Date: seconds since 1970-01-01 UTC, NaN where missing
  std::vector<std::int32_t> codes;       ///< Category, Text: index into names, -1 where missing
  std::vector<std::string> names;        ///< Category: in order (see README.md); Text: in order of appearance
  std::int64_t missing = 0;
  bool single = false;                   ///< Number: from 32-bit floats, and shown with their digits (0.1, not 0.10000000149011612)
  bool fixedNames = false;               ///< the file itself lists the categories (ARFF)
  bool nameless = false;                 ///< the file names its columns, but not this one
  /// Cells with a text that usually means "not known" ("NA", "-"), by text; and whether they count as missing, or are values like others.
  std::vector<std::pair<std::string, std::int64_t>> marks;
  bool marksMissing = true;
  std::int64_t odd = 0;                  ///< Number, Date: cells that are none; they count as missing
  std::optional<Error> firstOdd;         ///< what was found in the first of them, without the file's name

  std::int64_t size() const;
  bool isMissing(std::int64_t row) const;
  /// The cell as a number: the number, the date's seconds, the category's index; NaN where missing.
  double value(std::int64_t row) const;
  /// The cell as a person reads it, in the C locale; empty where missing.
  std::string text(std::int64_t row) const;
};

/// What stands in a file, column by column.
struct Table {
  std::string name;
  std::vector<Column> columns;
  std::vector<std::int64_t> lines;  ///< the file's line each row begins in, from 1; empty: the row's number + 1
  std::vector<std::string> notes;   ///< what was passed over in reading

  std::int64_t rows() const { return columns.empty() ? 0 : columns.front().size(); }
  std::int64_t line(std::int64_t row) const { return lines.empty() ? row + 1 : lines[static_cast<std::size_t>(row)]; }
};
using TablePtr = std::shared_ptr<const Table>;

/// A date or time of ISO 8601 ("2026-11-24", "2026-11-24T14:30:05Z", with a space for the T, "14:30" after it), or
/// "24.11.2026", "2026/11/24", as seconds since 1970 UTC; NaN when it is none. A zone is Z or ±hh:mm; none counts as UTC.
double parseDate(std::string_view text);
/// A date or time written as `pattern` says, in the letters of Java's SimpleDateFormat that ARFF files use (y M d H h m s S a Z X, quotes
/// around other letters); NaN when it is none. Two digits of a year are 1970 to 2069.
double parseDate(std::string_view text, std::string_view pattern);
/// "2026-11-24", with " 14:30:05" unless it is midnight.
std::string dateText(double seconds);

/// Whether the column only numbers or names the rows (row names of R, the index of pandas, an "id"): a nameless first column of different
/// values, or 0, 1, 2 … or 1, 2, 3 … under a name as "id".
bool namesRows(const Table& table, std::size_t column);

/// The column as categories: numbers and dates by their text, in numeric order.
Column asCategories(const Column& column);
/// The column as numbers; a cell that is none is an error with its row and column.
Result<Column> asNumbers(const Column& column, const Table& table);

}  // namespace vitrine
