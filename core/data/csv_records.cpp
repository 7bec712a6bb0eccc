#include "core/data/csv_records.h"

#include <algorithm>

namespace vitrine {

bool CsvRecords::lineEnd() {
  if (at_ >= text_.size() || (text_[at_] != '\n' && text_[at_] != '\r')) return false;
  at_ += text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n' ? 2 : 1;
  ++line_;
  return true;
}

std::size_t CsvRecords::afterBlanks(std::size_t at) const {
  while (at < text_.size() && (text_[at] == ' ' || (text_[at] == '\t' && separator_ != '\t'))) ++at;
  return at;
}

void CsvRecords::skipLines(std::int64_t lines) {
  for (; lines > 0 && at_ < text_.size(); --lines) {
    at_ = std::min(text_.find_first_of("\r\n", at_), text_.size());
    lineEnd();
  }
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
  // With blanks between cells, one must follow.
  const std::size_t after = separator_ == ' ' ? at_ : afterBlanks(at_);
  const bool ends = after >= text_.size() || text_[after] == separator_ || text_[after] == '\n' || text_[after] == '\r' || (separator_ == ' ' && text_[after] == '\t');
  at_ = after;
  if (!ends)
    error_ = Error{{}, "row " + std::to_string(line_), "text after a closing quote", "a separator or the end of the line", {}};
  return ends;
}

bool CsvRecords::passEmptyOrComment() {
  if (lineEnd()) return true;
  const std::size_t first = text_.find_first_not_of(separator_ == '\t' ? " " : " \t", at_);
  if (first == std::string_view::npos) return at_ = text_.size(), false;
  if (text_[first] == '\n' || text_[first] == '\r') return at_ = first, lineEnd();
  if (comment_ == 0 || text_[first] != comment_) return false;
  const std::size_t end = std::min(text_.find_first_of("\r\n", first), text_.size());
  lastComment_ = text_.substr(first, end - first);
  ++comments_;
  at_ = end;
  lineEnd();
  return true;
}

bool CsvRecords::next() {
  if (error_) return false;
  while (at_ < text_.size() && passEmptyOrComment()) {
  }
  if (at_ >= text_.size()) return false;
  fields_.clear();
  unescaped_.clear();
  recordLine_ = line_;
  recordAt_ = at_;
  const bool blanks = separator_ == ' ';
  const char second = blanks ? '\t' : separator_;
  if (blanks) at_ = afterBlanks(at_);
  while (true) {
    std::size_t begin = at_;
    if (quote_ != 0 && begin < text_.size() && (text_[begin] == ' ' || text_[begin] == '\t')) {
      begin = afterBlanks(begin);
      if (begin < text_.size() && text_[begin] == quote_) at_ = begin;  // blanks before a quote belong to neither
    }
    if (quote_ != 0 && at_ < text_.size() && text_[at_] == quote_) {
      if (!quotedField()) return false;
    } else {
      begin = at_;
      const char* p = text_.data() + at_;
      const char* const end = text_.data() + text_.size();
      const char separator = separator_;
      while (p < end && *p != separator && *p != second && *p != '\n' && *p != '\r') ++p;
      at_ = static_cast<std::size_t>(p - text_.data());
      fields_.push_back(text_.substr(begin, at_ - begin));
    }
    if (blanks) at_ = afterBlanks(at_);
    if (blanks ? at_ < text_.size() && text_[at_] != '\n' && text_[at_] != '\r' : atSeparator()) {
      at_ += !blanks;
      continue;
    }
    lineEnd();
    return true;
  }
}

bool CsvRecords::cutWithinQuotes() const {
  if (quote_ == 0 || text_.substr(recordAt_, at_ - recordAt_).find(quote_) == std::string_view::npos) return false;
  bool open = false;
  for (const std::string_view field : fields_) {
    if (std::count(field.begin(), field.end(), quote_) % 2 == 0) continue;
    if (open) return true;
    // One that ends the field closes nothing: 5'11" is a length.
    const std::size_t last = field.rfind(quote_);
    open = last > 0 && field.find_first_not_of(" \t", last + 1) != std::string_view::npos;
  }
  return false;
}

std::string csvField(std::string_view text, char separator) {
  const bool plain = text.find_first_of("\"\r\n") == std::string_view::npos && text.find(separator) == std::string_view::npos && !text.empty();
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace vitrine
