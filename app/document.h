#pragma once

#include <QObject>
#include <QString>
#include <QTimer>
#include <QUndoStack>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/insight/observer.h"
#include "core/io/file_mark.h"
#include "core/io/project.h"
#include "core/model/graph.h"
#include "core/train/trainer.h"

namespace vitrine {

/// The part of a project that undo covers: a plain value, cheap to copy (data are shared).
struct Edited {
  Graph graph;
  DatasetPtr data;
  TrainSettings settings;
  std::vector<std::int32_t> pinned;  ///< rows of the data set
};

/// The open project: what undo covers, the engine that trains it, and the observer that looks at it. Long work runs on
/// a thread of its own and is told by busy(); views hear of the engine by the two ...Changed signals of one timer.
class Document : public QObject {
  Q_OBJECT
 public:
  explicit Document(int threads = 0, QObject* parent = nullptr);
  ~Document() override;

  const Graph& graph() const { return now_.graph; }
  /// Null: none yet, or they are missing.
  const DatasetPtr& data() const;
  /// Of a project whose data could not be had: what is known of them. Null: nothing is missing.
  const MissingData* missing() const;
  /// What samples and outputs are like, also where the data are missing; null: not known.
  const DataSpec* spec() const { return now_.data ? &now_.data->spec : nullptr; }
  const TrainSettings& settings() const { return now_.settings; }
  /// None while the data are missing; those that were pinned come back with them.
  const std::vector<std::int32_t>& pinned() const;
  const Validation& validation() const { return validation_; }
  const Trainer& trainer() const { return *trainer_; }
  QUndoStack* undoStack() { return &undo_; }
  /// The newest snapshot of a run, or null.
  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }
  const std::shared_ptr<const Observation>& observation() const { return observation_; }
  /// Why there is no network of use; empty when there is.
  QString networkFault() const;
  /// Why Play is not possible: that, or settings that cannot train the network. Empty when it is.
  QString whyNotPlayable() const;

  // Edits; each is one step of undo. Edits in a row with the same mergeId ≥ 0 are one step.
  void editGraph(const Graph& graph, const QString& what, int mergeId = -1);
  void editSettings(const TrainSettings& settings);
  void setPinned(std::vector<std::int32_t> rows);
  /// False: it is pinned already, or no row of the data.
  bool pin(std::int32_t row);
  void unpin(std::int32_t row);
  /// Pins a validation sample, not pinned yet, whose true and predicted class the newest snapshot's network satisfies
  /// `wants` with; searched for on the thread of long work. Says `none` when there is none.
  void pinWhere(std::function<bool(int, int)> wants, const QString& none);
  void applyTemplate(const std::string& id);
  /// New data; a network that does not fit it any more is replaced by the template for such data (undo brings it back).
  void setData(DatasetPtr data);

  // Engine.
  void play();
  void pause() { trainer_->pause(); }
  void stepBatch();
  void stepEpoch();
  void reset();
  void observe(const ObserverRequest& request);

  // Long work: one at a time; a second request cancels the first. Failure leaves the project as it was.
  void openSample();
  void openData(const QString& path);
  void openProject(const QString& path);
  /// Takes a file as the data that are missing. One that is not the file that was used is only said (missing() stays, otherData() is its
  /// path), unless it is taken knowingly.
  void locateData(const QString& path, bool knowingly = false);
  /// A file in place of the missing data that is other than what was used; empty: none.
  QString otherData() const;
  /// Data that were made elsewhere (an import).
  void useData(DatasetPtr data) { finishData(std::move(data)); }
  void generateData(const std::string& id, const GeneratorSettings& settings);
  void cancelWork();
  bool isBusy() const { return busy_; }

  /// Writes the project; false (and failed()) when it could not. `views` is the window's own part.
  bool save(const QString& path, const std::map<std::string, std::string>& views, const QByteArray& thumbnailPng = {});
  void newProject();
  const QString& path() const { return path_; }
  /// Whether the project's file was replaced or changed since it was opened or saved.
  bool isFileOther() const { return !path_.isEmpty() && mark_.isOther(path_.toStdString()); }
  /// The project's name for titles: its file, or its data's name.
  QString name() const;
  bool isDirty() const;
  /// The window's own part of the project that was opened last.
  const std::map<std::string, std::string>& views() const { return views_; }

 signals:
  void edited();            ///< graph, data, settings or pins are others
  void dataChanged();
  void projectOpened();
  void titleChanged();
  void snapshotChanged();
  void observationChanged();
  void failed(const QString& text);
  void said(const QString& text);  ///< a sentence for the status line
  void busyChanged(const QString& what);  ///< empty: done
  void progressed(double share);

 private:
  friend class EditCommand;
  using Work = std::function<std::function<void()>(std::stop_token, const Progress&)>;

  void push(Edited after, const QString& what, int mergeId = -1);
  void apply(const Edited& after);
  void refreshNetwork(bool newData);
  void run(const QString& what, Work work);
  void finishData(Result<DatasetPtr> data);
  void finishProject(const QString& path, Result<OpenedProject> opened, const FileMark& mark);
  void finishLocated(const QString& path, bool knowingly, Result<LocatedData> located);
  void takeLocated(const Project& project);
  void loadRun(const Project& project);
  void addRun(Project& project) const;
  void poll();
  void reportRemade();

  Edited now_;
  Validation validation_;
  std::shared_ptr<const Network> network_;  ///< the engine's; null before there was a valid one
  QUndoStack undo_;
  std::unique_ptr<Trainer> trainer_;
  std::unique_ptr<Observer> observer_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::shared_ptr<const Observation> observation_;
  std::uint64_t snapshotSerial_ = 0, observationSerial_ = 0, toldGeneration_ = 0;
  QTimer timer_;
  QString path_;
  FileMark mark_;  ///< of the file at path_
  std::shared_ptr<const ProjectFile> file_;
  std::shared_ptr<const Project> opened_;  ///< as it was opened, while its data are missing
  std::shared_ptr<const Project> other_;   ///< with data that are not those that were used
  QString otherPath_;
  std::int64_t savedStep_ = 0;
  std::map<std::string, std::string> views_;
  bool busy_ = false;
  std::uint64_t workSerial_ = 0;
  std::jthread worker_;
};

/// Equal but for where nodes stand.
bool sameNetwork(const Graph& a, const Graph& b);

/// Rows that a newcomer should see: the first validation sample of each of the first `most` classes met.
std::vector<std::int32_t> firstPins(const Dataset& data, std::size_t most = 3);

}  // namespace vitrine
