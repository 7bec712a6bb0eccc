#pragma once

#include "app/import_base.h"
#include "core/data/image_set.h"

namespace vitrine {

class ParamForm;
class RecipeForm;
class SamplePreview;

/// How images (or arrays of series) become a data set: size, scaling, augmentation and split, with some of them shown as they are
/// and as training would see them. Reads and prepares on a thread of its own; a change can be undone.
class ImageImportDialog : public ImportBase {
  Q_OBJECT
 public:
  /// A file or a folder, by the usual recipe.
  explicit ImageImportDialog(const QString& path, QWidget* parent = nullptr);
  /// A data set made of images: its recipe is to be changed.
  explicit ImageImportDialog(DatasetPtr data, QWidget* parent = nullptr);

 private:
  struct Outcome {
    ImageSetPtr set;  ///< when it was read again
    Recipe recipe;
    Result<DatasetPtr> data = DatasetPtr();
    std::vector<Finding> findings;
  };
  void build();
  void change(Recipe recipe);
  void travel(int by) override;
  void refresh(bool read);
  void finish(const Outcome& outcome);
  void showRecipe();
  void showSamples();
  QString summary(const Dataset& data) const;

  QString path_;
  ImageSetPtr set_;

  SamplePreview* preview_;
  RecipeForm* form_;
  ParamForm* images_;
};

}  // namespace vitrine
