#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <vector>

#include "core/insight/sample_table.h"
#include "widgets/figure/axes.h"

namespace vitrine {

/// How a group of rows is shown: a class, a part, all rows, or the classes that have no colour of their own.
struct GroupLook {
  enum Kind { All, Class, PartOf, Others };
  QString name;
  Kind kind = All;
  int key = 0;  ///< place among the classes shown; the Part
  QColor color(const Theme& theme) const;
};
QString partName(Part part);
/// In the order of the groups' keys.
std::vector<GroupLook> classLooks(const SampleTable& table, const RowGroups& groups);
std::vector<GroupLook> partLooks(const RowGroups& groups);

/// A value of a column as a person reads it; dates as dates.
QString valueText(double value, bool date, int digits = 5);

/// Names with a patch of their colour, in as many lines as they need; where `most` lines are too few, "+ 3" for those left out.
/// Gives the height it took. With a null painter nothing is drawn.
double drawLegend(QCPPainter* painter, const QRectF& rect, const std::vector<GroupLook>& looks, const FigureStyle& style, int most = 3);

/// One line or several of quiet text in the middle of rect: what is missing, or why.
void drawNote(QCPPainter& painter, const QRectF& rect, const QString& text, const FigureStyle& style);

}  // namespace vitrine
