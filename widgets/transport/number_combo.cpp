#include "widgets/transport/number_combo.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QPainter>
#include <QWheelEvent>

#include "widgets/forms/number_field.h"
#include "widgets/theme/theme.h"

namespace vitrine {

NumberCombo::NumberCombo(const std::vector<double>& usual, double low, double high, bool whole, QWidget* parent)
    : QComboBox(parent), low_(low), high_(high), whole_(whole) {
  setEditable(true);
  setInsertPolicy(QComboBox::NoInsert);
  setCompleter(nullptr);
  setMaxVisibleItems(16);
  setFocusPolicy(Qt::StrongFocus);
  for (double value : usual) addItem(numberText(value, whole), value);
  setCurrentIndex(-1);
  lineEdit()->installEventFilter(this);
  connect(lineEdit(), &QLineEdit::textEdited, this, &NumberCombo::judge);
  connect(this, &QComboBox::activated, this, [this](int index) {
    lineEdit()->setText(itemText(index));
    commit();
  });
}

void NumberCombo::setNumber(double value) {
  if (typing() || view()->isVisible()) return;
  told_ = value;
  const int index = findData(value);
  if (currentIndex() != index) setCurrentIndex(index);
  if (lineEdit()->text() != numberText(value, whole_)) lineEdit()->setText(numberText(value, whole_));
  lineEdit()->setModified(false);
  judge();
}

bool NumberCombo::typing() const { return lineEdit()->isModified() && (lineEdit()->hasFocus() || wrong_); }

std::optional<double> NumberCombo::legal(QString* why) const {
  const std::optional<double> value = parseNumber(lineEdit()->text(), whole_);
  if (!value) {
    *why = (whole_ ? tr("%1: '%2' is not a whole number") : tr("%1: '%2' is not a number"))
               .arg(accessibleName(), lineEdit()->text().trimmed());
    return std::nullopt;
  }
  if (*value < low_ || *value > high_) {
    *why = tr("%1: %2 is not between %3 and %4")
               .arg(accessibleName(), lineEdit()->text().trimmed(), numberText(low_, whole_), numberText(high_, whole_));
    return std::nullopt;
  }
  return value;
}

void NumberCombo::judge() {
  QString why;
  const bool wrong = !legal(&why);
  if (!wrong && !wrong_) return;
  wrong_ = wrong;
  emit refused(why);
  update();
}

void NumberCombo::commit() {
  judge();
  QString why;
  const std::optional<double> value = legal(&why);
  if (!value) return;
  lineEdit()->setModified(false);
  if (*value == told_) return;
  told_ = *value;
  emit chosen(told_);
}

void NumberCombo::step(int steps) {
  const NumberRange range{whole_, low_, high_, true};
  const double next = steppedNumber(told_, steps, range);
  lineEdit()->setText(numberText(next, whole_));
  commit();
}

void NumberCombo::wheelEvent(QWheelEvent* event) {
  if (!hasFocus() && !lineEdit()->hasFocus()) return event->ignore();
  if (event->angleDelta().y() != 0) step(event->angleDelta().y() > 0 ? 1 : -1);
  event->accept();
}

void NumberCombo::keyPressEvent(QKeyEvent* event) {
  if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier) return step(1);
  if (event->key() == Qt::Key_Down && event->modifiers() == Qt::NoModifier) return step(-1);
  QComboBox::keyPressEvent(event);
}

bool NumberCombo::eventFilter(QObject* watched, QEvent* event) {
  if (watched == lineEdit() && event->type() == QEvent::KeyPress) {
    const int key = static_cast<QKeyEvent*>(event)->key();
    if (key == Qt::Key_Return || key == Qt::Key_Enter) {
      commit();
      lineEdit()->selectAll();
      return true;
    }
    if (key == Qt::Key_Escape && lineEdit()->isModified()) {
      lineEdit()->setModified(false);
      lineEdit()->setText(numberText(told_, whole_));
      judge();
      return true;
    }
  }
  if (watched == lineEdit() && event->type() == QEvent::FocusOut && lineEdit()->isModified()) commit();
  return QComboBox::eventFilter(watched, event);
}

void NumberCombo::paintEvent(QPaintEvent* event) {
  QComboBox::paintEvent(event);
  if (!wrong_) return;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(QPen(theme().error, 1.5));
  painter.drawRoundedRect(QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75), 5, 5);
}

}  // namespace vitrine
