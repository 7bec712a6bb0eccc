#include "widgets/data/column_chooser.h"

#include <QListWidget>
#include <QLocale>
#include <QMenu>
#include <QSignalBlocker>
#include <QWidgetAction>
#include <algorithm>

namespace vitrine {

ColumnChooser::ColumnChooser(int least, int most, QWidget* parent) : QToolButton(parent), least_(least), most_(most), list_(new QListWidget) {
  setPopupMode(InstantPopup);
  setText(tr("Columns…"));
  list_->setFrameShape(QFrame::NoFrame);
  list_->setAccessibleName(tr("Columns to show"));
  list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  list_->setTextElideMode(Qt::ElideMiddle);
  auto* menu = new QMenu(this);
  auto* action = new QWidgetAction(menu);
  action->setDefaultWidget(list_);
  menu->addAction(action);
  setMenu(menu);
  connect(menu, &QMenu::aboutToShow, list_, [this] { list_->setFocus(); });
  connect(list_, &QListWidget::itemChanged, this, [this](QListWidgetItem* item) { onItem(list_->row(item), item->checkState() == Qt::Checked); });
}

void ColumnChooser::setColumns(const std::vector<int>& ids, const QStringList& names, const std::vector<int>& chosen) {
  ids_ = ids;
  const QSignalBlocker quiet(list_);
  list_->clear();
  int width = 120;
  for (const QString& name : names) {
    auto* item = new QListWidgetItem(name, list_);
    item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
    item->setToolTip(name);
    width = std::max(width, fontMetrics().horizontalAdvance(name));
  }
  list_->setMinimumWidth(std::min(320, width + 60));
  const int line = std::max(20, list_->sizeHintForRow(0));
  list_->setFixedHeight(static_cast<int>(std::clamp<qsizetype>(names.size(), 2, 14)) * line + 6);
  setChosen(chosen);
}

void ColumnChooser::setChosen(const std::vector<int>& ids) {
  chosen_.clear();
  for (const int id : ids_)
    if (std::find(ids.begin(), ids.end(), id) != ids.end() && static_cast<int>(chosen_.size()) < most_) chosen_.push_back(id);
  refresh();
}

void ColumnChooser::refresh() {
  const QSignalBlocker quiet(list_);
  for (int i = 0; i < list_->count(); ++i) {
    const bool on = std::find(chosen_.begin(), chosen_.end(), ids_[static_cast<std::size_t>(i)]) != chosen_.end();
    list_->item(i)->setCheckState(on ? Qt::Checked : Qt::Unchecked);
    // What cannot be changed now is grey: the last ones needed, and more than there is room for.
    const bool may = on ? static_cast<int>(chosen_.size()) > least_ : static_cast<int>(chosen_.size()) < most_;
    list_->item(i)->setFlags(may ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable : Qt::ItemIsSelectable);
  }
  setText(tr("Columns: %1").arg(QLocale().toString(qulonglong(chosen_.size()))));
}

void ColumnChooser::onItem(int row, bool checked) {
  std::vector<int> wanted = chosen_;
  const int id = ids_[static_cast<std::size_t>(row)];
  std::erase(wanted, id);
  if (checked) wanted.push_back(id);
  const int n = static_cast<int>(wanted.size());
  if (n < least_ || n > most_) return refresh();
  setChosen(wanted);
  emit chosenChanged();
}

}  // namespace vitrine
