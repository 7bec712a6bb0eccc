#include <gtest/gtest.h>

#include <pthread.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <thread>

#include "core/data/generators.h"
#include "core/model/templates.h"
#include "core/train/fits.h"
#include "core/train/run.h"
#include "core/train/trainer.h"
#include "tests/support/networks.h"

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
  ASSERT_TRUE(trainer.load(networkFor(data), data, quick(150)));
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
    ASSERT_TRUE(trainer.load(networkFor(data), data, settings));
    trainer.play();
    const auto s = finish(trainer);
    if (!first) first = s;
    expectSameRun(*first, *s);
  }
}

TEST(Trainer, PausesAndStepsEndInTheSameRun) {
  const DatasetPtr data = spirals(200);
  Trainer whole(1), pieces(2);
  ASSERT_TRUE(whole.load(networkFor(data), data, quick(4)));
  whole.play();
  ASSERT_TRUE(pieces.load(networkFor(data), data, quick(4)));
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
  ASSERT_TRUE(whole.load(networkFor(data), data, quick(4)));
  whole.play();
  const auto expected = finish(whole);

  Trainer before(1);
  ASSERT_TRUE(before.load(networkFor(data), data, quick(4)));
  for (int i = 0; i < 7; ++i) before.stepBatch();
  const auto saved = finish(before);
  auto history = std::make_shared<History>();
  for (std::size_t i = 0; i < saved->batchPoints; ++i) history->batches.append(saved->history->batches[i]);
  for (std::size_t i = 0; i < saved->epochPoints; ++i) history->epochs.append(saved->history->epochs[i]);
  Trainer after(2);
  ASSERT_TRUE(after.load(networkFor(data), data, quick(4), saved->state, history));
  after.play();
  const auto resumed = finish(after);
  expectSameRun(*expected, *resumed);
}

TEST(Trainer, EditKeepsWhatFitsAndNamesWhatDoesNot) {
  const DatasetPtr data = spirals(200);
  const auto network = networkFor(data);
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(network, data, quick(2)));
  trainer.play();
  const auto before = finish(trainer);
  Graph g = network->graph();
  NodeId dense{0};
  for (const Node& n : g.nodes)
    if (n.type == "dense" && dense.value == 0) dense = n.id;
  g = *setParam(g, dense, "units", ParamValue{std::int64_t{5}});
  ASSERT_TRUE(trainer.edit(*Network::compile(g, data->spec)));
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
  ASSERT_TRUE(trainer.load(networkFor(data, "mlp"), data, settings));
  trainer.play();
  const auto s = finish(trainer);
  EXPECT_EQ(s->run, RunState::Failed);
  EXPECT_NE(s->failure.find("epoch 1, step"), std::string::npos) << s->failure;
  for (Real x : s->state->params) ASSERT_TRUE(std::isfinite(x));
}

TEST(Trainer, StopsInMidRun) {
  const DatasetPtr data = spirals(2000);
  Trainer trainer(2);
  ASSERT_TRUE(trainer.load(networkFor(data), data, quick(0)));
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
  ASSERT_TRUE(trainer.load(networkFor(data), data, quick(2)));
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

TEST(Trainer, RefusesWhatDoesNotBelongTogetherAndGoesOnAsItWas) {
  const DatasetPtr data = spirals(200);
  const auto network = networkFor(data);
  Trainer trainer(1);
  EXPECT_FALSE(trainer.edit(network)) << "nothing is loaded";
  ASSERT_TRUE(trainer.load(network, data, quick(2)));
  trainer.play();
  const auto before = finish(trainer);

  // Networks for other data.
  for (const DataSpec& spec : {test::classesOf({3}, 2), test::classesOf({2}, 3), test::numbersOf({2}, 2)}) {
    test::Drawing d;
    d.add("input", "in").dense("logits", spec.outputs);
    spec.task == Task::Regression ? d.add("output", "out", {{"loss", std::string("mse")}}) : d.add("output", "out");
    const auto other = d.compile(spec);
    ASSERT_TRUE(other);
    const Status edited = trainer.edit(other), loaded = trainer.load(other, data, quick(2));
    EXPECT_FALSE(edited);
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().text().find("as the data"), std::string::npos) << loaded.error().text();
  }
  EXPECT_FALSE(trainer.load(nullptr, data, {}));
  EXPECT_FALSE(trainer.load(network, nullptr, {}));
  EXPECT_FALSE(trainer.edit(nullptr));

  // States of other lengths.
  using Spoil = std::function<void(TrainState&)>;
  for (const Spoil& spoil : {Spoil([](TrainState& s) { s.params = Buffer(s.params.size() - 1); }), Spoil([](TrainState& s) { s.params = {}; }),
                             Spoil([](TrainState& s) { s.optimiser.vectors.pop_back(); }), Spoil([](TrainState& s) { s.optimiser.vectors.emplace_back(4); }),
                             Spoil([](TrainState& s) { s.optimiser.vectors[1] = Buffer(3); }), Spoil([](TrainState& s) { s.best = std::make_shared<Buffer>(1); }),
                             Spoil([](TrainState& s) { s.position = 100000; }), Spoil([](TrainState& s) { s.position = -1; }),
                             Spoil([](TrainState& s) { s.step = -1; })}) {
    auto state = std::make_shared<TrainState>(*before->state);
    spoil(*state);
    const Status loaded = trainer.load(network, data, quick(2), state);
    ASSERT_FALSE(loaded);
    EXPECT_FALSE(loaded.error().text().empty());
  }

  // Data that do not hold what they say.
  using Damage = std::function<void(Dataset&)>;
  for (const Damage& damage : {Damage([](Dataset& d) { d.train[0] = 200; }), Damage([](Dataset& d) { d.validation[0] = -1; }), Damage([](Dataset& d) { d.classes[7] = 2; }),
                               Damage([](Dataset& d) { d.classes[7] = -1; }), Damage([](Dataset& d) { d.classes.pop_back(); }), Damage([](Dataset& d) { d.weights = {1}; })}) {
    auto damaged = std::make_shared<Dataset>(*data);
    damage(*damaged);
    EXPECT_FALSE(trainer.load(network, damaged, quick(2)));
  }

  trainer.setSettings(quick(4));
  trainer.play();
  const auto after = finish(trainer);
  EXPECT_EQ(after->generation, before->generation);
  EXPECT_EQ(after->state->epoch, 4);
}

TEST(Trainer, PausesInAnEvaluationEndInTheSameRun) {
  // Evaluating takes much longer than the few batches of an epoch, so that pauses fall into it.
  auto split = std::make_shared<Dataset>(*spirals(20000));
  split->train.assign({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  split->validation.clear();
  for (std::int32_t r = 10; r < 20000; ++r) split->validation.push_back(r);
  const DatasetPtr data = split;
  Trainer whole(1), pieces(1);
  ASSERT_TRUE(whole.load(networkFor(data), data, quick(6)));
  whole.play();
  ASSERT_TRUE(pieces.load(networkFor(data), data, quick(6)));
  int inEvaluation = 0;
  while (true) {
    pieces.play();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    pieces.pause();
    const auto s = finish(pieces);
    if (s->run == RunState::Finished) break;
    inEvaluation += s->state->position == 10;
    if (inEvaluation == 3) pieces.play(), pieces.waitIdle();
  }
  EXPECT_GT(inEvaluation, 0);
  expectSameRun(*finish(whole), *finish(pieces));
}

/// A network whose hidden features are normalised over the batch, one value a row.
std::shared_ptr<const Network> normalised(const DatasetPtr& data) {
  test::Drawing d;
  d.add("input", "in").dense("hidden", 6).add("batchnorm", "Norm").add("tanh", "tanh").dense("logits", 2).add("output", "out");
  return d.compile(data->spec);
}

DatasetPtr withTrainingRows(std::int32_t rows) {
  auto data = std::make_shared<Dataset>(*spirals(200));
  data->train.clear();
  for (std::int32_t r = 0; r < rows; ++r) data->train.push_back(r);
  return data;
}

TEST(BatchNorm, ABatchOfOneRowIsRefusedWithTheCure) {
  const DatasetPtr data = spirals(100);
  TrainSettings settings = quick(2);
  settings.batch = 1;
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(normalised(data), data, settings));
  trainer.play();
  const auto s = finish(trainer);
  EXPECT_EQ(s->run, RunState::Failed);
  EXPECT_EQ(s->state->step, 0);
  EXPECT_NE(s->failure.find("'Norm'"), std::string::npos) << s->failure;
  EXPECT_NE(s->failure.find("batch size of 2 or more"), std::string::npos) << s->failure;
  settings.batch = 2;
  trainer.setSettings(settings);
  trainer.play();
  EXPECT_EQ(finish(trainer)->run, RunState::Finished);
  // One row in all: no batch size helps.
  const DatasetPtr one = withTrainingRows(1);
  const Status can = canTrain(*normalised(one), *one, quick(2));
  ASSERT_FALSE(can);
  EXPECT_NE(can.error().text().find("2 rows or more"), std::string::npos) << can.error().text();
  // Pixels of a single picture are many values of a channel.
  const DatasetPtr images = imagesFromBytes("grey", {4, 4, 1}, std::vector<std::uint8_t>(64, 7), {0, 1, 0, 1}, 2);
  test::Drawing d;
  d.add("input", "in").conv("conv", 2, 3, 1).add("batchnorm", "Norm").add("flatten", "flatten").dense("logits", 2).add("output", "out");
  settings.batch = 1;
  EXPECT_TRUE(canTrain(*d.compile(images->spec), *images, settings));
}

TEST(BatchNorm, ALastRowAloneGoesWithTheBatchBeforeIt) {
  const DatasetPtr data = withTrainingRows(33);
  TrainSettings settings = quick(1);
  settings.batch = 16;
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(normalised(data), data, settings));
  trainer.play();
  const auto s = finish(trainer);
  ASSERT_EQ(s->batchPoints, 2u) << "16 rows, then 17";
  EXPECT_DOUBLE_EQ(s->history->batches[0].epoch, 16.0 / 33);
  EXPECT_DOUBLE_EQ(s->history->batches[1].epoch, 1);
  EXPECT_EQ(s->state->epoch, 1);
  // Every other network has its last row as a batch.
  Trainer plain(1);
  ASSERT_TRUE(plain.load(networkFor(data), data, settings));
  plain.play();
  EXPECT_EQ(finish(plain)->batchPoints, 3u);
  // A batch size that was changed in mid-epoch may leave one row that has no batch before it: it is left out.
  Trainer changed(1);
  settings.batch = 32;
  settings.epochs = 2;
  ASSERT_TRUE(changed.load(networkFor(data), data, settings));
  changed.stepBatch();
  changed.waitIdle();
  ASSERT_TRUE(changed.edit(normalised(data)));
  changed.play();
  const auto t = finish(changed);
  EXPECT_EQ(t->run, RunState::Finished);
  EXPECT_EQ(t->batchPoints, 2u) << "32 rows of the first epoch, 33 of the second";
  for (const Real x : t->state->params) ASSERT_TRUE(std::isfinite(x));
}

TEST(Trainer, AFailedFirstStepBringsBackRunningStatisticsToo) {
  const DatasetPtr data = spirals(100);
  auto far = std::make_shared<Dataset>(*data);
  far->inputScaling = {{0, 0}, {1e-38, 1e-38}};  // inputs beyond what a float holds
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(normalised(far), far, quick(2)));
  trainer.play();
  const auto s = finish(trainer);
  EXPECT_EQ(s->run, RunState::Failed) << s->finish;
  for (const Real x : s->state->params) ASSERT_TRUE(std::isfinite(x));
}

TEST(Trainer, AFailureTakesTheHistoryBackToItsState) {
  const DatasetPtr data = spirals(200);
  TrainSettings settings = quick(0);
  settings.optimiser.id = "sgd";
  Trainer trainer(1);
  ASSERT_TRUE(trainer.load(networkFor(data, "mlp"), data, settings));
  trainer.stepEpoch();
  trainer.waitIdle();
  settings.rate = 1e30;
  trainer.setSettings(settings);
  trainer.play();
  const auto s = finish(trainer);
  ASSERT_EQ(s->run, RunState::Failed);
  ASSERT_GT(s->batchPoints, 0u);
  EXPECT_EQ(s->history->batches[s->batchPoints - 1].step, s->state->step);
  EXPECT_EQ(static_cast<std::int64_t>(s->epochPoints), s->state->epoch);
}

TEST(ThreadPool, DoesWithFewerThreadsWhenTheSystemRefusesThem) {
  pthread_attr_t before, attributes;
  ASSERT_EQ(pthread_getattr_default_np(&before), 0);
  ASSERT_EQ(pthread_getattr_default_np(&attributes), 0);
  // A stack that no machine has room for.
  ASSERT_EQ(pthread_attr_setstacksize(&attributes, std::size_t{1} << 47), 0);
  ASSERT_EQ(pthread_setattr_default_np(&attributes), 0);
  ThreadPool pool(8);
  EXPECT_EQ(pthread_setattr_default_np(&before), 0);
  pthread_attr_destroy(&attributes);
  pthread_attr_destroy(&before);
  EXPECT_EQ(pool.threads(), 1);
  int sum = 0;
  pool.run(5, [&](std::int64_t b, int thread) { sum += static_cast<int>(b) + thread; });
  EXPECT_EQ(sum, 10);
  EXPECT_EQ(ThreadPool(100000).threads(), kMostThreads);
}

}  // namespace
}  // namespace vitrine
