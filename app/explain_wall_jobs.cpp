// What the wall's queue does: one answer, one map, one trust check.
#include <algorithm>
#include <cmath>
#include <mutex>

#include "app/explain_wall.h"
#include "core/base/thread_pool.h"
#include "core/explain/baseline.h"
#include "core/explain/groups.h"
#include "core/explain/units.h"
#include "widgets/editor/category.h"

namespace vitrine {

/// What belongs to the data alone, made once on the queue's thread.
struct ExplainWall::Baselines {
  std::weak_ptr<const Dataset> of;
  std::once_flag once;
  std::vector<Real> mean, samples;
  Groups columns;

  void make(const Dataset& data) {
    std::call_once(once, [&] {
      mean = meanBaseline(data);
      samples = backgroundSamples(data, kBackgroundSamples, 1);
      columns = columnGroups(data);
    });
  }
};

void ExplainWall::prepareBaselines() {
  if (baselines_ && baselines_->of.lock() == snapshot_->data) return;
  baselines_ = std::make_shared<Baselines>();
  baselines_->of = snapshot_->data;
}

namespace {

/// A check makes the map anew some dozens of times: near other inputs and after drawing layers anew.
constexpr double kTrustWeight = 20;

/// The same map in the target's own units.
std::shared_ptr<const Result<Attribution>> inUnits(const std::shared_ptr<const Result<Attribution>>& map, const Dataset& data) {
  if (!*map) return map;
  const std::optional<TargetUnits> units = unitsOf((*map)->explained, data);
  if (!units || units->same()) return map;
  Attribution shown = **map;
  toUnits(*units, shown);
  return std::make_shared<const Result<Attribution>>(std::move(shown));
}

}  // namespace

JobQueue::Job ExplainWall::answerJob(const ExplainSample& sample) {
  return {sample.name, [this, snapshot = snapshot_, id = sample.id, input = sample.input, of = stateKey(*snapshot_)](std::stop_token stop, const JobQueue::Progress&) -> JobQueue::Deliver {
            if (static_cast<std::int64_t>(input.size()) != snapshot->network->data().input.size()) return {};
            std::vector<Real> outputs = predictions(*snapshot, input, 1, stop);
            return [this, id, of, outputs = std::move(outputs)]() mutable {
              answers_[id] = {of, std::move(outputs)};
              tell();
            };
          },
          0.1};
}

/// Everything that a method needs, kept alive for the queue's thread.
struct ExplainWall::Prepared {
  std::shared_ptr<const Snapshot> snapshot;
  std::shared_ptr<Baselines> baselines;
  ExplainSample sample;
  WallColumn column;
  TargetChoice choice;
  BaselineChoice base;
  Target target;
  std::vector<Real> baseline;
  std::unique_ptr<ThreadPool> pool;

  /// Target and baseline for this sample, or why not.
  Status make() {
    const Network& network = *snapshot->network;
    column.settings = settingsFor(*column.spec, network.data().input, std::move(column.settings));
    if (Status s = column.spec->supports(network, column.settings); !s) return s;
    if (sample.input.size() != static_cast<std::size_t>(network.data().input.size())) return problem("The sample is of another shape than the network's input.");
    const Result<Target> t = targetOf(choice, *snapshot, &sample);
    if (!t) return t.error();
    target = *t;
    baselines->make(*snapshot->data);
    if (base.kind == BaselineChoice::Background && column.spec->usesBaseline && !column.spec->usesSamples)
      return problem("Choose zero, the training mean or a sample as baseline: this method compares with one input. Shapley values, Kernel SHAP, LIME, feature ablation and expected "
                     "gradients take the average over background samples.");
    // What averages over the background does not read it; checks take features away by their mean.
    Result<std::vector<Real>> one = baselineFor(base, *snapshot->data, sample.input, baselines->mean);
    if (!one) return one.error();
    baseline = std::move(*one);
    // While training runs the caller's thread is all that explaining takes.
    if (snapshot->run != RunState::Running && network.costPerSample() > 100000) pool = std::make_unique<ThreadPool>(machineThreads());
    return {};
  }
  bool table() const { return snapshot->network->data().input.rank() == 1; }
  /// "Automatic" features of a table are its columns, one-hot numbers together; another choice is the method's own affair.
  bool byColumns() const {
    const auto chosen = column.settings.find("groups");
    return table() && column.spec->usesGroups && (chosen == column.settings.end() || chosen->second == ParamValue(std::string("auto")));
  }
  ExplainArgs args(std::stop_token stop, const JobQueue::Progress& progress) const {
    return {.network = *snapshot->network,
            .params = snapshot->state->params.span(),
            .input = sample.input,
            .target = target,
            .settings = column.settings,
            .baseline = baseline,
            .stop = stop,
            .progress = progress,
            .pool = pool.get(),
            .samples = averages(*column.spec, base) ? std::span<const Real>(baselines->samples) : std::span<const Real>(),
            .groups = byColumns() ? std::span<const std::int32_t>(baselines->columns.of) : std::span<const std::int32_t>()};
  }
};

std::shared_ptr<ExplainWall::Prepared> ExplainWall::prepared(const ExplainSample& sample, const WallColumn& column) const {
  auto p = std::make_shared<Prepared>();
  p->snapshot = snapshot_;
  p->baselines = baselines_;
  p->sample = sample;
  p->column = column;
  p->choice = column.target.value_or(target_);
  p->base = baseline_;
  return p;
}

JobQueue::Job ExplainWall::cellJob(const ExplainSample& sample, const WallColumn& column, Slot slot) {
  const std::string without = cellKey(sample, column);
  return {fromCore(column.spec->name),
          [this, p = prepared(sample, column), slot, of = stateKey(*snapshot_) + without, without](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Status ready = p->make();
            auto result = std::make_shared<const Result<Attribution>>(ready ? p->column.spec->explain(p->args(stop, progress)) : Result<Attribution>(ready.error()));
            if (stop.stop_requested()) return {};
            *slot = result;
            const QString text = *result ? targetName(*p->snapshot, (*result)->explained) : QString();
            return [this, id = p->sample.id, key = p->column.key, of, without, result, shown = inUnits(result, *p->snapshot->data), text] {
              Cell& cell = cells_[{id, key}];
              const bool same = cell.withoutState == without;
              cell = {of, without, result, shown, text, same ? cell.trust : nullptr, same ? cell.trustOf : std::string()};
              tell();
            };
          }};
}

JobQueue::Job ExplainWall::trustJob(const ExplainSample& sample, const WallColumn& column, Slot slot) {
  return {tr("trust check of %1").arg(fromCore(column.spec->name)),
          [this, p = prepared(sample, column), slot, of = stateKey(*snapshot_) + cellKey(sample, column), key = trustKey(), settings = trustSettings_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const std::shared_ptr<const Result<Attribution>> map = *slot;
            if (!map || !*map || !p->make()) return {};
            p->target = (*map)->explained;
            const ExplainArgs args = p->args(stop, progress);
            const TrustTask task{.method = *p->column.spec, .args = args, .map = **map, .groups = p->table() ? std::span<const std::int32_t>(p->baselines->columns.of) : std::span<const std::int32_t>()};
            Result<TrustReport> made = trustReport(task, settings);
            if (stop.stop_requested()) return {};
            if (const std::optional<TargetUnits> units = unitsOf((*map)->explained, *p->snapshot->data); made && units) toUnits(*units, *p->column.spec, **inUnits(map, *p->snapshot->data), *made);
            auto report = std::make_shared<const Result<TrustReport>>(std::move(made));
            return [this, id = p->sample.id, column = p->column.key, of, key, report] {
              Cell& cell = cells_[{id, column}];
              if (cell.of != of) return;
              cell.trust = report;
              cell.trustOf = of + key;
              tell();
            };
          },
          kTrustWeight};
}

}  // namespace vitrine
