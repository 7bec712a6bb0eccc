#include <algorithm>
#include <optional>
#include <set>

#include "core/base/sha256.h"
#include "core/data/csv_records.h"
#include "core/data/csv_target.h"
#include "core/data/file_bytes.h"
#include "core/data/readers.h"
#include "core/data/split.h"

namespace vitrine {
namespace {

/// What is wrong with the text's encoding, if anything. `text` is without its byte order mark.
Status checkText(std::string_view text) {
  std::int64_t line = 1;
  for (std::size_t i = 0; i < text.size();) {
    const unsigned char c = static_cast<unsigned char>(text[i]);
    if (c == '\n') ++line;
    if (c == 0) return Error{{}, "row " + std::to_string(line), "a zero byte", "text", {}};
    if (c < 0x80) {
      ++i;
      continue;
    }
    const std::size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    bool good = c >= 0xc2 && c <= 0xf4 && i + more < text.size();
    for (std::size_t k = 1; good && k <= more; ++k) good = (static_cast<unsigned char>(text[i + k]) & 0xc0) == 0x80;
    // Overlong forms, surrogates and what lies past U+10FFFF (RFC 3629).
    if (good && more >= 2) {
      const unsigned char second = static_cast<unsigned char>(text[i + 1]);
      good = !(c == 0xe0 && second < 0xa0) && !(c == 0xed && second > 0x9f) && !(c == 0xf0 && second < 0x90) && !(c == 0xf4 && second > 0x8f);
    }
    if (!good)
      return Error{{}, "row " + std::to_string(line), "bytes that are not UTF-8", "a file saved as UTF-8", {}};
    i += 1 + more;
  }
  return {};
}

Result<std::vector<std::string>> readHeader(CsvRecords& records) {
  if (!records.next()) {
    if (records.error()) return *records.error();
    return Error{{}, {}, "an empty file", "a header line and rows of numbers", {}};
  }
  const std::string place = "row " + std::to_string(records.line());
  std::vector<std::string> names;
  std::set<std::string> taken;
  bool numbers = true;
  for (const std::string_view field : records.fields()) {
    const std::string_view cell = trimmed(field);
    numbers = numbers && numberCell(cell, 0, {}).ok();
    std::string name = cell.empty() ? "column " + std::to_string(names.size() + 1) : std::string(cell);
    const std::string plain = name;
    for (int i = 2; !taken.insert(name).second; ++i) name = plain + " (" + std::to_string(i) + ")";
    names.push_back(std::move(name));
  }
  if (numbers) return Error{{}, place, "only numbers", "a header with the columns' names", {}};
  if (names.size() < 2)
    return Error{{}, place, "one column", "at least one feature and the target, separated by comma, semicolon or tab", {}};
  return names;
}

/// The table as it is read. Views look into the text.
struct Table {
  std::vector<std::string> features;
  std::vector<float> values;
  TargetColumn target;
};

Status readRows(CsvRecords& records, const std::filesystem::path& path, std::size_t textSize, Table& table, std::stop_token stop,
                const Progress& progress) {
  const std::size_t columns = table.features.size() + 1;
  while (records.next()) {
    const std::span<const std::string_view> fields = records.fields();
    if (fields.size() != columns)
      return Error{{}, "row " + std::to_string(records.line()), std::to_string(fields.size()) + (fields.size() == 1 ? " cell" : " cells"),
                   std::to_string(columns) + " as in the header", {}};
    for (std::size_t c = 0; c + 1 < columns; ++c) {
      const Result<float> value = numberCell(trimmed(fields[c]), records.line(), table.features[c]);
      if (!value) return value.error();
      table.values.push_back(*value);
    }
    table.target.cells.push_back(trimmed(fields[columns - 1]));
    table.target.lines.push_back(records.line());
    if (table.target.cells.size() % 4096 == 0) {
      if (stop.stop_requested()) return stopped(path);
      if (progress) progress(static_cast<double>(records.position()) / static_cast<double>(textSize));
    }
    if (table.target.cells.size() > 2147483647) return problem("there are more than 2147483647 rows");
  }
  if (records.error()) return *records.error();
  if (table.target.cells.empty()) return Error{{}, {}, "a header and no rows", "rows of data", {}};
  return {};
}

Result<DatasetPtr> readText(std::string_view text, const std::filesystem::path& path, const OpenOptions& options,
                            std::stop_token stop, const Progress& progress) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return Error{{}, "byte 0", "UTF-16 text", "a file saved as UTF-8", {}};
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  if (const Status status = checkText(text); !status) return status.error();
  CsvRecords records(text, detectSeparator(text));
  Result<std::vector<std::string>> header = readHeader(records);
  if (!header) return header.error();
  Table table;
  table.features = std::move(*header);
  table.target.name = std::move(table.features.back());
  table.features.pop_back();
  if (const Status status = readRows(records, path, text.size(), table, stop, progress); !status) return status.error();

  auto data = std::make_shared<Dataset>();
  if (const Status status = readTarget(table.target, *data); !status) return status.error();
  const std::int64_t columns = static_cast<std::int64_t>(table.features.size());
  data->name = path.stem().string();
  data->spec.input = {columns};
  data->featureNames = std::move(table.features);
  data->targetName = std::move(table.target.name);
  Split split = splitRows(static_cast<std::int64_t>(table.target.cells.size()), data->classes, options.validationShare, options.splitSeed);
  data->train = std::move(split.train);
  data->validation = std::move(split.validation);
  data->inputScaling = fitStandardisation(table.values, columns, data->train);
  if (data->spec.task == Task::Regression) data->targetScaling = fitStandardisation(data->targets, 1, data->train);
  data->inputs = Samples::fromFloats(data->spec.input, std::move(table.values));
  if (progress) progress(1);
  return DatasetPtr(data);
}

}  // namespace

Result<DatasetPtr> readCsv(const std::filesystem::path& path, const OpenOptions& options, std::stop_token stop, const Progress& progress) {
  const Result<std::string> bytes = readFileBytes(path, stop);
  if (!bytes) return bytes.error();
  Result<DatasetPtr> data = readText(*bytes, path, options, stop, progress);
  if (!data) {
    Error error = data.error();
    error.file = shownName(path);
    return error;
  }
  auto whole = std::make_shared<Dataset>(**data);
  whole->source = {"csv", std::filesystem::absolute(path).string(), sha256(*bytes), settingsOf(options)};
  return DatasetPtr(whole);
}

}  // namespace vitrine
