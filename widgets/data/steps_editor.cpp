#include "widgets/data/steps_editor.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QLocale>
#include <QMenu>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/data/before_after.h"
#include "widgets/figure/paint.h"
#include "widgets/forms/param_form.h"

namespace vitrine {

StepsEditor::StepsEditor(QWidget* parent)
    : QWidget(parent), list_(new QListWidget), form_(new ParamForm), shown_(new QComboBox), change_(new BeforeAfter), help_(new QLabel), learned_(new QLabel), remove_(new QToolButton), up_(new QToolButton), down_(new QToolButton) {
  list_->setObjectName(QStringLiteral("stepList"));
  list_->setMaximumHeight(112);
  form_->setObjectName(QStringLiteral("stepForm"));
  for (QLabel* l : {help_, learned_}) l->setWordWrap(true), l->setTextInteractionFlags(Qt::TextSelectableByMouse);
  learned_->setObjectName(QStringLiteral("stepLearned"));
  auto* add = new QToolButton;
  add->setObjectName(QStringLiteral("stepAdd"));
  add->setText(tr("Add step"));
  add->setPopupMode(QToolButton::InstantPopup);
  auto* menu = new QMenu(add);
  menu->setToolTipsVisible(true);
  for (const StepSpec& s : stepRegistry()) {
    QAction* a = menu->addAction(QString::fromStdString(s.name));
    a->setToolTip(QString::fromStdString(s.help));
    connect(a, &QAction::triggered, this, [this, id = s.id] {
      std::vector<StepPlan> after = steps_;
      const int at = list_->currentRow() < 0 ? int(after.size()) : list_->currentRow() + 1;
      after.insert(after.begin() + at, StepPlan{id, {}});
      change(std::move(after), at);
    });
  }
  add->setMenu(menu);
  const auto button = [](QToolButton* b, const QString& text, const QString& name, const QString& tip) {
    b->setText(text);
    b->setObjectName(name);
    b->setToolTip(tip);
    b->setAccessibleName(tip);
  };
  button(remove_, tr("Remove"), QStringLiteral("stepRemove"), tr("Takes the step out"));
  button(up_, QStringLiteral("↑"), QStringLiteral("stepUp"), tr("Earlier"));
  button(down_, QStringLiteral("↓"), QStringLiteral("stepDown"), tr("Later"));
  connect(remove_, &QToolButton::clicked, this, [this] {
    std::vector<StepPlan> after = steps_;
    const int at = list_->currentRow();
    if (at < 0) return;
    after.erase(after.begin() + at);
    change(std::move(after), std::min(at, int(after.size()) - 1));
  });
  const auto move = [this](int by) {
    std::vector<StepPlan> after = steps_;
    const int from = list_->currentRow(), to = from + by;
    if (from < 0 || to < 0 || to >= int(after.size())) return;
    std::swap(after[std::size_t(from)], after[std::size_t(to)]);
    change(std::move(after), to);
  };
  connect(up_, &QToolButton::clicked, this, [move] { move(-1); });
  connect(down_, &QToolButton::clicked, this, [move] { move(1); });
  connect(list_, &QListWidget::currentRowChanged, this, &StepsEditor::showStep);
  connect(form_, &ParamForm::changed, this, [this](const QString& id, const ParamValue& value) {
    std::vector<StepPlan> after = steps_;
    const int at = list_->currentRow();
    if (at < 0) return;
    after[std::size_t(at)].params[id.toStdString()] = value;
    change(std::move(after), at);
  });
  auto* row = new QHBoxLayout;
  for (QToolButton* b : {add, remove_, up_, down_}) row->addWidget(b);
  row->addStretch(1);
  auto* column = new QVBoxLayout(this);
  column->addLayout(row);
  column->addWidget(list_);
  column->addWidget(help_);
  column->addWidget(form_);
  column->addWidget(learned_);
  shown_->setObjectName(QStringLiteral("stepColumn"));
  shown_->setToolTip(tr("The column whose distribution is shown before and after the step"));
  change_->setObjectName(QStringLiteral("stepChange"));
  connect(shown_, &QComboBox::activated, this, &StepsEditor::showChange);
  column->addWidget(shown_);
  column->addWidget(change_);
  column->addStretch(1);
}

void StepsEditor::setSteps(const std::vector<StepPlan>& steps, const QStringList& columns) {
  columns_ = columns;
  const int current = list_->currentRow();
  steps_ = steps;
  const QSignalBlocker quiet(list_);
  list_->clear();
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepSpec* spec = findStep(steps[i].type);
    list_->addItem(QStringLiteral("%1. %2").arg(QLocale().toString(qulonglong(i + 1)), spec ? QString::fromStdString(spec->name) : QString::fromStdString(steps[i].type)));
  }
  list_->setCurrentRow(std::clamp(current, steps.empty() ? -1 : 0, int(steps.size()) - 1));
  showStep();
}

void StepsEditor::change(std::vector<StepPlan> steps, int current) {
  setSteps(steps, columns_);
  list_->setCurrentRow(current);
  emit changed(steps_);
}

void StepsEditor::setFitted(const std::vector<std::shared_ptr<const FittedStep>>& fitted, const std::vector<Stage>& stages) {
  fitted_ = fitted;
  stages_ = stages;
  showStep();
}

void StepsEditor::showStep() {
  const int at = list_->currentRow();
  const bool any = at >= 0 && at < int(steps_.size());
  remove_->setEnabled(any);
  up_->setEnabled(at > 0);
  down_->setEnabled(any && at + 1 < int(steps_.size()));
  form_->setVisible(any);
  learned_->clear();
  shown_->setVisible(any);
  showChange();
  if (!any) return help_->setText(tr("No steps: features go to the network as they are."));
  const StepSpec* spec = findStep(steps_[std::size_t(at)].type);
  if (!spec) return;
  help_->setText(QString::fromStdString(spec->help) + QStringLiteral("\n") + QString::fromStdString(spec->formula));
  std::vector<Param> params = spec->params;
  for (Param& p : params) {
    if (p.id != "column") continue;
    const std::string now = param<std::string>(steps_[std::size_t(at)].params, spec->params, p.id);
    QStringList names = columnsBefore(at);
    if (!now.empty() && !names.contains(QString::fromStdString(now))) names << QString::fromStdString(now);
    p.choices = {{"", tr("all it can work on").toStdString()}};
    for (const QString& name : names) p.choices.push_back({name.toStdString(), name.toStdString()});
  }
  form_->setParams(params, steps_[std::size_t(at)].params);
  if (at >= int(fitted_.size())) return;
  constexpr std::size_t kMost = 8;
  QStringList lines;
  const auto learned = fitted_[std::size_t(at)]->learned();
  for (std::size_t i = 0; i < std::min(kMost, learned.size()); ++i) lines << QString::fromStdString(learned[i].first) + QLatin1Char(' ') + numberText(learned[i].second, 6);
  if (learned.size() > kMost) lines << tr("… and %1 more").arg(QLocale().toString(learned.size() - kMost));
  if (!lines.isEmpty()) learned_->setText(tr("Learned from the training rows:") + QStringLiteral("\n") + lines.join(QLatin1Char('\n')));
}

QStringList StepsEditor::columnsBefore(int step) const {
  if (step >= int(stages_.size())) return columns_;
  QStringList names;
  for (const auto& [name, unused] : stages_[std::size_t(step)].columns) names << QString::fromStdString(name);
  return names;
}

void StepsEditor::showChange() {
  const int at = list_->currentRow();
  const QString was = shown_->currentText();
  const bool known = at >= 0 && at + 1 < int(stages_.size());
  change_->setVisible(known);
  shown_->setVisible(known);
  if (!known) return;
  const Stage &before = stages_[std::size_t(at)], &after = stages_[std::size_t(at) + 1];
  shown_->clear();
  shown_->addItems(columnsBefore(at));
  shown_->setCurrentIndex(std::max(0, shown_->findText(was)));
  const std::string name = shown_->currentText().toStdString();
  const auto find = [&](const Stage& stage) -> const ColumnSummary* {
    for (const auto& [n, s] : stage.columns)
      if (n == name) return &s;
    return nullptr;
  };
  change_->setSummaries(find(before), find(after));
}

}  // namespace vitrine
