#pragma once

#include <QComboBox>
#include <optional>
#include <vector>

namespace vitrine {

/// An editable list of usual numbers. Typed values count when they are whole (where asked) and in range; others stay
/// in the field and refused() says why.
class NumberCombo : public QComboBox {
  Q_OBJECT
 public:
  NumberCombo(const std::vector<double>& usual, double low, double high, bool whole, QWidget* parent);

  /// Shows a value, unless the field is being typed in.
  void setNumber(double value);
  double number() const { return told_; }
  /// Typed in, and not yet told.
  bool typing() const;

 signals:
  void chosen(double value);
  /// Why what stands there does not count; empty: it does again.
  void refused(const QString& why);

 protected:
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  std::optional<double> legal(QString* why) const;
  void judge();
  void commit();
  void step(int steps);

  double low_, high_, told_ = 0;
  bool whole_, wrong_ = false;
};

}  // namespace vitrine
