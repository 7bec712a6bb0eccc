#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/data/image_set.h"
#include "core/data/npy.h"

namespace vitrine {

/// Arrays of samples and of what belongs to them, from an NPZ, or from NPY files that stand side by side, told apart by their names
/// (array_names.h). Others are left out with a note.
struct ArrayFile {
  struct Pair {
    std::optional<NpyArray> inputs, targets;
    std::string inputsName, targetsName;  ///< as errors show them
  };
  std::array<Pair, 3> parts;              ///< by Part; Train has at least inputs
  std::vector<std::string> notes;
  std::string sha256;                     ///< of the files as they were read; empty where bytes were given
  const NpyArray& first() const { return *parts[0].inputs; }
};

/// Whether the file's inputs are rows of a table (at most two axes) rather than images or series; only headers are read.
Result<bool> arraysAreTable(const std::filesystem::path& path, const std::string& kind);
/// kind "npy": `path` and the arrays beside it that belong to it; "npz": those in it, of which others stay packed.
Result<ArrayFile> readArrayFile(const std::filesystem::path& path, const std::string& kind, std::stop_token stop = {});
Result<ArrayFile> readArrayBytes(std::string_view bytes, const std::string& kind, const std::string& name);
/// The files that are read for an NPY file, in the order of their hashes.
Result<std::vector<std::filesystem::path>> arrayFiles(const std::filesystem::path& path);

/// Rows × columns with the targets last; where there are several parts, a column 'part' names them.
Result<Table> tableOfArrays(const ArrayFile& file);
/// Images or series with classes, labels (rows of 0 and 1) or numbers.
Result<ImageSet> imagesOfArrays(ArrayFile file, const std::string& layout);

}  // namespace vitrine
