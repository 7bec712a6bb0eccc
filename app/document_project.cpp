// The document as a project's file: opening, data that are missing, saving.
#include <QFileInfo>
#include <QLocale>

#include "app/document.h"
#include "widgets/editor/category.h"

namespace vitrine {

const MissingData* Document::missing() const {
  // Other data that were opened since are not missing.
  return file_ && file_->missing && now_.data == file_->missing->standIn ? &*file_->missing : nullptr;
}

const DatasetPtr& Document::data() const {
  static const DatasetPtr none;
  return missing() ? none : now_.data;
}

const std::vector<std::int32_t>& Document::pinned() const {
  static const std::vector<std::int32_t> none;
  return missing() ? none : now_.pinned;
}

void Document::openProject(const QString& path) {
  run(tr("Opening %1…").arg(QFileInfo(path).fileName()), [this, path](std::stop_token stop, const Progress& progress) {
    FileMark mark(path.toStdString());
    auto opened = std::make_shared<Result<OpenedProject>>(vitrine::openProject(path.toStdString(), stop, progress));
    if (*opened) mark.takeBytes(path.toStdString());
    return [this, path, opened, mark] { finishProject(path, std::move(*opened), mark); };
  });
}

void Document::finishProject(const QString& path, Result<OpenedProject> opened, const FileMark& mark) {
  if (!opened) return emit failed(fromCore(opened.error().text()));
  Project& p = opened->project;
  file_ = p.file;
  const bool misses = file_ && file_->missing;
  now_ = {p.graph, misses ? file_->missing->standIn : p.data, p.settings, p.pinned};
  validation_ = validate(now_.graph, spec());
  opened_ = misses ? std::make_shared<const Project>(p) : nullptr;
  other_ = nullptr;
  otherPath_.clear();
  savedStep_ = p.state ? p.state->step : 0;
  loadRun(p);
  path_ = path;
  mark_ = mark;
  views_ = p.views;
  undo_.clear();
  emit dataChanged();
  emit edited();
  emit projectOpened();
  emit titleChanged();
}

/// The engine with a project's run; then what was edited since.
void Document::loadRun(const Project& p) {
  network_ = nullptr;
  trainer_->unload();
  snapshot_ = nullptr;
  observation_ = nullptr;
  if (!now_.data) return;
  const Result<std::shared_ptr<const Network>> run = Network::compile(p.runGraph ? *p.runGraph : p.graph, now_.data->spec);
  if (!run) return;
  // The file's points are ours alone while it has its data: nobody else holds them.
  if (const Status taken = trainer_->load(*run, now_.data, p.settings, p.state, std::const_pointer_cast<History>(p.history)); !taken) return emit failed(fromCore(taken.error().text()));
  network_ = *run;
  if (now_.settings != p.settings) trainer_->setSettings(now_.settings);
  if (sameNetwork(network_->graph(), now_.graph)) return;
  const Result<std::shared_ptr<const Network>> edited = Network::compile(now_.graph, now_.data->spec);
  if (edited && trainer_->edit(*edited)) network_ = *edited;
}

QString Document::otherData() const {
  if (!missing()) return {};
  return other_ ? otherPath_ : fromCore(missing()->changed.string());
}

void Document::locateData(const QString& path, bool knowingly) {
  if (!missing()) return;
  if (knowingly && other_ && path == otherPath_) return takeLocated(*other_);  // it was read already
  run(tr("Opening %1…").arg(QFileInfo(path).fileName()), [this, path, knowingly, file = file_](std::stop_token stop, const Progress& progress) {
    auto located = std::make_shared<Result<LocatedData>>(vitrine::locateData(*file, path.toStdString(), stop, progress));
    return [this, path, knowingly, file, located] {
      if (file == file_ && missing()) finishLocated(path, knowingly, std::move(*located));
    };
  });
}

void Document::finishLocated(const QString& path, bool knowingly, Result<LocatedData> located) {
  if (!located) return emit failed(fromCore(located.error().text()));
  if (!located->other || knowingly) return takeLocated(located->project);
  other_ = std::make_shared<const Project>(std::move(located->project));
  otherPath_ = path;
  emit edited();
}

void Document::takeLocated(const Project& found) {
  const Project p = found;  // other_ goes
  file_ = p.file;
  opened_ = other_ = nullptr;
  otherPath_.clear();
  now_.data = p.data;
  std::erase_if(now_.pinned, [&](std::int32_t row) { return row >= p.data->count(); });
  validation_ = validate(now_.graph, spec());
  loadRun(p);
  // Earlier steps of undo know no data. Where they are now is worth saving.
  undo_.clear();
  undo_.resetClean();
  emit dataChanged();
  emit edited();
  emit titleChanged();
  emit said(tr("%1 is back: %2 samples to train, %3 to validate.")
                .arg(fromCore(p.data->name), QLocale().toString(qlonglong(p.data->train.size())), QLocale().toString(qlonglong(p.data->validation.size()))));
}

void Document::newProject() {
  now_ = {};
  validation_ = validate(now_.graph, nullptr);
  network_ = nullptr;
  trainer_->unload();
  snapshot_ = nullptr;
  observation_ = nullptr;
  path_.clear();
  mark_ = {};
  file_ = nullptr;
  opened_ = other_ = nullptr;
  views_.clear();
  savedStep_ = 0;
  undo_.clear();
  emit dataChanged();
  emit edited();
  emit titleChanged();
}

/// What was learnt, as of the newest moment between two batches.
void Document::addRun(Project& p) const {
  // Without data nothing is learnt: the file's own run is written again, unless the network is another now.
  if (missing() && (!opened_ || (sameNetwork(now_.graph, opened_->graph) && now_.settings.optimiser == opened_->settings.optimiser))) return;
  const std::shared_ptr<const Snapshot> s = trainer_->snapshots().get();
  if (!s || !s->state || !s->network || s->data != now_.data) return;
  p.state = s->state;
  if (s->settings.optimiser.id != now_.settings.optimiser.id) {  // chosen just now
    auto fresh = std::make_shared<TrainState>(*s->state);
    fresh->optimiser = freshState(now_.settings.optimiser, s->network->parameterCount());
    p.state = std::move(fresh);
  }
  // The graph may be faulty just now, or its edit on the way.
  if (!sameNetwork(s->network->graph(), now_.graph)) p.runGraph = s->network->graph();
  p.history = s->history;
  p.batchPoints = s->batchPoints;
  p.epochPoints = s->epochPoints;
}

bool Document::save(const QString& path, const std::map<std::string, std::string>& views, const QByteArray& thumbnailPng) {
  Project p;
  p.graph = now_.graph;
  p.settings = now_.settings;
  p.data = data();
  p.pinned = now_.pinned;
  p.views = views;
  p.file = file_;
  addRun(p);
  const Status status = saveProject(path.toStdString(), p, std::string_view(thumbnailPng.constData(), static_cast<std::size_t>(thumbnailPng.size())));
  if (!status) {
    emit failed(fromCore(status.error().text()));
    return false;
  }
  path_ = path;
  mark_ = FileMark(path.toStdString());
  mark_.takeBytes(path.toStdString());
  if (const TrainState* state = p.state ? p.state.get() : missing() && opened_ ? opened_->state.get() : nullptr) savedStep_ = state->step;
  else savedStep_ = 0;
  undo_.setClean();
  emit titleChanged();
  const QString name = QFileInfo(path).fileName();
  emit said(!missing() ? tr("Saved %1.").arg(name)
                       : tr("Saved %1. Its data are still missing: where they were, and the weights, optimiser and history learnt from them, are kept as they were.").arg(name));
  return true;
}

}  // namespace vitrine
