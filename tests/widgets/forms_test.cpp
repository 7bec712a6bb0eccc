#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include "editor_support.h"
#include "widgets/forms/inspector.h"
#include "widgets/forms/number_field.h"
#include "widgets/forms/param_form.h"

namespace vitrine {
namespace {

std::vector<Param> described() {
  std::vector<Param> params(6);
  params[0] = {"units", "Units", "Outputs", std::int64_t{64}, 1, 65536};
  params[1] = {"rate", "Rate", "A factor", 0.01, 1e-6, 10};
  params[1].logarithmic = true;
  params[2] = {"bias", "Bias", "Adds b", true};
  params[3] = {"padding", "Padding", "At the edges", std::string("same")};
  params[3].choices = {{"same", "same"}, {"number", "number"}};
  params[4] = {"pad", "Width", "Padding's width", std::int64_t{1}, 0, 10};
  params[4].onlyIf = {{"padding", {"number"}}};
  params[5] = {"kernel", "Kernel", "Window", IntPair{3, 3}, 1, 64};
  return params;
}

struct FormBench {
  ParamForm form;
  std::vector<std::tuple<QString, ParamValue, bool>> told;
  FormBench() {
    form.setParams(described(), {});
    QObject::connect(&form, &ParamForm::changed, &form,
                     [this](const QString& id, const ParamValue& v, bool final) { told.emplace_back(id, v, final); });
    form.show();
    (void)QTest::qWaitForWindowExposed(&form);
    form.activateWindow();
    (void)QTest::qWaitForWindowActive(&form);
  }
  template <class T>
  T* find(const char* name) {
    return form.findChild<T*>(QLatin1String(name));
  }
  void type(QLineEdit* edit, const QString& text) {
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
  }
};

TEST(ParamForm, TypedNumberIsToldOnceWithEnter) {
  FormBench bench;
  auto* units = bench.find<QLineEdit>("param_units");
  ASSERT_TRUE(units);
  bench.type(units, QStringLiteral("128"));
  EXPECT_TRUE(bench.told.empty()) << "half-typed numbers are not values";
  QTest::keyClick(units, Qt::Key_Return);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(std::get<1>(bench.told[0]), ParamValue(std::int64_t{128}));
  EXPECT_TRUE(std::get<2>(bench.told[0]));
}

TEST(ParamForm, IllegalTextStaysWithItsReasonAndIsNotTold) {
  FormBench bench;
  auto* units = bench.find<QLineEdit>("param_units");
  auto* reason = bench.find<QLabel>("reason_units");
  for (const char* bad : {"0", "99999999", "12.5", "abc", ""}) {
    bench.type(units, QLatin1String(bad));
    if (!*bad) QTest::keyClick(units, Qt::Key_Delete);
    QTest::keyClick(units, Qt::Key_Return);
    EXPECT_TRUE(reason->isVisible()) << bad;
    EXPECT_FALSE(reason->text().isEmpty()) << bad;
    EXPECT_EQ(units->text(), QLatin1String(bad));
  }
  EXPECT_TRUE(bench.told.empty());
  bench.type(units, QStringLiteral("12"));
  EXPECT_FALSE(reason->isVisible());
}

TEST(ParamForm, SameParamsAgainLeaveTheTypingAlone) {
  FormBench bench;
  auto* units = bench.find<QLineEdit>("param_units");
  bench.type(units, QStringLiteral("12"));
  units->setCursorPosition(1);
  bench.form.setParams(described(), {{"units", std::int64_t{7}}, {"bias", false}});
  EXPECT_EQ(bench.find<QLineEdit>("param_units"), units);
  EXPECT_EQ(units->text(), QStringLiteral("12"));
  EXPECT_EQ(units->cursorPosition(), 1);
  EXPECT_TRUE(units->hasFocus());
  EXPECT_FALSE(bench.find<QCheckBox>("param_bias")->isChecked());
  EXPECT_TRUE(bench.told.empty());
}

TEST(ParamForm, LogarithmicStepsGoOneThreeTen) {
  FormBench bench;
  auto* rate = bench.find<QLineEdit>("param_rate");
  rate->setFocus();
  std::vector<double> seen;
  for (int i = 0; i < 3; ++i) {
    QTest::keyClick(rate, Qt::Key_Up);
    seen.push_back(std::get<double>(std::get<1>(bench.told.back())));
    EXPECT_FALSE(std::get<2>(bench.told.back()));
  }
  EXPECT_EQ(seen, (std::vector<double>{0.03, 0.1, 0.3}));
  QTRY_VERIFY_WITH_TIMEOUT(std::get<2>(bench.told.back()), 2000);
  EXPECT_EQ(std::get<1>(bench.told.back()), ParamValue(0.3));
}

TEST(ParamForm, StepsStayInTheRangeAndComeBack) {
  const NumberRange rate{false, 1e-5, 10, true};
  double x = 1e-5;
  for (int i = 0; i < 12; ++i) x = steppedNumber(x, 1, rate);
  EXPECT_EQ(x, 10);
  EXPECT_EQ(steppedNumber(x, 1, rate), 10);
  EXPECT_EQ(steppedNumber(x, -12, rate), 1e-5);
  EXPECT_EQ(steppedNumber(48, 1, {true, 1, 4096, true}), 64);
  EXPECT_EQ(steppedNumber(48, -1, {true, 1, 4096, true}), 32);
  EXPECT_EQ(steppedNumber(1, -1, {true, 1, 4096, true}), 1);
  EXPECT_NEAR(steppedNumber(0.5, 1, {false, 0, 0.99, false}), 0.51, 0.05);
}

TEST(ParamForm, ConditionalParamAppearsWithItsChoice) {
  FormBench bench;
  auto* pad = bench.find<QLineEdit>("param_pad");
  EXPECT_FALSE(pad->isVisible());
  auto* padding = bench.find<QComboBox>("param_padding");
  padding->setCurrentIndex(1);
  EXPECT_TRUE(pad->isVisible());
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(std::get<1>(bench.told[0]), ParamValue(std::string("number")));
}

TEST(ParamForm, PairHasTwoFields) {
  FormBench bench;
  auto* across = bench.find<QLineEdit>("param_kernel_1");
  bench.type(across, QStringLiteral("5"));
  QTest::keyClick(across, Qt::Key_Return);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(std::get<1>(bench.told[0]), ParamValue(IntPair{3, 5}));
}

TEST(ParamForm, EveryLayersFormIsNamedAndShowsItsDefaults) {
  for (const LayerSpec& spec : layerRegistry()) {
    ParamForm form;
    form.setParams(spec.params, {});
    for (const Param& p : spec.params) {
      auto* field = form.findChild<QWidget*>(QStringLiteral("param_") + QString::fromStdString(p.id));
      ASSERT_TRUE(field) << spec.id << " " << p.id;
      EXPECT_FALSE(field->accessibleName().isEmpty()) << spec.id << " " << p.id;
      EXPECT_FALSE(field->toolTip().isEmpty()) << spec.id << " " << p.id;
    }
    for (const auto& [id, value] : form.values())
      for (const Param& p : spec.params) {
        if (p.id == id) {
          EXPECT_EQ(value, p.fallback);
        }
      }
  }
}

TEST(Inspector, ShowsANodeAndTellsItsEdits) {
  const Graph g = chainGraph();
  const DataSpec spec = imageSpec();
  Inspector inspector;
  inspector.show(g, validate(g, &spec), NodeId{3});
  inspector.resize(400, 500);
  inspector.QWidget::show();
  EXPECT_TRUE(inspector.findChild<QLabel*>(QStringLiteral("inspectorSize"))->text().contains(QStringLiteral("580")));
  NodeId node;
  ParamValue told;
  QObject::connect(&inspector, &Inspector::paramEdited, &inspector,
                   [&](NodeId id, const QString&, const ParamValue& v, bool) { node = id, told = v; });
  auto* units = inspector.findChild<QLineEdit*>(QStringLiteral("param_units"));
  units->setFocus();
  units->selectAll();
  QTest::keyClicks(units, QStringLiteral("9"));
  QTest::keyClick(units, Qt::Key_Return);
  EXPECT_EQ(node, NodeId{3});
  EXPECT_EQ(told, ParamValue(std::int64_t{9}));
}

TEST(Inspector, RenamesAndRefusesATakenName) {
  const Graph g = chainGraph();
  Inspector inspector;
  inspector.show(g, validate(g, nullptr), NodeId{3});
  inspector.QWidget::show();
  QSignalSpy renamed(&inspector, &Inspector::renamed);
  auto* name = inspector.findChild<QLineEdit*>(QStringLiteral("inspectorName"));
  name->selectAll();
  QTest::keyClicks(name, QString::fromStdString(g.find(NodeId{2})->name));
  QTest::keyClick(name, Qt::Key_Return);
  EXPECT_EQ(renamed.count(), 0);
  EXPECT_TRUE(inspector.findChild<QLabel*>(QStringLiteral("inspectorNameReason"))->isVisible());
  name->selectAll();
  QTest::keyClicks(name, QStringLiteral("Head"));
  QTest::keyClick(name, Qt::Key_Return);
  ASSERT_EQ(renamed.count(), 1);
  EXPECT_EQ(renamed[0][1].toString(), QStringLiteral("Head"));
}

TEST(Inspector, FixButtonNamesTheIssue) {
  const Graph g = removeNodesAndBridge(chainGraph(), {NodeId{2}});
  const DataSpec spec = imageSpec();
  const Validation v = validate(g, &spec);
  Inspector inspector;
  inspector.show(g, v, NodeId{3});
  inspector.QWidget::show();
  int asked = -1;
  QObject::connect(&inspector, &Inspector::fixRequested, &inspector, [&](int i) { asked = i; });
  QPushButton* fix = nullptr;
  for (auto* button : inspector.findChildren<QPushButton*>())
    if (button->objectName().startsWith(QStringLiteral("fixButton_"))) fix = button;
  ASSERT_TRUE(fix);
  QTest::mouseClick(fix, Qt::LeftButton);
  ASSERT_GE(asked, 0);
  const Graph mended = v.issues[static_cast<std::size_t>(asked)].fix(g);
  EXPECT_LT(validate(mended, &spec).issues.size(), v.issues.size());
}

TEST(Inspector, TypingForOneNodeDoesNotReachTheNext) {
  Graph g = addNode(chainGraph(), "dense", {0, 300});
  Inspector inspector;
  inspector.show(g, validate(g, nullptr), NodeId{3});
  inspector.QWidget::show();
  auto* units = inspector.findChild<QLineEdit*>(QStringLiteral("param_units"));
  units->setFocus();
  units->selectAll();
  QTest::keyClicks(units, QStringLiteral("777"));
  inspector.show(g, validate(g, nullptr), NodeId{5});
  EXPECT_NE(inspector.findChild<QLineEdit*>(QStringLiteral("param_units"))->text(), QStringLiteral("777"));
}

TEST(Inspector, WithNothingSelectedSumsUpTheNetwork) {
  const Graph g = chainGraph();
  const DataSpec spec = imageSpec();
  Inspector inspector;
  inspector.showNothing(g, validate(g, &spec));
  inspector.QWidget::show();
  EXPECT_TRUE(inspector.findChild<QLabel*>(QStringLiteral("inspectorHelp"))->text().contains(QStringLiteral("580 parameters")));
  EXPECT_TRUE(inspector.findChild<QLabel*>(QStringLiteral("inspectorAdvice"))->isVisible());
}

}  // namespace
}  // namespace vitrine
