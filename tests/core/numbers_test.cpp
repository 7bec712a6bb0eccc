#include "core/base/numbers.h"

#include <gtest/gtest.h>

namespace vitrine {
namespace {

TEST(Numbers, WholeOnesHaveNoExponentAndAllTheirDigits) {
  EXPECT_EQ(numberText(1000000.0), "1000000");
  EXPECT_EQ(numberText(-1350000.0), "-1350000");
  EXPECT_EQ(numberText(1000000.0f), "1000000");
  EXPECT_EQ(numberText(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(numberText(9007199254740991.0), "9007199254740991");
  EXPECT_EQ(numberText(1e300), "1e+300");
  EXPECT_EQ(numberText(0.1), "0.1");
  EXPECT_EQ(numberText(0.1f), "0.1");
  EXPECT_EQ(numberText(std::int64_t{9223372036854775807}), "9223372036854775807");
  EXPECT_EQ(shortNumber(1350000), "1350000");
  EXPECT_EQ(shortNumber(0.123456), "0.123");
}

TEST(Numbers, ReadBackAsTheyWere) {
  for (const double v : {0.0, -0.0, 1e6, 123456789012345678.0, 4503599627370497.5, 1e-300, 16777217.0}) {
    const std::optional<double> back = parseNumber<double>(numberText(v));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, v);
    EXPECT_EQ(std::signbit(*back), std::signbit(v));
  }
}

}  // namespace
}  // namespace vitrine
