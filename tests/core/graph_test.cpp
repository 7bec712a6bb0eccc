#include <gtest/gtest.h>

#include "core/base/random.h"
#include "core/model/graph.h"
#include "core/model/templates.h"

namespace vitrine {
namespace {

DataSpec images() { return {{28, 28, 1}, 10, Task::Classification, std::vector<std::string>(10, "c")}; }

NodeId idOf(const Graph& g, const std::string& type) {
  for (const Node& n : g.nodes)
    if (n.type == type) return n.id;
  return {0};
}

/// Input → Dense(10) → Output, without Flatten.
Graph faulty() {
  Graph g = addNode(addNode(addNode({}, "input", {0, 0}), "dense", {150, 0}), "output", {300, 0});
  g = *connect(g, idOf(g, "input"), idOf(g, "dense"));
  return *connect(g, idOf(g, "dense"), idOf(g, "output"));
}

TEST(Graph, NamesStayUnique) {
  Graph g = addNode(addNode({}, "dense", {}), "dense", {});
  EXPECT_EQ(g.nodes[0].name, "Dense");
  EXPECT_EQ(g.nodes[1].name, "Dense 2");
  EXPECT_FALSE(renameNode(g, g.nodes[1].id, "Dense"));
  EXPECT_FALSE(renameNode(g, g.nodes[1].id, "  "));
  EXPECT_TRUE(renameNode(g, g.nodes[1].id, "Last"));
}

TEST(Graph, RefusesCirclesAndEnds) {
  Graph g = faulty();
  const NodeId in = idOf(g, "input"), dense = idOf(g, "dense"), out = idOf(g, "output");
  EXPECT_FALSE(connect(g, dense, dense));
  EXPECT_FALSE(connect(g, dense, in));
  EXPECT_FALSE(connect(g, out, dense));
  g = addNode(g, "add", {});
  const NodeId add = idOf(g, "add");
  g = *connect(g, dense, add);
  g = addNode(g, "relu", {});
  g = *connect(g, add, idOf(g, "relu"));
  const Result<Graph> circle = connect(g, idOf(g, "relu"), add);
  ASSERT_FALSE(circle);
  EXPECT_NE(circle.error().text().find("circle"), std::string::npos);
}

TEST(Graph, MergePortsStayInOrderWithoutGaps) {
  Graph g;
  for (int i = 0; i < 3; ++i) g = addNode(g, "dense", {});
  g = addNode(g, "concat", {});
  const NodeId c = g.nodes[3].id;
  for (int i = 0; i < 3; ++i) g = *connect(g, g.nodes[static_cast<std::size_t>(i)].id, c);
  g = removeNodes(g, {g.nodes[0].id});
  ASSERT_EQ(g.inputsOf(c).size(), 2u);
  EXPECT_EQ(g.edges[0].port, 0);
  EXPECT_EQ(g.edges[1].port, 1);
}

TEST(Graph, InsertOnEdgeKeepsBothEnds) {
  Graph g = faulty();
  const Edge e = g.edges[0];
  g = *insertOnEdge(g, e, "flatten", {75, 0});
  const NodeId flatten = idOf(g, "flatten");
  EXPECT_EQ(g.inputsOf(flatten), std::vector<NodeId>{e.from});
  EXPECT_EQ(g.inputsOf(e.to), std::vector<NodeId>{flatten});
  g = removeNodesAndBridge(g, {flatten});
  EXPECT_EQ(g.inputsOf(e.to), std::vector<NodeId>{e.from});
}

TEST(Graph, CopyHasNewIdsAndNames) {
  Graph g = faulty();
  const Graph part = extract(g, {idOf(g, "dense"), idOf(g, "output")});
  const Graph twice = paste(g, part, {0, 200});
  EXPECT_EQ(twice.nodes.size(), 5u);
  EXPECT_EQ(twice.edges.size(), 3u);
  EXPECT_NE(twice.findName("Dense 2"), nullptr);
}

TEST(Validate, TellsEveryFaultWithACureThatWorks) {
  const DataSpec data = images();
  Graph g = faulty();
  Validation v = validate(g, &data);
  EXPECT_FALSE(v.ok());
  // Each offered edit is applied in turn: in the end nothing fatal is left.
  for (int round = 0; round < 5 && !v.ok(); ++round) {
    const Issue* issue = v.firstFatal();
    ASSERT_TRUE(issue->fix) << issue->text;
    g = issue->fix(g);
    v = validate(g, &data);
  }
  EXPECT_TRUE(v.ok());
  EXPECT_EQ(v.shapes[idOf(g, "output")], Shape{10});
}

TEST(Validate, SaysWhatIsMissing) {
  EXPECT_FALSE(validate({}, nullptr).ok());
  const DataSpec data = images();
  Graph g = addNode(addNode({}, "input", {}), "conv2d", {});
  const Validation v = validate(g, &data);
  bool output = false, unconnected = false;
  for (const Issue& i : v.issues) {
    output |= i.text.find("no output") != std::string::npos;
    unconnected |= i.node && i.text.find("needs an input") != std::string::npos;
    EXPECT_FALSE(i.cure.empty()) << i.text;
  }
  EXPECT_TRUE(output);
  EXPECT_TRUE(unconnected);
}

TEST(Validate, AnythingDrawnIsCheckedWithoutCrash) {
  const std::uint64_t seed = 20261123;
  RecordProperty("seed", std::to_string(seed));
  Rng rng(seed, Stream::Test);
  const DataSpec data = images();
  Graph g;
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t what = rng.below(8);
    auto any = [&] { return g.nodes.empty() ? NodeId{0} : g.nodes[rng.below(g.nodes.size())].id; };
    if (what < 2 && g.nodes.size() < 14) {
      const std::span<const LayerSpec> all = layerRegistry();
      g = addNode(g, all[rng.below(all.size())].id, {rng.uniform(0, 900), rng.uniform(0, 500)});
    } else if (what < 5) {
      if (Result<Graph> r = connect(g, any(), any())) g = *r;
    } else if (what == 5 && !g.edges.empty()) {
      g = disconnect(g, g.edges[rng.below(g.edges.size())]);
    } else if (what == 6) {
      g = rng.below(2) ? removeNodes(g, {any()}) : removeNodesAndBridge(g, {any()});
    } else {
      const Validation v = validate(g, &data);
      for (const Issue& issue : v.issues)
        if (issue.fix && rng.below(3) == 0) {
          g = issue.fix(g);
          break;
        }
    }
    for (const Edge& e : g.edges) {
      ASSERT_NE(g.find(e.from), nullptr);
      ASSERT_NE(g.find(e.to), nullptr);
    }
    const Validation checked = validate(g, &data);
    if (!checked.ok()) continue;
    const std::vector<NodeId>& order = checked.order;
    for (std::size_t k = 0; k < order.size(); ++k)
      for (NodeId source : g.inputsOf(order[k]))
        ASSERT_LT(std::find(order.begin(), order.end(), source) - order.begin(), static_cast<std::ptrdiff_t>(k));
  }
}

TEST(Templates, EachFitsTheDataItSaysItSuits) {
  const std::vector<DataSpec> kinds{images(),
                                    {{32, 32, 3}, 4, Task::Classification, {"a", "b", "c", "d"}},
                                    {{4}, 3, Task::Classification, {"a", "b", "c"}},
                                    {{2}, 2, Task::Classification, {"a", "b"}},
                                    {{13}, 1, Task::Regression, {}}};
  for (const DataSpec& data : kinds) {
    int suited = 0;
    for (const GraphTemplate& t : templateRegistry()) {
      if (!t.suits(data)) continue;
      ++suited;
      const Validation v = validate(t.make(data), &data);
      EXPECT_TRUE(v.ok()) << t.name << " on " << data.input.text() << ": " << (v.ok() ? "" : v.firstFatal()->text);
    }
    EXPECT_GE(suited, 1) << data.input.text();
    EXPECT_TRUE(defaultTemplate(data).suits(data));
  }
}

TEST(Layout, NodesDoNotOverlap) {
  for (const GraphTemplate& t : templateRegistry()) {
    const DataSpec data = images();
    if (!t.suits(data)) continue;
    const Graph g = autoLayout(t.make(data));
    for (const Node& a : g.nodes)
      for (const Node& b : g.nodes)
        if (a.id < b.id) {
          EXPECT_TRUE(std::abs(a.at.x - b.at.x) >= 120 || std::abs(a.at.y - b.at.y) >= 120) << t.name;
        }
  }
}

}  // namespace
}  // namespace vitrine
