#include "widgets/explain/trust_views.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {

AgreementView::AgreementView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Agreement of methods")); }

void AgreementView::setData(AgreementData data) {
  Q_ASSERT(data.values.size() == static_cast<std::size_t>(data.methods.size() * data.methods.size()));
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  if (retitled) emit titleChanged();
  update();
}

QRectF AgreementView::matrix(const QRectF& rect, const FigureStyle& style) const {
  const QFont small = style.font(-1);
  const int n = static_cast<int>(data_.methods.size());
  const double left = namesWidth(data_.methods, n, small, rect.width() * 0.34) + 6;
  const double below = colorBarHeight(style) + 8;
  const double room = rect.width() - left - 2;
  const bool level = namesWidth(data_.methods, n, small, 1e9) + 4 <= room / std::max(1, n);
  const double names = level ? lineHeight(small) : namesWidth(data_.methods, n, small, rect.height() * 0.28) + 4;
  const double h = std::max(8.0, std::min(rect.height() - below - names - 4, room));
  return {rect.left() + left, rect.top() + 2, room, h};
}

void AgreementView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const {
  if (isEmpty()) return;
  const int n = static_cast<int>(data_.methods.size());
  const QRectF m = matrix(rect, style);
  const double w = m.width() / n, h = m.height() / n, gap = 1;
  const QFont small = style.font(-2);
  const ColorMap map = forTheme(ColorMap::Diverging, style.colors.dark);
  for (int r = 0; r < n; ++r)
    for (int c = 0; c < n; ++c) {
      const double v = data_.values[static_cast<std::size_t>(r * n + c)];
      const QRectF cell(m.left() + c * w, m.top() + r * h, w - gap, h - gap);
      if (std::isnan(v)) {
        drawNanHatch(painter, cell, style);
        continue;
      }
      const Rgba rgba = color(map, (v + 1) / 2);
      const QColor paper(rgba.r, rgba.g, rgba.b);
      painter.fillRect(cell, paper);
      const QString text = QLocale().toString(v, 'f', 2).replace(QLatin1Char('-'), QChar(0x2212));
      if (textWidth(small, text) > cell.width() || lineHeight(small) > cell.height() + 3) continue;
      painter.setFont(small);
      painter.setPen(readableOn(paper));
      drawLine(painter, cell, Qt::AlignCenter, text);
    }
  drawRowNames(painter, QRectF(rect.left(), m.top(), m.left() - rect.left() - 4, m.height()), n, data_.methods, style);
  const double bar = rect.bottom() - colorBarHeight(style);
  drawColumnNames(painter, QRectF(m.left(), m.bottom() + 2, m.width(), bar - 6 - m.bottom()), n, data_.methods, style);
  drawColorBar(painter, QRectF(m.left(), bar, m.width(), rect.bottom() - bar), {-1, 1}, map, tr("rank correlation"), style);
}

FigureTable AgreementView::figureData() const {
  FigureTable table;
  table.columns << tr("method") << data_.methods;
  const qsizetype n = data_.methods.size();
  for (qsizetype r = 0; r < n; ++r) {
    QVector<QVariant> row{data_.methods[r]};
    for (qsizetype c = 0; c < n; ++c) row << data_.values[static_cast<std::size_t>(r * n + c)];
    table.rows << row;
  }
  return table;
}

QString AgreementView::readoutAt(QPointF position) const {
  const QRectF m = matrix(figureRect(), FigureStyle::screen());
  const int n = static_cast<int>(data_.methods.size());
  if (!m.contains(position) || n == 0) return {};
  const int c = std::min(n - 1, static_cast<int>((position.x() - m.left()) / m.width() * n)), r = std::min(n - 1, static_cast<int>((position.y() - m.top()) / m.height() * n));
  const double v = data_.values[static_cast<std::size_t>(r * n + c)];
  return tr("%1 and %2\nrank correlation of magnitudes %3").arg(data_.methods[r], data_.methods[c], std::isnan(v) ? tr("none: one of the maps is constant") : numberText(v, 4));
}

TrustView::TrustView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("Trust check")); }

void TrustView::setData(TrustData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  refit();
  if (retitled) emit titleChanged();
  update();
}

void TrustView::refit() {
  const double h = isEmpty() ? 60 : layOut(nullptr, QRectF(0, 0, width(), 1e6), FigureStyle::screen(), nullptr);
  setMinimumSize(160, static_cast<int>(std::ceil(h)) + 4);
}

void TrustView::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  refit();
}

QString TrustView::word(TrustMark mark) {
  switch (mark) {
    case TrustMark::None: return {};
    case TrustMark::Pending: return tr("checking…");
    case TrustMark::Passes: return tr("passes");
    case TrustMark::Doubtful: return tr("doubtful");
    case TrustMark::Fails: return tr("fails");
  }
  return {};
}

QColor TrustView::ink(TrustMark mark, const Theme& t) {
  return mark == TrustMark::Passes ? t.good : mark == TrustMark::Doubtful ? t.warning : mark == TrustMark::Fails ? t.error : t.secondary;
}

double TrustView::layOut(QCPPainter* painter, const QRectF& rect, const FigureStyle& style, std::vector<QRectF>* lines) const {
  const QFont body = style.font(-0.5), bold = style.font(-0.5, true), small = style.font(-1);
  const double line = lineHeight(body) + 2;
  double y = rect.top();
  const auto text = [&](const QFont& font, const QColor& ink, const QString& words) {
    if (words.isEmpty()) return;
    const QFontMetricsF m = painter ? metrics(*painter, font) : QFontMetricsF(font);
    const double h = m.boundingRect(QRectF(0, 0, rect.width(), 1e5), Qt::TextWordWrap, words).height();
    if (painter) {
      painter->setFont(font);
      painter->setPen(ink);
      painter->drawText(QRectF(rect.left(), y, rect.width(), h + 2), Qt::AlignLeft | Qt::TextWordWrap, words);
    }
    y += h + 4;
  };
  text(bold, ink(data_.mark, style.colors), data_.title + (word(data_.mark).isEmpty() ? QString() : QStringLiteral(": ") + word(data_.mark)));
  text(small, style.colors.secondary, data_.sentence);
  double names = 0, values = 0;
  for (const TrustLine& l : data_.lines) {
    names = std::max(names, textWidth(body, l.name));
    values = std::max(values, textWidth(bold, l.value));
  }
  names = std::min(names + 14, rect.width() * 0.5);
  for (const TrustLine& l : data_.lines) {
    if (lines) lines->push_back(QRectF(rect.left(), y, rect.width(), line));
    if (painter) {
      if (l.mark != TrustMark::None) {
        painter->setAntialiasing(true);
        painter->setPen(Qt::NoPen);
        painter->setBrush(ink(l.mark, style.colors));
        painter->drawEllipse(QRectF(rect.left(), y + line / 2 - 3, 6, 6));
        painter->setAntialiasing(false);
      }
      painter->setFont(body);
      painter->setPen(style.colors.text);
      drawLine(*painter, QRectF(rect.left() + 10, y, names - 10, line), Qt::AlignLeft | Qt::AlignVCenter, l.name);
      painter->setFont(bold);
      drawLine(*painter, QRectF(rect.left() + names, y, rect.width() - names, line), Qt::AlignLeft | Qt::AlignVCenter, l.value);
      painter->setFont(small);
      painter->setPen(style.colors.secondary);
      const double left = rect.left() + names + std::min(values, rect.width() * 0.3) + 8;
      drawLine(*painter, QRectF(left, y, rect.right() - left, line), Qt::AlignRight | Qt::AlignVCenter, l.remark);
    }
    y += line;
  }
  y += 4;
  text(small, style.colors.warning, data_.warning);
  return y - rect.top();
}

void TrustView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const { layOut(&painter, rect, style, nullptr); }

FigureTable TrustView::figureData() const {
  FigureTable table{{tr("check"), tr("value"), tr("remark"), tr("verdict"), tr("sentence")}, {}};
  table.rows.push_back({data_.title, QString(), QString(), word(data_.mark), data_.sentence});
  for (const TrustLine& l : data_.lines) table.rows.push_back({l.name, l.value, l.remark, word(l.mark), l.sentence});
  return table;
}

QString TrustView::readoutAt(QPointF position) const {
  std::vector<QRectF> lines;
  layOut(nullptr, figureRect(), FigureStyle::screen(), &lines);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].contains(position)) return data_.lines[i].sentence.isEmpty() ? data_.lines[i].name + QStringLiteral("  ") + data_.lines[i].value : data_.lines[i].sentence;
  return {};
}

}  // namespace vitrine
