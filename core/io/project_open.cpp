// Opening a project.
#include <algorithm>
#include <set>

#include "core/io/project_parts.h"

namespace vitrine {
namespace {

using nlohmann::json;

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

std::string shapeText(const DataSpec& spec) {
  return "samples of " + spec.input.text() + " and " + std::to_string(spec.outputs) + (spec.outputs == 1 ? " output" : " outputs");
}

/// All of project.json but data and run.
Status readRoot(JsonReader& r, const json& root, Project& p) {
  constexpr std::size_t kMostPinned = 1000;
  if (r.whole(root, "schema", "project", 0, INT64_MAX) != kProjectSchema)
    r.fault("schema", root.value("schema", json()).dump(), std::to_string(kProjectSchema) + " (a newer version of the program may read it)");
  p.graph = graphFromJsonValue(r, r.object(root, "graph", "project"), "graph");
  p.settings = settingsFromJson(r, r.object(root, "settings", "project"));
  const json& views = r.object(root, "views", "project");
  if (r.ok())
    for (const auto& [key, v] : views.items()) p.views[key] = r.text(views, key, "views");
  const json& pinned = r.array(root, "pinned", "project");
  if (r.ok() && pinned.size() > kMostPinned) r.fault("pinned", std::to_string(pinned.size()) + " rows", "at most " + std::to_string(kMostPinned));
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; r.ok() && i < pinned.size(); ++i) {
    if (!pinned[i].is_number_unsigned() || pinned[i].get<std::uint64_t>() > INT32_MAX) r.fault("pinned", pinned[i].dump(), "row numbers");
    if (r.ok() && seen.insert(pinned[i].get<std::int32_t>()).second) p.pinned.push_back(pinned[i].get<std::int32_t>());
  }
  if (!r.ok()) return r.error();
  return {};
}

bool fitsAlike(const DataSpec& a, const DataSpec& b) { return a.input == b.input && a.outputs == b.outputs && a.task == b.task; }

/// Data that give other samples than the weights were learnt on (read otherwise than they were) are no data for this project. False: that is
/// not what is wrong.
bool openWithout(const NamedData& named, const json& root, const Entries& entries, const std::string& file, Project& p, MissingData& missing) {
  missing.standIn = standInFor(named, entries, p.graph);
  if (!missing.standIn) return false;
  const DataSpec &found = p.data->spec, &wanted = missing.standIn->spec;
  if (fitsAlike(found, wanted)) return false;
  if (!openRun(root, entries, file, wanted, named.rows, p)) return false;
  missing.there = true;
  missing.reason = Error{p.data->name, {}, shapeText(found), shapeText(wanted) + ", which the network was trained on", {}}.text();
  p.data = nullptr;
  return true;
}

/// The sentence of a command line or a log.
std::string warning(const MissingData& missing, bool run) {
  return "The project's data cannot be had: " + missing.reason + (run ? "" : " What the network has learnt waits in the file.");
}

}  // namespace

Result<OpenedProject> openProject(const std::filesystem::path& path, std::stop_token stop, const Progress& progress) {
  const std::string file = path.string();
  Result<Entries> entries = readZipFile(path, "a Vitrine project");
  if (!entries) return entries.error();
  if (!entries->count("mimetype") || entries->at("mimetype") != kProjectMime || !entries->count("project.json"))
    return Error{file, {}, "another kind of archive", "a Vitrine project", {}};
  Result<json> root = parseStrict(entries->at("project.json"), file + ", project.json");
  if (!root) return root.error();
  JsonReader r(file + ", project.json");
  OpenedProject out;
  Project& p = out.project;
  if (Status s = readRoot(r, *root, p); !s) return s.error();
  auto kept = std::make_shared<ProjectFile>();
  kept->path = path;
  if (root->contains("data")) {
    const NamedData named = namedData(r, r.object(*root, "data", "project"));
    if (!r.ok()) return r.error();
    MissingData missing;
    p.data = openNamedData(named, *entries, path, stop, progress, missing);
    if (stop.stop_requested()) return problem("reading was stopped", file);
    if (!p.data) missing.standIn = standInFor(named, *entries, p.graph);
    if (p.data) {
      Status run = openRun(*root, *entries, file, p.data->spec, static_cast<std::int64_t>(p.data->train.size()), p);
      if (!run && !openWithout(named, *root, *entries, file, p, missing)) return run.error();
    } else if (missing.standIn) {
      Status run = openRun(*root, *entries, file, missing.standIn->spec, named.rows, p);
      if (!run) return run.error();
    }
    const std::int64_t rows = p.data ? p.data->count() : named.rows;
    std::erase_if(p.pinned, [&](std::int32_t row) { return row >= rows; });
    if (!p.data) {
      out.warnings.push_back(warning(missing, p.state != nullptr || !root->contains("run")));
      kept->missing = std::move(missing);
    }
  }
  // What is restored need not be held twice.
  kept->entries = std::move(*entries);
  if (!kept->missing)
    std::erase_if(kept->entries, [](const auto& e) { return isRunEntry(e.first) || e.first.starts_with("data/table.") || e.first.starts_with("data/images."); });
  p.file = std::move(kept);
  return out;
}

Result<LocatedData> locateData(const ProjectFile& file, const std::filesystem::path& path, std::stop_token stop, const Progress& progress) {
  const std::string name = file.path.string() + ", project.json";
  const Result<json> root = parseStrict(file.entries.at("project.json"), name);
  if (!root) return root.error();
  JsonReader r(name);
  LocatedData out;
  Project& p = out.project;
  if (Status s = readRoot(r, *root, p); !s) return s.error();
  const NamedData named = namedData(r, r.object(*root, "data", "project"));
  if (!r.ok()) return r.error();
  Result<DatasetPtr> data = openChosenData(named, path, stop, progress, out.other);
  if (!data) return data.error();
  p.data = *data;
  // Weights may have their number on samples of another shape, and be nonsense there.
  const auto learntOn = standInFor(named, file.entries, p.graph);
  const bool fits = !learntOn || fitsAlike((*data)->spec, learntOn->spec);
  if (!fits || !openRun(*root, file.entries, file.path.string(), (*data)->spec, static_cast<std::int64_t>((*data)->train.size()), p)) {
    return Error{path.string(), {}, shapeText((*data)->spec), "data that the project's network fits", {}};
  }
  std::erase_if(p.pinned, [&](std::int32_t row) { return row >= p.data->count(); });
  auto kept = std::make_shared<ProjectFile>();
  kept->path = file.path;
  kept->entries = file.entries;
  std::erase_if(kept->entries, [](const auto& e) { return isRunEntry(e.first) || e.first.starts_with("data/table.") || e.first.starts_with("data/images."); });
  p.file = std::move(kept);
  return out;
}

}  // namespace vitrine
