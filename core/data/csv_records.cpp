#include "core/data/csv_records.h"

#include <algorithm>

namespace vitrine {

bool CsvRecords::lineEnd() {
  if (at_ >= text_.size() || (text_[at_] != '\n' && text_[at_] != '\r')) return false;
  at_ += text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
  ++line_;
  return true;
}

bool CsvRecords::quotedField() {
  const std::int64_t begunLine = line_;
  const std::size_t begin = ++at_;
  std::string* own = nullptr;
  std::size_t from = begin;
  while (true) {
    const std::size_t quote = text_.find(quote_, at_);
    for (std::size_t i = at_; i < std::min(quote, text_.size()); ++i)
      if (text_[i] == '\n' || (text_[i] == '\r' && !(i + 1 < text_.size() && text_[i + 1] == '\n'))) ++line_;
    if (quote == std::string_view::npos) {
      at_ = text_.size();
      error_ = Error{{}, "row " + std::to_string(begunLine), "a quoted field without its end", "a closing '\"'", {}};
      return false;
    }
    at_ = quote + 1;
    if (at_ < text_.size() && text_[at_] == quote_) {
      if (!own) own = &unescaped_.emplace_back();
      own->append(text_.substr(from, at_ - from));
      from = ++at_;
      continue;
    }
    if (own) own->append(text_.substr(from, quote - from));
    fields_.push_back(own ? std::string_view(*own) : text_.substr(begin, quote - begin));
    break;
  }
  const bool ends = at_ >= text_.size() || text_[at_] == separator_ || text_[at_] == '\n' || text_[at_] == '\r';
  if (!ends)
    error_ = Error{{}, "row " + std::to_string(line_), "text after a closing quote", "a separator or the end of the line", {}};
  return ends;
}

bool CsvRecords::next() {
  if (error_) return false;
  while (lineEnd()) {
  }
  if (at_ >= text_.size()) return false;
  fields_.clear();
  unescaped_.clear();
  recordLine_ = line_;
  while (true) {
    if (quote_ != 0 && at_ < text_.size() && text_[at_] == quote_) {
      if (!quotedField()) return false;
    } else {
      const std::size_t begin = at_;
      const char* p = text_.data() + at_;
      const char* const end = text_.data() + text_.size();
      const char separator = separator_;
      while (p < end && *p != separator && *p != '\n' && *p != '\r') ++p;
      at_ = static_cast<std::size_t>(p - text_.data());
      fields_.push_back(text_.substr(begin, at_ - begin));
    }
    if (at_ < text_.size() && text_[at_] == separator_) {
      ++at_;
      continue;
    }
    lineEnd();
    return true;
  }
}

std::string csvField(std::string_view text, char separator) {
  const bool plain = text.find_first_of("\"\r\n") == std::string_view::npos && text.find(separator) == std::string_view::npos && !text.empty();
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

char detectSeparator(std::string_view text, char quote) {
  constexpr int kRecords = 10;
  char best = ',';
  std::size_t bestScore = 0;
  for (const char separator : {',', ';', '\t', '|'}) {
    CsvRecords records(text, separator, quote);
    std::size_t columns = 0;
    bool even = true;
    for (int i = 0; i < kRecords && records.next(); ++i) {
      if (i == 0) columns = records.fields().size();
      even = even && records.fields().size() == columns;
    }
    // Evenness counts first; a single column is even whatever the separator is.
    const std::size_t score = columns < 2 ? 0 : columns + (even ? text.size() : 0);
    if (score > bestScore) {
      best = separator;
      bestScore = score;
    }
  }
  return best;
}

}  // namespace vitrine
