#include "app/data_workspace.h"

#include <QComboBox>
#include <QEvent>
#include <QFrame>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QProgressBar>
#include <QSlider>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "app/pinning.h"
#include "widgets/figure/figure_stack.h"

namespace vitrine {
namespace {

/// What is done sooner needs no bar.
constexpr int kBarAfterMs = 300;

}  // namespace

DataWorkspace::DataWorkspace(Document& document, Panels& panels, QWidget* parent) : QWidget(parent), document_(document), panels_(panels) {
  setObjectName(QStringLiteral("dataWorkspace"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);
  column->addWidget(buildWorkBar());
  buildPanels();
  column->addWidget(outer_, 1);
  buildTableControls();
  buildGalleryControls();
  buildColumnControls();
  connect(&document_, &Document::dataChanged, this, &DataWorkspace::onData);
  connect(&document_, &Document::edited, this, &DataWorkspace::refreshPins);
  for (Background& w : work_) connect(&w, &Background::busyChanged, this, &DataWorkspace::refreshBusy);
  connect(&tableWork_, &Background::busyChanged, this, &DataWorkspace::refreshBusy);
  connect(&work_[Correlations], &Background::progressed, this, [this](double share) {
    workProgress_->setRange(0, 1000);
    workProgress_->setValue(static_cast<int>(share * 1000));
  });
  resetArrangement();
  refreshAvailable();
  onData();
}

FigurePanel* DataWorkspace::makePanel(const QString& id, const QString& title, QWidget* content, Figure* figure, QSplitter* home) {
  auto* panel = new FigurePanel(title, content, figure);
  home->addWidget(panel);
  panels_.add(id, panel);
  panel->installEventFilter(this);
  content->installEventFilter(this);
  return panel;
}

void DataWorkspace::buildPanels() {
  rows_ = new RowsView;
  gallery_ = new ImageGallery;
  distribution_ = new DistributionView;
  correlation_ = new CorrelationView;
  scatter_ = new ScatterView;
  series_ = new SeriesView;
  balance_ = new BalanceView;
  targets_ = new DistributionView;
  auto* stack = new FigureStack;  // the balance of classes or the target's distribution, whichever suits the data
  stack->addWidget(balance_);
  stack->addWidget(targets_);
  balances_ = stack;
  outer_ = makeSplitter(Qt::Horizontal, QStringLiteral("dataOuterSplitter"));
  left_ = makeSplitter(Qt::Vertical, QStringLiteral("dataLeftSplitter"));
  lower_ = makeSplitter(Qt::Horizontal, QStringLiteral("dataLowerSplitter"));
  right_ = makeSplitter(Qt::Vertical, QStringLiteral("dataRightSplitter"));
  outer_->addWidget(left_);
  outer_->addWidget(right_);
  makePanel(QStringLiteral("panelGallery"), tr("Images"), gallery_, gallery_, left_);
  makePanel(QStringLiteral("panelSeries"), tr("Series"), series_, series_, left_);
  makePanel(QStringLiteral("panelScatter"), tr("Scatter matrix"), scatter_, scatter_, left_);
  left_->addWidget(lower_);
  makePanel(QStringLiteral("panelDistribution"), tr("Distribution"), distribution_, distribution_, lower_);
  makePanel(QStringLiteral("panelCorrelation"), tr("Correlation"), correlation_, correlation_, lower_);
  makePanel(QStringLiteral("panelTable"), tr("Table"), rows_, rows_, right_);
  makePanel(QStringLiteral("panelBalance"), tr("Balance"), stack, stack, right_);

  const QString first = tr("Open data first: File → Open data…, or File → Sample data.");
  for (FigureWidget* w : {static_cast<FigureWidget*>(distribution_), static_cast<FigureWidget*>(correlation_), static_cast<FigureWidget*>(scatter_), static_cast<FigureWidget*>(series_),
                          static_cast<FigureWidget*>(balance_), static_cast<FigureWidget*>(targets_)})
    w->setPlaceholder(first);

  connect(rows_->rows(), &RowsModel::arranged, this, [this] {
    const QLocale locale;
    const int shown = rows_->rows()->rowCount();
    const std::int64_t all = table_ ? table_->rows() : 0;
    QString text = shown == all ? tr("%1 rows").arg(locale.toString(shown)) : tr("%1 of %2 rows").arg(locale.toString(shown), locale.toString(qlonglong(all)));
    if (table_ && table_->leftOutColumns > 0) text += tr(", %1 columns not shown").arg(locale.toString(qlonglong(table_->leftOutColumns)));
    panels_.panel(QStringLiteral("panelTable"))->setSideText(table_ ? text : QString());
  });
  connect(rows_, &RowsView::pinRequested, this, [this] { pinSamples(rows_->chosenSamples(PinMenu::kMostPinned + 1)); });
  connect(rows_, &RowsView::choiceChanged, this, [this] {
    if (seriesOf_ && seriesOf_->currentData().toString() == QStringLiteral("chosen")) due(Series);
    const std::vector<std::int32_t> chosen = rows_->chosenSamples(1);
    if (syncing_ || chosen.empty()) return;
    syncing_ = true;
    gallery_->setCurrent(chosen[0]);
    syncing_ = false;
  });
  connect(rows_, &RowsView::columnClicked, this, [this](int column) {
    if (const int i = column_->findData(column); i >= 0) column_->setCurrentIndex(i);
  });
  connect(gallery_, &ImageGallery::pinToggled, this, &DataWorkspace::togglePin);
  connect(gallery_, &ImageGallery::shownChanged, this, [this] {
    const QLocale locale;
    panels_.panel(QStringLiteral("panelGallery"))->setSideText(tr("%1 images").arg(locale.toString(qlonglong(gallery_->shown().size()))));
  });
  connect(gallery_, &ImageGallery::currentChanged, this, [this](int sample) {
    if (syncing_ || !table_) return;
    syncing_ = true;
    rows_->choose(table_->rowsOf[static_cast<std::size_t>(sample)]);
    syncing_ = false;
  });
  connect(scatter_, &ScatterView::rowChosen, this, [this](int row) {
    rows_->choose(row);
    if (table_ && table_->samples[static_cast<std::size_t>(row)] >= 0) togglePin(table_->samples[static_cast<std::size_t>(row)]);
  });
  connect(series_, &SeriesView::sampleChosen, this, &DataWorkspace::togglePin);
  connect(correlation_, &CorrelationView::pairClicked, this, [this](int a, int b) {
    const auto columnNamed = [this](int i) {
      for (int k = 0; k < column_->count(); ++k)
        if (column_->itemText(k) == correlation_->data().names[i]) return column_->itemData(k).toInt();
      return -1;
    };
    if (a == b) return column_->setCurrentIndex(column_->findData(columnNamed(a)));
    scatterColumns_->setChosen({columnNamed(a), columnNamed(b)});
    due(Scatter);
  });
}

QWidget* DataWorkspace::buildWorkBar() {
  workBar_ = new QFrame;
  workBar_->setObjectName(QStringLiteral("dataWorkBar"));
  workBar_->setFrameShape(QFrame::StyledPanel);
  workBar_->setAutoFillBackground(true);
  workBar_->hide();
  auto* row = new QHBoxLayout(workBar_);
  row->setContentsMargins(10, 4, 4, 4);
  workText_ = new QLabel(tr("Computing…"));
  workProgress_ = new QProgressBar;
  workProgress_->setObjectName(QStringLiteral("dataWorkProgress"));
  auto* cancel = new QToolButton;
  cancel->setObjectName(QStringLiteral("dataWorkCancel"));
  cancel->setText(tr("Cancel"));
  cancel->setToolTip(tr("Stops what is being computed; the data stay as they are"));
  connect(cancel, &QToolButton::clicked, this, &DataWorkspace::cancelAll);
  row->addWidget(workText_);
  row->addWidget(workProgress_, 1);
  row->addWidget(cancel);
  workPause_.setSingleShot(true);
  connect(&workPause_, &QTimer::timeout, this, [this] { workBar_->setVisible(isBusy()); });
  return workBar_;
}

void DataWorkspace::resetArrangement() {
  // Sizes are shares: splitters give each what there is.
  outer_->setSizes({5600, 4400});
  left_->setSizes({4000, 4000, 4600, 3400});
  lower_->setSizes({5200, 4800});
  right_->setSizes({5800, 4200});
}

bool DataWorkspace::isBusy() const {
  return tableWork_.isBusy() || rows_->rows()->isBusy() || std::any_of(std::begin(work_), std::end(work_), [](const Background& w) { return w.isBusy(); });
}

void DataWorkspace::refreshBusy() {
  const bool busy = tableWork_.isBusy() || std::any_of(std::begin(work_), std::end(work_), [](const Background& w) { return w.isBusy(); });
  if (!busy) {
    workPause_.stop();
    workBar_->hide();
  } else if (!workPause_.isActive() && workBar_->isHidden()) {
    workText_->setText(tr("Computing…"));
    workProgress_->setRange(0, 0);
    workPause_.start(kBarAfterMs);
  }
}

void DataWorkspace::cancelAll() {
  FigureWidget* const views[] = {distribution_, correlation_, scatter_, series_, balance_};
  for (int v = 0; v < kViews; ++v) {
    if (!work_[v].isBusy()) continue;
    work_[v].cancel();
    views[v]->setPlaceholder(tr("Stopped. Choose again above to compute it."));
  }
  tableWork_.cancel();
}

void DataWorkspace::onData() {
  const bool same = document_.data() == data_;
  data_ = document_.data();
  if (same && data_) return;
  // What is still computed of the old data is not wanted any more.
  for (Background& w : work_) w.cancel();
  tableWork_.cancel();
  useTable(nullptr);
  tableDue_ = data_ != nullptr;
  if (isVisible()) showEvent(nullptr);
}

void DataWorkspace::showEvent(QShowEvent*) {
  if (!tableDue_) {
    for (int v = 0; v < kViews; ++v) refresh(static_cast<View>(v));
    return;
  }
  tableDue_ = false;
  tableWork_.run([this, data = data_](std::stop_token stop, const auto&) {
    SampleTablePtr table = sampleTable(data, stop);
    return [this, table] { useTable(table); };
  });
}

void DataWorkspace::useTable(SampleTablePtr table) {
  table_ = std::move(table);
  distribution_->setData({});
  correlation_->setData({});
  scatter_->setData({});
  series_->setData({});
  balance_->setData({});
  targets_->setData({});
  fillControls();
  refreshAvailable();
  rows_->setTable(table_);
  gallery_->setTable(table_);
  refreshPins();
  for (int v = 0; v < kViews; ++v) due(static_cast<View>(v));
}

void DataWorkspace::refreshAvailable() {
  const bool none = !data_;
  const bool images = data_ && data_->spec.input.isImage();
  const bool series = data_ && data_->spec.input.rank() == 2;
  int numbers = 0;
  if (table_)
    for (int c = 0; c < static_cast<int>(table_->table->columns.size()); ++c) numbers += table_->isNumeric(c);
  panels_.setAvailable(QStringLiteral("panelGallery"), images);
  panels_.setAvailable(QStringLiteral("panelSeries"), series);
  panels_.setAvailable(QStringLiteral("panelScatter"), none || (!images && !series && (numbers >= 2 || !table_)));
  panels_.setAvailable(QStringLiteral("panelCorrelation"), none || (!images && !series && (numbers >= 2 || !table_)));
  panels_.setAvailable(QStringLiteral("panelDistribution"), none || !images);
  balances_->setCurrentWidget(data_ && data_->spec.task == Task::Regression ? static_cast<QWidget*>(targets_) : balance_);
  panels_.panel(QStringLiteral("panelBalance"))->setTitle(!data_ ? tr("Balance") : data_->spec.task == Task::Regression ? tr("Target by part") : data_->spec.task == Task::Labels ? tr("Label balance") : tr("Class balance"));
  refreshSplitters();
}

void DataWorkspace::refreshSplitters() {
  // A splitter whose panels are all hidden would keep its place.
  for (QSplitter* s : {lower_, left_, right_}) {
    bool any = false;
    for (int i = 0; i < s->count(); ++i) any = any || !s->widget(i)->isHidden();
    s->setVisible(any);
  }
}

bool DataWorkspace::eventFilter(QObject* object, QEvent* event) {
  switch (event->type()) {
    case QEvent::ShowToParent:
    case QEvent::HideToParent:
    case QEvent::ParentChange: QTimer::singleShot(0, this, &DataWorkspace::refreshSplitters); break;
    case QEvent::Show:
      // A panel that was hidden, or stands in a window of its own, is filled when it is seen.
      QTimer::singleShot(0, this, [this] {
        if (tableDue_) return showEvent(nullptr);
        for (int v = 0; v < kViews; ++v) refresh(static_cast<View>(v));
      });
      break;
    default: break;
  }
  return QWidget::eventFilter(object, event);
}

void DataWorkspace::refreshPins() {
  rows_->rows()->setPinned(document_.pinned());
  gallery_->setPinned(document_.pinned());
  if (seriesOf_ && seriesOf_->currentData().toString() == QStringLiteral("pinned")) due(Series);
}

void DataWorkspace::togglePin(std::int32_t sample) {
  const std::vector<std::int32_t>& pinned = document_.pinned();
  if (std::find(pinned.begin(), pinned.end(), sample) != pinned.end()) return document_.unpin(sample);
  pinSamples({sample});
}

void DataWorkspace::pinSamples(const std::vector<std::int32_t>& samples) {
  if (samples.empty()) return emit document_.said(tr("Choose rows that are samples first: rows that are left out cannot be pinned."));
  std::vector<std::int32_t> pinned = document_.pinned();
  const auto isPinned = [&](std::int32_t s) { return std::find(pinned.begin(), pinned.end(), s) != pinned.end(); };
  if (std::all_of(samples.begin(), samples.end(), isPinned)) {
    for (const std::int32_t s : samples) std::erase(pinned, s);
    emit document_.said(tr("Samples unpinned: %1.").arg(samples.size()));
    return document_.setPinned(std::move(pinned));
  }
  std::size_t added = 0, refused = 0;
  for (const std::int32_t s : samples) {
    if (isPinned(s)) continue;
    if (pinned.size() >= PinMenu::kMostPinned) {
      ++refused;
      continue;
    }
    pinned.push_back(s);
    ++added;
  }
  if (refused > 0)
    emit document_.said(tr("%1 samples at most are pinned: unpin some first.").arg(PinMenu::kMostPinned));
  else
    emit document_.said(tr("Samples pinned: %1. They are watched in Train and Explain.").arg(added));
  document_.setPinned(std::move(pinned));
}

}  // namespace vitrine
