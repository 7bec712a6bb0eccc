#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/data/dataset.h"
#include "core/model/layer.h"

namespace vitrine {

struct NodeId {
  std::uint32_t value = 0;
  auto operator<=>(const NodeId&) const = default;
};

struct Point {
  double x = 0, y = 0;
  bool operator==(const Point&) const = default;
};

struct Node {
  NodeId id;
  std::string type;  ///< LayerSpec::id
  std::string name;  ///< shown, and part of the weights' names in files; unique
  Params params;
  Point at;  ///< top left corner in the editor
  bool operator==(const Node&) const = default;
};

/// From a node's only output to input port `port` of another. Ports of merges are ordered, without gaps.
struct Edge {
  NodeId from, to;
  int port = 0;
  auto operator<=>(const Edge&) const = default;
};

/// A network as drawn: a pure value. It may be faulty; validate() says how. Edits return a new graph; undo keeps the
/// old one.
struct Graph {
  std::vector<Node> nodes;  ///< in order of id
  std::vector<Edge> edges;  ///< sorted
  std::uint32_t nextId = 1;

  const Node* find(NodeId id) const;
  const Node* findName(const std::string& name) const;
  /// Sources of a node's inputs, by port.
  std::vector<NodeId> inputsOf(NodeId id) const;
  std::vector<NodeId> consumersOf(NodeId id) const;
  bool operator==(const Graph&) const = default;
};

// Edits. An id that is not there leaves the graph as it was.

/// The new node's id is the old graph's nextId; its name is the layer's with a number when taken ("Dense 2").
/// Whether training leaves the node's parameters alone (its parameter "frozen").
bool isFrozen(const Node& node);
/// Its "l1" or "l2" penalty; 0: none.
double penaltyOf(const Node& node, const char* which);

Graph addNode(Graph graph, const std::string& type, Point at, Params params = {});
Graph removeNodes(Graph graph, const std::vector<NodeId>& ids);
/// Removes a node with one input and puts an edge from its source to each of its consumers.
Graph removeNodesAndBridge(Graph graph, const std::vector<NodeId>& ids);
/// A single-input target gives up its old edge; a merge gets one more port. Cycles, self loops, inputs of an Input
/// and outputs of an Output are refused with the reason.
Result<Graph> connect(Graph graph, NodeId from, NodeId to);
Graph disconnect(Graph graph, const Edge& edge);
/// A new node in the middle of an edge.
Result<Graph> insertOnEdge(Graph graph, const Edge& edge, const std::string& type, Point at, Params params = {});
/// An existing node that has no edges, put in the middle of an edge.
Result<Graph> moveOntoEdge(Graph graph, const Edge& edge, NodeId id);
Graph moveNodes(Graph graph, const std::vector<NodeId>& ids, Point by);
/// Refuses an empty or taken name.
Result<Graph> renameNode(Graph graph, NodeId id, const std::string& name);
/// Refuses illegal values with the reason.
Result<Graph> setParam(Graph graph, NodeId id, const std::string& param, const ParamValue& value);
/// The chosen nodes with the edges among them, ids kept: a clipboard's contents.
Graph extract(const Graph& graph, const std::vector<NodeId>& ids);
/// Adds `part` under new ids and names, shifted. The new ids are [old nextId, new nextId).
Graph paste(Graph graph, const Graph& part, Point shift);
/// Columns by depth from the input, rows wrapped to about `width`; sizes of nodes are those of the editor.
Graph autoLayout(Graph graph, double width = 1100);

/// Something wrong with a graph, and what would mend it.
struct Issue {
  std::optional<NodeId> node;  ///< none: the graph as a whole
  std::string text;            ///< "Dense needs a flat input, but gets 7 × 7 × 16"
  std::string cure;            ///< "Insert Flatten before it"
  bool fatal = true;           ///< false: a warning; training is possible
  /// Does what `cure` says; empty when there is no one right edit.
  std::function<Graph(Graph)> fix = {};
};

/// What is known about a graph on given data.
struct Validation {
  std::vector<Issue> issues;
  std::vector<NodeId> order;         ///< nodes on a way from Input to Output; complete, and inputs first, when ok()
  std::map<NodeId, Shape> shapes;    ///< output shapes as far as they are known
  std::map<NodeId, std::int64_t> parameters;  ///< numbers of trainable parameters
  std::map<NodeId, Cost> cost;       ///< multiply-adds of a forward pass of one sample
  bool ok() const;                   ///< no fatal issue
  std::int64_t totalParameters() const;
  const Issue* firstFatal() const;
};

/// Returns every fault, never only the first. Without data (null) shapes are unknown and that is the fault.
Validation validate(const Graph& graph, const DataSpec* data);

}  // namespace vitrine
