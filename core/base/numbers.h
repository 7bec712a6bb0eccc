#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace vitrine {

/// What stands where there is no number.
inline constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

/// ASCII letters in lower case, whatever the locale.
inline std::string lowerAscii(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

/// The shortest text that reads back as the same number, in the C locale; whole numbers up to 2^53 with all their digits ("1000000",
/// not "1e+06").
template <class T>
std::string numberText(T value) {
  static_assert(std::is_arithmetic_v<T>);
  char buffer[64];
  if constexpr (std::is_floating_point_v<T>) {
    constexpr T kWhole = static_cast<T>(std::int64_t{1} << 53);
    if (value > -kWhole && value < kWhole && value != 0 && value == static_cast<T>(static_cast<std::int64_t>(value))) {
      const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof(buffer), static_cast<std::int64_t>(value));
      return std::string(buffer, end.ptr);
    }
  }
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end.ptr);
}

/// Three significant digits in the C locale, for sentences.
inline std::string shortNumber(double value) {
  char buffer[32];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof(buffer), value, std::chars_format::general, 3).ptr);
}

/// The whole of `text` as a number in the C locale; nothing when it is not one, or not within T's range.
template <class T>
std::optional<T> parseNumber(std::string_view text) {
  static_assert(std::is_arithmetic_v<T>);
  T value{};
  const std::from_chars_result end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc() || end.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace vitrine
