#include "widgets/figure/names.h"

#include <gtest/gtest.h>

#include <QSet>

namespace vitrine {
namespace {

/// Every letter as wide as another.
NameFits letters(qsizetype most) {
  return [most](qsizetype, const QString& text) { return text.size() <= most; };
}

QStringList species(int n) {
  QStringList names;
  for (int i = 0; i < n; ++i) names << QStringLiteral("quercus_petraea_subsp_%1_leaf_collected_2019").arg(i, 3, 10, QLatin1Char('0'));
  return names;
}

QStringList list(std::initializer_list<const char*> names) {
  QStringList all;
  for (const char* name : names) all << QString::fromUtf8(name);
  return all;
}

bool allDiffer(const QStringList& names) { return QSet<QString>(names.begin(), names.end()).size() == names.size(); }

TEST(Names, ThatFitStayWhole) {
  const QStringList names = list({"oak", "beech", "oak"});
  EXPECT_EQ(toldApart(names, letters(5)), names);
}

TEST(Names, ShowBothEndsWhereTheseTellThemApart) {
  EXPECT_EQ(toldApart(list({"acer_campestre_upper", "tilia_cordata_lower"}), letters(9)), list({"acer…pper", "tili…ower"}));
}

TEST(Names, AlikeAtBothEndsShowWhatTheyDifferBy) {
  const QStringList shown = toldApart(species(200), letters(14));
  EXPECT_TRUE(allDiffer(shown));
  for (int i = 0; i < 200; ++i) {
    EXPECT_LE(shown[i].size(), 14);
    EXPECT_TRUE(shown[i].contains(QStringLiteral("%1").arg(i, 3, 10, QLatin1Char('0')))) << shown[i].toStdString();
    EXPECT_TRUE(shown[i].startsWith(QLatin1Char('q'))) << shown[i].toStdString();
  }
}

TEST(Names, ShowAWordThatIsLongItself) {
  const QString head(20, QLatin1Char('p')), tail(20, QLatin1Char('s'));
  QStringList names;
  for (const char* genus : {"alnus_incana_northern_form", "alnus_incana_southern_form", "betula_pendula_northern_form", "betula_pendula_southern_form"}) names << head + QLatin1String(genus) + tail;
  for (int room = 8; room < 60; ++room) {
    const QStringList shown = toldApart(names, letters(room));
    EXPECT_TRUE(allDiffer(shown)) << room;
    for (const QString& s : shown) EXPECT_LE(s.size(), room) << s.toStdString();
  }
}

TEST(Names, DifferInEveryRoomThatHasAFewLetters) {
  QStringList names = species(200);
  for (int i = 0; i < 40; ++i) names << QStringLiteral("quercus_petraea_subsp_%1").arg(i) << QStringLiteral("%1_leaf_collected_2019").arg(i) << QString(i + 1, QLatin1Char('a'));
  for (int room = 3; room < 50; ++room) {
    const QStringList shown = toldApart(names, letters(room));
    EXPECT_TRUE(allDiffer(shown)) << room;
    for (const QString& s : shown) EXPECT_LE(s.size(), room) << s.toStdString();
  }
}

TEST(Names, WithoutRoomAreNumbers) { EXPECT_EQ(toldApart(list({"alpha_one_x", "alpha_two_x", "alpha_six_x"}), letters(1)), list({"1", "2", "3"})); }

TEST(Names, OneNameAloneGivesWayInItsMiddle) { EXPECT_EQ(toldApart(list({"alpha_one_x"}), letters(5)), list({"al…_x"})); }

TEST(Names, EqualOnesAreShownEqually) {
  const QStringList shown = toldApart(list({"left_17_right", "left_18_right", "left_17_right"}), letters(8));
  EXPECT_EQ(shown[0], shown[2]);
  EXPECT_NE(shown[0], shown[1]);
}

TEST(Names, CharactersOfTwoUnitsAreNotCut) {
  QStringList names;
  for (const char* middle : {"🌲", "🌳", "🌴"}) names << QStringLiteral("🍁🍂🍃") + QString::fromUtf8(middle) + QStringLiteral("🍁🍂🍃");
  for (int room = 1; room < 16; ++room)
    for (const QString& s : toldApart(names, letters(room))) EXPECT_TRUE(s.isValidUtf16()) << room;
}

}  // namespace
}  // namespace vitrine
