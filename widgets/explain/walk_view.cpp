#include "widgets/explain/walk_view.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {

WalkView::WalkView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("A sample on its way through the network"));
  setFocusPolicy(Qt::StrongFocus);
}

void WalkView::setData(WalkData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  preparedDark_ = -1;
  refit();
  if (retitled) emit titleChanged();
  emit selectionChanged();
  update();
}

void WalkView::setScale(WalkScale scale) {
  data_.scale = scale;
  preparedDark_ = -1;
  update();
}

void WalkView::select(int id, qint64 unit) {
  id_ = id;
  unit_ = unit;
  emit selectionChanged();
  update();
}

int WalkView::selectedLayer() const {
  for (std::size_t i = 0; i < data_.layers.size(); ++i)
    if (data_.layers[i].id == id_ && unit_ >= 0 && unit_ < static_cast<qint64>(data_.layers[i].values.size())) return static_cast<int>(i);
  return -1;
}

/// Of more channels than are shown, those around the chosen one.
int WalkView::firstOf(const WalkLayer& layer) const { return layer.id == id_ && unit_ >= 0 ? static_cast<int>(unit_ % layer.channels) / kMostMaps * kMostMaps : 0; }

ColorMap WalkView::mapOf(const WalkLayer& layer) const {
  return std::any_of(layer.values.begin(), layer.values.end(), [](Real v) { return v < 0; }) ? ColorMap::Diverging : ColorMap::Viridis;
}

Range WalkView::rangeOf(int layer, int channel) const {
  const WalkLayer& l = data_.layers[static_cast<std::size_t>(layer)];
  const ColorMap map = mapOf(l);
  if (data_.scale == WalkScale::EachMap) return rangeFor(map, mapValues(l.values, {l.channels, l.height, l.width, true}, channel));
  if (data_.scale == WalkScale::EachLayer) return rangeFor(map, l.values);
  double top = 0;
  for (const WalkLayer& other : data_.layers)
    for (Real v : other.values)
      if (std::isfinite(v)) top = std::max(top, std::abs(static_cast<double>(v)));
  return {isDiverging(map) ? -top : 0, top > 0 ? top : 1};
}

void WalkView::prepare(bool dark) const {
  const int chosen = selectedLayer(), from = chosen < 0 ? 0 : firstOf(data_.layers[static_cast<std::size_t>(chosen)]) * (chosen + 1);
  if (preparedDark_ == static_cast<int>(dark) && preparedFirst_ == from) return;
  preparedDark_ = static_cast<int>(dark);
  preparedFirst_ = from;
  rasters_.assign(data_.layers.size(), {});
  for (std::size_t i = 0; i < data_.layers.size(); ++i) {
    const WalkLayer& l = data_.layers[i];
    const ColorMap map = forTheme(mapOf(l), dark);
    const Range whole = rangeOf(static_cast<int>(i), 0);
    for (int c = firstOf(l); c < std::min(l.channels, firstOf(l) + kMostMaps); ++c) {
      const std::vector<Real> values = mapValues(l.values, {l.channels, l.height, l.width, true}, c);
      rasters_[i].push_back(rasterize(values, l.height, l.width, data_.scale == WalkScale::EachMap ? rangeFor(mapOf(l), values) : whole, map));
    }
  }
}

QString WalkView::shapeText(const WalkLayer& layer, const Place& place) {
  if (place.shown == layer.channels) return layer.shape;
  if (place.first == 0) return tr("%1, first %2").arg(layer.shape, QLocale().toString(place.shown));
  return tr("%1, %2 to %3").arg(layer.shape, QLocale().toString(place.first), QLocale().toString(place.first + place.shown - 1));
}

std::vector<WalkView::Place> WalkView::places(const QRectF& rect, const FigureStyle& style) const {
  std::vector<Place> out;
  const double line = lineHeight(style.font(-1)), head = 2 * line, bar = colorBarHeight(style), gap = 14;
  // A page has as many strips of layers as their width asks for; the screen has one, which scrolls.
  const double high = style.print ? kPrintedStrip : std::max(20.0, rect.height() - head - bar - 8);
  double x = rect.left(), top = rect.top(), deepest = 0;
  std::size_t first = 0;
  const auto endStrip = [&] {
    for (; first < out.size(); ++first) out[first].scale.moveTop(style.print ? top + head + deepest + 3 : rect.bottom() - bar);
    top += head + deepest + 3 + bar + 8;
    x = rect.left();
    deepest = 0;
  };
  // Each layer is as high as the strip and as wide as its maps need at a size at which they can be told apart.
  for (const WalkLayer& l : data_.layers) {
    Place p;
    p.first = firstOf(l);
    p.shown = std::min(l.channels - p.first, kMostMaps);
    const double aspect = std::clamp(static_cast<double>(l.width) / l.height, 0.2, 3.0);
    const double least = l.height * l.width == 1 ? 8 : 26;
    p.rows = std::clamp(static_cast<int>(std::floor((high + 3) / (least / std::min(1.0, aspect) + 3))), 1, p.shown);
    if (l.height * l.width > 1) p.rows = std::min(p.rows, std::max(1, static_cast<int>(std::ceil(std::sqrt(p.shown / 2.0)))));
    else p.rows = std::min(p.rows, std::max(3, static_cast<int>(std::ceil(std::sqrt(p.shown)))));
    p.columns = (p.shown + p.rows - 1) / p.rows;
    p.rows = (p.shown + p.columns - 1) / p.columns;
    p.cellHeight = std::min((high - (p.rows - 1) * 3) / p.rows, l.height * l.width == 1 ? 14.0 : 64.0);
    p.cellWidth = p.cellHeight * aspect;
    const double names = std::max(textWidth(style.font(-1, true), l.name), textWidth(style.font(-1.5), shapeText(l, p))) + kTextSpare;
    // Room for the names, and for both ends of the scale.
    const double scale = textWidth(style.font(-1.5), QStringLiteral("−0.000+0.000")) + 8;
    double w = std::max({p.columns * (p.cellWidth + 3) - 3, names + 2 - gap * 0.7, scale});
    if (style.print && w > rect.width()) {  // more rows of them, and the page grows
      w = std::max(1.0, rect.width());
      p.cellHeight *= std::min(1.0, w / p.cellWidth);
      p.cellWidth = std::min(p.cellWidth, w);
      p.columns = std::clamp(static_cast<int>((w + 3) / (p.cellWidth + 3)), 1, p.columns);
      p.rows = (p.shown + p.columns - 1) / p.columns;
    }
    if (style.print && x > rect.left() && x + w > rect.right()) endStrip();
    p.head = QRectF(x, top, style.print ? std::min(w + gap * 0.7, rect.right() - x) : w + gap * 0.7, head);
    p.area = QRectF(x, top + head, w, p.rows * (p.cellHeight + 3));
    // Both its ends are seen at once, however wide the maps.
    constexpr double kMostScale = 170;
    p.scale = QRectF(x, 0, std::min(w, kMostScale), bar);
    x += w + gap;
    deepest = std::max(deepest, p.area.height());
    out.push_back(p);
  }
  endStrip();
  return out;
}

double WalkView::heightFor(double width, const FigureStyle& style) const {
  if (isEmpty() || !style.print) return 0;
  return places(QRectF(0, 0, width, 0), style).back().scale.bottom();
}

QSizeF WalkView::preferredMm() const { return {kDoubleColumnMm, isEmpty() ? 50 : pageHeightMm(*this, kDoubleColumnMm)}; }

void WalkView::refit() {
  const std::vector<Place> p = places(QRectF(0, 0, 100, height()), FigureStyle::screen());
  setMinimumSize(p.empty() ? 120 : static_cast<int>(p.back().head.right()) + 4, 100);
}

void WalkView::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  if (event->size().height() != event->oldSize().height()) refit();
}

void WalkView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  prepare(style.colors.dark);
  const std::vector<Place> all = places(rect, style);
  const double line = lineHeight(style.font(-1));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Place& p = all[i];
    const WalkLayer& l = data_.layers[i];
    painter.setFont(style.font(-1, true));
    painter.setPen(l.id == id_ && !style.print ? style.colors.accent : style.colors.text);
    drawLine(painter, QRectF(p.head.left(), p.head.top(), p.head.width(), line), Qt::AlignLeft | Qt::AlignVCenter, l.name);
    painter.setFont(style.font(-1.5));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(p.head.left(), p.head.top() + line - 2, p.head.width(), line), Qt::AlignLeft | Qt::AlignVCenter,
             shapeText(l, p));
    for (int c = 0; c < p.shown; ++c) {
      const QRectF cell = p.cell(c);
      drawRaster(painter, cell, rasters_[i][static_cast<std::size_t>(c)], style);
      if (style.print || l.id != id_ || unit_ < 0 || unit_ % l.channels != p.first + c) continue;
      painter.setPen(QPen(style.colors.accent, 2));
      painter.setBrush(Qt::NoBrush);
      painter.drawRect(cell.adjusted(-1, -1, 1, 1));
      const qint64 at = unit_ / l.channels;
      const double w = cell.width() / l.width, h = cell.height() / l.height;
      if (l.height * l.width > 1) painter.drawRect(QRectF(cell.left() + static_cast<double>(at % l.width) * w, cell.top() + static_cast<double>(at / l.width) * h, w, h));
    }
    const ColorMap map = forTheme(mapOf(l), style.colors.dark);
    if (data_.scale == WalkScale::EachMap)
      drawColorBar(painter, p.scale, isDiverging(map) ? tr("−max") : tr("least"), {}, isDiverging(map) ? tr("+max") : tr("most"), map, style);
    else
      drawColorBar(painter, p.scale, rangeOf(static_cast<int>(i), 0), map, {}, style);
  }
}

bool WalkView::hit(QPointF position, int& layer, qint64& unit) const {
  const std::vector<Place> all = places(figureRect(), FigureStyle::screen());
  for (std::size_t i = 0; i < all.size(); ++i)
    for (int c = 0; c < all[i].shown; ++c) {
      const QRectF cell = all[i].cell(c);
      if (!cell.contains(position)) continue;
      const WalkLayer& l = data_.layers[i];
      const int x = std::min(l.width - 1, static_cast<int>((position.x() - cell.left()) / cell.width() * l.width));
      const int y = std::min(l.height - 1, static_cast<int>((position.y() - cell.top()) / cell.height() * l.height));
      layer = static_cast<int>(i);
      unit = (static_cast<qint64>(y) * l.width + x) * l.channels + all[i].first + c;
      return true;
    }
  return false;
}

QString WalkView::unitText(const WalkLayer& l, qint64 unit) {
  const qint64 at = unit / l.channels;
  const QLocale locale;
  if (l.series) return tr("%1, channel %2, step %3").arg(l.name, locale.toString(unit % l.channels), locale.toString(at + 1));
  return l.height * l.width == 1 ? tr("%1, unit %2").arg(l.name, locale.toString(unit))
                                 : tr("%1, channel %2, row %3, column %4").arg(l.name, locale.toString(unit % l.channels), locale.toString(at / l.width), locale.toString(at % l.width));
}

QString WalkView::selectionText() const {
  const int i = selectedLayer();
  if (i < 0) return {};
  const WalkLayer& l = data_.layers[static_cast<std::size_t>(i)];
  return tr("%1: %2").arg(unitText(l, unit_), numberText(static_cast<double>(l.values[static_cast<std::size_t>(unit_)]), 4));
}

QRectF WalkView::selectedRect() const {
  const int i = selectedLayer();
  if (i < 0) return {};
  const Place p = places(figureRect(), FigureStyle::screen())[static_cast<std::size_t>(i)];
  return p.cell(static_cast<int>(unit_ % data_.layers[static_cast<std::size_t>(i)].channels) - p.first);
}

void WalkView::keyPressEvent(QKeyEvent* event) {
  if (isEmpty()) return FigureWidget::keyPressEvent(event);
  int i = std::max(0, selectedLayer());
  const bool none = selectedLayer() < 0, within = event->modifiers() == Qt::ShiftModifier;
  const int columns = places(figureRect(), FigureStyle::screen())[static_cast<std::size_t>(i)].columns;
  int layerStep = 0, channelStep = 0, dx = 0, dy = 0;
  switch (event->key()) {
    case Qt::Key_Left: (within ? dx : channelStep) = -1; break;
    case Qt::Key_Right: (within ? dx : channelStep) = 1; break;
    case Qt::Key_Up: (within ? dy : channelStep) = within ? -1 : -columns; break;
    case Qt::Key_Down: (within ? dy : channelStep) = within ? 1 : columns; break;
    case Qt::Key_PageUp: layerStep = -1; break;
    case Qt::Key_PageDown: layerStep = 1; break;
    case Qt::Key_Home: channelStep = -1 << 30; break;
    case Qt::Key_End: channelStep = 1 << 30; break;
    default: return FigureWidget::keyPressEvent(event);
  }
  const WalkLayer* l = &data_.layers[static_cast<std::size_t>(i)];
  const qint64 unit = none ? 0 : unit_;
  int channel = static_cast<int>(unit % l->channels), x = static_cast<int>(unit / l->channels % l->width), y = static_cast<int>(unit / l->channels / l->width);
  if (const int next = i + layerStep; !none && layerStep != 0 && next >= 0 && next < static_cast<int>(data_.layers.size())) {
    // The same place of the picture in the next layer's maps.
    const WalkLayer& to = data_.layers[static_cast<std::size_t>(next)];
    x = x * to.width / l->width, y = y * to.height / l->height, channel = std::min(channel, to.channels - 1);
    l = &to;
  }
  if (!none) {
    const bool jump = std::abs(channelStep) == 1 << 30;
    if (const int to = channel + channelStep; jump || (to >= 0 && to < l->channels)) channel = jump ? (channelStep > 0 ? l->channels - 1 : 0) : to;
    x = std::clamp(x + dx, 0, l->width - 1), y = std::clamp(y + dy, 0, l->height - 1);
  }
  select(l->id, (static_cast<qint64>(y) * l->width + x) * l->channels + channel);
  emit unitSelected(id_, unit_);
}

QString WalkView::readoutAt(QPointF position) const {
  int layer = 0;
  qint64 unit = 0;
  if (!hit(position, layer, unit)) return {};
  const WalkLayer& l = data_.layers[static_cast<std::size_t>(layer)];
  return unitText(l, unit) + QLatin1Char('\n') + numberText(static_cast<double>(l.values[static_cast<std::size_t>(unit)]), 5) + tr("\nclick: what it sees, what moves it, what it does");
}

void WalkView::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  int layer = 0;
  qint64 unit = 0;
  if (event->button() != Qt::LeftButton || !hit(event->position(), layer, unit)) return;
  select(data_.layers[static_cast<std::size_t>(layer)].id, unit);
  emit unitSelected(id_, unit);
}

FigureTable WalkView::figureData() const {
  const bool series = std::any_of(data_.layers.begin(), data_.layers.end(), [](const WalkLayer& l) { return l.series; });
  FigureTable table{{tr("layer"), tr("row"), tr("column"), tr("channel"), tr("activation")}, {}};
  if (series) table.columns = {tr("layer"), tr("step"), tr("channel"), tr("activation")};
  for (const WalkLayer& l : data_.layers)
    for (std::size_t k = 0; k < l.values.size(); ++k) {
      const int at = static_cast<int>(k) / l.channels;
      if (series) {
        // What comes after the steps were gathered has none.
        table.rows.push_back({l.name, l.series ? QVariant(at + 1) : QVariant(QString()), static_cast<int>(k) % l.channels, l.values[k]});
        continue;
      }
      table.rows.push_back({l.name, at / l.width, at % l.width, static_cast<int>(k) % l.channels, l.values[k]});
    }
  return table;
}

}  // namespace vitrine
