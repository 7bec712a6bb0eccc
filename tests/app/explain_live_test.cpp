// The Explain workspace beside training: when it computes, rests, and stops.
#include <gtest/gtest.h>

#include <QLabel>
#include <QTabWidget>
#include <QToolButton>

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
  b.find<QAbstractButton>("explainCancel")->click();
  EXPECT_FALSE(b.find<QAction>("explainLive")->isChecked());
  EXPECT_FALSE(b.explain->model().busy());
  const std::int64_t at = b.explain->model().snapshot()->state->step;
  ASSERT_TRUE(b.waitFor([&] { return b.document.snapshot()->state->step > at + 20; }));
  EXPECT_EQ(b.explain->model().snapshot()->state->step, at);
  EXPECT_FALSE(b.explain->model().busy());
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
  b.window.openPath(QStringLiteral(VITRINE_TEST_DATA "/iris.csv"));
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); }));
  ASSERT_TRUE(b.settled());
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
