#include "core/data/cells.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "core/base/numbers.h"

namespace vitrine {

namespace {
constexpr double kLargestNumber = std::numeric_limits<float>::max();
}

bool looksNumeric(std::string_view cell) {
  if (!cell.empty() && cell[0] == '+') cell.remove_prefix(1);
  double value = 0;
  const std::from_chars_result end = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return end.ec != std::errc::invalid_argument && end.ptr == cell.data() + cell.size();
}

std::string cellPlace(std::int64_t line, const std::string& column) {
  return "row " + std::to_string(line) + ", column '" + column + "'";
}

std::string_view trimmed(std::string_view cell) {
  while (!cell.empty() && (cell.front() == ' ' || cell.front() == '\t')) cell.remove_prefix(1);
  while (!cell.empty() && (cell.back() == ' ' || cell.back() == '\t')) cell.remove_suffix(1);
  return cell;
}

std::string shownCell(std::string_view cell) {
  constexpr std::size_t kMost = 40;
  if (cell.empty()) return "an empty cell";
  if (cell.size() <= kMost) return "'" + std::string(cell) + "'";
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(cell[end]) & 0xc0) == 0x80) --end;  // not within a UTF-8 character
  return "'" + std::string(cell.substr(0, end)) + "…'";
}

Result<double> numberCell(std::string_view cell, std::int64_t line, const std::string& column) {
  std::string_view digits = cell;
  if (digits.size() > 1 && digits[0] == '+' && digits[1] != '-') digits.remove_prefix(1);
  double value = 0;
  const std::from_chars_result end = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  const bool consumed = end.ptr == digits.data() + digits.size();
  if (end.ec == std::errc() && consumed && std::abs(value) <= kLargestNumber) return value;
  if (consumed && (end.ec == std::errc::result_out_of_range || (end.ec == std::errc() && std::isfinite(value)))) {
    // Too near zero is no loss; too far from it is. What from_chars calls out of range has an exponent that tells which.
    const std::size_t exponent = digits.find_first_of("eE");
    const std::size_t first = digits.find_first_not_of("-0");
    const bool small = end.ec == std::errc::result_out_of_range && (exponent == std::string_view::npos ? first != std::string_view::npos && digits[first] == '.' : digits.substr(exponent + 1, 1) == "-");
    if (small) return 0.0;
    return Error{{}, cellPlace(line, column), shownCell(cell), "a number of at most 3.4e38 in size", {}};
  }
  const char* expected = end.ec == std::errc() && consumed ? "a finite number" : "a number";
  return Error{{}, cellPlace(line, column), shownCell(cell), expected, {}};
}

}  // namespace vitrine
