#include "widgets/data/table_model.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/paint.h"
#include "widgets/theme/theme.h"

namespace vitrine {

void TableModel::setTable(TablePtr table) {
  beginResetModel();
  table_ = std::move(table);
  sortColumn_ = -1;
  arrange();
  endResetModel();
}

void TableModel::setFilter(const QString& text) {
  beginResetModel();
  filter_ = text;
  arrange();
  endResetModel();
}

void TableModel::arrange() {
  rows_.clear();
  if (!table_) return;
  const std::int32_t n = static_cast<std::int32_t>(table_->rows());
  const std::string wanted = filter_.toStdString();
  rows_.reserve(static_cast<std::size_t>(n));
  // A text's categories are looked through once, not in every row.
  std::vector<std::vector<bool>> hits(table_->columns.size());
  for (std::size_t c = 0; c < hits.size(); ++c)
    for (const std::string& name : table_->columns[c].names) hits[c].push_back(QString::fromStdString(name).contains(filter_, Qt::CaseInsensitive));
  for (std::int32_t r = 0; r < n; ++r) {
    bool shown = wanted.empty();
    for (std::size_t c = 0; !shown && c < hits.size(); ++c) {
      const Column& column = table_->columns[c];
      const bool names = column.kind == ColumnKind::Category || column.kind == ColumnKind::Text;
      const std::int32_t code = names ? column.codes[static_cast<std::size_t>(r)] : -1;
      shown = names ? code >= 0 && hits[c][static_cast<std::size_t>(code)] : column.text(r).find(wanted) != std::string::npos;
    }
    if (shown) rows_.push_back(r);
  }
  if (sortColumn_ < 0) return;
  const Column& by = table_->columns[static_cast<std::size_t>(sortColumn_)];
  const bool up = sortOrder_ == Qt::AscendingOrder;
  // What is missing stands last, whichever way.
  std::stable_sort(rows_.begin(), rows_.end(), [&](std::int32_t a, std::int32_t b) {
    const double x = by.value(a), y = by.value(b);
    if (std::isnan(x) || std::isnan(y)) return !std::isnan(x) && std::isnan(y);
    return up ? x < y : y < x;
  });
}

int TableModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int TableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() || !table_ ? 0 : static_cast<int>(table_->columns.size()); }

QVariant TableModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !table_) return {};
  const Column& column = table_->columns[static_cast<std::size_t>(index.column())];
  const std::int32_t row = rowAt(index.row());
  if (role == Qt::DisplayRole) {
    if (column.isMissing(row)) return QStringLiteral("–");
    if (column.kind == ColumnKind::Number) return numberText(column.numbers[static_cast<std::size_t>(row)], column.single ? 7 : 15);
    return QString::fromStdString(column.text(row));
  }
  if (role == Qt::TextAlignmentRole && column.kind == ColumnKind::Number) return int(Qt::AlignRight | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole && column.isMissing(row)) return theme().secondary;
  if (role == Qt::ToolTipRole && column.isMissing(row)) return tr("Missing");
  return {};
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (!table_ || (role != Qt::DisplayRole && role != Qt::ToolTipRole)) return {};
  if (orientation == Qt::Horizontal) return QString::fromStdString(table_->columns[static_cast<std::size_t>(section)].name);
  return QLocale().toString(qlonglong(table_->line(rowAt(section))));
}

void TableModel::sort(int column, Qt::SortOrder order) {
  if (!table_) return;
  beginResetModel();
  sortColumn_ = column < columnCount() ? column : -1;
  sortOrder_ = order;
  arrange();
  endResetModel();
}

}  // namespace vitrine
