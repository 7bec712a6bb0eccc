// What attributions must do whatever the network: axioms, linear models, targets, groups, sets of rows.
#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "core/base/random.h"
#include "core/explain/baseline.h"
#include "core/explain/explainer.h"
#include "core/explain/groups.h"
#include "core/explain/table_importance.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

using std::int64_t;
using test::classesOf;
using test::Drawing;
using Values = std::vector<Real>;

struct Model {
  std::shared_ptr<const Network> network;
  Buffer params;
  explicit Model(std::shared_ptr<const Network> n, std::uint64_t seed = 3) : network(std::move(n)), params(network->initialise(seed)) {
    Rng rng(seed, Stream::Test);
    for (Real& p : params) p += static_cast<Real>(0.1 * rng.normal());
  }
  std::span<Real> block(const std::string& name) {
    for (const PlacedBlock& b : network->blocks())
      if (b.fullName == name) return params.span().subspan(static_cast<std::size_t>(b.offset), static_cast<std::size_t>(b.size()));
    throw std::runtime_error("no block " + name);
  }
  Attribution explain(const std::string& id, const Values& x, const Params& settings = {}, Target target = {.output = 0}, const Values& baseline = {}) const {
    const Result<Attribution> a = findExplainer(id)->explain({.network = *network, .params = params.span(), .input = x, .target = target, .settings = settings, .baseline = baseline});
    if (!a) ADD_FAILURE() << id << ": " << a.error().text();
    return a ? *a : Attribution{};
  }
  double f(const Values& x, int64_t output = 0) const { return explain("saliency", x, {}, {.output = output}).outputValue; }
};

Model mlp(int64_t inputs) {
  Drawing d;
  d.add("input", "in").dense("a", 8).add("tanh", "t").dense("b", 3).add("output", "out");
  return Model(d.compile(classesOf({inputs}, 3)));
}
Model linear(int64_t inputs) {
  Drawing d;
  d.add("input", "in").dense("only", 3).add("output", "out");
  return Model(d.compile(classesOf({inputs}, 3)));
}
Values random(std::size_t n, std::uint64_t seed) {
  Rng rng(seed, Stream::Test, 9);
  Values x(n);
  for (Real& v : x) v = static_cast<Real>(rng.normal());
  return x;
}

/// The definition by orders, which shares nothing with the subset formula.
TEST(ExplainAxioms, ShapleyIsTheMeanOverAllOrders) {
  const Model m = mlp(5);
  const Values x = random(5, 1), base = random(5, 2);
  std::vector<std::size_t> order{0, 1, 2, 3, 4};
  std::vector<double> phi(5, 0.0);
  int orders = 0;
  do {
    Values at = base;
    double before = m.f(at);
    for (std::size_t i : order) {
      at[i] = x[i];
      const double now = m.f(at);
      phi[i] += now - before;
      before = now;
    }
    ++orders;
  } while (std::next_permutation(order.begin(), order.end()));
  const Attribution exact = m.explain("shapley", x, {}, {.output = 0}, base), kernel = m.explain("kernel-shap", x, {}, {.output = 0}, base);
  const Attribution sampled = m.explain("shapley", x, {{"exact", int64_t{0}}, {"permutations", int64_t{400}}}, {.output = 0}, base);
  ASSERT_EQ(sampled.standardError.size(), 5u);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(exact.values[i], phi[i] / orders, 1e-5);
    EXPECT_NEAR(kernel.values[i], phi[i] / orders, 1e-5);
    EXPECT_NEAR(sampled.values[i], phi[i] / orders, 5 * sampled.standardError[i] + 1e-5);
  }
  EXPECT_NEAR(*sampled.completenessError, 0, 1e-5);
}

TEST(ExplainAxioms, OnLinearModelsAllAgreeWithTheWeights) {
  Model m = linear(6);
  const Values x = random(6, 3), base = random(6, 4);
  const std::span<const Real> w = m.block("only.weight");  // [in × out]
  for (const std::string id : {"integrated-gradients", "input-x-gradient", "deeplift", "shapley", "kernel-shap", "feature-ablation", "expected-gradients", "lime"}) {
    const Attribution a = m.explain(id, x, id == "lime" ? Params{{"ridge", 0.0}} : Params{}, {.output = 1}, base);
    for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(a.values[i], w[i * 3 + 1] * (x[i] - base[i]), 1e-4) << id << " " << i;
  }
  const Attribution slopes = m.explain("lime", x, {{"change", std::string("noise")}, {"ridge", 0.0}}, {.output = 1});
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(slopes.values[i], w[i * 3 + 1], 1e-4);
  EXPECT_NEAR(*slopes.fit, 1, 1e-6);
  // Too many features to try all subsets: drawn ones give the same on a linear model.
  const Model wide = linear(30);
  const Values y = random(30, 5);
  const Attribution exact = wide.explain("input-x-gradient", y), drawn = wide.explain("kernel-shap", y);
  for (std::size_t i = 0; i < 30; ++i) EXPECT_NEAR(drawn.values[i], exact.values[i], 1e-3);
}

TEST(ExplainAxioms, EqualFeaturesGetEqualSharesAndIdleOnesNone) {
  Model m = mlp(5);
  const std::span<Real> w = m.block("a.weight");  // [in × out]
  for (std::size_t u = 0; u < 8; ++u) w[8 + u] = w[u], w[16 + u] = 0;
  const Values x{Real(0.7), Real(0.7), Real(1.3), Real(-0.4), Real(0.2)};
  for (const std::string id : {"saliency", "input-x-gradient", "smoothgrad-squared", "integrated-gradients", "expected-gradients", "deeplift", "lrp", "occlusion", "feature-ablation",
                               "shapley", "kernel-shap"}) {
    const Attribution a = m.explain(id, x, id == "occlusion" ? Params{{"window", IntPair{1, 1}}, {"stride", IntPair{1, 1}}} : Params{});
    if (id != "smoothgrad-squared") {
      EXPECT_NEAR(a.values[0], a.values[1], 1e-5) << id;
    }
    EXPECT_NEAR(a.values[2], 0, 1e-6) << id;
  }
}

/// Noise is drawn for each input, but a gradient knows the weights alone: equal ones give equal slopes, and none gives exactly none, in
/// each copy and so in their mean, mean square and variance.
TEST(ExplainAxioms, EqualFeaturesGetEqualMeansOfNoisyGradients) {
  Model m = mlp(5);
  const std::span<Real> w = m.block("a.weight");  // [in × out]
  for (std::size_t u = 0; u < 8; ++u) w[8 + u] = w[u], w[16 + u] = 0;
  const Values x{Real(0.7), Real(-0.2), Real(1.3), Real(-0.4), Real(0.2)};
  for (const std::string id : {"smoothgrad", "smoothgrad-squared", "vargrad"}) {
    const Attribution a = m.explain(id, x);
    EXPECT_GT(std::abs(a.values[0]), 1e-5) << id;
    EXPECT_EQ(a.values[0], a.values[1]) << id;
    EXPECT_EQ(a.values[2], 0) << id;
  }
}

TEST(ExplainAxioms, EqualFeaturesAreEqualToTheModifiedBackwardPasses) {
  Drawing d;
  d.add("input", "in").dense("a", 8).add("relu", "r").dense("b", 3).add("output", "out");
  Model m(d.compile(classesOf({5}, 3)));
  const std::span<Real> w = m.block("a.weight");
  for (std::size_t u = 0; u < 8; ++u) w[8 + u] = w[u], w[16 + u] = 0;
  const Values x{Real(0.7), Real(0.7), Real(1.3), Real(-0.4), Real(0.2)};
  for (const std::string id : {"deconvnet", "guided-backprop"}) {
    const Attribution a = m.explain(id, x);
    EXPECT_GT(std::abs(a.values[0]), 1e-5) << id;
    EXPECT_EQ(a.values[0], a.values[1]) << id;
    EXPECT_EQ(a.values[2], 0) << id;
  }
}

/// LIME's fit is to neighbours drawn at random, in which features are never quite independent: equal and idle ones come out so within
/// the noise, which falls as neighbours grow.
TEST(ExplainAxioms, EqualFeaturesAreNearlySoToLimeAndIdleOnesNearlyNothing) {
  Model m = mlp(5);
  const std::span<Real> w = m.block("a.weight");
  for (std::size_t u = 0; u < 8; ++u) w[8 + u] = w[u], w[16 + u] = 0;
  const Values x{Real(0.7), Real(0.7), Real(1.3), Real(-0.4), Real(0.2)};
  for (const std::string change : {"switch", "noise"})
    for (const auto& [neighbours, within] : std::vector<std::pair<int64_t, double>>{{1000, 0.1}, {64000, 0.0125}}) {
      const Attribution a = m.explain("lime", x, {{"change", change}, {"neighbours", neighbours}});
      const double largest = std::abs(static_cast<double>(*std::max_element(a.values.begin(), a.values.end(), [](Real p, Real q) { return std::abs(p) < std::abs(q); })));
      EXPECT_NEAR(a.values[0], a.values[1], within * largest) << change << " " << neighbours;
      EXPECT_NEAR(a.values[2], 0, within * largest) << change << " " << neighbours;
    }
}

TEST(ExplainAxioms, OtherWeightsGiveOtherMaps) {
  const auto network = test::smallCnn(4).compile(classesOf({8, 8, 1}, 4));
  const Model a(network, 1), b(network, 2);
  const Values x = random(64, 6);
  for (const ExplainerSpec& s : explainerRegistry()) {
    if (!s.givesMaps()) continue;
    // Without the positive part only: two maps may both have none.
    const bool hasRelu = std::any_of(s.params.begin(), s.params.end(), [](const Param& p) { return p.id == "relu"; });
    const Params settings = hasRelu ? Params{{"relu", false}} : Params{};
    EXPECT_NE(a.explain(s.id, x, settings).values, b.explain(s.id, x, settings).values) << s.id;
  }
}

TEST(ExplainTargets, DifferenceLossAndUnit) {
  const Model m = mlp(4);
  const Values x = random(4, 7);
  const Attribution a = m.explain("saliency", x, {}, {.output = 0}), b = m.explain("saliency", x, {}, {.output = 2});
  const Attribution both = m.explain("saliency", x, {}, Target::difference(0, 2)), loss = m.explain("saliency", x, {}, Target::lossOfClass(1));
  double exps = 0;
  for (int64_t c = 0; c < 3; ++c) exps += std::exp(m.f(x, c));
  EXPECT_NEAR(loss.outputValue, std::log(exps) - m.f(x, 1), 1e-5);
  EXPECT_NEAR(both.outputValue, m.f(x, 0) - m.f(x, 2), 1e-5);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_NEAR(both.values[i], a.values[i] - b.values[i], 1e-5);
    Values up = x, down = x;
    up[i] += Real(0.01), down[i] -= Real(0.01);
    const double slope = (m.explain("saliency", up, {}, Target::lossOfClass(1)).outputValue - m.explain("saliency", down, {}, Target::lossOfClass(1)).outputValue) / 0.02;
    EXPECT_NEAR(loss.values[i], slope, 2e-3);
  }
  const NodeId hidden = m.network->graph().findName("t")->id;
  Workspace ws(*m.network, 1, true, false);
  std::copy(x.begin(), x.end(), ws.input());
  m.network->forward(m.params.span(), ws, 1);
  const Attribution unit = m.explain("integrated-gradients", x, {}, Target::unitOf(hidden, 5));
  EXPECT_NEAR(unit.outputValue, ws.activation(hidden)[5], 1e-6);
  EXPECT_NEAR(*unit.completenessError, 0, 1e-4);
  const Attribution neuron = m.explain("neuron", x, {{"layer", std::string("t")}, {"unit", int64_t{5}}});
  EXPECT_EQ(neuron.values, unit.values);
  EXPECT_EQ(neuron.node, hidden);
}

TEST(ExplainCounterfactual, FlipsAndIsNearlyAsSmallAsItCanBeAlongItsWay) {
  const Model m = mlp(4);
  const Values x = random(4, 8);
  for (const std::string id : {"fgsm", "pgd"}) {
    const Attribution a = m.explain(id, x, {{"largest", 20.0}});
    ASSERT_TRUE(a.counterfactual);
    const Counterfactual& c = *a.counterfactual;
    ASSERT_TRUE(c.flipped) << id;
    EXPECT_NE(c.from, c.to);
    EXPECT_EQ(m.explain("saliency", c.result, {}, {}).target, c.to);
    double squares = 0;
    Values shorter = x;
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_NEAR(a.values[i], c.result[i] - x[i], 1e-6);
      squares += static_cast<double>(a.values[i]) * static_cast<double>(a.values[i]);
      shorter[i] += Real(0.9) * a.values[i];
    }
    EXPECT_NEAR(c.euclidean, std::sqrt(squares), 1e-5);
    EXPECT_EQ(m.explain("saliency", shorter, {}, {}).target, c.from) << id;
  }
  const Attribution none = m.explain("fgsm", x, {{"largest", 1e-6}});
  EXPECT_FALSE(none.counterfactual->flipped);
}

/// Told by a pass of the network itself: the class named is the class it is, the norms are the change's, and limits are kept.
TEST(ExplainCounterfactual, IsOfTheOtherClassAndAsLargeAsItSays) {
  const auto network = test::smallCnn(4).compile(classesOf({8, 8, 1}, 4));
  const Model m(network, 5);
  Values x = random(64, 12);
  for (Real& v : x) v = Real(0.5) + v / 10;
  x[7] = Real(1.25);  // beyond the limits already
  Workspace ws(*network, 1, false, false);
  const auto classOf = [&](const Values& input) {
    std::copy(input.begin(), input.end(), ws.input());
    const Real* z = network->forward(m.params.span(), ws, 1);
    return static_cast<int64_t>(std::max_element(z, z + 4) - z);
  };
  const int64_t own = classOf(x);
  int flips = 0;
  for (const std::string id : {"fgsm", "pgd"})
    for (const std::string norm : {"largest", "euclidean"})
      for (const bool limits : {false, true})
        for (int64_t to = -1; to < 4; ++to) {
          if (to == own || (id == "fgsm" && norm == "euclidean")) continue;
          SCOPED_TRACE(id + " by the " + norm + " to " + std::to_string(to) + (limits ? " within limits" : ""));
          const double largest = norm == "largest" ? 1.5 : 8;
          Params settings{{"to", to}, {"largest", largest}, {"limits", limits}};
          if (id == "pgd") settings["norm"] = norm;
          const Counterfactual c = *m.explain(id, x, settings).counterfactual;
          EXPECT_EQ(c.from, own);
          EXPECT_EQ(c.to, classOf(c.result));
          EXPECT_EQ(c.flipped, to < 0 ? c.to != own : c.to == to);
          flips += c.flipped;
          double squares = 0, most = 0;
          for (std::size_t i = 0; i < x.size(); ++i) {
            const double change = static_cast<double>(c.result[i]) - static_cast<double>(x[i]);
            squares += change * change, most = std::max(most, std::abs(change));
            if (limits) {
              EXPECT_GE(c.result[i], std::min(x[i], Real(0)));
              EXPECT_LE(c.result[i], std::max(x[i], Real(1)));
            }
          }
          EXPECT_NEAR(c.largest, most, 1e-9);
          EXPECT_NEAR(c.euclidean, std::sqrt(squares), 1e-9);
          EXPECT_LE(norm == "largest" ? c.largest : c.euclidean, largest * (1 + 1e-5));
        }
  EXPECT_GE(flips, 12);
}

TEST(ExplainGroups, PartitionsByHand) {
  EXPECT_EQ(squareGroups({3, 4, 1}, 2).of, (std::vector<std::int32_t>{0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3}));
  EXPECT_EQ(pixelGroups({1, 2, 3}).of, (std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(stepGroups({2, 3}).of, (std::vector<std::int32_t>{0, 0, 0, 1, 1, 1}));
  EXPECT_EQ(gridGroups({5, 1, 1}, 3, 1).of, (std::vector<std::int32_t>{0, 0, 1, 1, 2}));
  EXPECT_EQ(elementGroups({3}).count, 3);
}

TEST(ExplainGroups, PatchesFollowTheImageAndCoverIt) {
  const Shape shape{16, 16, 1};
  Values image(256);
  for (std::size_t p = 0; p < 256; ++p) image[p] = p % 16 < 7 ? Real(0) : Real(1);
  const Groups g = patchGroups(shape, image, 8);
  std::set<std::int32_t> left, right;
  for (std::size_t p = 0; p < 256; ++p) (p % 16 < 7 ? left : right).insert(g.of[p]);
  EXPECT_EQ(static_cast<int64_t>(left.size() + right.size()), g.count);  // no patch crosses the edge
  EXPECT_GE(g.count, 2);
  EXPECT_EQ(*left.begin() == 0 || *right.begin() == 0, true);
}

TEST(ExplainGroups, PatchesOfFlatImagesLieInOneLine) {
  for (const Shape& shape : {Shape{1, 128, 1}, Shape{128, 1, 1}, Shape{2, 64, 3}, Shape{1, 1, 1}, Shape{1, 2, 1}}) {
    SCOPED_TRACE(shape.text());
    const Values image(static_cast<std::size_t>(shape.size()), Real(1));
    for (const int64_t count : {1, 2, 30, 1000}) {
      const Groups g = patchGroups(shape, image, count);
      ASSERT_EQ(g.of.size(), image.size());
      EXPECT_EQ(static_cast<int64_t>(std::set<std::int32_t>(g.of.begin(), g.of.end()).size()), g.count);
      EXPECT_EQ(*std::max_element(g.of.begin(), g.of.end()) + 1, g.count);
      EXPECT_LE(g.count, std::max<int64_t>(1, std::min(count + count / 2, shape[0] * shape[1])));
    }
  }
}

TEST(ExplainBaselines, BlurKeepsFlatImagesAndSums) {
  const Values flat(25, Real(0.5));
  for (Real v : blurredBaseline({5, 5, 1}, flat, 2)) EXPECT_NEAR(v, 0.5, 1e-6);
  Values point(81, Real(0));
  point[40] = 1;
  const Values blurred = blurredBaseline({9, 9, 1}, point, 0.8);
  EXPECT_NEAR(std::accumulate(blurred.begin(), blurred.end(), 0.0), 1, 1e-4);
  EXPECT_LT(blurred[40], 0.5);
  EXPECT_NEAR(blurred[39], blurred[31], 1e-6);
}

/// Class 1 where column 0 is positive; column 1 stands idle.
Dataset twoColumns() {
  Dataset data;
  data.name = "made";
  data.spec = classesOf({2}, 2);
  data.featureNames = {"that", "idle"};
  std::vector<float> values;
  Rng rng(5, Stream::Test);
  for (int i = 0; i < 200; ++i) {
    values.push_back(static_cast<float>(rng.normal())), values.push_back(static_cast<float>(rng.normal()));
    data.classes.push_back(values[values.size() - 2] > 0);
    data.train.push_back(i);
  }
  data.inputs = Samples::fromFloats({2}, values);
  return data;
}

TEST(ExplainSets, ImportanceDependenceAndSummaryOfAKnownRule) {
  const Dataset data = twoColumns();
  Drawing d;
  d.add("input", "in").dense("only", 2).add("output", "out");
  Model m(d.compile(data.spec));
  for (Real& p : m.params) p = 0;
  m.block("only.weight")[1] = 3;  // logit of class 1 = 3 · column 0
  const Groups groups = columnGroups(data);
  ASSERT_EQ(groups.names, (std::vector<std::string>{"that", "idle"}));
  const SetArgs args{*m.network, m.params.span(), data, data.train, groups};
  const Result<PermutationImportance> importance = permutationImportance(args, 8, 1);
  ASSERT_TRUE(importance) << importance.error().text();
  EXPECT_EQ(importance->intact, 1);
  EXPECT_NEAR(importance->mean[0], 0.5, 0.1);
  EXPECT_GT(importance->deviation[0], 0);
  EXPECT_EQ(importance->mean[1], 0);
  EXPECT_EQ(importance->deviation[1], 0);
  const Result<PartialDependence> curve = partialDependence(args, 0, {.output = 1}, 9);
  ASSERT_TRUE(curve) << curve.error().text();
  ASSERT_EQ(curve->curves.size(), 200u);
  for (std::size_t p = 0; p < curve->grid.size(); ++p) EXPECT_NEAR(curve->mean[p], 3 * curve->grid[p], 1e-4);
  const Result<ShapSummary> shap = shapSummary(args, {.output = 1}, {}, 20, 1);
  ASSERT_TRUE(shap) << shap.error().text();
  EXPECT_EQ(shap->order.front(), 0);
  for (std::size_t r = 0; r < 200; ++r) {
    EXPECT_NEAR(shap->values[r][0], 3 * shap->features[r][0], 1e-4);
    EXPECT_NEAR(shap->values[r][1], 0, 1e-6);
  }
  EXPECT_FALSE(partialDependence(args, 2, {.output = 1}, 9));
  EXPECT_FALSE(permutationImportance(args, 0, 1));
  // Which class is predicted differs from row to row.
  EXPECT_FALSE(shapSummary(args, {}, {}, 20, 1));
  EXPECT_FALSE(shapSummary(args, Target::difference(1), {}, 20, 1));
  EXPECT_FALSE(shapSummary(args, Target::difference(-1, 0), {}, 20, 1));
  EXPECT_TRUE(shapSummary(args, Target::difference(1, 0), {}, 20, 1));
}

TEST(ExplainSets, LabelsAreToldByTheLoss) {
  // y = x, and a label is there where x > 0.5: squared errors compare with 0 and 1, so that the threshold is one half.
  Dataset data;
  data.name = "made";
  data.spec = test::numbersOf({2}, 2);
  data.spec.task = Task::Labels, data.spec.classes = {"a", "b"};
  std::vector<float> values;
  for (int i = 0; i < 100; ++i) {
    for (const bool there : {i % 2 == 1, i % 4 < 2}) values.push_back(there ? 0.8f : 0.2f), data.targets.push_back(there);
    data.train.push_back(i);
  }
  data.inputs = Samples::fromFloats({2}, values);
  Drawing d;
  d.add("input", "in").dense("only", 2).add("output", "out", {{"loss", std::string("mse")}});
  Model m(d.compile(data.spec));
  for (Real& p : m.params) p = 0;
  m.block("only.weight")[0] = m.block("only.weight")[3] = 1;
  const Groups groups = columnGroups(data);
  const Result<PermutationImportance> importance = permutationImportance({*m.network, m.params.span(), data, data.train, groups}, 8, 1);
  ASSERT_TRUE(importance) << importance.error().text();
  EXPECT_EQ(importance->score, "accuracy");
  EXPECT_EQ(importance->intact, 1);
  for (const double mean : importance->mean) EXPECT_NEAR(mean, 0.5, 0.1);
}

/// Two rows: to shuffle a column is to leave it or to swap it. ŷ₀ = x₀ and ŷ₁ = 1 + x₁/2; y₀ = x₀ = 0, 1 and y₁ = x₁ = 0, 4, or another.
PermutationImportance importanceOfTwoOutputs(float second, float secondToo) {
  Dataset data;
  data.name = "made";
  data.spec = test::numbersOf({2}, 2);
  data.inputs = Samples::fromFloats({2}, {0, 0, 1, 4});
  data.targets = {0, second, 1, secondToo};
  data.train = {0, 1};
  Drawing d;
  d.add("input", "in").dense("only", 2).add("output", "out", {{"loss", std::string("mse")}});
  Model m(d.compile(data.spec));
  for (Real& p : m.params) p = 0;
  m.block("only.weight")[0] = 1, m.block("only.weight")[3] = Real(0.5), m.block("only.bias")[1] = 1;
  const Groups groups = columnGroups(data);
  const Result<PermutationImportance> importance = permutationImportance({*m.network, m.params.span(), data, data.train, groups}, 40, 1);
  if (!importance) ADD_FAILURE() << importance.error().text();
  return importance ? *importance : PermutationImportance{};
}

TEST(ExplainSets, TwoOutputsCountByTheMeanOfTheirDetermination) {
  const PermutationImportance both = importanceOfTwoOutputs(0, 4);
  // R² of ŷ₀ = 0, 1 is 1, swapped 1 − 2 / 0.5 = −3. Of ŷ₁ = 1, 3 it is 1 − (1 + 1) / 8, swapped 1 − (9 + 9) / 8.
  EXPECT_EQ(both.score, "R²");
  EXPECT_NEAR(both.intact, (1 + 0.75) / 2, 1e-6);
  ASSERT_EQ(both.drops.size(), 2u);
  for (std::size_t g = 0; g < 2; ++g) {
    const double swapped = g == 0 ? (1 + 3) / 2.0 : (0.75 + 1.25) / 2;
    int swaps = 0;
    for (const double drop : both.drops[g]) {
      EXPECT_TRUE(std::abs(drop) < 1e-6 || std::abs(drop - swapped) < 1e-6) << g << ": " << drop;
      swaps += drop > 0.5;
    }
    EXPECT_GT(swaps, 8);
    EXPECT_LT(swaps, 32);
    EXPECT_NEAR(both.mean[g], swapped * swaps / 40, 1e-6);
    // Of 40 drops, `swaps` of which are `swapped` and the others 0.
    EXPECT_NEAR(both.deviation[g], swapped * std::sqrt(swaps * (40.0 - swaps) / 40 / 39), 1e-6);
  }
}

TEST(ExplainSets, AConstantTargetLeavesTheOthersToJudge) {
  const PermutationImportance first = importanceOfTwoOutputs(7, 7);
  EXPECT_NEAR(first.intact, 1, 1e-6);
  for (const double drop : first.drops[0]) EXPECT_TRUE(std::abs(drop) < 1e-6 || std::abs(drop - 4) < 1e-6) << drop;
  EXPECT_GT(first.mean[0], 0.5);
  EXPECT_EQ(first.mean[1], 0);
  // With no target that varies there is nothing to judge by.
  Dataset data;
  data.name = "made";
  data.spec = test::numbersOf({1}, 1);
  data.inputs = Samples::fromFloats({1}, {0, 1});
  data.targets = {3, 3};
  data.train = {0, 1};
  Drawing d;
  d.add("input", "in").dense("only", 1).add("output", "out", {{"loss", std::string("mse")}});
  const Model m(d.compile(data.spec));
  const Groups groups = columnGroups(data);
  const Result<PermutationImportance> none = permutationImportance({*m.network, m.params.span(), data, data.train, groups}, 2, 1);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().text().find("not defined"), std::string::npos) << none.error().text();
}

TEST(ExplainSets, ShuffledOutputsBeyondAllNumbersAreTold) {
  // y = x₁ · x₂, whose rows are all 1; shuffled, they are 1e60.
  Dataset data;
  data.name = "made";
  data.spec = test::numbersOf({2}, 1);
  std::vector<float> values;
  for (int i = 0; i < 20; ++i) {
    values.push_back(i % 2 ? 1e30f : 1e-30f), values.push_back(i % 2 ? 1e-30f : 1e30f);
    data.targets.push_back(static_cast<float>(i)), data.train.push_back(i);
  }
  data.inputs = Samples::fromFloats({2}, values);
  Drawing d;
  d.add("input", "in").dense("a", 1).add("dense", "b", {{"units", int64_t{1}}}, {"in"}).add("multiply", "product", {}, {"a", "b"}).add("output", "out", {{"loss", std::string("mse")}});
  Model m(d.compile(data.spec));
  for (Real& p : m.params) p = 0;
  m.block("a.weight")[0] = m.block("b.weight")[1] = 1;
  const Groups groups = columnGroups(data);
  const Result<PermutationImportance> importance = permutationImportance({*m.network, m.params.span(), data, data.train, groups}, 2, 1);
  ASSERT_FALSE(importance);
  EXPECT_NE(importance.error().text().find("finite"), std::string::npos) << importance.error().text();
}

}  // namespace
}  // namespace vitrine
