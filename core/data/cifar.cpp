#include <algorithm>
#include <array>
#include <fstream>
#include <future>

#include "core/base/sha256.h"
#include "core/data/file_bytes.h"
#include "core/data/readers.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 32, kPixels = kSide * kSide, kImage = 3 * kPixels;
constexpr std::array<const char*, 10> kNames{"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};

/// The files that belong together, training first.
struct Batches {
  std::vector<std::pair<fs::path, Part>> files;
  bool hundred = false;  ///< CIFAR-100: a coarse and a fine label
};

std::optional<Batches> batchesIn(const fs::path& folder) {
  std::error_code code;
  Batches b;
  for (int i = 1; i <= 5; ++i)
    if (const fs::path p = folder / ("data_batch_" + std::to_string(i) + ".bin"); fs::is_regular_file(p, code)) b.files.emplace_back(p, Part::Train);
  const bool ten = !b.files.empty() || fs::is_regular_file(folder / "test_batch.bin", code);
  if (!ten && fs::is_regular_file(folder / "train.bin", code)) b.files.emplace_back(folder / "train.bin", Part::Train), b.hundred = true;
  const fs::path test = folder / (ten ? "test_batch.bin" : "test.bin");
  if ((ten || b.hundred) && fs::is_regular_file(test, code)) b.files.emplace_back(test, b.files.empty() ? Part::Train : Part::Test);
  if (b.files.empty()) return std::nullopt;
  return b;
}

bool knownName(const std::string& name) {
  return name == "test_batch.bin" || name == "train.bin" || name == "test.bin" || (name.starts_with("data_batch_") && name.ends_with(".bin"));
}

/// Lines of a names file beside the data, where it has as many as there are classes.
std::vector<std::string> namesOf(const fs::path& folder, bool hundred) {
  std::ifstream in(folder / (hundred ? "fine_label_names.txt" : "batches.meta.txt"));
  const std::size_t wanted = hundred ? 100 : 10;
  std::vector<std::string> names;
  for (std::string line; names.size() <= wanted && std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty() && line.size() < 200) names.push_back(line);
  }
  if (names.size() == wanted) return names;
  names.clear();
  for (std::size_t k = 0; k < wanted; ++k) names.push_back(hundred ? std::to_string(k) : kNames[k]);
  return names;
}

fs::path homeOf(const fs::path& path) {
  std::error_code code;
  return fs::is_directory(path, code) ? fs::absolute(path) : fs::absolute(path).parent_path();
}

/// Those that the chosen file or folder stands for.
Batches batchesOf(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code) || knownName(path.filename().string()))
    if (std::optional<Batches> found = batchesIn(homeOf(path))) return *found;
  Batches one;
  one.files = {{fs::absolute(path), Part::Train}};
  one.hundred = fs::file_size(path, code) % (1 + kImage) != 0 || path.filename() == "test.bin";
  return one;
}

Status takeBatch(const fs::path& file, Part part, bool hundred, std::stop_token stop, ImageSet& set, std::vector<std::uint8_t>& out, std::string& hash) {
  const Result<std::string> bytes = readFileBytes(file, stop);
  if (!bytes) return bytes.error();
  const std::int64_t labels = hundred ? 2 : 1, record = labels + kImage, size = static_cast<std::int64_t>(bytes->size());
  if (size == 0 || size % record != 0)
    return Error{shownName(file), "byte " + std::to_string(size / record * record), std::to_string(size % record) + " bytes at the end", "records of " + std::to_string(record) + " bytes: label and 32 × 32 × 3", {}};
  std::future<std::string> sum = std::async(std::launch::async, [&] { return sha256(*bytes); });  // beside taking it apart
  const auto* from = reinterpret_cast<const std::uint8_t*>(bytes->data());
  const int classes = hundred ? 100 : 10;
  for (std::int64_t at = 0; at < size; at += record) {
    if (stop.stop_requested()) return stopped(file);
    const int label = from[at + labels - 1];
    if (label >= classes) return Error{shownName(file), "byte " + std::to_string(at + labels - 1), "label " + std::to_string(label), "0 to " + std::to_string(classes - 1), {}};
    set.classes.push_back(label);
    set.parts.push_back(part);
    const std::uint8_t* image = from + at + labels;
    for (std::int64_t p = 0; p < kPixels; ++p)
      for (std::int64_t c = 0; c < 3; ++c) out.push_back(image[c * kPixels + p]);
  }
  hash = sum.get();
  return {};
}

}  // namespace

bool isCifar(const fs::path& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) return batchesIn(path).has_value();
  const std::uintmax_t size = fs::file_size(path, code);
  if (code || size == 0 || path.extension() != ".bin") return false;
  return knownName(path.filename().string()) || size % (1 + kImage) == 0 || size % (2 + kImage) == 0;
}

Result<std::vector<fs::path>> cifarFiles(const fs::path& path) {
  std::vector<fs::path> out;
  for (const auto& [file, part] : batchesOf(path).files) out.push_back(file);
  return out;
}

Result<ImageSet> readCifar(const fs::path& path, std::stop_token stop, const Progress& progress) {
  const fs::path home = homeOf(path);
  const Batches batches = batchesOf(path);
  ImageSet set;
  set.name = home.filename().string().find("cifar") != std::string::npos || !knownName(path.filename().string()) ? (batches.hundred ? "CIFAR-100" : "CIFAR-10") : home.filename().string();
  set.shape = {kSide, kSide, 3};
  set.classNames = namesOf(home, batches.hundred);
  std::vector<std::uint8_t> bytes;
  std::vector<std::string> hashes(batches.files.size());
  for (std::size_t i = 0; i < batches.files.size(); ++i) {
    if (Status s = takeBatch(batches.files[i].first, batches.files[i].second, batches.hundred, stop, set, bytes, hashes[i]); !s) return s.error();
    if (progress) progress(static_cast<double>(i + 1) / static_cast<double>(batches.files.size()));
  }
  if (set.parts.back() == Part::Train) set.parts.clear();
  if (std::all_of(set.classes.begin(), set.classes.end(), [&](std::int32_t c) { return c == set.classes[0]; }))
    return Error{shownName(path), {}, "only the label " + std::to_string(set.classes[0]), "at least two classes", {}};
  set.inputs = Samples::fromBytes(set.shape, std::move(bytes));
  set.source = {"cifar", batches.files[0].first.string(), hashOfFiles(hashes), {}};
  return set;
}

}  // namespace vitrine
