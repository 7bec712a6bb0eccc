// The Data workspace as a person uses it.
#include <gtest/gtest.h>

#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QSlider>
#include <QSplitter>
#include <QToolButton>

#include "app/data_workspace.h"
#include "app/pinning.h"
#include "core/data/prepare.h"
#include "core/data/read_table.h"
#include "tests/app/app_bench.h"
#include "widgets/figure/figure_export.h"

namespace vitrine {
namespace {

using test::AppBench;

struct DataBench : AppBench {
  explicit DataBench(const char* generator = nullptr) : AppBench(generator) { window.setWorkspace(MainWindow::Data); }
  DataWorkspace* data() { return find<DataWorkspace>("dataWorkspace"); }
  bool settle() {
    QTest::qWait(20);
    return waitFor([&] { return !document.isBusy() && !data()->isBusy(); });
  }
  void open(const char* file) {
    window.openPath(QStringLiteral(VITRINE_TEST_DATA "/") + QLatin1String(file));
    ASSERT_TRUE(waitFor([&] { return !document.isBusy() && document.data(); }));
    ASSERT_TRUE(settle());
  }
  void use(DatasetPtr d) {
    document.useData(std::move(d));
    ASSERT_TRUE(settle());
  }
  bool shown(const char* panel) { return window.panels().panel(QLatin1String(panel))->isVisible(); }
};

DatasetPtr images(int n = 300, const Shape& shape = Shape{6, 6, 1}) {
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(n * shape.size()));
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 37 % 256);
  std::vector<std::int32_t> labels;
  for (int i = 0; i < n; ++i) labels.push_back(i % 3);
  return imagesFromBytes("tiny", shape, pixels, labels, 3);
}

DatasetPtr sunspots() {
  QFile file(QStringLiteral(":/samples/sunspots.csv"));
  EXPECT_TRUE(file.open(QIODevice::ReadOnly));
  Result<TableFile> table = readTableBytes(file.readAll().toStdString(), "csv", "sunspots.csv");
  table->recipe.columns[0].role = Role::Time;
  table->recipe.series = {"windows", 20, 1, 1};
  table->recipe.split.mode = "time";
  table->recipe.task = Task::Regression;
  return *prepareFile(*table, table->recipe);
}

TEST(DataWorkspaceTest, BeforeDataItSaysWhatToDo) {
  DataBench b;
  EXPECT_TRUE(b.shown("panelTable"));
  EXPECT_FALSE(b.shown("panelGallery"));
  EXPECT_FALSE(b.shown("panelSeries"));
  EXPECT_TRUE(b.data()->distribution()->isEmpty());
  EXPECT_TRUE(b.data()->distribution()->placeholder().contains(QStringLiteral("Open data")));
  EXPECT_FALSE(b.window.grab().isNull());
}

TEST(DataWorkspaceTest, PanelsFollowTheData) {
  DataBench b;
  b.open("iris.csv");
  for (const char* panel : {"panelTable", "panelDistribution", "panelCorrelation", "panelScatter", "panelBalance"}) EXPECT_TRUE(b.shown(panel)) << panel;
  EXPECT_FALSE(b.shown("panelGallery"));
  EXPECT_EQ(b.data()->correlation()->data().names.size(), 4);
  EXPECT_NEAR(b.data()->correlation()->data().matrix.value(2, 3), 0.962865431402796, 1e-6);  // pandas
  EXPECT_EQ(b.data()->scatter()->data().names.size(), 4);
  EXPECT_EQ(b.data()->distribution()->data().groups.size(), 3u);
  EXPECT_EQ(b.data()->balance()->data().classes.size(), 3);
  for (Figure* f : {static_cast<Figure*>(b.data()->rows()), static_cast<Figure*>(b.data()->distribution()), static_cast<Figure*>(b.data()->correlation()),
                    static_cast<Figure*>(b.data()->scatter()), static_cast<Figure*>(b.data()->balance())}) {
    EXPECT_FALSE(f->isEmpty()) << f->figureTitle().toStdString();
    EXPECT_FALSE(f->figureData().rows.isEmpty()) << f->figureTitle().toStdString();
  }

  b.use(images());
  for (const char* panel : {"panelTable", "panelGallery", "panelBalance"}) EXPECT_TRUE(b.shown(panel)) << panel;
  for (const char* panel : {"panelDistribution", "panelCorrelation", "panelScatter", "panelSeries"}) EXPECT_FALSE(b.shown(panel)) << panel;
  EXPECT_TRUE(b.find<QSplitter>("dataLowerSplitter")->isHidden()) << "an empty splitter keeps no place";
  EXPECT_FALSE(b.data()->gallery()->isEmpty());
  EXPECT_EQ(b.data()->balance()->data().count(0, 0), 100);

  b.use(sunspots());
  for (const char* panel : {"panelTable", "panelSeries", "panelBalance"}) EXPECT_TRUE(b.shown(panel)) << panel;
  EXPECT_FALSE(b.shown("panelScatter"));
  EXPECT_EQ(b.data()->series()->data().steps, 20);
  EXPECT_FALSE(b.data()->series()->isEmpty());
  EXPECT_FALSE(b.data()->targets()->isEmpty());
  EXPECT_EQ(b.data()->targets()->data().groups.size(), 2u);

  b.document.undoStack()->undo();
  ASSERT_TRUE(b.settle());
  EXPECT_TRUE(b.shown("panelGallery"));
}

TEST(DataWorkspaceTest, NothingIsComputedWhileItCannotBeSeen) {
  AppBench b("gaussians");
  b.window.setWorkspace(MainWindow::Train);
  b.generate("circles");
  QTest::qWait(150);
  auto* data = b.find<DataWorkspace>("dataWorkspace");
  EXPECT_TRUE(data->scatter()->isEmpty());
  EXPECT_TRUE(data->rows()->isEmpty());
  b.trigger("workspace_0");
  ASSERT_TRUE(b.waitFor([&] { return !data->scatter()->isEmpty() && !data->rows()->isEmpty() && !data->correlation()->isEmpty(); }));
}

TEST(DataWorkspaceTest, ControlsDoWhatTheySay) {
  DataBench b;
  b.open("iris.csv");
  b.find<QComboBox>("correlationKind")->setCurrentIndex(1);
  b.find<QComboBox>("distributionGroup")->setCurrentIndex(1);
  b.find<QComboBox>("distributionColumn")->setCurrentIndex(4);
  ASSERT_TRUE(b.settle());
  EXPECT_EQ(b.data()->correlation()->data().kind, CorrelationKind::Spearman);
  EXPECT_NEAR(b.data()->correlation()->data().matrix.value(2, 3), 0.9376668235763413, 1e-6);
  EXPECT_TRUE(b.data()->distribution()->data().isCategory);
  EXPECT_EQ(b.data()->distribution()->data().groups[0].look.key, static_cast<int>(Part::Train));
  emit b.data()->correlation()->pairClicked(0, 3);
  ASSERT_TRUE(b.settle());
  EXPECT_EQ(b.data()->scatter()->data().names, (QStringList{QStringLiteral("sepal_length"), QStringLiteral("petal_width")}));

  RowsModel* rows = b.data()->rows()->rows();
  b.find<QLineEdit>("rowsFilter")->setText(QStringLiteral("petal_length > 5"));
  ASSERT_TRUE(b.waitFor([&] { return rows->rowCount() == 42; }));
  b.find<QComboBox>("rowsClass")->setCurrentIndex(2);  // versicolor
  ASSERT_TRUE(b.waitFor([&] { return rows->rowCount() == 1; }));
  b.find<QLineEdit>("rowsFilter")->clear();
  b.find<QComboBox>("rowsPart")->setCurrentIndex(2);
  ASSERT_TRUE(b.waitFor([&] { return rows->rowCount() == 10; }));  // a fifth of 50, stratified
}

TEST(DataWorkspaceTest, ChosenRowsArePinnedForTrainAndExplain) {
  DataBench b;
  b.open("iris.csv");
  b.document.setPinned({});
  RowsView* rows = b.data()->rows();
  rows->choose(70);
  b.click("rowsPin");
  EXPECT_EQ(b.document.pinned(), std::vector<std::int32_t>{70});
  EXPECT_TRUE(rows->rows()->index(70, 0).data().toString().startsWith(QStringLiteral("●")));
  b.click("rowsPin");
  EXPECT_TRUE(b.document.pinned().empty()) << "all chosen ones were pinned";
  QString said;
  QObject::connect(&b.document, &Document::said, &b.window, [&](const QString& text) { said = text; });
  rows->selectAll();
  QTest::keyClick(rows, Qt::Key_Return);
  EXPECT_EQ(b.document.pinned().size(), PinMenu::kMostPinned);
  EXPECT_TRUE(said.contains(QStringLiteral("at most"))) << said.toStdString();
  b.document.undoStack()->undo();
  EXPECT_TRUE(b.document.pinned().empty());
}

TEST(DataWorkspaceTest, ImagesArePinnedFoundAndFiltered) {
  DataBench b;
  b.use(images());
  b.document.setPinned({});
  GalleryView* gallery = b.data()->gallery();
  b.find<QLineEdit>("imagesFind")->setText(QStringLiteral("257"));
  QTest::keyClick(b.find<QLineEdit>("imagesFind"), Qt::Key_Return);
  EXPECT_EQ(gallery->current(), 257);
  EXPECT_EQ(b.data()->rows()->chosenSamples(2), std::vector<std::int32_t>{257}) << "the table shows the same sample";
  QTest::keyClick(gallery, Qt::Key_Space);
  EXPECT_EQ(b.document.pinned(), std::vector<std::int32_t>{257});
  b.click("imagesPin");
  EXPECT_TRUE(b.document.pinned().empty());
  b.find<QComboBox>("imagesClass")->setCurrentIndex(2);
  EXPECT_EQ(gallery->shown().size(), 100u);
  QString said;
  QObject::connect(&b.document, &Document::said, &b.window, [&](const QString& text) { said = text; });
  for (const char* wrong : {"99999", "-1", "abc", "0"}) {  // 0 is of another class
    said.clear();
    b.find<QLineEdit>("imagesFind")->setText(QLatin1String(wrong));
    QTest::keyClick(b.find<QLineEdit>("imagesFind"), Qt::Key_Return);
    EXPECT_FALSE(said.isEmpty()) << wrong;
  }
  b.find<QSlider>("imagesZoom")->setValue(200);
  EXPECT_EQ(gallery->zoom(), 200);
}

TEST(DataWorkspaceTest, ChangingOrClosingDataInMidWorkIsSafe) {
  for (int k = 0; k < 6; ++k) {
    DataBench b;
    b.generate("spirals", 60000);
    QTest::qWait(k * 3);
    b.find<QComboBox>("correlationKind")->setCurrentIndex(1);
    if (k % 3 == 0) b.document.useData(images());
    if (k % 3 == 1) b.document.newProject();
    if (k % 3 == 1) {
      ASSERT_TRUE(b.settle());
      EXPECT_TRUE(b.data()->scatter()->isEmpty());
      EXPECT_TRUE(b.data()->rows()->isEmpty());
    }
    QTest::qWait(k);
  }
}

TEST(DataWorkspaceTest, EveryPanelExports) {
  DataBench b;
  b.open("wine.csv");
  int figures = 0;
  for (FigurePanel* panel : b.window.panels().all()) {
    if (!panel->isVisible() || !b.data()->isAncestorOf(panel)) continue;
    ASSERT_FALSE(panel->figure()->isEmpty()) << panel->title().toStdString();
    ExportRequest request;
    request.widthMm = 89;
    request.heightMm = 70;
    for (const FigureFormat format : {FigureFormat::Png, FigureFormat::Pdf, FigureFormat::Svg, FigureFormat::Csv}) {
      request.format = format;
      request.path = QDir::tempPath() + QStringLiteral("/vitrine_data_%1.%2").arg(QCoreApplication::applicationPid()).arg(extensionOf(format));
      const Status s = exportFigure(*panel->figure(), request);
      EXPECT_TRUE(s.ok()) << panel->title().toStdString() << ": " << (s ? "" : s.error().text());
      EXPECT_GT(QFileInfo(request.path).size(), 100);
      QFile::remove(request.path);
    }
    ++figures;
  }
  EXPECT_EQ(figures, 5);
}

}  // namespace
}  // namespace vitrine
