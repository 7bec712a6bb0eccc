// The pages below the wall: the network from within, tables, randomised maps, counterfactuals; and what can be set there.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QTabWidget>

#include "tests/app/explain_bench.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Explain, WalksThroughTheNetworkAndExplainsAStep) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(0);
  auto* walk = b.find<WalkView>("explainWalk");
  auto* unit = b.find<UnitFigure>("explainUnit");
  ASSERT_TRUE(b.waitFor([&] { return walk->data().layers.size() == b.document.graph().nodes.size() && !unit->data().after.empty() && !unit->data().top.empty() && !unit->data().best.empty(); }))
      << walk->data().layers.size() << qPrintable(unit->data().topNote + unit->data().bestNote + unit->data().ablationNote);
  EXPECT_EQ(unit->data().before.size(), 2u);
  // Samples come with the largest first.
  EXPECT_GE(unit->data().top.size(), 2u);
  const WalkLayer& out = walk->data().layers.back();
  emit walk->unitSelected(out.id, 1);
  ASSERT_TRUE(b.waitFor([&] { return unit->data().title.contains(out.name) && !unit->data().after.empty(); }));
  EXPECT_EQ(unit->data().input.field, QRect(0, 0, 10, 10));  // an output sees everything
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(1);
  auto* step = b.find<StepView>("explainStep");
  ASSERT_TRUE(b.waitFor([&] { return !step->isEmpty(); })) << qPrintable(step->placeholder());
  EXPECT_TRUE(step->data().title.contains(out.name));
  // A unit may be the target of the wall.
  auto* target = b.find<QComboBox>("explainTarget");
  b.choose("explainTarget", target->itemText(target->count() - 1));
  ASSERT_TRUE(b.settled());
  EXPECT_TRUE(b.wall()->data().samples[0].cells[0].targetText.contains(QStringLiteral("unit 1"))) << qPrintable(b.wall()->data().samples[0].cells[0].targetText);
}

TEST(Explain, TheMapsOfTheRandomisedNetworkAreShown) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  b.wall()->select(0, 0);
  emit b.wall()->cellSelected(0, 0);
  b.click("explainShowRandomised");
  const MapGridView* maps = b.find<RandomisedView>("explainRandomised")->maps();
  ASSERT_TRUE(maps->isVisible());
  const TrustReport& report = *b.explain->model().trust(0, 0);
  ASSERT_EQ(maps->data().shape.count, static_cast<int>(report.randomisation.size()) + 1);
  EXPECT_EQ(maps->data().labels.size(), maps->data().shape.count);
  const std::vector<Real>& all = maps->data().values;
  EXPECT_EQ(std::vector<Real>(all.begin(), all.begin() + 100), b.explain->model().attribution(0, 0)->values);
  EXPECT_NE(std::vector<Real>(all.begin(), all.begin() + 100), std::vector<Real>(all.end() - 100, all.end()));
  EXPECT_EQ(std::vector<Real>(all.end() - 100, all.end()), report.randomisation.back().values);
}

// Tables have no picture: their maps stand in rows, with the features' names, and the panel exports what it shows.
TEST(Explain, TheRandomisedMapsOfATableStandInRows) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  b.wall()->select(0, 0);
  emit b.wall()->cellSelected(0, 0);
  b.click("explainShowRandomised");
  auto* view = b.find<RandomisedView>("explainRandomised");
  ASSERT_TRUE(view->rows()->isVisible());
  const TrustReport& report = *b.explain->model().trust(0, 0);
  ASSERT_EQ(view->rows()->data().names.size(), static_cast<int>(report.randomisation.size()) + 1);
  const FigureTable table = view->figureData();
  EXPECT_EQ(table.columns.mid(1), b.wall()->data().features);
  const std::vector<Real>& map = b.explain->model().attribution(0, 0)->values;
  EXPECT_EQ(table.rows[0][1].value<Real>(), map[0]);
  EXPECT_EQ(static_cast<const Figure*>(b.find<FigurePanel>("panelExplainRandomised")->figure()), static_cast<const Figure*>(view));
}

// How maps are put to the test is set in one place, and the badges follow.
TEST(Explain, TrustChecksAndActivationMaximisationHaveSettings) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  EXPECT_NE(b.explain->model().trust(0, 0)->removal->orders, 4);
  b.setInPopup("explainTrustSettings", "param_orders", QStringLiteral("4"));
  ASSERT_TRUE(b.waitFor([&] { return b.explain->model().trust(0, 0)->removal->orders == 4; }));
  ASSERT_TRUE(b.settled());
  EXPECT_FALSE(b.explain->model().trustIsOld(0, 0));
  auto* unit = b.find<UnitFigure>("explainUnit");
  ASSERT_TRUE(b.waitFor([&] { return !unit->data().best.empty(); }));
  const std::vector<Real> before = unit->data().best[0].values;
  b.setInPopup("explainUnitSettings", "param_steps", QStringLiteral("3"));
  ASSERT_TRUE(b.waitFor([&] { return !unit->data().best.empty() && unit->data().best[0].values != before; }));
}

TEST(Explain, TablesHaveImportanceDependenceAndAWaterfall) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(2);
  auto* importance = b.find<BarsView>("explainImportance");
  auto* swarm = b.find<BeeswarmView>("explainSwarm");
  ASSERT_TRUE(b.waitFor([&] { return importance->data().values.size() == 4 && swarm->data().values.size() == 4; })) << qPrintable(importance->placeholder() + swarm->placeholder());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(3);
  auto* dependence = b.find<DependenceView>("explainDependence");
  auto* waterfall = b.find<WaterfallView>("explainWaterfall");
  ASSERT_TRUE(b.waitFor([&] { return !dependence->isEmpty() && !waterfall->isEmpty(); })) << qPrintable(dependence->placeholder() + waterfall->placeholder());
  const WaterfallData& w = waterfall->data();
  double sum = w.base;
  for (double v : w.values) sum += v;
  EXPECT_NEAR(sum, w.output, 1e-3 * (1 + std::abs(w.output)));
  b.choose("explainFeature", QString::fromStdString(b.document.data()->featureNames[2]));
  EXPECT_TRUE(b.waitFor([&] { return dependence->data().feature.toStdString() == b.document.data()->featureNames[2]; }));
}

// A person who predicts prices reads prices everywhere: in maps, their checks, waterfalls and over many rows.
TEST(Explain, NumbersOfARegressionAreInTheTargetsUnits) {
  ExplainBench b(nullptr);
  b.document.useData(prices());
  ASSERT_TRUE(b.settled());
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0 && !b.running(); }));
  b.trigger("actionExplainRefresh");
  ASSERT_TRUE(b.settled());
  const double price = b.wall()->data().samples[0].probabilities[0];
  ASSERT_GT(price, 20000);
  int complete = 0;
  for (std::size_t c = 0; c < b.explain->model().columns().size(); ++c) {
    const Attribution* a = b.explain->model().attribution(0, static_cast<int>(c));
    ASSERT_TRUE(a);
    EXPECT_NEAR(a->outputValue, price, 1e-4 * price) << a->method;
    if (!a->completenessError) continue;
    ++complete;
    double sum = 0;
    for (Real v : a->values) sum += static_cast<double>(v);
    EXPECT_NEAR(sum, price - *a->baselineValue, 0.02 * std::abs(price - *a->baselineValue) + 1) << a->method;
  }
  EXPECT_GT(complete, 0);
  const TrustReport& report = *b.explain->model().trust(0, 0);
  ASSERT_TRUE(report.removal);
  EXPECT_NEAR(report.removal->deletion.score.front(), price, 1e-4 * price);
  EXPECT_GT(report.removal->deletion.area, 20000);
  EXPECT_GT(report.findings[0].value, 1000);
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(3);
  auto* waterfall = b.find<WaterfallView>("explainWaterfall");
  ASSERT_TRUE(b.waitFor([&] { return !waterfall->isEmpty(); }));
  EXPECT_NEAR(waterfall->data().output, price, 1e-4 * price);
  EXPECT_EQ(waterfall->data().unit, QStringLiteral("price"));
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(2);
  auto* bars = b.find<BarsView>("explainShapBars");
  ASSERT_TRUE(b.waitFor([&] { return !bars->isEmpty(); }));
  EXPECT_GT(bars->data().values[0], 100);
}

TEST(Explain, TheTablesMethodsHaveTheirSettings) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(2);
  auto* importance = b.find<BarsView>("explainImportance");
  auto* swarm = b.find<BeeswarmView>("explainSwarm");
  ASSERT_TRUE(b.waitFor([&] { return !importance->isEmpty() && !swarm->isEmpty(); }));
  b.setInPopup("explainImportanceSettings", "param_repeats", QStringLiteral("3"));
  EXPECT_TRUE(b.waitFor([&] { return importance->data().note.contains(QStringLiteral("3 shuffles")); })) << qPrintable(importance->data().note);
  b.setInPopup("explainSummarySettings", "param_rows", QStringLiteral("7"));
  EXPECT_TRUE(b.waitFor([&] { return swarm->data().samples.size() == 7; }));
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(3);
  auto* dependence = b.find<DependenceView>("explainDependence");
  ASSERT_TRUE(b.waitFor([&] { return !dependence->isEmpty(); }));
  b.setInPopup("explainDependenceSettings", "param_points", QStringLiteral("4"));
  EXPECT_TRUE(b.waitFor([&] { return dependence->data().grid.size() == 4; }));
  EXPECT_EQ(dependence->data().feature.toStdString(), b.document.data()->featureNames[0]);
}

TEST(Explain, ACounterfactualFlipsTheClass) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  auto* tabs = b.find<QTabWidget>("explainTabs");
  tabs->setCurrentIndex(tabs->count() - 1);
  auto* view = b.find<CounterfactualView>("explainCounterfactual");
  ASSERT_TRUE(b.waitFor([&] { return !view->isEmpty(); })) << qPrintable(view->placeholder());
  const CounterfactualData& d = view->data();
  EXPECT_EQ(d.original.size(), 100u);
  ASSERT_TRUE(d.flipped);
  EXPECT_NE(d.from, d.to);
  EXPECT_GT(d.fromProbabilities[3], d.fromProbabilities[2]);
}

}  // namespace
}  // namespace vitrine
