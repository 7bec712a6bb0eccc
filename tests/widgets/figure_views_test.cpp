#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>

#include "core/base/random.h"
#include "widgets/maps/confusion_view.h"
#include "widgets/maps/decision_view.h"
#include "widgets/maps/matrix_view.h"
#include "widgets/maps/map_grid_view.h"
#include "widgets/maps/pinned_samples_view.h"
#include "widgets/plots/curve_data.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(CurveData, SmoothingHasNoPullToZeroAndSkipsNan) {
  Smoother s(0.9);
  EXPECT_DOUBLE_EQ(s.next(5), 5);  // not 0.5
  EXPECT_TRUE(std::isnan(s.next(kNan)));
  EXPECT_NEAR(s.next(5), 5, 1e-12);
  EXPECT_NEAR(s.next(0), (0.9 * 0.19 * 5) / (0.9 * 0.19 + 0.1), 1e-12);
}

TEST(CurveData, DecimationKeepsLowestAndHighest) {
  const std::vector<double> x{0, 1, 2, 3, 4, 5, 6, 7}, y{1, 9, -2, 3, kNan, kNan, 5, 5};
  EXPECT_EQ(decimate(x, y, 0, 4), (std::vector<CurvePoint>{{1, 9}, {2, -2}, {6, 5}}));
  const std::vector<CurvePoint> tail = decimate(x, y, 4, 2);
  ASSERT_EQ(tail.size(), 2u);
  EXPECT_TRUE(std::isnan(tail[0].y));
  EXPECT_EQ(tail[1], (CurvePoint{6, 5}));
}

TEST(CurveData, ClippingCutsAtTheBorder) {
  const std::vector<CurvePoint> line{{0, 0}, {2, 2}, {4, 0}};
  const std::vector<CurvePoint> cut = clipCurve(line, 0, 4, 0, 1);
  ASSERT_EQ(cut.size(), 5u);
  EXPECT_EQ(cut[0], (CurvePoint{0, 0}));
  EXPECT_EQ(cut[1], (CurvePoint{1, 1}));
  EXPECT_TRUE(std::isnan(cut[2].y));
  EXPECT_EQ(cut[3], (CurvePoint{3, 1}));
  EXPECT_EQ(cut[4], (CurvePoint{4, 0}));
}

TEST(CurvePlotTest, AppendedPointsGiveTheSameCurveAsAllAtOnce) {
  Rng rng(7, Stream::Test);
  std::vector<double> x, y;
  CurvePlot grown(QStringLiteral("grown")), whole(QStringLiteral("whole"));
  grown.setSmoothing(0.6);
  whole.setSmoothing(0.6);
  const QString name = QStringLiteral("training");
  while (x.size() < 60000) {
    const std::size_t from = x.size();
    for (std::uint64_t k = 1 + rng.below(700); k > 0; --k) {
      x.push_back(static_cast<double>(x.size()));
      y.push_back(rng.below(50) == 0 ? kNan : rng.normal());
    }
    grown.setSeries(name, x, y, from);
  }
  whole.setSeries(name, x, y, 0);
  EXPECT_LE(grown.drawnPoints(name), 10000u);
  EXPECT_GT(grown.drawnPoints(name), 3000u);
  for (int g = 0; g < 2; ++g) {
    const auto a = grown.plot()->graph(g)->data(), b = whole.plot()->graph(g)->data();
    ASSERT_EQ(a->size(), b->size());
    for (auto p = a->constBegin(), q = b->constBegin(); p != a->constEnd(); ++p, ++q) {
      ASSERT_EQ(p->key, q->key);
      if (!std::isnan(p->value) || !std::isnan(q->value)) {
        ASSERT_EQ(p->value, q->value);
      }
    }
  }
  EXPECT_EQ(grown.figureData().rows.size(), static_cast<qsizetype>(x.size()));  // the table keeps every point
}

TEST(CurvePlotTest, HoverReadsExactValuesAndZoomResets) {
  CurvePlot plot(QStringLiteral("Loss"));
  plot.setAxes(QStringLiteral("epoch"), QStringLiteral("cross-entropy"));
  plot.resize(400, 240);
  const double x[] = {0, 1, 2, 3}, y[] = {1, 0.5, kNan, 0.125};
  plot.setSeries(QStringLiteral("training"), x, y, 0);
  plot.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&plot));
  plot.plot()->replot();
  const auto at = [&](double v) { return QPointF(plot.plot()->xAxis->coordToPixel(v), plot.plot()->axisRect()->center().y()); };
  EXPECT_TRUE(plot.readoutAt(at(2.9)).contains(QStringLiteral("0.125"))) << qPrintable(plot.readoutAt(at(2.9)));
  EXPECT_TRUE(plot.readoutAt(at(2)).contains(QStringLiteral("NaN")));
  const QCPRange all = plot.plot()->xAxis->range();
  const QPoint from = at(0.5).toPoint(), to = at(1.5).toPoint() + QPoint(0, 40);
  QTest::mousePress(plot.plot(), Qt::LeftButton, {}, from);
  QTest::mouseMove(plot.plot(), (from + to) / 2);
  QTest::mouseMove(plot.plot(), to);
  QTest::mouseRelease(plot.plot(), Qt::LeftButton, {}, to);
  EXPECT_LT(plot.plot()->xAxis->range().size(), 0.6 * all.size());
  QTest::mouseDClick(plot.plot(), Qt::LeftButton, {}, from);
  EXPECT_NEAR(plot.plot()->xAxis->range().size(), all.size(), 1e-9);
}

TEST(CurvePlotTest, TheReadoutStaysWithinThePlotAndARightClickOpensTheMenu) {
  // As a window delivers it: to the widget under the pointer, from where it may rise.
  struct Asked : QWidget {
    int times = 0;
    void contextMenuEvent(QContextMenuEvent* event) override {
      ++times;
      event->accept();
    }
  } home;
  home.resize(230, 170);
  CurvePlot plot(QStringLiteral("Deletion and insertion"), &home);
  plot.resize(230, 170);
  plot.setAxes(QStringLiteral("share removed or put back"), QStringLiteral("probability"));
  const std::vector<double> x{0, 0.2, 0.4, 0.6, 0.8, 1}, y{1, 0.5, 0.25, 0.125, 0, 0};
  plot.setSeries(QStringLiteral("deletion, random order of all"), x, y, 0);
  home.show();
  QCustomPlot* inner = plot.plot();
  inner->replot();
  QCPItemText* box = nullptr;
  for (int i = 0; i < inner->itemCount(); ++i)
    if (auto* text = qobject_cast<QCPItemText*>(inner->item(i))) box = text;
  ASSERT_TRUE(box);
  const double middle = inner->axisRect()->center().y();
  for (double v : x) {
    const QPointF at(std::clamp(inner->xAxis->coordToPixel(v), inner->axisRect()->left() + 1.0, inner->axisRect()->right() - 1.0), middle);
    QMouseEvent move(QEvent::MouseMove, at, inner->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
    QApplication::sendEvent(inner, &move);
    ASSERT_TRUE(box->visible()) << v;
    EXPECT_GE(box->left->pixelPosition().x(), 0) << v;
    EXPECT_LE(box->right->pixelPosition().x(), inner->width()) << v;
  }
  const QPoint at(120, static_cast<int>(middle));
  const QCPRange all = inner->xAxis->range();
  QTest::mousePress(inner, Qt::RightButton, {}, at);
  QContextMenuEvent menu(QContextMenuEvent::Mouse, at, inner->mapToGlobal(at));
  QApplication::sendEvent(inner, &menu);
  EXPECT_EQ(home.times, 1);
  EXPECT_FALSE(box->visible());
  QTest::mouseMove(inner, at + QPoint(40, 30));
  QTest::mouseRelease(inner, Qt::RightButton, {}, at + QPoint(40, 30));
  EXPECT_EQ(inner->xAxis->range(), all);
}

TEST(CurvePlotTest, AHiddenPlotDoesNotReplot) {
  CurvePlot plot(QStringLiteral("Loss"));
  const double x[] = {0, 1}, y[] = {1, 2};
  QCoreApplication::processEvents();  // the one that every new QCustomPlot makes for itself
  QSignalSpy replots(plot.plot(), &QCustomPlot::afterReplot);
  plot.setSeries(QStringLiteral("training"), x, y, 0);
  QCoreApplication::processEvents();
  EXPECT_EQ(replots.size(), 0);
  plot.show();
  QCoreApplication::processEvents();
  EXPECT_GT(replots.size(), 0);
}

TEST(Confusion, MostConfusedAndReadout) {
  ConfusionData d;
  d.classes = {QStringLiteral("T-shirt"), QStringLiteral("Shirt"), QStringLiteral("Bag")};
  d.counts = {90, 10, 0, 120, 880, 0, 0, 0, 0};
  const std::vector<Confused> pairs = mostConfused(d, 5);
  ASSERT_EQ(pairs.size(), 2u);
  EXPECT_EQ(pairs[0].truth, 1);
  EXPECT_EQ(pairs[0].predicted, 0);
  EXPECT_EQ(pairs[0].outOf, 1000);
  ConfusionView view;
  view.resize(500, 300);
  view.setData(d);
  QStringList seen;
  for (int y = 0; y < 300; y += 5)
    for (int x = 0; x < 500; x += 5) seen << view.readoutAt(QPointF(x, y));
  EXPECT_TRUE(seen.contains(QStringLiteral("Shirt taken for T-shirt: 120 of 1,000 (12 %)")) ||
              seen.contains(QStringLiteral("Shirt taken for T-shirt: 120 of 1000 (12 %)")));
  EXPECT_TRUE(seen.contains(QStringLiteral("No samples of Bag")));
  EXPECT_TRUE(view.readoutAt(QPointF(1, 1)).isEmpty());
}

TEST(MapGrid, ClickAndKeysSelect) {
  MapGridView view;
  view.resize(300, 200);
  MapGridData d;
  d.shape = {4, 2, 2, false};
  for (int i = 0; i < 16; ++i) d.values.push_back(static_cast<Real>(i));
  view.setData(d);
  QSignalSpy spy(&view, qOverload<int>(&MapGridView::selected));
  QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(10, 10));
  EXPECT_EQ(view.selected(), 0);
  QTest::keyClick(&view, Qt::Key_Right);
  EXPECT_EQ(view.selected(), 1);
  EXPECT_EQ(spy.size(), 2);
  EXPECT_TRUE(view.readoutAt(QPointF(10, 10)).contains(QLatin1Char('0')));
  EXPECT_EQ(view.figureData().rows.size(), 16);
  EXPECT_EQ(view.figureData().rows[15][3].toFloat(), 15);
}

TEST(Decision, ReadsProbabilitiesUnderTheCursor) {
  DecisionView view;
  view.resize(300, 300);
  DecisionData d;
  d.width = d.height = 2;
  d.classes = 2;
  d.grid = {1, 0, 0, 1, Real(0.25), Real(0.75), Real(0.5), Real(0.5)};
  d.x1 = d.x2 = {-1, 1};
  d.x1Name = QStringLiteral("width");
  d.x2Name = QStringLiteral("height");
  d.classNames = {QStringLiteral("red wine"), QStringLiteral("white wine")};
  view.setData(d);
  EXPECT_TRUE(view.readoutAt(QPointF(230, 40)).contains(QStringLiteral("white wine 100 %")));
  const FigureTable table = view.figureData();
  ASSERT_EQ(table.rows.size(), 4);
  EXPECT_EQ(table.rows[0][0].toDouble(), -0.5);
  EXPECT_EQ(table.rows[0][1].toDouble(), 0.5);  // row 0 is the largest x2
  EXPECT_EQ(table.rows[2][3].toFloat(), 0.75F);
  EXPECT_EQ(table.columns[3], QStringLiteral("probability of white wine"));
  d.shares = false;
  view.setData(d);
  EXPECT_TRUE(view.readoutAt(QPointF(230, 40)).contains(QStringLiteral("white wine 1"))) << qPrintable(view.readoutAt(QPointF(230, 40)));
  EXPECT_FALSE(view.readoutAt(QPointF(230, 40)).contains(QLatin1Char('%')));
  EXPECT_EQ(view.figureData().columns[3], QStringLiteral("output of white wine"));
}

PinnedData pinned() {
  PinnedData d;
  d.classes = {QStringLiteral("a"), QStringLiteral("b")};
  d.methods = {{QStringLiteral("gradients"), true, false}, {QStringLiteral("Grad-CAM"), false, true}};
  for (int i = 0; i < 2; ++i) {
    PinnedSample s;
    s.height = s.width = 2;
    s.channels = 1;
    s.input = {0, Real(0.5), 1, 0};
    s.probabilities = {0.25, 0.75};
    s.trueClass = i;
    s.maps = {{{Real(-1 - i), 0, 1, 0}, 2, 2, {}}, {{Real(i + 3)}, 1, 1, {}}};
    d.samples.push_back(s);
  }
  return d;
}

TEST(Pinned, OutputsThatAreNoSharesAreToldAsTheyAre) {
  PinnedSamplesView view;
  view.resize(700, 300);
  PinnedData d = pinned();
  const auto readings = [&] {
    QString all;
    for (int y = 0; y < view.height(); y += 5)
      for (int x = view.width() / 2; x < view.width(); x += 20) all += view.readoutAt(QPointF(x, y));
    return all;
  };
  view.setData(d);
  EXPECT_EQ(view.figureData().rows[0][2], QStringLiteral("probability"));
  EXPECT_TRUE(readings().contains(QStringLiteral("b 75"))) << qPrintable(readings());
  d.shares = false;
  view.setData(d);
  EXPECT_EQ(view.figureData().rows[0][2], QStringLiteral("output"));
  EXPECT_TRUE(readings().contains(QStringLiteral("b 0.75"))) << qPrintable(readings());
  EXPECT_FALSE(readings().contains(QLatin1Char('%')));
}

TEST(Pinned, OneScaleAMethodForAllSamples) {
  PinnedSamplesView view;
  view.setData(pinned());
  EXPECT_EQ(view.methodRange(0), (Range{-2, 2}));
  EXPECT_EQ(view.methodRange(1), (Range{0, 4}));
  EXPECT_TRUE(view.sideText().startsWith(QStringLiteral("shared scale · refreshed 0.0 s ago")));
  EXPECT_EQ(view.figureData().rows.size(), 2 * (2 + 4 + 4 + 1));
}

// Every view, in both themes, at sizes from absurd to large, with NaN and with nothing: no crash, something is painted.
TEST(EveryView, PaintsAtAnySize) {
  MatrixView heat;
  MapGridView grid;
  ConfusionView confusion;
  DecisionView decision;
  PinnedSamplesView samples;
  CurvePlot curve(QStringLiteral("Loss"));
  const std::vector<FigureWidget*> views{&heat, &grid, &confusion, &decision, &samples, &curve};
  const auto paintAll = [&] {
    for (FigureWidget* v : views)
      for (const QSize size : {QSize(1, 1), QSize(60, 30), QSize(400, 90), QSize(90, 400), QSize(900, 700)}) {
        QImage image(size, QImage::Format_RGB32);
        image.fill(Qt::white);
        QCPPainter painter(&image);
        FigureStyle style = FigureStyle::screen();
        style.colors = size.width() % 60 == 0 ? Theme::darkTheme() : Theme::light();
        v->paintFigure(painter, QRectF(QPointF(), QSizeF(size)), style);
        painter.end();
        if (size.width() < 400 || v->isEmpty()) continue;
        QImage blank(size, QImage::Format_RGB32);
        blank.fill(Qt::white);
        if (size.height() > 100) {
          EXPECT_NE(image, blank) << v->metaObject()->className();
        }
      }
  };
  paintAll();  // all empty
  heat.setData({{}, std::vector<Real>(12, static_cast<Real>(kNan)), 3, 4, {}, {}, {}, {}, {}, ColorMap::Diverging, {}});
  MapGridData maps;
  maps.shape = {3, 2, 2, true};
  maps.values.assign(12, static_cast<Real>(kNan));
  maps.scale = MapScale::EachMap;
  grid.setData(maps);
  ConfusionData c;
  c.classes = {QStringLiteral("a very long name of a class that no panel has room for"), QStringLiteral("b")};
  c.counts = {0, 0, 1, 5};
  confusion.setData(c);
  DecisionData d;
  d.width = d.height = 2;
  d.grid.assign(4, static_cast<Real>(kNan));
  d.points = {{0, 0, static_cast<Real>(kNan), true}};
  decision.setData(d);
  PinnedData p = pinned();
  p.samples[0].maps[0].values.assign(4, static_cast<Real>(kNan));
  p.samples[0].probabilities = {kNan, kNan};
  p.samples[1].maps.clear();
  samples.setData(p);
  const double x[] = {0, 1}, y[] = {kNan, kNan};
  curve.setSeries(QStringLiteral("training"), x, y, 0);
  paintAll();
  curve.setLogY(true);
  PinnedData table;
  table.features = {QStringLiteral("age"), QStringLiteral("income")};
  table.methods = {{QStringLiteral("saliency"), true, false}};
  table.targetName = QStringLiteral("price");
  PinnedSample row;
  row.input = {30, 1000};
  row.probabilities = {2.5};
  row.trueValue = 2;
  row.maps = {{{1, static_cast<Real>(kNan)}, 0, 0, {}}};
  table.samples = {row};
  samples.setData(table);
  paintAll();
}

}  // namespace
}  // namespace vitrine
