#pragma once

#include <functional>
#include <limits>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/train/trainer.h"

namespace vitrine {

/// One number of a step, with how it comes about.
struct StepRow {
  std::string label;    ///< "∂L/∂y"
  std::string formula;  ///< plain text: "Σ xᵢ·wᵢ"; empty: none
  double value = 0;
  std::optional<double> difference = {};  ///< what central differences of the batch's loss give for the same gradient
  std::string note = {};             ///< "h = 0.005", "of the batch's 64 samples"; empty: none
  bool corner = false;  ///< the loss has a corner within h: `difference` is the mean of two slopes, which the note names
};

/// Numbers by name; NaN where there is none.
struct StepTable {
  std::string title;
  std::vector<std::string> columns;
  std::vector<std::string> names;  ///< one a row
  std::vector<double> values;      ///< [names × columns]
  std::string note = {};
  void add(std::string name, const std::vector<double>& row) {
    names.push_back(std::move(name));
    values.insert(values.end(), row.begin(), row.end());
  }
  double at(std::size_t row, std::size_t column) const { return values[row * columns.size() + column]; }
  /// Column number; requires that it is there.
  std::size_t column(const std::string& name) const;
};

struct StepSection {
  std::string title;
  std::vector<StepRow> rows;
  std::vector<StepTable> tables = {};
  const StepRow* find(const std::string& label) const;
};

/// Which number of which step.
struct StepQuestion {
  std::shared_ptr<const Network> network;
  DatasetPtr data;
  std::span<const Real> params;
  /// The optimiser's memory before the step; null, or of another optimiser: a fresh one.
  const OptimiserState* optimiser = nullptr;
  TrainSettings settings;          ///< optimiser, clipping
  double rate = 1e-3;              ///< learning rate of this step
  RngKey rng;                      ///< dropout's masks, augmentation
  std::vector<std::int32_t> rows;  ///< the batch; one row: that sample alone
  std::size_t sample = 0;          ///< place in `rows` of the sample whose numbers are shown
  NodeId node;
  std::int64_t unit = 0;           ///< index in the node's output, engine layout
  std::int64_t parameter = -1;     ///< place in the flat vector of the parameter whose update is worked out; -1: the steepest
  int differences = 64;            ///< most inputs, and most parameters, whose gradient is compared with differences (steepest first)
  std::stop_token stop = {};
  std::function<void(double)> progress = {};
};

struct StepExplanation {
  std::string node, unit;      ///< names, for a title
  std::vector<StepSection> sections;  ///< forward, backward, parameters, update
  double loss = 0;             ///< the batch's mean loss, without penalties
  double seconds = 0;
  const StepSection* find(const std::string& title) const;
};

/// What the next batch of a run will do: its rows, learning rate and random stream; the trainer's own numbers.
StepQuestion nextStep(const Snapshot& snapshot, NodeId node, std::int64_t unit);

/// The actual numbers of one unit in one training step (Mode::Train): what it reads, weighs and gives, the gradient that comes back,
/// what every one of its parameters gets, and the optimiser's step. Gradients are those of the mean loss over `rows`.
/// Differences: (L(p + h) − L(p − h)) / 2h with h = ∛ε · max(1, |p|), ε that of Real; where a corner of the loss lies within h (a
/// rectifier near 0, a tie of max pooling) they are not the gradient, and the notes say so. Errors: places that do not exist, numbers that
/// are not finite, a stop.
Result<StepExplanation> explainStep(const StepQuestion& question);

}  // namespace vitrine
