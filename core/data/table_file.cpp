#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/sha256.h"
#include "core/data/arrays.h"
#include "core/data/file_bytes.h"
#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "core/data/readers.h"

namespace vitrine {

Error inFile(Error error, const std::string& file) {
  if (error.file.empty()) error.file = file;
  return error;
}

namespace {

constexpr std::size_t kMostKept = std::size_t{1} << 20;  ///< a file so small goes into the project whole

ColumnChoices choicesOf(const Recipe& recipe) {
  ColumnChoices choices;
  for (const ColumnPlan& c : recipe.columns) choices.push_back({c.kind, c.marksMissing});
  return choices;
}

/// Arrays with the kinds that were chosen: numbers can stand for categories.
Result<Table> arrayTable(const Result<ArrayFile>& arrays, const ColumnChoices& choices) {
  if (!arrays) return arrays.error();
  Result<Table> table = tableOfArrays(*arrays);
  if (table) table->notes = arrays->notes;
  if (table)
    for (std::size_t c = 0; c < std::min(choices.size(), table->columns.size()); ++c)
      if (choices[c].kind == ColumnKind::Category && table->columns[c].kind == ColumnKind::Number) table->columns[c] = asCategories(table->columns[c]);
  return table;
}

/// What every table's file comes to, however it was read.
Result<TableFile> finish(TableFile out, Result<Table> table, const std::string& name) {
  if (!table) return inFile(table.error(), name);
  if (table->columns.empty() || (table->columns.size() < 2 && table->columns[0].kind != ColumnKind::Number && out.recipe.columns.empty()))
    return Error{name, "row 1", "one column that is not of numbers", "at least one feature and the target, separated by comma, semicolon or tab; or a series of numbers", {}};
  table->name = std::filesystem::path(name).stem().string();
  out.table = std::make_shared<const Table>(std::move(*table));
  if (!out.recipe.columns.empty()) return out;
  const CsvFormat format = out.recipe.format;
  const SplitPlan split = out.recipe.split;
  out.recipe = defaultRecipe(*out.table, format);
  out.recipe.split.seed = split.seed;
  out.recipe.split.validation = split.validation;
  const std::size_t columns = out.recipe.columns.size();
  // What was told from the cells is written down, so that the file is read so again.
  for (std::size_t c = 0; c < columns; ++c) out.recipe.columns[c].kind = out.table->columns[c].kind;
  if (!out.source.kind.starts_with("np")) return out;
  // Arrays: their own parts, and every column that was made of targets.
  for (std::size_t c = 0; c < columns; ++c) {
    ColumnPlan& plan = out.recipe.columns[c];
    if (plan.name == "part" && out.table->columns[c].fixedNames) plan.role = Role::Split, out.recipe.split.mode = "column";
    if (plan.name.starts_with("target") && plan.role == Role::Feature) plan.role = Role::Target;
  }
  out.recipe.steps = defaultSteps(*out.table, out.recipe.columns);
  return out;
}

}  // namespace

Result<TableFile> readTableBytes(std::string bytes, const std::string& kind, const std::string& name, const Recipe& recipe, std::stop_token stop,
                                 const Progress& progress) {
  TableFile out;
  out.source.kind = kind;
  out.source.sha256 = sha256(bytes);
  out.recipe = recipe;
  if (bytes.size() <= kMostKept) out.bytes = std::make_shared<const std::string>(bytes);
  const bool arrays = kind == "npy" || kind == "npz";
  if (kind == "csv") out.encodings = encodingSamples(bytes);
  Result<Table> table = arrays           ? arrayTable(readArrayBytes(bytes, kind, name), choicesOf(recipe))
                        : kind == "arff" ? readArffTable(std::move(bytes), stop, progress)
                                         : readCsvTable(std::move(bytes), out.recipe.format, choicesOf(recipe), stop, progress);
  return finish(std::move(out), std::move(table), name);
}

Result<TableFile> readTableFile(const std::filesystem::path& path, const Recipe& recipe, std::stop_token stop, const Progress& progress) {
  const std::string arrays = arrayKind(path);
  if (arrays == "npy") {
    // The targets may stand in a file beside it.
    TableFile out;
    out.recipe = recipe;
    const Result<ArrayFile> read = readArrayFile(path, arrays, stop);
    out.source = {arrays, std::filesystem::absolute(path).string(), read ? read->sha256 : "", {}};
    return finish(std::move(out), arrayTable(read, choicesOf(recipe)), shownName(path));
  }
  Result<std::string> bytes = readFileBytes(path, stop);
  if (!bytes) return bytes.error();
  const std::string extension = lowerAscii(path.extension().string());
  Result<TableFile> file = readTableBytes(std::move(*bytes), !arrays.empty() ? arrays : extension == ".arff" ? "arff" : "csv", shownName(path), recipe, stop, progress);
  if (file) file->source.path = std::filesystem::absolute(path).string();
  return file;
}

Result<DatasetPtr> prepareFile(const TableFile& file, const Recipe& recipe, std::stop_token stop) {
  Result<DatasetPtr> data = prepare(file.table, recipe, stop);
  if (!data) return inFile(data.error(), file.source.path.empty() ? file.table->name : shownName(file.source.path));
  auto whole = std::make_shared<Dataset>(**data);
  whole->source = file.source;
  whole->fileBytes = file.bytes;
  return DatasetPtr(whole);
}

Result<DatasetPtr> readTable(const std::filesystem::path& path, const OpenOptions& options, std::stop_token stop, const Progress& progress) {
  Recipe recipe;
  recipe.split.seed = options.splitSeed;
  recipe.split.validation = options.validationShare;
  const Result<TableFile> file = readTableFile(path, recipe, stop, progress);
  if (!file) return file.error();
  return prepareFile(*file, file->recipe, stop);
}

}  // namespace vitrine
