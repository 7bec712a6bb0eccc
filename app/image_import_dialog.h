#pragma once

#include <QDialog>
#include <thread>

#include "app/recipe_past.h"
#include "core/data/image_set.h"
#include "core/data/prepare.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace vitrine {

class ParamForm;
class RecipeForm;
class SamplePreview;

/// How images (or arrays of series) become a data set: size, scaling, augmentation and split, with some of them shown as they are
/// and as training would see them. Reads and prepares on a thread of its own; a change can be undone.
class ImageImportDialog : public QDialog {
  Q_OBJECT
 public:
  /// A file or a folder, by the usual recipe.
  explicit ImageImportDialog(const QString& path, QWidget* parent = nullptr);
  /// A data set made of images: its recipe is to be changed.
  explicit ImageImportDialog(DatasetPtr data, QWidget* parent = nullptr);
  ~ImageImportDialog() override;

  /// What was made of it; requires that the dialog was accepted.
  const DatasetPtr& data() const { return data_; }

 private:
  struct Outcome {
    ImageSetPtr set;  ///< when it was read again
    Recipe recipe;
    Result<DatasetPtr> data = DatasetPtr();
    std::vector<Finding> findings;
  };
  void build();
  void change(Recipe recipe);
  void travel(int by);
  void refresh(bool read);
  void finish(const Outcome& outcome);
  void showRecipe();
  void showSamples();
  QString summary() const;

  QString path_;
  ImageSetPtr set_;
  RecipePast past_;
  bool begun_ = false;
  DatasetPtr data_;
  std::uint64_t serial_ = 0;

  SamplePreview* preview_;
  RecipeForm* form_;
  ParamForm* images_;
  QLabel *message_, *warning_;
  QProgressBar* progress_;
  QPushButton* use_;
  std::jthread worker_;
};

}  // namespace vitrine
