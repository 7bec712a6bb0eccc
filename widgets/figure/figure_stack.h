#pragma once

#include <QStackedWidget>

#include "widgets/figure/figure.h"

namespace vitrine {

/// Several figures in one place, of which one is shown: whoever exports the place exports that one. Add FigureWidgets only.
class FigureStack : public QStackedWidget, public Figure {
 public:
  using QStackedWidget::QStackedWidget;

  QString figureTitle() const override { return current().figureTitle(); }
  QSizeF preferredMm() const override { return current().preferredMm(); }
  double heightFor(double width, const FigureStyle& style) const override { return current().heightFor(width, style); }
  QString dataNote() const override { return current().dataNote(); }
  void paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const override { current().paintFigure(painter, rect, style); }
  FigureTable figureData() const override { return current().figureData(); }
  bool isEmpty() const override { return current().isEmpty(); }

 private:
  const FigureWidget& current() const { return *static_cast<FigureWidget*>(currentWidget()); }
};

}  // namespace vitrine
