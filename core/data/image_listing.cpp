#include "core/data/image_listing.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/numbers.h"
#include "core/data/file_bytes.h"
#include "core/data/target.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 2'000'000, kMostNamed = 5;
constexpr int kDeepest = 16;

std::optional<Part> partOf(const fs::path& folder) {
  const std::string name = lowerAscii(folder.filename().string());
  if (name == "train" || name == "training") return Part::Train;
  if (name == "val" || name == "valid" || name == "validation") return Part::Validation;
  if (name == "test" || name == "testing") return Part::Test;
  return std::nullopt;
}

/// What stands directly in a folder, by name.
struct Contents {
  std::vector<fs::path> files, folders, links, others;
  std::size_t hidden = 0;
};

Contents contentsOf(const fs::path& folder) {
  Contents c;
  std::error_code code;
  for (const fs::directory_entry& e : entriesOf(folder)) {
    if (e.path().filename().string().starts_with('.'))
      ++c.hidden;
    else if (e.is_directory(code))
      (e.is_symlink(code) ? c.links : c.folders).push_back(e.path());
    else
      (e.is_regular_file(code) ? c.files : c.others).push_back(e.path());
  }
  for (std::vector<fs::path>* all : {&c.files, &c.folders, &c.links, &c.others}) std::sort(all->begin(), all->end());
  return c;
}

class Lister {
 public:
  explicit Lister(const fs::path& opened) : opened_(opened) {}

  Result<FolderListing> list() {
    fs::path home = opened_;
    Contents c = contentsOf(home);
    // A folder that only holds another, as archives unpack: the classes are further down.
    for (int depth = 0; depth < kDeepest && c.folders.size() == 1 && c.files.empty(); ++depth) {
      Contents inner = contentsOf(c.folders[0]);
      if (inner.folders.empty() || partOf(c.folders[0])) break;
      hidden_ += c.hidden;
      home = c.folders[0];
      c = std::move(inner);
    }
    if (home != opened_) out_.notes.push_back("The classes are the folders in '" + nameOf(home) + "'.");
    passOver(c);
    std::vector<fs::path> parts = c.folders;
    std::erase_if(parts, [](const fs::path& p) { return !partOf(p); });
    std::stable_sort(parts.begin(), parts.end(), [](const fs::path& a, const fs::path& b) { return *partOf(a) < *partOf(b); });
    if (!parts.empty() && *partOf(parts[0]) == Part::Train) {
      for (const fs::path& p : parts)
        if (Status s = addPart(p); !s) return s.error();
      out_.parts = !out_.files.empty() && out_.files.back().part != Part::Train;
      std::vector<std::string> beside;
      for (const fs::path& f : c.folders)
        if (!partOf(f)) beside.push_back(nameOf(f));
      if (!out_.files.empty() && !beside.empty()) out_.notes.push_back(countOf(beside.size(), "folder", "folders") + " beside those for training and test " + (beside.size() == 1 ? "is" : "are") + " not used: " + someOf(beside) + ".");
    }
    if (out_.files.empty())
      if (Status s = addClasses(c, Part::Train); !s) return s.error();
    say();
    return std::move(out_);
  }

 private:
  std::string nameOf(const fs::path& path) const { return path.lexically_relative(opened_).generic_string(); }

  void passOver(const Contents& c) {
    hidden_ += c.hidden;
    for (const fs::path& p : c.files) loose_.push_back(nameOf(p));
    for (const fs::path& p : c.links) links_.push_back(nameOf(p));
    for (const fs::path& p : c.others) others_.push_back(nameOf(p));
  }

  Status addPart(const fs::path& folder) {
    const Contents c = contentsOf(folder);
    passOver(c);
    return addClasses(c, *partOf(folder));
  }

  /// A class that was not met before gets the next number.
  Status addClasses(const Contents& c, Part part) {
    for (const fs::path& folder : c.folders) {
      const std::size_t before = out_.files.size();
      const auto [at, fresh] = index_.emplace(folder.filename().string(), static_cast<std::int32_t>(index_.size()));
      if (Status s = addFiles(folder, at->second, part, 0); !s) return s;
      if (out_.files.size() == before) empty_.push_back(nameOf(folder));
      if (fresh) out_.classes.push_back(at->first);
      if (out_.classes.size() > kMostClasses)
        return Error{shownName(opened_), {}, "more than " + numberText(kMostClasses) + " folders", "at most " + numberText(kMostClasses) + " classes", {}};
    }
    return {};
  }

  Status addFiles(const fs::path& folder, std::int32_t label, Part part, int depth) {
    const Contents c = contentsOf(folder);
    hidden_ += c.hidden;
    for (const fs::path& p : c.links) links_.push_back(nameOf(p));
    for (const fs::path& p : c.others) others_.push_back(nameOf(p));
    for (const fs::path& p : c.files) out_.files.push_back({p, nameOf(p), label, part, depth > 0});
    if (out_.files.size() > kMostFiles) return Error{shownName(opened_), {}, "more than 2 000 000 files", "fewer", {}};
    for (const fs::path& p : c.folders) {
      if (depth + 1 >= kDeepest)
        tooDeep_.push_back(nameOf(p));
      else if (Status s = addFiles(p, label, part, depth + 1); !s)
        return s;
    }
    return {};
  }

  void say() {
    const auto note = [&](const std::vector<std::string>& names, const char* one, const char* many, const char* what) {
      if (!names.empty()) out_.notes.push_back(countOf(names.size(), one, many) + what + someOf(names) + ".");
    };
    out_.loose = !loose_.empty();
    note(loose_, "file", "files", " beside the class folders left out: ");
    note(empty_, "folder", "folders", " without files: ");
    note(links_, "link to a folder", "links to folders", " not followed: ");
    note(others_, "entry that is no file", "entries that are no files", " left out: ");
    note(tooDeep_, "folder", "folders", " nested too deeply, left out: ");
    if (hidden_ > 0) out_.notes.push_back(countOf(hidden_, "hidden file or folder", "hidden files or folders") + " passed over.");
  }

  const fs::path opened_;
  FolderListing out_;
  std::map<std::string, std::int32_t> index_;
  std::vector<std::string> loose_, empty_, links_, others_, tooDeep_;
  std::size_t hidden_ = 0;
};

}  // namespace

std::string someOf(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), kMostNamed); ++i) out += (i == 0 ? "" : ", ") + names[i];
  return out + (names.size() > kMostNamed ? ", …" : "");
}

std::string countOf(std::size_t n, const std::string& one, const std::string& many) { return std::to_string(n) + " " + (n == 1 ? one : many); }

Result<FolderListing> listFolder(const fs::path& home) { return Lister(home).list(); }

}  // namespace vitrine
