#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/base/real.h"
#include "core/base/result.h"
#include "core/model/param.h"

namespace vitrine {

struct Dataset;
struct Graph;

enum class LossKind { CrossEntropy, MeanSquaredError, MeanAbsoluteError, Huber, BinaryCrossEntropy };

/// One loss, said once. The Output node's parameter "loss" holds its id.
struct LossSpec {
  std::string id;      ///< "cross-entropy", "mse"
  std::string name;    ///< "Cross-entropy"
  std::string axis;    ///< on a plot's axis: "cross-entropy (nats)"
  std::string help, formula;
  LossKind kind;
};

std::span<const LossSpec> lossRegistry();
/// Null when there is none of that id.
const LossSpec* findLoss(const std::string& id);
/// The loss that the graph's Output node names.
const LossSpec& lossOf(const Graph& graph);
/// What the losses have of settings ("huber_delta", "label_smoothing", "class_weights"…); parameters of the Output node.
std::vector<Param> lossParams();

/// A loss with its settings, ready for the hot path.
struct LossRule {
  LossKind kind = LossKind::CrossEntropy;
  double delta = 1;               ///< Huber: where the parabola becomes a line
  double smoothing = 0;           ///< cross-entropy: share of the target spread over all classes
  std::vector<Real> classWeights; ///< cross-entropy: one a class; empty: all 1
  /// Whether it compares with numbers ([rows × outputs]; one-hot for classes) instead of classes.
  bool wantsNumbers() const { return kind != LossKind::CrossEntropy; }
};
/// The numbers of a list like "1, 2.5, 0.5", one a class; refused when there are others than `classes` of them, or one is
/// not a positive number.
Result<std::vector<double>> parseClassWeights(const std::string& text, std::int64_t classes);
/// The loss that the graph's Output node names. Balanced class weights are n / (classes · n of the class) over the training rows.
LossRule lossRule(const Graph& graph, const Dataset& data);

/// Sums over rows. The mean loss is loss / weight (PyTorch's reduction "mean").
struct LossSum {
  double loss = 0;
  double weight = 0;  ///< rows, or the sum of their weights
  std::int64_t correct = 0;
  LossSum& operator+=(const LossSum& o) {
    loss += o.loss, weight += o.weight, correct += o.correct;
    return *this;
  }
};
/// Fused softmax and cross-entropy over rows of logits [rows × outputs], stable for any finite logits. Writes
/// d (sum over rows of loss · scale) / d logits to `gradient` when not null. Returns the sum of the rows' losses (not
/// scaled), summed in double in order of rows; counts rows whose largest logit (first of equals) is the class.
LossSum crossEntropy(std::int64_t rows, std::int64_t outputs, const Real* logits, const std::int32_t* classes, double scale,
                     Real* gradient, const LossRule& rule = {}, const Real* rowWeights = nullptr);
/// The losses that compare with numbers [rows × outputs]: the mean over a row's outputs, as PyTorch's MSELoss, L1Loss,
/// HuberLoss and BCEWithLogitsLoss have it; `correct` stays 0.
LossSum numberLoss(const LossRule& rule, std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets,
                   double scale, Real* gradient, const Real* rowWeights = nullptr);
/// Rows whose labels are all told right: value above `threshold` where the target is 1 (subset accuracy).
std::int64_t countRightLabels(std::int64_t rows, std::int64_t outputs, const Real* values, const Real* targets, Real threshold);

/// What a loss compares with, gathered for a block of rows.
struct LossTargets {
  std::vector<std::int32_t> classes;
  std::vector<Real> numbers, weights;
};
/// The data set's loss over `rows` whose outputs are `values`; `room` is reused from block to block.
LossSum dataLoss(const LossRule& rule, const Dataset& data, std::span<const std::int32_t> rows, const Real* values, double scale, LossTargets& room,
                 Real* gradient);
/// numberLoss with squared errors.
LossSum meanSquaredError(std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets, double scale,
                         Real* gradient);
/// Rows whose largest output (first of equals) is the class.
std::int64_t countCorrect(std::int64_t rows, std::int64_t outputs, const Real* values, const std::int32_t* classes);
/// softmax of each row, stable.
void softmaxRows(std::int64_t rows, std::int64_t n, const Real* logits, Real* probabilities);

}  // namespace vitrine
