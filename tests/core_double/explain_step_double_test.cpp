// Explain this step, where rounding does not hide faults.
#include <set>

#include "tests/support/step_cases.h"

namespace vitrine {
namespace {

using test::StepCase;
using test::StepSetting;

class StepContract : public testing::TestWithParam<std::size_t> {
 protected:
  StepCase case_ = test::stepCases()[GetParam()];
};

/// Some units of a node: the first, the last, and up to three in between.
std::set<std::int64_t> someUnits(const Network& network, NodeId node) {
  const std::int64_t n = network.shape(node).size();
  return {0, n / 4, n / 2, 3 * n / 4, n - 1};
}

TEST_P(StepContract, GradientsAreTheirDifferences) {
  const StepSetting s(case_, 11);
  int compared = 0;
  for (NodeId node : s.network->order())
    for (std::int64_t unit : someUnits(*s.network, node)) {
      SCOPED_TRACE(case_.name + ", " + s.network->graph().find(node)->name + ", unit " + std::to_string(unit));
      const Result<StepExplanation> e = explainStep(s.question(node, unit));
      ASSERT_TRUE(e) << e.error().text();
      test::forDifferences(*e, [&](const std::string& what, double gradient, double difference) {
        EXPECT_NEAR(gradient, difference, 1e-6 * std::abs(gradient) + 2e-10) << what;
        ++compared;
      });
    }
  EXPECT_GT(compared, 100);
}

TEST_P(StepContract, ForwardGivesWhatTheNetworkGives) {
  const StepSetting s(case_, 12);
  Workspace ws(*s.network, 5, true, false);
  const StepQuestion any = s.question(s.network->order()[0], 0);
  gatherInputs(*s.data, any.rows, ws.input());
  s.network->forward(s.params.span(), ws, 5, Mode::Train, any.rng);
  for (NodeId node : s.network->order()) {
    const std::int64_t size = s.network->shape(node).size();
    for (std::int64_t unit = 0; unit < size; unit += 1 + size / 9) {
      StepQuestion q = s.question(node, unit);
      q.differences = 0;
      const Result<StepExplanation> e = explainStep(q);
      ASSERT_TRUE(e) << e.error().text();
      ASSERT_TRUE(e->find("Forward") && e->find("Forward")->find("y"));
      EXPECT_NEAR(e->find("Forward")->find("y")->value, ws.activation(node)[2 * size + unit], 1e-12) << s.network->graph().find(node)->name << " " << unit;
    }
  }
}

/// What all units of a node send back to an input adds up to the input's gradient, where nothing else reads it.
TEST_P(StepContract, LocalDerivativesAddUp) {
  const StepSetting s(case_, 13);
  for (NodeId node : s.network->order()) {
    const Node& n = *s.network->graph().find(node);
    const std::vector<NodeId> sources = s.network->graph().inputsOf(node);
    const bool recurrent = findLayer(n.type)->category == Category::Recurrent;
    // In batch norm other samples' units read an input too.
    if (sources.size() != 1 || recurrent || n.type == "batchnorm" || s.network->graph().consumersOf(sources[0]).size() != 1) continue;
    std::map<std::string, double> sent, total;
    for (std::int64_t unit = 0; unit < s.network->shape(node).size(); ++unit) {
      StepQuestion q = s.question(node, unit);
      q.differences = 0;
      const Result<StepExplanation> e = explainStep(q);
      ASSERT_TRUE(e) << e.error().text();
      const StepTable& t = e->find("Backward")->tables.at(0);
      for (std::size_t i = 0; i < t.names.size(); ++i) {
        sent[t.names[i]] += t.at(i, 2);
        total[t.names[i]] = t.at(i, 3);
      }
    }
    for (const auto& [input, gradient] : total) EXPECT_NEAR(sent[input], gradient, 1e-12) << case_.name << ", " << n.name << ", " << input;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, StepContract, testing::Range(std::size_t{0}, test::stepCases().size()),
                         [](const auto& info) { return test::stepCases()[info.param].name; });

TEST(StepRecurrent, GradientsOfTheGatesAddUpToThoseOfTheirBiases) {
  const StepSetting s(test::stepCases()[2], 14);
  for (const char* name : {"gru", "lstm", "rnn"}) {
    const NodeId node = s.network->graph().findName(name)->id;
    const Result<StepExplanation> e = explainStep(s.question(node, 1, {4}));
    ASSERT_TRUE(e) << e.error().text();
    const StepTable& gates = e->find("Forward")->tables.back();
    const StepTable& back = e->find("Backward")->tables.back();
    const StepTable& parameters = e->find("Parameters")->tables.at(0);
    ASSERT_EQ(gates.names.size(), static_cast<std::size_t>(s.network->shape(s.network->graph().inputsOf(node)[0])[0]));
    EXPECT_NEAR(gates.at(std::string(name) == "rnn" ? gates.names.size() - 1 : 0, gates.columns.size() - 1), e->find("Forward")->find("y")->value, 1e-12) << name;
    int found = 0;
    for (std::size_t c = 0; c < back.columns.size(); ++c) {
      if (!back.columns[c].starts_with("∂L/∂sum of ")) continue;
      double sum = 0;
      for (std::size_t t = 0; t < back.names.size(); ++t) sum += back.at(t, c);
      const std::string gate = back.columns[c].substr(std::string("∂L/∂sum of ").size());
      for (std::size_t p = 0; p < parameters.names.size(); ++p)
        if (parameters.names[p].starts_with("bias_ih") && parameters.names[p].ends_with("[" + gate + "]")) {
          EXPECT_NEAR(parameters.at(p, 2), sum, 1e-12) << name << ", gate " << gate;
          ++found;
        }
    }
    EXPECT_EQ(found, std::string(name) == "gru" ? 3 : std::string(name) == "lstm" ? 4 : 1) << name;
  }
}

}  // namespace
}  // namespace vitrine
