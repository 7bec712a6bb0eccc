// What all figures must do.
#pragma once

#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QImage>

#include "widgets/figure/figure.h"

namespace vitrine::test {

/// The figure on a page of one colour, in units of 1/96 inch, with `below` of the page left below it.
inline QImage painted(const Figure& figure, QSizeF size, const FigureStyle& style, QRgb page = qRgb(255, 255, 255), int below = 0) {
  QImage image(qCeil(size.width()), qCeil(size.height()) + below, QImage::Format_ARGB32_Premultiplied);
  image.setDotsPerMeterX(3780);
  image.setDotsPerMeterY(3780);
  image.fill(page);
  QCPPainter painter(&image);
  figure.paintFigure(painter, QRectF(QPointF(0, 0), size), style);
  return image;
}

/// The last line with a pixel of another colour than the page's, or -1.
inline int lastPainted(const QImage& image, QRgb page = qRgb(255, 255, 255)) {
  for (int y = image.height() - 1; y >= 0; --y)
    for (int x = 0; x < image.width(); ++x)
      if (image.pixel(x, y) != page) return y;
  return -1;
}

/// Painted small and large, light, dark and on paper: nothing asserts, and from 200 units on something stands there.
inline void expectPaints(const Figure& figure) {
  FigureStyle light = FigureStyle::screen(), dark = light;
  light.colors = Theme::light();
  dark.colors = Theme::darkTheme();
  for (const QSize size : {QSize(1, 1), QSize(40, 30), QSize(200, 140), QSize(700, 500)})
    for (const FigureStyle& style : {light, dark, FigureStyle::forPrint()}) {
      const QRgb page = style.print ? qRgb(255, 255, 255) : style.colors.panel.rgb();
      const QImage image = painted(figure, size, style, page);
      if (size.width() < 200) continue;
      EXPECT_GE(lastPainted(image, page), 0) << figure.figureTitle().toStdString() << " " << size.width() << (style.colors.dark ? " dark" : "");
    }
}

/// A figure whose height follows from its width: all of it stands within that height, and no more than `air` is left over.
inline void expectFits(const Figure& figure, double width, int air) {
  const FigureStyle style = FigureStyle::forPrint();
  const double high = figure.heightFor(width, style);
  ASSERT_GT(high, 0);
  const int last = lastPainted(painted(figure, {width, high}, style, qRgb(255, 255, 255), 400));
  EXPECT_LT(last, high + 1) << figure.figureTitle().toStdString();
  EXPECT_GT(last, high - air) << figure.figureTitle().toStdString();
}

/// All readouts along a grid, joined.
inline QString readouts(const FigureWidget& view) {
  QString all;
  for (int y = 2; y < view.height(); y += 5)
    for (int x = 2; x < view.width(); x += 5) all += view.readoutAt(QPointF(x, y)) + QLatin1Char('\n');
  return all;
}

}  // namespace vitrine::test
