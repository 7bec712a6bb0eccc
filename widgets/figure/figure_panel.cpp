#include "widgets/figure/figure_panel.h"

#include <QApplication>
#include <QContextMenuEvent>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/figure/figure_export.h"

namespace vitrine {
namespace {

/// A label that gives way: its text is elided by the layout's squeeze instead of widening the window.
QLabel* headLabel(const QString& text, const char* role, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("role", QLatin1String(role));
  label->setTextFormat(Qt::PlainText);
  label->setMinimumWidth(20);
  return label;
}

void setSmall(QLabel* label) { label->setFont(theme().font(-1)); }

}  // namespace

FigurePanel::FigurePanel(const QString& title, QWidget* content, Figure* figure, QWidget* parent)
    : QFrame(parent),
      titleText_(title),
      title_(headLabel(title, "title", this)),
      side_(headLabel({}, "secondary", this)),
      placeholder_(headLabel({}, "secondary", this)),
      cancel_(new QToolButton(this)),
      head_(new QWidget(this)),
      header_(new QHBoxLayout),
      tools_(new QHBoxLayout),
      layout_(new QVBoxLayout(this)),
      content_(content),
      figure_(figure) {
  setObjectName(QStringLiteral("figurePanel"));
  setAccessibleName(title);
  setFocusPolicy(Qt::StrongFocus);
  layout_->setContentsMargins(12, 8, 12, 10);
  layout_->setSpacing(6);
  header_->setSpacing(8);
  header_->addWidget(title_, 1);
  header_->addWidget(side_);
  header_->addWidget(cancel_);
  tools_->setSpacing(8);
  tools_->addStretch(1);
  cancel_->setObjectName(QStringLiteral("panelCancel"));
  cancel_->setText(tr("Cancel"));
  cancel_->setToolTip(tr("Stops computing (Esc); what is there stays"));
  cancel_->setProperty("flat", true);
  cancel_->hide();
  connect(cancel_, &QToolButton::clicked, this, &FigurePanel::cancelRequested);
  // Its controls must not keep the panel from getting narrow: fitHeader() sees to them.
  head_->setMinimumWidth(60);
  auto* lines = new QVBoxLayout(head_);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(4);
  lines->addLayout(header_);
  lines->addLayout(tools_);
  layout_->addWidget(head_);
  layout_->addWidget(content_, 1);
  layout_->addWidget(placeholder_, 1);
  side_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
  side_->hide();
  setSmall(side_);
  placeholder_->setAlignment(Qt::AlignCenter);
  placeholder_->setWordWrap(true);
  placeholder_->hide();
  connect(themeSignal(), &ThemeSignal::changed, this, [this] {
    setSmall(side_);
    fitHeader();
  });
  connect(qApp, &QApplication::focusChanged, this, [this](QWidget* old, QWidget* now) {
    const auto inside = [this](QWidget* w) { return w && (w == this || isAncestorOf(w)); };
    if (inside(old) != inside(now)) update();
  });
}

void FigurePanel::setTitle(const QString& title) {
  if (titleText_ == title) return;
  titleText_ = title;
  setAccessibleName(title);
  fitHeader();
}

QString FigurePanel::title() const { return titleText_; }

void FigurePanel::setSideText(const QString& text) {
  if (sideText_ == text) return;
  sideText_ = text;
  showSide();
}

void FigurePanel::showSide() {
  side_->setText(isWorking() ? work_ : sideText_);
  fitHeader();
}

void FigurePanel::setProgress(double share, const QString& what) {
  if (share < 0 && !isWorking()) return;
  share_ = share;
  work_ = what;
  showSide();
  update();
}

void FigurePanel::addHeaderWidget(QWidget* widget) {
  header_->addWidget(widget);
  controls_ << widget;
  fitHeader();
}

void FigurePanel::fitHeader() {
  const QMargins margins = layout_->contentsMargins();
  double room = width() - margins.left() - margins.right() - title_->fontMetrics().horizontalAdvance(titleText_) - 4;
  // Without it long work could not be stopped: it comes first, and the title gives way to it. Its room is kept, so that the controls
  // need not move when work begins.
  cancel_->setVisible(isWorking());
  const int taken = isWorking() ? cancel_->sizeHint().width() + header_->spacing() : 0;
  double needed = 0;
  for (const QWidget* w : controls_) needed += w->sizeHint().width() + header_->spacing();
  const bool below = needed > room - cancel_->sizeHint().width() - header_->spacing();
  QHBoxLayout* const home = below ? tools_ : header_;
  for (QWidget* w : controls_) {
    if (home->indexOf(w) >= 0) continue;
    (below ? header_ : tools_)->removeWidget(w);
    home->addWidget(w);
  }
  double line = below ? width() - margins.left() - margins.right() : needed;
  for (auto it = controls_.rbegin(); it != controls_.rend(); ++it) {
    line -= (below ? (*it)->minimumSizeHint().width() : (*it)->sizeHint().width()) + header_->spacing();
    (*it)->setVisible(line >= -header_->spacing());
  }
  room -= taken + (below ? 0 : needed);
  side_->setVisible(!side_->text().isEmpty() && side_->sizeHint().width() + header_->spacing() <= room);
  const int whole = title_->fontMetrics().horizontalAdvance(titleText_);
  const int wide = width() - margins.left() - margins.right() - taken;
  title_->setText(whole > wide ? title_->fontMetrics().elidedText(titleText_, Qt::ElideRight, wide) : titleText_);
}

void FigurePanel::resizeEvent(QResizeEvent* event) {
  QFrame::resizeEvent(event);
  fitHeader();
}

void FigurePanel::setPlaceholder(const QString& text) {
  placeholder_->setText(text);
  placeholder_->setVisible(!text.isEmpty());
  content_->setVisible(text.isEmpty());
}

FigurePanel* FigurePanel::focused() {
  for (QWidget* w = QApplication::focusWidget(); w; w = w->parentWidget())
    if (auto* panel = qobject_cast<FigurePanel*>(w)) return panel;
  return nullptr;
}

QMenu* FigurePanel::createMenu() {
  auto* menu = new QMenu(this);
  menu->setToolTipsVisible(true);
  const auto add = [&](const QString& text, const QString& tip, const char* name, auto&& act) {
    QAction* action = menu->addAction(text, this, act);
    action->setToolTip(tip);
    action->setObjectName(QLatin1String(name));
    return action;
  };
  if (figure_) {
    QAction* actions[] = {
        add(tr("Copy image"), tr("Puts the figure on the clipboard as a picture"), "copyImage",
            [this] { copyFigure(*figure_); }),
        add(tr("Copy data"), tr("Puts the plotted numbers on the clipboard, separated by tabs"), "copyData",
            [this] { copyFigureData(*figure_); }),
        add(tr("Export figure…"), tr("Writes PNG, SVG or PDF at a size in millimetres"), "exportFigure",
            [this] { emit exportRequested(figure_); }),
        add(tr("Data as CSV…"), tr("Writes the plotted numbers as a table"), "exportData",
            [this] { emit dataExportRequested(figure_); })};
    // Shown for the reader; the key itself is handled in keyPressEvent, so that a window's own Ctrl+E may have it first.
    actions[2]->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_E));
    actions[2]->setShortcutContext(Qt::WidgetShortcut);
    for (QAction* action : actions) action->setEnabled(!figure_->isEmpty());
    menu->addSeparator();
  }
  add(poppedOut_ ? tr("Put back") : tr("Pop out"), poppedOut_ ? tr("Brings this panel back to its place in the main window") : tr("Shows this panel in a window of its own"), "popOut",
      [this] { emit popOutRequested(); });
  if (canHide_) add(tr("Hide"), tr("Takes this panel away; the View menu brings it back"), "hide", [this] { emit hideRequested(); });
  return menu;
}

void FigurePanel::contextMenuEvent(QContextMenuEvent* event) {
  QMenu* menu = createMenu();
  menu->setAttribute(Qt::WA_DeleteOnClose);
  menu->popup(event->globalPos());
  event->accept();
}

void FigurePanel::keyPressEvent(QKeyEvent* event) {
  if (figure_ && event->key() == Qt::Key_E && event->modifiers() == Qt::ControlModifier && !figure_->isEmpty()) {
    emit exportRequested(figure_);
    event->accept();
    return;
  }
  if (isWorking() && event->key() == Qt::Key_Escape) return emit cancelRequested();
  QFrame::keyPressEvent(event);
}

void FigurePanel::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const QWidget* focus = QApplication::focusWidget();
  const bool inside = focus && (focus == this || isAncestorOf(focus));
  painter.setPen(QPen(inside ? theme().accent : theme().border, 1));
  painter.setBrush(theme().panel);
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
  if (!isWorking()) return;
  const QRect head = head_->geometry();
  const QRectF track(head.left(), head.bottom() + 2, head.width(), 3);
  painter.fillRect(track, theme().field);
  painter.fillRect(QRectF(track.left(), track.top(), std::clamp(share_, 0.0, 1.0) * track.width(), track.height()), theme().accent);
}

}  // namespace vitrine
