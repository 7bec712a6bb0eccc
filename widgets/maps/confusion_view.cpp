#include "widgets/maps/confusion_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

std::size_t at(int truth, int predicted, qsizetype n) {
  return static_cast<std::size_t>(truth) * static_cast<std::size_t>(n) + static_cast<std::size_t>(predicted);
}

}  // namespace

std::vector<Confused> mostConfused(const ConfusionData& data, int most) {
  std::vector<Confused> pairs;
  const int n = data.counts.empty() ? 0 : static_cast<int>(data.classes.size());
  for (int t = 0; t < n; ++t) {
    std::int64_t total = 0;
    for (int p = 0; p < n; ++p) total += data.counts[at(t, p, n)];
    for (int p = 0; p < n; ++p)
      if (const std::int64_t count = data.counts[at(t, p, n)]; p != t && count > 0) pairs.push_back({t, p, count, total});
  }
  std::stable_sort(pairs.begin(), pairs.end(), [](const Confused& a, const Confused& b) { return a.share() > b.share(); });
  if (static_cast<int>(pairs.size()) > most) pairs.resize(static_cast<std::size_t>(most));
  return pairs;
}

ConfusionView::ConfusionView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Confusion matrix")); }

void ConfusionView::setData(ConfusionData data) {
  // Counts for another number of classes are no picture of these.
  if (data.counts.size() != static_cast<std::size_t>(data.classes.size()) * static_cast<std::size_t>(data.classes.size())) data.counts.clear();
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

std::int64_t ConfusionView::rowTotal(int truth) const {
  std::int64_t total = 0;
  const qsizetype n = data_.classes.size();
  for (int p = 0; p < n; ++p) total += data_.counts[at(truth, p, n)];
  return total;
}

ConfusionView::Place ConfusionView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const int n = static_cast<int>(data_.classes.size());
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double names = namesWidth(data_.classes, n, small, std::max(40.0, rect.width() * 0.22));
  const double left = line + 2 + names + 4;
  const double bar = colorBarHeight(style) + 6;
  // Column names cost height: only where the matrix stays the larger part.
  const bool roomy = rect.height() > 360 || style.print;
  const double columnNames = roomy ? std::min(names, rect.height() * 0.22) + 2 : 0;
  // The list of pairs and the scale stand beside the matrix where that costs it little, else the scale alone below.
  constexpr double kGap = 18, kShare = 60;
  const double least = std::clamp(2 * names + kShare, 120.0, 260.0);  // both names of a pair can be told
  const double high = rect.height() - columnNames - line - 4;
  const double beside = rect.width() - left - kGap - least;
  const bool list = beside >= 0.85 * high || beside >= 0.85 * std::min(rect.width() - left - 2, high - bar);
  const double side = list ? std::min(high, beside) : std::min(rect.width() - left - 2, high - bar);
  p.cell = std::max(1.0, side) / n;
  if (!style.print && p.cell > 4) p.cell = std::floor(p.cell);
  p.matrix = QRectF(rect.left() + left, rect.top() + 2, p.cell * n, p.cell * n);
  p.titleTop = p.matrix.bottom() + columnNames + 2;
  const double listLeft = p.matrix.right() + kGap;
  if (list) {
    const double width = std::min(260.0, rect.right() - listLeft);
    p.list = QRectF(listLeft, rect.top(), width, p.titleTop + line - rect.top() - bar);
    p.scale = QRectF(listLeft, p.list.bottom() + 6, std::min(width, 200.0), bar - 6);
  } else {
    // As wide as its words need, from below the names on.
    const double width = std::min(rect.width(), std::max(p.matrix.width(), 200.0));
    p.scale = QRectF(std::max(rect.left(), std::min(p.matrix.left(), rect.right() - width)), p.titleTop + line + 2, width, bar - 6);
  }
  return p;
}

void ConfusionView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const int n = static_cast<int>(data_.classes.size());
  std::vector<Real> shares(data_.counts.size());
  for (int t = 0; t < n; ++t) {
    const std::int64_t total = rowTotal(t);
    for (int q = 0; q < n; ++q)
      shares[at(t, q, n)] = total > 0 ? static_cast<Real>(static_cast<double>(data_.counts[at(t, q, n)]) / static_cast<double>(total))
                                      : std::numeric_limits<Real>::quiet_NaN();
  }
  drawRaster(painter, p.matrix, rasterize(shares, n, n, {0, 1}, ColorMap::Viridis), style);
  const QFont tiny = style.font(-2);
  const std::int64_t largest = *std::max_element(data_.counts.begin(), data_.counts.end());
  if (lineHeight(tiny) <= p.cell && textWidth(tiny, QString::number(largest)) + 3 <= p.cell) {
    painter.setFont(tiny);
    for (int t = 0; t < n; ++t)
      for (int q = 0; q < n; ++q) {
        const std::int64_t count = data_.counts[at(t, q, n)];
        const QString text = QString::number(count);
        if (count == 0) continue;
        const Rgba c = color(ColorMap::Viridis, shares[at(t, q, n)]);
        painter.setPen(readableOn(toColor(c)));
        drawLine(painter, QRectF(p.matrix.left() + q * p.cell, p.matrix.top() + t * p.cell, p.cell, p.cell), Qt::AlignCenter, text);
      }
  }
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double namesLeft = rect.left() + line + 2;
  drawRowNames(painter, QRectF(namesLeft, p.matrix.top(), p.matrix.left() - 4 - namesLeft, p.matrix.height()), n, data_.classes, style);
  if (p.titleTop - p.matrix.bottom() > line)
    drawColumnNames(painter, QRectF(p.matrix.left(), p.matrix.bottom() + 2, p.matrix.width(), p.titleTop - p.matrix.bottom() - 2), n,
                    data_.classes, style);
  painter.setFont(small);
  painter.setPen(style.colors.secondary);
  drawLineUpwards(painter, QRectF(rect.left(), p.matrix.top(), line, std::max(p.matrix.height(), std::min(textWidth(small, tr("true class")) + 2, rect.height()))),
                  Qt::AlignCenter, tr("true class"));
  const double wide = std::max(p.matrix.width(), textWidth(small, tr("predicted class")) + 2);
  drawLine(painter, QRectF(p.matrix.center().x() - wide / 2, p.titleTop, wide, line), Qt::AlignCenter, tr("predicted class"));
  drawColorBar(painter, p.scale, QStringLiteral("0"), tr("share of the true class"), QStringLiteral("100 %"), ColorMap::Viridis, style);

  if (p.list.isEmpty()) return;
  double y = p.list.top() + 2;
  painter.setFont(style.font(-1, true));
  painter.setPen(style.colors.secondary);
  drawLine(painter, QRectF(p.list.left(), y, p.list.width(), line), Qt::AlignLeft | Qt::AlignVCenter, tr("most confused"));
  y += line * 1.4;
  painter.setFont(small);
  for (const Confused& c : mostConfused(data_, listed(p, style))) {
    const QString share = percentText(c.share());
    const double right = textWidth(small, share) + 8;
    painter.setPen(style.colors.text);
    // Both are named, whatever the room.
    const double room = p.list.width() - right;
    painter.drawText(QRectF(p.list.left(), y, room, line), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip,
                     pairToldApart(data_.classes, c.truth, QStringLiteral(" → "), c.predicted, metrics(painter, small), room));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(p.list.right() - right, y, right, line), Qt::AlignRight | Qt::AlignVCenter, share);
    y += line * 1.25;
  }
}

FigureTable ConfusionView::figureData() const {
  FigureTable table;
  if (isEmpty()) return table;
  const int n = static_cast<int>(data_.classes.size());
  table.columns << tr("true class");
  table.columns << data_.classes;
  table.columns << tr("total") << tr("share right");
  for (int t = 0; t < n; ++t) {
    QVector<QVariant> row{data_.classes[t]};
    for (int p = 0; p < n; ++p) row.push_back(static_cast<qlonglong>(data_.counts[at(t, p, n)]));
    const std::int64_t total = rowTotal(t);
    row.push_back(static_cast<qlonglong>(total));
    row.push_back(static_cast<double>(data_.counts[at(t, t, n)]) / static_cast<double>(total));
    table.rows.push_back(std::move(row));
  }
  return table;
}

bool ConfusionView::cellAt(QPointF position, int& truth, int& predicted) const {
  if (isEmpty()) return false;
  const Place p = place(figureRect(), FigureStyle::screen());
  if (!p.matrix.contains(position)) return false;
  const int n = static_cast<int>(data_.classes.size());
  predicted = std::min(n - 1, static_cast<int>((position.x() - p.matrix.left()) / p.cell));
  truth = std::min(n - 1, static_cast<int>((position.y() - p.matrix.top()) / p.cell));
  return true;
}

QString ConfusionView::nameAt(QPointF position) const {
  if (isEmpty()) return {};
  const Place p = place(figureRect(), FigureStyle::screen());
  const auto index = [&](double along) { return along < 0 ? -1 : static_cast<qsizetype>(along / p.cell); };
  if (position.x() < p.matrix.left()) return data_.classes.value(index(position.y() - p.matrix.top()));
  if (position.y() > p.matrix.bottom() && position.y() < p.titleTop && position.x() < p.matrix.right()) return data_.classes.value(index(position.x() - p.matrix.left()));
  if (!p.list.contains(position)) return {};
  // The list says the pairs in short.
  const std::vector<Confused> pairs = mostConfused(data_, listed(p, FigureStyle::screen()));
  const double line = lineHeight(FigureStyle::screen().font(-1)), at = (position.y() - p.list.top() - 2 - line * 1.4) / (line * 1.25);
  if (at < 0 || at >= static_cast<double>(pairs.size())) return {};
  const Confused& c = pairs[static_cast<std::size_t>(at)];
  return tr("%1 taken for %2: %3").arg(data_.classes[c.truth], data_.classes[c.predicted], percentText(c.share()));
}

int ConfusionView::listed(const Place& place, const FigureStyle& style) const {
  constexpr int kMost = 8;
  const double line = lineHeight(style.font(-1));
  return std::clamp(static_cast<int>((place.list.height() - 2 - line * 1.4) / (line * 1.25)), 0, kMost);
}

QString ConfusionView::readoutAt(QPointF position) const {
  int t = 0, p = 0;
  if (!cellAt(position, t, p)) return nameAt(position);
  const std::int64_t total = rowTotal(t), count = data_.counts[at(t, p, data_.classes.size())];
  if (total == 0) return tr("No samples of %1").arg(data_.classes[t]);
  const QLocale locale;
  const QString numbers = tr("%1 of %2 (%3)")
                              .arg(locale.toString(static_cast<qlonglong>(count)), locale.toString(static_cast<qlonglong>(total)),
                                   percentText(static_cast<double>(count) / static_cast<double>(total)));
  return t == p ? tr("%1 recognised: %2").arg(data_.classes[t], numbers)
                : tr("%1 taken for %2: %3").arg(data_.classes[t], data_.classes[p], numbers);
}

void ConfusionView::mousePressEvent(QMouseEvent* event) {
  FigureWidget::mousePressEvent(event);
  int t = 0, p = 0;
  if (event->button() == Qt::LeftButton && cellAt(event->position(), t, p)) emit cellClicked(t, p);
}

}  // namespace vitrine
