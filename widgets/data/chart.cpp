#include "widgets/data/chart.h"

#include <qcustomplot.h>

#include <QCoreApplication>
#include <QLocale>
#include <algorithm>
#include <cmath>

#include "core/view/layout.h"
#include "widgets/figure/paint.h"

namespace vitrine {
namespace {

QString say(const char* text) { return QCoreApplication::translate("Chart", text); }

QString withTrueMinus(QString text) {
  if (text.startsWith(QLatin1Char('-'))) text[0] = QChar(0x2212);
  return text;
}

double widest(const QStringList& texts, const QFont& font) {
  double w = 0;
  for (const QString& t : texts) w = std::max(w, textWidth(font, t));
  return w;
}

int mostTicks(double length, double each) { return std::max(2, static_cast<int>(length / std::max(1.0, each))); }

}  // namespace

QColor fromRgba(Rgba color, int alpha) { return QColor(color.r, color.g, color.b, alpha); }

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

std::vector<double> ticksOf(const ChartAxis& axis, int most) {
  std::vector<double> ticks = niceTicks(axis.range.low, axis.range.high, most);
  if (axis.whole) std::erase_if(ticks, [](double v) { return v != std::floor(v); });
  return ticks;
}

QStringList tickTexts(const ChartAxis& axis, const std::vector<double>& ticks) {
  QStringList texts;
  const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
  double largest = 0;
  for (const double v : ticks) largest = std::max(largest, std::abs(v));
  for (const double v : ticks) {
    if (axis.date)
      texts << QString::fromStdString(dateText(v)).left(10);
    else if (largest >= 1e6 || step < 1e-4)
      texts << numberText(v, std::clamp(static_cast<int>(std::ceil(std::log10(std::max(1.0, largest / step)))) + 1, 2, 12));
    else
      texts << withTrueMinus(QLocale().toString(v == 0 ? 0.0 : v, 'f', decimalsFor(step)));
  }
  return texts;
}

Chart chartIn(const QRectF& rect, const ChartAxis& x, const ChartAxis& y, const FigureStyle& style, double below) {
  Chart c;
  c.x = x, c.y = y;
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const double bottom = below >= 0 ? below : line + 2 + (x.title.isEmpty() ? 0 : line);
  const double height = std::max(1.0, rect.height() - bottom - line / 2);
  const double left = widest(tickTexts(y, ticksOf(y, mostTicks(height, 2.2 * line))), small) + 6 + (y.title.isEmpty() ? 0 : line + 2);
  c.area = QRectF(rect.left() + left, rect.top() + line / 2, std::max(1.0, rect.width() - left - 6), height);
  return c;
}

void drawAxes(QCPPainter& painter, const Chart& c, const FigureStyle& style, bool xTicks) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  const Theme& t = style.colors;
  painter.setFont(small);
  const std::vector<double> ys = ticksOf(c.y, mostTicks(c.area.height(), 2.2 * line));
  const QStringList yTexts = tickTexts(c.y, ys);
  const double yWidth = widest(yTexts, small);
  for (std::size_t i = 0; i < ys.size(); ++i) {
    const double at = c.yAt(ys[i]);
    painter.setPen(QPen(t.grid, 1));
    painter.drawLine(QPointF(c.area.left(), at), QPointF(c.area.right(), at));
    painter.setPen(t.secondary);
    drawLine(painter, QRectF(c.area.left() - 4 - yWidth - 2, at - line / 2, yWidth + 2, line), Qt::AlignRight | Qt::AlignVCenter, yTexts[static_cast<qsizetype>(i)]);
  }
  if (xTicks) {
    // As many as their texts leave room for.
    int most = mostTicks(c.area.width(), textWidth(small, QStringLiteral("0.00")) + 14);
    std::vector<double> xs = ticksOf(c.x, most);
    while (most > 2 && (widest(tickTexts(c.x, xs), small) + 10) * static_cast<double>(xs.size()) > c.area.width() + 20) xs = ticksOf(c.x, --most);
    const QStringList texts = tickTexts(c.x, xs);
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const double at = c.xAt(xs[i]), half = textWidth(small, texts[static_cast<qsizetype>(i)]) / 2 + 1;
      painter.setPen(QPen(t.border, 1));
      painter.drawLine(QPointF(at, c.area.bottom()), QPointF(at, c.area.bottom() + 3));
      painter.setPen(t.secondary);
      drawLine(painter, QRectF(at - half, c.area.bottom() + 2, 2 * half, line), Qt::AlignCenter, texts[static_cast<qsizetype>(i)]);
    }
  }
  painter.setPen(QPen(t.border, 1));
  painter.drawLine(c.area.bottomLeft(), c.area.bottomRight());
  painter.setPen(t.secondary);
  if (xTicks) drawLine(painter, QRectF(c.area.left(), c.area.bottom() + line + 2, c.area.width(), line), Qt::AlignCenter, c.x.title);
  if (!c.y.title.isEmpty())
    drawLineUpwards(painter, QRectF(c.area.left() - 6 - yWidth - line - 2, c.area.top(), line, c.area.height()), Qt::AlignCenter, c.y.title);
}

double drawLegend(QCPPainter* painter, const QRectF& rect, const std::vector<GroupLook>& looks, const FigureStyle& style, int most) {
  const QFont small = style.font(-1);
  const double line = lineHeight(small);
  double x = rect.left(), y = rect.top();
  int lines = looks.empty() ? 0 : 1;
  for (std::size_t i = 0; i < looks.size(); ++i) {
    const GroupLook& look = looks[i];
    const double width = std::min(rect.width() - 14, textWidth(small, look.name) + 2);
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
      drawLine(*painter, QRectF(x + 12, y, width, line), Qt::AlignLeft | Qt::AlignVCenter, look.name);
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
