// Layers in the product's own precision: values worked out by hand, shapes, and what a user is told.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/model/layer.h"
#include "core/model/templates.h"
#include "core/model/network.h"

namespace vitrine {
namespace {

using Values = std::vector<Real>;

struct Lent {
  std::unique_ptr<Layer> layer;
  Shape out;
  Values cache, scratch;
};

Lent make(const std::string& type, const Params& params, const std::vector<Shape>& in, std::int64_t rows) {
  const LayerSpec& spec = *findLayer(type);
  Lent l;
  l.out = *spec.shape(params, in);
  l.layer = spec.make(params, in);
  l.cache.resize(static_cast<std::size_t>(rows * l.layer->cachePerRow()));
  l.scratch.resize(static_cast<std::size_t>(l.layer->scratch() + rows * l.layer->scratchPerRow()));
  return l;
}

/// One input, evaluation unless said.
Values forward(const std::string& type, const Params& params, const Shape& in, const Values& x, const Values& weights = {},
               std::int64_t rows = 1, Mode mode = Mode::Eval) {
  Lent l = make(type, params, {in}, rows);
  Values y(static_cast<std::size_t>(rows * l.out.size()), std::nanf(""));
  const Real* ports[] = {x.data()};
  ForwardArgs a;
  a.rows = rows;
  a.in = ports;
  a.out = y.data();
  a.params = weights.data();
  a.cache = l.cache.data();
  a.scratch = l.scratch.data();
  a.mode = mode;
  a.rng = {5, 1};
  l.layer->forward(a);
  return y;
}

/// What max pooling sends back.
Values poolGradient(const Params& params, const Shape& in, const Values& x, const Values& dy) {
  Lent l = make("maxpool2d", params, {in}, 1);
  Values y(dy.size()), dx(x.size(), 5);
  const Real* ports[] = {x.data()};
  Real* dports[] = {dx.data()};
  ForwardArgs f;
  f.rows = 1, f.in = ports, f.out = y.data(), f.cache = l.cache.data(), f.scratch = l.scratch.data();
  l.layer->forward(f);
  BackwardArgs b;
  b.rows = 1, b.in = ports, b.dout = dy.data(), b.din = dports, b.cache = l.cache.data();
  l.layer->backward(b);
  return dx;
}

void expectNear(const Values& got, const Values& expected, Real tolerance = 1e-6f) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], tolerance) << i;
}

Params convParams(std::int64_t filters, IntPair kernel, IntPair stride, const std::string& padding) {
  return {{"filters", filters}, {"kernel", kernel}, {"stride", stride}, {"padding", padding}};
}

TEST(Layers, DenseByHand) {
  // Weights [in × out]: unit 0 gets x0 + 3·x1, unit 1 gets 2·x0 + 4·x1; biases 10 and 20.
  expectNear(forward("dense", {{"units", std::int64_t{2}}}, {2}, {1, -1, 0.5, 2}, {1, 2, 3, 4, 10, 20}, 2), {8, 18, 16.5, 29});
}

TEST(Layers, ConvolutionDoesNotFlipItsKernel) {
  // 2 × 2 kernel (1 2; 3 4) over (1 2 3; 4 5 6; 7 8 9), bias 1.
  const Values image{1, 2, 3, 4, 5, 6, 7, 8, 9}, weights{1, 2, 3, 4, 1};
  expectNear(forward("conv2d", convParams(1, {2, 2}, {1, 1}, "valid"), {3, 3, 1}, image, weights), {38, 48, 68, 78});
  // "same" with an even kernel: the row and column too many are at the bottom and right.
  expectNear(forward("conv2d", convParams(1, {2, 2}, {1, 1}, "same"), {3, 3, 1}, image, weights), {38, 48, 22, 68, 78, 34, 24, 27, 10});
}

TEST(Layers, ChannelsAndFiltersHaveTheirOwnWeights) {
  // 1 × 1 kernel, 2 channels to 3 filters; weights [in × out].
  expectNear(forward("conv2d", convParams(3, {1, 1}, {1, 1}, "valid"), {1, 2, 2}, {1, 10, 2, 20}, {1, 2, 3, 4, 5, 6, 0.5, 0, -0.5}),
             {41.5, 52, 62.5, 82.5, 104, 125.5});
}

TEST(Layers, SizesOfConvolutions) {
  auto out = [](IntPair kernel, IntPair stride, const std::string& padding) {
    const std::vector<Shape> in{{7, 10, 1}};
    const Result<Shape> s = findLayer("conv2d")->shape(convParams(4, kernel, stride, padding), in);
    return s ? *s : Shape{};
  };
  EXPECT_EQ(out({3, 3}, {1, 1}, "same"), (Shape{7, 10, 4}));
  EXPECT_EQ(out({3, 3}, {2, 2}, "same"), (Shape{4, 5, 4}));
  EXPECT_EQ(out({3, 5}, {1, 1}, "valid"), (Shape{5, 6, 4}));
  EXPECT_EQ(out({3, 3}, {2, 3}, "valid"), (Shape{3, 3, 4}));
  EXPECT_EQ(out({8, 3}, {1, 1}, "valid"), Shape{});
}

TEST(Layers, MaxPoolKeepsTheFirstOfEqualsAndIgnoresTheEdge) {
  expectNear(forward("maxpool2d", {}, {3, 4, 1}, {1, 5, 2, 2, -3, 0, 2, 1, 9, 9, 9, 9}), {5, 2});
  // 'same' never lets padding win over negative values.
  expectNear(forward("maxpool2d", {{"padding", std::string("same")}}, {1, 3, 1}, {-1, -2, -3}), {-1, -3});
  expectNear(poolGradient({}, {2, 2, 1}, {7, 7, 7, 7}, {3}), {3, 0, 0, 0});
}

/// Many channels go another way than few: each must get what it gets alone, ties, NaNs and what no window covers included.
TEST(Layers, MaxPoolOfManyChannelsIsThatOfEach) {
  const Shape all{5, 7, 11}, one{5, 7, 1};
  Rng rng(4, Stream::Test);
  Values x, dy;
  for (std::int64_t i = 0; i < all.size(); ++i) x.push_back(rng.below(40) == 0 ? std::nanf("") : static_cast<Real>(rng.below(3)) - 2);
  for (std::int64_t i = 0; i < 2 * 3 * 11; ++i) dy.push_back(static_cast<Real>(i + 1));
  const auto channel = [](const Values& v, std::size_t c) {
    Values own;
    for (std::size_t i = c; i < v.size(); i += 11) own.push_back(v[i]);
    return own;
  };
  const Values y = forward("maxpool2d", {}, all, x), dx = poolGradient({}, all, x, dy);
  for (std::size_t c = 0; c < 11; ++c) {
    SCOPED_TRACE(c);
    const Values own = forward("maxpool2d", {}, one, channel(x, c)), got = channel(y, c);
    ASSERT_EQ(own.size(), got.size());
    for (std::size_t i = 0; i < own.size(); ++i) EXPECT_TRUE(own[i] == got[i] || (std::isnan(own[i]) && std::isnan(got[i]))) << i;
    if (std::none_of(own.begin(), own.end(), [](Real v) { return std::isnan(v); }))
      EXPECT_EQ(channel(dx, c), poolGradient({}, one, channel(x, c), channel(dy, c)));
    EXPECT_EQ(std::count_if(dx.begin(), dx.end(), [](Real v) { return v != 0; }), 66);
  }
}

TEST(Layers, AveragesCountOnlyWhatIsInTheImage) {
  expectNear(forward("avgpool2d", {{"padding", std::string("same")}}, {1, 3, 1}, {1, 3, 8}), {2, 8});
  expectNear(forward("global_avgpool", {}, {2, 1, 2}, {1, 10, 3, 30}), {2, 20});
}

TEST(Layers, FlattenGivesPyTorchsOrder) {
  // Two pixels of three channels: channel by channel.
  expectNear(forward("flatten", {}, {1, 2, 3}, {1, 2, 3, 4, 5, 6}), {1, 4, 2, 5, 3, 6});
}

TEST(Layers, ActivationsAtTheEnds) {
  const Real huge = 1e30f;
  expectNear(forward("relu", {}, {3}, {-2, 0, 3}), {0, 0, 3});
  expectNear(forward("leaky_relu", {}, {3}, {-2, 0, 3}), {-0.02f, 0, 3});
  expectNear(forward("sigmoid", {}, {4}, {-huge, 0, huge, 1}), {0, 0.5f, 1, 0.7310585786f});
  expectNear(forward("tanh", {}, {4}, {-huge, 0, huge, 0.5f}), {-1, 0, 1, 0.4621171573f});
  expectNear(forward("softmax", {}, {3}, {1000, 1000, -huge}), {0.5f, 0.5f, 0});
  expectNear(forward("softmax", {}, {3}, {1, 2, 3}), {0.09003057f, 0.24472847f, 0.66524096f});
}

TEST(Layers, NotANumberIsNotHidden) {
  const Real nan = std::numeric_limits<Real>::quiet_NaN();
  for (const char* type : {"relu", "leaky_relu", "sigmoid", "tanh", "maxpool2d", "avgpool2d", "softmax", "global_avgpool"})
    for (std::size_t place = 0; place < 4; ++place) {
      Values x{1, 2, 3, 4};
      x[place] = nan;
      bool seen = false;
      for (Real y : forward(type, {}, {2, 2, 1}, x)) seen |= std::isnan(y);
      EXPECT_TRUE(seen) << type << ", place " << place;
    }
}

TEST(Layers, BatchNormEvaluatesWithRunningStatistics) {
  const Values params{2, 1, 0.5f, -1, 3, 4, 4, 9};  // weight, bias, running mean and variance of two features
  expectNear(forward("batchnorm", {{"epsilon", 1e-8}}, {2}, {5, 10}, params), {2 * (5 - 3) / 2.0f + 0.5f, (10 - 4) / 3.0f - 1}, 1e-5f);
}

TEST(Layers, BatchNormKeepsSmallDeviationsOfLargeNumbers) {
  // Mean 10 000, deviation 1: Σ x² − n · mean² would lose it in float.
  Lent l = make("batchnorm", {{"momentum", 1.0}}, {{1}}, 200);
  Values x(200), params{1, 0, 0, 1}, shared(static_cast<std::size_t>(l.layer->sharedSize())), partials;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = 10000 + (i % 2 ? 1 : -1);
  for (std::size_t first : {0u, 70u, 140u}) {
    const Real* ports[] = {x.data() + first};
    ForwardArgs a;
    a.rows = first == 140 ? 60 : 70, a.in = ports, a.scratch = l.scratch.data(), a.mode = Mode::Train;
    Values one(static_cast<std::size_t>(l.layer->partialSize()));
    l.layer->forwardPartial(a, one.data());
    partials.insert(partials.end(), one.begin(), one.end());
  }
  l.layer->combineForward(partials, 3, shared.data());
  l.layer->updateStatistics(shared.data(), params.data());
  EXPECT_NEAR(params[2], 10000, 1e-2);
  EXPECT_NEAR(params[3], 200.0 / 199, 1e-3);  // the unbiased variance
}

TEST(Layers, DropoutKeepsTheMeanAndDropsItsShare) {
  const Params rate{{"rate", 0.3}};
  const Values x(20000, 1);
  const Values y = forward("dropout", rate, {20000}, x, {}, 1, Mode::Train);
  double sum = 0, dropped = 0;
  for (Real v : y) {
    sum += v;
    dropped += v == 0;
    EXPECT_TRUE(v == 0 || std::abs(v - 1 / 0.7f) < 1e-6f);
  }
  EXPECT_NEAR(dropped / 20000, 0.3, 0.015);  // 4.6 deviations
  EXPECT_NEAR(sum / 20000, 1, 0.02);
  EXPECT_EQ(forward("dropout", rate, {20000}, x), x);
  // Rows of a batch have masks of their own.
  const Values two = forward("dropout", rate, {100}, Values(200, 1), {}, 2, Mode::Train);
  EXPECT_NE(Values(two.begin(), two.begin() + 100), Values(two.begin() + 100, two.end()));
}

TEST(Layers, MisfitsNameTheCure) {
  auto error = [](const std::string& type, const Params& params, const std::vector<Shape>& in) {
    const Result<Shape> s = findLayer(type)->shape(params, in);
    EXPECT_FALSE(s) << type;
    return s ? Error{} : s.error();
  };
  EXPECT_EQ(error("dense", {}, {{7, 7, 16}}).problem, "Dense needs a flat input, but gets 7 × 7 × 16.");
  EXPECT_EQ(error("dense", {}, {{7, 7, 16}}).expected, "Insert Flatten before it");
  EXPECT_NE(error("conv2d", {}, {{10}}).problem.find("needs an image"), std::string::npos);
  EXPECT_NE(error("maxpool2d", {}, {{1, 1, 3}}).expected.find("same"), std::string::npos);
  EXPECT_NE(error("add", {}, {{3}, {4}}).problem.find("3 and 4"), std::string::npos);
  EXPECT_FALSE(error("concat", {}, {{3, 3, 1}, {4, 3, 1}}).expected.empty());
  EXPECT_FALSE(error("dense", {{"units", std::int64_t{65536}}}, {{std::int64_t{1} << 30}}).expected.empty());
}

TEST(Templates, EachSuitsItsDataAndCompiles) {
  const std::vector<std::string> ten(10, "c");
  const std::vector<DataSpec> kinds{{{28, 28, 1}, 10, Task::Classification, ten}, {{32, 32, 3}, 10, Task::Classification, ten},
                                    {{8, 9, 1}, 10, Task::Classification, ten},   {{4, 4, 1}, 10, Task::Classification, ten},
                                    {{1, 1, 1}, 10, Task::Classification, ten},   {{2}, 2, Task::Classification, {"a", "b"}},
                                    {{4}, 3, Task::Classification, {"a", "b", "c"}},
                                    {{5}, 1, Task::Regression, {}},               {{2}, 3, Task::Regression, {}}};
  for (const DataSpec& data : kinds) {
    int suited = 0;
    for (const GraphTemplate& t : templateRegistry()) {
      const Status suits = t.suits(data);
      if (!suits) {
        EXPECT_FALSE(suits.error().text().empty()) << t.id;
        continue;
      }
      ++suited;
      const auto network = Network::compile(t.make(data), data);
      ASSERT_TRUE(network) << t.id << " on " << data.input.text() << ": " << network.error().text();
      EXPECT_EQ((*network)->outputs(), data.outputs);
      EXPECT_TRUE((*network)->validation().issues.empty()) << t.id << ": " << (*network)->validation().issues[0].text;
    }
    EXPECT_GE(suited, 1) << data.input.text();
    EXPECT_TRUE(defaultTemplate(data).suits(data)) << data.input.text();
  }
  EXPECT_EQ(defaultTemplate(kinds[0]).id, "small-cnn");
  EXPECT_EQ(defaultTemplate(kinds[5]).id, "playground");
  EXPECT_EQ(defaultTemplate(kinds[6]).id, "mlp");
  EXPECT_EQ(defaultTemplate(kinds[7]).id, "regression-mlp");
}

TEST(Templates, ParameterCountsAreTheKnownOnes) {
  const DataSpec images{{28, 28, 1}, 10, Task::Classification, std::vector<std::string>(10, "c")};
  auto count = [&](const char* id) { return (*Network::compile(findTemplate(id)->make(images), images))->trainableCount(); };
  EXPECT_EQ(count("softmax-regression"), 7850);
  EXPECT_EQ(count("mlp"), 109386);
  EXPECT_EQ(count("lenet"), 61706);
  EXPECT_EQ(count("small-cnn"), 52138);
  EXPECT_EQ(count("keras-cnn"), 34826);
}

}  // namespace
}  // namespace vitrine
