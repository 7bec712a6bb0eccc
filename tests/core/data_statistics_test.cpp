// Numbers of the Data workspace against NumPy 1.24.2, pandas 1.5.3 and SciPy 1.10.1 (Debian 12): numpy.percentile, numpy.std,
// numpy.histogram(bins="auto"), pandas.DataFrame.corr and scipy.stats.rankdata on the files in tests/data, read as doubles.
#include "core/insight/data_statistics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/base/random.h"
#include "core/base/statistics.h"

namespace vitrine {
namespace {

using testing::ElementsAre;
using Columns = std::vector<std::vector<double>>;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

/// Columns of a CSV by name; a text is its length, which no test looks at.
std::vector<double> columnOf(const std::string& file, const std::string& name, const std::string& of = {}) {
  std::ifstream in(VITRINE_TEST_DATA "/" + file);
  std::string line, cell;
  std::vector<double> values;
  std::size_t wanted = 0, last = 0;
  for (bool head = true; std::getline(in, line); head = false) {
    std::istringstream row(line);
    std::vector<std::string> cells;
    while (std::getline(row, cell, ',')) cells.push_back(cell);
    if (head) {
      wanted = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), name) - cells.begin());
      last = cells.size() - 1;
    } else if (of.empty() || cells.at(last) == of) {
      values.push_back(std::stod(cells.at(wanted)));
    }
  }
  EXPECT_FALSE(values.empty()) << file << " " << name;
  return values;
}

Columns irisColumns() {
  Columns c;
  for (const char* name : {"sepal_length", "sepal_width", "petal_length", "petal_width"}) c.push_back(columnOf("iris.csv", name));
  return c;
}

Columns wineColumns() {
  Columns c;
  for (const char* name : {"alcohol", "malic_acid", "proline", "hue"}) c.push_back(columnOf("wine.csv", name));
  return c;
}

/// The gaps that the reference was made with.
Columns withGaps(Columns c) {
  for (std::size_t j = 0; j < c.size(); ++j)
    for (std::size_t i = 0; i < c[j].size(); ++i)
      if ((i * 7 + j * 11) % 13 < 3) c[j][i] = kNan;
  return c;
}

struct Expected {
  const char *file, *column, *of;
  std::int64_t count;
  double mean, deviation, min, q1, median, q3, max;
  std::int64_t distinct;
};

TEST(DataStatistics, AreNumPysOnIrisAndWine) {
  const Expected all[] = {
      {"iris.csv", "sepal_length", "", 150, 5.843333333333334, 0.8253012917851409, 4.3, 5.1, 5.8, 6.4, 7.9, 35},
      {"iris.csv", "sepal_width", "", 150, 3.0573333333333337, 0.4344109677354946, 2.0, 2.8, 3.0, 3.3, 4.4, 23},
      {"iris.csv", "petal_length", "", 150, 3.7580000000000005, 1.759404065775303, 1.0, 1.6, 4.35, 5.1, 6.9, 43},
      {"iris.csv", "petal_width", "", 150, 1.1993333333333336, 0.7596926279021594, 0.1, 0.3, 1.3, 1.8, 2.5, 22},
      {"iris.csv", "petal_length", "setosa", 50, 1.4620000000000002, 0.17191858538273283, 1.0, 1.4, 1.5, 1.5750000000000002, 1.9, 9},
      {"iris.csv", "petal_length", "versicolor", 50, 4.26, 0.4651881339845203, 3.0, 4.0, 4.35, 4.6, 5.1, 19},
      {"iris.csv", "petal_length", "virginica", 50, 5.5520000000000005, 0.546347874526844, 4.5, 5.1, 5.55, 5.875, 6.9, 20},
      {"wine.csv", "alcohol", "", 178, 13.00061797752809, 0.8095429145285168, 11.03, 12.362499999999999, 13.05, 13.6775, 14.83, 126},
      {"wine.csv", "malic_acid", "", 178, 2.3363483146067416, 1.1140036269797893, 0.74, 1.6025, 1.8650000000000002, 3.0825, 5.8, 133},
      {"wine.csv", "proline", "", 178, 746.8932584269663, 314.0216568419878, 278.0, 500.5, 673.5, 985.0, 1680.0, 121},
      {"wine.csv", "hue", "", 178, 0.9574494382022471, 0.22792860656507252, 0.48, 0.7825, 0.965, 1.12, 1.71, 78},
      {"wine.csv", "proline", "class_0", 59, 1115.7118644067796, 219.63544918159718, 680.0, 987.5, 1095.0, 1280.0, 1680.0, 48},
      {"wine.csv", "proline", "class_1", 71, 519.5070422535211, 156.10017307778267, 278.0, 406.5, 495.0, 625.0, 985.0, 54},
      {"wine.csv", "proline", "class_2", 48, 629.8958333333334, 113.89180530649351, 415.0, 545.0, 627.5, 695.0, 880.0, 36}};
  for (const Expected& e : all) {
    SCOPED_TRACE(std::string(e.column) + " " + e.of);
    const Statistics s = statisticsOf(columnOf(e.file, e.column, e.of));
    const auto near = [](double found, double expected) { EXPECT_NEAR(found, expected, 1e-12 * std::abs(expected)); };
    EXPECT_EQ(s.count, e.count);
    EXPECT_EQ(s.missing, 0);
    EXPECT_EQ(s.distinct, e.distinct);
    near(s.mean, e.mean);
    near(s.deviation, e.deviation);
    near(s.min, e.min);
    near(s.q1, e.q1);
    near(s.median, e.median);
    near(s.q3, e.q3);
    near(s.max, e.max);
  }
}

TEST(DataStatistics, CountWhatIsNoNumber) {
  const Statistics s = statisticsOf({kNan, 2, kInf, 4, -kInf, kNan, 4});
  EXPECT_EQ(s.count, 3);
  EXPECT_EQ(s.missing, 2);
  EXPECT_EQ(s.infinite, 2);
  EXPECT_EQ(s.distinct, 2);
  EXPECT_DOUBLE_EQ(s.mean, 10.0 / 3);
  const Statistics none = statisticsOf({kNan, kNan});
  EXPECT_EQ(none.count, 0);
  EXPECT_EQ(none.missing, 2);
  for (const double v : {none.mean, none.deviation, none.min, none.q1, none.median, none.q3, none.max}) EXPECT_TRUE(std::isnan(v));
  const Statistics one = statisticsOf({7});
  EXPECT_EQ(one.deviation, 0);
  EXPECT_EQ(one.q1, 7);
  EXPECT_EQ(one.max, 7);
  EXPECT_EQ(statisticsOf(std::vector<double>(1000, 0.1)).deviation, 0);  // rounding of the mean is no spread
}

TEST(DataBins, AreNumPysAuto) {
  const std::tuple<const char*, const char*, std::vector<std::int64_t>> all[] = {
      {"iris.csv", "sepal_length", {9, 23, 20, 28, 28, 14, 17, 5, 6}},
      {"iris.csv", "sepal_width", {1, 7, 11, 14, 24, 37, 13, 18, 10, 9, 3, 2, 1}},
      {"iris.csv", "petal_length", {44, 6, 0, 6, 17, 31, 21, 19, 6}},
      {"iris.csv", "petal_width", {41, 9, 0, 10, 26, 18, 17, 15, 14}},
      {"wine.csv", "alcohol", {3, 15, 23, 28, 28, 30, 29, 20, 2}},
      {"wine.csv", "malic_acid", {18, 59, 33, 16, 14, 11, 14, 7, 3, 3}},
      {"wine.csv", "proline", {26, 42, 39, 21, 15, 15, 13, 5, 2}},
      {"wine.csv", "hue", {14, 18, 18, 26, 27, 39, 24, 8, 3, 0, 1}}};
  for (const auto& [file, name, counts] : all) {
    const std::vector<double> values = columnOf(file, name);
    const Bins bins = binsFor(values);
    EXPECT_EQ(countIn(bins, values), counts) << name;
    EXPECT_FALSE(bins.whole);
  }
}

TEST(DataBins, SuitWholeConstantAndMissingNumbers) {
  const std::vector<double> whole{3, 3, 5, kNan, 4};
  const Bins w = binsFor(whole);
  EXPECT_TRUE(w.whole);
  EXPECT_EQ(w.low, 2.5);
  EXPECT_EQ(w.high, 5.5);
  EXPECT_THAT(countIn(w, whole), ElementsAre(2, 1, 1));
  const std::vector<double> constant(5, 0.25);
  EXPECT_THAT(countIn(binsFor(constant), constant), ElementsAre(5));
  const std::vector<double> none{kNan, kInf};
  EXPECT_THAT(countIn(binsFor(none), none), ElementsAre(0));
  const std::vector<double> far{0, 1e-9, 1e300};
  EXPECT_LE(binsFor(far).count, 60);
}

void expectMatrix(const Correlation& c, const std::vector<double>& expected) {
  ASSERT_EQ(c.values.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(c.values[i], expected[i], 1e-12) << "entry " << i;
}

TEST(DataCorrelation, IsPandasPearson) {
  expectMatrix(correlate(irisColumns(), CorrelationKind::Pearson),
               {1, -0.11756978413300088, 0.8717537758865838, 0.8179411262715758, -0.11756978413300088, 1, -0.42844010433053864, -0.3661259325364377,
                0.8717537758865838, -0.42844010433053864, 1, 0.962865431402796, 0.8179411262715758, -0.3661259325364377, 0.962865431402796, 1});
  expectMatrix(correlate(wineColumns(), CorrelationKind::Pearson),
               {1, 0.09439694091041516, 0.6437200371782134, -0.0717471973301557, 0.09439694091041516, 1, -0.19201056463400906, -0.5612956886649447,
                0.6437200371782134, -0.19201056463400906, 1, 0.236183446650437, -0.0717471973301557, -0.5612956886649447, 0.236183446650437, 1});
}

TEST(DataCorrelation, IsPandasSpearman) {
  expectMatrix(correlate(irisColumns(), CorrelationKind::Spearman),
               {1, -0.166777658283235, 0.8818981264349859, 0.8342887759080051, -0.166777658283235, 1, -0.30963508601557777, -0.2890317486605842,
                0.8818981264349859, -0.30963508601557777, 1, 0.9376668235763413, 0.8342887759080051, -0.2890317486605842, 0.9376668235763413, 1});
  expectMatrix(correlate(wineColumns(), CorrelationKind::Spearman),
               {1, 0.1404301775567423, 0.6335798586170726, -0.024202839001066012, 0.1404301775567423, 1, -0.057466145920822005, -0.5602648853441008,
                0.6335798586170726, -0.057466145920822005, 1, 0.20774048544204404, -0.024202839001066012, -0.5602648853441008, 0.20774048544204404, 1});
}

TEST(DataCorrelation, LeavesMissingOutPairByPair) {
  const Correlation p = correlate(withGaps(irisColumns()), CorrelationKind::Pearson);
  expectMatrix(p, {1, -0.16729497429426624, 0.8758480395837775, 0.8049427135628783, -0.16729497429426624, 1, -0.402496020630508, -0.38208729484662174,
                   0.8758480395837775, -0.402496020630508, 1, 0.9655333946025608, 0.8049427135628783, -0.38208729484662174, 0.9655333946025608, 1});
  EXPECT_THAT(p.pairs, ElementsAre(114, 91, 81, 79, 91, 115, 93, 80, 81, 93, 117, 93, 79, 80, 93, 115));
  expectMatrix(correlate(withGaps(irisColumns()), CorrelationKind::Spearman),
               {1, -0.21961478114464789, 0.8918542742995368, 0.8028255602411226, -0.21961478114464789, 1, -0.2879214634245117, -0.335217714608126,
                0.8918542742995368, -0.2879214634245117, 1, 0.9391013624698983, 0.8028255602411226, -0.335217714608126, 0.9391013624698983, 1});
  expectMatrix(correlate(withGaps(wineColumns()), CorrelationKind::Spearman),
               {1, 0.0879209885086721, 0.6032338834706644, -0.002601577135573619, 0.0879209885086721, 1, -0.046110939573516176, -0.5368199768882859,
                0.6032338834706644, -0.046110939573516176, 1, 0.21287007424309093, -0.002601577135573619, -0.5368199768882859, 0.21287007424309093, 1});
}

TEST(DataCorrelation, IsNotDefinedForConstantsAndLonePairs) {
  const std::vector<double> rising{1, 2, 3, 4}, constant(4, 0.1), none(4, kNan), lone{kNan, kNan, 5, kNan}, endless{kInf, 1, 2, 3};
  // Constant only where the other is there.
  const std::vector<double> half{7, 7, kNan, 9}, first{1, 2, kNan, kNan};
  for (const CorrelationKind kind : {CorrelationKind::Pearson, CorrelationKind::Spearman}) {
    const Correlation c = correlate({rising, constant, none, lone, endless, half, first}, kind);
    EXPECT_EQ(c.value(0, 0), 1);
    for (int k = 0; k < 7; ++k) {
      EXPECT_TRUE(std::isnan(c.value(1, k))) << k;
      EXPECT_TRUE(std::isnan(c.value(k, 2))) << k;
      EXPECT_TRUE(std::isnan(c.value(3, k))) << k;
    }
    EXPECT_EQ(c.pairsOf(0, 3), 1);
    EXPECT_EQ(c.pairsOf(0, 4), 3);
    EXPECT_NEAR(c.value(0, 4), 1, 1e-12);
    EXPECT_TRUE(std::isnan(c.value(5, 6)));
    EXPECT_FALSE(std::isnan(c.value(0, 5)));
  }
  EXPECT_TRUE(correlate({}, CorrelationKind::Pearson).values.empty());
  EXPECT_TRUE(std::isnan(correlate({{1}, {2}}, CorrelationKind::Pearson).value(0, 1)));  // one row
}

TEST(DataCorrelation, KeepsDigitsFarFromZeroAndAtBothEnds) {
  const std::vector<double> x{1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4}, y{2, 1, 4, 3}, huge{-1e308, 1e308, 0, 1e307};
  const Correlation c = correlate({x, y, huge}, CorrelationKind::Pearson);
  EXPECT_NEAR(c.value(0, 1), 0.6, 1e-9);
  EXPECT_TRUE(std::isfinite(c.value(0, 2)));
}

TEST(DataCorrelation, OfMoreRowsThanABlockIsThatOfTheSumsOfProducts) {
  const std::uint64_t seed = 5;
  Rng rng(seed, Stream::Test);
  std::vector<double> x, y;
  for (int i = 0; i < 5000; ++i) x.push_back(rng.normal()), y.push_back(0.5 * x.back() + rng.normal());
  double mx = 0, my = 0, xy = 0, xx = 0, yy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) mx += x[i] / 5000, my += y[i] / 5000;
  for (std::size_t i = 0; i < x.size(); ++i) xy += (x[i] - mx) * (y[i] - my), xx += (x[i] - mx) * (x[i] - mx), yy += (y[i] - my) * (y[i] - my);
  EXPECT_NEAR(correlate({x, y}, CorrelationKind::Pearson).value(1, 0), xy / std::sqrt(xx * yy), 1e-12) << "seed " << seed;
}

TEST(DataCorrelation, Stops) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE(correlate(irisColumns(), CorrelationKind::Pearson, stop.get_token()).values.empty());
  EXPECT_TRUE(correlate(irisColumns(), CorrelationKind::Spearman, stop.get_token()).values.empty());
}

TEST(MeanAndDeviation, OfTheSample) {
  const std::vector<double> v{2, 4, 4, 4, 5, 5, 7, 9};
  EXPECT_DOUBLE_EQ(meanAndDeviation(v).mean, 5);
  EXPECT_NEAR(meanAndDeviation(v).deviation, std::sqrt(32.0 / 7), 1e-12);
  EXPECT_TRUE(std::isnan(meanAndDeviation({v.data(), 1}).deviation));
  EXPECT_TRUE(std::isnan(meanAndDeviation({}).mean));
}

TEST(Determination, ByHand) {
  const std::vector<double> truth{1, 2, 3, 6}, told{1, 3, 3, 5};
  EXPECT_DOUBLE_EQ(determination(truth, told), 1 - 2.0 / 14);  // mean 3: 4 + 1 + 0 + 9
  EXPECT_DOUBLE_EQ(determination(truth, truth), 1);
  // Weights 2, 1, 0, 0: mean 4/3, Σ w (t − mean)² = 2/9 + 4/9, Σ w (t − y)² = 1.
  EXPECT_DOUBLE_EQ(determination(truth, told, std::vector<double>{2, 1, 0, 0}), 1 - 1.5);
  EXPECT_TRUE(std::isnan(determination(std::vector<double>{0.1, 0.1, 0.1}, std::vector<double>{1, 2, 3})));
  EXPECT_TRUE(std::isnan(determination({}, {})));
}

TEST(DataRanks, AverageTies) {
  const std::vector<double> values{3, 1, 3, 2, 2, 2};
  EXPECT_THAT(ranksOf(values), ElementsAre(5.5, 1, 5.5, 3, 3, 3));
  const std::vector<double> gaps = ranksOf(std::vector<double>{7, kNan, 2});
  EXPECT_EQ(gaps[0], 2);
  EXPECT_TRUE(std::isnan(gaps[1]));
  EXPECT_EQ(gaps[2], 1);
}

TEST(DataSampling, DrawsEachRowOnceAndEvenly) {
  const std::vector<std::int32_t> rows = sampleRows(100000, 10000, 3);
  ASSERT_EQ(rows.size(), 10000u);
  EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), std::less_equal<>()));
  for (int tenth = 0; tenth < 10; ++tenth) {
    const auto n = std::count_if(rows.begin(), rows.end(), [&](std::int32_t r) { return r / 10000 == tenth; });
    EXPECT_NEAR(static_cast<double>(n), 1000, 150);  // five deviations
  }
  EXPECT_EQ(rows, sampleRows(100000, 10000, 3));
  EXPECT_NE(rows, sampleRows(100000, 10000, 4));
  EXPECT_THAT(sampleRows(3, 10), ElementsAre(0, 1, 2));
  EXPECT_TRUE(sampleRows(0, 10).empty());
}

}  // namespace
}  // namespace vitrine
