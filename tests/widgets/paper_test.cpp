// Explain's figures on paper of any width: nothing lies on anything else, and nothing is cut.
#include <gtest/gtest.h>

#include <QRegularExpression>
#include <cmath>
#include <tuple>

#include "tests/support/figures.h"
#include "tests/support/paper.h"
#include "tests/widgets/walls.h"
#include "widgets/explain/walk_view.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

WalkLayer walkLayer(const char* name, int height, int width, int channels) {
  WalkLayer l{.id = 1, .name = QString::fromUtf8(name), .shape = QString::number(channels), .values = {}, .height = height, .width = width, .channels = channels};
  if (height > 1) l.shape = QStringLiteral("%1 × %2 × %3").arg(height).arg(width).arg(channels);
  for (int i = 0; i < height * width * channels; ++i) l.values.push_back(Real(i % 7) - 3);
  return l;
}

WalkData networkOfImages() {
  return {QStringLiteral("walk"),
          {walkLayer("Input", 28, 28, 1), walkLayer("Conv 2-D", 28, 28, 8), walkLayer("ReLU", 28, 28, 8), walkLayer("Max pool", 14, 14, 8), walkLayer("Conv 2-D 2", 14, 14, 16),
           walkLayer("Flatten", 1, 1, 784), walkLayer("Dense", 1, 1, 64), walkLayer("Dense 2", 1, 1, 10), walkLayer("Output", 1, 1, 10)}};
}

TEST(Walk, LayersOnPaperStandBesideAndBelowEachOtherWhole) {
  WalkView view;
  view.setData(networkOfImages());
  for (const double mm : {25.0, 60.0, kSingleColumnMm, 120.0, kDoubleColumnMm, 400.0}) {
    const QString svg = paper(view, mm);
    expectApart(svg, mm);
    if (mm < kSingleColumnMm) continue;
    expectFits(view, mm * 96 / 25.4 - 8, 40);
    EXPECT_FALSE(svg.contains(QChar(0x2026))) << mm;
    for (const WalkLayer& l : view.data().layers) EXPECT_TRUE(svg.contains(QLatin1Char('>') + l.name + QLatin1Char('<'))) << mm << l.name.toStdString();
    EXPECT_EQ(svg.count(QStringLiteral(">−3<")), 9) << mm;
    EXPECT_EQ(svg.count(QStringLiteral(">+3<")), 9) << mm;
  }
  EXPECT_GT(pageHeightMm(view, kSingleColumnMm), pageHeightMm(view, kDoubleColumnMm));
}

}  // namespace
}  // namespace vitrine
