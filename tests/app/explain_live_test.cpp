// The Explain workspace beside training: when it computes, rests, and stops.
#include <gtest/gtest.h>

#include <QLabel>
#include <QTabWidget>
#include <QToolButton>
#include <atomic>
#include <thread>

#include "tests/app/explain_bench.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Explain, FollowsTrainingWhenLiveAndLetsItRest) {
  ExplainBench b("spirals");
  ASSERT_TRUE(b.settled());
  const std::int64_t at = b.explain->model().snapshot()->state->step;
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > at + 100; }));
  // Not asked to: the wall stays where it was.
  EXPECT_EQ(b.explain->model().snapshot()->state->step, at);
  b.find<QAction>("explainLive")->setChecked(true);
  ASSERT_TRUE(b.waitFor([&] { return b.explain->model().snapshot()->state->step > at; }));
  b.document.pause();
  ASSERT_TRUE(b.waitFor([&] { return !b.running() && b.explain->model().snapshot()->state->step == b.step(); }));
  EXPECT_TRUE(b.settled());
}

TEST(Explain, WhoComesWhileTrainingGoesOnFindsTheNetworkOfNow) {
  ExplainBench b("spirals");
  const auto stepShown = [&] { return b.explain->model().snapshot() ? b.explain->model().snapshot()->state->step : -1; };
  ASSERT_TRUE(b.settled());
  for (int visit = 0; visit < 2; ++visit) {
    const std::int64_t before = stepShown();
    b.window.setWorkspace(MainWindow::Train);
    b.document.play();
    ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot()->state->step > before + 2; }));
    b.window.setWorkspace(MainWindow::Explain);
    EXPECT_GT(stepShown(), before);
    ASSERT_TRUE(b.waitFor([&] { return b.cells(WallCell::State::Ready) > 0 && b.cells(WallCell::State::Waiting) == 0; }));
    EXPECT_EQ(b.document.snapshot()->run, RunState::Running);
    EXPECT_FALSE(b.find<QAction>("explainLive")->isChecked());
    // It then rests there until asked.
    const std::int64_t there = stepShown();
    ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot()->state->step > there + 20; }));
    EXPECT_EQ(stepShown(), there);
  }
}

TEST(Explain, AWindowThatComesBackFromItsIconShowsTheSameWall) {
  ExplainBench b("spirals");
  ASSERT_TRUE(b.settled());
  const std::int64_t at = b.explain->model().snapshot()->state->step;
  b.document.play();
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot()->state->step > at + 2; }));
  QShowEvent event;
  QSpontaneKeyEvent::setSpontaneous(&event);  // as the window system sends it when a window is restored
  qApp->notify(b.explain, &event);       // sendEvent() would take the mark away
  EXPECT_EQ(b.explain->model().snapshot()->state->step, at);
}

TEST(Explain, CancelSwitchesLiveOff) {
  ExplainBench b("spirals");
  ASSERT_TRUE(b.settled());
  b.document.play();
  b.find<QAction>("explainLive")->setChecked(true);
  b.find<QWidget>("panelExplainWall")->findChild<QAbstractButton*>(QStringLiteral("panelCancel"))->click();
  EXPECT_FALSE(b.find<QAction>("explainLive")->isChecked());
  EXPECT_FALSE(b.explain->model().busy());
  const std::int64_t at = b.explain->model().snapshot()->state->step;
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot()->state->step > at + 20; }));
  EXPECT_EQ(b.explain->model().snapshot()->state->step, at);
  EXPECT_FALSE(b.explain->model().busy());
}

TEST(Explain, MistakesAreFoundWhileTrainingGoesOn) {
  ExplainBench b("spirals");
  ASSERT_TRUE(b.settled());
  b.window.setWorkspace(MainWindow::Train);
  b.document.play();
  const std::int64_t before = b.step();
  ASSERT_TRUE(b.waitFor([&] { return b.step() > before + 2; }));
  b.window.setWorkspace(MainWindow::Explain);
  // Two spirals are not told apart in so few steps: there are mistakes, each with what it was taken for.
  auto* gallery = b.explain->choices()->gallery();
  b.click("explainMistakes");
  ASSERT_TRUE(b.waitFor([&] { return !gallery->data().items.empty(); }));
  EXPECT_TRUE(b.running());
  for (const SampleItem& item : gallery->data().items) EXPECT_FALSE(item.right);
}

TEST(Explain, LongWorkTellsHowFarItIsAndCanBeStopped) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  const auto& queues = b.explain->queues();
  const std::vector<std::vector<const char*>> panels{{"panelExplainWall"},
                                        {"panelExplainCounterfactual"},
                                        {"panelExplainWalk"},
                                        {"panelExplainUnit"},
                                        {"panelExplainStep"},
                                        {"panelExplainSwarm", "panelExplainShapBars"},
                                        {"panelExplainWaterfall"},
                                        {"panelExplainDependence"},
                                        {"panelExplainImportance"},
                                        {"panelExplainSamples"}};
  ASSERT_EQ(queues.size(), panels.size());
  for (std::size_t i = 0; i < panels.size(); ++i)
    for (const char* name : panels[i]) {
      SCOPED_TRACE(name);
      auto* panel = b.find<FigurePanel>(name);
      std::atomic<bool> ended = false;
      queues[i]->start({{QStringLiteral("long work"), [&ended](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
                           for (double share = 0; !stop.stop_requested(); share = std::min(0.9, share + 0.01)) {
                             progress(share);
                             std::this_thread::sleep_for(std::chrono::milliseconds(10));
                           }
                           ended = true;
                           return {};
                         }}});
      ASSERT_TRUE(b.waitFor([&] { return panel->isWorking(); }));
      auto* cancel = panel->findChild<QAbstractButton*>(QStringLiteral("panelCancel"));
      EXPECT_FALSE(cancel->isHidden());
      if (i % 2 == 0)
        cancel->click();
      else
        QTest::keyClick(panel, Qt::Key_Escape);
      EXPECT_FALSE(queues[i]->busy());
      EXPECT_FALSE(panel->isWorking());
      EXPECT_TRUE(cancel->isHidden());
      ASSERT_TRUE(b.waitFor([&] { return ended.load(); }));
    }
}

TEST(Explain, WhatWasCancelledSaysSoAndIsTakenUpAgain) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  b.find<QTabWidget>("explainTabs")->setCurrentIndex(2);
  auto* importance = b.find<BarsView>("explainImportance");
  emit b.find<FigurePanel>("panelExplainImportance")->cancelRequested();
  ASSERT_TRUE(importance->isEmpty());
  EXPECT_TRUE(importance->placeholder().contains(QStringLiteral("F5"))) << qPrintable(importance->placeholder());
  // Another look at the wall does not start it by the back door.
  b.wall()->select(0, 1);
  emit b.wall()->cellSelected(0, 1);
  EXPECT_FALSE(QTest::qWaitFor([&] { return !importance->isEmpty(); }, 300));
  b.trigger("actionExplainRefresh");
  EXPECT_TRUE(b.waitFor([&] { return !importance->isEmpty(); }));
}

TEST(Explain, CancelStopsAndKeepsWhatIsThere) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  const int ready = b.cells(WallCell::State::Ready);
  b.choose("explainBaseline", QStringLiteral("training mean"));
  b.explain->model().cancel();
  EXPECT_FALSE(b.explain->model().busy());
  EXPECT_GT(ready, 0);
  b.trigger("actionExplainRefresh");
  EXPECT_TRUE(b.settled());
  EXPECT_EQ(b.cells(WallCell::State::Ready), ready);
}

TEST(Explain, NothingIsComputedForPagesThatNobodySees) {
  ExplainBench b(nullptr);
  ASSERT_TRUE(b.openIris());
  auto* tabs = b.find<QTabWidget>("explainTabs");
  const auto busy = [&] {
    const auto queues = b.explain->inside().queues();
    return std::any_of(queues.begin(), queues.end(), [](const JobQueue* q) { return q->busy(); });
  };
  ASSERT_TRUE(b.waitFor([&] { return !busy(); }));
  ExplainInside& inside = b.explain->inside();
  inside.select(inside.node(), inside.unitIndex() + 1);
  EXPECT_TRUE(busy());
  tabs->setCurrentIndex(2);
  EXPECT_FALSE(busy());  // it does not go on behind the page that is seen
  tabs->setCurrentIndex(0);
  EXPECT_TRUE(busy());
  b.window.setWorkspace(MainWindow::Train);
  EXPECT_FALSE(busy());
  // It starts again when it is seen again.
  b.window.setWorkspace(MainWindow::Explain);
  auto* unit = b.find<UnitFigure>("explainUnit");
  EXPECT_TRUE(b.waitFor([&] { return !unit->data().after.empty() && !unit->data().top.empty() && !busy(); }));
  tabs->setCurrentIndex(2);
  tabs->setCurrentIndex(0);
  tabs->setCurrentIndex(2);
  auto* importance = b.find<BarsView>("explainImportance");
  EXPECT_TRUE(b.waitFor([&] { return importance->data().values.size() == 4; })) << qPrintable(importance->placeholder());
}

}  // namespace
}  // namespace vitrine
