#include "app/range_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>
#include <cmath>

#include "widgets/figure/paint.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/post.h"

namespace vitrine {
namespace {

constexpr double kLow = 1e-6, kHigh = 10;
constexpr int kBatches = 200;

/// To one digit, as a person would type it.
double rounded(double rate) {
  const double power = std::pow(10, std::floor(std::log10(rate)));
  return std::round(rate / power) * power;
}

}  // namespace

RangeDialog::RangeDialog(std::shared_ptr<const Snapshot> snapshot, const TrainSettings& settings, int threads, QWidget* parent)
    : QDialog(parent), curve_(new CurvePlot(tr("Learning-rate range test"))), text_(new QLabel), progress_(new QProgressBar) {
  setObjectName(QStringLiteral("rangeDialog"));
  setWindowTitle(tr("Find a learning rate"));
  resize(620, 440);
  curve_->setObjectName(QStringLiteral("rangeCurve"));
  curve_->setAxes(tr("log₁₀ of the learning rate"), tr("loss of a batch"));
  curve_->addSeries(tr("loss"));
  curve_->addSeries(tr("smoothed"));
  curve_->setPlaceholder(tr("Trains a copy of the network for %1 batches while the rate grows from 0.000001 to 10.").arg(kBatches));
  text_->setWordWrap(true);
  text_->setObjectName(QStringLiteral("rangeText"));
  text_->setText(tr("The rate grows with every batch; where the loss falls fastest is a good rate. Your network is not touched."));
  progress_->setRange(0, 1000);
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
  use_ = buttons->addButton(tr("Use it"), QDialogButtonBox::AcceptRole);
  use_->setObjectName(QStringLiteral("useRate"));
  use_->setEnabled(false);
  connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
  connect(use_, &QPushButton::clicked, this, [this] {
    chosen_ = suggested_;
    accept();
  });
  auto* column = new QVBoxLayout(this);
  column->addWidget(curve_, 1);
  column->addWidget(progress_);
  column->addWidget(text_);
  column->addWidget(buttons);
  worker_ = std::jthread([this, snapshot = std::move(snapshot), settings, threads](std::stop_token stop) {
    const auto tell = [this](double share) {
      post(this, [this, share] { progress_->setValue(static_cast<int>(share * 1000)); });
    };
    const RangeTest test = rangeTest(snapshot->network, snapshot->data, settings, snapshot->state->params.span(), kLow, kHigh, kBatches, threads, stop, tell);
    if (!stop.stop_requested()) post(this, [this, test] { show(test); });
  });
}

RangeDialog::~RangeDialog() { worker_ = {}; }

void RangeDialog::show(const RangeTest& test) {
  progress_->hide();
  std::vector<double> x, loss, smoothed;
  for (const RangePoint& p : test.points) x.push_back(std::log10(p.rate)), loss.push_back(p.loss), smoothed.push_back(p.smoothed);
  curve_->setSeries(tr("loss"), x, loss, 0);
  curve_->setSeries(tr("smoothed"), x, smoothed, 0);
  if (test.suggested <= 0) return text_->setText(tr("The loss never fell: no rate can be suggested. Check the network and the data."));
  suggested_ = rounded(test.suggested);
  curve_->setMark(std::log10(suggested_));
  text_->setText(tr("The smoothed loss falls fastest at a learning rate of %1 (the dotted line).").arg(numberText(suggested_, 2)));
  use_->setText(tr("Use %1").arg(numberText(suggested_, 2)));
  use_->setEnabled(true);
}

}  // namespace vitrine
