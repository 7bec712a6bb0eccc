#include "widgets/data/correlation_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString coefficientText(double r, int decimals) {
  if (std::isnan(r)) return QStringLiteral("–");
  QString text = QLocale().toString(r, 'f', decimals);
  if (text.startsWith(QLatin1Char('-'))) text[0] = QChar(0x2212);
  return text;
}

QString kindName(CorrelationKind kind) {
  return kind == CorrelationKind::Pearson ? CorrelationView::tr("Pearson's r") : CorrelationView::tr("Spearman's ρ");
}

}  // namespace

CorrelationView::CorrelationView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Correlation of columns")); }

void CorrelationView::setData(CorrelationData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

CorrelationView::Place CorrelationView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const int n = std::max(1, static_cast<int>(data_.names.size()));
  const QFont small = style.font(-1);
  const double line = lineHeight(small), bar = colorBarHeight(style) + 6;
  const bool undefined = std::any_of(data_.matrix.values.begin(), data_.matrix.values.end(), [](double r) { return std::isnan(r); });
  const double note = (data_.note.isEmpty() ? 0 : line) + (undefined ? line : 0);
  const double names = namesWidth(data_.names, n, small, rect.width() * 0.3) + 4;
  const double below = std::min(namesWidth(data_.names, n, small, 1e9), rect.height() * 0.25) + 4;
  const double side = std::max(1.0, std::min(rect.width() - names - 2, rect.height() - bar - note - below - 2));
  const bool level = namesWidth(data_.names, n, small, 1e9) + 4 <= side / n;
  double cell = std::max(0.5, std::min(rect.width() - names - 2, rect.height() - bar - note - (level ? line + 2 : below) - 2) / n);
  if (!style.print && cell > 6) cell = std::floor(cell);
  // In the middle of what is left over at the sides.
  const double left = rect.left() + names + std::max(0.0, (rect.width() - names - 2 - cell * n) / 2);
  p.matrix = QRectF(left, rect.top() + 2, cell * n, cell * n);
  p.names = QRectF(left - names, p.matrix.top(), names - 4, p.matrix.height());
  p.columnNames = QRectF(left, p.matrix.bottom() + 2, p.matrix.width(), level ? line : below - 4);
  const double width = std::min(rect.width() - 4, std::max(p.matrix.width(), 180.0));
  p.scale = QRectF(std::clamp(p.matrix.center().x() - width / 2, rect.left(), std::max(rect.left(), rect.right() - width)), p.columnNames.bottom() + 6, width, bar - 6);
  p.note = QRectF(rect.left(), p.scale.bottom(), rect.width(), note);
  return p;
}

void CorrelationView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const int n = data_.matrix.columns;
  const ColorMap map = forTheme(ColorMap::Diverging, style.colors.dark);
  std::vector<Real> values(data_.matrix.values.begin(), data_.matrix.values.end());
  painter.save();
  drawRaster(painter, p.matrix, rasterize(values, n, n, {-1, 1}, map), style);
  const QFont tiny = style.font(-2);
  const double cell = p.matrix.width() / n;
  const int decimals = textWidth(tiny, QStringLiteral("−0.00")) + 3 <= cell ? 2 : 1;
  if (lineHeight(tiny) <= cell && textWidth(tiny, coefficientText(-0.5, decimals)) + 3 <= cell) {
    painter.setFont(tiny);
    for (int r = 0; r < n; ++r)
      for (int c = 0; c < n; ++c) {
        const double v = data_.matrix.value(r, c);
        if (std::isnan(v)) continue;
        const Rgba shade = color(map, (v + 1) / 2);
        painter.setPen(readableOn(QColor(shade.r, shade.g, shade.b)));
        drawLine(painter, QRectF(p.matrix.left() + c * cell, p.matrix.top() + r * cell, cell, cell), Qt::AlignCenter, coefficientText(v, decimals));
      }
  }
  drawRowNames(painter, p.names, n, data_.names, style);
  drawColumnNames(painter, p.columnNames, n, data_.names, style);
  drawColorBar(painter, p.scale, {-1, 1}, map, kindName(data_.kind), style);
  painter.setFont(style.font(-1));
  painter.setPen(style.colors.secondary);
  QRectF line = p.note;
  line.setHeight(lineHeight(style.font(-1)));
  if (!data_.note.isEmpty()) {
    drawLine(painter, line, Qt::AlignCenter, data_.note);
    line.translate(0, line.height());
  }
  if (p.note.height() > (data_.note.isEmpty() ? 0 : line.height())) drawLine(painter, line, Qt::AlignCenter, tr("hatched: not defined (constant column or too few rows)"));
  painter.restore();
}

FigureTable CorrelationView::figureData() const {
  FigureTable t;
  t.columns << kindName(data_.kind);
  t.columns << data_.names;
  for (int r = 0; r < data_.matrix.columns; ++r) {
    QVector<QVariant> row{data_.names[r]};
    for (int c = 0; c < data_.matrix.columns; ++c) row << data_.matrix.value(r, c);
    t.rows << row;
  }
  return t;
}

std::optional<std::pair<int, int>> CorrelationView::cellAt(QPointF position) const {
  if (isEmpty()) return std::nullopt;
  const QRectF m = place(figureRect(), FigureStyle::screen()).matrix;
  if (!m.contains(position)) return std::nullopt;
  const int n = data_.matrix.columns;
  return std::pair{std::min(n - 1, static_cast<int>((position.y() - m.top()) / m.height() * n)), std::min(n - 1, static_cast<int>((position.x() - m.left()) / m.width() * n))};
}

QString CorrelationView::readoutAt(QPointF position) const {
  const auto cell = cellAt(position);
  if (!cell) return {};
  const auto [r, c] = *cell;
  const double v = data_.matrix.value(r, c);
  const std::int64_t pairs = data_.matrix.pairsOf(r, c);
  QString text = data_.names[r] + QStringLiteral(" – ") + data_.names[c] + QLatin1Char('\n');
  if (std::isnan(v))
    text += pairs < 2 ? tr("not defined: fewer than two rows have both") : tr("not defined: one of them is constant in these rows");
  else
    text += kindName(data_.kind) + QStringLiteral(" = ") + coefficientText(v, 4);
  return text + QLatin1Char('\n') + tr("%1 rows with both").arg(QLocale().toString(qlonglong(pairs)));
}

void CorrelationView::mouseReleaseEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->position()); cell && event->button() == Qt::LeftButton) emit pairClicked(cell->first, cell->second);
  FigureWidget::mouseReleaseEvent(event);
}

}  // namespace vitrine
