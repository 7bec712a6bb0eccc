#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <unordered_set>

#include "core/base/numbers.h"
#include "core/data/cells.h"
#include "core/data/csv_records.h"
#include "core/data/file_bytes.h"
#include "core/data/read_table.h"
#include "core/data/text_encoding.h"

namespace vitrine {
namespace {

constexpr std::size_t kFewTexts = 20, kMostCategories = 1000;

CsvRecords recordsOf(std::string_view text, const CsvFormat& f) {
  CsvRecords records(text, f.separator, f.quote, f.comment.value_or('\0'));
  records.skipLines(std::max<std::int64_t>(0, f.skip));
  return records;
}

/// Records that name columns and units.
int headRecords(const CsvFormat& f) { return f.header == kHeader ? 1 : f.header == kHeaderAndUnits ? 2 : 0; }

/// The kinds that the first records speak for.
std::vector<ColumnKind> guessKinds(std::string_view text, const CsvFormat& f, std::size_t columns) {
  constexpr std::size_t kMostCells = 2000000;
  std::vector<CellCounts> seen(columns);
  CsvRecords records = recordsOf(text, f);
  std::string room;
  std::size_t cells = 0;
  for (int i = 0; i < 1000 && cells < kMostCells && records.next(); ++i) {
    if (i < headRecords(f)) continue;
    cells += records.fields().size();
    for (std::size_t c = 0; c < std::min(columns, records.fields().size()); ++c) {
      const std::string_view cell = trimmed(records.fields()[c]);
      if (!isMissingMark(cell, f)) seen[c].add(cell, f, room);
    }
  }
  std::vector<ColumnKind> kinds;
  for (const CellCounts& s : seen) kinds.push_back(s.kind());
  return kinds;
}

/// The columns that stay: all with a name, and of the others those with a value in some row.
std::vector<bool> columnsToKeep(std::string_view text, const CsvFormat& f, const std::vector<std::string>& names) {
  std::vector<bool> keep(names.size(), true);
  std::vector<std::size_t> open;
  for (std::size_t c = 0; f.header != kNoHeader && c < names.size(); ++c)
    if (names[c].empty()) keep[c] = false, open.push_back(c);
  CsvRecords records = recordsOf(text, f);
  for (int i = 0; !open.empty() && records.next(); ++i)
    if (i >= headRecords(f))
      std::erase_if(open, [&](std::size_t c) { return keep[c] = c < records.fields().size() && !trimmed(records.fields()[c]).empty(); });
  return keep;
}

/// One pass over the records into builders; null builders are passed over. Rows without any value at the end are left out and counted.
Status readRecords(std::string_view text, const CsvFormat& f, std::vector<std::optional<ColumnBuilder>>& builders, std::vector<std::int64_t>* lines,
                   std::int64_t& emptyAtEnd, std::stop_token stop, const Progress& progress) {
  CsvRecords records = recordsOf(text, f);
  std::vector<std::int64_t> emptyLines;  // rows without a value, which may be the last
  std::int64_t rows = 0;
  int head = headRecords(f);
  while (records.next()) {
    if (head-- > 0) continue;
    std::span<const std::string_view> fields = records.fields();
    if (records.cutWithinQuotes())
      return Error{{}, "row " + std::to_string(records.line()), "a separator within quotes that do not begin their cell", "quotes around the whole cell, those within it doubled", {}};
    // A separator at the end of the line begins no cell.
    if (fields.size() == builders.size() + 1 && trimmed(fields.back()).empty()) fields = fields.first(builders.size());
    if (fields.size() != builders.size())
      return Error{{}, "row " + std::to_string(records.line()), std::to_string(fields.size()) + (fields.size() == 1 ? " cell" : " cells"),
                   std::to_string(builders.size()) + (f.header == kNoHeader ? " as in the first row" : " as in the header"), {}};
    if (fields.size() > 1 && std::all_of(fields.begin(), fields.end(), [](std::string_view cell) { return trimmed(cell).empty(); })) {
      emptyLines.push_back(records.line());
      continue;
    }
    for (const std::int64_t line : emptyLines) {
      for (std::optional<ColumnBuilder>& builder : builders)
        if (builder) builder->addMissing();
      if (lines) lines->push_back(line);
    }
    emptyLines.clear();
    for (std::size_t c = 0; c < fields.size(); ++c)
      if (builders[c]) builders[c]->add(trimmed(fields[c]), records.line());
    if (lines) lines->push_back(records.line());
    if (++rows % 1024 == 0) {
      const double share = static_cast<double>(records.position()) / static_cast<double>(text.size());
      if (stop.stop_requested()) return problem("stopped");
      if (progress) progress(share);
      if (Status s = checkCells(static_cast<std::int64_t>(static_cast<double>(rows) / share), static_cast<std::int64_t>(builders.size())); !s) return s;
    }
    if (rows > std::numeric_limits<std::int32_t>::max()) return problem("there are more than 2147483647 rows");
  }
  if (records.error()) return *records.error();
  emptyAtEnd = static_cast<std::int64_t>(emptyLines.size());
  return {};
}

}  // namespace

std::vector<std::string> uniqueNames(std::vector<std::string> names) {
  std::unordered_set<std::string> taken;
  std::unordered_map<std::string, int> next;  // the number to try for a name that stands several times
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) names[i] = "column " + std::to_string(i + 1);
    if (taken.insert(names[i]).second) continue;
    int& k = next.emplace(names[i], 2).first->second;
    const std::string plain = names[i];
    do names[i] = plain + " (" + std::to_string(k++) + ")";
    while (!taken.insert(names[i]).second);
  }
  return names;
}

Status checkCells(std::int64_t rows, std::int64_t columns) {
  constexpr std::int64_t kCell = sizeof(double);
  if (columns <= 0 || rows <= memoryCap() / kCell / columns) return {};
  return Error{{}, "size", std::to_string(rows) + " rows × " + std::to_string(columns) + " columns, " + bytesText(static_cast<std::int64_t>(static_cast<double>(rows) * static_cast<double>(columns) * kCell)),
               "at most " + bytesText(memoryCap()) + ", a quarter of this machine's memory", {}};
}

void CellCounts::add(std::string_view cell, const CsvFormat& f, std::string& room) {
  std::string_view plain;
  const NumberLook look = plainNumber(cell, f, room, plain) ? numberLook(plain) : NumberLook::No;
  if (look == NumberLook::Yes) {
    ++numbers;
  } else if (look == NumberLook::Label) {
    ++labels;
  } else if (!std::isnan(parseDate(cell))) {
    ++dates;
  } else {
    ++texts;
    const auto is = [](char c, char low, char high) { return c >= low && c <= high; };
    const bool digits = std::any_of(cell.begin(), cell.end(), [&](char c) { return is(c, '0', '9'); });
    codes += digits && std::all_of(cell.begin(), cell.end(), [&](char c) { return is(c, '0', '9') || is(c, 'a', 'z') || is(c, 'A', 'Z') || c == '-' || c == '_'; });
  }
}

ColumnKind CellCounts::kind() const {
  if (areLabels()) return ColumnKind::Category;
  if (numbers >= dates && (numbers * 2 > all() || texts + dates + labels == 0)) return ColumnKind::Number;
  return dates * 2 > all() ? ColumnKind::Date : ColumnKind::Category;
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

void ColumnBuilder::addMark(std::string_view cell) {
  constexpr std::size_t kMost = 8;
  if (cell.empty()) return;
  const auto at = std::find_if(column_.marks.begin(), column_.marks.end(), [&](const auto& m) { return m.first == cell; });
  if (at != column_.marks.end())
    ++at->second;
  else if (column_.marks.size() < kMost)
    column_.marks.emplace_back(cell, 1);
}

void ColumnBuilder::addNumber(std::string_view cell, std::int64_t line) {
  constexpr double kExact = 9007199254740992;  // 2^53
  // The usual cell first; whatever is special about the others is found out after.
  double value = 0;
  const char* const last = cell.data() + cell.size();
  const std::from_chars_result end = std::from_chars(cell.data(), last, value);
  const bool zero = cell.size() > 1 && (cell[0] == '0' || cell[0] == '-') && cell[1] != '.';
  if (end.ec == std::errc() && end.ptr == last && std::abs(value) < kExact && !zero && format_.thousands != '.') {
    ++seen_;
    column_.numbers.push_back(value);
    return;
  }
  if (isMissingMark(cell, format_)) return addMark(cell), addMissing();
  ++seen_;
  others_.add(cell, format_, room_);
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
  }
  if (column_.odd++ == 0) column_.firstOdd = std::move(error);
  addMissing();
}

void ColumnBuilder::add(std::string_view cell, std::int64_t line) {
  if (column_.kind == ColumnKind::Number) return addNumber(cell, line);
  if (column_.kind == ColumnKind::Date) {
    if (isMissingMark(cell, format_)) return addMark(cell), addMissing();
    ++seen_;
    const double date = datePattern_.empty() ? parseDate(cell) : parseDate(cell, datePattern_);
    if (std::isnan(date)) {
      others_.add(cell, format_, room_);
      if (column_.odd++ == 0) column_.firstOdd = Error{{}, cellPlace(line, column_.name), shownCell(cell), datePattern_.empty() ? "a date as 2026-11-24" : "a date as " + datePattern_, {}};
      return addMissing();
    }
    column_.dates.push_back(date);
    return;
  }
  if (cell.empty()) return addMissing();
  // Whether a mark is a value is known when all have been seen.
  ++seen_;
  auto at = index_.find(cell);
  if (at == index_.end()) {
    at = index_.emplace(std::string(cell), static_cast<std::int32_t>(column_.names.size())).first;
    column_.names.emplace_back(cell);
  }
  column_.codes.push_back(at->second);
}

void ColumnBuilder::settleMarks(std::optional<bool> marksMissing) {
  std::vector<bool> mark(column_.names.size());
  bool any = false;
  for (std::size_t k = 0; k < mark.size(); ++k) mark[k] = isMissingMark(column_.names[k], format_), any = any || mark[k];
  if (!any) return;
  std::vector<std::int64_t> counts(mark.size());
  for (const std::int32_t code : column_.codes)
    if (code >= 0) ++counts[static_cast<std::size_t>(code)];
  std::vector<std::int64_t> others;
  for (std::size_t k = 0; k < mark.size(); ++k)
    if (!mark[k]) others.push_back(counts[k]);
  std::sort(others.begin(), others.end());
  // As often as a class, and not rarely: "NA" is Namibia then, and "-" the opposite of "+". A question mark asks.
  const std::int64_t usual = others.empty() ? 0 : others[others.size() / 2];
  for (std::size_t k = 0; k < mark.size(); ++k) {
    if (!mark[k]) continue;
    column_.marks.emplace_back(column_.names[k], counts[k]);
    const bool isValue = column_.names[k] != "?" && (others.size() == 1 || (others.size() > 1 && counts[k] * 2 >= usual));
    if (isValue && !marksMissing) column_.marksMissing = false;
  }
  if (marksMissing) column_.marksMissing = *marksMissing;
  std::vector<std::int32_t> to(mark.size());
  std::vector<std::string> names;
  for (std::size_t k = 0; k < mark.size(); ++k) {
    const bool gone = mark[k] && (column_.marksMissing || (!marksMissing && column_.names[k] == "?"));
    to[k] = gone ? -1 : static_cast<std::int32_t>(names.size());
    if (gone)
      column_.missing += counts[k], seen_ -= counts[k];
    else
      names.push_back(std::move(column_.names[k]));
  }
  for (std::int32_t& code : column_.codes)
    if (code >= 0) code = to[static_cast<std::size_t>(code)];
  column_.names = std::move(names);
}

Column ColumnBuilder::finish(bool decideText, std::optional<bool> marksMissing) {
  if (column_.kind != ColumnKind::Category && column_.kind != ColumnKind::Text) return std::move(column_);
  settleMarks(marksMissing);
  // Values that hardly repeat are names or remarks, not categories.
  const std::size_t values = column_.names.size();
  const bool free = values > kMostCategories || (values > kFewTexts && values * 2 > static_cast<std::size_t>(seen_));
  if (decideText) column_.kind = free ? ColumnKind::Text : ColumnKind::Category;
  return column_.kind == ColumnKind::Category ? asCategories(column_) : std::move(column_);
}

namespace {

/// What the columns are called, by the header or the comment above the table.
std::vector<std::string> headerNames(std::string_view text, const CsvFormat& f, std::size_t& width) {
  CsvRecords head = recordsOf(text, f);
  std::vector<std::string> names;
  if (!head.next()) return names;
  width = head.fields().size();
  if (f.header == kHeaderInComment && !head.lastComment().empty()) {
    CsvRecords said(head.lastComment().substr(1), f.separator, f.quote);
    if (said.next())
      for (const std::string_view field : said.fields()) names.emplace_back(trimmed(field));
    names.resize(width);
    return names;
  }
  for (const std::string_view field : head.fields()) names.emplace_back(f.header == kNoHeader || f.header == kHeaderInComment ? std::string_view() : trimmed(field));
  if (f.header == kNoHeader || f.header == kHeaderInComment) return names;
  // The rows may have one cell more, or one less, than there are names: row names as R writes them, or a separator at the line's end only here.
  if (f.header == kHeaderAndUnits) head.next();
  if (!head.next()) return names;
  if (head.fields().size() == width + 1 && !trimmed(head.fields().back()).empty() && !head.cutWithinQuotes()) names.insert(names.begin(), std::string()), ++width;
  if (width > 1 && head.fields().size() == width - 1 && names.back().empty()) names.pop_back(), --width;
  return names;
}

/// What was passed over, in sentences.
void noteSkipped(std::string_view text, const CsvFormat& f, std::size_t emptyColumns, std::int64_t emptyRows, std::vector<std::string>& notes) {
  const auto lines = [](std::int64_t n) { return std::to_string(n) + (n == 1 ? " line" : " lines"); };
  if (f.skip > 0) notes.push_back(lines(f.skip) + " before the table " + (f.skip == 1 ? "is" : "are") + " passed over.");
  CsvRecords records = recordsOf(text, f);
  std::string units;
  for (int i = 0; i < headRecords(f) && records.next(); ++i)
    if (i == 1)
      for (const std::string_view u : records.fields()) units += (units.empty() ? "" : ", ") + std::string(trimmed(u));
  if (f.header == kHeaderAndUnits) notes.push_back("Row " + std::to_string(records.line()) + " is taken for units (" + units.substr(0, 80) + ") and passed over.");
  if (f.comment.value_or('\0') != 0 && text.find(*f.comment) != std::string_view::npos) {
    while (records.next()) {
    }
    const std::int64_t comments = records.comments() - (f.header == kHeaderInComment);
    if (comments > 0) notes.push_back(lines(comments) + " beginning with '" + std::string(1, *f.comment) + "' " + (comments == 1 ? "is" : "are") + " passed over.");
    if (f.header == kHeaderInComment) notes.push_back("The last line beginning with '" + std::string(1, *f.comment) + "' names the columns.");
  }
  if (emptyColumns > 0) notes.push_back(std::to_string(emptyColumns) + (emptyColumns == 1 ? " column without a name and without values is" : " columns without names and without values are") + " left out.");
  if (emptyRows > 0) notes.push_back(std::to_string(emptyRows) + (emptyRows == 1 ? " row without any value at the end is" : " rows without any value at the end are") + " left out.");
}

/// Refused before anything is made of it: a line of more cells than a table may have columns.
Status checkWidth(std::string_view text, const CsvFormat& f) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  for (const char c : {',', ';', '\t', '|'}) {
    if (f.separator != 0 && f.separator != c) continue;
    const std::size_t cells = static_cast<std::size_t>(std::count(line.begin(), line.end(), c)) + 1;
    if (cells > kMostColumns) return Error{{}, "row 1", std::to_string(cells) + " cells", "at most " + std::to_string(kMostColumns) + " columns", {}};
  }
  return {};
}

}  // namespace

Result<Table> readCsvTable(std::string bytes, CsvFormat& f, const ColumnChoices& choices, std::stop_token stop, const Progress& progress) {
  if (f.encoding.empty()) f.encoding = detectEncoding(bytes);
  Result<std::string> converted = toUtf8(std::move(bytes), f.encoding);
  if (!converted) return converted.error();
  const std::string text = std::move(*converted);
  if (Status s = checkWidth(text, f); !s) return s.error();
  f = detectFormat(text, f);
  CsvRecords head = recordsOf(text, f);
  if (!head.next()) {
    if (head.error()) return *head.error();
    return Error{{}, {}, "an empty file", "a header line and rows of numbers", {}};
  }
  std::size_t width = 0;
  const std::vector<std::string> said = headerNames(text, f, width);
  if (width > kMostColumns) return Error{{}, "row " + std::to_string(head.line()), std::to_string(width) + " cells", "at most " + std::to_string(kMostColumns) + " columns", {}};
  const std::vector<std::string> names = uniqueNames(said);
  const std::vector<ColumnKind> guess = guessKinds(text, f, width);
  std::vector<std::optional<ColumnBuilder>> builders;
  // Choices are by the columns that are kept, which is known when all have been read: where there are some, the same file has been read before.
  std::vector<std::size_t> place(width);
  const auto choiceOf = [&](std::size_t c) { return place[c] < choices.size() ? choices[place[c]] : ColumnChoice{}; };
  const std::vector<bool> kept = columnsToKeep(text, f, said);
  std::size_t empty = 0;
  for (std::size_t c = 0; c < width; ++c) place[c] = c - empty, empty += !kept[c];
  for (std::size_t c = 0; c < width; ++c) {
    builders.emplace_back();
    if (kept[c]) builders.back().emplace(names[c], choiceOf(c).kind.value_or(guess[c]), f);
  }
  Table table;
  std::int64_t emptyRows = 0;
  if (Status s = readRecords(text, f, builders, &table.lines, emptyRows, stop, progress); !s) return s.error();
  if (table.lines.empty()) return Error{{}, {}, "a header and no rows", "rows of data", {}};

  // The first rows may have misled.
  std::vector<std::optional<ColumnBuilder>> again(width);
  bool any = false;
  for (std::size_t c = 0; c < width; ++c)
    if (kept[c] && !choiceOf(c).kind && builders[c]->misjudged()) again[c].emplace(names[c], ColumnKind::Category, f), any = true;
  if (any)
    if (Status s = readRecords(text, f, again, nullptr, emptyRows, stop, {}); !s) return s.error();
  for (std::size_t c = 0; c < width; ++c) {
    if (!kept[c]) continue;
    table.columns.push_back((again[c] ? *again[c] : *builders[c]).finish(!choiceOf(c).kind, choiceOf(c).marksMissing));
    table.columns.back().nameless = f.header != kNoHeader && said[c].empty();
  }
  noteSkipped(text, f, empty, emptyRows, table.notes);
  if (progress) progress(1);
  return table;
}

}  // namespace vitrine
