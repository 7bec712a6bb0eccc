#include "app/document.h"

#include <QFileInfo>
#include <QUndoCommand>
#include <algorithm>
#include <cmath>
#include <set>

#include "core/insight/find_sample.h"
#include "core/model/templates.h"
#include "core/train/fits.h"
#include "widgets/editor/category.h"
#include "widgets/post.h"

namespace vitrine {
namespace {

constexpr int kPollMs = 33;

}  // namespace

/// Swaps one value of the undoable state for another.
class EditCommand : public QUndoCommand {
 public:
  EditCommand(Document& document, Edited before, Edited after, const QString& text, int mergeId)
      : QUndoCommand(text), document_(document), before_(std::move(before)), after_(std::move(after)), mergeId_(mergeId) {}
  void undo() override { document_.apply(before_); }
  void redo() override { document_.apply(after_); }
  int id() const override { return mergeId_; }
  bool mergeWith(const QUndoCommand* other) override {
    after_ = static_cast<const EditCommand*>(other)->after_;
    return true;
  }

 private:
  Document& document_;
  Edited before_, after_;
  int mergeId_;
};

Document::Document(int threads, QObject* parent) : QObject(parent), trainer_(std::make_unique<Trainer>(threads)) {
  observer_ = std::make_unique<Observer>(*trainer_);
  undo_.setUndoLimit(1000);
  validation_ = validate(now_.graph, nullptr);
  connect(&undo_, &QUndoStack::cleanChanged, this, &Document::titleChanged);
  timer_.setInterval(kPollMs);
  connect(&timer_, &QTimer::timeout, this, &Document::poll);
  timer_.start();
}

Document::~Document() {
  // Work that still runs may not reach into a document that goes: stopped and joined first, then those who look at the
  // trainer, then the trainer.
  worker_ = {};
  observer_ = nullptr;
  trainer_ = nullptr;
}

QString Document::networkFault() const {
  if (!now_.data) return tr("Open data first: File → Open data…, or File → Sample data.");
  const Issue* issue = validation_.firstFatal();
  if (!issue) return {};
  return issue->cure.empty() ? fromCore(issue->text) : fromCore(issue->text) + QLatin1Char(' ') + fromCore(issue->cure);
}

QString Document::whyNotPlayable() const {
  if (missing()) return tr("The project's data are missing: press Locate… to find them.");
  const QString fault = networkFault();
  if (!fault.isEmpty() || !network_) return fault;
  const Status can = canTrain(*network_, *now_.data, now_.settings);
  return can ? QString() : fromCore(can.error().text());
}

void Document::push(Edited after, const QString& what, int mergeId) {
  undo_.push(new EditCommand(*this, now_, std::move(after), what, mergeId));
}

void Document::editGraph(const Graph& graph, const QString& what, int mergeId) {
  if (graph == now_.graph) return;
  Edited after = now_;
  after.graph = graph;
  push(std::move(after), what, mergeId);
}

void Document::editSettings(const TrainSettings& settings) {
  if (settings == now_.settings) return;
  constexpr int kSettingsMerge = 1 << 30;
  Edited after = now_;
  after.settings = settings;
  push(std::move(after), tr("Training settings"), kSettingsMerge);
}

void Document::setPinned(std::vector<std::int32_t> rows) {
  if (missing() || rows == now_.pinned) return;
  Edited after = now_;
  after.pinned = std::move(rows);
  push(std::move(after), tr("Pinned samples"));
}

bool Document::pin(std::int32_t row) {
  std::vector<std::int32_t> rows = now_.pinned;
  if (!data() || row < 0 || row >= data()->count() || std::find(rows.begin(), rows.end(), row) != rows.end()) return false;
  rows.push_back(row);
  setPinned(std::move(rows));
  return true;
}

void Document::unpin(std::int32_t row) {
  std::vector<std::int32_t> rows = now_.pinned;
  std::erase(rows, row);
  setPinned(std::move(rows));
}

void Document::pinWhere(std::function<bool(int, int)> wants, const QString& none) {
  const std::shared_ptr<const Snapshot> s = snapshot_;
  if (!s || !s->state || !s->network || s->data != now_.data || now_.data->spec.task != Task::Classification) return;
  std::vector<std::int32_t> rows = s->data->validation.empty() ? s->data->train : s->data->validation;
  std::erase_if(rows, [this](std::int32_t row) { return std::find(now_.pinned.begin(), now_.pinned.end(), row) != now_.pinned.end(); });
  run(tr("Looking for such a sample…"), [this, s, rows = std::move(rows), wants = std::move(wants), none](std::stop_token stop, const Progress&) {
    const std::optional<std::int32_t> row = findSample(*s->network, s->state->params.span(), *s->data, rows, wants, stop);
    return [this, s, row, none] {
      if (s->data != now_.data) return;
      if (!row) return emit said(none);
      pin(*row);
    };
  });
}

void Document::applyTemplate(const std::string& id) {
  const GraphTemplate* t = findTemplate(id);
  if (!t) return;
  if (!data()) return emit failed(tr("Open data first: a template is made to fit it."));
  if (Status s = t->suits(now_.data->spec); !s)
    return emit failed(tr("%1 does not suit this data. %2").arg(fromCore(t->name), fromCore(s.error().text())));
  editGraph(t->make(now_.data->spec), tr("Template %1").arg(fromCore(t->name)));
}

void Document::setData(DatasetPtr data) {
  Edited after = now_;
  after.data = data;
  after.pinned = firstPins(*data);
  if (!validate(after.graph, &data->spec).ok()) after.graph = defaultTemplate(data->spec).make(data->spec);
  if (after.graph.nodes != now_.graph.nodes) {
    // Rates that suit the templates: measured, see the README of tests/bench.
    const bool image = data->spec.input.isImage();
    after.settings.rate = image ? 0.002 : 0.01;
    after.settings.batch = image ? 64 : data->train.size() < 400 ? 16 : 32;
    after.settings.epochs = image ? 30 : data->train.size() < 400 ? 60 : 200;
  }
  push(std::move(after), tr("Open %1").arg(fromCore(data->name)));
}

void Document::apply(const Edited& after) {
  const bool newData = after.data != now_.data;
  const bool newNetwork = newData || !sameNetwork(after.graph, now_.graph);
  const bool newSettings = after.settings != now_.settings;
  now_ = after;
  if (newNetwork) refreshNetwork(newData);
  if (newSettings) trainer_->setSettings(now_.settings);
  if (newData) emit dataChanged();
  emit edited();
  emit titleChanged();
}

void Document::refreshNetwork(bool newData) {
  validation_ = validate(now_.graph, now_.data ? &now_.data->spec : nullptr);
  if (newData) network_ = nullptr;
  if (!now_.data) return trainer_->unload();
  const Result<std::shared_ptr<const Network>> compiled = Network::compile(now_.graph, now_.data->spec);
  // Back at the network of a project without its data: with what it had learnt.
  if (compiled && missing() && opened_ && !newData && !opened_->runGraph && sameNetwork(now_.graph, opened_->graph)) return loadRun(*opened_);
  Status taken = compiled ? Status() : Status(compiled.error());
  if (taken) taken = network_ ? trainer_->edit(*compiled) : trainer_->load(*compiled, now_.data, now_.settings);
  if (taken) {
    network_ = *compiled;
    return;
  }
  // Trained parameters stay with the engine, for when the network is whole again.
  if (newData) trainer_->unload();
  trainer_->pause();
  if (validation_.ok()) validation_.issues.push_back({{}, taken.error().text(), compiled ? "" : "Make the network smaller.", true, {}});
}

void Document::play() {
  if (!whyNotPlayable().isEmpty()) return;
  const std::int64_t limit = now_.settings.epochs;
  if (limit > 0 && snapshot_ && snapshot_->state && snapshot_->state->epoch >= limit)
    emit said(tr("The run has done its %1 epochs. Raise 'Stop after' to go on, or press Reset to begin anew.").arg(QLocale().toString(qlonglong(limit))));
  trainer_->play();
}

void Document::stepBatch() {
  if (whyNotPlayable().isEmpty()) trainer_->stepBatch();
}

void Document::stepEpoch() {
  if (whyNotPlayable().isEmpty()) trainer_->stepEpoch();
}

void Document::reset() {
  if (missing()) return emit failed(tr("What this network has learnt cannot be learnt again while its data are missing."));
  trainer_->reset();
}

void Document::observe(const ObserverRequest& request) { observer_->setRequest(request); }

void Document::poll() {
  if (std::shared_ptr<const Snapshot> s = trainer_->snapshots().takeNewer(snapshotSerial_)) {
    const bool failedNow = s->run == RunState::Failed && (!snapshot_ || snapshot_->run != RunState::Failed);
    const bool finishedNow = !s->finish.empty() && (!snapshot_ || snapshot_->finish.empty());
    const bool dirtyBefore = isDirty();
    snapshot_ = std::move(s);
    reportRemade();
    if (finishedNow) emit said(fromCore(snapshot_->finish));
    if (failedNow) emit failed(fromCore(snapshot_->failure));
    if (isDirty() != dirtyBefore) emit titleChanged();
    emit snapshotChanged();
  }
  if (std::shared_ptr<const Observation> o = observer_->observations().takeNewer(observationSerial_)) {
    observation_ = std::move(o);
    emit observationChanged();
  }
}

void Document::reportRemade() {
  if (snapshot_->generation == toldGeneration_) return;
  toldGeneration_ = snapshot_->generation;
  if (snapshot_->remade.empty()) return;
  QStringList names;
  for (const std::string& n : snapshot_->remade) names << fromCore(n);
  emit said(tr("Weights made anew: %1. All others were kept.").arg(names.join(QStringLiteral(", "))));
}

void Document::run(const QString& what, Work work) {
  const std::uint64_t serial = ++workSerial_;
  busy_ = true;
  emit busyChanged(what);
  // Assigning joins an older worker; its stop was asked for, and readers look at it often.
  worker_ = std::jthread([this, serial, work = std::move(work)](std::stop_token stop) {
    double told = -1;
    const Progress progress = [this, &told](double share) {
      if (share < told + 0.01 && share < 1) return;
      told = share;
      post(this, [this, share] { emit progressed(share); });
    };
    std::function<void()> finish = work(stop, progress);
    post(this, [this, serial, finish = std::move(finish)] {
      if (serial != workSerial_) return;
      busy_ = false;
      emit busyChanged({});
      finish();
    });
  });
}

void Document::cancelWork() {
  if (!busy_) return;
  ++workSerial_;
  worker_.request_stop();
  busy_ = false;
  emit busyChanged({});
  emit said(tr("Stopped. The project is as it was."));
}

void Document::openSample() {
  run(tr("Opening Fashion-MNIST…"), [this](std::stop_token stop, const Progress& progress) {
    auto data = std::make_shared<Result<DatasetPtr>>(openFashionMnist(stop, progress));
    return [this, data] { finishData(std::move(*data)); };
  });
}

void Document::openData(const QString& path) {
  run(tr("Opening %1…").arg(QFileInfo(path).fileName()), [this, path](std::stop_token stop, const Progress& progress) {
    auto data = std::make_shared<Result<DatasetPtr>>(vitrine::openData(path.toStdString(), {}, stop, progress));
    return [this, data] { finishData(std::move(*data)); };
  });
}

void Document::generateData(const std::string& id, const GeneratorSettings& settings) {
  finishData(generate(id, settings));
}

void Document::finishData(Result<DatasetPtr> data) {
  if (!data) return emit failed(fromCore(data.error().text()));
  const bool misses = missing() != nullptr, first = !now_.data && !misses && undo_.count() == 0;
  // Other data begin another project: saving it asks for a name, and the file that was open keeps what was trained.
  if (misses || (now_.data && now_.data->name != (*data)->name)) {
    path_.clear();
    file_ = nullptr;
    opened_ = other_ = nullptr;
  }
  setData(*data);
  if (first || misses) undo_.clear();  // the sample project is where undo begins
  if (misses) undo_.resetClean();      // and there is no way back to where data were missing
  const Dataset& d = *now_.data;
  QString text = tr("%1: %2 samples to train, %3 to validate.")
                     .arg(fromCore(d.name), QLocale().toString(qlonglong(d.train.size())), QLocale().toString(qlonglong(d.validation.size())));
  for (const std::string& note : d.notes) text += QLatin1Char(' ') + fromCore(note);
  emit said(text);
}

QString Document::name() const {
  if (!path_.isEmpty()) return QFileInfo(path_).fileName();
  return now_.data ? fromCore(now_.data->name) : tr("untitled");
}

bool Document::isDirty() const {
  const std::int64_t step = snapshot_ && snapshot_->state ? snapshot_->state->step : 0;
  return !undo_.isClean() || step != savedStep_;
}

bool sameNetwork(const Graph& a, const Graph& b) {
  if (a.edges != b.edges || a.nodes.size() != b.nodes.size()) return false;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    Node moved = b.nodes[i];
    moved.at = a.nodes[i].at;
    if (!(a.nodes[i] == moved)) return false;
  }
  return true;
}

std::vector<std::int32_t> firstPins(const Dataset& data, std::size_t most) {
  const std::vector<std::int32_t>& rows = data.validation.empty() ? data.train : data.validation;
  std::vector<std::int32_t> pins;
  std::set<std::int32_t> seen;
  for (std::int32_t row : rows) {
    if (pins.size() == most) break;
    if (data.spec.task == Task::Classification && !seen.insert(data.classes[static_cast<std::size_t>(row)]).second) continue;
    pins.push_back(row);
  }
  return pins;
}

}  // namespace vitrine
