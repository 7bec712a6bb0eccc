#include "widgets/forms/wheel.h"

#include <QEvent>
#include <QWidget>

namespace vitrine {
namespace {

class WheelFilter : public QObject {
 public:
  using QObject::QObject;
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() != QEvent::Wheel || static_cast<QWidget*>(watched)->hasFocus()) return false;
    event->ignore();
    return true;
  }
};

}  // namespace

void leaveWheelToScrolling(QWidget* field) {
  // A wheel that gives the focus would have chosen the field by itself.
  if (field->focusPolicy() == Qt::WheelFocus) field->setFocusPolicy(Qt::StrongFocus);
  field->installEventFilter(new WheelFilter(field));
}

}  // namespace vitrine
