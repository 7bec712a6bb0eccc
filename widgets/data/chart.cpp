#include "widgets/data/chart.h"

#include <qcustomplot.h>

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "widgets/figure/names.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString say(const char* text) { return QCoreApplication::translate("Chart", text); }

}  // namespace

QString partName(Part part) {
  switch (part) {
    case Part::Train: return say(QT_TRANSLATE_NOOP("Chart", "training"));
    case Part::Validation: return say(QT_TRANSLATE_NOOP("Chart", "validation"));
    case Part::Test: return say(QT_TRANSLATE_NOOP("Chart", "test"));
    case Part::Unused: break;
  }
  return say(QT_TRANSLATE_NOOP("Chart", "not used"));
}

QColor GroupLook::color(const Theme& t) const {
  switch (kind) {
    case All: return t.bar;
    case Class: return t.classColor(key);
    case Others: return t.secondary;
    case PartOf: break;
  }
  if (key == static_cast<int>(Part::Train)) return t.training;
  if (key == static_cast<int>(Part::Validation)) return t.validation;
  return key == static_cast<int>(Part::Test) ? t.good : t.secondary;
}

std::vector<GroupLook> classLooks(const SampleTable& table, const RowGroups& groups) {
  std::vector<GroupLook> looks;
  for (std::size_t g = 0; g < groups.keys.size(); ++g) {
    const int key = groups.keys[g];
    if (key == RowGroups::kOthers)
      looks.push_back({say(QT_TRANSLATE_NOOP("Chart", "%1 other classes")).arg(QLocale().toString(qlonglong(groups.others))), GroupLook::Others, 0});
    else
      looks.push_back({QString::fromStdString(table.data->spec.classes[static_cast<std::size_t>(key)]), GroupLook::Class, static_cast<int>(g)});
  }
  return looks;
}

std::vector<GroupLook> partLooks(const RowGroups& groups) {
  std::vector<GroupLook> looks;
  for (const int key : groups.keys) looks.push_back({partName(static_cast<Part>(key)), GroupLook::PartOf, key});
  return looks;
}

QString valueText(double value, bool date, int digits) {
  if (!date || !std::isfinite(value)) return numberText(value, digits);
  return QString::fromStdString(dateText(value));
}

double drawLegend(QCPPainter* painter, const QRectF& rect, const std::vector<GroupLook>& looks, const FigureStyle& style, int most) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  double x = rect.left(), y = rect.top();
  int lines = looks.empty() ? 0 : 1;
  // Long names give way, so that more than one has room.
  constexpr double kMostName = 150;
  QStringList names;
  for (const GroupLook& look : looks) names << look.name;
  names = toldApart(names, [&](qsizetype, const QString& name) { return textWidth(small, name) <= std::min(kMostName, rect.width() - 16); });
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const GroupLook& look = looks[i];
    const QString& name = names[static_cast<qsizetype>(i)];
    const double width = textWidth(small, name) + 2;
    // In the last line there must be room to say how many names are left out.
    const double rest = lines == most && i + 1 < looks.size() ? textWidth(small, QStringLiteral("+ 000")) + 12 : 0;
    if (x > rect.left() && x + 14 + width + rest > rect.right()) {
      if (lines == most) {
        if (painter) {
          painter->setFont(small);
          painter->setPen(style.colors.secondary);
          drawLine(*painter, QRectF(x, y, rect.right() - x, line), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("+ %1").arg(QLocale().toString(qlonglong(looks.size() - i))));
        }
        break;
      }
      x = rect.left(), y += line, ++lines;
    }
    if (painter) {
      painter->setPen(Qt::NoPen);
      painter->setBrush(look.color(style.colors));
      painter->drawRect(QRectF(x, y + line / 2 - 4, 8, 8));
      painter->setFont(small);
      painter->setPen(style.colors.secondary);
      painter->drawText(QRectF(x + 12, y, width, line), Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine | Qt::TextDontClip, name);
    }
    x += 12 + width + 14;
  }
  return lines * line + (lines > 0 ? 3 : 0);
}

void drawNote(QCPPainter& painter, const QRectF& rect, const QString& text, const FigureStyle& style) {
  painter.setFont(style.font(-1));
  painter.setPen(style.colors.secondary);
  painter.drawText(rect.adjusted(4, 0, -4, 0), static_cast<int>(Qt::AlignCenter) | Qt::TextWordWrap, text);
}

}  // namespace vitrine
