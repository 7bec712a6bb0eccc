#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// What the first record is (CsvFormat::header).
enum CsvHeader : int {
  kDetectHeader = -1,
  kNoHeader = 0,         ///< a row
  kHeader = 1,           ///< it names the columns
  kHeaderAndUnits = 2,   ///< it does, and the record after it says units
  kHeaderInComment = 3,  ///< the last comment before it names the columns
};

/// How a text file is to be read. What is left at "detect" is found out from the text and told back.
struct CsvFormat {
  std::string encoding;             ///< one of textEncodings(); empty: detect
  char separator = 0;               ///< ' ': any run of blanks and tabs; 0: detect among comma, semicolon, tab, vertical bar and blanks
  char quote = '"';                 ///< 0: none
  int header = kDetectHeader;
  char decimal = 0;                 ///< '.' or ','; 0: detect
  std::optional<char> thousands;    ///< between groups of three digits: ',' '.' ' ' or '\''; 0: nothing; none: detect
  std::int64_t skip = -1;           ///< lines passed over at the beginning; -1: detect
  std::optional<char> comment;      ///< lines that begin with it are passed over; 0: no such; none: detect
  std::vector<std::string> missing = defaultMissing();  ///< cells that mean "not known", besides empty ones; case counts for nothing

  static std::vector<std::string> defaultMissing();
  bool operator==(const CsvFormat&) const = default;
};

/// Fills what is left to detect; `text` is UTF-8, and only its first part is looked at. Separator, decimal mark and thousands' mark are
/// chosen together: the reading that cuts the most lines into equally many cells of known kinds wins (after van den Burg, Nazábal & Sutton
/// 2019, "Wrangling messy CSV files by detecting row and type patterns"). A line "sep=;" says the separator.
CsvFormat detectFormat(std::string_view text, CsvFormat given);

/// Whether the cell means "not known": empty, or one of the format's marks.
bool isMissingMark(std::string_view cell, const CsvFormat& format);
/// The cell's number written for the C locale: the thousands' marks left out, the decimal comma a point. False when the
/// groups are not of three digits. `room` holds what had to be rewritten.
bool plainNumber(std::string_view cell, const CsvFormat& format, std::string& room, std::string_view& out);

/// Whether the cell is a number and nothing else: "007", "0047583E5" and "nan" are labels, "1.5" and "-2e-3" are numbers.
enum class NumberLook { No, Yes, Label };
/// Label: digits with a leading zero, or with more of them than a number can keep; Yes also for "12E5", which may be a label among labels.
NumberLook numberLook(std::string_view plain);

}  // namespace vitrine
