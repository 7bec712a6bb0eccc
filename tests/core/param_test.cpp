#include <gtest/gtest.h>

#include <limits>

#include "core/model/param.h"

namespace vitrine {
namespace {

std::vector<Param> described() {
  return {{.id = "units", .label = "Units", .help = "", .fallback = std::int64_t{64}, .low = 1, .high = 65536},
          {.id = "rate", .label = "Rate", .help = "", .fallback = 0.25, .low = 0, .high = 0.95},
          {.id = "kernel", .label = "Kernel", .help = "", .fallback = IntPair{3, 3}, .low = 1, .high = 255},
          {.id = "padding", .label = "Padding", .help = "", .fallback = std::string("same"), .choices = {{"same", "Same size"}, {"number", "Number"}}},
          {.id = "amount", .label = "Zeros", .help = "", .fallback = IntPair{1, 1}, .low = 0, .high = 9, .onlyIf = {{"padding", {"number"}}}},
          {.id = "bias", .label = "Bias", .help = "", .fallback = true}};
}

TEST(Param, ValueOrDefault) {
  const std::vector<Param> d = described();
  const Params values{{"units", std::int64_t{5}}, {"rate", std::string("not a number")}};
  EXPECT_EQ(param<std::int64_t>(values, d, "units"), 5);
  EXPECT_EQ(param<double>(values, d, "rate"), 0.25);  // a value of another kind does not count
  EXPECT_EQ(param<IntPair>(values, d, "kernel"), (IntPair{3, 3}));
}

TEST(Param, BothEndsOfTheRangeAreLegal) {
  const std::vector<Param> d = described();
  EXPECT_TRUE(checkParams(d, {{"units", std::int64_t{1}}, {"rate", 0.0}, {"kernel", IntPair{1, 255}}}));
  EXPECT_TRUE(checkParams(d, {{"units", std::int64_t{65536}}, {"rate", 0.95}, {"padding", std::string("number")}, {"bias", false}}));
  EXPECT_TRUE(checkParams(d, {}));
}

TEST(Param, RefusalsSayWhatWasFoundAndExpected) {
  const std::vector<Param> d = described();
  auto text = [&](const std::string& id, ParamValue v) {
    const Status s = checkParams(d, {{id, std::move(v)}});
    EXPECT_FALSE(s) << id;
    return s ? std::string() : s.error().text();
  };
  EXPECT_EQ(text("units", std::int64_t{0}), "parameter 'Units': found 0, expected 1 to 65536");
  EXPECT_EQ(text("units", 2.0), "parameter 'Units': found a number, expected a whole number");
  EXPECT_EQ(text("rate", 0.951), "parameter 'Rate': found 0.951, expected 0 to 0.95");
  EXPECT_EQ(text("rate", std::numeric_limits<double>::quiet_NaN()), "parameter 'Rate': found nan, expected 0 to 0.95");
  EXPECT_EQ(text("kernel", IntPair{3, 256}), "parameter 'Kernel': found 256, expected 1 to 255");
  EXPECT_EQ(text("padding", std::string("full")), "parameter 'Padding': found 'full', expected one of same, number");
  EXPECT_NE(text("colour", true).find("'colour'"), std::string::npos);
}

TEST(Param, TextIsWhatAPersonReads) {
  const std::vector<Param> d = described();
  EXPECT_EQ(paramText(d[0], std::int64_t{64}), "64");
  EXPECT_EQ(paramText(d[1], 0.001), "0.001");
  EXPECT_EQ(paramText(d[2], IntPair{3, 5}), "3 × 5");
  EXPECT_EQ(paramText(d[3], std::string("same")), "Same size");
  EXPECT_EQ(paramText(d[5], false), "no");
}

TEST(Param, ShownOnlyUnderItsChoice) {
  const std::vector<Param> d = described();
  EXPECT_FALSE(paramShown(d[4], {}, d));
  EXPECT_TRUE(paramShown(d[4], {{"padding", std::string("number")}}, d));
  EXPECT_TRUE(paramShown(d[0], {}, d));

  // Several values, several conditions, one or another; and a choice that does not count itself decides nothing.
  std::vector<Param> more = d;
  const auto choice = [](const char* id, std::vector<Condition> onlyIf) {
    return Param{.id = id, .label = "", .help = "", .fallback = std::string("a"), .choices = {{"a", "A"}, {"b", "B"}, {"c", "C"}}, .onlyIf = std::move(onlyIf)};
  };
  more.push_back(choice("first", {}));
  more.push_back(choice("second", {{"first", {"b", "c"}}}));
  more.push_back(choice("both", {{"first", {"b"}}, {"second", {"a", "c"}}}));
  more.push_back(choice("either", {{"first", {"b"}}}));
  more.back().orIf = {{"padding", {"number"}}, {"second", {"a"}}};
  const auto shown = [&](std::size_t i, const std::string& first, const std::string& second, const std::string& padding = "same") {
    return paramShown(more[i], {{"first", first}, {"second", second}, {"padding", padding}}, more);
  };
  const std::size_t at = d.size();
  EXPECT_FALSE(shown(at + 1, "a", "a"));
  EXPECT_TRUE(shown(at + 1, "b", "a") && shown(at + 1, "c", "a"));
  EXPECT_TRUE(shown(at + 2, "b", "a") && shown(at + 2, "b", "c"));
  EXPECT_FALSE(shown(at + 2, "b", "b") || shown(at + 2, "c", "a") || shown(at + 2, "a", "a"));
  EXPECT_TRUE(shown(at + 3, "b", "b") && shown(at + 3, "a", "b", "number") && shown(at + 3, "c", "a"));
  EXPECT_FALSE(shown(at + 3, "a", "a") || shown(at + 3, "c", "b"));
}

}  // namespace
}  // namespace vitrine
