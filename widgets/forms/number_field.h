#pragma once

#include <QLineEdit>
#include <QString>
#include <optional>

namespace vitrine {

/// What a number field accepts.
struct NumberRange {
  bool whole = true;
  double low = 0, high = 0;
  bool logarithmic = false;  ///< steps 1–3–10 (real), or doubles and halves (whole)
};

/// `value` one step up or down, kept in the range: 1, or 1–3–10, or a fitting power of ten.
double steppedNumber(double value, int steps, const NumberRange& range);
/// As the window writes it: the locale's separators, as many digits as needed to read the same number back.
QString numberText(double value, bool whole);
/// What was typed, in the locale's or in C notation; nothing when it is no number (or not a whole one).
std::optional<double> parseNumber(const QString& text, bool whole);

/// A line for a number, with Up, Down, wheel (when it has the focus) and two small arrows to step. It keeps whatever is
/// typed, legal or not: its owner judges and says why.
class NumberField : public QLineEdit {
  Q_OBJECT
 public:
  explicit NumberField(QWidget* parent = nullptr);

  void setRange(const NumberRange& range);
  const NumberRange& range() const { return range_; }
  /// Shows a value; a field that is being typed in keeps its text, unless `force`.
  void setValue(double value, bool force = false);
  std::optional<double> value() const;
  /// Typed in since the last setValue() or settle().
  bool dirty() const { return dirty_; }
  void settle() { dirty_ = false; }
  /// Marks what stands there as refused (outlined) or accepted.
  void setRefused(bool refused);
  QSize minimumSizeHint() const override;

 signals:
  /// Arrow, key or wheel: the new value stands in the field.
  void stepped();

 protected:
  void keyPressEvent(QKeyEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void mousePressEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void timerEvent(QTimerEvent* event) override;
  void paintEvent(QPaintEvent* event) override;

 private:
  void step(int steps);
  int arrowAt(QPoint point) const;

  NumberRange range_;
  bool dirty_ = false, refused_ = false;
  int held_ = 0, timer_ = 0;
};

}  // namespace vitrine
