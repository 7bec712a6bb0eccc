#include "widgets/figure/pdf_page.h"

namespace vitrine {
namespace {

QByteArray number(double v) {
  QByteArray text = QByteArray::number(v, 'f', 4);
  return text;
}

/// Overwrites the value of "key (…)" with spaces of the same length, and the key too.
void blankOut(QByteArray& pdf, const QByteArray& key) {
  const qsizetype from = pdf.indexOf(key + " (");
  if (from < 0) return;
  const qsizetype to = pdf.indexOf(')', from);
  if (to < 0) return;
  for (qsizetype i = from; i <= to; ++i) pdf[i] = ' ';
}

}  // namespace

QByteArray setPdfPageSize(QByteArray pdf, QSizeF points) {
  const qsizetype from = pdf.indexOf("/MediaBox [");
  const qsizetype to = from < 0 ? -1 : pdf.indexOf(']', from);
  if (to < 0 || pdf.indexOf("/MediaBox [", to) >= 0) return {};
  const QByteArray box = "/MediaBox [0 0 " + number(points.width()) + ' ' + number(points.height());
  const qsizetype grown = box.size() - (to - from);
  pdf.replace(from, to - from, box);

  // What lies behind has moved: the table of places counts bytes.
  const qsizetype start = pdf.lastIndexOf("startxref\n");
  const qsizetype table = pdf.lastIndexOf("\nxref\n", start);
  const qsizetype trailer = pdf.indexOf("trailer", table);
  if (start < 0 || table < 0 || trailer < 0) return {};
  qsizetype entry = pdf.indexOf('\n', table + 6) + 1;  // after "0 <count>"
  for (; entry + 20 <= trailer; entry += 20) {
    if (pdf[entry + 17] != 'n') continue;
    const qsizetype place = pdf.mid(entry, 10).toLongLong();
    if (place > from) pdf.replace(entry, 10, QByteArray::number(place + grown).rightJustified(10, '0'));
  }
  const qsizetype digits = start + 10;
  const qsizetype end = pdf.indexOf('\n', digits);
  if (end < 0) return {};
  pdf.replace(digits, end - digits, QByteArray::number(table + 1));
  blankOut(pdf, "/CreationDate");
  return pdf;
}

}  // namespace vitrine
