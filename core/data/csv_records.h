#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// Cuts text into records of fields (RFC 4180): quotes, doubled quotes, separators and line ends within quotes; lines
/// end by LF, CRLF or CR; empty lines are passed over. Quote 0: none. Fields look into the text, which must outlive them (and this
/// object, for fields with doubled quotes).
class CsvRecords {
 public:
  CsvRecords(std::string_view text, char separator, char quote = '"') : text_(text), separator_(separator), quote_(quote) {}

  /// Moves on to the next record; false at the end or at a fault.
  bool next();
  std::span<const std::string_view> fields() const { return fields_; }
  /// The line the record begins in, as an editor counts, from 1.
  std::int64_t line() const { return recordLine_; }
  /// A fault in the quoting, without the file's name.
  const std::optional<Error>& error() const { return error_; }
  std::size_t position() const { return at_; }

 private:
  bool quotedField();
  bool lineEnd();

  std::string_view text_;
  char separator_, quote_;
  std::size_t at_ = 0;
  std::int64_t line_ = 1, recordLine_ = 1;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;
  std::optional<Error> error_;
};

/// The field as it must stand in a file: quoted when it has to be.
std::string csvField(std::string_view text, char separator = ',');

/// Comma, semicolon, tab or vertical bar: the one that cuts the first records into equally many fields, the most of them.
char detectSeparator(std::string_view text, char quote = '"');

}  // namespace vitrine
