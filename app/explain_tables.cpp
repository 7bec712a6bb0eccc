#include "app/explain_tables.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <utility>

#include "core/base/numbers.h"
#include "core/base/thread_pool.h"
#include "core/explain/baseline.h"
#include "core/explain/units.h"
#include "widgets/editor/category.h"
#include "widgets/figure/paint.h"
#include "widgets/forms/name_combo.h"

namespace vitrine {
namespace {

/// What Shapley values compare a row with: [n × input size]; empty: zeros.
std::vector<Real> comparedWith(const BaselineChoice& choice, const Dataset& data, std::int64_t background) {
  if (choice.kind == BaselineChoice::Background) return backgroundSamples(data, background, 1);
  Result<std::vector<Real>> one = baselineFor(choice, data, {});
  return one ? std::move(*one) : std::vector<Real>();  // tables are not offered what could fail
}

/// One text for one definite target; a loss' is its kind alone.
std::string definiteKey(const Result<Target>& t) {
  if (!t) return t.error().text();
  std::string key;
  for (const std::int64_t n : {static_cast<std::int64_t>(t->kind), t->output, t->other, std::int64_t{t->probability}, std::int64_t{t->node.value}, t->unit}) key += std::to_string(n) + ',';
  return key;
}

/// What a number on an axis is: "output of setosa", "probability of setosa", "setosa − virginica".
QString axisName(const Snapshot& snapshot, const Target& target) {
  const QString name = targetName(snapshot, target);
  const bool logit = target.kind == Target::Kind::Output && !target.probability && snapshot.data->spec.task != Task::Regression;
  return logit ? ExplainTables::tr("output of %1").arg(name) : name;
}

std::string keyOf(const char* method, const Params& settings) { return settingsKey(findExplainer(method)->params, settings); }

/// Names of features that are taken together: the columns', or those of the numbers that the network gets.
QStringList groupNames(const Dataset& data, const std::vector<std::int32_t>& of) {
  QStringList names;
  const Groups columns = columnGroups(data);
  if (of == columns.of) {
    for (const std::string& n : columns.names) names << fromCore(n);
    return names;
  }
  for (std::size_t i = 0; i < of.size(); ++i) {
    while (names.size() <= of[i]) names << QString();
    QString& name = names[of[i]];
    name += (name.isEmpty() ? QString() : QStringLiteral(", ")) + (i < data.featureNames.size() ? fromCore(data.featureNames[i]) : QLocale().toString(qulonglong(i)));
  }
  return names;
}

std::unique_ptr<ThreadPool> poolFor(const Snapshot& s) { return s.run == RunState::Running ? nullptr : std::make_unique<ThreadPool>(machineThreads()); }

/// One of the registry's methods over the rows kept for validation. `input` is read by none of them: their targets are definite.
Result<Attribution> overRows(const char* method, const Snapshot& snapshot, const Target& target, const Params& settings, std::span<const Real> samples, std::stop_token stop, const JobQueue::Progress& progress) {
  const Dataset& data = *snapshot.data;
  const std::vector<Real> input(static_cast<std::size_t>(data.spec.input.size()));
  const std::unique_ptr<ThreadPool> pool = poolFor(snapshot);
  return findExplainer(method)->explain({.network = *snapshot.network, .params = snapshot.state->params.span(), .input = input, .target = target, .settings = settings, .stop = stop, .progress = progress,
                                         .pool = pool.get(), .samples = samples, .data = &data, .rows = data.validation.empty() ? data.train : data.validation});
}

}  // namespace

ExplainTables::ExplainTables(QObject* parent)
    : QObject(parent),
      importance_(new BarsView),
      bars_(new BarsView),
      swarm_(new BeeswarmView),
      dependence_(new DependenceView),
      waterfall_(new WaterfallView),
      feature_(new NameCombo) {
  importance_->setObjectName(QStringLiteral("explainImportance"));
  bars_->setObjectName(QStringLiteral("explainShapBars"));
  swarm_->setObjectName(QStringLiteral("explainSwarm"));
  dependence_->setObjectName(QStringLiteral("explainDependence"));
  waterfall_->setObjectName(QStringLiteral("explainWaterfall"));
  feature_->setObjectName(QStringLiteral("explainFeature"));
  feature_->setAccessibleName(tr("Feature"));
  feature_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);  // names may be long, and the panel narrow
  feature_->setMinimumContentsLength(12);
  feature_->setToolTip(tr("The column whose partial dependence is drawn"));
  connect(feature_, &QComboBox::activated, this, &ExplainTables::refreshDependence);
  clear();
}

void ExplainTables::clear() {
  for (JobQueue* q : queues()) q->cancel();
  for (std::string* shown : {&shownImportance_, &shownSet_, &shownRow_, &shownFeature_}) shown->clear();
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
  for (auto [queue, shown] : {std::pair(&importanceQueue_, &shownImportance_), std::pair(&setQueue_, &shownSet_), std::pair(&rowQueue_, &shownRow_), std::pair(&featureQueue_, &shownFeature_)})
    if (!wanted && queue->busy()) queue->cancel(), shown->clear();
  refresh();
}

Params ExplainTables::settings(const std::string& method) const {
  const auto it = settings_.find(method);
  return it == settings_.end() ? Params() : it->second;
}

void ExplainTables::setSettings(const std::string& method, const Params& settings) {
  settings_[method] = settings;
  refresh();
}

void ExplainTables::tellStopped() {
  stopped_ = true;
  for (auto [view, queue] : {std::pair<FigureWidget*, JobQueue*>(importance_, &importanceQueue_), {bars_, &setQueue_}, {swarm_, &setQueue_}, {dependence_, &featureQueue_}, {waterfall_, &rowQueue_}})
    if (view->isEmpty() && !queue->busy() && view->placeholder() == tr("computing…")) view->setPlaceholder(tr("Cancelled. F5 computes it.")), view->update();
}

void ExplainTables::again() {
  if (std::exchange(stopped_, false))
    for (std::string* done : {&shownImportance_, &shownSet_, &shownRow_, &shownFeature_}) done->clear();
  refresh();
}

void ExplainTables::show(std::shared_ptr<const Snapshot> snapshot, const ExplainSample* sample, const TargetChoice& target, const BaselineChoice& baseline) {
  const bool table = snapshot && snapshot->data->spec.input.rank() == 1 && snapshot->network->data().input == snapshot->data->spec.input;
  const bool otherData = !table || !snapshot_ || snapshot_->data != snapshot->data;
  snapshot_ = table ? std::move(snapshot) : nullptr;
  sample_.reset();
  if (table && sample && sample->input.size() == static_cast<std::size_t>(snapshot_->data->spec.input.size())) sample_ = *sample;
  target_ = target;
  baseline_ = baseline;
  if (otherData) {
    clear();
    feature_->clear();
    if (table)
      for (const FeatureGroup& g : featureGroups(*snapshot_->data)) feature_->addItem(g.name);
  }
  refresh();
}

Result<Target> ExplainTables::target() const { return targetOf(target_, *snapshot_, sample_ ? &*sample_ : nullptr); }

void ExplainTables::sayOfSet(const QString& text) {
  for (FigureWidget* w : {static_cast<FigureWidget*>(bars_), static_cast<FigureWidget*>(swarm_)}) w->setPlaceholder(text);
}

void ExplainTables::refresh() {
  if (!wanted_ || !snapshot_) return;
  const std::string state = stateKey(*snapshot_);
  if (const std::string key = state + keyOf("permutation-importance", settings("permutation-importance")); key != shownImportance_) {
    shownImportance_ = key;
    importance_->setPlaceholder(tr("computing…"));
    importanceQueue_.start({importanceJob()});
  }
  const Result<Target> target = this->target();
  const std::string compared = state + '#' + baselineKey(baseline_) + '#';
  // Over a set what counts is which output it is, not of which sample it was predicted.
  if (const std::string key = compared + definiteKey(target) + keyOf("shap-summary", settings("shap-summary")); key != shownSet_) {
    shownSet_ = key;
    setQueue_.cancel();
    const QString why = !target ? fromCore(target.error().text())
                        : target->kind == Target::Kind::Loss ? tr("Each row has a truth of its own, so no one loss is shared out over many rows: choose a class, a difference or a unit as target.") : QString();
    sayOfSet(why.isEmpty() ? tr("computing…") : why);
    if (why.isEmpty()) {
      setQueue_.start({summaryJob(*target)});
    } else {
      bars_->setData({});
      swarm_->setData({});
    }
  }
  if (const std::string key = compared + targetKey(target_) + keyOf("shapley", settings("shapley")) + '#' + std::to_string(sample_ ? sample_->id : 0); key != shownRow_) {
    shownRow_ = key;
    rowQueue_.cancel();
    waterfall_->setPlaceholder(!sample_ ? tr("Choose a row at the left: how its columns lead to the answer appears here.") : target ? tr("computing…") : fromCore(target.error().text()));
    if (sample_ && target) rowQueue_.start({waterfallJob(*target)});
    else waterfall_->setData({});
  }
  refreshDependence();
}

void ExplainTables::refreshDependence() {
  if (!wanted_ || !snapshot_ || feature_->count() == 0) return;
  const int feature = std::max(0, feature_->currentIndex());
  const Result<Target> target = this->target();
  const std::string key = stateKey(*snapshot_) + definiteKey(target) + keyOf("partial-dependence", settings("partial-dependence")) + '#' + std::to_string(feature);
  if (key == shownFeature_) return;
  shownFeature_ = key;
  const bool outputs = target && (target->kind == Target::Kind::Output || target->kind == Target::Kind::Difference);
  dependence_->setPlaceholder(!target ? fromCore(target.error().text()) : outputs ? tr("computing…") : tr("Partial dependence follows an output: choose a class, or the difference of two, as target."));
  if (outputs) return featureQueue_.start({dependenceJob(feature, *target)});
  featureQueue_.cancel();
  dependence_->setData({});
}

JobQueue::Job ExplainTables::importanceJob() {
  return {tr("permutation importance"), [this, snapshot = snapshot_, settings = settings("permutation-importance")](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            auto r = std::make_shared<Result<Attribution>>(overRows("permutation-importance", *snapshot, {.output = 0}, settings, {}, stop, progress));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r] {
              if (!*r) {
                importance_->setPlaceholder(fromCore(r->error().text()));
                return importance_->setData({});
              }
              const PermutationImportance& p = *(*r)->importance;
              const QStringList names = groupNames(*snapshot->data, (*r)->groups);
              std::vector<std::size_t> order(p.mean.size());
              for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
              std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p.mean[a] > p.mean[b]; });
              BarsData d;
              d.title = tr("Permutation importance");
              d.axis = tr("%1 lost").arg(fromCore(p.score));
              d.note = tr("%1 %2 intact · %3 shuffles each").arg(fromCore(p.score), numberText(p.intact, 3), QLocale().toString(qulonglong(p.drops.front().size())));
              for (std::size_t i : order) {
                d.names << names.value(static_cast<int>(i));
                d.values.push_back(p.mean[i]);
                d.spread.push_back(p.deviation[i]);
              }
              importance_->setData(std::move(d));
            };
          }};
}

JobQueue::Job ExplainTables::summaryJob(const Target& target) {
  return {tr("Shapley values"), [this, snapshot = snapshot_, target, base = baseline_, settings = settings("shap-summary")](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const std::vector<Real> samples = comparedWith(base, *snapshot->data, param<std::int64_t>(settings, findExplainer("shap-summary")->params, "background"));
            auto r = std::make_shared<Result<Attribution>>(overRows("shap-summary", *snapshot, target, settings, samples, stop, progress));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r, name = axisName(*snapshot, target), baseline = tr("baseline: %1").arg(baselineName(base))] {
              if (!*r) {
                sayOfSet(fromCore(r->error().text()));
                bars_->setData({});
                return swarm_->setData({});
              }
              ShapSummary s = *(*r)->summary;
              if (const std::optional<TargetUnits> units = unitsOf((*r)->explained, *snapshot->data)) toUnits(*units, s);
              const QStringList names = groupNames(*snapshot->data, (*r)->groups);
              BarsData b;
              b.title = tr("Mean size of Shapley values");
              b.axis = tr("mean |Shapley value|, %1").arg(name);
              b.note = baseline;
              BeeswarmData w;
              w.title = tr("Shapley values of %1 rows").arg(QLocale().toString(qulonglong(s.rows.size())));
              w.samples = s.rows;
              w.axis = tr("Shapley value, %1").arg(name);
              w.note = baseline;
              for (std::int64_t g : s.order) {
                const std::size_t i = static_cast<std::size_t>(g);
                const QString feature = names.value(static_cast<int>(i));
                b.names << feature;
                b.values.push_back(s.meanAbsolute[i]);
                w.names << feature;
                std::vector<double> values, own;
                QStringList texts;
                bool words = false;  // a number's text says that number; a category's or a date's does not
                for (std::size_t row = 0; row < s.values.size(); ++row) {
                  values.push_back(s.values[row][i]), own.push_back(s.features[row][i]);
                  texts << fromCore(s.texts[row][i]);
                  words = words || (!std::isnan(own.back()) && parseNumber<double>(s.texts[row][i]) != own.back());
                }
                if (!words) texts.clear();
                w.values.push_back(std::move(values));
                w.features.push_back(std::move(own));
                w.texts.push_back(std::move(texts));
              }
              bars_->setData(std::move(b));
              swarm_->setData(std::move(w));
            };
          }};
}

JobQueue::Job ExplainTables::waterfallJob(const Target& target) {
  return {tr("waterfall"), [this, snapshot = snapshot_, target, base = baseline_, sample = sample_, settings = settings("shapley")](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Dataset& data = *snapshot->data;
            const Groups groups = columnGroups(data);
            const std::vector<Real> background = comparedWith(base, data, kBackgroundSamples);
            const std::unique_ptr<ThreadPool> pool = poolFor(*snapshot);
            auto r = std::make_shared<Result<Attribution>>(findExplainer("shapley")->explain({.network = *snapshot->network, .params = snapshot->state->params.span(), .input = sample->input, .target = target,
                                                                                             .settings = settings, .stop = stop, .progress = progress, .pool = pool.get(), .samples = background, .groups = groups.of}));
            if (stop.stop_requested()) return {};
            return [this, snapshot, r, sample, name = axisName(*snapshot, target), baseline = baselineName(base)] {
              if (!*r) {
                waterfall_->setPlaceholder(fromCore(r->error().text()));
                return waterfall_->setData({});
              }
              Attribution a = **r;
              if (const std::optional<TargetUnits> units = unitsOf(a.explained, *snapshot->data)) toUnits(*units, a);
              const std::vector<FeatureGroup> features = featureGroups(*snapshot->data);
              const QStringList values = groupValues(*snapshot->data, features, *sample);
              WaterfallData d;
              d.title = tr("Shapley values of %1").arg(sample->name);
              d.unit = name;
              d.baseline = baseline;
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

JobQueue::Job ExplainTables::dependenceJob(int feature, const Target& target) {
  return {tr("partial dependence"), [this, snapshot = snapshot_, target, feature, settings = settings("partial-dependence")](std::stop_token stop, const JobQueue::Progress& progress) mutable -> JobQueue::Deliver {
            settings["feature"] = std::int64_t{feature};
            auto r = std::make_shared<Result<Attribution>>(overRows("partial-dependence", *snapshot, target, settings, {}, stop, progress));
            if (stop.stop_requested()) return {};
            return [this, r, name = axisName(*snapshot, target)] {
              if (!*r) {
                dependence_->setPlaceholder(fromCore(r->error().text()));
                return dependence_->setData({});
              }
              const PartialDependence& p = *(*r)->dependence;
              DependenceData d;
              d.feature = fromCore(p.feature);
              d.title = tr("Partial dependence on %1").arg(d.feature);
              d.axis = name;
              d.grid = p.grid;
              d.dates = p.dates;
              for (const std::string& l : p.labels) d.labels << fromCore(l);
              d.mean = p.mean;
              d.curves = p.curves;
              d.at = p.at;
              dependence_->setData(std::move(d));
            };
          }};
}

}  // namespace vitrine
