#pragma once

#include <QStringList>
#include <functional>

class QFontMetricsF;

namespace vitrine {

/// Whether a text that stands for name `i` has room.
using NameFits = std::function<bool(qsizetype i, const QString& text)>;

/// A set of names, each as it is where it fits, else with "…" for what it has in common with others: in its middle where both its ends tell it
/// from all others, else at its ends, so that what it differs by stays. Names that differ stay different; where there is no room for that, the
/// name's number in the list (from 1) stands before what fits of it.
QStringList toldApart(const QStringList& names, const NameFits& fits);
/// The same within one width. The last few sets are remembered: views ask at every painting.
QStringList toldApart(const QStringList& names, const QFontMetricsF& metrics, double room);
/// Two of them with something between: "a → b". Names give way where all is wider than `room`, what is between never.
QString pairToldApart(const QStringList& names, qsizetype a, const QString& between, qsizetype b, const QFontMetricsF& metrics, double room);

}  // namespace vitrine
