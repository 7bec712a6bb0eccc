// The worked examples of Captum's own unit tests, on networks whose numbers can be followed by hand.
#include <cmath>

#include "core/explain/explainer.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

using std::int64_t;
using test::Drawing;
using Values = std::vector<Real>;

struct Hand {
  std::shared_ptr<const Network> network;
  Buffer params;
  explicit Hand(std::shared_ptr<const Network> n) : network(std::move(n)), params(static_cast<std::size_t>(network->parameterCount())) {
    for (Real& p : params) p = 0;
  }
  Hand& set(const std::string& block, const Values& values) {
    for (const PlacedBlock& b : network->blocks()) {
      if (b.fullName != block) continue;
      EXPECT_EQ(static_cast<std::size_t>(b.size()), values.size()) << block;
      std::copy(values.begin(), values.end(), params.begin() + b.offset);
      return *this;
    }
    ADD_FAILURE() << "no block " << block;
    return *this;
  }
  Attribution explain(const std::string& id, const Values& x, const Params& settings = {}, const Values& baseline = {},
                      std::vector<std::int32_t> groups = {}) const {
    const Result<Attribution> a = findExplainer(id)->explain({.network = *network, .params = params.span(), .input = x, .target = {.output = 0},
                                                              .settings = settings, .baseline = baseline, .groups = groups});
    if (!a) ADD_FAILURE() << id << ": " << a.error().text();
    return a ? *a : Attribution{};
  }
};

void near(const Values& values, const std::vector<double>& expected, double tolerance = 1e-4) {
  ASSERT_EQ(values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(values[i], expected[i], tolerance * std::max(1.0, std::abs(expected[i]))) << "at " << i;
}

Params noBias(int64_t units) { return {{"units", units}, {"use_bias", false}}; }

/// "M": 3-3-4-2.
Hand m() {
  Drawing d;
  d.add("input", "in").add("dense", "linear0", noBias(3)).dense("linear1", 4).add("relu", "relu").dense("linear2", 2).add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({3}, 2)));
  return std::move(h.set("linear0.weight", {1, 0, 0, 0, 1, 0, 0, 0, 1}).set("linear1.weight", Values(12, 1)).set("linear1.bias", {-10, 1, 1, 1})
                       .set("linear2.weight", Values(8, 1)).set("linear2.bias", {-1, 1}));
}

/// "C": a 3 × 3 convolution of two filters on 4 × 4 and a dense layer.
Hand c() {
  Drawing d;
  d.add("input", "in").conv("conv1", 2, 3, 0).add("relu", "relu1").add("flatten", "flat").dense("fc1", 4).add("relu", "relu2");
  d.add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({4, 4, 1}, 4)));
  Values weights;
  for (int i = 0; i < 8; ++i) weights.insert(weights.end(), 4, i < 5 ? Real(1) : Real(-1));
  return std::move(h.set("conv1.weight", Values(18, 1)).set("conv1.bias", {-50, -75}).set("fc1.weight", weights));
}
Values upTo15(Real add = 0) {
  Values x;
  for (int i = 0; i < 16; ++i) x.push_back(static_cast<Real>(i) + add);
  return x;
}
const Values kX{20, 50, 30};

TEST(WorkedExamples, SaliencyAtAKink) {
  Drawing d;
  d.add("input", "in").dense("a", 6).add("relu", "r").dense("b", 1).add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({6}, 1)));
  Values minus(36, 0);
  for (std::size_t i = 0; i < 6; ++i) minus[i * 7] = -1;
  h.set("a.weight", minus).set("a.bias", Values(6, 1)).set("b.weight", Values(6, -1)).set("b.bias", {6});
  near(h.explain("saliency", {1, 2, 3, 0, -1, 7}, {{"sign", std::string("absolute")}}).values, {0, 0, 0, 1, 1, 0});
}

TEST(WorkedExamples, Ablation) {
  near(m().explain("feature-ablation", kX).values, {80, 200, 120});
  near(m().explain("feature-ablation", {2, 10, 3}).values, {8, 35, 12});
  near(m().explain("feature-ablation", kX, {}, {}, {0, 0, 1}).values, {280, 280, 120});
  near(m().explain("feature-ablation", kX, {}, {4, 4, 4}, {0, 0, 1}).values, {248, 248, 104});
}

TEST(WorkedExamples, OcclusionOfVectors) {
  const auto windows = [](int64_t stride) { return Params{{"window", IntPair{1, 2}}, {"stride", IntPair{1, stride}}}; };
  near(m().explain("occlusion", kX, windows(1), {10, 10, 10}).values, {200, 220, 240});
  Params filled = windows(1);
  filled["value"] = 10.0;
  near(m().explain("occlusion", kX, filled).values, {200, 220, 240});
  near(m().explain("occlusion", kX, windows(2)).values, {280, 280, 120});
}

/// Columns 0 and 1 belong together (a category's one-hot numbers): they are covered together, and column 2 by itself.
TEST(WorkedExamples, OcclusionOfColumns) {
  const Params one = settingsFor(*findExplainer("occlusion"), {3}, {});
  const Attribution a = m().explain("occlusion", kX, one, {}, {0, 0, 1});
  near(a.values, {280, 280, 120});
  EXPECT_EQ(a.groupValues, (std::vector<double>{280, 120}));
  near(m().explain("occlusion", kX, one).values, {80, 200, 120});  // as feature ablation
  EXPECT_EQ(settingsFor(*findExplainer("occlusion"), {8, 8, 1}, {}), Params{});
  EXPECT_EQ(std::get<IntPair>(settingsFor(*findExplainer("occlusion"), {3}, {{"window", IntPair{1, 2}}})["window"]), (IntPair{1, 2}));
}

/// Batch norm with nothing before it to be merged into: zennit's composites pass relevance through it; Captum's epsilon rule scales it by the
/// input's share of the output.
TEST(WorkedExamples, LrpOfABatchNormAtTheInput) {
  Drawing d;
  d.add("input", "in").add("batchnorm", "bn", {{"epsilon", 1e-8}}).add("dense", "u", noBias(1)).add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({2}, 1)));
  h.set("bn.weight", {1, 1}).set("bn.running_mean", {3, 3}).set("bn.running_var", {1, 1}).set("u.weight", {1, 1});
  near(h.explain("lrp", {5, 2}).values, {2, -1});
  near(h.explain("lrp", {5, 2}, {{"convention", std::string("captum")}}).values, {5, 2});
}

/// One cell: every mask is the same everywhere, as in the paper, where the grid has no cell more than was asked for.
TEST(WorkedExamples, RiseOfOneCellIsEven) {
  const Values map = c().explain("rise", upTo15(), {{"cells", int64_t{1}}, {"masks", int64_t{50}}}).values;
  for (const Real v : map) EXPECT_EQ(v, map[0]);
}

TEST(WorkedExamples, OcclusionOfImages) {
  // C(X + ONE) as a function of X: the baseline is ONE; as a function of ONE it is X.
  const Values x = upTo15(1), one(16, 1);
  near(c().explain("occlusion", x, {{"window", IntPair{2, 3}}, {"stride", IntPair{2, 1}}}, one).values,
       {17, 17, 17, 17, 17, 17, 17, 17, 64, 65.5, 65.5, 67, 64, 65.5, 65.5, 67});
  near(c().explain("occlusion", x, {{"window", IntPair{1, 2}}, {"stride", IntPair{1, 2}}}, upTo15()).values, {3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0});
  near(c().explain("occlusion", x, {{"window", IntPair{4, 4}}}, one).values, std::vector<double>(16, 67));
  near(c().explain("occlusion", x, {{"window", IntPair{4, 4}}}, upTo15()).values, std::vector<double>(16, 13));
}

TEST(WorkedExamples, Shapley) {
  for (const std::string id : {"shapley", "kernel-shap"}) {
    near(m().explain(id, kX).values, {230.0 / 3, 590.0 / 3, 350.0 / 3});
    near(m().explain(id, {2, 10, 3}).values, {7, 32.5, 10.5});
    near(m().explain(id, kX, {}, {}, {0, 0, 1}).values, {275, 275, 115});
  }
}

TEST(WorkedExamples, GradCam) {
  const auto at = [](const std::string& layer, bool relu) { return Params{{"layer", layer}, {"relu", relu}, {"enlarge", std::string("none")}}; };
  near(c().explain("grad-cam", upTo15(), at("conv1", false)).values, {11.25, 13.5, 20.25, 22.5});
  near(c().explain("grad-cam", upTo15(), at("relu1", false)).values, {0, 4, 28, 32.5});
  near(c().explain("grad-cam", upTo15(1), at("conv1", false)).values, {14.5, 19, 32.5, 37});
  Values x = upTo15();
  x[5] = -4;
  std::vector<double> expected;
  for (Real v : x) expected.push_back(0.5625 * static_cast<double>(v));
  near(c().explain("grad-cam", x, at("in", false)).values, expected);
  EXPECT_EQ(c().explain("grad-cam", x, at("in", true)).values[5], 0);
}

TEST(WorkedExamples, GuidedBackpropDeconvnetAndGuidedGradCam) {
  near(c().explain("guided-backprop", upTo15()).values, {0, 1, 1, 1, 1, 3, 3, 2, 1, 3, 3, 2, 1, 2, 2, 1});
  near(c().explain("deconvnet", upTo15()).values, {2, 3, 3, 1, 3, 5, 5, 2, 3, 5, 5, 2, 1, 2, 2, 1});
  near(c().explain("guided-grad-cam", upTo15(), {{"layer", std::string("relu1")}, {"enlarge", std::string("nearest")}}).values,
       {0, 0, 4, 4, 0, 0, 12, 8, 28, 84, 97.5, 65, 28, 56, 65, 32.5});
}

TEST(WorkedExamples, DeepLift) {
  Drawing d;
  d.add("input", "in").dense("a", 2).add("relu", "r").dense("b", 1).add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({2}, 1)));
  h.set("a.weight", {1, 0, 0, 1}).set("a.bias", {0, -1.5}).set("b.weight", {2, 2});
  near(h.explain("deeplift", {1, 2}).values, {2, 1});
  Drawing pool;
  pool.add("input", "in").add("reshape", "series", {{"to", std::string("series")}, {"steps", int64_t{4}}}).add("maxpool1d", "max", {{"kernel", int64_t{4}}});
  pool.add("flatten", "flat").add("output", "out", {{"loss", std::string("mse")}});
  const Hand max(pool.compile(test::numbersOf({4}, 1)));
  near(max.explain("deeplift", {1, 1, 1, 1}, {}, {1, 2, 3, 9}).values, {0, 0, 0, -8});
  near(max.explain("deeplift", {1, 1, 1, 1}, {}, {4, 8, 6, 7}).values, {0, -7, 0, 0});
}

TEST(WorkedExamples, Lrp) {
  const auto twoLayers = [](const std::string& activation, int64_t hidden, Values first, Values second) {
    Drawing d;
    d.add("input", "in").add("dense", "a", noBias(hidden)).add(activation, "r").add("dense", "b", noBias(1)).add("output", "out", {{"loss", std::string("mse")}});
    return std::move(Hand(d.compile(test::numbersOf({3}, 1))).set("a.weight", first).set("b.weight", second));
  };
  const Values x{1, 2, 3};
  near(twoLayers("relu", 3, Values(9, 2), Values(3, 3)).explain("lrp", x).values, {18, 36, 54});
  Values first(9, 2);
  first[0] = -2;
  const Hand negative = twoLayers("relu", 3, first, Values(3, 3));
  for (const std::string convention : {"captum", "zennit"})
    near(negative.explain("lrp", x, {{"rule", std::string("z-plus")}, {"convention", convention}}).values, {12, 33.6, 50.4});
  near(twoLayers("tanh", 3, Values(9, Real(0.1)), Values(3, Real(0.1))).explain("lrp", x).values, {0.026852, 0.053705, 0.080557});
}

TEST(WorkedExamples, IntegratedGradientsDoNotDependOnTheImplementation) {
  Drawing one;
  one.add("input", "in").dense("a", 2).add("relu", "r").dense("b", 1).add("relu", "s").add("output", "out", {{"loss", std::string("mse")}});
  Hand first(one.compile(test::numbersOf({2}, 1))), second(one.compile(test::numbersOf({2}, 1)));
  first.set("a.weight", {1, 0, 0, 1}).set("b.weight", {1, -1}).set("b.bias", {-1});
  second.set("a.weight", {1, 0, 0, 1}).set("a.bias", {-1, 0}).set("b.weight", {1, -1});
  for (const Hand* h : {&first, &second}) near(h->explain("integrated-gradients", {3, 1}, {{"steps", int64_t{500}}}).values, {1.5, -0.5}, 0.05);
}

TEST(WorkedExamples, ConductanceAndGradientTimesActivation) {
  const auto at = [](const std::string& layer) { return Params{{"layer", layer}, {"steps", int64_t{500}}}; };
  const Values x{0, 100, 0};
  near(m().explain("layer-conductance", x, at("linear0")).values, {0, 390, 0}, 0.01);
  for (const std::string layer : {"linear1", "relu"}) near(m().explain("layer-conductance", x, at(layer)).values, {90, 100, 100, 100}, 0.01);
  near(m().explain("layer-conductance", x, at("linear2")).values, {390, 0}, 0.01);
  near(m().explain("layer-gradient-x-activation", x, {{"layer", std::string("linear0")}}).values, {0, 400, 0});
}

/// relu(3 a₁ + a₂) + relu(2 b₁ + 3 b₂): at the ReLU's input one of the two sums speaks, the other is switched off.
TEST(WorkedExamples, AtTheInputOfARelu) {
  const auto loss = Params{{"loss", std::string("mse")}};
  Drawing d, head;
  d.add("input", "in").add("dense", "z", noBias(2)).add("relu", "r").add("dense", "sum", noBias(1)).add("output", "out", loss);
  head.add("input", "z").add("relu", "r").add("dense", "sum", noBias(1)).add("output", "out", loss);
  Hand whole(d.compile(test::numbersOf({6}, 1))), fromZ(head.compile(test::numbersOf({2}, 1)));
  whole.set("z.weight", {3, 0, 1, 0, 0, 0, 0, 2, 0, 3, 0, 0}).set("sum.weight", {1, 1});
  fromZ.set("sum.weight", {1, 1});
  const Values x{-10, 1, -5, 3, 3, 1};
  const Attribution layer = fromZ.explain("deeplift", {-29, 15});
  near(layer.values, {0, 15});
  EXPECT_EQ(layer.outputValue, 15);
  near(whole.explain("deeplift", x).values, {0, 0, 0, 6, 9, 0});
  near(whole.explain("layer-conductance", x, {{"layer", std::string("z")}, {"steps", int64_t{500}}}).values, {0, 15}, 0.01);
  near(whole.explain("layer-gradient-x-activation", x, {{"layer", std::string("z")}}).values, {0, 15});
}

/// Relevance that starts at a layer before batch norm knows nothing of the norm: x · w.
TEST(WorkedExamples, LrpOfAUnitBeforeBatchNorm) {
  Drawing d;
  d.add("input", "in").add("dense", "a", noBias(2)).add("batchnorm", "bn").dense("b", 1).add("output", "out", {{"loss", std::string("mse")}});
  Hand h(d.compile(test::numbersOf({3}, 1)));
  h.set("a.weight", {1, 4, 2, 5, 3, 6}).set("bn.weight", {3, 7}).set("bn.bias", {1, -1}).set("bn.running_mean", {2, 3}).set("bn.running_var", {4, 9}).set("b.weight", {1, 1});
  const NodeId a = h.network->graph().findName("a")->id;
  const Values x{1, -2, 3};
  for (const std::string convention : {"zennit", "captum"}) {
    const Params settings{{"convention", convention}};
    const Result<Attribution> unit = findExplainer("lrp")->explain({.network = *h.network, .params = h.params.span(), .input = x, .target = Target::unitOf(a, 1), .settings = settings});
    ASSERT_TRUE(unit) << unit.error().text();
    near(unit->values, {4, -10, 18});
    EXPECT_NEAR(unit->outputValue, 12, 1e-5);
  }
}

}  // namespace
}  // namespace vitrine
