#pragma once

#include <QWidget>
#include <memory>
#include <vector>

#include "app/document.h"
#include "app/explain_samples.h"
#include "app/explain_wall.h"
#include "app/job_queue.h"
#include "widgets/explain/draw_canvas.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/forms/param_form.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QScrollArea;
class QToolButton;

namespace vitrine {

/// The left column of the Explain workspace: which samples, which output, compared with what. Samples come from the data
/// (pinned or chosen in the gallery), a drawing, a picture file, or an edited row of a table.
class ExplainChoices : public QWidget {
  Q_OBJECT
 public:
  explicit ExplainChoices(Document& document, QWidget* parent = nullptr);

  /// Pinned ones first, then those chosen here, then one's own.
  std::vector<ExplainSample> samples() const;
  TargetChoice target() const;
  BaselineChoice baseline() const;
  WallScale scale() const;
  SampleGallery* gallery() { return gallery_; }
  /// Predictions of the gallery's rows by this snapshot, in the background.
  void predict(const std::shared_ptr<const Snapshot>& snapshot);
  JobQueue* queue() { return &queue_; }
  /// Predictions were cancelled: predict() may make them again, of the same snapshot too.
  void tellStopped();
  /// A picture file as a sample; says why not in place.
  void loadImage(const QString& path);
  void chooseImage();
  void showCanvas();
  void removeOwn();
  /// Takes a row of the data on the wall.
  void choose(std::int32_t row);
  /// Offers a unit of a layer as target.
  void offerUnit(const TargetChoice& choice);
  /// Which of samples() is looked at: the row editor begins with it.
  void setChosen(int sample) { chosen_ = sample; }

 signals:
  void samplesChanged();
  /// After samplesChanged(): a sample of one's own has come, one wants to see it. Its place in samples().
  void ownAdded(int sample);
  void choicesChanged();
  void scaleChanged();
  void sideTextChanged(const QString& text);

 private:
  static QToolButton* flatButton(const QString& name, const QString& text, const QString& tip);
  void build();
  QWidget* buildOwn();
  void restart();
  void refreshPinned();
  void refill();
  QWidget* buildTwo();
  void fillTargets();
  /// What goes with the chosen kind of target: the two classes of a difference, whether there is a probability.
  void fitTarget();
  void fillBaselines();
  void toggle(std::int32_t row);
  void addDrawn();
  void editFrom(const ExplainSample& sample);
  void rowEdited();
  /// What the network, as it is now, says of the edited row.
  void tellPrediction();
  void say(const QString& text);
  std::vector<std::int32_t> matching() const;
  SampleItem itemOf(std::int32_t row) const;
  const std::vector<std::int32_t>& pool() const;

  Document& document_;
  DatasetPtr data_;
  std::vector<std::int32_t> pinned_;
  std::vector<ExplainSample> rows_;  ///< pinned and chosen
  std::vector<ExplainSample> own_;
  std::vector<FeatureGroup> groups_;
  std::shared_ptr<const TrainState> predictedOf_;
  std::vector<std::int32_t> predictedClasses_;  ///< by row of the data; -1: not known
  int shown_ = 0;

  QLineEdit* search_ = nullptr;
  QButtonGroup* filter_ = nullptr;
  QScrollArea* scroll_ = nullptr;
  SampleGallery* gallery_ = nullptr;
  QToolButton *more_ = nullptr, *canvasToggle_ = nullptr, *load_ = nullptr, *edit_ = nullptr, *clearOwn_ = nullptr;
  QWidget *canvasBox_ = nullptr, *rowBox_ = nullptr;
  DrawCanvas* canvas_ = nullptr;
  ParamForm* rowForm_ = nullptr;
  QLabel *prediction_ = nullptr, *message_ = nullptr;
  QComboBox *target_ = nullptr, *first_ = nullptr, *second_ = nullptr, *baseline_ = nullptr, *scale_ = nullptr;
  QCheckBox* probability_ = nullptr;
  QWidget* two_ = nullptr;  ///< the two classes of a difference
  std::vector<double> edited_;
  int chosen_ = 0;
  JobQueue queue_;
};

}  // namespace vitrine
