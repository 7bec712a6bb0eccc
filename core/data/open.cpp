#include "core/data/open.h"

#include <algorithm>

#include "core/base/numbers.h"
#include "core/base/sha256.h"
#include "core/data/arrays.h"
#include "core/data/file_bytes.h"
#include "core/data/generators.h"
#include "core/data/readers.h"
#include "core/data/unpack.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostEmbedded = std::uintmax_t{1} << 20;  // a file so small goes into a project whole
constexpr const char* kFashionFolder = "/usr/share/datasets/fashion-mnist";

enum class Format { Idx, Arrays, Cifar, Folder, Table };

bool namedIdx(const std::string& name) {
  return name.find("-ubyte") != std::string::npos || name.ends_with(".idx") || name.ends_with(".idx.gz") || name.find(".idx3") != std::string::npos ||
         name.find(".idx1") != std::string::npos;
}

/// By name where it tells; otherwise by the first bytes.
Result<Format> formatOf(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) return isCifar(path) ? Format::Cifar : Format::Folder;
  constexpr std::size_t kHead = 4096;
  const Result<std::string> head = readFileHead(path, kHead);
  if (!head) return head.error();
  const std::string name = path.filename().string();
  if (namedIdx(name)) return Format::Idx;
  if (name.ends_with(".csv") || name.ends_with(".tsv") || name.ends_with(".arff")) return Format::Table;
  if (!arrayKind(path).empty()) {
    const Result<bool> table = arraysAreTable(path, arrayKind(path));
    if (!table) return table.error();
    return *table ? Format::Table : Format::Arrays;
  }
  std::uint8_t magic[4] = {};
  UnpackedBytes unpacked(*head, name);
  const Result<std::size_t> got = unpacked.read(magic, 4);
  if (got && *got == 4 && magic[0] == 0 && magic[1] == 0 && magic[2] >= 8 && magic[2] <= 14) return Format::Idx;
  if (isCifar(path)) return Format::Cifar;
  const bool text = head->find('\0') == std::string::npos || detectEncoding(*head).starts_with("UTF-16");
  if (text && !unpacked.isGzip()) return Format::Table;
  return Error{shownName(path), {}, unpacked.isGzip() ? "packed data that are not IDX" : "a kind of file that is not known",
               "IDX (also .gz), NPY, NPZ, CIFAR's binary version, a folder of pictures, or text as CSV, TSV or ARFF", {}};
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

Result<DatasetPtr> readAgain(const fs::path& path, const OpenOptions& options, const std::optional<Recipe>& recipe, std::stop_token stop, const Progress& progress) {
  if (!recipe) return openData(path, options, stop, progress);
  if (isTable(path)) {
    const Result<TableFile> file = readTableFile(path, *recipe, stop, progress);
    return file ? prepareFile(*file, *recipe, stop) : file.error();
  }
  const Result<ImageSetPtr> set = readImages(path, recipe->images, stop, progress);
  return set ? prepareImages(*set, *recipe) : set.error();
}

}  // namespace

std::string arrayKind(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.ends_with(".npy") ? "npy" : name.ends_with(".npz") ? "npz" : "";
}

Result<DatasetPtr> openData(const fs::path& path, const OpenOptions& options, std::stop_token stop, const Progress& progress) {
  if (const Status status = checkOptions(options, path); !status) return status.error();
  const Result<Format> format = formatOf(path);
  if (!format) return format.error();
  if (*format == Format::Table) return readTable(path, options, stop, progress);
  const Result<ImageSetPtr> set = readImages(path, {}, stop, progress);
  if (!set) return set.error();
  Recipe recipe = defaultRecipe(**set);
  recipe.split.seed = options.splitSeed;
  recipe.split.validation = options.validationShare;
  return prepareImages(*set, recipe);
}

Result<ImageSetPtr> readImages(const fs::path& path, const ImagePlan& plan, std::stop_token stop, const Progress& progress) {
  const Result<Format> format = formatOf(path);
  if (!format) return format.error();
  Result<ImageSet> set = ImageSet{};
  if (*format == Format::Idx) {
    set = readIdx(path, stop, progress);
  } else if (*format == Format::Cifar) {
    set = readCifar(path, stop, progress);
  } else if (*format == Format::Folder) {
    set = readImageFolder(path, plan, stop, progress);
  } else if (*format == Format::Arrays) {
    std::error_code code;
    if (arrayKind(path) == "npz" && fs::file_size(path, code) <= kMostEmbedded) {
      Result<std::string> bytes = readFileBytes(path, stop);
      if (!bytes) return bytes.error();
      Result<ImageSetPtr> small = readImageBytes(std::move(*bytes), "npz", shownName(path), plan);
      if (!small) return small.error();
      set = **small;
    } else {
      Result<ArrayFile> arrays = readArrayFile(path, arrayKind(path), stop);
      if (!arrays) return arrays.error();
      const std::string sum = arrays->sha256;
      set = imagesOfArrays(std::move(*arrays), plan.layout);
      if (set) set->source.kind = arrayKind(path), set->source.sha256 = sum;
    }
    if (set) set->name = path.stem().string(), set->source.path = fs::absolute(path).string();
  } else {
    return Error{shownName(path), {}, "a table", "images or series", {}};
  }
  if (!set) return set.error();
  if (*format != Format::Folder) set->plan = plan;
  if (progress) progress(1);
  return std::make_shared<const ImageSet>(std::move(*set));
}

Result<ImageSetPtr> readImageBytes(std::string bytes, const std::string& kind, const std::string& name, const ImagePlan& plan) {
  Result<ArrayFile> arrays = readArrayBytes(bytes, kind, name);
  if (!arrays) return arrays.error();
  Result<ImageSet> set = imagesOfArrays(std::move(*arrays), plan.layout);
  if (!set) return set.error();
  set->plan = plan;
  set->name = fs::path(name).stem().string();
  set->source.kind = kind;
  set->source.sha256 = sha256(bytes);
  if (bytes.size() <= kMostEmbedded) set->bytes = std::make_shared<const std::string>(std::move(bytes));
  return std::make_shared<const ImageSet>(std::move(*set));
}

Result<std::string> sourceSha256(const Source& source, std::stop_token stop) {
  const bool several = isHashOfSeveral(source.sha256);
  if (source.kind == "folder") return several ? folderSha256(source.path, stop) : folderListSha256(source.path);
  if (!several) return fileSha256(source.path, stop);
  const Result<std::vector<fs::path>> files = source.kind == "idx" ? idxFiles(source.path) : source.kind == "cifar" ? cifarFiles(source.path) : arrayFiles(source.path);
  if (!files) return files.error();
  std::vector<std::string> hashes;
  for (const fs::path& f : *files) {
    Result<std::string> hash = fileSha256(f, stop);
    if (!hash) return hash.error();
    hashes.push_back(std::move(*hash));
  }
  return hashOfFiles(hashes);
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

Result<DatasetPtr> reopen(const Source& source, const fs::path& base, const std::optional<Recipe>& recipe, std::stop_token stop, const Progress& progress) {
  if (source.kind == "generator") return generateAgain(source);
  static const char* const kKinds[] = {"idx", "csv", "arff", "npy", "npz", "cifar", "folder"};
  if (std::find(std::begin(kKinds), std::end(kKinds), source.kind) == std::end(kKinds))
    return Error{source.path, "kind of data", "'" + source.kind + "'", "idx, csv, arff, npy, npz, cifar, folder or generator", {}};
  OpenOptions options;
  const Result<std::uint64_t> seed = setting(source, "splitSeed", options.splitSeed);
  const Result<double> share = setting(source, "validationShare", options.validationShare);
  if (!seed) return seed.error();
  if (!share) return share.error();
  options = {*seed, *share};
  const fs::path path = base / source.path;  // base is left out when the path is absolute
  if (const Status status = checkOptions(options, path); !status) return status.error();
  Result<DatasetPtr> data = readAgain(path, options, recipe, stop, progress);
  if (!data || source.sha256.empty() || (*data)->source.sha256 == source.sha256) return data;
  std::string now = (*data)->source.sha256;
  if (isHashOfSeveral(now) && !isHashOfSeveral(source.sha256)) {
    // As an older project has it.
    Source here = source;
    here.path = path.string();
    const Result<std::string> older = sourceSha256(here, stop);
    if (!older) return older.error();
    if (*older == source.sha256) return data;
    now = *older;
  }
  return problem("The data have changed since they were used here: what was read now is not what was read then (SHA-256 " + now + ", then " + source.sha256 + ").", shownName(path));
}

const std::vector<FileFilter>& fileFilters() {
  static const std::vector<FileFilter> filters = [] {
    std::vector<FileFilter> f{{"All data files", {}},
                              {"Tables (CSV, TSV, ARFF)", {"*.csv", "*.tsv", "*.txt", "*.arff"}},
                              {"Images and labels (IDX)", {"*-ubyte", "*-ubyte.gz", "*.idx", "*.idx.gz"}},
                              {"Arrays (NPY, NPZ)", {"*.npy", "*.npz"}},
                              {"CIFAR, binary", {"*.bin"}}};
    for (std::size_t i = 1; i < f.size(); ++i) f[0].patterns.insert(f[0].patterns.end(), f[i].patterns.begin(), f[i].patterns.end());
    return f;
  }();
  return filters;
}

}  // namespace vitrine
