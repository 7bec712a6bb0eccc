// What stands around the wall: what it is of, and that all of it can be reached.
#include <gtest/gtest.h>

#include <QFileDialog>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QTemporaryDir>

#include "core/data/npy.h"
#include "core/model/graph.h"
#include "tests/app/explain_bench.h"
#include "widgets/forms/param_form.h"
#include "widgets/maps/matrix_view.h"

namespace vitrine {
namespace {

using namespace test;

/// A table whose columns have long names.
DatasetPtr longNames() {
  auto data = std::make_shared<Dataset>(*prices());
  data->featureNames = {"distance to the centre of the town (km)", "year_in_which_it_was_last_renovated", "rooms"};
  return data;
}

bool inSight(ExplainBench& b, int sample, int method) {
  auto* area = b.find<QScrollArea>("explainWallScroll");
  const QRect cell = b.wall()->cellRect(sample, method).toAlignedRect().translated(b.wall()->pos());
  return area->viewport()->rect().adjusted(-1, -1, 1, 1).contains(cell);
}

TEST(ExplainWall, SaysThatItIsOfTheNetworkBeforeAnEditThatBrokeIt) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  auto* before = b.find<QLabel>("explainBeforeEdit");
  EXPECT_FALSE(before->isVisible());
  const QString title = b.wall()->figureTitle();
  // The last layer with weights goes: two classes need two outputs.
  const Graph broken = b.document.graph();
  NodeId last{};
  for (const Node& n : broken.nodes)
    if (n.type == "dense") last = n.id;
  b.document.editGraph(removeNodesAndBridge(broken, {last}), QStringLiteral("delete"));
  ASSERT_FALSE(b.document.whyNotPlayable().isEmpty());
  EXPECT_TRUE(before->isVisible());
  EXPECT_TRUE(before->text().contains(b.document.whyNotPlayable().toHtmlEscaped())) << qPrintable(before->text());
  EXPECT_TRUE(b.wall()->figureTitle().contains(QStringLiteral("before it was edited"))) << qPrintable(b.wall()->figureTitle());
  b.document.undoStack()->undo();
  ASSERT_TRUE(b.settled());
  EXPECT_FALSE(before->isVisible());
  EXPECT_EQ(b.wall()->figureTitle(), title);
}

TEST(ExplainWall, ItsLastColumnCanBeScrolledTo) {
  for (const bool series : {false, true}) {
    ExplainBench b(nullptr, {1100, 800});
    if (series) {
      b.trigger("sample_sunspots");
      ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data() && b.document.data()->spec.input.rank() == 2; }));
    } else {
      b.document.useData(longNames());
    }
    ASSERT_TRUE(b.settled());
    while (b.wall()->data().methods.size() < 8) b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_saliency"));
    ASSERT_TRUE(b.settled());
    QTest::qWait(20);
    const int last = static_cast<int>(b.wall()->data().methods.size()) - 1;
    EXPECT_LE(b.wall()->cellRect(0, last).right(), b.wall()->width()) << series;
    // By key, from the first to the last: each is in sight when it is chosen.
    b.wall()->select(0, 0);
    for (int m = 1; m <= last; ++m) {
      QTest::keyClick(b.wall(), Qt::Key_Right);
      QTest::qWait(5);
      EXPECT_EQ(b.wall()->selectedMethod(), m);
      const QRectF cell = b.wall()->cellRect(0, m).translated(b.wall()->pos());
      EXPECT_GE(cell.left(), 0) << m;
      EXPECT_LE(cell.right(), b.find<QScrollArea>("explainWallScroll")->viewport()->width() + 1) << m;
    }
  }
}

TEST(ExplainWall, FiguresOfChecksSayOfWhatTheyAre) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  emit b.wall()->cellSelected(1, 0);
  QString sample = b.wall()->data().samples[1].name;
  const QString method = b.wall()->data().methods[0].name, target = b.wall()->data().samples[1].cells[0].targetText;
  const QString curves = b.find<CurvePlot>("explainCurves")->figureTitle();
  for (const QString& part : {QStringLiteral("Deletion and insertion"), sample, method, target}) EXPECT_TRUE(curves.contains(part)) << qPrintable(curves);
  const QString agreement = b.find<MatrixView>("explainAgreement")->figureTitle();
  for (const QString& part : {QStringLiteral("agree"), sample, target, QStringLiteral("magnitudes")}) EXPECT_TRUE(agreement.contains(part)) << qPrintable(agreement);
  emit b.wall()->cellSelected(0, 0);
  sample = b.wall()->data().samples[0].name;
  EXPECT_TRUE(b.find<CurvePlot>("explainCurves")->figureTitle().contains(sample));
  EXPECT_TRUE(b.find<MatrixView>("explainAgreement")->figureTitle().contains(sample));
}

TEST(ExplainWall, AMapWhoseCheckWasCancelledSaysSo) {
  ExplainBench b(nullptr);
  b.document.useData(squares());
  ASSERT_TRUE(b.waitFor([&] { return !b.wall()->isEmpty(); }));
  for (int row = 30; row < 45; ++row) b.explain->choices()->choose(row);
  const auto unchecked = [&] {
    std::vector<WallCell> all;
    for (const WallSample& s : b.explain->model().wallData().samples)
      for (const WallCell& c : s.cells)
        if (c.state == WallCell::State::Ready && (c.mark == TrustMark::None || c.mark == TrustMark::Pending)) all.push_back(c);
    return all;
  };
  ASSERT_TRUE(b.waitFor([&] { return unchecked().size() > 4; }));
  b.explain->model().cancel();
  ASSERT_FALSE(unchecked().empty());
  for (const WallCell& c : unchecked()) EXPECT_TRUE(c.mark == TrustMark::None && c.markWhy.contains(QStringLiteral("Not checked"))) << qPrintable(c.markWhy);
}

TEST(ExplainWall, ALoadedPictureIsChosenAndInSight) {
  ExplainBench b(nullptr, {1400, 800});
  b.document.useData(squares());
  ASSERT_TRUE(b.settled());
  for (int row = 30; row < 40; ++row) b.explain->choices()->choose(row);
  ASSERT_TRUE(b.settled());
  QTemporaryDir folder;
  QImage picture(40, 20, QImage::Format_RGB32);
  picture.fill(Qt::white);
  const QString path = folder.filePath(QStringLiteral("white.png"));
  ASSERT_TRUE(picture.save(path));
  QString said;
  QObject::connect(&b.document, &Document::said, [&](const QString& text) { said = text; });
  b.explain->choices()->loadImage(path);
  const int last = static_cast<int>(b.wall()->data().samples.size()) - 1;
  ASSERT_EQ(b.wall()->data().samples.back().name, QStringLiteral("white.png"));
  ASSERT_TRUE(b.waitFor([&] { return b.wall()->selectedSample() == last; }));
  EXPECT_TRUE(inSight(b, last, b.wall()->selectedMethod()));
  // Twice as wide as high, where the network's input is square.
  EXPECT_TRUE(said.contains(QStringLiteral("40 × 20")) && said.contains(QStringLiteral("10 × 10")) && said.contains(QStringLiteral("black bars"))) << qPrintable(said);
  said.clear();
  ASSERT_TRUE(picture.copy(0, 0, 20, 20).save(path));
  b.explain->choices()->loadImage(path);
  EXPECT_TRUE(said.isEmpty()) << qPrintable(said);
}

TEST(ExplainWall, TheRowEditorFitsItsPanel) {
  ExplainBench b(nullptr);
  b.document.useData(longNames());
  ASSERT_TRUE(b.settled());
  b.click("explainEdit");
  auto* form = b.find<ParamForm>("explainRowForm");
  ASSERT_TRUE(b.waitFor([&] { return form->isVisible() && form->findChild<QLineEdit*>(QStringLiteral("param_f2")); }));
  QTest::qWait(20);
  EXPECT_LE(form->width(), form->parentWidget()->width());
  for (int f = 0; f < 3; ++f) {
    const auto* field = form->findChild<QLineEdit*>(QStringLiteral("param_f%1").arg(f));
    EXPECT_LE(field->mapTo(form, QPoint(field->width(), 0)).x(), form->parentWidget()->width());
    EXPECT_GE(field->width(), 50);
  }
}

TEST(ExplainWall, APanelThatWasPoppedOutComesBackAsItWas) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  auto* panel = b.find<FigurePanel>("panelExplainAgreement");
  auto* home = b.find<QSplitter>("explainTrustSplitter");
  const QList<int> sizes = home->sizes();
  const auto text = [&] {
    const std::unique_ptr<QMenu> menu(panel->createMenu());
    return menu->findChild<QAction*>(QStringLiteral("popOut"))->text();
  };
  const auto press = [&] {
    const std::unique_ptr<QMenu> menu(panel->createMenu());
    menu->findChild<QAction*>(QStringLiteral("popOut"))->trigger();
    QTest::qWait(20);
  };
  EXPECT_EQ(text(), QStringLiteral("Pop out"));
  press();
  EXPECT_NE(panel->window(), &b.window);
  EXPECT_EQ(text(), QStringLiteral("Put back"));
  // In its place stands where it is.
  auto* stub = b.find<QFrame>("poppedOut_panelExplainAgreement");
  ASSERT_TRUE(stub);
  EXPECT_TRUE(stub->isVisible());
  EXPECT_EQ(home->indexOf(stub), 1);
  EXPECT_LT(stub->height(), sizes[1] / 2);
  press();
  EXPECT_EQ(panel->window(), &b.window);
  EXPECT_TRUE(panel->isVisible());
  EXPECT_EQ(home->indexOf(panel), 1);
  EXPECT_EQ(home->sizes(), sizes);
  EXPECT_EQ(text(), QStringLiteral("Pop out"));
  EXPECT_FALSE(b.window.findChild<QFrame*>(QStringLiteral("poppedOut_panelExplainAgreement")));
  // Two at once, back in the order they went.
  auto* curves = b.find<FigurePanel>("panelExplainCurves");
  emit curves->popOutRequested();
  emit panel->popOutRequested();
  QTest::qWait(20);
  b.click("putBack_panelExplainCurves");
  b.click("putBack_panelExplainAgreement");
  QTest::qWait(20);
  EXPECT_EQ(home->indexOf(curves), 0);
  EXPECT_EQ(home->indexOf(panel), 1);
  EXPECT_EQ(home->sizes(), sizes);
}

QByteArray contentOf(const QString& path) {
  QFile file(path);
  return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

TEST(ExplainArrays, SayWhatTheyAreAndHaveOneNumberForEachColumnOfATable) {
  ExplainBench b(nullptr);
  // Two numbers and a column of three categories: five inputs.
  QTemporaryDir folder;
  QFile table(folder.filePath(QStringLiteral("flats.csv")));
  ASSERT_TRUE(table.open(QIODevice::WriteOnly));
  table.write("area,age,heating,class\n");
  Rng rng(7, Stream::Test);
  for (int i = 0; i < 90; ++i) {
    const char* heating[] = {"gas", "pump", "district"};
    table.write(QStringLiteral("%1,%2,%3,%4\n").arg(30 + rng.below(900) / 10.0).arg(rng.below(90)).arg(QLatin1String(heating[i % 3])).arg(QLatin1String(i % 3 == 0 ? "dear" : "cheap")).toUtf8());
  }
  table.close();
  b.window.openPath(table.fileName());
  ASSERT_TRUE(b.waitFor([&] { return !b.document.isBusy() && b.document.data(); }));
  ASSERT_TRUE(b.settled());
  ASSERT_EQ(b.document.data()->spec.input.size(), 5);
  b.menuAction("explainMethodMenu", QStringLiteral("explainAdd_occlusion"));
  ASSERT_TRUE(b.settled());
  int shapley = -1;
  for (std::size_t c = 0; c < b.explain->model().columns().size(); ++c)
    if (b.explain->model().columns()[c].spec->id == "shapley") shapley = static_cast<int>(c);
  ASSERT_GE(shapley, 0);
  QString said;
  QObject::connect(&b.document, &Document::said, [&](const QString& text) { said = text; });
  ASSERT_TRUE(b.explain->saveArrays(folder.filePath(QStringLiteral("attr.npy"))));
  EXPECT_TRUE(said.contains(QStringLiteral("attr.json"))) << qPrintable(said);
  const QJsonObject about = QJsonDocument::fromJson(contentOf(folder.filePath(QStringLiteral("attr.json")))).object();
  const WallData& wall = b.wall()->data();
  ASSERT_EQ(about[QStringLiteral("samples")].toArray().size(), static_cast<qsizetype>(wall.samples.size()));
  for (std::size_t i = 0; i < wall.samples.size(); ++i) {
    const QJsonObject s = about[QStringLiteral("samples")][static_cast<qsizetype>(i)].toObject();
    EXPECT_EQ(s[QStringLiteral("name")].toString(), wall.samples[i].name);
    EXPECT_EQ(s[QStringLiteral("row")].toInt(), b.document.pinned()[i]);
    EXPECT_EQ(s[QStringLiteral("true class")].toString(), wall.classes[wall.samples[i].trueClass]);
  }
  EXPECT_EQ(about[QStringLiteral("columns")].toArray(), (QJsonArray{QStringLiteral("area"), QStringLiteral("age"), QStringLiteral("heating")}));
  const QJsonArray inputs = about[QStringLiteral("network's inputs")].toArray();
  ASSERT_EQ(inputs.size(), 5);
  EXPECT_EQ(inputs[3].toObject()[QStringLiteral("column")].toString(), QStringLiteral("heating"));
  EXPECT_TRUE(inputs[3].toObject()[QStringLiteral("name")].toString().startsWith(QStringLiteral("heating=")));
  const QJsonArray arrays = about[QStringLiteral("arrays")].toArray();
  ASSERT_EQ(arrays.size(), wall.methods.size());
  for (std::size_t c = 0; c < wall.methods.size(); ++c) {
    const QJsonObject a = arrays[static_cast<qsizetype>(c)].toObject();
    EXPECT_EQ(a[QStringLiteral("method")].toString(), wall.methods[c].name);
    EXPECT_EQ(a[QStringLiteral("explained")][0].toString(), wall.samples[0].cells[c].targetText);
    EXPECT_EQ(a[QStringLiteral("shape")].toArray(), (QJsonArray{static_cast<int>(wall.samples.size()), 3}));
    EXPECT_EQ(a[QStringLiteral("axes")].toArray(), (QJsonArray{QStringLiteral("sample"), QStringLiteral("column")}));
    const Result<NpyArray> array = readNpy(contentOf(folder.filePath(a[QStringLiteral("file")].toString())).toStdString(), "array");
    ASSERT_TRUE(array) << array.error().text();
    ASSERT_EQ(array->shape, (std::vector<std::int64_t>{static_cast<std::int64_t>(wall.samples.size()), 3}));
    // The wall's own numbers, of every sample.
    for (std::size_t i = 0; i < wall.samples.size(); ++i)
      for (std::size_t k = 0; k < 3; ++k) EXPECT_EQ(array->at(3 * i + k), static_cast<double>(wall.samples[i].cells[c].values[k])) << c;
  }
  EXPECT_FALSE(arrays[shapley].toObject()[QStringLiteral("settings")].toObject().isEmpty());
  EXPECT_EQ(arrays[shapley].toObject()[QStringLiteral("baseline")].toString(), QStringLiteral("zero"));
  // A table's columns are covered one at a time, and that is what is said.
  EXPECT_EQ(arrays.last().toObject()[QStringLiteral("id")].toString(), QStringLiteral("occlusion"));
  EXPECT_EQ(arrays.last().toObject()[QStringLiteral("settings")].toObject()[QStringLiteral("window")].toArray(), (QJsonArray{1, 1}));
}

TEST(ExplainArrays, AreProposedANameAndReplaceNothingUnasked) {
  ExplainBench b;
  ASSERT_TRUE(b.settled());
  QTemporaryDir folder;
  QSettings().setValue(QStringLiteral("folder"), folder.path());
  const auto exportTo = [&](const QString& name) {
    b.trigger("actionExplainNpy");
    QFileDialog* dialog = nullptr;
    for (QFileDialog* d : b.explain->findChildren<QFileDialog*>(QStringLiteral("explainNpyDialog")))
      if (d->isVisible()) dialog = d;
    ASSERT_TRUE(dialog);
    EXPECT_TRUE(dialog->selectedFiles().value(0).endsWith(QStringLiteral("attributions.npy"))) << qPrintable(dialog->selectedFiles().value(0));
    emit dialog->fileSelected(folder.filePath(name));
    dialog->close();
  };
  exportTo(QStringLiteral("attr.npy"));
  const QString first = folder.filePath(QStringLiteral("attr-1-") + QString::fromStdString(b.explain->model().columns()[0].spec->id) + QStringLiteral(".npy"));
  const QString about = folder.filePath(QStringLiteral("attr.json"));
  ASSERT_TRUE(QFile::exists(first));
  ASSERT_TRUE(QFile::exists(about));
  const auto spoil = [&] {
    QFile file(first);
    ASSERT_TRUE(file.open(QIODevice::WriteOnly));
    file.write("mine");
  };
  spoil();
  answer(QMessageBox::No);
  exportTo(QStringLiteral("attr.npy"));
  EXPECT_EQ(contentOf(first), QByteArray("mine"));
  answer(QMessageBox::Yes);
  exportTo(QStringLiteral("attr.npy"));
  EXPECT_NE(contentOf(first), QByteArray("mine"));
}

}  // namespace
}  // namespace vitrine
