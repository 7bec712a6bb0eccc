#pragma once

#include <span>
#include <string>

#include "core/base/real.h"
#include "core/model/param.h"

namespace vitrine {

enum class LossKind { CrossEntropy, MeanSquaredError };

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

/// Fused softmax and cross-entropy over rows of logits [rows × outputs], stable for any finite logits. Writes
/// d (sum over rows of loss · scale) / d logits to `gradient` when not null. Returns the sum of the rows' losses (not
/// scaled), summed in double in order of rows; counts rows whose largest logit (first of equals) is the class.
struct LossSum {
  double loss = 0;
  std::int64_t correct = 0;
};
LossSum crossEntropy(std::int64_t rows, std::int64_t outputs, const Real* logits, const std::int32_t* classes,
                     double scale, Real* gradient);
/// Mean over outputs of squared errors, per row (PyTorch's MSELoss of one row); `correct` stays 0.
LossSum meanSquaredError(std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets,
                         double scale, Real* gradient);
/// softmax of each row, stable.
void softmaxRows(std::int64_t rows, std::int64_t n, const Real* logits, Real* probabilities);

}  // namespace vitrine
