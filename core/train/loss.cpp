#include "core/train/loss.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/tensor/tensor.h"

namespace vitrine {

std::span<const LossSpec> lossRegistry() {
  static const std::array<LossSpec, 2> specs{{
      {"cross-entropy", "Cross-entropy", "cross-entropy (nats)",
       "For classes: how surprised the softmax of the outputs is by the true class. 0 is certain and right; ln(classes) is a guess.",
       "L = −ln softmax(z)[class]", LossKind::CrossEntropy},
      {"mse", "Mean squared error", "mean squared error",
       "For numbers: the mean of squared differences. With classes, the target is 1 for the true class and 0 elsewhere.",
       "L = mean((y − t)²)", LossKind::MeanSquaredError},
  }};
  return specs;
}

const LossSpec* findLoss(const std::string& id) {
  for (const LossSpec& s : lossRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

LossSum crossEntropy(std::int64_t rows, std::int64_t outputs, const Real* logits, const std::int32_t* classes, double scale,
                     Real* gradient) {
  LossSum sum;
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* z = logits + r * outputs;
    const std::int64_t best = std::max_element(z, z + outputs) - z;
    const Real top = z[best];
    double total = 0;
    for (std::int64_t c = 0; c < outputs; ++c) total += std::exp(z[c] - top);
    sum.loss += std::log(total) - static_cast<double>(z[classes[r]] - top);
    sum.correct += best == classes[r];
    if (!gradient) continue;
    Real* g = gradient + r * outputs;
    const Real f = static_cast<Real>(scale / total);
    for (std::int64_t c = 0; c < outputs; ++c) g[c] = std::exp(z[c] - top) * f;
    g[classes[r]] -= static_cast<Real>(scale);
  }
  return sum;
}

LossSum meanSquaredError(std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets, double scale,
                         Real* gradient) {
  LossSum sum;
  const Real f = static_cast<Real>(2 * scale / static_cast<double>(outputs));
  for (std::int64_t r = 0; r < rows; ++r) {
    double squares = 0;
    for (std::int64_t c = 0; c < outputs; ++c) {
      const Real d = predicted[r * outputs + c] - targets[r * outputs + c];
      squares += static_cast<double>(d) * d;
      if (gradient) gradient[r * outputs + c] = f * d;
    }
    sum.loss += squares / static_cast<double>(outputs);
  }
  return sum;
}

void softmaxRows(std::int64_t rows, std::int64_t n, const Real* logits, Real* probabilities) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const ConstVectorMap z(logits + r * n, n);
    VectorMap p(probabilities + r * n, n);
    p = (z.array() - z.maxCoeff()).exp();
    p /= p.sum();
  }
}

}  // namespace vitrine
