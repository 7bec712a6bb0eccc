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
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/randomised_view.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/explain/set_charts.h"
#include "widgets/explain/trust_views.h"
#include "widgets/explain/unit_figure.h"
#include "widgets/explain/walk_view.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

using namespace test;

/// What the figure says on a page.
QString svgOf(const Figure& figure, double widthMm, double heightMm) {
  ExportRequest r;
  r.format = FigureFormat::Svg;
  r.widthMm = widthMm, r.heightMm = heightMm;
  const Result<QByteArray> bytes = figureBytes(figure, r);
  return bytes ? QString::fromUtf8(*bytes) : QString();
}

bool cutsANumber(const QString& svg) { return svg.contains(QRegularExpression(QStringLiteral(">[+−]?[0-9][0-9.,]*…"))); }

FigureStyle lightStyle() {
  FigureStyle style = FigureStyle::screen();
  style.colors = Theme::light();
  return style;
}

/// Longest run of one colour in a line of pixels.
int longestRun(const QImage& image, int y, QRgb ink) {
  int best = 0, run = 0;
  for (int x = 0; x < image.width(); ++x) best = std::max(best, run = image.pixel(x, y) == ink ? run + 1 : 0);
  return best;
}

UnitData tableUnit() {
  UnitData d;
  d.title = QStringLiteral("unit");
  d.fieldText = QStringLiteral("Sees 2 of 3 inputs");
  d.features = {QStringLiteral("sepal_length_of_the_flower"), QStringLiteral("sepal_width_of_the_flower"), QStringLiteral("area")};
  d.input = {QStringLiteral("sample 1"), {Real(2.456), Real(-0.000123456), Real(1234.5)}, {}};
  d.top = {{QStringLiteral("3.2"), d.input.values, {}}};
  d.best = {{QStringLiteral("0.1 → 3.25"), d.input.values, {}}};
  d.outputs = {QStringLiteral("median_value")};
  d.before = {1.5, -2};
  d.after = {0.5, -1};
  return d;
}

TEST(UnitOfATable, NumbersAreWholeBesideTheirNames) {
  UnitFigure view;
  view.setData(tableUnit());
  for (const double mm : {70.0, 89.0, 120.0, 183.0}) {
    const QString svg = svgOf(view, mm, 45);
    EXPECT_FALSE(cutsANumber(svg)) << mm;
    EXPECT_TRUE(svg.contains(QStringLiteral(">3.2<"))) << mm;  // the sample that moves it most
    EXPECT_TRUE(svg.contains(QStringLiteral(">2.46<")) || svg.contains(QStringLiteral(">2.5<"))) << mm;
    EXPECT_TRUE(svg.contains(QStringLiteral(">−1.23e−4<")) || svg.contains(QStringLiteral(">−1.2e−4<")) || svg.contains(QStringLiteral(">−1e−4<"))) << mm;
  }
}

TEST(UnitOfANumber, OutputsAreNamedAndOnlyBarsHaveALegend) {
  UnitFigure view;
  UnitData d = tableUnit();
  view.setData(d);
  QString svg = svgOf(view, 183, 50);
  EXPECT_TRUE(svg.contains(QStringLiteral("median_value")));
  EXPECT_TRUE(svg.contains(QStringLiteral("output 2")));
  EXPECT_FALSE(svg.contains(QStringLiteral("gray:")));
  EXPECT_EQ(view.figureData().rows.front()[0].toString(), QStringLiteral("input"));
  EXPECT_EQ(view.figureData().rows[view.figureData().rows.size() - 4][1].toString(), QStringLiteral("median_value"));
  d.classes = {QStringLiteral("boot"), QStringLiteral("bag")};
  d.shares = true;
  d.before = {0.75, 0.25}, d.after = {0.5, 0.5};
  view.setData(d);
  svg = svgOf(view, 183, 50);
  EXPECT_TRUE(svg.contains(QStringLiteral("gray:")));
  EXPECT_FALSE(svg.contains(QStringLiteral("median_value")));
}

TEST(Unit, HeadingsStandApartAndWhitePicturesHaveAFrame) {
  UnitFigure view;
  UnitData d;
  d.title = QStringLiteral("unit");
  d.fieldText = QStringLiteral("Sees 28 × 28 pixels");
  d.height = d.width = 4;
  d.input = {{}, std::vector<Real>(16, 1), {}};
  d.top = {{{}, std::vector<Real>(16, 1), {}}, {{}, std::vector<Real>(16, 1), {}}};
  d.best = {{{}, std::vector<Real>(16, 1), {}}};
  d.classes = {QStringLiteral("a")};
  d.before = d.after = {1};
  view.setData(d);
  const FigureStyle style = lightStyle();
  for (const QSize size : {QSize(620, 150), QSize(800, 110), QSize(1000, 150)}) {
    const QImage image = painted(view, size, style);
    const int head = static_cast<int>(lineHeight(style.font(-1, true)));
    int gaps = 0, blank = 0;
    bool any = false;
    for (int x = 0; x < image.width(); ++x) {
      bool ink = false;
      for (int y = 0; y < head; ++y) ink = ink || image.pixel(x, y) != qRgb(255, 255, 255);
      if (ink && any && blank >= 9) ++gaps;
      blank = ink ? 0 : blank + 1;
      any = any || ink;
    }
    EXPECT_GE(gaps, 3) << size.width();
    int framed = 0;
    for (int y = head; y < image.height(); ++y) framed += longestRun(image, y, style.colors.border.rgb()) > 20;
    EXPECT_GE(framed, 2) << size.width();
  }
}

TEST(WallOfATable, ValuesTakeFewerDigitsInsteadOfBeingCut) {
  WallData d = tableWall(4);
  d.samples[0].values = {QStringLiteral("0.00081234"), QStringLiteral("−1234567.5"), QStringLiteral("a rather long category of its own"), QStringLiteral("1.4")};
  d.samples[0].cells[0].values = {Real(-0.00081234), Real(1.2345e-7), Real(-1234567), 3};
  const auto view = wallOf(d);
  for (const double mm : {70.0, 89.0, 183.0}) {
    const QString svg = svgOf(*view, mm, pageHeightMm(*view, mm));
    EXPECT_FALSE(cutsANumber(svg)) << mm;
    EXPECT_TRUE(svg.contains(QStringLiteral(">1.4<"))) << mm;
    EXPECT_TRUE(svg.contains(QRegularExpression(QStringLiteral(">8\\.?[0-9]*e−4<|>0.0008[0-9]*<")))) << mm;
  }
}

TEST(WallBadges, AllNumbersOnPaperStandWithTheirWord) {
  WallData d = smallWall();
  d.samples.resize(1);
  const char* areas[] = {"0.06", "−0.125", "0.2", "1.31", "0.4"};
  const TrustMark marks[] = {TrustMark::Doubtful, TrustMark::Passes, TrustMark::Fails, TrustMark::Passes, TrustMark::Fails};
  d.methods.assign(5, d.methods[0]);
  d.samples[0].cells.assign(5, d.samples[0].cells[0]);
  for (std::size_t k = 0; k < 5; ++k) {
    d.samples[0].cells[k].mark = marks[k];
    d.samples[0].cells[k].deletionArea = QString::fromUtf8(areas[k]);
  }
  const auto view = wallOf(d);
  for (double mm = 60; mm <= 183; mm += 4) {
    const QString svg = svgOf(*view, mm, pageHeightMm(*view, mm));
    const qsizetype named = svg.count(QStringLiteral(">del "));
    EXPECT_EQ(named, 5) << mm;
    for (const char* area : areas) EXPECT_TRUE(svg.contains(QString::fromUtf8(area) + QLatin1Char('<'))) << mm << area;
  }
}

TEST(Waterfall, LabelsKeepTheirValuesAndLinesEndAtTheLastBar) {
  WaterfallView view;
  view.setData({QStringLiteral("row"), 1, 4.0, {QStringLiteral("a_very_long_name_of_a_column_of_the_table_that_goes_on_and_on = 1.4375"), QStringLiteral("b = 2"), QStringLiteral("c = 3")}, {Real(1.00001234), -2, 4}, QStringLiteral("logit")});
  const QString svg = svgOf(view, 45, 50);
  EXPECT_TRUE(svg.contains(QStringLiteral(" = 1.4375<")));
  EXPECT_TRUE(svg.contains(QStringLiteral("a_")));
  EXPECT_FALSE(cutsANumber(svg));
  view.resize(400, 240);
  const FigureStyle style = lightStyle();
  const QImage image = painted(view, view.size(), style);
  int last = 0, first = view.height();  // of the last row
  const QString name = view.data().names.back();
  for (int y = 0; y < view.height(); ++y)
    if (view.readoutAt(QPointF(200, y)).startsWith(name)) last = y, first = std::min(first, y);
  const int h = last - first + 1;
  ASSERT_GT(h, 8);
  for (int y = last - h / 8; y < last + h / 3; ++y)
    for (int x = 150; x < 395; ++x) ASSERT_NE(image.pixel(x, y), style.colors.secondary.rgb()) << x << " " << y;
}

TEST(Trust, NamesGiveWayBeforeNumbers) {
  TrustView view;
  TrustData d;
  d.title = QStringLiteral("Saliency");
  d.lines = {{QStringLiteral("Deletion, share of the pixels that are taken away"), QStringLiteral("−0.00012"), QStringLiteral("random −0.41"), TrustMark::Passes, {}},
             {QStringLiteral("Insertion"), QStringLiteral("0.29"), QStringLiteral("random −0.38"), TrustMark::Fails, {}}};
  view.setData(d);
  for (const double mm : {50.0, 60.0, 89.0}) {
    const QString svg = svgOf(view, mm, pageHeightMm(view, mm));
    for (const char* text : {"random −0.41", "random −0.38", "−0.00012", "0.29"}) EXPECT_TRUE(svg.contains(QLatin1Char('>') + QString::fromUtf8(text) + QLatin1Char('<'))) << mm << text;
    EXPECT_TRUE(mm > 80 || svg.contains(QStringLiteral("away<"))) << mm;
  }
}

SampleGalleryData tableGallery(int items) {
  SampleGalleryData d;
  for (int i = 0; i < items; ++i)
    d.items.push_back({.row = 100 + i, .pixels = {}, .lines = {QStringLiteral("a_feature_whose_name_is_far_too_long_for_a_tile  1.4375")}, .truth = QStringLiteral("a"), .predicted = {}});
  return d;
}

TEST(Gallery, LongNamesKeepTheirValues) {
  SampleGallery view;
  view.setData(tableGallery(2));
  EXPECT_EQ(svgOf(view, 89, 20).count(QStringLiteral("  1.4375<")), 2);
}

TEST(Gallery, IsUsedByKeys) {
  QScrollArea area;
  auto* view = new SampleGallery;
  area.setWidgetResizable(true);
  area.setWidget(view);
  view->setData(tableGallery(60));
  area.resize(320, 200);
  area.show();
  QTest::qWait(1);
  area.verticalScrollBar()->setValue(area.verticalScrollBar()->maximum() / 2);
  QSignalSpy toggled(view, &SampleGallery::rowToggled), moved(view, &SampleGallery::focusMoved);
  QFocusEvent tab(QEvent::FocusIn, Qt::TabFocusReason);
  QApplication::sendEvent(view, &tab);
  QTest::keyClick(view, Qt::Key_Enter, Qt::KeypadModifier);
  ASSERT_EQ(toggled.size(), 1);
  const int at = toggled[0][0].toInt() - 100;
  EXPECT_TRUE(QRectF(view->visibleRegion().boundingRect()).contains(view->itemRect(at)));
  QTest::keyClick(view, Qt::Key_Down);
  ASSERT_EQ(moved.size(), 1);
  QTest::keyClick(view, Qt::Key_Return);
  ASSERT_EQ(toggled.size(), 2);
  const int below = toggled[1][0].toInt() - 100;
  EXPECT_GT(below, at);
  EXPECT_EQ(moved[0][0].toRectF(), view->itemRect(below));
}

MapGridData labelled(int count) {
  MapGridData d;
  d.shape = {count, 4, 4, false};
  d.values.resize(static_cast<std::size_t>(count) * 16, Real(0.5));
  d.values[3] = 1;
  for (int i = 0; i < count; ++i) d.labels << QStringLiteral("from Convolution %1 up: 0.2%1").arg(i);
  d.scale = MapScale::EachMap;
  d.labelsAlways = true;
  return d;
}

TEST(MapGrid, EveryMapHasItsNameWhereItMust) {
  MapGridView view;
  view.setData(labelled(6));
  for (const QSizeF mm : {QSizeF(183, 30), QSizeF(89, 40), QSizeF(60, 60)}) {
    const QString svg = svgOf(view, mm.width(), mm.height());
    for (int i = 0; i < 6; ++i) EXPECT_TRUE(svg.contains(QStringLiteral("2%1<").arg(i))) << mm.width() << " " << i;
  }
  // Where there is room beside the maps no label is cut.
  EXPECT_FALSE(svgOf(view, 183, 30).contains(QChar(0x2026)));
  expectPaints(view);
  view.resize(500, 120);
  EXPECT_TRUE(readouts(view).contains(QStringLiteral("from Convolution 5 up: 0.25, row 3, column 3")));
}

TEST(Randomised, TablesAndSeriesStandInRows) {
  RandomisedView view;
  view.resize(600, 200);
  EXPECT_TRUE(view.isEmpty());
  view.showMaps(labelled(3));
  EXPECT_EQ(view.figureData().columns.size(), 4);
  MapRowsData d;
  d.title = QStringLiteral("rows");
  d.names = {QStringLiteral("as it is"), QStringLiteral("from Dense 1 up: 0.21")};
  d.placeTitle = QStringLiteral("step");
  d.places = {QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("3")};
  d.values = {Real(0.5), Real(-0.25), 0, 200, kNan, -400};
  view.showRows(d);
  EXPECT_EQ(view.figureTitle(), QStringLiteral("rows"));
  const FigureTable table = view.figureData();
  EXPECT_EQ(table.columns, (QStringList{QStringLiteral("attribution"), QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("3")}));
  EXPECT_FLOAT_EQ(table.rows[1][3].toFloat(), -400);  // as it was computed, whatever its colour
  const QString svg = svgOf(view, 120, 50);
  for (const char* text : {"as it is", "from Dense 1 up: 0.21", "step", "share of the map"}) EXPECT_TRUE(svg.contains(QString::fromUtf8(text))) << text;
  view.rows()->resize(600, 200);
  const QString text = readouts(*view.rows());
  EXPECT_TRUE(text.contains(QStringLiteral("as it is\nstep 2: attribution −0.25, −0.5 of the map's largest"))) << qPrintable(text.simplified().left(300));
  EXPECT_TRUE(text.contains(QStringLiteral("from Dense 1 up: 0.21\nstep 3: attribution −400, −1 of the map's largest")));
  expectPaints(view);
  view.showNothing();
  EXPECT_TRUE(view.isEmpty());
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

TEST(CounterfactualFigure, BarsAreAsLongAsTheChangeIsToTheNetwork) {
  CounterfactualView view;
  CounterfactualData d;
  d.title = QStringLiteral("counterfactual");
  d.features = {QStringLiteral("grams"), QStringLiteral("tonnes")};
  d.original = {1000, 1};
  d.result = {900, Real(1.5)};
  d.moved = {Real(-0.5), 1};
  d.from = QStringLiteral("x"), d.to = QStringLiteral("y");
  d.flipped = true;
  view.setData(d);
  const QImage image = painted(view, QSizeF(500, 160), lightStyle());
  int down = 0, up = 0;
  for (int y = 0; y < image.height(); ++y) {
    down = std::max(down, longestRun(image, y, toColor(color(ColorMap::Diverging, 0)).rgb()));
    up = std::max(up, longestRun(image, y, toColor(color(ColorMap::Diverging, 1)).rgb()));
  }
  EXPECT_GT(up, 30);
  EXPECT_NEAR(down, 0.5 * up, 2);
  EXPECT_FALSE(cutsANumber(svgOf(view, 60, 30)));
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
