#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "core/base/random.h"
#include "core/explain/coalitions.h"
#include "core/explain/explainer.h"
#include "core/explain/grad_cam.h"
#include "core/explain/quadrature.h"
#include "tests/core/explain_case.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Quadrature, WeightsSumToOneAndPointsLieInside) {
  for (const std::string rule : {"gauss-legendre", "midpoint", "trapezoid", "left", "right"})
    for (int n : {2, 3, 7, 50, 333, 1000}) {
      const Quadrature q = quadrature(rule, n);
      ASSERT_EQ(q.points.size(), static_cast<std::size_t>(n));
      EXPECT_NEAR(std::accumulate(q.weights.begin(), q.weights.end(), 0.0), 1, 1e-12) << rule << " " << n;
      for (std::size_t i = 0; i < q.points.size(); ++i) {
        EXPECT_GE(q.points[i], 0) << rule;
        EXPECT_LE(q.points[i], 1) << rule;
        if (i > 0) {
          EXPECT_GT(q.points[i], q.points[i - 1]) << rule << " " << n;
        }
      }
    }
}

TEST(Quadrature, GaussLegendreIsExactUpToDegree) {
  for (int n : {2, 3, 8, 20}) {
    const Quadrature q = quadrature("gauss-legendre", n);
    for (int degree = 0; degree <= 2 * n - 1; ++degree) {
      double sum = 0;
      for (std::size_t i = 0; i < q.points.size(); ++i) sum += q.weights[i] * std::pow(q.points[i], degree);
      EXPECT_NEAR(sum, 1.0 / (degree + 1), 1e-13) << n << " nodes, degree " << degree;
    }
  }
  // Two nodes by hand: 1/2 ± 1/(2√3).
  EXPECT_NEAR(quadrature("gauss-legendre", 2).points[0], 0.5 - 0.5 / std::numbers::sqrt3, 1e-15);
}

TEST(Quadrature, RiemannPointsByHand) {
  EXPECT_EQ(quadrature("left", 4).points, (std::vector<double>{0, 0.25, 0.5, 0.75}));
  EXPECT_EQ(quadrature("right", 4).points, (std::vector<double>{0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(quadrature("midpoint", 4).points, (std::vector<double>{0.125, 0.375, 0.625, 0.875}));
  const Quadrature t = quadrature("trapezoid", 5);
  EXPECT_EQ(t.points, (std::vector<double>{0, 0.25, 0.5, 0.75, 1}));
  EXPECT_EQ(t.weights, (std::vector<double>{0.125, 0.25, 0.25, 0.25, 0.125}));
}

TEST(Explainers, TargetsArePredictedChosenOrProbability) {
  const Case c = mlp(classesOf({4}, 3));
  Workspace ws(*c.network, 1, false, false);
  std::copy(c.input.begin(), c.input.end(), ws.input());
  const Real* z = c.network->forward(c.params.span(), ws, 1);
  const std::int64_t best = std::max_element(z, z + 3) - z;
  const Result<Attribution> predicted = c.explain("saliency");
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->target, best);
  EXPECT_NEAR(predicted->outputValue, z[best], 1e-6);
  double sum = 0;
  std::vector<double> total(4, 0.0);
  for (std::int64_t output = 0; output < 3; ++output) {
    const Result<Attribution> p = c.explain("saliency", {}, {output, true});
    ASSERT_TRUE(p);
    EXPECT_EQ(p->target, output);
    sum += p->outputValue;
    for (std::size_t i = 0; i < 4; ++i) total[i] += p->values[i];
  }
  // Probabilities sum to 1 wherever the input goes.
  EXPECT_NEAR(sum, 1, 1e-6);
  for (double t : total) EXPECT_NEAR(t, 0, 1e-5);
}

TEST(Explainers, IntegratedGradientsAddUp) {
  const Case c = mlp(classesOf({4}, 3));
  const std::vector<Real> baseline{Real(0.3), Real(-1), Real(0.5), Real(2)};
  for (const bool probability : {false, true}) {
    const Result<Attribution> a = c.explain("integrated-gradients", {}, {1, probability}, baseline);
    ASSERT_TRUE(a);
    const double sum = std::accumulate(a->values.begin(), a->values.end(), 0.0);
    EXPECT_NEAR(sum, a->outputValue - *a->baselineValue, 1e-4);
    EXPECT_NEAR(*a->completenessError, 0, 1e-4);
    // A coarse rule misses, and says by how much.
    const Result<Attribution> coarse = c.explain("integrated-gradients", {{"steps", std::int64_t{2}}, {"rule", std::string("left")}},
                                                 {1, probability}, baseline);
    const double coarseSum = std::accumulate(coarse->values.begin(), coarse->values.end(), 0.0);
    EXPECT_NEAR(*coarse->completenessError, coarseSum - (coarse->outputValue - *coarse->baselineValue), 1e-5);
    EXPECT_GT(std::abs(*coarse->completenessError), 1e-3);
  }
}

/// The sum over the steps must not depend on how they fall into blocks.
TEST(Explainers, IntegratedGradientsOfALinearNetworkAreExactForAnyNumberOfSteps) {
  Drawing d;
  d.add("input", "in").dense("only", 3).add("output", "out");
  const Case c(d.compile(classesOf({5}, 3)));
  const Result<Attribution> gradient = c.explain("saliency", {}, {2, false});
  for (std::int64_t steps : {2, 3, 16, 17, 50, 63, 65, 200})
    for (const std::string rule : {"gauss-legendre", "midpoint", "trapezoid", "left", "right"}) {
      const Result<Attribution> a = c.explain("integrated-gradients", {{"steps", steps}, {"rule", rule}}, {2, false});
      ASSERT_TRUE(a);
      for (std::size_t i = 0; i < 5; ++i) ASSERT_NEAR(a->values[i], c.input[i] * gradient->values[i], 1e-5) << rule << " " << steps;
    }
}

/// Point by point through the whole network, as the formula says.
std::vector<double> plainIntegratedGradients(const Case& c, std::span<const Real> baseline, std::int64_t output, int steps) {
  const Quadrature q = quadrature("gauss-legendre", steps);
  Workspace ws(*c.network, 1, true, true);
  const std::size_t n = c.input.size();
  std::vector<double> sum(n, 0.0);
  for (std::size_t k = 0; k < q.points.size(); ++k) {
    for (std::size_t i = 0; i < n; ++i) ws.input()[i] = static_cast<Real>(baseline[i] + q.points[k] * (c.input[i] - baseline[i]));
    c.network->forward(c.params.span(), ws, 1);
    std::fill_n(ws.outputGradient(), c.network->outputs(), Real(0));
    ws.outputGradient()[output] = 1;
    c.network->backward(c.params.span(), ws, 1, {}, false, true);
    for (std::size_t i = 0; i < n; ++i) sum[i] += q.weights[k] * static_cast<double>(ws.inputGradient()[i]) * (c.input[i] - baseline[i]);
  }
  return sum;
}

struct Way {
  std::string name;
  Drawing drawing;
  Shape input;
  std::string entry;  ///< the node up to which all is affine, and the input seen through it alone
};

/// Affine beginnings of every kind, none, and such as must not be taken for one: the input goes two ways.
std::vector<Way> ways() {
  std::vector<Way> all;
  const Shape image{9, 8, 2}, table{6};
  const auto begin = [] { return std::move(Drawing().add("input", "in")); };
  const auto end = [](Drawing d) { return std::move(d.add("flatten", "flat").dense("b", 7).add("tanh", "u").dense("c", 3).add("output", "out")); };
  all.push_back({"dense", std::move(begin().dense("a", 5).add("tanh", "t").dense("c", 3).add("output", "out")), table, "a"});
  all.push_back({"flatten and dense", std::move(begin().add("flatten", "f").dense("a", 5).add("sigmoid", "t").dense("c", 3).add("output", "out")), image, "a"});
  all.push_back({"conv", end(begin().conv("a", 4, 3, 1).add("relu", "t").add("maxpool2d", "p")), image, "a"});
  all.push_back({"conv, norm, dropout", end(begin().conv("a", 4, 3, 0).add("batchnorm", "n").add("dropout", "d").add("elu", "t")), image, "d"});
  all.push_back({"conv, conv, mean pool", end(begin().conv("a", 4, 3, 1).conv("a2", 3, 3, 1).add("avgpool2d", "p").add("tanh", "t")), image, "p"});
  all.push_back({"noise, then a node that feeds two", end(begin().add("gaussian_noise", "g").conv("a", 4, 3, 1).add("tanh", "t").add("add", "s", {}, {"t", "a"})), image, "a"});
  all.push_back({"affine all through", std::move(begin().add("flatten", "f").dense("a", 5).dense("c", 3).add("output", "out")), image, "out"});
  all.push_back({"no affine layer", end(begin().add("tanh", "t").conv("a", 4, 3, 1).add("relu", "r")), image, "in"});
  all.push_back({"two ways from the input", end(begin().conv("a", 2, 3, 1).add("tanh", "t").add("multiply", "m", {}, {"t", "in"})), image, "in"});
  all.push_back({"two convolutions of the input", end(begin().conv("a", 2, 3, 1).conv("a2", 2, 3, 1, {"in"}).add("multiply", "m", {}, {"a", "a2"})), image, "in"});
  return all;
}

TEST(Explainers, IntegratedGradientsAreThePlainSumWhereTheFirstLayersAreAffine) {
  for (const Way& way : ways()) {
    SCOPED_TRACE(way.name);
    Case c(way.drawing.compile(classesOf(way.input, 3)), 11);
    ASSERT_TRUE(c.network);
    for (const PlacedBlock& b : c.network->blocks())  // statistics as training would leave them
      if (b.block.name == "running_var")
        for (std::int64_t i = 0; i < b.size(); ++i) c.params[static_cast<std::size_t>(b.offset + i)] = Real(0.5) + static_cast<Real>(i);
    EXPECT_EQ(c.network->graph().find(c.network->affineEnd())->name, way.entry);
    std::vector<Real> baseline(c.input.size());
    Rng rng(5, Stream::Test);
    for (Real& b : baseline) b = static_cast<Real>(0.3 * rng.normal());
    const std::vector<double> plain = plainIntegratedGradients(c, baseline, 2, 50);
    double largest = 0;
    for (const double v : plain) largest = std::max(largest, std::abs(v));
    const Result<Attribution> alone = c.explain("integrated-gradients", {}, {2, false}, baseline);
    ASSERT_TRUE(alone) << alone.error().text();
    for (std::size_t i = 0; i < plain.size(); ++i) ASSERT_NEAR(alone->values[i], plain[i], 1e-5 * largest) << i;
    for (const int threads : {1, 2, 3, 8}) {
      ThreadPool pool(threads);
      ExplainArgs args{*c.network, c.params.span(), c.input, {2, false}, {}, baseline};
      args.pool = &pool;
      EXPECT_EQ(findExplainer("integrated-gradients")->explain(args)->values, alone->values) << threads << " threads";
    }
  }
}

/// The stated error is about as large as the error: of draws in a part of the way each it is far below that of independent ones.
TEST(Explainers, ExpectedGradientsStateTheErrorTheyMake) {
  const Case c = mlp(classesOf({4}, 3));
  std::vector<Real> background;
  Rng rng(11, Stream::Test);
  for (int i = 0; i < 5 * 4; ++i) background.push_back(static_cast<Real>(3 * rng.normal()));
  const auto explain = [&](std::int64_t draws, std::int64_t seed) {
    const Params settings{{"draws", draws}, {"seed", seed}};
    const Result<Attribution> a = findExplainer("expected-gradients")->explain({.network = *c.network, .params = c.params.span(), .input = c.input, .target = {1, false}, .settings = settings, .samples = background});
    EXPECT_TRUE(a) << a.error().text();
    return *a;
  };
  const Attribution exact = explain(50000, 1);
  for (const std::int64_t draws : {10, 50, 200}) {
    double made = 0, stated = 0;
    for (std::int64_t seed = 2; seed < 42; ++seed) {
      const Attribution a = explain(draws, seed);
      for (std::size_t i = 0; i < 4; ++i) {
        made += std::pow(static_cast<double>(a.values[i] - exact.values[i]), 2);
        stated += a.standardError[i] * a.standardError[i];
      }
    }
    EXPECT_GT(std::sqrt(stated / made), 0.8) << draws;
    EXPECT_LT(std::sqrt(stated / made), 6) << draws;
  }
}

TEST(Explainers, GradCamTakesTheLastConvolutionOrTheNamedLayer) {
  const Case c = cnn();
  const Result<Attribution> last = c.explain("grad-cam"), named = c.explain("grad-cam", {{"layer", std::string("conv2")}});
  ASSERT_TRUE(last) << last.error().text();
  EXPECT_EQ(last->shape, (Shape{8, 8, 1}));
  EXPECT_EQ(last->values, named->values);
  EXPECT_FALSE(last->isSigned);
  for (Real v : last->values) EXPECT_GE(v, 0);
  EXPECT_NE(c.explain("grad-cam", {{"layer", std::string("conv1")}})->values, last->values);
  EXPECT_TRUE(c.explain("grad-cam", {{"relu", false}})->isSigned);
}

TEST(Explainers, GradCamSaysWhyNot) {
  const auto text = [](const Case& c, const Params& p) {
    const Result<Attribution> a = c.explain("grad-cam", p);
    const Status s = findExplainer("grad-cam")->supports(*c.network, p);
    EXPECT_FALSE(a);
    EXPECT_FALSE(s);
    return s.ok() ? std::string() : s.error().text();
  };
  Drawing d;
  d.add("input", "in").add("flatten", "flat").dense("out of it", 3).add("output", "out");
  EXPECT_NE(text(Case(d.compile(classesOf({6, 6, 1}, 3))), {}).find("convolutional layer"), std::string::npos);
  EXPECT_NE(text(mlp(classesOf({4}, 3)), {}).find("convolutional layer"), std::string::npos);
  EXPECT_NE(text(cnn(), {{"layer", std::string("nowhere")}}).find("'nowhere'"), std::string::npos);
  EXPECT_NE(text(cnn(), {{"layer", std::string("fc1")}}).find("'fc1'"), std::string::npos);
}

TEST(ClassActivationMap, ByHand) {
  // Two channels on 1 × 2 pixels; mean gradients 2 and −1.
  const std::vector<Real> activation{1, 4, 3, 1}, gradient{1, -2, 3, 0};
  const Tensor map = classActivationMap({1, 2, 2}, activation.data(), gradient.data());
  EXPECT_EQ(map.data, (std::vector<Real>{-2, 5}));
}

TEST(EigenMap, IsTheSameFromEitherSide) {
  // 2 × 2 pixels and 3 channels, and the same numbers with 5 more channels of nothing: then pixels are fewer.
  const std::vector<Real> few{1, 2, 0, 4, -1, 2, 3, 3, 3, 0, 5, 1};
  std::vector<Real> many(4 * 8);
  for (std::size_t p = 0; p < 4; ++p) std::copy_n(few.begin() + static_cast<std::ptrdiff_t>(3 * p), 3, many.begin() + static_cast<std::ptrdiff_t>(8 * p));
  const Tensor a = eigenMap({2, 2, 3}, few.data()), b = eigenMap({2, 2, 8}, many.data());
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(a.data[i], b.data[i], 1e-5);
}

TEST(Explainers, AUnitsMapBearsItsMethodsWarning) {
  const Case c = cnn();
  EXPECT_NE(c.explain("neuron", {{"by", std::string("guided-backprop")}})->warning.find("Adebayo"), std::string::npos);
  EXPECT_TRUE(c.explain("neuron", {{"by", std::string("saliency")}})->warning.empty());
}

TEST(Explainers, LimeTellsNoFitOfAConstant) {
  Case c = cnn();
  std::fill(c.input.begin(), c.input.end(), Real(0));  // every neighbour is the baseline
  EXPECT_FALSE(c.explain("lime")->fit);
}

TEST(Explainers, AUnitIsTheOneItsTargetNames) {
  const Case c = mlp(classesOf({4}, 3));
  const Node* layer = nullptr;
  for (const Node& n : c.network->graph().nodes)
    if (n.name == "a") layer = &n;
  ASSERT_TRUE(layer);
  const Attribution largest = *c.explain("neuron", {{"layer", std::string("a")}});
  const std::int64_t other = (largest.explained.unit + 1) % 12;
  const Attribution named = *c.explain("neuron", {{"layer", std::string("a")}}, Target::unitOf(layer->id, other));
  EXPECT_EQ(named.explained.unit, other);
  EXPECT_EQ(named.values, c.explain("neuron", {{"layer", std::string("a")}, {"unit", other}})->values);
}

TEST(Explainers, LimeTellsNoFitOfOneNeighbour) {
  const Case c = cnn();
  EXPECT_TRUE(c.explain("lime")->fit);
  EXPECT_FALSE(c.explain("lime", {{"width", 0.01}})->fit);
}

TEST(Explainers, TooManyFeaturesAreRefusedWithACure) {
  const Case c(smallCnn(3).compile(classesOf({24, 24, 1}, 3)));
  for (const std::string id : {"kernel-shap", "lime"}) {
    const Result<Attribution> a = c.explain(id, {{"groups", std::string("pixels")}});
    ASSERT_FALSE(a);
    EXPECT_NE(a.error().text().find("choose squares or patches"), std::string::npos) << a.error().text();
    EXPECT_TRUE(c.explain(id, {{"groups", std::string("squares")}}));
  }
  EXPECT_NE(c.explain("lime", {{"change", std::string("noise")}}).error().text().find("switching off"), std::string::npos);
}

/// A stop asked for at any moment after the last pass, most of all within the fit: nothing is told any more, and no values come.
TEST(Explainers, FitsHearAStopOnTheirWay) {
  const Case c(smallCnn(3).compile(classesOf({20, 20, 1}, 3)));
  struct Run {
    std::string id;
    Params settings;
    int blocks;  ///< of 256 rows
  };
  const ParamValue pixels = std::string("pixels");
  for (const Run& run : std::vector<Run>{{"kernel-shap", {{"groups", pixels}, {"coalitions", std::int64_t{1024}}}, 4}, {"kernel-shap", {{"groups", pixels}, {"coalitions", std::int64_t{16}}}, 1},
                                         {"lime", {{"groups", pixels}, {"neighbours", std::int64_t{1024}}}, 4}, {"lime", {{"groups", pixels}, {"neighbours", std::int64_t{16}}, {"ridge", 0.0}}, 1}}) {
    SCOPED_TRACE(run.id + ", " + std::to_string(run.blocks) + " blocks");
    std::vector<double> shares;
    ASSERT_TRUE(c.explain(run.id, run.settings, {}, {}, {}, [&](double share) { shares.push_back(share); }));
    EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
    EXPECT_EQ(shares.back(), 1);
    // Passes have 0.9 of the progress. Then it looks for a stop after each block of rows, between the solver's parts and after it.
    const std::ptrdiff_t calls = std::ssize(shares), passes = std::count_if(shares.begin(), shares.end(), [](double share) { return share < 0.9 + 1e-9; });
    ASSERT_EQ(calls - passes, run.blocks + 2 + 1);
    for (std::ptrdiff_t last = passes; last < calls; ++last) {
      std::stop_source stop;
      std::ptrdiff_t told = 0;
      const Result<Attribution> a = c.explain(run.id, run.settings, {}, {}, stop.get_token(), [&](double) {
        if (++told == last) stop.request_stop();
      });
      ASSERT_FALSE(a) << "stopped at " << shares[static_cast<std::size_t>(last - 1)];
      EXPECT_NE(a.error().text().find("Stopped"), std::string::npos) << a.error().text();
      EXPECT_EQ(told, last) << "went on after " << shares[static_cast<std::size_t>(last - 1)];
    }
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(exactShapley(12, std::vector<double>(4096), stop.get_token()).empty());
}

/// More coefficients than rows: the shortest of the solutions. Of 16 subsets of 20 × 20 pixels nearly all directions are open.
TEST(Explainers, FitsWithTooFewRowsTakeTheShortestSolution) {
  Drawing d;
  d.add("input", "in").dense("only", 2).add("output", "out");
  const Case c(d.compile(classesOf({40}, 2)));
  const Attribution lime = *c.explain("lime", {{"neighbours", std::int64_t{16}}, {"ridge", 0.0}}, {.output = 0});
  const Attribution pulled = *c.explain("lime", {{"neighbours", std::int64_t{16}}, {"ridge", 1e-6}}, {.output = 0});
  // The ridge's limit is the shortest; the constant term, which no ridge pulls, is free to differ, and with it every value.
  double values = 0, limit = 0;
  for (std::size_t i = 0; i < 40; ++i) values += lime.values[i] * lime.values[i], limit += pulled.values[i] * pulled.values[i];
  const double whole = values + *lime.intercept * *lime.intercept, other = limit + *pulled.intercept * *pulled.intercept;
  EXPECT_LE(whole, other * 1.001);
  const Attribution kernel = *c.explain("kernel-shap", {{"coalitions", std::int64_t{16}}}, {.output = 0});
  EXPECT_NEAR(*kernel.completenessError, 0, 1e-5);
  for (const Real v : kernel.values) EXPECT_TRUE(std::isfinite(v));
}

TEST(ResizeBilinear, HalfPixelCentres) {
  const Tensor row(Shape{1, 2, 1}, {0, 4});
  EXPECT_EQ(resizeBilinear(row, 1, 4).data, (std::vector<Real>{0, 1, 3, 4}));
  EXPECT_EQ(resizeBilinear(row, 2, 2).data, (std::vector<Real>{0, 4, 0, 4}));
  EXPECT_EQ(resizeBilinear(row, 1, 1).data, (std::vector<Real>{2}));
  const Tensor two(Shape{2, 1, 2}, {0, 10, 4, 20});  // channels stay apart
  EXPECT_EQ(resizeBilinear(two, 4, 1).data, (std::vector<Real>{0, 10, 1, Real(12.5), 3, Real(17.5), 4, 20}));
}

}  // namespace
}  // namespace vitrine
