#include "widgets/maps/matrix_view.h"

#include <qcustomplot.h>

#include <QLocale>
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

MatrixView::MatrixView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Heatmap")); }

void MatrixView::setData(MatrixData data) {
  const bool fits = data.rows >= 0 && data.columns >= 0 && data.values.size() == static_cast<std::size_t>(data.rows) * static_cast<std::size_t>(data.columns);
  if (!fits) data.values.clear(), data.rows = data.columns = 0;
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  rasterMap_.reset();
  if (retitled) emit titleChanged();
  update();
}

Range MatrixView::range() const { return data_.range.value_or(rangeFor(data_.map, data_.values)); }

MatrixView::Place MatrixView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const QFont small = style.font(-1);
  const double line = lineHeight(small), bar = colorBarHeight(style);
  const double rowTitle = data_.rowTitle.isEmpty() ? 0 : line + 2, columnTitle = data_.columnTitle.isEmpty() ? 0 : line;
  const double names = namesWidth(data_.rowNames, data_.rows, small, rect.width() * 0.3) + 4, notes = static_cast<double>(data_.notes.size()) * line;
  const double left = rowTitle + names, wide = std::max(1.0, rect.width() - left - 2), most = rect.height() * (style.print && !data_.square ? 0.5 : 0.3);
  const double high = rect.height() - 4 - columnTitle - 6 - bar - notes;  // of the matrix and its columns' names
  QSizeF size;
  double below = 0;
  if (data_.square) {
    const auto cell = [&](double namesBelow) {
      const double side = std::max(0.5, std::min(wide / data_.columns, (high - namesBelow) / data_.rows));
      return !style.print && side > 6 ? std::floor(side) : side;
    };
    // Names that are level where cells leave them the least room are level in larger cells too.
    below = columnNamesHeight(data_.columnNames, data_.columns, cell(columnNamesHeight(data_.columnNames, data_.columns, 0, small, most)) * data_.columns, small, most);
    size = QSizeF(data_.columns, data_.rows) * cell(below);
  } else {
    below = columnNamesHeight(data_.columnNames, data_.columns, wide, small, most);
    size = {wide, std::max(0.0, high - below)};
  }
  // In the middle of what is left over at the sides.
  p.matrix = QRectF(QPointF(rect.left() + left + std::max(0.0, (wide - size.width()) / 2), rect.top() + 2), size);
  p.rowNames = QRectF(p.matrix.left() - names, p.matrix.top(), names - 4, size.height());
  p.rowTitle = QRectF(p.rowNames.left() - rowTitle, p.matrix.top(), line, size.height());
  p.columnNames = QRectF(p.matrix.left(), p.matrix.bottom() + 2, size.width(), below);
  p.columnTitle = QRectF(p.matrix.left(), p.columnNames.bottom(), size.width(), columnTitle);
  const double scale = std::min(rect.width() - 4, std::max(size.width(), 180.0));
  p.scale = QRectF(std::clamp(p.matrix.center().x() - scale / 2, rect.left(), std::max(rect.left(), rect.right() - scale)), p.columnTitle.bottom() + 6, scale, bar);
  p.notes = QRectF(rect.left(), p.scale.bottom(), rect.width(), line);
  return p;
}

double MatrixView::heightOfAll(double width, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const double line = lineHeight(small), left = (data_.rowTitle.isEmpty() ? 0 : line + 2) + namesWidth(data_.rowNames, data_.rows, small, width * 0.3) + 4;
  const double below = columnNamesHeight(data_.columnNames, data_.columns, std::max(1.0, width - left - 2), small, 200);
  const double titles = (data_.columnTitle.isEmpty() ? 0 : line) + static_cast<double>(data_.notes.size()) * line;
  return std::max(2 * below + 1, data_.rows * 1.25 * line + below + titles + 10 + colorBarHeight(style));
}

void MatrixView::paintNumbers(QCPPainter& painter, const QRectF& matrix, ColorMap map, const FigureStyle& style) const {
  const QFont tiny = style.font(-2);
  const double w = matrix.width() / data_.columns, h = matrix.height() / data_.rows;
  const int decimals = textWidth(tiny, QStringLiteral("−0.00")) + 3 <= w ? 2 : 1;
  if (lineHeight(tiny) > h + 1 || textWidth(tiny, QStringLiteral("−0.0")) + 3 > w) return;
  painter.setFont(tiny);
  for (int r = 0; r < data_.rows; ++r)
    for (int c = 0; c < data_.columns; ++c) {
      double v = static_cast<double>(value(r, c));
      if (std::isnan(v)) continue;
      painter.setPen(readableOn(toColor(color(map, range().at(v)))));
      if (std::abs(v) < 0.5 * std::pow(10, -decimals)) v = 0;  // not "−0.0"
      drawLine(painter, QRectF(matrix.left() + c * w, matrix.top() + r * h, w, h), Qt::AlignCenter, QLocale().toString(v, 'f', decimals).replace(QLatin1Char('-'), QChar(0x2212)));
    }
}

void MatrixView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  if (p.matrix.width() < 4 || p.matrix.height() < 4) return;
  const ColorMap map = forTheme(data_.map, style.colors.dark);
  if (rasterMap_ != map) {
    raster_ = rasterize(data_.values, data_.rows, data_.columns, range(), map);
    rasterMap_ = map;
  }
  drawRaster(painter, p.matrix, raster_, style);
  if (data_.numbers) paintNumbers(painter, p.matrix, map, style);
  drawRowNames(painter, p.rowNames, data_.rows, data_.rowNames, style);
  drawColumnNames(painter, p.columnNames, data_.columns, data_.columnNames, style);
  painter.setFont(style.font(-1));
  painter.setPen(style.colors.secondary);
  drawLine(painter, p.columnTitle, Qt::AlignCenter, data_.columnTitle);
  if (!data_.rowTitle.isEmpty()) drawLineUpwards(painter, p.rowTitle, Qt::AlignCenter, data_.rowTitle);
  QString name = data_.valueName;
  if (data_.notes.isEmpty() && anyNan(data_.values)) name += name.isEmpty() ? tr("hatched: NaN") : tr(" · hatched: NaN");
  drawColorBar(painter, p.scale, range(), map, name, style);
  painter.setFont(style.font(-1));
  painter.setPen(style.colors.secondary);
  for (qsizetype i = 0; i < data_.notes.size(); ++i) drawLine(painter, p.notes.translated(0, static_cast<double>(i) * p.notes.height()), Qt::AlignCenter, data_.notes[i]);
}

FigureTable MatrixView::figureData() const {
  FigureTable table;
  table.columns << (!data_.rowTitle.isEmpty() ? data_.rowTitle : !data_.valueName.isEmpty() ? data_.valueName : tr("row"));
  for (int c = 0; c < data_.columns; ++c) table.columns << nameOf(data_.columnNames, c);
  for (int r = 0; r < data_.rows; ++r) {
    QVector<QVariant> row{nameOf(data_.rowNames, r)};
    for (int c = 0; c < data_.columns; ++c) row << exact(r, c);
    table.rows.push_back(std::move(row));
  }
  return table;
}

std::optional<std::pair<int, int>> MatrixView::cellAt(QPointF position) const {
  if (isEmpty()) return std::nullopt;
  const QRectF m = place(figureRect(), FigureStyle::screen()).matrix;
  if (!m.contains(position)) return std::nullopt;
  return std::pair{std::min(data_.rows - 1, static_cast<int>((position.y() - m.top()) / m.height() * data_.rows)),
                   std::min(data_.columns - 1, static_cast<int>((position.x() - m.left()) / m.width() * data_.columns))};
}

QString MatrixView::readoutAt(QPointF position) const {
  if (const auto cell = cellAt(position)) return cellText(cell->first, cell->second);
  if (isEmpty()) return {};
  // Names beside it are shortened where there is little room.
  const Place p = place(figureRect(), FigureStyle::screen());
  if (p.rowNames.contains(position)) return data_.rowNames.value(static_cast<qsizetype>((position.y() - p.rowNames.top()) / p.rowNames.height() * data_.rows));
  if (p.columnNames.contains(position)) return data_.columnNames.value(static_cast<qsizetype>((position.x() - p.columnNames.left()) / p.columnNames.width() * data_.columns));
  return {};
}

QString MatrixView::cellText(int row, int column) const {
  return QStringLiteral("%1 %2, %3 %4\n%5 %6")
      .arg(data_.rowTitle.isEmpty() ? tr("row") : data_.rowTitle, nameOf(data_.rowNames, row), data_.columnTitle.isEmpty() ? tr("column") : data_.columnTitle,
           nameOf(data_.columnNames, column), data_.valueName, numberText(static_cast<double>(value(row, column)), 6));
}

}  // namespace vitrine
