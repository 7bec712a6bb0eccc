#pragma once

#include <QComboBox>

namespace vitrine {

/// A list of names that people gave: classes, columns. What is chosen is told apart from the others where there is no room for all of it; the
/// list that opens is as wide as its longest name, as far as the screen goes, and each has its whole name as tool tip.
class NameCombo : public QComboBox {
  Q_OBJECT
 public:
  using QComboBox::QComboBox;
  void showPopup() override;
  /// The chosen name as it is drawn.
  QString shownText() const;

 protected:
  bool event(QEvent* event) override;  ///< the tool tip says a shortened name whole
  void paintEvent(QPaintEvent* event) override;

 private:
  QStringList texts() const;
};

}  // namespace vitrine
