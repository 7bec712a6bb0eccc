#pragma once

#include <QGraphicsItem>
#include <QPixmap>
#include <QString>
#include <vector>

#include "core/model/graph.h"
#include "widgets/editor/node_geometry.h"

namespace vitrine {

/// One issue of a node, as the node shows it.
struct NodeFault {
  int issue = 0;  ///< index into Validation::issues
  QString text, cure;
  bool fatal = true, fixable = false;
  bool operator==(const NodeFault&) const = default;
};

/// All that a node shows, apart from its picture and note.
struct NodeLook {
  QString name, summary, shape;
  std::string type;
  int ports = 1;  ///< drawn input ports; 0: none
  bool output = true;
  std::vector<NodeFault> faults;
  bool operator==(const NodeLook&) const = default;
};

/// A drawn node: coloured bar, name, one line, picture, output shape below, ports at the sides.
class NodeItem : public QGraphicsItem {
 public:
  enum { Type = UserType + 1 };
  /// While a connection is drawn: may it end here?
  enum class Mark { None, Legal, Illegal, Target };

  explicit NodeItem(NodeId id);

  NodeId id() const { return id_; }
  const NodeLook& look() const { return look_; }
  /// Each of these repaints only when something differs.
  void setLook(NodeLook look);
  void setThumbnail(const QImage& image);
  void setNote(const QString& note);
  void setMark(Mark mark);
  void setHovered(bool hovered);
  Mark mark() const { return mark_; }
  bool hasThumbnail() const { return !image_.isNull(); }
  const QString& note() const { return note_; }

  /// In scene units.
  QPointF outputPort() const;
  QPointF inputPort(int port) const;
  QRectF box() const { return QRectF(pos(), QSizeF(kNodeWidth, kNodeHeight)); }
  /// The "Fix: …" chip in scene units; empty when there is none. Its issue is fixIssue().
  QRectF chip() const;
  int fixIssue() const;
  /// Where the name stands, in scene units.
  QRectF nameBox() const;
  /// Most serious first; null when the node has none.
  const NodeFault* fault() const;

  int type() const override { return Type; }
  QRectF boundingRect() const override;
  QPainterPath shape() const override;
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

 private:
  void paintBox(QPainter& p) const;
  void paintText(QPainter& p) const;
  void paintPicture(QPainter& p) const;
  void paintPorts(QPainter& p) const;
  void paintBadge(QPainter& p) const;
  void paintChip(QPainter& p) const;
  QRectF chipLocal() const;

  NodeId id_;
  NodeLook look_;
  QString note_;
  QImage image_;
  QPixmap picture_;
  Mark mark_ = Mark::None;
  bool hovered_ = false;
  double chipWidth_ = 0;
};

/// `text` in `width`: whole parts between " · " go first, then letters.
QString fittedParts(const QString& text, const QFont& font, double width);

}  // namespace vitrine
