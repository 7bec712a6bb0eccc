// Explain this step in float: the numbers are the trainer's own, for every optimiser; faults are told.
#include "tests/support/step_cases.h"

namespace vitrine {
namespace {

using test::StepCase;
using test::StepSetting;

Snapshot snapshotOf(const vitrine::Run& run) {
  Snapshot s;
  s.network = run.network(), s.data = run.data(), s.settings = run.settings(), s.history = run.history();
  s.state = std::make_shared<TrainState>(run.state());
  s.epochPoints = run.history()->epochs.size();
  return s;
}

TEST(ExplainStep, UpdateIsTheTrainersForEveryOptimiser) {
  const StepCase c = test::stepCases()[0];
  const StepSetting s(c, 3);
  ThreadPool pool(1);
  for (const OptimiserSpec& spec : optimiserRegistry())
    for (const bool more : {false, true}) {
      TrainSettings settings;
      settings.optimiser.id = spec.id;
      settings.rate = spec.usualRate, settings.batch = 4, settings.seed = 8;
      settings.schedule.id = "cosine", settings.epochs = 10;
      if (more) {  // settings that are off by default
        for (const Param& p : spec.params) {
          if (p.id == "weight_decay") settings.optimiser.params[p.id] = 0.05;
          if (p.id == "momentum") settings.optimiser.params[p.id] = 0.7;
          if (p.id == "dampening") settings.optimiser.params[p.id] = 0.2;
          if (p.id == "amsgrad" || p.id == "centred") settings.optimiser.params[p.id] = true;
        }
        settings.options = {{"clip_norm", 0.05}, {"clip_value", 0.02}};
      }
      vitrine::Run run(s.network, s.data, settings, pool);
      const NodeId node = s.network->graph().findName("a")->id;
      for (int step = 0; step < 8; ++step) {  // 3 batches an epoch; RAdam rectifies from step 6 on
        SCOPED_TRACE(spec.id + ", step " + std::to_string(step) + (more ? ", more settings" : ""));
        const Snapshot before = snapshotOf(run);
        StepQuestion q = nextStep(before, node, 2);
        q.differences = 0;
        const Result<StepExplanation> e = explainStep(q);
        ASSERT_TRUE(e) << e.error().text();
        run.batch([] { return false; });
        const StepTable& t = e->find("Parameters")->tables.at(0);
        ASSERT_EQ(t.names.size(), 5u);  // 4 weights and a bias
        const PlacedBlock weight = s.network->blocksOf(node)[0], bias = s.network->blocksOf(node)[1];
        for (std::size_t i = 0; i < 5; ++i) {
          const std::int64_t at = i < 4 ? weight.offset + static_cast<std::int64_t>(i) * 6 + 2 : bias.offset + 2;
          const double trained = static_cast<double>(run.state().params[static_cast<std::size_t>(at)]);
          EXPECT_NEAR(t.at(i, t.column("after")), trained, 1e-7 + 1e-6 * std::abs(trained)) << t.names[i];
          EXPECT_EQ(t.at(i, 0), static_cast<double>(before.state->params[static_cast<std::size_t>(at)]));
        }
        // The formula, with its numbers, comes to the same.
        const StepSection& update = *e->find("Update");
        const std::string named = update.title.substr(std::string("Update of ").size());
        const auto row = static_cast<std::size_t>(std::find(t.names.begin(), t.names.end(), named) - t.names.begin());
        ASSERT_LT(row, t.names.size());
        const double moved = t.at(row, t.column("after")), change = std::abs(t.at(row, t.column("change")));
        EXPECT_NEAR(update.find("p after")->value, moved, 1e-3 * change + 3e-7) << named;
        EXPECT_GT(change, 0);
      }
    }
}

/// As on the wall and in the walk: the first step is step 1, and a series' columns have their names.
TEST(ExplainStep, StepsOfASeriesCountFromOneAndItsColumnsHaveNames) {
  const auto cases = test::stepCases();
  StepSetting s(*std::find_if(cases.begin(), cases.end(), [](const StepCase& c) { return c.name == "series"; }), 5);
  auto named = std::make_shared<Dataset>(*s.data);
  named->featureNames = {"load", "heat"};
  s.data = named;
  const Result<StepExplanation> conv = explainStep(s.question(s.network->graph().findName("c")->id, 3));  // second step, first filter
  ASSERT_TRUE(conv) << conv.error().text();
  EXPECT_EQ(conv->unit, "step 2, feature 0");
  const StepTable& reads = conv->find("Forward")->tables.at(0);
  EXPECT_EQ(reads.names.front(), "step 1, load");
  EXPECT_EQ(reads.names.back(), "step 3, heat");
  const Result<StepExplanation> gru = explainStep(s.question(s.network->graph().findName("gru")->id, 0));
  ASSERT_TRUE(gru) << gru.error().text();
  bool found = false;
  for (const StepTable& t : gru->find("Forward")->tables)
    if (t.title == "Gates at each step") {
      found = true;
      EXPECT_EQ(t.names.front(), "step 1");
      EXPECT_EQ(t.names.back(), "step 6");
    }
  EXPECT_TRUE(found);
}

TEST(ExplainStep, GradientsAreNearTheirDifferencesInFloat) {
  for (const StepCase& c : test::stepCases()) {
    const StepSetting s(c, 21);
    for (NodeId node : s.network->order()) {
      SCOPED_TRACE(c.name + ", " + s.network->graph().find(node)->name);
      const Result<StepExplanation> e = explainStep(s.question(node, 0));
      ASSERT_TRUE(e) << e.error().text();
      int off = 0;
      test::forDifferences(*e, [&](const std::string&, double gradient, double difference) {
        off += !(std::abs(gradient - difference) < 0.02 * std::abs(gradient) + 3e-4);
      });
      EXPECT_LE(off, 2);  // a kink may lie within h
    }
  }
}

TEST(ExplainStep, CornersAreToldFromErrors) {
  // Two equal values under max pooling: lifting the second lifts the answer, lowering it does nothing; lifting the first likewise.
  // The gradient goes to the first of the largest, so that differences give one half to each.
  test::Drawing d;
  d.add("input", "in").add("maxpool2d", "max", {{"kernel", IntPair{1, 2}}, {"stride", IntPair{1, 2}}}).add("flatten", "flat").add("output", "out", {{"loss", std::string("mse")}});
  const auto network = d.compile(test::numbersOf({1, 2, 1}, 1));
  auto data = std::make_shared<Dataset>();
  data->spec = network->data();
  data->inputs = Samples::fromFloats({1, 2, 1}, {3, 3, 1, 3});
  data->targets = {1, 1};
  data->train = {0, 1};
  StepQuestion q;
  q.network = network, q.data = data, q.node = d.graph.findName("max")->id;
  for (const bool tie : {true, false}) {
    q.rows = {tie ? 0 : 1};
    const Result<StepExplanation> e = explainStep(q);
    ASSERT_TRUE(e) << e.error().text();
    const StepTable& inputs = e->find("Backward")->tables.at(0);
    const std::size_t gradient = inputs.column("∂L/∂x"), difference = inputs.column("difference");
    EXPECT_NEAR(inputs.at(0, gradient), tie ? 4 : 0, 1e-5);
    EXPECT_NEAR(inputs.at(0, difference), tie ? 2 : 0, 2e-2);
    EXPECT_NEAR(inputs.at(1, gradient), tie ? 0 : 4, 1e-5);
    EXPECT_NEAR(inputs.at(1, difference), tie ? 2 : 4, 2e-2);
    EXPECT_EQ(inputs.note.find("a corner of the loss lies within h at " + inputs.names[0] + " · " + inputs.names[1]) != std::string::npos, tie) << inputs.note;
    EXPECT_FALSE(e->find("Backward")->find("∂L/∂y")->corner);
  }
  // What feeds the pooling has the corner in its own row, with both slopes.
  q.rows = {0}, q.node = d.graph.findName("in")->id, q.unit = 1;
  const Result<StepExplanation> e = explainStep(q);
  ASSERT_TRUE(e) << e.error().text();
  const StepRow& row = *e->find("Backward")->find("∂L/∂y");
  EXPECT_TRUE(row.corner);
  EXPECT_NE(row.note.find("its slope is 0 below and 4"), std::string::npos) << row.note;
}

TEST(ExplainStep, WorkedByHand) {
  // Two inputs, one unit: y = 1·0.5 + 2·(−0.25) + 0.1 = 0.1; L = (y − 1)² = 0.81, ∂L/∂y = −1.8.
  test::Drawing d;
  d.add("input", "in").dense("u", 1).add("output", "out", {{"loss", std::string("mse")}});
  const auto network = d.compile(test::numbersOf({2}, 1));
  auto data = std::make_shared<Dataset>();
  data->spec = network->data();
  data->inputs = Samples::fromFloats({2}, {1, 2});
  data->targets = {1};
  data->featureNames = {"width", "height"};
  data->train = {0};
  Buffer params(static_cast<std::size_t>(network->parameterCount()));
  params[0] = Real(0.5), params[1] = Real(-0.25), params[2] = Real(0.1);
  StepQuestion q;
  q.network = network, q.data = data, q.params = params.span(), q.rows = {0}, q.node = d.graph.findName("u")->id;
  q.settings.optimiser.id = "sgd", q.rate = 0.1;
  const Result<StepExplanation> e = explainStep(q);
  ASSERT_TRUE(e) << e.error().text();
  const StepSection &forward = *e->find("Forward"), &backward = *e->find("Backward");
  EXPECT_NEAR(forward.find("Σ")->value, 0, 1e-7);
  EXPECT_NEAR(forward.find("y")->value, 0.1, 1e-7);
  EXPECT_EQ(forward.tables.at(0).names, (std::vector<std::string>{"width", "height"}));
  EXPECT_NEAR(forward.tables.at(0).at(1, 2), -0.5, 1e-7);
  EXPECT_NEAR(e->loss, 0.81, 1e-6);
  EXPECT_NEAR(backward.find("∂L/∂y")->value, -1.8, 1e-6);
  EXPECT_NEAR(*backward.find("∂L/∂y")->difference, -1.8, 1e-3);
  const StepTable& p = e->find("Parameters")->tables.at(0);
  EXPECT_NEAR(p.at(0, p.column("∂L/∂p")), -1.8, 1e-6);
  EXPECT_NEAR(p.at(1, p.column("∂L/∂p")), -3.6, 1e-6);
  EXPECT_NEAR(p.at(2, p.column("∂L/∂p")), -1.8, 1e-6);
  EXPECT_NEAR(p.at(1, p.column("after")), 0.11, 1e-6);  // −0.25 + 0.1 · 3.6
  EXPECT_EQ(e->find("Update")->title, "Update of weight[1]");
}

TEST(ExplainStep, FaultsAreTold) {
  const StepSetting s(test::stepCases()[0], 2);
  const NodeId node = s.network->graph().findName("a")->id;
  EXPECT_FALSE(explainStep(s.question(NodeId{999}, 0)));
  EXPECT_FALSE(explainStep(s.question(node, 6)));
  EXPECT_FALSE(explainStep(s.question(node, -1)));
  EXPECT_FALSE(explainStep(s.question(node, 0, {0, 400})));
  EXPECT_FALSE(explainStep(StepQuestion{}));
  StepQuestion stopped = s.question(node, 0);
  std::stop_source source;
  source.request_stop();
  stopped.stop = source.get_token();
  EXPECT_FALSE(explainStep(stopped));
  StepSetting broken(test::stepCases()[0], 2);
  broken.params[0] = std::numeric_limits<Real>::quiet_NaN();
  const Result<StepExplanation> e = explainStep(broken.question(node, 0));
  ASSERT_FALSE(e);
  EXPECT_NE(e.error().text().find("finite"), std::string::npos);
}

}  // namespace
}  // namespace vitrine
