#include "widgets/explain/sample_gallery.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr double kTileGap = 6;
constexpr int kTableLines = 3;

}  // namespace

SampleGallery::SampleGallery(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Samples"));
  setFocusPolicy(Qt::StrongFocus);
}

void SampleGallery::setData(SampleGalleryData data) {
  data_ = std::move(data);
  names_.clear();
  for (const SampleItem& item : data_.items) names_ << item.truth << item.predicted;
  names_.removeDuplicates();
  rasters_.assign(data_.items.size(), {});
  if (focus_ >= static_cast<int>(data_.items.size())) focus_ = -1;
  refit();
  update();
}

void SampleGallery::refit() {
  setMinimumSize(80, std::max(60, static_cast<int>(heightFor(width(), FigureStyle::screen()))));
}

double SampleGallery::heightFor(double width, const FigureStyle& style) const {
  const int columns = columnsIn(width);
  return std::ceil(static_cast<double>(data_.items.size()) / columns) * (itemHeight((width - (columns - 1) * kTileGap) / columns, style) + kTileGap);
}

QSizeF SampleGallery::preferredMm() const { return {kSingleColumnMm, pageHeightMm(*this, kSingleColumnMm)}; }

void SampleGallery::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  if (event->size().width() != event->oldSize().width()) refit();
}

int SampleGallery::columnsIn(double width) const { return std::max(1, static_cast<int>((width + kTileGap) / ((data_.height > 0 ? 68 : 130) + kTileGap))); }

double SampleGallery::itemHeight(double width, const FigureStyle& style) const {
  const double line = lineHeight(style.font(-1.5));
  if (data_.channels == 0) return width * 0.5 + line;
  if (data_.height == 0) return (kTableLines + 1) * line + 8;
  return width * data_.height / std::max(1, data_.width) + line;
}

QRectF SampleGallery::itemRect(int item, const QRectF& rect, const FigureStyle& style) const {
  const int columns = columnsIn(rect.width());
  const double w = (rect.width() - (columns - 1) * kTileGap) / columns, h = itemHeight(w, style);
  return {rect.left() + item % columns * (w + kTileGap), rect.top() + item / columns * (h + kTileGap), w, h};
}

QRectF SampleGallery::itemRect(int item) const { return itemRect(item, figureRect(), FigureStyle::screen()); }

int SampleGallery::itemAt(QPointF position) const {
  for (int i = 0; i < static_cast<int>(data_.items.size()); ++i)
    if (itemRect(i).contains(position)) return i;
  return -1;
}

void SampleGallery::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1.5);
  const double line = lineHeight(small);
  const Theme& t = style.colors;
  for (int i = 0; i < static_cast<int>(data_.items.size()); ++i) {
    const SampleItem& item = data_.items[static_cast<std::size_t>(i)];
    const QRectF place = itemRect(i, rect, style);
    if (place.top() > rect.bottom()) break;
    const QRectF picture = place.adjusted(1, 1, -1, -line);
    painter.fillRect(place, t.field);
    if (data_.channels == 0) {
      const Range span = fullRange(item.pixels);
      QPainterPath path;
      for (std::size_t k = 0; k < item.pixels.size(); ++k) {
        const QPointF p(picture.left() + 2 + (picture.width() - 4) * static_cast<double>(k) / std::max<std::size_t>(1, item.pixels.size() - 1),
                        picture.bottom() - 2 - span.at(static_cast<double>(item.pixels[k])) * (picture.height() - 4));
        k == 0 ? path.moveTo(p) : path.lineTo(p);
      }
      painter.fillRect(picture, t.panel);
      painter.setAntialiasing(true);
      painter.setPen(QPen(t.text, 1));
      painter.setBrush(Qt::NoBrush);
      painter.drawPath(path);
    } else if (data_.height > 0) {
      Raster& raster = rasters_[static_cast<std::size_t>(i)];
      if (raster.empty()) raster = imageRaster(item.pixels, data_.height, data_.width, data_.channels);
      drawRaster(painter, picture, raster, style);
    } else {
      painter.setFont(small);
      painter.setPen(t.secondary);
      const QStringList lines = elidedBefore(QStringLiteral("  "), item.lines.mid(0, kTableLines), metrics(painter, small), picture.width() - 8);
      for (int k = 0; k < lines.size(); ++k)
        drawLine(painter, QRectF(picture.left() + 4, picture.top() + 3 + k * line, picture.width() - 8, line), Qt::AlignLeft | Qt::AlignVCenter, lines[k]);
    }
    const QRectF words(place.left() + 4, place.bottom() - line, place.width() - 8, line);
    const bool known = !item.predicted.isEmpty();
    const QString sign = !known ? QString() : item.right ? QStringLiteral("✓") : QStringLiteral("→ ");
    const double wide = std::min(textWidth(small, sign + (item.right ? QString() : item.predicted)) + 2, words.width() * 0.6);
    const QRectF answer(words.right() - wide, words.top(), wide, line);
    painter.setFont(small);
    painter.setPen(t.text);
    drawName(painter, words.adjusted(0, 0, -wide, 0), Qt::AlignLeft | Qt::AlignVCenter, names_, names_.indexOf(item.truth));
    painter.setPen(item.right ? t.good : t.error);
    if (item.right)
      drawLine(painter, answer, Qt::AlignRight | Qt::AlignVCenter, sign);
    else if (known)
      drawNameAfter(painter, answer, Qt::AlignRight | Qt::AlignVCenter, sign, names_, names_.indexOf(item.predicted));
    if (style.print) continue;
    const bool marked = i == focus_ && hasFocus();
    if (item.chosen || marked) {
      painter.setAntialiasing(true);
      painter.setPen(QPen(item.chosen ? t.accent : t.secondary, 2, marked ? Qt::DashLine : Qt::SolidLine));
      painter.setBrush(Qt::NoBrush);
      painter.drawRoundedRect(place.adjusted(1, 1, -1, -1), 3, 3);
    }
    if (item.pinned) {
      painter.setAntialiasing(true);
      painter.setPen(Qt::NoPen);
      painter.setBrush(t.accent);
      painter.drawEllipse(QRectF(place.right() - 11, place.top() + 4, 7, 7));
    }
  }
}

FigureTable SampleGallery::figureData() const {
  FigureTable table{{tr("sample"), tr("class"), tr("predicted"), tr("chosen")}, {}};
  for (const SampleItem& i : data_.items) table.rows.push_back({i.row, i.truth, i.predicted, i.chosen ? 1 : 0});
  return table;
}

QString SampleGallery::readoutAt(QPointF position) const {
  const int i = itemAt(position);
  if (i < 0) return {};
  const SampleItem& item = data_.items[static_cast<std::size_t>(i)];
  QStringList lines{tr("sample %1").arg(QLocale().toString(item.row)) + (item.truth.isEmpty() ? QString() : QStringLiteral(" · ") + item.truth)};
  if (!item.predicted.isEmpty()) lines << (item.right ? tr("rightly predicted") : tr("taken for %1").arg(item.predicted));
  lines << item.lines.mid(0, 12);
  lines << (item.pinned ? tr("pinned: explained live in Train too; click to unpin") : item.chosen ? tr("click to take it off the wall") : tr("click to explain it"));
  return lines.join(QLatin1Char('\n'));
}

void SampleGallery::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  if (event->button() != Qt::LeftButton) return;
  const int i = itemAt(event->position());
  if (i < 0) return;
  focus_ = i;
  emit rowToggled(data_.items[static_cast<std::size_t>(i)].row);
}

void SampleGallery::keyPressEvent(QKeyEvent* event) {
  const int columns = columnsIn(width()), last = static_cast<int>(data_.items.size()) - 1;
  int next = focus_;
  switch (event->key()) {
    case Qt::Key_Left: --next; break;
    case Qt::Key_Right: ++next; break;
    case Qt::Key_Up: next -= columns; break;
    case Qt::Key_Down: next = focus_ < 0 ? 0 : focus_ + columns; break;
    case Qt::Key_Space:
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (focus_ >= 0 && focus_ <= last) emit rowToggled(data_.items[static_cast<std::size_t>(focus_)].row);
      return;
    default: return FigureWidget::keyPressEvent(event);
  }
  if (next < 0 || next > last) return;
  focus_ = next;
  emit focusMoved(itemRect(focus_));
  update();
}

void SampleGallery::focusInEvent(QFocusEvent* event) {
  FigureWidget::focusInEvent(event);
  const bool byKey = event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason || event->reason() == Qt::ShortcutFocusReason;
  const QRectF seen = visibleRegion().boundingRect();
  if (byKey && (focus_ < 0 || !seen.contains(itemRect(focus_)))) {
    focus_ = -1;
    for (int i = 0; i < static_cast<int>(data_.items.size()) && focus_ < 0; ++i)
      if (seen.contains(itemRect(i))) focus_ = i;
    if (focus_ < 0 && !isEmpty()) focus_ = std::max(0, itemAt(seen.center()));
  }
  update();
}

void SampleGallery::focusOutEvent(QFocusEvent* event) {
  FigureWidget::focusOutEvent(event);
  update();
}

}  // namespace vitrine
