#include "widgets/data/correlation_view.h"

#include <QLocale>
#include <QMouseEvent>
#include <algorithm>
#include <cmath>

#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString kindName(CorrelationKind kind) {
  return kind == CorrelationKind::Pearson ? CorrelationView::tr("Pearson's r") : CorrelationView::tr("Spearman's ρ");
}

}  // namespace

CorrelationView::CorrelationView(QWidget* parent) : MatrixView(parent) { setAccessibleName(tr("Correlation of columns")); }

void CorrelationView::setData(CorrelationData data) {
  data_ = std::move(data);
  MatrixData m;
  m.title = data_.title;
  m.values.assign(data_.matrix.values.begin(), data_.matrix.values.end());
  m.rows = m.columns = m.values.empty() ? 0 : data_.matrix.columns;
  m.valueName = kindName(data_.kind);
  m.rowNames = m.columnNames = data_.names;
  m.range = Range{-1, 1};
  m.square = m.numbers = true;
  if (!data_.note.isEmpty()) m.notes << data_.note;
  if (std::any_of(m.values.begin(), m.values.end(), [](Real r) { return std::isnan(r); })) m.notes << tr("hatched: not defined (constant column or too few rows)");
  MatrixView::setData(std::move(m));
}

QString CorrelationView::cellText(int row, int column) const {
  const double v = data_.matrix.value(row, column);
  const std::int64_t pairs = data_.matrix.pairsOf(row, column);
  QString text = data_.names[row] + QStringLiteral(" – ") + data_.names[column] + QLatin1Char('\n');
  if (std::isnan(v))
    text += pairs < 2 ? tr("not defined: fewer than two rows have both") : tr("not defined: one of them is constant in these rows");
  else
    text += kindName(data_.kind) + QStringLiteral(" = ") + numberText(v, 4);
  return text + QLatin1Char('\n') + tr("%1 rows with both").arg(QLocale().toString(qlonglong(pairs)));
}

void CorrelationView::mouseReleaseEvent(QMouseEvent* event) {
  if (const auto cell = cellAt(event->position()); cell && event->button() == Qt::LeftButton) emit pairClicked(cell->first, cell->second);
  MatrixView::mouseReleaseEvent(event);
}

}  // namespace vitrine
