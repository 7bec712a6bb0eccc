// How a text file is written, told from its first part.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "core/base/numbers.h"
#include "core/data/cells.h"
#include "core/data/csv_format.h"
#include "core/data/csv_records.h"
#include "core/data/table.h"

namespace vitrine {
namespace {

constexpr std::size_t kLookedAt = std::size_t{1} << 18, kLeastLines = 5, kMostCells = 60000;
constexpr int kRecords = 200, kLeastRecords = 3, kMostPreamble = 50;

/// The first part, cut at the end of a line; of very long lines a few.
std::string_view headOf(std::string_view text) {
  if (text.size() <= kLookedAt) return text;
  std::size_t end = text.find('\n', kLookedAt);
  std::size_t lines = static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(std::min(end, text.size())), '\n'));
  while (lines < kLeastLines && end != std::string_view::npos) end = text.find('\n', end + 1), ++lines;
  return text.substr(0, end == std::string_view::npos ? text.size() : end + 1);
}

std::string_view lineAt(std::string_view text, std::size_t at) { return text.substr(at, std::min(text.find_first_of("\r\n", at), text.size()) - at); }

/// The separator of a line "sep=;" (Excel's own), or 0.
char sepLine(std::string_view text) {
  std::string_view line = trimmed(lineAt(text, 0));
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') line = line.substr(1, line.size() - 2);
  return line.size() == 5 && lowerAscii(line.substr(0, 4)) == "sep=" ? line[4] : '\0';
}

/// '#' or '%' when the first lines begin with it and the rest does not; else 0.
char commentMark(std::string_view text) {
  std::size_t at = text.find_first_not_of(" \r\n");
  if (at == std::string_view::npos || (text[at] != '#' && text[at] != '%')) return 0;
  const char mark = text[at];
  // A column may be called "#".
  if (at + 1 < text.size() && std::string_view(",;\t|").find(text[at + 1]) != std::string_view::npos) return 0;
  std::size_t marked = 0, lines = 0;
  while (at < text.size()) {
    const std::string_view line = lineAt(text, at);
    if (!trimmed(line).empty()) ++lines, marked += trimmed(line)[0] == mark;
    at += line.size() + 1;
  }
  return marked < lines && (marked * 2 < lines || lines < 10) ? mark : '\0';
}

struct Row {
  std::int64_t line = 0;
  std::vector<std::string> cells;
};

/// The first records as a separator cuts them, without what stands before the table.
struct Cut {
  std::vector<Row> rows;        ///< the first may name the columns
  std::size_t width = 0;        ///< cells of most rows
  std::int64_t skip = 0;        ///< lines before the first of `rows`
  bool withinQuotes = false;    ///< some row is cut within quotes
  bool strayTitle = false;      ///< a single cell stood before rows without a name
  double even = 0;              ///< share of the rows that have as many cells
  std::string lastComment;      ///< before the first row
};

/// As many cells, or one empty one more.
bool fits(const Row& row, std::size_t width) { return row.cells.size() == width || (row.cells.size() == width + 1 && row.cells.back().empty()); }

bool isNumber(std::string_view cell, const CsvFormat& f) {
  std::string room;
  std::string_view plain;
  return plainNumber(cell, f, room, plain) && numberLook(plain) != NumberLook::No;
}

Cut cutBy(std::string_view head, const CsvFormat& f, char separator, std::int64_t base, bool findPreamble) {
  Cut cut;
  CsvRecords records(head, separator, f.quote, f.comment.value_or('\0'));
  records.skipLines(base);
  cut.skip = base;
  std::size_t cells = 0;
  for (int i = 0; i < kRecords && (cells < kMostCells || i < kLeastRecords) && records.next(); ++i) {
    if (i == 0) cut.lastComment = records.lastComment();
    Row row{records.line(), {}};
    for (const std::string_view f2 : records.fields()) row.cells.emplace_back(trimmed(f2));
    cells += row.cells.size();
    cut.withinQuotes = cut.withinQuotes || records.cutWithinQuotes();
    cut.rows.push_back(std::move(row));
  }
  if (cut.rows.empty()) return cut;
  std::map<std::size_t, int> counts;
  for (const Row& r : cut.rows) ++counts[r.cells.size()];
  for (const auto& [n, times] : counts)
    if (times >= counts[cut.width]) cut.width = n;
  // Rows may end by a separator that the first does not have.
  const auto trailing = [&](const Row& r) { return r.cells.size() == cut.width && r.cells.back().empty(); };
  if (cut.width > 1 && cut.rows[0].cells.size() == cut.width - 1 && std::all_of(cut.rows.begin() + 1, cut.rows.end(), trailing)) --cut.width;
  const auto first = std::find_if(cut.rows.begin(), cut.rows.end(), [&](const Row& r) { return fits(r, cut.width); });
  const std::size_t before = static_cast<std::size_t>(first - cut.rows.begin());
  // A line of names that lacks the name of the row's own names stays.
  const bool rowNames = !cut.withinQuotes && before == 1 && cut.width > 2 && cut.rows[0].cells.size() + 1 == cut.width;
  if (findPreamble && before > 0 && before <= kMostPreamble && !rowNames && std::all_of(cut.rows.begin(), first, [&](const Row& r) { return r.cells.size() < cut.width; })) {
    cut.strayTitle = before == 1 && cut.rows[0].cells.size() == 1 && std::all_of(first->cells.begin(), first->cells.end(), [&](const std::string& c) { return isNumber(c, f); });
    cut.skip = first->line - 1;
    cut.rows.erase(cut.rows.begin(), first);
  }
  const auto even = std::count_if(cut.rows.begin(), cut.rows.end(), [&](const Row& r) { return fits(r, cut.width); }) + (rowNames ? 1 : 0);
  cut.even = static_cast<double>(even) / static_cast<double>(cut.rows.size()) * (records.error() || cut.withinQuotes ? 0.5 : 1);
  return cut;
}

/// A separator within a text speaks for another reading, unless a blank follows it as in prose; so do columns of blanks, and numbers in a row.
bool isOneText(const std::string& cell, const CsvFormat& f) {
  bool numbers = true;
  for (std::size_t i = 0, word = 0; i <= cell.size(); ++i) {
    if (i == cell.size() || cell[i] == ' ') {
      numbers = numbers && isNumber(std::string_view(cell).substr(word, i - word), f);
      word = i + 1;
      if (i + 1 < cell.size() && cell[i + 1] == ' ') return false;
    } else if (cell[i] == '\t' || cell[i] == '|' || ((cell[i] == ';' || cell[i] == ',') && !(i + 1 < cell.size() && cell[i + 1] == ' '))) {
      return false;
    }
  }
  return !numbers;
}

enum class Kind { Empty, Number, Date, Text };

/// What most cells of a column's body are.
Kind kindOf(const Cut& cut, std::size_t c, const CsvFormat& f, double& share) {
  int number = 0, date = 0, clean = 0, all = 0;
  for (std::size_t r = 1; r < cut.rows.size(); ++r) {
    if (c >= cut.rows[r].cells.size()) continue;
    const std::string& cell = cut.rows[r].cells[c];
    if (isMissingMark(cell, f)) continue;
    ++all;
    if (isNumber(cell, f)) {
      ++number;
    } else if (!std::isnan(parseDate(cell))) {
      ++date;
    } else {
      clean += isOneText(cell, f);
    }
  }
  share = 1;
  if (all == 0) return Kind::Empty;
  if (number * 10 >= all * 9) return Kind::Number;
  if (date * 10 >= all * 9) return Kind::Date;
  constexpr double kText = 0.85;  // a reading that finds numbers is the better one
  share = kText * (clean + number + date) / all;
  return Kind::Text;
}

/// How well the body's cells are of one kind a column, 0 … 1.
double purity(const Cut& cut, const CsvFormat& f) {
  double sum = 0;
  for (std::size_t c = 0; c < cut.width; ++c) {
    double share = 1;
    kindOf(cut, c, f, share);
    sum += share;
  }
  return sum / static_cast<double>(cut.width);
}

using Marks = std::pair<char, char>;  // decimal, thousands

/// In the order of preference where nothing in the file tells them apart. Three digits after a comma are decimals where semicolons separate,
/// since that is why they do; elsewhere they are thousands.
std::vector<Marks> marksFor(char separator, const CsvFormat& given, std::string_view head) {
  std::vector<Marks> all{{'.', 0}, {'.', ','}, {',', 0}, {',', '.'}, {'.', ' '}, {',', ' '}, {'.', '\''}, {',', '\''}};
  if (separator == ';') std::swap(all[1], all[2]), std::swap(all[2], all[3]);
  std::erase_if(all, [&](const Marks& m) {
    if ((m.first == ',' || m.second == ',') && head.find(',') == std::string_view::npos) return true;
    return (given.decimal != 0 && m.first != given.decimal) || (given.thousands && m.second != *given.thousands) || (separator == ' ' && m.second == ' ');
  });
  if (all.empty()) all.push_back({given.decimal == 0 ? '.' : given.decimal, given.thousands.value_or('\0')});
  return all;
}

/// A run of whole numbers, each one more than the one before: 0 1 2 or 2023 2024 2025.
bool countsUp(const std::vector<double>& numbers) {
  for (std::size_t i = 1; i < numbers.size(); ++i)
    if (numbers[i] != numbers[i - 1] + 1) return false;
  return numbers.size() >= 3;
}

/// Whether a number lies among those of a column's body.
bool withinBody(const Cut& cut, std::size_t c, const CsvFormat& f, double value) {
  bool below = false, above = false;
  std::string room;
  for (std::size_t r = 1; r < cut.rows.size(); ++r) {
    std::string_view plain;
    if (c >= cut.rows[r].cells.size() || !isNumber(cut.rows[r].cells[c], f) || !plainNumber(cut.rows[r].cells[c], f, room, plain)) continue;
    const double v = parseNumber<double>(plain[0] == '+' ? plain.substr(1) : plain).value_or(kNan);
    below = below || v <= value;
    above = above || v >= value;
  }
  return below && above;
}

/// Whether the first row names the columns.
bool namesColumns(const Cut& cut, const CsvFormat& f) {
  const std::vector<std::string>& first = cut.rows[0].cells;
  bool known = false, other = false, overOther = false, numberOverNumber = false, anyText = false, fractions = false, outside = true;
  std::vector<double> numbers;
  for (std::size_t c = 0; c < std::min(first.size(), cut.width); ++c) {
    double share = 0;
    const Kind kind = kindOf(cut, c, f, share);
    std::string room;
    std::string_view plain;
    const bool number = isNumber(first[c], f) && plainNumber(first[c], f, room, plain), date = !number && !std::isnan(parseDate(first[c]));
    if (number) {
      numbers.push_back(parseNumber<double>(plain[0] == '+' ? plain.substr(1) : plain).value_or(kNan));
      numberOverNumber = numberOverNumber || kind == Kind::Number;
      outside = outside && !withinBody(cut, c, f, numbers.back());
    }
    if (kind == Kind::Number)
      for (std::size_t r = 1; r < cut.rows.size() && !fractions; ++r) fractions = c < cut.rows[r].cells.size() && cut.rows[r].cells[c].find(f.decimal) != std::string::npos;
    if (first[c].empty() || isMissingMark(first[c], f)) {
      // A mark may be a class: it says "data" where the column has it below.
      if (!first[c].empty() && kind == Kind::Text) known = known || std::any_of(cut.rows.begin() + 1, cut.rows.end(), [&](const Row& r) { return c < r.cells.size() && r.cells[c] == first[c]; });
      continue;
    }
    anyText = anyText || (!number && !date);
    if ((kind == Kind::Number && !number) || (kind == Kind::Date && !date && !number)) overOther = true;
    if (kind == Kind::Text && !number) {
      std::set<std::string> values;
      std::size_t rows = 0;
      for (std::size_t r = 1; r < cut.rows.size(); ++r)
        if (c < cut.rows[r].cells.size() && !cut.rows[r].cells[c].empty()) values.insert(cut.rows[r].cells[c]), ++rows;
      known = known || values.count(first[c]) > 0;
      other = other || (values.count(first[c]) == 0 && values.size() * 2 <= rows);
    }
  }
  if (overOther) return true;
  if (known) return false;
  if (cut.rows.size() < 2) return anyText;
  if (other) return numbers.empty() || outside || countsUp(numbers);
  // Only numbers: 0, 1, 2 … over fractions are the names that a program gave.
  if (!anyText) return numbers.size() == cut.width && countsUp(numbers) && fractions;
  return !numberOverNumber;
}

/// Whether the row below the names says units: short texts over numbers, in brackets or nothing elsewhere.
bool saysUnits(const Cut& cut, const CsvFormat& f) {
  constexpr std::size_t kLongestUnit = 16, kLeastRows = 2;
  if (cut.rows.size() < 2 + kLeastRows || !fits(cut.rows[1], cut.width)) return false;
  Cut below = cut;
  below.rows.erase(below.rows.begin());  // what kindOf passes over is the row of units now
  bool any = false;
  for (std::size_t c = 0; c < cut.width; ++c) {
    const std::string& cell = cut.rows[1].cells[c];
    double share = 0;
    const bool number = kindOf(below, c, f, share) == Kind::Number;
    const bool bracketed = cell.size() >= 2 && std::string_view("[({<").find(cell[0]) != std::string_view::npos && std::string_view("])}>").find(cell.back()) != std::string_view::npos;
    if (cell.empty() || cell == "-") continue;
    if (isNumber(cell, f) || cell.size() > kLongestUnit || (!number && !bracketed) || (isMissingMark(cell, f) && !bracketed)) return false;
    any = any || number || bracketed;
  }
  return any;
}

/// Names in the last comment: as many words as there are columns, none of them a number.
bool commentNames(const Cut& cut, const CsvFormat& f) {
  if (cut.lastComment.empty()) return false;
  CsvRecords names(std::string_view(cut.lastComment).substr(1), f.separator, f.quote);
  if (!names.next() || names.fields().size() != cut.width || cut.width < 2) return false;
  return std::none_of(names.fields().begin(), names.fields().end(), [&](std::string_view n) { return trimmed(n).empty() || isNumber(trimmed(n), f); });
}

}  // namespace

CsvFormat detectFormat(std::string_view text, CsvFormat f) {
  std::string_view head = headOf(text);
  std::int64_t base = std::max<std::int64_t>(0, f.skip);
  if (f.skip < 0 && f.separator == 0)
    if (const char c = sepLine(head)) f.separator = c, base = 1;
  if (!f.comment) {
    std::string_view rest = head;
    for (std::int64_t i = 0; i < base && !rest.empty(); ++i) rest.remove_prefix(std::min(lineAt(rest, 0).size() + 1, rest.size()));
    f.comment = commentMark(rest);
  }
  Cut best;
  CsvFormat chosen = f;
  double most = -1;
  const std::vector<char> separators = f.separator != 0 ? std::vector<char>{f.separator} : std::vector<char>{',', ';', '\t', '|', ' '};
  for (const char separator : separators) {
    CsvFormat g = f;
    g.separator = separator;
    if (g.decimal == 0) g.decimal = '.';
    Cut cut = cutBy(head, g, separator, base, f.skip < 0);
    if (cut.rows.empty()) continue;
    const double width = static_cast<double>(cut.width);
    // Blanks stand between words too, and one column is even whatever the separator is.
    const double pattern = cut.even * cut.even * (cut.width < 2 ? 0.3 : (width - 1) / width) * (separator == ' ' ? 0.75 : 1) * (cut.skip > base ? 0.97 : 1) * (cut.strayTitle ? 0.5 : 1);
    for (const auto& [decimal, thousands] : marksFor(separator, f, head)) {
      g.decimal = decimal;
      g.thousands = thousands;
      const double score = pattern * purity(cut, g);
      if (score <= most + 1e-9) continue;
      most = score;
      chosen = g;
      chosen.skip = cut.skip;
      best = cut;
    }
  }
  if (best.rows.empty()) {
    if (chosen.separator == 0) chosen.separator = ',';
    if (chosen.decimal == 0) chosen.decimal = '.';
    chosen.thousands = chosen.thousands.value_or('\0');
    chosen.skip = base;
    if (chosen.header < 0) chosen.header = kHeader;
    return chosen;
  }
  if (chosen.header >= 0) return chosen;
  chosen.header = namesColumns(best, chosen) ? kHeader : commentNames(best, chosen) ? kHeaderInComment : kNoHeader;
  if (chosen.header == kHeader && saysUnits(best, chosen)) chosen.header = kHeaderAndUnits;
  // Units over numbers make a row of names look like one of data: names over names tell nothing.
  if (chosen.header == kNoHeader && saysUnits(best, chosen) && std::none_of(best.rows[0].cells.begin(), best.rows[0].cells.end(), [&](const std::string& c) { return isNumber(c, chosen); }))
    chosen.header = kHeaderAndUnits;
  return chosen;
}

}  // namespace vitrine
