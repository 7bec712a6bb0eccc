#include "widgets/explain/step_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

/// As many of four digits as there is room for.
QString fitted(double value, const QFont& font, double room) {
  for (int digits = 4; digits > 1; --digits)
    if (const QString text = numberText(value, digits); textWidth(font, text) <= room) return text;
  return numberText(value, 1);
}

}  // namespace

StepView::StepView(QWidget* parent) : FigureWidget(parent) { setAccessibleName(tr("One step in numbers")); }

void StepView::setData(StepData data) {
  const bool retitled = data.title != data_.title;
  data_ = std::move(data);
  refit();
  if (retitled) emit titleChanged();
  update();
}

void StepView::refit() {
  const double h = isEmpty() ? 80 : heightFor(width(), FigureStyle::screen());
  setMinimumSize(280, static_cast<int>(std::ceil(h)) + 4);
}

QSizeF StepView::preferredMm() const { return {kDoubleColumnMm, pageHeightMm(*this, kDoubleColumnMm)}; }

void StepView::resizeEvent(QResizeEvent* event) {
  FigureWidget::resizeEvent(event);
  if (event->size().width() != event->oldSize().width()) refit();
}

double StepView::layOutPart(QCPPainter* painter, const QRectF& rect, const StepPart& part, const FigureStyle& style) const {
  const QFont body = style.font(-0.5), bold = style.font(-0.5, true), small = style.font(-1);
  const double line = lineHeight(body) + 1;
  double y = rect.top();
  const auto say = [&](const QFont& font, const QColor& ink, const QRectF& place, Qt::Alignment align, const QString& text) {
    if (!painter || text.isEmpty()) return;
    painter->setFont(font);
    painter->setPen(ink);
    drawLine(*painter, place, align | Qt::AlignVCenter, text);
  };
  const Theme& t = style.colors;
  say(style.font(0, true), t.text, QRectF(rect.left(), y, rect.width(), line + 2), Qt::AlignLeft, part.title);
  y += line + 5;
  double names = 0, numbers = textWidth(bold, QStringLiteral("−0.000000e-00"));
  for (const StepLine& l : part.lines) names = std::max(names, textWidth(body, l.label));
  names = std::min(names + 12, rect.width() * 0.34);
  for (const StepLine& l : part.lines) {
    say(body, t.text, QRectF(rect.left(), y, names, line), Qt::AlignLeft, l.label);
    say(bold, t.text, QRectF(rect.left() + names, y, numbers, line), Qt::AlignLeft, numberText(l.value, 6));
    const double right = rect.left() + names + numbers + 8;
    say(small, t.secondary, QRectF(right, y, rect.right() - right, line), Qt::AlignLeft, l.formula);
    y += line;
    QStringList more;
    if (!std::isnan(l.difference)) more << tr("by finite differences %1").arg(numberText(l.difference, 6));
    if (!l.note.isEmpty()) more << l.note;
    if (more.isEmpty()) continue;
    const bool agrees = std::isnan(l.difference) || std::abs(l.difference - l.value) <= 0.02 * std::max(std::abs(l.value), 1e-4);
    say(small, agrees ? t.secondary : t.warning, QRectF(rect.left() + names, y, rect.width() - names, line), Qt::AlignLeft, more.join(QStringLiteral(" · ")));
    y += line;
  }
  for (const StepGrid& g : part.grids) {
    y += 6;
    const int shown = std::min<int>(kMostTerms, static_cast<int>(g.names.size()));
    QString title = g.title;
    if (shown < g.names.size()) title += tr(" · first %1 of %2; all of them are in the data").arg(QLocale().toString(shown), QLocale().toString(g.names.size()));
    say(style.font(-1, true), t.secondary, QRectF(rect.left(), y, rect.width(), line), Qt::AlignLeft, title);
    y += line;
    const int columns = static_cast<int>(g.columns.size());
    double first = 0;
    for (const QString& n : g.names.mid(0, shown)) first = std::max(first, textWidth(small, n));
    first = std::min(first + 12, rect.width() * 0.32);
    const double w = std::min((rect.width() - first) / std::max(1, columns), 110.0);
    for (int c = 0; c < columns; ++c) say(small, t.secondary, QRectF(rect.left() + first + c * w, y, w - 6, line), Qt::AlignRight, g.columns[c]);
    y += line;
    if (painter) painter->fillRect(QRectF(rect.left(), y - 1, first + columns * w, 1), t.border);
    for (int r = 0; r < shown; ++r) {
      say(small, t.text, QRectF(rect.left(), y, first - 6, line), Qt::AlignLeft, g.names[r]);
      for (int c = 0; c < columns; ++c) {
        const double v = g.values[static_cast<std::size_t>(r * columns + c)];
        say(small, t.text, QRectF(rect.left() + first + c * w, y, w - 6, line), Qt::AlignRight, std::isnan(v) ? QStringLiteral("–") : fitted(v, small, w - 6));
      }
      y += line - 1;
    }
    if (!g.note.isEmpty()) {
      say(small, t.secondary, QRectF(rect.left(), y, rect.width(), line), Qt::AlignLeft, g.note);
      y += line;
    }
  }
  return y - rect.top();
}

double StepView::layOut(QCPPainter* painter, const QRectF& rect, const FigureStyle& style) const {
  // Two columns of sections where there is room for both.
  const bool two = rect.width() > 760 && data_.parts.size() > 1;
  const double gap = 28, w = two ? (rect.width() - gap) / 2 : rect.width();
  double y[2] = {rect.top(), rect.top()};
  for (const StepPart& part : data_.parts) {
    const int c = two && y[1] < y[0] ? 1 : 0;
    y[c] += layOutPart(painter, QRectF(rect.left() + c * (w + gap), y[c], w, rect.height()), part, style) + 14;
  }
  return std::max(y[0], y[1]) - rect.top();
}

void StepView::paintFigure(QCPPainter& painter, const QRectF& rect, const FigureStyle& style) const { layOut(&painter, rect, style); }

FigureTable StepView::figureData() const {
  FigureTable table{{tr("section"), tr("name"), tr("column"), tr("formula"), tr("value"), tr("finite difference")}, {}};
  for (const StepPart& p : data_.parts) {
    for (const StepLine& l : p.lines) table.rows.push_back({p.title, l.label, QString(), l.formula, l.value, std::isnan(l.difference) ? QVariant(QString()) : QVariant(l.difference)});
    for (const StepGrid& g : p.grids)
      for (qsizetype r = 0; r < g.names.size(); ++r)
        for (qsizetype c = 0; c < g.columns.size(); ++c)
          table.rows.push_back({p.title + QStringLiteral(" · ") + g.title, g.names[r], g.columns[c], QString(), g.values[static_cast<std::size_t>(r * g.columns.size() + c)], QString()});
  }
  return table;
}

}  // namespace vitrine
