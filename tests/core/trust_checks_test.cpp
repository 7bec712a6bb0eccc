// The other checks by themselves: by hand, against Captum's values, and on networks drawn anew.
#include "tests/core/trust_case.h"

namespace vitrine {
namespace {

using namespace test;

TEST(RankCorrelation, ByHand) {
  const auto r = [](std::vector<double> a, std::vector<double> b) { return rankCorrelation(a, b); };
  EXPECT_DOUBLE_EQ(*r({1, 2, 3, 4}, {10, 20, 30, 400}), 1);
  EXPECT_DOUBLE_EQ(*r({1, 2, 3, 4}, {4, 3, 2, 1}), -1);
  EXPECT_DOUBLE_EQ(*r({1, 2, 3, 4}, {2, 1, 4, 3}), 0.6);
  // Ties at their mean rank: (0.5, 0.5, 2) and (0, 1, 2) give 1.5 / √(1.5 · 2).
  EXPECT_DOUBLE_EQ(*r({1, 1, 5}, {1, 2, 3}), 1.5 / std::sqrt(3.0));
  EXPECT_FALSE(r({1, 1, 1}, {1, 2, 3}));
  EXPECT_FALSE(r({1}, {2}));
  EXPECT_FALSE(r({1, NAN, 2}, {1, 2, 3}));
}

TEST(Agreement, ComparesMapsOfAllSizesByPixel) {
  Attribution full, plane, flat;
  full.shape = {1, 3, 2}, full.values = {1, -1, 0, Real(0.5), -3, 3};
  plane.shape = {1, 3, 1}, plane.values = {2, 1, 5};
  flat.shape = {1, 3, 1}, flat.values = {1, 1, 1};
  const std::vector<double> m = agreement(std::vector<Attribution>{full, plane, flat});
  ASSERT_EQ(m.size(), 9u);
  EXPECT_DOUBLE_EQ(m[0], 1);
  EXPECT_DOUBLE_EQ(m[1], 1);  // 2, 0.5, 6 and 2, 1, 5
  EXPECT_DOUBLE_EQ(m[3], 1);
  EXPECT_TRUE(std::isnan(m[2]) && std::isnan(m[8]));
  // A series by step.
  full.shape = {3, 2}, plane.shape = {3, 1};
  EXPECT_DOUBLE_EQ(agreement(std::vector<Attribution>{full, plane})[1], 1);
}

/// A category's four one-hot numbers are one feature: a method that gives the column one value, which stands in each of them, and one that
/// gives each number its own are ranked by what the column gets.
TEST(Agreement, TablesCompareByColumn) {
  const std::vector<std::int32_t> columns{0, 1, 1, 1, 1, 2};
  Attribution whole, parts;
  whole.shape = parts.shape = {6};
  whole.groups = columns, whole.groupValues = {3, 2, -1}, whole.values = {3, 2, 2, 2, 2, -1};
  parts.values = {5, Real(0.5), Real(0.5), Real(1), Real(1), 1};  // 5, 3, 1
  EXPECT_DOUBLE_EQ(agreement(std::vector<Attribution>{whole, parts}, columns)[1], 1);
  EXPECT_LT(agreement(std::vector<Attribution>{whole, parts})[1], 0.9);
}

/// The same in the order in which columns are taken away, and in the ranks of the networks drawn anew.
TEST(Removal, AColumnOfSeveralInputsCountsOnce) {
  // Column 1 has four inputs and matters less than columns 0 and 2; four times its value would put it first.
  const std::vector<std::int32_t> columns{0, 1, 1, 1, 1, 2};
  Linear l({5, 1, 0, 0, 0, 3}, 0, {1, 1, 1, 1, 1, 1}, {});
  l.method.explain = [columns](const ExplainArgs& a) -> Result<Attribution> {
    Attribution out;
    out.method = "fixed", out.shape = a.network.data().input;
    out.values = {5, 2, 2, 2, 2, 3}, out.groups = columns, out.groupValues = {5, 2, 3};
    return out;
  };
  const ExplainArgs args = l.args();
  const Attribution map = *l.method.explain(args);
  const auto t = removalTest({.method = l.method, .args = args, .map = map, .groups = columns}, {{"score", std::string("output")}, {"step", 0.34}});
  ASSERT_TRUE(t) << t.error().text();
  EXPECT_EQ(t->deletion.score, (std::vector<double>{9, 4, 1, 0}));
  const auto r = randomisationTest({.method = l.method, .args = args, .map = map, .groups = columns});
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_DOUBLE_EQ(r->back().correlation.value_or(0), 1);
}

TEST(InfidelityTest, ByHand) {
  // y = 2a − b; the map (1, 0); perturbations (1, 0), (0, 1), (2, 2): told 1, 0, 2; seen 2, −1, 2.
  const Linear l({2, -1}, Real(0.5), {3, 4}, {1, 0});
  const ExplainArgs args = l.args();
  const Attribution map = *l.method.explain(args);
  const auto i = infidelity({l.method, args, map}, std::vector<Real>{1, 0, 0, 1, 2, 2});
  ASSERT_TRUE(i) << i.error().text();
  EXPECT_NEAR(i->value, (1 + 1 + 0) / 3.0, 1e-6);
  // β = (1·2 + 0 + 2·2) / (1 + 0 + 4) = 1.2: (1.2 − 2)², 1, (2.4 − 2)².
  EXPECT_NEAR(i->normalised, (0.64 + 1 + 0.16) / 3, 1e-6);
  EXPECT_NEAR(i->unexplained, (0.64 + 1 + 0.16) / 9, 1e-6);
  // The gradient of a linear network is without fault, whatever is drawn.
  Linear exact({2, -1}, Real(0.5), {3, 4}, {2, -1});
  EXPECT_NEAR(infidelity({exact.method, args, *exact.method.explain(args)}, Params{})->value, 0, 1e-10);
  EXPECT_FALSE(infidelity({l.method, args, map}, std::vector<Real>{1, 2, 3}));
}

TEST(Sensitivity, ByHand) {
  // e(x) = x: |n| / |x| for x = (3, 4).
  Linear l({1, 1}, 0, {3, 4}, {0, 0});
  l.method.explain = [](const ExplainArgs& a) -> Result<Attribution> {
    Attribution out;
    out.values.assign(a.input.begin(), a.input.end());
    return out;
  };
  const ExplainArgs args = l.args();
  const Attribution map = *l.method.explain(args);
  EXPECT_NEAR(*maxSensitivity({l.method, args, map}, std::vector<Real>{Real(0.3), Real(0.4), 0, 1, Real(0.1), 0}), 0.2, 1e-6);
  Attribution zero = map;
  zero.values = {0, 0};
  EXPECT_NEAR(*maxSensitivity({l.method, args, zero}, std::vector<Real>{3, -4}), 6, 1e-6);  // a norm of 0 counts as 1: |(6, 0)|
}

// --- against Captum ---

/// Perturbations of a sample: its k rows.
std::vector<Real> noiseOf(const Reference& r, const std::string& array, std::int64_t sample) {
  const std::int64_t k = r.at(array).rows() / r.samples();
  std::vector<Real> out;
  for (std::int64_t j = 0; j < k; ++j)
    for (const Real v : r.input(array, sample * k + j)) out.push_back(v);
  return out;
}

/// Input × gradient of whatever the saliency gives: its own explainer is not needed for the check.
ExplainerSpec inputTimesGradient() {
  ExplainerSpec s;
  s.id = "input-x-gradient", s.name = "Input × gradient";
  s.explain = [](const ExplainArgs& a) {
    Result<Attribution> e = findExplainer("saliency")->explain(a);
    for (std::size_t i = 0; e && i < e->values.size(); ++i) e->values[i] *= a.input[i];
    return e;
  };
  return s;
}

TEST(TrustReference, InfidelityAndSensitivityAreCaptums) {
  for (const char* name : {"mlp_tanh_iris", "lstm", "cnn_fashion"}) {
    const Reference r(name);
    const ExplainerSpec product = inputTimesGradient();
    const Params none, absolute{{"sign", std::string("absolute")}};
    for (std::int64_t s = 0; s < r.samples(); ++s) {
      const std::vector<Real> x = r.input("x", s);
      const auto args = [&](const Params& settings) {
        return ExplainArgs{.network = r.network(), .params = r.params(), .input = x, .target = r.target(s), .settings = settings};
      };
      const std::vector<Real> inf = noiseOf(r, "noise.inf", s), sens = noiseOf(r, "noise.sens", s);
      const auto check = [&](const ExplainerSpec& method, const std::string& as) {
        const ExplainArgs a = args(none);
        const Attribution map = *method.explain(a);
        const auto i = infidelity({method, a, map}, inf);
        ASSERT_TRUE(i) << i.error().text();
        r.expectNear("metric.infidelity." + as, std::vector<double>{i->value}, s);
        r.expectNear("metric.infidelity." + as + ".normalized", std::vector<double>{i->normalised}, s);
      };
      check(*findExplainer("saliency"), "saliency_signed");
      check(product, "input_x_gradient");
      check(*findExplainer("integrated-gradients"), "ig_gausslegendre50");
      const ExplainArgs a = args(absolute), b = args(none);
      const Attribution saliency = *findExplainer("saliency")->explain(a), multiplied = *product.explain(b);
      r.expectNear("metric.sensitivity_max.saliency_abs", std::vector<double>{*maxSensitivity({*findExplainer("saliency"), a, saliency}, sens)}, s);
      r.expectNear("metric.sensitivity_max.input_x_gradient", std::vector<double>{*maxSensitivity({product, b, multiplied}, sens)}, s);
    }
  }
}

TEST(Randomisation, ABackgroundThatGetsNothingDoesNotCount) {
  const Trained t;
  const ExplainArgs args = t.args();
  // Random numbers on the first half of the inputs, another draw for other parameters; 0 on the rest.
  ExplainerSpec half = *findExplainer("saliency");
  half.explain = [&](const ExplainArgs& a) -> Result<Attribution> {
    Attribution out;
    out.shape = a.network.data().input;
    Rng rng(static_cast<std::uint64_t>(std::llround(1e6 * std::abs(static_cast<double>(a.params[0] + a.params.back())))), Stream::Test);
    for (std::size_t i = 0; i < a.input.size(); ++i) out.values.push_back(i < a.input.size() / 2 ? static_cast<Real>(rng.normal()) : Real(0));
    return out;
  };
  const Attribution map = *half.explain(args);
  const auto layers = randomisationTest({half, args, map});
  ASSERT_TRUE(layers && layers->back().correlation);
  EXPECT_EQ(layers->back().draws, 5);
  EXPECT_LT(std::abs(*layers->back().correlation), 0.35);
}

TEST(Randomisation, CorrelationFallsFromTheTopDown) {
  const Trained t;
  const ExplainArgs args = t.args();
  const ExplainerSpec& saliency = *findExplainer("saliency");
  const Attribution map = *saliency.explain(args);
  const auto layers = randomisationTest({saliency, args, map});
  ASSERT_TRUE(layers) << layers.error().text();
  ASSERT_EQ(layers->size(), 4u);
  EXPECT_EQ(layers->front().name, "fc2");
  EXPECT_EQ(layers->back().name, "conv1");
  for (const RandomisedLayer& l : *layers) ASSERT_TRUE(l.correlation);
  EXPECT_LT(std::abs(*layers->back().correlation), 0.5);
  // A method that looks at the input alone does not fall.
  ExplainerSpec edges = saliency;
  edges.explain = [](const ExplainArgs& a) -> Result<Attribution> {
    Attribution out;
    out.shape = a.network.data().input;
    out.values.assign(a.input.begin(), a.input.end());
    return out;
  };
  const Attribution same = *edges.explain(args);
  const auto stays = randomisationTest({edges, args, same});
  EXPECT_DOUBLE_EQ(*stays->back().correlation, 1);
  TrustReport report;
  report.randomisation = *stays;
  judge(edges, same, report);
  EXPECT_EQ(report.verdict, Verdict::Fails);
}

/// Maps that know nothing of each other but are smooth: one wave, at a phase that the parameters decide. Any two correlate by −1 … 1.
TEST(Randomisation, TheMeanOfSeveralDrawsTellsChanceFromResemblance) {
  const Trained t;
  const ExplainArgs args = t.args();
  ExplainerSpec wave = *findExplainer("saliency");
  wave.explain = [](const ExplainArgs& a) -> Result<Attribution> {
    Attribution out;
    out.shape = a.network.data().input;
    Rng rng(static_cast<std::uint64_t>(std::llround(1e6 * std::abs(static_cast<double>(a.params[0] + a.params.back() + a.params[7])))), Stream::Test);
    const double phase = rng.uniform(0, 6.283185307179586);
    for (std::size_t i = 0; i < a.input.size(); ++i) out.values.push_back(static_cast<Real>(2 + std::sin(phase + 0.0436332313 * static_cast<double>(i))));
    return out;
  };
  const Attribution map = *wave.explain(args);
  int failed = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const auto verdictOf = [&](std::int64_t draws, std::vector<RandomisedLayer>& layers) {
      const auto r = randomisationTest({.method = wave, .args = args, .map = map, .seed = seed}, {{"draws", draws}});
      EXPECT_TRUE(r) << r.error().text();
      layers = *r;
      TrustReport report;
      report.randomisation = *r;
      judge(wave, map, report);
      return report.findings.front();
    };
    std::vector<RandomisedLayer> one, many;
    failed += verdictOf(1, one).verdict == Verdict::Fails;
    const TrustFinding f = verdictOf(20, many);
    EXPECT_EQ(f.verdict, Verdict::Passes) << f.sentence;
    EXPECT_NE(f.sentence.find("over 20 draws"), std::string::npos) << f.sentence;
    EXPECT_EQ(one.back().draws, 1);
    EXPECT_EQ(one.back().deviation, 0);
    EXPECT_EQ(many.back().draws, 20);
    EXPECT_GT(many.back().deviation, 0.4);
    EXPECT_EQ(many.back().values, one.back().values);  // the first draw's
    for (std::size_t i = 0; i + 1 < many.size(); ++i) EXPECT_EQ(many[i].draws, 1);
  }
  EXPECT_GE(failed, 3);  // one draw: chance
}

}  // namespace
}  // namespace vitrine
