#pragma once

#include <QAbstractButton>

namespace vitrine {

/// A transport button that draws its own sign, sharp at any scale and in the theme in force.
class IconButton : public QAbstractButton {
  Q_OBJECT
 public:
  enum class Sign { Reset, Play, Pause, StepBatch, StepEpoch, Options };
  explicit IconButton(Sign sign, QWidget* parent, bool primary = false);

  void setSign(Sign sign);
  Sign sign() const { return sign_; }
  QSize sizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  void enterEvent(QEnterEvent* event) override;
  void leaveEvent(QEvent* event) override;

 private:
  Sign sign_;
  bool primary_;
};

}  // namespace vitrine
