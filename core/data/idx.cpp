#include <algorithm>
#include <array>
#include <future>
#include <mutex>
#include <optional>

#include "core/base/numbers.h"
#include "core/data/file_bytes.h"
#include "core/data/idx_file.h"
#include "core/data/readers.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

struct Pair {
  fs::path images, labels;
};

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// The file itself, or the same one packed or unpacked; nothing when neither is there.
std::optional<fs::path> existing(const fs::path& path) {
  std::error_code code;
  if (fs::is_regular_file(path, code)) return path;
  const fs::path other = path.extension() == ".gz" ? fs::path(path).replace_extension() : fs::path(path.string() + ".gz");
  if (fs::is_regular_file(other, code)) return other;
  return std::nullopt;
}

fs::path labelsOf(const fs::path& images) {
  return images.parent_path() / replaced(replaced(images.filename().string(), "images", "labels"), "idx3", "idx1");
}

fs::path imagesOf(const fs::path& labels) {
  return labels.parent_path() / replaced(replaced(labels.filename().string(), "labels", "images"), "idx1", "idx3");
}

/// The pair a chosen file belongs to. Both files must be there.
Result<Pair> pairOf(const fs::path& chosen) {
  const std::string name = chosen.filename().string();
  const bool labels = name.find("labels") != std::string::npos;
  if (!labels && name.find("images") == std::string::npos)
    return Error{shownName(chosen), {}, "a name with neither 'images' nor 'labels'",
                 "a name like train-images-idx3-ubyte, by which the labels are found", {}};
  const fs::path wanted = labels ? imagesOf(chosen) : labelsOf(chosen);
  const std::optional<fs::path> other = existing(wanted);
  if (!other)
    return Error{shownName(chosen), {}, std::string("no ") + (labels ? "images" : "labels") + " file beside it", "'" + shownName(wanted) + "'", {}};
  return labels ? Pair{*other, chosen} : Pair{chosen, *other};
}

/// The training or test pair beside `pair`, when it is whole.
std::optional<Pair> partner(const Pair& pair, const std::string& from, const std::string& to) {
  const std::string name = pair.images.filename().string();
  if (name.find(from) == std::string::npos) return std::nullopt;
  const std::optional<fs::path> images = existing(pair.images.parent_path() / replaced(name, from, to));
  if (!images) return std::nullopt;
  const std::optional<fs::path> labels = existing(labelsOf(*images));
  if (!labels) return std::nullopt;
  return Pair{*images, *labels};
}

/// Adds up the files' progress, by their sizes.
class Shares {
 public:
  Shares(const Progress& report, std::span<const fs::path> files) : report_(report), done_(files.size()) {
    std::error_code code;
    for (const fs::path& f : files) sizes_.push_back(static_cast<double>(fs::file_size(f, code)));
    for (const double s : sizes_) total_ += s;
  }
  std::function<void(double)> of(std::size_t i) {
    return [this, i](double share) {
      if (!report_) return;
      const std::lock_guard lock(mutex_);
      done_[i] = share * sizes_[i];
      double sum = 0;
      for (const double d : done_) sum += d;
      report_(total_ > 0 ? std::min(1.0, sum / total_) : 1);
    };
  }

 private:
  const Progress& report_;
  std::mutex mutex_;
  std::vector<double> sizes_, done_;
  double total_ = 0;
};

Status checkPair(const Pair& pair, const IdxFile& images, const IdxFile& labels) {
  if (images.dims[0] == labels.dims[0]) return {};
  return Error{shownName(pair.labels), "byte 4", std::to_string(labels.dims[0]) + " labels",
               std::to_string(images.dims[0]) + ", one for each image of " + shownName(pair.images), {}};
}

void nameClasses(ImageSet& set, const fs::path& folder) {
  static const std::array<const char*, 10> kFashion{"T-shirt/top", "Trouser", "Pullover", "Dress",   "Coat",
                                                    "Sandal",      "Shirt",   "Sneaker",  "Bag",     "Ankle boot"};
  const std::int32_t highest = *std::max_element(set.classes.begin(), set.classes.end());
  const std::string folderName = folder.filename().string();
  const bool fashion = lowerAscii(folderName).find("fashion") != std::string::npos && highest < 10;
  set.name = fashion ? "Fashion-MNIST" : folderName.empty() ? "Images" : folderName;
  for (std::int32_t c = 0; c < (fashion ? 10 : highest + 1); ++c)
    set.classNames.push_back(fashion ? kFashion[static_cast<std::size_t>(c)] : std::to_string(c));
}

/// The first pair is for training; the second, if any, for validation.
struct Files {
  std::vector<Pair> pairs;
  std::vector<IdxFile> images, labels;
};

Result<std::vector<Pair>> pairsOf(const fs::path& chosen) {
  const Result<Pair> own = pairOf(chosen);
  if (!own) return own.error();
  std::vector<Pair> pairs;
  const std::optional<Pair> before = partner(*own, "t10k", "train"), after = partner(*own, "train", "t10k");
  if (before) pairs.push_back(*before);
  pairs.push_back(*own);
  if (after) pairs.push_back(*after);
  return pairs;
}

Status readAll(Files& files, std::stop_token stop, const Progress& progress) {
  std::vector<fs::path> paths;
  for (const Pair& p : files.pairs) paths.insert(paths.end(), {p.images, p.labels});
  Shares shares(progress, paths);
  // Room behind the training images for the test images, which cannot unpack to more than this; address space only.
  std::error_code code;
  const std::int64_t spare = files.pairs.size() < 2 ? 0 : std::min<std::int64_t>(static_cast<std::int64_t>(fs::file_size(files.pairs[1].images, code)) * 16, memoryCap());
  std::vector<std::future<Result<IdxFile>>> jobs;
  for (std::size_t i = 0; i < paths.size(); ++i)
    jobs.push_back(std::async(std::launch::async, [&, i] {
      return readIdxFile(paths[i], i % 2 == 0 ? 3 : 1, i == 0 ? spare : 0, stop, shares.of(i));
    }));
  std::vector<Result<IdxFile>> results;
  for (auto& job : jobs) results.push_back(job.get());
  for (Result<IdxFile>& r : results)
    if (!r) return r.error();
  for (std::size_t i = 0; i < results.size(); ++i)
    (i % 2 == 0 ? files.images : files.labels).push_back(std::move(*results[i]));
  for (std::size_t i = 0; i < files.pairs.size(); ++i)
    if (const Status status = checkPair(files.pairs[i], files.images[i], files.labels[i]); !status) return status;
  return {};
}

}  // namespace

Result<std::vector<fs::path>> idxFiles(const fs::path& path) {
  const Result<std::vector<Pair>> pairs = pairsOf(fs::absolute(path));
  if (!pairs) return pairs.error();
  std::vector<fs::path> out;
  for (const Pair& p : *pairs) out.insert(out.end(), {p.images, p.labels});
  return out;
}

Result<ImageSet> readIdx(const fs::path& path, std::stop_token stop, const Progress& progress) {
  const fs::path chosen = fs::absolute(path);
  Result<std::vector<Pair>> pairs = pairsOf(chosen);
  if (!pairs) return pairs.error();
  Files files;
  files.pairs = std::move(*pairs);
  if (const Status status = readAll(files, stop, progress); !status) return status.error();

  const std::int64_t height = files.images[0].dims[1], width = files.images[0].dims[2], first = files.images[0].dims[0];
  ImageSet set;
  set.shape = {height, width, 1};
  std::vector<std::uint8_t> bytes = std::move(files.images[0].data);
  for (const IdxFile& labels : files.labels) set.classes.insert(set.classes.end(), labels.data.begin(), labels.data.end());
  if (files.pairs.size() == 2) {
    const IdxFile& test = files.images[1];
    if (test.dims[1] != height || test.dims[2] != width)
      return Error{shownName(files.pairs[1].images), "byte 8", "images of " + std::to_string(test.dims[1]) + " × " + std::to_string(test.dims[2]),
                   std::to_string(height) + " × " + std::to_string(width) + " as in " + shownName(files.pairs[0].images), {}};
    if (first + test.dims[0] > 2147483647) return problem("there are more than 2147483647 images", shownName(chosen));
    bytes.insert(bytes.end(), test.data.begin(), test.data.end());
    set.parts.assign(static_cast<std::size_t>(first), Part::Train);
    set.parts.resize(static_cast<std::size_t>(first + test.dims[0]), Part::Test);
  }
  set.inputs = Samples::fromBytes(set.shape, std::move(bytes));
  if (std::all_of(set.classes.begin(), set.classes.end(), [&](std::int32_t c) { return c == set.classes[0]; }))
    return Error{shownName(files.pairs[0].labels), {}, "only the label " + std::to_string(set.classes[0]), "at least two classes", {}};
  nameClasses(set, chosen.parent_path());
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < files.pairs.size(); ++i) hashes.insert(hashes.end(), {files.images[i].sha256, files.labels[i].sha256});
  set.source = {"idx", files.pairs[0].images.string(), hashOfFiles(hashes), {}};
  return set;
}

}  // namespace vitrine
