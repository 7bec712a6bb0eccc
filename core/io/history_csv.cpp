#include "core/io/history_csv.h"

#include <cmath>
#include <limits>
#include <optional>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

constexpr std::string_view kBatchHead = "step,epoch,loss,accuracy,rate,seconds";
constexpr std::string_view kEpochHead = "epoch,step,train_loss,train_accuracy,validation_loss,validation_accuracy,seconds,confusion";

constexpr std::int64_t kMost = std::int64_t{1} << 60;

std::string cell(double v) { return std::isnan(v) ? std::string() : numberText(v); }

/// One line's cells, taken one after the other; the first fault sticks.
class CsvLine {
 public:
  CsvLine(std::string_view text, std::string file, std::string name, std::size_t number)
      : rest_(text), file_(std::move(file)), name_(std::move(name)), number_(number) {}
  std::string_view next() {
    ++column_;
    if (ended_) {
      fault("the end of the line", "another cell");
      return {};
    }
    const std::size_t comma = rest_.find(',');
    const std::string_view cell = rest_.substr(0, comma);
    ended_ = comma == std::string_view::npos;
    rest_ = ended_ ? std::string_view() : rest_.substr(comma + 1);
    return cell;
  }
  double real() {
    const std::string_view text = next();
    if (text.empty()) return std::numeric_limits<double>::quiet_NaN();
    const std::optional<double> v = parseNumber<double>(text);
    if (!v) fault("'" + std::string(text.substr(0, 40)) + "'", "a number");
    return v.value_or(0);
  }
  std::int64_t whole() {
    const std::string_view text = next();
    const std::optional<std::int64_t> v = parseNumber<std::int64_t>(text);
    if (!v) fault("'" + std::string(text.substr(0, 40)) + "'", "a whole number");
    return v.value_or(0);
  }
  /// How many of something.
  std::int64_t count() {
    const std::int64_t v = whole();
    if (v < 0 || v > kMost) fault(std::to_string(v), "a count from 0 to " + std::to_string(kMost));
    return v;
  }
  /// Where a point stands on an axis: a number that is one.
  double place() {
    const double v = real();
    if (!(v >= 0 && v <= static_cast<double>(kMost))) fault(cell(v).empty() ? "nothing" : cell(v), "a number from 0 to " + std::to_string(kMost));
    return v;
  }
  void finish() {
    if (!ended_) fault("more cells", "the end of the line");
  }
  void fault(std::string found, std::string expected) {
    if (!error_) error_ = Error{file_, name_ + ", line " + std::to_string(number_) + ", column " + std::to_string(column_), std::move(found), std::move(expected), {}};
  }
  const std::optional<Error>& error() const { return error_; }

 private:
  std::string_view rest_;
  std::string file_, name_;
  std::size_t number_;
  int column_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
};

/// Calls `each` for every line after the head.
template <class F>
Status readLines(std::string_view text, std::string_view head, const std::string& file, const std::string& name, F&& each) {
  std::size_t number = 1;
  const std::size_t first = text.find('\n');
  if (text.substr(0, first) != head) return Error{file, name + ", line 1", "another head", "'" + std::string(head) + "'", {}};
  text = first == std::string_view::npos ? std::string_view() : text.substr(first + 1);
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    CsvLine line(text.substr(0, end), file, name, ++number);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    each(line);
    line.finish();
    if (line.error()) return *line.error();
  }
  return {};
}

}  // namespace

std::string batchesToCsv(const History& history, std::size_t count) {
  std::string out(kBatchHead);
  out += '\n';
  for (std::size_t i = 0; i < count; ++i) {
    const BatchPoint& p = history.batches[i];
    out += std::to_string(p.step) + ',' + cell(p.epoch) + ',' + cell(p.loss) + ',' + cell(p.accuracy) + ',' + cell(p.rate) + ',' + cell(p.seconds) + '\n';
  }
  return out;
}

std::string epochsToCsv(const History& history, std::size_t count) {
  std::string out(kEpochHead);
  out += '\n';
  for (std::size_t i = 0; i < count; ++i) {
    const EpochPoint& p = history.epochs[i];
    out += std::to_string(p.epoch) + ',' + std::to_string(p.step) + ',' + cell(p.trainLoss) + ',' + cell(p.trainAccuracy) + ',' +
           cell(p.validationLoss) + ',' + cell(p.validationAccuracy) + ',' + cell(p.seconds) + ',';
    for (std::size_t c = 0; c < p.confusion.size(); ++c) out += (c ? " " : "") + std::to_string(p.confusion[c]);
    out += '\n';
  }
  return out;
}

Result<std::shared_ptr<History>> historyFromCsv(std::string_view batches, std::string_view epochs, const std::string& file) {
  auto history = std::make_shared<History>();
  Status s = readLines(batches, kBatchHead, file, "history.csv", [&](CsvLine& line) {
    BatchPoint p;
    p.step = line.count();
    p.epoch = line.place();
    p.loss = line.real();
    p.accuracy = line.real();
    p.rate = line.real();
    p.seconds = line.real();
    history->batches.append(p);
  });
  if (!s) return s.error();
  s = readLines(epochs, kEpochHead, file, "epochs.csv", [&](CsvLine& line) {
    EpochPoint p;
    p.epoch = line.count();
    p.step = line.count();
    p.trainLoss = line.real();
    p.trainAccuracy = line.real();
    p.validationLoss = line.real();
    p.validationAccuracy = line.real();
    p.seconds = line.real();
    std::string_view cells = line.next();
    while (!cells.empty()) {
      const std::size_t blank = cells.find(' ');
      const std::optional<std::int64_t> v = parseNumber<std::int64_t>(cells.substr(0, blank));
      if (!v || *v < 0 || *v > std::numeric_limits<std::int32_t>::max()) line.fault("'" + std::string(cells.substr(0, blank).substr(0, 40)) + "'", "a count");
      p.confusion.push_back(v.value_or(0));
      cells = blank == std::string_view::npos ? std::string_view() : cells.substr(blank + 1);
    }
    history->epochs.append(std::move(p));
  });
  if (!s) return s.error();
  return history;
}

}  // namespace vitrine
