// Train → Cross-validate…: folds, their mean and deviation, and the open run left alone.
#include <gtest/gtest.h>

#include <QSpinBox>
#include <QTableWidget>

#include "app/folds_dialog.h"
#include "tests/app/app_bench.h"
#include "widgets/plots/folds_view.h"

namespace vitrine {
namespace {

using test::AppBench;

struct Opened {
  AppBench bench;
  std::unique_ptr<FoldsDialog> dialog;
  template <class T>
  T* find(const char* name) {
    T* found = dialog->findChild<T*>(QLatin1String(name));
    if (!found) ADD_FAILURE() << "no " << name;
    return found;
  }
  explicit Opened(const char* generator = "gaussians") : bench(generator) {
    dialog = std::make_unique<FoldsDialog>(bench.document.graph(), bench.document.data(), bench.document.settings(), 2);
    dialog->show();
    find<QSpinBox>("foldsCount")->setValue(4);
    find<QSpinBox>("foldsEpochs")->setValue(3);
  }
  QString text() { return find<QLabel>("foldsText")->text(); }
  void click(const char* name) { QTest::mouseClick(find<QPushButton>(name), Qt::LeftButton); }
};

TEST(FoldsDialog, ShowsEachFoldAndTheirMean) {
  Opened o;
  const std::int64_t steps = o.bench.step();
  auto* view = o.find<FoldsView>("foldsView");
  EXPECT_TRUE(view->isEmpty());
  o.click("foldsStart");
  EXPECT_FALSE(o.find<QPushButton>("foldsStart")->isEnabled());
  ASSERT_TRUE(o.bench.waitFor([&] { return o.find<QPushButton>("foldsStart")->isEnabled(); }));
  ASSERT_EQ(o.dialog->results().size(), 4u);
  const FigureTable table = view->figureData();
  ASSERT_EQ(table.rows.size(), 6) << "four folds, mean and deviation";
  double sum = 0;
  for (int f = 0; f < 4; ++f) sum += table.rows[f].last().toDouble();
  EXPECT_NEAR(table.rows[4].last().toDouble(), sum / 4, 1e-12);
  EXPECT_GT(sum / 4, 0.5);
  EXPECT_EQ(o.find<QTableWidget>("foldsTable")->rowCount(), 6);
  EXPECT_TRUE(o.text().contains(QStringLiteral("±"))) << o.text().toStdString();
  EXPECT_TRUE(o.text().contains(FoldsView::summary(view->data())));
  EXPECT_EQ(o.bench.step(), steps) << "the open run is left alone";
  // The same seed, the same numbers.
  o.click("foldsStart");
  ASSERT_TRUE(o.bench.waitFor([&] { return o.find<QPushButton>("foldsStart")->isEnabled(); }));
  EXPECT_EQ(view->figureData().rows[4].last().toDouble(), table.rows[4].last().toDouble());
}

TEST(FoldsDialog, RegressionTellsR2) {
  Opened o("plane");
  o.click("foldsStart");
  ASSERT_TRUE(o.bench.waitFor([&] { return o.find<QPushButton>("foldsStart")->isEnabled(); }));
  EXPECT_TRUE(o.text().contains(QStringLiteral("R²"))) << o.text().toStdString();
}

TEST(FoldsDialog, CancelStopsAndMayBeStartedAgain) {
  Opened o;
  o.find<QSpinBox>("foldsEpochs")->setValue(100000);
  o.click("foldsStart");
  o.click("foldsCancel");
  ASSERT_TRUE(o.bench.waitFor([&] { return o.find<QPushButton>("foldsStart")->isEnabled(); }));
  EXPECT_TRUE(o.text().contains(QStringLiteral("Stopped"))) << o.text().toStdString();
  o.find<QSpinBox>("foldsEpochs")->setValue(1);
  o.click("foldsStart");
  ASSERT_TRUE(o.bench.waitFor([&] { return o.dialog->results().size() == 4; }));
}

TEST(FoldsDialog, ClosingInTheMiddleStops) {
  Opened o;
  o.find<QSpinBox>("foldsEpochs")->setValue(100000);
  o.click("foldsStart");
  o.dialog.reset();  // joins
}

TEST(FoldsDialog, OpensFromTheMenu) {
  AppBench bench;
  bool seen = false;
  QTimer::singleShot(0, &bench.window, [&] {
    auto* dialog = bench.window.findChild<QDialog*>(QStringLiteral("foldsDialog"));
    seen = dialog != nullptr;
    if (dialog) dialog->reject();
  });
  bench.trigger("actionFolds");
  EXPECT_TRUE(seen);
}

}  // namespace
}  // namespace vitrine
