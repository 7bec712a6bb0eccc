#include "widgets/data/balance_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <numeric>

#include "widgets/figure/paint.h"

namespace vitrine {

BalanceData balanceOf(const SampleTable& table) {
  BalanceData d;
  const Dataset& data = *table.data;
  if (data.spec.task == Task::Regression) return d;
  d.labels = data.spec.task == Task::Labels;
  d.title = d.labels ? BalanceView::tr("Label balance") : BalanceView::tr("Class balance");
  d.targetName = QString::fromStdString(data.targetName);
  for (const std::string& c : data.spec.classes) d.classes << QString::fromStdString(c);
  const std::size_t n = data.spec.classes.size();
  const std::pair<Part, const std::vector<std::int32_t>*> parts[] = {{Part::Train, &data.train}, {Part::Validation, &data.validation}, {Part::Test, &data.test}};
  std::vector<std::vector<std::int64_t>> counts;
  for (const auto& [part, samples] : parts) {
    if (samples->empty()) continue;
    d.parts.push_back({partName(part), GroupLook::PartOf, static_cast<int>(part)});
    d.samples.push_back(static_cast<std::int64_t>(samples->size()));
    counts.emplace_back(n);
    for (const std::int32_t s : *samples) {
      if (!d.labels)
        ++counts.back()[static_cast<std::size_t>(data.classes[static_cast<std::size_t>(s)])];
      else
        for (std::size_t k = 0; k < n; ++k) counts.back()[k] += data.targets[static_cast<std::size_t>(s) * n + k] > 0.5;
    }
  }
  for (std::size_t c = 0; c < n; ++c)
    for (const std::vector<std::int64_t>& part : counts) d.counts.push_back(part[c]);
  return d;
}

BalanceView::BalanceView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Class balance")); }

void BalanceView::setData(BalanceData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  arrange();
  if (retitled) emit titleChanged();
  update();
}

void BalanceView::setShares(bool shares) {
  shares_ = shares;
  update();
}

void BalanceView::setSorted(bool sorted) {
  sorted_ = sorted;
  arrange();
  update();
}

void BalanceView::arrange() {
  order_.resize(static_cast<std::size_t>(data_.classes.size()));
  std::iota(order_.begin(), order_.end(), std::size_t{0});
  if (sorted_) std::stable_sort(order_.begin(), order_.end(), [this](std::size_t a, std::size_t b) { return total(a) > total(b); });
}

std::int64_t BalanceView::total(std::size_t c) const {
  std::int64_t n = 0;
  for (std::size_t p = 0; p < data_.parts.size(); ++p) n += data_.count(c, p);
  return n;
}

double BalanceView::share(std::size_t c, std::size_t part) const { return static_cast<double>(data_.count(c, part)) / static_cast<double>(std::max<std::int64_t>(1, data_.samples[part])); }

QString BalanceView::rowText(std::size_t c) const {
  const std::int64_t all = std::accumulate(data_.samples.begin(), data_.samples.end(), std::int64_t{0});
  const double part = static_cast<double>(total(c)) / static_cast<double>(std::max<std::int64_t>(1, all));
  return QLocale().toString(qlonglong(total(c))) + QStringLiteral(" · ") + percentText(part);
}

BalanceView::Place BalanceView::place(const QRectF& rect, const FigureStyle& style) const {
  Place p;
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  p.legend = QRectF(rect.left(), rect.top(), rect.width(), drawLegend(nullptr, rect, data_.parts, style));
  const int n = static_cast<int>(data_.classes.size());
  const double names = namesWidth(data_.classes, n, small, rect.width() * 0.3) + 4;
  double texts = 0;
  for (std::size_t c = 0; c < order_.size(); ++c) texts = std::max(texts, textWidth(small, rowText(c)) + 8);
  const double height = std::max(1.0, rect.bottom() - 2 * line - 4 - p.legend.bottom());
  // Bars no thicker than a few lines, whatever the room.
  const double row = std::min(height / n, 2.6 * line);
  if (row < line * 0.9 || shares_ || texts > rect.width() * 0.4) texts = 6;
  p.names = QRectF(rect.left(), p.legend.bottom(), names - 4, row * n);
  p.bars = QRectF(rect.left() + names, p.legend.bottom(), std::max(1.0, rect.width() - names - texts), row * n);
  p.texts = QRectF(p.bars.right() + 4, p.bars.top(), texts - 4, p.bars.height());
  p.axis = p.bars.bottom();
  p.most = 0;
  for (std::size_t c = 0; c < order_.size(); ++c)
    if (shares_)
      for (std::size_t k = 0; k < data_.parts.size(); ++k) p.most = std::max(p.most, share(c, k) * 100);
    else
      p.most = std::max(p.most, static_cast<double>(total(c)));
  if (p.most <= 0) p.most = 1;
  return p;
}

void BalanceView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const Place p = place(rect, style);
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const std::size_t n = order_.size(), parts = data_.parts.size();
  painter.save();
  drawLegend(&painter, p.legend, data_.parts, style);
  QStringList names;
  for (const std::size_t c : order_) names << data_.classes[static_cast<qsizetype>(c)];
  drawRowNames(painter, p.names, static_cast<int>(n), names, style);
  const Chart axis{p.bars, {{0, p.most}, shares_ ? tr("% of the part's samples") : tr("samples"), false, !shares_}, {}};
  painter.setFont(small);
  std::vector<double> ticks;
  QStringList texts;
  for (int most = 6; most >= 2; --most) {
    ticks = ticksOf(axis.x, most);
    texts = tickTexts(axis.x, ticks);
    double wide = 0;
    for (const QString& t : texts) wide = std::max(wide, textWidth(small, t) + 10);
    if (wide * static_cast<double>(ticks.size()) < p.bars.width() + 20) break;
  }
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double x = axis.xAt(ticks[i]), half = textWidth(small, texts[static_cast<qsizetype>(i)]) / 2 + 1;
    painter.setPen(QPen(style.colors.grid, 1));
    painter.drawLine(QPointF(x, p.bars.top()), QPointF(x, p.axis + 3));
    painter.setPen(style.colors.secondary);
    drawLine(painter, QRectF(x - half, p.axis + 3, 2 * half, line), Qt::AlignCenter, texts[static_cast<qsizetype>(i)]);
  }
  drawLine(painter, QRectF(p.bars.left(), p.axis + line + 3, p.bars.width(), line), Qt::AlignCenter, axis.x.title);
  const double row = p.bars.height() / static_cast<double>(n), gap = row > 5 ? row * 0.14 : 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t c = order_[i];
    const double top = p.bars.top() + row * static_cast<double>(i) + gap, high = row - 2 * gap;
    double x = p.bars.left();
    for (std::size_t k = 0; k < parts; ++k) {
      const double value = shares_ ? share(c, k) * 100 : static_cast<double>(data_.count(c, k));
      const double wide = value / p.most * p.bars.width();
      const QRectF bar = shares_ ? QRectF(p.bars.left(), top + high / static_cast<double>(parts) * static_cast<double>(k), wide, high / static_cast<double>(parts)) : QRectF(x, top, wide, high);
      painter.fillRect(bar, data_.parts[k].color(style.colors));
      x += wide;
    }
    if (p.texts.width() < 8) continue;
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(p.texts.left(), top, p.texts.width(), high), Qt::AlignLeft | Qt::AlignVCenter, rowText(c));
  }
  painter.setPen(QPen(style.colors.border, 1));
  painter.drawLine(p.bars.topLeft(), p.bars.bottomLeft());
  painter.restore();
}

QString BalanceView::readoutAt(QPointF position) const {
  if (isEmpty()) return {};
  const Place p = place(figureRect(), FigureStyle::screen());
  if (position.y() < p.bars.top() || position.y() >= p.bars.bottom()) return {};
  const std::size_t i = std::min(order_.size() - 1, static_cast<std::size_t>((position.y() - p.bars.top()) / p.bars.height() * static_cast<double>(order_.size())));
  const std::size_t c = order_[i];
  QString text = data_.classes[static_cast<qsizetype>(c)] + QStringLiteral(": ") + rowText(c);
  for (std::size_t k = 0; k < data_.parts.size(); ++k)
    text += QStringLiteral("\n%1: %2, %3").arg(data_.parts[k].name, QLocale().toString(qlonglong(data_.count(c, k))), tr("%1 of this part").arg(percentText(share(c, k))));
  return text;
}

FigureTable BalanceView::figureData() const {
  FigureTable t;
  t.columns << (data_.labels ? tr("label") : tr("class"));
  for (const GroupLook& part : data_.parts) t.columns << tr("samples, %1").arg(part.name) << tr("share of %1").arg(part.name);
  t.columns << tr("samples, all");
  for (const std::size_t c : order_) {
    QVector<QVariant> row{data_.classes[static_cast<qsizetype>(c)]};
    for (std::size_t k = 0; k < data_.parts.size(); ++k) row << qlonglong(data_.count(c, k)) << share(c, k);
    row << qlonglong(total(c));
    t.rows << row;
  }
  return t;
}

}  // namespace vitrine
