#pragma once

#include <QString>
#include <QWidget>
#include <functional>
#include <memory>

#include "core/train/trainer.h"

namespace vitrine {

/// Reset, Play/Pause, Step batch, Step epoch; the run's figures; learning rate, batch size, optimiser and seed.
/// Usable from 900 px of width: below ~1200 the controls go into a second row.
class TransportBar : public QWidget {
  Q_OBJECT
 public:
  explicit TransportBar(QWidget* parent = nullptr);
  ~TransportBar() override;

  /// Figures, run state and settings of a moment. A field that is being typed in keeps its text. Settings that were
  /// edited here are not put back by a snapshot taken before the engine heard of them.
  void showSnapshot(const Snapshot& snapshot);
  /// No run: dashes instead of figures.
  void showNothing();
  /// Shows the document's settings (project opened, undo) without telling settingsEdited().
  void setSettings(const TrainSettings& settings);
  const TrainSettings& settings() const;
  /// Whether there is a network and data to train. `whyNot` is said on the bar and in the tooltips.
  void setPlayable(bool playable, const QString& whyNot = {});
  QSize minimumSizeHint() const override;

 public slots:
  /// As the Play button (Ctrl+Space): plays or pauses, by the state shown.
  void togglePlay();

 signals:
  void playRequested();
  void pauseRequested();
  void stepBatchRequested();
  void stepEpochRequested();
  void resetRequested();
  void settingsEdited(const vitrine::TrainSettings& settings);

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void makeButtons();
  void makeReadouts();
  void makeControls();
  void layOut();
  void arrange();
  void refreshButtons();
  void refreshNotice();
  void showFigures(const Snapshot& snapshot);
  void showSettings();
  void edit(const std::function<void(TrainSettings&)>& change);
  void chooseOptimiser(int index);
  void readSeed(bool final);
  void showOptions();
  void showTraining();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
