#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <thread>

#include "core/data/generators.h"
#include "core/model/templates.h"
#include "core/train/run.h"
#include "core/train/trainer.h"

namespace vitrine {
namespace {

DatasetPtr spirals(std::int64_t size = 600) {
  GeneratorSettings s;
  s.size = size;
  s.noise = 0;
  return *generate("spirals", s);
}

std::shared_ptr<const Network> networkFor(const DatasetPtr& data, const std::string& id = "playground") {
  return *Network::compile(findTemplate(id)->make(data->spec), data->spec);
}

TrainSettings quick(std::int64_t epochs) {
  TrainSettings s;
  s.rate = 0.01;
  s.batch = 32;
  s.epochs = epochs;
  return s;
}

std::shared_ptr<const Snapshot> finish(Trainer& trainer) {
  trainer.waitIdle();
  return trainer.snapshots().get();
}

void expectSameRun(const Snapshot& a, const Snapshot& b) {
  ASSERT_EQ(a.batchPoints, b.batchPoints);
  for (std::size_t i = 0; i < a.batchPoints; ++i) ASSERT_EQ(a.history->batches[i].loss, b.history->batches[i].loss) << "step " << i;
  ASSERT_EQ(a.epochPoints, b.epochPoints);
  for (std::size_t i = 0; i < a.epochPoints; ++i) {
    ASSERT_EQ(a.history->epochs[i].validationLoss, b.history->epochs[i].validationLoss);
    ASSERT_EQ(a.history->epochs[i].confusion, b.history->epochs[i].confusion);
  }
  ASSERT_EQ(a.state->params.size(), b.state->params.size());
  EXPECT_EQ(0, std::memcmp(a.state->params.data(), b.state->params.data(), a.state->params.size() * sizeof(Real)));
}

TEST(Trainer, SolvesTwoSpirals) {
  const DatasetPtr data = spirals(1000);
  Trainer trainer(2);
  trainer.load(networkFor(data), data, quick(150));
  trainer.play();
  const auto s = finish(trainer);
  EXPECT_EQ(s->run, RunState::Finished);
  ASSERT_EQ(s->epochPoints, 150u);
  EXPECT_GE(s->history->epochs[149].validationAccuracy, 0.97);
}

TEST(Trainer, SameBitsForAnyNumberOfThreads) {
  const DatasetPtr data = spirals();
  std::shared_ptr<const Snapshot> first;
  for (int threads : {1, 2, 3, 8}) {
    Trainer trainer(threads);
    TrainSettings settings = quick(3);
    settings.batch = 200;  // several groups of rows
    trainer.load(networkFor(data), data, settings);
    trainer.play();
    const auto s = finish(trainer);
    if (!first) first = s;
    expectSameRun(*first, *s);
  }
}

TEST(Trainer, PausesAndStepsEndInTheSameRun) {
  const DatasetPtr data = spirals(200);
  Trainer whole(1), pieces(2);
  whole.load(networkFor(data), data, quick(4));
  whole.play();
  pieces.load(networkFor(data), data, quick(4));
  for (int i = 0; i < 3; ++i) {
    pieces.stepBatch();
    pieces.waitIdle();
    EXPECT_EQ(pieces.snapshots().get()->state->step, i + 1);
  }
  pieces.stepEpoch();
  pieces.waitIdle();
  EXPECT_EQ(pieces.snapshots().get()->state->epoch, 1);
  pieces.play();
  const auto a = finish(whole), b = finish(pieces);
  expectSameRun(*a, *b);
}

TEST(Trainer, GoesOnFromASavedStateWithTheSameBits) {
  const DatasetPtr data = spirals(200);
  Trainer whole(1);
  whole.load(networkFor(data), data, quick(4));
  whole.play();
  const auto expected = finish(whole);

  Trainer before(1);
  before.load(networkFor(data), data, quick(4));
  for (int i = 0; i < 7; ++i) before.stepBatch();
  const auto saved = finish(before);
  auto history = std::make_shared<History>();
  for (std::size_t i = 0; i < saved->batchPoints; ++i) history->batches.append(saved->history->batches[i]);
  for (std::size_t i = 0; i < saved->epochPoints; ++i) history->epochs.append(saved->history->epochs[i]);
  Trainer after(2);
  after.load(networkFor(data), data, quick(4), saved->state, history);
  after.play();
  const auto resumed = finish(after);
  expectSameRun(*expected, *resumed);
}

TEST(Trainer, EditKeepsWhatFitsAndNamesWhatDoesNot) {
  const DatasetPtr data = spirals(200);
  const auto network = networkFor(data);
  Trainer trainer(1);
  trainer.load(network, data, quick(2));
  trainer.play();
  const auto before = finish(trainer);
  Graph g = network->graph();
  NodeId dense{0};
  for (const Node& n : g.nodes)
    if (n.type == "dense" && dense.value == 0) dense = n.id;
  g = *setParam(g, dense, "units", ParamValue{std::int64_t{5}});
  trainer.edit(*Network::compile(g, data->spec));
  const auto after = finish(trainer);
  // The first Dense and the one behind it have other shapes now; the rest is as it was trained.
  EXPECT_EQ(after->remade.size(), 2u);
  EXPECT_EQ(after->state->step, before->state->step);
  const PlacedBlock &old = before->network->blocks().back(), &now = after->network->blocks().back();
  EXPECT_EQ(0, std::memcmp(before->state->params.data() + old.offset, after->state->params.data() + now.offset,
                           static_cast<std::size_t>(old.size()) * sizeof(Real)));
}

TEST(Trainer, AHugeRateStopsWithTheStepNamedAndFiniteParameters) {
  const DatasetPtr data = spirals(200);
  Trainer trainer(1);
  TrainSettings settings = quick(50);
  settings.optimiser.id = "sgd";
  settings.rate = 1e30;
  trainer.load(networkFor(data, "mlp"), data, settings);
  trainer.play();
  const auto s = finish(trainer);
  EXPECT_EQ(s->run, RunState::Failed);
  EXPECT_NE(s->failure.find("epoch 1, step"), std::string::npos) << s->failure;
  for (Real x : s->state->params) ASSERT_TRUE(std::isfinite(x));
}

TEST(Trainer, StopsInMidRun) {
  const DatasetPtr data = spirals(2000);
  Trainer trainer(2);
  trainer.load(networkFor(data), data, quick(0));
  trainer.play();
  while (!trainer.snapshots().get() || trainer.snapshots().get()->batchPoints < 3) std::this_thread::yield();
  trainer.setSettings(quick(0));
  trainer.pause();
  trainer.play();
  // Leaving scope must end it; the test's own time limit would tell otherwise.
}

TEST(Trainer, ResetGivesTheSameRunAgain) {
  const DatasetPtr data = spirals(200);
  Trainer trainer(2);
  trainer.load(networkFor(data), data, quick(2));
  trainer.play();
  const auto first = finish(trainer);
  trainer.reset();
  const auto empty = finish(trainer);
  EXPECT_EQ(empty->batchPoints, 0u);
  EXPECT_EQ(empty->run, RunState::Idle);
  trainer.play();
  const auto second = finish(trainer);
  expectSameRun(*first, *second);
}

}  // namespace
}  // namespace vitrine
