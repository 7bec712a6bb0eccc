// The data that a project names: where they are, and what is known of them when they are nowhere.
#include <algorithm>
#include <cmath>
#include <set>

#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/io/project_parts.h"
#include "core/io/recipe_json.h"
#include "core/io/safetensors.h"
#include "core/train/loss.h"

namespace vitrine {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

Source sourceFromJson(JsonReader& r, const json& in, const std::string& at) {
  Source s;
  s.kind = r.text(in, "kind", at);
  s.path = r.text(in, "path", at);
  s.sha256 = r.text(in, "sha256", at);
  const json& settings = r.object(in, "settings", at);
  if (r.ok())
    for (const auto& [key, v] : settings.items()) s.settings[key] = r.text(settings, key, at + ".settings");
  return s;
}

std::vector<std::string> texts(JsonReader& r, const json& in, const std::string& key, const std::string& at) {
  std::vector<std::string> out;
  const json& list = r.array(in, key, at);
  for (std::size_t i = 0; r.ok() && i < list.size(); ++i) {
    if (!list[i].is_string()) r.fault(at + "." + key, list[i].dump(), "texts");
    if (r.ok()) out.push_back(list[i].get<std::string>());
  }
  return out;
}

DataSpec specFromJson(JsonReader& r, const json& in, const std::string& at) {
  constexpr std::int64_t kMost = std::int64_t{1} << 31;
  DataSpec spec;
  const json& dims = r.array(in, "input", at);
  std::int64_t size = 1;
  for (std::size_t i = 0; r.ok() && i < dims.size(); ++i) {
    const bool good = dims[i].is_number_unsigned() && dims[i].get<std::uint64_t>() >= 1 && dims[i].get<std::uint64_t>() <= static_cast<std::uint64_t>(kMost / size);
    if (!good) r.fault(at + ".input", dims.dump(), "sizes from 1 that memory holds");
    if (!r.ok()) break;
    spec.input.dims.push_back(dims[i].get<std::int64_t>());
    size *= spec.input.dims.back();
  }
  if (r.ok() && (dims.empty() || dims.size() > 3)) r.fault(at + ".input", std::to_string(dims.size()) + " sizes", "1 to 3");
  spec.task = taskNamed(r, r.text(in, "task", at), at + ".task");
  spec.outputs = r.whole(in, "outputs", at, 1, 1 << 20);
  spec.classes = texts(r, in, "classes", at);
  const std::size_t given = spec.classes.size(), names = spec.task == Task::Regression ? 0 : static_cast<std::size_t>(spec.outputs);
  spec.classes.resize(names);
  for (std::size_t k = given; k < names; ++k) spec.classes[k] = std::to_string(k);
  return spec;
}

/// Where data may be: as the path leads from the project's folder, as it was absolute, beside the project by name.
std::vector<fs::path> placesOf(const NamedData& named, const fs::path& project) {
  std::error_code ec;
  const fs::path folder = fs::absolute(project, ec).parent_path();
  std::vector<fs::path> places;
  const auto add = [&](const fs::path& p) {
    if (!p.empty() && fs::exists(p, ec) && std::find(places.begin(), places.end(), p) == places.end()) places.push_back(p);
  };
  if (named.source.path.empty()) return places;
  add((folder / named.source.path).lexically_normal());
  add(folder / named.source.path);  // upwards from where a link leads
  add(named.absolute);
  const fs::path path(named.source.path);
  add(folder / (path.has_filename() ? path.filename() : path.parent_path().filename()));
  return places;
}

Result<DatasetPtr> openEmbedded(const NamedData& named, const Entries& entries, const std::string& file) {
  const std::string entry = named.recipe ? embeddedName(named.source.kind, named.images) : "data/table.csv";
  const auto found = entries.find(entry);
  if (found == entries.end()) return Error{file, {}, "no entry '" + entry + "'", "it", {}};
  if (!named.recipe) return decodeTable(found->second, file + ", " + entry);
  const std::string name = named.source.path.empty() ? entry : fs::path(named.source.path).filename().string();
  if (named.images) {
    Result<ImageSetPtr> set = readImageBytes(found->second, named.source.kind, name, named.recipe->images);
    if (!set) return set.error();
    auto own = std::make_shared<ImageSet>(**set);
    own->source = named.source;
    return prepareImages(own, *named.recipe);
  }
  Result<TableFile> table = readTableBytes(found->second, named.source.kind, name, *named.recipe);
  if (!table) return table.error();
  table->source = named.source;
  return prepareFile(*table, *named.recipe);
}

}  // namespace

NamedData namedData(JsonReader& r, const json& data) {
  NamedData out;
  const std::string at = "data";
  const auto flag = [&](const char* key) { return r.ok() && data.value(key, json(false)) == json(true); };
  out.embedded = flag("embedded");
  out.images = flag("images");
  if (r.ok() && data.contains("name")) out.name = r.text(data, "name", at);
  if (r.ok() && data.contains("absolute")) out.absolute = r.text(data, "absolute", at);
  if (r.ok() && data.contains("rows")) out.rows = r.whole(data, "rows", at, 1, INT32_MAX);
  if (r.ok() && data.contains("recipe")) out.recipe = recipeFromJson(r, r.object(data, "recipe", at), at + ".recipe");
  if (r.ok() && (!out.embedded || out.recipe)) out.source = sourceFromJson(r, r.object(data, "source", at), at + ".source");
  if (r.ok() && data.contains("spec")) {
    const json& spec = r.object(data, "spec", at);
    out.spec = specFromJson(r, spec, at + ".spec");
    out.features = texts(r, spec, "features", at + ".spec");
    out.target = r.text(spec, "target", at + ".spec");
    if (static_cast<std::int64_t>(out.features.size()) != out.spec->input.size()) out.features.clear();
  }
  return out;
}

DatasetPtr openNamedData(const NamedData& named, const Entries& entries, const fs::path& project, std::stop_token stop, const Progress& progress,
                         MissingData& missing) {
  missing.source = named.source;
  if (named.embedded) {
    Result<DatasetPtr> data = openEmbedded(named, entries, project.string());
    if (data) return *data;
    missing.there = true;
    missing.reason = data.error().text();
  }
  if (named.source.kind == "generator") {
    Result<DatasetPtr> data = reopen(named.source, {}, named.recipe, stop, progress);
    if (data) return *data;
    missing.there = true;
    missing.reason = data.error().text();
    return nullptr;
  }
  for (const fs::path& place : placesOf(named, project)) {
    Source here = named.source;
    here.path = place.string();
    Result<DatasetPtr> data = reopen(here, {}, named.recipe, stop, progress);
    if (data) return *data;
    if (!missing.changed.empty()) continue;  // the first place tells
    missing.there = true;
    missing.reason = data.error().text();
    const Result<std::string> sum = sourceSha256(here, stop);
    if (sum && !named.source.sha256.empty() && *sum != named.source.sha256) missing.changed = place;
  }
  if (missing.reason.empty()) missing.reason = Error{named.source.path, {}, {}, {}, "there is no such file"}.text();
  return nullptr;
}

Result<DatasetPtr> openChosenData(const NamedData& named, const fs::path& path, std::stop_token stop, const Progress& progress, bool& other) {
  Source here = named.source;
  here.path = path.string();
  other = true;
  if (here.kind.empty() || here.kind == "generator") return openData(path, {}, stop, progress);
  if (!here.sha256.empty()) {
    Result<DatasetPtr> same = reopen(here, {}, named.recipe, stop, progress);
    other = !same;
    if (same) return same;
  }
  here.sha256.clear();
  return reopen(here, {}, named.recipe, stop, progress);
}

namespace {

/// Whether the stored weights are those of the graph on such data.
bool weightsFit(const Graph& graph, const DataSpec& spec, const std::map<std::string, Shape>& stored) {
  const Result<std::shared_ptr<const Network>> network = Network::compile(graph, spec);
  if (!network || (*network)->blocks().size() != stored.size()) return false;
  return std::all_of((*network)->blocks().begin(), (*network)->blocks().end(), [&](const PlacedBlock& b) {
    const auto at = stored.find(b.fullName);
    return at != stored.end() && at->second == b.block.fileShape();
  });
}

/// Sizes of one sample that weights of these shapes may have been learnt on, the likelier first.
std::vector<Shape> likelyInputs(const NamedData& named, const std::map<std::string, Shape>& stored) {
  std::set<std::int64_t> numbers, channels;
  for (const auto& [name, shape] : stored) {
    if (shape.rank() == 2 || shape.rank() == 3) numbers.insert(shape[1]);
    if (shape.rank() == 4) channels.insert(shape[1]);
  }
  std::vector<Shape> flat, images, series;
  for (const std::int64_t n : numbers) {
    flat.push_back({n});
    series.push_back({named.recipe ? named.recipe->series.length : 20, n});
    // Pixels that go into a dense layer.
    for (const std::int64_t c : {1, 3}) {
      const std::int64_t side = std::llround(std::sqrt(static_cast<double>(n) / static_cast<double>(c)));
      if (side * side * c == n) images.push_back({side, side, c});
    }
  }
  std::vector<std::int64_t> sides{28, 32, 8, 16, 64};
  for (std::int64_t s = 1; s <= 256; ++s) sides.push_back(s);
  for (const std::int64_t c : channels) {
    if (named.recipe && named.recipe->images.height > 0) images.push_back({named.recipe->images.height, named.recipe->images.width, c});
    for (const std::int64_t s : sides) images.push_back({s, s, c});
  }
  const std::string& kind = named.source.kind;
  const bool pictures = named.images || !channels.empty() || kind == "idx" || kind == "cifar" || kind == "folder";
  std::vector<Shape> all = named.recipe && named.recipe->series.mode != "none" ? series : pictures ? images : flat;
  for (const std::vector<Shape>* more : {&flat, &series, &images}) all.insert(all.end(), more->begin(), more->end());
  return all;
}

/// What the data of an older program's project were like, as its weights tell; none: they do not.
std::optional<DataSpec> guessSpec(const NamedData& named, const Entries& entries, const Graph& graph) {
  const auto weights = entries.find(kNetworkEntry);
  if (weights == entries.end()) return std::nullopt;
  const Result<std::vector<NamedTensor>> tensors = decodeSafetensors(weights->second, kNetworkEntry);
  if (!tensors) return std::nullopt;
  std::map<std::string, Shape> stored;
  for (const NamedTensor& t : *tensors) stored[t.name] = t.shape;
  // The outputs are those of the last layer with weights.
  DataSpec spec;
  const auto out = std::find_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) { return n.type == "output"; });
  for (const Node* node = out == graph.nodes.end() ? nullptr : &*out; node && spec.outputs == 0;) {
    const auto at = stored.find(node->name + ".weight");
    if (at != stored.end() && at->second.rank() > 0) spec.outputs = at->second[0];
    const std::vector<NodeId> from = graph.inputsOf(node->id);
    node = from.size() == 1 ? graph.find(from[0]) : nullptr;
  }
  if (spec.outputs == 0) return std::nullopt;
  const LossKind loss = lossOf(graph).kind;
  spec.task = named.recipe && named.recipe->task ? *named.recipe->task
              : loss == LossKind::CrossEntropy   ? Task::Classification
              : loss == LossKind::BinaryCrossEntropy ? Task::Labels : Task::Regression;
  // Classes may be learnt by other losses too; then each epoch counted them.
  const auto epochs = entries.find("epochs.csv");
  if (epochs != entries.end() && spec.task != Task::Classification && spec.outputs > 1 && spec.outputs < 1000) {
    const std::size_t comma = epochs->second.rfind(',');
    const std::string last = comma == std::string::npos ? std::string() : epochs->second.substr(comma + 1);
    if (std::count(last.begin(), last.end(), ' ') == spec.outputs * spec.outputs - 1) spec.task = Task::Classification;
  }
  for (std::int64_t k = 0; spec.task != Task::Regression && k < spec.outputs; ++k) spec.classes.push_back(std::to_string(k));
  for (const Shape& input : likelyInputs(named, stored)) {
    spec.input = input;
    if (weightsFit(graph, spec, stored)) return spec;
  }
  return std::nullopt;
}

}  // namespace

DatasetPtr standInFor(const NamedData& named, const Entries& entries, const Graph& graph) {
  const std::optional<DataSpec> spec = named.spec ? named.spec : guessSpec(named, entries, graph);
  if (!spec) return nullptr;
  auto data = std::make_shared<Dataset>();
  data->name = named.name.empty() ? fs::path(named.source.path).filename().string() : named.name;
  data->spec = *spec;
  data->featureNames = named.features;
  data->targetName = named.target;
  data->source = named.source;
  if (named.recipe) data->recipe = *named.recipe;
  return data;
}

}  // namespace vitrine
