#include "app/panels.h"

#include <QAction>
#include <QBoxLayout>
#include <QEvent>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>
#include <algorithm>

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
  if (e.home) {
    if (!sizes_.contains(e.home)) sizes_.insert(e.home, e.home->sizes());
    e.stub = makeStub(id);
  }
  auto* window = new QWidget(e.home ? e.home->window() : nullptr, Qt::Window);
  window->setObjectName(QStringLiteral("window_") + id);
  window->setProperty("panel", id);
  window->setWindowTitle(e.panel->title());
  auto* layout = new QVBoxLayout(window);
  layout->setContentsMargins(6, 6, 6, 6);
  layout->addWidget(e.panel);
  if (e.stub) e.home->insertWidget(e.index, e.stub);
  e.panel->show();
  e.panel->setPoppedOut(true);
  e.window = window;
  window->installEventFilter(this);
  window->resize(size.expandedTo({480, 360}));
  window->show();
}

QWidget* Panels::makeStub(const QString& id) {
  const Entry& e = entries_[id];
  auto* stub = new QFrame;
  stub->setObjectName(QStringLiteral("poppedOut_") + id);
  stub->setProperty("panel", true);
  const bool across = e.home->orientation() == Qt::Horizontal;
  auto* layout = new QBoxLayout(across ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight, stub);
  layout->setContentsMargins(12, 6, 12, 6);
  auto* text = new QLabel(tr("%1: in a window of its own").arg(e.panel->title()));
  text->setProperty("role", QStringLiteral("secondary"));
  text->setWordWrap(true);
  auto* back = new QToolButton;
  back->setObjectName(QStringLiteral("putBack_") + id);
  back->setText(tr("put back"));
  back->setToolTip(tr("Brings the panel back to its place here"));
  back->setProperty("flat", true);
  connect(back, &QToolButton::clicked, this, [this, id] { putBack(id); });
  layout->addWidget(text, across ? 0 : 1);
  layout->addWidget(back);
  if (across) {
    layout->addStretch(1);
    stub->setMaximumWidth(130);
  } else {
    stub->setMaximumHeight(52);
  }
  return stub;
}

void Panels::putBack(const QString& id) {
  Entry& e = entries_[id];
  if (!e.window) return;
  QWidget* window = e.window;
  e.window = nullptr;
  e.panel->setPoppedOut(false);
  if (e.stub) {
    // Its own button may have been pressed.
    e.stub->setParent(nullptr);
    e.stub->deleteLater();
    e.stub = nullptr;
  }
  if (e.home) e.home->insertWidget(e.index, e.panel);
  e.panel->setVisible(e.available && e.toggle->isChecked());
  if (e.home) {
    // As large as it was, beside the same neighbours.
    e.home->setSizes(sizes_.value(e.home));
    if (std::none_of(entries_.begin(), entries_.end(), [&](const Entry& other) { return other.home == e.home && other.window; })) sizes_.remove(e.home);
  }
  window->removeEventFilter(this);
  window->hide();
  window->deleteLater();
}

bool Panels::eventFilter(QObject* object, QEvent* event) {
  if (event->type() == QEvent::Close) putBack(object->property("panel").toString());
  return QObject::eventFilter(object, event);
}

void Panels::putAllBack() {
  for (const QString& id : order_) putBack(id);
}

void Panels::showAll() {
  putAllBack();
  for (const QString& id : order_) entries_[id].toggle->setChecked(true);
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
