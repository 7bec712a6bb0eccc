#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "core/data/dataset.h"
#include "core/model/graph.h"
#include "core/train/trainer.h"

namespace vitrine {

/// A project: what File → Save keeps. Also the document's undoable part (graph) and the run's state.
struct Project {
  Graph graph;
  TrainSettings settings;
  DatasetPtr data;                               ///< null: none yet
  std::shared_ptr<const TrainState> state;       ///< null: not initialised
  std::shared_ptr<const History> history;        ///< null: empty
  std::size_t batchPoints = 0, epochPoints = 0;  ///< how much of the history counts
  std::vector<std::int32_t> pinned;              ///< rows of the data set
  std::map<std::string, std::string> views;      ///< the window's own keys (arrangement, chosen scales): opaque here
};

/// A loaded project, and what could not be restored without being an error (data file missing: the rest opens).
struct OpenedProject {
  Project project;
  std::vector<std::string> warnings;
};

/// Writes a `.vitrine` file: ZIP, `mimetype` first (stored), project.json, weights/network.safetensors,
/// weights/optimiser.safetensors, history.csv, epochs.csv, data/… for small sets. Atomic: the old file or the new one,
/// whole. `thumbnailPng` may be empty.
Status saveProject(const std::filesystem::path& path, const Project& project, std::string_view thumbnailPng = {});
/// Malformed files are refused with file, place and reason.
Result<OpenedProject> openProject(const std::filesystem::path& path);

/// Graph as JSON: {"nodes": [...], "edges": [...]}. Bad input is refused with the place.
std::string graphToJson(const Graph& graph);
Result<Graph> graphFromJson(std::string_view json);

}  // namespace vitrine
