#include "core/data/array_names.h"

#include <algorithm>
#include <array>

#include "core/base/numbers.h"
#include "core/data/file_bytes.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 1000;

std::optional<Part> partOf(const std::string& word) {
  if (word == "train" || word == "training" || word == "tr") return Part::Train;
  if (word == "val" || word == "valid" || word == "validation" || word == "dev") return Part::Validation;
  if (word == "test" || word == "te") return Part::Test;
  return std::nullopt;
}

struct Sibling {
  std::string name;
  ArrayMeaning meaning;
  /// The name with its telling word taken out: equal in "X_train" and "y_train".
  std::string frame() const {
    std::string lower = lowerAscii(arrayStem(name));
    return lower.replace(lower.find(meaning.word), meaning.word.size(), "#");
  }
};

/// "x" and "y", "images" and "labels".
bool mates(const std::string& a, const std::string& b) {
  static const char* const kMates[][2] = {{"x", "y"}, {"arr_0", "arr_1"}, {"im", "label"}};
  return std::any_of(std::begin(kMates), std::end(kMates), [&](const auto& m) { return (a.starts_with(m[0]) && b.starts_with(m[1])) || (b.starts_with(m[0]) && a.starts_with(m[1])); });
}

class Folder {
 public:
  explicit Folder(const fs::path& chosen) : file_(shownName(chosen)) {
    std::error_code code;
    for (const fs::directory_entry& e : entriesOf(fs::absolute(chosen).parent_path())) {
      const std::string name = e.path().filename().string();
      if (!isNpyName(name) || !e.is_regular_file(code) || all_.size() >= kMostFiles) continue;
      if (std::optional<ArrayMeaning> m = arrayMeaning(arrayStem(name))) all_.push_back({name, std::move(*m)});
    }
    std::sort(all_.begin(), all_.end(), [](const Sibling& a, const Sibling& b) { return a.name < b.name; });
  }

  /// The targets of samples, or the samples of targets; the nearest by name.
  Result<std::optional<Sibling>> mateOf(const Sibling& one) const {
    std::array<std::vector<const Sibling*>, 3> near;
    for (const Sibling& s : all_) {
      if (s.meaning.target == one.meaning.target || s.meaning.part != one.meaning.part || s.meaning.named != one.meaning.named) continue;
      near[s.frame() != one.frame() ? 2 : mates(s.meaning.word, one.meaning.word) ? 0 : 1].push_back(&s);
    }
    for (const std::vector<const Sibling*>& found : near) {
      if (found.size() > 1)
        return Error{file_, {}, "'" + found[0]->name + "' and '" + found[1]->name + "' beside it, which could both belong to '" + one.name + "'", "one of them in this folder, or both arrays in one NPZ file", {}};
      if (found.size() == 1) return std::optional<Sibling>(*found[0]);
    }
    return std::optional<Sibling>();
  }

  /// The samples of another part that are called like these.
  std::optional<Sibling> samplesOf(Part part, const Sibling& like) const {
    const auto at = std::find_if(all_.begin(), all_.end(), [&](const Sibling& s) { return !s.meaning.target && s.meaning.part == part && s.meaning.named && s.meaning.word == like.meaning.word; });
    return at == all_.end() ? std::nullopt : std::optional<Sibling>(*at);
  }

 private:
  std::string file_;
  std::vector<Sibling> all_;
};

}  // namespace

bool isNpyName(const std::string& name) { return name.size() > 4 && name.ends_with(".npy"); }
std::string arrayStem(const std::string& name) { return isNpyName(name) ? name.substr(0, name.size() - 4) : name; }

std::optional<ArrayMeaning> arrayMeaning(const std::string& stem) {
  std::vector<std::string> words(1);
  for (const char l : lowerAscii(stem)) {
    if (l == '_' || l == '-' || l == ' ' || l == '.')
      words.emplace_back();
    else
      words.back() += l;
  }
  ArrayMeaning m;
  for (std::string& w : words) {
    std::optional<Part> part = partOf(w);
    if (part) {
      w.clear();
    } else if (w.size() > 1 && (w[0] == 'x' || w[0] == 'y') && (part = partOf(w.substr(1)))) {  // "xtrain"
      w.resize(1);
    }
    if (part) m.part = *part, m.named = true;
    if (!w.empty()) m.word += (m.word.empty() ? "" : "_") + w;
  }
  static const char* const kInputs[] = {"x", "image", "images", "img", "imgs", "data", "input", "inputs", "feature", "features", "sample", "samples", "arr_0"};
  static const char* const kTargets[] = {"y", "label", "labels", "target", "targets", "class", "classes", "arr_1"};
  const auto among = [&](const auto& names) { return std::find(std::begin(names), std::end(names), m.word) != std::end(names); };
  m.target = among(kTargets);
  if (!m.target && !among(kInputs)) return std::nullopt;
  return m;
}

Result<ArrayFamily> arrayFamily(const fs::path& chosen) {
  const std::string name = chosen.filename().string();
  const std::optional<ArrayMeaning> meaning = arrayMeaning(arrayStem(name));
  ArrayFamily out;
  out.names = {name};
  if (!meaning || !isNpyName(name)) return out;
  const Folder folder(chosen);
  Sibling samples{name, *meaning};
  Result<std::optional<Sibling>> mate = folder.mateOf(samples);
  if (!mate) return mate.error();
  if (meaning->target) {
    if (!*mate) return out;
    const Sibling targets = samples;
    samples = **mate;
    *mate = targets;
  }
  out.names = {samples.name};
  if (*mate) out.names.push_back((*mate)->name);
  if (samples.meaning.part == Part::Train) {
    for (const Part part : {Part::Validation, Part::Test}) {
      const std::optional<Sibling> more = folder.samplesOf(part, samples);
      if (!more) continue;
      const Result<std::optional<Sibling>> targets = folder.mateOf(*more);
      if (!targets) return targets.error();
      if (targets->has_value() != mate->has_value()) {
        out.notes.push_back("'" + more->name + "' is not read: " + (*mate ? "there are no targets beside it." : "the samples for training have no targets beside them."));
        continue;
      }
      out.names.push_back(more->name);
      if (*targets) out.names.push_back((*targets)->name);
    }
  } else if (const std::optional<Sibling> train = folder.samplesOf(Part::Train, samples)) {
    out.notes.push_back("'" + train->name + "' beside it is not read; choose that one to train on it.");
  }
  if (out.names.size() > 1) {
    std::string all;
    for (std::size_t i = 0; i < out.names.size(); ++i) all += (i == 0 ? "" : i + 1 == out.names.size() ? " and " : ", ") + out.names[i];
    out.notes.insert(out.notes.begin(), "Read together, by their names: " + all + ".");
  }
  return out;
}

}  // namespace vitrine
