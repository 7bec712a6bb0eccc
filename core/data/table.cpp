#include "core/data/table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "core/base/numbers.h"
#include "core/data/cells.h"

namespace vitrine {
namespace {

constexpr double kDay = 86400;

/// Days since 1970-01-01 of the proleptic Gregorian calendar (Hinnant 2013, days_from_civil).
std::int64_t daysOf(std::int64_t y, int m, int d) {
  y -= m <= 2;
  const std::int64_t era = (y >= 0 ? y : y - 399) / 400, yearOfEra = y - era * 400;
  const std::int64_t dayOfYear = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468;
}

struct Scan {
  std::string_view text;
  bool digits(std::size_t least, std::size_t most, int& out) {
    std::size_t n = 0;
    out = 0;
    while (n < text.size() && n < most && text[n] >= '0' && text[n] <= '9') out = out * 10 + (text[n++] - '0');
    text.remove_prefix(n);
    return n >= least;
  }
  bool is(char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
  }
};

bool dayPart(Scan& s, int& y, int& m, int& d) {
  int first = 0;
  const std::size_t before = s.text.size();
  if (!s.digits(1, 4, first)) return false;
  const bool yearFirst = before - s.text.size() == 4;
  const char mark = s.text.empty() ? '\0' : s.text[0];
  if (mark != '-' && mark != '/' && mark != '.') return false;
  if (yearFirst) {
    y = first;
    return s.is(mark) && s.digits(1, 2, m) && s.is(mark) && s.digits(1, 2, d);
  }
  if (mark != '.') return false;  // day or month first: nobody can tell
  d = first;
  return s.is(mark) && s.digits(1, 2, m) && s.is(mark) && s.digits(4, 4, y);
}

}  // namespace

double parseDate(std::string_view text) {
  Scan s{text};
  int y = 0, m = 0, d = 0;
  if (!dayPart(s, y, m, d)) return kNan;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
  if (m < 1 || m > 12 || d < 1 || d > kDays[m - 1] + (m == 2 && leap)) return kNan;
  double seconds = static_cast<double>(daysOf(y, m, d)) * kDay;
  if (s.text.empty()) return seconds;
  int hour = 0, minute = 0, second = 0;
  if (!s.is('T') && !s.is(' ')) return kNan;
  if (!s.digits(1, 2, hour) || !s.is(':') || !s.digits(2, 2, minute)) return kNan;
  double part = 0;
  if (s.is(':')) {
    if (!s.digits(2, 2, second)) return kNan;
    if (s.is('.')) {
      double unit = 0.1;
      if (s.text.empty() || s.text[0] < '0' || s.text[0] > '9') return kNan;
      for (; !s.text.empty() && s.text[0] >= '0' && s.text[0] <= '9'; s.text.remove_prefix(1), unit /= 10) part += (s.text[0] - '0') * unit;
    }
  }
  if (hour > 23 || minute > 59 || second > 60) return kNan;
  seconds += hour * 3600 + minute * 60 + second + part;
  if (s.text.empty() || (s.is('Z') && s.text.empty())) return seconds;
  const int sign = s.is('+') ? 1 : s.is('-') ? -1 : 0;
  int zoneHours = 0, zoneMinutes = 0;
  if (sign == 0 || !s.digits(2, 2, zoneHours)) return kNan;
  (void)s.is(':');
  if (!s.text.empty() && !s.digits(2, 2, zoneMinutes)) return kNan;
  return s.text.empty() ? seconds - sign * (zoneHours * 3600 + zoneMinutes * 60) : kNan;
}

bool namesRows(const Table& table, std::size_t c) {
  const Column& column = table.columns[c];
  if (column.missing > 0 || table.columns.size() < 3 || table.rows() < 2) return false;
  if (c == 0 && (column.nameless || lowerAscii(column.name) == "unnamed: 0")) {
    if (column.kind == ColumnKind::Text || column.kind == ColumnKind::Category) return static_cast<std::int64_t>(column.names.size()) == column.size();
    std::set<double> values;
    for (std::int64_t r = 0; r < column.size(); ++r)
      if (const double v = column.value(r); v != std::nearbyint(v) || !values.insert(v).second) return false;
    return true;
  }
  static const std::set<std::string> kNames{"id", "index", "row", "rowid", "row_id", "row id", "row.names", "rownames", "row name", "no", "no.", "nr", "nr.", "number", "#", "instance", "sample_id", "unnamed: 0"};
  if (column.kind != ColumnKind::Number || kNames.count(lowerAscii(column.name)) == 0) return false;
  const double first = column.numbers[0];
  if (first != 0 && first != 1) return false;
  for (std::size_t r = 0; r < column.numbers.size(); ++r)
    if (column.numbers[r] != first + static_cast<double>(r)) return false;
  return true;
}

std::string dateText(double seconds) {
  if (!std::isfinite(seconds)) return {};
  const std::int64_t whole = static_cast<std::int64_t>(std::floor(seconds)), day = whole >= 0 ? whole / 86400 : (whole - 86399) / 86400;
  const int rest = static_cast<int>(whole - day * 86400);
  // The inverse of daysOf (Hinnant 2013, civil_from_days).
  const std::int64_t z = day + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
  const std::int64_t y = yoe + era * 400 + (m <= 2);
  char out[64];
  std::snprintf(out, sizeof out, "%04lld-%02lld-%02lld", static_cast<long long>(y), static_cast<long long>(m), static_cast<long long>(d));
  std::string text = out;
  if (rest == 0) return text;
  std::snprintf(out, sizeof out, " %02d:%02d:%02d", rest / 3600, rest / 60 % 60, rest % 60);
  return text + out;
}

std::int64_t Column::size() const {
  return static_cast<std::int64_t>(kind == ColumnKind::Number ? numbers.size() : kind == ColumnKind::Date ? dates.size() : codes.size());
}

bool Column::isMissing(std::int64_t row) const {
  const std::size_t r = static_cast<std::size_t>(row);
  if (kind == ColumnKind::Number) return std::isnan(numbers[r]);
  if (kind == ColumnKind::Date) return std::isnan(dates[r]);
  return codes[r] < 0;
}

double Column::value(std::int64_t row) const {
  const std::size_t r = static_cast<std::size_t>(row);
  if (kind == ColumnKind::Number) return numbers[r];
  if (kind == ColumnKind::Date) return dates[r];
  return codes[r] < 0 ? kNan : codes[r];
}

std::string Column::text(std::int64_t row) const {
  const std::size_t r = static_cast<std::size_t>(row);
  if (isMissing(row)) return {};
  if (kind == ColumnKind::Number) return single ? numberText(static_cast<float>(numbers[r])) : numberText(numbers[r]);
  if (kind == ColumnKind::Date) return dateText(dates[r]);
  return names[static_cast<std::size_t>(codes[r])];
}

Column asCategories(const Column& column) {
  Column out;
  out.name = column.name;
  out.kind = ColumnKind::Category;
  out.missing = column.missing;
  out.fixedNames = column.fixedNames;
  out.nameless = column.nameless;
  out.marks = column.marks;
  out.marksMissing = column.marksMissing;
  const std::int64_t n = column.size();
  out.codes.reserve(static_cast<std::size_t>(n));
  if (column.kind == ColumnKind::Category || column.kind == ColumnKind::Text) {
    // In the order of their bytes, unless the file says which order they have.
    std::vector<std::int32_t> order(column.names.size()), place(column.names.size());
    std::iota(order.begin(), order.end(), 0);
    const auto name = [&](std::int32_t i) -> const std::string& { return column.names[static_cast<std::size_t>(i)]; };
    if (!column.fixedNames) std::sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return name(a) < name(b); });
    for (std::size_t i = 0; i < order.size(); ++i) place[static_cast<std::size_t>(order[i])] = static_cast<std::int32_t>(i), out.names.push_back(name(order[i]));
    for (const std::int32_t code : column.codes) out.codes.push_back(code < 0 ? -1 : place[static_cast<std::size_t>(code)]);
    return out;
  }
  std::map<double, std::int32_t> index;
  for (std::int64_t r = 0; r < n; ++r)
    if (!column.isMissing(r)) index.emplace(column.value(r) + 0.0, 0);  // -0 is 0
  for (auto& [value, code] : index) {
    code = static_cast<std::int32_t>(out.names.size());
    out.names.push_back(column.kind == ColumnKind::Date ? dateText(value) : column.single ? numberText(static_cast<float>(value)) : numberText(value));
  }
  for (std::int64_t r = 0; r < n; ++r) out.codes.push_back(column.isMissing(r) ? -1 : index.at(column.value(r) + 0.0));
  return out;
}

Result<Column> asNumbers(const Column& column, const Table& table) {
  if (column.kind == ColumnKind::Number) return column;
  Column out;
  out.name = column.name;
  const std::int64_t n = column.size();
  out.numbers.reserve(static_cast<std::size_t>(n));
  for (std::int64_t r = 0; r < n; ++r) {
    if (column.isMissing(r)) {
      out.numbers.push_back(kNan);
      ++out.missing;
    } else if (column.kind == ColumnKind::Date) {
      out.numbers.push_back(column.dates[static_cast<std::size_t>(r)] / kDay);
    } else {
      const Result<double> value = numberCell(column.text(r), table.line(r), column.name);
      if (!value) return value.error();
      out.numbers.push_back(*value);
    }
  }
  return out;
}

}  // namespace vitrine
