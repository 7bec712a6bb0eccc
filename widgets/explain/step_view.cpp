#include "widgets/explain/step_view.h"

#include <qcustomplot.h>

#include <QLocale>
#include <algorithm>
#include <cmath>

#include "widgets/figure/figure_export.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

/// Lines no wider than `room`, broken between words.
QStringList brokenTo(double room, const QFont& font, const QString& text) {
  QStringList lines;
  QString line;
  for (const QString& word : text.split(QLatin1Char(' '))) {
    const QString longer = line.isEmpty() ? word : line + QLatin1Char(' ') + word;
    const bool fits = line.isEmpty() || textWidth(font, longer) <= room;
    if (!fits) lines << line;
    line = fits ? longer : word;
  }
  return lines << line;
}

double widest(const QFont& font, const QStringList& texts) {
  double w = 0;
  for (const QString& t : texts) w = std::max(w, textWidth(font, t));
  return w;
}

/// A column of a term table, as wide as what stands in it; its head takes two lines where that makes it narrower.
struct GridColumn {
  QStringList head, cells;
  double width = 0;
};

GridColumn columnOf(const StepGrid& grid, int column, int rows, const QFont& font) {
  GridColumn c;
  c.head = {grid.columns[column]};
  for (int r = 0; r < rows; ++r) {
    const double v = grid.values[static_cast<std::size_t>(r * grid.columns.size() + column)];
    c.cells << (std::isnan(v) ? QStringLiteral("–") : compactNumber(v));
  }
  const double numbers = widest(font, c.cells);
  for (qsizetype at = c.head[0].indexOf(QLatin1Char(' ')); at > 0 && widest(font, c.head) > numbers; at = grid.columns[column].indexOf(QLatin1Char(' '), at + 1))
    if (const QStringList two{grid.columns[column].left(at), grid.columns[column].mid(at + 1)}; widest(font, two) < widest(font, c.head)) c.head = two;
  c.width = std::max(numbers, widest(font, c.head)) + 14;
  return c;
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
  const auto tell = [&](const QColor& ink, double left, const QString& text) {
    for (const QString& l : brokenTo(rect.right() - left, small, text)) {
      say(small, ink, QRectF(left, y, rect.right() - left, line), Qt::AlignLeft, l);
      y += line;
    }
  };
  say(style.font(0, true), t.text, QRectF(rect.left(), y, rect.width(), line + 2), Qt::AlignLeft, part.title);
  y += line + 5;
  double names = 0, numbers = textWidth(bold, QStringLiteral("−0.000000e-00"));
  for (const StepLine& l : part.lines) names = std::max(names, textWidth(body, l.label));
  names = std::min(names + 12, rect.width() * 0.34);
  for (const StepLine& l : part.lines) {
    say(body, t.text, QRectF(rect.left(), y, names, line), Qt::AlignLeft, l.label);
    say(bold, t.text, QRectF(rect.left() + names, y, numbers, line), Qt::AlignLeft, numberText(l.value, 6));
    const double right = rect.left() + names + numbers + 8;
    const bool beside = textWidth(small, l.formula) <= rect.right() - right;
    if (beside) say(small, t.secondary, QRectF(right, y, rect.right() - right, line), Qt::AlignLeft, l.formula);
    y += line;
    if (!beside) tell(t.secondary, rect.left() + names, l.formula);
    QStringList more;
    if (!std::isnan(l.difference)) more << tr("by finite differences %1").arg(numberText(l.difference, 6));
    if (!l.note.isEmpty()) more << l.note;
    if (more.isEmpty()) continue;
    const bool agrees = std::isnan(l.difference) || l.corner || std::abs(l.difference - l.value) <= 0.02 * std::max(std::abs(l.value), 1e-4);
    tell(agrees ? t.secondary : t.warning, rect.left() + names, more.join(QStringLiteral(" · ")));
  }
  for (const StepGrid& g : part.grids) {
    y += 6;
    const int shown = std::min<int>(kMostTerms, static_cast<int>(g.names.size()));
    QString title = g.title;
    if (shown < g.names.size()) title += tr(" · first %1 of %2; all of them are in the exported data").arg(QLocale().toString(shown), QLocale().toString(g.names.size()));
    say(style.font(-1, true), t.secondary, QRectF(rect.left(), y, rect.width(), line), Qt::AlignLeft, title);
    y += line;
    const double first = std::min(widest(small, g.names.mid(0, shown)) + 12, rect.width() * 0.45);
    std::vector<GridColumn> columns;
    for (int c = 0; c < g.columns.size(); ++c) columns.push_back(columnOf(g, c, shown, small));
    // Columns that find no room beside the names go on below, beside the names again.
    for (std::size_t begin = 0, end = 0; begin < columns.size(); begin = end) {
      double width = 0;
      qsizetype heads = 1;
      for (; end < columns.size() && (end == begin || first + width + columns[end].width <= rect.width()); ++end) {
        width += columns[end].width;
        heads = std::max(heads, columns[end].head.size());
      }
      double x = rect.left() + first;
      for (std::size_t c = begin; c < end; ++c) {
        const GridColumn& column = columns[c];
        for (qsizetype i = 0; i < column.head.size(); ++i)
          say(small, t.secondary, QRectF(x, y + static_cast<double>(heads - column.head.size() + i) * (line - 2), column.width - 2, line), Qt::AlignRight, column.head[i]);
        for (int r = 0; r < shown; ++r)
          say(small, t.text, QRectF(x, y + static_cast<double>(heads) * (line - 2) + 2 + r * (line - 1), column.width - 2, line), Qt::AlignRight, column.cells[r]);
        x += column.width;
      }
      y += static_cast<double>(heads) * (line - 2) + 2;
      if (painter) painter->fillRect(QRectF(rect.left(), y - 1, x - rect.left(), 1), t.border);
      for (int r = 0; r < shown; ++r, y += line - 1) say(small, t.text, QRectF(rect.left(), y, first - 6, line), Qt::AlignLeft, g.names[r]);
      if (end < columns.size()) y += 6;
    }
    if (!g.note.isEmpty()) tell(t.secondary, rect.left(), g.note);
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
