// The explainers where rounding does not hide faults: saliency against central differences, and completeness.
#include <cmath>
#include <numeric>

#include "core/base/random.h"
#include "core/explain/explainer.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

using test::classesOf;
using test::Drawing;

struct Named {
  std::string name;
  Graph graph;
  DataSpec data;
};

/// Small networks with every merge, a node that feeds several others, and merges of merges. Smooth ones, so that central
/// differences are good to many digits.
std::vector<Named> networks() {
  std::vector<Named> all;
  const DataSpec image = classesOf({6, 5, 2}, 3), table = classesOf({5}, 3);
  {
    Drawing d;
    d.add("input", "in").dense("a", 7).add("tanh", "t").dense("b", 3).add("output", "out");
    all.push_back({"chain", d.graph, table});
  }
  {
    Drawing d;
    d.add("input", "in").dense("a", 6).add("tanh", "t").dense("b", 6).add("add", "sum", {}, {"b", "t", "a"});
    d.add("tanh", "u").dense("c", 3).add("output", "out");
    all.push_back({"residual_dense", d.graph, table});
  }
  {
    Drawing d;
    d.add("input", "in").dense("a", 4).add("sigmoid", "s").add("concat", "wide", {}, {"s", "in", "a"});
    d.dense("c", 3).add("output", "out");
    all.push_back({"concat_with_input", d.graph, table});
  }
  {
    Drawing d;
    d.add("input", "in").conv("c1", 4, 3, 1).add("tanh", "t1").conv("c2", 4, 3, 1).add("add", "sum", {}, {"t1", "c2"});
    d.add("tanh", "t2").add("concat", "cat", {}, {"t2", "in", "sum"}).conv("c3", 3, 3, 0).add("tanh", "t3");
    d.add("avgpool2d", "pool").add("flatten", "flat").dense("last", 3).add("output", "out");
    all.push_back({"images_add_concat", d.graph, image});
  }
  return all;
}

struct Setting {
  std::shared_ptr<const Network> network;
  Buffer params;
  std::vector<Real> input;

  Setting(const Named& n, std::uint64_t seed) {
    Result<std::shared_ptr<const Network>> compiled = Network::compile(n.graph, n.data);
    if (!compiled) throw std::runtime_error(compiled.error().text());
    network = *compiled;
    params = network->initialise(seed);
    Rng rng(seed, Stream::Test);
    for (Real& p : params) p += 0.1 * rng.normal();
    input.resize(static_cast<std::size_t>(n.data.input.size()));
    for (Real& x : input) x = rng.normal();
  }
  Attribution explain(const std::string& id, const Params& settings, Target target, std::span<const Real> at,
                      std::span<const Real> baseline = {}) const {
    Result<Attribution> a = findExplainer(id)->explain(
        {.network = *network, .params = params.span(), .input = at, .target = target, .settings = settings, .baseline = baseline});
    if (!a) throw std::runtime_error(a.error().text());
    return *a;
  }
};

class ExplainContract : public testing::TestWithParam<std::size_t> {
 protected:
  Named named_ = networks()[GetParam()];
};

TEST_P(ExplainContract, SaliencyIsTheDerivative) {
  for (std::uint64_t seed : {1, 2, 3}) {
    SCOPED_TRACE(named_.name + ", seed " + std::to_string(seed));
    const Setting s(named_, seed);
    for (const Target& target : {Target{0, false}, Target{2, false}, Target{1, true}}) {
      const Attribution a = s.explain("saliency", {}, target, s.input);
      for (std::size_t i = 0; i < s.input.size(); ++i) {
        constexpr double h = 1e-5;
        std::vector<Real> high = s.input, low = s.input;
        high[i] += h;
        low[i] -= h;
        const double slope = (s.explain("saliency", {}, target, high).outputValue - s.explain("saliency", {}, target, low).outputValue) / (2 * h);
        ASSERT_NEAR(a.values[i], slope, 1e-8 + 1e-7 * std::abs(slope)) << "input " << i;
      }
    }
  }
}

TEST_P(ExplainContract, IntegratedGradientsAreComplete) {
  for (std::uint64_t seed : {4, 5}) {
    SCOPED_TRACE(named_.name + ", seed " + std::to_string(seed));
    const Setting s(named_, seed);
    std::vector<Real> baseline(s.input.size());
    Rng rng(seed, Stream::Test, 1);
    for (Real& b : baseline) b = rng.normal();
    for (const Target& target : {Target{0, false}, Target{1, true}}) {
      const Attribution a = s.explain("integrated-gradients", {}, target, s.input, baseline);
      const double sum = std::accumulate(a.values.begin(), a.values.end(), 0.0);
      EXPECT_NEAR(sum, a.outputValue - *a.baselineValue, 1e-8);
      EXPECT_NEAR(*a.completenessError, 0, 1e-8);
      // Midpoint converges to the same values with the square of its step.
      const Attribution coarse = s.explain("integrated-gradients", {{"rule", std::string("midpoint")}, {"steps", std::int64_t{100}}}, target, s.input, baseline);
      const Attribution fine = s.explain("integrated-gradients", {{"rule", std::string("midpoint")}, {"steps", std::int64_t{1000}}}, target, s.input, baseline);
      double coarseError = 0, fineError = 0;
      for (std::size_t i = 0; i < a.values.size(); ++i) {
        coarseError = std::max(coarseError, std::abs(coarse.values[i] - a.values[i]));
        fineError = std::max(fineError, std::abs(fine.values[i] - a.values[i]));
      }
      EXPECT_LT(fineError, 0.02 * coarseError + 1e-12);
      EXPECT_LT(coarseError, 1e-2);
    }
  }
}

TEST_P(ExplainContract, DeepLiftAddsUp) {
  for (std::uint64_t seed : {6, 7}) {
    SCOPED_TRACE(named_.name + ", seed " + std::to_string(seed));
    const Setting s(named_, seed);
    std::vector<Real> baseline(s.input.size());
    Rng rng(seed, Stream::Test, 1);
    for (Real& b : baseline) b = rng.normal();
    for (const Target& target : {Target{.output = 0}, Target::difference(1, 2)}) {
      const Attribution a = s.explain("deeplift", {}, target, s.input, baseline);
      EXPECT_NEAR(std::accumulate(a.values.begin(), a.values.end(), 0.0), a.outputValue - *a.baselineValue, 1e-9);
    }
  }
}

/// Without biases nothing is lost on the way but what epsilon takes.
TEST_P(ExplainContract, LrpKeepsTheOutputWhereThereIsNoBias) {
  Setting s(named_, 8);
  for (const PlacedBlock& b : s.network->blocks())
    if (b.block.name == "bias") std::fill_n(s.params.begin() + b.offset, b.size(), 0.0);
  for (const std::string convention : {"captum", "zennit"}) {
    const Attribution a = s.explain("lrp", {{"epsilon", 1e-12}, {"convention", convention}}, {.output = 1}, s.input);
    // Zennit's pools keep an epsilon of 1e-6.
    EXPECT_NEAR(std::accumulate(a.values.begin(), a.values.end(), 0.0), a.outputValue, convention == "captum" ? 1e-7 : 1e-3);
  }
}

TEST_P(ExplainContract, GradientsOfDifferencesLossesAndUnitsAreDerivatives) {
  const Setting s(named_, 9);
  const NodeId unit = s.network->order()[s.network->order().size() - 3];
  for (const Target& target : {Target::difference(0, 2), Target{.output = 0, .probability = true, .kind = Target::Kind::Difference, .other = 1}, Target::lossOfClass(1),
                               Target::unitOf(unit, 1)}) {
    const Attribution a = s.explain("saliency", {}, target, s.input);
    for (std::size_t i = 0; i < s.input.size(); ++i) {
      constexpr double h = 1e-5;
      std::vector<Real> high = s.input, low = s.input;
      high[i] += h;
      low[i] -= h;
      const double slope = (s.explain("saliency", {}, target, high).outputValue - s.explain("saliency", {}, target, low).outputValue) / (2 * h);
      ASSERT_NEAR(a.values[i], slope, 1e-8 + 1e-7 * std::abs(slope)) << "input " << i;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, ExplainContract, testing::Range(std::size_t{0}, networks().size()),
                         [](const testing::TestParamInfo<std::size_t>& info) { return networks()[info.param].name; });

}  // namespace
}  // namespace vitrine
