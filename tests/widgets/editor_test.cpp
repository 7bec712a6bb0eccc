#include <gtest/gtest.h>

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QLineEdit>
#include <QListWidget>
#include <QSignalSpy>
#include <set>

#include "editor_support.h"
#include "widgets/editor/hint_card.h"

namespace vitrine {
namespace {

const QString kSearch = QStringLiteral("paletteSearch");

TEST(GraphEditor, EmptyCanvasSaysWhatToDo) {
  EditorBench bench;
  auto* hint = bench.editor.findChild<HintCard*>(QStringLiteral("emptyHint"));
  ASSERT_TRUE(hint->isVisible());
  EXPECT_TRUE(hint->text().contains(QStringLiteral("Drag a layer here")));
  EXPECT_GE(hint->width(), hint->sizeHint().width()) << "its words are cut";
  bench.set(chainGraph());
  EXPECT_FALSE(hint->isVisible());
}

TEST(GraphEditor, KeepsItsItemsWhenTheGraphChanges) {
  EditorBench bench(chainGraph());
  NodeItem* dense = &bench.item(3);
  Graph next = setParam(moveNodes(bench.graph, {NodeId{3}}, {16, 8}), NodeId{3}, "units", std::int64_t{7}).value();
  bench.set(next);
  EXPECT_EQ(&bench.item(3), dense);
  EXPECT_EQ(dense->pos(), QPointF(next.find(NodeId{3})->at.x, next.find(NodeId{3})->at.y));
  EXPECT_TRUE(dense->look().summary.contains(QLatin1Char('7')));
  bench.set(removeNodes(next, {NodeId{3}}));
  EXPECT_EQ(bench.canvas().nodeItem(NodeId{3}), nullptr);
}

TEST(GraphEditor, OnlyNodesWithANewPictureAreRepainted) {
  EditorBench bench(chainGraph());
  QImage a(8, 8, QImage::Format_RGB32), b(8, 8, QImage::Format_RGB32);
  a.fill(Qt::red);
  b.fill(Qt::blue);
  bench.editor.setThumbnails({{NodeId{1}, a}, {NodeId{3}, b}});
  QTest::qWait(30);
  QSignalSpy changed(bench.canvas().scene(), &QGraphicsScene::changed);
  bench.editor.setThumbnails({{NodeId{1}, a.copy()}, {NodeId{3}, a}});
  QTest::qWait(30);
  ASSERT_GE(changed.count(), 1);
  for (const QList<QVariant>& told : changed)
    for (const QRectF& region : told[0].value<QList<QRectF>>()) EXPECT_FALSE(region.intersects(bench.item(1).box()));
  EXPECT_TRUE(bench.item(3).hasThumbnail());
  bench.editor.setThumbnails({});
  EXPECT_FALSE(bench.item(3).hasThumbnail());
}

TEST(GraphEditor, LayerDroppedOnAnEdgeIsInserted) {
  EditorBench bench(chainGraph());
  const Edge edge = bench.graph.edges[1];  // 2 → 3
  bench.dropLayer("relu", bench.middleOf(edge), false);
  EXPECT_TRUE(bench.canvas().edgeItem(edge)->hot());
  bench.dropLayer("relu", bench.middleOf(edge));
  ASSERT_EQ(bench.whats.size(), 1u);
  EXPECT_TRUE(hasEdge(bench.graph, 2, 5));
  EXPECT_TRUE(hasEdge(bench.graph, 5, 3));
  EXPECT_FALSE(hasEdge(bench.graph, 2, 3));
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{5}});
  // A tidy network stays tidy: nothing lies on anything.
  for (const Node& x : bench.graph.nodes)
    for (const Node& y : bench.graph.nodes) {
      if (x.id != y.id) {
        EXPECT_FALSE(bench.item(x.id.value).box().intersects(bench.item(y.id.value).box()));
      }
    }
}

TEST(GraphEditor, LayerDroppedOnTheCanvasStandsOnTheGrid) {
  EditorBench bench(chainGraph());
  const QPoint to(700, 480);
  bench.dropLayer("dense", to);
  const Node* node = bench.graph.find(NodeId{5});
  ASSERT_TRUE(node);
  EXPECT_EQ(node->at.y, snapped(node->at.y));
  EXPECT_TRUE(bench.item(5).box().contains(bench.canvas().mapToScene(to)));
  EXPECT_EQ(bench.graph.edges.size(), 3u);
}

TEST(GraphEditor, PaletteFindsAndAppends) {
  EditorBench bench(chainGraph());
  auto* search = bench.editor.findChild<QLineEdit*>(kSearch);
  auto* list = bench.editor.findChild<QListWidget*>(QStringLiteral("paletteList"));
  QTest::keyClicks(search, QStringLiteral("dropo"));
  int shown = 0;
  for (int i = 0; i < list->count(); ++i)
    if (!list->item(i)->isHidden() && (list->item(i)->flags() & Qt::ItemIsSelectable)) ++shown;
  EXPECT_EQ(shown, 1);
  bench.editor.select({NodeId{2}});
  QTest::keyClick(search, Qt::Key_Return);
  EXPECT_EQ(bench.graph.find(NodeId{5})->type, "dropout");
  EXPECT_TRUE(hasEdge(bench.graph, 2, 5));
  EXPECT_TRUE(hasEdge(bench.graph, 5, 3));
  EXPECT_EQ(bench.whats.back(), QStringLiteral("Add Dropout").replace(QStringLiteral("Add"), QStringLiteral("Insert")));
  search->clear();
  QTest::keyClicks(search, QStringLiteral("no such layer"));
  QTest::keyClick(search, Qt::Key_Return);
  EXPECT_EQ(bench.whats.size(), 1u);
}

TEST(GraphEditor, AppendingWithoutSelectionGoesBeforeTheOutput) {
  EditorBench bench(chainGraph());
  bench.editor.select({});
  bench.editor.appendLayer(QStringLiteral("relu"));
  EXPECT_TRUE(hasEdge(bench.graph, 3, 5));
  EXPECT_TRUE(hasEdge(bench.graph, 5, 4));
}

TEST(GraphEditor, ConnectsByDraggingFromPortToPort) {
  Graph g = addNode(addNode({}, "input", {0, 0}), "dense", {304, 0});
  EditorBench bench(g);
  bench.drag(bench.at(bench.item(1).outputPort()), bench.at(bench.item(2).inputPort(0)), Qt::NoModifier, false);
  EXPECT_EQ(bench.item(2).mark(), NodeItem::Mark::Target);
  QTest::mouseRelease(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, bench.at(bench.item(2).inputPort(0)));
  EXPECT_TRUE(hasEdge(bench.graph, 1, 2));
  EXPECT_EQ(bench.item(2).mark(), NodeItem::Mark::None);
  bench.undo();
  bench.drag(bench.at(bench.item(2).inputPort(0)), bench.at(bench.item(1).outputPort()));  // and backwards
  EXPECT_TRUE(hasEdge(bench.graph, 1, 2));
}

TEST(GraphEditor, RefusedConnectionSaysWhyBesideTheCursor) {
  EditorBench bench(chainGraph());
  const QPoint from = bench.at(bench.item(3).outputPort()), to = bench.at(bench.item(2).box().center());
  bench.drag(from, to, Qt::NoModifier, false);
  auto* tip = bench.editor.findChild<HintCard*>(QStringLiteral("cursorTip"));
  EXPECT_TRUE(tip->isVisible());
  EXPECT_EQ(bench.item(2).mark(), NodeItem::Mark::Illegal);
  const Graph before = bench.graph;
  QTest::mouseRelease(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, to);
  EXPECT_EQ(bench.graph, before);
  EXPECT_TRUE(bench.whats.empty());
  ASSERT_FALSE(bench.messages.empty());
  EXPECT_FALSE(bench.messages.back().isEmpty());
}

TEST(GraphEditor, AnEdgesEndCanBePulledOff) {
  EditorBench bench(chainGraph());
  bench.drag(bench.at(bench.item(3).inputPort(0)), bench.at(bench.item(3).inputPort(0)) + QPoint(-10, 200));
  EXPECT_FALSE(hasEdge(bench.graph, 2, 3));
}

TEST(GraphEditor, EdgeIsSelectedAndDeleted) {
  EditorBench bench(chainGraph());
  const Edge edge = bench.graph.edges[0];
  QTest::mouseClick(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, bench.middleOf(edge));
  ASSERT_TRUE(bench.canvas().selectedEdge().has_value());
  QTest::keyClick(&bench.canvas(), Qt::Key_Delete);
  EXPECT_FALSE(hasEdge(bench.graph, 1, 2));
  EXPECT_EQ(bench.graph.nodes.size(), 4u);
}

TEST(GraphEditor, DeletingAMiddleNodeBridgesTheChain) {
  EditorBench bench(chainGraph());
  QTest::mouseClick(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, bench.at(bench.item(2).box().center()));
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{2}});
  QTest::keyClick(&bench.canvas(), Qt::Key_Delete);
  EXPECT_EQ(bench.graph.nodes.size(), 3u);
  EXPECT_TRUE(hasEdge(bench.graph, 1, 3));
  bench.undo();
  EXPECT_EQ(bench.graph, chainGraph());
}

TEST(GraphEditor, DragMovesTheSelectionAsOneEdit) {
  EditorBench bench(chainGraph());
  bench.editor.select({NodeId{2}, NodeId{3}});
  const Point a = bench.graph.find(NodeId{2})->at, b = bench.graph.find(NodeId{3})->at;
  const QPoint from = bench.at(bench.item(2).box().center());
  bench.drag(from, from + QPoint(5, 203));
  ASSERT_EQ(bench.whats.size(), 1u);
  const Point a2 = bench.graph.find(NodeId{2})->at, b2 = bench.graph.find(NodeId{3})->at;
  EXPECT_GT(a2.y, a.y + 150);
  EXPECT_EQ(a2.y, snapped(a2.y));
  EXPECT_EQ(a2.x - a.x, b2.x - b.x);
  EXPECT_EQ(a2.y - a.y, b2.y - b.y);
}

TEST(GraphEditor, EscapeTakesAMoveBack) {
  EditorBench bench(chainGraph());
  const QPointF before = bench.item(3).pos();
  const QPoint from = bench.at(bench.item(3).box().center());
  bench.drag(from, from + QPoint(60, 120), Qt::NoModifier, false);
  EXPECT_NE(bench.item(3).pos(), before);
  QTest::keyClick(&bench.canvas(), Qt::Key_Escape);
  QTest::mouseRelease(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, from + QPoint(60, 120));
  EXPECT_EQ(bench.item(3).pos(), before);
  EXPECT_TRUE(bench.whats.empty());
}

TEST(GraphEditor, UnconnectedNodeDroppedOnAnEdgeIsInserted) {
  Graph g = addNode(chainGraph(), "relu", {160, 304});
  EditorBench bench(g);
  const Edge edge = bench.graph.edges[1];
  bench.drag(bench.at(bench.item(5).box().center()), bench.middleOf(edge));
  EXPECT_TRUE(hasEdge(bench.graph, 2, 5));
  EXPECT_TRUE(hasEdge(bench.graph, 5, 3));
  EXPECT_EQ(bench.whats.size(), 1u);
}

TEST(GraphEditor, RubberBandSelects) {
  EditorBench bench(chainGraph());
  bench.drag(bench.at(bench.item(2).box().topLeft() - QPointF(8, 40)), bench.at(bench.item(3).box().bottomRight() + QPointF(4, 4)));
  EXPECT_EQ(bench.editor.selection(), (std::vector<NodeId>{NodeId{2}, NodeId{3}}));
  QTest::mouseClick(bench.canvas().viewport(), Qt::LeftButton, Qt::ControlModifier, bench.at(bench.item(2).box().center()));
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{3}});
  EXPECT_TRUE(bench.whats.empty());
}

TEST(GraphEditor, CopyAndPasteGoThroughTheClipboard) {
  EditorBench bench(chainGraph());
  std::map<std::string, Graph> shelf;  // a codec is whatever gives back what it took
  bench.editor.setCodec(
      [&](const Graph& g) {
        shelf["{}"] = g;
        return std::string("{}");
      },
      [&](std::string_view text) -> Result<Graph> { return shelf.at(std::string(text)); });
  bench.editor.select({NodeId{2}, NodeId{3}});
  bench.editor.copy();
  ASSERT_TRUE(QApplication::clipboard()->mimeData()->hasFormat(QLatin1String(GraphEditor::kMimeType)));
  bench.editor.paste();
  EXPECT_EQ(bench.graph.nodes.size(), 6u);
  EXPECT_TRUE(hasEdge(bench.graph, 5, 6));
  EXPECT_EQ(bench.editor.selection(), (std::vector<NodeId>{NodeId{5}, NodeId{6}}));
  const Point first = bench.graph.find(NodeId{5})->at;
  bench.editor.paste();
  EXPECT_NE(bench.graph.find(NodeId{7})->at, first);
  std::set<std::string> names;
  for (const Node& n : bench.graph.nodes) names.insert(n.name);
  EXPECT_EQ(names.size(), bench.graph.nodes.size());
}

TEST(GraphEditor, PasteOfSpoiltTextIsToldNotDone) {
  EditorBench bench(chainGraph());
  bench.editor.setCodec([](const Graph&) { return std::string("x"); },
                        [](std::string_view) -> Result<Graph> { return problem("the clipboard holds no layers"); });
  bench.editor.selectAll();
  bench.editor.copy();
  bench.editor.paste();
  EXPECT_TRUE(bench.whats.empty());
  EXPECT_EQ(bench.messages.back(), QStringLiteral("The clipboard holds no layers"));
}

TEST(GraphEditor, CtrlDDuplicates) {
  EditorBench bench(chainGraph());
  bench.editor.select({NodeId{3}});
  bench.editor.duplicateSelection();
  EXPECT_EQ(bench.graph.nodes.size(), 5u);
  EXPECT_EQ(bench.graph.find(NodeId{5})->params, bench.graph.find(NodeId{3})->params);
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{5}});
}

TEST(GraphEditor, RenamesInPlaceAndRefusesATakenName) {
  EditorBench bench(chainGraph());
  bench.editor.select({NodeId{3}});
  bench.editor.renameSelected();
  auto* edit = bench.editor.findChild<QLineEdit*>(QStringLiteral("renameEdit"));
  ASSERT_TRUE(edit);
  edit->setText(QString::fromStdString(bench.graph.find(NodeId{2})->name));
  QTest::keyClick(edit, Qt::Key_Return);
  EXPECT_TRUE(bench.whats.empty());
  EXPECT_TRUE(edit->isVisible());
  EXPECT_FALSE(bench.messages.back().isEmpty());
  edit->setText(QStringLiteral("Classifier"));
  QTest::keyClick(edit, Qt::Key_Return);
  EXPECT_EQ(bench.graph.find(NodeId{3})->name, "Classifier");
  EXPECT_EQ(bench.item(3).look().name, QStringLiteral("Classifier"));
}

TEST(GraphEditor, FaultIsOnItsNodeAndTheChipMendsIt) {
  Graph g = removeNodesAndBridge(chainGraph(), {NodeId{2}});
  EditorBench bench(g);
  ASSERT_TRUE(bench.item(3).fault()) << "a Dense on an image is a fault";
  ASSERT_FALSE(bench.item(3).chip().isEmpty());
  bench.editor.select({NodeId{3}});
  auto* card = bench.editor.findChild<HintCard*>(QStringLiteral("faultCard"));
  EXPECT_TRUE(card->isVisible());
  EXPECT_EQ(card->text(), bench.item(3).fault()->text);
  QTest::mouseClick(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, bench.at(bench.item(3).chip().center()));
  ASSERT_EQ(bench.whats.size(), 1u);
  EXPECT_FALSE(bench.item(3).fault());
}

TEST(GraphEditor, KeysWalkAndNudge) {
  EditorBench bench(chainGraph());
  bench.editor.select({NodeId{1}});
  bench.canvas().setFocus();
  QTest::keyClick(&bench.canvas(), Qt::Key_Right);
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{2}});
  QTest::keyClick(&bench.canvas(), Qt::Key_Left);
  EXPECT_EQ(bench.editor.selection(), std::vector<NodeId>{NodeId{1}});
  for (int i = 0; i < 3; ++i) QTest::keyClick(&bench.canvas(), Qt::Key_Down, Qt::ControlModifier);
  ASSERT_EQ(bench.mergeIds.size(), 3u);
  EXPECT_GE(bench.mergeIds[0], 0);
  EXPECT_EQ(bench.mergeIds[0], bench.mergeIds[2]) << "one undo step";
  bench.editor.select({NodeId{3}});
  QTest::keyClick(&bench.canvas(), Qt::Key_Down, Qt::ControlModifier);
  EXPECT_NE(bench.mergeIds[0], bench.mergeIds[3]) << "another node, another step";
}

TEST(GraphEditor, WheelZoomsAboutTheCursor) {
  EditorBench bench(chainGraph());
  const QPoint at(700, 200);
  const QPointF under = bench.canvas().mapToScene(at);
  const double before = bench.canvas().zoom();
  QWheelEvent wheel(at, bench.canvas().viewport()->mapToGlobal(at), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                    Qt::NoScrollPhase, false);
  QApplication::sendEvent(bench.canvas().viewport(), &wheel);
  EXPECT_GT(bench.canvas().zoom(), before * 1.2);
  const QPointF now = bench.canvas().mapToScene(at);
  EXPECT_LT(std::hypot(now.x() - under.x(), now.y() - under.y()), 3);
  bench.editor.fitAll();
  EXPECT_NEAR(bench.canvas().zoom(), before, 1e-9);
}

TEST(GraphEditor, EveryControlIsNamed) {
  EditorBench bench(chainGraph());
  for (const char* name : {"paletteSearch", "paletteList", "graphCanvas"}) {
    auto* w = bench.editor.findChild<QWidget*>(QLatin1String(name));
    ASSERT_TRUE(w) << name;
    EXPECT_FALSE(w->accessibleName().isEmpty()) << name;
  }
  for (QAction* action : bench.editor.editActions() + bench.editor.viewActions()) {
    EXPECT_FALSE(action->objectName().isEmpty());
    EXPECT_FALSE(action->toolTip().isEmpty());
  }
  bench.editor.select({NodeId{3}});
  EXPECT_TRUE(bench.canvas().accessibleDescription().contains(bench.item(3).look().name));
}

}  // namespace
}  // namespace vitrine
