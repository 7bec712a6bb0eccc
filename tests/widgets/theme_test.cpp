#include <gtest/gtest.h>

#include <QPushButton>

#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

/// The style is the whole program's; other tests keep the one they had.
struct Styled {
  const QString sheet = qApp->styleSheet();
  const QPalette palette = QApplication::palette();
  explicit Styled(ThemeChoice choice) { applyTheme(*qApp, choice); }
  ~Styled() {
    applyTheme(*qApp, ThemeChoice::Light);
    qApp->setStyleSheet(sheet);
    QApplication::setPalette(palette);
  }
};

// A button that does nothing now must not invite a click, be it a dialog's first or not.
TEST(Theme, AButtonThatIsOffLooksOff) {
  for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
    const Styled styled(choice);
    for (const char* kind : {"plain", "default", "primary"}) {
      QPushButton button(QStringLiteral("Use this data"));
      button.setDefault(QLatin1String(kind) == QLatin1String("default"));
      button.setProperty("primary", QLatin1String(kind) == QLatin1String("primary"));
      button.resize(160, 32);
      button.ensurePolished();
      const auto ground = [&] { return button.grab().toImage().pixelColor(12, 16); };
      const QColor on = ground();
      button.setEnabled(false);
      const QColor off = ground();
      EXPECT_NE(on, off) << kind;
      EXPECT_NE(off, theme().accent) << kind;
    }
  }
}

}  // namespace
}  // namespace vitrine
