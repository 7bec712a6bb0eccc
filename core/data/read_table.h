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

/// Kinds by column; none: told from the cells. Fewer than columns: the rest is told.
using ColumnKinds = std::vector<std::optional<ColumnKind>>;

/// Text of CSV or TSV as a table. `format` is filled with what was detected. Refused with row and column: bad encoding,
/// faults in quoting, rows of another number of cells than the first.
Result<Table> readCsvTable(std::string bytes, CsvFormat& format, const ColumnKinds& kinds = {}, std::stop_token stop = {}, const Progress& progress = {});

/// ARFF, dense and sparse (Hall et al. 2009, Weka): numeric, nominal, string and date attributes.
Result<Table> readArffTable(std::string bytes, std::stop_token stop = {}, const Progress& progress = {});

/// Gathers the cells of one column, and tells what kind it is.
class ColumnBuilder {
 public:
  ColumnBuilder(std::string name, ColumnKind kind, const CsvFormat& format) : format_(format) { column_.name = std::move(name), column_.kind = kind; }
  void add(std::string_view cell, std::int64_t line);
  void addMissing();
  /// Half or more of what is there is text of another kind.
  bool misjudged() const { return seen_ > 0 && texts_ * 2 >= seen_; }
  std::int64_t odd() const { return column_.odd; }
  /// Category or Text, by how often values repeat, when it holds text.
  Column finish(bool decideText);

 private:
  void addNumber(std::string_view cell, std::int64_t line);
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>()(s); }
  };
  Column column_;
  const CsvFormat& format_;
  std::int64_t seen_ = 0;   ///< cells that are not missing
  std::int64_t texts_ = 0;  ///< of them, those written neither as a number nor a date
  std::string room_;
  std::unordered_map<std::string, std::int32_t, Hash, std::equal_to<>> index_;
};

/// Names as they can be used: none empty, none twice.
std::vector<std::string> uniqueNames(std::vector<std::string> names);

}  // namespace vitrine
