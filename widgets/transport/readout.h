#pragma once

#include <QWidget>

class QLabel;

namespace vitrine {

/// A small caption over a number that is read from afar. Its width never shrinks, so the bar keeps still while numbers
/// run.
class Readout : public QWidget {
  Q_OBJECT
 public:
  Readout(const QString& name, const QString& caption, const QString& widest, const QString& tip, QWidget* parent);
  void setValue(const QString& value);
  QString value() const;

 private:
  void dress();
  QLabel *caption_, *value_;
  QString widest_;
};

/// A caption over a control.
QWidget* captioned(const QString& caption, QWidget* control, QWidget* parent);

}  // namespace vitrine
