#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include "core/data/dataset.h"

namespace vitrine {

/// Any data set as a table to look at: rows with their part, their class, and the sample that each became. The table of a file
/// is shared, not copied; other data have one made of their samples (images: classes or targets only).
struct SampleTable {
  DatasetPtr data;
  TablePtr table;
  std::vector<Part> parts;             ///< [rows]; Unused: in no part
  std::vector<std::int32_t> samples;   ///< [rows]: the sample of the row; -1: it became none
  std::vector<std::int32_t> rowsOf;    ///< [samples]: the row of the sample
  std::vector<std::int32_t> classes;   ///< classification: [rows], -1 where there is no sample; else empty
  std::vector<int> features, targets;  ///< columns of the table
  std::int64_t leftOutColumns = 0;     ///< features that have no column, as there are too many

  std::int64_t rows() const { return static_cast<std::int64_t>(parts.size()); }
  const Column& column(int c) const { return table->columns[static_cast<std::size_t>(c)]; }
  /// Numbers and dates: what has a mean.
  bool isNumeric(int c) const;
  /// As numbers (dates: seconds), NaN where missing.
  std::vector<double> numbers(int c, std::stop_token stop = {}) const;
};
using SampleTablePtr = std::shared_ptr<const SampleTable>;

/// Null when stopped.
SampleTablePtr sampleTable(DatasetPtr data, std::stop_token stop = {});

/// Rows sorted into a few groups.
struct Groups {
  static constexpr int kOthers = -1;
  std::vector<std::int32_t> of;    ///< [rows]: the group, or -1
  std::vector<int> keys;           ///< of each group: the class or the Part; kOthers: the classes that have none of their own
  std::int64_t others = 0;         ///< how many classes kOthers stands for
};
Groups allInOne(const SampleTable& table);
/// Parts that have rows.
Groups byPart(const SampleTable& table);
/// Up to `most` classes have a group each, in their order; of more, the `most` - 1 largest, and the others one together.
Groups byClass(const SampleTable& table, int most = 8);

/// Which rows are shown.
struct RowFilter {
  /// "column > 3", "column = text" (also <, <=, >=, !=) for a column's name; anything else is looked for in every cell.
  std::string text;
  std::optional<Part> part;
  std::optional<std::int32_t> classOf;
  /// Whether a text contains another, whatever the case; the engine knows that for ASCII only.
  std::function<bool(std::string_view whole, std::string_view part)> contains;
};

/// By which they are sorted: a column of the table, or one of these.
struct RowOrder {
  enum { None = -1, BySample = -2, ByPart = -3, ByClass = -4 };
  int column = None;
  bool descending = false;
  bool operator==(const RowOrder&) const = default;
};

/// Row numbers of the table; what is missing stands last, whichever way, and equals keep their order. Empty when stopped.
std::vector<std::int32_t> arrangeRows(const SampleTable& table, const RowFilter& filter, const RowOrder& order, std::stop_token stop = {});

}  // namespace vitrine
