#include "widgets/data/recipe_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QGroupBox>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>

namespace vitrine {
namespace {

QComboBox* choices(const QString& name, const QString& tip, std::initializer_list<std::pair<QString, QString>> all) {
  auto* box = new QComboBox;
  box->setObjectName(name);
  box->setToolTip(tip);
  for (const auto& [id, text] : all) box->addItem(text, id);
  return box;
}

QSpinBox* number(const QString& name, const QString& tip, int low, int high, const QString& suffix = {}) {
  auto* box = new QSpinBox;
  box->setObjectName(name);
  box->setToolTip(tip);
  box->setRange(low, high);
  box->setSuffix(suffix);
  box->setKeyboardTracking(false);
  return box;
}

void choose(QComboBox* box, const QString& id) { box->setCurrentIndex(std::max(0, box->findData(id))); }

}  // namespace

RecipeForm::RecipeForm(QWidget* parent) : QWidget(parent) {
  task_ = choices(QStringLiteral("importTask"), tr("One class, numbers, or several labels at once"), {{QString(), tr("as the target looks")}, {QStringLiteral("classification"), tr("classification")}, {QStringLiteral("regression"), tr("regression")}, {QStringLiteral("labels"), tr("several labels")}});
  balance_ = choices(QStringLiteral("importBalance"), tr("Rows of rarer classes can be repeated in training, so that each class is seen as often"),
                     {{QStringLiteral("none"), tr("as they are")}, {QStringLiteral("oversample"), tr("repeat rarer classes")}});
  mode_ = choices(QStringLiteral("importSplit"), tr("Held-out rows are never trained on"),
                  {{QStringLiteral("ratio"), tr("at random")}, {QStringLiteral("time"), tr("the last in time")}, {QStringLiteral("group"), tr("whole groups")},
                   {QStringLiteral("column"), tr("as a column says")}, {QStringLiteral("folds"), tr("folds")}});
  validation_ = number(QStringLiteral("importValidation"), tr("Share of the rows that measures progress while training"), 0, 80, tr(" %"));
  test_ = number(QStringLiteral("importTest"), tr("Share of the rows that is kept for a last judgement"), 0, 80, tr(" %"));
  seed_ = number(QStringLiteral("importSeed"), tr("The same seed deals rows out the same way"), 0, 999999999);
  folds_ = number(QStringLiteral("importFolds"), tr("Parts of equal size; each validates once"), 2, 100);
  fold_ = number(QStringLiteral("importFold"), tr("The part that validates now"), 1, 100);
  stratify_ = new QCheckBox(tr("Each class keeps its share"));
  stratify_->setObjectName(QStringLiteral("importStratify"));
  series_ = choices(QStringLiteral("importSeries"), tr("For convolutions along time and recurrent networks"),
                    {{QStringLiteral("none"), tr("each row is a sample")}, {QStringLiteral("windows"), tr("windows of rows")}, {QStringLiteral("rows"), tr("each row is a series")}});
  length_ = number(QStringLiteral("importLength"), tr("Rows in a window"), 1, 100000);
  stride_ = number(QStringLiteral("importStride"), tr("Rows from one window to the next"), 1, 100000);
  horizon_ = number(QStringLiteral("importHorizon"), tr("So many rows after the window's last stands its target; 0: the last row's own"), 0, 100000);

  auto* column = new QVBoxLayout(this);
  const auto group = [&](const QString& title) {
    auto* box = new QGroupBox(title);
    auto* form = new QFormLayout(box);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    column->addWidget(box);
    return form;
  };
  QFormLayout* target = group(tr("Target"));
  target->addRow(tr("Predict"), task_);
  target->addRow(tr("Classes"), balance_);
  QFormLayout* split = group(tr("Split"));
  split->addRow(tr("Held out"), mode_);
  const auto row = [&](QFormLayout* form, const QString& text, QWidget* field, std::vector<QString> modes) {
    form->addRow(text, field);
    onlyFor_.push_back({field, modes});
    if (QWidget* l = form->labelForField(field)) onlyFor_.push_back({l, std::move(modes)});
  };
  const QString ratio = QStringLiteral("ratio"), time = QStringLiteral("time"), groups = QStringLiteral("group"), folds = QStringLiteral("folds");
  row(split, tr("Validation"), validation_, {ratio, time, groups});
  row(split, tr("Test"), test_, {ratio, time, groups});
  row(split, tr("Folds"), folds_, {folds});
  row(split, tr("Validate with fold"), fold_, {folds});
  row(split, tr("Seed"), seed_, {ratio, groups, folds});
  row(split, {}, stratify_, {ratio, folds});
  QFormLayout* series = group(tr("Series"));
  seriesBox_ = series->parentWidget();
  series->addRow(tr("Samples"), series_);
  row(series, tr("Length"), length_, {QStringLiteral("windows")});
  row(series, tr("Stride"), stride_, {QStringLiteral("windows")});
  row(series, tr("Horizon"), horizon_, {QStringLiteral("windows")});
  column->addStretch(1);
  for (QComboBox* b : {task_, balance_, mode_, series_}) connect(b, &QComboBox::activated, this, &RecipeForm::tell);
  for (QSpinBox* b : {validation_, test_, seed_, folds_, fold_, length_, stride_, horizon_}) connect(b, &QSpinBox::valueChanged, this, &RecipeForm::tell);
  connect(stratify_, &QCheckBox::toggled, this, &RecipeForm::tell);
}

void RecipeForm::showForImages(bool given) {
  task_->hide();
  if (QWidget* label = qobject_cast<QFormLayout*>(task_->parentWidget()->layout())->labelForField(task_)) label->hide();
  seriesBox_->hide();
  mode_->clear();
  if (given) mode_->addItem(tr("as the file has it"), QStringLiteral("given"));
  mode_->addItem(tr("at random"), QStringLiteral("ratio"));
  mode_->addItem(tr("folds"), QStringLiteral("folds"));
}

void RecipeForm::setRecipe(const Recipe& r) {
  showing_ = true;
  recipe_ = r;
  choose(task_, !r.task ? QString() : *r.task == Task::Classification ? QStringLiteral("classification") : *r.task == Task::Labels ? QStringLiteral("labels") : QStringLiteral("regression"));
  choose(balance_, QString::fromStdString(r.balance));
  choose(mode_, QString::fromStdString(r.split.mode));
  validation_->setValue(int(std::lround(r.split.validation * 100)));
  test_->setValue(int(std::lround(r.split.test * 100)));
  seed_->setValue(int(std::min<std::uint64_t>(r.split.seed, 999999999)));
  folds_->setValue(int(r.split.folds));
  fold_->setMaximum(int(r.split.folds));
  fold_->setValue(int(r.split.fold) + 1);
  stratify_->setChecked(r.split.stratify);
  choose(series_, QString::fromStdString(r.series.mode));
  length_->setValue(int(r.series.length));
  stride_->setValue(int(r.series.stride));
  horizon_->setValue(int(r.series.horizon));
  showWanted();
  showing_ = false;
}

void RecipeForm::showWanted() {
  for (const auto& [widget, modes] : onlyFor_)
    widget->setVisible(std::any_of(modes.begin(), modes.end(), [&](const QString& m) { return m == mode_->currentData() || m == series_->currentData(); }));
}

void RecipeForm::tell() {
  if (showing_) return;
  const QString task = task_->currentData().toString();
  recipe_.task = task.isEmpty() ? std::nullopt : std::optional(task == QStringLiteral("regression") ? Task::Regression : task == QStringLiteral("labels") ? Task::Labels : Task::Classification);
  recipe_.balance = balance_->currentData().toString().toStdString();
  const bool wereWindows = recipe_.series.mode == "windows";
  recipe_.series = {series_->currentData().toString().toStdString(), length_->value(), stride_->value(), horizon_->value()};
  recipe_.split.mode = mode_->currentData().toString().toStdString();
  // Windows overlap: dealt out at random, validation would have been seen in training.
  if (!wereWindows && recipe_.series.mode == "windows" && (recipe_.split.mode == "ratio" || recipe_.split.mode == "folds")) recipe_.split.mode = "time";
  recipe_.split.validation = validation_->value() / 100.0;
  recipe_.split.test = test_->value() / 100.0;
  recipe_.split.seed = std::uint64_t(seed_->value());
  recipe_.split.folds = folds_->value();
  recipe_.split.fold = std::min(fold_->value(), folds_->value()) - 1;
  recipe_.split.stratify = stratify_->isChecked();
  setRecipe(recipe_);
  emit changed(recipe_);
}

}  // namespace vitrine
