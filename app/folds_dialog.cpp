#include "app/folds_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>
#include <cmath>
#include <limits>

#include "widgets/figure/export_dialog.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/figure/paint.h"
#include "widgets/plots/folds_view.h"
#include "widgets/post.h"

namespace vitrine {
namespace {

QSpinBox* field(const char* name, int low, int high, int value, const QString& label, const QString& help) {
  auto* box = new QSpinBox;
  box->setObjectName(QLatin1String(name));
  box->setRange(low, high);
  box->setValue(value);
  box->setAccessibleName(label);
  box->setToolTip(help);
  return box;
}

MeanDeviation of(const std::vector<FoldResult>& folds, double FoldResult::* metric) {
  std::vector<double> values;
  for (const FoldResult& f : folds) values.push_back(f.*metric);
  return meanAndDeviation(values);
}

}  // namespace

FoldsDialog::FoldsDialog(Graph graph, DatasetPtr data, const TrainSettings& settings, int threads, QWidget* parent)
    : QDialog(parent), graph_(std::move(graph)), data_(std::move(data)), settings_(settings), threads_(threads),
      progress_(new QProgressBar), text_(new QLabel), view_(new FoldsView), table_(new QTableWidget) {
  setObjectName(QStringLiteral("foldsDialog"));
  setWindowTitle(tr("Cross-validation"));
  resize(720, 620);
  const int rows = static_cast<int>(std::min<std::int64_t>(data_->count(), 100));
  const int epochs = settings_.epochs > 0 ? static_cast<int>(std::min<std::int64_t>(settings_.epochs, 100000)) : 10;
  folds_ = field("foldsCount", 2, std::max(2, rows), std::min(5, std::max(2, rows)), tr("Folds"),
                 tr("The data is dealt into so many parts; each validates once, while the network learns from the others. 5 or 10 is usual."));
  epochs_ = field("foldsEpochs", 1, 100000, epochs, tr("Epochs"), tr("How long each network trains, at most; early stopping of the training settings holds here too."));
  seed_ = field("foldsSeed", 0, std::numeric_limits<int>::max(), static_cast<int>(settings_.seed % std::numeric_limits<int>::max()), tr("Seed"),
                tr("Deals the rows and starts the networks: the same seed, the same result."));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  start_ = buttons->addButton(tr("Start"), QDialogButtonBox::ActionRole);
  start_->setObjectName(QStringLiteral("foldsStart"));
  start_->setToolTip(tr("Trains a network of its own for each fold; the open one is not touched."));
  start_->setDefault(true);
  cancel_ = buttons->addButton(tr("Cancel"), QDialogButtonBox::ActionRole);
  cancel_->setObjectName(QStringLiteral("foldsCancel"));
  cancel_->setToolTip(tr("Stops; folds that are done stay shown."));
  cancel_->setEnabled(false);
  connect(start_, &QPushButton::clicked, this, &FoldsDialog::start);
  connect(cancel_, &QPushButton::clicked, this, &FoldsDialog::stop);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

  view_->setObjectName(QStringLiteral("foldsView"));
  view_->setPlaceholder(tr("Start trains one network for each fold and shows how well it does on rows it has not seen."));
  auto* panel = new FigurePanel(tr("Folds"), view_, view_);
  panel->setCanHide(false);
  connect(panel, &FigurePanel::exportRequested, this, [this](Figure* figure) { ExportDialog({figure}, this).exec(); });
  connect(panel, &FigurePanel::dataExportRequested, this, [this](Figure* figure) {
    ExportDialog dialog({figure}, this);
    dialog.setFormat(FigureFormat::Csv);
    dialog.exec();
  });
  auto* save = buttons->addButton(tr("Export…"), QDialogButtonBox::ActionRole);
  save->setObjectName(QStringLiteral("foldsExport"));
  save->setToolTip(tr("The figure, or its table as CSV"));
  connect(save, &QPushButton::clicked, this, [this] {
    if (view_->isEmpty()) return text_->setText(tr("There is nothing to export yet: press Start."));
    ExportDialog({view_}, this).exec();
  });

  table_->setObjectName(QStringLiteral("foldsTable"));
  table_->setAccessibleName(tr("Results of the folds"));
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->verticalHeader()->hide();
  table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  progress_->setRange(0, 1000);
  progress_->setValue(0);
  text_->setWordWrap(true);
  text_->setObjectName(QStringLiteral("foldsText"));
  text_->setText(tr("Preparation is fitted on each fold's training rows only. Rows kept for testing take part too."));

  auto* fields = new QHBoxLayout;
  for (QSpinBox* box : {folds_, epochs_, seed_}) {
    auto* label = new QLabel(box->accessibleName());
    label->setBuddy(box);
    fields->addWidget(label);
    fields->addWidget(box);
    fields->addSpacing(12);
  }
  fields->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->addLayout(fields);
  column->addWidget(panel, 3);
  column->addWidget(table_, 2);
  column->addWidget(progress_);
  column->addWidget(text_);
  column->addWidget(buttons);
  refresh();
}

FoldsDialog::~FoldsDialog() { worker_ = {}; }

void FoldsDialog::setRunning(bool running) {
  for (QSpinBox* box : {folds_, epochs_, seed_}) box->setEnabled(!running);
  start_->setEnabled(!running);
  cancel_->setEnabled(running);
}

void FoldsDialog::start() {
  worker_ = {};
  FoldOptions options{folds_->value(), epochs_->value(), static_cast<std::uint64_t>(seed_->value())};
  planned_ = folds_->value();
  results_.clear();
  refresh();
  progress_->setValue(0);
  setRunning(true);
  text_->setText(tr("Training fold 1 of %1…").arg(planned_));
  worker_ = std::jthread([this, options](std::stop_token stop) {
    FoldsProgress progress;
    progress.share = [this, shown = -1](double share) mutable {  // one message a thousandth, however small the batches
      const int now = static_cast<int>(share * 1000);
      if (now == shown) return;
      shown = now;
      post(this, [this, now] { progress_->setValue(now); });
    };
    progress.fold = [this](const FoldResult& result) { post(this, [this, result] { take(result); }); };
    const Result<FoldsReport> report = crossValidate(graph_, data_, settings_, options, threads_, stop, progress);
    const bool stopped = stop.stop_requested();
    post(this, [this, report, stopped] { finish(report, stopped); });
  });
}

void FoldsDialog::stop() {
  cancel_->setEnabled(false);
  text_->setText(tr("Stopping…"));
  worker_.request_stop();
}

void FoldsDialog::take(const FoldResult& result) {
  results_.push_back(result);
  refresh();
  if (static_cast<int>(results_.size()) < planned_ && !worker_.get_stop_token().stop_requested())
    text_->setText(tr("Training fold %1 of %2…").arg(results_.size() + 1).arg(planned_));
}

void FoldsDialog::finish(const Result<FoldsReport>& report, bool stopped) {
  setRunning(false);
  if (stopped) return text_->setText(tr("Stopped after %1 of %2 folds.").arg(results_.size()).arg(planned_));
  if (!report) return text_->setText(QString::fromStdString(report.error().text()));
  progress_->setValue(1000);
  text_->setText(tr("%1 over %2 folds: %3 (mean ± standard deviation of the folds).").arg(view_->data().metric).arg(planned_).arg(FoldsView::summary(view_->data())));
}

void FoldsDialog::refresh() {
  const bool classes = data_->spec.task != Task::Regression;
  FoldsData d;
  d.metric = classes ? tr("validation accuracy") : tr("validation R²");
  double FoldResult::* metric = classes ? &FoldResult::accuracy : &FoldResult::r2;
  d.title = tr("Cross-validation");
  d.percent = classes;
  d.folds = planned_;
  for (const FoldResult& f : results_) d.values.push_back(f.*metric);
  const MeanDeviation md = of(results_, metric);
  d.mean = md.mean, d.deviation = md.deviation;
  d.table.columns = {tr("fold"), tr("training rows"), tr("validation rows"), tr("epochs"), tr("training loss"), tr("validation loss"), d.metric};
  for (std::size_t i = 0; i < results_.size(); ++i) {
    const FoldResult& f = results_[i];
    d.table.rows.push_back({static_cast<qlonglong>(i + 1), static_cast<qlonglong>(f.trainRows), static_cast<qlonglong>(f.validationRows),
                            static_cast<qlonglong>(f.epochs), f.trainLoss, f.validationLoss, f.*metric});
  }
  const auto summary = [&](const QString& name, double MeanDeviation::* which) {
    d.table.rows.push_back({name, QVariant(), QVariant(), QVariant(), of(results_, &FoldResult::trainLoss).*which, of(results_, &FoldResult::validationLoss).*which, md.*which});
  };
  if (!results_.empty() && static_cast<int>(results_.size()) == planned_)
    summary(tr("mean"), &MeanDeviation::mean), summary(tr("deviation"), &MeanDeviation::deviation);
  fillTable(d);
  view_->setData(std::move(d));
}

void FoldsDialog::fillTable(const FoldsData& shown) {
  table_->setColumnCount(static_cast<int>(shown.table.columns.size()));
  table_->setHorizontalHeaderLabels(shown.table.columns);
  table_->setRowCount(static_cast<int>(shown.table.rows.size()));
  const QLocale locale;
  for (int r = 0; r < table_->rowCount(); ++r)
    for (int c = 0; c < table_->columnCount(); ++c) {
      const QVariant& v = shown.table.rows[r][c];
      QString text = v.toString();
      if (v.typeId() == QMetaType::LongLong) text = locale.toString(v.toLongLong());
      if (v.typeId() == QMetaType::Double)
        text = c == 6 && shown.percent ? numberText(100 * v.toDouble()) + QStringLiteral(" %") : numberText(v.toDouble());
      auto* item = new QTableWidgetItem(text);
      item->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
      table_->setItem(r, c, item);
    }
}

}  // namespace vitrine
