#include "widgets/plots/folds_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

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

Chart FoldsView::chart(const QRectF& rect, const FigureStyle& style) const {
  double low = INFINITY, high = -INFINITY;
  const auto take = [&](double v) {
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
  };
  for (const double v : data_.values) take(v);
  if (whole() && std::isfinite(data_.deviation)) take(data_.mean - data_.deviation), take(data_.mean + data_.deviation);
  if (!(low <= high)) low = 0, high = 1;
  const double air = high > low ? 0.12 * (high - low) : std::max(0.05, 0.1 * std::abs(high));
  const ChartAxis folds{{0.5, data_.folds + 0.5}, tr("fold"), false, true}, metric{{low - air, high + air}, data_.metric, false, false, data_.percent};
  return chartIn(rect.adjusted(0, lineHeight(style.font(-1)), 0, 0), folds, metric, style);
}

void FoldsView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty() || data_.folds < 1) return;
  const Chart p = chart(rect, style);
  const Theme& c = style.colors;
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  painter.setRenderHint(QPainter::Antialiasing, true);
  drawAxes(painter, p, style);
  if (whole() && std::isfinite(data_.mean)) {
    if (std::isfinite(data_.deviation)) {
      QColor band = c.accent;
      band.setAlphaF(0.18f);
      painter.fillRect(QRectF(QPointF(p.area.left(), p.yAt(data_.mean + data_.deviation)), QPointF(p.area.right(), p.yAt(data_.mean - data_.deviation))), band);
    }
    painter.setPen(QPen(c.accent, 1.5));
    painter.drawLine(QPointF(p.area.left(), p.yAt(data_.mean)), QPointF(p.area.right(), p.yAt(data_.mean)));
  }
  for (int f = 0; f < static_cast<int>(data_.values.size()); ++f) {
    const double x = p.xAt(f + 1);
    const double v = data_.values[static_cast<std::size_t>(f)];
    if (!std::isfinite(v)) {
      painter.setFont(small);
      painter.setPen(c.secondary);
      drawLine(painter, QRectF(x - 30, p.area.center().y() - line / 2, 60, line), Qt::AlignCenter, tr("NaN"));
      continue;
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(c.validation);
    painter.drawEllipse(QPointF(x, p.yAt(v)), 4, 4);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setFont(small);
  painter.setPen(c.text);
  const QString head = whole() ? tr("mean ± deviation: %1").arg(summary(data_)) : tr("%1 of %2 folds").arg(QLocale().toString(qulonglong(data_.values.size())), QLocale().toString(data_.folds));
  drawLine(painter, QRectF(p.area.left(), rect.top(), p.area.width(), line), Qt::AlignLeft | Qt::AlignVCenter, head);
}

QString FoldsView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Chart p = chart(figureRect(), FigureStyle::screen());
  if (!p.area.adjusted(0, -8, 0, 8).contains(position)) return {};
  const int fold = static_cast<int>((position.x() - p.area.left()) / p.area.width() * data_.folds);
  if (fold < 0 || fold >= static_cast<int>(data_.values.size())) return {};
  return tr("Fold %1: %2 %3").arg(QLocale().toString(fold + 1), data_.metric, text(data_.values[static_cast<std::size_t>(fold)]));
}

}  // namespace vitrine
