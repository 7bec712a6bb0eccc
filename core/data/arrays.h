#pragma once

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

#include "core/data/image_set.h"
#include "core/data/npy.h"

namespace vitrine {

/// Arrays of samples and of what belongs to them, from an NPZ, or from NPY files that stand side by side. By their names:
/// x, images, data, inputs, features, samples, arr_0 are inputs; y, labels, targets, classes, arr_1 what is to be predicted;
/// train, val, valid, validation, test tell the part ("x_train", "train_images"). Others are left out with a note.
struct ArrayFile {
  struct Pair {
    std::optional<NpyArray> inputs, targets;
    std::string inputsName, targetsName;  ///< as errors show them
  };
  std::array<Pair, 3> parts;              ///< by Part; Train has at least inputs
  std::vector<std::string> notes;
  const NpyArray& first() const { return *parts[0].inputs; }
};

/// Whether the file's inputs are rows of a table (at most two axes) rather than images or series; only headers are read.
Result<bool> arraysAreTable(const std::filesystem::path& path, const std::string& kind);
/// kind "npy": `path` and the arrays beside it that are named so; "npz": all in it.
Result<ArrayFile> readArrayFile(const std::filesystem::path& path, const std::string& kind, std::stop_token stop = {});
Result<ArrayFile> readArrayBytes(std::string_view bytes, const std::string& kind, const std::string& name);

/// Rows × columns with the targets last; where there are several parts, a column 'part' names them.
Result<Table> tableOfArrays(const ArrayFile& file);
/// Images or series with classes, labels (rows of 0 and 1) or numbers.
Result<ImageSet> imagesOfArrays(ArrayFile file, const std::string& layout);

}  // namespace vitrine
