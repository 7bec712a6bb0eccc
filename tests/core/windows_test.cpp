// Windows of a series reach over no gap, and the notes count those that are left out.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/data/prepare.h"
#include "tests/support/tables.h"

namespace vitrine {
namespace {

using test::csvTable;

struct Cell {
  std::string time, group, x, y;
};

/// A line a step: x is the step's number, y ten times that.
std::vector<Cell> steps(int n) {
  std::vector<Cell> cells;
  for (int i = 0; i < n; ++i) cells.push_back({std::to_string(i), "a", std::to_string(i), std::to_string(10 * i)});
  return cells;
}

TablePtr tableOf(const std::vector<Cell>& cells) {
  std::string csv = "t,g,x,y\n";
  for (const Cell& c : cells) csv += c.time + ',' + c.group + ',' + c.x + ',' + c.y + '\n';
  return std::make_shared<const Table>(csvTable(csv));
}

Recipe windows(const Table& t, std::int64_t length, std::int64_t horizon, bool time, bool group = false) {
  Recipe r = defaultRecipe(t);
  r.columns[0].role = time ? Role::Time : Role::Ignore;
  r.columns[1].role = group ? Role::Group : Role::Ignore;
  r.columns[2].role = Role::Feature;
  r.task = Task::Regression;
  r.series = {"windows", length, 1, horizon};
  r.split.mode = "time";
  r.split.validation = 0;
  r.steps.clear();
  return r;
}

DatasetPtr cut(const std::vector<Cell>& cells, std::int64_t length, std::int64_t horizon, bool time = false, bool group = false, std::vector<StepPlan> plan = {}) {
  const TablePtr t = tableOf(cells);
  Recipe r = windows(*t, length, horizon, time, group);
  r.steps = std::move(plan);
  const Result<DatasetPtr> d = prepare(t, r);
  EXPECT_TRUE(d.ok()) << (d ? "" : d.error().text());
  return *d;
}

/// Each window's steps follow each other, and its target is `horizon` behind the last.
void expectWhole(const Dataset& d, std::int64_t length, std::int64_t horizon) {
  const std::int64_t columns = d.spec.input[1];
  for (std::int64_t s = 0; s < d.count(); ++s) {
    const double first = d.inputs.raw(s, 0);
    for (std::int64_t i = 0; i < length; ++i) EXPECT_EQ(d.inputs.raw(s, i * columns), first + static_cast<double>(i)) << "window " << s;
    EXPECT_EQ(d.targets[static_cast<std::size_t>(s)], 10 * (first + static_cast<double>(length - 1 + horizon))) << "window " << s;
  }
}

bool noted(const Dataset& d, const std::string& text) {
  for (const std::string& note : d.notes)
    if (note.find(text) != std::string::npos) return true;
  for (const std::string& note : d.notes) ADD_FAILURE() << note;
  return false;
}

TEST(Windows, WithoutGapsAreAllThere) {
  const DatasetPtr d = cut(steps(30), 5, 1, true);
  EXPECT_EQ(d->count(), 25);
  EXPECT_TRUE(d->notes.empty());
  expectWhole(*d, 5, 1);
}

TEST(Windows, ReachOverNoRowWithoutATarget) {
  std::vector<Cell> cells = steps(30);
  cells[12].y = cells[13].y = "";
  for (const bool time : {false, true}) {
    const DatasetPtr d = cut(cells, 5, 1, time);
    expectWhole(*d, 5, 1);
    // Of 25 those that begin at 7 … 13 reach over a gap.
    EXPECT_EQ(d->count(), 18);
    EXPECT_TRUE(noted(*d, "7 windows are left out: 7 reach over a row without a target."));
    EXPECT_TRUE(noted(*d, "2 rows have no target and are left out."));
  }
}

TEST(Windows, ReachOverNoRowThatIsLeftOutForItsMissingValues) {
  std::vector<Cell> cells = steps(30);
  cells[20].x = "";
  const DatasetPtr d = cut(cells, 5, 1, false, false, {{"missing", {{"strategy", std::string("drop")}}}});
  expectWhole(*d, 5, 1);
  EXPECT_EQ(d->count(), 25 - 6);
  EXPECT_TRUE(noted(*d, "6 windows are left out: 6 reach over a row that is left out for its missing values."));
}

TEST(Windows, ReachOverFilledInValuesAndSayIt) {
  std::vector<Cell> cells = steps(30);
  cells[20].x = "";
  const DatasetPtr d = cut(cells, 5, 1, false, false, {{"missing", {}}});
  EXPECT_EQ(d->count(), 25);
  EXPECT_TRUE(noted(*d, "5 windows have values that were filled in, being missing."));
}

TEST(Windows, ReachOverNoMissingStamps) {
  std::vector<Cell> cells = steps(40);
  cells.erase(cells.begin() + 30, cells.begin() + 33);
  cells.erase(cells.begin() + 10);
  std::swap(cells[3], cells[17]);  // the file need not be in order
  const DatasetPtr d = cut(cells, 4, 0, true);
  expectWhole(*d, 4, 0);
  EXPECT_EQ(d->count(), (10 - 3) + (19 - 3) + (7 - 3));
  EXPECT_TRUE(noted(*d, "6 windows are left out: 6 reach over a gap in 't' (its usual step is 1)."));
}

TEST(Windows, ReachOverNoRowWithoutAStamp) {
  std::vector<Cell> cells = steps(30);
  cells[15].time = "";
  const DatasetPtr d = cut(cells, 5, 0, true);
  expectWhole(*d, 5, 0);
  EXPECT_EQ(d->count(), 26 - 5);
  EXPECT_TRUE(noted(*d, "1 row has no value of 't' and is left out."));
  EXPECT_TRUE(noted(*d, "5 windows are left out: 5 reach over a row without a value of 't'."));
}

TEST(Windows, KeepWithinAGroup) {
  std::vector<Cell> cells = steps(40);
  for (std::size_t i = 20; i < 40; ++i) cells[i].group = "b";
  cells[10].group = "";
  const DatasetPtr d = cut(cells, 5, 1, false, true);
  expectWhole(*d, 5, 1);
  EXPECT_EQ(d->count(), (10 - 5) + (9 - 5) + (20 - 5));
  EXPECT_TRUE(noted(*d, "6 windows are left out: 6 reach over a row without a group."));
}

TEST(Windows, OfWorkingDaysReachOverWeekendsButNotOverHolidays) {
  std::vector<Cell> cells;
  int step = 0;
  for (int day = 0; day < 60; ++day) {
    const double seconds = (20454 + day) * 86400.0;  // from Thursday, 2026-01-01 on
    const int weekday = (day + 3) % 7;
    if (weekday > 4 || day == 20) continue;          // a Wednesday is missing
    cells.push_back({dateText(seconds), "a", std::to_string(step), std::to_string(10 * step)});
    ++step;
  }
  const DatasetPtr d = cut(cells, 3, 0, true);
  EXPECT_EQ(d->count(), static_cast<std::int64_t>(cells.size()) - 2 - 2);
  EXPECT_TRUE(noted(*d, "2 windows are left out: 2 reach over a gap in 't' (its usual step is 1 day)."));
}

TEST(Windows, OfStampsAtRandomHaveNoGaps) {
  std::vector<Cell> cells = steps(40);
  double at = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) at += i % 4 == 0 ? 1 : i % 4 == 1 ? 90 : i % 4 == 2 ? 7 : 4000, cells[i].time = std::to_string(static_cast<int>(at));
  const DatasetPtr d = cut(cells, 4, 0, true);
  EXPECT_EQ(d->count(), 37);
  EXPECT_TRUE(noted(*d, "The steps of 't' have no usual length, so gaps in it cannot be told."));
}

TEST(Windows, SayWhyNoneIsLeft) {
  std::vector<Cell> cells = steps(12);
  for (std::size_t i = 0; i < cells.size(); i += 3) cells[i].y = "";
  const TablePtr t = tableOf(cells);
  const Result<DatasetPtr> d = prepare(t, windows(*t, 5, 1, false));
  ASSERT_FALSE(d.ok());
  EXPECT_NE(d.error().text().find("7 windows are left out: 7 reach over a row without a target"), std::string::npos) << d.error().text();
}

}  // namespace
}  // namespace vitrine
