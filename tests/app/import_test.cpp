// The import dialog as a person uses it.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <fstream>

#include "app/import_dialog.h"
#include "tests/app/app_bench.h"

namespace vitrine {
namespace {

using test::AppBench;

struct DialogBench {
  QTemporaryDir folder;
  std::unique_ptr<ImportDialog> dialog;

  explicit DialogBench(const std::string& text, const char* name = "table.csv") {
    const QString path = folder.filePath(QLatin1String(name));
    std::ofstream(path.toStdString(), std::ios::binary) << text;
    dialog = std::make_unique<ImportDialog>(path);
    dialog->show();
  }
  explicit DialogBench(DatasetPtr data) : dialog(std::make_unique<ImportDialog>(std::move(data))) { dialog->show(); }
  template <class T>
  T* find(const char* name) {
    T* found = dialog->findChild<T*>(QLatin1String(name));
    if (!found) ADD_FAILURE() << "no " << name;
    return found;
  }
  QString message() { return find<QLabel>("importMessage")->text(); }
  bool settled() {
    return QTest::qWaitFor([&] { return message() != QStringLiteral("Preparing…") && message() != QStringLiteral("Reading…"); }, 20000);
  }
  bool ready() { return settled() && find<QPushButton>("importUse")->isEnabled(); }
  /// Chooses from the list in a cell of the columns' table, as its editor does.
  void choose(int row, int column, const QString& text) {
    auto* view = find<QTableView>("importColumns");
    const QModelIndex cell = view->model()->index(row, column);
    view->setCurrentIndex(cell);
    view->edit(cell);
    auto* box = view->findChild<QComboBox*>();
    ASSERT_TRUE(box) << "no list in the cell";
    const int at = box->findText(text);
    ASSERT_GE(at, 0) << qPrintable(text);
    box->setCurrentIndex(at);
    emit box->activated(at);
    QTest::qWait(1);
  }
  void pick(const char* name, const QString& text) {
    auto* box = find<QComboBox>(name);
    const int at = box->findText(text);
    ASSERT_GE(at, 0) << qPrintable(text);
    box->setCurrentIndex(at);
    emit box->activated(at);
  }
  void addStep(const QString& name) {
    for (QAction* a : find<QToolButton>("stepAdd")->menu()->actions())
      if (a->text() == name) return a->trigger();
    ADD_FAILURE() << "no step " << qPrintable(name);
  }
};

std::string people() {
  std::string text = "age;height;town;smoker;ill\n";
  for (int i = 0; i < 60; ++i)
    text += std::to_string(20 + i) + ";" + std::to_string(150 + i % 40) + ",5;" + (i % 3 ? "Ulm" : "Bonn") + ";" + (i % 2 ? "1" : "0") + ";" + (i % 5 < 2 ? "yes" : "no") + "\n";
  return text;
}

TEST(Import, ShowsHowTheFileIsReadAndMakesIt) {
  DialogBench b(people());
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.find<QComboBox>("importSeparator")->currentText(), QStringLiteral("semicolon"));
  EXPECT_EQ(b.find<QComboBox>("importDecimal")->currentText(), QStringLiteral("comma"));
  EXPECT_EQ(b.find<QTableView>("importPreview")->model()->rowCount(), 60);
  EXPECT_TRUE(b.message().contains(QStringLiteral("48 rows to train, 12 to validate"))) << qPrintable(b.message());
  EXPECT_TRUE(b.message().contains(QStringLiteral("no 29, yes 19"))) << qPrintable(b.message());
  QTest::mouseClick(b.find<QPushButton>("importUse"), Qt::LeftButton);
  ASSERT_EQ(b.dialog->result(), QDialog::Accepted);
  EXPECT_EQ(b.dialog->data()->featureNames, (std::vector<std::string>{"age", "height", "town=Bonn", "town=Ulm", "smoker"}));
}

TEST(Import, FitsASmallScreen) {
  DialogBench b(people());
  ASSERT_TRUE(b.ready());
  EXPECT_LE(b.dialog->minimumSizeHint().width(), 1000);
  EXPECT_LE(b.dialog->minimumSizeHint().height(), 600);
  EXPECT_LT(b.dialog->height(), b.dialog->screen()->availableSize().height());
}

TEST(Import, RolesAreChosenAndUndone) {
  DialogBench b(people());
  ASSERT_TRUE(b.ready());
  b.choose(1, 2, QStringLiteral("target"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.task, Task::Regression);
  EXPECT_EQ(b.dialog->data()->targetName, "height");
  b.choose(0, 2, QStringLiteral("also target"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.outputs, 2);
  b.choose(2, 2, QStringLiteral("group"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.find<QComboBox>("importSplit")->currentText(), QStringLiteral("whole groups"));
  for (int i = 0; i < 3; ++i) QTest::keyClick(b.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->targetName, "ill");
  EXPECT_EQ(b.find<QComboBox>("importSplit")->currentText(), QStringLiteral("at random"));
}

TEST(Import, EncodingsShowTheWordsThatDiffer) {
  std::string text = "x;Gr\xf6\xdf" "e\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i) + (i % 2 ? ";K\xf6ln\n" : ";M\xfcnchen\n");
  DialogBench b(text);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  auto* encoding = b.find<QComboBox>("importEncoding");
  EXPECT_EQ(encoding->currentText(), QStringLiteral("Windows-1252: Größe, München, Köln"));
  EXPECT_EQ(encoding->findData(QStringLiteral("UTF-8")), -1) << "what the bytes cannot be is no choice";
  b.pick("importEncoding", QStringLiteral("Windows-1251: GrцЯe, Mьnchen, Kцln"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->targetName, "GrцЯe");
}

TEST(Import, WhatIsPassedOverIsSaidAndCanBeSaidOtherwise) {
  std::string text = "Report of station 5\nby me\n\na;b;c\n[mm];[s];[-]\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i) + ";" + std::to_string(i * i) + (i % 2 ? ";u\n" : ";v\n");
  DialogBench b(text);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.find<QSpinBox>("importSkip")->value(), 3);
  EXPECT_EQ(b.find<QComboBox>("importHeader")->currentText(), QStringLiteral("names, then units"));
  EXPECT_TRUE(b.message().contains(QStringLiteral("3 lines before the table are passed over."))) << qPrintable(b.message());
  EXPECT_TRUE(b.message().contains(QStringLiteral("[mm], [s], [-]"))) << qPrintable(b.message());
  b.pick("importHeader", QStringLiteral("is data"));
  ASSERT_TRUE(b.settled());
  b.find<QSpinBox>("importSkip")->setValue(5);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.find<QTableView>("importPreview")->model()->rowCount(), 30);
  QTest::keyClick(b.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
  QTest::keyClick(b.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.find<QSpinBox>("importSkip")->value(), 3);
}

TEST(Import, MarksOfAColumnAreMissingOrValues) {
  std::string text = "x,country\n";
  for (int i = 0; i < 60; ++i) text += std::to_string(i) + (i % 3 == 0 ? ",NA\n" : i % 3 == 1 ? ",ZA\n" : ",BW\n");
  DialogBench b(text);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.classes, (std::vector<std::string>{"BW", "NA", "ZA"}));
  EXPECT_TRUE(b.message().contains(QStringLiteral("In 'country', 20 cells 'NA' count as a value"))) << qPrintable(b.message());
  b.choose(1, 3, QStringLiteral("“NA” (20) are missing"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.classes, (std::vector<std::string>{"BW", "ZA"}));
  b.choose(1, 3, QStringLiteral("“NA” (20) are values"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.outputs, 3);
}

TEST(Import, WhatWasPassedOverStaysInSightWithoutTheDialog) {
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("table.csv"));
  std::string text = "# taken in May\na,b,c\n";
  for (int i = 0; i < 30; ++i) text += std::to_string(i) + "," + std::to_string(i % 7) + (i % 2 ? ",u\n" : ",v\n");
  std::ofstream(path.toStdString(), std::ios::binary) << text;
  AppBench b(nullptr);
  b.window.openPath(path);
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); }));
  auto* label = b.find<QLabel>("statusData");
  EXPECT_EQ(label->text(), QStringLiteral("table 24 / 6 · 1 note"));
  EXPECT_TRUE(label->toolTip().contains(QStringLiteral("beginning with '#'"))) << qPrintable(label->toolTip());
}

TEST(Import, LabelsFromSeveralTargets) {
  DialogBench b(people());
  ASSERT_TRUE(b.ready());
  b.choose(3, 2, QStringLiteral("also target"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  EXPECT_EQ(b.dialog->data()->spec.task, Task::Labels);
  EXPECT_TRUE(b.message().contains(QStringLiteral("smoker, ill"))) << qPrintable(b.message());
}

TEST(Import, StepsThatCannotWorkSayWhereAndTheRestStays) {
  DialogBench b("a,b,y\n1,-2,u\n2,3,v\n3,4,u\n4,5,v\n5,6,u\n6,7,v\n7,8,u\n8,9,v\n9,1,u\n10,2,v\n");
  ASSERT_TRUE(b.ready());
  b.addStep(QStringLiteral("Logarithm"));
  QTest::mouseClick(b.find<QToolButton>("stepUp"), Qt::LeftButton);
  ASSERT_TRUE(b.settled());
  EXPECT_FALSE(b.find<QPushButton>("importUse")->isEnabled());
  EXPECT_TRUE(b.message().contains(QStringLiteral("column 'b'"))) << qPrintable(b.message());
  QTest::mouseClick(b.find<QToolButton>("stepRemove"), Qt::LeftButton);
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
}

TEST(Import, AnotherSeparatorReadsTheFileAnew) {
  DialogBench b("a|b,x,y\n1|2,3,u\n4|5,6,v\n7|8,9,u\n3|8,2,v\n1|1,1,u\n");
  ASSERT_TRUE(b.settled());
  b.pick("importSeparator", QStringLiteral("bar"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.find<QTableView>("importPreview")->model()->columnCount(), 2);
  EXPECT_EQ(b.find<QTableView>("importPreview")->model()->headerData(1, Qt::Horizontal).toString(), QStringLiteral("b,x,y"));
  QTest::keyClick(b.dialog.get(), Qt::Key_Z, Qt::ControlModifier);
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.find<QTableView>("importPreview")->model()->headerData(0, Qt::Horizontal).toString(), QStringLiteral("a|b"));
}

TEST(Import, ABadFileIsRefusedInThePlaceOfASummary) {
  DialogBench b("a,b,c\n1,2,x\n3,4\n");
  ASSERT_TRUE(b.settled());
  EXPECT_FALSE(b.find<QPushButton>("importUse")->isEnabled());
  EXPECT_TRUE(b.message().contains(QStringLiteral("row 3"))) << qPrintable(b.message());
}

TEST(Import, ADataSetsPreparationIsOpenedAgain) {
  AppBench window(nullptr);
  window.window.openPath(QStringLiteral(VITRINE_TEST_DATA "/wine.csv"));
  ASSERT_TRUE(window.waitFor([&] { return !window.document.isBusy() && window.document.data(); }));
  DialogBench b(window.document.data());
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  b.find<QSpinBox>("importTest")->setValue(25);
  ASSERT_TRUE(b.ready());
  EXPECT_EQ(b.dialog->data()->test.size(), 44u);
  window.document.useData(b.dialog->data());
  EXPECT_EQ(window.document.data()->recipe.split.test, 0.25);
  window.document.undoStack()->undo();
  EXPECT_EQ(window.document.data()->recipe.split.test, 0);
}

TEST(Import, ClosingWhileItReadsIsHarmless) {
  std::string text = "a,b,y\n";
  for (int i = 0; i < 200000; ++i) text += std::to_string(i) + "," + std::to_string(i * 7 % 13) + "," + (i % 2 ? "u" : "v") + "\n";
  DialogBench b(text);
  b.dialog->reject();
  b.dialog.reset();
}

TEST(Import, LabelsAreLearnt) {
  std::string text = "x,y,right,upper\n";
  for (int i = 0; i < 400; ++i) {
    const double x = std::sin(i * 1.7), y = std::cos(i * 2.3 + 1);
    text += std::to_string(x) + "," + std::to_string(y) + "," + (x > 0 ? "1" : "0") + "," + (y > 0 ? "1" : "0") + "\n";
  }
  DialogBench b(text);
  ASSERT_TRUE(b.ready());
  b.choose(2, 2, QStringLiteral("also target"));
  ASSERT_TRUE(b.ready()) << qPrintable(b.message());
  AppBench window(nullptr);
  window.document.useData(b.dialog->data());
  window.document.play();
  ASSERT_TRUE(window.waitFor([&] { return window.document.snapshot() && window.document.snapshot()->run == RunState::Finished; }));
  const auto& s = *window.document.snapshot();
  EXPECT_GE(s.history->epochs[s.epochPoints - 1].validationAccuracy, 0.9);
}

}  // namespace
}  // namespace vitrine
