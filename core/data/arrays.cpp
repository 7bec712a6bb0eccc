#include "core/data/arrays.h"

#include <algorithm>

#include "core/base/zip_archive.h"
#include "core/data/file_bytes.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = 10012;  // enough for any header that is accepted
constexpr std::size_t kMostFiles = 1000;

struct Meaning {
  Part part = Part::Train;
  bool target = false;
};

std::optional<Part> partOf(const std::string& word) {
  if (word == "train" || word == "training" || word == "tr") return Part::Train;
  if (word == "val" || word == "valid" || word == "validation" || word == "dev") return Part::Validation;
  if (word == "test" || word == "te") return Part::Test;
  return std::nullopt;
}

/// What an array of this name is for; none: unknown.
std::optional<Meaning> meaningOf(const std::string& name) {
  std::vector<std::string> words(1);
  for (const char c : name) {
    const char l = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (l == '_' || l == '-' || l == ' ' || l == '.')
      words.emplace_back();
    else
      words.back() += l;
  }
  Meaning m;
  std::string rest;
  for (std::string& w : words) {
    if (const std::optional<Part> part = partOf(w)) {
      m.part = *part;
      continue;
    }
    if (w.size() > 1 && (w[0] == 'x' || w[0] == 'y'))  // "xtrain"
      if (const std::optional<Part> part = partOf(w.substr(1))) m.part = *part, w.resize(1);
    rest += (rest.empty() ? "" : "_") + w;
  }
  static const char* const kInputs[] = {"x", "image", "images", "img", "imgs", "data", "input", "inputs", "feature", "features", "sample", "samples", "arr_0"};
  static const char* const kTargets[] = {"y", "label", "labels", "target", "targets", "class", "classes", "arr_1"};
  for (const char* k : kInputs)
    if (rest == k) return m;
  m.target = true;
  for (const char* k : kTargets)
    if (rest == k) return m;
  return std::nullopt;
}

bool isNpy(const std::string& name) { return name.size() > 4 && name.ends_with(".npy"); }
std::string stemOf(const std::string& name) { return isNpy(name) ? name.substr(0, name.size() - 4) : name; }

/// Which of these names is what; index into names, by part.
struct Chosen {
  std::array<std::array<std::optional<std::size_t>, 2>, 3> at;  ///< [part][target]
  std::vector<std::string> notes;
};

/// `ranks`: axes of each.
Result<Chosen> choose(const std::vector<std::string>& names, const std::vector<std::size_t>& ranks, const std::string& file) {
  Chosen c;
  std::size_t known = 0;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::optional<Meaning> m = meaningOf(stemOf(names[i]));
    if (!m) continue;
    std::optional<std::size_t>& slot = c.at[static_cast<std::size_t>(m->part)][m->target];
    if (slot) return Error{file, "'" + names[i] + "'", "a second array for the same use as '" + names[*slot] + "'", "one", {}};
    slot = i;
    ++known;
  }
  const bool inputs = c.at[0][0] || c.at[1][0] || c.at[2][0];
  if (!inputs && !names.empty() && names.size() <= 2) {
    // Without telling names: the one with more axes is the samples.
    const std::size_t first = names.size() == 2 && ranks[1] > ranks[0] ? 1 : 0;
    c.at = {};
    c.at[0][0] = first;
    if (names.size() == 2) c.at[0][1] = 1 - first;
    known = names.size();
  }
  if (!c.at[0][0]) {
    // A file of test samples alone is a set of its own.
    for (const std::size_t p : {std::size_t{1}, std::size_t{2}})
      if (c.at[p][0]) {
        std::swap(c.at[0], c.at[p]);
        break;
      }
  }
  if (!c.at[0][0]) {
    std::string all;
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 8); ++i) all += (i ? ", '" : "'") + stemOf(names[i]) + "'";
    return Error{file, {}, names.empty() ? "no arrays" : "arrays named " + all, "x and y, images and labels, or x_train, y_train, x_test, y_test", {}};
  }
  for (std::size_t p = 0; p < 3; ++p)
    if (!c.at[p][0]) c.at[p][1] = std::nullopt;
  if (known < names.size())
    for (std::size_t i = 0; i < names.size(); ++i)
      if (!meaningOf(stemOf(names[i])) && c.notes.size() < 5) c.notes.push_back("The array '" + stemOf(names[i]) + "' is not used.");
  return c;
}

/// Names and the bytes of each, or of its beginning.
using Held = std::vector<std::pair<std::string, std::string>>;

Result<Held> heldInZip(std::string_view bytes, const std::string& file, std::size_t most) {
  Result<std::vector<std::string>> names = zipNames(bytes, file);
  if (!names) return names.error();
  std::erase_if(*names, [](const std::string& n) { return !isNpy(n); });
  Result<std::map<std::string, std::string>> entries = readZip(bytes, *names, file, "an NPZ archive of arrays", most);
  if (!entries) return entries.error();
  Held held;
  for (const std::string& n : *names) held.emplace_back(n, std::move(entries->at(n)));
  return held;
}

/// The chosen file and, where its name tells what it is, those beside it whose names do.
std::vector<fs::path> besides(const fs::path& chosen) {
  if (!meaningOf(stemOf(chosen.filename().string()))) return {chosen};
  std::vector<fs::path> all;
  std::error_code code;
  for (const fs::directory_entry& e : entriesOf(fs::absolute(chosen).parent_path())) {
    const std::string name = e.path().filename().string();
    if (isNpy(name) && e.is_regular_file(code) && meaningOf(stemOf(name)) && all.size() < kMostFiles) all.push_back(e.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

Result<Held> heldInFiles(const fs::path& path, const std::string& kind, std::size_t most, std::stop_token stop) {
  const bool heads = most <= kHead;
  if (kind == "npz") {
    const Result<std::string> bytes = readFileBytes(path, stop);
    return bytes ? heldInZip(*bytes, shownName(path), most) : bytes.error();
  }
  Held held;
  for (const fs::path& p : besides(path)) {
    Result<std::string> bytes = heads ? readFileHead(p, most) : readFileBytes(p, stop);
    if (!bytes) return bytes.error();
    held.emplace_back(p.filename().string(), std::move(*bytes));
  }
  return held;
}

Result<Chosen> chooseHeld(const Held& held, const std::string& file) {
  std::vector<std::string> names;
  std::vector<std::size_t> ranks;
  for (const auto& [name, bytes] : held) {
    const Result<NpyHeader> header = readNpyHeader(bytes, held.size() == 1 && name == file ? file : file + ", " + name);
    // One that is not understood is refused only when it is needed.
    names.push_back(name);
    ranks.push_back(header ? header->shape.size() : 0);
  }
  return choose(names, ranks, file);
}

Result<ArrayFile> takeArrays(const Held& held, const std::string& file) {
  Result<Chosen> c = chooseHeld(held, file);
  if (!c) return c.error();
  ArrayFile out;
  out.notes = std::move(c->notes);
  for (std::size_t p = 0; p < 3; ++p)
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      if (!c->at[p][target]) continue;
      const auto& [name, bytes] = held[*c->at[p][target]];
      const std::string shown = name == file ? file : file + ", " + name;
      Result<NpyArray> array = readNpy(bytes, shown);
      if (!array) return array.error();
      if (array->shape.empty()) return Error{shown, {}, "a single number", "an array with an axis of samples", {}};
      (target ? out.parts[p].targets : out.parts[p].inputs) = std::move(*array);
      (target ? out.parts[p].targetsName : out.parts[p].inputsName) = shown;
    }
  for (const ArrayFile::Pair& pair : out.parts) {
    if (!pair.inputs) continue;
    const std::vector<std::int64_t>& shape = pair.inputs->shape;
    const std::vector<std::int64_t>& first = out.first().shape;
    if (pair.targets && pair.targets->shape[0] != shape[0])
      return Error{pair.targetsName, {}, std::to_string(pair.targets->shape[0]) + " targets", std::to_string(shape[0]) + ", one for each sample of " + pair.inputsName, {}};
    if (!std::equal(shape.begin() + 1, shape.end(), first.begin() + 1, first.end())) return Error{pair.inputsName, {}, "samples of another shape", "that of " + out.parts[0].inputsName, {}};
  }
  return out;
}

}  // namespace

Result<bool> arraysAreTable(const fs::path& path, const std::string& kind) {
  const Result<Held> held = heldInFiles(path, kind, kHead, {});
  if (!held) return held.error();
  const Result<Chosen> c = chooseHeld(*held, shownName(path));
  if (!c) return c.error();
  const auto& [name, bytes] = (*held)[*c->at[0][0]];
  const Result<NpyHeader> header = readNpyHeader(bytes, shownName(path) + ", " + name);
  if (!header) return header.error();
  return header->shape.size() <= 2;
}

Result<ArrayFile> readArrayFile(const fs::path& path, const std::string& kind, std::stop_token stop) {
  const Result<Held> held = heldInFiles(path, kind, std::numeric_limits<std::size_t>::max(), stop);
  return held ? takeArrays(*held, shownName(path)) : held.error();
}

Result<ArrayFile> readArrayBytes(std::string_view bytes, const std::string& kind, const std::string& name) {
  if (kind == "npy") return takeArrays({{name, std::string(bytes)}}, name);
  const Result<Held> held = heldInZip(bytes, name, std::numeric_limits<std::size_t>::max());
  return held ? takeArrays(*held, name) : held.error();
}

}  // namespace vitrine
