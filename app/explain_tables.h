#pragma once

#include <array>
#include <QComboBox>
#include <QObject>
#include <map>

#include "app/explain_samples.h"
#include "app/explain_wall.h"
#include "app/job_queue.h"
#include "core/explain/table_importance.h"
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/set_charts.h"

namespace vitrine {

/// What a table's columns mean to the network: permutation importance, Shapley values over a set and of one row, and partial
/// dependence. For data that are tables only.
class ExplainTables : public QObject {
  Q_OBJECT
 public:
  explicit ExplainTables(QObject* parent = nullptr);

  BarsView* importance() { return importance_; }
  BeeswarmView* swarm() { return swarm_; }
  BarsView* bars() { return bars_; }
  DependenceView* dependence() { return dependence_; }
  WaterfallView* waterfall() { return waterfall_; }
  QComboBox* featureChoice() { return feature_; }
  /// Of "permutation-importance", "shap-summary", "partial-dependence" and, for the waterfall, "shapley".
  Params settings(const std::string& method) const;
  void setSettings(const std::string& method, const Params& settings);
  /// Computes only while it is seen.
  void setWanted(bool wanted);
  /// Null: nothing to show. Importance is the score's, whatever the target; the others follow target and (Shapley values) baseline.
  void show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample, const TargetChoice& target, const BaselineChoice& baseline);
  /// Says in place what was cancelled; again() takes it up.
  void tellStopped();
  void again();
  /// Of the set, of one row, of one feature, of the importance.
  std::array<JobQueue*, 4> queues() { return {&setQueue_, &rowQueue_, &featureQueue_, &importanceQueue_}; }

 private:
  void refresh();
  void refreshDependence();
  /// The chosen target for the chosen sample, or why there is none.
  Result<Target> target() const;
  JobQueue::Job importanceJob();
  JobQueue::Job summaryJob(const Target& target);
  JobQueue::Job waterfallJob(const Target& target);
  JobQueue::Job dependenceJob(int feature, const Target& target);
  void sayOfSet(const QString& text);
  void clear();

  BarsView *importance_, *bars_;
  BeeswarmView* swarm_;
  DependenceView* dependence_;
  WaterfallView* waterfall_;
  QComboBox* feature_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::optional<ExplainSample> sample_;
  TargetChoice target_;
  BaselineChoice baseline_;
  std::map<std::string, Params> settings_;
  bool wanted_ = false, stopped_ = false;
  std::string shownImportance_, shownSet_, shownRow_, shownFeature_;
  JobQueue importanceQueue_, setQueue_, rowQueue_, featureQueue_;
};

/// The smallest change found that makes another class of a sample.
class ExplainCounterfactual : public QObject {
  Q_OBJECT
 public:
  explicit ExplainCounterfactual(QObject* parent = nullptr);

  CounterfactualView* view() { return view_; }
  QComboBox* methodChoice() { return method_; }
  void setWanted(bool wanted);
  void show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample);
  /// Says in place that it was cancelled; again() takes it up.
  void tellStopped();
  void again();
  /// The chosen method with its settings; null: there is none.
  const ExplainerSpec* spec() const;
  Params settings() const;
  void setSettings(const Params& settings);
  JobQueue* queue() { return &queue_; }

 private:
  void refresh();

  CounterfactualView* view_;
  QComboBox* method_;
  Params settings_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::optional<ExplainSample> sample_;
  bool wanted_ = false, stopped_ = false;
  std::string shown_;
  JobQueue queue_;
};

}  // namespace vitrine
