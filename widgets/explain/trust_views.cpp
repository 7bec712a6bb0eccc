#include "widgets/explain/trust_views.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {

AgreementView::AgreementView(QWidget* parent) : MatrixView(parent) { setAccessibleName(tr("Agreement of methods")); }

void AgreementView::setData(AgreementData data) {
  Q_ASSERT(data.values.size() == static_cast<std::size_t>(data.methods.size() * data.methods.size()));
  data_ = std::move(data);
  MatrixData m;
  m.title = data_.title;
  m.values.assign(data_.values.begin(), data_.values.end());
  m.rows = m.columns = static_cast<int>(data_.methods.size());
  m.valueName = tr("rank correlation");
  m.rowNames = m.columnNames = data_.briefs.isEmpty() ? data_.methods : data_.briefs;
  m.range = Range{-1, 1};
  m.numbers = true;
  MatrixView::setData(std::move(m));
  // Smaller, the cells would lose their numbers. Names take three tenths of either side at most.
  const FigureStyle style = FigureStyle::screen();
  const double n = static_cast<double>(data_.methods.size()), names = namesWidth(MatrixView::data().rowNames, static_cast<int>(n), style.font(-1), 1e9) + 4;
  const auto side = [&](double cell, double around) { return n == 0 ? 0 : static_cast<int>(std::ceil(std::min(n * cell + names + around, (n * cell + around) / 0.7))); };
  setMinimumSize(side(textWidth(style.font(-2), QStringLiteral("−0.0")) + 4, 8), side(lineHeight(style.font(-2)), 14 + colorBarHeight(style)));
}

QString AgreementView::cellText(int row, int column) const {
  const double v = data_.values[static_cast<std::size_t>(row * data_.methods.size() + column)];
  return tr("%1 and %2\nrank correlation of magnitudes %3").arg(data_.methods[row], data_.methods[column], std::isnan(v) ? tr("none: one of the maps is constant") : numberText(v, 4));
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
  const double h = isEmpty() ? 60 : heightFor(width(), FigureStyle::screen());
  setMinimumSize(160, static_cast<int>(std::ceil(h)) + 4);
}

QSizeF TrustView::preferredMm() const { return {kSingleColumnMm, pageHeightMm(*this, kSingleColumnMm)}; }

double TrustView::heightFor(double width, const FigureStyle& style) const {
  // Letters on paper are a little wider than on the screen that measures them: a line may break earlier.
  return layOut(nullptr, QRectF(0, 0, style.print ? 0.96 * width : width, 1e6), style, nullptr);
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
  double names = 0, numbers = 0;
  const auto valueWidth = [&](const TrustLine& l) { return textWidth(bold, l.value) + kTextSpare; };
  for (const TrustLine& l : data_.lines) {
    names = std::max(names, textWidth(body, l.name));
    numbers = std::max(numbers, valueWidth(l) + (l.remark.isEmpty() ? 0 : 8 + textWidth(small, l.remark) + kTextSpare));
  }
  // Names give way first: cut in their middle they are still told apart.
  names += 14 + kTextSpare;
  names = std::clamp(rect.width() - numbers, std::min(rect.width() * 0.2, names), names);
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
      drawName(*painter, QRectF(rect.left() + 10, y, names - 14, line), Qt::AlignLeft | Qt::AlignVCenter, l.name);
      painter->setFont(bold);
      drawLine(*painter, QRectF(rect.left() + names, y, rect.width() - names, line), Qt::AlignLeft | Qt::AlignVCenter, l.value);
      painter->setFont(small);
      painter->setPen(style.colors.secondary);
      const double left = rect.left() + names + valueWidth(l) + 8;
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
