// Deletion and insertion: by hand, and what their curves may be judged by.
#include <set>

#include "tests/core/trust_case.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Removal, AreasByHand) {
  // y = 4a + 2b + c at (1, 1, 1): deletion in the map's order 7, 3, 1, 0; insertion 0, 4, 6, 7.
  const Linear l({4, 2, 1}, 0, {1, 1, 1}, {4, 2, 1});
  const ExplainArgs args = l.args();
  const Attribution map = *l.method.explain(args);
  const Params settings{{"step", 0.3}, {"score", std::string("output")}, {"orders", std::int64_t{400}}};
  const auto t = removalTest({l.method, args, map}, settings);
  ASSERT_TRUE(t) << t.error().text();
  EXPECT_EQ(t->shares, (std::vector<double>{0, 1.0 / 3, 2.0 / 3, 1}));
  EXPECT_EQ(t->deletion.score, (std::vector<double>{7, 3, 1, 0}));
  EXPECT_EQ(t->insertion.score, (std::vector<double>{0, 4, 6, 7}));
  EXPECT_NEAR(t->deletion.area, (3.5 + 3 + 1) / 3, 1e-12);
  EXPECT_NEAR(t->insertion.area, (4 + 6 + 3.5) / 3, 1e-12);
  // Random orders: a straight line on average, and deviations of areas over the six orders.
  EXPECT_NEAR(t->deletion.randomArea, 3.5, 0.1);
  EXPECT_NEAR(t->deletion.mean[1], 7 * 2.0 / 3, 0.2);
  EXPECT_NEAR(t->deletion.deviation[0], 0, 1e-9);
  EXPECT_NEAR(t->deletion.deviation[1], std::sqrt(14.0 / 9), 0.15);  // of 4, 2, 1 at random
  EXPECT_FALSE(t->probability);

  // Another baseline: what is taken away becomes 2, so y grows.
  const std::vector<Real> twos(3, Real(2));
  const auto other = removalTest({.method = l.method, .args = args, .map = map, .removed = twos}, settings);
  EXPECT_EQ(other->deletion.score, (std::vector<double>{7, 11, 13, 14}));
  // Groups: the second and third go together, and first (their sum is larger than a's only in this map).
  Attribution grouped = map;
  grouped.values = {2, Real(1.5), 1};
  const std::vector<std::int32_t> groups{7, 3, 3};
  const auto by = removalTest({.method = l.method, .args = args, .map = grouped, .groups = groups}, settings);
  EXPECT_EQ(by->deletion.score, (std::vector<double>{7, 4, 0}));
}

TEST(Removal, FewFeaturesAndConstantScoresAreNotJudged) {
  const auto deletionOf = [](std::vector<Real> weights, std::vector<Real> values) {
    const std::size_t n = weights.size();
    const Linear l(weights, 1, std::vector<Real>(n, 1), values);
    const ExplainArgs args = l.args();
    const Attribution map = *l.method.explain(args);
    const auto t = removalTest({l.method, args, map}, {{"score", std::string("output")}});
    EXPECT_TRUE(t) << t.error().text();
    EXPECT_EQ(t->groups, static_cast<std::int64_t>(n));
    TrustReport report;
    report.removal = *t;
    judge(l.method, map, report);
    EXPECT_EQ(report.findings.size(), 2u);
    return report.findings.front();
  };
  for (const std::vector<Real>& weights : {std::vector<Real>{3}, std::vector<Real>{4, 2, 1, -1}}) {
    const TrustFinding f = deletionOf(weights, weights);
    EXPECT_FALSE(f.verdict);
    EXPECT_NE(f.sentence.find("Too few features"), std::string::npos) << f.sentence;
  }
  std::vector<Real> falling;
  for (int i = 0; i < 40; ++i) falling.push_back(static_cast<Real>(40 - i));
  const TrustFinding constant = deletionOf(std::vector<Real>(40, 0), falling);
  EXPECT_FALSE(constant.verdict);
  EXPECT_NE(constant.sentence.find("same in any order"), std::string::npos) << constant.sentence;
  EXPECT_EQ(deletionOf(falling, falling).verdict, Verdict::Passes);
  // A score of 1000 that orders change by hundredths tells nothing of the order.
  std::vector<Real> hardly, rising;
  for (int i = 0; i < 40; ++i) hardly.push_back(static_cast<Real>(0.001 * (40 - i))), rising.push_back(static_cast<Real>(i));
  const Linear large(hardly, 1000, std::vector<Real>(40, 1), rising);
  const ExplainArgs args = large.args();
  const Attribution worst = *large.method.explain(args);
  TrustReport report;
  report.removal = *removalTest({large.method, args, worst}, {{"score", std::string("output")}});
  judge(large.method, worst, report);
  EXPECT_FALSE(report.findings.front().verdict) << report.findings.front().sentence;
}

TEST(Removal, SharesFollowTheStep) {
  const Linear l(std::vector<Real>(40, 1), 0, std::vector<Real>(40, 1), std::vector<Real>(40, 1));
  const ExplainArgs args = l.args();
  const Attribution map = *l.method.explain(args);
  for (const double step : {0.05, 0.1, 0.3, 1.0}) {
    const auto t = removalTest({l.method, args, map}, {{"step", step}});
    ASSERT_TRUE(t);
    // Of 40, the first step of 2, 4, 12 or 40 is taken by 1, 2, 4 …
    const std::size_t finer = step == 0.05 ? 1 : step == 0.1 ? 2 : step == 0.3 ? 4 : 6;
    ASSERT_EQ(t->shares.size(), static_cast<std::size_t>(std::ceil(1 / step - 1e-9)) + 1 + finer) << step;
    EXPECT_EQ(t->shares.back(), 1);
    for (std::size_t i = 0; i < finer; ++i) EXPECT_NEAR(t->shares[i + 1], std::exp2(i) / 40, 1e-12) << step;
    EXPECT_NEAR(t->shares[finer + 1], step, 1e-12);
  }
  EXPECT_FALSE(removalTest({l.method, args, map}, {{"step", 0.0}}));
}

/// One input of 784 decides. Random orders come to it anywhere, so their areas spread over 0 … 1 by 0.29 and no map is better than their
/// mean by two deviations; the best there is is better than each of them.
TEST(Removal, TheBestThereIsPassesWhereOneInputDecides) {
  constexpr std::size_t kInputs = 784, kPlace = 300;
  std::vector<Real> weights(kInputs, 0);
  weights[kPlace] = 1;
  const auto tested = [&](const Params& settings) {
    const Linear l(weights, 0, std::vector<Real>(kInputs, 1), weights);
    const ExplainArgs args = l.args();
    const Attribution a = *l.method.explain(args);
    const Result<RemovalTest> t = removalTest({l.method, args, a}, settings);
    EXPECT_TRUE(t) << t.error().text();
    // 1 until it is taken, 0 from there on: half of the first step, which is one input.
    EXPECT_NEAR(t->deletion.area, 0.5 / kInputs, 1e-9);
    EXPECT_NEAR(t->insertion.area, 1 - 0.5 / kInputs, 1e-9);
    EXPECT_LT(t->deletion.randomArea - t->deletion.area, 2 * t->deletion.randomDeviation);
    EXPECT_LT(t->deletion.randomLeast, t->deletion.randomArea);
    EXPECT_GT(t->deletion.randomMost, t->deletion.randomArea);
    TrustReport report;
    report.removal = *t;
    judge(l.method, a, report);
    return report;
  };
  const TrustReport best = tested({});
  EXPECT_EQ(best.verdict, Verdict::Passes) << best.sentence;
  EXPECT_NE(best.findings[0].sentence.find("better than each of 20 random orders"), std::string::npos) << best.findings[0].sentence;
  // To be better than each of few orders is chance too often.
  EXPECT_EQ(tested({{"orders", std::int64_t{19}}}).verdict, Verdict::Doubtful);
}

/// Nine of ten columns get the same: that the one which decides is the first of them is not the map's merit.
TEST(Removal, TiesGoInAnOrderThatTheSeedDraws) {
  std::vector<Real> map(10, 1);
  map.back() = 0;
  const Linear l(firstOf(10), 0, std::vector<Real>(10, 1), map);
  ThreadPool three(3);
  ExplainArgs args = l.args();
  const Attribution a = *l.method.explain(args);
  std::set<double> areas;
  double mean = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const auto t = removalTest({.method = l.method, .args = args, .map = a, .seed = seed}, {});
    ASSERT_TRUE(t);
    EXPECT_FALSE(t->flat);
    ExplainArgs shared = args;
    shared.pool = &three;
    EXPECT_EQ(removalTest({.method = l.method, .args = shared, .map = a, .seed = seed}, {})->deletion.score, t->deletion.score);
    areas.insert(t->deletion.area);
    mean += t->deletion.area / 40;
  }
  EXPECT_GE(areas.size(), 6u);
  EXPECT_NEAR(mean, 0.45, 0.12);  // it stands anywhere among nine: 0.05, 0.15 … 0.85
}

}  // namespace
}  // namespace vitrine
