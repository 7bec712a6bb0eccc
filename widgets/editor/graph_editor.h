#pragma once

#include <QImage>
#include <QList>
#include <QString>
#include <QWidget>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "core/model/graph.h"
#include "widgets/editor/node_geometry.h"

class QAction;

namespace vitrine {

class Canvas;
class LayerPalette;

/// Palette and canvas of the network. It shows a graph that the document owns: every edit leaves as edited() with the
/// whole new graph, and is seen only when setGraph() brings it back. Nothing here is modal; a refused edit is told by
/// message().
class GraphEditor : public QWidget {
  Q_OBJECT
 public:
  /// How a graph becomes clipboard text and back (core/io/project.h has both).
  using Encode = std::function<std::string(const Graph&)>;
  using Decode = std::function<Result<Graph>(std::string_view)>;
  static constexpr const char* kMimeType = "application/x-vitrine-graph";

  explicit GraphEditor(QWidget* parent = nullptr);
  ~GraphEditor() override;

  /// Shows a graph. Nodes that are already shown stay the same items: moved, renamed, restyled.
  void setGraph(const Graph& graph, const Validation& validation);
  const Graph& graph() const;
  const Validation& validation() const;
  /// Live pictures by node, drawn to fit (never smoothed when enlarged). Only nodes whose picture changed are
  /// repainted; nodes that are not in the map lose theirs.
  void setThumbnails(const std::map<NodeId, QImage>& thumbnails);
  /// A small second line that stands in place of the summary, e.g. "12 % silent".
  void setNotes(const std::map<NodeId, QString>& notes);
  /// Without a codec, copy and paste are off.
  void setCodec(Encode encode, Decode decode);

  /// Selected nodes in order of id.
  std::vector<NodeId> selection() const;
  /// Selects exactly these, and shows the first if it is out of sight.
  void select(const std::vector<NodeId>& ids);
  /// Zooms so that the whole network is seen (never above 100 %). Done once the widget has a size.
  void fitAll();

  /// The editor's actions with their shortcuts, for the window's menus; they work while the canvas has the focus. By object name:
  /// "actionCut", "actionCopy", "actionPaste", "actionDuplicate", "actionDelete", "actionSelectAll",
  /// "actionRename", "actionAutoLayout", "actionZoomIn", "actionZoomOut", "actionZoomFit", "actionLayerHelp".
  QList<QAction*> editActions() const;
  QList<QAction*> viewActions() const;

 public slots:
  void cut();
  void copy();
  void paste();
  void duplicateSelection();
  void deleteSelection();
  void selectAll();
  void autoLayout();
  void renameSelected();
  void zoomIn();
  void zoomOut();
  /// Puts a new layer of this type after the selected node (or at the end of the chain), as the palette does.
  void appendLayer(const QString& layerId);

 signals:
  /// An edit. `what` is its undo text ("Add Dense"). Edits in a row with the same mergeId ≥ 0 are one undo step.
  void edited(const vitrine::Graph& after, const QString& what, int mergeId);
  void selectionChanged();
  /// A sentence for the status line: an edit that was refused, and why; empty: clear it.
  void message(const QString& text);
  /// F1 on a node or a layer of the palette.
  void helpRequested(const QString& layerId);
  /// Copy and paste became possible, or not.
  void codecChanged();

 private:
  void makeActions();

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vitrine
