#include "widgets/explain/wall_view.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"
#include "widgets/maps/pinned_layout.h"

namespace vitrine {

WallView::WallView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Wall of attributions"));
  setFocusPolicy(Qt::StrongFocus);
}

void WallView::setData(WallData data) {
  for ([[maybe_unused]] const WallSample& s : data.samples) Q_ASSERT(s.cells.size() == data.methods.size());
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  laidOut_.reset();
  if (sample_ >= static_cast<int>(data_.samples.size()) || method_ >= static_cast<int>(data_.methods.size())) sample_ = method_ = -1;
  if (crossSample_ >= static_cast<int>(data_.samples.size())) cross_.reset();
  preparedDark_ = -1;
  refit();
  if (retitled) emit titleChanged();
  repaintAll();
}

void WallView::repaintAll() {
  dropKept();
  update();
  emit pictureChanged();
}

void WallView::setLook(const WallLook& look) {
  if (look == look_) return;
  look_ = look;
  preparedDark_ = -1;
  repaintAll();
}

void WallView::select(int sample, int method) {
  if (sample == sample_ && method == method_) return;
  sample_ = sample;
  method_ = method;
  repaintAll();
}

WallLayout WallView::onScreen() const {
  if (!laidOut_ || laidOut_->rect != figureRect()) laidOut_ = wallLayout(figureRect(), FigureStyle::screen(), data_, kMostFeatures);
  return *laidOut_;
}

void WallView::changeEvent(QEvent* event) {
  FigureWidget::changeEvent(event);
  if (event->type() != QEvent::FontChange && event->type() != QEvent::StyleChange) return;
  laidOut_.reset();
  refit();
}

void WallView::refit() {
  const double high = isEmpty() ? 80 : heightFor(width(), FigureStyle::screen());
  // The width is what columns take at their narrowest; the height follows from the width at hand. The inputs take a share of the width,
  // and so more of it the wider the wall is: the least width is the first that holds what is laid out in it.
  double wide = 120;
  for (int i = 0; i < 40 && !isEmpty(); ++i) {
    const double needed = wallLayout(QRectF(0, 0, wide, 0), FigureStyle::screen(), data_, kMostFeatures).needs().width();
    if (needed <= wide + 0.1) break;
    wide = needed;
  }
  setMinimumSize(static_cast<int>(std::ceil(wide)) + 1, static_cast<int>(std::ceil(high)));
}

QSize WallView::minimumSizeHint() const { return minimumSize(); }

void WallView::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  if (event->size().width() != event->oldSize().width()) refit();
}

QSizeF WallView::preferredMm() const { return {kDoubleColumnMm, std::max(30.0, pageHeightMm(*this, kDoubleColumnMm))}; }

double WallView::heightFor(double width, const FigureStyle& style) const {
  return wallLayout(QRectF(0, 0, width, 0), style, data_, kMostFeatures).needs().height();
}

void WallView::prepare(bool dark) const {
  if (preparedDark_ == static_cast<int>(dark)) return;
  preparedDark_ = static_cast<int>(dark);
  std::vector<std::vector<Real>> shown = wallValues(data_, look_);
  WallLook sharp = look_;
  sharp.map.blur = 0;
  ranges_ = wallRanges(data_, look_, shown);
  features_ = wallFeatures(data_, kMostFeatures);
  drawn_.assign(data_.samples.size() * data_.methods.size(), {});
  inputs_.clear();
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const WallSample& s = data_.samples[i];
    if (data_.kind == WallKind::Image) inputs_.push_back(imageRaster(s.input, data_.height, data_.width, data_.channels, data_.inputRange));
    for (std::size_t m = 0; m < data_.methods.size(); ++m) {
      Drawn& d = drawn_[i * data_.methods.size() + m];
      const WallCell& c = s.cells[m];
      d.values = std::move(shown[i * data_.methods.size() + m]);
      if (sharp != look_) d.exact = shownValues(data_, c, sharp);
      if (d.values.empty() || data_.kind != WallKind::Image) continue;
      const Range range = ranges_[i * data_.methods.size() + m];
      const ColorMap colors = colorsOf(static_cast<int>(m), dark);
      const double through = data_.methods[m].overInput ? std::max(look_.overlay, 0.4) : look_.overlay;
      const bool coarse = c.height < data_.height || c.width < data_.width;
      if (through <= 0 && !coarse) {
        d.raster = rasterize(d.values, c.height, c.width, range, colors);
        continue;
      }
      // Numbers are enlarged before they are coloured: half way between two colours is not half way between values.
      const int scale = coarse ? 4 : 1, h = scale * data_.height, w = scale * data_.width;
      const std::vector<Real> large = coarse ? scaleBilinear(d.values, c.height, c.width, h, w) : d.values;
      const Raster top = rasterize(large, h, w, range, colors);
      d.raster = through <= 0 ? top : overlay(scaleNearest(inputs_.back(), w, h), top, 1 - through);
      // What is not a number stays so over a picture too.
      for (std::size_t k = 0; k < top.argb.size(); ++k)
        if (top.argb[k] == kNanPixel) d.raster.argb[k] = kNanPixel;
    }
  }
}

Range WallView::rangeOf(int sample, int method) const {
  prepare(theme().dark);
  return ranges_[static_cast<std::size_t>(sample) * data_.methods.size() + static_cast<std::size_t>(method)];
}

QSizeF WallView::headSize() const {
  const WallLayout l = onScreen();
  // Without the frame of a chosen map, which reaches into both.
  return isEmpty() ? QSizeF() : QSizeF(l.inputWidth + l.columnGap / 2, l.head - 2);
}

int WallView::headAt(QPointF position) const {
  const WallLayout l = onScreen();
  for (int m = 0; m < l.methods; ++m)
    if (l.headOf(m).contains(position)) return m;
  return -1;
}

QRectF WallView::cellRect(int sample, int method) const {
  return onScreen().cell(sample, method);
}

bool WallView::hit(QPointF position, int& sample, int& method, QPointF& share) const {
  const WallLayout l = onScreen();
  for (int i = 0; i < l.samples; ++i)
    for (int m = 0; m < l.methods; ++m) {
      const QRectF cell = l.cell(i, m);
      if (!cell.united(l.badgeOf(i, m)).contains(position)) continue;
      sample = i;
      method = m;
      share = {(position.x() - cell.left()) / cell.width(), (position.y() - cell.top()) / cell.height()};
      return true;
    }
  return false;
}

QString WallView::readingAt(int sample, int method) const {
  if (!cross_) return {};
  prepare(theme().dark);
  const WallCell& c = cellAt(sample, method);
  const Drawn& d = drawn(sample, method);
  const std::vector<Real>& v = d.exact.empty() ? d.values : d.exact;
  if (v.empty()) return {};
  std::size_t at = 0;
  if (data_.kind == WallKind::Table) {
    const int row = static_cast<int>(cross_->y() * (static_cast<double>(features_.size()) + 2.6));
    if (row < 0 || row >= static_cast<int>(features_.size())) return {};
    at = static_cast<std::size_t>(features_[static_cast<std::size_t>(row)]);
  } else if (data_.kind == WallKind::Series) {
    const int step = std::clamp(static_cast<int>(cross_->x() * c.height), 0, c.height - 1), f = std::clamp(static_cast<int>(cross_->y() * c.width), 0, c.width - 1);
    at = static_cast<std::size_t>(step * c.width + f);
  } else {
    const int x = std::clamp(static_cast<int>(cross_->x() * c.width), 0, c.width - 1), y = std::clamp(static_cast<int>(cross_->y() * c.height), 0, c.height - 1);
    at = static_cast<std::size_t>(y * c.width + x);
  }
  return at < v.size() ? numberText(static_cast<double>(v[at]), 3) : QString();
}

QString WallView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const WallLayout l = onScreen();
  for (int m = 0; m < l.methods; ++m)
    if (l.headOf(m).contains(position)) {
      const WallMethod& method = data_.methods[static_cast<std::size_t>(m)];
      return QStringList{method.name + (method.remark().isEmpty() ? QString() : QStringLiteral(" · ") + method.remark()), method.help, tr("Click: settings, target, order, removal")}.join(QLatin1Char('\n'));
    }
  if (!data_.target.isEmpty() && l.inputHead(0).contains(position)) return tr("target: %1").arg(data_.target);
  for (int i = 0; i < l.samples; ++i)
    if (l.input(i).contains(position)) {
      const WallSample& s = data_.samples[static_cast<std::size_t>(i)];
      QString text = s.name;
      if (!s.problem.isEmpty()) text += QLatin1Char('\n') + s.problem;
      const int row = static_cast<int>((position.y() - l.input(i).top()) / lineHeight(FigureStyle::screen().font(-1)));
      if (data_.kind == WallKind::Table && row >= 0 && row < static_cast<int>(features_.size())) {
        const int f = features_[static_cast<std::size_t>(row)];
        text += QLatin1Char('\n') + data_.features.value(f) + QStringLiteral(" = ") + s.values.value(f);
      }
      if (data_.classes.isEmpty() && !s.probabilities.empty()) text += QLatin1Char('\n') + data_.targetName + QLatin1Char(' ') + numberText(s.probabilities.front(), 5);
      if (s.trueClass >= 0) text += QLatin1Char('\n') + tr("is ") + data_.classes.value(s.trueClass);
      for (const int k : topClasses(s.probabilities, data_.classes.isEmpty() ? 0 : 10))
        text += QLatin1Char('\n') + data_.classes.value(k) + QLatin1Char(' ') + (data_.shares ? percentText(s.probabilities[static_cast<std::size_t>(k)]) : numberText(s.probabilities[static_cast<std::size_t>(k)], 5));
      return text;
    }
  int sample = -1, method = -1;
  QPointF share;
  if (!hit(position, sample, method, share)) return {};
  const WallCell& c = cellAt(sample, method);
  const WallSample& s = data_.samples[static_cast<std::size_t>(sample)];
  if (share.y() > 1) {
    const QString why = c.markWhy.isEmpty() ? c.note : c.markWhy;
    return c.deletionArea.isEmpty() ? why : tr("Area under the deletion curve %1 (small is good)").arg(c.deletionArea) + QLatin1Char('\n') + why;
  }
  if (c.state != WallCell::State::Ready) return c.note;
  const QLocale locale;
  QString text = data_.methods[static_cast<std::size_t>(method)].name + QStringLiteral(" · ") + s.name;
  if (!c.targetText.isEmpty()) text += QStringLiteral(" · ") + c.targetText;
  if (data_.kind == WallKind::Image) {
    const int x = std::clamp(static_cast<int>(share.x() * data_.width), 0, data_.width - 1), y = std::clamp(static_cast<int>(share.y() * data_.height), 0, data_.height - 1);
    QStringList input;
    for (int k = 0; k < data_.channels; ++k)
      input << numberText(static_cast<double>(s.input[static_cast<std::size_t>((y * data_.width + x) * data_.channels + k)]), 4);
    text += tr("\nrow %1, column %2: input %3").arg(locale.toString(y), locale.toString(x), input.join(QLatin1Char(' ')));
  } else if (data_.kind == WallKind::Series) {
    const int step = std::clamp(static_cast<int>(share.x() * data_.height), 0, data_.height - 1), f = std::clamp(static_cast<int>(share.y() * data_.width), 0, data_.width - 1);
    text += tr("\nstep %1, %2: input %3").arg(locale.toString(step + 1), data_.features.value(f, tr("feature %1").arg(locale.toString(f + 1))), numberText(static_cast<double>(s.input[static_cast<std::size_t>(step * data_.width + f)]), 4));
  } else {
    const int row = static_cast<int>(share.y() * (static_cast<double>(features_.size()) + 2.6));
    if (row < 0 || row >= static_cast<int>(features_.size())) return text;
    const int f = features_[static_cast<std::size_t>(row)];
    text += QLatin1Char('\n') + data_.features.value(f) + QStringLiteral(" = ") + s.values.value(f);
  }
  for (int m = 0; m < static_cast<int>(data_.methods.size()); ++m)
    if (const QString r = readingAt(sample, m); !r.isEmpty()) text += QLatin1Char('\n') + data_.methods[static_cast<std::size_t>(m)].title() + QStringLiteral("  ") + r;
  return text;
}

void WallView::paintEvent(QPaintEvent* event) {
  if (isEmpty()) return FigureWidget::paintEvent(event);
  paintKept();
  QCPPainter painter(this);
  paintCross(painter, onScreen(), FigureStyle::screen());
}

void WallView::mouseMoveEvent(QMouseEvent* event) {
  int sample = -1, method = -1;
  QPointF share;
  std::optional<QPointF> cross;
  if (!isEmpty() && hit(event->position(), sample, method, share) && share.y() <= 1) cross = share;
  if (cross != cross_) {
    cross_ = cross;
    crossSample_ = sample;
    update();
  }
  FigureWidget::mouseMoveEvent(event);
}

void WallView::leaveEvent(QEvent* event) {
  if (cross_) update();
  cross_.reset();
  FigureWidget::leaveEvent(event);
}

void WallView::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  if (isEmpty() || event->button() != Qt::LeftButton) return;
  const WallLayout l = onScreen();
  // Heads may be pressed where they are painted once more, above the scrolled wall: the place is told by the event alone.
  if (const int m = headAt(event->position()); m >= 0)
    return emit methodMenuRequested(m, (event->globalPosition() + l.headOf(m).bottomLeft() - event->position()).toPoint());
  for (int i = 0; i < l.samples; ++i)
    if (l.input(i).contains(event->position())) return emit sampleClicked(i);
  int sample = -1, method = -1;
  QPointF share;
  if (!hit(event->position(), sample, method, share)) return;
  select(sample, method);
  emit cellSelected(sample, method);
}

void WallView::contextMenuEvent(QContextMenuEvent* event) {
  const int m = isEmpty() || event->reason() == QContextMenuEvent::Keyboard ? -1 : headAt(event->pos());
  if (m < 0) return FigureWidget::contextMenuEvent(event);
  emit methodMenuRequested(m, event->globalPos());
  event->accept();
}

void WallView::keyPressEvent(QKeyEvent* event) {
  if (isEmpty() || data_.methods.empty()) return FigureWidget::keyPressEvent(event);
  int sample = sample_, method = method_;
  switch (event->key()) {
    case Qt::Key_Left: --method; break;
    case Qt::Key_Right: ++method; break;
    case Qt::Key_Up: --sample; break;
    case Qt::Key_Down: ++sample; break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
      if (method_ >= 0) emit methodMenuRequested(method_, mapToGlobal(cellRect(sample_, method_).topLeft().toPoint()));
      return;
    default: return FigureWidget::keyPressEvent(event);
  }
  sample = std::clamp(sample, 0, static_cast<int>(data_.samples.size()) - 1);
  method = std::clamp(method, 0, static_cast<int>(data_.methods.size()) - 1);
  if (sample == sample_ && method == method_) return;
  select(sample, method);
  emit cellSelected(sample, method);
}

FigureTable WallView::figureData() const {
  FigureTable table{{tr("sample"), tr("target"), tr("method"), tr("place"), tr("input"), tr("attribution")}, {}};
  for (const WallSample& s : data_.samples)
    for (std::size_t m = 0; m < data_.methods.size(); ++m) {
      const WallCell& c = s.cells[m];
      if (c.state != WallCell::State::Ready) continue;
      for (std::size_t k = 0; k < c.values.size(); ++k) {
        QString place;
        QVariant input;
        if (data_.kind == WallKind::Table) {
          place = data_.features.value(static_cast<int>(k));
          input = s.values.value(static_cast<int>(k));
        } else {
          const int cell = static_cast<int>(k) / c.channels, channel = static_cast<int>(k) % c.channels;
          place = data_.kind == WallKind::Series ? tr("step %1 %2").arg(cell / c.width + 1).arg(data_.features.value(cell % c.width, QString::number(cell % c.width + 1)))
                                                 : tr("row %1 column %2").arg(cell / c.width).arg(cell % c.width);
          if (c.channels > 1) place += tr(" channel %1").arg(channel);
          if (c.values.size() == s.input.size()) input = s.input[k];
        }
        table.rows.push_back({s.name, c.targetText, data_.methods[m].name, place, input, c.values[k]});
      }
    }
  return table;
}

}  // namespace vitrine
