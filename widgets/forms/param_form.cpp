#include "widgets/forms/param_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLocale>
#include <QTimer>
#include <QWheelEvent>

#include "widgets/forms/name_combo.h"
#include "widgets/forms/number_field.h"
#include "widgets/forms/wheel.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

QString text(const std::string& s) { return QString::fromStdString(s); }

bool samePlace(const Param& a, const Param& b) {
  return a.id == b.id && a.label == b.label && a.fallback.index() == b.fallback.index() && a.low == b.low &&
         a.high == b.high && a.logarithmic == b.logarithmic && a.choices == b.choices && a.onlyIf == b.onlyIf && a.orIf == b.orIf;
}

QString tooltipOf(const Param& p) {
  QString tip = text(p.help);
  const bool whole = !std::holds_alternative<double>(p.fallback);
  if (p.low < p.high && !std::holds_alternative<std::string>(p.fallback) && !std::holds_alternative<bool>(p.fallback))
    tip += QLatin1Char('\n') + ParamForm::tr("%1 … %2").arg(numberText(p.low, whole), numberText(p.high, whole));
  return tip;
}

}  // namespace

/// A row: label, field of one or two parts, and the reason below when what stands there is refused.
struct FormRow {
  Param param;
  QLabel* label = nullptr;
  QWidget* field = nullptr;  // what is shown and hidden
  std::vector<NumberField*> numbers;
  QCheckBox* check = nullptr;
  QComboBox* combo = nullptr;
  QLineEdit* line = nullptr;
  QLabel* reason = nullptr;
  ParamValue told;  // last value shown or emitted
  bool openEnd = false;  // a step was told, its last value not yet

  bool dirty() const {
    for (const NumberField* n : numbers)
      if (n->dirty() && n->hasFocus()) return true;
    return line && line->isModified() && line->hasFocus();
  }
  void show(const ParamValue& value, bool force) {
    told = value;
    if (const auto* b = std::get_if<bool>(&value); b && check) check->setChecked(*b);
    if (const auto* n = std::get_if<std::int64_t>(&value); n && numbers.size() == 1)
      numbers[0]->setValue(static_cast<double>(*n), force);
    if (const auto* d = std::get_if<double>(&value); d && numbers.size() == 1) numbers[0]->setValue(*d, force);
    if (const auto* pair = std::get_if<IntPair>(&value); pair && numbers.size() == 2)
      for (std::size_t i = 0; i < 2; ++i) numbers[i]->setValue(static_cast<double>((*pair)[i]), force);
    if (const auto* s = std::get_if<std::string>(&value)) {
      if (combo) combo->setCurrentIndex(combo->findData(text(*s)));
      if (line && (force || !dirty()) && line->text() != text(*s)) line->setText(text(*s));
    }
  }
  /// What stands in the field, or why it is none.
  Result<ParamValue> read() const {
    if (check) return ParamValue(check->isChecked());
    if (combo) return ParamValue(combo->currentData().toString().toStdString());
    if (line) return ParamValue(line->text().toStdString());
    const bool whole = !std::holds_alternative<double>(param.fallback);
    std::vector<double> parts;
    for (const NumberField* n : numbers) {
      const std::optional<double> v = n->value();
      if (!v)
        return Error{{}, {}, ParamForm::tr("'%1'").arg(n->text().trimmed()).toStdString(),
                     (whole ? ParamForm::tr("a whole number") : ParamForm::tr("a number")).toStdString(), {}};
      parts.push_back(*v);
    }
    ParamValue value = !whole ? ParamValue(parts[0]) : ParamValue(static_cast<std::int64_t>(parts[0]));
    if (parts.size() == 2)
      value = IntPair{static_cast<std::int64_t>(parts[0]), static_cast<std::int64_t>(parts[1])};
    if (const Status legal = checkParam(param, value); !legal) return legal.error();
    return value;
  }
};

struct ParamForm::Impl {
  std::vector<std::unique_ptr<FormRow>> rows;
  QGridLayout* grid = nullptr;
  QTimer settle;  // the last value of a held spin
  bool showing = false;
};

ParamForm::ParamForm(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
  impl_->grid = new QGridLayout(this);
  impl_->grid->setContentsMargins(0, 0, 0, 0);
  impl_->grid->setHorizontalSpacing(12);
  impl_->grid->setVerticalSpacing(5);
  impl_->grid->setColumnStretch(1, 1);
  impl_->settle.setSingleShot(true);
  impl_->settle.setInterval(400);
  connect(&impl_->settle, &QTimer::timeout, this, &ParamForm::commit);
}

ParamForm::~ParamForm() {
  impl_->settle.stop();
  // A field that has the focus tells its end of editing while it goes: by then there is nobody to listen.
  for (QObject* child : findChildren<QObject*>()) disconnect(child, nullptr, this, nullptr);
}

void ParamForm::setParams(std::span<const Param> described, const Params& values) {
  bool same = described.size() == impl_->rows.size();
  for (std::size_t i = 0; same && i < described.size(); ++i) same = samePlace(described[i], impl_->rows[i]->param);
  if (!same) build(described);
  impl_->showing = true;
  for (auto& row : impl_->rows) {
    auto it = values.find(row->param.id);
    const ParamValue& value = it == values.end() ? row->param.fallback : it->second;
    if (same && row->dirty()) {
      row->told = value;
      continue;
    }
    row->show(value, !same);
    refuse(*row, {});
  }
  impl_->showing = false;
  showWanted();
}

Params ParamForm::values() const {
  Params values;
  for (const auto& row : impl_->rows) values[row->param.id] = row->told;
  return values;
}

void ParamForm::discardTyping() {
  impl_->settle.stop();
  impl_->showing = true;
  for (auto& row : impl_->rows) {
    for (NumberField* n : row->numbers) n->settle();
    row->openEnd = false;
    row->show(row->told, true);
    refuse(*row, {});
  }
  impl_->showing = false;
}

void ParamForm::build(std::span<const Param> described) {
  impl_->settle.stop();
  impl_->showing = true;
  for (auto& row : impl_->rows)
    for (QWidget* w : {static_cast<QWidget*>(row->label), row->field, static_cast<QWidget*>(row->reason)}) {
      w->disconnect(this);
      for (QWidget* child : w->findChildren<QWidget*>()) child->disconnect(this);
      w->hide();
      w->setObjectName({});  // it lives until control returns, but is found no more
      for (QWidget* child : w->findChildren<QWidget*>()) child->setObjectName({});
      w->deleteLater();
    }
  impl_->rows.clear();
  int line = 0;
  for (const Param& p : described) {
    impl_->rows.push_back(std::make_unique<FormRow>());
    FormRow& row = *impl_->rows.back();
    row.param = p;
    makeField(row);
    row.label = new QLabel(text(p.label), this);
    row.label->setObjectName(QStringLiteral("label_") + text(p.id));
    row.label->setProperty("role", QStringLiteral("secondary"));
    row.label->setToolTip(row.field->toolTip());
    row.label->setBuddy(row.numbers.empty() ? row.field : row.numbers.front());
    row.reason = new QLabel(this);
    row.reason->setObjectName(QStringLiteral("reason_") + text(p.id));
    row.reason->setWordWrap(true);
    row.reason->hide();
    impl_->grid->addWidget(row.label, line, 0, Qt::AlignVCenter);
    impl_->grid->addWidget(row.field, line, 1);
    impl_->grid->addWidget(row.reason, line + 1, 0, 1, 2);
    line += 2;
  }
  impl_->showing = false;
}

void ParamForm::makeField(FormRow& row) {
  const Param& p = row.param;
  const QString name = QStringLiteral("param_") + text(p.id), label = text(p.label);
  FormRow* r = &row;
  if (std::holds_alternative<bool>(p.fallback)) {
    row.field = row.check = new QCheckBox(this);
    connect(row.check, &QCheckBox::toggled, this, [this, r] { tell(*r, true); });
  } else if (std::holds_alternative<std::string>(p.fallback) && !p.choices.empty()) {
    row.field = row.combo = new NameCombo(this);
    leaveWheelToScrolling(row.combo);
    row.combo->setMinimumContentsLength(4);
    row.combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const Choice& c : p.choices) row.combo->addItem(text(c.label), text(c.id));
    connect(row.combo, &QComboBox::currentIndexChanged, this, [this, r] { tell(*r, true); });
  } else if (std::holds_alternative<std::string>(p.fallback)) {
    row.field = row.line = new QLineEdit(this);
    connect(row.line, &QLineEdit::editingFinished, this, [this, r] { tell(*r, true); });
  } else {
    makeNumbers(row);
  }
  row.field->setObjectName(name);
  row.field->setAccessibleName(label);
  row.field->setAccessibleDescription(text(p.help));
  row.field->setToolTip(tooltipOf(p));
}

void ParamForm::makeNumbers(FormRow& row) {
  const Param& p = row.param;
  const bool pair = std::holds_alternative<IntPair>(p.fallback);
  FormRow* r = &row;
  QWidget* host = pair ? new QWidget(this) : nullptr;
  for (int i = 0; i < (pair ? 2 : 1); ++i) {
    auto* number = new NumberField(pair ? host : this);
    number->setRange({!std::holds_alternative<double>(p.fallback), p.low, p.high, p.logarithmic});
    row.numbers.push_back(number);
    connect(number, &NumberField::stepped, this, [this, r] {
      tell(*r, false);
      impl_->settle.start();
    });
    // What is half typed would make weights anew for a number nobody meant, so it is told only when finished.
    connect(number, &QLineEdit::textEdited, this, [this, r] { judge(*r); });
    connect(number, &QLineEdit::editingFinished, this, [this, r] { tell(*r, true); });
  }
  row.field = pair ? host : row.numbers.front();
  if (!pair) return;
  auto* layout = new QHBoxLayout(host);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(6);
  layout->addWidget(row.numbers[0]);
  layout->addWidget(new QLabel(QStringLiteral("×"), host));
  layout->addWidget(row.numbers[1]);
  host->setFocusProxy(row.numbers[0]);
  const QString parts[] = {tr("%1, vertical"), tr("%1, horizontal")};
  for (int i = 0; i < 2; ++i) {
    NumberField* number = row.numbers[static_cast<std::size_t>(i)];
    number->setObjectName(QStringLiteral("param_%1_%2").arg(text(p.id)).arg(i));
    number->setAccessibleName(parts[i].arg(text(p.label)));
    number->setToolTip(tooltipOf(p));
  }
}

bool ParamForm::judge(FormRow& row) {
  const Result<ParamValue> value = row.read();
  if (value) {
    refuse(row, {});
    return true;
  }
  QString why = text(value.error().problem.empty() ? value.error().text() : value.error().problem);
  if (!why.isEmpty()) why[0] = why[0].toUpper();
  refuse(row, why);
  return false;
}

void ParamForm::tell(FormRow& row, bool final) {
  if (impl_->showing || !judge(row)) return;
  const Result<ParamValue> value = row.read();
  const bool news = *value != row.told;
  if (final)
    for (NumberField* n : row.numbers) n->settle();
  if (final && row.line) row.line->setModified(false);
  if (!news && !(final && row.openEnd)) return;
  row.openEnd = !final;
  row.told = *value;
  showWanted();
  emit changed(text(row.param.id), *value, final);
}

void ParamForm::commit() {
  impl_->settle.stop();
  for (std::size_t i = 0; i < impl_->rows.size(); ++i)
    if (impl_->rows[i]->openEnd) tell(*impl_->rows[i], true);
}

void ParamForm::refuse(FormRow& row, const QString& why) {
  row.reason->setText(why);
  QPalette red = row.reason->palette();
  red.setColor(QPalette::WindowText, theme().error);
  row.reason->setPalette(red);
  row.reason->setFont(theme().font(-1));
  row.reason->setVisible(!why.isEmpty() && !row.field->isHidden());
  for (NumberField* n : row.numbers) n->setRefused(!why.isEmpty());
}

void ParamForm::showWanted() {
  std::vector<Param> described;
  for (const auto& row : impl_->rows) described.push_back(row->param);
  const Params now = values();
  for (auto& row : impl_->rows) {
    const bool shown = paramShown(row->param, now, described);
    row->label->setVisible(shown);
    row->field->setVisible(shown);
    row->reason->setVisible(shown && !row->reason->text().isEmpty());
  }
}

}  // namespace vitrine
