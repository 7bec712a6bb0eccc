#include <gtest/gtest.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include "widgets/transport/transport_bar.h"

namespace vitrine {
namespace {

struct BarBench {
  TransportBar bar;
  std::vector<TrainSettings> told;
  explicit BarBench(QSize size = {1400, 60}) {
    QObject::connect(&bar, &TransportBar::settingsEdited, &bar, [this](const TrainSettings& s) { told.push_back(s); });
    bar.resize(size);
    bar.show();
    (void)QTest::qWaitForWindowExposed(&bar);
    bar.activateWindow();
    (void)QTest::qWaitForWindowActive(&bar);
  }
  QAbstractButton* button(const char* name) { return bar.findChild<QAbstractButton*>(QLatin1String(name)); }
  QComboBox* combo(const char* name) { return bar.findChild<QComboBox*>(QLatin1String(name)); }
  QString text(const char* name) { return bar.findChild<QLabel*>(QLatin1String(name))->text(); }
  void type(QLineEdit* edit, const QString& text) {
    edit->setFocus();
    edit->selectAll();
    QTest::keyClicks(edit, text);
  }
};

Snapshot snapshotAt(std::int64_t epoch, std::int64_t step) {
  Snapshot s;
  auto state = std::make_shared<TrainState>();
  state->epoch = epoch;
  state->step = step;
  state->position = 200;
  state->epochLoss = 50;
  state->epochWeight = 200;
  state->epochCorrect = 150;
  auto history = std::make_shared<History>();
  EpochPoint point;
  point.validationLoss = 0.5;
  point.validationAccuracy = 0.875;
  history->epochs.append(point);
  auto data = std::make_shared<Dataset>();
  data->spec.task = Task::Classification;
  s.state = state;
  s.history = history;
  s.epochPoints = 1;
  s.data = data;
  return s;
}

TEST(TransportBar, ButtonsAskForWhatTheySay) {
  BarBench bench;
  QSignalSpy play(&bench.bar, &TransportBar::playRequested), pause(&bench.bar, &TransportBar::pauseRequested),
      batch(&bench.bar, &TransportBar::stepBatchRequested), epoch(&bench.bar, &TransportBar::stepEpochRequested),
      reset(&bench.bar, &TransportBar::resetRequested);
  for (const char* name : {"playButton", "stepBatchButton", "stepEpochButton", "resetButton"})
    QTest::mouseClick(bench.button(name), Qt::LeftButton);
  EXPECT_EQ(play.count(), 1);
  EXPECT_EQ(batch.count(), 1);
  EXPECT_EQ(epoch.count(), 1);
  EXPECT_EQ(reset.count(), 1);
  Snapshot s = snapshotAt(1, 10);
  s.run = RunState::Running;
  bench.bar.showSnapshot(s);
  EXPECT_EQ(bench.button("playButton")->accessibleName(), QStringLiteral("Pause"));
  QTest::mouseClick(bench.button("playButton"), Qt::LeftButton);
  EXPECT_EQ(pause.count(), 1);
  EXPECT_EQ(play.count(), 1);
  QTest::keyClick(&bench.bar, Qt::Key_Space, Qt::ControlModifier);
  EXPECT_EQ(pause.count(), 2);
}

TEST(TransportBar, SaysWhyItCannotPlay) {
  BarBench bench;
  QSignalSpy play(&bench.bar, &TransportBar::playRequested);
  bench.bar.setPlayable(false, QStringLiteral("Dense needs a flat input"));
  EXPECT_FALSE(bench.button("playButton")->isEnabled());
  EXPECT_TRUE(bench.button("playButton")->toolTip().contains(QStringLiteral("flat input")));
  EXPECT_TRUE(bench.bar.findChild<QLabel*>(QStringLiteral("transportNotice"))->isVisible());
  EXPECT_TRUE(bench.text("transportNotice").contains(QStringLiteral("flat input")));
  bench.bar.togglePlay();
  EXPECT_EQ(play.count(), 0);
  bench.bar.setPlayable(true);
  EXPECT_FALSE(bench.bar.findChild<QLabel*>(QStringLiteral("transportNotice"))->isVisible());
}

TEST(TransportBar, ShowsTheRunsFigures) {
  BarBench bench;
  bench.bar.showSnapshot(snapshotAt(12, 456));
  EXPECT_EQ(bench.text("epochReadout"), QStringLiteral("12"));
  EXPECT_EQ(bench.text("stepReadout"), QStringLiteral("456"));
  EXPECT_EQ(bench.text("lossReadout"), QStringLiteral("0.25 · 0.5"));
  EXPECT_EQ(bench.text("accuracyReadout"), QStringLiteral("75.0 % · 87.5 %"));
  bench.bar.showNothing();
  EXPECT_EQ(bench.text("lossReadout"), QStringLiteral("–"));
}

TEST(TransportBar, TypedRateIsToldAndABadOneRefused) {
  BarBench bench;
  QLineEdit* rate = bench.combo("learningRate")->lineEdit();
  bench.type(rate, QStringLiteral("0.02"));
  QTest::keyClick(rate, Qt::Key_Return);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(bench.told[0].rate, 0.02);
  for (const char* bad : {"0", "100", "fast", "nan"}) {
    bench.type(rate, QLatin1String(bad));
    QTest::keyClick(rate, Qt::Key_Return);
    EXPECT_EQ(rate->text(), QLatin1String(bad));
    EXPECT_TRUE(bench.text("transportNotice").contains(QStringLiteral("Learning rate"))) << bad;
  }
  EXPECT_EQ(bench.told.size(), 1u);
  QTest::keyClick(rate, Qt::Key_Escape);
  EXPECT_EQ(rate->text(), QStringLiteral("0.02"));
  EXPECT_FALSE(bench.bar.findChild<QLabel*>(QStringLiteral("transportNotice"))->isVisible());
}

TEST(TransportBar, RateStepsOneThreeTen) {
  BarBench bench;
  QComboBox* rate = bench.combo("learningRate");
  rate->setFocus();
  QTest::keyClick(rate, Qt::Key_Up);
  QTest::keyClick(rate, Qt::Key_Up);
  ASSERT_EQ(bench.told.size(), 2u);
  EXPECT_EQ(bench.told[0].rate, 0.003);
  EXPECT_EQ(bench.told[1].rate, 0.01);
}

TEST(TransportBar, SnapshotsDoNotDisturbTyping) {
  BarBench bench;
  QLineEdit* rate = bench.combo("learningRate")->lineEdit();
  bench.type(rate, QStringLiteral("0.0"));
  for (int i = 0; i < 5; ++i) {
    Snapshot s = snapshotAt(1, i);
    s.settings.rate = 0.3;
    s.settings.batch = 128;
    bench.bar.showSnapshot(s);
  }
  EXPECT_EQ(rate->text(), QStringLiteral("0.0"));
  EXPECT_EQ(bench.combo("batchSize")->currentText(), QStringLiteral("128"));
  QTest::keyClicks(rate, QStringLiteral("5"));
  QTest::keyClick(rate, Qt::Key_Return);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(bench.told[0].rate, 0.05);
  // A snapshot from before the edit does not put the old value back.
  Snapshot late = snapshotAt(1, 9);
  late.settings.rate = 0.3;
  late.settings.batch = 128;
  bench.bar.showSnapshot(late);
  EXPECT_EQ(rate->text(), QStringLiteral("0.05"));
}

TEST(TransportBar, OptimiserBringsItsUsualRate) {
  BarBench bench;
  QComboBox* optimiser = bench.combo("optimiser");
  const int sgd = optimiser->findData(QStringLiteral("sgd"));
  ASSERT_GE(sgd, 0);
  optimiser->setCurrentIndex(sgd);
  emit optimiser->activated(sgd);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(bench.told[0].optimiser.id, "sgd");
  EXPECT_EQ(bench.told[0].rate, findOptimiser("sgd")->usualRate);
}

TEST(TransportBar, SeedIsAWholeNumber) {
  BarBench bench;
  auto* seed = bench.bar.findChild<QLineEdit*>(QStringLiteral("seed"));
  bench.type(seed, QStringLiteral("18446744073709551615"));
  QTest::keyClick(seed, Qt::Key_Return);
  ASSERT_EQ(bench.told.size(), 1u);
  EXPECT_EQ(bench.told[0].seed, 18446744073709551615ull);
  bench.type(seed, QStringLiteral("-1"));
  QTest::keyClick(seed, Qt::Key_Return);
  EXPECT_EQ(bench.told.size(), 1u);
  EXPECT_TRUE(bench.text("transportNotice").contains(QStringLiteral("Seed")));
}

TEST(TransportBar, NothingIsClippedAt900Pixels) {
  for (int width : {900, 1100, 1400, 1800}) {
    BarBench bench({width, 60});
    bench.bar.showSnapshot(snapshotAt(12, 123456));
    bench.bar.resize(width, bench.bar.sizeHint().height());
    QTest::qWait(20);
    bench.bar.resize(width, bench.bar.sizeHint().height());
    for (const char* name : {"playButton", "learningRate", "batchSize", "optimiser", "optimiserOptions", "seed", "accuracyReadout"}) {
      auto* w = bench.bar.findChild<QWidget*>(QLatin1String(name));
      const QRect box(w->mapTo(&bench.bar, QPoint(0, 0)), w->size());
      EXPECT_TRUE(bench.bar.rect().contains(box)) << name << " at " << width;
      EXPECT_FALSE(w->accessibleName().isEmpty()) << name;
    }
  }
}

}  // namespace
}  // namespace vitrine
