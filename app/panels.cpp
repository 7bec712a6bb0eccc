#include "app/panels.h"

#include <QAction>
#include <QEvent>
#include <QScrollArea>
#include <QSplitter>
#include <QVBoxLayout>

namespace vitrine {

QSplitter* makeSplitter(Qt::Orientation way, const QString& name) {
  auto* s = new QSplitter(way);
  s->setObjectName(name);
  s->setHandleWidth(8);
  s->setChildrenCollapsible(false);
  return s;
}

QScrollArea* scrolled(QWidget* content, int leastHeight) {
  auto* area = new QScrollArea;
  area->setWidgetResizable(true);
  area->setFrameShape(QFrame::NoFrame);
  area->setMinimumSize(80, leastHeight);
  area->setWidget(content);
  content->setAutoFillBackground(false);
  area->viewport()->setAutoFillBackground(false);
  return area;
}

void Panels::add(const QString& id, FigurePanel* panel) {
  Entry e;
  e.panel = panel;
  e.home = qobject_cast<QSplitter*>(panel->parentWidget());
  e.index = e.home ? e.home->indexOf(panel) : 0;
  panel->setObjectName(id);
  e.toggle = new QAction(panel->title(), this);
  e.toggle->setObjectName(QStringLiteral("show_") + id);
  e.toggle->setCheckable(true);
  e.toggle->setChecked(true);
  connect(e.toggle, &QAction::toggled, this, [this, id] { refresh(id); });
  connect(panel, &FigurePanel::hideRequested, e.toggle, [toggle = e.toggle] { toggle->setChecked(false); });
  connect(panel, &FigurePanel::popOutRequested, this, [this, id] {
    if (entries_[id].window) putBack(id);
    else popOut(id);
  });
  connect(panel, &FigurePanel::exportRequested, this, &Panels::exportRequested);
  connect(panel, &FigurePanel::dataExportRequested, this, &Panels::dataExportRequested);
  entries_.insert(id, e);
  order_ << id;
}

QList<FigurePanel*> Panels::all() const {
  QList<FigurePanel*> list;
  for (const QString& id : order_) list << entries_[id].panel;
  return list;
}

QList<QAction*> Panels::toggles() const {
  QList<QAction*> list;
  for (const QString& id : order_) list << entries_[id].toggle;
  return list;
}

void Panels::refresh(const QString& id) {
  const Entry& e = entries_[id];
  const bool shown = e.available && e.toggle->isChecked();
  if (!shown && e.window) putBack(id);
  e.panel->setVisible(shown);
}

void Panels::setAvailable(const QString& id, bool available) {
  entries_[id].available = available;
  entries_[id].toggle->setEnabled(available);
  refresh(id);
}

void Panels::popOut(const QString& id) {
  Entry& e = entries_[id];
  if (e.window) {
    e.window->raise();
    return;
  }
  const QSize size = e.panel->size();
  e.sizes = e.home ? e.home->sizes() : QList<int>();
  auto* window = new QWidget(e.home ? e.home->window() : nullptr, Qt::Window);
  window->setObjectName(QStringLiteral("window_") + id);
  window->setProperty("panel", id);
  window->setWindowTitle(e.panel->title());
  auto* layout = new QVBoxLayout(window);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->addWidget(e.panel);
  e.panel->show();
  e.panel->setPoppedOut(true);
  e.window = window;
  window->installEventFilter(this);
  window->resize(size.expandedTo({480, 360}));
  window->show();
}

void Panels::putBack(const QString& id) {
  Entry& e = entries_[id];
  if (!e.window) return;
  QWidget* window = e.window;
  e.window = nullptr;
  e.panel->setPoppedOut(false);
  if (e.home) e.home->insertWidget(e.index, e.panel);
  e.panel->setVisible(e.available && e.toggle->isChecked());
  // As large as it was, beside the same neighbours.
  if (e.home && e.sizes.size() == e.home->count()) e.home->setSizes(e.sizes);
  window->removeEventFilter(this);
  window->hide();
  window->deleteLater();
}

bool Panels::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Close) putBack(object->property("panel").toString());
  return QObject::eventFilter(object, event);
}

void Panels::showAll() {
  for (const QString& id : order_) {
    putBack(id);
    entries_[id].toggle->setChecked(true);
  }
}

QStringList Panels::hidden() const {
  QStringList ids;
  for (const QString& id : order_)
    if (!entries_[id].toggle->isChecked()) ids << id;
  return ids;
}

void Panels::setHidden(const QStringList& ids) {
  for (const QString& id : order_) entries_[id].toggle->setChecked(!ids.contains(id));
}

}  // namespace vitrine
