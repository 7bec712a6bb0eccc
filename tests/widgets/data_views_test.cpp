// The views of the Data workspace: what they read out, draw and export, for usual and for odd data.
#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QListWidget>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/data/generators.h"
#include "tests/support/figures.h"
#include "tests/support/tables.h"
#include "widgets/data/balance_view.h"
#include "widgets/data/column_chooser.h"
#include "widgets/data/correlation_view.h"
#include "widgets/data/distribution_view.h"
#include "widgets/data/image_gallery.h"
#include "widgets/data/rows_view.h"
#include "widgets/data/scatter_view.h"
#include "widgets/data/series_view.h"
#include "widgets/figure/export_dialog.h"

namespace vitrine {
namespace {

using test::expectPaints;
using test::readouts;
using test::tableOf;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string threeClasses() {
  std::string csv = "a,b,kind\n";
  for (int i = 0; i < 60; ++i) csv += std::to_string(i % 7) + ".5," + std::to_string(i * i % 11) + "," + "xyz"[i % 3] + "\n";
  return csv;
}

TEST(DistributionViewTest, ShowsCountsAndStatisticsOfGroups) {
  const SampleTablePtr t = tableOf(threeClasses());
  const RowGroups g = byClass(*t);
  DistributionData d = distributionOf(*t, 0, g, classLooks(*t, g));
  ASSERT_EQ(d.groups.size(), 3u);
  std::int64_t n = 0;
  for (const DistributionGroup& group : d.groups) {
    EXPECT_EQ(group.statistics.count, 20);
    n += std::accumulate(group.counts.begin(), group.counts.end(), std::int64_t{0});
  }
  EXPECT_EQ(n, 60);
  DistributionView view;
  view.resize(500, 340);
  view.setData(d);
  expectPaints(view);
  const QString read = readouts(view);
  EXPECT_TRUE(read.contains(QStringLiteral("rows, "))) << read.toStdString();
  EXPECT_TRUE(read.contains(QStringLiteral("deviation ")));
  const FigureTable table = view.figureData();
  EXPECT_EQ(table.columns.size(), 6);
  EXPECT_EQ(table.rows.size(), d.bins.count + 10);
  EXPECT_EQ(table.rows[d.bins.count][0].toString(), QStringLiteral("count"));
  EXPECT_EQ(table.rows[d.bins.count][3].toLongLong(), 20);
}

TEST(DistributionViewTest, OddColumnsLookRight) {
  // All missing, constant, a hundred categories, a date, one row left.
  std::string csv = "constant,none,day,word,kind\n";
  for (int i = 0; i < 100; ++i) csv += "4,,2024-01-" + std::to_string(10 + i % 20) + ",word" + std::to_string(i % 50) + "," + (i % 2 ? "u" : "v") + "\n";
  const SampleTablePtr t = tableOf(csv, [](Recipe& r) {
    for (ColumnPlan& c : r.columns)
      if (c.name == "none") c.role = Role::Ignore;
  });
  ASSERT_TRUE(t);
  for (int c = 0; c < 5; ++c) {
    DistributionView view;
    view.resize(300, 200);
    view.setData(distributionOf(*t, c, allInOne(*t), {{QStringLiteral("all"), GroupLook::All, 0}}));
    expectPaints(view);
    readouts(view);
    EXPECT_FALSE(view.figureData().rows.isEmpty());
    const DistributionGroup& g = view.data().groups[0];
    EXPECT_EQ(g.statistics.count + g.statistics.missing, 100) << c;
  }
  const DistributionData words = distributionOf(*t, 3, allInOne(*t), {{QStringLiteral("all"), GroupLook::All, 0}});
  EXPECT_EQ(words.categories.size(), 23);
  EXPECT_EQ(words.otherCategories, 27);
  EXPECT_EQ(words.groups[0].counts.back(), 54);
  EXPECT_EQ(words.groups[0].statistics.distinct, 50);
}

TEST(DistributionViewTest, TellsInfiniteFromMissing) {
  DistributionData d;
  d.column = QStringLiteral("x");
  d.groups.push_back({{QStringLiteral("all"), GroupLook::All, 0}, statisticsOf({kNan, 1.0 / 0.0, -1.0 / 0.0}), {0}, {}});
  DistributionView view;
  view.resize(400, 260);
  view.setData(d);
  expectPaints(view);
  EXPECT_TRUE(readouts(view).contains(QStringLiteral("missing 1 + 2 infinite")));
  const QVector<QVariant> last = view.figureData().rows.last();
  EXPECT_EQ(last[0].toString(), QStringLiteral("infinite"));
  EXPECT_EQ(last[3].toLongLong(), 2);
}

TEST(CorrelationViewTest, ReadsCoefficientsAndSaysWhatIsNotDefined) {
  CorrelationData d;
  d.title = QStringLiteral("Correlation");
  d.names = {QStringLiteral("up"), QStringLiteral("down"), QStringLiteral("still")};
  d.matrix = correlate({{1, 2, 3, 4}, {4, 3, 2, 0}, {5, 5, 5, 5}}, CorrelationKind::Pearson);
  CorrelationView view;
  view.resize(360, 360);
  view.setData(d);
  expectPaints(view);
  const QString read = readouts(view);
  EXPECT_TRUE(read.contains(QStringLiteral("Pearson's r = −0.9827"))) << read.toStdString();
  EXPECT_TRUE(read.contains(QStringLiteral("constant")));
  EXPECT_TRUE(read.contains(QStringLiteral("4 rows with both")));
  QSignalSpy clicked(&view, &CorrelationView::pairClicked);
  for (int y = 2; y < 360 && clicked.isEmpty(); y += 7)
    for (int x = 2; x < 360 && clicked.isEmpty(); x += 7)
      if (view.readoutAt(QPointF(x, y)).startsWith(QStringLiteral("down – up"))) QTest::mouseClick(&view, Qt::LeftButton, {}, QPoint(x, y));
  ASSERT_EQ(clicked.size(), 1);
  EXPECT_EQ(clicked[0][0].toInt(), 1);
  EXPECT_EQ(clicked[0][1].toInt(), 0);
  EXPECT_EQ(view.figureData().rows.size(), 3);
  // 300 columns of long names.
  CorrelationData many;
  std::vector<std::vector<double>> columns;
  for (int c = 0; c < 300; ++c) {
    many.names << QStringLiteral("a rather long name of a column, number %1").arg(c);
    columns.push_back({double(c % 7), 2, double(c % 3), 8});
  }
  many.matrix = correlate(columns, CorrelationKind::Spearman);
  view.setData(many);
  expectPaints(view);
}

TEST(ScatterViewTest, DrawsASampleAndSaysSo) {
  GeneratorSettings settings;
  settings.size = 5000;
  const SampleTablePtr t = sampleTable(*generate("gaussians", settings));
  const ScatterData d = scatterOf(*t, {0, 1}, 500);
  EXPECT_EQ(d.rows.size(), 500u);
  EXPECT_EQ(d.all, 5000);
  EXPECT_EQ(d.looks.size(), 2u);
  std::int64_t all = 0;
  for (const auto& group : d.histograms[0]) all += std::accumulate(group.begin(), group.end(), std::int64_t{0});
  EXPECT_EQ(all, 5000) << "histograms are of all rows";
  ScatterView view;
  view.resize(400, 400);
  view.setData(d);
  expectPaints(view);
  EXPECT_EQ(view.figureData().rows.size(), 500);
  const QString read = readouts(view);
  EXPECT_TRUE(read.contains(QStringLiteral("sample ")));
  EXPECT_TRUE(read.contains(QStringLiteral("x1")));
  QSignalSpy chosen(&view, &ScatterView::rowChosen);
  for (int y = 2; y < 400 && chosen.isEmpty(); y += 3)
    for (int x = 2; x < 400 && chosen.isEmpty(); x += 3)
      if (!view.readoutAt(QPointF(x, y)).isEmpty()) QTest::mouseDClick(&view, Qt::LeftButton, {}, QPoint(x, y));
  EXPECT_EQ(chosen.size(), 1);
}

TEST(ScatterViewTest, ColoursByTargetAndSurvivesOddColumns) {
  std::string csv = "a,constant,none,y\n";
  for (int i = 0; i < 30; ++i) csv += std::to_string(i) + ",7,," + std::to_string(i * 2) + ".25\n";
  const SampleTablePtr t = tableOf(csv, [](Recipe& r) {
    for (ColumnPlan& c : r.columns)
      if (c.name == "none") c.role = Role::Ignore;
  });
  ASSERT_TRUE(t);
  std::vector<int> numeric;
  for (int c = 0; c < 4; ++c)
    if (t->isNumeric(c)) numeric.push_back(c);
  const ScatterData d = scatterOf(*t, numeric, 100);
  EXPECT_EQ(d.target.size(), d.rows.size());
  EXPECT_EQ(d.targetName, QStringLiteral("y"));
  ScatterView view;
  view.resize(500, 500);
  view.setData(d);
  expectPaints(view);
  readouts(view);
}

TEST(BalanceViewTest, CountsClassesByPart) {
  const SampleTablePtr t = tableOf(threeClasses(), [](Recipe& r) {
    r.split.validation = 0.2;
    r.split.test = 0.2;
  });
  const BalanceData d = balanceOf(*t);
  ASSERT_EQ(d.parts.size(), 3u);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_EQ(d.count(c, 0) + d.count(c, 1) + d.count(c, 2), 20);
  for (std::size_t p = 0; p < 3; ++p) EXPECT_EQ(d.count(0, p) + d.count(1, p) + d.count(2, p), d.samples[p]);
  BalanceView view;
  view.resize(360, 240);
  view.setData(d);
  expectPaints(view);
  const QString read = readouts(view);
  EXPECT_TRUE(read.contains(QStringLiteral("x: 20 · 33 %"))) << read.toStdString();
  EXPECT_TRUE(read.contains(QStringLiteral("validation: 4")));
  view.setShares(true);
  expectPaints(view);
  // A thousand classes, and the largest first.
  BalanceData many;
  many.title = QStringLiteral("Class balance");
  many.parts = {{QStringLiteral("training"), GroupLook::PartOf, 0}};
  for (int c = 0; c < 1000; ++c) many.classes << QStringLiteral("class %1").arg(c), many.counts.push_back(c % 17);
  many.samples = {std::accumulate(many.counts.begin(), many.counts.end(), std::int64_t{0})};
  view.setShares(false);
  view.setSorted(true);
  view.setData(many);
  expectPaints(view);
  EXPECT_EQ(view.figureData().rows.size(), 1000);
  EXPECT_EQ(view.figureData().rows[0][1].toLongLong(), 16);
}

TEST(SeriesViewTest, DrawsChosenSamplesByClass) {
  auto data = std::make_shared<Dataset>();
  data->spec = {Shape{5, 2}, 2, Task::Classification, {"up", "down"}};
  std::vector<float> values;
  for (int s = 0; s < 4; ++s)
    for (int k = 0; k < 5; ++k) values.push_back(static_cast<float>(s % 2 ? -k : k)), values.push_back(k == 2 ? float(kNan) : 1.f);
  data->inputs = Samples::fromFloats(data->spec.input, values);
  data->classes = {0, 1, 0, 1};
  data->train = {0, 1, 2, 3};
  data->featureNames = {"level", "gap"};
  const SampleTablePtr t = sampleTable(data);
  EXPECT_EQ(firstSeries(*data, 2), (std::vector<std::int32_t>{0, 1}));
  const SeriesData d = seriesOf(*t, {0, 3, 99}, {0, 1});
  ASSERT_EQ(d.lines.size(), 2u);
  EXPECT_EQ(d.lines[1].look, 1);
  SeriesView view;
  view.resize(400, 300);
  view.setData(d);
  expectPaints(view);
  EXPECT_EQ(view.figureData().rows.size(), 10);
  const QString read = readouts(view);
  EXPECT_TRUE(read.contains(QStringLiteral("sample 3, step 5\nlevel −4\ndown"))) << read.toStdString();
  QSignalSpy chosen(&view, &SeriesView::sampleChosen);
  for (int y = 2; y < 300 && chosen.isEmpty(); y += 3)
    for (int x = 2; x < 400 && chosen.isEmpty(); x += 3)
      if (view.readoutAt(QPointF(x, y)).startsWith(QStringLiteral("sample 3"))) QTest::mouseDClick(&view, Qt::LeftButton, {}, QPoint(x, y));
  ASSERT_EQ(chosen.size(), 1);
  EXPECT_EQ(chosen[0][0].toInt(), 3);
}

TEST(RowsViewTest, SortsFiltersAndKeepsTheChoice) {
  const SampleTablePtr t = tableOf(threeClasses());
  RowsView view;
  view.resize(500, 300);
  view.setTable(t);
  view.show();
  RowsModel* model = view.rows();
  ASSERT_EQ(model->rowCount(), 60);
  EXPECT_EQ(model->columnCount(), 5);
  EXPECT_EQ(model->headerData(2, Qt::Horizontal).toString(), QStringLiteral("kind"));  // the target stands first
  EXPECT_EQ(model->headerData(2, Qt::Horizontal, Qt::ForegroundRole).value<QColor>(), theme().accent);
  view.choose(7);
  EXPECT_EQ(view.chosenSamples(5), std::vector<std::int32_t>{t->samples[7]});
  view.sortByColumn(4, Qt::DescendingOrder);  // column b
  ASSERT_TRUE(QTest::qWaitFor([&] { return !model->isBusy(); }));
  for (int r = 1; r < 60; ++r) EXPECT_GE(t->column(1).value(model->rowAt(r - 1)), t->column(1).value(model->rowAt(r)));
  EXPECT_EQ(view.chosenSamples(5), std::vector<std::int32_t>{t->samples[7]}) << "the choice goes with its row";
  model->setFilter({"kind = x", {}, {}, {}});
  ASSERT_TRUE(QTest::qWaitFor([&] { return !model->isBusy(); }));
  EXPECT_EQ(model->rowCount(), 20);
  expectPaints(view);
  EXPECT_EQ(view.figureData().rows.size(), 20);
  model->setPinned({model->sampleAt(0)});
  EXPECT_TRUE(model->index(0, 0).data().toString().startsWith(QStringLiteral("●")));
  QSignalSpy pin(&view, &RowsView::pinRequested);
  view.selectRow(3);
  QTest::keyClick(&view, Qt::Key_Return);
  EXPECT_EQ(pin.size(), 1);
}

TEST(RowsViewTest, AMillionRowsAreArrangedElsewhereAndANewerWishWins) {
  auto table = std::make_shared<Table>();
  Column c;
  c.name = "n";
  const std::int32_t rows = 1000000;
  for (std::int32_t i = 0; i < rows; ++i) c.numbers.push_back(static_cast<double>((std::int64_t{i} * 7919) % 1000003));
  table->columns.push_back(std::move(c));
  auto t = std::make_shared<SampleTable>();
  auto data = std::make_shared<Dataset>();
  t->data = data;
  t->table = table;
  t->parts.assign(static_cast<std::size_t>(rows), Part::Train);
  t->samples.resize(static_cast<std::size_t>(rows));
  std::iota(t->samples.begin(), t->samples.end(), 0);
  t->rowsOf = t->samples;
  RowsView view;
  view.resize(300, 200);
  view.setTable(t);
  view.show();
  RowsModel* model = view.rows();
  QSignalSpy arranged(model, &RowsModel::arranged);
  for (int i = 0; i < 5; ++i) view.sortByColumn(2, i % 2 ? Qt::AscendingOrder : Qt::DescendingOrder);
  EXPECT_TRUE(model->isBusy());          // sort() has not done it
  EXPECT_EQ(model->rowCount(), rows);    // and the rows stay in sight meanwhile
  EXPECT_EQ(model->rowAt(5), 5);
  ASSERT_TRUE(QTest::qWaitFor([&] { return !model->isBusy(); }, 30000));
  EXPECT_EQ(arranged.size(), 1);
  EXPECT_GT(table->columns[0].numbers[static_cast<std::size_t>(model->rowAt(0))], table->columns[0].numbers[static_cast<std::size_t>(model->rowAt(1))]);
  view.scrollToBottom();
  EXPECT_EQ(view.rowAt(view.viewport()->height() - 2), rows - 1);
  // Going while it works is safe.
  view.sortByColumn(2, Qt::AscendingOrder);
}

SampleTablePtr images(int n, const Shape& shape, int classes) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(n * shape.size()));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i % 251);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < n; ++i) labels.push_back(i % classes);
  return sampleTable(imagesFromBytes("tiny", shape, pixels, labels, classes));
}

TEST(ScatterViewTest, NoSampleAndNoClassAreEmptyCells) {
  ScatterData d;
  d.names = {QStringLiteral("a")};
  d.dates = {false};
  d.values = {{1.5}};
  d.rows = {7};
  d.samples = {-1};
  d.looks = {{QStringLiteral("u"), GroupLook::Class, 0}};
  d.groups = {-1};
  ScatterView view;
  view.setData(d);
  EXPECT_EQ(toCsv(view.figureData()), "sample,a,class\r\n,1.5,\r\n");
}

TEST(RowsViewTest, KnowsThePlaceOfEveryRow) {
  RowsView view;
  view.setTable(tableOf(threeClasses()));
  EXPECT_EQ(view.rows()->shownAt(59), 59);
  EXPECT_TRUE(view.dataNote().isEmpty());
  RowFilter filter;
  filter.text = "a > 3";
  QSignalSpy arranged(view.rows(), &RowsModel::arranged);
  view.rows()->setFilter(filter);
  ASSERT_TRUE(arranged.wait());
  int shown = 0;
  for (std::int32_t row = 0; row < 60; ++row)
    if (const int at = view.rows()->shownAt(row); at >= 0) {
      ++shown;
      EXPECT_EQ(view.rows()->rowAt(at), row);
    }
  EXPECT_EQ(shown, view.rows()->rowCount());
  EXPECT_LT(shown, 60);
}

TEST(RowsViewTest, SaysThatNotAllRowsAreWritten) {
  RowsView view;
  view.setTable(images(RowsView::kMostExported + 1, Shape{1, 1, 1}, 2));
  EXPECT_TRUE(view.dataNote().contains(QStringLiteral("first"))) << qPrintable(view.dataNote());
  ExportDialog dialog({&view});
  dialog.setFormat(FigureFormat::Csv);
  EXPECT_TRUE(dialog.findChild<QLabel*>(QStringLiteral("pixels"))->text().contains(view.dataNote()));
}

TEST(ImageGalleryTest, DrawsOnlyWhatIsInSight) {
  ImageGallery view;
  view.resize(400, 300);
  view.setTable(images(70000, Shape{4, 4, 1}, 10));
  view.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
  view.grab();
  EXPECT_EQ(view.shown().size(), 70000u);
  EXPECT_GT(view.made(), 5);
  EXPECT_LT(view.made(), 200);
  view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
  view.grab();
  EXPECT_LT(view.made(), 400);
  expectPaints(view);
}

TEST(ImageGalleryTest, KeepsPicturesOfWhatIsInSightOnly) {
  ImageGallery view;
  view.resize(400, 300);
  view.setTable(images(2000, Shape{40, 40, 4}, 10));
  view.setZoom(20);
  view.grab();
  const std::int64_t made = view.made();
  view.setPinned({1});
  view.grab();
  EXPECT_EQ(view.made(), made);  // nothing is made again
  view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum());
  view.grab();
  view.verticalScrollBar()->setValue(0);
  view.grab();
  EXPECT_GT(view.made(), 2 * made);  // what was out of sight was let go
  const std::int64_t before = view.made();
  view.setZoom(30);
  view.grab();
  EXPECT_GT(view.made(), before);
  expectPaints(view);
}

TEST(ImageGalleryTest, ReadsPixelsWalksFiltersAndPins) {
  ImageGallery view;
  view.resize(420, 300);
  const SampleTablePtr t = images(50, Shape{2, 3, 3}, 5);
  view.setTable(t);
  view.setZoom(90);
  view.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
  // Sample 1, row 1, column 2: pixel 5 of 6.
  const QRectF r = view.imageRect(1);
  const QString read = view.readoutAt(QPointF(r.left() + r.width() * 5 / 6, r.top() + r.height() * 3 / 4));
  const int first = 18 + 15;
  EXPECT_TRUE(read.contains(QStringLiteral("sample 1"))) << read.toStdString();
  EXPECT_TRUE(read.endsWith(QStringLiteral("row 1, column 2: R %1 G %2 B %3").arg(first).arg(first + 1).arg(first + 2))) << read.toStdString();

  QSignalSpy pinned(&view, &ImageGallery::pinToggled);
  view.setFocus();
  QTest::keyClick(&view, Qt::Key_Home);
  EXPECT_EQ(view.current(), 0);
  QTest::keyClick(&view, Qt::Key_Right);
  QTest::keyClick(&view, Qt::Key_Return);
  ASSERT_EQ(pinned.size(), 1);
  EXPECT_EQ(pinned[0][0].toInt(), 1);
  QTest::keyClick(&view, Qt::Key_End);
  EXPECT_EQ(view.current(), 49);
  EXPECT_GT(view.verticalScrollBar()->value(), 0);
  QTest::mouseDClick(view.viewport(), Qt::LeftButton, {}, view.imageRect(49).center().toPoint());
  EXPECT_EQ(pinned.size(), 2);

  view.setFilter({}, 3);
  EXPECT_EQ(view.shown().size(), 10u);
  EXPECT_FALSE(view.setCurrent(4));
  EXPECT_TRUE(view.setCurrent(8));
  EXPECT_EQ(view.figureData().rows.size(), 10);
  view.setFilter(Part::Test, {});
  EXPECT_TRUE(view.isEmpty());
  view.grab();
}

TEST(ImageGalleryTest, ZoomKeepsThePlace) {
  ImageGallery view;
  view.resize(400, 300);
  view.setTable(images(5000, Shape{8, 8, 1}, 10));
  view.show();
  ASSERT_TRUE(QTest::qWaitForWindowExposed(&view));
  view.setCurrent(2500);
  view.setZoom(140);
  ASSERT_TRUE(view.setCurrent(2500));
  EXPECT_TRUE(QRectF(view.viewport()->rect()).contains(view.imageRect(2500)));
  view.setZoom(100000);
  EXPECT_EQ(view.zoom(), ImageGallery::kMostZoom);
}

TEST(ColumnChooserTest, KeepsWithinItsBounds) {
  ColumnChooser chooser(2, 3);
  chooser.setColumns({5, 6, 7, 8}, {QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("d")}, {6, 5});
  EXPECT_EQ(chooser.chosen(), (std::vector<int>{5, 6}));
  QSignalSpy changed(&chooser, &ColumnChooser::chosenChanged);
  auto* list = chooser.findChild<QListWidget*>();
  ASSERT_TRUE(list);
  list->item(0)->setCheckState(Qt::Unchecked);  // one would be left
  EXPECT_EQ(chooser.chosen().size(), 2u);
  EXPECT_EQ(list->item(0)->checkState(), Qt::Checked);
  list->item(3)->setCheckState(Qt::Checked);
  EXPECT_EQ(chooser.chosen(), (std::vector<int>{5, 6, 8}));
  list->item(2)->setCheckState(Qt::Checked);  // too many
  EXPECT_EQ(chooser.chosen().size(), 3u);
  EXPECT_EQ(changed.size(), 1);
}

}  // namespace
}  // namespace vitrine
