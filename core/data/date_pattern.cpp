// Dates by a declared pattern.
#include <array>
#include <cstdio>

#include "core/base/numbers.h"
#include "core/data/table.h"

namespace vitrine {
namespace {

constexpr std::array<const char*, 12> kMonths{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"};
constexpr std::array<const char*, 7> kDays{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// The parts of a date as they are read; -1: not there.
struct Parts {
  int year = 1970, month = 1, day = 1, hour = 0, minute = 0, zone = 0;  // zone in minutes
  double second = 0;
  bool halfDay = false, afternoon = false;
};

class Reader {
 public:
  Reader(std::string_view text, std::string_view pattern) : text_(text), pattern_(pattern) {}

  bool read(Parts& out) {
    for (std::size_t i = 0; i < pattern_.size();) {
      const char c = pattern_[i];
      if (c == '\'') {
        // Letters between quotes stand for themselves; two quotes are one.
        const std::size_t end = pattern_.find('\'', i + 1);
        if (end == std::string_view::npos) return false;
        const std::string_view plain = end == i + 1 ? std::string_view("'") : pattern_.substr(i + 1, end - i - 1);
        if (!text_.starts_with(plain)) return false;
        text_.remove_prefix(plain.size());
        i = end + 1;
      } else if (!isLetter(c)) {
        if (text_.empty() || text_[0] != c) return false;
        text_.remove_prefix(1);
        ++i;
      } else {
        std::size_t n = 1;
        while (i + n < pattern_.size() && pattern_[i + n] == c) ++n;
        // Digits that run on are cut by the pattern's width.
        const bool runsOn = i + n < pattern_.size() && isLetter(pattern_[i + n]);
        if (!field(c, n, runsOn, out)) return false;
        i += n;
      }
    }
    return text_.empty();
  }

 private:
  bool digits(std::size_t most, int& out) {
    std::size_t n = 0;
    out = 0;
    while (n < text_.size() && n < most && isDigit(text_[n])) out = out * 10 + (text_[n++] - '0');
    text_.remove_prefix(n);
    return n > 0;
  }
  template <std::size_t N>
  bool word(const std::array<const char*, N>& words, int& out) {
    std::size_t n = 0;
    while (n < text_.size() && isLetter(text_[n])) ++n;
    const std::string said = lowerAscii(text_.substr(0, n));
    for (std::size_t k = 0; k < N; ++k)
      if (n >= 3 && std::string_view(words[k]).starts_with(said)) {
        text_.remove_prefix(n);
        if (!text_.empty() && text_[0] == '.') text_.remove_prefix(1);
        out = static_cast<int>(k) + 1;
        return true;
      }
    return false;
  }
  bool zone(Parts& out) {
    if (text_.starts_with("Z")) return text_.remove_prefix(1), true;
    for (const std::string_view utc : {"UTC", "GMT"})
      if (text_.starts_with(utc)) return text_.remove_prefix(3), true;
    if (text_.empty() || (text_[0] != '+' && text_[0] != '-')) return false;
    const int sign = text_[0] == '+' ? 1 : -1;
    text_.remove_prefix(1);
    int hours = 0, minutes = 0;
    if (!digits(2, hours)) return false;
    if (text_.starts_with(":")) text_.remove_prefix(1);
    if (!text_.empty() && isDigit(text_[0])) digits(2, minutes);
    out.zone = sign * (hours * 60 + minutes);
    return true;
  }
  bool field(char c, std::size_t n, bool runsOn, Parts& out) {
    const std::size_t most = runsOn ? n : c == 'y' ? 4 : 2;
    int value = 0;
    switch (c) {
      case 'y':
      case 'u':
        if (!digits(most, value)) return false;
        out.year = n <= 2 && value < 100 ? (value < 70 ? 2000 + value : 1900 + value) : value;
        return true;
      case 'M':
      case 'L': return n >= 3 ? word(kMonths, out.month) : digits(most, out.month);
      case 'd': return digits(most, out.day);
      case 'H': return digits(most, out.hour) && out.hour < 24;
      case 'k': return digits(most, out.hour) && out.hour >= 1 && out.hour <= 24 && (out.hour %= 24, true);
      case 'h': return out.halfDay = true, digits(most, out.hour) && out.hour >= 1 && out.hour <= 12 && (out.hour %= 12, true);
      case 'K': return out.halfDay = true, digits(most, out.hour) && out.hour < 12;
      case 'm': return digits(most, out.minute) && out.minute < 60;
      case 's':
        if (!digits(most, value) || value > 60) return false;
        out.second += value;
        return true;
      case 'S':
        if (!digits(runsOn ? n : 9, value)) return false;
        out.second += value / 1000.0;
        return true;
      case 'a': {
        const std::string half = lowerAscii(text_.substr(0, 2));
        if (half != "am" && half != "pm") return false;
        out.afternoon = half == "pm";
        text_.remove_prefix(2);
        return true;
      }
      case 'E': return word(kDays, value);
      case 'Z':
      case 'X':
      case 'z': return zone(out);
      default: return false;
    }
  }
  std::string_view text_, pattern_;
};

}  // namespace

double parseDate(std::string_view text, std::string_view pattern) {
  Parts p;
  if (!Reader(text, pattern).read(p)) return kNan;
  if (p.halfDay && p.afternoon) p.hour += 12;
  char day[32];
  std::snprintf(day, sizeof day, "%04d-%d-%d", p.year, p.month, p.day);
  return parseDate(day) + p.hour * 3600 + (p.minute - p.zone) * 60 + p.second;
}

}  // namespace vitrine
