#pragma once

#include <QDragEnterEvent>
#include <QMimeData>
#include <QMouseEvent>
#include <QTest>
#include <utility>
#include <vector>

#include "core/model/graph.h"
#include "widgets/editor/canvas.h"
#include "widgets/editor/edge_item.h"
#include "widgets/editor/graph_editor.h"
#include "widgets/editor/layer_palette.h"
#include "widgets/editor/node_item.h"

namespace vitrine {

inline DataSpec imageSpec() {
  DataSpec spec;
  spec.task = Task::Classification;
  spec.input = Shape{12, 12, 1};
  spec.outputs = 4;
  return spec;
}

/// A document as small as can be: takes edits, validates, shows them again, and remembers what was before.
struct EditorBench {
  GraphEditor editor;
  DataSpec spec = imageSpec();
  Graph graph;
  std::vector<Graph> past, future;
  std::vector<int> mergeIds;
  std::vector<QString> whats, messages;

  explicit EditorBench(Graph start = {}, QSize size = {1200, 600}) {
    editor.resize(size);
    QObject::connect(&editor, &GraphEditor::edited, &editor, [this](const Graph& after, const QString& what, int id) {
      past.push_back(graph);
      future.clear();
      whats.push_back(what);
      mergeIds.push_back(id);
      set(after);
    });
    QObject::connect(&editor, &GraphEditor::message, &editor, [this](const QString& text) { messages.push_back(text); });
    set(std::move(start));
    editor.show();
    (void)QTest::qWaitForWindowExposed(&editor);
  }
  void set(Graph next) {
    graph = std::move(next);
    editor.setGraph(graph, validate(graph, &spec));
  }
  bool undo() {
    if (past.empty()) return false;
    future.push_back(graph);
    Graph before = past.back();
    past.pop_back();
    set(std::move(before));
    return true;
  }
  bool redo() {
    if (future.empty()) return false;
    past.push_back(graph);
    Graph after = future.back();
    future.pop_back();
    set(std::move(after));
    return true;
  }

  Canvas& canvas() { return *editor.findChild<Canvas*>(QStringLiteral("graphCanvas")); }
  NodeItem& item(std::uint32_t id) { return *canvas().nodeItem(NodeId{id}); }
  QPoint at(QPointF scene) { return canvas().mapFromScene(scene); }
  QPoint middleOf(const Edge& edge) { return at(canvas().edgeItem(edge)->path().pointAtPercent(0.5)); }

  void drag(QPoint from, QPoint to, Qt::KeyboardModifiers keys = Qt::NoModifier, bool release = true) {
    QWidget* v = canvas().viewport();
    QTest::mousePress(v, Qt::LeftButton, keys, from);
    for (int i = 1; i <= 4; ++i) moveHeld(from + (to - from) * i / 4);
    if (release) QTest::mouseRelease(v, Qt::LeftButton, keys, to);
  }
  void moveHeld(QPoint to) {
    QWidget* v = canvas().viewport();
    QMouseEvent move(QEvent::MouseMove, to, v->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(v, &move);
  }
  /// A layer of the palette, dragged to a place and held or let go there.
  void dropLayer(const char* layer, QPoint to, bool release = true) {
    QMimeData data;
    data.setData(QLatin1String(kLayerMimeType), layer);
    QWidget* v = canvas().viewport();
    QDragEnterEvent enter(to, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(v, &enter);
    QDragMoveEvent move(to, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(v, &move);
    if (!release) return;
    QDropEvent drop(to, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(v, &drop);
  }
};

/// input(1) → flatten(2) → dense(3) → output(4), laid out.
inline Graph chainGraph() {
  Graph g;
  NodeId last{};
  for (const char* type : {"input", "flatten", "dense", "output"}) {
    const NodeId id{g.nextId};
    g = addNode(g, type, {});
    if (last.value) g = connect(g, last, id).value();
    last = id;
  }
  g = setParam(g, NodeId{3}, "units", std::int64_t{4}).value();
  return autoLayout(g, 1100);
}

inline bool hasEdge(const Graph& g, std::uint32_t from, std::uint32_t to) {
  for (const Edge& e : g.edges)
    if (e.from.value == from && e.to.value == to) return true;
  return false;
}

}  // namespace vitrine
