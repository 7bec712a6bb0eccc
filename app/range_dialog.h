#pragma once

#include <QDialog>
#include <thread>

#include "core/train/range_test.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace vitrine {

class CurvePlot;

/// Learning-rate range test: loss against rate, with a suggestion to take over. Runs on a copy of the weights, on a thread
/// of its own, and stops when the dialog goes.
class RangeDialog : public QDialog {
  Q_OBJECT
 public:
  RangeDialog(std::shared_ptr<const Snapshot> snapshot, const TrainSettings& settings, int threads, QWidget* parent = nullptr);
  ~RangeDialog() override;
  /// What was suggested and accepted; 0: nothing.
  double chosenRate() const { return chosen_; }

 private:
  void show(const RangeTest& test);

  CurvePlot* curve_;
  QLabel* text_;
  QProgressBar* progress_;
  QPushButton* use_;
  double suggested_ = 0, chosen_ = 0;
  std::jthread worker_;
};

}  // namespace vitrine
