// Views of the Explain workspace but the wall, fed with plain numbers.
#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>
#include <set>

#include "tests/support/figures.h"
#include "tests/widgets/walls.h"
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/draw_canvas.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/explain/set_charts.h"
#include "widgets/explain/step_view.h"
#include "widgets/explain/trust_views.h"
#include "widgets/explain/unit_figure.h"
#include "widgets/explain/walk_view.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

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

TEST(Walk, UnitsAreChosenByKeys) {
  WalkView view;
  view.resize(500, 160);
  WalkData d;
  WalkLayer conv{.id = 7, .name = QStringLiteral("Conv"), .shape = QStringLiteral("4 × 4 × 3"), .values = std::vector<Real>(48), .height = 4, .width = 4, .channels = 3};
  for (std::size_t i = 0; i < 48; ++i) conv.values[i] = static_cast<Real>(i);
  // More units than there is room for.
  WalkLayer dense{.id = 9, .name = QStringLiteral("Dense"), .shape = QStringLiteral("600"), .values = std::vector<Real>(600, Real(0.5)), .channels = 600};
  d.layers = {conv, dense};
  view.setData(d);
  view.show();
  EXPECT_TRUE(view.focusPolicy() & Qt::TabFocus);
  QSignalSpy chosen(&view, &WalkView::unitSelected);
  const auto at = [&](Qt::Key key, Qt::KeyboardModifiers with = Qt::NoModifier) {
    QTest::keyClick(&view, key, with);
    return chosen.isEmpty() ? std::pair(-1, qint64(-1)) : std::pair(chosen.last()[0].toInt(), chosen.last()[1].toLongLong());
  };
  const auto conv_ = [](int y, int x, int c) { return std::pair(7, qint64((y * 4 + x) * 3 + c)); };
  EXPECT_EQ(at(Qt::Key_Right), conv_(0, 0, 0));  // the first key chooses the first unit
  EXPECT_EQ(at(Qt::Key_Right), conv_(0, 0, 1));
  EXPECT_EQ(at(Qt::Key_Down, Qt::ShiftModifier), conv_(1, 0, 1));
  EXPECT_EQ(at(Qt::Key_Right, Qt::ShiftModifier), conv_(1, 1, 1));
  EXPECT_EQ(view.selectionText(), QStringLiteral("Conv, channel 1, row 1, column 1: 16"));
  EXPECT_TRUE(QRectF(view.rect()).contains(view.selectedRect()));
  EXPECT_EQ(at(Qt::Key_Left), conv_(1, 1, 0));
  EXPECT_EQ(at(Qt::Key_Left), conv_(1, 1, 0));  // there is nothing further
  EXPECT_EQ(at(Qt::Key_End), conv_(1, 1, 2));
  EXPECT_EQ(at(Qt::Key_PageDown), std::pair(9, qint64(2)));
  EXPECT_EQ(at(Qt::Key_End), std::pair(9, qint64(599)));  // drawn, though not among the first
  EXPECT_FALSE(view.selectedRect().isEmpty());
  EXPECT_EQ(view.readoutAt(view.selectedRect().center()).section(QLatin1Char('\n'), 0, 0), QStringLiteral("Dense, unit 599"));
  EXPECT_EQ(at(Qt::Key_PageUp), conv_(0, 0, 2));
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

// Narrow columns take shorter forms and further lines; nothing is cut.
TEST(Step, NumbersAreWholeInANarrowPanel) {
  StepView view;
  StepData d;
  d.title = QStringLiteral("step");
  StepPart part{QStringLiteral("Parameters"), {{QStringLiteral("step"), QStringLiteral("(1−μ)/(1−Π)·g + μ next/(1 − Π·μ·μ next)·m of all that came before it"), QStringLiteral("h = 0.005; a corner of the loss lies within h: its slope is −0.00012345 below and 0.98765 above"), -0.00012345678, 1.5e-9}}, {}};
  StepGrid grid{QStringLiteral("Parameters"), {}, {QStringLiteral("before"), QStringLiteral("this place's share"), QStringLiteral("∂L/∂y · ∂y/∂x"), QStringLiteral("difference"), QStringLiteral("with penalties"), QStringLiteral("second moment before"), QStringLiteral("after")}, {}, {}};
  for (int i = 0; i < 6; ++i) {
    grid.names << QStringLiteral("row %1, column %1, channel %1").arg(i);
    for (int c = 0; c < 7; ++c) grid.values.push_back(-0.00012345678 * std::pow(10, i - c));
  }
  part.grids.push_back(grid);
  d.parts.push_back(part);
  view.setData(d);
  for (const double mm : {75.0, 89.0, 183.0}) {
    const Result<QByteArray> bytes = figureBytes(view, {.format = FigureFormat::Svg, .widthMm = mm, .heightMm = pageHeightMm(view, mm), .path = {}});
    ASSERT_TRUE(bytes);
    const QString svg = QString::fromUtf8(*bytes);
    EXPECT_FALSE(svg.contains(QChar(0x2026))) << mm << qPrintable(svg.section(QChar(0x2026), 0, 0).right(200));
    EXPECT_TRUE(svg.contains(QStringLiteral("−1.235e−4"))) << mm;
  }
}

TEST(Charts, WaterfallIsSortedAndEndsAtTheOutput) {
  WaterfallView view;
  view.setData({QStringLiteral("row"), 1, 4, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, {1, -2, 4}, QStringLiteral("logit")});
  const FigureTable t = view.figureData();
  ASSERT_EQ(t.rows.size(), 4);
  EXPECT_EQ(t.rows[1][0].toString(), QStringLiteral("c"));
  EXPECT_EQ(t.rows[2][0].toString(), QStringLiteral("b"));
  EXPECT_DOUBLE_EQ(t.rows[3][2].toDouble(), 4);
  WaterfallData d = view.data();
  d.baseline = QStringLiteral("training mean");
  view.setData(d);
  EXPECT_TRUE(view.figureData().rows[0][0].toString().contains(QStringLiteral("training mean")));
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

// Grams and tonnes do not compare; what the network makes of them does.
TEST(CounterfactualFigure, RowsRankByTheNetworksUnits) {
  CounterfactualView view;
  CounterfactualData d;
  d.title = QStringLiteral("counterfactual");
  for (int i = 0; i < 40; ++i) {
    d.features << QStringLiteral("f%1").arg(i);
    d.original.push_back(1000);
    d.result.push_back(Real(1000 + 40 - i));
    d.moved.push_back(Real(i) / 40);
  }
  view.resize(300, 120);
  view.setData(d);
  QString first;
  for (int y = 0; y < 120 && first.isEmpty(); ++y) first = view.readoutAt(QPointF(20, y));
  EXPECT_TRUE(first.startsWith(QStringLiteral("f39\n"))) << qPrintable(first);
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
    if (n == 0) item.lines << QStringLiteral("petal_length  1.4") << QStringLiteral("petal_width  0.2");
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
  EXPECT_TRUE(text.contains(QStringLiteral("pay = missing, row 1\nShapley value 0.25"))) << qPrintable(text.simplified());
  swarm.setData({QStringLiteral("swarm"), QStringLiteral("Shapley value"), {QStringLiteral("age")}, {{0.125, -0.2}}, {{31, 42}}, {107, 112}});
  EXPECT_TRUE(readouts(swarm).contains(QStringLiteral("age = 42, row 112")));
  EXPECT_EQ(swarm.figureData().rows[0][0].toInt(), 107);
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
