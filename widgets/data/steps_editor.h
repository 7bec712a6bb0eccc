#pragma once

#include <QWidget>

#include "core/data/prepare.h"

class QComboBox;
class QLabel;
class QListWidget;
class QToolButton;

namespace vitrine {

class BeforeAfter;
class ParamForm;

/// The list of preparation steps: added, taken away, moved, set.
class StepsEditor : public QWidget {
  Q_OBJECT
 public:
  explicit StepsEditor(QWidget* parent = nullptr);
  /// `columns`: the features there are before the first step.
  void setSteps(const std::vector<StepPlan>& steps, const QStringList& columns);
  /// What the steps learned from the training rows, and the features before the first and after each; empty while that is
  /// not known.
  void setFitted(const std::vector<std::shared_ptr<const FittedStep>>& fitted, const std::vector<Stage>& stages);

 signals:
  void changed(const std::vector<vitrine::StepPlan>& steps);

 private:
  void showStep();
  void showChange();
  QStringList columnsBefore(int step) const;
  void change(std::vector<StepPlan> steps, int current);

  std::vector<StepPlan> steps_;
  std::vector<std::shared_ptr<const FittedStep>> fitted_;
  QListWidget* list_;
  ParamForm* form_;
  std::vector<Stage> stages_;
  QStringList columns_;
  QComboBox* shown_;
  BeforeAfter* change_;
  QLabel *help_, *learned_;
  QToolButton *remove_, *up_, *down_;
};

}  // namespace vitrine
