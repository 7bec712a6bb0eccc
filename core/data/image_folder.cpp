#include <algorithm>
#include <atomic>
#include <cmath>
#include <map>
#include <thread>

#include "core/base/numbers.h"
#include "core/base/sha256.h"
#include "core/data/file_bytes.h"
#include "core/data/readers.h"
#include "core/data/target.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostImages = 2'000'000, kMostNamed = 5;
constexpr std::int64_t kUsualSide = 64, kLargeSide = 96;

struct Entry {
  fs::path path;
  std::int32_t label = 0;
  Part part = Part::Train;
};

struct Listing {
  std::vector<Entry> entries;
  std::vector<std::string> classes;
  bool parts = false;
};

bool isPicture(const fs::path& path) {
  static const char* const kEndings[] = {".png", ".jpg", ".jpeg", ".bmp", ".pnm", ".pgm", ".ppm", ".pbm"};
  const std::string ending = lowerAscii(path.extension().string());
  return std::any_of(std::begin(kEndings), std::end(kEndings), [&](const char* e) { return ending == e; });
}

/// Folders or pictures directly in it, by name; hidden ones are passed over, and links are not followed out of the folder.
std::vector<fs::path> children(const fs::path& folder, bool folders) {
  std::vector<fs::path> all;
  std::error_code code;
  for (const fs::directory_entry& e : entriesOf(folder)) {
    if (e.path().filename().string().starts_with('.') || all.size() >= kMostImages) continue;
    if (folders ? e.is_directory(code) && !e.is_symlink(code) : e.is_regular_file(code) && isPicture(e.path())) all.push_back(e.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::optional<Part> partOf(const fs::path& folder) {
  const std::string name = lowerAscii(folder.filename().string());
  if (name == "train" || name == "training") return Part::Train;
  if (name == "val" || name == "valid" || name == "validation") return Part::Validation;
  if (name == "test" || name == "testing") return Part::Test;
  return std::nullopt;
}

/// Class folders of `home`; a class that was not met before gets the next number.
Status addClasses(const fs::path& home, Part part, std::map<std::string, std::int32_t>& index, Listing& out) {
  for (const fs::path& folder : children(home, true)) {
    const std::vector<fs::path> pictures = children(folder, false);
    if (pictures.empty()) continue;
    const auto [at, fresh] = index.emplace(folder.filename().string(), static_cast<std::int32_t>(index.size()));
    if (fresh) out.classes.push_back(at->first);
    if (out.classes.size() > kMostClasses)
      return Error{shownName(home), {}, "more than " + numberText(kMostClasses) + " folders of pictures", "at most " + numberText(kMostClasses) + " classes", {}};
    for (const fs::path& p : pictures) out.entries.push_back({p, at->second, part});
    if (out.entries.size() > kMostImages) return Error{shownName(home), {}, "more than 2 000 000 pictures", "fewer", {}};
  }
  return {};
}

Result<Listing> list(const fs::path& home) {
  Listing out;
  std::map<std::string, std::int32_t> index;
  std::vector<fs::path> parts = children(home, true);
  std::erase_if(parts, [](const fs::path& p) { return !partOf(p); });
  std::stable_sort(parts.begin(), parts.end(), [](const fs::path& a, const fs::path& b) { return *partOf(a) < *partOf(b); });
  if (!parts.empty() && *partOf(parts[0]) == Part::Train) {
    for (const fs::path& p : parts)
      if (Status s = addClasses(p, *partOf(p), index, out); !s) return s.error();
    out.parts = out.entries.empty() ? false : out.entries.back().part != Part::Train;
  }
  if (out.entries.empty())
    if (Status s = addClasses(home, Part::Train, index, out); !s) return s.error();
  if (out.classes.size() < 2) {
    const bool loose = !children(home, false).empty();
    return Error{shownName(home), {}, out.classes.empty() ? (loose ? "pictures, but no folders of them" : "no folders of pictures (PNG, JPEG, BMP, PNM)") : "one class, '" + out.classes[0] + "'",
                 "a folder for each class, at least two, with pictures in them", {}};
  }
  return out;
}

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

/// The size most images have; beyond what trains quickly, its shape at the usual size.
void settleSize(const std::vector<DecodedImage>& sizes, ImagePlan& plan, std::vector<std::string>& notes) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> counts;
  for (const DecodedImage& s : sizes)
    if (s.height > 0) ++counts[{s.height, s.width}];
  if (counts.empty()) return;
  const auto most = std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  auto [height, width] = most->first;
  if (plan.height > 0 && plan.width > 0) return;
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

}  // namespace

Result<std::string> folderSha256(const fs::path& path) {
  const Result<Listing> listing = list(path);
  if (!listing) return listing.error();
  std::string text;
  std::error_code code;
  for (const Entry& e : listing->entries) text += e.path.lexically_relative(path).generic_string() + '\t' + std::to_string(fs::file_size(e.path, code)) + '\n';
  return sha256(text);
}

Result<ImageSet> readImageFolder(const fs::path& given, const ImagePlan& plan, std::stop_token stop, const Progress& progress) {
  const fs::path path = fs::absolute(given).lexically_normal();
  const fs::path home = path.has_filename() ? path : path.parent_path();
  if (!imageDecoder()) return problem("This program was built without a reader of pictures.", shownName(home));
  Result<Listing> listing = list(home);
  if (!listing) return listing.error();
  std::vector<Entry>& entries = listing->entries;
  ImageSet set;
  set.plan = plan;
  set.name = home.filename().string();
  std::vector<DecodedImage> sizes(entries.size());
  std::vector<std::string> faults(entries.size());
  std::atomic<bool> colour = false;
  inParallel(entries.size(), stop, progress, 0, 0.2, [&](std::size_t i) {
    Result<DecodedImage> size = imageDecoder()(entries[i].path, {.sizeOnly = true});
    if (size)
      sizes[i] = std::move(*size);
    else
      faults[i] = size.error().text();
  });
  if (stop.stop_requested()) return stopped(home);
  settleSize(sizes, set.plan, set.notes);
  DecodeRequest request{.height = set.plan.height, .width = set.plan.width, .fit = plan.fit, .channels = set.plan.grey ? 1 : 0};
  // Grey where the first hundred say so: the rest is then read as grey.
  if (!set.plan.grey) {
    const std::size_t step = std::max<std::size_t>(1, entries.size() / 100);
    for (std::size_t i = 0; i < entries.size() && !colour; i += step)
      if (faults[i].empty())
        if (const Result<DecodedImage> one = imageDecoder()(entries[i].path, request); one && one->channels != 1) colour = true;
    request.channels = colour ? 3 : 1;
  }
  set.shape = {set.plan.height, set.plan.width, request.channels};
  const std::int64_t size = set.shape.size(), total = size * static_cast<std::int64_t>(entries.size());
  if (size <= 0) return Error{shownName(home), {}, "no picture that can be read; the first: " + (faults.empty() ? "" : faults[0]), "pictures", {}};
  if (total > memoryCap()) return Error{shownName(home), {}, bytesText(total) + " of pixels", "at most " + bytesText(memoryCap()) + ": choose a smaller size", {}};
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(total));
  inParallel(entries.size(), stop, progress, 0.2, 1, [&](std::size_t i) {
    if (!faults[i].empty()) return;
    Result<DecodedImage> image = imageDecoder()(entries[i].path, request);
    if (!image)
      faults[i] = image.error().text();
    else
      std::copy_n(image->values.begin(), std::min(image->values.size(), static_cast<std::size_t>(size)), bytes.begin() + static_cast<std::ptrdiff_t>(i) * size);
  });
  if (stop.stop_requested()) return stopped(home);
  std::size_t kept = 0, bad = 0;
  std::string named;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!faults[i].empty()) {
      if (bad++ < kMostNamed) named += (named.empty() ? "" : "; ") + faults[i];
      continue;
    }
    if (kept != i) std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(i) * size, size, bytes.begin() + static_cast<std::ptrdiff_t>(kept) * size);
    ++kept;
    set.classes.push_back(entries[i].label);
    if (listing->parts) set.parts.push_back(entries[i].part);
  }
  if (kept == 0) return Error{shownName(home), {}, "no picture that can be read: " + named, "pictures", {}};
  if (bad > 0) set.notes.push_back(std::to_string(bad) + " of " + std::to_string(entries.size()) + " pictures cannot be read and are left out: " + named + (bad > kMostNamed ? "; …" : "") + ".");
  bytes.resize(kept * static_cast<std::size_t>(size));
  set.inputs = Samples::fromBytes(set.shape, std::move(bytes));
  set.classNames = listing->classes;
  set.source = {"folder", home.string(), {}, {}};
  return set;
}

}  // namespace vitrine
