#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QStackedWidget>
#include <QTimer>
#include <map>
#include <vector>

#include "app/document.h"
#include "app/panels.h"
#include "widgets/editor/graph_editor.h"
#include "widgets/maps/confusion_view.h"
#include "widgets/maps/decision_view.h"
#include "widgets/maps/matrix_view.h"
#include "widgets/maps/map_grid_view.h"
#include "widgets/maps/pinned_samples_view.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {

/// The weights of one layer: filters for a convolution, a matrix for a dense layer. One figure, whichever it shows.
class WeightsView : public QStackedWidget, public Figure {
  Q_OBJECT
 public:
  explicit WeightsView(QWidget* parent = nullptr);
  void showMatrix(MatrixData data);
  void showFilters(MapGridData data);
  void showNothing();
  MapGridView* filters() const { return filters_; }

  QString figureTitle() const override { return current().figureTitle(); }
  QSizeF preferredMm() const override { return current().preferredMm(); }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override {
    current().paintFigure(painter, rect, style);
  }
  FigureTable figureData() const override { return current().figureData(); }
  bool isEmpty() const override { return current().isEmpty(); }

 private:
  const FigureWidget& current() const;
  MatrixView* matrix_;
  MapGridView* filters_;
};

/// The views of the Train workspace, and what feeds them: curves from the history, maps from snapshots and observations.
/// Each has its own pace and is fed only while it can be seen; this is all the drawing that training has to share the
/// machine with.
class LiveViews : public QObject {
  Q_OBJECT
 public:
  LiveViews(Document& document, GraphEditor& editor, QObject* parent = nullptr);

  CurvePlot* loss() { return loss_; }
  CurvePlot* accuracy() { return accuracy_; }
  ConfusionView* confusion() { return confusion_; }
  WeightsView* weights() { return weights_; }
  MapGridView* features() { return features_; }
  DecisionView* decision() { return decision_; }
  PinnedSamplesView* pinned() { return pinned_; }

  /// The node whose weights and feature maps are shown.
  void setNode(NodeId node);
  /// One line about the selected layer's weights, for the inspector.
  QString weightText() const { return weightText_; }
  bool isPlane() const;

 signals:
  void weightTextChanged(const QString& text);

 private:
  void restart();
  void onSnapshot();
  void onObservation();
  void request();
  void titleLoss();
  void feedCurves();
  void feedConfusion();
  void feedWeights();
  void feedFeatures();
  void feedPinned();
  void feedDecision();
  void feedThumbnails();
  bool eventFilter(QObject* watched, QEvent* event) override;
  QImage thumbnail(const PlacedBlock* weights, const NodeActivation* activation, const Node& node) const;

  Document& document_;
  GraphEditor& editor_;
  CurvePlot *loss_, *accuracy_;
  ConfusionView* confusion_;
  WeightsView* weights_;
  MapGridView* features_;
  DecisionView* decision_;
  PinnedSamplesView* pinned_;
  NodeId node_{0};
  QString weightText_, lossTitle_;
  QTimer pace_;
  bool snapshotDue_ = false;

  const History* history_ = nullptr;
  std::size_t batches_ = 0, epochs_ = 0;
  std::size_t mapsOf_ = 0;  ///< the pinned sample whose feature maps are shown
  std::vector<double> batchX_, batchLoss_, batchAccuracy_, epochX_, epochLoss_, epochAccuracy_;
  QElapsedTimer sinceCurves_, sinceWeights_, sinceThumbnails_;
};

}  // namespace vitrine
