#pragma once

#include <QFont>
#include <QFontMetricsF>
#include <QImage>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <QStringList>
#include <QVariant>
#include <QVector>
#include <QWidget>

#include "widgets/theme/theme.h"

class QCPPainter;

namespace vitrine {

/// The numbers behind a figure.
struct FigureTable {
  QStringList columns;
  QVector<QVector<QVariant>> rows;
};

/// How a figure is painted: on the screen with the theme in force, in print always on white. Lengths in
/// paintFigure() are in units of 1/96 inch, whatever the device.
struct FigureStyle {
  bool print = false;
  Theme colors;
  double fontPt = kBasePt;

  static FigureStyle screen();
  static FigureStyle forPrint(double fontPt = 7);

  /// sizeStep in points from the body size; never below 5 pt.
  QFont font(double sizeStep = 0, bool bold = false) const;
};

/// Lines longer than `most` characters broken between words.
QString brokenLines(const QString& text, int most = 90);

/// Everything a person can look at and take away. One way out: the screen, PNG, SVG, PDF and the clipboard all go
/// through paintFigure(), CSV through figureData().
class Figure {
 public:
  virtual ~Figure() = default;
  virtual QString figureTitle() const = 0;
  /// A good size on paper, in mm; its aspect is kept when the width is changed.
  virtual QSizeF preferredMm() const { return {89, 60}; }
  /// The height, in units, that all of it takes at a width: for figures that flow as text does. 0: any height will do.
  virtual double heightFor(double /*width*/, const FigureStyle& /*style*/) const { return 0; }
  /// What figureData() leaves out, in words; empty: nothing.
  virtual QString dataNote() const { return {}; }
  /// Paints within rect. The painter is a QCPPainter so that QCustomPlot can paint on it too.
  virtual void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const = 0;
  virtual FigureTable figureData() const = 0;
  /// Nothing to show yet.
  virtual bool isEmpty() const { return false; }
};

/// A widget that is a figure: what it shows is what it exports.
class FigureWidget : public QWidget, public Figure {
  Q_OBJECT
 public:
  explicit FigureWidget(QWidget* parent = nullptr);

  /// What to do next, shown in the place of an empty figure.
  void setPlaceholder(const QString& text);
  QString placeholder() const { return placeholder_; }
  /// The exact value under a point of the widget, or nothing. Shown as a tool tip at once.
  virtual QString readoutAt(QPointF position) const;

 signals:
  /// What figureTitle() or the panel's side text says has changed.
  void titleChanged();

 protected:
  void paintEvent(QPaintEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void leaveEvent(QEvent* event) override;
  /// The rectangle paintFigure() is given on the screen.
  QRectF figureRect() const;
  /// For figures that are dear to paint and often touched: paints once into a picture, and again only when the size, the theme or
  /// (dropKept()) what is shown has changed.
  void paintKept();
  void dropKept() { kept_ = {}; }

 private:
  QString placeholder_;
  QImage kept_;
  QString keptFor_;
};

}  // namespace vitrine
