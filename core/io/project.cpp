#include "core/io/project.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/io/recipe_json.h"
#include "core/io/atomic_file.h"
#include "core/io/history_csv.h"
#include "core/io/safetensors.h"
#include "core/io/strict_json.h"
#include "core/base/zip_archive.h"

namespace vitrine {
namespace {

using nlohmann::json;

constexpr std::int64_t kSchema = 1;
constexpr const char* kMime = "application/x-vitrine";
constexpr std::int64_t kMostTableBytes = 20 << 20;  // bytes of a table that goes into the project itself

// Permutations between the engine's layouts and PyTorch's.

/// Calls f(index in the engine's layout, index in the file's) for every element.
template <class F>
void forElements(const ParamBlock& block, F&& f) {
  const std::int64_t size = block.shape.size();
  if (block.toFile.empty()) {
    for (std::int64_t i = 0; i < size; ++i) f(i, i);
    return;
  }
  const std::size_t rank = block.toFile.size();
  std::vector<std::int64_t> stride(rank, 1), at(rank, 0);
  for (std::size_t d = rank - 1; d > 0; --d) stride[d - 1] = stride[d] * block.shape[static_cast<int>(d)];
  const Shape file = block.fileShape();
  for (std::int64_t i = 0; i < size; ++i) {
    std::int64_t own = 0;
    for (std::size_t d = 0; d < rank; ++d) own += at[d] * stride[static_cast<std::size_t>(block.toFile[d])];
    f(own, i);
    for (std::size_t d = rank; d-- > 0;) {
      if (++at[d] < file[static_cast<int>(d)]) break;
      at[d] = 0;
    }
  }
}

void appendTensors(const Network& network, const Buffer& flat, const std::string& prefix, std::vector<NamedTensor>& out) {
  for (const PlacedBlock& b : network.blocks()) {
    NamedTensor t{prefix + b.fullName, b.block.fileShape(), std::vector<float>(static_cast<std::size_t>(b.size()))};
    forElements(b.block, [&](std::int64_t own, std::int64_t file) {
      t.values[static_cast<std::size_t>(file)] = static_cast<float>(flat[static_cast<std::size_t>(b.offset + own)]);
    });
    out.push_back(std::move(t));
  }
}

Status takeTensors(const Network& network, const std::vector<NamedTensor>& tensors, const std::string& prefix, const std::string& file,
                   const std::string& entry, Buffer& flat) {
  for (const PlacedBlock& b : network.blocks()) {
    const NamedTensor* found = nullptr;
    for (const NamedTensor& t : tensors)
      if (t.name == prefix + b.fullName) found = &t;
    if (!found) return Error{file, entry, "no tensor '" + prefix + b.fullName + "'", "one of " + b.block.fileShape().text(), {}};
    if (found->shape != b.block.fileShape())
      return Error{file, entry + ", tensor '" + found->name + "'", "a shape of " + found->shape.text(), b.block.fileShape().text(), {}};
    forElements(b.block, [&](std::int64_t own, std::int64_t at) {
      flat[static_cast<std::size_t>(b.offset + own)] = found->values[static_cast<std::size_t>(at)];
    });
  }
  return {};
}

json settingsToJson(const TrainSettings& s) {
  return {{"optimiser", {{"id", s.optimiser.id}, {"params", paramsToJson(s.optimiser.params)}}},
          {"rate", s.rate}, {"batch", s.batch}, {"seed", s.seed}, {"epochs", s.epochs},
          {"schedule", {{"id", s.schedule.id}, {"params", paramsToJson(s.schedule.params)}}}, {"options", paramsToJson(s.options)}};
}

TrainSettings settingsFromJson(JsonReader& r, const json& in) {
  const std::string at = "settings";
  TrainSettings s;
  const json& optimiser = r.object(in, "optimiser", at);
  s.optimiser.id = r.text(optimiser, "id", at + ".optimiser");
  if (const OptimiserSpec* spec = findOptimiser(s.optimiser.id))
    s.optimiser.params = r.params(r.object(optimiser, "params", at + ".optimiser"), at + ".optimiser.params", spec->params);
  else
    r.fault(at + ".optimiser.id", "'" + s.optimiser.id + "'", "an optimiser that this program knows");
  if (in.contains("schedule")) {
    const json& schedule = r.object(in, "schedule", at);
    s.schedule.id = r.text(schedule, "id", at + ".schedule");
    if (const ScheduleSpec* spec = findSchedule(s.schedule.id))
      s.schedule.params = r.params(r.object(schedule, "params", at + ".schedule"), at + ".schedule.params", spec->params);
    else
      r.fault(at + ".schedule.id", "'" + s.schedule.id + "'", "a schedule that this program knows");
  }
  if (in.contains("options")) s.options = r.params(r.object(in, "options", at), at + ".options", trainOptions());
  s.rate = r.number(in, "rate", at);
  s.batch = r.whole(in, "batch", at, 1, 1 << 20);
  s.seed = r.seed(in, "seed", at);
  s.epochs = r.whole(in, "epochs", at, 0, 1'000'000'000);
  return s;
}

json sourceToJson(const Source& s) {
  return {{"kind", s.kind}, {"path", s.path}, {"sha256", s.sha256}, {"settings", s.settings}};
}

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

bool embeds(const Dataset& data) {
  return !data.inputs.isBytes() && data.count() * data.inputs.size() * static_cast<std::int64_t>(sizeof(float)) <= kMostTableBytes;
}

/// A path as the project remembers it: relative where the file is in the project's folder or below.
std::string rememberedPath(const std::string& path, const std::filesystem::path& project) {
  std::error_code ec;
  const std::filesystem::path full = std::filesystem::absolute(path, ec), base = std::filesystem::absolute(project, ec).parent_path();
  const std::filesystem::path relative = full.lexically_relative(base);
  return relative.empty() || *relative.begin() == ".." ? full.string() : relative.string();
}

std::string embeddedName(const std::string& kind, bool images) { return (images ? "data/images." : "data/table.") + kind; }

Result<json> dataToJson(const std::filesystem::path& path, const Dataset& data, std::vector<ZipEntry>& entries) {
  json out{{"name", data.name}, {"rows", data.count()}};
  const bool prepared = data.table || data.images;
  if (prepared) out["recipe"] = recipeToJson(data.recipe);
  if (prepared && data.fileBytes) {
    // The file itself: what was decided about it can be changed later.
    entries.push_back({embeddedName(data.source.kind, data.images != nullptr), *data.fileBytes});
    out["images"] = data.images != nullptr;
    out["embedded"] = true;
    out["source"] = sourceToJson(data.source);
    return out;
  }
  if (!prepared && embeds(data)) {
    entries.push_back({"data/table.csv", encodeTable(data)});
    out["embedded"] = true;
    return out;
  }
  if (data.source.path.empty())
    return problem("The data set '" + data.name + "' is too large to go into the project, and has no file that could be named.", path.string());
  Source source = data.source;
  source.path = rememberedPath(source.path, path);
  out["embedded"] = false;
  out["source"] = sourceToJson(source);
  return out;
}

json runToJson(const Project& p) {
  const TrainState& s = *p.state;
  json run{{"step", s.step}, {"epoch", s.epoch}, {"position", s.position}, {"epoch_loss", s.epochLoss}, {"epoch_weight", s.epochWeight}, {"epoch_correct", s.epochCorrect},
          {"seconds", s.seconds}, {"optimiser_steps", s.optimiser.steps}, {"slots", s.optimiser.vectors.size()},
           {"best_epoch", s.bestEpoch}, {"best_kept", s.best != nullptr}};
  if (std::isfinite(s.bestLoss)) run["best_loss"] = s.bestLoss;
  return run;
}

Result<std::string> readWhole(const std::filesystem::path& path) {
  constexpr std::uintmax_t kMost = std::uintmax_t{4} << 30;
  std::error_code ec;
  const std::uintmax_t size = std::filesystem::file_size(path, ec);
  if (ec) return Error{path.string(), {}, {}, {}, "It cannot be read: " + ec.message()};
  if (size > kMost) return Error{path.string(), {}, std::to_string(size) + " bytes", "at most 4 GiB", {}};
  std::string bytes(size, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in || !in.read(bytes.data(), static_cast<std::streamsize>(size))) return Error{path.string(), {}, {}, {}, "It cannot be read."};
  return bytes;
}

/// What is in the archive, by name.
using Entries = std::map<std::string, std::string>;

/// The run's state; success without one where the project has none.
Status openRun(const json& root, const Entries& entries, const std::string& file, Project& p) {
  if (!root.contains("run") || !p.data) return {};
  Result<std::shared_ptr<const Network>> network = Network::compile(p.graph, p.data->spec);
  if (!network) return Error{file, "project.json, graph", network.error().text(), "a network that fits the weights", {}};
  JsonReader r(file);
  constexpr std::int64_t kMany = std::int64_t{1} << 60;
  const json& run = r.object(root, "run", "project.json");
  auto state = std::make_shared<TrainState>();
  state->step = r.whole(run, "step", "run", 0, kMany);
  state->epoch = r.whole(run, "epoch", "run", 0, kMany);
  state->position = r.whole(run, "position", "run", 0, static_cast<std::int64_t>(p.data->train.size()));
  state->epochLoss = r.number(run, "epoch_loss", "run");
  state->epochWeight = run.contains("epoch_weight") ? r.number(run, "epoch_weight", "run") : static_cast<double>(state->position);
  state->epochCorrect = r.whole(run, "epoch_correct", "run", 0, kMany);
  state->seconds = r.number(run, "seconds", "run");
  state->optimiser.steps = r.whole(run, "optimiser_steps", "run", 0, kMany);
  bool best = false;
  if (run.contains("best_epoch")) {
    state->bestEpoch = r.whole(run, "best_epoch", "run", 0, kMany);
    if (run.contains("best_loss")) state->bestLoss = r.number(run, "best_loss", "run");
    best = run.value("best_kept", json(false)) == json(true);
  }
  const OptimiserSpec* spec = findOptimiser(p.settings.optimiser.id);
  r.whole(run, "slots", "run", spec->vectorCount, spec->vectorCount);
  if (!r.ok()) return r.error();
  const std::size_t length = static_cast<std::size_t>((*network)->parameterCount());
  for (const char* name : {"weights/network.safetensors", "weights/optimiser.safetensors", "history.csv", "epochs.csv"})
    if (!entries.count(name)) return Error{file, {}, std::string("no entry '") + name + "'", "it", {}};
  Result<std::vector<NamedTensor>> weights = decodeSafetensors(entries.at("weights/network.safetensors"), file + ", weights/network.safetensors");
  if (!weights) return weights.error();
  state->params = Buffer(length);
  if (Status s = takeTensors(**network, *weights, "", file, "weights/network.safetensors", state->params); !s) return s;
  if (best) {
    constexpr const char* kEntry = "weights/best.safetensors";
    if (!entries.count(kEntry)) return Error{file, {}, std::string("no entry '") + kEntry + "'", "it", {}};
    Result<std::vector<NamedTensor>> tensors = decodeSafetensors(entries.at(kEntry), file + ", " + kEntry);
    if (!tensors) return tensors.error();
    auto params = std::make_shared<Buffer>(length);
    if (Status s = takeTensors(**network, *tensors, "", file, kEntry, *params); !s) return s;
    state->best = std::move(params);
  }
  Result<std::vector<NamedTensor>> slots = decodeSafetensors(entries.at("weights/optimiser.safetensors"), file + ", weights/optimiser.safetensors");
  if (!slots) return slots.error();
  for (int i = 0; i < spec->vectorCount; ++i) {
    Buffer slot(length);
    const std::string prefix = spec->vectorNames[static_cast<std::size_t>(i)] + "/";
    if (Status s = takeTensors(**network, *slots, prefix, file, "weights/optimiser.safetensors", slot); !s) return s;
    state->optimiser.vectors.push_back(std::move(slot));
  }
  Result<std::shared_ptr<History>> history = historyFromCsv(entries.at("history.csv"), entries.at("epochs.csv"), file);
  if (!history) return history.error();
  p.state = std::move(state);
  p.batchPoints = (*history)->batches.size();
  p.epochPoints = (*history)->epochs.size();
  p.history = std::move(*history);
  return {};
}

/// Data from the archive or from its file. A file that cannot be had is a warning.
Status openDataOf(const json& root, const Entries& entries, const std::filesystem::path& path, OpenedProject& out) {
  if (!root.contains("data")) return {};
  JsonReader r(path.string());
  const json& data = r.object(root, "data", "project.json");
  if (!r.ok()) return r.error();
  const bool embedded = data.value("embedded", json(false)) == json(true);
  std::optional<Recipe> recipe;
  if (data.contains("recipe")) recipe = recipeFromJson(r, r.object(data, "recipe", "data"), "data.recipe");
  if (!r.ok()) return r.error();
  if (embedded && data.contains("recipe")) {
    const Source source = sourceFromJson(r, r.object(data, "source", "data"), "data.source");
    if (!r.ok()) return r.error();
    const bool images = data.value("images", json(false)) == json(true);
    const std::string entry = embeddedName(source.kind, images);
    if (!entries.count(entry)) return Error{path.string(), {}, "no entry '" + entry + "'", "it", {}};
    const std::string name = source.path.empty() ? entry : std::filesystem::path(source.path).filename().string();
    Result<DatasetPtr> made = DatasetPtr();
    if (images) {
      Result<ImageSetPtr> set = readImageBytes(entries.at(entry), source.kind, name, recipe->images);
      if (!set) return set.error();
      auto own = std::make_shared<ImageSet>(**set);
      own->source = source;
      made = prepareImages(own, *recipe);
    } else {
      Result<TableFile> file = readTableBytes(entries.at(entry), source.kind, name, *recipe);
      if (!file) return file.error();
      file->source = source;
      made = prepareFile(*file, *recipe);
    }
    if (!made) return made.error();
    out.project.data = *made;
    return {};
  }
  if (embedded) {
    if (!entries.count("data/table.csv")) return Error{path.string(), {}, "no entry 'data/table.csv'", "it", {}};
    Result<DatasetPtr> table = decodeTable(entries.at("data/table.csv"), path.string() + ", data/table.csv");
    if (!table) return table.error();
    out.project.data = *table;
    return {};
  }
  const Source source = sourceFromJson(r, r.object(data, "source", "data"), "data.source");
  if (!r.ok()) return r.error();
  std::error_code ec;
  Result<DatasetPtr> read = reopen(source, std::filesystem::absolute(path, ec).parent_path(), recipe);
  if (read)
    out.project.data = *read;
  else
    out.warnings.push_back("The project's data cannot be had, so its weights wait in the file: " + read.error().text());
  return {};
}

}  // namespace

Status saveProject(const std::filesystem::path& path, const Project& p, std::string_view thumbnailPng) {
  std::vector<ZipEntry> entries{{"mimetype", kMime, true}};
  json root{{"schema", kSchema}, {"graph", graphToJsonValue(p.graph)}, {"settings", settingsToJson(p.settings)}, {"pinned", p.pinned}, {"views", p.views}};
  std::vector<ZipEntry> rest;
  if (p.data) {
    Result<json> data = dataToJson(path, *p.data, rest);
    if (!data) return data.error();
    root["data"] = *data;
  }
  if (p.state && p.data) {
    Result<std::shared_ptr<const Network>> network = Network::compile(p.graph, p.data->spec);
    if (!network) return network.error();
    root["run"] = runToJson(p);
    std::vector<NamedTensor> weights, slots;
    appendTensors(**network, p.state->params, "", weights);
    const OptimiserSpec* spec = findOptimiser(p.settings.optimiser.id);
    for (std::size_t i = 0; i < p.state->optimiser.vectors.size(); ++i)
      appendTensors(**network, p.state->optimiser.vectors[i], spec->vectorNames[i] + "/", slots);
    rest.push_back({"weights/network.safetensors", encodeSafetensors(weights)});
    if (p.state->best) {
      std::vector<NamedTensor> best;
      appendTensors(**network, *p.state->best, "", best);
      rest.push_back({"weights/best.safetensors", encodeSafetensors(best)});
    }
    rest.push_back({"weights/optimiser.safetensors", encodeSafetensors(slots)});
    const History none;
    const History& history = p.history ? *p.history : none;
    rest.push_back({"history.csv", batchesToCsv(history, p.history ? p.batchPoints : 0)});
    rest.push_back({"epochs.csv", epochsToCsv(history, p.history ? p.epochPoints : 0)});
  }
  if (!thumbnailPng.empty()) rest.push_back({"thumbnail.png", std::string(thumbnailPng), true});
  entries.push_back({"project.json", root.dump(1)});
  for (ZipEntry& e : rest) entries.push_back(std::move(e));
  Result<std::string> bytes = makeZip(entries);
  if (!bytes) return bytes.error();
  AtomicFile file(path);
  if (Status s = file.open(); !s) return s;
  if (Status s = file.write(*bytes); !s) return s;
  return file.commit();
}

Result<OpenedProject> openProject(const std::filesystem::path& path) {
  const std::string file = path.string();
  Result<std::string> bytes = readWhole(path);
  if (!bytes) return bytes.error();
  Result<Entries> entries = readZip(*bytes, {"mimetype", "project.json", "weights/network.safetensors", "weights/optimiser.safetensors",
                                             "weights/best.safetensors", "history.csv", "epochs.csv", "data/table.csv", "data/table.arff",
                                             "data/table.npz", "data/images.npz"}, file);
  if (!entries) return entries.error();
  if (!entries->count("mimetype") || entries->at("mimetype") != kMime || !entries->count("project.json"))
    return Error{file, {}, "another kind of archive", "a Vitrine project", {}};
  Result<json> root = parseStrict(entries->at("project.json"), file + ", project.json");
  if (!root) return root.error();
  JsonReader r(file + ", project.json");
  if (r.whole(*root, "schema", "project", 0, INT64_MAX) != kSchema)
    r.fault("schema", root->value("schema", json()).dump(), std::to_string(kSchema) + " (a newer version of the program may read it)");
  OpenedProject out;
  out.project.graph = graphFromJsonValue(r, r.object(*root, "graph", "project"), "graph");
  out.project.settings = settingsFromJson(r, r.object(*root, "settings", "project"));
  const json& views = r.object(*root, "views", "project");
  if (r.ok())
    for (const auto& [key, v] : views.items()) out.project.views[key] = r.text(views, key, "views");
  const json& pinned = r.array(*root, "pinned", "project");
  for (std::size_t i = 0; r.ok() && i < pinned.size(); ++i) {
    if (!pinned[i].is_number_unsigned() || pinned[i].get<std::uint64_t>() > INT32_MAX) r.fault("pinned", pinned[i].dump(), "row numbers");
    if (r.ok()) out.project.pinned.push_back(pinned[i].get<std::int32_t>());
  }
  if (!r.ok()) return r.error();
  if (Status s = openDataOf(*root, *entries, path, out); !s) return s.error();
  if (out.project.data)
    std::erase_if(out.project.pinned, [&](std::int32_t row) { return row >= out.project.data->count(); });
  if (Status s = openRun(*root, *entries, file, out.project); !s) return s.error();
  return out;
}

}  // namespace vitrine
