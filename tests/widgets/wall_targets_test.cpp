// Columns of the wall that have a target of their own.
#include <gtest/gtest.h>

#include <set>

#include "tests/support/figures.h"
#include "tests/widgets/walls.h"

namespace vitrine {
namespace {

using namespace test;

TEST(WallTargets, AColumnsHeadAndTheTableTellItsTarget) {
  WallData d = smallWall();
  d.methods[0].name = d.methods[1].name = QStringLiteral("Integrated gradients with a long name");
  d.methods[1].target = QStringLiteral("second class");
  d.methods[1].settings = QStringLiteral("20 steps");
  for (WallSample& s : d.samples) s.cells[0].targetText = QStringLiteral("boot"), s.cells[1].targetText = QStringLiteral("bag");
  EXPECT_EQ(d.methods[1].remark(), QStringLiteral("second class · 20 steps"));
  EXPECT_EQ(d.methods[0].remark(), QString());
  const auto view = wallOf(d);
  std::set<QString> targets;
  for (const auto& row : view->figureData().rows) targets.insert(row[1].toString());
  EXPECT_EQ(targets, (std::set<QString>{QStringLiteral("bag"), QStringLiteral("boot")}));
  // A long name has two lines, and its target a third.
  const FigureStyle style = FigureStyle::screen();
  const QRectF page(0, 0, 360, 400);
  WallData plain = d;
  plain.methods[1].target = plain.methods[1].settings = QString();
  EXPECT_GT(wallLayout(page, style, d, 24).head, wallLayout(page, style, plain, 24).head);
  d.target = QStringLiteral("boot, probability");
  view->setData(d);
  expectPaints(*view);
  view->resize(400, 500);
  EXPECT_TRUE(view->readoutAt(QPointF(12, 12)).contains(QStringLiteral("boot, probability")));
  EXPECT_TRUE(view->readoutAt(view->cellRect(0, 1).center()).contains(QStringLiteral("bag")));
  EXPECT_TRUE(view->readoutAt(wallLayout(view->rect(), style, d, 24).headOf(1).center()).contains(QStringLiteral("second class")));
}

}  // namespace
}  // namespace vitrine
