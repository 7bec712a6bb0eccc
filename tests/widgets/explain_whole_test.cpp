// Numbers are whole or shorter, never cut; names give way before them.
#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QRegularExpression>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <cmath>

#include "tests/support/figures.h"
#include "tests/widgets/walls.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

TEST(Readout, LongLinesAreBrokenBetweenWords) {
  QString words;
  for (int i = 0; i < 60; ++i) words += QStringLiteral("word%1 ").arg(i);
  words.chop(1);
  const QStringList lines = brokenLines(words).split(QLatin1Char('\n'));
  EXPECT_GT(lines.size(), 4);
  for (const QString& line : lines) EXPECT_LE(line.size(), 90);
  EXPECT_EQ(lines.join(QLatin1Char(' ')), words);
  EXPECT_EQ(brokenLines(QStringLiteral("a\nb  c < d")), QStringLiteral("a\nb  c < d"));
  const QString one(200, QLatin1Char('x'));
  EXPECT_EQ(brokenLines(one), one);
  WallData d = smallWall();
  d.methods[0].help = words;
  const auto view = wallOf(d);
  view->resize(700, 500);
  view->show();
  const QPointF at(view->cellRect(0, 0).center().x(), 8);
  QMouseEvent move(QEvent::MouseMove, at, view->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(view.get(), &move);
  EXPECT_TRUE(QToolTip::text().contains(QStringLiteral("word59")));
  for (const QString& line : QToolTip::text().split(QLatin1Char('\n'))) EXPECT_LE(line.size(), 90);
  QToolTip::hideText();
}

}  // namespace
}  // namespace vitrine
