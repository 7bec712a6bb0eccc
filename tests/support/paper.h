// Figures as they stand on paper, read back from their SVG.
#pragma once

#include <gtest/gtest.h>

#include <QDir>
#include <QFile>
#include <QRectF>
#include <QRegularExpression>
#include <vector>

#include "widgets/figure/figure_export.h"

namespace vitrine::test {

/// The page's SVG at a width, as high as the figure asks for, else `high`. With VITRINE_PAPER set the page is also left there as a PNG.
inline QString paper(const Figure& figure, double widthMm, double high = 60) {
  ExportRequest r;
  r.widthMm = widthMm;
  r.heightMm = figure.heightFor(100, FigureStyle::forPrint()) > 0 ? pageHeightMm(figure, widthMm) : high;
  if (const QString folder = qEnvironmentVariable("VITRINE_PAPER"); !folder.isEmpty()) {
    static int page = 0;
    renderFigure(figure, r).save(QStringLiteral("%1/%2-%3-%4.png").arg(folder).arg(++page).arg(figure.figureTitle().left(20).simplified().replace(QLatin1Char('/'), QLatin1Char('_'))).arg(widthMm));
  }
  r.format = FigureFormat::Svg;
  const Result<QByteArray> bytes = figureBytes(figure, r);
  return bytes ? QString::fromUtf8(*bytes) : QString();
}

/// No picture of the page lies on another one.
inline void expectApart(const QString& svg, double mm) {
  std::vector<QRectF> pictures;
  static const QRegularExpression picture(QStringLiteral("<image x=\"([^\"]*)\" y=\"([^\"]*)\" width=\"([^\"]*)\" height=\"([^\"]*)\""));
  for (auto i = picture.globalMatch(svg); i.hasNext();) {
    const QRegularExpressionMatch m = i.next();
    pictures.emplace_back(m.captured(1).toDouble(), m.captured(2).toDouble(), m.captured(3).toDouble(), m.captured(4).toDouble());
  }
  EXPECT_FALSE(pictures.empty());
  int overlaps = 0;
  for (std::size_t a = 0; a < pictures.size(); ++a)
    for (std::size_t b = a + 1; b < pictures.size(); ++b) overlaps += pictures[a].adjusted(0.1, 0.1, -0.1, -0.1).intersects(pictures[b].adjusted(0.1, 0.1, -0.1, -0.1));
  EXPECT_EQ(overlaps, 0) << mm;
}

}  // namespace vitrine::test
