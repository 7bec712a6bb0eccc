#include "widgets/data/sample_preview.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr double kColumnGap = 10, kBetween = 3;

}  // namespace

SamplePreview::SamplePreview(QWidget* parent) : FigureWidget(parent) {
  setMinimumSize(220, 160);
  setMouseTracking(true);
}

void SamplePreview::setData(PreviewData data) {
  data_ = std::move(data);
  before_.clear();
  after_.clear();
  for (const PreviewSample& s : data_.samples) {
    const auto raster = [&](const std::vector<Real>& v) { return data_.series ? rasterize(v, s.height, s.width, data_.range, ColorMap::Viridis) : imageRaster(v, s.height, s.width, s.channels, data_.range); };
    before_.push_back(raster(s.before));
    after_.push_back(s.after.empty() ? Raster() : raster(s.after));
  }
  setAccessibleName(data_.title);
  update();
  emit titleChanged();
}

bool SamplePreview::changed() const {
  return std::any_of(data_.samples.begin(), data_.samples.end(), [](const PreviewSample& s) { return !s.after.empty(); });
}

std::vector<SamplePreview::Cell> SamplePreview::place(const QRectF& rect, const FigureStyle& style) const {
  const int n = static_cast<int>(data_.samples.size());
  std::vector<Cell> cells;
  if (n == 0) return cells;
  const double line = lineHeight(style.font(-1)) + 2;
  const int pictures = changed() ? 2 : 1;
  const PreviewSample& first = data_.samples[0];
  const double aspect = static_cast<double>(first.width) / std::max(1, first.height);
  // As large as they come in any number of columns.
  double best = 0;
  int columns = 1;
  for (int c = 1; c <= n; ++c) {
    const int rows = (n + c - 1) / c;
    const double w = ((rect.width() - kColumnGap * (c - 1)) / c - kBetween * (pictures - 1)) / pictures, h = (rect.height() - kColumnGap * (rows - 1)) / rows - line;
    const double side = std::min(w, h * aspect);
    if (side > best) best = side, columns = c;
  }
  const double w = std::max(4.0, best), h = w / aspect, across = w * pictures + kBetween * (pictures - 1);
  for (int i = 0; i < n; ++i) {
    const QPointF at(rect.left() + (i % columns) * (across + kColumnGap), rect.top() + (i / columns) * (h + line + kColumnGap));
    Cell cell;
    cell.before = QRectF(at, QSizeF(w, h));
    if (pictures == 2) cell.after = cell.before.translated(w + kBetween, 0);
    cell.label = QRectF(at.x(), at.y() + h + 1, across, line);
    cells.push_back(cell);
  }
  return cells;
}

void SamplePreview::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  const double foot = data_.series ? colorBarHeight(style) + 6 : 0, head = changed() ? lineHeight(style.font(-1)) + 4 : 0;
  if (changed()) {
    painter.setFont(style.font(-1));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(rect.left(), rect.top(), rect.width(), head), Qt::AlignLeft | Qt::AlignTop, tr("left: as read · right: as one epoch of training sees it"));
  }
  const std::vector<Cell> cells = place(rect.adjusted(0, head, 0, -foot), style);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    drawRaster(painter, cells[i].before, before_[i], style);
    if (!after_[i].empty()) drawRaster(painter, cells[i].after, after_[i], style);
    painter.setFont(style.font(-1));
    painter.setPen(style.colors.secondary);
    drawLine(painter, cells[i].label, Qt::AlignLeft | Qt::AlignVCenter, data_.samples[i].label);
  }
  if (data_.series)
    drawColorBar(painter, QRectF(rect.left(), rect.bottom() - foot + 6, std::min(rect.width(), 220.0), foot - 6), data_.range, ColorMap::Viridis, tr("value; rows are steps"), style);
}

FigureTable SamplePreview::figureData() const {
  FigureTable t;
  t.columns = {tr("sample"), tr("label"), tr("version"), tr("row"), tr("column"), tr("channel"), tr("value")};
  for (std::size_t i = 0; i < data_.samples.size(); ++i) {
    const PreviewSample& s = data_.samples[i];
    for (const auto& [values, version] : {std::pair(&s.before, tr("as read")), std::pair(&s.after, tr("for training"))})
      for (std::size_t k = 0; k < values->size(); ++k) {
        const int channel = static_cast<int>(k) % s.channels, pixel = static_cast<int>(k) / s.channels;
        t.rows.push_back({static_cast<int>(i), s.label, version, pixel / s.width, pixel % s.width, channel, static_cast<double>((*values)[k])});
      }
  }
  return t;
}

QString SamplePreview::readoutAt(QPointF position) const {
  const double foot = data_.series ? colorBarHeight(FigureStyle::screen()) + 6 : 0, head = changed() ? lineHeight(FigureStyle::screen().font(-1)) + 4 : 0;
  const std::vector<Cell> cells = place(figureRect().adjusted(0, head, 0, -foot), FigureStyle::screen());
  for (std::size_t i = 0; i < cells.size(); ++i)
    for (const auto& [area, values] : {std::pair(cells[i].before, &data_.samples[i].before), std::pair(cells[i].after, &data_.samples[i].after)}) {
      if (values->empty() || !area.contains(position)) continue;
      const PreviewSample& s = data_.samples[i];
      const int x = std::min(s.width - 1, static_cast<int>((position.x() - area.left()) / area.width() * s.width));
      const int y = std::min(s.height - 1, static_cast<int>((position.y() - area.top()) / area.height() * s.height));
      QStringList numbers;
      for (int c = 0; c < s.channels; ++c) numbers << numberText(static_cast<double>((*values)[static_cast<std::size_t>((y * s.width + x) * s.channels + c)]));
      return tr("%1\nrow %2, column %3: %4").arg(s.label, QLocale().toString(y), QLocale().toString(x), numbers.join(QStringLiteral(" · ")));
    }
  return {};
}

}  // namespace vitrine
