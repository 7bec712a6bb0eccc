#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/data/csv_format.h"
#include "core/data/dataset_spec.h"
#include "core/data/table.h"
#include "core/model/param.h"

namespace vitrine {

/// What a column is for. Weight: how much a row counts in the loss. Group: rows of one group stay on one side of a split, and are a series of their own. Time: rows
/// are put in its order. Split: its values name the part ("train", "validation" or "valid", "test").
enum class Role { Feature, Target, Weight, Group, Time, Split, Ignore };

struct ColumnPlan {
  std::string name;
  std::optional<ColumnKind> kind;  ///< none: as told from the cells
  Role role = Role::Feature;
  bool oddAsMissing = false;       ///< cells that are not of the kind count as missing instead of being refused
  std::optional<bool> marksMissing;  ///< whether cells as "NA" are missing, or values like others; none: as told from the cells
  bool operator==(const ColumnPlan&) const = default;
};

/// How rows are dealt out to training, validation and test.
struct SplitPlan {
  std::string mode = "ratio";  ///< "ratio", "group", "time", "column", "folds"; images: "ratio", "folds", "given" (as the file has it)
  double validation = 0.2, test = 0;  ///< shares, together at most 0.9
  bool stratify = true;               ///< each class keeps its share on every side
  std::uint64_t seed = 0;
  std::int64_t folds = 5, fold = 0;   ///< "folds": which of them validates, from 0
  bool operator==(const SplitPlan&) const = default;
};

/// One preparation step: a StepSpec's id and its settings.
struct StepPlan {
  std::string type;
  Params params;
  bool operator==(const StepPlan&) const = default;
};

/// A table as series: windows of a long one, or one series in each row.
struct SeriesPlan {
  std::string mode = "none";  ///< "none", "windows", "rows"
  std::int64_t length = 20, stride = 1;
  std::int64_t horizon = 1;   ///< steps from a window's last row to the row whose target it is; 0: that row's own
  bool operator==(const SeriesPlan&) const = default;
};

/// Small changes at random to each training image, anew in every epoch; held-out images are never changed.
struct Augmentation {
  std::int64_t shift = 0;        ///< up to so many pixels, each way
  bool flipHorizontal = false, flipVertical = false;  ///< every other image
  double rotate = 0;             ///< up to so many degrees, each way; bilinear
  double noise = 0;              ///< deviation of normal noise, in the network's units
  std::int64_t cutout = 0;       ///< side of a square that is blanked with the image's mean (DeVries & Taylor 2017)
  bool any() const { return shift > 0 || flipHorizontal || flipVertical || rotate > 0 || noise > 0 || cutout > 0; }
  bool operator==(const Augmentation&) const = default;
};

/// What becomes of images.
struct ImagePlan {
  std::int64_t height = 0, width = 0;  ///< of a folder's images, which may differ; 0: as found
  std::string fit = "crop";            ///< "crop" (the middle), "pad" (black edges), "stretch"
  bool grey = false;                   ///< of a folder's images: one channel
  std::string ground = "white";        ///< of a folder's images: "white", "black" or "grey" behind what is transparent
  bool takeDamaged = false;            ///< of a folder's images: those that cannot be read to their end, as far as they can
  std::string layout = "auto";         ///< of arrays: "auto", "last" and "first" (where an image's channels stand), "series"
  std::string scaling = "range";       ///< "range": 0 … 1; "standardise": each channel by the training images' mean and deviation
  Augmentation augment;
  bool operator==(const ImagePlan&) const = default;
};

/// ImagePlan described for forms, files and checks; the same as values, and back. Requires values that pass checkParams.
std::span<const Param> imageParams();
Params imageParamsOf(const ImagePlan& plan);
ImagePlan imagePlanOf(const Params& values);

/// Everything that was decided on the way from a file to a data set. Stored with the project. Tables have columns; images have none.
struct Recipe {
  CsvFormat format;
  std::vector<ColumnPlan> columns;
  std::optional<Task> task;        ///< none: told from the target
  SplitPlan split;
  std::vector<StepPlan> steps;
  SeriesPlan series;
  ImagePlan images;
  std::string balance = "none";    ///< "none", "oversample": rows of rarer classes are repeated in training
  bool operator==(const Recipe&) const = default;
};

/// The usual way: the last column the target, texts that hardly repeat left out, missing values by the median,
/// categories one-hot, standardised.
Recipe defaultRecipe(const Table& table, const CsvFormat& format = {});
/// The usual steps for these columns' kinds.
std::vector<StepPlan> defaultSteps(const Table& table, const std::vector<ColumnPlan>& columns);

}  // namespace vitrine
