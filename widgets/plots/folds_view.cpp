#include "widgets/plots/folds_view.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "core/view/layout.h"
#include "widgets/figure/paint.h"

namespace vitrine {

FoldsView::FoldsView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Cross-validation"));
  setMinimumSize(220, 150);
}

void FoldsView::setData(FoldsData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

QString FoldsView::text(double value) const { return data_.percent && std::isfinite(value) ? numberText(100 * value, 4) + QStringLiteral(" %") : numberText(value); }

QString FoldsView::summary(const FoldsData& data) {
  const auto in = [&](double v) { return data.percent && std::isfinite(v) ? numberText(100 * v, 4) + QStringLiteral(" %") : numberText(v, 4); };
  return std::isfinite(data.deviation) ? in(data.mean) + QStringLiteral(" ± ") + in(data.deviation) : in(data.mean);
}

FoldsView::Place FoldsView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  double low = INFINITY, high = -INFINITY;
  const auto take = [&](double v) {
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  };
  for (const double v : data_.values) take(v);
  if (whole() && std::isfinite(data_.deviation)) take(data_.mean - data_.deviation), take(data_.mean + data_.deviation);
  if (!(low <= high)) low = 0, high = 1;
  const double air = high > low ? 0.12 * (high - low) : std::max(0.05, 0.1 * std::abs(high));
  p.low = low - air, p.high = high + air;
  p.ticks = niceTicks(p.low, p.high, 5);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  double names = 0;
  for (const double t : p.ticks) names = std::max(names, textWidth(small, text(t)));
  p.plot = rect.adjusted(line + 6 + names + 6, line * 1.5, -8, -(2 * line + 8));
  return p;
}

void FoldsView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty() || data_.folds < 1) return;
  const Place p = place(rect, style);
  const Theme& c = style.colors;
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  painter.setRenderHint(QPainter::Antialiasing, true);
  painter.setFont(small);
  for (const double t : p.ticks) {
    painter.setPen(QPen(c.grid, 1));
    painter.drawLine(QPointF(p.plot.left(), p.y(t)), QPointF(p.plot.right(), p.y(t)));
    painter.setPen(c.secondary);
    drawLine(painter, QRectF(rect.left() + line + 4, p.y(t) - line / 2, p.plot.left() - rect.left() - line - 10, line), Qt::AlignRight | Qt::AlignVCenter, text(t));
  }
  if (whole() && std::isfinite(data_.mean)) {
    if (std::isfinite(data_.deviation)) {
      QColor band = c.accent;
      band.setAlphaF(0.18f);
      painter.fillRect(QRectF(QPointF(p.plot.left(), p.y(data_.mean + data_.deviation)), QPointF(p.plot.right(), p.y(data_.mean - data_.deviation))), band);
    }
    painter.setPen(QPen(c.accent, 1.5));
    painter.drawLine(QPointF(p.plot.left(), p.y(data_.mean)), QPointF(p.plot.right(), p.y(data_.mean)));
  }
  painter.setPen(QPen(c.border, 1));
  painter.drawLine(p.plot.bottomLeft(), p.plot.bottomRight());
  painter.drawLine(p.plot.bottomLeft(), p.plot.topLeft());
  const int every = std::max(1, static_cast<int>(std::ceil(data_.folds * (textWidth(small, QString::number(data_.folds)) + 6) / p.plot.width())));
  for (int f = 0; f < data_.folds; ++f) {
    const double x = xOf(p, f);
    painter.setPen(c.secondary);
    if (f % every == 0) drawLine(painter, QRectF(x - 30, p.plot.bottom() + 2, 60, line), Qt::AlignCenter, QString::number(f + 1));
    if (f >= static_cast<int>(data_.values.size())) continue;
    const double v = data_.values[static_cast<std::size_t>(f)];
    if (!std::isfinite(v)) {
      drawLine(painter, QRectF(x - 30, p.plot.center().y() - line / 2, 60, line), Qt::AlignCenter, tr("NaN"));
      continue;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.validation);
    painter.drawEllipse(QPointF(x, p.y(v)), 4, 4);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(c.secondary);
  drawLine(painter, QRectF(p.plot.left(), p.plot.bottom() + line + 4, p.plot.width(), line), Qt::AlignCenter, tr("fold"));
  drawLineUpwards(painter, QRectF(rect.left(), p.plot.top(), line, p.plot.height()), Qt::AlignCenter, data_.metric);
  painter.setPen(c.text);
  const QString head = whole() ? tr("mean ± deviation: %1").arg(summary(data_)) : tr("%1 of %2 folds").arg(data_.values.size()).arg(data_.folds);
  drawLine(painter, QRectF(p.plot.left(), rect.top(), p.plot.width(), line), Qt::AlignLeft | Qt::AlignVCenter, head);
}

QString FoldsView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Place p = place(figureRect(), FigureStyle::screen());
  if (!p.plot.adjusted(0, -8, 0, 8).contains(position)) return {};
  const int fold = static_cast<int>((position.x() - p.plot.left()) / p.plot.width() * data_.folds);
  if (fold < 0 || fold >= static_cast<int>(data_.values.size())) return {};
  return tr("Fold %1: %2 %3").arg(fold + 1).arg(data_.metric, text(data_.values[static_cast<std::size_t>(fold)]));
}

}  // namespace vitrine
