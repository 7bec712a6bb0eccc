// How samples of tables are kept: categories as indices, large numbers as doubles, and the same numbers for the network as without either.
#include <gtest/gtest.h>

#include <cmath>

#include "core/data/prepare.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

using test::csvTable;

TablePtr shared(const std::string& csv) { return std::make_shared<const Table>(csvTable(csv)); }

DatasetPtr made(const TablePtr& t, const Recipe& r) {
  const Result<DatasetPtr> d = prepare(t, r);
  EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
  return *d;
}

std::vector<Real> gathered(const Dataset& d) {
  std::vector<std::int32_t> rows;
  for (std::int64_t r = 0; r < d.count(); ++r) rows.push_back(static_cast<std::int32_t>(r));
  std::vector<Real> x(rows.size() * static_cast<std::size_t>(d.inputs.size()));
  gatherInputs(d, rows, x.data());
  return x;
}

TablePtr towns() {
  std::string csv = "size,town,kind,y\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(i * 0.7) + ",t" + std::to_string(i * i % 11) + ',' + (i % 4 == 0 ? "a" : i % 4 == 1 ? "b" : "c") + ',' + std::to_string(i % 3 + i * 0.01) + '\n';
  return shared(csv);
}

TEST(Samples, OneHotColumnsAreKeptAsIndices) {
  const TablePtr t = towns();
  const DatasetPtr d = made(t, defaultRecipe(*t));
  const std::int64_t kinds = d->inputs.size() - 1;
  EXPECT_EQ(d->inputs.indexed(), kinds);
  EXPECT_EQ(d->inputs.bytes(), 60 * 3 * 4) << "a float and two indices a row";
  EXPECT_EQ(d->featureNames.size(), static_cast<std::size_t>(d->inputs.size()));
  std::vector<double> row(static_cast<std::size_t>(d->inputs.size()));
  for (std::int64_t r = 0; r < 60; ++r) {
    d->inputs.readRow(r, row.data());
    for (std::int64_t i = 0; i < d->inputs.size(); ++i) {
      const std::string& name = d->featureNames[static_cast<std::size_t>(i)];
      const std::size_t at = name.find('=');
      const double expected = at == std::string::npos ? static_cast<double>(static_cast<float>(t->columns[0].value(r)))
                                                      : t->columns[name.substr(0, at) == "town" ? 1 : 2].text(r) == name.substr(at + 1);
      EXPECT_EQ(d->inputs.raw(r, i), expected) << name;
      EXPECT_EQ(row[static_cast<std::size_t>(i)], expected) << name;
    }
  }
}

TEST(Samples, TheNetworkGetsTheSameBitsAsFromNumbersEach) {
  const TablePtr t = towns();
  for (const std::string method : {"standardise", "minmax", "minmax_signed", "robust"}) {
    Recipe r = defaultRecipe(*t);
    r.steps = {{"encode", {}}, {"scale", {{"method", method}}}};
    const DatasetPtr d = made(t, r);
    // The same numbers, all as floats.
    std::vector<float> floats;
    for (std::int64_t row = 0; row < d->count(); ++row)
      for (std::int64_t i = 0; i < d->inputs.size(); ++i) floats.push_back(static_cast<float>(d->inputs.raw(row, i)));
    Dataset plain = *d;
    plain.inputs = Samples::fromFloats(d->spec.input, std::move(floats));
    EXPECT_EQ(gathered(*d), gathered(plain)) << method;
    // And what was fitted is what those numbers give.
    for (std::int64_t i = 0; i < d->inputs.size() && method == "standardise"; ++i) {
      double sum = 0, squares = 0;
      const double n = static_cast<double>(d->train.size());
      for (const std::int32_t row : d->train) sum += d->inputs.raw(row, i);
      for (const std::int32_t row : d->train) squares += (d->inputs.raw(row, i) - sum / n) * (d->inputs.raw(row, i) - sum / n);
      EXPECT_NEAR(d->inputScaling.mean[static_cast<std::size_t>(i)], sum / n, 1e-12);
      EXPECT_NEAR(d->inputScaling.deviation[static_cast<std::size_t>(i)], squares > 0 ? std::sqrt(squares / n) : 1, 1e-12);
    }
  }
}

TEST(Samples, ScalingOfManyRowsIsTheSameAsOfFew) {
  // More rows than are added up one by one.
  std::string csv = "kind,y\n";
  for (int i = 0; i < 9000; ++i) csv += std::string(1, static_cast<char>('a' + i % 7)) + ',' + std::to_string(i % 5) + ".5\n";
  const TablePtr t = shared(csv);
  for (const std::string method : {"standardise", "minmax", "minmax_signed", "robust"}) {
    Recipe r = defaultRecipe(*t);
    r.split.validation = 0;
    r.steps = {{"encode", {}}, {"scale", {{"method", method}}}};
    const DatasetPtr kept = made(t, r);
    r.steps = {{"encode", {}}, {"clip", {{"method", std::string("percentiles")}, {"percent", 0.0}}}, {"scale", {{"method", method}}}};
    const DatasetPtr spread = made(t, r);
    EXPECT_EQ(spread->inputs.indexed(), 0);
    ASSERT_EQ(kept->inputScaling.mean.size(), spread->inputScaling.mean.size());
    for (std::size_t i = 0; i < kept->inputScaling.mean.size(); ++i) {
      EXPECT_NEAR(kept->inputScaling.mean[i], spread->inputScaling.mean[i], 1e-12) << method;
      EXPECT_NEAR(kept->inputScaling.deviation[i], spread->inputScaling.deviation[i], 1e-12) << method;
    }
  }
}

TEST(Samples, StepsBehindOneHotColumnsWorkOnEach) {
  const TablePtr t = towns();
  Recipe r = defaultRecipe(*t);
  r.steps = {{"encode", {}}, {"scale", {}}, {"pca", {{"components", std::int64_t{3}}}}};
  EXPECT_EQ(made(t, r)->inputs.size(), 3);
  r.steps = {{"encode", {}}, {"scale", {{"column", std::string("kind=b")}}}};
  const DatasetPtr d = made(t, r);
  for (std::size_t i = 0; i < d->featureNames.size(); ++i) EXPECT_EQ(d->inputScaling.deviation[i] != 1, d->featureNames[i] == "kind=b");
  r.steps = {{"encode", {}}};
  const DatasetPtr bare = made(t, r);
  for (const Real x : gathered(*bare)) EXPECT_TRUE(std::isfinite(x));
}

TEST(Samples, NewRowsArePreparedAsTheSamplesWere) {
  const TablePtr t = towns();
  for (const std::vector<StepPlan>& steps : {std::vector<StepPlan>{{"encode", {}}, {"scale", {}}}, {{"encode", {}}}, {{"encode", {{"unknown", std::string("own")}}}, {"clip", {}}, {"scale", {}}}}) {
    Recipe r = defaultRecipe(*t);
    r.steps = steps;
    const DatasetPtr d = made(t, r);
    const Result<std::vector<Real>> again = prepareRows(*d, *t);
    ASSERT_TRUE(again) << again.error().text();
    const std::vector<Real> x = gathered(*d);
    ASSERT_EQ(again->size(), x.size());
    for (std::size_t i = 0; i < x.size(); ++i) EXPECT_NEAR(static_cast<double>((*again)[i]), static_cast<double>(x[i]), 2e-6);
  }
}

TEST(Samples, DuplicatesAreFoundAmongIndices) {
  std::string csv = "kind,y\n";
  for (int i = 0; i < 40; ++i) csv += std::string(1, static_cast<char>('a' + i % 4)) + ',' + std::to_string(i % 4 < 2) + '\n';
  const TablePtr t = shared(csv);
  const DatasetPtr d = made(t, defaultRecipe(*t));
  EXPECT_TRUE(d->inputs.same(0, 4));
  EXPECT_EQ(d->inputs.hash(0), d->inputs.hash(4));
  EXPECT_FALSE(d->inputs.same(0, 1));
  EXPECT_NE(d->inputs.hash(0), d->inputs.hash(1));
  EXPECT_FALSE(findLeaks(*d).empty());
}

/// `columns` categories of `kinds` names each, and a number to predict.
TablePtr manyKinds(std::int64_t rows, int columns, int kinds) {
  auto t = std::make_shared<Table>();
  for (int c = 0; c < columns; ++c) {
    Column column;
    column.name = "c" + std::to_string(c);
    column.kind = ColumnKind::Category;
    for (int k = 0; k < kinds; ++k) column.names.push_back("kind " + std::to_string(k));
    for (std::int64_t r = 0; r < rows; ++r) column.codes.push_back(static_cast<std::int32_t>((r + 31 * c) % kinds));
    t->columns.push_back(std::move(column));
  }
  Column y;
  y.name = "y";
  for (std::int64_t r = 0; r < rows; ++r) y.numbers.push_back(static_cast<double>(r % 97) + 0.5);
  t->columns.push_back(std::move(y));
  return t;
}

TEST(Samples, ManyCategoriesOfManyRowsTakeLittleMemory) {
  const TablePtr t = manyKinds(50'000, 10, 990);
  const DatasetPtr d = made(t, defaultRecipe(*t));
  EXPECT_EQ(d->inputs.size(), 9900);
  EXPECT_EQ(d->inputs.bytes(), 50'000 * 10 * 4);
  const std::vector<std::int32_t> batch(d->train.begin(), d->train.begin() + 32);
  std::vector<Real> x(32 * 9900);
  gatherInputs(*d, batch, x.data());
  for (const Real v : x) ASSERT_TRUE(std::isfinite(v));
}

TEST(Samples, WhatDoesNotFitInMemoryIsRefusedBeforeItIsTaken) {
  Frame f;
  FrameColumn c;
  c.name = "name";
  c.oneHot = true;
  for (int k = 0; k < 100'000; ++k) c.names.push_back(std::to_string(k));
  f.rows.resize(10'000'000);
  f.parts.assign(f.rows.size(), Part::Train);
  c.codes.assign(f.rows.size(), 0);
  f.columns.push_back(std::move(c));
  const Status s = f.spread();
  ASSERT_FALSE(s);
  const std::string text = s.error().text();
  for (const char* part : {"10000000 rows × 100000 columns", "GiB", "group rare categories", "leave columns out"}) EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST(Samples, LargeNumbersKeepTheirDifferences) {
  // Seconds of a day in 2023: as floats all of two minutes would be one.
  std::string csv = "stamp,y\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(1700000000LL + 7 * i) + ',' + std::to_string(i * 0.5) + '\n';
  const TablePtr t = shared(csv);
  Recipe r = defaultRecipe(*t);
  r.split.validation = 0;
  const DatasetPtr d = made(t, r);
  EXPECT_TRUE(d->inputs.isWide(0));
  EXPECT_TRUE(d->notes.empty());
  const std::vector<Real> x = gathered(*d);
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(d->inputs.raw(i, 0), 1700000000.0 + 7 * i);
    EXPECT_NEAR(static_cast<double>(x[static_cast<std::size_t>(i)]), (i - 29.5) / std::sqrt((60 * 60 - 1) / 12.0), 1e-6);
  }
  const std::vector<double> typed{1700000007.0};
  Real z = 0;
  prepareInputs(*d, 1, typed.data(), &z);
  EXPECT_EQ(z, x[1]);
}

TEST(Samples, ThatAreNotScaledSayWhatFloatsLose) {
  std::string csv = "stamp,y\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(1700000000LL + 7 * i) + ',' + std::to_string(i * 0.5) + '\n';
  const TablePtr t = shared(csv);
  Recipe r = defaultRecipe(*t);
  r.steps.clear();
  const DatasetPtr d = made(t, r);
  ASSERT_EQ(d->notes.size(), 1u);
  EXPECT_EQ(d->notes[0].rfind("'stamp' is not scaled, and as 32-bit floats", 0), 0u) << d->notes[0];
  EXPECT_NE(d->notes[0].find("1700000007 to 1700000000"), std::string::npos) << d->notes[0];
}

TEST(Samples, TargetsKeepTheirDigits) {
  std::string csv = "x,price\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(i) + ',' + std::to_string(123456789 + 1000 * i) + '\n';
  const TablePtr t = shared(csv);
  const DatasetPtr d = made(t, defaultRecipe(*t));
  ASSERT_EQ(d->spec.task, Task::Regression);
  for (int i = 0; i < 60; ++i) EXPECT_EQ(d->targets[static_cast<std::size_t>(i)], 123456789.0 + 1000 * i);
  std::vector<std::int32_t> rows{0, 1};
  Real z[2];
  gatherTargets(*d, rows, z);
  EXPECT_NEAR((static_cast<double>(z[1]) - static_cast<double>(z[0])) * d->targetScaling.deviation[0], 1000, 0.01);
}

}  // namespace
}  // namespace vitrine
