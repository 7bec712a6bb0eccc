#include "widgets/explain/wall_layout.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

constexpr double kLeastCell = 72, kMostCell = 220, kLeastColumn = 104, kMostColumn = 260;

}  // namespace

std::vector<int> wallFeatures(const WallData& data, int most) {
  std::vector<int> order(static_cast<std::size_t>(data.features.size()));
  std::iota(order.begin(), order.end(), 0);
  if (static_cast<int>(order.size()) <= most) return order;
  std::vector<double> weight(order.size());
  for (const WallSample& s : data.samples)
    for (std::size_t m = 0; m < s.cells.size(); ++m) {
      const std::vector<Real>& v = s.cells[m].values;
      const double top = magnitudePercentile(v, 100);
      for (std::size_t f = 0; f < std::min(v.size(), weight.size()); ++f)
        if (top > 0 && std::isfinite(v[f])) weight[f] = std::max(weight[f], std::abs(static_cast<double>(v[f])) / top);
    }
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return weight[static_cast<std::size_t>(a)] > weight[static_cast<std::size_t>(b)]; });
  order.resize(static_cast<std::size_t>(most));
  std::sort(order.begin(), order.end());
  return order;
}

QSizeF WallLayout::needs() const {
  return {inputWidth + columnGap + methods * (columnWidth + columnGap), rowTop(samples) - rect.top() - rowGap + (methods > 0 ? 8 + scale : 0) + 4};
}

namespace {

WallLayout placed(const QRectF& rect, const FigureStyle& style, const WallData& data, int most, int headLines) {
  WallLayout l;
  l.rect = rect;
  l.samples = static_cast<int>(data.samples.size());
  l.methods = static_cast<int>(data.methods.size());
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  l.head = headLines * line + 3;
  l.badge = line + 3;
  l.rowGap = style.print ? 6 : 10;
  l.columnGap = style.print ? 6 : 10;
  l.scale = colorBarHeight(style);
  const double rows = std::max(1, l.samples), columns = std::max(1, l.methods);
  const auto columnFor = [&](double least, double widest) {
    return std::clamp((rect.width() - l.inputWidth - l.columnGap) / columns - l.columnGap, style.print ? 20.0 : least, widest);
  };
  const double byHeight = (rect.height() - l.head - l.scale - 8) / rows - l.badge - l.rowGap;
  if (data.kind == WallKind::Table) {
    double names = 0;
    for (const QString& f : data.features) names = std::max(names, textWidth(small, f));
    l.inputWidth = std::min(names, rect.width() * 0.22) + 14 + textWidth(small, QStringLiteral("−0.00000"));
    l.columnWidth = columnFor(kLeastColumn, kMostColumn);
    // Three lines of prediction stand below the features, beside which the badge is.
    l.cellHeight = (std::min<int>(most, static_cast<int>(data.features.size())) + 2.6) * line;
    return l;
  }
  if (data.kind == WallKind::Series) {
    l.inputWidth = std::clamp(rect.width() * 0.2, 110.0, 220.0);
    l.columnWidth = columnFor(120, 340);
    l.cellHeight = std::clamp(byHeight, 5.2 * line, std::max(5.2 * line, l.columnWidth * 0.6));
    return l;
  }
  const double aspect = data.width > 0 ? static_cast<double>(data.height) / data.width : 1;
  l.inputWidth = std::clamp(rect.width() * 0.14, 96.0, 150.0);
  if (style.print) l.inputWidth = std::max(40.0, rect.width() / (columns + 1.2));
  const double byWidth = columnFor(kLeastCell, kMostCell);
  l.columnWidth = style.print ? byWidth : std::clamp(std::min(byWidth, std::max(byHeight, 112.0) / aspect), kLeastCell, kMostCell);
  l.cellHeight = l.columnWidth * aspect;
  return l;
}

}  // namespace

WallLayout wallLayout(const QRectF& rect, const FigureStyle& style, const WallData& data, int most) {
  const WallLayout l = placed(rect, style, data, most, 2);
  // A name that takes two lines leaves a third for what stands below it.
  const bool high = std::any_of(data.methods.begin(), data.methods.end(), [&](const WallMethod& m) { return !m.remark().isEmpty() && textWidth(style.font(-1, true), m.name) > l.columnWidth; });
  return high ? placed(rect, style, data, most, 3) : l;
}

}  // namespace vitrine
