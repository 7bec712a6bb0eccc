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

/// Cuts text into records of fields (RFC 4180): quotes, doubled quotes, separators and line ends within quotes; lines end by LF, CRLF or CR;
/// empty lines are passed over, and so are lines that begin with the comment mark. Blanks may stand around a quoted field; a quote within a
/// bare field is a letter. Separator ' ': any run of blanks and tabs. Quote 0, comment 0: none. Fields look into the text, which must outlive
/// them (and this object, for fields with doubled quotes).
class CsvRecords {
 public:
  CsvRecords(std::string_view text, char separator, char quote = '"', char comment = 0) : text_(text), separator_(separator), quote_(quote), comment_(comment) {}

  /// Passes over whole lines, whatever stands in them.
  void skipLines(std::int64_t lines);
  /// Moves on to the next record; false at the end or at a fault.
  bool next();
  std::span<const std::string_view> fields() const { return fields_; }
  /// The line the record begins in, as an editor counts, from 1.
  std::int64_t line() const { return recordLine_; }
  /// A fault in the quoting, without the file's name.
  const std::optional<Error>& error() const { return error_; }
  std::size_t position() const { return at_; }
  /// Whether the record has been cut within quotes that do not begin their field: a "b, c" d.
  bool cutWithinQuotes() const;
  /// Comment lines met so far, and the last of them with its mark.
  std::int64_t comments() const { return comments_; }
  std::string_view lastComment() const { return lastComment_; }

 private:
  bool quotedField();
  bool lineEnd();
  bool passEmptyOrComment();
  std::size_t afterBlanks(std::size_t at) const;
  bool atSeparator() const { return at_ < text_.size() && text_[at_] == separator_; }

  std::string_view text_;
  char separator_, quote_, comment_;
  std::size_t at_ = 0, recordAt_ = 0;
  std::int64_t line_ = 1, recordLine_ = 1, comments_ = 0;
  std::string_view lastComment_;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;
  std::optional<Error> error_;
};

/// The field as it must stand in a file: quoted when it has to be.
std::string csvField(std::string_view text, char separator = ',');

}  // namespace vitrine
