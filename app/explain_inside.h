#pragma once

#include <array>
#include <QComboBox>
#include <QObject>

#include "app/explain_targets.h"
#include "app/job_queue.h"
#include "core/insight/explain_step.h"
#include "core/insight/top_samples.h"
#include "core/insight/unit_inputs.h"
#include "widgets/explain/step_view.h"
#include "widgets/explain/unit_figure.h"
#include "widgets/explain/walk_view.h"

namespace vitrine {

/// The network from within, for one sample: what every layer makes of it, what one unit sees and does, and one training
/// step of that unit in its numbers.
class ExplainInside : public QObject {
  Q_OBJECT
 public:
  explicit ExplainInside(QObject* parent = nullptr);

  WalkView* walk() { return walk_; }
  UnitFigure* unit() { return unit_; }
  StepView* step() { return step_; }
  /// Choices for the panels' heads.
  QComboBox* showChoice() { return show_; }
  QComboBox* scaleChoice() { return scale_; }
  QComboBox* partChoice() { return part_; }
  QComboBox* stepChoice() { return stepOf_; }
  /// Computes what is seen: nothing is done for views that are not.
  void setWanted(bool inside, bool step);
  /// Null: nothing to show.
  void show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample, const TargetChoice& target, const BaselineChoice& baseline);
  /// A unit of a node's output, flat.
  void select(NodeId node, std::int64_t unit);
  NodeId node() const { return node_; }
  std::int64_t unitIndex() const { return index_; }
  /// The method whose numbers the walk shows in place of activations; null: activations.
  const ExplainerSpec* through() const;
  Params throughSettings() const { return through_; }
  void setThrough(const Params& settings);
  /// Of activation maximisation; its "part" follows partChoice().
  Params maximisationSettings() const;
  void setMaximisation(const Params& settings);
  /// Says in place what was cancelled; again() takes it up.
  void tellStopped();
  void again();
  /// What computes (walk, unit, step): Live counts its time.
  std::array<JobQueue*, 3> queues() { return {&walkQueue_, &unitQueue_, &stepQueue_}; }

 signals:
  void unitChanged();

 private:
  void refreshWalk();
  void refreshUnit();
  void refreshStep();
  UnitChoice choice() const;
  UnitInputPicture picture(const ExplainSample& sample) const;
  JobQueue::Job topJob();
  JobQueue::Job bestJob();
  JobQueue::Job ablationJob();

  WalkView* walk_;
  UnitFigure* unit_;
  StepView* step_;
  QComboBox *show_, *scale_, *part_, *stepOf_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::optional<ExplainSample> sample_;
  TargetChoice target_;      ///< of what flows through the units
  BaselineChoice baseline_;  ///< the same
  NodeId node_{0};
  std::int64_t index_ = -1;
  bool inside_ = false, stepWanted_ = false, stopped_ = false;
  std::string walked_, looked_, stepped_;  ///< what the views show
  UnitData known_;
  Params maximisation_, through_;
  JobQueue walkQueue_, unitQueue_, stepQueue_;
};

/// The panel's plain numbers from core's.
StepData stepData(const StepExplanation& explanation);

}  // namespace vitrine
