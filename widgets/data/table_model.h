#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/data/table.h"

namespace vitrine {

/// A table for Qt's views. Order and selection of rows are a list of row numbers; cells are made when they are shown.
class TableModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  using QAbstractTableModel::QAbstractTableModel;
  void setTable(TablePtr table);
  const TablePtr& table() const { return table_; }
  /// The table's row behind a shown one.
  std::int32_t rowAt(int shown) const { return rows_[static_cast<std::size_t>(shown)]; }
  /// Only rows in which some cell contains the text; empty: all.
  void setFilter(const QString& text);

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
  void sort(int column, Qt::SortOrder order) override;

 private:
  void arrange();

  TablePtr table_;
  std::vector<std::int32_t> rows_;
  QString filter_;
  int sortColumn_ = -1;
  Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
};

}  // namespace vitrine
