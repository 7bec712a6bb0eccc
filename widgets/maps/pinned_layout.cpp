#include "widgets/maps/pinned_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/paint.h"

namespace vitrine {

QRectF PinnedLayout::row(int sample) const {
  return {rect.left(), rect.top() + head + sample * (rowHeight + rowGap), rect.width(), rowHeight};
}

QRectF PinnedLayout::column(int method) const {
  if (method < 0) return {rect.left(), rect.top() + head, inputWidth, rect.height() - head};
  const double left = rect.left() + inputWidth + columnGap + method * (columnWidth + columnGap);
  return {left, rect.top() + head, columnWidth, rect.height() - head};
}

QRectF PinnedLayout::image(int sample, int method, int width, int height) const {
  const double scale = cell / std::max(1, std::max(width, height));
  return {column(method).left(), row(sample).top(), width * scale, height * scale};
}

QRectF PinnedLayout::prediction(int sample) const {
  const QRectF r = row(sample);
  return {predictionLeft, r.top(), rect.right() - predictionLeft, r.height()};
}

namespace {

PinnedLayout layoutWith(int headLines, const QRectF& rect, const FigureStyle& style, int samples, int methods, bool table,
                        double namesWidth) {
  PinnedLayout p;
  p.rect = rect;
  p.head = headLines * lineHeight(style.font(-1)) + 3;
  p.rowGap = style.print ? 6 : 10;
  p.columnGap = 10;
  const double rows = rect.height() - p.head - colorBarHeight(style) - 6;
  p.rowHeight = std::max(8.0, (rows - (samples - 1) * p.rowGap) / std::max(1, samples));
  if (table) {
    p.inputWidth = std::min(namesWidth + 8 + textWidth(style.font(-1), QStringLiteral("−0.00000")), rect.width() * 0.4);
    const double left = rect.width() * 0.68 - p.inputWidth - p.columnGap;
    p.columnWidth = std::max(20.0, left / std::max(1, methods) - p.columnGap);
  } else {
    // Predictions keep a third, but never less than they need to be read.
    const double pictures = std::min(rect.width() * 0.68, rect.width() - 150);
    const int columns = methods + 1;
    p.cell = std::max(8.0, std::min(p.rowHeight, (pictures - columns * p.columnGap) / columns));
    p.inputWidth = p.columnWidth = p.cell;
    // Rows no taller than a picture needs, so that predictions stand beside theirs.
    p.rowHeight = std::min(p.rowHeight, std::max(p.cell, 4.6 * lineHeight(style.font(-1))));
  }
  p.predictionLeft = p.column(methods).left() + (table ? 8 : 4);
  return p;
}

}  // namespace

PinnedLayout pinnedLayout(const QRectF& rect, const FigureStyle& style, int samples, int methods, bool table,
                          double namesWidth, const QStringList& heads) {
  const PinnedLayout p = layoutWith(1, rect, style, samples, methods, table, namesWidth);
  for (const QString& head : heads)
    if (textWidth(style.font(-1), head) > p.columnWidth) return layoutWith(2, rect, style, samples, methods, table, namesWidth);
  return p;
}

std::vector<int> topClasses(const std::vector<double>& probabilities, int most) {
  std::vector<int> order(probabilities.size());
  std::iota(order.begin(), order.end(), 0);
  const auto value = [&](int k) {
    const double p = probabilities[static_cast<std::size_t>(k)];
    return std::isnan(p) ? -1.0 : p;
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return value(a) > value(b); });
  order.resize(std::min(order.size(), static_cast<std::size_t>(std::max(0, most))));
  return order;
}

}  // namespace vitrine
