#include "widgets/figure/names.h"

#include <QFontMetricsF>
#include <QHash>
#include <QSet>
#include <algorithm>
#include <deque>
#include <vector>

namespace vitrine {
namespace {

const QChar kDots(0x2026);

using Group = std::vector<qsizetype>;

/// A cut must not fall within a character of two units.
qsizetype wholeLeft(const QString& s, qsizetype n) { return n > 0 && n < s.size() && s[n - 1].isHighSurrogate() ? n - 1 : n; }
qsizetype wholeRight(const QString& s, qsizetype n) { return n > 0 && n < s.size() && s[s.size() - n].isLowSurrogate() ? n - 1 : n; }

/// The largest n of 0 … most with good(n), which holds for all below it; -1: none.
template <class Good>
qsizetype largest(qsizetype most, Good&& good) {
  qsizetype low = -1, high = most;
  while (low < high) {
    const qsizetype n = low + (high - low + 1) / 2;
    if (good(n)) low = n;
    else high = n - 1;
  }
  return low;
}

QString ends(const QString& name, qsizetype n) {
  if (n >= name.size()) return name;
  return name.left(wholeLeft(name, (n + 1) / 2)) + kDots + name.right(wholeRight(name, n / 2));
}

/// Names of which several are shown alike, each such group together.
std::vector<Group> alike(const QStringList& shown, const Group& among) {
  QHash<QString, Group> byText;
  QStringList order;
  for (const qsizetype i : among) {
    Group& group = byText[shown[i]];
    if (group.empty()) order << shown[i];
    group.push_back(i);
  }
  std::vector<Group> groups;
  for (const QString& text : order)
    if (byText[text].size() > 1) groups.push_back(byText[text]);
  return groups;
}

void shorten(const QStringList& names, const Group& group, const NameFits& fits, QStringList& shown, int depth);

/// How many letters all of a group begin and end with.
std::pair<qsizetype, qsizetype> common(const QStringList& names, const Group& group) {
  const QString& first = names[group.front()];
  qsizetype head = first.size(), tail = first.size(), shortest = first.size();
  for (const qsizetype i : group) {
    const QString& name = names[i];
    shortest = std::min(shortest, name.size());
    qsizetype h = 0, t = 0;
    while (h < std::min(head, name.size()) && name[h] == first[h]) ++h;
    while (t < std::min(tail, name.size()) && name[name.size() - 1 - t] == first[first.size() - 1 - t]) ++t;
    head = h, tail = t;
  }
  head = wholeLeft(first, head);
  return {head, wholeRight(first, std::min(tail, shortest - head))};
}

/// What the names of a group differ by stands, and of what they share as much as there is room for.
void showDifference(const QStringList& names, const Group& group, const NameFits& fits, QStringList& shown, int depth) {
  const auto [head, tail] = common(names, group);
  const auto around = [&, head = head, tail = tail](qsizetype i, const QString& core, qsizetype n) {
    const QString& name = names[i];
    const qsizetype left = std::max(std::min(head, (n + 1) / 2), n - tail), right = n - left;
    return name.left(wholeLeft(name, left)) + (left < head ? QString(kDots) : QString()) + core + (right < tail ? QString(kDots) : QString()) + name.right(wholeRight(name, right));
  };
  QStringList cores = names;
  for (const qsizetype i : group) cores[i] = names[i].mid(head, names[i].size() - head - tail);
  // What is left may be too long itself: then it is shortened as names are.
  shorten(cores, group, [&](qsizetype i, const QString& core) { return fits(i, around(i, core, 0)); }, shown, depth + 1);
  qsizetype room = head + tail;
  for (const qsizetype i : group) room = std::min(room, largest(room, [&](qsizetype n) { return fits(i, around(i, shown[i], n)); }));
  for (const qsizetype i : group) shown[i] = around(i, shown[i], std::max<qsizetype>(0, room));
}

void shorten(const QStringList& names, const Group& group, const NameFits& fits, QStringList& shown, int depth) {
  constexpr int kDeepest = 12;
  for (const qsizetype i : group) {
    const QString& name = names[i];
    shown[i] = fits(i, name) ? name : ends(name, std::max<qsizetype>(0, largest(name.size() - 1, [&](qsizetype n) { return fits(i, ends(name, n)); })));
  }
  if (depth >= kDeepest) return;
  for (const Group& same : alike(shown, group)) showDifference(names, same, fits, shown, depth);
}

}  // namespace

QStringList toldApart(const QStringList& names, const NameFits& fits) {
  // Equal names are one.
  QHash<QString, qsizetype> first;
  Group all;
  for (qsizetype i = 0; i < names.size(); ++i)
    if (!first.contains(names[i])) first.insert(names[i], i), all.push_back(i);
  QStringList shown = names;
  shorten(names, all, fits, shown, 0);
  // Groups that were told apart each by itself may meet in one text: then together.
  for (int round = 0; round < 3; ++round)
    for (const Group& same : alike(shown, all)) showDifference(names, same, fits, shown, 0);
  const auto number = [&](qsizetype i) {
    const QString& name = names[i];
    const QString head = QString::number(i + 1);
    const auto text = [&](qsizetype n) { return head + QStringLiteral(": ") + name.left(wholeLeft(name, n)) + (n < name.size() ? QString(kDots) : QString()); };
    const qsizetype n = largest(name.size(), [&](qsizetype k) { return fits(i, text(k)); });
    shown[i] = n > 0 ? text(n) : head;
  };
  QSet<qsizetype> numbered;
  for (const Group& same : alike(shown, all))
    for (const qsizetype i : same) numbered.insert(i);
  for (const qsizetype i : all)
    if (numbered.contains(i) || (all.size() > 1 && !fits(i, shown[i]))) number(i);
  // A name may read as another's number.
  if (!alike(shown, all).empty())
    for (const qsizetype i : all) number(i);
  for (qsizetype i = 0; i < names.size(); ++i) shown[i] = shown[first[names[i]]];
  return shown;
}

QStringList toldApart(const QStringList& names, const QFontMetricsF& metrics, double room) {
  struct Known {
    QStringList names;
    double letters, room;
    QStringList shown;
  };
  static const QString kLetters = QStringLiteral("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-. ");
  thread_local std::deque<Known> known;
  const double letters = metrics.horizontalAdvance(kLetters);
  for (const Known& k : known)
    if (k.room == room && k.letters == letters && k.names == names) return k.shown;
  constexpr std::size_t kMostKnown = 32;
  if (known.size() >= kMostKnown) known.pop_front();
  known.push_back({names, letters, room, toldApart(names, [&](qsizetype, const QString& text) { return metrics.horizontalAdvance(text) <= room + 0.5; })});
  return known.back().shown;
}

QString pairToldApart(const QStringList& names, qsizetype a, const QString& between, qsizetype b, const QFontMetricsF& metrics, double room) {
  const QString whole = names.value(a) + between + names.value(b);
  if (metrics.horizontalAdvance(whole) <= room) return whole;
  const QStringList shown = toldApart(names, metrics, (room - metrics.horizontalAdvance(between)) / 2);
  return shown.value(a) + between + shown.value(b);
}

}  // namespace vitrine
