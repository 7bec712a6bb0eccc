// Mutated projects, opened in the window and looked at in every workspace, trained for a batch, saved and opened again.
#include <QApplication>
#include <QElapsedTimer>
#include <QScrollArea>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>

#include "app/main_window.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate_project.h"
#include "widgets/theme/theme.h"

namespace {

using namespace vitrine;

struct Bench {
  Document document{2};
  MainWindow window{document};
  QTemporaryDir folder;
  QString saved = folder.filePath(QStringLiteral("saved.vitrine"));
};
Bench* bench = nullptr;

/// Lets the window work until `done`, a while at most.
template <class F>
void work(int ms, F&& done) {
  QElapsedTimer timer;
  timer.start();
  do QApplication::processEvents(QEventLoop::AllEvents, 10);
  while (!done() && timer.elapsed() < ms);
}

void look() {
  for (int w = MainWindow::Data; w <= MainWindow::Explain; ++w) {
    bench->window.setWorkspace(w);
    work(w == MainWindow::Build ? 10 : 60, [] { return false; });
    (void)bench->window.grab();
  }
  bench->window.setWorkspace(MainWindow::Train);
  for (const Node& n : bench->document.graph().nodes) {
    if (n.type != "dense" && n.type != "conv2d" && n.type != "lstm") continue;
    bench->window.views().setNode(n.id);
    work(1, [] { return false; });
  }
  (void)bench->window.grab();
  for (FigurePanel* panel : bench->window.panels().all())
    if (Figure* figure = panel->figure(); figure && !figure->isEmpty()) (void)figure->figureData();
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  static int argc = 1;
  static char name[] = "fuzz";
  static char* argv[] = {name, nullptr};
  new QApplication(argc, argv);
  static QTemporaryDir settings;  // never a person's own
  QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, settings.path());
  QCoreApplication::setOrganizationName(QStringLiteral("fuzz"));
  QCoreApplication::setApplicationName(QStringLiteral("fuzz"));
  applyTheme(*qApp, ThemeChoice::Light);
  bench = new Bench;
  bench->window.resize(1400, 900);
  bench->window.show();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  return fuzz::mutateInPlace(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FileInMemory file(data, size);
  Document& document = bench->document;
  document.openProject(QString::fromStdString(file.path().string()));
  work(20000, [&] { return !document.isBusy(); });
  if (document.path().isEmpty()) return 0;  // refused
  look();
  document.stepBatch();
  const bool plays = document.whyNotPlayable().isEmpty();
  work(plays ? 500 : 20, [&] { return plays && document.snapshot() && document.snapshot()->state && document.snapshot()->run != RunState::Running; });
  look();
  // What was opened can be saved, and what was saved be opened.
  if (document.save(bench->saved, document.views())) {
    const Result<OpenedProject> again = openProject(bench->saved.toStdString());
    if (!again) std::fprintf(stderr, "a saved project is refused: %s\n", again.error().text().c_str()), std::abort();
  }
  document.newProject();
  work(20, [] { return false; });
  return 0;
}
