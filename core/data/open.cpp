#include "core/data/open.h"

#include "core/base/numbers.h"
#include "core/data/file_bytes.h"
#include "core/data/generators.h"
#include "core/data/csv_format.h"
#include "core/data/readers.h"
#include "core/data/unpack.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFashionFolder = "/usr/share/datasets/fashion-mnist";

enum class Format { Idx, Table };

bool namedIdx(const std::string& name) {
  return name.find("-ubyte") != std::string::npos || name.ends_with(".idx") || name.ends_with(".idx.gz") || name.find(".idx3") != std::string::npos ||
         name.find(".idx1") != std::string::npos;
}

/// By name where it tells; otherwise by the first bytes.
Result<Format> formatOf(const fs::path& path) {
  constexpr std::size_t kHead = 4096;
  const Result<std::string> head = readFileHead(path, kHead);
  if (!head) return head.error();
  const std::string name = path.filename().string();
  if (namedIdx(name)) return Format::Idx;
  if (name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".arff")) return Format::Table;
  std::uint8_t magic[4] = {};
  UnpackedBytes unpacked(*head, name);
  const Result<std::size_t> got = unpacked.read(magic, 4);
  if (got && *got == 4 && magic[0] == 0 && magic[1] == 0 && magic[2] >= 8 && magic[2] <= 14) return Format::Idx;
  const bool text = head->find('\0') == std::string::npos || detectEncoding(*head).starts_with("UTF-16");
  if (text && !unpacked.isGzip()) return Format::Table;
  return Error{shownName(path), {}, unpacked.isGzip() ? "packed data that are not IDX" : "a kind of file that is not known",
               "IDX (also .gz), or text as CSV, TSV or ARFF", {}};
}

Status checkOptions(const OpenOptions& options, const fs::path& path) {
  if (options.validationShare >= 0 && options.validationShare <= 0.9) return {};
  return Error{shownName(path), "validation share", numberText(options.validationShare), "0 to 0.9", {}};
}

/// A setting as a number. `missing` when it is not there.
template <class T>
Result<T> setting(const Source& source, const std::string& key, T missing) {
  const auto at = source.settings.find(key);
  if (at == source.settings.end()) return missing;
  if (const std::optional<T> value = parseNumber<T>(at->second)) return *value;
  return Error{source.path, "setting '" + key + "'", "'" + at->second + "'", "a number", {}};
}

Result<DatasetPtr> generateAgain(const Source& source) {
  GeneratorSettings s;
  const Result<double> noise = setting(source, "noise", s.noise), share = setting(source, "validationShare", s.validationShare);
  const Result<std::int64_t> size = setting(source, "size", s.size);
  const Result<std::uint64_t> seed = setting(source, "seed", s.seed);
  if (!noise) return noise.error();
  if (!share) return share.error();
  if (!size) return size.error();
  if (!seed) return seed.error();
  s = {*noise, *size, *seed, *share};
  return generate(source.path, s);
}

}  // namespace

std::map<std::string, std::string> settingsOf(const OpenOptions& options) {
  return {{"splitSeed", numberText(options.splitSeed)}, {"validationShare", numberText(options.validationShare)}};
}

Result<DatasetPtr> openData(const fs::path& path, const OpenOptions& options, std::stop_token stop, const Progress& progress) {
  if (const Status status = checkOptions(options, path); !status) return status.error();
  const Result<Format> format = formatOf(path);
  if (!format) return format.error();
  return *format == Format::Idx ? readIdx(path, options, stop, progress) : readTable(path, options, stop, progress);
}

bool isTable(const fs::path& path) {
  const Result<Format> format = formatOf(path);
  return format && *format == Format::Table;
}

Result<DatasetPtr> openFashionMnist(std::stop_token stop, const Progress& progress) {
  const fs::path images = fs::path(kFashionFolder) / "train-images-idx3-ubyte.gz";
  std::error_code code;
  if (!fs::exists(images, code))
    return problem("Fashion-MNIST is not installed: it comes with Debian's package dataset-fashion-mnist", images.string());
  return openData(images, {}, stop, progress);
}

Result<DatasetPtr> reopen(const Source& source, const fs::path& base, const Recipe& recipe, std::stop_token stop, const Progress& progress) {
  if (source.kind == "generator") return generateAgain(source);
  if (source.kind != "idx" && source.kind != "csv" && source.kind != "arff")
    return Error{source.path, "kind of data", "'" + source.kind + "'", "idx, csv, arff or generator", {}};
  OpenOptions options;
  const Result<std::uint64_t> seed = setting(source, "splitSeed", options.splitSeed);
  const Result<double> share = setting(source, "validationShare", options.validationShare);
  if (!seed) return seed.error();
  if (!share) return share.error();
  options = {*seed, *share};
  const fs::path path = base / source.path;  // base is left out when the path is absolute
  if (!source.sha256.empty()) {
    const Result<std::string> sum = fileSha256(path, stop);
    if (!sum) return sum.error();
    if (*sum != source.sha256)
      return Error{shownName(path), {}, "SHA-256 " + *sum, source.sha256, "the file has changed since it was used"};
  }
  if (const Status status = checkOptions(options, path); !status) return status.error();
  if (source.kind == "idx") return readIdx(path, options, stop, progress);
  if (recipe.columns.empty()) return readTable(path, options, stop, progress);
  const Result<TableFile> file = readTableFile(path, recipe, stop, progress);
  return file ? prepareFile(*file, recipe, stop) : file.error();
}

const std::vector<FileFilter>& fileFilters() {
  static const std::vector<FileFilter> filters = [] {
    std::vector<FileFilter> f{{"All data files", {}},
                              {"Images and labels (IDX)", {"*-ubyte", "*-ubyte.gz", "*.idx", "*.idx.gz"}},
                              {"Tables (CSV, TSV, ARFF)", {"*.csv", "*.tsv", "*.txt", "*.arff"}}};
    for (std::size_t i = 1; i < f.size(); ++i) f[0].patterns.insert(f[0].patterns.end(), f[i].patterns.begin(), f[i].patterns.end());
    return f;
  }();
  return filters;
}

}  // namespace vitrine
