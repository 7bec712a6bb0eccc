// Explain's figures on paper of any width: nothing lies on anything else, and nothing is cut.
#include <gtest/gtest.h>

#include <QRegularExpression>
#include <cmath>
#include <tuple>

#include "tests/support/figures.h"
#include "tests/support/paper.h"
#include "tests/widgets/walls.h"
#include "widgets/explain/walk_view.h"
#include "widgets/explain/wall_layout.h"
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

/// Eight methods with their usual names, a badge with its number each.
WallData wideWall(WallData d) {
  const char* names[] = {"Saliency", "Input × gradient", "Integrated gradients", "LRP", "Guided backprop", "Grad-CAM", "Occlusion", "Shapley values"};
  const WallCell map = d.samples[0].cells[0];
  d.methods.clear();
  for (const char* name : names) d.methods.push_back({QString::fromUtf8(name), {}, {}, false});
  for (WallSample& s : d.samples) {
    s.cells.assign(8, map);
    for (WallCell& c : s.cells) {
      c.mark = TrustMark::Doubtful;
      c.deletionArea = QStringLiteral("0.125");
    }
  }
  return d;
}

TEST(Wall, OnNarrowPaperItsColumnsStandInBandsAndNothingIsCut) {
  WallData images = wideWall(smallWall()), table = wideWall(tableWall(4)), series = wideWall(seriesWall());
  images.classes = {QStringLiteral("Ankle boot"), QStringLiteral("T-shirt/top")};
  table.features = {QStringLiteral("sepal length (cm)"), QStringLiteral("sepal width (cm)"), QStringLiteral("petal length (cm)"), QStringLiteral("habitat")};
  WallCell& failed = table.samples[0].cells[5];
  failed = {};
  failed.state = WallCell::State::Failed;
  failed.note = QStringLiteral("Grad-CAM needs images or series and a convolutional layer.");
  for (const WallData& d : {images, table, series}) {
    const auto view = wallOf(d);
    for (const double mm : {kSingleColumnMm, 120.0, kDoubleColumnMm}) {
      const QString svg = paper(*view, mm);
      expectApart(svg, mm);
      expectFits(*view, mm * 96 / 25.4 - 8, 20);
      for (const QString& word : d.classes) EXPECT_TRUE(svg.contains(QLatin1Char('>') + word + QLatin1Char('<'))) << mm << word.toStdString();
      for (const char* word : {"Saliency", "Integrated", "backprop", "Occlusion"}) EXPECT_TRUE(svg.contains(QString::fromUtf8(word))) << mm << word;
      EXPECT_FALSE(svg.contains(QRegularExpression(QStringLiteral(">dou[a-z]*…")))) << mm;
      const int badges = static_cast<int>(d.samples.size()) * (d.kind == WallKind::Table ? 7 : 8);
      EXPECT_EQ(svg.count(QStringLiteral(">del 0.125<")), badges) << mm;
      const WallLayout l = wallLayout(QRectF(0, 0, mm * 96 / 25.4 - 8, 0), FigureStyle::forPrint(), d, 24);
      EXPECT_LE(l.needs().width(), mm * 96 / 25.4 - 8 + l.columnGap + 1) << mm;
      if (d.kind == WallKind::Table) EXPECT_TRUE(svg.contains(QStringLiteral(">−3<"))) << mm;  // beside its bar
    }
    EXPECT_GT(wallLayout(QRectF(0, 0, 328, 0), FigureStyle::forPrint(), d, 24).bands, 1);
    EXPECT_EQ(wallLayout(QRectF(0, 0, 328, 0), FigureStyle::screen(), d, 24).bands, 1);
  }
}

TEST(Wall, EveryBadgeOnTheScreenHasItsNumber) {
  const WallData d = wideWall(smallWall());
  const FigureStyle style = FigureStyle::screen();
  for (const double width : {100.0, 760.0, 900.0}) {
    const WallLayout l = wallLayout(QRectF(0, 0, width, 400), style, d, 24);
    EXPECT_GE(l.columnWidth, badgesWidth(d, style, BadgeShape::Short)) << width;
  }
}

}  // namespace
}  // namespace vitrine
