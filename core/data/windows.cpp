// Series cut from a long table.
#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/numbers.h"
#include "core/data/deal_out.h"
#include "core/data/prepare_parts.h"

namespace vitrine {
namespace {

/// Why a window is left out.
enum Why { None, NoTarget, NoTime, NoGroup, LeftOut, Gap, TwoSides, kWhys };

/// One group's rows of the table, in order, those that are left out among them.
struct Series {
  std::vector<std::int32_t> rows;
  std::vector<std::int32_t> frame;  ///< the frame's row; -1: left out
  std::vector<Why> why;             ///< None: the row is there
  std::vector<bool> gap;            ///< more time than usual to the next row
};

constexpr double kOneDay = 86400;

/// Days from Monday, 0 to 6.
int weekday(double seconds) {
  constexpr int kThursday = 3;  // 1970-01-01
  const double days = std::fmod(std::floor(seconds / kOneDay) + kThursday, 7);
  return static_cast<int>(days < 0 ? days + 7 : days);
}

/// The step from stamp to stamp that is usual.
struct UsualStep {
  double value = 0;
  bool known = false;     ///< stamps at random have none, and then no gaps either
  bool weekdays = false;  ///< a day each, but for weekends

  bool isGap(double from, double to) const {
    if (weekdays && weekday(from) == 4 && to - from <= 3.5 * kOneDay) return false;
    return known && to - from > 1.5 * value;
  }
};

UsualStep usualStep(std::vector<double> steps, const std::vector<double>& times, bool dates) {
  UsualStep usual;
  if (steps.empty()) return usual;
  std::nth_element(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2), steps.end());
  usual.value = steps[steps.size() / 2];
  usual.known = 2 * std::count_if(steps.begin(), steps.end(), [&](double d) { return d >= 0.5 * usual.value && d <= 1.5 * usual.value; }) > static_cast<std::ptrdiff_t>(steps.size());
  usual.weekdays = dates && usual.value == kOneDay && std::none_of(times.begin(), times.end(), [](double t) { return !std::isnan(t) && weekday(t) > 4; });
  return usual;
}

/// All rows of the table by group, in the order of time; a row without a time or a group stands behind the one that it follows in the file.
std::map<std::int32_t, Series> allSeries(const Table& table, const Groundwork& s) {
  const std::size_t n = static_cast<std::size_t>(table.rows());
  std::vector<std::int32_t> groups(n, 0), order(n);
  if (s.plan.group) groups = asCategories(table.columns[*s.plan.group]).codes;
  std::vector<bool> noGroup(n);
  for (std::size_t r = 0; r < n; ++r)
    if (groups[r] < 0) noGroup[r] = true, groups[r] = r > 0 ? groups[r - 1] : -1;
  std::iota(order.begin(), order.end(), 0);
  if (!s.times.empty()) {
    std::vector<double> times = s.times;
    std::map<std::int32_t, double> last;
    for (std::size_t r = 0; r < n; ++r) {
      if (!std::isnan(times[r])) last[groups[r]] = times[r];
      else times[r] = last.count(groups[r]) ? last[groups[r]] : -INFINITY;
    }
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return times[static_cast<std::size_t>(a)] < times[static_cast<std::size_t>(b)]; });
  }
  std::vector<std::int32_t> frameRow(n, -1);
  for (std::size_t r = 0; r < s.frame.rows.size(); ++r) frameRow[static_cast<std::size_t>(s.frame.rows[r])] = static_cast<std::int32_t>(r);
  std::map<std::int32_t, Series> series;
  for (const std::int32_t row : order) {
    const std::size_t r = static_cast<std::size_t>(row);
    const bool noTarget = std::any_of(s.plan.targets.begin(), s.plan.targets.end(), [&](std::size_t c) { return table.columns[c].isMissing(row); });
    Series& of = series[groups[r]];
    of.rows.push_back(row);
    of.frame.push_back(frameRow[r]);
    of.why.push_back(noGroup[r] ? NoGroup : frameRow[r] >= 0 ? None : noTarget ? NoTarget : !s.times.empty() && std::isnan(s.times[r]) ? NoTime : LeftOut);
  }
  return series;
}

/// Marks the gaps; tells the step by which they were told.
UsualStep findGaps(std::map<std::int32_t, Series>& all, const std::vector<double>& times, bool dates) {
  for (auto& [unused, s] : all) s.gap.assign(s.rows.size(), false);
  if (times.empty()) return {};
  const auto time = [&](const Series& s, std::size_t i) { return times[static_cast<std::size_t>(s.rows[i])]; };
  std::vector<double> steps;
  for (const auto& [unused, s] : all)
    for (std::size_t i = 0; i + 1 < s.rows.size(); ++i)
      if (const double d = time(s, i + 1) - time(s, i); d > 0) steps.push_back(d);
  const UsualStep usual = usualStep(std::move(steps), times, dates);
  for (auto& [unused, s] : all)
    for (std::size_t i = 0; i + 1 < s.rows.size(); ++i) s.gap[i] = usual.isGap(time(s, i), time(s, i + 1));
  return usual;
}

/// The next place from each on at which `is` holds; the end where there is none.
template <class Is>
std::vector<std::size_t> nextPlaces(std::size_t n, Is&& is) {
  std::vector<std::size_t> next(n + 1, n);
  for (std::size_t i = n; i-- > 0;) next[i] = is(i) ? i : next[i + 1];
  return next;
}

struct RowWindow {
  const Series* series;
  std::size_t begin;
};

std::string stepText(const UsualStep& usual, bool date) {
  const double v = usual.value;
  if (!date) return shortNumber(v);
  for (const auto& [seconds, name] : {std::pair(kOneDay, "day"), {3600.0, "hour"}, {60.0, "minute"}, {1.0, "second"}})
    if (v >= seconds) return shortNumber(v / seconds) + ' ' + name + (v == seconds ? "" : "s");
  return shortNumber(v) + " seconds";
}

/// "12 windows are left out: 5 reach over a row without a target, 7 over a gap in 'time' (its usual step is 1 day)."
std::string leftOutText(const std::array<std::int64_t, kWhys>& counts, const Table& table, const Plan& plan, const UsualStep& usual) {
  const std::int64_t all = std::accumulate(counts.begin() + 1, counts.end(), std::int64_t{0});
  if (all == 0) return {};
  const std::string time = plan.time ? "'" + table.columns[*plan.time].name + "'" : "";
  const std::array<std::string, kWhys> what{"", "over a row without a target", "over a row without a value of " + time, "over a row without a group", "over a row that is left out for its missing values",
                                            usual.known ? "over a gap in " + time + " (its usual step is " + stepText(usual, table.columns[*plan.time].kind == ColumnKind::Date) + ")" : "",
                                            "from one part of the split into another"};
  std::string text = std::to_string(all) + (all == 1 ? " window is left out: " : " windows are left out: ");
  bool first = true;
  for (std::size_t w = 1; w < kWhys; ++w) {
    if (counts[w] == 0) continue;
    text += (first ? std::string() : std::string(", ")) + std::to_string(counts[w]) + (first ? counts[w] == 1 ? " reaches " : " reach " : " ") + what[w];
    first = false;
  }
  return text + ".";
}

}  // namespace

Status takeWindows(Dataset& d, const Table& table, Groundwork& s, const std::vector<std::int32_t>& from, const SeriesPlan& plan) {
  if (plan.length < 1 || plan.stride < 1 || plan.horizon < 0 || plan.length > 100000 || plan.horizon > 100000 || plan.stride > 100000)
    return Error{{}, "windows", "length " + std::to_string(plan.length) + ", stride " + std::to_string(plan.stride) + ", horizon " + std::to_string(plan.horizon), "1 to 100000", {}};
  std::map<std::int32_t, Series> all = allSeries(table, s);
  const UsualStep usual = findGaps(all, s.times, s.plan.time && table.columns[*s.plan.time].kind == ColumnKind::Date);
  if (!s.times.empty() && !usual.known)
    s.notes.push_back("The steps of '" + table.columns[*s.plan.time].name + "' have no usual length, so gaps in it cannot be told.");
  const std::size_t length = static_cast<std::size_t>(plan.length), reach = static_cast<std::size_t>(plan.length + plan.horizon);
  std::array<std::int64_t, kWhys> leftOut{};
  std::int64_t filled = 0;
  std::vector<RowWindow> cuts;
  std::vector<Part> parts;
  for (const auto& each : all) {
    const auto& series = each.second;
    const std::size_t n = series.rows.size();
    const auto part = [&](std::size_t i) { return s.frame.parts[static_cast<std::size_t>(series.frame[i])]; };
    const std::vector<std::size_t> broken = nextPlaces(n, [&](std::size_t i) { return series.why[i] != None; }), gap = nextPlaces(n, [&](std::size_t i) { return bool(series.gap[i]); });
    const std::vector<std::size_t> change = nextPlaces(n, [&](std::size_t i) { return i + 1 < n && series.frame[i] >= 0 && series.frame[i + 1] >= 0 && part(i) != part(i + 1); });
    const std::vector<std::size_t> missing = nextPlaces(n, [&](std::size_t i) {
      return std::any_of(s.plan.features.begin(), s.plan.features.end(), [&](std::size_t c) { return table.columns[c].isMissing(series.rows[i]); });
    });
    for (std::size_t begin = 0; begin + reach <= n; begin += static_cast<std::size_t>(plan.stride)) {
      const std::size_t end = begin + reach;
      const Why why = broken[begin] < end ? series.why[broken[begin]] : gap[begin] + 1 < end ? Gap : change[begin] + 1 < end ? TwoSides : None;
      if (why != None) {
        ++leftOut[why];
        continue;
      }
      cuts.push_back({&series, begin});
      parts.push_back(part(end - 1));
      filled += missing[begin] < begin + length;
    }
  }
  const std::string text = leftOutText(leftOut, table, s.plan, usual);
  if (std::count(parts.begin(), parts.end(), Part::Train) == 0)
    return Error{{}, "windows", "no window of " + std::to_string(plan.length) + " rows and its target in the training part" + (text.empty() ? "" : "; " + text.substr(0, text.size() - 1)), "shorter windows, or more rows", {}};
  if (!text.empty()) s.notes.push_back(text);
  if (filled > 0) s.notes.push_back(std::to_string(filled) + (filled == 1 ? " window has" : " windows have") + " values that were filled in, being missing.");
  const std::size_t columns = s.frame.columns.size();
  if (Status size = checkPreparedSize(std::to_string(cuts.size()) + " windows × " + std::to_string(length) + " rows × " + std::to_string(columns) + " columns",
                                      static_cast<double>(cuts.size()) * static_cast<double>(length * columns), sizeof(float)); !size)
    return size;
  std::vector<float> values;
  values.reserve(cuts.size() * length * columns);
  for (const RowWindow& cut : cuts) {
    for (std::size_t i = cut.begin; i < cut.begin + length; ++i)
      for (const FrameColumn& c : s.frame.columns) values.push_back(static_cast<float>(c.numbers[static_cast<std::size_t>(cut.series->frame[i])]));
    const std::size_t target = static_cast<std::size_t>(cut.series->frame[cut.begin + reach - 1]);
    s.take(static_cast<std::size_t>(from[target]), d);
    d.tableRows.push_back(s.frame.rows[target]);
  }
  d.inputs = Samples::fromFloats(d.spec.input, std::move(values));
  takeParts(d, parts);
  return {};
}

}  // namespace vitrine
