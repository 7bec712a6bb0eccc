#pragma once

#include <QGraphicsItem>
#include <QPainterPath>

#include "core/model/graph.h"

namespace vitrine {

/// A drawn edge. The canvas gives it its path; it may be selected, and lights up as the place for a drop.
class EdgeItem : public QGraphicsItem {
 public:
  enum { Type = UserType + 2 };
  explicit EdgeItem(const Edge& edge);

  const Edge& edge() const { return edge_; }
  void setPath(const QPainterPath& path);
  const QPainterPath& path() const { return path_; }
  /// The place where something dropped now would go in.
  void setHot(bool hot);
  bool hot() const { return hot_; }
  void setHovered(bool hovered);

  int type() const override { return Type; }
  QRectF boundingRect() const override;
  QPainterPath shape() const override;
  void paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) override;

 private:
  Edge edge_;
  QPainterPath path_, outline_;
  bool hot_ = false, hovered_ = false;
};

}  // namespace vitrine
