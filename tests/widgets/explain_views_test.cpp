// Views of the Explain workspace, fed with plain numbers.
#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>
#include <set>

#include "tests/support/figures.h"
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/draw_canvas.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/explain/set_charts.h"
#include "widgets/explain/step_view.h"
#include "widgets/explain/trust_views.h"
#include "widgets/explain/unit_figure.h"
#include "widgets/explain/walk_view.h"
#include "widgets/explain/wall_view.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using test::expectFits;
using test::expectPaints;
using test::readouts;

constexpr Real kNan = std::numeric_limits<Real>::quiet_NaN();

WallCell mapOf(std::vector<Real> values, int height, int width, bool isSigned = true) {
  WallCell c;
  c.state = WallCell::State::Ready;
  c.values = std::move(values);
  c.height = height;
  c.width = width;
  c.isSigned = isSigned;
  return c;
}

/// Two samples of 2 × 2 pixels by two methods; the second method's maps are never negative and ten times as large.
WallData smallWall() {
  WallData d;
  d.title = QStringLiteral("wall");
  d.height = d.width = 2;
  d.classes = {QStringLiteral("boot"), QStringLiteral("bag")};
  d.methods = {{QStringLiteral("first"), {}, {}, false}, {QStringLiteral("second"), {}, {}, false}};
  for (int i = 0; i < 2; ++i) {
    WallSample s;
    s.name = QStringLiteral("sample %1").arg(i);
    s.input = {0, 0.25, 0.5, 1};
    s.probabilities = {0.7, 0.3};
    s.trueClass = i;
    s.cells = {mapOf({Real(-1 - i), 0, 1, Real(0.5)}, 2, 2), mapOf({0, 10, Real(20 + 20 * i), 5}, 2, 2, false)};
    d.samples.push_back(s);
  }
  return d;
}

/// Two features over eight steps; the second method's map has half as many steps and one column.
WallData seriesWall() {
  WallData d;
  d.title = QStringLiteral("series");
  d.kind = WallKind::Series;
  d.height = 8;
  d.width = 2;
  d.targetName = QStringLiteral("next");
  d.features = {QStringLiteral("load"), QStringLiteral("heat")};
  d.methods = {{QStringLiteral("saliency"), {}, {}, false}, {QStringLiteral("coarse"), {}, {}, false}};
  WallSample s;
  s.name = QStringLiteral("sample 3");
  s.probabilities = {1.5};
  std::vector<Real> map;
  for (int i = 0; i < 16; ++i) {
    s.input.push_back(Real(i % 5));
    map.push_back(Real(i - 8));
  }
  s.input[4] = kNan;
  s.cells = {mapOf(map, 8, 2), mapOf({0, 1, 2, 3}, 4, 1, false)};
  d.samples = {s};
  return d;
}

WallData tableWall(int features) {
  WallData d;
  d.title = QStringLiteral("table");
  d.kind = WallKind::Table;
  d.classes = {QStringLiteral("u"), QStringLiteral("v")};
  d.methods = {{QStringLiteral("Shapley values"), QStringLiteral("10 samples"), {}, false}, {QStringLiteral("waiting"), {}, {}, false}};
  WallSample s;
  s.name = QStringLiteral("sample 0");
  s.probabilities = {0.25, 0.75};
  std::vector<Real> values;
  for (int f = 0; f < features; ++f) {
    d.features << QStringLiteral("feature_%1").arg(f);
    s.values << QString::number(f);
    values.push_back(f == 1 ? kNan : Real(f % 2 == 0 ? f : -f));
  }
  s.cells = {mapOf(values, 1, features), {}};
  s.cells[0].mark = TrustMark::Doubtful;
  d.samples = {s};
  return d;
}

/// One sample of `channels` channels with a map of as many.
WallData channelsWall(int channels) {
  WallData d = smallWall();
  d.channels = channels;
  d.samples.resize(1);
  std::vector<Real> values;
  for (int i = 0; i < 4 * channels; ++i) values.push_back(Real(i) / Real(4 * channels));
  d.samples[0].input = values;
  d.samples[0].cells[0].values = values;
  d.samples[0].cells[0].channels = channels;
  d.methods[1].overInput = true;
  return d;
}

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

TEST(Gallery, AClickAndSpaceToggleASample) {
  SampleGallery view;
  view.resize(180, 300);
  SampleGalleryData d;
  d.height = d.width = 2;
  for (int i = 0; i < 4; ++i) d.items.push_back({.row = 10 + i, .pixels = {0, 1, 0, 1}, .lines = {}, .truth = QStringLiteral("a"), .predicted = {}});
  view.setData(d);
  view.show();
  QSignalSpy toggled(&view, &SampleGallery::rowToggled);
  QTest::mouseClick(&view, Qt::LeftButton, {}, view.itemRect(2).center().toPoint());
  QTest::keyClick(&view, Qt::Key_Right);
  QTest::keyClick(&view, Qt::Key_Space);
  ASSERT_EQ(toggled.size(), 2);
  EXPECT_EQ(toggled[0][0].toInt(), 12);
  EXPECT_EQ(toggled[1][0].toInt(), 13);
}

TEST(Canvas, DrawsRubsOutAndClears) {
  DrawCanvas canvas;
  canvas.resize(140, 140);
  canvas.show();
  QSignalSpy drawn(&canvas, &DrawCanvas::drawn);
  EXPECT_TRUE(canvas.isBlank());
  QTest::mousePress(&canvas, Qt::LeftButton, {}, {30, 70});
  QTest::mouseMove(&canvas, {110, 70});
  QTest::mouseRelease(&canvas, Qt::LeftButton, {}, {110, 70});
  EXPECT_EQ(drawn.size(), 1);
  EXPECT_FALSE(canvas.isBlank());
  EXPECT_EQ(qGray(canvas.image().pixel(60, 140)), 255);
  EXPECT_EQ(qGray(canvas.image().pixel(60, 20)), 0);
  QTest::mousePress(&canvas, Qt::RightButton, {}, {30, 70});
  QTest::mouseRelease(&canvas, Qt::RightButton, {}, {30, 70});
  EXPECT_EQ(qGray(canvas.image().pixel(60, 140)), 0);
  QTest::keyClick(&canvas, Qt::Key_Delete);
  EXPECT_TRUE(canvas.isBlank());
  EXPECT_EQ(drawn.size(), 3);
}

TEST(Agreement, NumbersAndReadout) {
  AgreementView view;
  view.resize(300, 260);
  view.setData({QStringLiteral("agree"), {QStringLiteral("a"), QStringLiteral("b")}, {1, -0.5, -0.5, std::nan("")}});
  EXPECT_EQ(view.figureData().rows.size(), 2);
  EXPECT_DOUBLE_EQ(view.figureData().rows[0][2].toDouble(), -0.5);
  QString none;
  for (int y = 0; y < 260 && none.isEmpty(); y += 4)
    for (int x = 0; x < 300; x += 4)
      if (const QString text = view.readoutAt(QPointF(x, y)); text.contains(QStringLiteral("constant"))) none = text;
  EXPECT_FALSE(none.isEmpty());
  EXPECT_FALSE(view.grab().isNull());
}

TEST(Trust, TellsVerdictNumbersAndReason) {
  TrustView view;
  TrustData d;
  d.title = QStringLiteral("Guided backprop");
  d.mark = TrustMark::Fails;
  d.sentence = QStringLiteral("It stays the same when the weights are noise.");
  d.lines = {{QStringLiteral("Deletion"), QStringLiteral("0.29"), QStringLiteral("random 0.41"), TrustMark::Passes, QStringLiteral("falls fast")}};
  view.resize(300, 200);
  view.setData(d);
  view.show();
  const FigureTable t = view.figureData();
  EXPECT_EQ(t.rows[0][3].toString(), QStringLiteral("fails"));
  EXPECT_EQ(t.rows[1][1].toString(), QStringLiteral("0.29"));
  bool found = false;
  for (int y = 0; y < 200; y += 3) found = found || view.readoutAt(QPointF(40, y)) == QStringLiteral("falls fast");
  EXPECT_TRUE(found);
  // A narrow panel needs more lines, and asks for them.
  const int wide = view.minimumHeight();
  view.resize(165, 200);
  EXPECT_GT(view.minimumHeight(), wide);
}

TEST(Walk, AClickChoosesTheUnitUnderThePointer) {
  WalkView view;
  view.resize(500, 160);
  WalkData d;
  d.title = QStringLiteral("walk");
  WalkLayer conv{.id = 7, .name = QStringLiteral("Conv"), .shape = QStringLiteral("2 × 2 × 3"), .values = std::vector<Real>(12), .height = 2, .width = 2, .channels = 3};
  for (std::size_t i = 0; i < 12; ++i) conv.values[i] = static_cast<Real>(i) - 4;
  WalkLayer dense{.id = 9, .name = QStringLiteral("Dense"), .shape = QStringLiteral("4"), .values = {0, 1, 2, 100}, .channels = 4};
  d.layers = {conv, dense};
  view.setData(d);
  view.show();
  QSignalSpy chosen(&view, &WalkView::unitSelected);
  std::set<qint64> units;
  for (int y = 0; y < 160; y += 3)
    for (int x = 0; x < 300; x += 3) QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(x, y));
  for (const QVariantList& c : chosen)
    if (c[0].toInt() == 7) units.insert(c[1].toLongLong());
  EXPECT_EQ(units.size(), 12u);
  EXPECT_EQ(view.rangeOf(0, 0), (Range{-7, 7}));
  EXPECT_EQ(view.rangeOf(1, 0), (Range{0, 100}));
  view.setScale(WalkScale::Network);
  EXPECT_EQ(view.rangeOf(0, 0), (Range{-100, 100}));
  view.setScale(WalkScale::EachMap);
  EXPECT_EQ(view.rangeOf(0, 2), (Range{-7, 7}));  // channel 2: −2, 1, 4, 7
  EXPECT_EQ(view.figureData().rows.size(), 16);
}

TEST(Unit, GivesItsNumbers) {
  UnitFigure view;
  view.resize(600, 160);
  UnitData d;
  d.title = QStringLiteral("unit");
  d.height = d.width = 2;
  d.input = {QStringLiteral("sample 1"), {0, 1, 1, 0}, QRect(0, 0, 1, 1)};
  d.top = {{QStringLiteral("3.2"), {1, 1, 1, 1}, {}}};
  d.classes = {QStringLiteral("a"), QStringLiteral("b")};
  d.before = {0.9, 0.1};
  d.after = {0.2, 0.8};
  view.setData(d);
  EXPECT_FALSE(view.isEmpty());
  EXPECT_EQ(view.figureData().rows.size(), 4 + 4 + 4);
  EXPECT_FALSE(view.grab().isNull());
}

TEST(Step, AllTermsAreInItsData) {
  StepView view;
  StepData d;
  d.title = QStringLiteral("step");
  StepPart part{QStringLiteral("Forward"), {{QStringLiteral("z"), QStringLiteral("Σ xᵢ·wᵢ + b"), {}, 1.5, 1.4999}}, {}};
  StepGrid grid{QStringLiteral("terms"), {}, {QStringLiteral("x"), QStringLiteral("w")}, {}, {}};
  for (int i = 0; i < 100; ++i) {
    grid.names << QString::number(i);
    grid.values.push_back(i);
    grid.values.push_back(-i);
  }
  part.grids.push_back(grid);
  d.parts.push_back(part);
  view.resize(500, 200);
  view.setData(d);
  EXPECT_EQ(view.figureData().rows.size(), 1 + 200);
  EXPECT_DOUBLE_EQ(view.figureData().rows[0][5].toDouble(), 1.4999);
  EXPECT_GT(view.minimumHeight(), 24 * 10);
}

TEST(Charts, WaterfallIsSortedAndEndsAtTheOutput) {
  WaterfallView view;
  view.setData({QStringLiteral("row"), 1, 4, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {1, -2, 4}, QStringLiteral("logit")});
  const FigureTable t = view.figureData();
  ASSERT_EQ(t.rows.size(), 4);
  EXPECT_EQ(t.rows[1][0].toString(), QStringLiteral("c"));
  EXPECT_EQ(t.rows[2][0].toString(), QStringLiteral("b"));
  EXPECT_DOUBLE_EQ(t.rows[3][2].toDouble(), 4);
}

TEST(Charts, BarsSwarmAndDependenceExport) {
  BarsView bars;
  bars.setData({QStringLiteral("bars"), QStringLiteral("accuracy lost"), {QStringLiteral("a"), QStringLiteral("b")}, {0.3, -0.01}, {0.02, 0.01}, {}});
  BeeswarmView swarm;
  swarm.setData({QStringLiteral("swarm"), QStringLiteral("Shapley value"), {QStringLiteral("a")}, {{0.1, 0.1, -0.2, std::nan("")}}, {{1, 2, 3, std::nan("")}}});
  DependenceView dependence;
  dependence.setData({QStringLiteral("dependence"), QStringLiteral("a"), QStringLiteral("probability"), {0, 1, 2}, {}, {0.1, 0.5, 0.9}, {{0, 0.5, 1}, {0.2, 0.5, 0.8}}, {0.4, 1.2}});
  EXPECT_EQ(dependence.figureData().columns.size(), 4);
  EXPECT_EQ(swarm.figureData().rows.size(), 4);
  EXPECT_EQ(bars.figureData().rows.size(), 2);
  for (const Figure* f : {static_cast<const Figure*>(&bars), static_cast<const Figure*>(&swarm), static_cast<const Figure*>(&dependence)})
    for (FigureFormat format : {FigureFormat::Png, FigureFormat::Svg}) {
      ExportRequest r;
      r.format = format;
      EXPECT_TRUE(figureBytes(*f, r));
    }
}

TEST(CounterfactualFigure, ChangeIsResultMinusOriginal) {
  CounterfactualView view;
  CounterfactualData d;
  d.title = QStringLiteral("counterfactual");
  d.features = {QStringLiteral("a"), QStringLiteral("b")};
  d.original = {1, 2};
  d.result = {1.5, 1};
  d.from = QStringLiteral("x");
  d.to = QStringLiteral("y");
  d.flipped = true;
  view.setData(d);
  EXPECT_DOUBLE_EQ(view.figureData().rows[0][2].toDouble(), 0.5);
  EXPECT_DOUBLE_EQ(view.figureData().rows[1][2].toDouble(), -1);
  view.resize(300, 160);
  EXPECT_FALSE(view.grab().isNull());
}

std::unique_ptr<WallView> wallOf(WallData data) {
  auto view = std::make_unique<WallView>();
  view->setData(std::move(data));
  return view;
}

StepData longStep() {
  StepData d;
  d.title = QStringLiteral("one step");
  for (const char* name : {"Forward", "Backward"}) {
    StepPart part{QString::fromLatin1(name), {{QStringLiteral("z"), QStringLiteral("Σ xᵢ·wᵢ + b"), QStringLiteral("a note"), 1.5, 1.4999}}, {}};
    StepGrid grid{QStringLiteral("terms"), {}, {QStringLiteral("x"), QStringLiteral("w")}, {}, {}};
    for (int i = 0; i < 40; ++i) {
      grid.names << QString::number(i);
      grid.values.insert(grid.values.end(), {i * 0.5, -i * 0.25});
    }
    part.grids.push_back(grid);
    d.parts.push_back(part);
  }
  return d;
}

TrustData longTrust() {
  TrustData d;
  d.title = QStringLiteral("Guided backprop, sample 17");
  d.mark = TrustMark::Fails;
  d.sentence = QStringLiteral("It stays the same when the weights are noise, and so it cannot say anything of what the network has learned from its data.");
  d.warning = QStringLiteral("Known to draw edges whatever the network is, see Adebayo et al., Sanity Checks for Saliency Maps, 2018; look at another method beside it.");
  for (int i = 0; i < 12; ++i) d.lines.push_back({QStringLiteral("check %1").arg(i), QStringLiteral("0.29"), QStringLiteral("random 0.41"), TrustMark::Passes, {}});
  return d;
}

SampleGalleryData gallery(int height, int width, int channels, int items) {
  SampleGalleryData d;
  d.title = QStringLiteral("samples");
  d.height = height, d.width = width, d.channels = channels;
  for (int i = 0; i < items; ++i) {
    SampleItem item{.row = 1000 + i, .pixels = {}, .lines = {}, .truth = QStringLiteral("a"), .predicted = QStringLiteral("b")};
    const int n = height > 0 ? height * width * channels : channels == 0 ? width : 0;
    for (int k = 0; k < n; ++k) item.pixels.push_back(Real(k % 7) / 6);
    if (n == 0) item.lines << QStringLiteral("petal_length 1.4") << QStringLiteral("petal_width 0.2");
    d.items.push_back(item);
  }
  return d;
}

UnitData unit(int height, int width, int channels) {
  UnitData d;
  d.title = QStringLiteral("unit");
  d.height = height, d.width = width, d.channels = channels;
  const int n = height > 0 ? height * width * channels : width;
  std::vector<Real> values;
  for (int k = 0; k < n; ++k) {
    values.push_back(Real(k) / Real(n));
    if (height == 0 && channels > 0) d.features << QStringLiteral("feature_%1").arg(k);
  }
  d.input = {QStringLiteral("sample 1"), values, QRect(0, 0, 1, 1)};
  d.top = {{QStringLiteral("3.2"), values, {}}, {QStringLiteral("2.5"), values, {}}};
  d.best = {{QStringLiteral("4.75"), values, {}}};
  d.classes = {QStringLiteral("boot"), QStringLiteral("bag")};
  d.before = {0.9, 0.1};
  d.after = {0.21875, 0.78125};
  return d;
}

// Every figure of the Explain workspace, small and large, light, dark and on paper.
TEST(EveryExplainView, PaintsAtAnySize) {
  WallData failed = smallWall();
  failed.samples[0].cells[0].values.assign(4, kNan);
  failed.samples[1].cells[0] = {};
  failed.samples[1].cells[1] = {};
  failed.samples[1].cells[1].state = WallCell::State::Failed;
  failed.samples[1].cells[1].note = QStringLiteral("needs a convolution");
  for (const WallData& d : {smallWall(), seriesWall(), tableWall(4), tableWall(40), channelsWall(2), channelsWall(4), failed})
    for (const WallScale scale : {WallScale::EachMap, WallScale::EachMethod, WallScale::Shared}) {
      const auto view = wallOf(d);
      WallLook look;
      look.scale = scale;
      look.overlay = scale == WallScale::Shared ? 0.5 : 0;
      view->setLook(look);
      expectPaints(*view);
    }
  for (const auto& [h, w, c] : {std::tuple{3, 3, 1}, std::tuple{3, 3, 2}, std::tuple{3, 3, 4}, std::tuple{0, 9, 0}, std::tuple{0, 0, 1}}) {
    SampleGallery samples;
    samples.setData(gallery(h, w, c, 7));
    expectPaints(samples);
    UnitFigure one;
    one.setData(unit(h, std::max(w, 3), c));
    expectPaints(one);
  }
  StepView step;
  step.setData(longStep());
  TrustView trust;
  trust.setData(longTrust());
  AgreementView agreement;
  agreement.setData({QStringLiteral("agree"), {QStringLiteral("a"), QStringLiteral("b")}, {1, -0.5, -0.5, std::nan("")}});
  WalkView walk;
  walk.setData({QStringLiteral("walk"),
                {{.id = 1, .name = QStringLiteral("Conv"), .shape = QStringLiteral("2 × 2 × 2"), .values = {0, 1, 2, 3, 4, 5, kNan, -1}, .height = 2, .width = 2, .channels = 2},
                 {.id = 2, .name = QStringLiteral("Dense"), .shape = QStringLiteral("3"), .values = {0, 1, 2}, .channels = 3}}});
  BarsView bars;
  bars.setData({QStringLiteral("bars"), QStringLiteral("accuracy lost"), {QStringLiteral("a"), QStringLiteral("b")}, {0.3, std::nan("")}, {0.02, 0.01}, QStringLiteral("a note")});
  BeeswarmView swarm;
  swarm.setData({QStringLiteral("swarm"), QStringLiteral("Shapley value"), {QStringLiteral("a")}, {{0.1, 0.1, -0.2, std::nan("")}}, {{1, 2, 3, std::nan("")}}});
  DependenceView numbers, categories;
  numbers.setData({QStringLiteral("dependence"), QStringLiteral("a"), QStringLiteral("probability"), {0, 1, 2}, {}, {0.1, std::nan(""), 0.9}, {{0, 0.5, 1}}, {0.4}});
  categories.setData({QStringLiteral("categories"), QStringLiteral("kind"), QStringLiteral("probability"), {0, 1}, {QStringLiteral("a rather long name"), QStringLiteral("b")}, {0.1, 0.9}, {}, {}});
  WaterfallView waterfall;
  waterfall.setData({QStringLiteral("row"), 1, 4, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {1, -2, 4}, QStringLiteral("logit")});
  CounterfactualView rows, picture, series;
  CounterfactualData c;
  c.title = QStringLiteral("counterfactual");
  c.features = {QStringLiteral("a"), QStringLiteral("b")};
  c.original = {1, 2, 0, 1};
  c.result = {1.5, 1, 0, 1};
  c.from = QStringLiteral("x");
  c.to = QStringLiteral("y");
  c.flipped = true;
  series.setData([&] { auto d = c; d.steps = 2; return d; }());
  picture.setData([&] { auto d = c; d.height = 1, d.width = 2, d.channels = 2; return d; }());
  c.original.resize(2), c.result.resize(2);
  rows.setData(c);
  for (const Figure* f : std::initializer_list<const Figure*>{&step, &trust, &agreement, &walk, &bars, &swarm, &numbers, &categories, &waterfall, &rows, &picture, &series}) expectPaints(*f);
}

TEST(Export, APageIsAsHighAsWhatStandsOnIt) {
  StepView step;
  step.setData(longStep());
  TrustView trust;
  trust.setData(longTrust());
  SampleGallery samples;
  samples.setData(gallery(3, 3, 1, 31));
  WallData many = smallWall();
  for (int i = 0; i < 12; ++i) many.samples.push_back(many.samples[0]);
  const auto wall = wallOf(many), series = wallOf(seriesWall()), table = wallOf(tableWall(40));
  for (const Figure* f : std::initializer_list<const Figure*>{&step, &trust, &samples, wall.get(), series.get(), table.get()})
    for (const double mm : {kSingleColumnMm, kDoubleColumnMm}) expectFits(*f, mm * 96 / 25.4 - 8, 60);
  EXPECT_DOUBLE_EQ(step.preferredMm().height(), pageHeightMm(step, kDoubleColumnMm));
  EXPECT_GT(pageHeightMm(step, kDoubleColumnMm, 9), pageHeightMm(step, kDoubleColumnMm));
  EXPECT_GT(pageHeightMm(trust, 60), pageHeightMm(trust, kDoubleColumnMm));
  EXPECT_GT(wall->preferredMm().height(), 240);
}

TEST(Readout, EveryDotBarAndPictureTellsItsNumbers) {
  BeeswarmView swarm;
  swarm.resize(400, 200);
  swarm.setData({QStringLiteral("swarm"), QStringLiteral("Shapley value"), {QStringLiteral("age"), QStringLiteral("pay")}, {{0.125, -0.2}, {0.5, 0.25}}, {{31, 42}, {1, std::nan("")}}});
  QString text = readouts(swarm);
  EXPECT_TRUE(text.contains(QStringLiteral("age = 31, row 0\nShapley value 0.125"))) << qPrintable(text.simplified());
  EXPECT_TRUE(text.contains(QStringLiteral("pay = NaN, row 1\nShapley value 0.25")));
  WaterfallView waterfall;
  waterfall.resize(400, 200);
  waterfall.setData({QStringLiteral("row"), 1, 4, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {1, -2, 4}, QStringLiteral("logit")});
  text = readouts(waterfall);
  EXPECT_TRUE(text.contains(QStringLiteral("c\npart +4 · sum so far 5")));
  EXPECT_TRUE(text.contains(QStringLiteral("b\npart −2 · sum so far 3")));
  EXPECT_TRUE(text.contains(QStringLiteral("a\npart +1 · sum so far 4")));
  UnitFigure figure;
  figure.resize(800, 200);
  figure.setData(unit(2, 2, 2));
  text = readouts(figure);
  EXPECT_TRUE(text.contains(QStringLiteral("sample 1\nrow 1, column 0: 0.5 0.625")));
  EXPECT_TRUE(text.contains(QStringLiteral("4.75\nrow 0, column 1: 0.25 0.375")));
  EXPECT_TRUE(text.contains(QStringLiteral("boot\nas it is 0.9 · with the unit set to 0 0.21875")));
  figure.setData(unit(0, 8, 0));
  EXPECT_TRUE(readouts(figure).contains(QStringLiteral("3.2\nstep 8: 0.875")));
  figure.setData(unit(0, 4, 1));
  EXPECT_TRUE(readouts(figure).contains(QStringLiteral("2.5\nfeature_1 0.25")));
}

}  // namespace
}  // namespace vitrine
