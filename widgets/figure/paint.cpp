#include "widgets/figure/paint.h"

#include <qcustomplot.h>

#include <QHash>
#include <QLocale>
#include <QPair>
#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/view/layout.h"
#include "widgets/figure/names.h"

namespace vitrine {
namespace {

/// A view of the pixels, without a copy.
QImage wrap(const Raster& raster) {
  const bool opaque = std::all_of(raster.argb.begin(), raster.argb.end(), [](std::uint32_t p) { return p >> 24 == 255; });
  return QImage(reinterpret_cast<const uchar*>(raster.argb.data()), raster.width, raster.height, raster.width * 4,
                opaque ? QImage::Format_RGB32 : QImage::Format_ARGB32);
}

bool hasNan(const Raster& raster) {
  return std::find(raster.argb.begin(), raster.argb.end(), kNanPixel) != raster.argb.end();
}

/// Print programs smooth enlarged pictures as they like; cells of several pixels stay sharp in all of them.
Raster enlarged(const Raster& raster) {
  constexpr double kMostPixels = 2e6;
  const double pixels = static_cast<double>(raster.width) * raster.height;
  const int factor = static_cast<int>(std::clamp(std::sqrt(kMostPixels / pixels), 1.0, 12.0));
  return factor == 1 ? raster : scaleNearest(raster, raster.width * factor, raster.height * factor);
}

void hatch(QCPPainter& painter, const QRectF& target, const FigureStyle& style) {
  painter.save();
  painter.fillRect(target, style.colors.panel);
  painter.setClipRect(target, Qt::IntersectClip);
  painter.setAntialiasing(true);
  painter.setPen(QPen(style.colors.secondary, 1));
  constexpr double kStep = 5;
  for (double x = target.left() - target.height(); x < target.right(); x += kStep) {
    // Clipped by hand as well: SVG knows no clipping.
    const double from = std::max(x, target.left()), to = std::min(x + target.height(), target.right());
    if (from < to)
      painter.drawLine(QPointF(from, target.bottom() - (from - x)), QPointF(to, target.bottom() - (to - x)));
  }
  painter.restore();
}

}  // namespace

QImage toImage(const Raster& raster) { return raster.empty() ? QImage() : wrap(raster).copy(); }

namespace {

/// A true minus, and an exponent without sign and zeros that say nothing: −6.15e−6, 2e7.
QString typeset(QString text) {
  const qsizetype e = text.indexOf(QLatin1Char('e'), 0, Qt::CaseInsensitive);
  if (e > 0) {
    const bool less = text.mid(e + 1).startsWith(QLatin1Char('-'));
    QString power = text.mid(e + 2);
    while (power.size() > 1 && power.startsWith(QLatin1Char('0'))) power.remove(0, 1);
    text = text.left(e) + QLatin1Char('e') + (less ? QStringLiteral("-") : QString()) + power;
  }
  return text.replace(QLatin1Char('-'), QChar(0x2212));
}

}  // namespace

QString numberText(double value, int digits) {
  if (std::isnan(value)) return QStringLiteral("NaN");
  if (std::isinf(value)) return value > 0 ? QStringLiteral("+∞") : QStringLiteral("−∞");
  const double size = std::abs(value);
  QLocale locale;
  // Never 1.35e6 for 1,350,000; what is before the decimal mark is told of others too: 202,912, not 2.029e+05.
  constexpr double kMostUnits = 1e12;
  const auto units = [](double x) { return static_cast<int>(std::log10(x) + 1e-12) + 1; };
  if (size >= 1 && size < kMostUnits && units(size) >= digits) {
    value = std::round(value);
    digits = units(std::abs(value));
  }
  if (isWhole(value) && size >= kMostUnits) return typeset(locale.toString(static_cast<qlonglong>(value)));
  if (size < 1e4) locale.setNumberOptions(locale.numberOptions() | QLocale::OmitGroupSeparator);  // a year is no "1,974"
  return typeset(locale.toString(value == 0 ? 0.0 : value, 'g', digits));
}

namespace {

QString shortest(double value, int digits) {
  const QString usual = numberText(value, digits);
  if (!std::isfinite(value) || value == 0) return usual;
  const QString scientific = typeset(QLocale().toString(value, 'e', digits - 1));
  return scientific.size() < usual.size() ? scientific : usual;
}

}  // namespace

QString compactNumber(double value, int digits) {
  constexpr double kMostWritten = 1e7;
  return isWhole(value) && std::abs(value) < kMostWritten ? numberText(value) : shortest(value, digits);
}

QString fittedNumber(double value, const QFont& font, double room, int digits) {
  if (const QString text = compactNumber(value, digits); textWidth(font, text) <= room) return text;
  for (; digits > 1; --digits)
    if (const QString text = shortest(value, digits); textWidth(font, text) <= room) return text;
  return shortest(value, 1);
}

QString percentText(double share) {
  if (std::isnan(share)) return QStringLiteral("NaN");
  const double percent = share * 100;
  const int decimals = percent != 0 && percent < 9.95 ? 1 : 0;
  return QLocale().toString(percent, 'f', decimals) + QStringLiteral(" %");
}

QFontMetricsF metrics(const QCPPainter& painter, const QFont& font) { return QFontMetricsF(font, painter.device()); }

double lineHeight(const QFont& font) { return font.pointSizeF() * 96 / 72 * 1.3; }

double textWidth(const QFont& font, const QString& text) {
  // Measured at a size where rounding to pixels does not matter, as paper has no pixels of 1/96 inch.
  // Metrics are dear to make and texts are many.
  thread_local QHash<QPair<QString, int>, QFontMetricsF> made;
  const QPair<QString, int> key(font.family(), font.weight());
  auto m = made.constFind(key);
  if (m == made.constEnd()) {
    QFont large = font;
    large.setPixelSize(100);
    m = made.insert(key, QFontMetricsF(large));
  }
  return m->horizontalAdvance(text) / 100 * font.pointSizeF() * 96 / 72;
}

void drawRaster(QCPPainter& painter, const QRectF& target, const Raster& raster, const FigureStyle& style, bool smooth) {
  if (raster.empty() || target.width() <= 0 || target.height() <= 0) return;
  if (hasNan(raster)) hatch(painter, target, style);
  painter.save();
  const bool shrinks = raster.width > 1.01 * target.width() || raster.height > 1.01 * target.height();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, smooth || (shrinks && style.print));
  if (style.print && !smooth) {
    const Raster large = enlarged(raster);
    painter.drawImage(target, wrap(large));
  } else if (shrinks) {
    const double ratio = painter.device()->devicePixelRatioF();
    const QSize size(std::max(1, qRound(target.width() * ratio)), std::max(1, qRound(target.height() * ratio)));
    painter.drawImage(target, wrap(raster).scaled(size, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
  } else {
    painter.drawImage(target, wrap(raster));
  }
  painter.restore();
}

void drawNanHatch(QCPPainter& painter, const QRectF& target, const FigureStyle& style) {
  hatch(painter, target, style);
  const QFont font = style.font(-1);
  const QString word = QStringLiteral("NaN");
  const QSizeF size(textWidth(font, word) + 6, lineHeight(font));
  if (size.width() > target.width() || size.height() > target.height()) return;
  const QRectF box(target.center() - QPointF(size.width(), size.height()) / 2, size);
  painter.fillRect(box, style.colors.panel);
  painter.setFont(font);
  painter.setPen(style.colors.text);
  drawLine(painter, box, Qt::AlignCenter, word);
}

namespace {

void drawElided(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text, Qt::TextElideMode where) {
  if (text.isEmpty() || rect.width() <= 0) return;
  const QFontMetricsF m(painter.font(), painter.device());
  const bool fits = m.horizontalAdvance(text) <= rect.width() + 0.5;
  painter.drawText(rect, static_cast<int>(align) | Qt::TextSingleLine | Qt::TextDontClip, fits ? text : m.elidedText(text, where, rect.width()));
}

}  // namespace

void drawLine(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text) { drawElided(painter, rect, align, text, Qt::ElideRight); }

void drawName(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text) { drawElided(painter, rect, align, text, Qt::ElideMiddle); }

void drawName(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QStringList& names, qsizetype i) {
  if (i < 0 || i >= names.size() || rect.width() <= 0) return;
  painter.drawText(rect, static_cast<int>(align) | Qt::TextSingleLine | Qt::TextDontClip, toldApart(names, metrics(painter, painter.font()), rect.width())[i]);
}

void drawNameAfter(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& words, const QStringList& names, qsizetype i) {
  if (i < 0 || i >= names.size() || rect.width() <= 0) return;
  const QFontMetricsF m = metrics(painter, painter.font());
  painter.drawText(rect, static_cast<int>(align) | Qt::TextSingleLine | Qt::TextDontClip, words + toldApart(names, m, rect.width() - m.horizontalAdvance(words))[i]);
}

namespace {

bool isNumber(const QString& text) {
  bool ok = false;
  const QString plain = QString(text).replace(QChar(0x2212), QLatin1Char('-'));
  QLocale().toDouble(plain, &ok);
  if (!ok) plain.toDouble(&ok);
  return ok;
}

}  // namespace

QStringList elidedBefore(const QString& separator, const QStringList& texts, const QFontMetricsF& metrics, double room) {
  if (std::all_of(texts.begin(), texts.end(), [&](const QString& t) { return metrics.horizontalAdvance(t) <= room; })) return texts;
  QStringList names, ends;
  for (const QString& text : texts) {
    const qsizetype end = text.lastIndexOf(separator);
    names << (end < 0 ? text : text.left(end));
    ends << (end < 0 ? QString() : text.mid(end));
    const QString value = ends.back().mid(separator.size());
    if (value.isEmpty() || isNumber(value)) continue;
    // A number cut would read as another one; a category may give way, as its name does, to leave the name the other half.
    const double left = room - metrics.horizontalAdvance(separator), given = std::max(left / 2, left - metrics.horizontalAdvance(names.back()));
    if (metrics.horizontalAdvance(value) > given) ends.back() = separator + metrics.elidedText(value, Qt::ElideMiddle, given);
  }
  QStringList out = toldApart(names, [&](qsizetype i, const QString& name) { return metrics.horizontalAdvance(name + ends[i]) <= room; });
  for (qsizetype i = 0; i < out.size(); ++i) out[i] += ends[i];
  return out;
}

namespace {

/// Draws within a rectangle that is as wide as `rect` is high.
template <class Draw>
void upwards(QCPPainter& painter, const QRectF& rect, Draw&& draw) {
  painter.save();
  painter.translate(rect.left(), rect.bottom());
  painter.rotate(-90);
  draw(QRectF(0, 0, rect.height(), rect.width()));
  painter.restore();
}

}  // namespace

void drawLineUpwards(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QString& text) {
  upwards(painter, rect, [&](const QRectF& turned) { drawLine(painter, turned, align, text); });
}

void drawNameUpwards(QCPPainter& painter, const QRectF& rect, Qt::Alignment align, const QStringList& names, qsizetype i) {
  upwards(painter, rect, [&](const QRectF& turned) { drawName(painter, turned, align, names, i); });
}

double colorBarHeight(const FigureStyle& style) { return 8 + 2 + lineHeight(style.font(-1.5)); }

void drawColorBar(QCPPainter& painter, const QRectF& rect, Range range, ColorMap map, const QString& name,
                  const FigureStyle& style) {
  const bool zero = isDiverging(map) && range.low < 0 && range.high > 0;
  // Both ends must be told: with fewer digits where three do not fit.
  QString low, high;
  const QString sign = zero ? QStringLiteral("+") : QString();
  for (int digits = 3; digits >= 1; --digits) {  // with one, 1.4 would read as 1: then the shortest of two
    low = digits > 1 ? compactNumber(range.low, digits) : shortest(range.low, 2);
    high = sign + (digits > 1 ? compactNumber(range.high, digits) : shortest(range.high, 2));
    if (textWidth(style.font(-1.5), low) + textWidth(style.font(-1.5), high) + 4 <= rect.width()) break;
  }
  drawColorBar(painter, rect, low, zero && name.isEmpty() ? QStringLiteral("0") : name, high, map,
               style);
}

void drawColorBar(QCPPainter& painter, const QRectF& rect, const QString& low, const QString& middle,
                  const QString& high, ColorMap map, const FigureStyle& style) {
  const QRectF bar(rect.left(), rect.top(), rect.width(), 8);
  Raster colors(128, 1);
  for (int x = 0; x < colors.width; ++x) colors.at(x, 0) = color(map, x / (colors.width - 1.0)).argb();
  painter.save();
  painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
  painter.drawImage(bar, wrap(colors));
  const QFont font = style.font(-1.5);
  painter.setFont(font);
  painter.setPen(style.colors.secondary);
  const QRectF line(rect.left(), bar.bottom() + 2, rect.width(), lineHeight(font));
  const double side = std::max(textWidth(font, low), textWidth(font, high)) + 6;
  const bool both = textWidth(font, low) + textWidth(font, high) + 4 <= rect.width();
  if (both) drawLine(painter, line, Qt::AlignLeft | Qt::AlignVCenter, low);
  drawLine(painter, line, Qt::AlignRight | Qt::AlignVCenter, high);
  if (textWidth(font, middle) <= rect.width() - 2 * side)
    drawLine(painter, line.adjusted(side, 0, -side, 0), Qt::AlignCenter, middle);
  painter.restore();
}

double namesWidth(const QStringList& names, int n, const QFont& font, double most) {
  double width = names.isEmpty() ? textWidth(font, QString::number(std::max(0, n - 1))) : 0;
  for (qsizetype i = 0; i < names.size() && width < most; ++i) width = std::max(width, textWidth(font, names[i]));
  return std::min(most, width);
}

void drawRowNames(QCPPainter& painter, const QRectF& rect, int n, const QStringList& names, const FigureStyle& style) {
  if (n <= 0) return;
  const QFont font = style.font(-1);
  const double line = lineHeight(font), cell = rect.height() / n;
  painter.setFont(font);
  painter.setPen(style.colors.secondary);
  const int every = names.isEmpty() ? static_cast<int>(std::max(1.0, niceStep(0, n, std::max(2, int(rect.height() / (2 * line))))))
                                    : std::max(1, static_cast<int>(std::ceil(line * 0.9 / cell)));
  for (int i = 0; i < n; i += every) {
    const QRectF row(rect.left(), rect.top() + (i + 0.5) * cell - line / 2, rect.width(), line);
    if (i < names.size())
      drawName(painter, row, Qt::AlignRight | Qt::AlignVCenter, names, i);
    else
      drawLine(painter, row, Qt::AlignRight | Qt::AlignVCenter, QString::number(i));
  }
}

namespace {

bool namesAreLevel(const QStringList& names, int n, double width, const QFont& font) { return namesWidth(names, n, font, 1e9) + 4 <= width / n; }

}  // namespace

double columnNamesHeight(const QStringList& names, int n, double width, const QFont& font, double most) {
  if (names.isEmpty() || namesAreLevel(names, n, width, font)) return lineHeight(font);
  return std::min(most, namesWidth(names, n, font, 1e9) + 4);
}

void drawColumnNames(QCPPainter& painter, const QRectF& rect, int n, const QStringList& names, const FigureStyle& style) {
  if (n <= 0) return;
  const QFont font = style.font(-1);
  const double line = lineHeight(font), cell = rect.width() / n;
  painter.setFont(font);
  painter.setPen(style.colors.secondary);
  if (names.isEmpty()) {
    const double label = textWidth(font, QString::number(n)) * 2 + 8;
    const int every = static_cast<int>(std::max(1.0, niceStep(0, n, std::max(2, static_cast<int>(rect.width() / label)))));
    for (int i = 0; i < n; i += every)
      drawLine(painter, QRectF(rect.left() + (i + 0.5) * cell - label / 2, rect.top(), label, line), Qt::AlignCenter,
               QString::number(i));
    return;
  }
  const bool level = namesAreLevel(names, n, rect.width(), font);
  const int every = level ? 1 : std::max(1, static_cast<int>(std::ceil(line * 0.9 / cell)));
  for (int i = 0; i < std::min<int>(n, static_cast<int>(names.size())); i += every) {
    const double x = rect.left() + (i + 0.5) * cell;
    if (level)
      drawLine(painter, QRectF(x - cell / 2, rect.top(), cell, line), Qt::AlignCenter, names[i]);
    else
      drawNameUpwards(painter, QRectF(x - line / 2, rect.top(), line, rect.height()), Qt::AlignRight | Qt::AlignVCenter, names, i);
  }
}

QColor readableOn(const QColor& background) {
  // Relative luminance as in WCAG 2: the text of larger contrast wins at 0.179.
  const auto linear = [](double c) { return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
  const double y = 0.2126 * linear(background.redF()) + 0.7152 * linear(background.greenF()) +
                   0.0722 * linear(background.blueF());
  return y > 0.179 ? QColor(Qt::black) : QColor(Qt::white);
}

}  // namespace vitrine
