// How smoothly the Data workspace's table shows a million rows: time of a frame while scrolling, of sorting and of a filter.
//   bench_window_rows [ROWS]
#include <sys/resource.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QScrollBar>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "app/command_line.h"
#include "core/base/random.h"
#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "widgets/data/rows_view.h"

using namespace vitrine;

namespace {

double seconds(QElapsedTimer& timer) { return static_cast<double>(timer.nsecsElapsed()) * 1e-9; }

double megabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1e3;
}

/// Waits for the model's thread; the longest time that the window did not answer meanwhile.
double settle(RowsModel& model) {
  double longest = 0;
  QElapsedTimer turn;
  while (model.isBusy()) {
    turn.start();
    QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 2);
    longest = std::max(longest, seconds(turn));
  }
  return longest;
}

}  // namespace

int main(int argc, char** argv) {
  if (qEnvironmentVariableIsEmpty("DISPLAY") && qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")) qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  applyTheme(app, ThemeChoice::Light);
  const int rows = argc > 1 ? std::atoi(argv[1]) : 1000000;
  Rng rng(1, Stream::Test);
  std::string text;
  for (int c = 0; c < 19; ++c) text += "x" + std::to_string(c) + ',';
  text += "kind\n";
  char cell[32];
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < 19; ++c) text.append(cell, static_cast<std::size_t>(std::snprintf(cell, sizeof cell, "%.5g,", rng.uniform() * 200 - 100)));
    text += rng.uniform() < 0.5 ? "red\n" : "blue\n";
  }
  CsvFormat format;
  Result<Table> read = readCsvTable(std::move(text), format);
  if (!read) return std::fprintf(stderr, "%s\n", read.error().text().c_str()), 1;
  const TablePtr table = std::make_shared<const Table>(std::move(*read));
  const Result<DatasetPtr> data = prepare(table, defaultRecipe(*table));
  if (!data) return std::fprintf(stderr, "%s\n", data.error().text().c_str()), 1;
  const double before = megabytes();
  QElapsedTimer timer;
  timer.start();
  RowsView view;
  view.resize(1200, 800);
  view.show();
  view.setTable(sampleTable(*data));
  settle(*view.rows());
  QCoreApplication::processEvents();
  std::printf("%d rows shown after %.2f s; the view took %.0f MB at most, the data had taken %.0f MB\n", rows, seconds(timer), megabytes() - before, before);

  const auto frames = [&](const char* what, auto&& next) {
    std::vector<double> times;
    for (int i = 0; i < 300; ++i) {
      timer.start();
      next(i);
      view.viewport()->repaint();
      times.push_back(1000 * seconds(timer));
    }
    std::sort(times.begin(), times.end());
    std::printf("%s: a frame took %.2f ms in the middle, %.2f ms at 99 %%, %.2f ms at most\n", what, times[150], times[297], times[299]);
  };
  QScrollBar* bar = view.verticalScrollBar();
  frames("wheel, 3 rows at a time", [&](int i) { bar->setValue(3 * i); });
  frames("dragging the bar over all rows", [&](int i) { bar->setValue(static_cast<int>(static_cast<double>(bar->maximum()) * i / 300)); });
  const auto arranged = [&](const char* what, auto&& does) {
    timer.start();
    does();
    const double call = seconds(timer), longest = settle(*view.rows());
    std::printf("%s: %.2f s in the background, the window answered after %.1f ms at most\n", what, seconds(timer), 1000 * std::max(call, longest));
  };
  arranged("sort by a column", [&] { view.rows()->sort(5, Qt::DescendingOrder); });
  frames("wheel, sorted", [&](int i) { bar->setValue(3 * i); });
  arranged("filter by text", [&] {
    RowFilter filter;
    filter.text = "12.3";
    view.rows()->setFilter(filter);
  });
  std::printf("rows left: %d\n", view.rows()->rowCount());
}
