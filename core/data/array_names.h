#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/data/steps.h"

namespace vitrine {

/// What an array is for, by its name: x, images, data, inputs, features, samples, arr_0 are inputs; y, labels, targets, classes, arr_1 what
/// is to be predicted; train, val, valid, validation, test tell the part ("x_train", "train_images").
struct ArrayMeaning {
  Part part = Part::Train;
  bool named = false;   ///< the name tells the part
  bool target = false;
  std::string word;     ///< "x", "labels"
};
/// None: a name that tells nothing. `stem`: without ".npy".
std::optional<ArrayMeaning> arrayMeaning(const std::string& stem);

bool isNpyName(const std::string& name);
/// The name without ".npy".
std::string arrayStem(const std::string& name);

/// An NPY file and those beside it that belong to it.
struct ArrayFamily {
  std::vector<std::string> names;  ///< file names, samples before targets, training first
  std::vector<std::string> notes;  ///< what was read together, and what was not
};
/// The chosen file is always among them. To samples belong their targets, to samples for training also those that validate and test; to targets
/// their samples. Several that could be meant are an error.
Result<ArrayFamily> arrayFamily(const std::filesystem::path& chosen);

}  // namespace vitrine
