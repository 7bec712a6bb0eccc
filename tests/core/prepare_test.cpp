// From a table to a data set: steps against scikit-learn 1.2.1, splits, series, leaks.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "tests/core/data_helpers.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

TablePtr table(const std::string& text) { return std::make_shared<const Table>(test::csvTable(text)); }

TableFile wine() { return *readTableFile(std::string(VITRINE_TEST_DATA) + "/wine.csv"); }
TableFile iris() { return *readTableFile(std::string(VITRINE_TEST_DATA) + "/iris.csv"); }

/// All rows train.
Recipe all(Recipe r) {
  r.split.validation = 0;
  return r;
}

std::vector<Real> inputs(const Dataset& d) {
  std::vector<std::int32_t> rows(static_cast<std::size_t>(d.count()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i);
  std::vector<Real> x(rows.size() * static_cast<std::size_t>(d.inputs.size()));
  gatherInputs(d, rows, x.data());
  return x;
}

DatasetPtr made(const TablePtr& t, const Recipe& r) {
  Result<DatasetPtr> d = prepare(t, r);
  EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
  return d ? *d : nullptr;
}

std::string refusal(const TablePtr& t, const Recipe& r) {
  const Result<DatasetPtr> d = prepare(t, r);
  EXPECT_FALSE(d.ok());
  return d ? "" : d.error().text();
}

TEST(Steps, ScalersGiveScikitLearnsValuesOnWine) {
  // Rows 0, 77, 177; columns alcohol, ash, proline.
  const std::map<std::string, std::vector<double>> expected{
      {"standardise", {1.5186119617897866, 0.2320529, 1.013008926747691, -1.4336705193270227, -0.8895, -0.7862300355647138, 1.3950861734231539, 1.3660, -0.5951604112483522}},
      {"minmax", {0.8421051706964007, 0, 0.5613409415121255, 0.21315799446316808, 0, 0.15834522111269614, 0.8157895331237426, 0, 0.20114122681883026}},
      {"minmax_signed", {0.6842103413928013, 0, 0.12268188302425109, -0.5736840110736638, 0, -0.6833095577746077, 0.6315790662474852, 0, -0.5977175463623394}},
      {"robust", {0.8973375454536224, 0, 0.8080495356037152, -0.9201517465649608, 0, -0.35810113519091846, 0.8212923840977955, 0, -0.23426212590299278}}};
  const TableFile file = wine();
  for (const auto& [method, values] : expected) {
    Recipe r = all(file.recipe);
    r.steps = {{"scale", {{"method", method}}}};
    const DatasetPtr d = made(file.table, r);
    const std::vector<Real> x = inputs(*d);
    const std::size_t rows[] = {0, 77, 177}, columns[] = {0, 2, 12};
    for (std::size_t i = 0; i < 3; ++i)
      for (const std::size_t k : {std::size_t{0}, std::size_t{2}})
        EXPECT_NEAR(x[rows[i] * 13 + columns[k]], values[3 * i + k], 2e-6) << method << " row " << rows[i] << " column " << columns[k];
    EXPECT_EQ(d->inputs.raw(0, 0), static_cast<double>(14.23f)) << "shown in its own units";
  }
}

TEST(Steps, ImputersGiveScikitLearnsValues) {
  const TablePtr t = table("a,b,y\n1,,u\n2,5,v\n2,7,u\n,7,v\n9,1,u\n");
  const std::map<std::string, std::pair<double, double>> expected{{"mean", {3.5, 5}}, {"median", {2, 6}}, {"most_frequent", {2, 7}}, {"constant", {-4, -4}}};
  for (const auto& [strategy, values] : expected) {
    Recipe r = all(defaultRecipe(*t));
    r.steps = {{"missing", {{"strategy", strategy}, {"value", -4.0}, {"indicator", true}}}};
    const DatasetPtr d = made(t, r);
    EXPECT_EQ(d->featureNames, (std::vector<std::string>{"a", "b", "a missing", "b missing"}));
    EXPECT_NEAR(d->inputs.raw(3, 0), values.first, 1e-6) << strategy;
    EXPECT_NEAR(d->inputs.raw(0, 1), values.second, 1e-6) << strategy;
    EXPECT_EQ(d->inputs.raw(3, 2), 1);
    EXPECT_EQ(d->inputs.raw(0, 2), 0);
  }
  Recipe r = all(defaultRecipe(*t));
  r.steps = {{"missing", {{"strategy", std::string("drop")}}}};
  const DatasetPtr d = made(t, r);
  EXPECT_EQ(d->tableRows, (std::vector<std::int32_t>{1, 2, 4}));
  EXPECT_EQ(d->classes, (std::vector<std::int32_t>{1, 0, 0}));
  EXPECT_EQ(d->notes.size(), 1u);
}

TEST(Steps, PcaGivesScikitLearnsComponentsOnIris) {
  const TableFile file = iris();
  Recipe r = all(file.recipe);
  r.steps = {{"pca", {}}};
  const DatasetPtr d = made(file.table, r);
  const double expected[][2] = {{2.684125625969537, 0.3193972465850996}, {-1.284825688858351, 0.685160470467309}, {-1.3901888619479135, -0.28266093798999014}};
  const std::int64_t rows[] = {0, 50, 149};
  for (int i = 0; i < 3; ++i)
    for (int k = 0; k < 2; ++k) EXPECT_NEAR(std::abs(d->inputs.raw(rows[i], k)), std::abs(expected[i][k]), 2e-5);
  // The sign is free, but one for all rows of a component.
  EXPECT_LT(d->inputs.raw(0, 0) * d->inputs.raw(50, 0), 0);
  EXPECT_GT(d->inputs.raw(0, 1) * d->inputs.raw(50, 1), 0);
  const auto learned = d->steps[0]->learned();
  EXPECT_NEAR(learned[0].second, 0.9246187232017272, 1e-6);
  EXPECT_NEAR(learned[1].second, 0.0530664831170677, 1e-6);
}

TEST(Steps, EncodersAndRareGroups) {
  std::string text = "c,n,y\n";
  for (int i = 0; i < 20; ++i) text += std::string(i < 10 ? "red" : i < 19 ? "blue" : "green") + "," + std::to_string(i) + "," + (i % 2 ? "a" : "b") + "\n";
  const TablePtr t = table(text);
  Recipe r = all(defaultRecipe(*t));
  ASSERT_EQ(r.steps[0].type, "encode");
  r.steps.pop_back();
  DatasetPtr d = made(t, r);
  EXPECT_EQ(d->featureNames, (std::vector<std::string>{"c=blue", "c=green", "c=red", "n"}));
  EXPECT_EQ(d->featureOrigins, (std::vector<std::int32_t>{0, 0, 0, 1}));
  EXPECT_EQ(d->inputs.raw(0, 2), 1);
  EXPECT_EQ(d->inputs.raw(0, 0), 0);
  r.steps = {{"encode", {{"method", std::string("ordinal")}}}};
  d = made(t, r);
  EXPECT_EQ(d->inputs.raw(0, 0), 2);
  EXPECT_EQ(d->inputs.raw(19, 0), 1);
  r.steps = {{"rare", {{"percent", 10.0}}}, {"encode", {}}};
  d = made(t, r);
  EXPECT_EQ(d->featureNames, (std::vector<std::string>{"c=blue", "c=red", "c=other", "n"}));
}

TEST(Steps, UnknownCategoriesGoWhereTheyShould) {
  std::string text = "c,s,y\n";
  for (int i = 0; i < 12; ++i) text += std::string(i < 8 ? "red" : "new") + "," + (i < 8 ? "train" : "test") + "," + (i % 2 ? "a" : "b") + "\n";
  const TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  r.columns[1].role = Role::Split;
  r.split.mode = "column";
  r.steps = {{"encode", {{"unknown", std::string("own")}}}};
  const DatasetPtr d = made(t, r);
  EXPECT_EQ(d->featureNames, (std::vector<std::string>{"c=red", "c=(other)"}));
  EXPECT_EQ(d->inputs.raw(11, 1), 1);
  EXPECT_EQ(d->test.size(), 4u);
  r.steps = {{"encode", {}}};
  EXPECT_EQ(made(t, r)->inputs.raw(11, 0), 0);
}

TEST(Steps, LogAndClip) {
  const TablePtr t = table("a,y\n1,u\n2,v\n3,u\n4,v\n100,u\n");
  Recipe r = all(defaultRecipe(*t));
  r.steps = {{"log", {{"plus_one", false}}}};
  EXPECT_NEAR(made(t, r)->inputs.raw(4, 0), std::log(100.0), 1e-6);
  r.steps = {{"clip", {}}};
  EXPECT_NEAR(made(t, r)->inputs.raw(4, 0), 4 + 1.5 * 2, 1e-6);
  r.steps = {{"log", {{"plus_one", false}}}};
  EXPECT_EQ(refusal(table("a,y\n1,u\n-2,v\n3,u\n4,v\n"), r), "row 3, column 'a': found '-2', expected a number above 0: the logarithm has no other");
}

TEST(Steps, WhatIsNotReadyIsRefusedWithACure) {
  const TablePtr t = table("a,c,y\n1,x,u\n,z,v\n3,x,u\n4,z,v\n");
  Recipe r = all(defaultRecipe(*t));
  r.steps = {{"encode", {}}};
  EXPECT_EQ(refusal(t, r), "row 3, column 'a': found a missing value, expected a number: add the step 'Missing values', or ignore the column");
  r.steps = {{"missing", {}}};
  EXPECT_EQ(refusal(t, r), "column 'c': found categories, expected numbers: add the step 'Encode categories', or ignore the column");
  r.steps = {{"scale", {{"column", std::string("c")}}}};
  EXPECT_EQ(refusal(t, r), "column 'c': found categories, expected numbers");
  r.steps = {{"pca", {{"components", std::int64_t{9}}}}};
  EXPECT_EQ(refusal(t, r), "step 'Principal components': found 9 components, expected at most 1, as many as there are columns of numbers");
}

/// What every step learned.
std::vector<std::pair<std::string, double>> learned(const Dataset& d) {
  std::vector<std::pair<std::string, double>> out;
  for (const auto& step : d.steps)
    for (const auto& pair : step->learned()) out.push_back(pair);
  return out;
}

TEST(Prepare, HeldOutRowsChangeNothingThatIsLearned) {
  std::string text = "a,b,c,s,y\n", changed = text;
  for (int i = 0; i < 40; ++i) {
    const bool held = i % 4 == 0;
    const std::string row = std::to_string(i) + "," + (i % 5 ? std::to_string(i * i) : "") + "," + (i % 3 ? "x" : "z");
    const std::string end = std::string(",") + (held ? (i % 8 ? "validation" : "test") : "train");
    text += row + end + "," + std::to_string(i * 0.5) + "\n";
    changed += (held ? "-5000,1e9," + std::string(i % 8 ? "x" : "other") : row) + end + "," + (held ? "777.25" : std::to_string(i * 0.5)) + "\n";
  }
  Recipe r = defaultRecipe(*table(text));
  r.columns[3].role = Role::Split;
  r.split.mode = "column";
  r.steps = {{"missing", {{"strategy", std::string("mean")}}}, {"rare", {{"percent", 30.0}}}, {"encode", {}}, {"clip", {}}, {"scale", {}}, {"pca", {}}};
  const DatasetPtr before = made(table(text), r), after = made(table(changed), r);
  EXPECT_EQ(learned(*before), learned(*after));
  EXPECT_EQ(before->targetScaling, after->targetScaling);
  ASSERT_EQ(before->train, after->train);
  for (const std::int32_t row : before->train)
    for (std::int64_t c = 0; c < before->inputs.size(); ++c) EXPECT_EQ(before->inputs.raw(row, c), after->inputs.raw(row, c));
}

TEST(Split, RatioKeepsEveryClassOnEverySide) {
  const TableFile file = iris();
  Recipe r = file.recipe;
  r.split.validation = 0.2;
  r.split.test = 0.1;
  const DatasetPtr d = made(file.table, r);
  EXPECT_EQ(d->train.size(), 105u);
  for (const auto& [part, each] : {std::pair{&d->validation, 10}, std::pair{&d->test, 5}}) {
    std::map<std::int32_t, int> n;
    for (const std::int32_t row : *part) ++n[d->classes[static_cast<std::size_t>(row)]];
    for (const auto& [unused, count] : n) EXPECT_EQ(count, each);
  }
}

TEST(Split, FoldsCoverAllRowsOnceAndKeepClasses) {
  const TableFile file = wine();
  Recipe r = file.recipe;
  r.split.mode = "folds";
  std::set<std::int32_t> seen;
  std::map<std::int32_t, std::pair<int, int>> range;
  for (r.split.fold = 0; r.split.fold < 5; ++r.split.fold) {
    const DatasetPtr d = made(file.table, r);
    EXPECT_EQ(d->train.size() + d->validation.size(), 178u);
    EXPECT_NEAR(static_cast<double>(d->validation.size()), 178 / 5.0, 1);
    std::map<std::int32_t, int> n;
    for (const std::int32_t row : d->validation) {
      EXPECT_TRUE(seen.insert(row).second);
      ++n[d->classes[static_cast<std::size_t>(row)]];
    }
    for (const auto& [k, count] : n) {
      auto [at, fresh] = range.emplace(k, std::pair{count, count});
      at->second = {std::min(at->second.first, count), std::max(at->second.second, count)};
    }
  }
  EXPECT_EQ(seen.size(), 178u);
  for (const auto& [k, r2] : range) EXPECT_LE(r2.second - r2.first, 1) << "class " << k << ", as StratifiedKFold promises";
}

TEST(Split, GroupsStayTogether) {
  std::string text = "x,person,y\n";
  for (int i = 0; i < 60; ++i) text += std::to_string(i) + ",p" + std::to_string(i % 12) + "," + (i % 7 < 3 ? "a" : "b") + "\n";
  const TablePtr t = table(text);
  for (const std::string mode : {"group", "folds"}) {
    Recipe r = defaultRecipe(*t);
    r.columns[1].role = Role::Group;
    r.steps = {};
    r.split.mode = mode;
    r.split.test = 0.2;
    const DatasetPtr d = made(t, r);
    std::map<int, std::set<int>> sides;
    for (const auto& [side, rows] : {std::pair{0, &d->train}, std::pair{1, &d->validation}, std::pair{2, &d->test}})
      for (const std::int32_t row : *rows) sides[row % 12].insert(side);
    for (const auto& [p, s] : sides) EXPECT_EQ(s.size(), 1u) << mode << ", person " << p;
    EXPECT_FALSE(d->validation.empty());
  }
}

TEST(Split, TimeOrderPutsTheLastAside) {
  std::string text = "x,day,y\n";
  for (int i = 0; i < 20; ++i) text += std::to_string(i) + ",2026-01-" + (29 - i < 10 ? "0" : "") + std::to_string(29 - i) + "," + std::to_string(i * 0.1) + "\n";
  const TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  r.columns[1].role = Role::Time;
  r.split.mode = "time";
  const DatasetPtr d = made(t, r);
  EXPECT_EQ(d->validation, (std::vector<std::int32_t>{0, 1, 2, 3})) << "the latest days stand first in the file";
}

TEST(Series, WindowsHaveTheirTargetsAndStayOnOneSide) {
  std::string text = "t,x,y\n";
  for (int i = 0; i < 50; ++i) text += std::to_string(i) + "," + std::to_string(i * 10) + "," + std::to_string(1000 + i) + ".5\n";
  const TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  r.columns[0].role = Role::Time;
  r.steps = {};
  r.series = {"windows", 5, 2, 3};
  EXPECT_NE(refusal(t, r).find("for windows, which overlap"), std::string::npos);
  r.split.mode = "time";
  const DatasetPtr d = made(t, r);
  EXPECT_EQ(d->spec.input, (Shape{5, 2}));
  EXPECT_EQ(d->featureNames, (std::vector<std::string>{"x", "y"})) << "a forecast sees its target's past";
  // Sample 1 begins at row 2 and has the target of row 2 + 4 + 3.
  EXPECT_EQ(d->inputs.raw(1, 0), 20);
  EXPECT_EQ(d->inputs.raw(1, 9), 1006.5);
  EXPECT_EQ(d->targets[1], 1009.5f);
  EXPECT_EQ(d->tableRows[1], 9);
  // Rows 0 … 39 train: the last window that fits with its target begins at 32.
  EXPECT_EQ(d->train.size(), 17u);
  for (const std::int32_t s : d->validation) EXPECT_GE(d->inputs.raw(s, 0), 400);
}

TEST(Series, RowsAreSeries) {
  const TablePtr t = table("s1,s2,s3,y\n1,2,3,a\n4,5,6,b\n7,8,9,a\n1,5,9,b\n2,2,2,a\n");
  Recipe r = defaultRecipe(*t);
  r.series.mode = "rows";
  EXPECT_EQ(made(t, r)->spec.input, (Shape{3, 1}));
}

TEST(Prepare, SeveralTargetsAreNumbersToPredict) {
  const TablePtr t = table("x,y1,y2\n1,2,0.5\n2,4,0.6\n3,6,0.7\n4,8,0.8\n5,10,0.9\n");
  Recipe r = defaultRecipe(*t);
  r.columns[1].role = Role::Target;
  const DatasetPtr d = made(t, r);
  EXPECT_EQ(d->spec.task, Task::Regression);
  EXPECT_EQ(d->spec.outputs, 2);
  EXPECT_EQ(d->targetName, "y1, y2");
  EXPECT_EQ(d->targets[4], 6.0f);
  EXPECT_EQ(d->targets[5], 0.7);
}

TEST(Prepare, OversamplingEvensTheClassesInTrainingOnly) {
  std::string text = "x,y\n";
  for (int i = 0; i < 50; ++i) text += std::to_string(i) + "," + (i < 40 ? "many" : "few") + "\n";
  const TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  r.balance = "oversample";
  const DatasetPtr d = made(t, r);
  std::map<std::int32_t, int> n;
  for (const std::int32_t row : d->train) ++n[d->classes[static_cast<std::size_t>(row)]];
  EXPECT_EQ(n[0], n[1]);
  EXPECT_EQ(d->validation.size(), 10u);
}

TEST(Prepare, TargetAndTaskCanBeChosen) {
  const TableFile file = iris();
  Recipe r = file.recipe;
  r.columns[4].role = Role::Feature;
  r.columns[0].role = Role::Target;
  r.steps = defaultSteps(*file.table, r.columns);
  const DatasetPtr d = made(file.table, r);
  EXPECT_EQ(d->spec.task, Task::Regression);
  EXPECT_EQ(d->featureNames.size(), 6u);
  r.task = Task::Classification;
  EXPECT_EQ(made(file.table, r)->spec.outputs, 35);
}

TEST(Prepare, NewRowsArePreparedByWhatWasLearned) {
  std::string text = "a,c,y\n";
  for (int i = 0; i < 30; ++i) text += (i % 6 ? std::to_string(i) : "") + "," + (i % 3 ? "x" : "z") + "," + (i % 2 ? "u" : "v") + "\n";
  const TablePtr t = table(text);
  const DatasetPtr d = made(t, defaultRecipe(*t));
  const std::vector<Real> expected = inputs(*d);
  const Result<std::vector<Real>> again = prepareRows(*d, *t);
  ASSERT_TRUE(again.ok()) << again.error().text();
  ASSERT_EQ(again->size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR((*again)[i], expected[i], 1e-6);
}

TEST(Leaks, DuplicatesAndTellersAreFound) {
  std::string text = "x,copy,y\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i / 2) + "," + std::to_string(i % 2) + "," + (i % 2 ? "a" : "b") + "\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i / 2) + "," + std::to_string(i % 2) + "," + (i % 2 ? "a" : "b") + "\n";
  const TablePtr t = table(text);
  const std::vector<Finding> found = findLeaks(*made(t, defaultRecipe(*t)));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_NE(found[0].text.find("stand in training too"), std::string::npos);
  EXPECT_FALSE(found[0].rows.empty());
  EXPECT_NE(found[1].text.find("'copy'"), std::string::npos);
  EXPECT_TRUE(findLeaks(*made(wine().table, wine().recipe)).empty());
}

TEST(Targets, SeveralOfTwoValuesAreLabels) {
  std::string text = "x,y,rain,wind,state\n";
  for (int i = 0; i < 40; ++i) text += std::to_string(i) + "," + std::to_string(i % 7) + "," + (i > 20 ? "1" : "0") + "," + (i % 2 ? "yes" : "no") + "," + (i % 3 ? "calm" : "rough") + "\n";
  const TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  for (const std::size_t c : {2u, 3u, 4u}) r.columns[c].role = Role::Target;
  r.steps = defaultSteps(*t, r.columns);
  const DatasetPtr d = made(t, r);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->spec.task, Task::Labels);
  EXPECT_EQ(d->spec.classes, (std::vector<std::string>{"rain", "wind", "state = rough"}));
  EXPECT_TRUE(d->targetScaling.empty());
  EXPECT_EQ(std::vector<float>(d->targets.begin() + 3 * 22, d->targets.begin() + 3 * 24), (std::vector<float>{1, 0, 0, 1, 1, 0}));
  r.columns[0].role = Role::Target;
  r.columns[1].role = Role::Feature;
  r.task = Task::Labels;
  EXPECT_NE(refusal(t, r).find("'x'"), std::string::npos);
}

TEST(Weights, GoWithTheirRowsAndAreCheckedForSense) {
  std::string text = "x,w,y\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i) + "," + std::to_string(0.5 * i) + "," + (i % 2 ? "a" : "b") + "\n";
  TablePtr t = table(text);
  Recipe r = defaultRecipe(*t);
  r.columns[1].role = Role::Weight;
  const DatasetPtr d = made(t, r);
  ASSERT_TRUE(d);
  EXPECT_EQ(d->spec.input, (Shape{1}));
  for (std::size_t i = 0; i < 30; ++i) EXPECT_EQ(d->weights[i], 0.5f * static_cast<float>(d->tableRows[i]));
  t = table("x,w,y\n1,1,a\n2,-1,b\n3,1,a\n4,1,b\n");
  EXPECT_NE(refusal(t, r).find("row 3, column 'w'"), std::string::npos) << refusal(t, r);
}

TEST(Stages, TellEachColumnBeforeAndAfterEachStep) {
  const TableFile file = wine();
  Recipe r = all(file.recipe);
  r.steps = {{"log", {{"column", std::string("proline")}}}, {"scale", {}}};
  const std::vector<Stage> stages = stagesOf(*file.table, r);
  ASSERT_EQ(stages.size(), 3u);
  const auto of = [&](std::size_t stage, const std::string& name) {
    for (const auto& [n, s] : stages[stage].columns)
      if (n == name) return s;
    return ColumnSummary{};
  };
  EXPECT_EQ(of(0, "proline").high, 1680);
  EXPECT_NEAR(of(1, "proline").high, std::log1p(1680.0), 1e-5);
  EXPECT_EQ(of(1, "alcohol").high, of(0, "alcohol").high);
  EXPECT_NEAR(of(2, "proline").mean, 0, 1e-6);
  EXPECT_NEAR(of(2, "proline").deviation, 1, 1e-6);
}

}  // namespace
}  // namespace vitrine
