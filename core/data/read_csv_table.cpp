#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <set>

#include "core/base/numbers.h"
#include "core/data/cells.h"
#include "core/data/csv_records.h"
#include "core/data/read_table.h"

namespace vitrine {
namespace {

constexpr std::size_t kFewTexts = 20, kMostCategories = 1000;

/// The kinds that the first records speak for.
std::vector<ColumnKind> guessKinds(std::string_view text, const CsvFormat& f, std::size_t columns) {
  struct Seen {
    int number = 0, date = 0, text = 0;
  };
  std::vector<Seen> seen(columns);
  CsvRecords records(text, f.separator, f.quote);
  std::string room;
  for (int i = 0; i < 1000 && records.next(); ++i) {
    if (i == 0 && f.header == 1) continue;
    for (std::size_t c = 0; c < std::min(columns, records.fields().size()); ++c) {
      const std::string_view cell = trimmed(records.fields()[c]);
      std::string_view plain;
      if (isMissingMark(cell, f)) continue;
      if (plainNumber(cell, f, room, plain) && looksNumeric(plain))
        ++seen[c].number;
      else if (!std::isnan(parseDate(cell)))
        ++seen[c].date;
      else
        ++seen[c].text;
    }
  }
  std::vector<ColumnKind> kinds;
  for (const Seen& s : seen)
    kinds.push_back(s.number >= s.date && (s.number * 2 > s.number + s.date + s.text || s.text + s.date == 0) ? ColumnKind::Number
                    : s.date * 2 > s.number + s.date + s.text                                                                 ? ColumnKind::Date
                                                                                                                              : ColumnKind::Category);
  return kinds;
}

/// One pass over the records into builders; null builders are passed over.
Status readRecords(std::string_view text, const CsvFormat& f, std::vector<std::optional<ColumnBuilder>>& builders, std::vector<std::int64_t>* lines,
                   std::stop_token stop, const Progress& progress) {
  CsvRecords records(text, f.separator, f.quote);
  std::int64_t rows = 0;
  for (bool first = true; records.next(); first = false) {
    const std::span<const std::string_view> fields = records.fields();
    if (fields.size() != builders.size())
      return Error{{}, "row " + std::to_string(records.line()), std::to_string(fields.size()) + (fields.size() == 1 ? " cell" : " cells"),
                   std::to_string(builders.size()) + (f.header == 1 ? " as in the header" : " as in the first row"), {}};
    if (first && f.header == 1) continue;
    for (std::size_t c = 0; c < fields.size(); ++c)
      if (builders[c]) builders[c]->add(trimmed(fields[c]), records.line());
    if (lines) lines->push_back(records.line());
    if (++rows % 4096 == 0) {
      if (stop.stop_requested()) return problem("stopped");
      if (progress) progress(static_cast<double>(records.position()) / static_cast<double>(text.size()));
    }
    if (rows > std::numeric_limits<std::int32_t>::max()) return problem("there are more than 2147483647 rows");
  }
  if (records.error()) return *records.error();
  return {};
}

}  // namespace

std::vector<std::string> uniqueNames(std::vector<std::string> names) {
  std::set<std::string> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) names[i] = "column " + std::to_string(i + 1);
    const std::string plain = names[i];
    for (int k = 2; !taken.insert(names[i]).second; ++k) names[i] = plain + " (" + std::to_string(k) + ")";
  }
  return names;
}

void ColumnBuilder::addMissing() {
  ++column_.missing;
  if (column_.kind == ColumnKind::Number)
    column_.numbers.push_back(kNan);
  else if (column_.kind == ColumnKind::Date)
    column_.dates.push_back(kNan);
  else
    column_.codes.push_back(-1);
}

void ColumnBuilder::addNumber(std::string_view cell, std::int64_t line) {
  // The usual cell first; whatever is special about the others is found out after.
  double value = 0;
  const std::from_chars_result end = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (end.ec == std::errc() && end.ptr == cell.data() + cell.size() && std::abs(value) <= std::numeric_limits<float>::max() && format_.thousands != '.') {
    ++seen_;
    column_.numbers.push_back(value);
    return;
  }
  if (isMissingMark(cell, format_)) return addMissing();
  ++seen_;
  std::string_view plain;
  Error error{{}, cellPlace(line, column_.name), shownCell(cell), "a number", {}};
  if (plainNumber(cell, format_, room_, plain)) {
    const Result<double> number = numberCell(plain, line, column_.name);
    if (number) {
      column_.numbers.push_back(*number);
      return;
    }
    error = number.error();
    error.found = shownCell(cell);
    texts_ += !looksNumeric(plain);
  } else {
    ++texts_;
  }
  if (column_.odd++ == 0) column_.firstOdd = std::move(error);
  addMissing();
}

void ColumnBuilder::add(std::string_view cell, std::int64_t line) {
  if (column_.kind == ColumnKind::Number) return addNumber(cell, line);
  if (isMissingMark(cell, format_)) return addMissing();
  ++seen_;
  if (column_.kind == ColumnKind::Date) {
    const double date = parseDate(cell);
    if (std::isnan(date)) {
      ++texts_;
      if (column_.odd++ == 0) column_.firstOdd = Error{{}, cellPlace(line, column_.name), shownCell(cell), "a date as 2026-11-24", {}};
      return addMissing();
    }
    column_.dates.push_back(date);
    return;
  }
  auto at = index_.find(cell);
  if (at == index_.end()) {
    at = index_.emplace(std::string(cell), static_cast<std::int32_t>(column_.names.size())).first;
    column_.names.emplace_back(cell);
  }
  column_.codes.push_back(at->second);
}

Column ColumnBuilder::finish(bool decideText) {
  if (column_.kind != ColumnKind::Category && column_.kind != ColumnKind::Text) return std::move(column_);
  // Values that hardly repeat are names or remarks, not categories.
  const std::size_t values = column_.names.size();
  const bool free = values > kMostCategories || (values > kFewTexts && values * 2 > static_cast<std::size_t>(seen_));
  if (decideText) column_.kind = free ? ColumnKind::Text : ColumnKind::Category;
  return column_.kind == ColumnKind::Category ? asCategories(column_) : std::move(column_);
}

Result<Table> readCsvTable(std::string bytes, CsvFormat& f, const ColumnKinds& kinds, std::stop_token stop, const Progress& progress) {
  if (f.encoding.empty()) f.encoding = detectEncoding(bytes);
  Result<std::string> converted = toUtf8(std::move(bytes), f.encoding);
  if (!converted) return converted.error();
  const std::string text = std::move(*converted);
  f = detectFormat(text, f);
  CsvRecords head(text, f.separator, f.quote);
  if (!head.next()) {
    if (head.error()) return *head.error();
    return Error{{}, {}, "an empty file", "a header line and rows of numbers", {}};
  }
  std::vector<std::string> names;
  for (const std::string_view field : head.fields()) names.emplace_back(f.header == 1 ? trimmed(field) : std::string_view());
  names = uniqueNames(std::move(names));

  const std::vector<ColumnKind> guess = guessKinds(text, f, names.size());
  const auto given = [&](std::size_t c) { return c < kinds.size() ? kinds[c] : std::nullopt; };
  std::vector<std::optional<ColumnBuilder>> builders;
  for (std::size_t c = 0; c < names.size(); ++c) builders.emplace_back(ColumnBuilder(names[c], given(c).value_or(guess[c]), f));
  Table table;
  if (Status s = readRecords(text, f, builders, &table.lines, stop, progress); !s) return s.error();
  if (table.lines.empty()) return Error{{}, {}, "a header and no rows", "rows of data", {}};

  // The first rows may have misled.
  std::vector<std::optional<ColumnBuilder>> again(names.size());
  bool any = false;
  for (std::size_t c = 0; c < names.size(); ++c)
    if (!given(c) && builders[c]->misjudged()) again[c].emplace(names[c], ColumnKind::Category, f), any = true;
  if (any)
    if (Status s = readRecords(text, f, again, nullptr, stop, {}); !s) return s.error();
  for (std::size_t c = 0; c < names.size(); ++c) table.columns.push_back((again[c] ? *again[c] : *builders[c]).finish(!given(c)));
  if (progress) progress(1);
  return table;
}

}  // namespace vitrine
