#pragma once

#include <QString>
#include <optional>
#include <string>
#include <vector>

#include "core/model/graph.h"

namespace vitrine {

/// An edit that is ready to be told: the new graph, its undo text, and what is selected once it is shown.
struct Edit {
  Graph after;
  QString what;
  std::vector<NodeId> select = {};
  int mergeId = -1;
};

/// First merge id of the editor's own; the window may use smaller ones.
constexpr int kFirstMergeId = 1 << 20;

/// `value` on the grid.
double snapped(double value);
/// Where the top left corner of moved or new nodes goes: on the grid, or in line with a neighbour close by.
Point snappedCorner(const Graph& graph, const std::vector<NodeId>& moved, Point corner);

/// Whether the nodes stand exactly as autoLayout() of that width puts them.
bool isTidy(const Graph& graph, double width);
/// A network that stood tidily stands tidily after an edit too; else `after` as it is, with nodes in the way of the new
/// one shifted to the right.
Graph keepTidy(const Graph& before, Graph after, double width);

/// A new unconnected node.
Result<Edit> addLayerEdit(const Graph& graph, const std::string& type, Point at);
/// A new node in an edge.
Result<Edit> insertLayerEdit(const Graph& graph, const Edge& edge, const std::string& type, Point at, double width);
/// A new node after the selected one, or at the chain's end (before the Output) when none is selected.
Result<Edit> appendLayerEdit(const Graph& graph, const std::vector<NodeId>& selection, const std::string& type,
                             double width);
/// Chosen nodes (a node amid a chain is bridged) and a chosen edge go.
Edit deleteEdit(const Graph& graph, const std::vector<NodeId>& nodes, const std::optional<Edge>& edge, double width);
/// Copies of nodes, beside the originals.
Edit duplicateEdit(const Graph& graph, const std::vector<NodeId>& nodes);
/// A clipboard's nodes, shifted.
Edit pasteEdit(const Graph& graph, const Graph& part, Point shift);

}  // namespace vitrine
