#pragma once

#include <QGraphicsView>
#include <QImage>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "core/model/graph.h"
#include "widgets/editor/edits.h"

class QLineEdit;

namespace vitrine {

class EdgeItem;
class HintCard;
class NodeItem;

/// The drawing board: shows a graph, takes the mouse and the keys, and tells edits. The scene's items are found by id;
/// the graph that was set last is the truth, and moves under way are only shown, not told, until the button is let go.
class Canvas : public QGraphicsView {
  Q_OBJECT
 public:
  explicit Canvas(QWidget* parent = nullptr);
  ~Canvas() override;

  void setGraph(const Graph& graph, const Validation& validation);
  void setThumbnails(const std::map<NodeId, QImage>& thumbnails);
  void setNotes(const std::map<NodeId, QString>& notes);
  const Graph& graph() const { return graph_; }
  const Validation& validation() const { return validation_; }

  std::vector<NodeId> selection() const;
  std::optional<Edge> selectedEdge() const;
  void select(const std::vector<NodeId>& ids);
  /// Null when there is none.
  NodeItem* nodeItem(NodeId id) const;
  EdgeItem* edgeItem(const Edge& edge) const;
  /// Middle of what is seen, in scene units.
  QPointF viewCentre() const;

  void fitAll();
  void zoomBy(double factor, QPointF viewPoint);
  double zoom() const { return transform().m11(); }
  /// Width to which autoLayout() wraps so that the network is seen as large as can be.
  double layoutWidth() const;

  /// Tells an edit and selects what it asks for once it is shown.
  void apply(const Edit& edit);
  /// Says why not: in the status line, and beside the cursor when the mouse did it.
  void refuse(const Error& error);
  void rename(NodeId id);
  void nudge(Point by);

 signals:
  void edited(const vitrine::Graph& after, const QString& what, int mergeId);
  void selectionChanged();
  void message(const QString& text);
  void contextMenuWanted(QPoint globalPosition);

 protected:
  void mousePressEvent(QMouseEvent* event) override;
  void mouseMoveEvent(QMouseEvent* event) override;
  void mouseReleaseEvent(QMouseEvent* event) override;
  void mouseDoubleClickEvent(QMouseEvent* event) override;
  void wheelEvent(QWheelEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;
  void keyReleaseEvent(QKeyEvent* event) override;
  bool focusNextPrevChild(bool next) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dragMoveEvent(QDragMoveEvent* event) override;
  void dragLeaveEvent(QDragLeaveEvent* event) override;
  void dropEvent(QDropEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  void scrollContentsBy(int dx, int dy) override;
  void drawBackground(QPainter* painter, const QRectF& rect) override;
  void drawForeground(QPainter* painter, const QRectF& rect) override;
  void leaveEvent(QEvent* event) override;

 private:
  enum class Mode { None, Press, Move, Connect, Band, Pan };
  /// A connection being drawn from `fixed`: forward from its output, or back from its input.
  struct Rubber {
    NodeId fixed;
    bool forward = true;
    std::optional<Edge> lifted;  ///< an existing edge whose end was picked up
    QPointF cursor;
    std::map<NodeId, QString> refusals;  ///< empty text: legal
  };
  struct PortHit {
    NodeId node;
    bool output = true;
    int port = 0;
  };

  // canvas.cpp: what is shown
  void showNodes();
  void showEdges();
  void routeEdges();
  void showFaults();
  void placeCards();
  void updateSceneRect();
  void describe();
  bool everythingSeen() const;
  // canvas_mouse.cpp
  std::optional<PortHit> portAt(QPointF scene) const;
  NodeItem* nodeAt(QPointF scene) const;
  NodeItem* chipAt(QPointF scene) const;
  EdgeItem* edgeAt(QPointF scene, double reach) const;
  void hover(QPointF scene);
  void pressNode(NodeItem* node, QMouseEvent* event);
  void moveTo(QPointF scene);
  void finishMove();
  void startConnect(const PortHit& port, QPointF scene);
  void connectTo(QPointF scene);
  void finishConnect(QPointF scene);
  Result<Graph> joined(const Rubber& rubber, NodeId target) const;
  void band(QPointF scene, bool add);
  void cancelGesture();
  void showTip(const QString& text, QPoint viewPoint);
  void setHotEdge(EdgeItem* edge);
  void fix(int issue);
  // canvas_keys.cpp
  void stepSelection(Qt::Key key);
  bool tabSelection(bool next);
  void finishRename(bool accept);

  std::map<NodeId, NodeItem*> nodes_;  // owned by the scene
  std::map<Edge, EdgeItem*> edges_;    // owned by the scene
  Graph graph_;
  Validation validation_;

  Mode mode_ = Mode::None;
  QPointF pressScene_;
  QPoint pressView_;
  NodeItem* pressed_ = nullptr;
  bool deselectOthersOnRelease_ = false;
  std::vector<NodeId> moving_;
  Point moved_;
  std::optional<Rubber> rubber_;
  QRectF band_;
  std::vector<NodeId> bandBefore_;
  EdgeItem* hotEdge_ = nullptr;
  NodeItem* hoveredNode_ = nullptr;
  EdgeItem* hoveredEdge_ = nullptr;
  std::optional<QPointF> ghost_;
  bool space_ = false;
  bool fitted_ = true;       // follows the window's size until the person zooms or pans
  bool quiet_ = false;       // selection is being set by the program
  std::optional<std::vector<NodeId>> toSelect_;
  int nudgeId_ = kFirstMergeId;
  std::vector<NodeId> nudged_;

  HintCard* tip_;
  HintCard* faultCard_;
  HintCard* banner_;
  HintCard* emptyCard_;
  QLineEdit* renameEdit_ = nullptr;
  NodeId renaming_;
};

}  // namespace vitrine
