#pragma once

#include <QApplication>
#include <QAbstractButton>
#include <QDialog>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QTest>
#include <QTimer>

#include "app/document.h"
#include "app/main_window.h"

namespace vitrine::test {

/// A real window on two classes of points, small enough to train in no time.
struct AppBench {
  Document document{2};
  MainWindow window{document};

  explicit AppBench(const char* generator = "gaussians", QSize size = {1400, 900}) {
    if (generator) generate(generator);
    window.resize(size);
    window.show();
    (void)QTest::qWaitForWindowExposed(&window);
  }
  void generate(const char* id, std::int64_t samples = 200) {
    GeneratorSettings settings;
    settings.size = samples;
    document.generateData(id, settings);
    // Without an end: such a small run would be over before a test looks at it.
    TrainSettings endless = document.settings();
    endless.epochs = 0;
    document.editSettings(endless);
    document.undoStack()->clear();
  }
  template <class T>
  T* find(const char* name) {
    T* found = window.findChild<T*>(QLatin1String(name));
    if (!found) ADD_FAILURE() << "no " << name;
    return found;
  }
  void trigger(const char* action) {
    if (auto* a = find<QAction>(action)) a->trigger();
  }
  void click(const char* name) {
    if (auto* w = find<QWidget>(name)) QTest::mouseClick(w, Qt::LeftButton);
  }
  /// Lets the window work until `done`, at most 20 s.
  template <class F>
  bool waitFor(F&& done) {
    return QTest::qWaitFor([&] { return done(); }, 20000);
  }
  std::int64_t step() const {
    const auto& s = document.snapshot();
    return s && s->state ? s->state->step : 0;
  }
  bool running() const { return document.snapshot() && document.snapshot()->run == RunState::Running; }
  QString message() {
    auto* label = window.findChild<QLabel*>(QStringLiteral("messageText"));
    return label && label->isVisible() ? label->text() : QString();
  }
};

/// Answers the next message box with `button`.
inline void answer(QMessageBox::StandardButton button) {
  auto* timer = new QTimer(qApp);
  QObject::connect(timer, &QTimer::timeout, timer, [timer, button] {
    if (auto* box = qobject_cast<QMessageBox*>(QApplication::activeModalWidget())) {
      timer->deleteLater();
      box->button(button)->click();
    }
  });
  timer->start(20);
}

}  // namespace vitrine::test
