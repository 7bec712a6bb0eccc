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
#include "widgets/explain/walk_view.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

FigureStyle lightStyle() {
  FigureStyle style = FigureStyle::screen();
  style.colors = Theme::light();
  return style;
}

TEST(Walk, AScaleIsSeenAtOnceAndSeriesCountSteps) {
  WalkView view;
  WalkLayer l{.id = 1, .name = QStringLiteral("Conv"), .shape = QStringLiteral("40 × 32"), .values = std::vector<Real>(40 * 32), .height = 1, .width = 40, .channels = 32, .series = true};
  for (std::size_t i = 0; i < l.values.size(); ++i) l.values[i] = Real(i % 11);
  view.setData({QStringLiteral("walk"), {l}});
  const FigureStyle style = lightStyle();
  const QImage image = painted(view, QSizeF(1600, 160), style);
  const int y = static_cast<int>(160 - colorBarHeight(style)) + 4;
  EXPECT_NE(image.pixel(100, y), qRgb(255, 255, 255));
  for (int x = 172; x < 1600; ++x) ASSERT_EQ(image.pixel(x, y), qRgb(255, 255, 255)) << x;
  view.select(1, 6 * 32 + 3);
  EXPECT_TRUE(view.selectionText().startsWith(QStringLiteral("Conv, channel 3, step 7: "))) << qPrintable(view.selectionText());
  const FigureTable table = view.figureData();
  EXPECT_EQ(table.columns[1], QStringLiteral("step"));
  EXPECT_EQ(table.rows[6 * 32 + 3].mid(1, 2), (QVector<QVariant>{7, 3}));
}

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
