// Views are given data whose parts do not belong together, as a damaged file may bring them: they show nothing or what fits, and read nothing past the end.
#include <gtest/gtest.h>

#include <QTest>

#include "widgets/maps/confusion_view.h"
#include "widgets/maps/decision_view.h"
#include "widgets/maps/map_grid_view.h"
#include "widgets/maps/matrix_view.h"
#include "widgets/maps/pinned_samples_view.h"
#include "widgets/plots/curve_plot.h"

namespace vitrine {
namespace {

/// Painted, pointed at and exported.
void use(FigureWidget& view) {
  view.resize(400, 300);
  (void)view.grab();
  for (int x = 5; x < 400; x += 30)
    for (int y = 5; y < 300; y += 30) (void)view.readoutAt(QPointF(x, y));
  (void)view.figureData();
}

TEST(UnfitData, ConfusionNeedsACountForEachPair) {
  ConfusionView view;
  for (const std::size_t n : {3u, 8u, 10u, 0u}) {
    view.setData({QStringLiteral("c"), {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}, std::vector<std::int64_t>(n, 1)});
    EXPECT_TRUE(view.isEmpty()) << n;
    use(view);
  }
  EXPECT_TRUE(mostConfused({{}, {QStringLiteral("a"), QStringLiteral("b")}, {}}, 5).empty());
  view.setData({QStringLiteral("c"), {QStringLiteral("a"), QStringLiteral("b")}, {3, 1, 0, 4}});
  EXPECT_FALSE(view.isEmpty());
  use(view);
}

TEST(UnfitData, MatricesAndMapsNeedTheirValues) {
  MatrixView matrix;
  for (const auto& [rows, columns] : {std::pair{2, 4}, std::pair{0, 3}, std::pair{-1, -6}, std::pair{3, 0}}) {
    MatrixData d;
    d.values = std::vector<Real>(6, 1);
    d.rows = rows, d.columns = columns;
    matrix.setData(std::move(d));
    EXPECT_TRUE(matrix.isEmpty()) << rows;
    use(matrix);
  }
  MapGridView maps;
  for (const MapsShape& shape : {MapsShape{2, 2, 2, true}, MapsShape{0, 2, 3, false}, MapsShape{-1, -2, 3, false}, MapsShape{1, 1, 5, false}}) {
    MapGridData d;
    d.values = std::vector<Real>(6, 1);
    d.shape = shape;
    d.labels = {QStringLiteral("one")};
    maps.setData(std::move(d));
    EXPECT_TRUE(maps.isEmpty()) << shape.count;
    use(maps);
    QTest::keyClick(&maps, Qt::Key_Right);
    QTest::mouseClick(&maps, Qt::LeftButton, {}, {100, 100});
  }
}

TEST(UnfitData, DecisionGridsAreOfTheirSize) {
  DecisionView view;
  DecisionData d;
  d.width = d.height = 4;
  d.classes = 3;
  d.grid = std::vector<Real>(16, 0.5F);
  d.points = {{0, 0, 7, false}, {1, 1, -1, true}};
  view.setData(d);
  EXPECT_TRUE(view.isEmpty());
  use(view);
  d.grid = std::vector<Real>(48, 0.5F);
  view.setData(d);
  view.setGrid(std::vector<Real>(12, 1));
  EXPECT_EQ(view.data().grid.size(), 48u);
  use(view);
}

TEST(UnfitData, PinnedSamplesShowWhatFits) {
  PinnedSamplesView view;
  PinnedData d;
  d.classes = {QStringLiteral("a"), QStringLiteral("b")};
  d.methods = {{QStringLiteral("m"), true, false}, {QStringLiteral("over"), false, true}};
  PinnedSample whole, half, none;
  whole.input = std::vector<Real>(12, 0.5F), whole.height = 2, whole.width = 3, whole.channels = 2;
  whole.probabilities = {0.5, 0.5};
  whole.trueClass = 9;
  whole.maps = {{std::vector<Real>(6, 1), 2, 3, {}}, {std::vector<Real>(5, 1), 2, 3, {}}};
  half = whole;
  half.input.resize(7);
  half.trueLabels = {true, false, true};
  half.maps.pop_back();
  d.samples = {whole, half, none};
  for (int first = 0; first < 3; ++first) {
    view.setData(d);
    use(view);
    std::rotate(d.samples.begin(), d.samples.begin() + 1, d.samples.end());
  }
}

TEST(UnfitData, CurvesGoBackwards) {
  CurvePlot plot(QStringLiteral("loss"));
  plot.addSeries(QStringLiteral("training"));
  const std::vector<double> x{1, 2, 3, 2, 2.5, 1, 4}, y{1, 2, NAN, INFINITY, 1e308, -1, 3};
  plot.setSeries(QStringLiteral("training"), x, y, 0);
  use(plot);
}

}  // namespace
}  // namespace vitrine
