// Losses, schedules, penalties, clipping and the ends of a run. Values from PyTorch 1.13 where it has the same.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "core/data/generators.h"
#include "core/model/templates.h"
#include "core/train/range_test.h"
#include "core/train/run.h"
#include "core/train/schedule.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

const std::vector<Real> kLogits{Real(1.5), Real(-0.25), Real(0.75), -2, Real(0.5), 3, Real(0.1), Real(0.2), Real(-0.3), 4, -1, 0};
const std::vector<std::int32_t> kClasses{0, 2, 1, 2};
const std::vector<Real> kTargets{1, 0, 1, 0, 0, 1, 1, 1, 0, Real(0.25), Real(0.5), 1};

void expectLoss(const LossRule& rule, double loss, const std::vector<double>& gradient) {
  std::vector<Real> g(12, NAN);
  double scale = 0.25;
  if (!rule.classWeights.empty()) {
    scale = 0;
    for (std::int32_t c : kClasses) scale += static_cast<double>(rule.classWeights[static_cast<std::size_t>(c)]);
    scale = 1 / scale;
  }
  const LossSum sum = rule.wantsNumbers() ? numberLoss(rule, 4, 3, kLogits.data(), kTargets.data(), scale, g.data())
                                          : crossEntropy(4, 3, kLogits.data(), kClasses.data(), scale, g.data(), rule);
  EXPECT_NEAR(sum.loss / sum.weight, loss, 1e-6);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_NEAR(g[i], gradient[i], 1e-6) << i;
}

TEST(Losses, AreThoseOfPyTorch) {
  LossRule r;
  r.classWeights = {Real(0.5), 2, Real(1.25)};
  expectLoss(r, 1.4456349418214018, {-0.0392518437938, 0.0105564466613, 0.0286953971325, 0.0015470713182, 0.0188471869907, -0.0203942583089,
                                     0.144118646096, -0.240724263582, 0.0966056174858, 0.243889688736, 0.00164331579633, -0.245533004532});
  r.smoothing = 0.2;
  expectLoss(r, 1.6011297824637651, {-0.0076940635986, -0.012943286007, 0.0206373496056, -0.00511959534847, -0.00781947967592, 0.0129390750244,
                                     0.126643080972, -0.19933661048, 0.0726935295077, 0.237223022069, -0.0250233508703, -0.212199671199});
  r = {};
  r.smoothing = 0.1;
  expectLoss(r, 1.445609145033219, {-0.0814629428178, 0.0180577833199, 0.0634051594979, -0.00678626201513, 0.0105138536574, -0.00372759164228,
                                    0.0817408204768, -0.133785998072, 0.0520451775953, 0.235556355403, -0.00669001753701, -0.228866337866});
  r = {};
  r.kind = LossKind::BinaryCrossEntropy;
  expectLoss(r, 0.7196054683910821, {-0.0152021269839, 0.0364852915929, -0.0267351084021, 0.00993357683518, 0.0518716109335, -0.00395215609813,
                                     -0.0395850677101, -0.0375138335573, 0.035463123599, 0.0610011491698, -0.0192548815525, -0.0416666666667});
  r.kind = LossKind::MeanAbsoluteError;
  const double p = 1.0 / 12;
  expectLoss(r, 1.1458333333333333, {p, -p, -p, -p, p, p, -p, -p, -p, p, -p, -p});
  r.kind = LossKind::Huber;
  r.delta = 0.7;
  const double d = 0.7 / 12;
  expectLoss(r, 0.5839583333333332, {0.5 / 12, -0.25 / 12, -0.25 / 12, -d, 0.5 / 12, d, -d, -d, -0.3 / 12, d, -d, -d});
}

TEST(Losses, BinaryCrossEntropyOfHugeLogitsIsFinite) {
  LossRule r;
  r.kind = LossKind::BinaryCrossEntropy;
  const std::vector<Real> z{Real(1e30), Real(-1e30)}, t{1, 0};
  std::vector<Real> g(2, NAN);
  EXPECT_EQ(numberLoss(r, 1, 2, z.data(), t.data(), 1, g.data()).loss, 0);
  EXPECT_EQ(g[0], 0);
  EXPECT_EQ(g[1], 0);
}

void expectRates(const ScheduleChoice& choice, const std::vector<double>& rates, double length = 0) {
  for (std::size_t e = 0; e < rates.size(); ++e)
    EXPECT_NEAR(scheduledRate(choice, 1, {static_cast<double>(e), length, 0}), rates[e], 1e-9) << choice.id << ", epoch " << e;
}

TEST(Schedules, AreThoseOfPyTorch) {
  using I = std::int64_t;
  expectRates({"step", {{"every", I{3}}, {"gamma", 0.5}}}, {1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125});
  expectRates({"exponential", {{"gamma", 0.9}}}, {1, 0.9, 0.81, 0.729, 0.6561, 0.59049});
  expectRates({"cosine", {{"epochs", I{10}}, {"low", 0.1}}}, {1, 0.9779754323, 0.9140576475, 0.8145033635, 0.6890576475, 0.55, 0.4109423525,
                                                             0.2854966365, 0.1859423525, 0.1220245677, 0.1, 0.1});
  expectRates({"cosine", {{"low", 0.1}}}, {1, 0.9779754323, 0.9140576475}, 10);
  expectRates({"restarts", {{"first", I{2}}, {"grow", I{2}}, {"low", 0.05}}},
              {1, 0.525, 1, 0.8608757211, 0.525, 0.1891242789, 1, 0.9638427779, 0.8608757211, 0.7067746304, 0.525, 0.3432253696});
  expectRates({"restarts", {{"first", I{3}}, {"grow", I{1}}}}, {1, 0.75, 0.25, 1, 0.75, 0.25, 1});
  expectRates({"warm-up", {{"start", 0.25}, {"over", I{4}}}}, {0.25, 0.4375, 0.625, 0.8125, 1, 1, 1});
  const ScheduleChoice one{"one-cycle", {{"epochs", I{10}}, {"rise", 0.3}}};
  expectRates(one, {0.04, 0.52, 1, 0.9504846320, 0.8117456539, 0.6112620219, 0.3887419781, 0.1882583461, 0.0495193680, 0.000004, 0.000004});
  // Step by step: 4 epochs of 3 batches, the last of one row.
  const ScheduleChoice four{"one-cycle", {{"epochs", I{4}}, {"rise", 0.3}}};
  const std::vector<double> steps{0.04, 0.3497896542, 0.8792851591, 0.9944154355, 0.9330129698, 0.8117456539, 0.6473789977, 0.4626371027, 0.2830609982, 0.1334775302, 0.0345669874, 0.000004};
  for (std::size_t k = 0; k < steps.size(); ++k)
    EXPECT_NEAR(scheduledRate(four, 1, scheduleMoment(I(k / 3), I(k % 3) * 5, 11, 5, 0, 0)), steps[k], 1e-9) << k;
  const ScheduleChoice plateau{"plateau", {{"gamma", 0.5}, {"patience", I{2}}}};
  const std::vector<double> losses{1, .9, .8, .81, .82, .83, .84, .7, .71, .72, .73, .74};
  const std::vector<double> rates{1, 1, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25};
  for (std::size_t e = 0; e < rates.size(); ++e) {
    const int reductions = plateauReductions(plateau, std::span(losses).first(e));
    EXPECT_NEAR(scheduledRate(plateau, 1, {static_cast<double>(e), 0, reductions}), rates[e], 1e-12) << e;
  }
}

// Written down from the formulas of Dozat 2016 as PyTorch 2 has them, in double.
TEST(Optimisers, NadamIsDozats) {
  const std::vector<std::vector<Real>> gradients{{Real(0.5), -1, Real(0.25)}, {Real(0.4), Real(-0.2), Real(-0.3)}, {Real(-0.1), Real(0.6), Real(0.05)}, {Real(0.3), Real(0.3), Real(-0.7)}};
  const auto ends = [&](const Params& params, const std::vector<double>& wanted) {
    const OptimiserChoice choice{"nadam", params};
    const OptimiserRule rule = optimiserRule(choice);
    OptimiserState state = freshState(choice, 3);
    std::vector<Real> p{1, -2, Real(0.5)};
    for (const std::vector<Real>& g : gradients) {
      beginStep(rule, state);
      applyOptimiser(rule, 0.01, 0, 3, g.data(), p.data(), state);
    }
    for (std::size_t i = 0; i < 3; ++i) EXPECT_NEAR(static_cast<double>(p[i]), wanted[i], 3e-7) << i;
  };
  ends({}, {0.9772228737, -1.9945937079, 0.5065722132});
  ends({{"weight_decay", 0.1}, {"momentum_decay", 0.02}, {"beta1", 0.8}}, {0.9721860471, -1.9875673743, 0.5041695274});
}

DatasetPtr points(const char* id = "gaussians", std::int64_t size = 200) {
  GeneratorSettings g;
  g.size = size;
  g.noise = 20;
  return *generate(id, g);
}

std::shared_ptr<const Network> playground(const DatasetPtr& data) { return *Network::compile(findTemplate("playground")->make(data->spec), data->spec); }

std::shared_ptr<const Snapshot> trained(const DatasetPtr& data, const TrainSettings& s, int threads = 1) {
  Trainer trainer(threads);
  EXPECT_TRUE(trainer.load(playground(data), data, s));
  trainer.play();
  trainer.waitIdle();
  return trainer.snapshots().get();
}

TEST(EarlyStopping, EndsTheRunAndBringsTheBestWeightsBack) {
  const DatasetPtr data = points();
  TrainSettings s;
  s.rate = 0.3;  // too large on purpose: the loss wanders
  s.batch = 8;
  s.epochs = 500;
  s.options = {{"patience", std::int64_t{4}}};
  const auto end = trained(data, s);
  EXPECT_EQ(end->run, RunState::Finished);
  ASSERT_LT(end->epochPoints, 500u);
  EXPECT_FALSE(end->finish.empty());
  double best = 1e9;
  std::int64_t at = 0;
  for (std::size_t i = 0; i < end->epochPoints; ++i)
    if (const EpochPoint& p = end->history->epochs[i]; p.validationLoss < best) best = p.validationLoss, at = p.epoch;
  EXPECT_EQ(end->state->bestEpoch, at);
  EXPECT_EQ(static_cast<std::int64_t>(end->epochPoints), at + 4);
  ThreadPool pool(1);
  EXPECT_DOUBLE_EQ(evaluate(*end->network, end->state->params.span(), *data, data->validation, pool)->loss, best);
}

TEST(EarlyStopping, GoesOnWhenAskedTo) {
  const DatasetPtr data = points();
  TrainSettings s;
  s.rate = 0.3;
  s.batch = 8;
  s.options = {{"patience", std::int64_t{2}}};
  Trainer trainer(1);
  EXPECT_TRUE(trainer.load(playground(data), data, s));
  trainer.play();
  trainer.waitIdle();
  const std::size_t first = trainer.snapshots().get()->epochPoints;
  trainer.play();
  trainer.waitIdle();
  EXPECT_GE(trainer.snapshots().get()->epochPoints, first + 2);
}

TEST(Stopping, AtALossAndAfterATime) {
  const DatasetPtr data = points();
  TrainSettings s;
  s.rate = 0.01;
  s.options = {{"stop_loss", 0.2}};
  const auto low = trained(data, s);
  EXPECT_EQ(low->run, RunState::Finished);
  EXPECT_LE(low->history->epochs[low->epochPoints - 1].validationLoss, 0.2);
  for (std::size_t i = 0; i + 1 < low->epochPoints; ++i) EXPECT_GT(low->history->epochs[i].validationLoss, 0.2);
  s.options = {{"stop_seconds", 0.05}};
  const auto late = trained(data, s);
  EXPECT_EQ(late->run, RunState::Finished);
  EXPECT_GE(late->state->seconds, 0.05);
}

TEST(Schedules, TheHistoryTellsTheRateThatWasUsed) {
  const DatasetPtr data = points();
  TrainSettings s;
  s.rate = 0.01;
  s.batch = 40;
  s.epochs = 4;
  s.schedule = {"cosine", {}};
  const auto end = trained(data, s, 2);
  ASSERT_EQ(end->batchPoints, 16u);
  for (std::size_t i = 0; i < 16; ++i)
    EXPECT_NEAR(end->history->batches[i].rate, 0.005 * (1 + std::cos(M_PI * static_cast<double>(i) / 16)), 1e-12) << i;
}

TEST(GradientDescent, SeesEverySampleInEachStep) {
  const DatasetPtr data = points();
  TrainSettings s;
  s.optimiser = {"gd", {}};
  s.rate = 0.1;
  s.batch = 10;
  s.epochs = 5;
  const auto end = trained(data, s);
  EXPECT_EQ(end->batchPoints, 5u);
  EXPECT_LT(end->history->batches[4].loss, end->history->batches[0].loss);
}

/// The gradient of one batch of everything, with these clippings.
std::vector<Real> gradientOf(const Graph& graph, const DatasetPtr& data, double norm, double value) {
  const auto network = *Network::compile(graph, data->spec);
  ThreadPool pool(2);
  BatchGradient gradient(network, data, static_cast<std::int64_t>(data->train.size()), pool);
  gradient.setClipping(norm, value);
  Buffer params = network->initialise(3);
  gradient.compute(params.span(), data->train, {});
  return {gradient.gradient().begin(), gradient.gradient().end()};
}

TEST(Clipping, ByNormAndByValue) {
  const DatasetPtr data = points();
  const Graph graph = findTemplate("playground")->make(data->spec);
  const std::vector<Real> plain = gradientOf(graph, data, 0, 0), byNorm = gradientOf(graph, data, 0.01, 0), byValue = gradientOf(graph, data, 0, 0.001);
  double norm = 0;
  for (Real g : plain) norm += static_cast<double>(g) * g;
  norm = std::sqrt(norm);
  ASSERT_GT(norm, 0.01);
  for (std::size_t i = 0; i < plain.size(); ++i) {
    EXPECT_NEAR(byNorm[i], plain[i] * 0.01 / norm, 1e-7);
    EXPECT_EQ(byValue[i], std::clamp(plain[i], Real(-0.001), Real(0.001)));
  }
  EXPECT_EQ(gradientOf(graph, data, 1e3, 0), plain);
}

TEST(Penalties, AreOnWeightsOfTheirLayerOnly) {
  const DatasetPtr data = points();
  Graph graph = findTemplate("playground")->make(data->spec);
  NodeId layer{};
  for (const Node& n : graph.nodes)
    if (n.type == "dense" && !layer.value) layer = n.id;
  const std::vector<Real> plain = gradientOf(graph, data, 0, 0);
  graph = setParam(graph, layer, "l1", 0.5).value();
  graph = setParam(graph, layer, "l2", 0.25).value();
  const std::vector<Real> with = gradientOf(graph, data, 0, 0);
  const auto network = *Network::compile(graph, data->spec);
  const Buffer params = network->initialise(3);
  for (const PlacedBlock& b : network->blocks())
    for (std::size_t i = static_cast<std::size_t>(b.offset); i < static_cast<std::size_t>(b.offset + b.size()); ++i) {
      const bool penalised = b.node == layer && b.block.name == "weight";
      EXPECT_NEAR(with[i] - plain[i], penalised ? 0.5 * (params[i] > 0 ? 1 : -1) + 0.5 * params[i] : 0, 1e-6) << b.fullName;
    }
}

TEST(Frozen, ParametersStayAndTheRestLearns) {
  test::Drawing d = test::smallCnn(3);
  Graph graph = setParam(d.graph, d.graph.findName("conv2")->id, "frozen", true).value();
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> classes;
  Rng rng(4, Stream::Test);
  for (int i = 0; i < 30 * 144; ++i) pixels.push_back(static_cast<std::uint8_t>(rng.below(256)));
  for (int i = 0; i < 30; ++i) classes.push_back(i % 3);
  const DatasetPtr data = imagesFromBytes("noise", {12, 12, 1}, pixels, classes, 3);
  const auto network = *Network::compile(graph, data->spec);
  EXPECT_LT(network->trainableCount(), (*Network::compile(d.graph, data->spec))->trainableCount());
  Trainer trainer(2);
  TrainSettings s;
  s.batch = 10;
  s.epochs = 3;
  EXPECT_TRUE(trainer.load(network, data, s));
  trainer.play();
  trainer.waitIdle();
  const Buffer before = network->initialise(s.seed);
  const auto end = trainer.snapshots().get();
  for (const PlacedBlock& b : network->blocks()) {
    const std::size_t bytes = static_cast<std::size_t>(b.size()) * sizeof(Real), at = static_cast<std::size_t>(b.offset);
    const bool same = std::memcmp(before.data() + at, end->state->params.data() + at, bytes) == 0;
    EXPECT_EQ(same, b.fullName.starts_with("conv2.")) << b.fullName;
  }
}

TEST(RangeTest, SuggestsARateThatLearns) {
  const DatasetPtr data = points("circles", 1000);
  TrainSettings s;
  s.batch = 32;
  const auto network = playground(data);
  const Buffer params = network->initialise(1);
  const RangeTest test = rangeTest(network, data, s, params.span(), 1e-6, 10, 200, 2);
  ASSERT_GT(test.points.size(), 50u);
  EXPECT_GT(test.suggested, 1e-4);
  EXPECT_LT(test.suggested, 1);
  for (std::size_t i = 1; i < test.points.size(); ++i) EXPECT_GT(test.points[i].rate, test.points[i - 1].rate);
  s.rate = test.suggested;
  s.epochs = 20;
  const auto end = trained(data, s);
  EXPECT_GT(end->history->epochs[19].validationAccuracy, 0.9);
}

TEST(Initialisation, DrawsWhatItSays) {
  const auto weightsOf = [](const std::string& init, Params more, std::int64_t in, std::int64_t units) {
    test::Drawing d;
    more["units"] = units;
    more["init"] = init;
    d.add("input", "in").add("dense", "fc", more).dense("last", 2).add("output", "out");
    const auto network = d.compile(test::classesOf({in}, 2));
    const Buffer params = network->initialise(7);
    const PlacedBlock b = network->blocks()[0];
    return std::vector<Real>(params.begin() + b.offset, params.begin() + b.offset + b.size());
  };
  const auto deviation = [](const std::vector<Real>& v) {
    double s = 0;
    for (Real x : v) s += static_cast<double>(x) * x;
    return std::sqrt(s / static_cast<double>(v.size()));
  };
  EXPECT_NEAR(deviation(weightsOf("lecun-normal", {}, 400, 300)), std::sqrt(1.0 / 400), 0.001);
  EXPECT_NEAR(deviation(weightsOf("lecun-uniform", {}, 400, 300)), std::sqrt(1.0 / 400), 0.001);
  EXPECT_NEAR(deviation(weightsOf("normal", {{"init_deviation", 0.3}}, 100, 300)), 0.3, 0.005);
  EXPECT_NEAR(deviation(weightsOf("uniform", {{"init_limit", 0.3}}, 100, 300)), 0.3 / std::sqrt(3.0), 0.005);
  for (Real x : weightsOf("constant", {{"init_value", -0.5}}, 3, 4)) EXPECT_EQ(x, Real(-0.5));
  for (const auto& [in, units] : {std::pair<std::int64_t, std::int64_t>{20, 8}, {8, 20}}) {
    const std::vector<Real> w = weightsOf("orthogonal", {}, in, units);  // [in × units]
    const std::int64_t n = std::min(in, units);
    for (std::int64_t a = 0; a < n; ++a)
      for (std::int64_t b = 0; b < n; ++b) {
        double dot = 0;
        for (std::int64_t k = 0; k < std::max(in, units); ++k)
          dot += in > units ? static_cast<double>(w[static_cast<std::size_t>(k * units + a)]) * w[static_cast<std::size_t>(k * units + b)]
                            : static_cast<double>(w[static_cast<std::size_t>(a * units + k)]) * w[static_cast<std::size_t>(b * units + k)];
        EXPECT_NEAR(dot, a == b ? 1 : 0, 1e-5);
      }
  }
}

}  // namespace
}  // namespace vitrine
