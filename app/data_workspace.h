#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <QWidget>
#include <set>

#include "app/document.h"
#include "app/panels.h"
#include "widgets/data/background.h"
#include "widgets/data/balance_view.h"
#include "widgets/data/column_chooser.h"
#include "widgets/data/correlation_view.h"
#include "widgets/data/distribution_view.h"
#include "widgets/data/gallery_view.h"
#include "widgets/data/rows_view.h"
#include "widgets/data/scatter_view.h"
#include "widgets/data/series_view.h"

class QComboBox;
class QFrame;
class QLabel;
class QLineEdit;
class QProgressBar;
class QSlider;
class QSplitter;
class QStackedWidget;

namespace vitrine {

/// The Data workspace: the open data as a table, pictures or series, and what can be told of them before training. Everything is
/// computed away from the window, and only while its panel can be seen.
class DataWorkspace : public QWidget {
  Q_OBJECT
 public:
  DataWorkspace(Document& document, Panels& panels, QWidget* parent = nullptr);

  RowsView* rows() { return rows_; }
  GalleryView* gallery() { return gallery_; }
  DistributionView* distribution() { return distribution_; }
  CorrelationView* correlation() { return correlation_; }
  ScatterView* scatter() { return scatter_; }
  SeriesView* series() { return series_; }
  BalanceView* balance() { return balance_; }
  DistributionView* targets() { return targets_; }
  /// Something is still being computed or is due.
  bool isBusy() const;

  /// The first sizes of the panels.
  void resetArrangement();

 protected:
  void showEvent(QShowEvent* event) override;
  bool eventFilter(QObject* object, QEvent* event) override;

 private:
  enum View { Distribution, Correlations, Scatter, Series, Balance, kViews };

  // data_workspace.cpp
  void buildPanels();
  QWidget* buildWorkBar();
  FigurePanel* makePanel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home);
  void onData();
  void useTable(SampleTablePtr table);
  void refreshAvailable();
  void refreshSplitters();
  void refreshPins();
  void pinSamples(const std::vector<std::int32_t>& samples);
  void togglePin(std::int32_t sample);
  void refreshBusy();
  void cancelAll();
  // data_workspace_controls.cpp: what stands in the panels' heads
  QComboBox* makeCombo(const QString& name, const QString& accessible, const QString& tip, int letters);
  void buildTableControls();
  void buildGalleryControls();
  void buildColumnControls();
  void fillControls();
  void fillParts(QComboBox* box) const;
  void fillClasses(QComboBox* box) const;
  void filterRows();
  void filterGallery();
  void findImage();
  // data_workspace_feed.cpp: what is computed
  void due(View view);
  void refresh(View view);
  void feedDistribution();
  void feedCorrelation();
  void feedScatter();
  void feedSeries();
  void feedBalance();
  std::vector<std::int32_t> seriesSamples() const;

  Document& document_;
  Panels& panels_;
  SampleTablePtr table_;
  DatasetPtr data_;         ///< what table_ is made of, or will be
  bool tableDue_ = false;

  QSplitter *outer_ = nullptr, *left_ = nullptr, *lower_ = nullptr, *right_ = nullptr;
  RowsView* rows_ = nullptr;
  GalleryView* gallery_ = nullptr;
  DistributionView* distribution_ = nullptr;
  CorrelationView* correlation_ = nullptr;
  ScatterView* scatter_ = nullptr;
  SeriesView* series_ = nullptr;
  BalanceView* balance_ = nullptr;
  DistributionView* targets_ = nullptr;
  QStackedWidget* balances_ = nullptr;

  QLineEdit *filter_ = nullptr, *find_ = nullptr;
  QComboBox *rowPart_ = nullptr, *rowClass_ = nullptr, *imagePart_ = nullptr, *imageClass_ = nullptr;
  QSlider* zoom_ = nullptr;
  QComboBox *column_ = nullptr, *group_ = nullptr, *kind_ = nullptr, *seriesOf_ = nullptr, *balanceOf_ = nullptr, *balanceOrder_ = nullptr;
  ColumnChooser *scatterColumns_ = nullptr, *seriesFeatures_ = nullptr;
  QTimer filterPause_;

  QFrame* workBar_ = nullptr;
  QLabel* workText_ = nullptr;
  QProgressBar* workProgress_ = nullptr;
  QTimer workPause_;
  Background tableWork_, work_[kViews];
  bool due_[kViews] = {};
  bool syncing_ = false;
};

}  // namespace vitrine
