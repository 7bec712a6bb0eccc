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
  press();
  EXPECT_EQ(panel->window(), &b.window);
  EXPECT_TRUE(panel->isVisible());
  EXPECT_EQ(home->indexOf(panel), 1);
  EXPECT_EQ(home->sizes(), sizes);
  EXPECT_EQ(text(), QStringLiteral("Pop out"));
}

}  // namespace
}  // namespace vitrine
