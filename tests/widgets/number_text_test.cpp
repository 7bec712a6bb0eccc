// Numbers as the window shows them.
#include <gtest/gtest.h>

#include <QLocale>

#include "widgets/figure/axes.h"
#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"
#include "widgets/forms/number_field.h"

namespace vitrine {
namespace {

class NumberText : public testing::Test {
 protected:
  void SetUp() override { QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates)); }
  void TearDown() override { QLocale::setDefault(was_); }

 private:
  QLocale was_;
};

TEST_F(NumberText, WholeNumbersAreWhole) {
  EXPECT_EQ(numberText(1000000.0), QStringLiteral("1,000,000"));
  EXPECT_EQ(numberText(1350000.0, 3), QStringLiteral("1,350,000"));
  EXPECT_EQ(numberText(-1350001.0), QStringLiteral("−1,350,001"));
  EXPECT_EQ(numberText(9007199254740992.0), QStringLiteral("9,007,199,254,740,992"));
  EXPECT_EQ(numberText(9007199254740991.0, 2), QStringLiteral("9,007,199,254,740,991"));
  EXPECT_EQ(numberText(1974.0), QStringLiteral("1974"));  // a year
  EXPECT_EQ(numberText(1234567.4), QStringLiteral("1,234,567"));
  EXPECT_EQ(numberText(999999.6), QStringLiteral("1,000,000"));
  EXPECT_EQ(numberText(0.00001234, 3), QStringLiteral("1.23e−5"));
  EXPECT_EQ(numberText(1000000.0, true), QStringLiteral("1,000,000"));
  EXPECT_EQ(numberText(1000000.0, false), QStringLiteral("1,000,000"));
}

TEST_F(NumberText, WithoutRoomTheyHaveAnExponentAndAreNeverCut) {
  const QFont font = FigureStyle::screen().font();
  EXPECT_EQ(fittedNumber(1350000, font, 200), QStringLiteral("1,350,000"));
  const QString small = fittedNumber(1350000, font, textWidth(font, QStringLiteral("1.35e6")) + 1);
  EXPECT_EQ(small, QStringLiteral("1.35e6"));
}

TEST_F(NumberText, TicksOfMillionsAreWhole) {
  const QStringList texts = tickTexts({{1000000, 1400000}, {}}, {1000000, 1100000, 1350000});
  EXPECT_EQ(texts, (QStringList{QStringLiteral("1,000,000"), QStringLiteral("1,100,000"), QStringLiteral("1,350,000")}));
}

TEST_F(NumberText, FilesHaveThemWithoutExponentAndGroups) {
  const QByteArray csv = toCsv({{QStringLiteral("price")}, {{1000000.0}, {1350000.0f}, {9007199254740991.0}, {0.1}}});
  EXPECT_EQ(csv, QByteArray("price\r\n1000000\r\n1350000\r\n9007199254740991\r\n0.1\r\n")) << csv.toStdString();
}

}  // namespace
}  // namespace vitrine
