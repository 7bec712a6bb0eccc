#pragma once

#include <QToolButton>
#include <vector>

class QListWidget;

namespace vitrine {

/// A button that opens a list of columns to check, some at least and some at most.
class ColumnChooser : public QToolButton {
  Q_OBJECT
 public:
  ColumnChooser(int least, int most, QWidget* parent = nullptr);

  /// `ids` are handed back; `names` are shown.
  void setColumns(const std::vector<int>& ids, const QStringList& names, const std::vector<int>& chosen);
  void setChosen(const std::vector<int>& ids);
  const std::vector<int>& chosen() const { return chosen_; }

 signals:
  void chosenChanged();

 private:
  void refresh();
  void onItem(int row, bool checked);
  int least_, most_;
  std::vector<int> ids_, chosen_;  ///< chosen in the order of the list
  QListWidget* list_;
};

}  // namespace vitrine
