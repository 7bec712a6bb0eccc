#include "widgets/figure/figure_export.h"

#include <qcustomplot.h>

#include <QBuffer>
#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>
#include <QPageSize>
#include <QPdfWriter>
#include <QRegularExpression>
#include <QSvgGenerator>
#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/io/atomic_file.h"
#include "widgets/figure/paint.h"
#include "widgets/figure/pdf_page.h"

namespace vitrine {
namespace {

constexpr double kUnitsPerMm = 96 / 25.4;
constexpr double kLeastMm = 10, kMostMm = 1200;
constexpr double kMostPixels = 3e8;

QSizeF pageUnits(const ExportRequest& r) { return {r.widthMm * kUnitsPerMm, r.heightMm * kUnitsPerMm}; }

QSize pagePixels(const ExportRequest& r) {
  return {static_cast<int>(std::lround(r.widthMm / 25.4 * r.dpi)), static_cast<int>(std::lround(r.heightMm / 25.4 * r.dpi))};
}

constexpr double kMargin = 4;

/// Height of the title with the space below it.
double titleHeight(const Figure& figure, const FigureStyle& style, bool title) {
  return title && !figure.figureTitle().isEmpty() ? lineHeight(style.font(1, true)) + 4 : 0;
}

/// The whole page, title included, in units of 1/96 inch.
void paintPage(const Figure& figure, QCPPainter& painter, const ExportRequest& request) {
  const FigureStyle style = FigureStyle::forPrint(request.fontPt);
  const QRectF page(QPointF(0, 0), pageUnits(request));
  painter.fillRect(page, Qt::white);
  QRectF rect = page.adjusted(kMargin, kMargin, -kMargin, -kMargin);
  if (const double above = titleHeight(figure, style, request.title); above > 0) {
    const QFont font = style.font(1, true);
    painter.setFont(font);
    painter.setPen(style.colors.text);
    drawLine(painter, QRectF(rect.topLeft(), QSizeF(rect.width(), lineHeight(font))), Qt::AlignLeft | Qt::AlignVCenter,
             figure.figureTitle());
    rect.setTop(rect.top() + above);
  }
  painter.save();
  figure.paintFigure(painter, rect, style);
  painter.restore();
}

Status check(const Figure& figure, const ExportRequest& r) {
  if (figure.isEmpty())
    return problem(QCoreApplication::translate("Export", "This figure is still empty: there is nothing to export.").toStdString());
  if (r.format == FigureFormat::Csv) return {};
  const auto outside = [](double v, double low, double high) { return !(v >= low && v <= high); };
  if (outside(r.widthMm, kLeastMm, kMostMm) || outside(r.heightMm, kLeastMm, kMostMm))
    return problem(QCoreApplication::translate("Export", "Width and height have to be 10 to 1200 mm.").toStdString());
  if (outside(r.fontPt, kLeastFontPt, 72))
    return problem(QCoreApplication::translate("Export", "The font has to be 5 to 72 pt.").toStdString());
  if (r.format != FigureFormat::Png) return {};
  if (outside(r.dpi, kLeastDpi, kMostDpi))
    return problem(QCoreApplication::translate("Export", "The resolution has to be 96 to 1000 dpi.").toStdString());
  const QSize pixels = pagePixels(r);
  if (static_cast<double>(pixels.width()) * pixels.height() > kMostPixels)
    return problem(QCoreApplication::translate("Export", "The picture would have more than 300 million pixels.").toStdString());
  return {};
}

QByteArray pngBytes(const Figure& figure, const ExportRequest& request) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QImage image = renderFigure(figure, request);
  if (image.isNull() || !image.save(&buffer, "PNG")) return {};
  return bytes;
}

QByteArray svgBytes(const Figure& figure, const ExportRequest& request) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QSizeF units = pageUnits(request);
  QSvgGenerator svg;
  svg.setOutputDevice(&buffer);
  svg.setResolution(96);
  svg.setSize(QSize(qCeil(units.width()), qCeil(units.height())));
  svg.setViewBox(QRectF(QPointF(0, 0), units));
  svg.setTitle(figure.figureTitle());
  svg.setDescription(QStringLiteral("Vitrine"));
  {
    QCPPainter painter;
    if (!painter.begin(&svg)) return {};
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    paintPage(figure, painter, request);
  }
  // The generator knows whole pixels only; the page is to be exactly as wide as asked.
  const QByteArray size = "<svg width=\"" + QByteArray::number(request.widthMm, 'g', 10) + "mm\" height=\"" +
                          QByteArray::number(request.heightMm, 'g', 10) + "mm\"";
  static const QRegularExpression head(QStringLiteral("<svg width=\"[^\"]*\" height=\"[^\"]*\""));
  QString text = QString::fromUtf8(bytes);
  const QRegularExpressionMatch match = head.match(text);
  if (!match.hasMatch()) return {};
  text.replace(match.capturedStart(), match.capturedLength(), QString::fromLatin1(size));
  return text.toUtf8();
}

QByteArray pdfBytes(const Figure& figure, const ExportRequest& request) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  const QSizeF points(request.widthMm / 25.4 * 72, request.heightMm / 25.4 * 72);
  {
    QPdfWriter pdf(&buffer);
    pdf.setPageSize(QPageSize(points, QPageSize::Point, QString(), QPageSize::ExactMatch));
    pdf.setPageMargins(QMarginsF());
    pdf.setResolution(96);
    pdf.setTitle(figure.figureTitle());
    pdf.setCreator(QStringLiteral("Vitrine"));
    QCPPainter painter;
    if (!painter.begin(&pdf)) return {};
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setRenderHint(QPainter::LosslessImageRendering);
    // Qt rounds the page to whole points and measures from its top; setPdfPageSize() gives it the true height.
    const double rounded = pdf.pageLayout().fullRectPoints().height();
    painter.translate(0, (rounded - points.height()) * 96 / 72);
    paintPage(figure, painter, request);
  }
  return setPdfPageSize(bytes, points);
}

QString plainNumber(double v, bool single) {
  if (std::isnan(v)) return QStringLiteral("nan");
  if (std::isinf(v)) return v > 0 ? QStringLiteral("inf") : QStringLiteral("-inf");
  return QString::fromStdString(single ? numberText<float>(static_cast<float>(v)) : numberText<double>(v));
}

QString cellText(const QVariant& value) {
  switch (value.typeId()) {
    case QMetaType::Float: return plainNumber(value.toFloat(), true);
    case QMetaType::Double: return plainNumber(value.toDouble(), false);
    default: return value.toString();
  }
}

QString tabSeparated(const FigureTable& table) {
  QString text = table.columns.join(QLatin1Char('\t'));
  for (const QVector<QVariant>& row : table.rows) {
    text += QLatin1Char('\n');
    for (qsizetype i = 0; i < row.size(); ++i) {
      if (i > 0) text += QLatin1Char('\t');
      text += cellText(row[i]).replace(QLatin1Char('\t'), QLatin1Char(' '));
    }
  }
  return text;
}

}  // namespace

QString extensionOf(FigureFormat format) {
  switch (format) {
    case FigureFormat::Png: return QStringLiteral("png");
    case FigureFormat::Svg: return QStringLiteral("svg");
    case FigureFormat::Pdf: return QStringLiteral("pdf");
    case FigureFormat::Csv: return QStringLiteral("csv");
  }
  return {};
}

double pageHeightMm(const Figure& figure, double widthMm, double fontPt, bool title) {
  const FigureStyle style = FigureStyle::forPrint(fontPt);
  const double units = figure.heightFor(widthMm * kUnitsPerMm - 2 * kMargin, style) + titleHeight(figure, style, title) + 2 * kMargin;
  return std::clamp(units / kUnitsPerMm, kLeastMm, kMostMm);
}

QImage renderFigure(const Figure& figure, const ExportRequest& request) {
  const QSize pixels = pagePixels(request);
  QImage image(pixels, QImage::Format_RGB32);
  if (image.isNull()) return image;
  image.fill(Qt::white);
  // Fonts in points are resolved against the picture's own resolution: 96 dpi while painting, as pages are laid out in
  // 1/96 inch, and the asked one afterwards for whoever reads the file.
  image.setDotsPerMeterX(3780);
  image.setDotsPerMeterY(3780);
  {
    QCPPainter painter(&image);
    painter.setMode(QCPPainter::pmNoCaching);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::TextAntialiasing);
    const QSizeF units = pageUnits(request);
    painter.scale(pixels.width() / units.width(), pixels.height() / units.height());
    paintPage(figure, painter, request);
  }
  const int perMeter = static_cast<int>(std::lround(request.dpi / 0.0254));
  image.setDotsPerMeterX(perMeter);
  image.setDotsPerMeterY(perMeter);
  return image;
}

Result<QByteArray> figureBytes(const Figure& figure, const ExportRequest& request) {
  if (const Status status = check(figure, request); !status) return status.error();
  QByteArray bytes;
  switch (request.format) {
    case FigureFormat::Png: bytes = pngBytes(figure, request); break;
    case FigureFormat::Svg: bytes = svgBytes(figure, request); break;
    case FigureFormat::Pdf: bytes = pdfBytes(figure, request); break;
    case FigureFormat::Csv: bytes = toCsv(figure.figureData()); break;
  }
  if (bytes.isEmpty())
    return problem(QCoreApplication::translate("Export", "There was not enough memory for the figure.").toStdString());
  return bytes;
}

Status exportFigure(const Figure& figure, const ExportRequest& request) {
  const Result<QByteArray> bytes = figureBytes(figure, request);
  if (!bytes) return bytes.error();
  AtomicFile file(std::filesystem::path(request.path.toStdString()));
  if (const Status status = file.open(); !status) return status;
  if (const Status status = file.write({bytes->constData(), static_cast<std::size_t>(bytes->size())}); !status)
    return status;
  return file.commit();
}

QByteArray toCsv(const FigureTable& table) {
  const auto quoted = [](QString text) {
    static const QRegularExpression special(QStringLiteral("[\",\r\n]"));
    if (!text.contains(special)) return text;
    return QLatin1Char('"') + text.replace(QLatin1Char('"'), QStringLiteral("\"\"")) + QLatin1Char('"');
  };
  QString text;
  const auto append = [&](const auto& cells, auto&& toText) {
    for (qsizetype i = 0; i < cells.size(); ++i) {
      if (i > 0) text += QLatin1Char(',');
      text += quoted(toText(cells[i]));
    }
    text += QStringLiteral("\r\n");
  };
  append(table.columns, [](const QString& s) { return s; });
  for (const QVector<QVariant>& row : table.rows) append(row, cellText);
  return text.toUtf8();
}

void copyFigure(const Figure& figure) {
  ExportRequest request;
  const QSizeF mm = figure.preferredMm();
  request.widthMm = mm.width();
  request.heightMm = mm.height();
  request.dpi = 192;
  copyFigure(figure, request);
}

void copyFigure(const Figure& figure, const ExportRequest& request) {
  auto* mime = new QMimeData;  // the clipboard owns it
  mime->setImageData(renderFigure(figure, request));
  mime->setText(tabSeparated(figure.figureData()));
  QGuiApplication::clipboard()->setMimeData(mime);
}

void copyFigureData(const Figure& figure) {
  QGuiApplication::clipboard()->setText(tabSeparated(figure.figureData()));
}

}  // namespace vitrine
