#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// How a text file is to be read. What is left at "detect" is found out from the text and told back.
struct CsvFormat {
  std::string encoding;      ///< "UTF-8", "UTF-16LE", "UTF-16BE", "GB18030", "ISO-8859-1"; empty: detect
  char separator = 0;        ///< 0: detect among comma, semicolon, tab and vertical bar
  char quote = '"';          ///< 0: none
  int header = -1;           ///< 1: the first record names the columns; 0: it is a row; -1: detect
  char decimal = 0;          ///< '.' or ','; 0: detect
  char thousands = 0;        ///< 0: none; ',' '.' ' ' or '\'' between groups of three digits
  std::vector<std::string> missing = defaultMissing();  ///< cells that mean "not known", besides empty ones; case counts for nothing

  static std::vector<std::string> defaultMissing();
  bool operator==(const CsvFormat&) const = default;
};

/// Encodings that can be named, in the order of a list.
const std::vector<std::string>& textEncodings();
/// By byte order mark, else by what the bytes can be: UTF-8, UTF-16 by its zero bytes, GB18030, ISO-8859-1.
std::string detectEncoding(std::string_view bytes);
/// The text as UTF-8 without byte order mark. Bytes that are not of the encoding, and zero bytes, are refused with their row.
Result<std::string> toUtf8(std::string bytes, const std::string& encoding);

/// Fills what is left to detect. `text` is UTF-8; only its first part is looked at.
CsvFormat detectFormat(std::string_view text, CsvFormat given);

/// Whether the cell means "not known": empty, or one of the format's marks.
bool isMissingMark(std::string_view cell, const CsvFormat& format);
/// The cell's number written for the C locale: the thousands' marks left out, the decimal comma a point. False when the
/// groups are not of three digits. `room` holds what had to be rewritten.
bool plainNumber(std::string_view cell, const CsvFormat& format, std::string& room, std::string_view& out);

}  // namespace vitrine
