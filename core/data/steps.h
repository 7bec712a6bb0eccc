#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/data/dataset_spec.h"
#include "core/data/table.h"
#include "core/model/param.h"

namespace vitrine {

/// A column on its way to the network: numbers (NaN where missing), categories (-1 where missing), or as many columns of 0 and 1 as it has
/// names, kept as the index of the one that is 1 (-1: none) until they are needed each.
struct FrameColumn {
  std::string name;
  std::int32_t origin = -1;  ///< the table's column it comes from; -1: from several
  bool category = false;
  std::vector<double> numbers;
  std::vector<std::int32_t> codes;
  std::vector<std::string> names;
  bool oneHot = false;       ///< neither numbers nor a category; its columns are called "name=names[k]"

  /// Columns it stands for.
  std::size_t width() const { return oneHot ? names.size() : 1; }
  std::string nameOf(std::size_t k) const { return oneHot ? name + "=" + names[k] : name; }
};

enum class Part : std::uint8_t { Train, Validation, Test, Unused };

/// The features on their way.
struct Frame {
  std::vector<FrameColumn> columns;
  std::vector<std::int32_t> rows;  ///< the table's row of each
  std::vector<Part> parts;         ///< the side each is on
  const Table* table = nullptr;    ///< for errors' places

  std::size_t size() const { return rows.size(); }
  std::string place(std::size_t row, const FrameColumn& column) const;
  /// Only the rows with `keep`.
  void filter(const std::vector<bool>& keep);
  /// Columns with each one-hot one's own counted.
  std::size_t width() const;
  /// Makes every column of 0 and 1 a column of numbers. Refused where they would not fit in memory.
  Status spread();
};

/// A step with what it learned from the training rows.
class FittedStep {
 public:
  virtual ~FittedStep() = default;
  /// Any frame with the columns it was fitted on.
  virtual Status apply(Frame& frame) const = 0;
  /// The step as z = (x − mean) / deviation of every column, where it is no more than that.
  virtual std::optional<Standardisation> affine() const { return std::nullopt; }
  /// What was learned, for reading: {"sepal_width: mean", 3.05}.
  virtual std::vector<std::pair<std::string, double>> learned() const { return {}; }
};

/// One kind of step, said once: the list, the form, the JSON and the tests read this.
struct StepSpec {
  std::string id, name, help, formula;
  std::vector<Param> params;
  bool takesOneHot = false;  ///< works on one-hot columns as they are; for all other steps they are spread() before
  /// Learns from the rows of Part::Train only. Refuses what cannot work, with row and column.
  std::function<Result<std::unique_ptr<FittedStep>>(const Frame&, const Params&)> fit;
};

std::span<const StepSpec> stepRegistry();
const StepSpec* findStep(const std::string& id);
/// Fits or applies a step, on columns as it takes them.
Result<std::unique_ptr<FittedStep>> fitStep(const StepSpec& spec, Frame& frame, const Params& params);
Status applyStep(const StepSpec& spec, const FittedStep& step, Frame& frame);
/// Whether so many numbers fit in memory; else their size, the limit and the cure. `what`: "300000 rows × 9900 columns".
Status checkPreparedSize(const std::string& what, double numbers, double bytesEach);

}  // namespace vitrine
