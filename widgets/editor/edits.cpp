#include "widgets/editor/edits.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "widgets/editor/category.h"
#include "widgets/editor/node_geometry.h"

namespace vitrine {
namespace {

struct Words {
  Q_DECLARE_TR_FUNCTIONS(GraphEdits)
};

QString layerName(const std::string& type) {
  const LayerSpec* spec = findLayer(type);
  return fromCore(spec ? spec->name : type);
}

Result<Edit> known(const std::string& type) {
  if (!findLayer(type)) return problem("there is no layer of type '" + type + "'");
  return Edit{};
}

bool contains(const std::vector<NodeId>& ids, NodeId id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

bool overlap(Point a, Point b) {
  return std::abs(a.x - b.x) < kNodeWidth + 8 && std::abs(a.y - b.y) < kNodeHeight + 8;
}

/// Shifts what stands at or right of the new node in its row, when it stands in its way.
Graph makeRoom(Graph graph, NodeId added) {
  const Node* node = graph.find(added);
  if (!node) return graph;
  const Point at = node->at;
  const bool crowded = std::any_of(graph.nodes.begin(), graph.nodes.end(), [&](const Node& other) {
    return other.id != added && overlap(other.at, at);
  });
  if (!crowded) return graph;
  std::vector<NodeId> right;
  for (const Node& other : graph.nodes)
    if (other.id != added && std::abs(other.at.y - at.y) < kNodeHeight && other.at.x > at.x - kNodeWidth / 2)
      right.push_back(other.id);
  double leftmost = at.x + kNodeSpacingX;
  for (NodeId id : right) leftmost = std::min(leftmost, graph.find(id)->at.x);
  return moveNodes(std::move(graph), right, {at.x + kNodeSpacingX - leftmost, 0});
}

/// Where the network is continued: what feeds the Output, or else the node furthest along.
std::optional<NodeId> chainEnd(const Graph& graph) {
  for (const Node& node : graph.nodes) {
    const LayerSpec* spec = findLayer(node.type);
    if (!spec || spec->category != Category::Output) continue;
    const std::vector<NodeId> in = graph.inputsOf(node.id);
    if (!in.empty()) return in.front();
  }
  std::optional<NodeId> best;
  for (const Node& node : graph.nodes) {
    const LayerSpec* spec = findLayer(node.type);
    if (spec && spec->category == Category::Output) continue;
    if (graph.consumersOf(node.id).empty()) best = node.id;
  }
  return best;
}

Point below(const Graph& graph) {
  if (graph.nodes.empty()) return {};
  double x = graph.nodes.front().at.x, y = graph.nodes.front().at.y;
  for (const Node& node : graph.nodes) {
    x = std::min(x, node.at.x);
    y = std::max(y, node.at.y);
  }
  return {x, y + kNodeSpacingY};
}

const Edge* edgeInto(const Graph& graph, NodeId to) {
  for (const Edge& edge : graph.edges)
    if (edge.to == to) return &edge;
  return nullptr;
}

}  // namespace

double snapped(double value) { return std::round(value / kGrid) * kGrid; }

Point snappedCorner(const Graph& graph, const std::vector<NodeId>& moved, Point corner) {
  Point result{snapped(corner.x), snapped(corner.y)};
  double bestX = 7, bestY = 7;
  for (const Node& node : graph.nodes) {
    if (contains(moved, node.id)) continue;
    if (const double d = std::abs(node.at.x - corner.x); d < bestX && node.at.x != corner.x) bestX = d, result.x = node.at.x;
    if (const double d = std::abs(node.at.y - corner.y); d < bestY) bestY = d, result.y = node.at.y;
    if (node.at.x == corner.x) bestX = 0, result.x = corner.x;
  }
  return result;
}

bool isTidy(const Graph& graph, double width) {
  if (graph.nodes.size() < 2) return false;
  return autoLayout(graph, width).nodes == graph.nodes;
}

Graph keepTidy(const Graph& before, Graph after, double width) {
  for (double w : {width, 1100.0})
    if (isTidy(before, w)) return autoLayout(std::move(after), w);
  if (after.nextId > before.nextId) after = makeRoom(std::move(after), NodeId{before.nextId});
  return after;
}

Result<Edit> addLayerEdit(const Graph& graph, const std::string& type, Point at) {
  if (const Result<Edit> ok = known(type); !ok) return ok.error();
  const NodeId id{graph.nextId};
  return Edit{addNode(graph, type, at), Words::tr("Add %1").arg(layerName(type)), {id}};
}

Result<Edit> insertLayerEdit(const Graph& graph, const Edge& edge, const std::string& type, Point at, double width) {
  if (const Result<Edit> ok = known(type); !ok) return ok.error();
  const NodeId id{graph.nextId};
  Result<Graph> after = insertOnEdge(graph, edge, type, at);
  if (!after) return after.error();
  return Edit{keepTidy(graph, std::move(*after), width), Words::tr("Insert %1").arg(layerName(type)), {id}};
}

Result<Edit> appendLayerEdit(const Graph& graph, const std::vector<NodeId>& selection, const std::string& type,
                             double width) {
  if (const Result<Edit> ok = known(type); !ok) return ok.error();
  std::optional<NodeId> after = selection.empty() ? chainEnd(graph) : std::optional(selection.back());
  const NodeId id{graph.nextId};
  const QString what = Words::tr("Add %1").arg(layerName(type));
  const Node* source = after ? graph.find(*after) : nullptr;
  if (!source || findLayer(type)->maxInputs == 0)
    return Edit{keepTidy(graph, addNode(graph, type, below(graph)), width), what, {id}};
  const Point at{source->at.x + kNodeSpacingX, source->at.y};
  const LayerSpec* spec = findLayer(source->type);
  const bool isOutput = findLayer(type)->category == Category::Output;
  if (spec && spec->category == Category::Output) {  // nothing follows an Output: go in before it
    if (const Edge* in = edgeInto(graph, source->id); in && !isOutput)
      return insertLayerEdit(graph, *in, type, source->at, width);
    return Edit{keepTidy(graph, addNode(graph, type, below(graph)), width), what, {id}};
  }
  const std::vector<NodeId> consumers = graph.consumersOf(source->id);
  if (consumers.size() == 1 && !isOutput) {
    for (const Edge& edge : graph.edges)
      if (edge.from == source->id) return insertLayerEdit(graph, edge, type, at, width);
  }
  Result<Graph> joined = connect(addNode(graph, type, at), source->id, id);
  if (!joined) return joined.error();
  return Edit{keepTidy(graph, std::move(*joined), width), what, {id}};
}

Edit deleteEdit(const Graph& graph, const std::vector<NodeId>& nodes, const std::optional<Edge>& edge, double width) {
  Graph after = removeNodesAndBridge(graph, nodes);
  if (edge) after = disconnect(std::move(after), *edge);
  QString what;
  if (nodes.size() == 1 && graph.find(nodes.front()))
    what = Words::tr("Delete %1").arg(fromCore(graph.find(nodes.front())->name));
  else if (nodes.empty())
    what = Words::tr("Delete connection");
  else
    what = Words::tr("Delete %1").arg(layersText(nodes.size()));
  Edit edit{nodes.empty() ? std::move(after) : keepTidy(graph, std::move(after), width), what};
  // The keyboard goes on where it was: at the node before the one that went.
  if (nodes.size() == 1)
    for (NodeId source : graph.inputsOf(nodes.front()))
      if (edit.after.find(source)) edit.select = {source};
  return edit;
}

Edit duplicateEdit(const Graph& graph, const std::vector<NodeId>& nodes) {
  Edit edit = pasteEdit(graph, extract(graph, nodes), {3 * kGrid, 3 * kGrid});
  edit.what = nodes.size() == 1 && graph.find(nodes.front())
                  ? Words::tr("Duplicate %1").arg(fromCore(graph.find(nodes.front())->name))
                  : Words::tr("Duplicate %1").arg(layersText(nodes.size()));
  return edit;
}

Edit pasteEdit(const Graph& graph, const Graph& part, Point shift) {
  Edit edit{paste(graph, part, shift), Words::tr("Paste %1").arg(layersText(part.nodes.size()))};
  for (std::uint32_t id = graph.nextId; id < edit.after.nextId; ++id)
    if (edit.after.find(NodeId{id})) edit.select.push_back(NodeId{id});
  return edit;
}

}  // namespace vitrine
