#pragma once

#include <charconv>
#include <cmath>
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

/// Below this every whole number has a double of its own: 2^53.
inline constexpr double kLargestWhole = 9007199254740992.0;

/// A whole number that a double has without rounding (a minus zero is none, as it would lose its sign).
inline bool isWhole(double value) { return value >= -kLargestWhole && value <= kLargestWhole && value == std::nearbyint(value) && !(value == 0 && std::signbit(value)); }

/// The shortest text that reads back as the same number, in the C locale; whole numbers without an exponent: 1000000, not 1e+06.
template <class T>
std::string numberText(T value) {
  static_assert(std::is_arithmetic_v<T>);
  if constexpr (std::is_floating_point_v<T>)
    if (isWhole(static_cast<double>(value))) return std::to_string(static_cast<long long>(value));
  char buffer[64];
  const std::to_chars_result end = std::to_chars(buffer, buffer + sizeof(buffer), value);
  return std::string(buffer, end.ptr);
}

/// Three significant digits in the C locale, for sentences; whole numbers whole.
inline std::string shortNumber(double value) {
  if (isWhole(value)) return numberText<double>(value);
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
