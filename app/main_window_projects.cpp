// Projects: opening and saving, and the bar that says that one's data are missing.
#include <QBuffer>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSettings>
#include <QToolButton>

#include "app/main_window.h"
#include "widgets/editor/category.h"

namespace vitrine {
namespace {

constexpr int kMostRecent = 8;

}  // namespace

QString MainWindow::lastFolder() { return QSettings().value(QStringLiteral("folder")).toString(); }
void MainWindow::setLastFolder(const QString& path) { QSettings().setValue(QStringLiteral("folder"), QFileInfo(path).absolutePath()); }

QWidget* MainWindow::buildMissingBar() {
  missingBar_ = makeBar(QStringLiteral("missingBar"));
  auto* row = new QHBoxLayout(missingBar_);
  row->setContentsMargins(10, 4, 4, 4);
  missingText_ = new QLabel;
  missingText_->setObjectName(QStringLiteral("missingText"));
  missingText_->setWordWrap(true);
  missingText_->setTextFormat(Qt::PlainText);
  missingText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  row->addWidget(missingText_, 1);
  const auto button = [&](const QString& name, const QString& text, const QString& tip) {
    auto* b = new QToolButton;
    b->setObjectName(name);
    b->setText(text);
    b->setToolTip(tip);
    row->addWidget(b);
    return b;
  };
  missingUse_ = button(QStringLiteral("missingUse"), tr("Use it anyway"), tr("Takes the file as the project's data, although the network was trained on another; its shape must fit"));
  QToolButton* locate = button(QStringLiteral("missingLocate"), tr("Locate…"), tr("Chooses the file that the network was trained on; its content (SHA-256) is compared"));
  connect(missingUse_, &QToolButton::clicked, &document_, [this] { document_.locateData(document_.otherData(), true); });
  connect(locate, &QToolButton::clicked, this, &MainWindow::locateData);
  return missingBar_;
}

void MainWindow::refreshMissing() {
  const MissingData* missing = document_.missing();
  missingBar_->setVisible(missing != nullptr);
  if (!missing) return;
  const QString other = document_.otherData();
  const bool chosen = !other.isEmpty() && other != fromCore(missing->changed.string());
  QString text = chosen            ? tr("%1 is not the file this network was trained on: its content is another.").arg(QFileInfo(other).fileName())
                 : !other.isEmpty() ? tr("%1 has changed since this network was trained on it.").arg(QFileInfo(other).fileName())
                 : missing->there   ? tr("The data of this project could not be read: %1.").arg(fromCore(missing->reason))
                                    : tr("The data of this project, %1, are not where they were.").arg(QFileInfo(fromCore(missing->source.path)).fileName());
  text += QLatin1Char(' ') + (missing->standIn ? tr("Network, weights and history are here; saving keeps them.") : tr("What it has learnt stays in the file; saving keeps it."));
  missingText_->setText(text);
  missingText_->setToolTip(fromCore(missing->reason));
  missingUse_->setVisible(!other.isEmpty());
}

bool MainWindow::mayLose() {
  if (!document_.isDirty()) return true;
  QMessageBox box(QMessageBox::Question, tr("Unsaved work"), tr("Save the changes to %1?").arg(document_.name()),
                  QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
  box.setObjectName(QStringLiteral("unsavedBox"));
  box.setInformativeText(tr("Otherwise the network's edits and what it has learnt are lost."));
  switch (box.exec()) {
    case QMessageBox::Save: return save();
    case QMessageBox::Discard: return true;
    default: return false;
  }
}

void MainWindow::chooseProject() {
  const QString path = QFileDialog::getOpenFileName(this, tr("Open project"), lastFolder(), tr("Vitrine projects (*.vitrine)"));
  if (path.isEmpty()) return;
  setLastFolder(path);
  openPath(path);
}

/// Whether the file that was opened may be written, should another program have replaced it meanwhile.
bool MainWindow::mayReplace(bool& elsewhere) {
  if (elsewhere || !document_.isFileOther()) return true;
  QMessageBox box(QMessageBox::Warning, tr("The file is another"), tr("%1 was changed by another program since it was opened.").arg(document_.name()), QMessageBox::Cancel, this);
  box.setObjectName(QStringLiteral("replacedBox"));
  box.setInformativeText(tr("Saving here overwrites what is in it now."));
  QPushButton* overwrite = box.addButton(tr("Overwrite"), QMessageBox::DestructiveRole);
  QPushButton* other = box.addButton(tr("Save as…"), QMessageBox::AcceptRole);
  overwrite->setObjectName(QStringLiteral("replacedOverwrite"));
  other->setObjectName(QStringLiteral("replacedSaveAs"));
  box.setDefaultButton(other);
  box.exec();
  elsewhere = box.clickedButton() == other;
  return elsewhere || box.clickedButton() == overwrite;
}

void MainWindow::locateData() {
  const MissingData* missing = document_.missing();
  if (!missing) return;
  const QString name = QFileInfo(fromCore(missing->source.path)).fileName(), folder = QFileInfo(document_.path()).absolutePath();
  const QString title = name.isEmpty() ? tr("Locate the project's data") : tr("Locate %1").arg(name);
  const bool isFolder = missing->source.kind == "folder" || (missing->source.kind == "cifar" && !name.endsWith(QStringLiteral(".bin")));
  const QString path = isFolder ? QFileDialog::getExistingDirectory(this, title, folder)
                                : QFileDialog::getOpenFileName(this, title, folder, tr("All files (*)"));
  if (!path.isEmpty()) document_.locateData(path);
}

bool MainWindow::save(bool elsewhere) {
  if (!mayReplace(elsewhere)) return false;
  QString path = document_.path();
  if (path.isEmpty() || elsewhere) {
    const QString proposed = path.isEmpty() ? lastFolder() + QLatin1Char('/') + document_.name() + QStringLiteral(".vitrine") : path;
    path = QFileDialog::getSaveFileName(this, tr("Save project"), proposed, tr("Vitrine projects (*.vitrine)"));
    if (path.isEmpty()) return false;
    if (!path.endsWith(QStringLiteral(".vitrine"))) path += QStringLiteral(".vitrine");
    setLastFolder(path);
  }
  QByteArray png;
  QBuffer buffer(&png);
  buffer.open(QIODevice::WriteOnly);
  grab().scaledToWidth(320, Qt::SmoothTransformation).save(&buffer, "PNG");
  if (!document_.save(path, arrangement(), png)) return false;
  remember(path);
  return true;
}

void MainWindow::remember(const QString& path) {
  QSettings settings;
  QStringList list = settings.value(QStringLiteral("recent")).toStringList();
  list.removeAll(path);
  list.prepend(path);
  settings.setValue(QStringLiteral("recent"), list.mid(0, kMostRecent));
  refreshRecent();
}

void MainWindow::refreshRecent() {
  recent_->clear();
  for (const QString& path : QSettings().value(QStringLiteral("recent")).toStringList()) {
    QAction* a = recent_->addAction(QFileInfo(path).fileName(), this, [this, path] { openPath(path); });
    a->setToolTip(path);
    a->setEnabled(QFileInfo::exists(path));
  }
  recent_->setEnabled(!recent_->isEmpty());
}

}  // namespace vitrine
