#include "app/explain_wall.h"

#include <QLocale>
#include <QRegularExpression>
#include <algorithm>
#include <set>
#include <iterator>

#include "core/train/outputs.h"
#include "widgets/editor/category.h"

namespace vitrine {

std::string settingsKey(std::span<const Param> described, const Params& settings) {
  std::string key;
  for (const Param& p : described) {
    const auto it = settings.find(p.id);
    key += '|' + p.id + '=' + paramText(p, it == settings.end() ? p.fallback : it->second);
  }
  return key;
}

QString columnName(const WallColumn& column, const Dataset& data, bool brief) {
  const QString name = fromCore(brief ? column.spec->briefName() : column.spec->name);
  return column.target ? ExplainWall::tr("%1 (%2)").arg(name, choiceName(*column.target, data)) : name;
}

bool averages(const ExplainerSpec& spec, const BaselineChoice& baseline) {
  return spec.usesSamples && (baseline.kind == BaselineChoice::Background || spec.family != ExplainerSpec::Family::Perturbation);
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

std::string ExplainWall::cellKey(const ExplainSample& sample, const WallColumn& column) const {
  return std::to_string(sample.id) + '#' + column.spec->id + settingsKey(column.spec->params, column.settings) + "#t" + targetKey(column.target.value_or(target_)) + "#b" +
         baselineKey(baseline_);
}

std::string ExplainWall::trustKey() const { return "#c" + settingsKey(trustParams(), trustSettings_); }

bool ExplainWall::stale() const {
  if (!snapshot_) return false;
  for (const ExplainSample& s : samples_)
    for (const WallColumn& c : columns_) {
      const auto it = cells_.find({s.id, c.key});
      if (it == cells_.end() || it->second.of != stateKey(*snapshot_) + cellKey(s, c)) return true;
    }
  return false;
}

void ExplainWall::refresh() {
  queue_.cancel();
  if (!snapshot_) return emit changed();
  prepareBaselines();
  std::vector<JobQueue::Job> jobs;
  for (const ExplainSample& s : samples_)
    if (const auto it = answers_.find(s.id); it == answers_.end() || it->second.of != stateKey(*snapshot_)) jobs.push_back(answerJob(s));
  std::vector<JobQueue::Job> checks;
  for (std::size_t i = 0; i < samples_.size(); ++i)
    for (std::size_t k = 0; k < columns_.size(); ++k) {
      const ExplainSample& s = samples_[i];
      const WallColumn& c = columns_[k];
      const auto it = cells_.find({s.id, c.key});
      const std::string of = stateKey(*snapshot_) + cellKey(s, c);
      const bool fresh = it != cells_.end() && it->second.of == of;
      auto slot = std::make_shared<std::shared_ptr<const Result<Attribution>>>(fresh ? it->second.result : nullptr);
      if (!fresh) jobs.push_back(cellJob(s, c, slot));
      const bool follows = live_ && snapshot_->run == RunState::Running;
      if (follows && (static_cast<int>(i) != focusSample_ || static_cast<int>(k) != focusColumn_)) continue;
      if (!fresh || it->second.trustOf != of + trustKey()) checks.push_back(trustJob(s, c, slot));
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

const ExplainWall::Cell* ExplainWall::cellAt(int sample, int column) const {
  if (sample < 0 || column < 0 || sample >= static_cast<int>(samples_.size()) || column >= static_cast<int>(columns_.size())) return nullptr;
  const ExplainSample& s = samples_[static_cast<std::size_t>(sample)];
  const WallColumn& c = columns_[static_cast<std::size_t>(column)];
  const auto it = cells_.find({s.id, c.key});
  return it != cells_.end() && it->second.withoutState == cellKey(s, c) ? &it->second : nullptr;
}

const Attribution* ExplainWall::attribution(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->shown && *cell->shown ? &**cell->shown : nullptr;
}

std::string ExplainWall::mapKey(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell ? cell->of : std::string();
}

const TrustReport* ExplainWall::trust(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->trust && *cell->trust ? &**cell->trust : nullptr;
}

bool ExplainWall::trustIsOld(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->trust && cell->trustOf != cell->of + trustKey();
}

QString ExplainWall::trustProblem(int sample, int column) const {
  const Cell* cell = cellAt(sample, column);
  return cell && cell->trust && !*cell->trust ? fromCore(cell->trust->error().text()) : QString();
}

void ExplainWall::tellTrust(const Cell& known, WallCell& cell) const {
  if (!known.trust) {
    if (queue_.busy()) cell.mark = TrustMark::Pending;
    else cell.markWhy = tr("Not checked: the checks were cancelled, or training goes on. F5 checks it.");
    return;
  }
  if (!*known.trust) {
    cell.markWhy = fromCore(known.trust->error().text());
    return;
  }
  const TrustReport& report = **known.trust;
  cell.mark = markOf(report.verdict);
  cell.markOld = known.trustOf != known.of + trustKey();
  cell.markWhy = sentenceOf(report.sentence);
  if (!report.warning.empty()) cell.markWhy += QLatin1Char('\n') + fromCore(report.warning);
  if (cell.markOld) cell.markWhy += QLatin1Char('\n') + oldCheck();
  if (report.removal) cell.deletionArea = QLocale().toString(report.removal->deletion.area, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212));
}

QString sentenceOf(const std::string& sentence) {
  static const QRegularExpression minus(QStringLiteral("-(?=[0-9.])"));
  return fromCore(sentence).replace(minus, QString(QChar(0x2212)));
}

QString oldCheck() { return ExplainWall::tr("Checked earlier, of another state of the network or by other settings; it is checked again when training rests (F5)."); }

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
  d.shares = outputReading(*snapshot_->network) != OutputReading::Plain;
  d.targetName = fromCore(data.targetName);
  const std::vector<FeatureGroup> groups = d.kind == WallKind::Table ? featureGroups(data) : std::vector<FeatureGroup>();
  if (d.kind == WallKind::Table)
    for (const FeatureGroup& g : groups) d.features << g.name;
  else
    for (const std::string& f : data.featureNames) d.features << fromCore(f);
  if (target_ != TargetChoice{}) {
    d.target = choiceName(target_, data);
    d.title = tr("Wall of attributions, target: %1").arg(d.target);
  }
  for (const WallColumn& c : columns_) {
    QStringList settings{settingsText(*c.spec, c.settings)};
    if (baseline_.kind != BaselineChoice::Background && averages(*c.spec, baseline_)) settings << baselineName({BaselineChoice::Background});
    settings.removeAll(QString());
    d.methods.push_back({fromCore(c.spec->name), settings.join(QStringLiteral(", ")), fromCore(c.spec->help), c.spec->id.find("cam") != std::string::npos,
                         c.target ? choiceName(*c.target, data) : QString()});
  }
  for (const ExplainSample& s : samples_) {
    WallSample w;
    w.name = s.name;
    w.input = shownInput(data, s);
    if (d.kind == WallKind::Table) w.values = groupValues(data, groups, s);
    if (const auto it = answers_.find(s.id); it != answers_.end()) w.probabilities.assign(it->second.outputs.begin(), it->second.outputs.end());
    if (s.row >= 0 && data.spec.task == Task::Classification) w.trueClass = data.classes[static_cast<std::size_t>(s.row)];
    if (s.row >= 0 && data.spec.task == Task::Regression) w.trueValue = data.targets[static_cast<std::size_t>(s.row * data.spec.outputs)];
    for (const WallColumn& c : columns_) {
      WallCell cell;
      const auto it = cells_.find({s.id, c.key});
      if (it == cells_.end() || it->second.withoutState != cellKey(s, c)) {
        if (!queue_.busy()) cell.note = tr("not computed");
      } else if (!*it->second.shown) {
        cell.state = WallCell::State::Failed;
        cell.note = fromCore(it->second.shown->error().text());
      } else if (const Attribution& a = **it->second.shown; a.ofUnits || (a.values.size() != s.input.size() && (d.kind == WallKind::Table || a.shape.rank() != shape.rank()))) {
        cell.state = WallCell::State::Failed;
        cell.note = tr("This method concerns a layer (%1), not the input: see 'Inside the network' below.").arg(fromCore(a.shape.text()));
      } else {
        cell.state = WallCell::State::Ready;
        cell.isSigned = a.isSigned;
        cell.seconds = a.seconds;
        cell.targetText = it->second.targetText;
        tellTrust(it->second, cell);
        if (d.kind == WallKind::Table) {
          cell.values = a.groupValues.size() != groups.size() ? groupSums(groups, a.values) : std::vector<Real>(a.groupValues.begin(), a.groupValues.end());
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
