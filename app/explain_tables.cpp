#include "app/explain_tables.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/thread_pool.h"
#include "core/explain/baseline.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr std::size_t kImportanceRows = 1000, kSummaryRows = 150, kCurveRows = 120;
constexpr int kRepeats = 10, kPoints = 30, kPermutations = 200, kBackground = 40;

std::string stateKey(const Snapshot& s) {
  return std::to_string(reinterpret_cast<std::uintptr_t>(s.state.get())) + '@' + std::to_string(s.state->step) + '/' + std::to_string(s.generation);
}

/// Rows kept for validation, spread evenly over all of them.
std::vector<std::int32_t> someRows(const Dataset& data, std::size_t most) {
  const std::vector<std::int32_t>& all = data.validation.empty() ? data.train : data.validation;
  if (all.size() <= most) return all;
  std::vector<std::int32_t> rows;
  for (std::size_t i = 0; i < most; ++i) rows.push_back(all[i * all.size() / most]);
  return rows;
}

/// Over a set there is no predicted class: the chosen one, or what is predicted for the chosen sample.
std::int64_t outputOf(const TargetChoice& choice, const Snapshot& snapshot, const std::optional<ExplainSample>& sample) {
  if (choice.kind == TargetChoice::Class) return choice.output;
  if (!sample) return 0;
  const std::vector<Real> p = predictions(snapshot, sample->input, 1);
  return p.empty() ? 0 : std::max_element(p.begin(), p.end()) - p.begin();
}

QString outputName(const Dataset& data, std::int64_t output) {
  if (data.spec.task != Task::Regression && static_cast<std::size_t>(output) < data.spec.classes.size()) return fromCore(data.spec.classes[static_cast<std::size_t>(output)]);
  return data.spec.outputs == 1 && !data.targetName.empty() ? fromCore(data.targetName) : ExplainTables::tr("output %1").arg(output + 1);
}

std::unique_ptr<ThreadPool> poolFor(const Snapshot& s) { return s.run == RunState::Running ? nullptr : std::make_unique<ThreadPool>(machineThreads()); }

}  // namespace

ExplainTables::ExplainTables(QObject* parent)
    : QObject(parent),
      importance_(new BarsView),
      bars_(new BarsView),
      swarm_(new BeeswarmView),
      dependence_(new DependenceView),
      waterfall_(new WaterfallView),
      feature_(new QComboBox) {
  importance_->setObjectName(QStringLiteral("explainImportance"));
  bars_->setObjectName(QStringLiteral("explainShapBars"));
  swarm_->setObjectName(QStringLiteral("explainSwarm"));
  dependence_->setObjectName(QStringLiteral("explainDependence"));
  waterfall_->setObjectName(QStringLiteral("explainWaterfall"));
  feature_->setObjectName(QStringLiteral("explainFeature"));
  feature_->setAccessibleName(tr("Feature"));
  feature_->setToolTip(tr("The column whose partial dependence is drawn"));
  connect(feature_, &QComboBox::activated, this, &ExplainTables::refreshDependence);
  clear();
}

void ExplainTables::clear() {
  for (JobQueue* q : {&setQueue_, &rowQueue_, &featureQueue_}) q->cancel();
  shownSet_.clear();
  shownRow_.clear();
  shownFeature_.clear();
  importance_->setData({});
  bars_->setData({});
  swarm_->setData({});
  dependence_->setData({});
  waterfall_->setData({});
  const QString none = tr("For tables: open one (File → Sample data → Iris).");
  for (FigureWidget* w : {static_cast<FigureWidget*>(importance_), static_cast<FigureWidget*>(bars_), static_cast<FigureWidget*>(swarm_), static_cast<FigureWidget*>(dependence_), static_cast<FigureWidget*>(waterfall_)})
    w->setPlaceholder(none);
}

void ExplainTables::setWanted(bool wanted) {
  wanted_ = wanted;
  // What is not seen is not computed, and starts anew when it is seen.
  for (auto [queue, shown] : {std::pair(&setQueue_, &shownSet_), std::pair(&rowQueue_, &shownRow_), std::pair(&featureQueue_, &shownFeature_)})
    if (!wanted && queue->busy()) queue->cancel(), shown->clear();
  refresh();
}

void ExplainTables::tellStopped() {
  stopped_ = true;
  for (auto [view, queue] : {std::pair<FigureWidget*, JobQueue*>(importance_, &setQueue_), {bars_, &setQueue_}, {swarm_, &setQueue_}, {dependence_, &featureQueue_}, {waterfall_, &rowQueue_}})
    if (view->isEmpty() && !queue->busy()) view->setPlaceholder(tr("Cancelled. F5 computes it.")), view->update();
}

void ExplainTables::again() {
  if (std::exchange(stopped_, false))
    for (std::string* done : {&shownSet_, &shownRow_, &shownFeature_}) done->clear();
  refresh();
}

void ExplainTables::show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample, const TargetChoice& target) {
  const bool table = snapshot && snapshot->data->spec.input.rank() == 1 && snapshot->network->data().input == snapshot->data->spec.input;
  const bool otherData = !table || !snapshot_ || snapshot_->data != snapshot->data;
  snapshot_ = table ? std::move(snapshot) : nullptr;
  sample_.reset();
  if (table && sample && sample->input.size() == static_cast<std::size_t>(snapshot_->data->spec.input.size())) sample_ = *sample;
  target_ = target;
  if (otherData) {
    clear();
    feature_->clear();
    if (table)
      for (const FeatureGroup& g : featureGroups(*snapshot_->data)) feature_->addItem(g.name);
  }
  refresh();
}

void ExplainTables::refresh() {
  if (!wanted_ || !snapshot_) return;
  const std::string output = std::to_string(outputOf(target_, *snapshot_, sample_));
  if (const std::string key = stateKey(*snapshot_) + output; key != shownSet_) {
    shownSet_ = key;
    for (FigureWidget* w : {static_cast<FigureWidget*>(importance_), static_cast<FigureWidget*>(bars_), static_cast<FigureWidget*>(swarm_)}) w->setPlaceholder(tr("computing…"));
    setQueue_.start({importanceJob(), summaryJob()});
  }
  if (const std::string key = stateKey(*snapshot_) + output + '#' + std::to_string(sample_ ? sample_->id : 0); key != shownRow_) {
    shownRow_ = key;
    rowQueue_.cancel();
    if (sample_) rowQueue_.start({waterfallJob()});
    else waterfall_->setData({});
  }
  refreshDependence();
}

void ExplainTables::refreshDependence() {
  if (!wanted_ || !snapshot_ || feature_->count() == 0) return;
  const int feature = std::max(0, feature_->currentIndex());
  const std::string key = stateKey(*snapshot_) + std::to_string(outputOf(target_, *snapshot_, sample_)) + '#' + std::to_string(feature);
  if (key == shownFeature_) return;
  shownFeature_ = key;
  featureQueue_.start({dependenceJob(feature)});
}

JobQueue::Job ExplainTables::importanceJob() {
  return {tr("permutation importance"), [this, snapshot = snapshot_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Groups groups = columnGroups(*snapshot->data);
            const std::vector<std::int32_t> rows = someRows(*snapshot->data, kImportanceRows);
            const std::unique_ptr<ThreadPool> pool = poolFor(*snapshot);
            auto r = std::make_shared<Result<PermutationImportance>>(
                permutationImportance({*snapshot->network, snapshot->state->params.span(), *snapshot->data, rows, groups, stop, progress, pool.get()}, kRepeats, 1));
            if (stop.stop_requested()) return {};
            return [this, r, groups] {
              if (!*r) {
                importance_->setPlaceholder(fromCore(r->error().text()));
                return importance_->setData({});
              }
              const PermutationImportance& p = **r;
              std::vector<std::size_t> order(p.mean.size());
              for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
              std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p.mean[a] > p.mean[b]; });
              BarsData d;
              d.title = tr("Permutation importance");
              d.axis = tr("%1 lost").arg(fromCore(p.score));
              d.note = tr("%1 %2 intact · %3 shuffles each").arg(fromCore(p.score), numberText(p.intact, 3)).arg(kRepeats);
              for (std::size_t i : order) {
                d.names << (i < groups.names.size() ? fromCore(groups.names[i]) : QString::number(i));
                d.values.push_back(p.mean[i]);
                d.spread.push_back(p.deviation[i]);
              }
              importance_->setData(std::move(d));
            };
          }};
}

JobQueue::Job ExplainTables::summaryJob() {
  return {tr("Shapley values"), [this, snapshot = snapshot_, choice = target_, sample = sample_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Dataset& data = *snapshot->data;
            const Groups groups = columnGroups(data);
            const std::vector<std::int32_t> rows = someRows(data, kSummaryRows);
            const std::vector<Real> background = backgroundSamples(data, kBackground, 1);
            const std::unique_ptr<ThreadPool> pool = poolFor(*snapshot);
            Target target;
            target.output = outputOf(choice, *snapshot, sample);
            auto r = std::make_shared<Result<ShapSummary>>(
                shapSummary({*snapshot->network, snapshot->state->params.span(), data, rows, groups, stop, progress, pool.get()}, target, background, kPermutations, 1));
            if (stop.stop_requested()) return {};
            return [this, r, groups, name = outputName(data, target.output), rows] {
              if (!*r) {
                for (FigureWidget* w : {static_cast<FigureWidget*>(bars_), static_cast<FigureWidget*>(swarm_)}) w->setPlaceholder(fromCore(r->error().text()));
                bars_->setData({});
                return swarm_->setData({});
              }
              const ShapSummary& s = **r;
              BarsData b;
              b.title = tr("Mean size of Shapley values");
              b.axis = tr("mean |Shapley value|, %1").arg(name);
              BeeswarmData w;
              w.title = tr("Shapley values of %1 rows").arg(rows.size());
              w.samples = rows;
              w.axis = tr("Shapley value, output of %1").arg(name);
              for (std::int64_t g : s.order) {
                const std::size_t i = static_cast<std::size_t>(g);
                const QString feature = i < groups.names.size() ? fromCore(groups.names[i]) : QString::number(i);
                b.names << feature;
                b.values.push_back(s.meanAbsolute[i]);
                w.names << feature;
                std::vector<double> values, own;
                for (std::size_t row = 0; row < s.values.size(); ++row) values.push_back(s.values[row][i]), own.push_back(s.features[row][i]);
                w.values.push_back(std::move(values));
                w.features.push_back(std::move(own));
              }
              bars_->setData(std::move(b));
              swarm_->setData(std::move(w));
            };
          }};
}

JobQueue::Job ExplainTables::waterfallJob() {
  return {tr("waterfall"), [this, snapshot = snapshot_, choice = target_, sample = sample_](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Dataset& data = *snapshot->data;
            auto r = std::make_shared<Result<Attribution>>(problem("This program has no Shapley values."));
            const Groups groups = columnGroups(data);
            const std::vector<Real> background = backgroundSamples(data, kBackground, 1);
            const std::unique_ptr<ThreadPool> pool = poolFor(*snapshot);
            Target target;
            target.output = outputOf(choice, *snapshot, sample);
            const Params defaults;
            if (const ExplainerSpec* spec = findExplainer("shapley"))
              *r = spec->explain({.network = *snapshot->network, .params = snapshot->state->params.span(), .input = sample->input, .target = target, .settings = defaults,
                                  .stop = stop, .progress = progress, .pool = pool.get(), .samples = background, .groups = groups.of});
            if (stop.stop_requested()) return {};
            return [this, snapshot, r, sample, name = outputName(data, target.output)] {
              if (!*r) {
                waterfall_->setPlaceholder(fromCore(r->error().text()));
                return waterfall_->setData({});
              }
              const Attribution& a = **r;
              const std::vector<FeatureGroup> features = featureGroups(*snapshot->data);
              const QStringList values = groupValues(*snapshot->data, features, *sample);
              WaterfallData d;
              d.title = tr("Shapley values of %1").arg(sample->name);
              d.unit = tr("output of %1").arg(name);
              double sum = 0;
              for (std::size_t g = 0; g < features.size(); ++g) {
                d.names << features[g].name + QStringLiteral(" = ") + values.value(static_cast<int>(g));
                d.values.push_back(a.groupValues.empty() ? static_cast<double>(groupSums(features, a.values)[g]) : a.groupValues[g]);
                sum += d.values.back();
              }
              d.output = a.outputValue;
              d.base = a.baselineValue.value_or(a.outputValue - sum);
              waterfall_->setData(std::move(d));
            };
          }};
}

JobQueue::Job ExplainTables::dependenceJob(int feature) {
  return {tr("partial dependence"), [this, snapshot = snapshot_, choice = target_, sample = sample_, feature](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Dataset& data = *snapshot->data;
            const Groups groups = columnGroups(data);
            const std::vector<std::int32_t> rows = someRows(data, kCurveRows);
            const std::unique_ptr<ThreadPool> pool = poolFor(*snapshot);
            Target target;
            target.output = outputOf(choice, *snapshot, sample);
            target.probability = data.spec.task == Task::Classification;
            auto r = std::make_shared<Result<PartialDependence>>(
                partialDependence({*snapshot->network, snapshot->state->params.span(), data, rows, groups, stop, progress, pool.get()}, feature, target, kPoints));
            if (stop.stop_requested()) return {};
            return [this, r, name = outputName(data, target.output), probability = target.probability] {
              if (!*r) {
                dependence_->setPlaceholder(fromCore(r->error().text()));
                return dependence_->setData({});
              }
              const PartialDependence& p = **r;
              DependenceData d;
              d.feature = fromCore(p.feature);
              d.title = tr("Partial dependence on %1").arg(d.feature);
              d.axis = probability ? tr("probability of %1").arg(name) : name;
              d.grid = p.grid;
              for (const std::string& l : p.labels) d.labels << fromCore(l);
              d.mean = p.mean;
              d.curves = p.curves;
              d.at = p.at;
              dependence_->setData(std::move(d));
            };
          }};
}

}  // namespace vitrine
