#pragma once

#include <QByteArray>
#include <QSizeF>

namespace vitrine {

/// Gives the only page of a PDF as QPdfWriter writes it (one section with a cross-reference table) exactly this size in
/// points: Qt rounds to whole points. Also takes out the time of writing, so that the same figure gives the same bytes.
/// Empty where the file is not of that form.
QByteArray setPdfPageSize(QByteArray pdf, QSizeF points);

}  // namespace vitrine
