// Thousands of random commands through the editor, with undo and redo in between, end where they began.
#include <gtest/gtest.h>

#include <random>

#include "editor_support.h"

namespace vitrine {
namespace {

class RandomEditing : public testing::TestWithParam<unsigned> {};

struct Hand {
  EditorBench& bench;
  std::mt19937 rng;
  std::map<std::string, Graph> shelf = {};

  int upTo(int n) { return n <= 0 ? 0 : static_cast<int>(rng() % static_cast<unsigned>(n)); }
  NodeId anyNode() { return bench.graph.nodes[static_cast<std::size_t>(upTo(static_cast<int>(bench.graph.nodes.size())))].id; }
  const LayerSpec& anyLayer() { return layerRegistry()[static_cast<std::size_t>(upTo(static_cast<int>(layerRegistry().size())))]; }
  QPoint anyPoint() { return {upTo(bench.canvas().width()), upTo(bench.canvas().height())}; }

  void selectSome() {
    std::vector<NodeId> ids;
    for (const Node& node : bench.graph.nodes)
      if (upTo(3) == 0) ids.push_back(node.id);
    bench.editor.select(ids);
  }
  void act() {
    GraphEditor& e = bench.editor;
    if (bench.graph.nodes.empty()) return e.appendLayer(QString::fromStdString(anyLayer().id));
    switch (upTo(16)) {
      case 0: return e.appendLayer(QString::fromStdString(anyLayer().id));
      case 1: return bench.dropLayer(anyLayer().id.c_str(), anyPoint());
      case 2:
        if (bench.graph.edges.empty()) return;
        return bench.dropLayer(anyLayer().id.c_str(), bench.middleOf(bench.graph.edges[static_cast<std::size_t>(upTo(static_cast<int>(bench.graph.edges.size())))]));
      case 3: return selectSome();
      case 4: return selectSome(), e.deleteSelection();
      case 5: return e.deleteSelection();
      case 6:
        if (bench.graph.nodes.size() < 40) selectSome(), e.duplicateSelection();
        return;
      case 7: return selectSome(), e.copy();
      case 8:
        if (bench.graph.nodes.size() < 40) e.paste();
        return;
      case 9: return selectSome(), e.cut();
      case 10: return e.autoLayout();
      case 11: return bench.drag(bench.at(bench.canvas().nodeItem(anyNode())->box().center()), anyPoint());
      case 12:
        return bench.drag(bench.at(bench.canvas().nodeItem(anyNode())->outputPort()), bench.at(bench.canvas().nodeItem(anyNode())->box().center()));
      case 13:
        return QTest::mouseClick(bench.canvas().viewport(), Qt::LeftButton, Qt::NoModifier, anyPoint());
      case 14: return QTest::keyClick(&bench.canvas(), Qt::Key_Right, upTo(2) ? Qt::ControlModifier : Qt::NoModifier);
      default: return bench.drag(anyPoint(), anyPoint());
    }
  }
};

/// What is drawn is the graph, no more and no less.
void expectShown(EditorBench& bench) {
  std::size_t nodes = 0, edges = 0;
  for (QGraphicsItem* item : bench.canvas().scene()->items()) {
    if (item->type() == NodeItem::Type) ++nodes;
    if (item->type() == EdgeItem::Type) ++edges;
  }
  ASSERT_EQ(nodes, bench.graph.nodes.size());
  ASSERT_EQ(edges, bench.graph.edges.size());
  for (const Node& node : bench.graph.nodes) {
    const NodeItem* item = bench.canvas().nodeItem(node.id);
    ASSERT_TRUE(item);
    ASSERT_EQ(item->pos(), QPointF(node.at.x, node.at.y));
    ASSERT_EQ(item->look().name.toStdString(), node.name);
  }
}

TEST_P(RandomEditing, EndsWhereItBegan) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  std::printf("seed %u\n", GetParam());
  const Graph start = chainGraph();
  EditorBench bench(start, {900, 500});
  Hand hand{bench, std::mt19937(GetParam())};
  bench.editor.setCodec(
      [&](const Graph& g) {
        hand.shelf["{}"] = g;
        return std::string("{}");
      },
      [&](std::string_view) -> Result<Graph> { return hand.shelf["{}"]; });
  for (int i = 0; i < 1200; ++i) {
    const int way = hand.upTo(10);
    if (way == 0)
      bench.undo();
    else if (way == 1)
      bench.redo();
    else
      hand.act();
    if (i % 20 == 0) {
      expectShown(bench);
      if (HasFatalFailure()) return;
    }
  }
  // What was undone last may be redone: the end is where nothing is left to redo.
  while (bench.redo()) {
  }
  const Graph end = bench.graph;
  EXPECT_GT(bench.past.size(), 10u);
  while (bench.undo()) {
  }
  EXPECT_EQ(bench.graph, start);
  expectShown(bench);
  while (bench.redo()) {
  }
  EXPECT_EQ(bench.graph, end);
  expectShown(bench);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomEditing, testing::Values(1u, 2u, 3u, 4u));

}  // namespace
}  // namespace vitrine
