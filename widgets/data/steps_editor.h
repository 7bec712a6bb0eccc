#pragma once

#include <QWidget>

#include "core/data/dataset.h"

class QLabel;
class QListWidget;
class QToolButton;

namespace vitrine {

class ParamForm;

/// The list of preparation steps: added, taken away, moved, set.
class StepsEditor : public QWidget {
  Q_OBJECT
 public:
  explicit StepsEditor(QWidget* parent = nullptr);
  void setSteps(const std::vector<StepPlan>& steps);
  /// What the steps learned from the training rows; empty while that is not known.
  void setFitted(const std::vector<std::shared_ptr<const FittedStep>>& fitted);

 signals:
  void changed(const std::vector<vitrine::StepPlan>& steps);

 private:
  void showStep();
  void change(std::vector<StepPlan> steps, int current);

  std::vector<StepPlan> steps_;
  std::vector<std::shared_ptr<const FittedStep>> fitted_;
  QListWidget* list_;
  ParamForm* form_;
  QLabel *help_, *learned_;
  QToolButton *remove_, *up_, *down_;
};

}  // namespace vitrine
