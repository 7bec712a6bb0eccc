#pragma once

#include <QObject>
#include <QTimer>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "app/explain_targets.h"
#include "app/job_queue.h"
#include "core/explain/trust.h"
#include "widgets/explain/wall_data.h"

namespace vitrine {

/// A column of the wall: a method with its settings. `key` stays when columns are moved.
struct WallColumn {
  int key = 0;
  const ExplainerSpec* spec = nullptr;
  Params settings;
  std::optional<TargetChoice> target = {};  ///< none: the wall's
};

/// Computes the wall: every sample by every method on one immutable snapshot, in the background. Only what changed is
/// computed anew; a method that fails says why in its own cells. It knows no widgets.
class ExplainWall : public QObject {
  Q_OBJECT
 public:
  explicit ExplainWall(QObject* parent = nullptr);

  /// The snapshot that the next refresh() works on; null: none.
  void setSnapshot(std::shared_ptr<const Snapshot> snapshot);
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  void setSamples(std::vector<ExplainSample> samples);
  const std::vector<ExplainSample>& samples() const { return samples_; }
  void setColumns(std::vector<WallColumn> columns);
  const std::vector<WallColumn>& columns() const { return columns_; }
  void setTarget(const TargetChoice& target) { target_ = target; }
  const TargetChoice& target() const { return target_; }
  void setBaseline(const BaselineChoice& baseline) { baseline_ = baseline; }
  const BaselineChoice& baseline() const { return baseline_; }
  /// Of the trust checks (trustParams()).
  void setTrustSettings(const Params& settings) { trustSettings_ = settings; }
  const Params& trustSettings() const { return trustSettings_; }

  /// Starts computing what is missing or old; what runs and is no longer wanted is stopped.
  void refresh();
  void cancel();
  bool busy() const { return queue_.busy(); }
  /// How long the last refresh took.
  double seconds() const { return queue_.seconds(); }
  /// Something is missing or of another snapshot than the newest.
  bool stale() const;
  /// Everything as it is known now, for the view.
  WallData wallData() const;
  /// Null: not there (yet), or failed.
  const Attribution* attribution(int sample, int column) const;
  /// What it was computed from: another text whenever the map may be another.
  std::string mapKey(int sample, int column) const;
  /// The same of the checks' settings.
  std::string trustKey() const;
  /// The trust check of a map; null: not there (yet).
  const TrustReport* trust(int sample, int column) const;
  /// The check was made of an earlier state of the network, or by other settings.
  bool trustIsOld(int sample, int column) const;
  /// Why there is no check: an error's sentence; empty: it is under way, or there.
  QString trustProblem(int sample, int column) const;
  /// Live, only the chosen map is checked again with every refresh.
  void setFocus(int sample, int column) { focusSample_ = sample, focusColumn_ = column; }
  void setLive(bool live) { live_ = live; }
  JobQueue& queue() { return queue_; }

 signals:
  void changed();

 private:
  struct Answer {
    std::string of;  ///< snapshot and sample
    std::vector<Real> outputs;
  };
  struct Cell {
    std::string of;          ///< everything it was computed from
    std::string withoutState;  ///< the same without the snapshot: shown until the newer one is there
    std::shared_ptr<const Result<Attribution>> result;  ///< as the network has it: what is checked
    std::shared_ptr<const Result<Attribution>> shown;   ///< in the target's own units
    QString targetText;
    std::shared_ptr<const Result<TrustReport>> trust;  ///< the last one, though it may be of an older state
    std::string trustOf;  ///< `of` and the checks' settings
  };
  using Slot = std::shared_ptr<std::shared_ptr<const Result<Attribution>>>;
  struct Baselines;
  struct Prepared;

  std::string cellKey(const ExplainSample& sample, const WallColumn& column) const;
  JobQueue::Job answerJob(const ExplainSample& sample);
  JobQueue::Job cellJob(const ExplainSample& sample, const WallColumn& column, Slot slot);
  JobQueue::Job trustJob(const ExplainSample& sample, const WallColumn& column, Slot slot);
  std::shared_ptr<Prepared> prepared(const ExplainSample& sample, const WallColumn& column) const;
  const Cell* cellAt(int sample, int column) const;
  void prepareBaselines();
  void tell();
  void tellTrust(const Cell& known, WallCell& cell) const;

  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<ExplainSample> samples_;
  std::vector<WallColumn> columns_;
  TargetChoice target_;
  BaselineChoice baseline_;
  Params trustSettings_;
  std::map<std::uint64_t, Answer> answers_;
  std::map<std::pair<std::uint64_t, int>, Cell> cells_;
  std::shared_ptr<Baselines> baselines_;
  int focusSample_ = -1, focusColumn_ = -1;
  bool live_ = false;
  QTimer settle_;
  JobQueue queue_;  ///< last: its thread goes first
};

/// The column's name, with the target that it has of its own: "Saliency (second class)".
QString columnName(const WallColumn& column, const Dataset& data, bool brief = false);
TrustMark markOf(Verdict verdict);
/// A sentence of the engine for a person: true minus signs.
QString sentenceOf(const std::string& sentence);
/// What is said of a check that is older than its map.
QString oldCheck();
/// Whether it takes the mean over the background samples instead of one baseline. What takes features away puts the chosen baseline in their
/// place; expected gradients are an average over samples by definition.
bool averages(const ExplainerSpec& spec, const BaselineChoice& baseline);
/// All settings, said or not, as one text: what was computed by them is known by it.
std::string settingsKey(std::span<const Param> described, const Params& settings);
/// Settings that are not the defaults: "50 points, midpoint".
QString settingsText(const ExplainerSpec& spec, const Params& settings);
/// The usual methods for this network: those that it supports.
std::vector<WallColumn> usualColumns(const Network& network);

}  // namespace vitrine
