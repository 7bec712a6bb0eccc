#pragma once

#include <QList>
#include <QMainWindow>
#include <QMap>
#include <QObject>
#include <QPointer>

#include "widgets/figure/figure_panel.h"

class QAction;
class QScrollArea;
class QSplitter;

namespace vitrine {

/// A splitter as all workspaces have them: wide handles, no part can be folded away by accident.
QSplitter* makeSplitter(Qt::Orientation way, const QString& name);

/// A scroll area without a frame, through which the panel below shows.
QScrollArea* scrolled(QWidget* content, int leastHeight = 60);

/// Where the panels of all workspaces are: each may be hidden, shown again, or popped out into a window of its own
/// and put back when that is closed.
class Panels : public QObject {
  Q_OBJECT
 public:
  explicit Panels(QObject* parent = nullptr) : QObject(parent) {}

  /// `id` names it in settings and as object name. The panel must already have its place in a splitter.
  void add(const QString& id, FigurePanel* panel);
  FigurePanel* panel(const QString& id) const { return entries_.value(id).panel; }
  QList<FigurePanel*> all() const;
  /// A checkable action each, for the View menu.
  QList<QAction*> toggles() const;
  /// Popped-out windows close, hidden panels show.
  void showAll();
  void popOut(const QString& id);
  /// Every popped-out panel comes back.
  void putAllBack();
  QStringList hidden() const;
  void setHidden(const QStringList& ids);
  /// For data that a panel cannot show: its place is given to others without forgetting what the person chose.
  void setAvailable(const QString& id, bool available);

 signals:
  void exportRequested(vitrine::Figure* figure);
  void dataExportRequested(vitrine::Figure* figure);

 private:
  struct Entry {
    FigurePanel* panel = nullptr;
    QSplitter* home = nullptr;
    int index = 0;
    QAction* toggle = nullptr;
    QPointer<QWidget> window;
    QPointer<QWidget> stub = {};  ///< stands in its place meanwhile, and says where it is
    bool available = true;
  };
  void putBack(const QString& id);
  QWidget* makeStub(const QString& id);
  void refresh(const QString& id);
  bool eventFilter(QObject* object, QEvent* event) override;

  QMap<QString, Entry> entries_;
  QStringList order_;
  QMap<QSplitter*, QList<int>> sizes_;  ///< of the homes that a panel is popped out of, as they were before
};

}  // namespace vitrine
