#include "core/model/graph.h"

#include <algorithm>
#include <set>

namespace vitrine {
namespace {

bool has(const std::vector<NodeId>& ids, NodeId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

Node* findMutable(Graph& graph, NodeId id) {
  for (Node& n : graph.nodes)
    if (n.id == id) return &n;
  return nullptr;
}

std::string freeName(const Graph& graph, const std::string& wanted) {
  if (!graph.findName(wanted)) return wanted;
  for (int i = 2;; ++i) {
    std::string name = wanted + " " + std::to_string(i);
    if (!graph.findName(name)) return name;
  }
}

int inputLimit(const Node& node) {
  const LayerSpec* spec = findLayer(node.type);
  return spec ? spec->maxInputs : 1;
}

bool reaches(const Graph& graph, NodeId from, NodeId to) {
  std::vector<NodeId> open{from};
  std::set<NodeId> seen;
  while (!open.empty()) {
    const NodeId id = open.back();
    open.pop_back();
    if (id == to) return true;
    if (!seen.insert(id).second) continue;
    for (NodeId next : graph.consumersOf(id)) open.push_back(next);
  }
  return false;
}

void closeGaps(Graph& graph) {
  std::sort(graph.edges.begin(), graph.edges.end(),
            [](const Edge& a, const Edge& b) { return std::tie(a.to, a.port) < std::tie(b.to, b.port); });
  NodeId at{0};
  int port = 0;
  for (Edge& e : graph.edges) {
    if (e.to != at) {
      at = e.to;
      port = 0;
    }
    e.port = port++;
  }
  std::sort(graph.edges.begin(), graph.edges.end());
}

}  // namespace

const Node* Graph::find(NodeId id) const {
  for (const Node& n : nodes)
    if (n.id == id) return &n;
  return nullptr;
}

const Node* Graph::findName(const std::string& name) const {
  for (const Node& n : nodes)
    if (n.name == name) return &n;
  return nullptr;
}

std::vector<NodeId> Graph::inputsOf(NodeId id) const {
  std::vector<Edge> in;
  for (const Edge& e : edges)
    if (e.to == id) in.push_back(e);
  std::sort(in.begin(), in.end(), [](const Edge& a, const Edge& b) { return a.port < b.port; });
  std::vector<NodeId> ids;
  for (const Edge& e : in) ids.push_back(e.from);
  return ids;
}

std::vector<NodeId> Graph::consumersOf(NodeId id) const {
  std::vector<NodeId> ids;
  for (const Edge& e : edges)
    if (e.from == id && !has(ids, e.to)) ids.push_back(e.to);
  return ids;
}

Graph addNode(Graph graph, const std::string& type, Point at, Params params) {
  const LayerSpec* spec = findLayer(type);
  Node node{{graph.nextId++}, type, freeName(graph, spec ? spec->name : type), std::move(params), at};
  graph.nodes.push_back(std::move(node));
  return graph;
}

Graph removeNodes(Graph graph, const std::vector<NodeId>& ids) {
  std::erase_if(graph.edges, [&](const Edge& e) { return has(ids, e.from) || has(ids, e.to); });
  std::erase_if(graph.nodes, [&](const Node& n) { return has(ids, n.id); });
  closeGaps(graph);
  return graph;
}

Graph removeNodesAndBridge(Graph graph, const std::vector<NodeId>& ids) {
  for (NodeId id : ids) {
    const std::vector<NodeId> sources = graph.inputsOf(id);
    if (sources.size() == 1)
      for (Edge& e : graph.edges)
        if (e.from == id) e.from = sources[0];
    graph = removeNodes(std::move(graph), {id});
  }
  return graph;
}

Result<Graph> connect(Graph graph, NodeId from, NodeId to) {
  const Node* a = graph.find(from);
  const Node* b = graph.find(to);
  if (!a || !b) return problem("One end of the connection is not there any more.");
  if (from == to) return problem("A node cannot feed itself.");
  if (a->type == "output") return problem("The output has nothing behind it.");
  const int limit = inputLimit(*b);
  if (limit == 0) return problem("'" + b->name + "' takes its data from outside, not from another node.");
  if (reaches(graph, to, from))
    return problem("'" + a->name + "' already depends on '" + b->name + "': this would close a circle.");
  const std::vector<NodeId> inputs = graph.inputsOf(to);
  if (limit == 1) {
    std::erase_if(graph.edges, [&](const Edge& e) { return e.to == to; });
    graph.edges.push_back({from, to, 0});
  } else {
    if (static_cast<int>(inputs.size()) >= limit)
      return problem("'" + b->name + "' takes at most " + std::to_string(limit) + " inputs.");
    graph.edges.push_back({from, to, static_cast<int>(inputs.size())});
  }
  std::sort(graph.edges.begin(), graph.edges.end());
  return graph;
}

Graph disconnect(Graph graph, const Edge& edge) {
  std::erase(graph.edges, edge);
  closeGaps(graph);
  return graph;
}

Result<Graph> insertOnEdge(Graph graph, const Edge& edge, const std::string& type, Point at, Params params) {
  if (std::find(graph.edges.begin(), graph.edges.end(), edge) == graph.edges.end())
    return problem("That connection is not there any more.");
  const NodeId id{graph.nextId};
  return moveOntoEdge(addNode(std::move(graph), type, at, std::move(params)), edge, id);
}

Result<Graph> moveOntoEdge(Graph graph, const Edge& edge, NodeId id) {
  const auto it = std::find(graph.edges.begin(), graph.edges.end(), edge);
  const Node* node = graph.find(id);
  if (it == graph.edges.end() || !node) return problem("That connection is not there any more.");
  if (inputLimit(*node) == 0 || node->type == "output")
    return problem("'" + node->name + "' cannot stand in the middle of a connection.");
  if (!graph.inputsOf(id).empty() || !graph.consumersOf(id).empty())
    return problem("'" + node->name + "' is connected already.");
  it->from = id;  // keeps the port at the far end
  graph.edges.push_back({edge.from, id, 0});
  std::sort(graph.edges.begin(), graph.edges.end());
  return graph;
}

Graph moveNodes(Graph graph, const std::vector<NodeId>& ids, Point by) {
  for (Node& n : graph.nodes)
    if (has(ids, n.id)) n.at = {n.at.x + by.x, n.at.y + by.y};
  return graph;
}

Result<Graph> renameNode(Graph graph, NodeId id, const std::string& name) {
  Node* node = findMutable(graph, id);
  if (!node) return problem("That node is not there any more.");
  if (name.find_first_not_of(" \t\r\n") == std::string::npos) return problem("A node needs a name.");
  const Node* other = graph.findName(name);
  if (other && other->id != id) return problem("Another node is called '" + name + "' already.");
  node->name = name;
  return graph;
}

Result<Graph> setParam(Graph graph, NodeId id, const std::string& name, const ParamValue& value) {
  Node* node = findMutable(graph, id);
  if (!node) return problem("That node is not there any more.");
  const LayerSpec* spec = findLayer(node->type);
  if (spec)
    for (const Param& p : spec->params)
      if (p.id == name) {
        if (Status s = checkParam(p, value); !s) return s.error();
        node->params[name] = value;
        return graph;
      }
  return problem("'" + node->name + "' has no parameter '" + name + "'.");
}

Graph extract(const Graph& graph, const std::vector<NodeId>& ids) {
  Graph part;
  for (const Node& n : graph.nodes)
    if (has(ids, n.id)) part.nodes.push_back(n);
  for (const Edge& e : graph.edges)
    if (has(ids, e.from) && has(ids, e.to)) part.edges.push_back(e);
  part.nextId = graph.nextId;
  closeGaps(part);
  return part;
}

Graph paste(Graph graph, const Graph& part, Point shift) {
  std::map<NodeId, NodeId> renumbered;
  for (const Node& n : part.nodes) {
    Node copy = n;
    copy.id = {graph.nextId++};
    renumbered[n.id] = copy.id;
    copy.name = freeName(graph, n.name);
    copy.at = {n.at.x + shift.x, n.at.y + shift.y};
    graph.nodes.push_back(std::move(copy));
  }
  for (const Edge& e : part.edges)
    if (renumbered.count(e.from) && renumbered.count(e.to))
      graph.edges.push_back({renumbered[e.from], renumbered[e.to], e.port});
  std::sort(graph.edges.begin(), graph.edges.end());
  return graph;
}

Graph autoLayout(Graph graph, double width) {
  constexpr double kColumn = 152, kRow = 168, kLane = 150;
  // Depth = longest way from a source; a circle (impossible through connect()) stops after as many rounds as nodes.
  std::map<NodeId, int> depth;
  for (std::size_t round = 0; round < graph.nodes.size(); ++round) {
    bool moved = false;
    for (const Edge& e : graph.edges)
      if (depth[e.to] < depth[e.from] + 1) {
        depth[e.to] = depth[e.from] + 1;
        moved = true;
      }
    if (!moved) break;
  }
  std::map<int, std::vector<Node*>> columns;
  for (Node& n : graph.nodes) columns[depth[n.id]].push_back(&n);
  const int perRow = std::max(2, static_cast<int>(width / kColumn));
  double rowTop = 0;
  std::size_t lanes = 1;
  int index = 0;
  for (auto& [d, column] : columns) {
    if (index == perRow) {
      rowTop += kRow + static_cast<double>(lanes - 1) * kLane;
      lanes = 1;
      index = 0;
    }
    for (std::size_t lane = 0; lane < column.size(); ++lane)
      column[lane]->at = {index * kColumn, rowTop + static_cast<double>(lane) * kLane};
    lanes = std::max(lanes, column.size());
    ++index;
  }
  return graph;
}

}  // namespace vitrine
