#pragma once

#include <QFrame>

#include "widgets/figure/figure.h"

class QHBoxLayout;
class QLabel;
class QMenu;
class QToolButton;
class QVBoxLayout;

namespace vitrine {

/// A rounded panel with a one-line title, quiet text at its right and a figure below. Right click (or the menu key)
/// copies, exports, pops out or hides; Ctrl+E exports while the focus is inside.
class FigurePanel : public QFrame {
  Q_OBJECT
 public:
  /// Takes `content` as its child; `figure` is what it exports (usually the content itself) and may be null for a
  /// panel that is no figure.
  FigurePanel(const QString& title, QWidget* content, Figure* figure, QWidget* parent = nullptr);

  void setTitle(const QString& title);
  QString title() const;
  /// Quiet text left of the controls: "shared scale · refreshed 0.1 s ago". The controls stay where they are when it changes.
  void setSideText(const QString& text);
  /// A control at the right of the title (a combo box, a link). Where the panel is too narrow for title and controls, the side text
  /// gives way first; then all controls stand in a line of their own below the title, and what finds no room there goes, from the left.
  void addHeaderWidget(QWidget* widget);
  /// While its figure is being made: a line below the title as long as `share` of its width, `what` in place of the side text, and
  /// a button that cancels. Nothing else moves. share < 0: nothing is being made.
  void setProgress(double share, const QString& what = {});
  bool isWorking() const { return share_ >= 0; }
  /// Shown in place of the content while not empty: what to do next.
  void setPlaceholder(const QString& text);
  void setCanHide(bool canHide) { canHide_ = canHide; }
  /// It stands in a window of its own: its menu puts it back instead, by the same signal.
  void setPoppedOut(bool poppedOut) { poppedOut_ = poppedOut; }
  Figure* figure() const { return figure_; }
  QWidget* content() const { return content_; }
  /// The context menu; the caller owns it. For tests and the application's menu bar.
  QMenu* createMenu();
  /// The panel that holds the keyboard focus, or null.
  static FigurePanel* focused();

 signals:
  void exportRequested(vitrine::Figure* figure);
  void dataExportRequested(vitrine::Figure* figure);
  void popOutRequested();  ///< popped out: back is wanted
  void hideRequested();
  void cancelRequested();

 protected:
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;

 private:
  void fitHeader();
  void showSide();
  QString titleText_, sideText_, work_;
  double share_ = -1;
  QLabel* title_;
  QLabel* side_;
  QLabel* placeholder_;
  QToolButton* cancel_;
  QWidget* head_;
  QHBoxLayout *header_, *tools_;  ///< the title's line, and the controls' own where they need one
  QList<QWidget*> controls_;
  QVBoxLayout* layout_;
  QWidget* content_;
  Figure* figure_;
  bool canHide_ = true, poppedOut_ = false;
};

}  // namespace vitrine
