// What is explained, against what: targets, columns with a target of their own, baselines, and how tables follow them.
#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QTabWidget>
#include <QTemporaryDir>
#include <numeric>
#include <set>

#include "app/explain_tables.h"
#include "tests/app/explain_bench.h"

namespace vitrine {
namespace {

using namespace test;

/// Three classes of flowers, a network that has learnt a little.
struct IrisBench : ExplainBench {
  IrisBench() : ExplainBench(nullptr) {
    window.openPath(QStringLiteral(VITRINE_TEST_DATA "/iris.csv"));
    EXPECT_TRUE(waitFor([&] { return !document.isBusy() && document.data(); }));
    document.stepEpoch();
    EXPECT_TRUE(waitFor([&] { return step() > 0 && !running(); }));
    EXPECT_TRUE(settled());
  }
  QString className(int k) { return QString::fromStdString(document.data()->spec.classes[static_cast<std::size_t>(k)]); }
  std::vector<Real> map(int column = 0) {
    const Attribution* a = explain->model().attribution(0, column);
    if (!a) ADD_FAILURE() << "no map in column " << column;
    return a ? a->values : std::vector<Real>();
  }
  const WallCell& cell(int column) { return wall()->data().samples[0].cells[static_cast<std::size_t>(column)]; }
  int columns() { return static_cast<int>(explain->model().columns().size()); }
  int columnOf(const std::string& id) {
    for (int c = 0; c < columns(); ++c)
      if (explain->model().columns()[static_cast<std::size_t>(c)].spec->id == id) return c;
    ADD_FAILURE() << "no column " << id;
    return 0;
  }
  void columnAction(int column, const QString& action) {
    for (QMenu* m : explain->findChildren<QMenu*>(QStringLiteral("explainColumnMenu"))) delete m;
    emit wall()->methodMenuRequested(column, QPoint(50, 50));
    menuAction("explainColumnMenu", action);
  }
  /// The method by itself, on the network as the wall has it.
  std::vector<Real> byHand(const std::string& id, const Target& target) {
    const Snapshot& s = *explain->model().snapshot();
    const Result<Attribution> a = findExplainer(id)->explain({.network = *s.network, .params = s.state->params.span(), .input = explain->model().samples()[0].input, .target = target, .settings = {}});
    EXPECT_TRUE(a) << a.error().text();
    return a ? a->values : std::vector<Real>();
  }
};

void expectDifference(const std::vector<Real>& difference, const std::vector<Real>& a, const std::vector<Real>& b) {
  ASSERT_EQ(difference.size(), a.size());
  ASSERT_EQ(difference.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(difference[i], a[i] - b[i], 1e-5 * (1 + std::abs(a[i]) + std::abs(b[i])));
}

TEST(ExplainTargets, ADifferenceOfTwoChosenClassesIsThatOfTheirMaps) {
  IrisBench b;
  auto* first = b.find<QComboBox>("explainTargetFirst");
  auto* second = b.find<QComboBox>("explainTargetSecond");
  EXPECT_TRUE(first->isHidden() || !first->isVisible());
  b.choose("explainTarget", b.className(0));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> of0 = b.map();
  b.choose("explainTarget", b.className(2));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> of2 = b.map();
  b.choose("explainTarget", QStringLiteral("difference of two classes…"));
  ASSERT_TRUE(first->isVisible() && second->isVisible());
  // By the keyboard: from the target on to its two classes.
  auto* target = b.find<QComboBox>("explainTarget");
  target->setFocus();
  QTest::keyClick(target, Qt::Key_Tab);
  EXPECT_EQ(b.window.focusWidget(), first);
  QTest::keyClick(first, Qt::Key_Tab);
  EXPECT_EQ(b.window.focusWidget(), second);
  QTest::keyClick(second, Qt::Key_Down);
  ASSERT_EQ(second->currentIndex(), 2);
  ASSERT_TRUE(b.settled());
  expectDifference(b.map(), of0, of2);
  EXPECT_EQ(b.cell(0).targetText, b.className(0) + QStringLiteral(" − ") + b.className(2));
  EXPECT_EQ(b.wall()->data().target, b.cell(0).targetText);
  // A class and itself differ in nothing: said in place.
  QTest::keyClick(first, Qt::Key_Down);
  QTest::keyClick(first, Qt::Key_Down);
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.cell(0).state, WallCell::State::Failed);
  EXPECT_TRUE(b.cell(0).note.contains(QStringLiteral("choose two"))) << qPrintable(b.cell(0).note);
  b.choose("explainTarget", QStringLiteral("loss"));
  EXPECT_FALSE(first->isVisible());
}

TEST(ExplainTargets, AProbabilityIsCoresOwnAndIsRefusedWhereThereIsNone) {
  IrisBench b;
  auto* box = b.find<QCheckBox>("explainProbability");
  b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_lrp"));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> logit = b.map();
  ASSERT_TRUE(box->isEnabled());
  QTest::keyClick(box, Qt::Key_Space);
  ASSERT_TRUE(b.settled());
  EXPECT_NE(b.map(), logit);
  EXPECT_EQ(b.map(), b.byHand("saliency", {.probability = true}));
  EXPECT_TRUE(b.cell(0).targetText.startsWith(QStringLiteral("probability of "))) << qPrintable(b.cell(0).targetText);
  // What shares out a logit says so in its own cells.
  const int lrp = b.columnOf("lrp");
  EXPECT_EQ(b.cell(lrp).state, WallCell::State::Failed);
  EXPECT_TRUE(b.cell(lrp).note.contains(QStringLiteral("choose the logit"))) << qPrintable(b.cell(lrp).note);
  b.choose("explainTarget", QStringLiteral("second class"));
  ASSERT_TRUE(b.settled());
  EXPECT_TRUE(b.cell(0).targetText.startsWith(QStringLiteral("probability of ")));
  b.choose("explainTarget", QStringLiteral("predicted − second"));
  ASSERT_TRUE(b.settled());
  Target difference = Target::difference(-1);
  difference.probability = true;
  EXPECT_EQ(b.map(), b.byHand("saliency", difference));
  const QString help = box->toolTip();
  b.choose("explainTarget", QStringLiteral("loss"));
  EXPECT_FALSE(box->isEnabled());
  EXPECT_NE(box->toolTip(), help);
  ASSERT_TRUE(b.settled());
  EXPECT_FALSE(b.explain->choices()->target().probability);
  EXPECT_EQ(b.cell(0).state, WallCell::State::Ready);
  EXPECT_EQ(b.cell(lrp).state, WallCell::State::Failed);
  EXPECT_TRUE(b.cell(lrp).note.contains(QStringLiteral("not the loss"))) << qPrintable(b.cell(lrp).note);
}

TEST(ExplainTargets, NumbersHaveNamesAndNoProbability) {
  ExplainBench b("plane");
  ASSERT_TRUE(b.settled());
  auto* box = b.find<QCheckBox>("explainProbability");
  EXPECT_FALSE(box->isEnabled());
  EXPECT_TRUE(box->toolTip().contains(QStringLiteral("Only classes"))) << qPrintable(box->toolTip());
  auto* target = b.find<QComboBox>("explainTarget");
  EXPECT_EQ(target->itemText(0), QString::fromStdString(b.document.data()->targetName));
  EXPECT_LT(target->findText(QStringLiteral("second class")), 0);
  EXPECT_LT(target->findText(QStringLiteral("difference of two outputs…")), 0);  // there is one
  DatasetPtr two;
  {
    auto d = std::make_shared<Dataset>(*b.document.data());
    d->spec.outputs = 2;
    d->targetName = "load, heat";
    two = d;
  }
  EXPECT_EQ(outputName(*two, 1), QStringLiteral("heat"));
  EXPECT_EQ(choiceName({.kind = TargetChoice::Difference, .output = 0, .other = 1}, *two), QStringLiteral("load − heat"));
}

TEST(ExplainTargets, AColumnHasATargetOfItsOwn) {
  IrisBench b;
  b.choose("explainTarget", QStringLiteral("second class"));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> second = b.map();
  b.choose("explainTarget", QStringLiteral("predicted class"));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> predicted = b.map();
  const int before = b.columns();
  b.columnAction(0, QStringLiteral("explainColumnCompare"));
  ASSERT_TRUE(b.settled());
  ASSERT_EQ(b.columns(), before + 1);
  EXPECT_EQ(b.map(0), predicted);
  EXPECT_EQ(b.map(1), second);
  EXPECT_NE(b.map(1), predicted);
  EXPECT_EQ(b.wall()->data().methods[1].target, QStringLiteral("second class"));
  EXPECT_EQ(b.wall()->data().methods[0].target, QString());
  EXPECT_NE(b.cell(0).targetText, b.cell(1).targetText);
  EXPECT_TRUE(b.explain->model().trust(0, 1));
  EXPECT_TRUE(b.find<AgreementView>("explainAgreement")->data().methods[1].contains(QStringLiteral("second class")));
  // It stays what it is, whatever is chosen at the left.
  const Attribution* kept = b.explain->model().attribution(0, 1);
  b.choose("explainTarget", b.className(2));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.explain->model().attribution(0, 1), kept);
  EXPECT_EQ(b.map(0), b.byHand("saliency", {.output = 2}));
  // The files tell them apart.
  QTemporaryDir folder;
  ASSERT_TRUE(b.explain->saveArrays(folder.filePath(QStringLiteral("a.npy"))));
  const QStringList files = QDir(folder.path()).entryList({QStringLiteral("*.npy")});
  EXPECT_TRUE(files.contains(QStringLiteral("a-2-saliency-second-class.npy"))) << qPrintable(files.join(QLatin1Char(' ')));
  EXPECT_TRUE(files.contains(QStringLiteral("a-1-saliency-%1.npy").arg(b.className(2)))) << qPrintable(files.join(QLatin1Char(' ')));
  std::map<QString, std::vector<double>> byTarget;
  for (const auto& row : b.wall()->figureData().rows)
    if (row[0].toString() == b.wall()->data().samples[0].name && row[2].toString() == b.wall()->data().methods[0].name) byTarget[row[1].toString()].push_back(row[5].toDouble());
  ASSERT_EQ(byTarget.size(), 2u);
  EXPECT_NEAR(byTarget[b.cell(1).targetText][0], second[0], 1e-6);
  // Its menu: another class, its probability, and back to the left's choice.
  b.columnAction(1, QStringLiteral("explainColumnTarget_class0"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.map(1), b.byHand("saliency", {.output = 0}));
  b.columnAction(1, QStringLiteral("explainColumnProbability"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.map(1), b.byHand("saliency", {.output = 0, .probability = true}));
  EXPECT_EQ(b.wall()->data().methods[1].target, b.className(0) + QStringLiteral(", probability"));
  b.columnAction(1, QStringLiteral("explainColumnTarget_wall"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.map(1), b.map(0));
  // Other data have other classes.
  b.columnAction(1, QStringLiteral("explainColumnTarget_class2"));
  ASSERT_TRUE(b.settled());
  b.generate("circles");
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.wall()->data().methods[1].target, QString());
  EXPECT_EQ(b.cells(WallCell::State::Failed), 0);
}

TEST(ExplainTargets, WithTwoClassesTheSecondIsTheOther) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  emit b.wall()->methodMenuRequested(0, QPoint(50, 50));
  b.menuAction("explainColumnMenu", QStringLiteral("explainColumnCompare"));
  ASSERT_TRUE(b.settled());
  for (const WallSample& s : b.wall()->data().samples) {
    ASSERT_EQ(s.cells[1].state, WallCell::State::Ready) << qPrintable(s.cells[1].note);
    EXPECT_NE(s.cells[0].targetText, s.cells[1].targetText);
  }
}

TEST(ExplainTargets, TheBackgroundIsHeededOrRefused) {
  IrisBench b;
  for (const char* id : {"kernel-shap", "feature-ablation", "expected-gradients"}) b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_") + QLatin1String(id));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.cells(WallCell::State::Failed), 0);
  std::map<std::string, std::vector<Real>> zero;
  for (const WallColumn& c : b.explain->model().columns()) zero[c.spec->id] = b.map(b.columnOf(c.spec->id));
  b.choose("explainBaseline", QStringLiteral("background samples"));
  ASSERT_TRUE(b.settled());
  for (const char* id : {"shapley", "kernel-shap", "lime", "feature-ablation"}) {
    ASSERT_EQ(b.cell(b.columnOf(id)).state, WallCell::State::Ready) << id << qPrintable(b.cell(b.columnOf(id)).note);
    EXPECT_NE(b.map(b.columnOf(id)), zero[id]) << id;
    EXPECT_TRUE(b.explain->model().trust(0, b.columnOf(id))) << id;
  }
  EXPECT_EQ(b.map(b.columnOf("expected-gradients")), zero["expected-gradients"]);  // they are an average over samples, always
  EXPECT_EQ(b.map(b.columnOf("saliency")), zero["saliency"]);
  for (const char* id : {"integrated-gradients", "input-x-gradient"}) {
    const WallCell& cell = b.cell(b.columnOf(id));
    EXPECT_EQ(cell.state, WallCell::State::Failed) << id;
    EXPECT_TRUE(cell.note.contains(QStringLiteral("training mean"))) << qPrintable(cell.note);
  }
  const Attribution& shapley = *b.explain->model().attribution(0, b.columnOf("shapley"));
  EXPECT_NEAR(std::accumulate(shapley.groupValues.begin(), shapley.groupValues.end(), *shapley.baselineValue), shapley.outputValue, 1e-4);
}

TEST(ExplainTargets, TablesFollowTargetAndBaseline) {
  IrisBench b;
  auto* tabs = b.find<QTabWidget>("explainTabs");
  auto* bars = b.find<BarsView>("explainShapBars");
  auto* swarm = b.find<BeeswarmView>("explainSwarm");
  auto* importance = b.find<BarsView>("explainImportance");
  auto* dependence = b.find<DependenceView>("explainDependence");
  auto* waterfall = b.find<WaterfallView>("explainWaterfall");
  tabs->setCurrentIndex(3);
  const auto sums = [&] {
    const WaterfallData& w = waterfall->data();
    EXPECT_NEAR(std::accumulate(w.values.begin(), w.values.end(), w.base), w.output, 1e-4 * (1 + std::abs(w.output)));
  };
  const auto all = [&](const QString& axis) {
    return b.waitFor([&] { return swarm->data().axis.endsWith(axis) && bars->data().axis.endsWith(axis) && dependence->data().axis == axis && waterfall->data().unit == axis; });
  };
  const auto told = [&] { return (swarm->data().axis + dependence->data().axis + waterfall->data().unit + swarm->placeholder() + dependence->placeholder() + waterfall->placeholder()).toStdString(); };
  const QString one = b.className(0), three = b.className(2);
  b.choose("explainTarget", one);
  ASSERT_TRUE(all(QStringLiteral("output of ") + one)) << told();
  sums();
  const std::vector<double> of0 = dependence->data().mean, bars0 = waterfall->data().values;
  const double base0 = waterfall->data().base;
  b.choose("explainTarget", three);
  ASSERT_TRUE(all(QStringLiteral("output of ") + three)) << told();
  const std::vector<double> of2 = dependence->data().mean;
  const double base2 = waterfall->data().base;
  b.choose("explainTarget", QStringLiteral("difference of two classes…"));
  b.choose("explainTargetSecond", three);
  ASSERT_TRUE(all(one + QStringLiteral(" − ") + three)) << told();
  sums();
  EXPECT_NEAR(waterfall->data().base, base0 - base2, 1e-5);
  for (std::size_t i = 0; i < of0.size(); ++i) EXPECT_NEAR(dependence->data().mean[i], of0[i] - of2[i], 1e-5);
  b.choose("explainTarget", one);
  b.click("explainProbability");
  ASSERT_TRUE(all(QStringLiteral("probability of ") + one)) << told();
  sums();
  for (double p : dependence->data().mean) EXPECT_TRUE(p >= 0 && p <= 1);
  b.click("explainProbability");
  // What is predicted, and second, is that of the chosen sample.
  b.choose("explainTarget", QStringLiteral("predicted class"));
  ASSERT_TRUE(b.waitFor([&] { return !b.explain->model().busy(); }));
  const std::vector<Real> p = predictions(*b.explain->model().snapshot(), b.explain->model().samples()[0].input, 1);
  std::vector<int> order{0, 1, 2};
  std::stable_sort(order.begin(), order.end(), [&](int x, int y) { return p[static_cast<std::size_t>(x)] > p[static_cast<std::size_t>(y)]; });
  ASSERT_TRUE(all(QStringLiteral("output of ") + b.className(order[0]))) << told();
  b.choose("explainTarget", QStringLiteral("second class"));
  ASSERT_TRUE(all(QStringLiteral("output of ") + b.className(order[1]))) << told();
  b.choose("explainTarget", QStringLiteral("predicted − second"));
  ASSERT_TRUE(all(b.className(order[0]) + QStringLiteral(" − ") + b.className(order[1]))) << told();
  // One row has a loss; many rows, and a curve, have not.
  b.choose("explainTarget", QStringLiteral("loss"));
  ASSERT_TRUE(b.waitFor([&] { return waterfall->data().unit == QStringLiteral("loss") && swarm->isEmpty() && bars->isEmpty() && dependence->isEmpty(); })) << told();
  sums();
  EXPECT_TRUE(swarm->placeholder().contains(QStringLiteral("choose a class"))) << qPrintable(swarm->placeholder());
  EXPECT_EQ(swarm->placeholder(), bars->placeholder());
  EXPECT_TRUE(dependence->placeholder().contains(QStringLiteral("choose a class"))) << qPrintable(dependence->placeholder());
  EXPECT_EQ(importance->data().values.size(), 4u);
  // A unit has Shapley values, and no dependence.
  b.explain->choices()->offerUnit(unitChoice(*b.explain->model().snapshot()->network, b.document.graph().nodes[1].id, 0));
  const QString named = QString::fromStdString(b.document.graph().nodes[1].name) + QStringLiteral(", unit 0");
  b.choose("explainTarget", QStringLiteral("unit: ") + named);
  EXPECT_EQ(b.wall()->data().target, named);
  ASSERT_TRUE(b.waitFor([&] { return waterfall->data().unit == named && swarm->data().axis.contains(named) && dependence->isEmpty(); })) << told();
  sums();
  // Every baseline: the parts lead from there to the output.
  b.choose("explainTarget", one);
  ASSERT_TRUE(all(QStringLiteral("output of ") + one)) << told();
  EXPECT_EQ(waterfall->data().baseline, QStringLiteral("zero"));
  EXPECT_LT(b.find<QComboBox>("explainBaseline")->findText(QStringLiteral("blurred input")), 0);
  std::set<double> bases;
  for (const QString& base : {QStringLiteral("training mean"), QStringLiteral("background samples"), QStringLiteral("sample %1").arg(b.document.pinned()[1]), QStringLiteral("zero")}) {
    b.choose("explainBaseline", base);
    ASSERT_TRUE(b.waitFor([&] { return waterfall->data().baseline == base && swarm->data().note.contains(base) && bars->data().note.contains(base); })) << qPrintable(base);
    sums();
    bases.insert(waterfall->data().base);
  }
  EXPECT_EQ(bases.size(), 4u);
  EXPECT_EQ(waterfall->data().values, bars0);
  // The wall's Shapley values of the row are the waterfall's.
  ASSERT_TRUE(b.settled());
  const Attribution& a = *b.explain->model().attribution(0, b.columnOf("shapley"));
  EXPECT_NEAR(*a.baselineValue, waterfall->data().base, 1e-6);
}

/// Classes by another loss than cross-entropy: their outputs are told as they are, the same everywhere, and nothing calls them probabilities.
TEST(ExplainTargets, OutputsOfClassesByMeanSquaresAreNoPercentages) {
  IrisBench b;
  auto* probability = b.find<QCheckBox>("explainProbability");
  b.click("explainProbability");
  ASSERT_TRUE(b.settled());
  EXPECT_TRUE(probability->isEnabled() && b.explain->model().target().probability);
  EXPECT_TRUE(b.wall()->data().shares);
  NodeId out;
  for (const Node& n : b.document.graph().nodes)
    if (n.type == "output") out = n.id;
  const auto learnBy = [&](const std::string& loss, bool shares) {
    b.document.editGraph(setParam(b.document.graph(), out, "loss", loss).value(), QStringLiteral("loss"));
    return b.waitFor([&] { return b.wall()->data().shares == shares && !b.explain->model().target().probability; }) && b.settled();
  };
  const auto told = [&] {  // beside the first sample
    const QString name = b.wall()->data().samples[0].name;
    for (int y = 0; y < b.wall()->height(); y += 6)
      for (int x = 8; x < b.wall()->width() / 2; x += 10)
        if (const QString text = b.wall()->readoutAt(QPointF(x, y)); text.startsWith(name + QLatin1Char('\n'))) return text;
    return QString();
  };
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(0);
  auto* unit = b.find<UnitFigure>("explainUnit");
  const auto alike = [&] {
    const std::vector<double> wall = b.wall()->data().samples[0].probabilities;
    const Snapshot& s = *b.explain->model().snapshot();
    const std::vector<Real> p = predictions(s, b.explain->model().samples()[0].input, 1);
    ASSERT_EQ(wall, std::vector<double>(p.begin(), p.end()));
    EXPECT_TRUE(b.waitFor([&] { return unit->data().before == wall; }));
    EXPECT_EQ(unit->data().shares, b.wall()->data().shares);
    EXPECT_EQ(unit->data().classes.size(), 3);
  };
  ASSERT_TRUE(learnBy("mse", false));
  alike();
  EXPECT_FALSE(probability->isEnabled());
  EXPECT_TRUE(probability->toolTip().contains(QStringLiteral("mean squared error"))) << qPrintable(probability->toolTip());
  EXPECT_TRUE(told().contains(b.className(0))) << qPrintable(told());
  EXPECT_FALSE(told().contains(QLatin1Char('%'))) << qPrintable(told());
  EXPECT_EQ(b.cells(WallCell::State::Failed), 0);
  b.click("explainEdit");
  auto* row = b.find<QLabel>("explainRowPrediction");
  ASSERT_TRUE(b.waitFor([&] { return row->text().contains(b.className(0)); }));
  EXPECT_FALSE(row->text().contains(QLatin1Char('%'))) << qPrintable(row->text());
  // Each class by itself: probabilities, but none to be explained as a share of one.
  ASSERT_TRUE(learnBy("bce", true));
  alike();
  EXPECT_TRUE(told().contains(QLatin1Char('%'))) << qPrintable(told());
  EXPECT_FALSE(probability->isEnabled());
  EXPECT_TRUE(probability->toolTip().contains(QStringLiteral("binary cross-entropy"))) << qPrintable(probability->toolTip());
}

}  // namespace
}  // namespace vitrine
