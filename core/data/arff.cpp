#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "core/base/numbers.h"
#include "core/data/cells.h"
#include "core/data/read_table.h"
#include "core/data/text_encoding.h"

namespace vitrine {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t'; }

/// The tokens of one line: words, texts in either quote (backslash escapes), and the marks { } ,
class Line {
 public:
  Line(std::string_view text, std::int64_t number) : text_(text), number_(number) {}
  void skip() {
    while (!text_.empty() && isSpace(text_[0])) text_.remove_prefix(1);
  }
  bool atEnd() {
    skip();
    return text_.empty() || text_[0] == '%';
  }
  bool is(char c) {
    skip();
    if (text_.empty() || text_[0] != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  /// A word or a quoted text. `bare`: it was not quoted.
  Result<std::string> word(bool& bare) {
    skip();
    std::string out;
    bare = text_.empty() || (text_[0] != '\'' && text_[0] != '"');
    if (bare) {
      while (!text_.empty() && !isSpace(text_[0]) && text_[0] != ',' && text_[0] != '{' && text_[0] != '}') out += text_[0], text_.remove_prefix(1);
      if (out.empty()) return fault(text_.empty() ? "the end of the line" : "'" + std::string(text_.substr(0, 1)) + "'", "a name or a value");
      return out;
    }
    const char quote = text_[0];
    text_.remove_prefix(1);
    while (!text_.empty() && text_[0] != quote) {
      if (text_[0] == '\\' && text_.size() > 1) {
        text_.remove_prefix(1);
        out += text_[0] == 'n' ? '\n' : text_[0] == 't' ? '\t' : text_[0] == 'r' ? '\r' : text_[0];
      } else {
        out += text_[0];
      }
      text_.remove_prefix(1);
    }
    if (text_.empty()) return fault("a quoted text without its end", std::string("a closing ") + quote);
    text_.remove_prefix(1);
    return out;
  }
  Error fault(std::string found, std::string expected) const { return {{}, place(), std::move(found), std::move(expected), {}}; }
  std::string place() const { return "row " + std::to_string(number_); }
  std::int64_t number() const { return number_; }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
  std::int64_t number_;
};

class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {}
  bool next(std::string_view& line) {
    if (at_ >= text_.size()) return false;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    line = text_.substr(at_, end - at_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    at_ = end + 1;
    ++number_;
    return true;
  }
  std::int64_t number() const { return number_; }
  /// Lines that are left and hold something.
  std::int64_t left() const {
    std::int64_t n = 0;
    for (std::size_t at = at_; at < text_.size();) {
      const std::size_t end = std::min(text_.find('\n', at), text_.size());
      n += end > at && text_[at] != '%' && text_[at] != '\r';
      at = end + 1;
    }
    return n;
  }
  double share() const { return static_cast<double>(at_) / static_cast<double>(text_.size()); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::int64_t number_ = 0;
};

struct Attribute {
  std::string name;
  ColumnKind kind = ColumnKind::Number;
  std::vector<std::string> names;
  std::unordered_map<std::string, std::int32_t> index;
  std::string datePattern;
};

Result<Attribute> readAttribute(Line& line) {
  bool bare = false;
  Attribute a;
  Result<std::string> name = line.word(bare);
  if (!name) return name.error();
  a.name = std::move(*name);
  if (line.is('{')) {
    a.kind = ColumnKind::Category;
    while (!line.is('}')) {
      Result<std::string> value = line.word(bare);
      if (!value) return value.error();
      if (!a.index.emplace(*value, static_cast<std::int32_t>(a.names.size())).second) return line.fault("the value '" + *value + "' twice", "different values");
      a.names.push_back(std::move(*value));
      if (!line.is(',') && !line.rest().starts_with('}') && line.atEnd()) return line.fault("the end of the line", "',' or '}'");
    }
    if (a.names.empty()) return line.fault("no values", "values between '{' and '}'");
    return a;
  }
  Result<std::string> type = line.word(bare);
  if (!type) return type.error();
  const std::string t = lowerAscii(*type);
  if (t == "numeric" || t == "real" || t == "integer")
    a.kind = ColumnKind::Number;
  else if (t == "string")
    a.kind = ColumnKind::Text;
  else if (t != "date")
    return line.fault("the type " + shownCell(*type), "numeric, a list of values in { }, string or date");
  if (t != "date") return a;
  a.kind = ColumnKind::Date;
  if (line.atEnd()) return a;
  Result<std::string> pattern = line.word(bare);
  if (!pattern) return pattern.error();
  a.datePattern = std::move(*pattern);
  return a;
}

/// The columns as they grow.
class Body {
 public:
  explicit Body(std::vector<Attribute>& attributes) : attributes_(attributes) {
    format_.missing.clear();
    for (const Attribute& a : attributes) builders_.emplace_back(a.name, a.kind, format_, a.datePattern);
    nominal_.resize(attributes.size());
  }
  Status add(std::size_t c, const std::string& cell, bool bare, const Line& line) {
    const Attribute& a = attributes_[c];
    if (bare && cell == "?") return missing(c);
    if (a.kind != ColumnKind::Category) {
      const std::int64_t odd = builders_[c].odd();
      builders_[c].add(cell.empty() ? std::string_view(" ") : std::string_view(cell), line.number());
      if (builders_[c].odd() > odd) return Error{{}, cellPlace(line.number(), a.name), shownCell(cell), a.kind == ColumnKind::Number ? "a number" : "a date as " + (a.datePattern.empty() ? "2026-11-24" : a.datePattern), {}};
      return {};
    }
    const auto at = a.index.find(cell);
    if (at == a.index.end()) return Error{{}, cellPlace(line.number(), a.name), shownCell(cell), "one of the " + std::to_string(a.names.size()) + " values it was declared with", {}};
    nominal_[c].push_back(at->second);
    return {};
  }
  Status missing(std::size_t c) {
    if (attributes_[c].kind == ColumnKind::Category)
      nominal_[c].push_back(-1);
    else
      builders_[c].addMissing();
    return {};
  }
  Table finish() {
    Table table;
    for (std::size_t c = 0; c < attributes_.size(); ++c) {
      Column column;
      if (attributes_[c].kind == ColumnKind::Category) {
        column.name = attributes_[c].name;
        column.kind = ColumnKind::Category;
        column.names = std::move(attributes_[c].names);
        column.fixedNames = true;
        column.missing = std::count(nominal_[c].begin(), nominal_[c].end(), -1);
        column.codes = std::move(nominal_[c]);
      } else {
        column = builders_[c].finish(attributes_[c].kind == ColumnKind::Text);
      }
      table.columns.push_back(std::move(column));
    }
    return table;
  }

 private:
  std::vector<Attribute>& attributes_;
  CsvFormat format_;
  std::vector<ColumnBuilder> builders_;
  std::vector<std::vector<std::int32_t>> nominal_;
};

Status denseRow(Line& line, std::size_t columns, Body& body) {
  for (std::size_t c = 0; c < columns; ++c) {
    if (c > 0 && !line.is(',') && line.atEnd()) return line.fault(std::to_string(c) + (c == 1 ? " value" : " values"), std::to_string(columns));
    bool bare = false;
    Result<std::string> cell = line.word(bare);
    if (!cell) return cell.error();
    if (Status s = body.add(c, *cell, bare, line); !s) return s;
  }
  if (!line.atEnd()) return line.fault("more after " + std::to_string(columns) + " values", "the end of the line");
  return {};
}

/// "{2 7.5, 4 yes}": what is not named is 0, or a nominal attribute's first value.
Status sparseRow(Line& line, const std::vector<Attribute>& attributes, Body& body) {
  std::size_t next = 0;
  bool bare = false;
  const auto fill = [&](std::size_t to) -> Status {
    for (; next < to; ++next) {
      const Attribute& a = attributes[next];
      if (Status s = body.add(next, a.kind == ColumnKind::Category ? a.names[0] : a.kind == ColumnKind::Number ? "0" : "?", true, line); !s) return s;
    }
    return {};
  };
  while (!line.is('}')) {
    Result<std::string> index = line.word(bare);
    if (!index) return index.error();
    std::size_t c = 0;
    const std::from_chars_result end = std::from_chars(index->data(), index->data() + index->size(), c);
    if (end.ec != std::errc() || end.ptr != index->data() + index->size() || c >= attributes.size() || c < next)
      return line.fault("the index " + shownCell(*index), "a rising index below " + std::to_string(attributes.size()));
    if (Status s = fill(c); !s) return s;
    Result<std::string> cell = line.word(bare);
    if (!cell) return cell.error();
    if (Status s = body.add(next++, *cell, bare, line); !s) return s;
    if (!line.is(',') && line.atEnd()) return line.fault("the end of the line", "',' or '}'");
  }
  if (!line.atEnd()) return line.fault("more after '}'", "the end of the line");
  return fill(attributes.size());
}

}  // namespace

Result<Table> readArffTable(std::string bytes, std::stop_token stop, const Progress& progress) {
  const std::string encoding = detectEncoding(bytes);
  Result<std::string> text = toUtf8(std::move(bytes), encoding);
  if (!text) return text.error();
  Lines lines(*text);
  std::vector<Attribute> attributes;
  std::string_view content;
  Table table;
  bool data = false, relation = false;
  while (!data && lines.next(content)) {
    Line line(content, lines.number());
    if (line.atEnd()) continue;
    bool bare = false;
    const Result<std::string> keyword = line.word(bare);
    if (!keyword) return keyword.error();
    const std::string word = lowerAscii(*keyword);
    if (word == "@relation") {
      const Result<std::string> name = line.word(bare);
      if (!name) return name.error();
      table.name = *name;
      relation = true;
    } else if (word == "@attribute") {
      Result<Attribute> a = readAttribute(line);
      if (!a) return a.error();
      attributes.push_back(std::move(*a));
    } else if (word == "@data") {
      data = true;
    } else {
      return line.fault(shownCell(*keyword), relation ? "@attribute or @data" : "@relation");
    }
  }
  if (attributes.empty() || !data) return Error{{}, "row " + std::to_string(lines.number()), "the end of the file", data ? "@attribute lines before @data" : "@data", {}};
  std::vector<std::string> names;
  for (const Attribute& a : attributes) names.push_back(a.name);
  names = uniqueNames(std::move(names));
  for (std::size_t c = 0; c < names.size(); ++c) attributes[c].name = names[c];
  if (attributes.size() > kMostColumns) return Error{{}, "row " + std::to_string(lines.number()), std::to_string(attributes.size()) + " attributes", "at most " + std::to_string(kMostColumns), {}};
  // Sparse rows are short and their cells many: what they come to is known from the lines alone.
  if (Status s = checkCells(lines.left(), static_cast<std::int64_t>(attributes.size())); !s) return s.error();
  Body body(attributes);
  while (lines.next(content)) {
    Line line(content, lines.number());
    if (line.atEnd()) continue;
    const Status s = line.is('{') ? sparseRow(line, attributes, body) : denseRow(line, attributes.size(), body);
    if (!s) return s.error();
    table.lines.push_back(lines.number());
    if (table.lines.size() % 4096 == 0) {
      if (stop.stop_requested()) return problem("stopped");
      if (progress) progress(lines.share());
    }
    if (table.lines.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) return problem("there are more than 2147483647 rows");
  }
  if (table.lines.empty()) return Error{{}, {}, "@data and no rows", "rows of data", {}};
  table.columns = body.finish().columns;
  if (progress) progress(1);
  return table;
}

}  // namespace vitrine
