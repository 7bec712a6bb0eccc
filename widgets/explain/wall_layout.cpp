#include "widgets/explain/wall_layout.h"

#include <QSet>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/explain/trust_views.h"
#include "widgets/explain/wall_view.h"
#include "widgets/figure/paint.h"
#include "widgets/maps/pinned_layout.h"

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

QSizeF WallLayout::needs() const { return {inputWidth + columnGap + std::min(methods, perBand) * (columnWidth + columnGap), bandTop(bands - 1) - rect.top() + bandHeight() + 4}; }

double barNumberWidth(const FigureStyle& style) { return textWidth(style.font(-1.5), QStringLiteral("−0.00000")) + 4; }

namespace {

/// The number with all digits the widest: of the many numbers of a wall few texts are left to measure, which is dear.
QString widened(QString number, QChar digit) {
  for (QChar& c : number)
    if (c.isDigit()) c = digit;
  return number;
}

}  // namespace

double badgesWidth(const WallData& data, const FigureStyle& style, BadgeShape shape) {
  const QFont small = style.font(-1.5);
  double widest = 0, digits = 0;
  QChar digit;
  for (char c = '0'; c <= '9'; ++c)
    if (const double w = textWidth(small, QString(QLatin1Char(c))); w > digits) digits = w, digit = QLatin1Char(c);
  QSet<QPair<int, QString>> seen;
  for (const WallSample& s : data.samples)
    for (const WallCell& c : s.cells) {
      if (c.mark == TrustMark::None || c.state != WallCell::State::Ready) continue;
      const QString area = widened(c.deletionArea, digit);
      const QPair<int, QString> badge(static_cast<int>(c.mark), area);
      if (seen.contains(badge)) continue;
      seen.insert(badge);
      const QString number = area.isEmpty() ? QString() : shape != BadgeShape::Short ? WallView::tr("del %1").arg(area) : area;
      const double word = textWidth(small, TrustView::word(c.mark)), beside = textWidth(small, number);
      widest = std::max(widest, shape == BadgeShape::TwoLines ? std::max(word, beside) : word + beside);
    }
  return widest > 0 ? badgeDot(lineHeight(style.font(-1)) + 3) + 9 + widest + 2 * kTextSpare : 0;
}

namespace {

/// The width at which a name stands in two lines.
double twoLines(const QFont& font, const QString& name) {
  double best = textWidth(font, name);
  for (qsizetype at = name.indexOf(QLatin1Char(' ')); at >= 0; at = name.indexOf(QLatin1Char(' '), at + 1))
    best = std::min(best, std::max(textWidth(font, name.left(at)), textWidth(font, name.mid(at + 1))));
  return best + kTextSpare;
}

/// The width that a column takes so that nothing of it is cut. The screen's columns have a few sizes more than that, and settings
/// are read out there; what stands on paper has to be readable as it is.
double leastColumn(const WallData& data, const FigureStyle& style, BadgeShape badges) {
  const QFont small = style.font(-1.5);
  double least = badgesWidth(data, style, badges);
  for (const WallMethod& m : data.methods) least = std::max(least, std::min(160.0, twoLines(style.font(-1, true), m.name)));
  if (!style.print) return least;
  for (const WallMethod& m : data.methods) least = std::max(least, std::min(120.0, textWidth(small, m.remark()) + kTextSpare));
  for (const WallSample& s : data.samples)
    for (const WallCell& c : s.cells)
      for (const QString& word : c.note.split(QLatin1Char(' '))) least = std::max(least, std::min(90.0, textWidth(small, word) + 8 + kTextSpare));
  // Both ends of the scale.
  least = std::max(least, textWidth(small, QStringLiteral("−0.000+0.000")) + 8);
  return data.kind == WallKind::Table ? std::max(least, barNumberWidth(style) + kLeastBar) : least;
}

/// The width of what stands below an input, names whole.
double wordsWidth(const WallData& data, const FigureStyle& style) {
  const QFont small = style.font(-1), bold = style.font(-1, true);
  double w = data.target.isEmpty() ? 0 : textWidth(small, WallView::tr("target: %1").arg(data.target));
  for (const WallSample& s : data.samples) {
    w = std::max(w, textWidth(small, QStringLiteral("✓ ") + s.name));
    if (data.classes.isEmpty()) {
      if (!s.probabilities.empty()) w = std::max(w, textWidth(bold, data.targetName + QLatin1Char(' ') + numberText(s.probabilities.front())));
      continue;
    }
    for (int k : topClasses(s.probabilities, 2)) w = std::max(w, textWidth(bold, data.classes.value(k)) + textWidth(bold, data.shares ? QStringLiteral("100 %") : QStringLiteral("−0.000")) + 6);
  }
  return w + 4 + 2 * kTextSpare;
}

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
  const double rows = std::max(1, l.samples), needed = leastColumn(data, style, style.print ? BadgeShape::Named : BadgeShape::Short);
  l.perBand = std::max(1, l.methods);
  // Of the width beside the inputs; on paper as many columns as have room, spread evenly over the bands.
  const auto columnFor = [&](double least, double widest) {
    const double room = rect.width() - l.inputWidth - l.columnGap;
    if (style.print) {
      const auto bandsFor = [&](double column) {
        const int fit = std::clamp(static_cast<int>(room / (column + l.columnGap)), 1, l.perBand);
        return (l.perBand + fit - 1) / fit;
      };
      l.bands = bandsFor(needed);
      // Badges of two lines, where that makes the page shorter.
      if (const int fewer = bandsFor(leastColumn(data, style, BadgeShape::TwoLines)); fewer < l.bands) {
        l.bands = fewer;
        l.badge += line;
      }
      l.perBand = (l.perBand + l.bands - 1) / l.bands;
    }
    least = style.print ? 20 : std::max(least, needed);
    return std::clamp(room / l.perBand - l.columnGap, least, std::max(least, widest));
  };
  // Names below the inputs are whole on paper, as long as the maps have most of the page.
  const double words = style.print ? std::min(wordsWidth(data, style), rect.width() * 0.34) : 0;
  const auto byHeight = [&] { return ((rect.height() - (l.bands - 1) * WallLayout::kBandGap) / l.bands - l.head - l.scale - 8) / rows - l.badge - l.rowGap; };
  if (data.kind == WallKind::Table) {
    double names = 0;
    for (const QString& f : data.features) names = std::max(names, textWidth(small, f));
    l.valueWidth = textWidth(small, QStringLiteral("−0.00000"));
    if (style.print) {
      double values = l.valueWidth;
      for (const WallSample& s : data.samples)
        for (const QString& v : s.values) values = std::max(values, textWidth(small, v) + kTextSpare);
      l.valueWidth = std::min(values, std::max(l.valueWidth, rect.width() * 0.16));
    }
    l.inputWidth = std::max(words, std::min(names + kTextSpare, rect.width() * 0.22) + 14 + l.valueWidth);
    l.columnWidth = columnFor(kLeastColumn, kMostColumn);
    // Three lines of prediction stand below the features, beside which the badge is.
    l.cellHeight = (std::min<int>(most, static_cast<int>(data.features.size())) + 2.6) * line;
    return l;
  }
  if (data.kind == WallKind::Series) {
    l.inputWidth = std::max(words, std::clamp(rect.width() * 0.2, style.print ? 80.0 : 110.0, 220.0));
    l.columnWidth = columnFor(120, 340);
    l.cellHeight = std::clamp(byHeight(), 5.2 * line, std::max(5.2 * line, l.columnWidth * 0.6));
    return l;
  }
  const double aspect = data.width > 0 ? static_cast<double>(data.height) / data.width : 1;
  l.inputWidth = std::clamp(rect.width() * 0.14, 96.0, 150.0);
  if (style.print) l.inputWidth = std::max(40.0, words);
  const double byWidth = columnFor(kLeastCell, kMostCell);
  l.columnWidth = style.print ? byWidth : std::clamp(std::min(byWidth, std::max(byHeight(), 112.0) / aspect), std::max(kLeastCell, needed), std::max(kMostCell, needed));
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
