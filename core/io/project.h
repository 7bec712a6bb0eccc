#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/data/dataset.h"
#include "core/data/open.h"
#include "core/model/graph.h"
#include "core/train/trainer.h"

namespace vitrine {

/// Data that a project names but that could not be had.
struct MissingData {
  Source source;                  ///< as the project names them: the path may be relative to it
  std::filesystem::path changed;  ///< what stands in their place but is other than what was used; empty: nothing does
  bool there = false;             ///< something was found, but could not be read or is other
  std::string reason;             ///< why they could not be had
  DatasetPtr standIn;             ///< shape and names as the project tells them, without rows; null: not known
};

/// The file a project was read from, as far as this program does not read it or could not: saving writes that again, byte for byte.
struct ProjectFile {
  std::filesystem::path path;
  std::map<std::string, std::string> entries;  ///< by name, project.json among them
  std::optional<MissingData> missing;          ///< none: the data could be had, or there are none
};

/// A project: what File → Save keeps. Also the document's undoable part (graph) and the run's state.
struct Project {
  Graph graph;
  TrainSettings settings;
  DatasetPtr data;                               ///< null: none yet, or missing
  std::shared_ptr<const TrainState> state;       ///< null: not initialised; of missing data: as the file has it
  std::optional<Graph> runGraph;                 ///< the network that `state` belongs to, where `graph` is faulty just now
  std::shared_ptr<const History> history;        ///< null: empty
  std::size_t batchPoints = 0, epochPoints = 0;  ///< how much of the history counts
  std::vector<std::int32_t> pinned;              ///< rows of the data set
  std::map<std::string, std::string> views;      ///< the window's own keys (arrangement, chosen scales): opaque here
  std::shared_ptr<const ProjectFile> file;       ///< null: never saved
};

/// A loaded project, and what could not be restored without being an error (data file missing: the rest opens).
struct OpenedProject {
  Project project;
  std::vector<std::string> warnings;
};

/// Writes a `.vitrine` file: ZIP, `mimetype` first (stored), project.json, weights/network.safetensors,
/// weights/optimiser.safetensors, history.csv, epochs.csv, data/… for small sets. Atomic: the old file or the new one,
/// whole. `thumbnailPng` may be empty: the file's own stays. Of a project whose data are missing everything that is known of them is
/// written as it was, and so is a run where `state` is null: requires that the network is still the file's then.
Status saveProject(const std::filesystem::path& path, const Project& project, std::string_view thumbnailPng = {});
/// Malformed files are refused with file, place and reason. Data by path are looked for where the path leads from the project's folder, at the absolute
/// path, and beside the project by name; their SHA-256 decides. Where they are missing the rest opens, weights and history too as far as
/// the project tells what its data are like.
Result<OpenedProject> openProject(const std::filesystem::path& path, std::stop_token stop = {}, const Progress& progress = {});

/// A project whose data were missing, with them.
struct LocatedData {
  Project project;
  bool other = false;  ///< the file is not the one that was used
};
/// Reads `path` as the data that a project misses. Refused: what the project's network does not fit. Requires file.missing.
Result<LocatedData> locateData(const ProjectFile& file, const std::filesystem::path& path, std::stop_token stop = {}, const Progress& progress = {});

/// Graph as JSON: {"nodes": [...], "edges": [...]}. Bad input is refused with the place.
std::string graphToJson(const Graph& graph);
Result<Graph> graphFromJson(std::string_view json);

}  // namespace vitrine
