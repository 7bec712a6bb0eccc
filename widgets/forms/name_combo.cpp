#include "widgets/forms/name_combo.h"

#include <QAbstractItemView>
#include <QHelpEvent>
#include <QScreen>
#include <QScrollBar>
#include <QStylePainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/figure/names.h"

namespace vitrine {

QStringList NameCombo::texts() const {
  QStringList all;
  for (int i = 0; i < count(); ++i) all << itemText(i);
  return all;
}

QString NameCombo::shownText() const {
  QStyleOptionComboBox option;
  initStyleOption(&option);
  const double room = style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this).width() - 4;
  if (currentIndex() < 0 || fontMetrics().horizontalAdvance(currentText()) <= room) return currentText();
  return toldApart(texts(), QFontMetricsF(font()), room).value(currentIndex());
}

void NameCombo::paintEvent(QPaintEvent*) {
  QStylePainter painter(this);
  QStyleOptionComboBox option;
  initStyleOption(&option);
  painter.setPen(palette().color(QPalette::Text));
  painter.drawComplexControl(QStyle::CC_ComboBox, option);
  option.currentText = shownText();
  painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

bool NameCombo::event(QEvent* event) {
  if (event->type() != QEvent::ToolTip || shownText() == currentText()) return QComboBox::event(event);
  QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), currentText() + QLatin1Char('\n') + toolTip(), this);
  return true;
}

void NameCombo::showPopup() {
  int widest = 0;
  for (int i = 0; i < count(); ++i) {
    widest = std::max(widest, fontMetrics().horizontalAdvance(itemText(i)));
    if (itemData(i, Qt::ToolTipRole).isNull()) setItemData(i, itemText(i), Qt::ToolTipRole);
  }
  constexpr int kAround = 28;
  const int most = screen() ? screen()->availableGeometry().width() * 6 / 10 : 800;
  view()->setTextElideMode(Qt::ElideMiddle);
  view()->setMinimumWidth(std::min(most, widest + kAround + view()->verticalScrollBar()->sizeHint().width()));
  QComboBox::showPopup();
}

}  // namespace vitrine
