// The Explain workspace as a person uses it.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTabWidget>
#include <QTemporaryDir>
#include <fstream>

#include "core/data/npy.h"
#include "tests/app/explain_bench.h"
#include "widgets/forms/param_form.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Explain, AWallOfPinnedSamplesIsThereAtOnce) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.wall()->data().samples.size(), b.document.pinned().size());
  EXPECT_GE(b.wall()->data().methods.size(), 2u);
  EXPECT_EQ(b.cells(WallCell::State::Failed), 0);
  EXPECT_EQ(b.wall()->data().samples[0].probabilities.size(), 2u);
  // The first map is chosen, and its trust check stands at the right.
  EXPECT_EQ(b.wall()->selectedSample(), 0);
  EXPECT_FALSE(b.find<TrustView>("explainTrustNumbers")->isEmpty());
  EXPECT_NE(b.wall()->data().samples[0].cells[0].mark, TrustMark::None);
  EXPECT_NE(b.wall()->data().samples[0].cells[0].mark, TrustMark::Pending);
}

TEST(Explain, NothingIsComputedWithoutData) {
  ExplainBench b(nullptr);
  EXPECT_TRUE(b.wall()->isEmpty());
  EXPECT_TRUE(b.wall()->placeholder().contains(QStringLiteral("Open data"))) << qPrintable(b.wall()->placeholder());
  b.generate("circles");
  EXPECT_TRUE(b.settled());
  b.document.newProject();
  EXPECT_TRUE(b.waitFor([&] { return b.wall()->isEmpty(); }));
  for (const char* name : {"explainTarget", "explainBaseline", "explainScale"}) EXPECT_FALSE(b.find<QComboBox>(name)->isEnabled()) << name;
}

TEST(Explain, TablesReadInTheFilesOwnUnits) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  const WallData& d = b.wall()->data();
  ASSERT_EQ(d.kind, WallKind::Table);
  ASSERT_EQ(d.features.size(), 4);
  const Dataset& data = *b.document.data();
  const std::int32_t row = b.document.pinned()[0];
  for (int f = 0; f < 4; ++f) {
    const Column& column = data.table->columns[static_cast<std::size_t>(data.featureOrigins[static_cast<std::size_t>(f)])];
    EXPECT_EQ(d.features[f].toStdString(), column.name);
    EXPECT_NEAR(QLocale().toDouble(d.samples[0].values[f]), column.numbers[static_cast<std::size_t>(data.tableRows[static_cast<std::size_t>(row)])], 1e-4);
  }
}

TEST(Explain, MethodsAreAddedMovedAndRemovedAndOnlyTheNewIsComputed) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  const std::size_t before = b.wall()->data().methods.size();
  const Attribution* kept = b.explain->model().attribution(0, 0);
  ASSERT_TRUE(kept);
  b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_saliency"));
  ASSERT_EQ(b.explain->model().columns().size(), before + 1);
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.explain->model().attribution(0, 0), kept);  // not computed again
  const int last = static_cast<int>(before);
  emit b.wall()->methodMenuRequested(last, QPoint(50, 50));
  b.menuAction("explainColumnMenu", QStringLiteral("explainColumnLeft"));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.explain->model().columns()[before - 1].spec->id, "saliency");
  EXPECT_EQ(b.explain->model().attribution(0, 0), kept);
  QApplication::processEvents();
  for (QMenu* m : b.explain->findChildren<QMenu*>(QStringLiteral("explainColumnMenu"))) delete m;
  emit b.wall()->methodMenuRequested(last - 1, QPoint(50, 50));
  b.menuAction("explainColumnMenu", QStringLiteral("explainColumnRemove"));
  EXPECT_EQ(b.explain->model().columns().size(), before);
}

TEST(Explain, SettingsOfAMethodComeFromItsParams) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  int column = -1;
  for (std::size_t c = 0; c < b.explain->model().columns().size(); ++c)
    if (b.explain->model().columns()[c].spec->id == "saliency") column = static_cast<int>(c);
  ASSERT_GE(column, 0);
  emit b.wall()->methodMenuRequested(column, QPoint(50, 50));
  b.menuAction("explainColumnMenu", QStringLiteral("explainColumnSettings"));
  auto* form = b.find<ParamForm>("explainSettingsForm");
  ASSERT_TRUE(form);
  auto* sign = form->findChild<QComboBox*>(QStringLiteral("param_sign"));
  ASSERT_TRUE(sign);
  sign->setCurrentIndex(sign->findData(QStringLiteral("absolute")));
  ASSERT_TRUE(b.settled());
  const Attribution* a = b.explain->model().attribution(0, column);
  ASSERT_TRUE(a);
  EXPECT_FALSE(a->isSigned);
  EXPECT_FALSE(b.wall()->data().methods[static_cast<std::size_t>(column)].settings.isEmpty());
}

TEST(Explain, FeaturesOfATableAreItsColumnsUnlessToldOtherwise) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_feature-ablation"));
  ASSERT_TRUE(b.settled());
  const int column = static_cast<int>(b.explain->model().columns().size()) - 1;
  const auto cell = [&] { return b.wall()->data().samples[0].cells[static_cast<std::size_t>(column)]; };
  EXPECT_EQ(cell().state, WallCell::State::Ready);
  EXPECT_EQ(cell().values.size(), 4u);
  emit b.wall()->methodMenuRequested(column, QPoint(50, 50));
  b.menuAction("explainColumnMenu", QStringLiteral("explainColumnSettings"));
  auto* kind = b.find<ParamForm>("explainSettingsForm")->findChild<QComboBox*>(QStringLiteral("param_groups"));
  ASSERT_TRUE(kind);
  kind->setCurrentIndex(kind->findData(QStringLiteral("elements")));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(cell().state, WallCell::State::Ready);
  EXPECT_EQ(cell().values.size(), 4u);
  kind->setCurrentIndex(kind->findData(QStringLiteral("pixels")));
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(cell().state, WallCell::State::Failed);
  EXPECT_TRUE(cell().note.contains(QStringLiteral("Only images have pixels"))) << qPrintable(cell().note);
  // A row to be edited reads as the file does.
  b.click("explainEdit");
  for (int f = 0; f < 4; ++f) {
    const auto* field = b.find<ParamForm>("explainRowForm")->findChild<QLineEdit*>(QStringLiteral("param_f%1").arg(f));
    ASSERT_TRUE(field);
    EXPECT_LE(field->text().size(), 3) << qPrintable(field->text());
  }
}

TEST(Explain, WhatDoesNotFitIsGreyAndSaysWhy) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  auto* menu = b.find<QMenu>("explainMethodMenu");
  emit menu->aboutToShow();
  auto* cam = menu->findChild<QAction*>(QStringLiteral("explainAdd_grad-cam"));
  ASSERT_TRUE(cam);
  EXPECT_FALSE(cam->isEnabled());
  EXPECT_GT(cam->toolTip().size(), 10);
  EXPECT_TRUE(cam->text().contains(QLatin1Char('(')));
}

TEST(Explain, TargetsDecideWhatIsExplained) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  const std::vector<Real> predicted = b.explain->model().attribution(0, 0)->values;
  b.choose("explainTarget", QStringLiteral("second class"));
  ASSERT_TRUE(b.settled());
  const std::vector<Real> second = b.explain->model().attribution(0, 0)->values;
  EXPECT_NE(predicted, second);
  b.choose("explainTarget", QStringLiteral("predicted − second"));
  ASSERT_TRUE(b.settled());
  const Attribution* difference = b.explain->model().attribution(0, 0);
  ASSERT_TRUE(difference);
  // The first usual method is the plain gradient, which is linear in the target.
  for (std::size_t i = 0; i < predicted.size(); ++i) EXPECT_NEAR(difference->values[i], predicted[i] - second[i], 1e-4 * (1 + std::abs(predicted[i])));
  EXPECT_TRUE(b.wall()->data().samples[0].cells[0].targetText.contains(QStringLiteral(" − ")));
}

TEST(Explain, ASampleOfOnesOwnHasNoLossAndTheOthersGoOn) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  b.click("explainEdit");
  const std::size_t all = b.document.pinned().size() + 1;
  ASSERT_TRUE(b.waitFor([&] { return b.wall()->data().samples.size() == all; }));
  EXPECT_FALSE(b.find<QLabel>("explainRowPrediction")->text().isEmpty());
  b.choose("explainTarget", QStringLiteral("loss"));
  ASSERT_TRUE(b.settled());
  const int methods = static_cast<int>(b.wall()->data().methods.size());
  EXPECT_EQ(b.cells(WallCell::State::Failed), methods);
  EXPECT_EQ(b.cells(WallCell::State::Ready), methods * static_cast<int>(all - 1));
  EXPECT_TRUE(b.wall()->data().samples.back().cells[0].note.contains(QStringLiteral("true class")));
  // Written as arrays, its row is there and holds nothing, so that rows stay those of the wall.
  QTemporaryDir folder;
  ASSERT_TRUE(b.explain->saveArrays(folder.filePath(QStringLiteral("a.npy"))));
  const QString path = folder.filePath(QStringLiteral("a-1-") + QString::fromStdString(b.explain->model().columns()[0].spec->id) + QStringLiteral("-loss.npy"));
  std::ifstream in(path.toStdString(), std::ios::binary);
  const Result<NpyArray> array = readNpy(std::string((std::istreambuf_iterator<char>(in)), {}), path.toStdString());
  ASSERT_TRUE(array) << array.error().text();
  EXPECT_EQ(array->shape, (std::vector<std::int64_t>{static_cast<std::int64_t>(all), 2}));
  for (std::size_t i = 0; i < 2 * all; ++i) EXPECT_EQ(std::isnan(array->at(i)), i >= 2 * (all - 1)) << i;
}

TEST(Explain, AnEditedRowIsPredictedAsOneTypes) {
  ExplainBench b;
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0 && !b.running(); }));
  ASSERT_TRUE(b.settled());
  // It begins with the row that is looked at.
  b.wall()->select(1, 0);
  emit b.wall()->cellSelected(1, 0);
  b.click("explainEdit");
  auto* form = b.find<ParamForm>("explainRowForm");
  auto* x1 = form->findChild<QLineEdit*>(QStringLiteral("param_f0"));
  ASSERT_TRUE(x1);
  EXPECT_EQ(QLocale().toDouble(x1->text()), std::get<double>(form->values().at("f0")));
  EXPECT_NEAR(QLocale().toDouble(x1->text()), static_cast<double>(b.explain->model().samples()[1].raw[0]), 1e-5);
  const QString before = b.find<QLabel>("explainRowPrediction")->text();
  x1->setFocus();
  x1->selectAll();
  QTest::keyClicks(x1, QStringLiteral("40"));
  QTest::keyClick(x1, Qt::Key_Return);
  EXPECT_NE(b.find<QLabel>("explainRowPrediction")->text(), before);
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.wall()->data().samples.back().values[0], QStringLiteral("40"));
  // The answer is the network's of now, not that of the last key.
  const QString answer = b.find<QLabel>("explainRowPrediction")->text();
  const std::int64_t at = b.step();
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > at && !b.running(); }));
  EXPECT_TRUE(b.waitFor([&] { return b.find<QLabel>("explainRowPrediction")->text() != answer; }));
}

TEST(Explain, TheBaselineIsHeededByWhatTakesFeaturesAway) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  for (const char* id : {"feature-ablation", "occlusion"}) b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_") + QLatin1String(id));
  ASSERT_TRUE(b.settled());
  const auto mapsOf = [&] {
    std::map<std::string, std::vector<Real>> maps;
    for (int c = 0; c < static_cast<int>(b.explain->model().columns().size()); ++c)
      if (const Attribution* a = b.explain->model().attribution(0, c)) maps[a->method] = a->values;
    return maps;
  };
  const auto before = mapsOf();
  b.choose("explainBaseline", QStringLiteral("training mean"));
  ASSERT_TRUE(b.settled());
  const auto after = mapsOf();
  for (const char* id : {"feature-ablation", "occlusion"}) {
    ASSERT_TRUE(before.contains(id) && after.contains(id)) << id;
    EXPECT_NE(before.at(id), after.at(id)) << id;
  }
}

TEST(Explain, ADrawingAndAPictureFileAreExplained) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  const std::size_t pinned = b.document.pinned().size();
  b.trigger("actionExplainDraw");
  auto* canvas = b.find<DrawCanvas>("explainCanvas");
  ASSERT_TRUE(b.waitFor([&] { return canvas->isVisible(); }));
  QTest::mousePress(canvas, Qt::LeftButton, {}, QPoint(20, canvas->height() / 2));
  QTest::mouseMove(canvas, QPoint(canvas->width() - 20, canvas->height() / 2));
  QTest::mouseRelease(canvas, Qt::LeftButton, {}, QPoint(canvas->width() - 20, canvas->height() / 2));
  ASSERT_TRUE(b.waitFor([&] { return b.wall()->data().samples.size() == pinned + 1; }));
  ASSERT_TRUE(b.settled());
  const WallSample& drawn = b.wall()->data().samples.back();
  EXPECT_EQ(drawn.input.size(), 100u);
  EXPECT_GT(*std::max_element(drawn.input.begin(), drawn.input.end()), 0.5);
  EXPECT_EQ(drawn.cells[0].state, WallCell::State::Ready);
  QTemporaryDir folder;
  QImage picture(40, 20, QImage::Format_RGB32);
  picture.fill(Qt::white);
  const QString path = folder.filePath(QStringLiteral("white.png"));
  ASSERT_TRUE(picture.save(path));
  b.explain->choices()->loadImage(path);
  ASSERT_TRUE(b.settled());
  ASSERT_EQ(b.wall()->data().samples.size(), pinned + 2);
  const std::vector<Real>& input = b.wall()->data().samples.back().input;
  EXPECT_NEAR(input[55], 1, 0.01);  // the picture is twice as wide as high: black above and below
  EXPECT_NEAR(input[5], 0, 0.01);
  // What is no picture is said in place, and nothing is lost.
  const QString bad = folder.filePath(QStringLiteral("bad.png"));
  std::ofstream(bad.toStdString()) << "not a picture";
  b.explain->choices()->loadImage(bad);
  EXPECT_TRUE(b.find<QLabel>("explainMessage")->text().contains(QStringLiteral("bad.png")));
  EXPECT_EQ(b.wall()->data().samples.size(), pinned + 2);
  b.click("explainClearOwn");
  EXPECT_TRUE(b.waitFor([&] { return b.wall()->data().samples.size() == pinned; }));
}

TEST(Explain, TheGalleryFiltersByMistakesClassAndNumber) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  auto* gallery = b.find<SampleGallery>("explainGallery");
  EXPECT_EQ(gallery->data().items.size(), 20u);
  auto* search = b.find<QLineEdit>("explainSearch");
  search->setText(QStringLiteral("1"));  // a number is a sample, of whatever part, and here a class too
  ASSERT_EQ(gallery->data().items.size(), 10u);
  EXPECT_EQ(gallery->data().items[0].row, 1);
  for (const SampleItem& i : gallery->data().items) EXPECT_EQ(i.truth, QStringLiteral("1"));
  search->setText(QStringLiteral("77"));
  ASSERT_EQ(gallery->data().items.size(), 1u);
  search->clear();
  ASSERT_TRUE(b.waitFor([&] { return !gallery->data().items[0].predicted.isEmpty(); }));
  std::size_t wrong = 0;
  for (const SampleItem& i : gallery->data().items) wrong += !i.right;
  b.click("explainMistakes");
  EXPECT_EQ(gallery->data().items.size(), wrong);
  b.click("explainAll");
  const std::size_t rows = b.wall()->data().samples.size();
  int other = -1;
  for (const SampleItem& i : gallery->data().items)
    if (!i.chosen) other = i.row;
  emit gallery->rowToggled(other);
  EXPECT_TRUE(b.waitFor([&] { return b.wall()->data().samples.size() == rows + 1; }));
}

TEST(Explain, TheGalleryScrollsWithTheKeyboardsMark) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  auto* gallery = b.find<SampleGallery>("explainGallery");
  QFocusEvent tab(QEvent::FocusIn, Qt::TabFocusReason);
  QApplication::sendEvent(gallery, &tab);
  QSignalSpy moved(gallery, &SampleGallery::focusMoved);
  for (int i = 0; i < 60; ++i) QTest::keyClick(gallery, Qt::Key_Down);
  ASSERT_FALSE(moved.isEmpty());
  const QRectF last = moved.last()[0].toRectF();
  EXPECT_TRUE(QRectF(gallery->visibleRegion().boundingRect()).contains(last)) << last.top();
}

TEST(Explain, SeriesAreExplainedStepByStep) {
  ExplainBench b(nullptr);
  b.window.setWorkspace(MainWindow::Train);
  b.trigger("sample_sunspots");
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data() && b.document.data()->spec.input.rank() == 2; }));
  // Weights of a convolution over time: as many numbers as there are, in a matrix.
  ASSERT_TRUE(b.waitFor([&] { return !b.window.views().weights()->isEmpty(); }));
  auto* matrix = b.window.views().weights()->findChild<MatrixView*>();
  ASSERT_TRUE(matrix);
  EXPECT_EQ(matrix->data().values.size(), static_cast<std::size_t>(matrix->data().rows * matrix->data().columns));
  b.window.setWorkspace(MainWindow::Explain);
  ASSERT_TRUE(b.settled());
  EXPECT_EQ(b.wall()->data().kind, WallKind::Series);
  EXPECT_EQ(b.wall()->data().height, static_cast<int>(b.document.data()->spec.input[0]));
  EXPECT_EQ(b.cells(WallCell::State::Failed), 0);
  EXPECT_FALSE(b.wall()->grab().isNull());
}

TEST(Explain, AttributionsAreWrittenAsNpy) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  QTemporaryDir folder;
  ASSERT_TRUE(b.explain->saveArrays(folder.filePath(QStringLiteral("a.npy"))));
  const QString path = folder.filePath(QStringLiteral("a-1-") + QString::fromStdString(b.explain->model().columns()[0].spec->id) + QStringLiteral(".npy"));
  std::ifstream in(path.toStdString(), std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const Result<NpyArray> array = readNpy(bytes, path.toStdString());
  ASSERT_TRUE(array) << array.error().text();
  EXPECT_EQ(array->shape, (std::vector<std::int64_t>{static_cast<std::int64_t>(b.document.pinned().size()), 2}));
  EXPECT_EQ(array->at(1), static_cast<double>(b.explain->model().attribution(0, 0)->values[1]));
  EXPECT_FALSE(b.explain->saveArrays(QStringLiteral("/nowhere/at/all.npy")));
  EXPECT_FALSE(b.message().isEmpty());
}

}  // namespace
}  // namespace vitrine
