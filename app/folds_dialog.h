#pragma once

#include <QDialog>
#include <thread>

#include "core/train/folds.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QSpinBox;
class QTableWidget;

namespace vitrine {

class FoldsView;
struct FoldsData;

/// k-fold cross-validation of the network as it stands: each fold's value, their mean and deviation. Trains networks of its own on
/// a thread of its own, leaves the open run alone, and stops when the dialog goes.
class FoldsDialog : public QDialog {
  Q_OBJECT
 public:
  FoldsDialog(Graph graph, DatasetPtr data, const TrainSettings& settings, int threads, QWidget* parent = nullptr);
  ~FoldsDialog() override;
  const std::vector<FoldResult>& results() const { return results_; }

 private:
  void start();
  void stop();
  void take(const FoldResult& result);
  void finish(const Result<FoldsReport>& report, bool stopped);
  void refresh();
  void fillTable(const FoldsData& shown);
  void setRunning(bool running);

  const Graph graph_;
  const DatasetPtr data_;
  const TrainSettings settings_;
  const int threads_;
  QSpinBox *folds_, *epochs_, *seed_;
  QPushButton *start_, *cancel_;
  QProgressBar* progress_;
  QLabel* text_;
  FoldsView* view_;
  QTableWidget* table_;
  int planned_ = 0;
  std::vector<FoldResult> results_;
  std::jthread worker_;
};

}  // namespace vitrine
