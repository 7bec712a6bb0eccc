#include "core/data/arrays.h"

#include <algorithm>
#include <functional>
#include <future>
#include <map>

#include "core/base/sha256.h"
#include "core/base/zip_archive.h"
#include "core/data/array_names.h"
#include "core/data/file_bytes.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kHead = 10012;  // enough for any header that is accepted

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
    const std::optional<ArrayMeaning> m = arrayMeaning(arrayStem(names[i]));
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
    for (std::size_t i = 0; i < std::min<std::size_t>(names.size(), 8); ++i) all += (i ? ", '" : "'") + arrayStem(names[i]) + "'";
    return Error{file, {}, "arrays named " + all, "x and y, images and labels, or x_train, y_train, x_test, y_test", {}};
  }
  for (std::size_t p = 0; p < 3; ++p)
    if (!c.at[p][0]) c.at[p][1] = std::nullopt;
  if (known < names.size()) {
    constexpr std::size_t kMostNamed = 5;
    std::string unused;
    std::size_t met = 0;
    for (const std::string& name : names)
      if (!arrayMeaning(arrayStem(name)) && met++ < kMostNamed) unused += (unused.empty() ? "'" : ", '") + arrayStem(name) + "'";
    c.notes.push_back(met == 1 ? "The array " + unused + " is not used." : std::to_string(met) + " arrays are not used: " + unused + (met > kMostNamed ? ", …" : "") + ".");
  }
  return c;
}

/// Arrays of an archive or of files side by side: their names, and what reads those that are wanted.
struct Shelf {
  std::vector<std::string> names;
  std::vector<std::string> notes;
  std::string others;  ///< an archive without arrays: what is in it
  /// The bytes by name, no more than `most` of each.
  std::function<Result<std::map<std::string, std::string>>(const std::vector<std::string>&, std::size_t most)> read;
};

Result<Shelf> shelfOfZip(std::string_view bytes, const std::string& file) {
  Result<std::vector<std::string>> names = zipNames(bytes, file);
  if (!names) return names.error();
  Shelf shelf;
  for (const std::string& n : *names) {
    if (isNpyName(n))
      shelf.names.push_back(n);
    else if (shelf.others.size() < 200)
      shelf.others += (shelf.others.empty() ? "'" : ", '") + n + "'";
  }
  shelf.read = [bytes, file](const std::vector<std::string>& wanted, std::size_t most) { return readZip(bytes, wanted, file, "an NPZ archive of arrays", most); };
  return shelf;
}

/// The chosen file and those beside it that belong to it. `hashes`: of the files that are read whole, by name.
Result<Shelf> shelfOfFiles(const fs::path& chosen, std::stop_token stop, std::map<std::string, std::string>& hashes) {
  const Result<ArrayFamily> family = arrayFamily(chosen);
  if (!family) return family.error();
  Shelf shelf;
  shelf.names = family->names;
  shelf.notes = family->notes;
  shelf.read = [folder = fs::absolute(chosen).parent_path(), stop, &hashes](const std::vector<std::string>& wanted, std::size_t most) -> Result<std::map<std::string, std::string>> {
    std::map<std::string, std::string> out;
    for (const std::string& name : wanted) {
      Result<std::string> bytes = most <= kHead ? readFileHead(folder / name, most) : readFileBytes(folder / name, stop);
      if (!bytes) return bytes.error();
      if (most > kHead) hashes[name] = sha256(*bytes);
      out[name] = std::move(*bytes);
    }
    return out;
  };
  return shelf;
}

/// Which of the arrays are used. Headers are read where names do not tell.
Result<Chosen> chooseFrom(const Shelf& shelf, const std::string& file) {
  if (shelf.names.empty()) return Error{file, {}, shelf.others.empty() ? "no arrays" : "no arrays, but " + shelf.others, "entries such as x.npy and y.npy", {}};
  std::vector<std::size_t> ranks(shelf.names.size());
  if (shelf.names.size() == 2) {
    const Result<std::map<std::string, std::string>> heads = shelf.read(shelf.names, kHead);
    if (!heads) return heads.error();
    // One that is not understood is refused only when it is needed.
    for (std::size_t i = 0; i < ranks.size(); ++i)
      if (const Result<NpyHeader> h = readNpyHeader(heads->at(shelf.names[i]), file)) ranks[i] = h->shape.size();
  }
  return choose(shelf.names, ranks, file);
}

std::string shownIn(const std::string& name, const std::string& file) { return name == file ? file : file + ", " + name; }

Result<bool> isTableOn(const Shelf& shelf, const std::string& file) {
  const Result<Chosen> c = chooseFrom(shelf, file);
  if (!c) return c.error();
  const std::string& name = shelf.names[*c->at[0][0]];
  const Result<std::map<std::string, std::string>> head = shelf.read({name}, kHead);
  if (!head) return head.error();
  const Result<NpyHeader> header = readNpyHeader(head->at(name), shownIn(name, file));
  if (!header) return header.error();
  return header->shape.size() <= 2;
}

Result<ArrayFile> takeArrays(const Shelf& shelf, const std::string& file) {
  Result<Chosen> c = chooseFrom(shelf, file);
  if (!c) return c.error();
  std::vector<std::string> wanted;
  for (const auto& part : c->at)
    for (const std::optional<std::size_t>& at : part)
      if (at) wanted.push_back(shelf.names[*at]);
  Result<std::map<std::string, std::string>> contents = shelf.read(wanted, std::numeric_limits<std::size_t>::max());
  if (!contents) return contents.error();
  ArrayFile out;
  out.notes = shelf.notes;
  out.notes.insert(out.notes.end(), c->notes.begin(), c->notes.end());
  for (std::size_t p = 0; p < 3; ++p)
    for (const std::size_t target : {std::size_t{0}, std::size_t{1}}) {
      if (!c->at[p][target]) continue;
      const std::string& name = shelf.names[*c->at[p][target]];
      const std::string shown = shownIn(name, file);
      Result<NpyArray> array = readNpy(contents->at(name), shown);
      contents->erase(name);
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
  std::map<std::string, std::string> hashes;
  if (kind == "npy") {
    const Result<Shelf> shelf = shelfOfFiles(path, {}, hashes);
    return shelf ? isTableOn(*shelf, shownName(path)) : shelf.error();
  }
  const Result<std::string> bytes = readFileBytes(path);
  if (!bytes) return bytes.error();
  const Result<Shelf> shelf = shelfOfZip(*bytes, shownName(path));
  return shelf ? isTableOn(*shelf, shownName(path)) : shelf.error();
}

Result<ArrayFile> readArrayFile(const fs::path& path, const std::string& kind, std::stop_token stop) {
  if (kind == "npy") {
    std::map<std::string, std::string> read;
    const Result<Shelf> shelf = shelfOfFiles(path, stop, read);
    if (!shelf) return shelf.error();
    Result<ArrayFile> out = takeArrays(*shelf, shownName(path));
    if (!out) return out;
    std::vector<std::string> hashes;
    for (const std::string& name : shelf->names)
      if (read.count(name)) hashes.push_back(read[name]);
    out->sha256 = hashOfFiles(hashes);
    return out;
  }
  const Result<std::string> bytes = readFileBytes(path, stop);
  if (!bytes) return bytes.error();
  std::future<std::string> hash = std::async(std::launch::async, [&] { return sha256(*bytes); });  // beside unpacking
  const Result<Shelf> shelf = shelfOfZip(*bytes, shownName(path));
  if (!shelf) return shelf.error();
  Result<ArrayFile> out = takeArrays(*shelf, shownName(path));
  if (out) out->sha256 = hash.get();
  return out;
}

Result<ArrayFile> readArrayBytes(std::string_view bytes, const std::string& kind, const std::string& name) {
  if (kind == "npy")
    return takeArrays({{name}, {}, {}, [&](const std::vector<std::string>&, std::size_t) -> Result<std::map<std::string, std::string>> { return std::map<std::string, std::string>{{name, std::string(bytes)}}; }}, name);
  const Result<Shelf> shelf = shelfOfZip(bytes, name);
  return shelf ? takeArrays(*shelf, name) : shelf.error();
}

Result<std::vector<fs::path>> arrayFiles(const fs::path& path) {
  const Result<ArrayFamily> family = arrayFamily(path);
  if (!family) return family.error();
  std::vector<fs::path> out;
  for (const std::string& name : family->names) out.push_back(fs::absolute(path).parent_path() / name);
  return out;
}

}  // namespace vitrine
