// Cross-validation: how rows are dealt, what is fitted on them, and what comes out.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/data/generators.h"
#include "core/data/open.h"
#include "core/model/templates.h"
#include "core/train/folds.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

DatasetPtr iris() { return *openData(std::string(VITRINE_TEST_DATA) + "/iris.csv"); }

Graph small(const DataSpec& spec) { return defaultTemplate(spec).make(spec); }

TrainSettings quick() {
  TrainSettings s;
  s.rate = 0.02;
  s.batch = 16;
  return s;
}

/// Every row validates once; the others train.
void checkDealing(const DatasetPtr& data, std::int64_t k) {
  std::multiset<std::int32_t> validated;
  for (std::int64_t f = 0; f < k; ++f) {
    const Result<DatasetPtr> fold = foldOf(data, k, f, 3);
    ASSERT_TRUE(fold) << fold.error().text();
    std::set<std::int32_t> rows((*fold)->train.begin(), (*fold)->train.end());
    for (const std::int32_t r : (*fold)->validation) {
      EXPECT_FALSE(rows.contains(r)) << "a row that trains and validates";
      validated.insert(r);
    }
    EXPECT_TRUE((*fold)->test.empty());
    EXPECT_EQ((*fold)->train.size() + (*fold)->validation.size(), static_cast<std::size_t>(data->count()));
    EXPECT_NEAR(static_cast<double>((*fold)->validation.size()), static_cast<double>(data->count()) / static_cast<double>(k), 1);
  }
  EXPECT_EQ(validated.size(), static_cast<std::size_t>(data->count()));
  EXPECT_EQ(std::set<std::int32_t>(validated.begin(), validated.end()).size(), validated.size());
}

TEST(Folds, EveryRowValidatesOnce) {
  checkDealing(iris(), 5);
  checkDealing(iris(), 7);
  GeneratorSettings g;
  g.size = 53;
  checkDealing(*generate("spirals", g), 4);
}

TEST(Folds, PreparationIsFittedOnTheFoldsTrainingRows) {
  GeneratorSettings g;
  g.size = 60;
  for (const DatasetPtr& data : {iris(), *generate("gaussians", g)})
    for (std::int64_t f = 0; f < 3; ++f) {
      const DatasetPtr fold = *foldOf(data, 3, f, 1);
      const std::size_t size = static_cast<std::size_t>(fold->spec.input.size());
      std::vector<Real> x(fold->train.size() * size);
      gatherInputs(*fold, fold->train, x.data());
      for (std::size_t c = 0; c < size; ++c) {
        double mean = 0, square = 0;
        for (std::size_t r = 0; r < fold->train.size(); ++r) mean += x[r * size + c], square += x[r * size + c] * x[r * size + c];
        const double n = static_cast<double>(fold->train.size());
        EXPECT_NEAR(mean / n, 0, 1e-5) << data->name << " fold " << f << " feature " << c;
        EXPECT_NEAR(square / n, 1, 1e-4) << data->name << " fold " << f << " feature " << c;
      }
    }
}

TEST(CrossValidation, IrisIsLearntAndTheSameForAnyThreads) {
  const DatasetPtr data = iris();
  std::vector<double> shares;
  int told = 0;
  const Result<FoldsReport> one = crossValidate(small(data->spec), data, quick(), {5, 20, 4}, 1, {}, {[&](double s) { shares.push_back(s); }, [&](const FoldResult&) { ++told; }});
  ASSERT_TRUE(one) << one.error().text();
  ASSERT_EQ(one->folds.size(), 5u);
  EXPECT_EQ(told, 5);
  EXPECT_TRUE(std::is_sorted(shares.begin(), shares.end()));
  EXPECT_EQ(shares.back(), 1);
  EXPECT_GT(one->accuracy.mean, 0.9);
  EXPECT_GE(one->accuracy.deviation, 0);
  EXPECT_TRUE(std::isnan(one->r2.mean));
  double sum = 0;
  for (const FoldResult& f : one->folds) {
    EXPECT_EQ(f.trainRows, 120);
    EXPECT_EQ(f.validationRows, 30);
    EXPECT_EQ(f.epochs, 20);
    sum += f.accuracy;
  }
  EXPECT_DOUBLE_EQ(one->accuracy.mean, sum / 5);
  const Result<FoldsReport> three = crossValidate(small(data->spec), data, quick(), {5, 20, 4}, 3);
  ASSERT_TRUE(three);
  for (std::size_t f = 0; f < 5; ++f) EXPECT_EQ(three->folds[f].validationLoss, one->folds[f].validationLoss) << f;
  const Result<FoldsReport> other = crossValidate(small(data->spec), data, quick(), {5, 20, 5}, 1);
  EXPECT_NE(other->loss.mean, one->loss.mean);
}

TEST(CrossValidation, RegressionTellsTheShareOfVarianceExplained) {
  GeneratorSettings g;
  g.size = 120;
  g.noise = 0;
  const DatasetPtr data = *generate("plane", g);
  const Result<FoldsReport> r = crossValidate(small(data->spec), data, quick(), {4, 40, 1}, 2);
  ASSERT_TRUE(r) << r.error().text();
  EXPECT_GT(r->r2.mean, 0.9);
  EXPECT_LE(r->r2.mean, 1);
  EXPECT_TRUE(std::isnan(r->accuracy.mean));
}

TEST(CrossValidation, SaysWhyNot) {
  const DatasetPtr data = iris();
  const Graph graph = small(data->spec);
  for (const std::int64_t k : {0, 1, 151}) {
    const Result<FoldsReport> r = crossValidate(graph, data, quick(), {k, 1, 0}, 1);
    ASSERT_FALSE(r);
    EXPECT_NE(r.error().text().find(std::to_string(k)), std::string::npos) << r.error().text();
  }
  EXPECT_FALSE(crossValidate(graph, data, quick(), {5, 0, 0}, 1));
  TrainSettings wild = quick();
  wild.rate = 1e30;
  wild.optimiser.id = "sgd";
  const Result<FoldsReport> r = crossValidate(graph, data, wild, {3, 5, 0}, 1);
  ASSERT_FALSE(r);
  EXPECT_NE(r.error().text().find("fold 1"), std::string::npos) << r.error().text();
}

TEST(CrossValidation, Stops) {
  const DatasetPtr data = iris();
  std::stop_source stop;
  int folds = 0;
  const Result<FoldsReport> r = crossValidate(small(data->spec), data, quick(), {5, 3, 0}, 1, stop.get_token(), {{}, [&](const FoldResult&) {
                                                                                                 if (++folds == 2) stop.request_stop();
                                                                                               }});
  EXPECT_FALSE(r);
  EXPECT_EQ(folds, 2);
}

}  // namespace
}  // namespace vitrine
