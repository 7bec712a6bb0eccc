// What a network's outputs are for a reader, and that all who show them read them alike.
#include <cmath>

#include "core/explain/trust.h"
#include "core/insight/observer.h"
#include "core/train/outputs.h"
#include "tests/support/networks.h"
#include "tests/support/step_cases.h"

namespace vitrine {
namespace {

using test::classesOf;
using test::Drawing;
using test::numbersOf;

std::shared_ptr<const Network> networkOf(DataSpec data, const std::string& loss) {
  Drawing d;
  d.add("input", "in").dense("a", 6).add("tanh", "t").dense("b", data.outputs).add("output", "out", {{"loss", loss}});
  return d.compile(data);
}

DataSpec labelsOf(std::int64_t inputs, std::int64_t labels) {
  DataSpec spec = classesOf({inputs}, labels);
  spec.task = Task::Labels;
  return spec;
}

TEST(Outputs, TheLossDecidesHowTheyAreRead) {
  const auto reading = [](const DataSpec& data, const std::string& loss) { return outputReading(*networkOf(data, loss)); };
  EXPECT_EQ(reading(classesOf({4}, 3), "cross-entropy"), OutputReading::Softmax);
  EXPECT_EQ(reading(classesOf({4}, 3), "bce"), OutputReading::Sigmoid);
  EXPECT_EQ(reading(labelsOf(4, 3), "bce"), OutputReading::Sigmoid);
  EXPECT_EQ(reading(labelsOf(4, 3), "mse"), OutputReading::Plain);
  EXPECT_EQ(reading(numbersOf({4}, 2), "mse"), OutputReading::Plain);
  EXPECT_EQ(reading(numbersOf({4}, 2), "bce"), OutputReading::Plain);
  for (const char* loss : {"mse", "mae", "huber"}) EXPECT_EQ(reading(classesOf({4}, 3), loss), OutputReading::Plain) << loss;
}

TEST(Outputs, RowsByHand) {
  const std::vector<Real> z{0, static_cast<Real>(std::log(3.0)), -700, 2, 2, 2};
  const auto read = [&](OutputReading r) {
    std::vector<Real> out(z.size());
    readOutputs(r, 2, 3, z.data(), out.data());
    return out;
  };
  const std::vector<Real> softmax = read(OutputReading::Softmax), sigmoid = read(OutputReading::Sigmoid);
  EXPECT_NEAR(softmax[0], 0.25, 1e-6);
  EXPECT_NEAR(softmax[1], 0.75, 1e-6);
  EXPECT_NEAR(softmax[2], 0, 1e-6);
  EXPECT_NEAR(softmax[4], 1.0 / 3, 1e-6);
  EXPECT_NEAR(sigmoid[0], 0.5, 1e-6);
  EXPECT_NEAR(sigmoid[1], 0.75, 1e-6);
  EXPECT_NEAR(sigmoid[2], 0, 1e-6);
  EXPECT_NEAR(sigmoid[3], 1 / (1 + std::exp(-2.0)), 1e-6);
  EXPECT_EQ(read(OutputReading::Plain), z);
}

TEST(Outputs, AProbabilityIsRefusedWhereThereIsNone) {
  const auto why = [](const DataSpec& data, const std::string& loss) {
    const auto network = networkOf(data, loss);
    const Buffer params = network->initialise(3);
    const std::vector<Real> x{1, 2, 3, 4};
    const Params none;
    const Result<Attribution> a = findExplainer("saliency")->explain({.network = *network, .params = params.span(), .input = x, .target = {.output = 0, .probability = true}, .settings = none});
    EXPECT_EQ(a.ok(), classesHaveProbabilities(*network).ok());
    return a ? std::string() : a.error().text();
  };
  EXPECT_EQ(why(classesOf({4}, 3), "cross-entropy"), "");
  EXPECT_NE(why(classesOf({4}, 3), "mse").find("The network's loss is mean squared error: its outputs are no probabilities of classes that sum to 1"), std::string::npos);
  EXPECT_NE(why(classesOf({4}, 3), "bce").find("The network's loss is binary cross-entropy"), std::string::npos);
  EXPECT_NE(why(labelsOf(4, 3), "bce").find("each by itself"), std::string::npos);
  EXPECT_NE(why(numbersOf({4}, 2), "mse").find("predicts numbers"), std::string::npos);
}

TEST(Outputs, RemovalFollowsTheOutputWhereThereIsNoProbability) {
  for (const char* loss : {"cross-entropy", "mse", "bce"}) {
    const auto network = networkOf(classesOf({12}, 3), loss);
    const Buffer params = network->initialise(3);
    const std::vector<Real> x{1, -2, 3, 1, 1, 2, 0, 1, 2, -1, 1, 2};
    const Params none;
    const ExplainArgs args{.network = *network, .params = params.span(), .input = x, .target = {}, .settings = none};
    const ExplainerSpec& saliency = *findExplainer("saliency");
    const Attribution map = *saliency.explain(args);
    const auto t = removalTest({saliency, args, map}, {});
    ASSERT_TRUE(t) << t.error().text();
    EXPECT_EQ(t->probability, std::string(loss) == "cross-entropy");
    if (!t->probability) {
      EXPECT_NEAR(t->deletion.score.front(), map.outputValue, 1e-6);
    }
  }
}

TEST(Outputs, TheObserverReadsThemSo) {
  for (const char* loss : {"cross-entropy", "mse", "bce"}) {
    auto s = std::make_shared<Snapshot>();
    s->network = networkOf(classesOf({2}, 3), loss);
    s->data = test::randomData(s->network->data(), 9, 2);
    auto state = std::make_shared<TrainState>();
    state->params = s->network->initialise(3);
    s->state = state;
    ObserverRequest request;
    request.pinned = {4};
    request.explain = true;
    const auto o = observe(s, request);
    ASSERT_EQ(o->pinned.size(), 1u);
    Workspace ws(*s->network, 1, false, false);
    std::copy(o->pinned[0].input.begin(), o->pinned[0].input.end(), ws.input());
    std::vector<Real> read(3);
    readOutputs(outputReading(*s->network), 1, 3, s->network->forward(state->params.span(), ws, 1), read.data());
    EXPECT_EQ(o->pinned[0].outputs, read) << loss;
  }
}

}  // namespace
}  // namespace vitrine
