// Explain's figures on paper of any width: nothing lies on anything else, and nothing is cut.
#include <gtest/gtest.h>

#include <QRegularExpression>
#include <cmath>
#include <tuple>

#include "tests/support/figures.h"
#include "tests/support/paper.h"
#include "tests/widgets/walls.h"
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/randomised_view.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/explain/set_charts.h"
#include "widgets/explain/unit_figure.h"
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
      EXPECT_EQ(svg.contains(QStringLiteral(">−3<")), d.kind == WallKind::Table) << mm;  // beside its bar
    }
    EXPECT_GT(wallLayout(QRectF(0, 0, 328, 0), FigureStyle::forPrint(), d, 24).bands, 1);
    EXPECT_EQ(wallLayout(QRectF(0, 0, 328, 0), FigureStyle::screen(), d, 24).bands, 1);
  }
}

TEST(Names, LongClassesAreToldByBothEndsInWallAndSamples) {
  WallData d = wideWall(smallWall());
  d.classes = {QStringLiteral("a very long name of a class that ends in a first"), QStringLiteral("a very long name of a class that ends in a second")};
  const QString wall = paper(*wallOf(d), kSingleColumnMm);
  SampleGallery samples;
  SampleGalleryData g;
  g.height = g.width = 2;
  for (int i = 0; i < 2; ++i) g.items.push_back({.row = i, .pixels = {0, 1, 0, 1}, .lines = {}, .truth = d.classes[i], .predicted = d.classes[1 - i]});
  samples.setData(g);
  for (const QString& svg : {wall, paper(samples, kSingleColumnMm)})
    for (const char* end : {"rst<", "ond<"}) EXPECT_TRUE(svg.contains(QRegularExpression(QStringLiteral("…[^<]*") + QString::fromUtf8(end)))) << end;
}

TEST(Wall, EveryBadgeOnTheScreenHasItsNumber) {
  const WallData d = wideWall(smallWall());
  const FigureStyle style = FigureStyle::screen();
  for (const double width : {100.0, 760.0, 900.0}) {
    const WallLayout l = wallLayout(QRectF(0, 0, width, 400), style, d, 24);
    EXPECT_GE(l.columnWidth, badgesWidth(d, style, BadgeShape::Short)) << width;
  }
  // And at its narrowest the wall still has all its columns.
  for (const WallData& data : {d, wideWall(tableWall(4)), wideWall(seriesWall())}) {
    const auto view = wallOf(data);
    for (int i = 0; i < 2; ++i) view->resize(view->minimumSize());
    EXPECT_LE(view->cellRect(0, 7).right(), view->width()) << data.title.toStdString();
  }
}

const QStringList kFlower = {QStringLiteral("sepal length (cm)"), QStringLiteral("sepal width (cm)"), QStringLiteral("petal length (cm)"), QStringLiteral("petal width (cm)")};

/// Texts of the page with where they start and the line they stand in.
struct PaperText {
  double x, y;
  QString text;
};
std::vector<PaperText> textsOf(const QString& svg) {
  std::vector<PaperText> out;
  static const QRegularExpression text(QStringLiteral("<text [^>]*x=\"([^\"]*)\" y=\"([^\"]*)\"[^>]*>([^<]*)</text>"));
  for (auto i = text.globalMatch(svg.simplified()); i.hasNext();) {
    const QRegularExpressionMatch m = i.next();
    out.push_back({m.captured(1).toDouble(), m.captured(2).toDouble(), m.captured(3).trimmed()});
  }
  return out;
}

/// No text of a line reaches into the next one's.
void expectTextsApart(const QString& svg, const FigureStyle& style, double mm) {
  const std::vector<PaperText> all = textsOf(svg);
  EXPECT_GT(all.size(), 5u);
  for (const PaperText& a : all)
    for (const PaperText& b : all)
      if (std::abs(a.y - b.y) < 2 && a.x < b.x) {
        EXPECT_LE(a.x + textWidth(style.font(-1.5), a.text), b.x + 3) << mm << ' ' << a.text.toStdString() << " | " << b.text.toStdString();
      }
}

TEST(Unit, OnNarrowPaperItsPartsStandTwoAndTwo) {
  UnitFigure view;
  UnitData d;
  d.title = QStringLiteral("Dense, unit 0");
  d.fieldText = QStringLiteral("Sees 4 of 4 inputs");
  d.channels = 1;
  d.height = 0, d.width = 4;
  d.features = kFlower;
  d.input = {QStringLiteral("sample 5"), {Real(6.99), Real(3.02), Real(5.46), Real(2.14)}, {}};
  for (const char* name : {"2.63", "2.53", "2.41"}) d.top.push_back({QString::fromUtf8(name), {Real(7.01), Real(2.77), Real(6.47), Real(2.04)}, {}});
  d.best = {{QStringLiteral("−0.415 → 20.6"), {Real(9.16), Real(1.95), Real(-6.03), Real(4.69)}, {}}};
  d.classes = {QStringLiteral("virginica"), QStringLiteral("versicolor"), QStringLiteral("setosa")};
  d.before = {1, 0, 0}, d.after = {0.75, 0.25, 0};
  d.shares = true;
  view.setData(d);
  for (const double mm : {70.0, kSingleColumnMm, 120.0, kDoubleColumnMm}) {
    const QString svg = paper(view, mm);
    expectFits(view, mm * 96 / 25.4 - 8, 80);
    expectTextsApart(svg, FigureStyle::forPrint(), mm);
    if (mm < kSingleColumnMm) continue;
    EXPECT_FALSE(svg.contains(QChar(0x2026))) << mm;
    for (const QString& feature : kFlower) EXPECT_EQ(svg.count(QLatin1Char('>') + feature + QLatin1Char('<')), 3) << mm;  // input, samples, made
    EXPECT_TRUE(svg.contains(QStringLiteral("blue: with the unit set to 0"))) << mm;
    for (const char* word : {"2.63", "2.53", "virginica"}) EXPECT_TRUE(svg.contains(QString::fromUtf8(word))) << mm << word;
  }
  // The names stand once, whatever there is beside them.
  view.resize(820, 140);
  EXPECT_TRUE(readouts(view).contains(QStringLiteral("2.53\npetal length (cm) 6.47")));
  for (const auto& [height, width, channels] : {std::tuple{8, 8, 1}, std::tuple{0, 12, 0}}) {
    d.height = height, d.width = width, d.channels = channels;
    d.features.clear();
    for (UnitInputPicture* p : {&d.input, &d.top[0], &d.top[1], &d.top[2], &d.best[0]}) p->values.assign(static_cast<std::size_t>(std::max(1, height) * width), Real(0.5));
    view.setData(d);
    for (const double mm : {kSingleColumnMm, kDoubleColumnMm}) {
      const QString svg = paper(view, mm);
      if (height > 0) expectApart(svg, mm);
      expectTextsApart(svg, FigureStyle::forPrint(), mm);
    }
  }
}

TEST(Randomised, ATablesRowsAndFeaturesHaveTheirNamesOnNarrowPaper) {
  MapRowsView view;
  MapRowsData d;
  d.title = QStringLiteral("layers drawn anew");
  d.names = {QStringLiteral("as it is"), QStringLiteral("from Dense 3 up: 0.62"), QStringLiteral("from Dense 2 up: 0.90"), QStringLiteral("from Dense up: 0.24")};
  d.placeTitle = QStringLiteral("feature");
  d.places = kFlower;
  for (int i = 0; i < 16; ++i) d.values.push_back(Real(i % 5) - 2);
  view.setData(d);
  for (const double mm : {60.0, kSingleColumnMm, kDoubleColumnMm}) {
    const QString svg = paper(view, mm);
    for (const QString& name : d.names) EXPECT_TRUE(mm < 80 || svg.contains(QLatin1Char('>') + name + QLatin1Char('<'))) << mm << name.toStdString();
    for (const QString& name : d.places) EXPECT_TRUE(svg.contains(QLatin1Char('>') + name + QLatin1Char('<'))) << mm << name.toStdString();
    EXPECT_TRUE(svg.contains(QStringLiteral("share of the map"))) << mm;
    expectFits(view, mm * 96 / 25.4 - 8, 40);
  }
}

TEST(CounterfactualFigure, TellsItsScaleAndBothClasses) {
  CounterfactualView view;
  CounterfactualData d;
  d.title = QStringLiteral("counterfactual");
  d.height = d.width = 4;
  d.channels = 3;
  d.original.assign(48, Real(0.25));
  d.result.assign(48, Real(0.5));
  d.from = QStringLiteral("Managed monoculture plantation, 1st rotation"), d.to = QStringLiteral("Managed monoculture plantation, 2nd rotation");
  d.sentence = QStringLiteral("Change L∞ 0.134");
  d.fromProbabilities = {0.9, 0.003, 0.4, 0.5};
  d.flipped = true;
  view.setData(d);
  for (const double mm : {70.0, kSingleColumnMm, 120.0}) {
    const QString svg = paper(view, mm, 60);
    EXPECT_TRUE(svg.contains(QStringLiteral("largest of the channels"))) << mm;
    for (const char* end : {"1st rotation", "2nd rotation", "(0.3 % → 50 %)"}) EXPECT_TRUE(mm < 120 || svg.contains(QString::fromUtf8(end))) << mm << end;
    EXPECT_FALSE(svg.contains(QStringLiteral("…<"))) << mm;
    EXPECT_TRUE(svg.contains(QStringLiteral("(0.3 % → 50 %)"))) << mm;
  }
}

TEST(Waterfall, ALongCategoryLeavesItsColumnsNameAndTheAxisReachesTheBars) {
  WaterfallView view;
  view.setData({QStringLiteral("row"), -4.342, 11.41, {QStringLiteral("petal width (cm) = 2.14"), QStringLiteral("habitat = Managed monoculture plantation, 2nd rotation"), QStringLiteral("a rather long name of a number = 0.0001234")},
                {14.6, -2.7, 3.852}, QStringLiteral("output of virginica")});
  for (const double mm : {60.0, kSingleColumnMm, kDoubleColumnMm}) {
    const QString svg = paper(view, mm, 60);
    EXPECT_TRUE(svg.contains(QStringLiteral(">habitat = Man"))) << mm;
    EXPECT_TRUE(svg.contains(QStringLiteral("= 0.0001234<"))) << mm;
    EXPECT_TRUE(mm < 80 || svg.contains(QRegularExpression(QStringLiteral(">−[0-9]+<")))) << mm;  // a tick left of 0
  }
}

TEST(Names, ACategoryGivesWayBesideItsName) {
  const QFontMetricsF m(FigureStyle::screen().font());
  const QString text = QStringLiteral("habitat = Managed monoculture plantation, 2nd rotation"), between = QStringLiteral(" = ");
  for (const double room : {90.0, 140.0, 200.0}) {
    const QString shown = elidedBefore(between, {text}, m, room).value(0);
    EXPECT_LE(m.horizontalAdvance(shown), room + 1);
    EXPECT_TRUE(shown.contains(between)) << room;
    EXPECT_TRUE(shown.startsWith(QLatin1Char('h'))) << shown.toStdString();
  }
  EXPECT_TRUE(elidedBefore(between, {QStringLiteral("a rather long name = −1234.5678")}, m, 90).value(0).endsWith(QStringLiteral("= −1234.5678")));
}

}  // namespace
}  // namespace vitrine
