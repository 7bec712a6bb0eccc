// A folder of pictures as a data set. What each file is, its content tells.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <mutex>
#include <thread>

#include "core/base/numbers.h"
#include "core/base/sha256.h"
#include "core/data/file_bytes.h"
#include "core/data/image_listing.h"
#include "core/data/picture_kind.h"
#include "core/data/readers.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kUsualSide = 64, kLargeSide = 96;
constexpr std::int64_t kLargePicture = 1 << 24;  ///< pixels; such are decoded one at a time, for the memory they take

enum class State : std::uint8_t { Picture, Damaged, NoReader, NoPicture };

/// What became of a file.
struct Found {
  State state = State::NoPicture;
  bool flat = false;                ///< one colour throughout
  std::int64_t height = 0, width = 0;
  double white = 255;
  std::string fault;                ///< damaged: why; taken nevertheless: what is missing; without a reader: the format
  std::string sha256;               ///< pictures: of the file as it was read
};

/// Calls does(i) for every i below n from all processors; stops early where a stop is asked for.
void inParallel(std::size_t n, std::stop_token stop, const Progress& progress, double from, double to, const std::function<void(std::size_t)>& does) {
  std::atomic<std::size_t> next = 0;
  const auto work = [&](bool tells) {
    for (std::size_t i; !stop.stop_requested() && (i = next++) < n;) {
      does(i);
      if (tells && progress) progress(from + (to - from) * static_cast<double>(i) / static_cast<double>(n));
    }
  };
  std::vector<std::jthread> others;
  for (unsigned t = 1; t < std::max(1u, std::thread::hardware_concurrency()); ++t) others.emplace_back(work, false);
  work(true);
}

bool isNamedPicture(const fs::path& path) {
  static const char* const kEndings[] = {".png", ".jpg", ".jpeg", ".bmp", ".pnm", ".pgm", ".ppm", ".pbm", ".gif", ".tif", ".tiff", ".webp"};
  const std::string ending = lowerAscii(path.extension().string());
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](const char* e) { return ending == e; });
}

/// The whole file where it is a picture that can be read; else nothing, and `found` says what it is.
std::string pictureBytes(const ListedFile& file, Found& found) {
  const auto fault = [&](Error e) {
    e.file = file.name;
    found.state = State::Damaged, found.fault = e.text();
    return std::string();
  };
  const Result<std::string> head = readFileHead(file.path, kPictureHead);
  if (!head) return fault(head.error());
  const PictureKind kind = pictureKind(*head, file.path);
  if (!kind.readable) {
    found.state = kind.name.empty() ? State::NoPicture : State::NoReader;
    found.fault = kind.name;
    if (kind.name.empty() && isNamedPicture(file.path)) return fault({{}, {}, head->empty() ? "an empty file" : "no picture that is known", kReadablePictures, {}});
    return {};
  }
  Result<std::string> bytes = readFileBytes(file.path);
  if (!bytes) return fault(bytes.error());
  found.state = State::Picture;
  return std::move(*bytes);
}

/// The size most images have; beyond what trains quickly, its shape at the usual size.
void settleSize(const std::vector<Found>& found, ImagePlan& plan, std::vector<std::string>& notes) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> counts;
  for (const Found& f : found)
    if (f.state == State::Picture) ++counts[{f.height, f.width}];
  if (counts.empty() || (plan.height > 0 && plan.width > 0)) return;
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  auto [height, width] = most->first;
  if (std::max(height, width) > kLargeSide) {
    const double scale = static_cast<double>(kUsualSide) / static_cast<double>(std::max(height, width));
    height = std::max<std::int64_t>(1, std::llround(static_cast<double>(height) * scale));
    width = std::max<std::int64_t>(1, std::llround(static_cast<double>(width) * scale));
  }
  plan.height = height;
  plan.width = width;
  const bool different = counts.size() > 1;
  if (different || most->first != std::pair(height, width))
    notes.push_back((different ? "The images have " + std::to_string(counts.size()) + " sizes; they are brought to " : "The images are brought to ") + std::to_string(height) + " × " + std::to_string(width) + ".");
}

/// The number of white for all: that of those with more than 8 bits where it is one, so that their numbers stay as they are.
double commonWhite(const std::vector<Found>& found) {
  double white = 255;
  for (const Found& f : found)
    if (f.state == State::Picture && f.white != 255) white = white == 255 || white == f.white ? f.white : 65535;
  return white;
}

/// The pixels of all pictures, in bytes or numbers.
struct Pixels {
  std::int64_t size;  ///< numbers a picture
  double white;
  std::vector<std::uint8_t> bytes;
  std::vector<float> numbers;

  Pixels(std::int64_t each, std::size_t count, double most) : size(each), white(most) {
    if (white == 255)
      bytes.resize(static_cast<std::size_t>(each) * count);
    else
      numbers.resize(static_cast<std::size_t>(each) * count);
  }
  /// Whether it is of one colour throughout.
  bool put(std::size_t at, const DecodedImage& image) {
    const auto flat = [&](const auto* from) {
      for (std::ptrdiff_t i = 0; i < size; ++i)
        if (from[i] != from[i % image.channels]) return false;
      return true;
    };
    const std::ptrdiff_t to = static_cast<std::ptrdiff_t>(at) * size;
    if (white == 255 && !image.isDeep()) {
      std::copy_n(image.values.begin(), size, bytes.begin() + to);
      return flat(bytes.data() + to);
    }
    const double scale = white / image.white;
    for (std::ptrdiff_t i = 0; i < size; ++i) {
      const double v = scale * (image.isDeep() ? static_cast<double>(image.numbers[static_cast<std::size_t>(i)]) : static_cast<double>(image.values[static_cast<std::size_t>(i)]));
      if (white == 255)
        bytes[static_cast<std::size_t>(to + i)] = static_cast<std::uint8_t>(std::lround(std::clamp(v, 0.0, 255.0)));
      else
        numbers[static_cast<std::size_t>(to + i)] = static_cast<float>(v);
    }
    return white == 255 ? flat(bytes.data() + to) : flat(numbers.data() + to);
  }
  void move(std::size_t from, std::size_t to) {
    const auto one = [&](auto& all) { std::copy_n(all.begin() + static_cast<std::ptrdiff_t>(from) * size, size, all.begin() + static_cast<std::ptrdiff_t>(to) * size); };
    white == 255 ? one(bytes) : one(numbers);
  }
  Samples samples(const Shape& shape, std::size_t count) {
    bytes.resize(white == 255 ? count * static_cast<std::size_t>(size) : 0);
    numbers.resize(white == 255 ? 0 : count * static_cast<std::size_t>(size));
    return white == 255 ? Samples::fromBytes(shape, std::move(bytes)) : Samples::fromFloats(shape, std::move(numbers));
  }
};

std::string hashOfFolder(const std::vector<ListedFile>& files, const std::vector<Found>& found) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!found[i].sha256.empty()) lines.push_back(files[i].name + '\t' + found[i].sha256);
  return hashOfFiles(lines);
}

/// What is said of the files that are no samples, and of samples that call for it.
void noteFiles(const std::vector<ListedFile>& files, const std::vector<Found>& found, bool damagedTaken, std::vector<std::string>& notes) {
  std::vector<std::string> damaged, taken, noReader, noPicture, flat, nested;
  std::size_t pictures = 0, within = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Found& f = found[i];
    pictures += f.state == State::Picture || f.state == State::Damaged;
    if (f.state == State::Damaged) damaged.push_back(f.fault);
    if (f.state == State::NoReader) noReader.push_back(files[i].name + " (" + f.fault + ")");
    if (f.state == State::NoPicture) noPicture.push_back(files[i].name);
    if (f.state != State::Picture) continue;
    if (!f.fault.empty()) taken.push_back(f.fault);
    if (f.flat) flat.push_back(files[i].name);
    if (!files[i].nested) continue;
    ++within;
    const std::string folder = fs::path(files[i].name).parent_path().generic_string();
    if (nested.empty() || nested.back() != folder) nested.push_back(folder);
  }
  const auto be = [](std::size_t n) { return n == 1 ? " is" : " are"; };
  if (!damaged.empty())
    notes.push_back(std::to_string(damaged.size()) + " of " + std::to_string(pictures) + " pictures cannot be read and" + be(damaged.size()) + " left out: " + someOf(damaged) + "." +
                    (damagedTaken ? "" : " Damaged ones can be taken by choice."));
  if (!taken.empty()) notes.push_back(countOf(taken.size(), "damaged picture", "damaged pictures") + be(taken.size()) + " taken, with made-up pixels: " + someOf(taken) + ".");
  if (!noReader.empty())
    notes.push_back(countOf(noReader.size(), "file", "files") + " in formats without a reader here left out: " + someOf(noReader) + "; read are " + kReadablePictures + ".");
  if (!noPicture.empty()) notes.push_back(countOf(noPicture.size(), "file that is no picture", "files that are no pictures") + " left out: " + someOf(noPicture) + ".");
  if (within > 0) notes.push_back(countOf(within, "picture", "pictures") + " in folders within class folders" + (within == 1 ? " counts" : " count") + " to those classes: " + someOf(nested) + ".");
  if (!flat.empty()) notes.push_back("⚠ " + countOf(flat.size(), "picture is", "pictures are") + " of one colour throughout: " + someOf(flat) + ".");
}

/// Classes that have pictures, numbered anew.
Status takeClasses(const FolderListing& listing, const std::vector<Found>& found, const std::string& home, ImageSet& set) {
  std::vector<std::size_t> counts(listing.classes.size());
  for (std::size_t i = 0; i < found.size(); ++i) counts[static_cast<std::size_t>(listing.files[i].label)] += found[i].state == State::Picture;
  std::vector<std::int32_t> number(counts.size(), -1);
  std::vector<std::string> without;
  for (std::size_t c = 0; c < counts.size(); ++c) {
    const bool files = std::any_of(listing.files.begin(), listing.files.end(), [&](const ListedFile& f) { return static_cast<std::size_t>(f.label) == c; });
    if (counts[c] == 0 && files) without.push_back(listing.classes[c]);
    if (counts[c] == 0) continue;
    number[c] = static_cast<std::int32_t>(set.classNames.size());
    set.classNames.push_back(listing.classes[c]);
  }
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].state != State::Picture) continue;
    set.classes.push_back(number[static_cast<std::size_t>(listing.files[i].label)]);
    if (listing.parts) set.parts.push_back(listing.files[i].part);
  }
  if (!without.empty()) set.notes.push_back(countOf(without.size(), "folder has", "folders have") + " no picture that can be read and " + (without.size() == 1 ? "is" : "are") + " no class: " + someOf(without) + ".");
  if (set.classNames.size() >= 2) return {};
  std::string why;
  for (const Found& f : found)
    if (f.state == State::Damaged && why.empty()) why = "; the first that cannot be read: " + f.fault;
  for (const Found& f : found)
    if (f.state == State::NoReader && why.empty()) why = "; " + f.fault + " has no reader here";
  const std::string what = set.classNames.size() == 1 ? "pictures of one class only, '" + set.classNames[0] + "'"
                           : listing.loose && listing.files.empty() ? "files, but no folders of pictures" : std::string("no folders of pictures (") + kReadablePictures + ")";
  return Error{home, {}, what + why, "a folder for each class, at least two, with pictures in them", {}};
}

}  // namespace

Result<std::string> folderSha256(const fs::path& path, std::stop_token stop) {
  const Result<FolderListing> listing = listFolder(fs::absolute(path).lexically_normal());
  if (!listing) return listing.error();
  std::vector<Found> found(listing->files.size());
  inParallel(found.size(), stop, {}, 0, 1, [&](std::size_t i) {
    const std::string bytes = pictureBytes(listing->files[i], found[i]);
    if (found[i].state == State::Picture) found[i].sha256 = sha256(bytes);
  });
  if (stop.stop_requested()) return stopped(path);
  return hashOfFolder(listing->files, found);
}

Result<std::string> folderListSha256(const fs::path& path) {
  static const char* const kEndings[] = {".png", ".jpg", ".jpeg", ".bmp", ".pnm", ".pgm", ".ppm", ".pbm"};  // what was read then
  const Result<FolderListing> listing = listFolder(path);
  if (!listing) return listing.error();
  std::string text;
  std::error_code code;
  for (const ListedFile& f : listing->files) {
    const std::string ending = lowerAscii(f.path.extension().string());
    if (!f.nested && std::any_of(std::begin(kEndings), std::end(kEndings), [&](const char* e) { return ending == e; })) text += f.name + '\t' + std::to_string(fs::file_size(f.path, code)) + '\n';
  }
  return sha256(text);
}

Result<ImageSet> readImageFolder(const fs::path& given, const ImagePlan& plan, std::stop_token stop, const Progress& progress) {
  const fs::path path = fs::absolute(given).lexically_normal();
  const fs::path home = path.has_filename() ? path : path.parent_path();
  if (!imageDecoder()) return problem("This program was built without a reader of pictures.", shownName(home));
  Result<FolderListing> listing = listFolder(home);
  if (!listing) return listing.error();
  const std::vector<ListedFile>& files = listing->files;
  ImageSet set;
  set.plan = plan;
  set.name = home.filename().string();
  std::vector<Found> found(files.size());
  /// Reads and decodes file `i`; nothing where it is no picture.
  const auto decode = [&](std::size_t i, const DecodeRequest& request) -> std::optional<DecodedImage> {
    Found& f = found[i];
    const std::string bytes = pictureBytes(files[i], f);
    if (f.state != State::Picture) return std::nullopt;
    Result<DecodedImage> image = imageDecoder()(bytes, files[i].name, request);
    if (!image) f.state = State::Damaged, f.fault = image.error().text();
    if (!image || !request.sizeOnly) f.sha256 = sha256(bytes);
    if (!image) return std::nullopt;
    return std::move(*image);
  };
  DecodeRequest request{.sizeOnly = true, .fit = plan.fit, .ground = plan.ground, .takeDamaged = plan.takeDamaged};
  inParallel(files.size(), stop, progress, 0, 0.2, [&](std::size_t i) {
    if (const std::optional<DecodedImage> size = decode(i, request)) found[i].height = size->height, found[i].width = size->width, found[i].white = size->white;
  });
  if (stop.stop_requested()) return stopped(home);
  const auto pictures = [&] { return std::count_if(found.begin(), found.end(), [](const Found& f) { return f.state == State::Picture; }); };
  if (pictures() == 0) return takeClasses(*listing, found, shownName(home), set).error();
  settleSize(found, set.plan, set.notes);
  request.sizeOnly = false;
  request.height = set.plan.height, request.width = set.plan.width;
  request.channels = 1;
  // Grey where the first hundred say so: the rest is then read as grey.
  if (!set.plan.grey) {
    request.channels = 0;
    const std::size_t step = std::max<std::size_t>(1, files.size() / 100);
    bool colour = false;
    for (std::size_t i = 0; i < files.size() && !colour; i += step)
      if (found[i].state == State::Picture)
        if (const std::optional<DecodedImage> one = decode(i, request)) colour = one->channels != 1;
    request.channels = colour ? 3 : 1;
  }
  const double white = commonWhite(found);
  set.shape = {set.plan.height, set.plan.width, request.channels};
  const std::int64_t size = set.shape.size(), total = size * static_cast<std::int64_t>(pictures()) * (white == 255 ? 1 : static_cast<std::int64_t>(sizeof(float)));
  if (total > memoryCap()) return Error{shownName(home), {}, bytesText(total) + " of pixels", "at most " + bytesText(memoryCap()) + ": choose a smaller size", {}};
  std::vector<std::size_t> places(files.size());
  std::size_t next = 0;
  for (std::size_t i = 0; i < files.size(); ++i)
    if (found[i].state == State::Picture) places[i] = next++;
  Pixels pixels(size, next, white);
  std::mutex large;
  inParallel(files.size(), stop, progress, 0.2, 1, [&](std::size_t i) {
    if (found[i].state != State::Picture) return;
    std::unique_lock<std::mutex> alone(large, std::defer_lock);
    if (found[i].height * found[i].width > kLargePicture) alone.lock();
    const std::optional<DecodedImage> image = decode(i, request);
    if (!image) return;
    found[i].fault = image->damage;
    found[i].flat = pixels.put(places[i], *image);
  });
  if (stop.stop_requested()) return stopped(home);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (found[i].state != State::Picture) continue;
    if (places[i] != kept) pixels.move(places[i], kept);
    ++kept;
  }
  if (Status s = takeClasses(*listing, found, shownName(home), set); !s) return s.error();
  noteFiles(files, found, plan.takeDamaged, set.notes);
  set.notes.insert(set.notes.end(), listing->notes.begin(), listing->notes.end());
  set.inputs = pixels.samples(set.shape, kept);
  set.source = {"folder", home.string(), hashOfFolder(files, found), {}};
  return set;
}

}  // namespace vitrine
