#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace vitrine {

/// A small card that stands over the canvas: a sentence, a quieter one below, perhaps a button. Never modal.
class HintCard : public QFrame {
  Q_OBJECT
 public:
  enum class Tone { Plain, Warning, Error };
  explicit HintCard(QWidget* parent);

  /// `action` empty: no button.
  void setTexts(const QString& text, const QString& detail, Tone tone, const QString& action = {});
  QString text() const;

 signals:
  void clicked();

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  QLabel* text_;
  QLabel* detail_;
  QPushButton* button_;
  Tone tone_ = Tone::Plain;
};

}  // namespace vitrine
