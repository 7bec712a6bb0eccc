// Partial dependence and Shapley values where preparation filled values in: axes and texts are the file's own.
#include <cmath>
#include <set>

#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "core/explain/groups.h"
#include "core/explain/table_importance.h"
#include "tests/core/explain_case.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

using namespace test;

/// A table by its usual recipe, with a network that was not trained.
struct Prepared {
  DatasetPtr data;
  std::unique_ptr<Case> made;
  Groups groups;

  explicit Prepared(const std::string& csv, const std::function<void(Recipe&)>& change = {}) {
    const TablePtr table = std::make_shared<const Table>(csvTable(csv));
    Recipe recipe = defaultRecipe(*table);
    if (change) change(recipe);
    const Result<DatasetPtr> d = prepare(table, recipe);
    EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
    data = *d;
    made = std::make_unique<Case>(mlp(data->spec));
    groups = columnGroups(*data);
  }
  std::int64_t group(const std::string& name) const { return std::find(groups.names.begin(), groups.names.end(), name) - groups.names.begin(); }
  SetArgs over(std::span<const std::int32_t> rows) const { return {*made->network, made->params.span(), *data, rows, groups}; }
  PartialDependence dependence(const std::string& column, std::span<const std::int32_t> rows) const {
    const Result<PartialDependence> p = partialDependence(over(rows), group(column), Target{.output = 0}, 30);
    EXPECT_TRUE(p.ok()) << (p ? "" : p.error().text());
    return *p;
  }
};

/// 60 rows: a number with `missing` of three cells empty, a category of which every fifth is empty.
std::string people(int missing) {
  std::string csv = "age,city,when,same,y\n";
  const char* cities[] = {"A", "B", "C"};
  for (int i = 0; i < 60; ++i)
    csv += (i % 3 < missing ? "" : std::to_string(20 + i)) + ',' + (i % 5 == 0 ? "" : cities[i * i % 3]) + ",2020-01-" + (i % 28 < 9 ? "0" : "") + std::to_string(i % 28 + 1) + ",7," + std::to_string(i * 0.5) + '\n';
  return csv;
}

TEST(ExplainMissing, TheAxisOfANumberIsWhatTheFileHas) {
  for (const int missing : {0, 1, 2}) {
    const Prepared p(people(missing));
    for (const auto* rows : {&p.data->validation, &p.data->train}) {
      const PartialDependence d = p.dependence("age", *rows);
      EXPECT_TRUE(d.labels.empty());
      ASSERT_GT(d.grid.size(), 1u);
      for (const double v : d.grid) {
        ASSERT_TRUE(std::isfinite(v));
        EXPECT_EQ(v, std::nearbyint(v)) << "no median that no row has";
        EXPECT_GE(static_cast<int>(v - 20) % 3, missing) << "a value of a row";
      }
      EXPECT_TRUE(std::is_sorted(d.grid.begin(), d.grid.end()));
      for (const double v : d.mean) EXPECT_TRUE(std::isfinite(v));
    }
  }
}

TEST(ExplainMissing, TicksOfCategoriesAreTheFilesOwn) {
  const Prepared p(people(1));
  const PartialDependence d = p.dependence("city", p.data->train);
  EXPECT_EQ(d.labels, (std::vector<std::string>{"A", "B"}));  // i² % 3 is never 2
  EXPECT_EQ(d.grid, (std::vector<double>{0, 1}));
  for (std::size_t r = 0; r < p.data->train.size(); ++r)
    EXPECT_EQ(std::isnan(d.at[r]), p.data->table->columns[1].isMissing(p.data->tableRows[static_cast<std::size_t>(p.data->train[r])])) << r;
}

TEST(ExplainMissing, AnAxisComesFromTrainingWhereTheRowsHaveNoValue) {
  const Prepared p(people(2));
  std::vector<std::int32_t> empty;
  for (const std::int32_t r : p.data->train)
    if (p.data->table->columns[0].isMissing(p.data->tableRows[static_cast<std::size_t>(r)])) empty.push_back(r);
  ASSERT_GT(empty.size(), 5u);
  const PartialDependence d = p.dependence("age", empty);
  EXPECT_GT(d.grid.size(), 5u);
  for (const double v : d.grid) EXPECT_TRUE(std::isfinite(v));
  EXPECT_EQ(d.curves.size(), empty.size());
}

TEST(ExplainMissing, AnIndicatorGoesWithItsNumber) {
  const Prepared p(people(1), [](Recipe& r) { r.steps.front().params["indicator"] = true; });
  const PartialDependence d = p.dependence("age", p.data->train);
  EXPECT_TRUE(d.labels.empty());
  ASSERT_GT(d.grid.size(), 5u);
  for (const double v : d.grid) EXPECT_TRUE(std::isfinite(v));
  const PartialDependence city = p.dependence("city", p.data->train);
  EXPECT_EQ(city.labels, (std::vector<std::string>{"A", "B"}));
}

TEST(ExplainMissing, AConstantColumnHasItsOneValue) {
  const Prepared p(people(1));
  const PartialDependence d = p.dependence("same", p.data->train);
  EXPECT_EQ(d.grid, (std::vector<double>{7}));
}

TEST(ExplainMissing, DatesAreDates) {
  const Prepared p(people(1), [](Recipe& r) { r.columns[2].role = Role::Feature; });
  const PartialDependence d = p.dependence("when", p.data->train);
  EXPECT_TRUE(d.dates);
  EXPECT_EQ(dateText(d.grid.front()).substr(0, 8), "2020-01-");
}

TEST(ExplainMissing, GroupedCategoriesAreCalledByTheGroup) {
  std::string csv = "town,x,y\n";
  for (int i = 0; i < 80; ++i) csv += (i % 8 == 7 ? "village" + std::to_string(i / 8) : i % 2 == 0 ? std::string("big") : std::string("small")) + ',' + std::to_string(i % 7) + ',' + std::to_string(i * 0.5) + '\n';
  const Prepared p(csv, [](Recipe& r) {
    r.columns[0].kind = ColumnKind::Category, r.columns[0].role = Role::Feature;
    r.steps = {{"rare", {{"percent", 10.0}}}, {"encode", {}}, {"scale", {}}};
  });
  std::vector<std::string> labels = p.dependence("town", p.data->train).labels;
  std::sort(labels.begin(), labels.end());
  EXPECT_EQ(labels, (std::vector<std::string>{"big", "other", "small"}));
}

TEST(ExplainMissing, CategoriesStandInTheirOwnOrder) {
  std::string csv = "floor,x,y\n";
  for (int i = 0; i < 60; ++i) csv += (i % 12 < 10 ? "0" : "") + std::to_string(i % 12) + ',' + std::to_string(i % 7) + ',' + std::to_string(i * 0.5) + '\n';
  const Prepared p(csv, [](Recipe& r) {
    r.columns[0].kind = ColumnKind::Category;
    r.steps = {{"encode", {{"method", std::string("ordinal")}}}, {"scale", {}}};
  });
  EXPECT_EQ(p.dependence("floor", p.data->train).labels, (std::vector<std::string>{"00", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11"}));
}

TEST(ExplainMissing, ShapleyValuesSayWhatIsMissing) {
  const Prepared p(people(1));
  const std::vector<std::int32_t> rows(p.data->train.begin(), p.data->train.begin() + 9);
  const Result<ShapSummary> s = shapSummary(p.over(rows), Target{.output = 0}, {}, 20, 1);
  ASSERT_TRUE(s) << s.error().text();
  const std::size_t age = static_cast<std::size_t>(p.group("age"));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const bool missing = p.data->table->columns[0].isMissing(p.data->tableRows[static_cast<std::size_t>(rows[r])]);
    EXPECT_EQ(std::isnan(s->features[r][age]), missing);
    EXPECT_EQ(s->texts[r][age].empty(), missing);
  }
}

}  // namespace
}  // namespace vitrine
