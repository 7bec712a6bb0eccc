#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/train/loss.h"
#include "core/train/optimiser.h"

namespace vitrine {
namespace {

TEST(Loss, CrossEntropyByHand) {
  // softmax(1, 2, 3) = (0.0900306, 0.2447285, 0.6652410)
  const std::vector<Real> z{1, 2, 3};
  const std::int32_t c = 2;
  std::vector<Real> g(3, NAN);
  const LossSum s = crossEntropy(1, 3, z.data(), &c, 1, g.data());
  EXPECT_NEAR(s.loss, 0.4076059644, 1e-6);
  EXPECT_EQ(s.correct, 1);
  EXPECT_NEAR(g[0], 0.09003057, 1e-6);
  EXPECT_NEAR(g[1], 0.24472847, 1e-6);
  EXPECT_NEAR(g[2], 0.66524096 - 1, 1e-6);
}

TEST(Loss, CrossEntropyOfHugeLogitsIsFinite) {
  const std::vector<Real> z{Real(1e30), Real(-1e30)};
  const std::int32_t c = 0;
  std::vector<Real> g(2, NAN);
  EXPECT_EQ(crossEntropy(1, 2, z.data(), &c, 1, g.data()).loss, 0);
  EXPECT_EQ(g[0], 0);
  EXPECT_EQ(g[1], 0);
}

TEST(Loss, MeanSquareOfOnesIsOne) {
  const std::vector<Real> y{2, 2, 2, 2}, t{1, 1, 1, 1};
  std::vector<Real> g(4, NAN);
  EXPECT_DOUBLE_EQ(meanSquaredError(1, 4, y.data(), t.data(), 1, g.data()).loss, 1.0);
  for (Real x : g) EXPECT_FLOAT_EQ(static_cast<float>(x), 0.5f);
}

/// Two steps on f(p) = p²/2 (gradient p) from p = 1, worked by PyTorch's definitions.
double afterTwo(const OptimiserChoice& choice, double rate) {
  Buffer p(1);
  p[0] = 1;
  OptimiserState state = freshState(choice, 1);
  const OptimiserRule rule = optimiserRule(choice);
  for (int i = 0; i < 2; ++i) {
    const Real g = p[0];
    beginStep(rule, state);
    applyOptimiser(rule, rate, 0, 1, &g, p.data(), state);
  }
  return p[0];
}

TEST(Optimiser, ByHand) {
  EXPECT_NEAR(afterTwo({"sgd", {}}, 0.1), 0.81, 1e-6);
  EXPECT_NEAR(afterTwo({"momentum", {}}, 0.1), 0.9 - 0.1 * (0.9 + 0.9), 1e-6);
  const double r1 = 1 - 0.01 * 1 / (std::sqrt(0.01) + 1e-8);
  const double v2 = 0.99 * 0.01 + 0.01 * r1 * r1;
  EXPECT_NEAR(afterTwo({"rmsprop", {}}, 0.01), r1 - 0.01 * r1 / (std::sqrt(v2) + 1e-8), 1e-6);
  const double a1 = 1 - 0.001;
  const double m = 0.9 * 0.1 + 0.1 * a1, v = 0.999 * 0.001 + 0.001 * a1 * a1;
  EXPECT_NEAR(afterTwo({"adam", {}}, 0.001), a1 - 0.001 * (m / (1 - 0.81)) / (std::sqrt(v / (1 - 0.999 * 0.999)) + 1e-8), 1e-6);
}

TEST(Optimiser, L2PenaltyIsAddedToTheGradient) {
  EXPECT_NEAR(afterTwo({"sgd", {{"weight_decay", 0.5}}}, 0.1), 0.85 * 0.85, 1e-6);
}

}  // namespace
}  // namespace vitrine
