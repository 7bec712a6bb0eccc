#include "widgets/plots/curve_plot.h"

#include <qcustomplot.h>

#include <QEvent>
#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <map>

#include "widgets/figure/paint.h"
#include "widgets/plots/curve_axes.h"
#include "widgets/plots/curve_data.h"

namespace vitrine {
namespace {

/// More points than this are told by the lowest and highest of a few neighbours.
constexpr std::size_t kMostDrawn = 10000;

/// Lines of many noisy points are thin: a thick one is a ribbon that hides its own shape, and slow.
double rawWidth(std::size_t points) { return points > 500 ? 1 : 1.6; }

void setPoints(QCPGraph& graph, const std::vector<CurvePoint>& points, bool append) {
  QVector<QCPGraphData> data(static_cast<qsizetype>(points.size()));
  for (std::size_t i = 0; i < points.size(); ++i) data[static_cast<qsizetype>(i)] = {points[i].x, points[i].y};
  if (!append) graph.data()->clear();
  // A run that went back to its last finite state tells some epochs twice; QCustomPlot takes the caller's word for the order.
  const auto earlier = [](const QCPGraphData& a, const QCPGraphData& b) { return a.key < b.key; };
  graph.data()->add(data, std::is_sorted(data.cbegin(), data.cend(), earlier));
}

QCPScatterStyle scatterFor(std::size_t points) {
  constexpr std::size_t kMarked = 40;
  return points <= kMarked ? QCPScatterStyle(QCPScatterStyle::ssDisc, 4) : QCPScatterStyle();
}

}  // namespace

struct CurvePlot::Series {
  QString name;
  QColor color;
  std::vector<double> x, y, smooth;
  Smoother smoother;
  std::size_t bucket = 1;
  double yLow = std::numeric_limits<double>::infinity(), yHigh = -yLow, yLeastPositive = yLow;
  QCPGraph* raw = nullptr;
  QCPGraph* line = nullptr;  ///< the smoothed one, hidden while smoothing is off
};

CurvePlot::CurvePlot(const QString& title, QWidget* parent) : FigureWidget(parent), title_(title) {
  plot_ = new QCustomPlot(this);
  plot_->hide();
  plot_->setFocusPolicy(Qt::NoFocus);
  plot_->setMouseTracking(true);
  plot_->setAttribute(Qt::WA_NoMousePropagation, false);  // the panel's menu opens by a right click on the plot too
  plot_->setSelectionRectMode(QCP::srmZoom);
  plot_->setNoAntialiasingOnDrag(true);
  plot_->installEventFilter(this);
  connect(plot_->selectionRect(), &QCPSelectionRect::accepted, this, [this] { zoomed_ = true; });
  makeReadout();
  restyle();
  connect(themeSignal(), &ThemeSignal::changed, this, &CurvePlot::restyle);
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::makeReadout() {
  // Its layer is buffered by itself: moving the mouse draws no curve again.
  plot_->layer(QStringLiteral("overlay"))->setMode(QCPLayer::lmBuffered);
  cross_ = new QCPItemStraightLine(plot_);
  readout_ = new QCPItemText(plot_);
  for (QCPAbstractItem* item : {static_cast<QCPAbstractItem*>(cross_), static_cast<QCPAbstractItem*>(readout_)}) {
    item->setLayer(QStringLiteral("overlay"));
    item->setVisible(false);
    item->setSelectable(false);
  }
  readout_->setTextAlignment(Qt::AlignLeft);
  readout_->setPadding(QMargins(6, 4, 6, 4));
  readout_->position->setTypeX(QCPItemPosition::ptAbsolute);
  readout_->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
  readout_->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
  readout_->setClipToAxisRect(false);
  markLine_ = new QCPItemStraightLine(plot_);
  markLine_->setVisible(false);
}

void CurvePlot::setUp(QCustomPlot& plot, const FigureStyle& style) const {
  setUpCurveAxes(plot, {xTitle_, yTitle_, percent_, logY_}, style);
  plot.legend->setWrap(legendColumns_);
}

void CurvePlot::setLegendColumns(int columns) {
  legendColumns_ = columns;
  plot_->legend->setWrap(columns);
}

QColor CurvePlot::colorOf(std::size_t index, const Theme& t) const {
  if (series_[index]->color.isValid()) return series_[index]->color;
  if (index == 0) return t.training;
  if (index == 1) return t.validation;
  return t.classColor(static_cast<int>(index));
}

void CurvePlot::recolor(Series& series, std::size_t index) {
  const QColor color = colorOf(index, theme());
  QColor faint = color;
  faint.setAlphaF(0.3F);
  const bool smoothed = smoothing_ > 0;
  series.raw->setPen(QPen(smoothed ? faint : color, rawWidth(series.x.size())));
  series.line->setPen(QPen(color, 1.8));
  series.line->setVisible(smoothed);
  QCPGraph* shown = smoothed ? series.line : series.raw;
  QCPGraph* other = smoothed ? series.raw : series.line;
  other->removeFromLegend();
  shown->addToLegend();
}

void CurvePlot::restyle() {
  setUp(*plot_, FigureStyle::screen());
  const Theme& t = theme();
  cross_->setPen(QPen(t.secondary, 1, Qt::DashLine));
  markLine_->setPen(QPen(t.secondary, 1, Qt::DotLine));
  readout_->setFont(t.font(-1));
  readout_->setColor(t.text);
  readout_->setBrush(t.panel);
  readout_->setPen(QPen(t.border, 1));
  plot_->selectionRect()->setPen(QPen(t.accent, 1, Qt::DashLine));
  QColor fill = t.accent;
  fill.setAlphaF(0.12F);
  plot_->selectionRect()->setBrush(fill);
  plot_->legend->clearItems();
  for (std::size_t i = 0; i < series_.size(); ++i) recolor(*series_[i], i);
  changed();
}

CurvePlot::Series* CurvePlot::find(const QString& name) {
  return const_cast<Series*>(static_cast<const CurvePlot*>(this)->find(name));
}

const CurvePlot::Series* CurvePlot::find(const QString& name) const {
  for (const auto& s : series_)
    if (s->name == name) return s.get();
  return nullptr;
}

void CurvePlot::setAxes(const QString& x, const QString& y, bool percent) {
  xTitle_ = x;
  yTitle_ = y;
  percent_ = percent;
  restyle();
}

void CurvePlot::addSeries(const QString& name, const QColor& color) {
  if (Series* s = find(name)) {
    s->color = color;
    restyle();
    return;
  }
  auto s = std::make_unique<Series>();
  s->name = name;
  s->color = color;
  s->smoother = Smoother(smoothing_);
  s->raw = plot_->addGraph();
  s->line = plot_->addGraph();
  for (QCPGraph* g : {s->raw, s->line}) {
    g->setName(name);
    g->setSelectable(QCP::stNone);
    g->setAdaptiveSampling(true);
  }
  series_.push_back(std::move(s));
  recolor(*series_.back(), series_.size() - 1);
}

void CurvePlot::setSeries(const QString& name, std::span<const double> x, std::span<const double> y,
                          std::size_t newFrom) {
  if (!find(name)) addSeries(name);
  Series& s = *find(name);
  const std::size_t from = std::min({newFrom, s.x.size(), x.size()});
  if (from == s.x.size() && x.size() == from) return;
  const bool anew = from < s.x.size();
  const std::size_t keep = anew ? 0 : from;
  if (anew) {
    s.x.clear();
    s.y.clear();
    s.yLow = s.yLeastPositive = std::numeric_limits<double>::infinity();
    s.yHigh = -s.yLow;
  }
  s.x.insert(s.x.end(), x.begin() + static_cast<std::ptrdiff_t>(keep), x.end());
  s.y.insert(s.y.end(), y.begin() + static_cast<std::ptrdiff_t>(keep), y.end());
  for (std::size_t i = keep; i < s.y.size(); ++i) {
    const double v = s.y[i];
    if (!std::isfinite(v)) continue;
    s.yLow = std::min(s.yLow, v);
    s.yHigh = std::max(s.yHigh, v);
    if (v > 0) s.yLeastPositive = std::min(s.yLeastPositive, v);
  }
  feed(s, keep);
  s.raw->setPen(QPen(s.raw->pen().color(), rawWidth(s.x.size())));
  changed();
}

void CurvePlot::feed(Series& s, std::size_t from) {
  std::size_t bucket = 1;
  while (2 * s.x.size() / bucket > kMostDrawn * (bucket > 1 ? 1 : 2)) bucket *= 2;
  if (bucket != s.bucket) from = 0;
  s.bucket = bucket;
  // The bucket that was not full yet is told anew.
  const std::size_t first = from / bucket * bucket;
  if (smoothing_ > 0) {
    if (from == 0 || s.smooth.size() != from) {
      s.smooth.clear();
      s.smoother = Smoother(smoothing_);
    }
    for (std::size_t i = s.smooth.size(); i < s.y.size(); ++i) s.smooth.push_back(s.smoother.next(s.y[i]));
  } else {
    s.smooth.clear();
  }
  for (QCPGraph* graph : {s.raw, s.line}) {
    const std::vector<double>& y = graph == s.raw ? s.y : s.smooth;
    if (y.size() != s.x.size()) {
      graph->data()->clear();
      continue;
    }
    // Few points are marked: one alone has no line to be seen by.
    graph->setScatterStyle(scatterFor(s.x.size()));
    if (first > 0) graph->data()->removeAfter(s.x[first - 1]);
    setPoints(*graph, decimate(s.x, y, first, bucket), first > 0);
  }
}

void CurvePlot::clear() {
  for (const auto& s : series_) {
    s->x.clear();
    s->y.clear();
    s->yLow = s->yLeastPositive = std::numeric_limits<double>::infinity();
    s->yHigh = -s->yLow;
    feed(*s, 0);
  }
  zoomed_ = false;
  changed();
}

void CurvePlot::setLogY(bool log) {
  if (log == logY_) return;
  logY_ = log;
  zoomed_ = false;
  restyle();
  emit logYChanged(log);
}

void CurvePlot::setSmoothing(double amount) {
  amount = std::clamp(amount, 0.0, 0.99);
  if (amount == smoothing_) return;
  smoothing_ = amount;
  for (const auto& s : series_) feed(*s, 0);
  restyle();
  emit smoothingChanged(amount);
}

void CurvePlot::setMark(double x) {
  mark_ = x;
  markLine_->setVisible(!std::isnan(x));
  if (!std::isnan(x)) {
    markLine_->point1->setCoords(x, 1);
    markLine_->point2->setCoords(x, 2);
  }
  changed();
}

void CurvePlot::resetZoom() {
  zoomed_ = false;
  changed();
}

std::size_t CurvePlot::drawnPoints(const QString& name) const {
  const Series* s = find(name);
  return s ? static_cast<std::size_t>(s->raw->data()->size()) : 0;
}

bool CurvePlot::isEmpty() const {
  return std::all_of(series_.begin(), series_.end(), [](const auto& s) { return s->x.empty(); });
}

void CurvePlot::dataRange(double& xLow, double& xHigh, double& yLow, double& yHigh) const {
  const double inf = std::numeric_limits<double>::infinity();
  xLow = yLow = inf;
  xHigh = yHigh = -inf;
  for (const auto& s : series_) {
    if (s->x.empty()) continue;
    xLow = std::min(xLow, s->x.front());
    xHigh = std::max(xHigh, s->x.back());
    yLow = std::min(yLow, logY_ ? s->yLeastPositive : s->yLow);
    yHigh = std::max(yHigh, s->yHigh);
  }
  if (!(xLow < xHigh)) {
    xLow = std::isfinite(xLow) ? xLow : 0;
    xHigh = xLow + 1;
  }
  if (!(yLow <= yHigh)) {
    yLow = logY_ ? 0.1 : 0;
    yHigh = 1;
  }
  roundCurveRange(yLow, yHigh, percent_, logY_);
}

void CurvePlot::rescale() {
  if (zoomed_) return;
  double x0, x1, y0, y1;
  dataRange(x0, x1, y0, y1);
  plot_->xAxis->setRange(x0, x1);
  plot_->yAxis->setRange(y0, y1);
  plot_->yAxis->setLabel(axisTitleFor(yTitle_, plot_->yAxis->labelFont(), plot_->height() - 44));
}

void CurvePlot::changed() {
  const bool show = !isEmpty();
  if (show == plot_->isHidden()) {
    plot_->setVisible(show);
    update();
  }
  if (!isVisible() || !show) {
    dirty_ = true;
    return;
  }
  dirty_ = false;
  rescale();
  plot_->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::showEvent(QShowEvent* event) {
  FigureWidget::showEvent(event);
  if (dirty_) changed();
}

void CurvePlot::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  plot_->setGeometry(rect());
  plot_->yAxis->setLabel(axisTitleFor(yTitle_, plot_->yAxis->labelFont(), height() - 44));
}

void CurvePlot::paintEvent(QPaintEvent* event) {
  if (isEmpty()) FigureWidget::paintEvent(event);
}

bool CurvePlot::eventFilter(QObject* object, QEvent* event) {
  if (object == plot_) {
    if (event->type() == QEvent::MouseMove) hover(static_cast<QMouseEvent*>(event)->position());
    if (event->type() == QEvent::Leave) leave();
    if (event->type() == QEvent::MouseButtonPress) {
      setFocus(Qt::MouseFocusReason);
      // The other buttons drag no rectangle to zoom into, and what hovers would lie under the menu.
      if (static_cast<QMouseEvent*>(event)->button() != Qt::LeftButton) {
        leave();
        return true;
      }
    }
    if (event->type() == QEvent::MouseButtonDblClick) resetZoom();
  }
  return FigureWidget::eventFilter(object, event);
}

QString CurvePlot::readoutFor(double x) const {
  const Series* longest = nullptr;
  for (const auto& s : series_)
    if (!s->x.empty() && (!longest || s->x.size() > longest->x.size())) longest = s.get();
  if (!longest) return {};
  const double at = longest->x[nearestIndex(longest->x, x)];
  QString text = QStringLiteral("%1 %2").arg(xTitle_, numberText(at, 6));
  for (const auto& s : series_) {
    if (s->x.empty()) continue;
    const std::size_t i = nearestIndex(s->x, at);
    const double v = s->y[i];
    text += QStringLiteral("\n%1  %2").arg(s->name, percent_ ? QLocale().toString(v * 100, 'f', 2) + QStringLiteral(" %")
                                                             : numberText(v, 5));
    if (smoothing_ > 0 && i < s->smooth.size())
      text += QStringLiteral("  ") + tr("(smoothed %1)").arg(numberText(s->smooth[i], 4));
    if (s.get() != longest && s->x[i] != at) text += QStringLiteral("  ") + tr("(at %1)").arg(numberText(s->x[i], 6));
  }
  return text;
}

QString CurvePlot::readoutAt(QPointF position) const {
  if (isEmpty() || !plot_->axisRect()->rect().contains(position.toPoint())) return {};
  return readoutFor(plot_->xAxis->pixelToCoord(position.x()));
}

void CurvePlot::hover(QPointF position) {
  const QString text = readoutAt(position);
  if (text.isEmpty()) {
    leave();
    return;
  }
  const double x = plot_->xAxis->pixelToCoord(position.x());
  double at = x, best = std::numeric_limits<double>::infinity();
  for (const auto& s : series_) {
    if (s->x.empty()) continue;
    const double candidate = s->x[nearestIndex(s->x, x)];
    if (std::abs(candidate - x) < best) {
      best = std::abs(candidate - x);
      at = candidate;
    }
  }
  cross_->point1->setCoords(at, logY_ ? 1 : 0);
  cross_->point2->setCoords(at, logY_ ? 10 : 1);
  // At the side of the cross that has more room, and within the plot however long its lines are.
  const QFontMetrics m(readout_->font());
  const QMargins pad = readout_->padding();
  const int room = plot_->width() - pad.left() - pad.right() - 4;
  readout_->setText(brokenLines(text, std::max(8, room / std::max(1, m.averageCharWidth()))));
  const int wide = m.boundingRect(0, 0, 0, 0, Qt::TextDontClip | Qt::AlignLeft, readout_->text()).width() + pad.left() + pad.right() + 1;
  const double cross = plot_->xAxis->coordToPixel(at);
  const double left = position.x() > plot_->axisRect()->rect().center().x() ? cross - wide : cross;
  readout_->position->setCoords(std::max(1.0, std::min(left, plot_->width() - wide - 2.0)), 0.02);
  cross_->setVisible(true);
  readout_->setVisible(true);
  plot_->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::leave() {
  if (!cross_->visible()) return;
  cross_->setVisible(false);
  readout_->setVisible(false);
  plot_->layer(QStringLiteral("overlay"))->replot();
}

void CurvePlot::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  // A plot of its own: that on the screen has the screen's size, fonts and colours.
  QCustomPlot plot;
  setUp(plot, style);
  plot.setBackground(QBrush(Qt::NoBrush));
  double x0, x1, y0, y1;
  dataRange(x0, x1, y0, y1);
  if (zoomed_) {
    x0 = plot_->xAxis->range().lower;
    x1 = plot_->xAxis->range().upper;
    y0 = plot_->yAxis->range().lower;
    y1 = plot_->yAxis->range().upper;
  }
  plot.xAxis->setRange(x0, x1);
  plot.yAxis->setRange(y0, y1);
  for (std::size_t i = 0; i < series_.size(); ++i) {
    const Series& s = *series_[i];
    const QColor color = colorOf(i, style.colors);
    const auto add = [&](const QCPGraph& source, const QPen& pen, bool legend) {
      std::vector<CurvePoint> points;
      for (const QCPGraphData& d : *source.data()) points.push_back({d.key, d.value});
      QCPGraph* graph = plot.addGraph();
      // Cut by hand: SVG knows no clipping.
      setPoints(*graph, zoomed_ ? clipCurve(points, x0, x1, y0, y1) : points, false);
      graph->setPen(pen);
      graph->setScatterStyle(scatterFor(s.x.size()));
      graph->setName(s.name);
      if (!legend) graph->removeFromLegend();
    };
    QColor faint = color;
    faint.setAlphaF(0.3F);
    const double scale = style.print ? 0.8 : 1;
    add(*s.raw, QPen(smoothing_ > 0 ? faint : color, scale * rawWidth(s.x.size())), smoothing_ == 0);
    if (smoothing_ > 0) add(*s.line, QPen(color, scale * 1.8), true);
  }
  // The mark tells where the window is, not what was measured: paper goes without.
  if (!style.print && !std::isnan(mark_) && mark_ >= x0 && mark_ <= x1) {
    auto* line = new QCPItemStraightLine(&plot);  // the plot owns it
    line->setPen(QPen(style.colors.secondary, 1, Qt::DotLine));
    line->point1->setCoords(mark_, y0);
    line->point2->setCoords(mark_, y1);
  }
  const int w = std::max(1, qRound(rect.width())), h = std::max(1, qRound(rect.height()));
  painter.save();
  painter.translate(rect.topLeft());
  painter.scale(rect.width() / w, rect.height() / h);
  plot.toPainter(&painter, w, h);
  painter.restore();
}

FigureTable CurvePlot::figureData() const {
  FigureTable table;
  table.columns << xTitle_;
  std::map<double, std::vector<QVariant>> rows;
  for (std::size_t k = 0; k < series_.size(); ++k) {
    const Series& s = *series_[k];
    table.columns << s.name;
    for (std::size_t i = 0; i < s.x.size(); ++i) {
      std::vector<QVariant>& row = rows[s.x[i]];
      row.resize(series_.size());
      row[k] = s.y[i];
    }
  }
  for (const auto& [x, values] : rows) {
    QVector<QVariant> row{x};
    for (const QVariant& v : values) row.push_back(v);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace vitrine
