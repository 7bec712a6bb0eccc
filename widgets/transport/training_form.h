#pragma once

#include <QWidget>

#include "core/train/trainer.h"

class QComboBox;
class QLabel;

namespace vitrine {

class CurvePlot;
class ParamForm;

/// The learning rate's schedule, drawn as it will be, and the ends of a run: clipping, early stopping, limits.
class TrainingForm : public QWidget {
  Q_OBJECT
 public:
  explicit TrainingForm(QWidget* parent = nullptr);
  /// Shows these settings without telling edited().
  void setSettings(const TrainSettings& settings);

 signals:
  void edited(const vitrine::TrainSettings& settings);

 private:
  void draw();

  TrainSettings settings_;
  QComboBox* schedule_;
  ParamForm* scheduleForm_;
  CurvePlot* curve_;
  QLabel* help_;
  ParamForm* options_;
};

}  // namespace vitrine
