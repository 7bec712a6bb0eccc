#pragma once

#include <QDialog>
#include <utility>

#include "app/recipe_past.h"
#include "core/data/prepare.h"
#include "widgets/data/background.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace vitrine {

/// What the dialogs that make data sets of files have in common: tabs beside what is shown, a message, a warning, progress and
/// buttons below, the keys of undo, and reading and preparing on a thread, where a newer piece stops the older.
class ImportBase : public QDialog {
  Q_OBJECT
 public:
  /// What was made of it; requires that the dialog was accepted.
  const DatasetPtr& data() const { return data_; }

 protected:
  explicit ImportBase(QWidget* parent) : QDialog(parent) {}

  /// As large as wanted, and as the screen has room for with the window's frame.
  void fit(QSize wanted);
  /// `above` may be null; `widths` are those of `shown` and the tabs.
  void layOut(QWidget* above, QWidget* shown, const QList<std::pair<QWidget*, QString>>& tabs, const QList<int>& widths);
  /// One step of undo (-1) or redo (1).
  virtual void travel(int by) = 0;
  void start(bool reads, Background::Work work);
  /// The recipe that reading has come to, as the first one or in the place of the one it began with.
  void settle(const Recipe& recipe);
  void showFault(const Error& error);
  void showData(DatasetPtr data, const QString& summary, const std::vector<Finding>& findings);

  RecipePast past_;
  bool begun_ = false;  ///< a recipe is there to go back to
  DatasetPtr data_;

 private:
  void tell(QLabel* label, const QString& text, const QColor& ink);

  QLabel *message_ = nullptr, *warning_ = nullptr;
  QProgressBar* progress_ = nullptr;
  QPushButton* use_ = nullptr;
  Background work_;
};

}  // namespace vitrine
