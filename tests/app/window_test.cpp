// The window as a person uses it.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QDir>
#include <QLabel>
#include <QSplitter>
#include <QTemporaryDir>
#include <QTextBrowser>
#include <QToolButton>
#include <fstream>

#include "app/pinning.h"
#include "core/model/templates.h"
#include "tests/app/app_bench.h"
#include "widgets/editor/graph_editor.h"
#include "widgets/figure/figure_export.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {
namespace {

using test::AppBench;

TEST(Window, PlaysPausesStepsAndResets) {
  AppBench b;
  b.click("playButton");
  ASSERT_TRUE(b.waitFor([&] { return b.running() && b.step() > 20; }));
  b.click("playButton");
  ASSERT_TRUE(b.waitFor([&] { return !b.running(); }));
  const std::int64_t before = b.step();
  b.trigger("actionStepBatch");
  ASSERT_TRUE(b.waitFor([&] { return b.step() == before + 1; }));
  b.trigger("actionStepEpoch");
  ASSERT_TRUE(b.waitFor([&] { return !b.running() && b.document.snapshot()->state->position == 0; }));
  ASSERT_TRUE(b.waitFor([&] { return !b.window.views().loss()->isEmpty() && !b.window.views().confusion()->isEmpty(); }));
  b.trigger("actionReset");
  ASSERT_TRUE(b.waitFor([&] { return b.step() == 0 && b.window.views().loss()->isEmpty(); }));
}

TEST(Window, FitsASmallScreenInEveryWorkspace) {
  for (const char* generator : {static_cast<const char*>(nullptr), "gaussians"}) {
    AppBench b(generator);
    for (int w = MainWindow::Data; w <= MainWindow::Explain; ++w) {
      b.window.setWorkspace(w);
      QApplication::processEvents();
      EXPECT_LE(b.window.minimumSizeHint().width(), 960) << "workspace " << w;
      EXPECT_LE(b.window.minimumSizeHint().height(), 600) << "workspace " << w;
    }
  }
}

TEST(Window, SaysWhyItCannotPlay) {
  AppBench b(nullptr);
  auto* play = b.find<QWidget>("playButton");
  EXPECT_FALSE(play->isEnabled());
  EXPECT_TRUE(b.document.whyNotPlayable().contains(QStringLiteral("Open data")));
  b.generate("circles");
  EXPECT_TRUE(play->isEnabled());
  b.document.editGraph(removeNodes(b.document.graph(), {b.document.graph().nodes.back().id}), QStringLiteral("remove"));
  EXPECT_FALSE(play->isEnabled());
  EXPECT_FALSE(b.document.whyNotPlayable().isEmpty());
  b.document.undoStack()->undo();
  EXPECT_TRUE(play->isEnabled());
}

TEST(Window, SaysThatBatchNormNeedsMoreThanOneRow) {
  AppBench b;
  auto* play = b.find<QWidget>("playButton");
  auto* notice = b.find<QLabel>("transportNotice");
  Graph graph = b.document.graph();
  const auto into = std::find_if(graph.edges.begin(), graph.edges.end(), [&](const Edge& e) { return graph.find(e.from)->type == "dense"; });
  b.document.editGraph(insertOnEdge(graph, *into, "batchnorm", {}).value(), QStringLiteral("norm"));
  EXPECT_TRUE(play->isEnabled());
  TrainSettings settings = b.document.settings();
  settings.batch = 1;
  b.document.editSettings(settings);
  EXPECT_FALSE(play->isEnabled());
  EXPECT_TRUE(notice->isVisible());
  EXPECT_TRUE(notice->text().contains(QStringLiteral("Cannot train yet"))) << notice->text().toStdString();
  EXPECT_TRUE(notice->text().contains(QStringLiteral("'Batch norm'"))) << notice->text().toStdString();
  EXPECT_TRUE(notice->text().contains(QStringLiteral("batch size of 2 or more"))) << notice->text().toStdString();
  EXPECT_TRUE(b.document.networkFault().isEmpty()) << "the network can be looked at and explained";
  settings.batch = 2;
  b.document.editSettings(settings);
  EXPECT_TRUE(play->isEnabled());
  // In mid-run it ends the run, with the reason once.
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 3; }));
  settings.batch = 1;
  b.document.editSettings(settings);
  ASSERT_TRUE(b.waitFor([&] { return !b.running(); }));
  EXPECT_EQ(notice->text().count(QStringLiteral("'Batch norm'")), 1) << notice->text().toStdString();
  settings.batch = 8;
  b.document.editSettings(settings);
  b.document.play();
  const std::int64_t at = b.step();
  EXPECT_TRUE(b.waitFor([&] { return b.step() > at + 3; }));
}

TEST(Window, KeepsFittingWeightsWhenEditedInMidRun) {
  AppBench b;
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 10; }));
  NodeId last{};
  for (const Node& n : b.document.graph().nodes)
    if (n.type == "dense") {
      last = n.id;
      break;
    }
  QString said;
  QObject::connect(&b.document, &Document::said, &b.window, [&](const QString& text) { said = text; });
  b.document.editGraph(setParam(b.document.graph(), last, "units", std::int64_t{11}).value(), QStringLiteral("units"));
  const std::int64_t at = b.step();
  ASSERT_TRUE(b.waitFor([&] { return b.running() && b.step() > at + 10; }));
  EXPECT_TRUE(said.contains(QStringLiteral("made anew"))) << qPrintable(said);
  b.document.undoStack()->undo();
  EXPECT_TRUE(b.waitFor([&] { return b.running() && b.step() > at + 30; }));
}

TEST(Window, BadFilesLeaveTheProjectAsItWas) {
  AppBench b;
  QTemporaryDir folder;
  const auto write = [&](const char* name, const std::string& bytes) {
    const QString path = folder.filePath(QLatin1String(name));
    std::ofstream(path.toStdString(), std::ios::binary) << bytes;
    return path;
  };
  const Graph graph = b.document.graph();
  const DatasetPtr data = b.document.data();
  for (const QString& path :
       {write("ragged.csv", "a,b,c\n1,2,x\n3,4\n"), write("empty.csv", ""), write("images-idx3-ubyte", std::string("\0\0\x08\x03\0\0", 6)),
        write("cut.gz", "\x1f\x8b\x08"), write("broken.vitrine", "PK\x03\x04 not a project"), folder.filePath(QStringLiteral("missing.csv"))}) {
    if (auto* dismiss = b.window.findChild<QToolButton*>(QStringLiteral("messageDismiss"))) dismiss->click();
    if (path.endsWith(QStringLiteral(".vitrine")))
      b.document.openProject(path);
    else
      b.document.openData(path);
    ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && !b.message().isEmpty(); })) << qPrintable(path);
    EXPECT_TRUE(b.message().contains(QFileInfo(path).fileName())) << qPrintable(b.message());
    EXPECT_EQ(b.document.graph(), graph);
    EXPECT_EQ(b.document.data(), data);
  }
}

TEST(Window, IrisFromItsFileIsLearnt) {
  AppBench b(nullptr);
  b.window.openPath(QStringLiteral(VITRINE_TEST_DATA "/iris.csv"));
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data() && b.document.data()->spec.classes.size() == 3; }));
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot() && b.document.snapshot()->run == RunState::Finished; }));
  const auto& s = *b.document.snapshot();
  EXPECT_GE(s.history->epochs[s.epochPoints - 1].validationAccuracy, 0.95);
}

TEST(Window, EveryPanelExports) {
  AppBench b;
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return !b.window.views().confusion()->isEmpty() && !b.window.views().decision()->isEmpty() &&
                                     !b.window.views().pinned()->isEmpty() && !b.window.views().features()->isEmpty(); }));
  QTemporaryDir folder;
  int panels = 0;
  for (FigurePanel* panel : b.window.panels().all()) {
    if (!panel->isVisible()) continue;  // of another workspace, or not for such data
    for (const FigureFormat format : {FigureFormat::Png, FigureFormat::Svg, FigureFormat::Pdf, FigureFormat::Csv}) {
      ASSERT_FALSE(panel->figure()->isEmpty()) << qPrintable(panel->objectName());
      ExportRequest r;
      r.format = format;
      r.path = folder.filePath(panel->objectName() + QLatin1Char('.') + extensionOf(format));
      const Status s = exportFigure(*panel->figure(), r);
      EXPECT_TRUE(s) << qPrintable(panel->objectName());
      EXPECT_GT(QFileInfo(r.path).size(), 40) << qPrintable(r.path);
      ++panels;
    }
  }
  EXPECT_EQ(panels, 7 * 4);
}

TEST(Window, ProjectComesBackWithItsArrangement) {
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("plane.vitrine"));
  Graph graph;
  QList<int> sizes;
  std::int64_t step = 0;
  {
    AppBench b("circles");
    b.document.stepEpoch();
    ASSERT_TRUE(b.waitFor([&] { return b.step() > 0 && !b.running(); }));
    for (QAction* a : b.window.panels().toggles())
      if (a->objectName() == QStringLiteral("show_panelWeights")) a->setChecked(false);
    b.find<QSplitter>("outerSplitter")->setSizes({200, 600});
    sizes = b.find<QSplitter>("outerSplitter")->sizes();
    ASSERT_TRUE(b.document.pin(b.document.data()->train[5]));
    graph = b.document.graph();
    step = b.step();
    EXPECT_TRUE(b.document.isDirty());
    // As File → Save does once a path is known.
    ASSERT_TRUE(b.document.save(path, {}));
    ASSERT_TRUE(b.window.save());
    EXPECT_FALSE(b.document.isDirty());
  }
  AppBench b(nullptr);
  b.window.openPath(path);
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.step() == step; }));
  EXPECT_EQ(b.document.graph(), graph);
  EXPECT_EQ(b.document.pinned().size(), 3u);
  EXPECT_FALSE(b.find<QWidget>("panelWeights")->isVisible());
  EXPECT_NEAR(b.find<QSplitter>("outerSplitter")->sizes()[0], sizes[0], 30);
  EXPECT_FALSE(b.document.isDirty());
}

TEST(Window, OtherDataDoNotOverwriteTheOpenProject) {
  QTemporaryDir folder;
  const QString path = folder.filePath(QStringLiteral("plane.vitrine"));
  AppBench b("circles");
  ASSERT_TRUE(b.document.save(path, {}));
  b.generate("circles");  // the same data, made anew: still this project
  EXPECT_EQ(b.document.path(), path);
  b.generate("spirals");
  EXPECT_TRUE(b.document.path().isEmpty());
  EXPECT_FALSE(b.document.name().contains(QStringLiteral("plane")));
}

TEST(Window, AsksBeforeWorkIsLost) {
  AppBench b;
  b.document.applyTemplate("softmax-regression");
  ASSERT_TRUE(b.document.isDirty());
  test::answer(QMessageBox::Cancel);
  EXPECT_FALSE(b.window.close());
  EXPECT_TRUE(b.window.isVisible());
  test::answer(QMessageBox::Discard);
  EXPECT_TRUE(b.window.close());
}

TEST(Window, ClosesInMidRun) {
  auto b = std::make_unique<AppBench>("spirals");
  b->document.play();
  ASSERT_TRUE(b->waitFor([&] { return b->step() > 10; }));
  test::answer(QMessageBox::Discard);
  EXPECT_TRUE(b->window.close());
  b = nullptr;  // joins every thread
}

TEST(Window, ComputesNothingForViewsThatNobodySees) {
  AppBench b;
  b.document.play();
  int told = 0;
  QObject::connect(&b.document, &Document::observationChanged, &b.window, [&] { ++told; });
  ASSERT_TRUE(b.waitFor([&] { return told >= 3; }));
  b.window.setWorkspace(MainWindow::Explain);
  // What is under way may still arrive.
  std::int64_t at = b.step();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > at + 200; }));
  QTest::qWait(300);
  told = 0;
  at = b.step();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > at + 200; }));
  QTest::qWait(1000);
  EXPECT_EQ(told, 0);
  b.window.setWorkspace(MainWindow::Train);
  EXPECT_TRUE(b.waitFor([&] { return told > 0; }));
}

TEST(Window, WeightsLearnedOutOfSightAreShownWhenOneComesBack) {
  AppBench b;
  b.window.setWorkspace(MainWindow::Train);
  auto* matrix = b.window.views().weights()->findChild<MatrixView*>();
  ASSERT_TRUE(b.waitFor([&] { return !matrix->isEmpty(); }));
  QTest::qWait(300);
  const std::vector<Real> before = matrix->data().values;
  b.window.setWorkspace(MainWindow::Explain);
  b.document.stepEpoch();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > 0 && !b.running(); }));
  QTest::qWait(300);
  b.window.setWorkspace(MainWindow::Train);
  EXPECT_TRUE(b.waitFor([&] { return matrix->data().values != before; }));
}

TEST(Window, PinsAndUnpinsSamples) {
  AppBench b;
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot() && b.document.snapshot()->state; }));
  const std::size_t first = b.document.pinned().size();
  auto* menu = b.window.findChild<PinMenu*>();
  ASSERT_TRUE(menu);
  emit menu->aboutToShow();
  b.find<QAction>("pinRandom")->trigger();
  ASSERT_EQ(b.document.pinned().size(), first + 1);
  EXPECT_TRUE(b.waitFor([&] { return b.window.views().pinned()->data().samples.size() == first + 1; }));
  // Some sample of class 0 is taken for class 0 or for class 1; one click in the matrix's row finds it.
  menu->pinConfused(0, 0);
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy(); }));
  if (b.document.pinned().size() == first + 1) {
    menu->pinConfused(0, 1);
    ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy(); }));
  }
  ASSERT_EQ(b.document.pinned().size(), first + 2);
  EXPECT_EQ(b.document.data()->classes[static_cast<std::size_t>(b.document.pinned().back())], 0);
  emit menu->aboutToShow();
  b.find<QAction>(qPrintable(QStringLiteral("unpin_%1").arg(b.document.pinned().front())))->trigger();
  EXPECT_EQ(b.document.pinned().size(), first + 1);
  b.document.undoStack()->undo();
  EXPECT_EQ(b.document.pinned().size(), first + 2);
}

TEST(Window, ExplainsALayerOnF1) {
  AppBench b;
  auto* editor = b.window.findChild<GraphEditor*>();
  emit editor->helpRequested(QStringLiteral("conv2d"));
  auto* text = b.find<QTextBrowser>("layerHelpText");
  ASSERT_TRUE(text && text->isVisible());
  const QString plain = text->toPlainText();
  for (const Param& p : findLayer("conv2d")->params) EXPECT_TRUE(plain.contains(QString::fromStdString(p.label))) << p.label;
}

TEST(Window, TemplatesForOtherDataSayWhy) {
  AppBench b;
  b.document.applyTemplate("small-cnn");
  EXPECT_FALSE(b.message().isEmpty());
  for (const GraphTemplate& t : templateRegistry()) {
    if (!t.suits(b.document.data()->spec)) continue;
    b.document.applyTemplate(t.id);
    EXPECT_TRUE(b.document.validation().ok()) << t.id;
  }
}

TEST(Window, ScheduleIsDrawnChosenAndUndone) {
  AppBench b;
  b.click("trainingOptions");
  auto* combo = b.find<QComboBox>("schedule");
  auto* curve = b.find<CurvePlot>("scheduleCurve");
  ASSERT_TRUE(combo && curve);
  const int index = combo->findData(QStringLiteral("cosine"));
  combo->setCurrentIndex(index);
  emit combo->activated(index);
  EXPECT_EQ(b.document.settings().schedule.id, "cosine");
  const FigureTable drawn = curve->figureData();
  EXPECT_NEAR(drawn.rows.front()[1].toDouble(), b.document.settings().rate, 1e-12);
  EXPECT_LT(drawn.rows.back()[1].toDouble(), 1e-9);
  b.document.undoStack()->undo();
  EXPECT_EQ(b.document.settings().schedule.id, "constant");
}

TEST(Window, RangeTestSuggestsARateAndTakesItOver) {
  AppBench b("circles");
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot() && b.document.snapshot()->state; }));
  TrainSettings s = b.document.settings();
  s.rate = 1e-6;
  b.document.editSettings(s);
  QTimer clicks;
  QObject::connect(&clicks, &QTimer::timeout, &b.window, [&] {
    if (auto* use = b.window.findChild<QPushButton*>(QStringLiteral("useRate")); use && use->isEnabled()) use->click();
  });
  clicks.start(20);
  b.trigger("actionRangeTest");
  EXPECT_GT(b.document.settings().rate, 1e-5);
  EXPECT_LT(b.document.settings().rate, 1);
}

TEST(Window, SaysWhyARunStoppedEarly) {
  AppBench b;
  TrainSettings s = b.document.settings();
  s.options = {{"stop_loss", 5.0}};
  b.document.editSettings(s);
  QString said;
  QObject::connect(&b.document, &Document::said, &b.window, [&](const QString& text) { said = text; });
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot() && b.document.snapshot()->run == RunState::Finished; }));
  EXPECT_TRUE(said.contains(QStringLiteral("loss"))) << qPrintable(said);
  EXPECT_EQ(b.document.snapshot()->epochPoints, 1u);
}

}  // namespace
}  // namespace vitrine
