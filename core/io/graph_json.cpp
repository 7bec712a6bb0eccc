#include <algorithm>
#include <cmath>
#include <set>

#include "core/io/project.h"
#include "core/io/strict_json.h"

namespace vitrine {

using nlohmann::json;

json graphToJsonValue(const Graph& graph) {
  json nodes = json::array(), edges = json::array();
  for (const Node& n : graph.nodes)
    nodes.push_back({{"id", n.id.value}, {"type", n.type}, {"name", n.name}, {"x", n.at.x}, {"y", n.at.y}, {"params", paramsToJson(n.params)}});
  for (const Edge& e : graph.edges) edges.push_back({{"from", e.from.value}, {"to", e.to.value}, {"port", e.port}});
  return {{"next_id", graph.nextId}, {"nodes", nodes}, {"edges", edges}};
}

Graph graphFromJsonValue(JsonReader& reader, const json& in, const std::string& place) {
  constexpr std::int64_t kMostNodes = 10000, kMostId = 4000000000;
  Graph graph;
  graph.nextId = static_cast<std::uint32_t>(reader.whole(in, "next_id", place, 1, kMostId));
  const json& nodes = reader.array(in, "nodes", place);
  if (nodes.size() > static_cast<std::size_t>(kMostNodes)) reader.fault(place + ".nodes", std::to_string(nodes.size()) + " nodes", "at most 10000");
  std::set<std::string> names;
  std::int64_t last = 0;
  for (std::size_t i = 0; reader.ok() && i < nodes.size(); ++i) {
    const std::string at = place + ".nodes[" + std::to_string(i) + "]";
    Node node;
    // In order of id, each once.
    node.id.value = static_cast<std::uint32_t>(reader.whole(nodes[i], "id", at, last + 1, graph.nextId - 1));
    last = node.id.value;
    node.type = reader.text(nodes[i], "type", at);
    node.name = reader.text(nodes[i], "name", at);
    node.at = {reader.number(nodes[i], "x", at), reader.number(nodes[i], "y", at)};
    const LayerSpec* spec = reader.ok() ? findLayer(node.type) : nullptr;
    if (!spec) {
      reader.fault(at + ".type", "'" + node.type + "'", "a layer that this program knows");
      break;
    }
    if (node.name.empty() || !names.insert(node.name).second) reader.fault(at + ".name", "'" + node.name + "'", "a name of its own");
    node.params = reader.params(reader.object(nodes[i], "params", at), at + ".params", spec->params);
    graph.nodes.push_back(std::move(node));
  }
  const json& edges = reader.array(in, "edges", place);
  std::vector<Edge> wanted;
  for (std::size_t i = 0; reader.ok() && i < edges.size(); ++i) {
    const std::string at = place + ".edges[" + std::to_string(i) + "]";
    Edge e;
    e.from.value = static_cast<std::uint32_t>(reader.whole(edges[i], "from", at, 1, kMostId));
    e.to.value = static_cast<std::uint32_t>(reader.whole(edges[i], "to", at, 1, kMostId));
    e.port = static_cast<int>(reader.whole(edges[i], "port", at, 0, 1000));
    wanted.push_back(e);
  }
  // Connecting anew in order of port refuses what could not have been drawn: circles, missing ends, gaps between ports.
  std::stable_sort(wanted.begin(), wanted.end(), [](const Edge& a, const Edge& b) { return a.port < b.port; });
  for (const Edge& e : wanted) {
    if (!reader.ok()) break;
    const std::size_t inputs = graph.inputsOf(e.to).size();
    Result<Graph> joined = connect(graph, e.from, e.to);
    if (!joined || inputs != static_cast<std::size_t>(e.port))
      reader.fault(place + ".edges", "a connection from node " + std::to_string(e.from.value) + " to port " + std::to_string(e.port) + " of node " +
                                         std::to_string(e.to.value),
                   joined ? "ports without gaps" : joined.error().text());
    else
      graph = std::move(*joined);
  }
  return graph;
}

std::string graphToJson(const Graph& graph) { return graphToJsonValue(graph).dump(); }

Result<Graph> graphFromJson(std::string_view text) {
  Result<json> value = parseStrict(text, "graph");
  if (!value) return value.error();
  JsonReader reader("graph");
  Graph graph = graphFromJsonValue(reader, *value, "graph");
  if (!reader.ok()) return reader.error();
  return graph;
}

}  // namespace vitrine
