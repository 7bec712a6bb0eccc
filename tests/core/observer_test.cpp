#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <thread>

#include "core/data/generators.h"
#include "core/insight/observer.h"
#include "core/insight/statistics.h"
#include "core/train/loss.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

using namespace std::chrono_literals;
using test::Drawing;

DatasetPtr points(const std::string& id = "spirals", std::int64_t size = 200) {
  GeneratorSettings s;
  s.size = size;
  return *generate(id, s);
}

std::shared_ptr<const Network> networkFor(const Dataset& data) {
  Drawing d;
  d.add("input", "in").dense("a", 8).add("relu", "r").dense("b", data.spec.outputs);
  const bool classes = data.spec.task == Task::Classification;
  d.add("output", "out", {{"loss", std::string(classes ? "cross-entropy" : "mse")}});
  return d.compile(data.spec);
}

std::shared_ptr<const Snapshot> snapshotOf(const DatasetPtr& data, std::uint64_t seed = 3) {
  auto s = std::make_shared<Snapshot>();
  s->network = networkFor(*data);
  s->data = data;
  auto state = std::make_shared<TrainState>();
  state->params = s->network->initialise(seed);
  s->state = state;
  s->history = std::make_shared<History>();
  return s;
}

/// The newest observation that suits; null when none comes within a generous time.
template <class Suits>
std::shared_ptr<const Observation> waitFor(const Observer& observer, Suits suits) {
  for (int i = 0; i < 2000; ++i) {
    if (auto o = observer.observations().get(); o && suits(*o)) return o;
    std::this_thread::sleep_for(5ms);
  }
  return nullptr;
}

TEST(Observe, ComputesOnlyWhatIsAskedFor) {
  const auto snapshot = snapshotOf(points());
  ObserverRequest request;
  request.pinned = {4, 9};
  request.methods = {"saliency"};
  auto o = observe(snapshot, request);
  ASSERT_TRUE(o);
  EXPECT_TRUE(o->pinned.empty() && o->activations.empty() && o->grid.values.empty());
  request.explain = true;
  o = observe(snapshot, request);
  EXPECT_EQ(o->pinned.size(), 2u);
  EXPECT_TRUE(o->activations.empty() && o->grid.values.empty());
  EXPECT_EQ(o->request, request);
  EXPECT_EQ(o->of, snapshot);
}

TEST(Observe, PinnedSamplesHaveInputsProbabilitiesAndAttributions) {
  const auto snapshot = snapshotOf(points());
  ObserverRequest request;
  request.pinned = {9, 0};
  request.methods = {"integrated-gradients", "grad-cam", "nothing of the kind"};
  request.explain = true;
  const auto o = observe(snapshot, request);
  ASSERT_EQ(o->pinned.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    const PinnedObservation& p = o->pinned[i];
    EXPECT_EQ(p.row, request.pinned[i]);
    std::vector<Real> input(2);
    gatherInputs(*snapshot->data, {&request.pinned[i], 1}, input.data());
    EXPECT_EQ(p.input, input);
    EXPECT_NEAR(std::accumulate(p.outputs.begin(), p.outputs.end(), 0.0), 1, 1e-6);
    ASSERT_EQ(p.attributions.size(), 3u);
    ASSERT_TRUE(p.attributions[0]);
    EXPECT_EQ(p.attributions[0]->target, std::max_element(p.outputs.begin(), p.outputs.end()) - p.outputs.begin());
    EXPECT_NE(p.attributions[1].error().text().find("convolutional"), std::string::npos);
    EXPECT_NE(p.attributions[2].error().text().find("nothing of the kind"), std::string::npos);
  }
}

TEST(Observe, RowsThatAreGoneAreToldAndTheOthersGoOn) {
  ObserverRequest request;
  request.pinned = {100000, -1, 5};
  request.methods = {"saliency"};
  request.explain = request.featureMaps = true;
  request.mapsOf = 1;
  const auto o = observe(snapshotOf(points()), request);
  ASSERT_EQ(o->pinned.size(), 3u);
  EXPECT_FALSE(o->pinned[0].attributions[0]);
  EXPECT_FALSE(o->pinned[1].attributions[0]);
  EXPECT_TRUE(o->pinned[2].attributions[0]);
  EXPECT_TRUE(o->activations.empty());
  request.mapsOf = 17;
  EXPECT_TRUE(observe(snapshotOf(points()), request)->activations.empty());
}

TEST(Observe, FeatureMapsAreEveryNodesOutput) {
  const auto snapshot = snapshotOf(points());
  ObserverRequest request;
  request.pinned = {3, 7};
  request.featureMaps = true;
  request.mapsOf = 1;
  const auto o = observe(snapshot, request);
  ASSERT_EQ(o->activations.size(), snapshot->network->order().size());
  const auto ofNode = [&](const std::string& name) -> const NodeActivation& {
    const NodeId id = snapshot->network->graph().findName(name)->id;
    return *std::find_if(o->activations.begin(), o->activations.end(), [&](const NodeActivation& a) { return a.node == id; });
  };
  const NodeActivation &before = ofNode("a"), &after = ofNode("r");
  ASSERT_EQ(after.shape, (Shape{8}));
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(after.values[i], std::max(before.values[i], Real(0)));
}

/// The grid asks the network the same as the samples themselves would: raw units go in, standardised by the data set.
TEST(Observe, DecisionGridIsInTheFeaturesUnits) {
  const DatasetPtr data = points("gaussians");
  const auto snapshot = snapshotOf(data);
  ObserverRequest request;
  request.decisionGrid = 21;
  const auto o = observe(snapshot, request);
  const DecisionGrid& g = o->grid;
  ASSERT_EQ(g.side, 21);
  ASSERT_EQ(g.outputs, 2);
  ASSERT_EQ(g.values.size(), 21u * 21 * 2);
  double low = 1e9, high = -1e9;
  for (std::int64_t r = 0; r < data->count(); ++r) {
    low = std::min(low, data->inputs.raw(r, 0));
    high = std::max(high, data->inputs.raw(r, 0));
  }
  EXPECT_NEAR(g.x0, low - 0.1 * (high - low), 1e-6);
  EXPECT_NEAR(g.x1, high + 0.1 * (high - low), 1e-6);
  // Column 4, row 17, worked out by way of the data set's scaling.
  const double x = g.x0 + 4 * (g.x1 - g.x0) / 20, y = g.y0 + 17 * (g.y1 - g.y0) / 20;
  Workspace ws(*snapshot->network, 1, false, false);
  const Standardisation& z = data->inputScaling;
  ASSERT_FALSE(z.empty());
  ws.input()[0] = static_cast<Real>((x - z.mean[0]) / z.deviation[0]);
  ws.input()[1] = static_cast<Real>((y - z.mean[1]) / z.deviation[1]);
  Real expected[2];
  softmaxRows(1, 2, snapshot->network->forward(snapshot->state->params.span(), ws, 1), expected);
  EXPECT_NEAR(g.values[(17 * 21 + 4) * 2], expected[0], 1e-5);
  EXPECT_NEAR(g.values[(17 * 21 + 4) * 2 + 1], expected[1], 1e-5);
}

TEST(Observe, RegressionValuesAreInTheTargetsUnits) {
  const DatasetPtr data = points("plane");
  const auto snapshot = snapshotOf(data);
  ObserverRequest request;
  request.pinned = {2};
  request.methods = {"saliency"};
  request.explain = true;
  request.decisionGrid = 4;
  const auto o = observe(snapshot, request);
  ASSERT_TRUE(o->pinned[0].attributions[0]);
  const double f = o->pinned[0].attributions[0]->outputValue;
  EXPECT_NEAR(o->pinned[0].outputs[0], targetInUnits(*data, 0, f), 1e-5);
  EXPECT_EQ(o->grid.values.size(), 16u);
}

TEST(Observe, ParametersThatAreNotNumbersDoNoHarm) {
  for (const char* kind : {"spirals", "wave"}) {
    const auto good = snapshotOf(points(kind));
    auto snapshot = std::make_shared<Snapshot>(*good);
    auto state = std::make_shared<TrainState>(*good->state);
    for (Real& p : state->params) p = std::numeric_limits<Real>::quiet_NaN();
    snapshot->state = state;
    ObserverRequest request;
    request.pinned = {1};
    for (const ExplainerSpec& s : explainerRegistry()) request.methods.push_back(s.id);
    request.explain = request.featureMaps = true;
    request.decisionGrid = 10;
    const auto o = observe(snapshot, request);
    ASSERT_TRUE(o);
    for (const Result<Attribution>& a : o->pinned[0].attributions) EXPECT_FALSE(a);
    EXPECT_TRUE(std::isnan(o->grid.values[0]));
    for (const BlockSummary& b : parameterSummaries(*snapshot->network, state->params.span())) EXPECT_EQ(b.values.notFinite, b.values.count);
  }
}

TEST(Observe, StopGivesNull) {
  std::stop_source stop;
  stop.request_stop();
  ObserverRequest request;
  request.decisionGrid = 10;
  EXPECT_FALSE(observe(snapshotOf(points()), request, stop.get_token()));
}

TEST(Observer, LooksAtAnIdleTrainerOnceAndAgainWhenAskedForMore) {
  const DatasetPtr data = points();
  Trainer trainer(1);
  Observer observer(trainer);
  ObserverRequest request;
  request.pinned = {1};
  request.methods = {"saliency"};
  request.explain = true;
  observer.setRequest(request);
  EXPECT_TRUE(trainer.load(networkFor(*data), data, {}));
  const auto first = waitFor(observer, [](const Observation& o) { return o.pinned.size() == 1; });
  ASSERT_TRUE(first);
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(observer.observations().get(), first);  // nothing changed, so nothing was computed
  request.decisionGrid = 8;
  observer.setRequest(request);
  EXPECT_TRUE(waitFor(observer, [](const Observation& o) { return o.grid.side == 8; }));
}

TEST(Observer, FollowsTrainingAndEndsWithItsLastSnapshot) {
  const DatasetPtr data = points("circles", 400);
  Trainer trainer(2);
  Observer observer(trainer, 0.5);
  ObserverRequest request;
  request.pinned = {1, 2};
  for (const ExplainerSpec& s : explainerRegistry()) request.methods.push_back(s.id);
  request.explain = request.featureMaps = true;
  request.decisionGrid = 20;
  observer.setRequest(request);
  EXPECT_TRUE(trainer.load(networkFor(*data), data, {}));
  trainer.play();
  const auto early = waitFor(observer, [](const Observation& o) { return o.of->run == RunState::Running; });
  ASSERT_TRUE(early);
  const auto later = waitFor(observer, [&](const Observation& o) { return o.of->state->step > early->of->state->step; });
  ASSERT_TRUE(later);
  EXPECT_NE(later->grid.values, early->grid.values);
  trainer.pause();
  trainer.waitIdle();
  const std::int64_t end = trainer.snapshots().get()->state->step;
  EXPECT_TRUE(waitFor(observer, [&](const Observation& o) { return o.of->state->step == end && o.of->run == RunState::Paused; }));
}

TEST(Observer, GoesAwayInTheMiddleOfTraining) {
  const DatasetPtr data = points("xor", 300);
  Trainer trainer(2);
  EXPECT_TRUE(trainer.load(networkFor(*data), data, {}));
  trainer.play();
  for (int i = 0; i < 10; ++i) {
    Observer observer(trainer, 1);
    ObserverRequest request;
    request.decisionGrid = 100 + i;
    observer.setRequest(request);
    std::this_thread::sleep_for(std::chrono::milliseconds(5 * i));
  }
  trainer.unload();
  trainer.waitIdle();
}

TEST(Statistics, SummaryByHand) {
  const Real inf = std::numeric_limits<Real>::infinity(), nan = std::numeric_limits<Real>::quiet_NaN();
  const NumberSummary s = summarise(std::vector<Real>{1, 3, nan, 0, 4, -inf});
  EXPECT_EQ(s.count, 6);
  EXPECT_EQ(s.notFinite, 2);
  EXPECT_DOUBLE_EQ(s.mean, 2);
  EXPECT_NEAR(s.deviation, std::sqrt(2.5), 1e-12);
  EXPECT_EQ(s.min, 0);
  EXPECT_EQ(s.max, 4);
  EXPECT_DOUBLE_EQ(s.zeroShare, 1.0 / 6);
  EXPECT_TRUE(std::isnan(summarise({}).mean));
  // A large offset must not eat the deviation.
  const NumberSummary far = summarise(std::vector<Real>{8000001, 8000002, 8000003});
  EXPECT_NEAR(far.deviation, std::sqrt(2.0 / 3), 1e-6);
}

TEST(Statistics, BlocksAndDeadUnits) {
  const DatasetPtr data = points();
  const auto snapshot = snapshotOf(data);
  const Network& network = *snapshot->network;
  Buffer params = snapshot->state->params;
  const std::vector<BlockSummary> blocks = parameterSummaries(network, params.span());
  ASSERT_EQ(blocks.size(), 4u);
  EXPECT_EQ(blocks[0].name, "a.weight");
  EXPECT_EQ(blocks[0].values.count, 16);
  // Three units get a bias that no sample overcomes, the others one that always does.
  const PlacedBlock bias = network.blocksOf(network.graph().findName("a")->id)[1];
  for (std::int64_t u = 0; u < 8; ++u) params[static_cast<std::size_t>(bias.offset + u)] = u < 3 ? Real(-100) : Real(100);
  const std::vector<ActivationSummary> nodes = activationSummaries(network, params.span(), *data, data->train);
  ASSERT_EQ(nodes.size(), network.order().size());
  for (const ActivationSummary& n : nodes) {
    const std::string& type = network.graph().find(n.node)->type;
    EXPECT_EQ(n.dead.has_value(), type == "relu") << type;
    if (type != "relu") continue;
    EXPECT_EQ(n.units, 8);
    EXPECT_EQ(*n.dead, 3);
    EXPECT_NEAR(n.values.zeroShare, 3.0 / 8, 1e-9);
    EXPECT_EQ(n.values.count, 8 * static_cast<std::int64_t>(data->train.size()));
  }
  EXPECT_TRUE(activationSummaries(network, params.span(), *data, {}).empty());
}

}  // namespace
}  // namespace vitrine
