// Methods over many rows, and activation maximisation, as the registry has them: their settings are heeded, and their numbers are
// those of the functions behind them.
#include <cmath>

#include "core/explain/groups.h"
#include "core/explain/table_importance.h"
#include "core/explain/units.h"
#include "core/insight/activation_maximisation.h"
#include "tests/core/explain_case.h"

namespace vitrine {
namespace {

using namespace test;

Params with(Params base, const std::string& id, ParamValue value) {
  base[id] = std::move(value);
  return base;
}

SetArgs setOf(const Case& c, const Groups& groups, std::span<const std::int32_t> rows) { return {*c.network, c.params.span(), *c.data, rows, groups}; }

TEST(ExplainSet, ImportanceIsTheFunctionsAndHeedsItsSettings) {
  const Case c = mlp(classesOf({4}, 3));
  const Groups groups = columnGroups(*c.data);
  const Params settings{{"repeats", std::int64_t{6}}, {"seed", std::int64_t{3}}};
  const Result<Attribution> a = c.explain("permutation-importance", settings);
  ASSERT_TRUE(a) << a.error().text();
  const Result<PermutationImportance> p = permutationImportance(setOf(c, groups, c.data->train), 6, 3);
  ASSERT_TRUE(p);
  EXPECT_EQ(a->groupValues, p->mean);
  EXPECT_EQ(a->importance->drops, p->drops);
  EXPECT_EQ(a->outputValue, p->intact);
  for (std::size_t g = 0; g < 4; ++g) EXPECT_DOUBLE_EQ(a->standardError[g], p->deviation[g] / std::sqrt(6.0));
  EXPECT_EQ(c.explain("permutation-importance", with(settings, "repeats", std::int64_t{2}))->importance->drops[0].size(), 2u);
  // 24 rows, every third of them.
  const std::vector<std::int32_t> some{0, 3, 6, 9, 12, 15, 18, 21};
  EXPECT_EQ(c.explain("permutation-importance", with(settings, "rows", std::int64_t{8}))->groupValues, permutationImportance(setOf(c, groups, some), 6, 3)->mean);
  EXPECT_FALSE(c.explain("permutation-importance", settings, Target::difference(0, 1)));
}

TEST(ExplainSet, SummaryHeedsTargetBackgroundAndBaseline) {
  const Case c = mlp(classesOf({4}, 3));
  const Groups groups = columnGroups(*c.data);
  const Params settings{{"rows", std::int64_t{6}}};
  const std::vector<std::int32_t> some{0, 4, 8, 12, 16, 20};
  for (const Target& t : {Target{.output = 2}, Target{.output = 1, .probability = true}, Target::difference(0, 2)}) {
    const Result<Attribution> a = c.explain("shap-summary", settings, t);
    ASSERT_TRUE(a) << a.error().text();
    const Result<ShapSummary> s = shapSummary(setOf(c, groups, some), t, {}, 200, 1);
    ASSERT_TRUE(s);
    EXPECT_EQ(a->groupValues, s->meanAbsolute);
    EXPECT_EQ(a->summary->values, s->values);
    EXPECT_FALSE(a->isSigned);
  }
  // What is predicted for the sample at hand holds for all rows.
  const Result<Attribution> predicted = c.explain("shap-summary", settings);
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->groupValues, c.explain("shap-summary", settings, {.output = predicted->explained.output})->groupValues);
  const std::vector<Real> baseline{1, -1, Real(0.5), 0}, samples{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  EXPECT_EQ(c.explain("shap-summary", settings, {.output = 0}, baseline)->groupValues, shapSummary(setOf(c, groups, some), {.output = 0}, baseline, 200, 1)->meanAbsolute);
  // Of three background samples the first two.
  const Params two = with(settings, "background", std::int64_t{2});
  const Result<Attribution> few = findExplainer("shap-summary")->explain({.network = *c.network, .params = c.params.span(), .input = c.input, .target = {.output = 0}, .settings = two, .samples = samples,
                                                                          .data = c.data.get(), .rows = c.data->train});
  ASSERT_TRUE(few) << few.error().text();
  EXPECT_EQ(few->groupValues, shapSummary(setOf(c, groups, some), {.output = 0}, std::span(samples).first(8), 200, 1)->meanAbsolute);
}

TEST(ExplainSet, DependenceMovesTheChosenFeature) {
  const Case c = mlp(classesOf({4}, 3));
  const Groups groups = columnGroups(*c.data);
  for (const std::int64_t feature : {0, 3}) {
    const Params settings{{"feature", feature}, {"points", std::int64_t{7}}};
    const Result<Attribution> a = c.explain("partial-dependence", settings, {.output = 1});
    ASSERT_TRUE(a) << a.error().text();
    const Result<PartialDependence> p = partialDependence(setOf(c, groups, c.data->train), feature, {.output = 1}, 7);
    EXPECT_EQ(a->dependence->mean, p->mean);
    EXPECT_EQ(a->dependence->curves, p->curves);
    EXPECT_EQ(a->shape.size(), static_cast<std::int64_t>(p->mean.size()));
  }
  EXPECT_FALSE(c.explain("partial-dependence", {{"feature", std::int64_t{4}}}));
}

TEST(ExplainSet, DependenceOfADifferenceIsTheDifferenceOfTheTwo) {
  for (const bool probability : {false, true}) {
    const Case c = mlp(classesOf({4}, 3));
    const Groups groups = columnGroups(*c.data);
    const auto of = [&](Target t) {
      t.probability = probability;
      return *partialDependence(setOf(c, groups, c.data->train), 2, t, 9);
    };
    const PartialDependence a = of({.output = 0}), b = of({.output = 2}), d = of(Target::difference(0, 2));
    for (std::size_t i = 0; i < d.mean.size(); ++i) EXPECT_NEAR(d.mean[i], a.mean[i] - b.mean[i], 1e-6);
    for (std::size_t i = 0; i < d.grid.size(); ++i) EXPECT_NEAR(d.curves[5][i], a.curves[5][i] - b.curves[5][i], 1e-6);
  }
}

TEST(ExplainSet, WithoutRowsTheySayWhatIsMissing) {
  const Case c = mlp(classesOf({4}, 3));
  for (const char* id : {"permutation-importance", "shap-summary", "partial-dependence"}) {
    const Params none;
    const Result<Attribution> a = findExplainer(id)->explain({.network = *c.network, .params = c.params.span(), .input = c.input, .target = {}, .settings = none});
    ASSERT_FALSE(a);
    EXPECT_NE(a.error().text().find("rows"), std::string::npos) << a.error().text();
  }
}

TEST(ExplainMaximisation, TheRegistrysIsTheSameClimb) {
  const Case c = cnn();
  const NodeId conv = c.network->graph().findName("conv1")->id;
  const Shape shape = c.network->shape(conv);
  const std::int64_t unit = (3 * shape[1] + 4) * shape[2] + 2;
  const Params few{{"steps", std::int64_t{5}}};
  const auto byHand = [&](UnitChoice choice, std::span<const Real> start, std::optional<std::pair<Real, Real>> range) {
    return maximiseActivation({.network = *c.network, .params = c.params.span(), .choice = choice, .settings = few, .start = start, .range = range})->input;
  };
  const auto range = pixelRangeOfNetwork(*c.data);
  ASSERT_TRUE(range);
  EXPECT_EQ(c.explain("activation-maximisation", few, Target::unitOf(conv, unit))->values, byHand({conv, unit}, {}, range));
  EXPECT_EQ(c.explain("activation-maximisation", with(few, "part", std::string("channel")), Target::unitOf(conv, unit))->values, byHand({conv, 2, true}, {}, range));
  EXPECT_EQ(c.explain("activation-maximisation", with(few, "start", std::string("sample")), Target::unitOf(conv, unit))->values, byHand({conv, unit}, c.input, range));
  // A class is the output's unit.
  const Result<Attribution> a = c.explain("activation-maximisation", few, {.output = 3});
  EXPECT_EQ(a->values, byHand({c.network->order().back(), 3}, {}, range));
  EXPECT_EQ(a->outputValue, a->maximisation->activation.back());
  for (Real v : a->values) EXPECT_TRUE(v >= range->first && v <= range->second);
  EXPECT_FALSE(c.explain("activation-maximisation", few, {.output = 3, .probability = true}));
}

TEST(ExplainUnits, AnOutputsAndADifferencesWhereTheyHaveOne) {
  Dataset data;
  data.spec = numbersOf({4}, 3);
  data.targetScaling.mean = {100, 40, 7};
  data.targetScaling.deviation = {20, 20, 3};
  const auto one = unitsOf({.output = 2}, data), two = unitsOf(Target::difference(0, 1), data);
  ASSERT_TRUE(one && two);
  EXPECT_DOUBLE_EQ(one->at(2), 13);
  EXPECT_DOUBLE_EQ(two->at(0.5), 70);  // (100 + 20·a) − (40 + 20·b)
  EXPECT_FALSE(unitsOf(Target::difference(0, 2), data));  // scaled each by itself: no unit
  EXPECT_TRUE(unitsOf(Target::unitOf(NodeId{1}, 0), data)->same());
  EXPECT_TRUE(unitsOf(Target::lossOfNumbers({0, 0, 0}), data)->same());
  data.targetScaling = {};
  EXPECT_TRUE(unitsOf({.output = 2}, data)->same());
}

/// Data whose target was standardised from 500 ± 250.
Dataset scaled(const Case& c) {
  Dataset data;
  data.spec = c.network->data();
  data.targetScaling.mean = {500};
  data.targetScaling.deviation = {250};
  return data;
}

TEST(ExplainUnits, SumsStillLeadFromBaselineToOutput) {
  const Case c = mlp(numbersOf({4}, 1));
  const Dataset data = scaled(c);
  Result<Attribution> a = c.explain("shapley", {}, {.output = 0});
  ASSERT_TRUE(a);
  const double before = a->outputValue;
  toUnits(*unitsOf(a->explained, data), *a);
  EXPECT_NEAR(a->outputValue, 500 + 250 * before, 1e-6);
  double sum = *a->baselineValue;
  for (const double v : a->groupValues) sum += v;
  EXPECT_NEAR(sum, a->outputValue, 1e-3);
}

TEST(ExplainUnits, AReportTellsTheSameVerdictInUnits) {
  const Case c = mlp(numbersOf({20}, 1));
  const Dataset data = scaled(c);
  const ExplainerSpec& method = *findExplainer("input-x-gradient");
  const Params none;
  const ExplainArgs args{.network = *c.network, .params = c.params.span(), .input = c.input, .target = {.output = 0}, .settings = none};
  Attribution map = *method.explain(args);
  const TrustReport plain = *trustReport({.method = method, .args = args, .map = map});
  TrustReport report = plain;
  const TargetUnits units = *unitsOf(map.explained, data);
  toUnits(units, map);
  toUnits(units, method, map, report);
  EXPECT_EQ(report.verdict, plain.verdict);
  ASSERT_EQ(report.findings.size(), plain.findings.size());
  for (std::size_t i = 0; i < report.findings.size(); ++i) EXPECT_EQ(report.findings[i].verdict, plain.findings[i].verdict) << report.findings[i].id;
  EXPECT_NEAR(report.removal->deletion.area, 500 + 250 * plain.removal->deletion.area, 1e-6);
  EXPECT_NEAR(report.removal->insertion.randomDeviation, 250 * plain.removal->insertion.randomDeviation, 1e-6);
  EXPECT_NEAR(static_cast<double>(report.randomisation.back().values[3]), 250 * static_cast<double>(plain.randomisation.back().values[3]), 1e-3);
}

}  // namespace
}  // namespace vitrine
