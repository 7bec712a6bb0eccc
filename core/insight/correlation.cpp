// Correlation of many columns at once: sums of products of standardised columns by matrix products, rows in blocks.
#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/numbers.h"
#include "core/base/statistics.h"
#include "core/insight/data_statistics.h"

namespace vitrine {
namespace {

using DoubleMatrix = Eigen::MatrixXd;
using Columns = std::vector<std::vector<double>>;
using Tell = std::function<void(double)>;

constexpr Eigen::Index kBlock = 2048;
/// Below this share of a column's own spread, what is left is rounding: the column is constant in these rows.
constexpr double kRounding = 1e-13;

/// How a column is brought near 0 and 1, so that sums of squares lose no digits.
struct Scaling {
  double origin = 0, scale = 0;  ///< scale 0: constant, or nothing there
};

Scaling scalingOf(const std::vector<double>& column) {
  double low = std::numeric_limits<double>::infinity(), high = -low, sum = 0, n = 0;
  for (const double v : column)
    if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v), sum += v / 2, ++n;
  if (!(low < high)) return {};
  // Halved sums and spans, as the two ends of the range of a double are further apart than its largest.
  const double origin = sum / n * 2;
  return {origin, 1 / std::max(high / 2 - origin / 2, origin / 2 - low / 2) / 2};
}

double coefficient(double n, double xy, double x, double xx, double y, double yy) {
  if (n < 2) return kNan;
  const double vx = n * xx - x * x, vy = n * yy - y * y;
  if (!(vx > kRounding * n * xx) || !(vy > kRounding * n * yy)) return kNan;
  return std::clamp((n * xy - x * y) / std::sqrt(vx) / std::sqrt(vy), -1.0, 1.0);
}

Correlation pearson(const Columns& columns, std::stop_token stop, const Tell& tell) {
  const Eigen::Index p = static_cast<Eigen::Index>(columns.size()), n = p > 0 ? static_cast<Eigen::Index>(columns[0].size()) : 0;
  std::vector<Scaling> scalings;
  for (const std::vector<double>& c : columns) {
    if (stop.stop_requested()) return {};
    scalings.push_back(scalingOf(c));
  }
  // Over the rows where both are there: m counts them, x and xx are the row's column's sums, xy the products'.
  DoubleMatrix m = DoubleMatrix::Zero(p, p), x = m, xx = m, xy = m;
  DoubleMatrix block(kBlock, p), there(kBlock, p), squares;
  for (Eigen::Index from = 0; from < n; from += kBlock) {
    if (stop.stop_requested()) return {};
    const Eigen::Index rows = std::min(kBlock, n - from);
    for (Eigen::Index c = 0; c < p; ++c) {
      const Scaling& s = scalings[static_cast<std::size_t>(c)];
      const double* values = columns[static_cast<std::size_t>(c)].data() + from;
      for (Eigen::Index r = 0; r < rows; ++r) {
        const bool good = std::isfinite(values[r]);
        there(r, c) = good;
        block(r, c) = good ? (values[r] - s.origin) * s.scale : 0;
      }
    }
    const auto b = block.topRows(rows), t = there.topRows(rows);
    squares = b.cwiseAbs2();
    xy.noalias() += b.transpose() * b;
    m.noalias() += t.transpose() * t;
    x.noalias() += b.transpose() * t;
    xx.noalias() += squares.transpose() * t;
    if (tell) tell(static_cast<double>(from + rows) / static_cast<double>(n));
  }
  Correlation out;
  out.columns = static_cast<int>(p);
  for (Eigen::Index a = 0; a < p; ++a)
    for (Eigen::Index b = 0; b < p; ++b) {
      const bool constant = scalings[static_cast<std::size_t>(a)].scale == 0 || scalings[static_cast<std::size_t>(b)].scale == 0;
      double r = constant ? kNan : coefficient(m(a, b), xy(a, b), x(a, b), xx(a, b), x(b, a), xx(b, a));
      if (a == b && !std::isnan(r)) r = 1;
      out.values.push_back(r);
      out.pairs.push_back(static_cast<std::int64_t>(std::llround(m(a, b))));
    }
  return out;
}

/// Average ranks of `values` along `order`, only of rows that are `wanted`; others' ranks are left as they are. `kept`: those rows.
template <class Wanted>
void rankWithin(std::span<const double> values, const std::vector<std::int32_t>& order, std::vector<std::int32_t>& kept, std::vector<double>& ranks, Wanted wanted) {
  kept.clear();
  for (const std::int32_t row : order)
    if (wanted(static_cast<std::size_t>(row))) kept.push_back(row);
  rankAlong(values, kept, ranks);
}

Correlation spearman(const Columns& columns, std::stop_token stop, const Tell& tell) {
  Columns ranks;
  std::vector<std::vector<std::int32_t>> orders;
  std::vector<bool> whole;
  for (const std::vector<double>& c : columns) {
    if (stop.stop_requested()) return {};
    orders.push_back(risingOrder(c));
    whole.push_back(orders.back().size() == c.size());
    ranks.emplace_back(c.size(), kNan);
    rankAlong(c, orders.back(), ranks.back());
    if (tell) tell(0.3 * static_cast<double>(orders.size()) / static_cast<double>(columns.size()));
  }
  Correlation out = pearson(ranks, stop, [&](double share) {
    if (tell) tell(0.3 + 0.2 * share);
  });
  // A pair with gaps has ranks of its own: those within the rows that are left.
  const std::size_t p = columns.size();
  std::vector<double> ra(p > 0 ? columns[0].size() : 0), rb = ra;
  std::vector<std::int32_t> kept;
  for (std::size_t a = 0; a < p; ++a) {
    for (std::size_t b = a + 1; b < p; ++b) {
      if (whole[a] && whole[b]) continue;
      if (stop.stop_requested()) return {};
      rankWithin(columns[a], orders[a], kept, ra, [&](std::size_t row) { return std::isfinite(columns[b][row]); });
      rankWithin(columns[b], orders[b], kept, rb, [&](std::size_t row) { return std::isfinite(columns[a][row]); });
      const double n = static_cast<double>(kept.size()), middle = (n + 1) / 2;
      double xy = 0, xx = 0, yy = 0;
      for (const std::int32_t row : kept) {
        const double u = ra[static_cast<std::size_t>(row)] - middle, v = rb[static_cast<std::size_t>(row)] - middle;
        xy += u * v, xx += u * u, yy += v * v;
      }
      out.values[a * p + b] = out.values[b * p + a] = n >= 2 && xx > 0 && yy > 0 ? std::clamp(xy / std::sqrt(xx) / std::sqrt(yy), -1.0, 1.0) : kNan;
    }
    if (tell) tell(0.5 + 0.5 * static_cast<double>(a + 1) / static_cast<double>(p));
  }
  return stop.stop_requested() ? Correlation() : out;
}

}  // namespace

Correlation correlate(const Columns& columns, CorrelationKind kind, std::stop_token stop, const Tell& progress) {
  return kind == CorrelationKind::Pearson ? pearson(columns, stop, progress) : spearman(columns, stop, progress);
}

}  // namespace vitrine
