#include "widgets/data/image_gallery.h"

#include <qcustomplot.h>

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMenu>
#include <QScrollBar>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "widgets/data/chart.h"
#include "widgets/figure/figure_panel.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr double kGap = 6;
/// Labels stand below images that are at least so wide.
constexpr int kLabelled = 44;

}  // namespace

ImageGallery::ImageGallery(QWidget* parent) : QAbstractScrollArea(parent) {
  setObjectName(QStringLiteral("galleryView"));
  setAccessibleName(tr("Images of the data"));
  setFrameShape(NoFrame);
  setFocusPolicy(Qt::StrongFocus);
  setMinimumSize(120, 80);
  viewport()->setMouseTracking(true);
  viewport()->setAutoFillBackground(false);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
  connect(themeSignal(), &ThemeSignal::changed, this, [this] {
    pictures_.clear();  // the hatch of what is no number is in the theme's colours
    viewport()->update();
  });
}

void ImageGallery::setTable(SampleTablePtr table) {
  table_ = std::move(table);
  pictures_.clear();
  current_ = -1;
  part_.reset();
  class_.reset();
  verticalScrollBar()->setValue(0);
  refilter();
}

void ImageGallery::setFilter(std::optional<Part> part, std::optional<std::int32_t> classOf) {
  part_ = part, class_ = classOf;
  refilter();
  verticalScrollBar()->setValue(0);
}

void ImageGallery::setPinned(const std::vector<std::int32_t>& samples) {
  pinned_ = {samples.begin(), samples.end()};
  viewport()->update();
}

void ImageGallery::refilter() {
  shown_.clear();
  if (table_ && table_->data->spec.input.isImage())
    for (std::int64_t s = 0; s < table_->data->count(); ++s) {
      const std::size_t row = static_cast<std::size_t>(table_->rowsOf[static_cast<std::size_t>(s)]);
      if (part_ && table_->parts[row] != *part_) continue;
      if (class_ && (table_->classes.empty() || table_->classes[row] != *class_)) continue;
      shown_.push_back(static_cast<std::int32_t>(s));
    }
  refreshScroll();
  viewport()->update();
  emit shownChanged();
}

void ImageGallery::setZoom(int side) {
  side = std::clamp(side, kLeastZoom, kMostZoom);
  if (side == side_) return;
  // What stands first stays in sight.
  const int first = firstInSight();
  side_ = side;
  pictures_.clear();
  refreshScroll();
  const Grid g = grid();
  verticalScrollBar()->setValue(static_cast<int>(first / g.columns * g.height));
  viewport()->update();
  emit zoomChanged(side);
}

QSizeF ImageGallery::imageSize(double side) const {
  if (!table_ || !table_->data->spec.input.isImage()) return {side, side};
  const vitrine::Shape& shape = table_->data->spec.input;
  const double h = static_cast<double>(shape[0]), w = static_cast<double>(shape[1]), most = std::max(h, w);
  return {std::max(1.0, side * w / most), std::max(1.0, side * h / most)};
}

ImageGallery::Grid ImageGallery::grid() const {
  Grid g;
  const QSizeF picture = imageSize(side_);
  g.label = side_ >= kLabelled ? lineHeight(theme().font(-1.5)) + 1 : 0;
  g.width = std::max(picture.width(), g.label > 0 ? double(kLabelled) : 0.0) + kGap;
  g.height = picture.height() + g.label + kGap;
  g.columns = std::max(1, static_cast<int>((viewport()->width() - kGap) / g.width));
  return g;
}

void ImageGallery::refreshScroll() {
  const Grid g = grid();
  const double lines = std::ceil(static_cast<double>(shown_.size()) / g.columns);
  const double height = std::min(lines * g.height + kGap, 2e9);
  verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(height) - viewport()->height()));
  verticalScrollBar()->setPageStep(std::max(1, viewport()->height()));
  verticalScrollBar()->setSingleStep(static_cast<int>(std::max(8.0, g.height / 2)));
}

int ImageGallery::firstInSight() const {
  const Grid g = grid();
  return std::min(static_cast<int>(std::max<std::size_t>(1, shown_.size())) - 1, static_cast<int>(verticalScrollBar()->value() / g.height) * g.columns);
}

QRectF ImageGallery::imageRect(int index) const {
  const Grid g = grid();
  const QSizeF picture = imageSize(side_);
  const double x = kGap + index % g.columns * g.width + (g.width - kGap - picture.width()) / 2, y = kGap + index / g.columns * g.height - verticalScrollBar()->value();
  return {QPointF(std::floor(x), std::floor(y)), picture};
}

int ImageGallery::indexAt(QPointF position) const {
  const Grid g = grid();
  const int column = static_cast<int>((position.x() - kGap / 2) / g.width), line = static_cast<int>((position.y() + verticalScrollBar()->value() - kGap / 2) / g.height);
  if (position.x() < 0 || column >= g.columns) return -1;
  const std::int64_t index = std::int64_t{line} * g.columns + column;
  return index >= 0 && index < static_cast<std::int64_t>(shown_.size()) ? static_cast<int>(index) : -1;
}

QImage ImageGallery::image(std::int32_t sample) const {
  const Dataset& d = *table_->data;
  const vitrine::Shape& shape = d.spec.input;
  // Bytes are 0 to 255 where the data set does not say more.
  const Range range = d.inputs.isBytes() && d.low == 0 && d.high == 1 ? Range{0, 255} : Range{d.low, d.high};
  std::vector<Real> values(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<Real>(d.inputs.raw(sample, static_cast<std::int64_t>(i)));
  Raster raster = imageRaster(values, static_cast<int>(shape[0]), static_cast<int>(shape[1]), static_cast<int>(shape[2]), range);
  hatchNan(raster, theme().secondary.rgba(), theme().panel.rgba());
  ++made_;
  return toImage(raster);
}

QImage ImageGallery::imageOn(std::int32_t sample, const QRectF& picture, double ratio) const {
  // Sharp pixels when enlarged, averaged when shrunk.
  const QImage whole = image(sample);
  const QSize size(std::max(1, qRound(picture.width() * ratio)), std::max(1, qRound(picture.height() * ratio)));
  return whole.width() > size.width() ? whole.scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation) : whole;
}

QString ImageGallery::labelOf(std::int32_t sample) const {
  const Dataset& d = *table_->data;
  const std::size_t s = static_cast<std::size_t>(sample), n = static_cast<std::size_t>(d.spec.outputs);
  if (d.spec.task == Task::Classification) return QString::fromStdString(d.spec.classes[static_cast<std::size_t>(d.classes[s])]);
  if (d.spec.task == Task::Regression) return numberText(d.targets[s * n], 4);
  QStringList labels;
  for (std::size_t k = 0; k < n; ++k)
    if (d.targets[s * n + k] > 0.5) labels << QString::fromStdString(d.spec.classes[k]);
  return labels.isEmpty() ? QStringLiteral("–") : labels.join(QStringLiteral(", "));
}

void ImageGallery::paintLabel(QCPPainter& painter, std::int32_t sample, const QRectF& label, const FigureStyle& style) const {
  if (label.height() <= 0) return;
  painter.setFont(style.font(-1.5));
  painter.setPen(style.colors.secondary);
  drawLine(painter, label, Qt::AlignCenter, labelOf(sample));
}

void ImageGallery::paintEvent(QPaintEvent*) {
  QCPPainter painter(viewport());
  const FigureStyle style = FigureStyle::screen();
  if (isEmpty()) {
    drawNote(painter, QRectF(viewport()->rect()), placeholder_, style);
    return;
  }
  const Grid g = grid();
  const double ratio = devicePixelRatioF();
  if (ratio != ratio_) pictures_.clear();
  ratio_ = ratio;
  std::map<std::int32_t, QImage> drawn;
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  for (int i = firstInSight(); i < static_cast<int>(shown_.size()); ++i) {
    const QRectF picture = imageRect(i);
    if (picture.top() > viewport()->height()) break;
    const std::int32_t sample = shown_[static_cast<std::size_t>(i)];
    const double left = kGap / 2 + i % g.columns * g.width;
    const auto known = pictures_.find(sample);
    const QImage& pixels = drawn[sample] = known == pictures_.end() ? imageOn(sample, picture, ratio) : known->second;
    painter.drawImage(picture, pixels);
    paintLabel(painter, sample, QRectF(left, picture.bottom() + 1, g.width, g.label - 1), style);
    const bool chosen = sample == current_, pinned = pinned_.count(sample) > 0;
    if (!chosen && !pinned) continue;
    painter.setBrush(Qt::NoBrush);
    if (chosen) {
      painter.setPen(QPen(style.colors.accent, 2));
      painter.drawRect(picture.adjusted(-2, -2, 2, 2));
    }
    if (!pinned) continue;
    painter.setAntialiasing(true);
    painter.setPen(QPen(style.colors.panel, 1.5));
    painter.setBrush(style.colors.accent);
    const double r = std::clamp(side_ / 14.0, 3.0, 6.0);
    painter.drawEllipse(picture.topRight() + QPointF(-r, r), r, r);
    painter.setAntialiasing(false);
  }
  pictures_ = std::move(drawn);
}

void ImageGallery::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Grid g = grid();
  const int first = firstInSight(), lines = std::max(1, static_cast<int>(std::ceil(viewport()->height() / g.height)));
  const int count = std::min(static_cast<int>(shown_.size()) - first, lines * g.columns);
  const int columns = std::min(g.columns, count);
  const double gap = 3, label = g.label > 0 ? lineHeight(style.font(-1.5)) : 0, width = (rect.width() + gap) / columns - gap;
  const QSizeF unit = imageSize(1);
  // As large as both directions allow.
  const int rows = (count + columns - 1) / columns;
  const double side = std::max(1.0, std::min(width / unit.width(), ((rect.height() + gap) / rows - gap - label) / unit.height()));
  const QSizeF picture = imageSize(side);
  painter.save();
  for (int i = 0; i < count; ++i) {
    const double left = rect.left() + i % columns * (width + gap), top = rect.top() + i / columns * (picture.height() + label + gap);
    if (top + picture.height() + label > rect.bottom() + 0.5) break;
    const std::int32_t sample = shown_[static_cast<std::size_t>(first + i)];
    QImage pixels = image(sample);
    // Print programs smooth enlarged pictures as they like.
    if (pixels.width() < 200) pixels = pixels.scaled(pixels.size() * (200 / pixels.width()), Qt::IgnoreAspectRatio, Qt::FastTransformation);
    painter.drawImage(QRectF(QPointF(left + (width - picture.width()) / 2, top), picture), pixels);
    paintLabel(painter, sample, QRectF(left, top + picture.height(), width, label), style);
  }
  painter.restore();
}

FigureTable ImageGallery::figureData() const {
  FigureTable t;
  t.columns << tr("sample") << tr("part") << tr("label");
  for (const std::int32_t s : shown_) t.rows << QVector<QVariant>{s, partName(table_->parts[static_cast<std::size_t>(table_->rowsOf[static_cast<std::size_t>(s)])]), labelOf(s)};
  return t;
}

QString ImageGallery::readoutAt(QPointF position) const {
  const int i = indexAt(position);
  if (i < 0) return {};
  const std::int32_t s = shown_[static_cast<std::size_t>(i)];
  const QLocale locale;
  QString text = tr("sample %1 · %2 · %3").arg(locale.toString(s), labelOf(s), partName(table_->parts[static_cast<std::size_t>(table_->rowsOf[static_cast<std::size_t>(s)])]));
  const QRectF r = imageRect(i);
  if (!r.contains(position)) return text;
  const Dataset& d = *table_->data;
  const vitrine::Shape& shape = d.spec.input;
  const std::int64_t y = std::min(shape[0] - 1, static_cast<std::int64_t>((position.y() - r.top()) / r.height() * static_cast<double>(shape[0])));
  const std::int64_t x = std::min(shape[1] - 1, static_cast<std::int64_t>((position.x() - r.left()) / r.width() * static_cast<double>(shape[1])));
  text += QLatin1Char('\n') + tr("row %1, column %2:").arg(locale.toString(qlonglong(y)), locale.toString(qlonglong(x)));
  for (std::int64_t c = 0; c < std::min<std::int64_t>(shape[2], 8); ++c) {
    const QString value = numberText(d.inputs.raw(s, (y * shape[1] + x) * shape[2] + c), 6);
    text += shape[2] == 1 ? QLatin1Char(' ') + value : shape[2] == 3 ? QStringLiteral(" %1 %2").arg(QLatin1Char("RGB"[c])).arg(value) : QLatin1Char(' ') + tr("channel %1: %2").arg(locale.toString(qlonglong(c + 1)), value);
  }
  return text;
}

bool ImageGallery::setCurrent(std::int32_t sample) {
  const auto it = std::find(shown_.begin(), shown_.end(), sample);
  if (it == shown_.end()) return false;
  current_ = sample;
  const QRectF r = imageRect(static_cast<int>(it - shown_.begin()));
  const int at = verticalScrollBar()->value(), high = viewport()->height();
  if (r.top() < kGap)
    verticalScrollBar()->setValue(at + static_cast<int>(r.top() - kGap));
  else if (r.bottom() + grid().label > high - kGap)
    verticalScrollBar()->setValue(at + static_cast<int>(r.bottom() + grid().label + kGap) - high);
  viewport()->update();
  emit currentChanged(sample);
  return true;
}

void ImageGallery::walk(int by) {
  if (shown_.empty()) return;
  const auto it = std::find(shown_.begin(), shown_.end(), current_);
  const std::int64_t at = it == shown_.end() ? firstInSight() - (by > 0 ? by : 0) : it - shown_.begin();
  setCurrent(shown_[static_cast<std::size_t>(std::clamp<std::int64_t>(at + by, 0, static_cast<std::int64_t>(shown_.size()) - 1))]);
}

void ImageGallery::resizeEvent(QResizeEvent* event) {
  QAbstractScrollArea::resizeEvent(event);
  refreshScroll();
}

bool ImageGallery::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave) QToolTip::hideText();
  return QAbstractScrollArea::viewportEvent(event);
}

void ImageGallery::mousePressEvent(QMouseEvent* event) {
  if (const int i = indexAt(event->position()); i >= 0) setCurrent(shown_[static_cast<std::size_t>(i)]);
}

void ImageGallery::mouseDoubleClickEvent(QMouseEvent* event) {
  if (const int i = indexAt(event->position()); i >= 0 && event->button() == Qt::LeftButton) emit pinToggled(shown_[static_cast<std::size_t>(i)]);
}

void ImageGallery::mouseMoveEvent(QMouseEvent* event) {
  const QString text = readoutAt(event->position());
  if (text.isEmpty())
    QToolTip::hideText();
  else
    QToolTip::showText(event->globalPosition().toPoint() + QPoint(8, 0), text, viewport());
}

void ImageGallery::wheelEvent(QWheelEvent* event) {
  if (!(event->modifiers() & Qt::ControlModifier)) return QAbstractScrollArea::wheelEvent(event);
  setZoom(static_cast<int>(std::lround(side_ * std::pow(1.2, event->angleDelta().y() / 120.0))));
  event->accept();
}

void ImageGallery::keyPressEvent(QKeyEvent* event) {
  const Grid g = grid();
  const int page = std::max(1, static_cast<int>(viewport()->height() / g.height)) * g.columns;
  switch (event->key()) {
    case Qt::Key_Left: return walk(-1);
    case Qt::Key_Right: return walk(1);
    case Qt::Key_Up: return walk(-g.columns);
    case Qt::Key_Down: return walk(g.columns);
    case Qt::Key_PageUp: return walk(-page);
    case Qt::Key_PageDown: return walk(page);
    case Qt::Key_Home: return walk(-static_cast<int>(shown_.size()));
    case Qt::Key_End: return walk(static_cast<int>(shown_.size()));
    case Qt::Key_Plus: return setZoom(side_ * 5 / 4 + 1);
    case Qt::Key_Minus: return setZoom(side_ * 4 / 5);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
      if (event->modifiers() == Qt::NoModifier || event->modifiers() == Qt::KeypadModifier) {
        if (current_ >= 0) emit pinToggled(current_);
        return;
      }
      break;
    default: break;
  }
  QAbstractScrollArea::keyPressEvent(event);
}

void ImageGallery::contextMenuEvent(QContextMenuEvent* event) {
  FigurePanel* panel = nullptr;
  for (QWidget* w = parentWidget(); w && !panel; w = w->parentWidget()) panel = qobject_cast<FigurePanel*>(w);
  QMenu* menu = panel ? panel->createMenu() : new QMenu(this);
  menu->setAttribute(Qt::WA_DeleteOnClose);
  const std::int32_t sample = current_;
  auto* pin = new QAction(sample >= 0 && pinned_.count(sample) > 0 ? tr("Unpin this image") : tr("Pin this image"), menu);
  pin->setObjectName(QStringLiteral("pinImage"));
  pin->setToolTip(tr("Pinned samples are watched and explained in Train and Explain (Enter)"));
  pin->setEnabled(sample >= 0);
  connect(pin, &QAction::triggered, this, [this, sample] { emit pinToggled(sample); });
  QAction* first = menu->actions().value(0);
  menu->insertAction(first, pin);
  if (first) menu->insertSeparator(first);
  menu->popup(event->globalPos());
  event->accept();
}

}  // namespace vitrine
