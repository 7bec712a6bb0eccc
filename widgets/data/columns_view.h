#pragma once

#include <QTableView>

#include "core/data/recipe.h"
#include "core/data/summary.h"

namespace vitrine {

/// A recipe's columns, a line each: name, kind and role (to be chosen), missing cells, different values, distribution.
class ColumnsView : public QTableView {
  Q_OBJECT
 public:
  explicit ColumnsView(QWidget* parent = nullptr);
  void setColumns(TablePtr table, std::vector<ColumnPlan> columns);
  static QString kindName(ColumnKind kind);
  static QString roleName(Role role);

 signals:
  void kindChosen(int column, vitrine::ColumnKind kind);
  /// `also`: beside the targets there are, not in their place.
  void roleChosen(int column, vitrine::Role role, bool also);
  void oddChosen(int column, bool asMissing);
  /// Cells as "NA" are missing, or values like others.
  void marksChosen(int column, bool missing);

 private:
  class Model;
  Model* model_;
};

}  // namespace vitrine
