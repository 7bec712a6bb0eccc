#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QString>

class QApplication;

namespace vitrine {

enum class Category;  // core/model/layer.h

enum class ThemeChoice { System, Light, Dark };

/// Colours and fonts of the window, as a value. Nothing else in the program names a colour.
struct Theme {
  bool dark = false;
  QColor window, panel, border, text, secondary, accent;
  QColor accentText;              ///< on an accent background
  QColor field;                   ///< background of inputs and of tracks
  QColor hover;                   ///< background under the mouse
  QColor grid;                    ///< lines behind curves
  QColor training, validation;    ///< the two runs of every curve
  QColor good, warning, error;    ///< state, always beside a word or sign
  QColor bar;                     ///< a plain bar of a bar chart
  QString family;                 ///< Inter, or the system's font where it is missing

  static Theme light();
  static Theme darkTheme();
  /// Colour of a node's head and its icon.
  QColor category(Category category) const;
  /// Okabe–Ito colour of class i (repeats after 8).
  QColor classColor(int i) const;
  /// The body font at a size relative to the base (0 = body, -1 = small secondary text, +1 = title), in points.
  QFont font(double sizeStep = 0, bool bold = false) const;
};

/// The body size of the window's text.
constexpr double kBasePt = 9.5;

/// The theme in force.
const Theme& theme();

/// Puts palette, style and style sheet on the application and tells themeSignal(). System follows the desktop's
/// palette brightness, as it was when the program started.
void applyTheme(QApplication& app, ThemeChoice choice);

/// Emits changed() after applyTheme().
class ThemeSignal : public QObject {
  Q_OBJECT
 signals:
  void changed();
};
ThemeSignal* themeSignal();

}  // namespace vitrine
