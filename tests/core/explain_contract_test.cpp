// One contract for every method there is.
#include <chrono>
#include <cmath>
#include <set>

#include "core/io/strict_json.h"
#include "tests/core/explain_case.h"

namespace vitrine {
namespace {

using namespace test;

class EveryExplainer : public testing::TestWithParam<std::string> {};

TEST_P(EveryExplainer, DescribesItself) {
  const ExplainerSpec* spec = findExplainer(GetParam());
  ASSERT_NE(spec, nullptr);
  for (const std::string& text : {spec->name, spec->help, spec->formula, spec->source}) EXPECT_FALSE(text.empty());
  for (const Param& p : spec->params) {
    EXPECT_FALSE(p.label.empty() || p.help.empty()) << p.id;
    EXPECT_TRUE(checkParam(p, p.fallback)) << p.id;
  }
}

TEST_P(EveryExplainer, GivesFiniteValuesOfItsShapeAndTheSameTwice) {
  const Case c = cnn();
  const Result<Attribution> a = c.explain(GetParam()), b = c.explain(GetParam());
  ASSERT_TRUE(a) << a.error().text();
  EXPECT_EQ(a->method, GetParam());
  EXPECT_EQ(static_cast<std::int64_t>(a->values.size()), a->shape.size());
  EXPECT_EQ(a->values, b->values);
  for (Real v : a->values) EXPECT_TRUE(std::isfinite(v));
  EXPECT_EQ(a->completenessError.has_value(), findExplainer(GetParam())->promisesCompleteness);
}

TEST_P(EveryExplainer, RefusesWhatDoesNotFit) {
  Case c = cnn();
  EXPECT_FALSE(c.explain(GetParam(), {}, {5, false}));
  EXPECT_FALSE(c.explain(GetParam(), {}, {-2, false}));
  EXPECT_FALSE(c.explain(GetParam(), {{"no such setting", 1.0}}));
  EXPECT_FALSE(c.explain(GetParam(), {}, {}, std::vector<Real>(3)));
  const std::vector<Real> whole = c.input;
  c.input.pop_back();
  EXPECT_FALSE(c.explain(GetParam()));
  c.input = whole;
  c.input[3] = std::numeric_limits<Real>::quiet_NaN();
  EXPECT_FALSE(c.explain(GetParam()));
  const Case regression = mlp(numbersOf({4}, 1));
  EXPECT_EQ(regression.explain(GetParam()).ok(), findExplainer(GetParam())->supports(*regression.network, {}).ok());
  EXPECT_FALSE(regression.explain(GetParam(), {}, {0, true}));
}

TEST_P(EveryExplainer, UsualSettingsAreItsOwnAndGiveWayToGivenOnes) {
  const ExplainerSpec& spec = *findExplainer(GetParam());
  for (const Shape& shape : {Shape{4}, Shape{6, 2}, Shape{8, 8, 1}}) {
    const Params usual = settingsFor(spec, shape, {});
    EXPECT_TRUE(checkParams(spec.params, usual));
    for (const auto& [id, value] : usual) {
      const ParamValue other = IntPair{3, 2};
      EXPECT_EQ(settingsFor(spec, shape, {{id, other}}).at(id), other) << id;
    }
  }
}

TEST_P(EveryExplainer, NotANumberInTheWeightsIsToldNotShown) {
  Case c = cnn();
  for (Real& p : c.params) p = std::numeric_limits<Real>::quiet_NaN();
  const Result<Attribution> a = c.explain(GetParam());
  ASSERT_FALSE(a);
  EXPECT_NE(a.error().text().find("finite"), std::string::npos);
}

TEST_P(EveryExplainer, StopsAndTellsProgress) {
  const Case c = cnn();
  std::stop_source stop;
  double last = 0;
  ASSERT_TRUE(c.explain(GetParam(), {}, {}, {}, stop.get_token(), [&](double share) {
    EXPECT_GE(share, last);
    EXPECT_LE(share, 1);
    last = share;
  }));
  EXPECT_EQ(last, 1);
  stop.request_stop();
  EXPECT_FALSE(c.explain(GetParam(), {}, {}, {}, stop.get_token()));
}

/// Asked from its own progress, at the start, in the middle and near the end.
TEST_P(EveryExplainer, StopsHalfWay) {
  const Case c = cnn();
  Params settings;  // more than one block of passes
  if (GetParam() == "occlusion") settings = {{"window", IntPair{1, 1}}, {"stride", IntPair{1, 1}}};
  if (GetParam().starts_with("smoothgrad") || GetParam() == "vargrad") settings = {{"draws", std::int64_t{200}}};
  bool asked = false;
  for (const double moment : {0.0, 0.3, 0.6, 0.9}) {
    std::stop_source stop;
    int after = -1;
    const Result<Attribution> a = c.explain(GetParam(), settings, {}, {}, stop.get_token(), [&](double share) {
      if (after >= 0) ++after;
      if (after >= 0 || share < moment || share >= 1) return;
      after = 0;
      stop.request_stop();
    });
    if (after < 0) {
      EXPECT_TRUE(a);  // it was not half-way at any time
      continue;
    }
    asked = true;
    ASSERT_FALSE(a) << moment;
    EXPECT_NE(a.error().text().find("Stopped"), std::string::npos) << a.error().text();
    EXPECT_LE(after, 1) << "told progress after it was stopped at " << moment;
  }
  // The others are one or two passes.
  const std::set<std::string> longOnes{"smoothgrad", "smoothgrad-squared", "vargrad", "integrated-gradients", "expected-gradients", "occlusion", "feature-ablation", "shapley",
                                       "kernel-shap", "lime", "rise", "layer-conductance", "neuron", "fgsm", "pgd",
                                       "activation-maximisation", "permutation-importance", "shap-summary", "partial-dependence"};
  if (longOnes.contains(GetParam())) {
    EXPECT_TRUE(asked);
  }
}

/// Networks with what else there is: batch norm, strides, average pooling, sigmoid, residuals, series, recurrent layers.
std::vector<std::pair<std::string, Case>> otherNetworks() {
  std::vector<std::pair<std::string, Case>> all;
  {
    Drawing d;
    d.add("input", "in").add("conv2d", "c1", {{"filters", std::int64_t{4}}, {"stride", IntPair{2, 2}}}).add("batchnorm", "bn").add("relu", "r1");
    d.add("avgpool2d", "pool").conv("c2", 4, 3, 1).add("sigmoid", "s").conv("c3", 4, 3, 1).add("add", "sum", {}, {"s", "c3"});
    d.add("flatten", "flat").dense("fc", 3).add("output", "out");
    all.emplace_back("batchnorm_stride_avgpool_residual", Case(d.compile(classesOf({9, 8, 2}, 3))));
  }
  {
    Drawing d;
    d.add("input", "in").add("conv1d", "c1", {{"filters", std::int64_t{5}}}).add("relu", "r1").add("maxpool1d", "pool").add("global_avgpool", "mean");
    d.dense("fc", 3).add("output", "out");
    all.emplace_back("series", Case(d.compile(classesOf({10, 2}, 3))));
  }
  for (const std::string kind : {"simple_rnn", "lstm", "gru"}) {
    Drawing d;
    d.add("input", "in").add(kind, "rnn", {{"units", std::int64_t{5}}}).dense("fc", 3).add("output", "out");
    all.emplace_back(kind, Case(d.compile(classesOf({6, 2}, 3))));
  }
  {
    Drawing d;
    d.add("input", "in").dense("a", 6).add("layernorm", "norm").add("sigmoid", "s").dense("b", 3).add("softmax", "p").dense("c", 3).add("output", "out");
    all.emplace_back("layernorm_softmax", Case(d.compile(classesOf({5}, 3))));
  }
  all.emplace_back("mlp", mlp(classesOf({4}, 3)));
  all.emplace_back("regression", mlp(numbersOf({4}, 2)));
  return all;
}

/// A method either says why it does not fit, the same way twice, or gives finite numbers of its shape.
TEST_P(EveryExplainer, FitsOtherNetworksOrSaysWhyNot) {
  int fits = 0;
  for (const auto& [name, c] : otherNetworks()) {
    SCOPED_TRACE(name);
    const Status s = findExplainer(GetParam())->supports(*c.network, {});
    const Result<Attribution> a = c.explain(GetParam(), {}, {});
    ASSERT_EQ(s.ok(), a.ok()) << (s.ok() ? a.error().text() : s.error().text());
    if (!s) {
      EXPECT_GT(s.error().text().size(), 20u);
      continue;
    }
    ++fits;
    EXPECT_EQ(static_cast<std::int64_t>(a->values.size()), a->shape.size());
    for (Real v : a->values) ASSERT_TRUE(std::isfinite(v));
  }
  EXPECT_GE(fits, 1);
}

TEST_P(EveryExplainer, SameBitsForAnyNumberOfThreads) {
  const Case c = cnn();
  const Params none;
  const std::vector<Real> samples(c.input.size() * 3, Real(0.1));
  std::vector<std::vector<Real>> values;
  for (int threads : {1, 2, 3}) {
    ThreadPool pool(threads);
    const Result<Attribution> a = findExplainer(GetParam())->explain({.network = *c.network, .params = c.params.span(), .input = c.input, .target = {}, .settings = none,
                                                                      .pool = &pool, .samples = samples, .data = c.data.get(), .rows = c.data->train});
    ASSERT_TRUE(a) << a.error().text();
    values.push_back(a->values);
  }
  EXPECT_EQ(values[0], values[1]);
  EXPECT_EQ(values[0], values[2]);
}

TEST_P(EveryExplainer, TakesDifferencesLossesAndUnitsOrRefusesThemWithTheReason) {
  const Case c = cnn();
  const NodeId conv = c.network->graph().findName("conv1")->id, fc1 = c.network->graph().findName("fc1")->id;
  for (const Target& t : {Target::difference(1, 2), Target::difference(-1), Target::lossOfClass(3), Target::unitOf(fc1, 7)}) {
    const Result<Attribution> a = c.explain(GetParam(), {}, t);
    if (!a) {
      const std::string why = a.error().text();
      EXPECT_TRUE(why.find("loss") != std::string::npos || why.find("does not feed") != std::string::npos) << why;
      continue;
    }
    for (Real v : a->values) ASSERT_TRUE(std::isfinite(v));
  }
  EXPECT_FALSE(c.explain(GetParam(), {}, Target::difference(1, 1)));
  EXPECT_FALSE(c.explain(GetParam(), {}, Target::difference(1, 9)));
  EXPECT_FALSE(c.explain(GetParam(), {}, Target::lossOfClass(5)));
  EXPECT_FALSE(c.explain(GetParam(), {}, Target::unitOf(conv, 8 * 8 * 8)));
  EXPECT_FALSE(c.explain(GetParam(), {}, Target::unitOf(NodeId{999}, 0)));
}

TEST_P(EveryExplainer, SettingsGoThroughJsonAndBadOnesAreRefused) {
  const ExplainerSpec& spec = *findExplainer(GetParam());
  Params all;
  for (const Param& p : spec.params) all[p.id] = p.choices.empty() ? p.fallback : ParamValue(p.choices.back().id);
  const Result<nlohmann::json> json = parseStrict(paramsToJson(all).dump(), "settings");
  ASSERT_TRUE(json) << json.error().text();
  JsonReader reader("settings");
  EXPECT_EQ(reader.params(*json, "settings", spec.params), all);
  EXPECT_TRUE(reader.ok());
  const Case c = cnn();
  for (const Param& p : spec.params) {
    ParamValue bad = p.fallback;
    if (std::holds_alternative<std::int64_t>(bad)) bad = static_cast<std::int64_t>(p.low - 1);
    if (std::holds_alternative<double>(bad)) bad = std::numeric_limits<double>::quiet_NaN();
    if (std::holds_alternative<bool>(bad)) bad = 1.0;
    if (std::holds_alternative<std::string>(bad)) bad = std::string("no such choice");
    if (std::holds_alternative<IntPair>(bad)) bad = IntPair{0, 0};
    EXPECT_FALSE(c.explain(GetParam(), {{p.id, bad}})) << p.id;
  }
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryExplainer, testing::ValuesIn([] {
                           std::vector<std::string> ids;
                           for (const ExplainerSpec& s : explainerRegistry()) ids.push_back(s.id);
                           return ids;
                         }()),
                         [](const testing::TestParamInfo<std::string>& info) {
                           std::string name = info.param;
                           for (char& c : name)
                             if (c == '-' || c == '+') c = '_';
                           return name;
                         });

}  // namespace
}  // namespace vitrine
