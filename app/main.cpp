#include <QApplication>
#include <QSettings>
#include <QTimer>
#include <cstdio>
#include <exception>

#include "app/command_line.h"
#include "app/document.h"
#include "app/image_decoder.h"
#include "app/main_window.h"

int main(int argc, char** argv) {
  vitrine::installImageDecoder();
  vitrine::StartOptions options;
  try {
    if (const std::optional<int> code = vitrine::runCommandLine(argc, argv, options)) return *code;
  } catch (const std::exception& e) {
    // Memory or threads that the system does not give.
    std::fprintf(stderr, "vitrine: %s\n", e.what());
    return 1;
  }
  QApplication app(argc, argv);
  vitrine::nameApplication();
  vitrine::applyTheme(app, static_cast<vitrine::ThemeChoice>(QSettings().value(QStringLiteral("theme"), 0).toInt()));
  vitrine::Document document(options.threads);
  vitrine::MainWindow window(document);
  window.show();
  // The window is there first; the data come from a thread of their own.
  QTimer::singleShot(0, &window, [&] {
    if (options.open.isEmpty())
      document.openSample();
    else
      window.openPath(options.open);
  });
  return QApplication::exec();
}
