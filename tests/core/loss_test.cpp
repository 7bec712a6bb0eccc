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

TEST(Loss, RowsCountByTheirWeight) {
  const std::vector<Real> z{1, 2, 3, Real(0.5), -1, 2, Real(-0.3), Real(0.7), Real(0.1), 2, 0, -1};
  const std::vector<Real> t{1, 0, 1, 0, 0, 1, 1, 1, 0, 0, 1, 0}, w{1, 2, 0, Real(0.5)};
  LossRule rule;
  rule.kind = LossKind::BinaryCrossEntropy;
  std::vector<Real> g(12, NAN);
  const LossSum sum = numberLoss(rule, 4, 3, z.data(), t.data(), 1, g.data(), w.data());
  EXPECT_NEAR(sum.loss / sum.weight, 0.655617078145345, 1e-6);  // PyTorch 1.13
  for (int i = 6; i < 9; ++i) EXPECT_EQ(g[static_cast<std::size_t>(i)], 0);
  // A weight of two is the row twice.
  const std::int32_t one[] = {2, 0}, two[] = {2, 0, 0};
  const std::vector<Real> twice{1, 2, 3, Real(0.5), -1, 2, Real(0.5), -1, 2};
  EXPECT_NEAR(crossEntropy(2, 3, z.data(), one, 1, nullptr, {}, w.data()).loss, crossEntropy(3, 3, twice.data(), two, 1, nullptr).loss, 1e-6);
  EXPECT_EQ(crossEntropy(2, 3, z.data(), one, 1, nullptr, {}, w.data()).weight, 3);
}

TEST(Loss, LabelsAreRightOnlyTogether) {
  const std::vector<Real> z{1, -1, 2, 1, 1, -1}, t{1, 0, 1, 0, 1, 0};
  EXPECT_EQ(countRightLabels(2, 3, z.data(), t.data(), 0), 1);
}

TEST(Loss, OwnClassWeightsAreReadOrRefused) {
  const Result<std::vector<double>> w = parseClassWeights("1, 2.5 ,0.5", 3);
  ASSERT_TRUE(w.ok());
  EXPECT_EQ(*w, (std::vector<double>{1, 2.5, 0.5}));
  for (const char* bad : {"1, 2", "1, 2, 3, 4", "1, -2, 3", "1, x, 3", "1, 0, 3", "", "1, inf, 2", "1, 2, nan"}) EXPECT_FALSE(parseClassWeights(bad, 3).ok()) << bad;
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
