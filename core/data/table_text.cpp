#include <cmath>
#include <optional>

#include "core/base/numbers.h"
#include "core/data/csv_records.h"
#include "core/data/open.h"

// A data set as records of RFC 4180: first what is known of it, a keyword a record, then "rows,N" and N records of numbers.

namespace vitrine {
namespace {

constexpr const char* kMagic = "vitrine-table";

class Writer {
 public:
  Writer& field(std::string_view text) {
    if (!begun_) out_ += ',';
    begun_ = false;
    out_ += csvField(text);
    return *this;
  }
  template <class List>
  Writer& texts(const List& list) {
    for (const std::string& s : list) field(s);
    return *this;
  }
  template <class List>
  Writer& numbers(const List& list) {
    for (const auto x : list) field(numberText(x));
    return *this;
  }
  void end() {
    out_ += '\n';
    begun_ = true;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool begun_ = true;  // a record, with no field yet
};

void writeHead(const Dataset& data, Writer& w) {
  w.field(kMagic).field("1").end();
  w.field("name").field(data.name).end();
  w.field("task").field(data.spec.task == Task::Classification ? "classification" : "regression").end();
  w.field("input").numbers(data.spec.input.dims).end();
  w.field("outputs").field(numberText(data.spec.outputs)).end();
  w.field("classes").texts(data.spec.classes).end();
  w.field("features").texts(data.featureNames).end();
  w.field("target").field(data.targetName).end();
  w.field("source").field(data.source.kind).field(data.source.path).field(data.source.sha256).end();
  for (const auto& [key, value] : data.source.settings) w.field("setting").field(key).field(value).end();
  w.field("input-mean").numbers(data.inputScaling.mean).end();
  w.field("input-deviation").numbers(data.inputScaling.deviation).end();
  w.field("target-mean").numbers(data.targetScaling.mean).end();
  w.field("target-deviation").numbers(data.targetScaling.deviation).end();
  w.field("train").numbers(data.train).end();
  w.field("validation").numbers(data.validation).end();
  w.field("test").numbers(data.test).end();
  w.field("storage").field(data.inputs.isBytes() ? "bytes" : "floats").end();
  w.field("rows").field(numberText(data.count())).end();
}

using Fields = std::span<const std::string_view>;

/// Reads one record after the other; the first fault ends it.
class Decoder {
 public:
  Decoder(std::string_view text, std::string file) : records_(text, ','), file_(std::move(file)), size_(text.size()) {}

  Result<DatasetPtr> run() {
    if (!records_.next() || records_.fields().size() != 2 || records_.fields()[0] != kMagic)
      return fault("something else", "a first line '" + std::string(kMagic) + ",1'");
    if (records_.fields()[1] != "1") return fault("version '" + std::string(records_.fields()[1]) + "'", "version 1");
    bool rows = false;
    while (!rows && !error_ && records_.next()) rows = headRecord(records_.fields());
    if (records_.error()) return quoting();
    if (!error_ && !rows) fault("the end of the text", "a record 'rows'");
    if (!error_) checkHead();
    if (!error_) readRows();
    if (!error_) checkRows();
    if (error_) return *error_;
    return DatasetPtr(std::make_shared<Dataset>(std::move(data_)));
  }

 private:
  Error fault(std::string found, std::string expected) {
    if (!error_) error_ = Error{file_, "row " + std::to_string(records_.line()), std::move(found), std::move(expected), {}};
    return *error_;
  }
  Error quoting() {
    error_ = *records_.error();
    error_->file = file_;
    return *error_;
  }

  template <class T>
  void number(std::string_view text, T& out) {
    const std::optional<T> value = parseNumber<T>(text);
    bool good = value.has_value();
    if constexpr (std::is_floating_point_v<T>) good = good && std::isfinite(*value);
    if (good) out = *value;
    else fault("'" + std::string(text.substr(0, 40)) + "'", "a number");
  }
  template <class T>
  void list(Fields fields, std::vector<T>& out) {
    out.clear();
    for (const std::string_view f : fields) number(f, out.emplace_back());
  }
  void texts(Fields fields, std::vector<std::string>& out) { out.assign(fields.begin(), fields.end()); }
  std::string_view only(Fields fields) {
    if (fields.size() == 1) return fields[0];
    fault(std::to_string(fields.size()) + " values", "one");
    return {};
  }

  /// True at "rows".
  bool headRecord(Fields all) {
    const std::string_view key = all[0];
    const Fields rest = all.subspan(1);
    if (key == "name") data_.name = only(rest);
    else if (key == "task") task(only(rest));
    else if (key == "input") list(rest, data_.spec.input.dims);
    else if (key == "outputs") number(only(rest), data_.spec.outputs);
    else if (key == "classes") texts(rest, data_.spec.classes);
    else if (key == "features") texts(rest, data_.featureNames);
    else if (key == "target") data_.targetName = only(rest);
    else if (key == "source") source(rest);
    else if (key == "setting") setting(rest);
    else if (key == "input-mean") list(rest, data_.inputScaling.mean);
    else if (key == "input-deviation") list(rest, data_.inputScaling.deviation);
    else if (key == "target-mean") list(rest, data_.targetScaling.mean);
    else if (key == "target-deviation") list(rest, data_.targetScaling.deviation);
    else if (key == "train") list(rest, data_.train);
    else if (key == "validation") list(rest, data_.validation);
    else if (key == "test") list(rest, data_.test);
    else if (key == "storage") storage(only(rest));
    else if (key == "rows") number(only(rest), rows_);
    else fault("'" + std::string(key.substr(0, 40)) + "'", "a keyword of this format");
    return key == "rows";
  }
  void task(std::string_view text) {
    if (text == "classification") data_.spec.task = Task::Classification;
    else if (text == "regression") data_.spec.task = Task::Regression;
    else fault("task '" + std::string(text) + "'", "classification or regression");
  }
  void storage(std::string_view text) {
    bytes_ = text == "bytes";
    if (!bytes_ && text != "floats") fault("storage '" + std::string(text) + "'", "bytes or floats");
  }
  void source(Fields f) {
    if (f.size() != 3) return void(fault(std::to_string(f.size()) + " values", "kind, path and SHA-256"));
    data_.source.kind = f[0];
    data_.source.path = f[1];
    data_.source.sha256 = f[2];
  }
  void setting(Fields f) {
    if (f.size() != 2) return void(fault(std::to_string(f.size()) + " values", "a key and a value"));
    data_.source.settings[std::string(f[0])] = f[1];
  }

  void checkScaling(const Standardisation& s, std::int64_t columns, const char* what) {
    if (s.mean.empty() && s.deviation.empty()) return;
    bool good = static_cast<std::int64_t>(s.mean.size()) == columns && s.deviation.size() == s.mean.size();
    for (const double d : s.deviation) good = good && d > 0;
    if (!good) fault(std::string("means and deviations of the ") + what + " that do not fit", "one of each a column, deviations above 0");
  }

  // Every extent is held against the text's length, so that what follows allocates no more than the text can fill.
  void checkHead() {
    const std::int64_t most = static_cast<std::int64_t>(size_);
    std::int64_t size = 1;
    for (const std::int64_t d : data_.spec.input.dims) {
      if (d < 1 || d > most || size > most / d) return void(fault("an input of extent " + std::to_string(d), "extents that the text can hold"));
      size *= d;
    }
    if (data_.spec.input.dims.empty()) fault("no input extents", "at least one");
    const bool classes = data_.spec.task == Task::Classification;
    if (data_.spec.outputs < (classes ? 2 : 1) || data_.spec.outputs > most) fault(std::to_string(data_.spec.outputs) + " outputs", classes ? "at least 2" : "at least 1");
    if (static_cast<std::int64_t>(data_.spec.classes.size()) != (classes ? data_.spec.outputs : 0))
      fault(std::to_string(data_.spec.classes.size()) + " class names", "one for each class, none for regression");
    if (!data_.featureNames.empty() && static_cast<std::int64_t>(data_.featureNames.size()) != size)
      fault(std::to_string(data_.featureNames.size()) + " feature names", std::to_string(size) + " or none");
    if (rows_ < 1 || rows_ > most) fault(std::to_string(rows_) + " rows", "1 to as many as the text holds");
    checkScaling(data_.inputScaling, size, "inputs");
    checkScaling(data_.targetScaling, data_.spec.outputs, "targets");
    for (const std::vector<std::int32_t>* part : {&data_.train, &data_.validation, &data_.test})
      for (const std::int32_t row : *part)
        if (row < 0 || row >= rows_) fault("row number " + std::to_string(row) + " in the split", "0 to " + std::to_string(rows_ - 1));
    if (data_.train.empty()) fault("no training rows", "at least one");
  }

  void readRows() {
    const std::size_t size = static_cast<std::size_t>(data_.spec.input.size());
    const bool classes = data_.spec.task == Task::Classification;
    const std::size_t wanted = size + (classes ? 1 : static_cast<std::size_t>(data_.spec.outputs));
    std::vector<float> floats;
    std::vector<std::uint8_t> bytes;
    while (!error_ && records_.next()) {
      const Fields f = records_.fields();
      if (f.size() != wanted) return void(fault(std::to_string(f.size()) + " values", std::to_string(wanted)));
      for (std::size_t i = 0; i < size; ++i) {
        if (bytes_) number(f[i], bytes.emplace_back());
        else number(f[i], floats.emplace_back());
      }
      ++read_;
      if (!classes) {
        for (std::size_t i = size; i < wanted; ++i) number(f[i], data_.targets.emplace_back());
        continue;
      }
      std::int32_t c = 0;
      number(f[size], c);
      if (c < 0 || c >= data_.spec.outputs) fault("class " + std::to_string(c), "0 to " + std::to_string(data_.spec.outputs - 1));
      data_.classes.push_back(c);
    }
    if (records_.error()) quoting();
    if (error_) return;
    data_.inputs = bytes_ ? Samples::fromBytes(data_.spec.input, std::move(bytes)) : Samples::fromFloats(data_.spec.input, std::move(floats));
  }

  void checkRows() {
    if (read_ != rows_) fault(std::to_string(read_) + " rows", std::to_string(rows_));
  }

  CsvRecords records_;
  std::string file_;
  std::size_t size_;
  Dataset data_;
  bool bytes_ = false;
  std::int64_t rows_ = 0, read_ = 0;
  std::optional<Error> error_;
};

}  // namespace

std::string encodeTable(const Dataset& data) {
  Writer w;
  writeHead(data, w);
  for (std::int64_t row = 0; row < data.count(); ++row) {
    if (data.inputs.isBytes()) {
      for (const std::uint8_t b : data.inputs.byteRow(row)) w.field(numberText(static_cast<int>(b)));
    } else {
      std::vector<double> numbers(static_cast<std::size_t>(data.inputs.size()));
      data.inputs.readRow(row, numbers.data());
      for (std::int64_t i = 0; i < data.inputs.size(); ++i)
        if (const double v = numbers[static_cast<std::size_t>(i)]; data.inputs.isWide(i)) w.field(numberText(v));
        else w.field(numberText(static_cast<float>(v)));
    }
    if (data.spec.task == Task::Classification) w.field(numberText(data.classes[static_cast<std::size_t>(row)]));
    else w.numbers(std::span<const double>(data.targets).subspan(static_cast<std::size_t>(row * data.spec.outputs), static_cast<std::size_t>(data.spec.outputs)));
    w.end();
  }
  return w.take();
}

Result<DatasetPtr> decodeTable(std::string_view text, const std::string& fileName) { return Decoder(text, fileName).run(); }

}  // namespace vitrine
