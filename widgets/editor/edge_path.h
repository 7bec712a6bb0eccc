#pragma once

#include <QPainterPath>
#include <QRectF>

namespace vitrine {

/// The line from an output port to an input port, in scene units: straight to a neighbour, a soft S to another height,
/// through the gap between the rows when the target stands to the left (a wrapped row), and, when `detour`, in an
/// arch over the nodes that stand between.
QPainterPath edgePath(QPointF from, QPointF to, const QRectF& source, const QRectF& target, bool detour);

}  // namespace vitrine
