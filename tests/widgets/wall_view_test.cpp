// The wall of attributions, fed with plain numbers.
#include <gtest/gtest.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>
#include <set>

#include "tests/support/figures.h"
#include "tests/widgets/walls.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

TEST(AttributionMap, ChannelsAddUpAndSignsAreParted) {
  const std::vector<Real> two{1, -3, 2, 2};  // [1 × 2 × 2]
  AttributionLook look;
  EXPECT_EQ(shownPlane(two, 1, 2, 2, look), (std::vector<Real>{-2, 4}));
  look.sign = SignShown::Absolute;
  EXPECT_EQ(shownPlane(two, 1, 2, 2, look), (std::vector<Real>{2, 4}));
  look.sign = SignShown::Positive;
  EXPECT_EQ(shownPlane(two, 1, 2, 2, look), (std::vector<Real>{0, 4}));
  look.sign = SignShown::Negative;
  EXPECT_EQ(shownPlane(two, 1, 2, 2, look), (std::vector<Real>{2, 0}));
  look.sign = SignShown::Absolute;
  EXPECT_TRUE(std::isnan(shownPlane(std::vector<Real>{kNan, 1}, 1, 2, 1, look)[0]));
}

TEST(AttributionMap, BlurKeepsAConstantAndTheSum) {
  const std::vector<Real> flat(35, 3);
  for (Real v : gaussianBlur(flat, 5, 7, 1.3)) EXPECT_NEAR(v, 3, 1e-5);
  std::vector<Real> point(21 * 21);
  point[10 * 21 + 10] = 1;
  const std::vector<Real> soft = gaussianBlur(point, 21, 21, 1.5);
  double sum = 0;
  for (Real v : soft) sum += static_cast<double>(v);
  EXPECT_NEAR(sum, 1, 1e-4);
  EXPECT_LT(soft[10 * 21 + 10], 0.2);
  EXPECT_EQ(gaussianBlur(point, 21, 21, 0), point);  // off by default
}

TEST(AttributionMap, PercentileIsLinearBetweenNeighbours) {
  const std::vector<Real> v{-4, 1, 2, 3, kNan};
  EXPECT_DOUBLE_EQ(magnitudePercentile(v, 100), 4);
  EXPECT_DOUBLE_EQ(magnitudePercentile(v, 50), 2.5);
  EXPECT_DOUBLE_EQ(magnitudePercentile(v, 0), 1);
  EXPECT_DOUBLE_EQ(magnitudePercentile(std::vector<Real>{kNan}, 50), 0);
  EXPECT_EQ(attributionRange(v, true, 100), (Range{-4, 4}));
  EXPECT_EQ(attributionRange(v, false, 50), (Range{0, 2.5}));
  EXPECT_EQ(attributionRange(std::vector<Real>{0, 0}, true, 100), (Range{-1, 1}));
}

TEST(WallRanges, OneForAllEachMethodOrEachMap) {
  const WallData d = smallWall();
  WallLook look;
  look.scale = WallScale::EachMap;
  EXPECT_EQ(wallRanges(d, look, wallValues(d, look)), (std::vector<Range>{{-1, 1}, {0, 20}, {-2, 2}, {0, 40}}));
  look.scale = WallScale::EachMethod;
  EXPECT_EQ(wallRanges(d, look, wallValues(d, look)), (std::vector<Range>{{-2, 2}, {0, 40}, {-2, 2}, {0, 40}}));
  look.scale = WallScale::Shared;
  EXPECT_EQ(wallRanges(d, look, wallValues(d, look)), (std::vector<Range>{{-40, 40}, {0, 40}, {-40, 40}, {0, 40}}));
}

TEST(Wall, AClickAndTheArrowKeysChooseAMap) {
  WallView view;
  view.resize(700, 500);
  view.setData(smallWall());
  view.show();
  QSignalSpy chosen(&view, &WallView::cellSelected);
  QTest::mouseClick(&view, Qt::LeftButton, {}, view.cellRect(1, 0).center().toPoint());
  ASSERT_EQ(chosen.size(), 1);
  EXPECT_EQ(chosen[0], (QVariantList{1, 0}));
  QTest::keyClick(&view, Qt::Key_Right);
  QTest::keyClick(&view, Qt::Key_Up);
  ASSERT_EQ(chosen.size(), 3);
  EXPECT_EQ(chosen[2], (QVariantList{0, 1}));
  QTest::keyClick(&view, Qt::Key_Up);  // at the end of the wall nothing happens
  EXPECT_EQ(chosen.size(), 3);
  QSignalSpy menu(&view, &WallView::methodMenuRequested);
  QTest::keyClick(&view, Qt::Key_Return);
  EXPECT_EQ(menu.size(), 1);
}

TEST(Wall, ThePointerReadsTheSamePlaceInAllMaps) {
  WallView view;
  view.resize(700, 500);
  view.setData(smallWall());
  view.show();
  const QRectF cell = view.cellRect(0, 0);
  const QPoint at = (cell.topLeft() + QPointF(cell.width() * 0.25, cell.height() * 0.75)).toPoint();  // row 1, column 0
  QTest::mouseMove(&view, at);
  QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(&view, &move);
  EXPECT_EQ(view.readingAt(0, 0), QStringLiteral("1"));
  EXPECT_EQ(view.readingAt(0, 1), QStringLiteral("20"));
  EXPECT_EQ(view.readingAt(1, 1), QStringLiteral("40"));
  const QString text = view.readoutAt(at);
  EXPECT_TRUE(text.contains(QStringLiteral("row 1, column 0: input 0.5"))) << qPrintable(text);
  EXPECT_TRUE(text.contains(QStringLiteral("second  20"))) << qPrintable(text);
}

TEST(Wall, AFailureStaysInItsOwnCell) {
  WallData d = smallWall();
  d.samples[0].cells[1] = {};
  d.samples[0].cells[1].state = WallCell::State::Failed;
  d.samples[0].cells[1].note = QStringLiteral("needs a convolution");
  WallView view;
  view.resize(700, 500);
  view.setData(d);
  EXPECT_EQ(view.readoutAt(view.cellRect(0, 1).center()), QStringLiteral("needs a convolution"));
  EXPECT_EQ(view.rangeOf(1, 1), (Range{0, 40}));
  EXPECT_FALSE(view.grab().isNull());
  int ofFailed = 0;
  for (const auto& row : view.figureData().rows)
    if (row[0] == QStringLiteral("sample 0") && row[2] == QStringLiteral("second")) ++ofFailed;
  EXPECT_EQ(ofFailed, 0);
}

TEST(Wall, ABadgeTellsItsNumberAndWhatItIs) {
  WallData d = smallWall();
  WallCell& cell = d.samples[0].cells[0];
  cell.mark = TrustMark::Doubtful;
  cell.deletionArea = QStringLiteral("0.06");
  cell.markWhy = QStringLiteral("It is not told from random order.");
  const auto view = wallOf(d);
  view->resize(700, 500);
  const QString text = readouts(*view);
  EXPECT_TRUE(text.contains(QStringLiteral("deletion curve 0.06 (small is good)\nIt is not told"))) << qPrintable(text.left(400));
  // However narrow, the number is not lost: without it the picture is another one.
  const auto without = [&] {
    WallData plain = d;
    plain.samples[0].cells[0].deletionArea.clear();
    return wallOf(plain);
  }();
  for (const int width : {360, 460, 700}) {
    view->resize(width, 400), without->resize(width, 400);
    EXPECT_NE(view->grab().toImage(), without->grab().toImage()) << width;
  }
}

TEST(Wall, NanIsNeverAColour) {
  WallData d = smallWall();
  d.samples.resize(1);
  d.samples[0].cells[0].values = {kNan, 1, -1, kNan};
  d.samples[0].cells[1].values = {kNan, kNan, kNan, kNan};
  WallView view;
  view.resize(500, 300);
  view.setData(d);
  const auto near = [](QRgb a, QRgb b, int by) { return std::abs(qRed(a) - qRed(b)) <= by && std::abs(qGreen(a) - qGreen(b)) <= by && std::abs(qBlue(a) - qBlue(b)) <= by; };
  for (const Theme& t : {Theme::light(), Theme::darkTheme()}) {
    FigureStyle style = FigureStyle::screen();
    style.colors = t;
    const QImage image = test::painted(view, view.size(), style, t.panel.rgb());
    // Only the hatch's two colours and what lies between them: the word is as dark as text.
    const auto hatched = [&](QRectF place) {
      int paper = 0, ink = 0, other = 0;
      const QRect r = place.toRect().adjusted(3, 3, -3, -3);
      for (int y = r.top(); y < r.bottom(); ++y)
        for (int x = r.left(); x < r.right(); ++x) {
          const QColor c = image.pixelColor(x, y);
          const QRgb p = image.pixel(x, y);
          if (near(p, t.panel.rgb(), 2)) ++paper;
          else if (c.hsvSaturation() <= std::max(t.secondary.hsvSaturation(), t.text.hsvSaturation()) + 40) ++ink;
          else ++other;
        }
      EXPECT_EQ(other, 0);
      EXPECT_GT(paper, ink);
      EXPECT_GT(ink, 20);
    };
    const QRectF cell = view.cellRect(0, 0), half(cell.topLeft(), cell.size() / 2);
    hatched(half);
    hatched(half.translated(cell.width() / 2, cell.height() / 2));
    hatched(view.cellRect(0, 1));
    // Numbers beside them have the colours of their values.
    const ColorMap map = forTheme(ColorMap::Diverging, t.dark);
    EXPECT_TRUE(near(image.pixel(half.translated(cell.width() / 2, 0).center().toPoint()), toColor(color(map, 1)).rgb(), 2));
    EXPECT_TRUE(near(image.pixel(half.translated(0, cell.height() / 2).center().toPoint()), toColor(color(map, 0)).rgb(), 2));
  }
}

TEST(Wall, StepsCountFromOne) {
  WallView view;
  view.resize(700, 300);
  view.setData(seriesWall());
  const QRectF cell = view.cellRect(0, 0);
  EXPECT_TRUE(view.readoutAt(cell.topLeft() + QPointF(2, 2)).contains(QStringLiteral("step 1, load: input 0")));
  EXPECT_TRUE(view.readoutAt(cell.bottomRight() - QPointF(2, 2)).contains(QStringLiteral("step 8, heat: input 0")));
  const FigureTable table = view.figureData();
  EXPECT_EQ(table.rows.front()[3].toString(), QStringLiteral("step 1 load"));
  EXPECT_EQ(table.rows[15][3].toString(), QStringLiteral("step 8 heat"));
}

TEST(Wall, TheCrossIsDrawnOverWhatStands) {
  WallView view;
  view.resize(700, 500);
  view.setData(smallWall());
  const QImage before = view.grab().toImage();
  const QPointF at = view.cellRect(0, 0).center() + QPointF(7, 9);
  QMouseEvent move(QEvent::MouseMove, at, view.mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
  QApplication::sendEvent(&view, &move);
  EXPECT_NE(view.grab().toImage(), before);
  QEvent leave(QEvent::Leave);
  QApplication::sendEvent(&view, &leave);
  EXPECT_EQ(view.grab().toImage(), before);
  view.select(1, 1);
  EXPECT_NE(view.grab().toImage(), before);
}

TEST(Wall, ExportsAsOneFigureAndAllNumbers) {
  WallView view;
  view.setData(smallWall());
  const FigureTable table = view.figureData();
  EXPECT_EQ(table.rows.size(), 2 * 2 * 4);
  EXPECT_EQ(table.rows[0][0].toString(), QStringLiteral("sample 0"));
  EXPECT_FLOAT_EQ(table.rows[0][5].toFloat(), -1);
  for (FigureFormat f : {FigureFormat::Png, FigureFormat::Svg, FigureFormat::Pdf, FigureFormat::Csv}) {
    ExportRequest r;
    r.format = f;
    r.widthMm = view.preferredMm().width();
    r.heightMm = view.preferredMm().height();
    const Result<QByteArray> bytes = figureBytes(view, r);
    ASSERT_TRUE(bytes);
    EXPECT_GT(bytes->size(), 200);
  }
}

TEST(Wall, TablesShowTheFeaturesThatWeighMost) {
  WallData d;
  d.kind = WallKind::Table;
  d.methods = {{QStringLiteral("m"), {}, {}, false}};
  WallSample s;
  std::vector<Real> values(40);
  for (int f = 0; f < 40; ++f) {
    d.features << QStringLiteral("f%1").arg(f);
    s.values << QString::number(f);
    values[static_cast<std::size_t>(f)] = static_cast<Real>(f % 2 == 0 ? f : -f);
  }
  s.cells = {mapOf(values, 1, 40)};
  d.samples = {s};
  const std::vector<int> shown = wallFeatures(d, 10);
  EXPECT_EQ(shown, (std::vector<int>{30, 31, 32, 33, 34, 35, 36, 37, 38, 39}));
  EXPECT_EQ(wallFeatures(d, 50).size(), 40u);
}

}  // namespace
}  // namespace vitrine
