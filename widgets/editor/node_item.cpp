#include "widgets/editor/node_item.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>

#include "widgets/editor/category.h"
#include "widgets/theme/theme.h"

namespace vitrine {
namespace {

constexpr double kRadius = 6, kBar = 6, kMargin = 8, kPortRadius = 4;
constexpr double kNameTop = 11, kLineTop = 27, kPictureTop = 44;
constexpr double kChipTop = kNodeHeight + 5, kChipHeight = 19, kChipMost = 190;
constexpr int kNamePixels = 13, kSmallPixels = 10, kShapePixels = 11;

QRectF nodeRect() { return {0, 0, kNodeWidth, kNodeHeight}; }

QString chipText(const NodeLook& look) {
  for (const NodeFault& fault : look.faults)
    if (fault.fixable) return QCoreApplication::translate("NodeItem", "Fix: %1").arg(fault.cure);
  return {};
}

}  // namespace

QString fittedParts(const QString& text, const QFont& font, double width) {
  const QFontMetricsF metrics(font);
  QString shown = text;
  const QString dot = QStringLiteral(" · ");
  while (metrics.horizontalAdvance(shown) > width && shown.contains(dot)) shown.truncate(shown.lastIndexOf(dot));
  return metrics.elidedText(shown, Qt::ElideRight, width);
}

NodeItem::NodeItem(NodeId id) : id_(id) {
  setFlag(ItemIsSelectable);
  setZValue(1);
}

void NodeItem::setLook(NodeLook look) {
  if (look == look_) return;
  prepareGeometryChange();
  look_ = std::move(look);
  const QString chip = chipText(look_);
  chipWidth_ = chip.isEmpty() ? 0 : std::min(kChipMost, QFontMetricsF(sceneFont(kShapePixels)).horizontalAdvance(chip) + 18);
  QStringList tip{look_.name};
  if (!look_.summary.isEmpty()) tip << look_.summary;
  if (!look_.shape.isEmpty()) tip << QCoreApplication::translate("NodeItem", "Output %1").arg(look_.shape);
  setToolTip(look_.faults.empty() ? tip.join(QLatin1Char('\n')) : QString());
  update();
}

void NodeItem::setThumbnail(const QImage& image) {
  if (image.cacheKey() == image_.cacheKey() || image == image_) return;
  image_ = image;
  picture_ = QPixmap::fromImage(image);
  update(QRectF(0, kPictureTop, kNodeWidth, kNodeHeight - kPictureTop));
}

void NodeItem::setNote(const QString& note) {
  if (note == note_) return;
  note_ = note;
  update(QRectF(0, kLineTop, kNodeWidth, kPictureTop - kLineTop));
}

void NodeItem::setMark(Mark mark) {
  if (mark == mark_) return;
  mark_ = mark;
  update();
}

void NodeItem::setHovered(bool hovered) {
  if (hovered == hovered_) return;
  hovered_ = hovered;
  update();
}

QPointF NodeItem::outputPort() const { return pos() + QPointF(kNodeWidth, kNodeHeight / 2); }

QPointF NodeItem::inputPort(int port) const {
  const int n = std::max(1, look_.ports);
  const double gap = std::min(18.0, (kNodeHeight - 30) / n);
  return pos() + QPointF(0, kNodeHeight / 2 + (std::min(port, n - 1) - (n - 1) / 2.0) * gap);
}

QRectF NodeItem::chipLocal() const {
  if (chipWidth_ <= 0) return {};
  return {(kNodeWidth - chipWidth_) / 2, kChipTop, chipWidth_, kChipHeight};
}

QRectF NodeItem::chip() const { return chipWidth_ > 0 ? chipLocal().translated(pos()) : QRectF(); }

int NodeItem::fixIssue() const {
  for (const NodeFault& fault : look_.faults)
    if (fault.fixable) return fault.issue;
  return -1;
}

QRectF NodeItem::nameBox() const {
  return QRectF(kMargin - 3, kNameTop - 2, kNodeWidth - 2 * kMargin + 6, 20).translated(pos());
}

const NodeFault* NodeItem::fault() const { return look_.faults.empty() ? nullptr : &look_.faults.front(); }

QRectF NodeItem::boundingRect() const {
  const double side = std::max(12.0, (chipWidth_ - kNodeWidth) / 2 + 4);
  return nodeRect().adjusted(-side, -12, side, 30);
}

QPainterPath NodeItem::shape() const {
  QPainterPath path;
  path.addRoundedRect(nodeRect(), kRadius, kRadius);
  return path;
}

void NodeItem::paint(QPainter* painter, const QStyleOptionGraphicsItem*, QWidget*) {
  painter->setRenderHint(QPainter::Antialiasing);
  if (mark_ == Mark::Illegal) painter->setOpacity(0.45);
  paintBox(*painter);
  paintText(*painter);
  paintPicture(*painter);
  paintPorts(*painter);
  paintBadge(*painter);
  paintChip(*painter);
}

void NodeItem::paintBox(QPainter& p) const {
  const Theme& t = theme();
  const NodeFault* worst = fault();
  const bool marked = mark_ == Mark::Legal || mark_ == Mark::Target;
  QColor line = hovered_ ? t.secondary : t.border;
  if (worst) line = worst->fatal ? t.error : t.warning;
  if (isSelected() || marked) line = t.accent;
  const double width = isSelected() || worst || mark_ == Mark::Target ? 2 : marked ? 1.5 : 1;
  if (mark_ == Mark::Target || (worst && isSelected())) {  // a glow tells the outline's second meaning
    QColor glow = worst && mark_ == Mark::None ? (worst->fatal ? t.error : t.warning) : t.accent;
    glow.setAlphaF(0.28F);
    p.setPen(QPen(glow, 8));
    p.setBrush(Qt::NoBrush);
    p.drawRoundedRect(nodeRect(), kRadius, kRadius);
  }
  QPainterPath outline;
  outline.addRoundedRect(nodeRect(), kRadius, kRadius);
  p.fillPath(outline, t.panel);
  p.save();
  p.setClipRect(QRectF(0, 0, kNodeWidth, kBar), Qt::IntersectClip);
  p.fillPath(outline, layerColor(look_.type));
  p.restore();
  p.strokePath(outline, QPen(line, width));
}

void NodeItem::paintText(QPainter& p) const {
  const Theme& t = theme();
  const QFont bold = sceneFont(kNamePixels, true), small = sceneFont(kSmallPixels), shapeFont = sceneFont(kShapePixels);
  const double room = kNodeWidth - 2 * kMargin;
  p.setPen(t.text);
  p.setFont(bold);
  p.drawText(QRectF(kMargin, kNameTop, room, 17), Qt::AlignLeft | Qt::AlignVCenter,
             QFontMetricsF(bold).elidedText(look_.name, Qt::ElideRight, room));
  p.setPen(t.secondary);
  p.setFont(small);
  const QString line = note_.isEmpty() ? look_.summary : note_;
  p.drawText(QRectF(kMargin, kLineTop, room, 14), Qt::AlignLeft | Qt::AlignVCenter, fittedParts(line, small, room));
  if (chipWidth_ > 0) return;  // the chip stands there
  p.setFont(shapeFont);
  p.drawText(QRectF(-12, kNodeHeight + 4, kNodeWidth + 24, 16), Qt::AlignHCenter | Qt::AlignVCenter, look_.shape);
}

void NodeItem::paintPicture(QPainter& p) const {
  if (picture_.isNull()) return;
  const QRectF area(kMargin, kPictureTop, kNodeWidth - 2 * kMargin, kNodeHeight - kPictureTop - 7);
  const QSizeF size = QSizeF(picture_.size()).scaled(area.size(), Qt::KeepAspectRatio);
  const QRectF target(area.center() - QPointF(size.width() / 2, size.height() / 2), size);
  // Enlarged cells keep their edges: each stands for a number.
  p.setRenderHint(QPainter::SmoothPixmapTransform, size.width() < picture_.width());
  p.drawPixmap(target, picture_, QRectF(picture_.rect()));
}

void NodeItem::paintPorts(QPainter& p) const {
  const Theme& t = theme();
  const bool strong = hovered_ || isSelected() || mark_ == Mark::Legal || mark_ == Mark::Target;
  p.setPen(QPen(strong ? t.accent : t.secondary, 1.5));
  p.setBrush(t.panel);
  for (int port = 0; port < look_.ports; ++port) p.drawEllipse(inputPort(port) - pos(), kPortRadius, kPortRadius);
  if (look_.output) p.drawEllipse(outputPort() - pos(), kPortRadius, kPortRadius);
}

void NodeItem::paintBadge(QPainter& p) const {
  const NodeFault* worst = fault();
  if (!worst) return;
  const QPointF centre(kNodeWidth - 2, 2);
  p.setPen(QPen(theme().panel, 1.5));
  p.setBrush(worst->fatal ? theme().error : theme().warning);
  p.drawEllipse(centre, 9, 9);
  p.setPen(theme().panel);
  p.setFont(sceneFont(13, true));
  p.drawText(QRectF(centre - QPointF(9, 9), QSizeF(18, 18)), Qt::AlignCenter, QStringLiteral("!"));
}

void NodeItem::paintChip(QPainter& p) const {
  if (chipWidth_ <= 0) return;
  const QFont font = sceneFont(kShapePixels);
  const QRectF chip = chipLocal();
  p.setPen(QPen(theme().accent, 1));
  p.setBrush(theme().panel);
  p.drawRoundedRect(chip, kChipHeight / 2, kChipHeight / 2);
  p.setPen(theme().accent);
  p.setFont(font);
  p.drawText(chip, Qt::AlignCenter, QFontMetricsF(font).elidedText(chipText(look_), Qt::ElideRight, chip.width() - 14));
}

}  // namespace vitrine
