// Arrays as tables, images and series.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/base/numbers.h"
#include "core/data/arrays.h"
#include "core/data/file_bytes.h"
#include "core/data/read_table.h"
#include "core/data/target.h"

namespace vitrine {
namespace {

constexpr const char* kPartNames[] = {"train", "validation", "test"};
constexpr std::int64_t kMostRows = 2147483647, kMostChannels = 64;

/// Numbers a sample, and whether there are samples at all.
Result<std::int64_t> perSample(const NpyArray& a, const std::string& name) {
  std::int64_t n = 1;
  for (std::size_t d = 1; d < a.shape.size(); ++d) n *= a.shape[d];
  if (a.shape[0] == 0 || n == 0) return Error{name, {}, "an array of no numbers", "samples", {}};
  return n;
}

Result<std::int64_t> rowsOf(const ArrayFile& f) {
  std::int64_t rows = 0;
  for (const ArrayFile::Pair& p : f.parts)
    if (p.inputs) rows += p.inputs->shape[0];
  if (rows > kMostRows) return Error{f.parts[0].inputsName, {}, std::to_string(rows) + " samples", "at most 2147483647", {}};
  return rows;
}

/// What the numbers will take, in the type they are held in, is known before memory is taken.
Status checkMemory(const ArrayFile& f, std::int64_t numberSize) {
  std::int64_t numbers = 0;
  for (const ArrayFile::Pair& p : f.parts) numbers += (p.inputs ? p.inputs->count() : 0) + (p.targets ? p.targets->count() : 0);
  if (numbers <= memoryCap() / numberSize) return {};
  return Error{f.parts[0].inputsName, {}, std::to_string(numbers) + " numbers (" + bytesText(numbers * numberSize) + ")", "at most " + bytesText(memoryCap()) + ", a quarter of this machine's memory", {}};
}

void addColumns(const NpyArray& a, std::int64_t columns, Column* to) {
  for (std::int64_t r = 0; r < a.shape[0]; ++r)
    for (std::int64_t c = 0; c < columns; ++c) {
      const double v = a.at(r * columns + c);
      to[c].numbers.push_back(v);
      if (std::isnan(v)) ++to[c].missing;
    }
}

/// Floats of at most 32 bits.
bool isSingle(const NpyArray& a) { return a.kind == 'f' && a.itemSize <= 4; }

Column numberColumn(std::string name, std::int64_t rows, bool single) {
  Column c;
  c.name = std::move(name);
  c.single = single;
  c.numbers.reserve(static_cast<std::size_t>(rows));
  return c;
}

/// {height, width, channels} or {steps, features}, and whether channels stand first in the file.
struct Layout {
  Shape shape;
  bool channelsFirst = false;
  std::string note;
};

Result<Layout> layoutOf(const NpyArray& a, const std::string& name, const std::string& wanted) {
  const std::vector<std::int64_t>& s = a.shape;
  if (s.size() == 3) {
    const bool image = wanted == "last" || wanted == "first" || (wanted == "auto" && (a.isBytes() || s[1] == s[2]));
    if (image) return Layout{Shape{s[1], s[2], 1}, false, wanted == "auto" && !a.isBytes() ? "The array is taken for grey images, being square." : ""};
    return Layout{Shape{s[1], s[2]}, false, wanted == "auto" ? "The array is taken for series of " + std::to_string(s[1]) + " steps." : ""};
  }
  if (s.size() != 4) return Error{name, {}, "an array of " + std::to_string(s.size()) + " axes", "samples × height × width, with channels first or last, or samples × steps × features", {}};
  if (wanted == "series") return Error{name, {}, "an array of 4 axes", "3 for series: samples × steps × features", {}};
  const bool first = wanted == "first" || (wanted == "auto" && s[3] > 4 && s[1] <= 4);
  const Layout out{first ? Shape{s[2], s[3], s[1]} : Shape{s[1], s[2], s[3]}, first, first && wanted == "auto" ? "Channels are taken to stand first." : ""};
  if (out.shape[2] > kMostChannels) return Error{name, {}, std::to_string(out.shape[2]) + " channels", "at most " + std::to_string(kMostChannels), {}};
  return out;
}

template <class T>
void append(std::vector<T>& from, const Layout& layout, std::vector<T>& to) {
  if (!layout.channelsFirst) {
    if (to.empty())
      to = std::move(from);
    else
      to.insert(to.end(), from.begin(), from.end());
    return;
  }
  const std::size_t channels = static_cast<std::size_t>(layout.shape[2]), plane = static_cast<std::size_t>(layout.shape[0] * layout.shape[1]), size = channels * plane;
  const std::size_t at = to.size();
  to.resize(at + from.size());
  for (std::size_t sample = 0; sample < from.size(); sample += size)
    for (std::size_t c = 0; c < channels; ++c)
      for (std::size_t p = 0; p < plane; ++p) to[at + sample + p * channels + c] = from[sample + c * plane + p];
}

/// Classes of whole numbers that repeat, or numbers to predict.
void takeSingle(ImageSet& set, const std::vector<double>& values, bool wholeType) {
  std::set<double> distinct;
  bool whole = true;
  for (const double v : values) {
    whole = whole && std::isfinite(v) && v == std::floor(v);
    if (distinct.size() <= kMostClasses) distinct.insert(v);
  }
  const std::size_t most = wholeType ? kMostClasses : 20;
  if (!whole || distinct.size() > most || distinct.size() * 2 > values.size()) {
    set.targets.assign(values.begin(), values.end());
    set.targetNames = {"target"};
    return;
  }
  std::map<double, std::int32_t> index;
  for (const double v : distinct) {
    index[v] = static_cast<std::int32_t>(set.classNames.size());
    set.classNames.push_back(numberText(v));
  }
  for (const double v : values) set.classes.push_back(index[v]);
}

/// One-hot classes, labels, or several numbers to predict.
void takeSeveral(ImageSet& set, const std::vector<double>& values, std::size_t outputs) {
  const bool binary = std::all_of(values.begin(), values.end(), [](double v) { return v == 0 || v == 1; });
  bool oneHot = binary;
  for (std::size_t r = 0; oneHot && r < values.size(); r += outputs) oneHot = std::count(values.begin() + static_cast<std::ptrdiff_t>(r), values.begin() + static_cast<std::ptrdiff_t>(r + outputs), 1.0) == 1;
  if (oneHot) {
    for (std::size_t k = 0; k < outputs; ++k) set.classNames.push_back(std::to_string(k));
    for (std::size_t r = 0; r < values.size(); r += outputs)
      set.classes.push_back(static_cast<std::int32_t>(std::find(values.begin() + static_cast<std::ptrdiff_t>(r), values.end(), 1.0) - values.begin() - static_cast<std::ptrdiff_t>(r)));
    return;
  }
  set.labels = binary;
  set.targets.assign(values.begin(), values.end());
  for (std::size_t k = 0; k < outputs; ++k) set.targetNames.push_back((binary ? "label " : "target ") + std::to_string(k + 1));
}

Status takeTargets(ImageSet& set, const ArrayFile& f) {
  std::vector<double> values;
  std::int64_t outputs = 0;
  bool whole = true;
  for (const ArrayFile::Pair& p : f.parts) {
    if (!p.inputs) continue;
    if (!p.targets) return Error{p.inputsName, {}, "no targets", "an array of classes or numbers, such as 'y' or 'labels'", {}};
    const Result<std::int64_t> n = perSample(*p.targets, p.targetsName);
    if (!n) return n.error();
    if (outputs != 0 && *n != outputs) return Error{p.targetsName, {}, std::to_string(*n) + " targets a sample", std::to_string(outputs), {}};
    outputs = *n;
    if (outputs > static_cast<std::int64_t>(kMostClasses)) return Error{p.targetsName, {}, std::to_string(outputs) + " targets a sample", "at most " + std::to_string(kMostClasses), {}};
    whole = whole && p.targets->kind != 'f';
    for (std::int64_t i = 0; i < p.targets->count(); ++i) {
      values.push_back(p.targets->at(i));
      if (!std::isfinite(static_cast<float>(values.back())))  // what networks compute with
        return Error{p.targetsName, "row " + std::to_string(i / outputs), std::isnan(values.back()) ? "NaN" : "infinity", "a finite number", {}};
    }
  }
  if (outputs == 1)
    takeSingle(set, values, whole);
  else
    takeSeveral(set, values, static_cast<std::size_t>(outputs));
  if (set.targetNames.empty() && set.classNames.size() < 2) return Error{f.parts[0].targetsName, {}, "only the class " + set.classNames[0], "at least two classes", {}};
  return {};
}

}  // namespace

Result<Table> tableOfArrays(const ArrayFile& f) {
  const Result<std::int64_t> rows = rowsOf(f), columns = perSample(f.first(), f.parts[0].inputsName);
  if (!rows) return rows.error();
  if (!columns) return columns.error();
  if (Status s = checkMemory(f, sizeof(double)); !s) return s.error();
  if (*columns > static_cast<std::int64_t>(kMostColumns)) return Error{f.parts[0].inputsName, {}, std::to_string(*columns) + " columns", "at most " + std::to_string(kMostColumns), {}};
  Table t;
  for (std::int64_t c = 0; c < *columns; ++c) t.columns.push_back(numberColumn(*columns == 1 ? "x" : "x" + std::to_string(c + 1), *rows, isSingle(f.first())));
  for (const ArrayFile::Pair& p : f.parts)
    if (p.inputs) addColumns(*p.inputs, *columns, t.columns.data());
  if (f.parts[1].inputs || f.parts[2].inputs) {
    Column part;
    part.name = "part";
    part.kind = ColumnKind::Category;
    part.fixedNames = true;
    part.names.assign(std::begin(kPartNames), std::end(kPartNames));
    // As with images: a test part alone validates.
    if (!f.parts[1].inputs) part.names[2] = kPartNames[1], part.names.erase(part.names.begin() + 1);
    for (std::size_t p = 0; p < 3; ++p)
      if (f.parts[p].inputs) part.codes.insert(part.codes.end(), static_cast<std::size_t>(f.parts[p].inputs->shape[0]), static_cast<std::int32_t>(std::min(p, part.names.size() - 1)));
    t.columns.push_back(std::move(part));
  }
  if (!f.parts[0].targets) return t;
  const Result<std::int64_t> outputs = perSample(*f.parts[0].targets, f.parts[0].targetsName);
  if (!outputs) return outputs.error();
  const std::size_t at = t.columns.size();
  for (std::int64_t c = 0; c < *outputs; ++c) t.columns.push_back(numberColumn(*outputs == 1 ? "target" : "target" + std::to_string(c + 1), *rows, isSingle(*f.parts[0].targets)));
  for (const ArrayFile::Pair& p : f.parts) {
    if (!p.inputs) continue;
    if (!p.targets) return Error{p.inputsName, {}, "no targets", "as many as there are samples", {}};
    const Result<std::int64_t> n = perSample(*p.targets, p.targetsName);
    if (!n || *n != *outputs) return n ? Error{p.targetsName, {}, std::to_string(*n) + " targets a sample", std::to_string(*outputs), {}} : n.error();
    addColumns(*p.targets, *outputs, t.columns.data() + at);
  }
  return t;
}

Result<ImageSet> imagesOfArrays(ArrayFile f, const std::string& wanted) {
  if (const Result<std::int64_t> rows = rowsOf(f); !rows) return rows.error();
  const Result<Layout> layout = layoutOf(f.first(), f.parts[0].inputsName, wanted);
  if (!layout) return layout.error();
  if (Status s = checkMemory(f, f.first().isBytes() ? 1 : sizeof(float)); !s) return s.error();
  ImageSet set;
  set.shape = layout->shape;
  set.notes = f.notes;
  if (!layout->note.empty()) set.notes.push_back(layout->note);
  if (Status s = takeTargets(set, f); !s) return s.error();
  std::vector<std::uint8_t> bytes;
  std::vector<float> floats;
  const bool isBytes = f.first().isBytes(), several = f.parts[1].inputs || f.parts[2].inputs;
  for (std::size_t p = 0; p < 3; ++p) {
    if (!f.parts[p].inputs) continue;
    NpyArray& a = *f.parts[p].inputs;
    if (const Result<std::int64_t> n = perSample(a, f.parts[p].inputsName); !n) return n.error();
    if (a.isBytes() != isBytes) return Error{f.parts[p].inputsName, {}, "another type of number", "that of " + f.parts[0].inputsName, {}};
    if (several) set.parts.insert(set.parts.end(), static_cast<std::size_t>(a.shape[0]), static_cast<Part>(p));
    if (isBytes) {
      append(a.bytes, *layout, bytes);
    } else {
      std::vector<float> numbers = a.floats();
      a.bytes = {};
      append(numbers, *layout, floats);
    }
  }
  set.inputs = isBytes ? Samples::fromBytes(set.shape, std::move(bytes)) : Samples::fromFloats(set.shape, std::move(floats));
  return set;
}

}  // namespace vitrine
