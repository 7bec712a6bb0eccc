#include "app/explain_wall.h"

#include <QLocale>
#include <algorithm>
#include <cmath>
#include <mutex>
#include <numeric>
#include <set>
#include <iterator>

#include "core/base/thread_pool.h"
#include "core/explain/baseline.h"
#include "core/explain/groups.h"
#include "widgets/editor/category.h"

namespace vitrine {

/// What belongs to the data alone, made once on the queue's thread.
struct ExplainWall::Baselines {
  const Dataset* of = nullptr;
  std::once_flag once;
  std::vector<Real> mean, samples;
  Groups columns;

  void make(const Dataset& data) {
    std::call_once(once, [&] {
      mean = meanBaseline(data);
      samples = backgroundSamples(data, 50, 1);
      columns = columnGroups(data);
    });
  }
};

namespace {

std::string paramsKey(const Params& params, std::span<const Param> described) {
  std::string key;
  for (const Param& p : described) {
    const auto it = params.find(p.id);
    key += '|' + p.id + '=' + paramText(p, it == params.end() ? p.fallback : it->second);
  }
  return key;
}

/// The choice for one sample: what is predicted, second, or the truth is the sample's own.
Result<Target> resolve(const TargetChoice& choice, const Snapshot& snapshot, const ExplainSample& sample) {
  const Network& network = *snapshot.network;
  const Dataset& data = *snapshot.data;
  Target t;
  t.probability = choice.probability;
  switch (choice.kind) {
    case TargetChoice::Predicted: return t;
    case TargetChoice::Class: t.output = choice.output; return t;
    case TargetChoice::Unit: return Target::unitOf(NodeId{choice.node}, choice.unit);
    case TargetChoice::Difference:
      if (network.outputs() < 2) return problem("The network has one output only: there is no second class.");
      return Target::difference(-1);
    case TargetChoice::Loss:
      if (sample.row < 0) return problem("Nobody knows the true class of a sample of one's own, so it has no loss.");
      if (data.spec.task == Task::Classification) return Target::lossOfClass(data.classes[static_cast<std::size_t>(sample.row)]);
      {
        std::vector<Real> truth(static_cast<std::size_t>(data.spec.outputs));
        gatherTargets(data, {&sample.row, 1}, truth.data());
        return Target::lossOfNumbers(std::move(truth));
      }
    case TargetChoice::Second: break;
  }
  if (network.outputs() < 2) return problem("The network has one output only: there is no second class.");
  Workspace ws(network, 1, false, false);
  std::copy(sample.input.begin(), sample.input.end(), ws.input());
  const Real* logits = network.forward(snapshot.state->params.span(), ws, 1);
  std::vector<std::int64_t> order(static_cast<std::size_t>(network.outputs()));
  std::iota(order.begin(), order.end(), 0);
  if (std::any_of(logits, logits + order.size(), [](Real v) { return !std::isfinite(v); }))
    return problem("The network's outputs for this sample are not finite numbers.");
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  t.output = order[1];
  return t;
}

}  // namespace

QString targetName(const Snapshot& snapshot, const Attribution& a) {
  const Dataset& data = *snapshot.data;
  const auto name = [&](std::int64_t output) {
    if (data.spec.task != Task::Regression && output >= 0 && static_cast<std::size_t>(output) < data.spec.classes.size()) return fromCore(data.spec.classes[static_cast<std::size_t>(output)]);
    return data.spec.outputs == 1 && !data.targetName.empty() ? fromCore(data.targetName) : ExplainWall::tr("output %1").arg(output + 1);
  };
  switch (a.explained.kind) {
    case Target::Kind::Loss: return ExplainWall::tr("loss");
    case Target::Kind::Difference: return name(a.explained.output) + QStringLiteral(" − ") + name(a.explained.other);
    case Target::Kind::Unit: {
      const Node* node = snapshot.network->graph().find(a.explained.node);
      return ExplainWall::tr("unit %1 of %2").arg(a.explained.unit).arg(node ? fromCore(node->name) : QString());
    }
    case Target::Kind::Output: break;
  }
  return name(a.target);
}

QString settingsText(const ExplainerSpec& spec, const Params& settings) {
  QStringList parts;
  for (const Param& p : spec.params)
    if (const auto it = settings.find(p.id); it != settings.end() && it->second != p.fallback && paramShown(p, settings, spec.params)) {
      const QString value = fromCore(paramText(p, it->second));
      parts << (std::holds_alternative<std::string>(it->second) ? value : fromCore(p.label).toLower() + QLatin1Char(' ') + value);
    }
  return parts.join(QStringLiteral(", "));
}

std::vector<WallColumn> usualColumns(const Network& network) {
  const bool table = network.data().input.rank() == 1;
  const std::vector<std::string> pictures{"saliency", "input-x-gradient", "integrated-gradients", "lrp", "guided-backprop", "grad-cam", "occlusion"};
  const std::vector<std::string> columns{"saliency", "input-x-gradient", "integrated-gradients", "shapley", "lime"};
  std::vector<WallColumn> out;
  for (const std::string& id : table ? columns : pictures)
    if (const ExplainerSpec* spec = findExplainer(id); spec && spec->supports(network, {})) out.push_back({static_cast<int>(out.size()) + 1, spec, {}});
  return out;
}

ExplainWall::ExplainWall(QObject* parent) : QObject(parent) {
  // Cells come many a second; the wall is put together for all of them at once.
  settle_.setSingleShot(true);
  settle_.setInterval(40);
  connect(&settle_, &QTimer::timeout, this, &ExplainWall::changed);
  connect(&queue_, &JobQueue::finished, this, [this] {
    settle_.stop();
    emit changed();
  });
}

void ExplainWall::tell() {
  if (!settle_.isActive()) settle_.start();
}

void ExplainWall::setSnapshot(std::shared_ptr<const Snapshot> snapshot) {
  const bool usable = snapshot && snapshot->network && snapshot->state && snapshot->data;
  const bool otherNetwork = !usable || !snapshot_ || snapshot->network != snapshot_->network || snapshot->data != snapshot_->data;
  snapshot_ = usable ? std::move(snapshot) : nullptr;
  if (!otherNetwork) return;
  queue_.cancel();
  cells_.clear();
  answers_.clear();
}

void ExplainWall::setSamples(std::vector<ExplainSample> samples) {
  samples_ = std::move(samples);
  std::set<std::uint64_t> kept;
  for (const ExplainSample& s : samples_) kept.insert(s.id);
  std::erase_if(cells_, [&](const auto& e) { return !kept.contains(e.first.first); });
  std::erase_if(answers_, [&](const auto& e) { return !kept.contains(e.first); });
}

void ExplainWall::setColumns(std::vector<WallColumn> columns) {
  columns_ = std::move(columns);
  std::set<int> kept;
  for (const WallColumn& c : columns_) kept.insert(c.key);
  std::erase_if(cells_, [&](const auto& e) { return !kept.contains(e.first.second); });
}

std::string ExplainWall::stateKey() const {
  return std::to_string(reinterpret_cast<std::uintptr_t>(snapshot_->state.get())) + '@' + std::to_string(snapshot_->state->step) + '/' + std::to_string(snapshot_->generation);
}

std::string ExplainWall::cellKey(const ExplainSample& sample, const WallColumn& column) const {
  return std::to_string(sample.id) + '#' + column.spec->id + paramsKey(column.settings, column.spec->params) + "#t" + std::to_string(target_.kind) + ',' +
         std::to_string(target_.output) + (target_.probability ? "p" : "") + std::to_string(target_.node) + ':' + std::to_string(target_.unit) + "#b" + std::to_string(baseline_.kind) + ',' + std::to_string(baseline_.row);
}

bool ExplainWall::stale() const {
  if (!snapshot_) return false;
  for (const ExplainSample& s : samples_)
    for (const WallColumn& c : columns_) {
      const auto it = cells_.find({s.id, c.key});
      if (it == cells_.end() || it->second.of != stateKey() + cellKey(s, c)) return true;
    }
  return false;
}

void ExplainWall::refresh() {
  queue_.cancel();
  if (!snapshot_) return emit changed();
  if (!baselines_ || baselines_->of != snapshot_->data.get()) {
    baselines_ = std::make_shared<Baselines>();
    baselines_->of = snapshot_->data.get();
  }
  std::vector<JobQueue::Job> jobs;
  for (const ExplainSample& s : samples_)
    if (const auto it = answers_.find(s.id); it == answers_.end() || it->second.of != stateKey()) jobs.push_back(answerJob(s));
  std::vector<JobQueue::Job> checks;
  for (std::size_t i = 0; i < samples_.size(); ++i)
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const ExplainSample& s = samples_[i];
      const WallColumn& c = columns_[k];
      const auto it = cells_.find({s.id, c.key});
      const std::string of = stateKey() + cellKey(s, c);
      const bool fresh = it != cells_.end() && it->second.of == of;
      auto slot = std::make_shared<std::shared_ptr<const Result<Attribution>>>(fresh ? it->second.result : nullptr);
      if (!fresh) jobs.push_back(cellJob(s, c, slot));
      const bool follows = live_ && snapshot_->run == RunState::Running;
      if (follows && (static_cast<int>(i) != focusSample_ || static_cast<int>(k) != focusColumn_)) continue;
      if (!fresh || it->second.trustOf != of) checks.push_back(trustJob(s, c, slot));
    }
  // Every map first, then what can be said of them.
  std::move(checks.begin(), checks.end(), std::back_inserter(jobs));
  queue_.append(std::move(jobs));
  emit changed();
}

void ExplainWall::cancel() {
  queue_.cancel();
  emit changed();
}

JobQueue::Job ExplainWall::answerJob(const ExplainSample& sample) {
  return {sample.name, [this, snapshot = snapshot_, id = sample.id, input = sample.input, of = stateKey()](std::stop_token stop, const JobQueue::Progress&) -> JobQueue::Deliver {
            if (static_cast<std::int64_t>(input.size()) != snapshot->network->data().input.size()) return {};
            std::vector<Real> outputs = predictions(*snapshot, input, 1, stop);
            return [this, id, of, outputs = std::move(outputs)]() mutable {
              answers_[id] = {of, std::move(outputs)};
              tell();
            };
          }};
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
    if (Status s = column.spec->supports(network, column.settings); !s) return s;
    if (sample.input.size() != static_cast<std::size_t>(network.data().input.size())) return problem("The sample is of another shape than the network's input.");
    const Result<Target> t = resolve(choice, *snapshot, sample);
    if (!t) return t.error();
    target = *t;
    baselines->make(*snapshot->data);
    const Shape& shape = network.data().input;
    if (base.kind == BaselineChoice::Mean) baseline = baselines->mean;
    if (base.kind == BaselineChoice::Blurred) {
      if (shape.rank() < 2) return problem("Columns of a table have no neighbours to be blurred with: choose another baseline.");
      baseline = blurredBaseline(shape, sample.input, std::max(1.0, static_cast<double>(std::max(shape[0], shape.isImage() ? shape[1] : 0)) / 7));
    }
    if (base.kind == BaselineChoice::Sample) {
      if (base.row < 0 || base.row >= snapshot->data->count()) return problem("The sample chosen as baseline is not in the data.");
      baseline.resize(sample.input.size());
      gatherInputs(*snapshot->data, {&base.row, 1}, baseline.data());
    }
    // While training runs the caller's thread is all that explaining takes.
    if (snapshot->run != RunState::Running && network.costPerSample() > 100000) pool = std::make_unique<ThreadPool>(machineThreads());
    return {};
  }
  bool table() const { return snapshot->network->data().input.rank() == 1; }
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
            .samples = column.spec->usesSamples ? std::span<const Real>(baselines->samples) : std::span<const Real>(),
            .groups = table() && column.spec->usesGroups ? std::span<const std::int32_t>(baselines->columns.of) : std::span<const std::int32_t>()};
  }
};

std::shared_ptr<ExplainWall::Prepared> ExplainWall::prepared(const ExplainSample& sample, const WallColumn& column) const {
  auto p = std::make_shared<Prepared>();
  p->snapshot = snapshot_;
  p->baselines = baselines_;
  p->sample = sample;
  p->column = column;
  p->choice = target_;
  p->base = baseline_;
  return p;
}

JobQueue::Job ExplainWall::cellJob(const ExplainSample& sample, const WallColumn& column, Slot slot) {
  const std::string without = cellKey(sample, column);
  return {fromCore(column.spec->name),
          [this, p = prepared(sample, column), slot, of = stateKey() + without, without](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Status ready = p->make();
            auto result = std::make_shared<const Result<Attribution>>(ready ? p->column.spec->explain(p->args(stop, progress)) : Result<Attribution>(ready.error()));
            if (stop.stop_requested()) return {};
            *slot = result;
            const QString text = *result ? targetName(*p->snapshot, **result) : QString();
            return [this, id = p->sample.id, key = p->column.key, of, without, result, text] {
              Cell& cell = cells_[{id, key}];
              const std::shared_ptr<const Result<TrustReport>> kept = cell.withoutState == without ? cell.trust : nullptr;
              cell = {of, without, result, text, kept, {}};
              tell();
            };
          }};
}

JobQueue::Job ExplainWall::trustJob(const ExplainSample& sample, const WallColumn& column, Slot slot) {
  return {tr("trust check of %1").arg(fromCore(column.spec->name)),
          [this, p = prepared(sample, column), slot, of = stateKey() + cellKey(sample, column)](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const std::shared_ptr<const Result<Attribution>> map = *slot;
            if (!map || !*map || !p->make()) return {};
            p->target = (*map)->explained;
            const ExplainArgs args = p->args(stop, progress);
            const TrustTask task{.method = *p->column.spec, .args = args, .map = **map, .groups = p->table() ? std::span<const std::int32_t>(p->baselines->columns.of) : std::span<const std::int32_t>()};
            auto report = std::make_shared<const Result<TrustReport>>(trustReport(task));
            if (stop.stop_requested()) return {};
            return [this, id = p->sample.id, key = p->column.key, of, report] {
              Cell& cell = cells_[{id, key}];
              if (cell.of != of) return;
              cell.trust = report;
              cell.trustOf = of;
              tell();
            };
          }};
}

const ExplainWall::Cell* ExplainWall::cellAt(int sample, int column) const {
  if (sample < 0 || column < 0 || sample >= static_cast<int>(samples_.size()) || column >= static_cast<int>(columns_.size())) return nullptr;
  const ExplainSample& s = samples_[static_cast<std::size_t>(sample)];
  const WallColumn& c = columns_[static_cast<std::size_t>(column)];
  const auto it = cells_.find({s.id, c.key});
  return it != cells_.end() && it->second.withoutState == cellKey(s, c) ? &it->second : nullptr;
}

const Attribution* ExplainWall::attribution(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->result && *cell->result ? &**cell->result : nullptr;
}

const TrustReport* ExplainWall::trust(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->trust && *cell->trust ? &**cell->trust : nullptr;
}

QString ExplainWall::trustProblem(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->trust && !*cell->trust ? fromCore(cell->trust->error().text()) : QString();
}

void ExplainWall::tellTrust(const Cell& known, WallCell& cell) const {
  if (!known.trust) {
    if (queue_.busy()) cell.mark = TrustMark::Pending;
    return;
  }
  if (!*known.trust) {
    cell.markWhy = fromCore(known.trust->error().text());
    return;
  }
  const TrustReport& report = **known.trust;
  cell.mark = markOf(report.verdict);
  cell.markWhy = fromCore(report.sentence);
  if (!report.warning.empty()) cell.markWhy += QLatin1Char('\n') + fromCore(report.warning);
  if (report.removal) cell.markNumber = tr("del %1").arg(QLocale().toString(report.removal->deletion.area, 'f', 2));
}

TrustMark markOf(Verdict verdict) {
  return verdict == Verdict::Passes ? TrustMark::Passes : verdict == Verdict::Doubtful ? TrustMark::Doubtful : TrustMark::Fails;
}

WallData ExplainWall::wallData() const {
  WallData d;
  d.title = tr("Wall of attributions");
  if (!snapshot_) return d;
  const Dataset& data = *snapshot_->data;
  const Shape& shape = data.spec.input;
  d.kind = shape.isImage() ? WallKind::Image : shape.rank() == 2 ? WallKind::Series : WallKind::Table;
  if (d.kind != WallKind::Table) d.height = static_cast<int>(shape[0]), d.width = static_cast<int>(shape[1]);
  if (d.kind == WallKind::Image) d.channels = static_cast<int>(shape[2]);
  for (const std::string& c : data.spec.classes) d.classes << fromCore(c);
  d.targetName = fromCore(data.targetName);
  const std::vector<FeatureGroup> groups = d.kind == WallKind::Table ? featureGroups(data) : std::vector<FeatureGroup>();
  if (d.kind == WallKind::Table)
    for (const FeatureGroup& g : groups) d.features << g.name;
  else
    for (const std::string& f : data.featureNames) d.features << fromCore(f);
  for (const WallColumn& c : columns_)
    d.methods.push_back({fromCore(c.spec->name), settingsText(*c.spec, c.settings), fromCore(c.spec->help), c.spec->id.find("cam") != std::string::npos});
  for (const ExplainSample& s : samples_) {
    WallSample w;
    w.name = s.name;
    w.input = shownInput(data, s);
    if (d.kind == WallKind::Table) w.values = groupValues(data, groups, s);
    if (const auto it = answers_.find(s.id); it != answers_.end()) w.probabilities.assign(it->second.outputs.begin(), it->second.outputs.end());
    if (s.row >= 0 && data.spec.task == Task::Classification) w.trueClass = data.classes[static_cast<std::size_t>(s.row)];
    if (s.row >= 0 && data.spec.task == Task::Regression) w.trueValue = static_cast<double>(data.targets[static_cast<std::size_t>(s.row * data.spec.outputs)]);
    for (const WallColumn& c : columns_) {
      WallCell cell;
      const auto it = cells_.find({s.id, c.key});
      if (it == cells_.end() || it->second.withoutState != cellKey(s, c)) {
        if (!queue_.busy()) cell.note = tr("not computed");
      } else if (!*it->second.result) {
        cell.state = WallCell::State::Failed;
        cell.note = fromCore(it->second.result->error().text());
      } else if (const Attribution& a = **it->second.result; a.values.size() != s.input.size() && (d.kind == WallKind::Table || a.shape.rank() != shape.rank())) {
        cell.state = WallCell::State::Failed;
        cell.note = tr("This method concerns a layer (%1), not the input: see 'Inside the network' below.").arg(fromCore(a.shape.text()));
      } else {
        cell.state = WallCell::State::Ready;
        cell.isSigned = a.isSigned;
        cell.seconds = a.seconds;
        w.targetText = it->second.targetText;
        tellTrust(it->second, cell);
        if (d.kind == WallKind::Table) {
          cell.values = a.groupValues.empty() ? groupSums(groups, a.values) : std::vector<Real>(a.groupValues.begin(), a.groupValues.end());
          cell.height = 1, cell.width = static_cast<int>(cell.values.size());
        } else {
          cell.values = a.values;
          cell.height = static_cast<int>(a.shape[0]);
          cell.width = a.shape.rank() > 1 ? static_cast<int>(a.shape[1]) : 1;
          cell.channels = a.shape.rank() > 2 ? static_cast<int>(a.shape[2]) : 1;
        }
      }
      w.cells.push_back(std::move(cell));
    }
    d.samples.push_back(std::move(w));
  }
  return d;
}

}  // namespace vitrine
