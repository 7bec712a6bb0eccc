// Saving a project; opening is in project_open.cpp.
#include "core/io/project.h"

#include <algorithm>

#include "core/data/image_set.h"
#include "core/io/atomic_file.h"
#include "core/io/project_parts.h"
#include "core/io/recipe_json.h"

namespace vitrine {
namespace {

using nlohmann::json;

constexpr std::int64_t kMostTableBytes = 20 << 20;  // bytes of a table that goes into the project itself

json settingsToJson(const TrainSettings& s) {
  return {{"optimiser", {{"id", s.optimiser.id}, {"params", paramsToJson(s.optimiser.params)}}},
          {"rate", s.rate}, {"batch", s.batch}, {"seed", s.seed}, {"epochs", s.epochs},
          {"schedule", {{"id", s.schedule.id}, {"params", paramsToJson(s.schedule.params)}}}, {"options", paramsToJson(s.options)}};
}

json sourceToJson(const Source& s) {
  return {{"kind", s.kind}, {"path", s.path}, {"sha256", s.sha256}, {"settings", s.settings}};
}

/// What must be known of data that cannot be had.
json specToJson(const Dataset& data) {
  return {{"input", data.spec.input.dims}, {"outputs", data.spec.outputs}, {"task", taskName(data.spec.task)}, {"classes", data.spec.classes},
          {"features", data.featureNames}, {"target", data.targetName}};
}

bool embeds(const Dataset& data) {
  return !data.inputs.isBytes() && data.count() * data.inputs.size() * static_cast<std::int64_t>(sizeof(float)) <= kMostTableBytes;
}

}  // namespace

std::string rememberedPath(const std::filesystem::path& path, const std::filesystem::path& project) {
  namespace fs = std::filesystem;
  constexpr int kMostUp = 3;  // further away is another place, not another folder of the same work
  std::error_code ec;
  const fs::path full = fs::absolute(path, ec), base = fs::absolute(project, ec).parent_path();
  const fs::path below = full.lexically_relative(base);
  if (!below.empty() && *below.begin() != "..") return below.string();
  // Upwards links count as where they lead: that is how the system reads "..".
  const fs::path target = fs::weakly_canonical(full, ec), from = fs::weakly_canonical(base, ec);
  const fs::path beside = target.lexically_relative(from);
  const std::ptrdiff_t up = std::count(beside.begin(), beside.end(), ".."), depth = std::distance(from.begin(), from.end()) - 1;
  return !beside.empty() && up <= kMostUp && up < depth ? beside.string() : full.string();
}

std::string embeddedName(const std::string& kind, bool images) { return (images ? "data/images." : "data/table.") + kind; }

Result<json> dataToJson(const std::filesystem::path& path, const Dataset& data, std::vector<ZipEntry>& entries) {
  json out{{"name", data.name}, {"rows", data.count()}, {"spec", specToJson(data)}};
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
  if (source.kind != "generator") {
    std::error_code ec;
    out["absolute"] = std::filesystem::absolute(source.path, ec).string();
    source.path = rememberedPath(source.path, path);
  }
  out["embedded"] = false;
  out["source"] = sourceToJson(source);
  return out;
}

namespace {

bool isDataEntry(const std::string& name) {
  for (const char* kind : {"csv", "arff", "npy", "npz"})
    if (name == embeddedName(kind, false) || name == embeddedName(kind, true)) return true;
  return false;
}

/// Whether an entry of the file goes into the next one: a newer program's always, others where nothing better is known.
bool isCarried(const std::string& name, bool missing, bool run) {
  if (isDataEntry(name)) return missing;
  if (isRunEntry(name)) return missing && !run;
  return name != "mimetype" && name != "project.json" && !name.ends_with('/');
}

/// "data" of a project whose data are missing: as it was, its path told from the new place.
json carriedData(const json& data, const ProjectFile& file, const std::filesystem::path& path) {
  namespace fs = std::filesystem;
  json out = data;
  std::error_code ec;
  const fs::path before = fs::absolute(file.path, ec).parent_path(), now = fs::absolute(path, ec).parent_path();
  if (before.lexically_normal() == now.lexically_normal() || data.value("embedded", json(false)) == json(true)) return out;
  const std::string kind = data.at("source").at("kind"), named = data.at("source").at("path");
  if (kind != "generator" && fs::path(named).is_relative()) {
    const fs::path full = (before / named).lexically_normal();
    out["source"]["path"] = rememberedPath(full, path);
    if (!out.contains("absolute")) out["absolute"] = full.string();
  }
  return out;
}

/// A graph but for where its nodes stand.
json networkOf(json graph) {
  graph.erase("next_id");
  for (json& node : graph.at("nodes")) node.erase("x"), node.erase("y");
  return graph;
}

/// What the file of a project has and this program does not write itself.
Status carry(const Project& p, const std::filesystem::path& path, bool run, json& root, std::vector<ZipEntry>& entries) {
  const MissingData* missing = !p.data && p.file->missing ? &*p.file->missing : nullptr;
  const Result<json> before = parseStrict(p.file->entries.at("project.json"), p.file->path.string() + ", project.json");
  if (!before) return before.error();
  static const char* const kKeys[] = {"schema", "graph", "settings", "pinned", "views", "data", "run"};
  for (const auto& [key, value] : before->items())
    if (std::find(std::begin(kKeys), std::end(kKeys), key) == std::end(kKeys)) root[key] = value;
  if (missing) root["data"] = carriedData(before->at("data"), *p.file, path);
  if (missing && !run && before->contains("run")) {
    json& own = root["run"] = before->at("run");
    // The network may have been edited, or another optimiser chosen, while its weights could not be read.
    if (!own.contains("graph") && networkOf(before->at("graph")) != networkOf(root.at("graph"))) own["graph"] = before->at("graph");
    const json& optimiser = before->at("settings").at("optimiser").at("id");
    if (!own.contains("optimiser") && optimiser != root.at("settings").at("optimiser").at("id")) own["optimiser"] = optimiser;
  }
  for (const auto& entry : p.file->entries) {
    const std::string& name = entry.first;
    const bool written = std::any_of(entries.begin(), entries.end(), [&](const ZipEntry& e) { return e.name == name; });
    if (!written && isCarried(name, missing != nullptr, run)) entries.push_back({name, entry.second, name == kThumbnailEntry});
  }
  return {};
}

}  // namespace

Status saveProject(const std::filesystem::path& path, const Project& p, std::string_view thumbnailPng) {
  std::vector<ZipEntry> entries{{"mimetype", kProjectMime, true}};
  json root{{"schema", kProjectSchema}, {"graph", graphToJsonValue(p.graph)}, {"settings", settingsToJson(p.settings)}, {"pinned", p.pinned}, {"views", p.views}};
  std::vector<ZipEntry> rest;
  const Dataset* data = p.data.get();
  if (data) {
    Result<json> told = dataToJson(path, *data, rest);
    if (!told) return told.error();
    root["data"] = *told;
  } else if (p.file && p.file->missing) {
    data = p.file->missing->standIn.get();
  }
  const bool run = p.state && data;
  if (run) {
    Result<json> told = runToJson(p, data->spec, rest);
    if (!told) return told.error();
    root["run"] = *told;
  }
  if (!thumbnailPng.empty()) rest.push_back({kThumbnailEntry, std::string(thumbnailPng), true});
  if (p.file)
    if (Status s = carry(p, path, run, root, rest); !s) return s;
  entries.push_back({"project.json", root.dump(1, ' ', false, json::error_handler_t::replace)});
  for (ZipEntry& e : rest) entries.push_back(std::move(e));
  Result<std::string> bytes = makeZip(entries);
  if (!bytes) return bytes.error();
  AtomicFile file(path);
  if (Status s = file.open(); !s) return s;
  if (Status s = file.write(*bytes); !s) return s;
  return file.commit();
}

}  // namespace vitrine
