#include "widgets/maps/decision_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/view/layout.h"
#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString className(const DecisionData& d, int k) { return k < d.classNames.size() ? d.classNames[k] : DecisionView::tr("class %1").arg(QLocale().toString(k)); }

}  // namespace

DecisionView::DecisionView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Decision areas")); }

void DecisionView::setData(DecisionData data) {
  const bool fits = data.width >= 0 && data.height >= 0 && data.grid.size() == static_cast<std::size_t>(data.width) * static_cast<std::size_t>(data.height) *
                                                                                  static_cast<std::size_t>(std::max(1, data.classes));
  if (!fits) data.grid.clear(), data.width = data.height = 0;
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  rasterDark_.reset();
  if (retitled) emit titleChanged();
  update();
}

void DecisionView::setGrid(std::vector<Real> grid) {
  if (grid.size() != data_.grid.size()) return;
  data_.grid = std::move(grid);
  rasterDark_.reset();
  update();
}

Range DecisionView::valueRange() const {
  if (data_.valueRange) return *data_.valueRange;
  std::vector<Real> values = data_.grid;
  for (const DecisionPoint& p : data_.points) values.push_back(p.target);
  return symmetricRange(values);
}

QColor DecisionView::pointColor(const DecisionPoint& point, const Theme& t) const {
  if (data_.classes == 0) {
    const double at = valueRange().at(point.target);
    return std::isnan(at) ? t.secondary : toColor(color(forTheme(ColorMap::Diverging, t.dark), at));
  }
  if (data_.classes == 2) return toColor(color(ColorMap::Diverging, point.target > 0.5 ? 1 : 0));
  return t.classColor(static_cast<int>(point.target));
}

Raster DecisionView::areaRaster(const Theme& t) const {
  const ColorMap map = forTheme(ColorMap::Diverging, t.dark);
  if (data_.classes == 0) return rasterize(data_.grid, data_.height, data_.width, valueRange(), map);
  const std::size_t n = static_cast<std::size_t>(data_.classes);
  Raster out(data_.width, data_.height);
  for (std::size_t i = 0; i < out.argb.size(); ++i) {
    const Real* p = data_.grid.data() + i * n;
    if (std::any_of(p, p + n, [](Real v) { return std::isnan(v); })) {
      out.argb[i] = kNanPixel;
    } else if (n == 2) {
      // A third lighter than the points, which else drown in an area of their own class.
      const QColor c = toColor(color(map, p[1]));
      const auto mixed = [](int a, int b) { return static_cast<std::uint8_t>(std::lround(0.68 * a + 0.32 * b)); };
      out.argb[i] = Rgba{mixed(c.red(), t.panel.red()), mixed(c.green(), t.panel.green()), mixed(c.blue(), t.panel.blue())}.argb();
    } else {
      // Each class adds its colour by its probability: mixed where the model is not sure; half panel, so that points
      // stand out.
      double sum[3] = {0, 0, 0};
      for (std::size_t k = 0; k < n; ++k) {
        const QColor c = t.classColor(static_cast<int>(k));
        sum[0] += p[k] * c.red();
        sum[1] += p[k] * c.green();
        sum[2] += p[k] * c.blue();
      }
      const auto mixed = [](double a, int b) { return static_cast<std::uint8_t>(std::clamp(0.55 * a + 0.45 * b, 0.0, 255.0)); };
      out.argb[i] = Rgba{mixed(sum[0], t.panel.red()), mixed(sum[1], t.panel.green()), mixed(sum[2], t.panel.blue())}.argb();
    }
  }
  return out;
}

DecisionView::Place DecisionView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const double line = lineHeight(style.font(-1));
  const double left = line + 4 + textWidth(style.font(-1), QStringLiteral("−0.00")) + 4;
  const double below = 2 * line + 4;
  const double legend = data_.classes == 0 ? colorBarHeight(style) + line + 8 : line + 6;
  const double side = std::min(rect.width() - left - 6, rect.height() - below - legend - 4);
  const double width = std::min(rect.width() - left - 6, side * 1.6);
  p.plane = QRectF(rect.left() + left, rect.top() + 4, std::max(1.0, width), std::max(1.0, rect.height() - below - legend - 4));
  p.legend = QRectF(p.plane.left(), p.plane.bottom() + below + 4, rect.right() - p.plane.left(), legend - 4);
  return p;
}

void DecisionView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const Theme& t = style.colors;
  if (rasterDark_ != t.dark) {
    raster_ = areaRaster(t);
    rasterDark_ = t.dark;
  }
  drawRaster(painter, p.plane, raster_, style, true);
  painter.save();
  painter.setAntialiasing(true);
  for (const DecisionPoint& point : data_.points) {
    const double u = data_.x1.at(point.x1), v = data_.x2.at(point.x2);
    if (!(u >= 0 && u <= 1 && v >= 0 && v <= 1)) continue;
    const QPointF at(p.plane.left() + u * p.plane.width(), p.plane.bottom() - v * p.plane.height());
    painter.setBrush(pointColor(point, t));
    // As in TensorFlow Playground: held-out points have a dark rim, those it learns from a light one.
    painter.setPen(QPen(point.validation ? t.text : t.panel, 1));
    painter.drawEllipse(at, 3.2, 3.2);
  }
  painter.setBrush(Qt::NoBrush);
  painter.setPen(QPen(t.border, 1));
  painter.drawRect(p.plane);

  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  painter.setFont(small);
  painter.setPen(t.secondary);
  for (const double x : niceTicks(data_.x1.low, data_.x1.high, 5))
    drawLine(painter, QRectF(p.plane.left() + data_.x1.at(x) * p.plane.width() - 30, p.plane.bottom() + 2, 60, line), Qt::AlignCenter, numberText(x, 3));
  for (const double y : niceTicks(data_.x2.low, data_.x2.high, 5))
    drawLine(painter, QRectF(rect.left() + line, p.plane.bottom() - data_.x2.at(y) * p.plane.height() - line / 2, p.plane.left() - 4 - rect.left() - line, line),
             Qt::AlignRight | Qt::AlignVCenter, numberText(y, 3));
  drawLine(painter, QRectF(p.plane.left(), p.plane.bottom() + line + 2, p.plane.width(), line), Qt::AlignCenter, data_.x1Name);
  drawLineUpwards(painter, QRectF(rect.left(), p.plane.top(), line, p.plane.height()), Qt::AlignCenter, data_.x2Name);

  QRectF row = p.legend;
  if (data_.classes == 0) {
    drawColorBar(painter, QRectF(row.left(), row.top(), p.plane.width(), colorBarHeight(style)), valueRange(),
                 forTheme(ColorMap::Diverging, t.dark), data_.valueName, style);
    row.setTop(row.top() + colorBarHeight(style) + 2);
  }
  row.setHeight(line);
  double x = row.left() + 4;
  const auto entry = [&](const QColor& fill, const QColor& rim, const QString& text) {
    const double width = textWidth(small, text);
    if (x + 10 + width > row.right()) return;
    painter.setBrush(fill);
    painter.setPen(QPen(rim, 1));
    painter.drawEllipse(QPointF(x, row.center().y()), 3, 3);
    painter.setPen(t.secondary);
    drawLine(painter, QRectF(x + 7, row.top(), width + 4, line), Qt::AlignLeft | Qt::AlignVCenter, text);
    x += width + 24;
  };
  QStringList names;
  for (int k = 0; k < data_.classes; ++k) names << className(data_, k);
  const double each = row.width() / std::max(1, std::min(data_.classes, 4)) - 24;
  names = toldApart(names, [&](qsizetype, const QString& name) { return textWidth(small, name) <= each; });
  for (int k = 0; k < data_.classes; ++k) entry(pointColor({0, 0, static_cast<Real>(k), false}, t), t.panel, names[k]);
  if (std::any_of(data_.points.begin(), data_.points.end(), [](const DecisionPoint& q) { return q.validation; }))
    entry(t.panel, t.text, tr("validation"));
  painter.restore();
}

FigureTable DecisionView::figureData() const {
  FigureTable table{{data_.x1Name, data_.x2Name}, {}};
  const int n = std::max(1, data_.classes);
  if (data_.classes == 0) table.columns << (data_.valueName.isEmpty() ? tr("value") : data_.valueName);
  for (int k = 0; k < data_.classes; ++k) table.columns << (data_.shares ? tr("probability of %1") : tr("output of %1")).arg(className(data_, k));
  for (int r = 0; r < data_.height; ++r)
    for (int c = 0; c < data_.width; ++c) {
      QVector<QVariant> row{data_.x1.low + (c + 0.5) / data_.width * (data_.x1.high - data_.x1.low),
                            data_.x2.high - (r + 0.5) / data_.height * (data_.x2.high - data_.x2.low)};
      for (int k = 0; k < n; ++k) row.push_back(data_.grid[static_cast<std::size_t>((r * data_.width + c) * n + k)]);
      table.rows.push_back(std::move(row));
    }
  return table;
}

QString DecisionView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const QRectF plane = place(figureRect(), FigureStyle::screen()).plane;
  if (!plane.contains(position)) return {};
  const double u = (position.x() - plane.left()) / plane.width(), v = (plane.bottom() - position.y()) / plane.height();
  const int c = std::min(data_.width - 1, static_cast<int>(u * data_.width));
  const int r = std::min(data_.height - 1, static_cast<int>((1 - v) * data_.height));
  QString text = QStringLiteral("%1 %2, %3 %4")
                     .arg(data_.x1Name, numberText(data_.x1.low + u * (data_.x1.high - data_.x1.low), 3), data_.x2Name,
                          numberText(data_.x2.low + v * (data_.x2.high - data_.x2.low), 3));
  const int n = std::max(1, data_.classes);
  const Real* cell = data_.grid.data() + static_cast<std::size_t>((r * data_.width + c) * n);
  if (data_.classes == 0) return text + QStringLiteral("\n%1 %2").arg(data_.valueName, numberText(cell[0], 4));
  for (int k = 0; k < n; ++k) text += QStringLiteral("\n%1 %2").arg(className(data_, k), data_.shares ? percentText(cell[k]) : numberText(cell[k], 4));
  return text;
}

}  // namespace vitrine
