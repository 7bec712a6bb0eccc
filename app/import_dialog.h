#pragma once

#include <vector>

#include "app/import_base.h"
#include "core/data/open.h"

class QComboBox;
class QLineEdit;
class QSpinBox;

namespace vitrine {

class ColumnsView;
class RecipeForm;
class StepsEditor;
class TableModel;

/// How a table's file becomes a data set: as it is read, what each column is for, how it is split and prepared. Reads and
/// prepares on a thread of its own after every change, and says what would come of it; a change can be undone.
class ImportDialog : public ImportBase {
  Q_OBJECT
 public:
  /// A file, by the usual recipe.
  explicit ImportDialog(const QString& path, QWidget* parent = nullptr);
  /// A data set made of a table: its recipe is to be changed.
  explicit ImportDialog(DatasetPtr data, QWidget* parent = nullptr);

 private:
  enum class Again { Prepare, Kinds, Format };
  struct Outcome {
    std::optional<TableFile> file;  ///< when it was read again
    Result<DatasetPtr> data = DatasetPtr();
    std::vector<Finding> findings;
    std::vector<Stage> stages;
  };

  void build();
  QWidget* buildFormat();
  void connectParts();
  /// A new recipe, one step of undo.
  void change(Recipe recipe, Again again);
  void setRole(int column, Role role, bool also);
  void changeFormat();
  void travel(int by) override;
  void refresh(Again again);
  void finish(const Outcome& outcome);
  void showRecipe();
  void showEncodings();
  QString summary(const Dataset& data) const;

  QString path_;
  Source source_;
  std::shared_ptr<const std::string> bytes_;
  std::optional<TableFile> file_;
  Recipe recipe_;
  bool stepsTouched_ = false;

  QComboBox *encoding_, *separator_, *decimal_, *thousands_, *header_, *comment_;
  QSpinBox* skip_;
  QLineEdit* missing_;
  TableModel* preview_;
  ColumnsView* columns_;
  RecipeForm* form_;
  StepsEditor* steps_;
};

}  // namespace vitrine
