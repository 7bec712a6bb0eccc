#include "widgets/data/rows_model.h"

#include <QFont>
#include <QLocale>
#include <algorithm>
#include <numeric>

#include "widgets/data/chart.h"
#include "widgets/figure/paint.h"
#include "widgets/theme/theme.h"

namespace vitrine {

RowsModel::RowsModel(QObject* parent) : QAbstractTableModel(parent) {}

void RowsModel::setTable(SampleTablePtr table) {
  work_.cancel();
  beginResetModel();
  table_ = std::move(table);
  rows_.clear();
  columns_.clear();
  filter_ = {};
  order_ = {};
  if (table_) {
    columns_ = {RowOrder::BySample, RowOrder::ByPart};
    columns_.insert(columns_.end(), table_->targets.begin(), table_->targets.end());
    for (int c = 0; c < static_cast<int>(table_->table->columns.size()); ++c)
      if (std::find(table_->targets.begin(), table_->targets.end(), c) == table_->targets.end()) columns_.push_back(c);
    rows_.resize(static_cast<std::size_t>(table_->rows()));
    std::iota(rows_.begin(), rows_.end(), 0);
  }
  places_ = rows_;
  endResetModel();
  emit arranged();
}

void RowsModel::setFilter(RowFilter filter) {
  filter_ = std::move(filter);
  filter_.contains = [](std::string_view whole, std::string_view part) {
    return QString::fromUtf8(whole.data(), static_cast<qsizetype>(whole.size())).contains(QString::fromUtf8(part.data(), static_cast<qsizetype>(part.size())), Qt::CaseInsensitive);
  };
  arrange();
}

void RowsModel::setPinned(const std::vector<std::int32_t>& samples) {
  pinned_ = {samples.begin(), samples.end()};
  if (!rows_.empty()) emit dataChanged(index(0, 0), index(rowCount() - 1, 0));
}

void RowsModel::arrange() {
  if (!table_) return;
  work_.run([this, table = table_, filter = filter_, order = order_](std::stop_token stop, const auto&) {
    auto rows = std::make_shared<std::vector<std::int32_t>>(arrangeRows(*table, filter, order, stop));
    auto places = std::make_shared<std::vector<std::int32_t>>(static_cast<std::size_t>(table->rows()), -1);
    for (std::size_t i = 0; i < rows->size(); ++i) (*places)[static_cast<std::size_t>((*rows)[i])] = static_cast<std::int32_t>(i);
    return [this, rows, places] {
      beginResetModel();
      rows_ = std::move(*rows);
      places_ = std::move(*places);
      endResetModel();
      emit arranged();
    };
  });
}

int RowsModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int RowsModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(columns_.size()); }

QString RowsModel::text(std::int32_t row, int column) const {
  const std::size_t r = static_cast<std::size_t>(row);
  if (column == RowOrder::BySample) return table_->samples[r] < 0 ? QStringLiteral("–") : QLocale().toString(table_->samples[r]);
  if (column == RowOrder::ByPart) return partName(table_->parts[r]);
  const Column& c = table_->column(column);
  if (c.isMissing(row)) return QStringLiteral("–");
  if (c.kind == ColumnKind::Number) return numberText(c.numbers[r], c.single ? 7 : 15);
  return QString::fromStdString(c.text(row));
}

QVariant RowsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !table_) return {};
  const std::int32_t row = rowAt(index.row());
  const int column = columnAt(index.column());
  const bool pinned = column == RowOrder::BySample && pinned_.count(table_->samples[static_cast<std::size_t>(row)]) > 0;
  const bool missing = column >= 0 && table_->column(column).isMissing(row);
  if (role == Qt::DisplayRole) return pinned ? QStringLiteral("● ") + text(row, column) : text(row, column);
  if (role == Qt::TextAlignmentRole) {
    const bool number = column == RowOrder::BySample || (column >= 0 && table_->column(column).kind == ColumnKind::Number);
    return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (role == Qt::ForegroundRole) {
    if (pinned) return theme().accent;
    if (missing || column < 0) return theme().secondary;
  }
  if (role == Qt::ToolTipRole) {
    if (pinned) return tr("Pinned: watched in Train and Explain");
    if (missing) return tr("Missing");
    if (column == RowOrder::BySample && table_->samples[static_cast<std::size_t>(row)] < 0) return tr("No sample was made of this row: see File → Preparation… for why rows are left out");
    if (column >= 0 && table_->column(column).kind != ColumnKind::Number) return text(row, column);
  }
  return {};
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (!table_ || (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::ForegroundRole && role != Qt::TextAlignmentRole)) return {};
  if (orientation == Qt::Vertical) return role == Qt::DisplayRole && section < rowCount() ? QLocale().toString(qlonglong(table_->table->line(rowAt(section)))) : QVariant();
  const int column = columnAt(section);
  const bool target = std::find(table_->targets.begin(), table_->targets.end(), column) != table_->targets.end();
  if (role == Qt::ForegroundRole) return target ? QVariant(theme().accent) : QVariant();
  if (role == Qt::TextAlignmentRole) {
    const bool number = column == RowOrder::BySample || (column >= 0 && table_->column(column).kind == ColumnKind::Number);
    return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  }
  if (column == RowOrder::BySample) return role == Qt::DisplayRole ? tr("sample") : tr("Number of the sample, from 0 on. A click sorts, a third one unsorts.");
  if (column == RowOrder::ByPart) return role == Qt::DisplayRole ? tr("part") : tr("What the row is used for: training, validation or test");
  const QString name = QString::fromStdString(table_->column(column).name);
  if (role == Qt::DisplayRole) return name;
  return target ? tr("%1: the target. A click sorts.").arg(name) : tr("%1. A click sorts and shows the column's distribution.").arg(name);
}

void RowsModel::sort(int column, Qt::SortOrder order) {
  const RowOrder wanted{column >= 0 && column < columnCount() ? columnAt(column) : RowOrder::None, order == Qt::DescendingOrder};
  if (!table_ || wanted == order_ || (wanted.column == RowOrder::None && order_.column == RowOrder::None)) return;
  order_ = wanted;
  arrange();
}

}  // namespace vitrine
