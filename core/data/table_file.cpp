#include "core/base/sha256.h"
#include "core/data/file_bytes.h"
#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "core/data/readers.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostKept = std::size_t{1} << 20;  ///< a file so small goes into the project whole

ColumnKinds kindsOf(const Recipe& recipe) {
  ColumnKinds kinds;
  for (const ColumnPlan& c : recipe.columns) kinds.push_back(c.kind);
  return kinds;
}

}  // namespace

Error inFile(Error error, const std::string& file) {
  if (error.file.empty()) error.file = file;
  return error;
}

Result<TableFile> readTableBytes(std::string bytes, const std::string& kind, const std::string& name, const Recipe& recipe, std::stop_token stop,
                                 const Progress& progress) {
  TableFile out;
  out.source.kind = kind;
  out.source.sha256 = sha256(bytes);
  out.recipe = recipe;
  if (bytes.size() <= kMostKept) out.bytes = std::make_shared<const std::string>(bytes);
  Result<Table> table = kind == "arff" ? readArffTable(std::move(bytes), stop, progress)
                                       : readCsvTable(std::move(bytes), out.recipe.format, kindsOf(recipe), stop, progress);
  if (!table) return inFile(table.error(), name);
  if (table->columns.size() < 2 && recipe.columns.empty())
    return Error{name, "row 1", "one column", "at least one feature and the target, separated by comma, semicolon or tab", {}};
  table->name = std::filesystem::path(name).stem().string();
  out.table = std::make_shared<const Table>(std::move(*table));
  if (recipe.columns.empty()) {
    const CsvFormat format = out.recipe.format;
    const SplitPlan split = recipe.split;
    out.recipe = defaultRecipe(*out.table, format);
    out.recipe.split = split;
  }
  return out;
}

Result<TableFile> readTableFile(const std::filesystem::path& path, const Recipe& recipe, std::stop_token stop, const Progress& progress) {
  Result<std::string> bytes = readFileBytes(path, stop);
  if (!bytes) return bytes.error();
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  Result<TableFile> file = readTableBytes(std::move(*bytes), extension == ".arff" ? "arff" : "csv", shownName(path), recipe, stop, progress);
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
