// Two hundred classes and columns whose names are alike at both ends, in every view that names them.
#include <qcustomplot.h>

#include <QSet>
#include <QTest>

#include "tests/support/paper.h"
#include "tests/widgets/walls.h"
#include "widgets/data/balance_view.h"
#include "widgets/data/rows_view.h"
#include "widgets/explain/counterfactual_view.h"
#include "widgets/explain/sample_gallery.h"
#include "widgets/explain/set_charts.h"
#include "widgets/explain/unit_figure.h"
#include "widgets/forms/name_combo.h"
#include "widgets/maps/confusion_view.h"
#include "widgets/maps/pinned_samples_view.h"

namespace vitrine {
namespace {

using namespace test;

constexpr int kNames = 200;

QString number(int i) { return QStringLiteral("%1").arg(i, 3, 10, QLatin1Char('0')); }

QStringList alikeNames(const QString& what = QStringLiteral("species")) {
  QStringList names;
  for (int i = 0; i < kNames; ++i) names << QStringLiteral("the_%1_of_oak_with_number_%2_from_the_herbarium_of_2019").arg(what, number(i));
  return names;
}

/// What is written on the figure's page.
QStringList texts(const Figure& figure, double mm = 89, double high = 80) {
  QStringList out;
  static const QRegularExpression text(QStringLiteral(">([^<>]*)</text>"));
  for (QRegularExpressionMatchIterator i = text.globalMatch(paper(figure, mm, high)); i.hasNext();) out << i.next().captured(1);
  return out;
}

/// Texts that stand for one of the names: all say its number, or the digits in which it differs from the others there.
std::vector<int> named(const QStringList& all, const QString& begin = QStringLiteral("the")) {
  std::vector<int> found;
  static const QRegularExpression digits(QStringLiteral("(?<![0-9])([0-9]{1,3})(?![0-9])"));
  for (const QString& text : all) {
    if (!text.contains(QChar(0x2026)) || !text.contains(begin.left(1)) || !text.contains(QLatin1Char('_'))) continue;
    const QRegularExpressionMatch m = digits.match(text);
    EXPECT_TRUE(m.hasMatch()) << text.toStdString();
    found.push_back(m.captured(1).toInt());
  }
  return found;
}

ConfusionData confused() {
  ConfusionData d{QStringLiteral("confusion"), alikeNames(), std::vector<std::int64_t>(kNames * kNames)};
  for (int k = 0; k < kNames; ++k) d.counts[static_cast<std::size_t>(k * kNames + k)] = 9;
  d.counts[17 * kNames + 18] = 6;
  d.counts[118 * kNames + 17] = 3;
  return d;
}

TEST(AlikeNames, AMatrixOfTwoHundredClassesSaysWhichIsWhich) {
  ConfusionView view;
  view.setData(confused());
  const QStringList all = texts(view, 183, 110);
  const std::vector<int> ticks = named(all);
  EXPECT_GT(ticks.size(), 20u);
  EXPECT_GT(std::set<int>(ticks.begin(), ticks.end()).size(), 10u);
  EXPECT_LT(ticks.size(), 300u);  // what has no room for its line is left out
  // The list names both of a pair.
  const QStringList pairs = all.filter(QStringLiteral(" → "));
  ASSERT_EQ(pairs.size(), 2);
  EXPECT_TRUE(pairs[0].contains(QStringLiteral("017")) && pairs[0].contains(QStringLiteral("018"))) << pairs[0].toStdString();
  EXPECT_TRUE(pairs[1].contains(QStringLiteral("118")) && pairs[1].contains(QStringLiteral("017"))) << pairs[1].toStdString();
}

TEST(AlikeNames, HoveringTellsThemWhole) {
  ConfusionView view;
  view.resize(900, 500);
  view.setData(confused());
  const QStringList names = alikeNames();
  QSet<QString> seen, pairs;
  for (int y = 0; y < 500; y += 2) {
    for (int x = 0; x < 900; x += 6) {
      const QString text = view.readoutAt(QPointF(x, y));
      if (names.contains(text)) seen << text;
      if (text.contains(QStringLiteral("taken for"))) pairs << text;
    }
  }
  EXPECT_GT(seen.size(), 150);
  EXPECT_TRUE(std::any_of(pairs.begin(), pairs.end(), [&](const QString& t) { return t.contains(names[17]) && t.contains(names[18]); }));
}

TEST(AlikeNames, ASmallMatrixStaysWithinItsPanel) {
  ConfusionView view;
  view.setData(confused());
  for (const QSize size : {QSize(340, 190), QSize(350, 260), QSize(600, 170)}) {
    view.resize(size);
    // The last class is reached within the panel, and something is left of the list and the scale.
    QString last;
    for (int y = 0; y < size.height(); ++y)
      if (const QString name = view.readoutAt(QPointF(30, y)); !name.isEmpty()) last = name;
    EXPECT_EQ(last, alikeNames().last()) << size.width() << " × " << size.height();
  }
}

TEST(AlikeNames, ExportsHaveThemWhole) {
  ConfusionView view;
  view.setData(confused());
  EXPECT_EQ(view.figureData().columns.mid(1, kNames), alikeNames());
  EXPECT_EQ(view.figureData().rows[17][0].toString(), alikeNames()[17]);
}

TEST(AlikeNames, AmongPinnedSamplesAndOnTheWall) {
  PinnedData pinned;
  pinned.title = QStringLiteral("pinned");
  pinned.classes = alikeNames();
  pinned.features = alikeNames(QStringLiteral("column"));
  pinned.methods = {{QStringLiteral("saliency")}};
  PinnedSample s;
  s.name = QStringLiteral("sample 1");
  s.probabilities.assign(kNames, 0.001);
  s.probabilities[117] = 0.5, s.probabilities[118] = 0.3;
  s.trueClass = 118;
  s.input.assign(kNames, 1);
  s.maps = {{std::vector<Real>(kNames, 1)}};
  pinned.samples = {s};
  PinnedSamplesView view;
  view.setData(pinned);
  const std::vector<int> classes = named(texts(view, 89, 60));
  for (const int k : {117, 118}) EXPECT_TRUE(std::any_of(classes.begin(), classes.end(), [&](int c) { return c == k || c == k % 100 || c == k % 10; })) << k;
  view.resize(500, 300);
  QString read;
  for (int y = 10; y < 80; y += 4) read += view.readoutAt(QPointF(20, y));
  for (const int k : {0, 1}) EXPECT_TRUE(read.contains(pinned.features[k])) << read.toStdString();

  WallData wall = tableWall(12);
  wall.classes = alikeNames();
  wall.features = alikeNames(QStringLiteral("column")).mid(0, 12);
  wall.samples.front().probabilities = s.probabilities;
  wall.samples.front().trueClass = 116;
  WallView onWall;
  onWall.setData(wall);
  const std::vector<int> shown = named(texts(onWall, 89));
  for (const int k : {117, 118, 116, 5}) EXPECT_TRUE(std::count(shown.begin(), shown.end(), k)) << k;
}

TEST(AlikeNames, InTheChartsOfTables) {
  const QStringList names = alikeNames(QStringLiteral("column"));
  BarsView bars;
  bars.setData({QStringLiteral("bars"), QStringLiteral("lost"), names.mid(0, 20), std::vector<double>(20, 0.5), {}, {}});
  EXPECT_EQ(named(texts(bars)).size(), 20u);

  WaterfallView waterfall;
  WaterfallData w;
  w.title = QStringLiteral("row");
  for (int i = 0; i < 5; ++i) w.names << names[i] + QStringLiteral(" = 1.5"), w.values.push_back(1 + i);
  waterfall.setData(w);
  std::vector<int> shown = named(texts(waterfall));
  EXPECT_EQ(std::set<int>(shown.begin(), shown.end()), (std::set<int>{0, 1, 2, 3, 4}));

  DependenceView dependence;
  DependenceData d;
  d.title = d.feature = QStringLiteral("kind");
  d.labels = names.mid(0, 6);
  for (int i = 0; i < 6; ++i) d.grid.push_back(i), d.mean.push_back(i);
  dependence.setData(d);
  EXPECT_EQ(named(texts(dependence)).size(), 6u);

  BalanceView balance;
  BalanceData b;
  b.title = QStringLiteral("balance");
  b.classes = alikeNames().mid(0, 12);
  b.parts = {{QStringLiteral("training"), GroupLook::PartOf, 0}};
  b.counts.assign(12, 3);
  b.samples = {36};
  balance.setData(b);
  EXPECT_EQ(named(texts(balance)).size(), 12u);
}

TEST(AlikeNames, OfSamplesAndCounterfactuals) {
  const QStringList names = alikeNames();
  SampleGallery gallery;
  SampleGalleryData g;
  g.height = g.width = 2;
  for (int i = 0; i < 4; ++i) g.items.push_back({.row = i, .pixels = {0, 1, 0, 1}, .lines = {}, .truth = names[i], .predicted = names[i + 1]});
  gallery.setData(g);
  // The tiles of a page are small: what tells apart stays all the same.
  QSet<QString> shown;
  for (const QString& text : texts(gallery)) shown << text;
  for (int i = 0; i < 4; ++i)
    EXPECT_TRUE(std::any_of(shown.begin(), shown.end(), [i](const QString& t) { return t.contains(QString::number(i)); })) << i;

  CounterfactualView view;
  CounterfactualData c;
  c.title = QStringLiteral("counterfactual");
  c.flipped = true;
  c.from = names[17], c.to = names[118];
  c.features = alikeNames(QStringLiteral("column")).mid(0, 3);
  c.original = {1, 2, 3}, c.result = {2, 2, 3};
  view.setData(c);
  const QStringList head = texts(view).filter(QStringLiteral(" becomes "));
  ASSERT_EQ(head.size(), 1);
  EXPECT_NE(head[0].section(QStringLiteral(" becomes "), 0, 0), head[0].section(QStringLiteral(" becomes "), 1));
}

TEST(AlikeNames, InAListOfChoices) {
  NameCombo combo;
  combo.addItems(alikeNames());
  combo.resize(150, 26);
  QSet<QString> shown;
  for (int i = 0; i < combo.count(); ++i) {
    combo.setCurrentIndex(i);
    EXPECT_LE(combo.fontMetrics().horizontalAdvance(combo.shownText()), 150);
    shown << combo.shownText();
  }
  EXPECT_EQ(shown.size(), kNames);
  EXPECT_EQ(combo.currentText(), alikeNames().back());
  combo.resize(900, 26);
  EXPECT_EQ(combo.shownText(), combo.currentText());
}

}  // namespace
}  // namespace vitrine
