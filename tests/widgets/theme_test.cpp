#include <gtest/gtest.h>

#include <QCheckBox>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>
#include <cstdlib>

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

TEST(Theme, ABoxIsSeenTickedOrNot) {
  for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
    const Styled styled(choice);
    QWidget ground;
    ground.resize(24, 24);
    QCheckBox box(&ground);
    box.resize(24, 24);
    const auto far = [&] {
      const QImage image = ground.grab().toImage();
      const QColor back = image.pixelColor(22, 1);
      int most = 0;
      for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) most = std::max(most, std::abs(image.pixelColor(x, y).lightness() - back.lightness()));
      return most;
    };
    EXPECT_GT(far(), 60);
    const QImage empty = ground.grab().toImage();
    box.setChecked(true);
    EXPECT_NE(ground.grab().toImage(), empty);
    EXPECT_GT(far(), 60);
  }
}

TEST(Theme, ALinkThatIsOffHasNotTheColourOfOne) {
  for (const ThemeChoice choice : {ThemeChoice::Light, ThemeChoice::Dark}) {
    const Styled styled(choice);
    QToolButton link;
    link.setText(QStringLiteral("IIIIII settings"));
    link.setProperty("flat", true);
    link.resize(160, 32);
    const auto inks = [&] {
      const QImage image = link.grab().toImage();
      int n = 0;
      for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
          const QColor c = image.pixelColor(x, y), accent = theme().accent;
          n += std::abs(c.red() - accent.red()) + std::abs(c.green() - accent.green()) + std::abs(c.blue() - accent.blue()) < 40;
        }
      return n;
    };
    EXPECT_GT(inks(), 0);
    link.setEnabled(false);
    EXPECT_EQ(inks(), 0);
  }
}

}  // namespace
}  // namespace vitrine
