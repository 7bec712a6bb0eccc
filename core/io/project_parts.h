#pragma once

// What opening and saving a project share; for core/io alone.

#include <limits>

#include "core/base/zip_archive.h"
#include "core/io/project.h"
#include "core/io/strict_json.h"

namespace vitrine {

inline constexpr const char* kProjectMime = "application/x-vitrine";
inline constexpr std::int64_t kProjectSchema = 1;
inline constexpr const char* kNetworkEntry = "weights/network.safetensors";
inline constexpr const char* kBestEntry = "weights/best.safetensors";
inline constexpr const char* kOptimiserEntry = "weights/optimiser.safetensors";
inline constexpr const char* kThumbnailEntry = "thumbnail.png";

/// What is in the archive, by name.
using Entries = std::map<std::string, std::string>;

/// Whether an entry holds weights, optimiser or history.
bool isRunEntry(const std::string& name);

/// The run as project.json has it; its entries are added. Requires p.state, and vectors of the network that is made for `data`.
Result<nlohmann::json> runToJson(const Project& p, const DataSpec& data, std::vector<ZipEntry>& entries);
/// The run's state into `p`, whose graph and settings are set; nothing where the project has none. `rows`: of the training split at most.
Status openRun(const nlohmann::json& root, const Entries& entries, const std::string& file, const DataSpec& data, std::int64_t rows, Project& p);

/// The data as project.json has them; embedded ones are added to the entries.
Result<nlohmann::json> dataToJson(const std::filesystem::path& project, const Dataset& data, std::vector<ZipEntry>& entries);
/// A path as a project remembers it: relative where the file is in the project's folder or below, or not far from it.
std::string rememberedPath(const std::filesystem::path& path, const std::filesystem::path& project);
std::string embeddedName(const std::string& kind, bool images);

/// "data" of project.json.
struct NamedData {
  Source source;           ///< empty kind: made in memory
  std::string absolute;    ///< the path as it was absolute; empty: not told
  std::string name;
  std::int64_t rows = std::numeric_limits<std::int32_t>::max();
  bool embedded = false, images = false;
  std::optional<Recipe> recipe;
  std::optional<DataSpec> spec;  ///< none: a project of an older program
  std::vector<std::string> features;
  std::string target;
};
/// Faults go to `reader`.
NamedData namedData(JsonReader& reader, const nlohmann::json& data);
/// Reads the data, or says in `missing` why they cannot be had.
DatasetPtr openNamedData(const NamedData& named, const Entries& entries, const std::filesystem::path& project, std::stop_token stop, const Progress& progress,
                         MissingData& missing);
/// Reads a file that was chosen as those data; `other`: it is not the one that was used, or nothing tells.
Result<DatasetPtr> openChosenData(const NamedData& named, const std::filesystem::path& path, std::stop_token stop, const Progress& progress, bool& other);
/// What is known of data that cannot be had, as a data set without rows; null: not enough.
DatasetPtr standInFor(const NamedData& named, const Entries& entries, const Graph& graph);

}  // namespace vitrine
