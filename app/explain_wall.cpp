#include "app/explain_wall.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <set>

#include "core/base/thread_pool.h"
#include "core/explain/pass.h"
#include "widgets/editor/category.h"

namespace vitrine {

/// What baselines cost to make, made once on the queue's thread.
struct ExplainWall::Baselines {
  const Dataset* of = nullptr;
  std::once_flag once;
  std::vector<Real> mean;

  const std::vector<Real>& trainingMean(const Dataset& data) {
    std::call_once(once, [&] {
      const std::size_t size = static_cast<std::size_t>(data.spec.input.size());
      std::vector<double> sum(size);
      std::vector<Real> one(size);
      // Some thousand rows tell a mean well enough to compare with, and take no time.
      const std::size_t step = std::max<std::size_t>(1, data.train.size() / 4096);
      double n = 0;
      for (std::size_t i = 0; i < data.train.size(); i += step, ++n) {
        gatherInputs(data, {&data.train[i], 1}, one.data());
        for (std::size_t k = 0; k < size; ++k) sum[k] += static_cast<double>(one[k]);
      }
      mean.resize(size);
      for (std::size_t k = 0; k < size; ++k) mean[k] = static_cast<Real>(sum[k] / std::max(1.0, n));
    });
    return mean;
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

/// Every channel blurred over the plane (images) or over time (series).
std::vector<Real> blurredInput(const Shape& shape, const std::vector<Real>& input) {
  const bool image = shape.isImage();
  const int h = static_cast<int>(shape[0]), w = image ? static_cast<int>(shape[1]) : 1, channels = static_cast<int>(shape.size()) / (h * w);
  const double sigma = std::max(1.0, std::max(h, w) / 7.0);
  std::vector<Real> out(input.size()), plane(static_cast<std::size_t>(h * w));
  for (int c = 0; c < channels; ++c) {
    for (std::size_t i = 0; i < plane.size(); ++i) plane[i] = input[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)];
    const std::vector<Real> soft = gaussianBlur(plane, h, w, sigma);
    for (std::size_t i = 0; i < plane.size(); ++i) out[i * static_cast<std::size_t>(channels) + static_cast<std::size_t>(c)] = soft[i];
  }
  return out;
}

/// The choice for one sample, whose logits decide what "predicted" and "second" are.
Result<Target> resolve(const TargetChoice& choice, const Network& network, std::span<const Real> params, const std::vector<Real>& input) {
  Target t;
  t.probability = choice.probability;
  if (choice.kind == TargetChoice::Predicted) return t;
  if (choice.kind == TargetChoice::Class) {
    t.output = choice.output;
    return t;
  }
  if (network.outputs() < 2) return problem("The network has one output only: there is no second class.");
  Workspace ws(network, 1, false, false);
  std::copy(input.begin(), input.end(), ws.input());
  const Real* logits = network.forward(params, ws, 1);
  std::vector<std::int64_t> order(static_cast<std::size_t>(network.outputs()));
  std::iota(order.begin(), order.end(), 0);
  if (!allFinite({logits, order.size()})) return problem("The network's outputs for this sample are not finite numbers.");
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) { return logits[a] > logits[b]; });
  t.output = order[1];
  return t;
}

}  // namespace

QString targetName(const Dataset& data, const Target&, std::int64_t output) {
  if (data.spec.task != Task::Regression && static_cast<std::size_t>(output) < data.spec.classes.size()) return fromCore(data.spec.classes[static_cast<std::size_t>(output)]);
  return data.targetName.empty() ? ExplainWall::tr("output %1").arg(output) : fromCore(data.targetName);
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
         std::to_string(target_.output) + (target_.probability ? "p" : "") + "#b" + std::to_string(baseline_.kind) + ',' + std::to_string(baseline_.row);
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
  for (const ExplainSample& s : samples_)
    for (const WallColumn& c : columns_) {
      const auto it = cells_.find({s.id, c.key});
      if (it == cells_.end() || it->second.of != stateKey() + cellKey(s, c)) jobs.push_back(cellJob(s, c));
    }
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

JobQueue::Job ExplainWall::cellJob(const ExplainSample& sample, const WallColumn& column) {
  const std::string without = cellKey(sample, column);
  // While training runs the caller's thread is all that explaining takes.
  const bool alone = snapshot_->run == RunState::Running;
  return {fromCore(column.spec->name),
          [this, snapshot = snapshot_, baselines = baselines_, id = sample.id, input = sample.input, column, choice = target_, base = baseline_, of = stateKey() + without, without,
           alone](std::stop_token stop, const JobQueue::Progress& progress) -> JobQueue::Deliver {
            const Network& network = *snapshot->network;
            Cell cell{of, without, problem(""), {}};
            cell.result = [&]() -> Result<Attribution> {
              if (Status s = column.spec->supports(network, column.settings); !s) return s.error();
              const Result<Target> target = resolve(choice, network, snapshot->state->params.span(), input);
              if (!target) return target.error();
              std::vector<Real> baseline;
              if (base.kind == BaselineChoice::Mean) baseline = baselines->trainingMean(*snapshot->data);
              if (base.kind == BaselineChoice::Blurred) {
                if (network.data().input.rank() < 2) return problem("Columns of a table have no neighbours to be blurred with: choose another baseline.");
                baseline = blurredInput(network.data().input, input);
              }
              if (base.kind == BaselineChoice::Sample) {
                if (base.row < 0 || base.row >= snapshot->data->count()) return problem("The sample chosen as baseline is not in the data.");
                baseline.resize(input.size());
                gatherInputs(*snapshot->data, {&base.row, 1}, baseline.data());
              }
              std::optional<ThreadPool> pool;
              if (!alone && network.costPerSample() > 100000) pool.emplace(machineThreads());
              return column.spec->explain({.network = network,
                                           .params = snapshot->state->params.span(),
                                           .input = input,
                                           .target = *target,
                                           .settings = column.settings,
                                           .baseline = baseline,
                                           .stop = stop,
                                           .progress = progress,
                                           .pool = pool ? &*pool : nullptr});
            }();
            if (stop.stop_requested()) return {};
            if (cell.result) cell.targetText = targetName(*snapshot->data, {}, cell.result->target);
            return [this, id, key = column.key, cell = std::move(cell)]() mutable {
              cells_[{id, key}] = std::move(cell);
              tell();
            };
          }};
}

const Attribution* ExplainWall::attribution(int sample, int column) const {
  const auto it = cells_.find({samples_[static_cast<std::size_t>(sample)].id, columns_[static_cast<std::size_t>(column)].key});
  return it != cells_.end() && it->second.result ? &*it->second.result : nullptr;
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
      } else if (!it->second.result) {
        cell.state = WallCell::State::Failed;
        cell.note = fromCore(it->second.result.error().text());
      } else {
        const Attribution& a = *it->second.result;
        cell.state = WallCell::State::Ready;
        cell.isSigned = a.isSigned;
        cell.seconds = a.seconds;
        w.targetText = it->second.targetText;
        if (d.kind == WallKind::Table) {
          cell.values = groupSums(groups, a.values);
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
