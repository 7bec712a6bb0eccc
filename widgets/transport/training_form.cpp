#include "widgets/transport/training_form.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/forms/param_form.h"
#include "widgets/plots/curve_plot.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

QLabel* heading(const QString& text, QWidget* parent) {
  auto* label = new QLabel(text, parent);
  label->setProperty("role", QStringLiteral("title"));
  return label;
}

}  // namespace

TrainingForm::TrainingForm(QWidget* parent)
    : QWidget(parent),
      schedule_(new QComboBox(this)),
      scheduleForm_(new ParamForm(this)),
      curve_(new CurvePlot(tr("Learning rate"), this)),
      help_(new QLabel(this)),
      options_(new ParamForm(this)) {
  setObjectName(QStringLiteral("trainingForm"));
  schedule_->setObjectName(QStringLiteral("schedule"));
  schedule_->setAccessibleName(tr("Schedule of the learning rate"));
  for (const ScheduleSpec& s : scheduleRegistry()) {
    schedule_->addItem(QString::fromStdString(s.name), QString::fromStdString(s.id));
    schedule_->setItemData(schedule_->count() - 1, QString::fromStdString(s.help), Qt::ToolTipRole);
  }
  curve_->setObjectName(QStringLiteral("scheduleCurve"));
  curve_->setAxes(tr("epoch"), tr("learning rate"));
  curve_->addSeries(tr("learning rate"));
  curve_->setMinimumSize(340, 160);
  help_->setWordWrap(true);
  help_->setProperty("role", QStringLiteral("secondary"));
  help_->setMinimumHeight(34);
  options_->setObjectName(QStringLiteral("trainOptions"));
  scheduleForm_->setObjectName(QStringLiteral("scheduleForm"));

  auto* left = new QVBoxLayout;
  left->addWidget(heading(tr("Learning rate over the run"), this));
  left->addWidget(schedule_);
  left->addWidget(help_);
  left->addWidget(scheduleForm_);
  left->addWidget(curve_, 1);
  auto* right = new QVBoxLayout;
  right->addWidget(heading(tr("Clipping and ends"), this));
  right->addWidget(options_);
  right->addStretch(1);
  auto* both = new QHBoxLayout(this);
  both->setContentsMargins(0, 0, 0, 0);
  both->setSpacing(18);
  both->addLayout(left, 3);
  both->addLayout(right, 2);

  connect(schedule_, &QComboBox::activated, this, [this](int i) {
    const std::string id = schedule_->itemData(i).toString().toStdString();
    if (id == settings_.schedule.id) return;
    settings_.schedule = {id, {}};
    setSettings(settings_);
    emit edited(settings_);
  });
  connect(scheduleForm_, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool) {
    settings_.schedule.params[id.toStdString()] = value;
    draw();
    emit edited(settings_);
  });
  connect(options_, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value, bool) {
    settings_.options[id.toStdString()] = value;
    emit edited(settings_);
  });
  setSettings({});
}

void TrainingForm::setSettings(const TrainSettings& settings) {
  settings_ = settings;
  schedule_->setCurrentIndex(schedule_->findData(QString::fromStdString(settings.schedule.id)));
  if (const ScheduleSpec* spec = findSchedule(settings.schedule.id)) {
    scheduleForm_->setParams(spec->params, settings.schedule.params);
    scheduleForm_->setVisible(!spec->params.empty());
    help_->setText(QString::fromStdString(spec->help));
  }
  options_->setParams(trainOptions(), settings.options);
  draw();
}

void TrainingForm::draw() {
  constexpr int kPoints = 240;
  constexpr double kSteps = 1000;  // an epoch of many: the curve of any
  const double length = settings_.epochs > 0 ? static_cast<double>(settings_.epochs) : 30;
  std::vector<double> x, y;
  for (int i = 0; i <= kPoints; ++i) {
    x.push_back(length * i / kPoints);
    y.push_back(scheduledRate(settings_.schedule, settings_.rate, {x.back(), static_cast<double>(settings_.epochs), 0, kSteps}));
  }
  curve_->setSeries(tr("learning rate"), x, y, 0);
}

}  // namespace vitrine
