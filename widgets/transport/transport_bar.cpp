#include "widgets/transport/transport_bar.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QResizeEvent>
#include <QShortcut>
#include <cmath>
#include <optional>

#include "widgets/figure/paint.h"
#include "widgets/forms/param_form.h"
#include "widgets/theme/theme.h"
#include "widgets/transport/icon_button.h"
#include "widgets/transport/number_combo.h"
#include "widgets/transport/readout.h"
#include "widgets/transport/training_form.h"

namespace vitrine {
namespace {

constexpr double kLeastRate = 1e-5, kMostRate = 10;
constexpr double kMostBatch = 4096;

std::vector<double> usualRates() { return {1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1, 3, 10}; }

std::vector<double> usualBatches() {
  std::vector<double> sizes;
  for (double size = 1; size <= kMostBatch; size *= 2) sizes.push_back(size);
  return sizes;
}

QString lossText(double value) {
  if (std::isnan(value)) return QStringLiteral("–");
  return value != 0 && std::abs(value) < 0.001 ? QLocale().toString(value, 'e', 1) : numberText(value, value >= 1 ? 4 : 3);
}

QString shareText(double value) {
  return std::isnan(value) ? QStringLiteral("–") : TransportBar::tr("%1 %").arg(QLocale().toString(100 * value, 'f', 1));
}

QFrame* separator(QWidget* parent) {
  auto* line = new QFrame(parent);
  line->setFrameShape(QFrame::VLine);
  line->setFrameShadow(QFrame::Plain);
  line->setForegroundRole(QPalette::Mid);
  line->setFixedHeight(34);
  return line;
}

}  // namespace

struct TransportBar::Impl {
  IconButton *reset, *play, *stepBatch, *stepEpoch, *options, *training;
  Readout *epoch, *step, *loss, *accuracy;
  NumberCombo *rate, *batch;
  QComboBox* optimiser;
  QLineEdit* seed;
  QSpinBox* epochs;
  QLabel* notice;
  QWidget* controls;
  QFrame* popup = nullptr;
  ParamForm* popupForm = nullptr;
  QFrame* trainingPopup = nullptr;
  TrainingForm* trainingForm = nullptr;
  QHBoxLayout *first, *second;
  QFrame* line;
  bool twoRows = false;

  TrainSettings settings;
  std::optional<TrainSettings> asked;  // edited here, and the engine has not said so yet
  QElapsedTimer since;
  bool showing = false, playable = true, running = false;
  QString whyNot, failure, badRate, badBatch, badSeed;
};

TransportBar::TransportBar(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  setObjectName(QStringLiteral("transportBar"));
  setAccessibleName(tr("Training"));
  makeButtons();
  makeReadouts();
  makeControls();
  layOut();
  auto* shortcut = new QShortcut(QKeySequence(Qt::CTRL | Qt::Key_Space), this);
  shortcut->setObjectName(QStringLiteral("playShortcut"));
  connect(shortcut, &QShortcut::activated, this, &TransportBar::togglePlay);
  connect(themeSignal(), &ThemeSignal::changed, this, [this] {
    refreshNotice();
    update();
  });
  setSettings(impl_->settings);
  refreshButtons();
  refreshNotice();
}

TransportBar::~TransportBar() {
  // A field that has the focus tells its end of editing while it goes: by then there is nobody to listen.
  for (QObject* child : findChildren<QObject*>()) disconnect(child, nullptr, this, nullptr);
}

void TransportBar::makeButtons() {
  const auto make = [this](IconButton::Sign sign, const char* name, const QString& words, bool primary = false) {
    auto* button = new IconButton(sign, this, primary);
    button->setObjectName(QLatin1String(name));
    button->setAccessibleName(words);
    return button;
  };
  impl_->reset = make(IconButton::Sign::Reset, "resetButton", tr("Reset"));
  impl_->play = make(IconButton::Sign::Play, "playButton", tr("Play"), true);
  impl_->stepBatch = make(IconButton::Sign::StepBatch, "stepBatchButton", tr("Step batch"));
  impl_->stepEpoch = make(IconButton::Sign::StepEpoch, "stepEpochButton", tr("Step epoch"));
  connect(impl_->reset, &QAbstractButton::clicked, this, &TransportBar::resetRequested);
  connect(impl_->play, &QAbstractButton::clicked, this, &TransportBar::togglePlay);
  connect(impl_->stepBatch, &QAbstractButton::clicked, this, &TransportBar::stepBatchRequested);
  connect(impl_->stepEpoch, &QAbstractButton::clicked, this, &TransportBar::stepEpochRequested);
}

void TransportBar::makeReadouts() {
  impl_->epoch = new Readout(QStringLiteral("epochReadout"), tr("Epoch"), QStringLiteral("00 / 00"),
                             tr("Whole passes over the training data so far"), this);
  impl_->step = new Readout(QStringLiteral("stepReadout"), tr("Step"), QStringLiteral("00 000"),
                            tr("Batches trained so far: one update of the weights each"), this);
  impl_->loss = new Readout(QStringLiteral("lossReadout"), tr("Loss · validation"), QStringLiteral("0.000 · 0.000"),
                            tr("Mean loss of the current epoch's training batches so far · loss on the validation "
                               "data at the end of the last epoch"),
                            this);
  impl_->accuracy = new Readout(QStringLiteral("accuracyReadout"), tr("Accuracy · validation"), QStringLiteral("00.0 % · 00.0 %"),
                                tr("Share correct: of the current epoch's training samples so far · of the validation "
                                   "data at the end of the last epoch"),
                                this);
}

void TransportBar::makeControls() {
  impl_->controls = new QWidget(this);
  impl_->rate = new NumberCombo(usualRates(), kLeastRate, kMostRate, false, this);
  impl_->rate->setObjectName(QStringLiteral("learningRate"));
  impl_->rate->setAccessibleName(tr("Learning rate"));
  impl_->rate->setToolTip(tr("How far each step goes, %1 … %2; usual: 0.001 with Adam, 0.03 with momentum. May change while it runs")
                              .arg(QLocale().toString(kLeastRate), QLocale().toString(kMostRate)));
  impl_->rate->setFixedWidth(92);
  impl_->batch = new NumberCombo(usualBatches(), 1, kMostBatch, true, this);
  impl_->batch->setObjectName(QStringLiteral("batchSize"));
  impl_->batch->setAccessibleName(tr("Batch size"));
  impl_->batch->setToolTip(tr("Samples per step, 1 … 4096; usual: 32 to 256"));
  impl_->batch->setFixedWidth(76);
  impl_->optimiser = new QComboBox(this);
  impl_->optimiser->setObjectName(QStringLiteral("optimiser"));
  impl_->optimiser->setAccessibleName(tr("Optimiser"));
  impl_->optimiser->setToolTip(tr("The rule that turns gradients into steps. Choosing one also chooses its usual "
                                  "learning rate, when the last one's was in use"));
  for (const OptimiserSpec& spec : optimiserRegistry()) {
    impl_->optimiser->addItem(QString::fromStdString(spec.name), QString::fromStdString(spec.id));
    impl_->optimiser->setItemData(impl_->optimiser->count() - 1, QString::fromStdString(spec.help), Qt::ToolTipRole);
  }
  impl_->optimiser->setFixedWidth(108);
  impl_->options = new IconButton(IconButton::Sign::Options, this);
  impl_->options->setObjectName(QStringLiteral("optimiserOptions"));
  impl_->options->setAccessibleName(tr("Optimiser's parameters"));
  impl_->options->setToolTip(tr("The optimiser's own parameters: momentum, decay, …"));
  impl_->training = new IconButton(IconButton::Sign::Options, this);
  impl_->training->setObjectName(QStringLiteral("trainingOptions"));
  impl_->training->setAccessibleName(tr("Schedule and ends"));
  impl_->seed = new QLineEdit(this);
  impl_->seed->setObjectName(QStringLiteral("seed"));
  impl_->seed->setAccessibleName(tr("Seed"));
  impl_->seed->setToolTip(tr("Number from which all chance is drawn: the same seed gives the same run. Counts from the next Reset on"));
  impl_->seed->setFixedWidth(64);
  impl_->epochs = new QSpinBox(this);
  impl_->epochs->setObjectName(QStringLiteral("epochs"));
  impl_->epochs->setAccessibleName(tr("Stop after epochs"));
  impl_->epochs->setToolTip(tr("Training stops when so many epochs are done; 0 (∞): never. 10 to 200 is usual"));
  impl_->epochs->setRange(0, 1000000);
  impl_->epochs->setSpecialValueText(QStringLiteral("∞"));
  impl_->epochs->setKeyboardTracking(false);
  impl_->epochs->setFixedWidth(70);
  connect(impl_->epochs, &QSpinBox::valueChanged, this, [this](int value) {
    if (!impl_->showing) edit([&](TrainSettings& s) { s.epochs = value; });
  });
  connect(impl_->rate, &NumberCombo::chosen, this, [this](double value) { edit([&](TrainSettings& s) { s.rate = value; }); });
  connect(impl_->batch, &NumberCombo::chosen, this,
          [this](double value) { edit([&](TrainSettings& s) { s.batch = static_cast<std::int64_t>(value); }); });
  connect(impl_->rate, &NumberCombo::refused, this, [this](const QString& why) { impl_->badRate = why, refreshNotice(); });
  connect(impl_->batch, &NumberCombo::refused, this, [this](const QString& why) { impl_->badBatch = why, refreshNotice(); });
  connect(impl_->optimiser, &QComboBox::activated, this, &TransportBar::chooseOptimiser);
  connect(impl_->options, &QAbstractButton::clicked, this, &TransportBar::showOptions);
  connect(impl_->training, &QAbstractButton::clicked, this, &TransportBar::showTraining);
  connect(impl_->seed, &QLineEdit::textEdited, this, [this] { readSeed(false); });
  connect(impl_->seed, &QLineEdit::editingFinished, this, [this] { readSeed(true); });
}

void TransportBar::layOut() {
  auto* controls = new QHBoxLayout(impl_->controls);
  controls->setContentsMargins(0, 0, 0, 0);
  controls->setSpacing(9);
  controls->addWidget(captioned(tr("Learning rate"), impl_->rate, impl_->controls));
  controls->addWidget(captioned(tr("Batch"), impl_->batch, impl_->controls));
  auto* pair = new QWidget(impl_->controls);
  auto* pairLayout = new QHBoxLayout(pair);
  pairLayout->setContentsMargins(0, 0, 0, 0);
  pairLayout->setSpacing(4);
  pairLayout->addWidget(impl_->optimiser);
  pairLayout->addWidget(impl_->options);
  controls->addWidget(captioned(tr("Optimiser"), pair, impl_->controls));
  controls->addWidget(captioned(tr("Schedule"), impl_->training, impl_->controls));
  controls->addWidget(captioned(tr("Stop after"), impl_->epochs, impl_->controls));
  controls->addWidget(captioned(tr("Seed"), impl_->seed, impl_->controls));
  controls->addStretch(1);

  auto* rows = new QVBoxLayout(this);
  rows->setContentsMargins(12, 6, 12, 6);
  rows->setSpacing(5);
  impl_->first = new QHBoxLayout;
  impl_->first->setSpacing(8);
  for (IconButton* button : {impl_->reset, impl_->play, impl_->stepBatch, impl_->stepEpoch}) impl_->first->addWidget(button);
  impl_->first->addSpacing(14);
  impl_->first->addWidget(impl_->epoch);
  impl_->first->addSpacing(10);
  impl_->first->addWidget(impl_->step);
  impl_->first->addWidget(separator(this));
  impl_->first->addWidget(impl_->loss);
  impl_->first->addSpacing(10);
  impl_->first->addWidget(impl_->accuracy);
  impl_->first->addSpacing(4);
  impl_->first->addWidget(impl_->line = separator(this));
  impl_->first->addWidget(impl_->controls);
  impl_->first->addStretch(1);
  impl_->second = new QHBoxLayout;
  impl_->notice = new QLabel(this);
  impl_->notice->setObjectName(QStringLiteral("transportNotice"));
  impl_->notice->setAccessibleName(tr("Training notice"));
  impl_->notice->setWordWrap(true);
  rows->addLayout(impl_->first);
  rows->addLayout(impl_->second);
  rows->addWidget(impl_->notice);
  setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void TransportBar::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  arrange();
}

/// The controls stand beside the figures when there is room, else below.
void TransportBar::arrange() {
  int needed = 24 + impl_->controls->sizeHint().width() + 40;
  for (int i = 0; i < impl_->first->count(); ++i)
    if (QLayoutItem* item = impl_->first->itemAt(i); item->widget() != impl_->controls && item->widget() != impl_->line)
      needed += item->sizeHint().width() + impl_->first->spacing();
  const bool two = needed > width();
  if (two == impl_->twoRows) return;
  impl_->twoRows = two;
  impl_->line->setVisible(!two);
  if (two) {
    impl_->first->removeWidget(impl_->controls);
    impl_->second->addWidget(impl_->controls);
  } else {
    impl_->second->removeWidget(impl_->controls);
    impl_->first->insertWidget(impl_->first->count() - 1, impl_->controls);
  }
  updateGeometry();
}

QSize TransportBar::minimumSizeHint() const {
  // Two rows are always possible, so the width asked for is that of the wider row.
  return {std::min(900, QWidget::minimumSizeHint().width()), QWidget::minimumSizeHint().height()};
}

void TransportBar::togglePlay() {
  if (impl_->running)
    emit pauseRequested();
  else if (impl_->playable)
    emit playRequested();
}

void TransportBar::setPlayable(bool playable, const QString& whyNot) {
  impl_->playable = playable;
  impl_->whyNot = playable ? QString() : whyNot;
  refreshButtons();
  refreshNotice();
}

void TransportBar::refreshButtons() {
  Impl& d = *impl_;
  d.play->setSign(d.running ? IconButton::Sign::Pause : IconButton::Sign::Play);
  d.play->setAccessibleName(d.running ? tr("Pause") : tr("Play"));
  const auto dress = [&](IconButton* button, bool enabled, const QString& tip) {
    button->setEnabled(enabled);
    button->setToolTip(enabled || d.whyNot.isEmpty() ? tip : tip + QLatin1Char('\n') + d.whyNot);
  };
  dress(d.play, d.playable || d.running,
        d.running ? tr("Pause after this batch (Ctrl+Space)") : tr("Train until paused (Ctrl+Space)"));
  dress(d.stepBatch, d.playable && !d.running, tr("Train one batch: one update of the weights"));
  dress(d.stepEpoch, d.playable && !d.running, tr("Train to the end of this epoch"));
  dress(d.reset, d.playable, tr("Start again: new weights from the seed, history empty"));
}

void TransportBar::refreshNotice() {
  Impl& d = *impl_;
  QStringList lines;
  for (const QString* bad : {&d.badRate, &d.badBatch, &d.badSeed})
    if (!bad->isEmpty()) lines << *bad;
  const bool wrong = !lines.isEmpty() || !d.failure.isEmpty();
  if (!d.failure.isEmpty() && d.failure != d.whyNot) lines << d.failure;
  if (!d.whyNot.isEmpty()) lines << tr("Cannot train yet: %1").arg(d.whyNot);
  QPalette colours = d.notice->palette();
  colours.setColor(QPalette::WindowText, wrong ? theme().error : theme().warning);
  d.notice->setPalette(colours);
  d.notice->setFont(theme().font(-0.5));
  d.notice->setText(lines.join(QStringLiteral(" · ")));
  d.notice->setToolTip(lines.join(QLatin1Char('\n')));
  d.notice->setVisible(!lines.isEmpty());
  updateGeometry();
}

void TransportBar::showSnapshot(const Snapshot& snapshot) {
  Impl& d = *impl_;
  const QLocale locale;
  const bool running = snapshot.run == RunState::Running;
  const QString failure = QString::fromStdString(snapshot.failure);
  if (running != d.running) {
    d.running = running;
    refreshButtons();
  }
  if (failure != d.failure) {
    d.failure = failure;
    refreshNotice();
  }
  if (snapshot.state) {
    const QString epoch = locale.toString(static_cast<qlonglong>(snapshot.state->epoch));
    d.epoch->setValue(snapshot.settings.epochs > 0
                          ? tr("%1 / %2").arg(epoch, locale.toString(static_cast<qlonglong>(snapshot.settings.epochs)))
                          : epoch);
    d.step->setValue(locale.toString(static_cast<qlonglong>(snapshot.state->step)));
  }
  showFigures(snapshot);
  if (d.asked && (snapshot.settings == *d.asked || d.since.elapsed() > 2000)) d.asked.reset();
  if (!d.asked && !(snapshot.settings == d.settings)) {
    d.settings = snapshot.settings;
    showSettings();
  }
}

void TransportBar::showFigures(const Snapshot& s) {
  double loss = std::nan(""), share = loss, heldLoss = loss, heldShare = loss;
  const bool classes = s.data && s.data->spec.task != Task::Regression;
  if (s.history && s.epochPoints > 0) {
    const EpochPoint& last = s.history->epochs[s.epochPoints - 1];
    loss = last.trainLoss;
    share = last.trainAccuracy;
    heldLoss = last.validationLoss;
    heldShare = last.validationAccuracy;
  }
  if (s.state && s.state->position > 0) {
    const double n = static_cast<double>(s.state->position);
    loss = s.state->epochLoss / s.state->epochWeight;
    share = static_cast<double>(s.state->epochCorrect) / n;
  }
  impl_->loss->setValue(QStringLiteral("%1 · %2").arg(lossText(loss), lossText(heldLoss)));
  impl_->accuracy->setValue(classes ? QStringLiteral("%1 · %2").arg(shareText(share), shareText(heldShare)) : QStringLiteral("–"));
  if (isVisible()) arrange();
}

void TransportBar::showNothing() {
  for (Readout* readout : {impl_->epoch, impl_->step, impl_->loss, impl_->accuracy}) readout->setValue(QStringLiteral("–"));
  impl_->running = false;
  impl_->failure.clear();
  refreshButtons();
  refreshNotice();
}

void TransportBar::setSettings(const TrainSettings& settings) {
  impl_->settings = settings;
  impl_->asked.reset();
  showSettings();
}

const TrainSettings& TransportBar::settings() const { return impl_->settings; }

void TransportBar::showSettings() {
  Impl& d = *impl_;
  d.showing = true;
  d.rate->setNumber(d.settings.rate);
  d.batch->setNumber(static_cast<double>(d.settings.batch));
  if (!d.optimiser->view()->isVisible())
    d.optimiser->setCurrentIndex(d.optimiser->findData(QString::fromStdString(d.settings.optimiser.id)));
  if (!d.epochs->hasFocus() || d.epochs->value() == 0) d.epochs->setValue(static_cast<int>(d.settings.epochs));
  const QString seed = QString::number(d.settings.seed);
  if (!d.seed->isModified() && d.seed->text() != seed) d.seed->setText(seed);
  d.seed->setCursorPosition(0);
  const OptimiserSpec* spec = findOptimiser(d.settings.optimiser.id);
  d.options->setEnabled(spec && !spec->params.empty());
  if (d.popupForm && spec) d.popupForm->setParams(spec->params, d.settings.optimiser.params);
  if (d.trainingForm) d.trainingForm->setSettings(d.settings);
  const ScheduleSpec* schedule = findSchedule(d.settings.schedule.id);
  d.training->setToolTip(tr("How the learning rate changes over the run (now: %1), early stopping, clipping of gradients")
                             .arg(schedule ? QString::fromStdString(schedule->name) : QString()));
  d.showing = false;
}

void TransportBar::edit(const std::function<void(TrainSettings&)>& change) {
  if (impl_->showing) return;
  TrainSettings next = impl_->settings;
  change(next);
  if (next == impl_->settings) return;
  impl_->settings = next;
  impl_->asked = next;
  impl_->since.start();
  showSettings();
  emit settingsEdited(next);
}

void TransportBar::chooseOptimiser(int index) {
  const std::string id = impl_->optimiser->itemData(index).toString().toStdString();
  const OptimiserSpec* before = findOptimiser(impl_->settings.optimiser.id);
  const OptimiserSpec* now = findOptimiser(id);
  if (!now || now == before) return;
  edit([&](TrainSettings& s) {
    s.optimiser = {id, {}};
    if (before && s.rate == before->usualRate) s.rate = now->usualRate;
  });
}

void TransportBar::readSeed(bool final) {
  bool ok = false;
  const qulonglong seed = impl_->seed->text().trimmed().toULongLong(&ok);
  const QString why = ok ? QString() : tr("Seed: '%1' is not a whole number from 0 on").arg(impl_->seed->text().trimmed());
  if (why != impl_->badSeed) {
    impl_->badSeed = why;
    refreshNotice();
  }
  if (!ok || !final) return;
  impl_->seed->setModified(false);
  edit([&](TrainSettings& s) { s.seed = seed; });
}

void TransportBar::showOptions() {
  const OptimiserSpec* spec = findOptimiser(impl_->settings.optimiser.id);
  if (!spec) return;
  if (!impl_->popup) {
    impl_->popup = new QFrame(this, Qt::Popup);
    impl_->popup->setObjectName(QStringLiteral("optimiserPopup"));
    impl_->popup->setProperty("panel", true);
    auto* layout = new QVBoxLayout(impl_->popup);
    layout->setContentsMargins(12, 10, 12, 12);
    impl_->popupForm = new ParamForm(impl_->popup);
    impl_->popupForm->setMinimumWidth(220);
    layout->addWidget(impl_->popupForm);
    connect(impl_->popupForm, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool) {
      edit([&](TrainSettings& s) { s.optimiser.params[id.toStdString()] = value; });
    });
  }
  impl_->popupForm->setParams(spec->params, impl_->settings.optimiser.params);
  impl_->popup->adjustSize();
  impl_->popup->move(impl_->options->mapToGlobal(QPoint(impl_->options->width() - impl_->popup->width(), impl_->options->height() + 4)));
  impl_->popup->show();
}

void TransportBar::showTraining() {
  Impl& d = *impl_;
  if (!d.trainingPopup) {
    d.trainingPopup = new QFrame(this, Qt::Popup);
    d.trainingPopup->setObjectName(QStringLiteral("trainingPopup"));
    d.trainingPopup->setProperty("panel", true);
    auto* layout = new QVBoxLayout(d.trainingPopup);
    layout->setContentsMargins(14, 12, 14, 14);
    d.trainingForm = new TrainingForm(d.trainingPopup);
    layout->addWidget(d.trainingForm);
    connect(d.trainingForm, &TrainingForm::edited, this, [this](const TrainSettings& wanted) {
      edit([&](TrainSettings& s) { s.schedule = wanted.schedule, s.options = wanted.options; });
    });
  }
  d.trainingForm->setSettings(d.settings);
  d.trainingPopup->adjustSize();
  d.trainingPopup->move(d.training->mapToGlobal(QPoint(d.training->width() - d.trainingPopup->width(), d.training->height() + 4)));
  d.trainingPopup->show();
}

}  // namespace vitrine
