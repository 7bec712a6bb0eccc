#include "widgets/editor/edge_item.h"

#include <QPainter>
#include <QPainterPathStroker>

#include "widgets/theme/theme.h"

namespace vitrine {

EdgeItem::EdgeItem(const Edge& edge) : edge_(edge) {
  setFlag(ItemIsSelectable);
  setZValue(0);
}

void EdgeItem::setPath(const QPainterPath& path) {
  if (path == path_) return;
  prepareGeometryChange();
  path_ = path;
  QPainterPathStroker stroker;
  stroker.setWidth(14);  // a line is hard to hit
  outline_ = stroker.createStroke(path_);
}

void EdgeItem::setHot(bool hot) {
  if (hot_ == hot) return;
  hot_ = hot;
  update();
}

void EdgeItem::setHovered(bool hovered) {
  if (hovered_ == hovered) return;
  hovered_ = hovered;
  update();
}

QRectF EdgeItem::boundingRect() const { return path_.boundingRect().adjusted(-8, -8, 8, 8); }

QPainterPath EdgeItem::shape() const { return outline_; }

void EdgeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  painter->setRenderHint(QPainter::Antialiasing);
  const bool strong = hot_ || isSelected();
  if (hot_) {
    QColor glow = theme().accent;
    glow.setAlphaF(0.25F);
    painter->strokePath(path_, QPen(glow, 9, Qt::SolidLine, Qt::RoundCap));
  }
  const QColor line = strong ? theme().accent : hovered_ ? theme().text : theme().secondary;
  painter->strokePath(path_, QPen(line, strong ? 2.5 : 1.5, Qt::SolidLine, Qt::RoundCap));
}

}  // namespace vitrine
