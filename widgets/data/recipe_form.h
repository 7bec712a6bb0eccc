#pragma once

#include <QWidget>

#include "core/data/recipe.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QSpinBox;

namespace vitrine {

/// What kind of prediction it is, how rows are split, whether rows are cut into series, and whether classes are evened.
class RecipeForm : public QWidget {
  Q_OBJECT
 public:
  explicit RecipeForm(QWidget* parent = nullptr);
  void setRecipe(const Recipe& recipe);
  /// Images and arrays of series: no columns to split by and no windows to cut. `given`: the file tells its own parts.
  void showForImages(bool given);

 signals:
  /// The recipe with these parts changed; columns, format and steps as they were given.
  void changed(const vitrine::Recipe& recipe);

 private:
  void tell();
  void showWanted();

  Recipe recipe_;
  bool showing_ = false;
  QComboBox *task_, *mode_, *series_, *balance_;
  QSpinBox *validation_, *test_, *seed_, *folds_, *fold_, *length_, *stride_, *horizon_;
  QCheckBox* stratify_;
  QWidget* seriesBox_;
  std::vector<std::pair<QWidget*, std::vector<QString>>> onlyFor_;  ///< rows shown in some modes only
};

}  // namespace vitrine
