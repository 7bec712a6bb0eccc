#include "core/data/csv_format.h"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/base/numbers.h"
#include "core/data/cells.h"

namespace vitrine {

std::vector<std::string> CsvFormat::defaultMissing() { return {"NA", "N/A", "#N/A", "<NA>", "NaN", "null", "None", "?", "-"}; }

bool isMissingMark(std::string_view cell, const CsvFormat& format) {
  if (cell.empty()) return true;
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == std::tolower(static_cast<unsigned char>(b)); };
  for (const std::string& mark : format.missing)
    if (mark.size() == cell.size() && std::equal(mark.begin(), mark.end(), cell.begin(), same)) return true;
  return false;
}

namespace {

/// Where a group of digits ends and how long its mark is; 0: there is none. A space may be one that does not break.
std::size_t groupMark(std::string_view at, char thousands) {
  if (thousands == 0 || at.empty()) return 0;
  if (at[0] == thousands) return 1;
  if (thousands != ' ') return 0;
  return at.starts_with("\xc2\xa0") ? 2 : at.starts_with("\xe2\x80\xaf") ? 3 : 0;
}

}  // namespace

bool plainNumber(std::string_view cell, const CsvFormat& f, std::string& room, std::string_view& out) {
  out = cell;
  const char thousands = f.thousands.value_or('\0');
  const bool rewrite = (f.decimal == ',' && cell.find_first_of(",.") != std::string_view::npos) ||
                       (thousands != 0 && (cell.find(thousands) != std::string_view::npos || (thousands == ' ' && cell.find_first_of("\xc2\xe2") != std::string_view::npos)));
  if (!rewrite) return true;
  room.clear();
  const std::size_t point = cell.find(f.decimal);
  const std::string_view whole = cell.substr(0, point);
  std::size_t digits = 0, groups = 0;
  for (std::size_t i = 0; i < whole.size();) {
    if (const std::size_t mark = groupMark(whole.substr(i), thousands)) {
      // "0.123" and "030 123" have no groups: no number begins with a group of zero.
      if (digits == 0 || (groups == 0 ? digits > 3 || room.find_first_of("0123456789") == room.find('0') : digits != 3)) return false;
      ++groups;
      digits = 0;
      i += mark;
      continue;
    }
    const char c = whole[i++];
    if (c == '.' || c == ',') return false;
    digits += c >= '0' && c <= '9';
    room += c;
  }
  if (groups > 0 && digits != 3) return false;
  if (point != std::string_view::npos) {
    if (cell.find_first_of(".,", point + 1) != std::string_view::npos) return false;
    room += '.';
    room += cell.substr(point + 1);
  }
  out = room;
  return true;
}

NumberLook numberLook(std::string_view plain) {
  if (!looksNumeric(plain)) return NumberLook::No;
  if (plain[0] == '+' || plain[0] == '-') plain.remove_prefix(1);
  // "inf" and "nan" are words.
  if (plain.empty() || !((plain[0] >= '0' && plain[0] <= '9') || plain[0] == '.')) return NumberLook::No;
  if (plain.find('.') != std::string_view::npos) return NumberLook::Yes;
  if (plain.size() > 1 && plain[0] == '0' && plain[1] >= '0' && plain[1] <= '9') return NumberLook::Label;
  constexpr std::size_t kExact = 15;  // digits that every double keeps
  if (plain.size() <= kExact || plain.find_first_not_of("0123456789") != std::string_view::npos) return NumberLook::Yes;
  const std::optional<double> value = parseNumber<double>(plain);
  char digits[400];
  const std::to_chars_result end = std::to_chars(digits, digits + sizeof digits, value.value_or(0), std::chars_format::fixed);
  return std::string_view(digits, static_cast<std::size_t>(end.ptr - digits)) == plain ? NumberLook::Yes : NumberLook::Label;
}

}  // namespace vitrine
