// Any data set as a table to look at: parts, classes, groups, filter and order of rows.
#include "core/insight/sample_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/data/generators.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

using test::tableOf;
using testing::ElementsAre;

std::vector<std::int32_t> rows(const SampleTable& t, const std::string& text, RowOrder order = {}) { return arrangeRows(t, {text, {}, {}, {}}, order); }

TEST(SampleTable, SharesTheFilesTableAndTellsWhatBecameOfItsRows) {
  const SampleTablePtr t = tableOf("a,kind\n1,u\n,v\n3,u\n4,v\n5,u\n6,v\n", [](Recipe& r) {
    r.steps = {{"missing", {{"strategy", "drop"}}}};
    r.split.validation = 0.4;
  });
  ASSERT_TRUE(t);
  EXPECT_EQ(t->table, t->data->table);
  EXPECT_EQ(t->rows(), 6);
  EXPECT_EQ(t->data->count(), 5);
  EXPECT_EQ(t->parts[1], Part::Unused);
  EXPECT_EQ(t->samples[1], -1);
  EXPECT_EQ(t->classes[1], -1);
  EXPECT_THAT(t->features, ElementsAre(0));
  EXPECT_THAT(t->targets, ElementsAre(1));
  for (const auto& [part, samples] : {std::pair{Part::Train, &t->data->train}, std::pair{Part::Validation, &t->data->validation}})
    for (const std::int32_t s : *samples) EXPECT_EQ(t->parts[static_cast<std::size_t>(t->rowsOf[static_cast<std::size_t>(s)])], part);
  for (std::size_t r = 0; r < 6; ++r)
    if (t->samples[r] >= 0) {
      EXPECT_EQ(t->data->spec.classes[static_cast<std::size_t>(t->classes[r])], t->column(1).text(static_cast<std::int64_t>(r)));
    }
  const RowGroups g = byPart(*t);
  EXPECT_EQ(g.keys, (std::vector<int>{int(Part::Train), int(Part::Validation), int(Part::Unused)}));
}

TEST(SampleTable, IsMadeForPointsAndImages) {
  GeneratorSettings settings;
  settings.size = 50;
  const SampleTablePtr points = sampleTable(*generate("wave", settings));
  ASSERT_EQ(points->table->columns.size(), 3u);
  EXPECT_EQ(points->column(0).name, points->data->featureNames[0]);
  EXPECT_EQ(points->column(2).value(7), static_cast<double>(points->data->targets[7]));
  EXPECT_TRUE(points->classes.empty());

  const SampleTablePtr images = sampleTable(imagesFromBytes("tiny", Shape{1, 2, 1}, {0, 1, 2, 3, 4, 5}, {1, 0, 1}, 2));
  ASSERT_EQ(images->table->columns.size(), 1u);
  EXPECT_EQ(images->column(0).text(0), "1");
  EXPECT_THAT(images->classes, ElementsAre(1, 0, 1));
  EXPECT_THAT(images->samples, ElementsAre(0, 1, 2));
}

TEST(SampleTable, FiltersByTextConditionPartAndClass) {
  const SampleTablePtr t = tableOf("size,colour name,kind\n0.1,red,u\n2,Green,v\n30,dark red,u\n,blue,v\n5,red,u\n6,blue,v\n", [](Recipe& r) {
    r.columns[1].role = Role::Ignore;
    r.steps = {{"missing", {}}};
  });
  ASSERT_TRUE(t);
  EXPECT_THAT(rows(*t, "RED"), ElementsAre(0, 2, 4));
  EXPECT_THAT(rows(*t, "3"), ElementsAre(2));
  EXPECT_THAT(rows(*t, "size > 2"), ElementsAre(2, 4, 5));
  EXPECT_THAT(rows(*t, "size>=2"), ElementsAre(1, 2, 4, 5));
  EXPECT_THAT(rows(*t, " size = 0.1 "), ElementsAre(0));  // a float's nearest to what was typed
  EXPECT_THAT(rows(*t, "size < 0.1"), ElementsAre());
  EXPECT_THAT(rows(*t, "size != 2"), ElementsAre(0, 2, 4, 5));
  EXPECT_THAT(rows(*t, "colour name = red"), ElementsAre(0, 4));
  EXPECT_THAT(rows(*t, "kind != u"), ElementsAre(1, 3, 5));
  EXPECT_THAT(rows(*t, "weight > 2"), ElementsAre());  // no such column: a text that no cell has
  EXPECT_THAT(arrangeRows(*t, {"red", {}, 1, {}}, {}), ElementsAre());
  EXPECT_THAT(arrangeRows(*t, {"", {}, 1, {}}, {}), ElementsAre(1, 3, 5));
  std::size_t all = 0;
  for (const Part p : {Part::Train, Part::Validation, Part::Test})
    for (const std::int32_t r : arrangeRows(*t, {"", p, {}, {}}, {})) {
      EXPECT_EQ(t->parts[static_cast<std::size_t>(r)], p);
      ++all;
    }
  EXPECT_EQ(all, 6u);
}

TEST(SampleTable, SortsWithMissingLastAndEqualsInTheirOrder) {
  const SampleTablePtr t = tableOf("n,kind\n3,b\n,a\n1,b\n3,a\n2,b\n", [](Recipe& r) { r.steps = {{"missing", {}}}; });
  ASSERT_TRUE(t);
  EXPECT_THAT(rows(*t, "", {0, false}), ElementsAre(2, 4, 0, 3, 1));
  EXPECT_THAT(rows(*t, "", {0, true}), ElementsAre(0, 3, 4, 2, 1));
  EXPECT_THAT(rows(*t, "", {1, false}), ElementsAre(1, 3, 0, 2, 4));
  EXPECT_THAT(rows(*t, "", {RowOrder::ByClass, true}), ElementsAre(0, 2, 4, 1, 3));
  EXPECT_THAT(rows(*t, "b", {0, true}), ElementsAre(0, 4, 2));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(arrangeRows(*t, {}, {0, false}, stop.get_token()).empty());
}


TEST(SampleTable, TextsAreSortedAsTheyRead) {
  std::string csv = "id,a,y\n";
  for (int i = 0; i < 60; ++i) csv += "name" + std::to_string((i * 37) % 60 + 100) + ",1," + std::to_string(i % 2) + ".5\n";
  const SampleTablePtr t = tableOf(csv);
  ASSERT_TRUE(t);
  ASSERT_EQ(t->column(0).kind, ColumnKind::Text);
  const std::vector<std::int32_t> order = rows(*t, "", {0, false});
  ASSERT_EQ(order.size(), 60u);
  for (std::size_t i = 1; i < order.size(); ++i) EXPECT_LT(t->column(0).text(order[i - 1]), t->column(0).text(order[i]));
}

TEST(SampleTable, ManyClassesHaveTheLargestAndTheOthers) {
  std::vector<std::uint8_t> pixels;
  std::vector<std::int32_t> classes;
  for (int c = 0; c < 20; ++c)
    for (int i = 0; i <= c % 10; ++i) classes.push_back(c), pixels.push_back(0);
  const SampleTablePtr t = sampleTable(imagesFromBytes("many", Shape{1, 1, 1}, pixels, classes, 20));
  const RowGroups g = byClass(*t, 4);
  EXPECT_THAT(g.keys, ElementsAre(8, 9, 19, RowGroups::kOthers));
  EXPECT_EQ(g.others, 17);
  EXPECT_EQ(std::count(g.of.begin(), g.of.end(), 0), 9);
  EXPECT_EQ(std::count(g.of.begin(), g.of.end(), 3), static_cast<std::ptrdiff_t>(classes.size()) - 29);
  EXPECT_EQ(byClass(*t, 20).keys.size(), 20u);
  EXPECT_EQ(byClass(*t, 20).others, 0);
}

}  // namespace
}  // namespace vitrine
