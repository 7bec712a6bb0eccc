#pragma once

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/data/csv_format.h"
#include "core/data/open.h"
#include "core/data/table.h"

namespace vitrine {

/// More columns than this are no table.
inline constexpr std::size_t kMostColumns = 100000;

/// What is decided of a column before it is read; none: told from the cells.
struct ColumnChoice {
  std::optional<ColumnKind> kind;
  std::optional<bool> marksMissing;  ///< whether cells as "NA" are missing, or values like others
};
/// By column. Fewer than columns: the rest is told.
using ColumnChoices = std::vector<ColumnChoice>;

/// Whether so many cells fit a quarter of the machine's memory, else the error that says the sizes.
Status checkCells(std::int64_t rows, std::int64_t columns);

/// Text of CSV or TSV as a table. `format` is filled with what was detected. Refused with row and column: bad encoding,
/// faults in quoting, rows of another number of cells than the first (but for an empty one at the end). Columns without a name and without
/// values are left out, with a note.
Result<Table> readCsvTable(std::string bytes, CsvFormat& format, const ColumnChoices& choices = {}, std::stop_token stop = {}, const Progress& progress = {});

/// ARFF, dense and sparse (Hall et al. 2009, Weka): numeric, nominal, string and date attributes, dates by their declared format.
Result<Table> readArffTable(std::string bytes, std::stop_token stop = {}, const Progress& progress = {});

/// What the cells of a column look like, counted. Numbers with a leading zero, numbers that are too long to keep, and numbers among codes of
/// digits and letters are labels.
struct CellCounts {
  std::int64_t numbers = 0, labels = 0, dates = 0, texts = 0;
  std::int64_t codes = 0;  ///< of the texts, those with digits and no blanks
  void add(std::string_view cell, const CsvFormat& format, std::string& room);
  std::int64_t all() const { return numbers + labels + dates + texts; }
  bool areLabels() const { return labels * 50 >= all() ? labels > 0 : numbers > 0 && codes * 4 >= all(); }
  ColumnKind kind() const;
};

/// Gathers the cells of one column, and tells what kind it is.
class ColumnBuilder {
 public:
  ColumnBuilder(std::string name, ColumnKind kind, const CsvFormat& format, std::string datePattern = {}) : format_(format), datePattern_(std::move(datePattern)) {
    column_.name = std::move(name), column_.kind = kind;
  }
  void add(std::string_view cell, std::int64_t line);
  void addMissing();
  /// Half or more of what is there is text of another kind, or they are labels.
  bool misjudged() const { return others_.texts * 2 >= seen_ ? others_.texts > 0 : column_.kind == ColumnKind::Number && othersAreLabels(); }
  std::int64_t odd() const { return column_.odd; }
  bool empty() const { return seen_ == 0; }
  /// Category or Text, by how often values repeat, when it holds text. `marksMissing`: whether marks count as missing; none: they do unless one
  /// stands as often as the values do, or beside one value only.
  Column finish(bool decideText, std::optional<bool> marksMissing = std::nullopt);

 private:
  void addNumber(std::string_view cell, std::int64_t line);
  void addMark(std::string_view cell);
  void settleMarks(std::optional<bool> marksMissing);
  bool othersAreLabels() const { return others_.labels * 50 >= seen_ ? others_.labels > 0 : others_.codes * 4 >= seen_ && others_.codes > 0; }
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  Column column_;
  const CsvFormat& format_;
  std::string datePattern_;
  std::int64_t seen_ = 0;   ///< cells that are not missing
  CellCounts others_;       ///< of them, those that are not plainly of the kind
  std::string room_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> index_;
};

/// Names as they can be used: none empty, none twice.
std::vector<std::string> uniqueNames(std::vector<std::string> names);

}  // namespace vitrine
