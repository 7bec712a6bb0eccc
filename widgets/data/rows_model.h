#pragma once

#include <QAbstractTableModel>
#include <set>

#include "core/insight/sample_table.h"
#include "widgets/data/background.h"

namespace vitrine {

/// The rows of a data set for Qt's views: sample, part, targets, then the other columns. Order and choice of rows are a list of
/// row numbers, found on a thread of its own; cells are made when they are shown.
class RowsModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  explicit RowsModel(QObject* parent = nullptr);

  void setTable(SampleTablePtr table);
  const SampleTablePtr& table() const { return table_; }
  void setFilter(RowFilter filter);
  const RowFilter& filter() const { return filter_; }
  /// Samples that are marked.
  void setPinned(const std::vector<std::int32_t>& samples);

  /// The table's row behind a shown one, and the other way round (-1: not shown).
  std::int32_t rowAt(int shown) const { return rows_[static_cast<std::size_t>(shown)]; }
  int shownAt(std::int32_t row) const { return places_[static_cast<std::size_t>(row)]; }
  std::int32_t sampleAt(int shown) const { return table_->samples[static_cast<std::size_t>(rowAt(shown))]; }
  /// The table's column behind a shown one; negative: see RowOrder.
  int columnAt(int section) const { return columns_[static_cast<std::size_t>(section)]; }
  bool isBusy() const { return work_.isBusy(); }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;
  void sort(int column, Qt::SortOrder order) override;

 signals:
  /// Other rows are shown, or in another order.
  void arranged();

 private:
  void arrange();
  QString text(std::int32_t row, int column) const;

  SampleTablePtr table_;
  std::vector<int> columns_;
  std::vector<std::int32_t> rows_;    ///< the table's row of each shown one
  std::vector<std::int32_t> places_;  ///< the other way round, by the table's rows; -1: not shown
  std::set<std::int32_t> pinned_;
  RowFilter filter_;
  RowOrder order_;
  Background work_;
};

}  // namespace vitrine
