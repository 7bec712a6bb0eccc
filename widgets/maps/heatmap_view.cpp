#include "widgets/maps/heatmap_view.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString nameOf(const QStringList& names, int i) { return i < names.size() ? names[i] : QString::number(i); }

bool anyNan(const std::vector<Real>& values) {
  return std::any_of(values.begin(), values.end(), [](Real v) { return std::isnan(v); });
}

}  // namespace

HeatmapView::HeatmapView(QWidget* parent) : FigureWidget(parent) {
  setAccessibleName(tr("Heatmap"));
}

void HeatmapView::setData(HeatmapData data) {
  Q_ASSERT(data.values.size() == static_cast<std::size_t>(data.rows) * static_cast<std::size_t>(data.columns));
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  rasterMap_.reset();
  if (retitled) emit titleChanged();
  update();
}

Range HeatmapView::range() const { return data_.range.value_or(rangeFor(data_.map, data_.values)); }

QRectF HeatmapView::matrixRect(const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double left = (data_.rowTitle.isEmpty() ? 0 : line + 2) + namesWidth(data_.rowNames, data_.rows, small, rect.width() * 0.3) + 4;
  double below = colorBarHeight(style) + 8 + (data_.columnTitle.isEmpty() ? 0 : line);
  const bool level = data_.columnNames.isEmpty() ||
                     namesWidth(data_.columnNames, data_.columns, small, 1e9) + 4 <= (rect.width() - left) / data_.columns;
  below += level ? line : namesWidth(data_.columnNames, data_.columns, small, rect.height() * 0.3) + 2;
  return rect.adjusted(left, 2, -2, -below);
}

void HeatmapView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const QRectF matrix = matrixRect(rect, style);
  if (matrix.width() < 4 || matrix.height() < 4) return;
  const ColorMap map = forTheme(data_.map, style.colors.dark);
  if (rasterMap_ != map) {
    raster_ = rasterize(data_.values, data_.rows, data_.columns, range(), map);
    rasterMap_ = map;
  }
  drawRaster(painter, matrix, raster_, style);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double titleWidth = data_.rowTitle.isEmpty() ? 0 : line + 2;
  drawRowNames(painter, QRectF(rect.left() + titleWidth, matrix.top(), matrix.left() - 4 - rect.left() - titleWidth, matrix.height()),
               data_.rows, data_.rowNames, style);
  const double barTop = rect.bottom() - colorBarHeight(style);
  const double titleTop = barTop - 6 - (data_.columnTitle.isEmpty() ? 0 : line);
  drawColumnNames(painter, QRectF(matrix.left(), matrix.bottom() + 2, matrix.width(), titleTop - matrix.bottom() - 2),
                  data_.columns, data_.columnNames, style);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(matrix.left(), titleTop, matrix.width(), line), Qt::AlignCenter, data_.columnTitle);
  if (titleWidth > 0)
    drawLineUpwards(painter, QRectF(rect.left(), matrix.top(), line, matrix.height()), Qt::AlignCenter, data_.rowTitle);
  QString name = data_.valueName;
  if (anyNan(data_.values)) name += name.isEmpty() ? tr("hatched: NaN") : tr(" · hatched: NaN");
  drawColorBar(painter, QRectF(matrix.left(), barTop, matrix.width(), rect.bottom() - barTop), range(), map, name, style);
}

FigureTable HeatmapView::figureData() const {
  FigureTable table;
  table.columns << (data_.rowTitle.isEmpty() ? tr("row") : data_.rowTitle);
  for (int c = 0; c < data_.columns; ++c) table.columns << nameOf(data_.columnNames, c);
  for (int r = 0; r < data_.rows; ++r) {
    QVector<QVariant> row{nameOf(data_.rowNames, r)};
    for (int c = 0; c < data_.columns; ++c)
      row.push_back(data_.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(data_.columns) + static_cast<std::size_t>(c)]);
    table.rows.push_back(std::move(row));
  }
  return table;
}

QString HeatmapView::readoutAt(QPointF position) const {
  const QRectF matrix = matrixRect(figureRect(), FigureStyle::screen());
  if (!matrix.contains(position)) return {};
  const int c = std::min(data_.columns - 1, static_cast<int>((position.x() - matrix.left()) / matrix.width() * data_.columns));
  const int r = std::min(data_.rows - 1, static_cast<int>((position.y() - matrix.top()) / matrix.height() * data_.rows));
  const double v = data_.values[static_cast<std::size_t>(r) * static_cast<std::size_t>(data_.columns) + static_cast<std::size_t>(c)];
  return QStringLiteral("%1 %2, %3 %4\n%5 %6")
      .arg(data_.rowTitle.isEmpty() ? tr("row") : data_.rowTitle, nameOf(data_.rowNames, r),
           data_.columnTitle.isEmpty() ? tr("column") : data_.columnTitle, nameOf(data_.columnNames, c), data_.valueName,
           numberText(v, 6));
}

}  // namespace vitrine
