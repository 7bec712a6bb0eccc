#include "widgets/editor/edge_path.h"

#include <algorithm>
#include <cmath>

#include "widgets/editor/node_geometry.h"

namespace vitrine {
namespace {

constexpr double kBulge = 26;      // how far a turning line leaves its node
constexpr double kLabelRoom = 22;  // the output shape under a node

/// Height of the way back to the left: between the two rows, clear of the shape labels when there is room.
double gapHeight(const QRectF& source, const QRectF& target) {
  if (target.top() > source.bottom()) {
    const double low = source.bottom() + kLabelRoom;
    return low < target.top() ? std::max(low, target.top() - 12) : (source.bottom() + target.top()) / 2;
  }
  if (source.top() > target.bottom()) {
    const double low = target.bottom() + kLabelRoom;
    return low < source.top() ? std::max(low, source.top() - 12) : (target.bottom() + source.top()) / 2;
  }
  return std::max(source.bottom(), target.bottom()) + kLabelRoom + 10;
}

}  // namespace

QPainterPath edgePath(QPointF from, QPointF to, const QRectF& source, const QRectF& target, bool detour) {
  QPainterPath path(from);
  const double dx = to.x() - from.x();
  if (dx >= 4 && detour) {
    const double top = std::min(source.top(), target.top()) - 14;
    const double turn = std::min(kBulge, dx / 2);
    path.cubicTo(from.x() + turn, from.y(), from.x() + turn * 0.3, top, from.x() + turn * 1.6, top);
    path.lineTo(to.x() - turn * 1.6, top);
    path.cubicTo(to.x() - turn * 0.3, top, to.x() - turn, to.y(), to.x(), to.y());
  } else if (dx >= 4) {
    const double handle = std::clamp(dx / 2, 8.0, 80.0);
    path.cubicTo(from.x() + handle, from.y(), to.x() - handle, to.y(), to.x(), to.y());
  } else {
    const double y = gapHeight(source, target);
    const double x1 = std::max(from.x() - kNodeWidth / 2, to.x());
    const double x2 = std::min(to.x() + kNodeWidth / 2, x1);
    path.cubicTo(from.x() + kBulge * 1.4, from.y(), from.x() + kBulge * 1.2, y, x1, y);
    path.lineTo(x2, y);
    path.cubicTo(to.x() - kBulge * 1.2, y, to.x() - kBulge * 1.4, to.y(), to.x(), to.y());
  }
  return path;
}

}  // namespace vitrine
