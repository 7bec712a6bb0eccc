#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/real.h"
#include "core/data/recipe.h"
#include "core/data/steps.h"
#include "core/tensor/shape.h"

namespace vitrine {

struct ImageSet;

/// One column of samples that are rows of a table: a number each, or the index of the one of `width` elements that is 1, the others being 0
/// (-1: all are 0).
struct SampleColumn {
  std::int64_t width = 1;
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;  ///< instead of numbers
};

/// The samples' inputs in their own type, until a batch is made of them: bytes stay bytes, categories their indices. Immutable; copies share.
class Samples {
 public:
  Samples() = default;
  /// Row after row, each `shape.size()` long (channels last). A byte b stands for b / 255.
  static Samples fromBytes(const Shape& shape, std::vector<std::uint8_t> values);
  static Samples fromFloats(const Shape& shape, std::vector<float> values);
  /// All columns of `count` rows; their widths are size() together. Numbers are kept as floats, but for columns that
  /// need doubles.
  static Samples fromColumns(std::int64_t count, std::vector<SampleColumn> columns);

  /// Whether a column needs doubles: as floats its whole numbers would change, or its values move by more than a millionth of their range.
  static bool needDoubles(std::span<const double> values);

  std::int64_t count() const { return count_; }
  /// Elements of one sample.
  std::int64_t size() const { return size_; }
  bool isBytes() const { return bytes_ != nullptr; }
  /// The number as it stands in the file: 0 … 255 for bytes.
  double raw(std::int64_t row, std::int64_t i) const;
  /// raw() of a whole sample, [size()].
  void readRow(std::int64_t row, double* out) const;
  /// Requires isBytes() / samples made by fromFloats().
  std::span<const std::uint8_t> byteRow(std::int64_t row) const;
  std::span<const float> floatRow(std::int64_t row) const;
  /// Writes [rows × size()], in the order of `rows`: bytes divided by 255, numbers as they are.
  void gather(std::span<const std::int32_t> rows, Real* out) const;
  /// The same of (raw − mean) / deviation, of which there is one for each element or for each channel.
  void gather(std::span<const std::int32_t> rows, const Standardisation& scaling, Real* out) const;

  /// Whether two samples are the same, number for number; a hash that is equal then.
  bool same(std::int64_t a, std::int64_t b) const;
  std::uint64_t hash(std::int64_t row) const;
  /// Whether element i needs a double: a float has not all its digits.
  bool isWide(std::int64_t i) const;
  /// Elements of a sample that are kept as indices.
  std::int64_t indexed() const;
  /// Memory of all samples.
  std::int64_t bytes() const;

 private:
  /// Where a column's numbers are: in floats_, doubles_ or codes_, each row after row.
  struct Place {
    enum Kind : std::uint8_t { Float, Double, Index } kind = Float;
    std::int64_t first = 0, width = 1;  ///< elements of a sample
    std::int64_t at = 0;                ///< within a row of its kind
  };
  struct Layout {
    std::vector<Place> places;
    std::vector<std::int32_t> placeOf;  ///< of each element
    std::int64_t floats = 0, doubles = 0, codes = 0;  ///< of one row
  };
  double at(const Place& p, std::int64_t row, std::int64_t i) const;

  std::shared_ptr<const std::vector<std::uint8_t>> bytes_;
  std::shared_ptr<const std::vector<float>> floats_;
  std::shared_ptr<const std::vector<double>> doubles_;
  std::shared_ptr<const std::vector<std::int32_t>> codes_;
  std::shared_ptr<const Layout> layout_;  ///< null: bytes, or floats alone
  std::int64_t count_ = 0, size_ = 0;
};

/// Where a data set came from: enough to read or make it again, the same.
struct Source {
  std::string kind;    ///< "idx", "csv", "generator"; empty: made in memory
  std::string path;    ///< the file, or the generator's id
  std::string sha256;  ///< of what was read, when it was read (see hashOfFiles); empty: not from files
  std::map<std::string, std::string> settings;  ///< options of opening or generating, as text in the C locale
  bool operator==(const Source&) const = default;
};

/// Samples with what is known of them. Values are kept raw for display; the gather functions give the network's view.
struct Dataset {
  std::string name;                                    ///< "Fashion-MNIST", "iris"
  DataSpec spec;
  std::vector<std::string> featureNames;               ///< tables: one a column; empty for images
  std::string targetName;                              ///< tables: the target column's name; several: with commas
  Samples inputs;
  std::vector<std::int32_t> classes;                   ///< classification: [count()], 0 … outputs-1
  std::vector<double> targets;                         ///< regression: [count() × outputs], raw; labels: 0 or 1
  std::vector<float> weights;                          ///< how much each sample counts in the loss, ≥ 0; empty: all 1
  std::vector<std::int32_t> train, validation, test;   ///< row numbers
  Standardisation inputScaling, targetScaling;
  Source source;

  // Tables read from files: what they were before preparation, and how they were prepared.
  TablePtr table;                                      ///< null: not from a table
  Recipe recipe;
  std::vector<std::int32_t> tableRows;                 ///< the table's row of each sample (a window's: of its target)
  std::vector<std::int32_t> featureOrigins;            ///< the table's column behind each feature; -1: from several
  std::vector<std::shared_ptr<const FittedStep>> steps;  ///< as the recipe lists them
  std::vector<std::string> notes;                      ///< what was left out, and why
  std::shared_ptr<const ImageSet> images;              ///< what images were read as; null: not images from a file
  double low = 0, high = 1;                            ///< images: the raw values of black and white
  std::shared_ptr<const std::string> fileBytes;        ///< the file itself, when it is small enough to go into a project

  std::int64_t count() const { return inputs.count(); }
};
using DatasetPtr = std::shared_ptr<const Dataset>;

/// The network's inputs, [rows × spec.input.size()]: raw numbers through `inputScaling`, which has one entry for each number of
/// a sample or one for each channel; without it bytes are divided by 255 and floats are as they are.
void gatherInputs(const Dataset& data, std::span<const std::int32_t> rows, Real* out);
/// Requires a classification data set; out: [rows].
void gatherClasses(const Dataset& data, std::span<const std::int32_t> rows, std::int32_t* out);
/// Requires regression or labels; out: [rows × outputs], standardised if the data set standardises its targets.
void gatherTargets(const Dataset& data, std::span<const std::int32_t> rows, Real* out);

/// What gatherInputs does, for numbers in the features' own units (a decision grid, a typed-in sample):
/// raw and out are [rows × spec.input.size()]. Numbers are taken as samples keep them: as floats, but where these would lose digits.
void prepareInputs(const Dataset& data, std::int64_t rows, const double* raw, Real* out);
/// The way back: the network's numbers in the features' own units, for display.
void inputsInUnits(const Dataset& data, std::int64_t rows, const Real* prepared, Real* raw);

/// An image's raw numbers that are black and white.
struct PixelRange {
  double black = 0, white = 1;
};
PixelRange pixelRange(const Dataset& data);
/// The same as the network gets them; none where channels are standardised each by itself, or for other data than images.
std::optional<std::pair<Real, Real>> pixelRangeOfNetwork(const Dataset& data);

/// A sample in its own units, [spec.input.size()].
std::vector<Real> rawInput(const Dataset& data, std::int32_t row);

/// A network's regression output `output` in the target's own units.
double targetInUnits(const Dataset& data, std::int64_t output, double value);

/// The network's inputs for training: as gatherInputs, and changed as the recipe's augmentation says, at random by
/// (seed, step, `first` + place in `rows`). `room` is reused.
void gatherTraining(const Dataset& data, std::span<const std::int32_t> rows, std::uint64_t seed, std::uint64_t step, std::int64_t first, std::vector<Real>& room, Real* out);

/// Mean and population deviation of each of the `columns` of `values` ([n × columns]) over `rows`.
Standardisation fitStandardisation(std::span<const double> values, std::int64_t columns, std::span<const std::int32_t> rows);

/// Images made in memory; classes are named "0", "1", …; every row is for training.
DatasetPtr imagesFromBytes(std::string name, const Shape& shape, std::vector<std::uint8_t> values,
                           std::vector<std::int32_t> classes, std::int64_t classCount);

}  // namespace vitrine
