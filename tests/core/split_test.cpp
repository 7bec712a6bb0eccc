// Classes of one or two rows: they train, whatever the split and the seed, and those that nothing validates are named.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "core/data/deal_out.h"
#include "core/data/prepare.h"
#include "core/data/split.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

using test::csvTable;

/// 40 rows of "common", one each of twelve rare classes, two of "pair".
TablePtr rare() {
  std::string csv = "x,g,c\n";
  for (int i = 0; i < 40; ++i) csv += std::to_string(i) + ",g" + std::to_string(i % 8) + ",common\n";
  for (int i = 0; i < 12; ++i) csv += std::to_string(i) + ",g" + std::to_string(i % 8) + ",rare" + (i < 10 ? "0" : "") + std::to_string(i) + '\n';
  for (int i = 0; i < 2; ++i) csv += std::to_string(i) + ",g" + std::to_string(i) + ",pair\n";
  return std::make_shared<const Table>(csvTable(csv));
}

Recipe recipeFor(const Table& t) {
  Recipe r = defaultRecipe(t);
  r.columns[1].role = Role::Ignore;
  r.columns[2].kind.reset();
  r.task = Task::Classification;
  return r;
}

std::set<std::int32_t> classesOf(const Dataset& d, const std::vector<std::int32_t>& rows) {
  std::set<std::int32_t> out;
  for (const std::int32_t r : rows) out.insert(d.classes[static_cast<std::size_t>(r)]);
  return out;
}

DatasetPtr made(const TablePtr& t, const Recipe& r) {
  const Result<DatasetPtr> d = prepare(t, r);
  EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
  return *d;
}

TEST(RareClasses, TrainInEverySplitAtRandom) {
  const TablePtr t = rare();
  for (const bool stratify : {true, false})
    for (const std::string mode : {"ratio", "folds"})
      for (std::uint64_t seed = 0; seed < 5; ++seed) {
        Recipe r = recipeFor(*t);
        r.split.mode = mode;
        r.split.stratify = stratify;
        r.split.seed = seed;
        r.split.test = mode == "ratio" ? 0.1 : 0;
        r.split.folds = 4;
        for (r.split.fold = 0; r.split.fold < (mode == "folds" ? 4 : 1); ++r.split.fold) {
          const DatasetPtr d = made(t, r);
          EXPECT_EQ(classesOf(*d, d->train).size(), 14u) << mode << stratify << seed;
          EXPECT_FALSE(d->validation.empty());
          EXPECT_EQ(d->train.size() + d->validation.size() + d->test.size(), 54u);
        }
      }
}

TEST(RareClasses, WithoutAValidationRowAreNamed) {
  const DatasetPtr d = made(rare(), recipeFor(*rare()));
  ASSERT_FALSE(d->notes.empty());
  EXPECT_EQ(d->notes.back().rfind("12 classes have no validation row: rare00, rare01", 0), 0u) << d->notes.back();
  EXPECT_NE(d->notes.back().find(" … and 4 more."), std::string::npos) << d->notes.back();
  Recipe whole = recipeFor(*rare());
  whole.split.validation = 0;
  EXPECT_TRUE(made(rare(), whole)->notes.empty());
}

TEST(RareClasses, ThatGroupsOrTimeKeepFromTrainingAreNamed) {
  const TablePtr t = rare();
  Recipe r = recipeFor(*t);
  r.columns[1].role = Role::Group;
  r.split.mode = "group";
  r.split.validation = 0.4;
  const DatasetPtr d = made(t, r);
  const std::set<std::int32_t> train = classesOf(*d, d->train);
  ASSERT_LT(train.size(), 14u);
  EXPECT_TRUE(std::any_of(d->notes.begin(), d->notes.end(), [](const std::string& n) { return n.find("no training row and cannot be learned") != std::string::npos; }));
  EXPECT_FALSE(d->validation.empty());
}

TEST(RareClasses, OnlyOnesLeaveNothingToValidate) {
  const std::vector<std::int32_t> classes{0, 1, 2, 3};
  for (std::uint64_t seed = 0; seed < 4; ++seed) {
    const Split s = splitRows(4, classes, 0.5, seed);
    EXPECT_EQ(s.train.size(), 4u);
    EXPECT_TRUE(s.validation.empty());
  }
}

TEST(RareClasses, OthersGiveTheirShareOfValidation) {
  std::vector<std::int32_t> classes(40, 0);
  for (int i = 1; i <= 20; ++i) classes.push_back(i);
  const Split s = splitRows(60, classes, 0.2, 1);
  EXPECT_EQ(s.validation.size(), 12u);
  for (const std::int32_t r : s.validation) EXPECT_LT(r, 40);
}

TEST(Split, OfBothHeldSharesIsNotKeptForTraining) {
  // Two held rows a class: one validates, one tests.
  std::vector<std::int32_t> classes;
  for (int k = 0; k < 20; ++k)
    for (int i = 0; i < 10; ++i) classes.push_back(k);
  SplitPlan plan;
  plan.validation = plan.test = 0.1;
  SplitInput in;
  in.count = 200;
  in.classes = classes;
  const Result<std::vector<Part>> parts = dealOut(plan, in);
  ASSERT_TRUE(parts);
  EXPECT_EQ(std::count(parts->begin(), parts->end(), Part::Validation), 20);
  EXPECT_EQ(std::count(parts->begin(), parts->end(), Part::Test), 20);
}

}  // namespace
}  // namespace vitrine
