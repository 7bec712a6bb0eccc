// How long the window takes to answer while it trains with every view open, and what its views cost training.
//   bench_window_latency [SECONDS [ROUNDS [explain|live]]]      a probe event is posted every 5 ms; its age when handled is the latency
//   explain, live: the Explain workspace in place of Train, without and with Live
#include <QAction>
#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <string_view>
#include <thread>

#include "app/command_line.h"
#include "app/document.h"
#include "app/main_window.h"
#include "core/model/templates.h"

using namespace vitrine;
using Clock = std::chrono::steady_clock;

namespace {

double milliseconds(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

/// Samples trained per second of wall time by a trainer that nobody looks at.
double headless(const Document& document, double seconds) {
  Trainer trainer(document.trainer().threads());
  TrainSettings settings = document.settings();
  settings.epochs = 0;
  (void)trainer.load(*Network::compile(document.graph(), document.data()->spec), document.data(), settings);
  trainer.play();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const auto before = trainer.snapshots().get();
  const auto start = Clock::now();
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  const auto after = trainer.snapshots().get();
  return static_cast<double>((after->state->step - before->state->step) * settings.batch) / (milliseconds(Clock::now() - start) / 1000);
}

struct Seen {
  double samplesPerSecond = 0;
  std::vector<double> latency;
};

Seen withWindow(Document& document, double seconds) {
  Seen seen;
  document.play();
  QEventLoop loop;
  QTimer::singleShot(500, &loop, &QEventLoop::quit);
  loop.exec();
  std::atomic<bool> stop{false};
  std::thread probe([&] {
    while (!stop) {
      const auto posted = Clock::now();
      QMetaObject::invokeMethod(&document, [&seen, posted] { seen.latency.push_back(milliseconds(Clock::now() - posted)); }, Qt::QueuedConnection);
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  });
  const std::int64_t before = document.trainer().snapshots().get()->state->step;
  const auto start = Clock::now();
  QTimer::singleShot(static_cast<int>(seconds * 1000), &loop, &QEventLoop::quit);
  loop.exec();
  const std::int64_t after = document.trainer().snapshots().get()->state->step;
  seen.samplesPerSecond = static_cast<double>((after - before) * document.settings().batch) / (milliseconds(Clock::now() - start) / 1000);
  stop = true;
  probe.join();
  document.pause();
  QTimer::singleShot(300, &loop, &QEventLoop::quit);
  loop.exec();
  return seen;
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  QCoreApplication::setOrganizationName(QStringLiteral("VitrineBench"));
  applyTheme(app, ThemeChoice::Light);
  const double seconds = argc > 1 ? std::atof(argv[1]) : 8;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  Document document;
  MainWindow window(document);
  window.resize(1600, 1000);
  window.show();
  document.openSample();
  while (document.isBusy()) QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
  if (!document.data()) return std::fprintf(stderr, "the sample data are not there\n"), 1;
  TrainSettings endless = document.settings();
  endless.epochs = 0;
  document.editSettings(endless);
  if (argc > 3) {
    window.findChild<QAction*>(QStringLiteral("workspace_3"))->trigger();
    window.findChild<QAction*>(QStringLiteral("explainLive"))->setChecked(std::string_view(argv[3]) == "live");
  }
  for (int r = 0; r < rounds; ++r) {
    const double alone = headless(document, seconds);
    Seen seen = withWindow(document, seconds);
    std::sort(seen.latency.begin(), seen.latency.end());
    const auto at = [&](double share) { return seen.latency[static_cast<std::size_t>(share * static_cast<double>(seen.latency.size() - 1))]; };
    std::printf("latency ms: median %.1f  95 %% %.1f  99 %% %.1f  most %.1f   samples/s: headless %.0f  with window %.0f  (%.0f %%)\n", at(0.5),
                at(0.95), at(0.99), at(1), alone, seen.samplesPerSecond, 100 * seen.samplesPerSecond / alone);
    std::fflush(stdout);
  }
}
