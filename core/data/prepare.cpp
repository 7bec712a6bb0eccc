#include "core/data/prepare.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <numeric>
#include <set>

#include "core/base/random.h"
#include "core/data/cells.h"
#include "core/data/deal_out.h"
#include "core/data/target.h"

namespace vitrine {
namespace {

/// The recipe's columns, each with the table's own and as the recipe wants it.
struct Plan {
  std::vector<std::size_t> features, targets;
  std::optional<std::size_t> weight, group, time, split;
};

Status assign(std::optional<std::size_t>& to, std::size_t c, const Table& t, const char* role) {
  if (to) return Error{{}, "column '" + t.columns[c].name + "'", std::string("a second one with the role '") + role + "'", "one", {}};
  to = c;
  return {};
}

Result<Plan> planOf(const Table& table, const Recipe& recipe) {
  if (recipe.columns.size() != table.columns.size())
    return Error{{}, "columns", std::to_string(table.columns.size()), std::to_string(recipe.columns.size()) + " as when it was imported", {}};
  Plan plan;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (recipe.columns[c].name != table.columns[c].name)
      return Error{{}, "column " + std::to_string(c + 1), "'" + table.columns[c].name + "'", "'" + recipe.columns[c].name + "' as when it was imported", {}};
    Status s;
    switch (recipe.columns[c].role) {
      case Role::Feature: plan.features.push_back(c); break;
      case Role::Target: plan.targets.push_back(c); break;
      case Role::Weight: s = assign(plan.weight, c, table, "weight"); break;
      case Role::Group: s = assign(plan.group, c, table, "group"); break;
      case Role::Time: s = assign(plan.time, c, table, "time"); break;
      case Role::Split: s = assign(plan.split, c, table, "split"); break;
      case Role::Ignore: break;
    }
    if (!s) return s.error();
  }
  if (plan.targets.empty()) return Error{{}, "columns", "no target", "a column to be predicted", {}};
  if (plan.features.empty() && recipe.series.mode != "windows") return Error{{}, "columns", "no feature", "at least one column to predict from", {}};
  return plan;
}

/// Cells that are not of their column's kind stop the work, unless they are to count as missing.
Status checkOdd(const Table& table, const Recipe& recipe, const std::vector<std::size_t>& columns) {
  for (const std::size_t c : columns)
    if (table.columns[c].odd > 0 && !recipe.columns[c].oddAsMissing) return *table.columns[c].firstOdd;
  return {};
}

std::vector<std::int32_t> codesOf(const Column& column, const std::vector<std::int32_t>& rows) {
  const Column categories = asCategories(column);
  std::vector<std::int32_t> out;
  for (const std::int32_t r : rows) out.push_back(categories.codes[static_cast<std::size_t>(r)]);
  return out;
}

Result<FrameColumn> frameColumn(const Table& table, std::size_t c, const std::vector<std::int32_t>& rows) {
  const Column& column = table.columns[c];
  FrameColumn out{column.name, static_cast<std::int32_t>(c), column.kind == ColumnKind::Category || column.kind == ColumnKind::Text, {}, {}, {}};
  if (out.category) {
    const Column* from = &column;
    Column sorted;
    if (column.kind == ColumnKind::Text) sorted = asCategories(column), from = &sorted;
    out.names = from->names;
    for (const std::int32_t r : rows) out.codes.push_back(from->codes[static_cast<std::size_t>(r)]);
    return out;
  }
  const Result<Column> numbers = asNumbers(column, table);
  if (!numbers) return numbers.error();
  for (const std::int32_t r : rows) out.numbers.push_back(numbers->numbers[static_cast<std::size_t>(r)]);
  return out;
}

/// What stands before the first step.
struct Groundwork {
  Plan plan;
  Frame frame;
  Targets targets;                   ///< by frame row
  std::vector<std::int32_t> groups;  ///< by frame row; empty: none
  std::vector<float> weights;        ///< by frame row; empty: none
  std::vector<std::string> notes;

  /// Appends row `row`'s target and weight.
  void take(std::size_t row, Dataset& data) const {
    targets.take(row, data);
    if (!weights.empty()) data.weights.push_back(weights[row]);
  }
};

Result<Groundwork> start(const Table& table, const Recipe& recipe) {
  const Result<Plan> plan = planOf(table, recipe);
  if (!plan) return plan.error();
  Groundwork s;
  s.plan = *plan;
  if (Status odd = checkOdd(table, recipe, plan->features); !odd) return odd.error();
  if (Status odd = checkOdd(table, recipe, plan->targets); !odd) return odd.error();
  // Rows without a target teach nothing. In windows they may still be looked at, but not be a target.
  std::int64_t without = 0;
  for (std::int64_t r = 0; r < table.rows(); ++r) {
    const bool known = std::none_of(plan->targets.begin(), plan->targets.end(), [&](std::size_t c) { return table.columns[c].isMissing(r); });
    without += !known;
    if (known) s.frame.rows.push_back(static_cast<std::int32_t>(r));
  }
  if (s.frame.rows.empty()) return Error{{}, "column '" + table.columns[plan->targets[0]].name + "'", "no value in any row", "a target", {}};
  if (without > 0) s.notes.push_back(std::to_string(without) + (without == 1 ? " row has" : " rows have") + " no target and " + (without == 1 ? "is" : "are") + " left out.");
  if (plan->time) {
    const Column& time = table.columns[*plan->time];
    for (const std::int32_t r : s.frame.rows)
      if (time.isMissing(r)) return Error{{}, cellPlace(table.line(r), time.name), "an empty cell", "a time", {}};
    const Result<Column> numbers = time.kind == ColumnKind::Date ? Result<Column>(time) : asNumbers(time, table);
    if (!numbers) return numbers.error();
    if (recipe.series.mode == "windows")
      std::stable_sort(s.frame.rows.begin(), s.frame.rows.end(), [&](std::int32_t a, std::int32_t b) { return numbers->value(a) < numbers->value(b); });
  }
  if (plan->weight) {
    const Result<Column> numbers = asNumbers(table.columns[*plan->weight], table);
    if (!numbers) return numbers.error();
    for (const std::int32_t r : s.frame.rows) {
      const double w = numbers->value(r);
      if (!(w >= 0)) return Error{{}, cellPlace(table.line(r), numbers->name), std::isnan(w) ? "an empty cell" : numbers->text(r), "a weight of 0 or more", {}};
      s.weights.push_back(static_cast<float>(w));
    }
  }
  if (plan->group) s.groups = codesOf(table.columns[*plan->group], s.frame.rows);
  Result<Targets> targets = readTargets(table, plan->targets, s.frame.rows, recipe.task);
  if (!targets) return targets.error();
  s.targets = std::move(*targets);
  std::vector<std::size_t> features = plan->features;
  // A forecast may look at the past of what it predicts.
  if (recipe.series.mode == "windows" && recipe.series.horizon > 0)
    for (const std::size_t c : plan->targets)
      if (s.targets.task == Task::Regression) features.push_back(c);
  for (const std::size_t c : features) {
    Result<FrameColumn> column = frameColumn(table, c, s.frame.rows);
    if (!column) return column.error();
    s.frame.columns.push_back(std::move(*column));
  }
  if (s.frame.columns.empty()) return Error{{}, "columns", "no feature", "at least one column to predict from", {}};
  s.frame.table = &table;
  SplitInput in;
  in.count = static_cast<std::int64_t>(s.frame.rows.size());
  if (s.targets.task == Task::Classification) in.classes = s.targets.classes;
  in.groups = s.groups;
  in.rows = s.frame.rows;
  std::vector<std::int32_t> order;
  if (plan->time) {
    const Column& time = table.columns[*plan->time];
    const Result<Column> numbers = time.kind == ColumnKind::Date ? Result<Column>(time) : asNumbers(time, table);
    if (!numbers) return numbers.error();
    order.resize(s.frame.rows.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) {
      return numbers->value(s.frame.rows[static_cast<std::size_t>(a)]) < numbers->value(s.frame.rows[static_cast<std::size_t>(b)]);
    });
    in.order = order;
  }
  if (plan->split) in.column = &table.columns[*plan->split];
  if (recipe.series.mode == "windows" && (recipe.split.mode == "ratio" || recipe.split.mode == "folds"))
    return Error{{}, "split", "'" + recipe.split.mode + "' for windows, which overlap: validation would have been seen in training", "by time, by group or by a column", {}};
  Result<std::vector<Part>> parts = dealOut(recipe.split, in);
  if (!parts) return parts.error();
  s.frame.parts = std::move(*parts);
  return s;
}

/// Fits the steps and applies the first `applied` of them; the fitted ones go to `fitted`.
Status runSteps(const Recipe& recipe, Frame& frame, std::vector<std::shared_ptr<const FittedStep>>& fitted, std::size_t applied) {
  for (std::size_t i = 0; i < recipe.steps.size(); ++i) {
    const StepSpec* spec = findStep(recipe.steps[i].type);
    if (!spec) return Error{{}, "step " + std::to_string(i + 1), "'" + recipe.steps[i].type + "'", "a kind of step that is known", {}};
    if (Status s = checkParams(spec->params, recipe.steps[i].params); !s) return s;
    // A scaling that is left to the gathering of batches is fitted to what the samples keep, which are floats.
    if (i >= applied)
      for (FrameColumn& c : frame.columns)
        for (double& x : c.numbers) x = static_cast<double>(static_cast<float>(x));
    Result<std::unique_ptr<FittedStep>> step = spec->fit(frame, recipe.steps[i].params);
    if (!step) return step.error();
    if (i < applied)
      if (Status s = (*step)->apply(frame); !s) return s;
    fitted.push_back(std::move(*step));
  }
  return {};
}

/// How many steps change numbers; those after them only move and scale, and are left to the gathering of batches, so that
/// views show the numbers as they are.
std::size_t appliedSteps(const Recipe& recipe) {
  std::size_t n = recipe.steps.size();
  if (recipe.series.mode == "windows") return n;
  // One step: two in a row would each have to be fitted on what the one before gives.
  return n > 0 && recipe.steps[n - 1].type == "scale" ? n - 1 : n;
}

Status checkReady(const Frame& f) {
  for (const FrameColumn& c : f.columns) {
    if (c.category)
      return Error{{}, "column '" + c.name + "'", "categories", "numbers: add the step 'Encode categories', or ignore the column", {}};
    for (std::size_t r = 0; r < f.size(); ++r)
      if (!(std::abs(c.numbers[r]) <= std::numeric_limits<float>::max()))
        return Error{{}, f.place(r, c), std::isnan(c.numbers[r]) ? "a missing value" : "a number beyond 3.4e38", "a number: add the step 'Missing values', or ignore the column", {}};
  }
  return {};
}

/// A row a sample.
void takeRows(Dataset& d, const Groundwork& s, const std::vector<std::int32_t>& from) {
  const std::size_t columns = s.frame.columns.size();
  std::vector<float> values(s.frame.size() * columns);
  for (std::size_t c = 0; c < columns; ++c)
    for (std::size_t r = 0; r < s.frame.size(); ++r) values[r * columns + c] = static_cast<float>(s.frame.columns[c].numbers[r]);
  d.inputs = Samples::fromFloats(d.spec.input, std::move(values));
  for (const std::int32_t r : from) s.take(static_cast<std::size_t>(r), d);
  d.tableRows = s.frame.rows;
  takeParts(d, s.frame.parts);
}

/// Windows of rows that follow each other in one group and lie on one side, with their target.
Status takeWindows(Dataset& d, const Groundwork& s, const std::vector<std::int32_t>& from, const SeriesPlan& plan) {
  const std::int64_t n = static_cast<std::int64_t>(s.frame.size()), columns = static_cast<std::int64_t>(s.frame.columns.size());
  if (plan.length < 1 || plan.stride < 1 || plan.horizon < 0 || plan.length > 100000 || plan.horizon > 100000 || plan.stride > 100000)
    return Error{{}, "windows", "length " + std::to_string(plan.length) + ", stride " + std::to_string(plan.stride) + ", horizon " + std::to_string(plan.horizon), "1 to 100000", {}};
  std::map<std::int32_t, std::vector<std::int64_t>> series;
  for (std::int64_t r = 0; r < n; ++r) series[s.groups.empty() ? 0 : s.groups[static_cast<std::size_t>(from[static_cast<std::size_t>(r)])]].push_back(r);
  std::vector<float> values;
  std::vector<Part> parts;
  for (const auto& [unused, rows] : series) {
    const std::int64_t last = static_cast<std::int64_t>(rows.size()) - plan.length - plan.horizon;
    for (std::int64_t begin = 0; begin <= last; begin += plan.stride) {
      const std::int64_t target = rows[static_cast<std::size_t>(begin + plan.length - 1 + plan.horizon)];
      const Part part = s.frame.parts[static_cast<std::size_t>(target)];
      bool whole = true;
      for (std::int64_t i = begin; i < begin + plan.length + plan.horizon; ++i) whole = whole && s.frame.parts[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])] == part;
      if (!whole) continue;
      if (static_cast<std::int64_t>(parts.size() + 1) * plan.length * columns > (std::int64_t{1} << 31))
        return Error{{}, "windows", "more than 2147483648 numbers", "shorter windows or a larger stride", {}};
      for (std::int64_t i = begin; i < begin + plan.length; ++i)
        for (const FrameColumn& c : s.frame.columns) values.push_back(static_cast<float>(c.numbers[static_cast<std::size_t>(rows[static_cast<std::size_t>(i)])]));
      parts.push_back(part);
      s.take(static_cast<std::size_t>(from[static_cast<std::size_t>(target)]), d);
      d.tableRows.push_back(s.frame.rows[static_cast<std::size_t>(target)]);
    }
  }
  if (std::count(parts.begin(), parts.end(), Part::Train) == 0)
    return Error{{}, "windows", "no window of " + std::to_string(plan.length) + " rows and its target in the training part", "shorter windows, or more rows", {}};
  d.inputs = Samples::fromFloats(d.spec.input, std::move(values));
  takeParts(d, parts);
  return {};
}

}  // namespace

Recipe defaultRecipe(const Table& table, const CsvFormat& format) {
  Recipe r;
  r.format = format;
  for (const Column& c : table.columns) r.columns.push_back({c.name, std::nullopt, c.kind == ColumnKind::Text || c.kind == ColumnKind::Date ? Role::Ignore : Role::Feature, false});
  if (!r.columns.empty()) r.columns.back().role = Role::Target;
  r.steps = defaultSteps(table, r.columns);
  return r;
}

std::vector<StepPlan> defaultSteps(const Table& table, const std::vector<ColumnPlan>& columns) {
  bool missing = false, categories = false;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (columns[c].role != Role::Feature) continue;
    missing = missing || table.columns[c].missing > 0;
    categories = categories || table.columns[c].kind == ColumnKind::Category || table.columns[c].kind == ColumnKind::Text;
  }
  std::vector<StepPlan> steps;
  if (missing) steps.push_back({"missing", {}});
  if (categories) steps.push_back({"encode", {}});
  steps.push_back({"scale", {}});
  return steps;
}

Result<DatasetPtr> prepare(TablePtr table, const Recipe& recipe, std::stop_token stop) {
  Result<Groundwork> begun = start(*table, recipe);
  if (!begun) return begun.error();
  Groundwork& s = *begun;
  if (stop.stop_requested()) return problem("stopped");
  // Targets and groups keep their first numbering; steps may leave rows out.
  std::map<std::int32_t, std::int32_t> first;
  for (std::size_t r = 0; r < s.frame.rows.size(); ++r) first[s.frame.rows[r]] = static_cast<std::int32_t>(r);
  auto d = std::make_shared<Dataset>();
  if (Status done = runSteps(recipe, s.frame, d->steps, appliedSteps(recipe)); !done) return done.error();
  if (Status ready = checkReady(s.frame); !ready) return ready.error();
  if (stop.stop_requested()) return problem("stopped");
  std::vector<std::int32_t> from;
  for (const std::int32_t r : s.frame.rows) from.push_back(first.at(r));
  if (from.size() < first.size()) s.notes.push_back(std::to_string(first.size() - from.size()) + " rows with missing values are left out.");
  if (std::count(s.frame.parts.begin(), s.frame.parts.end(), Part::Train) == 0) return Error{{}, "split", "no row for training", "at least one", {}};

  const std::int64_t columns = static_cast<std::int64_t>(s.frame.columns.size());
  d->name = table->name;
  s.targets.describe(*d);
  for (const FrameColumn& c : s.frame.columns) d->featureNames.push_back(c.name), d->featureOrigins.push_back(c.origin);
  d->spec.input = recipe.series.mode == "windows" ? Shape{recipe.series.length, columns} : recipe.series.mode == "rows" ? Shape{columns, 1} : Shape{columns};
  if (recipe.series.mode == "windows") {
    if (Status cut = takeWindows(*d, s, from, recipe.series); !cut) return cut.error();
  } else {
    takeRows(*d, s, from);
    if (appliedSteps(recipe) < recipe.steps.size())
      if (std::optional<Standardisation> scaling = d->steps.back()->affine()) d->inputScaling = std::move(*scaling);
  }
  if (!d->weights.empty()) {
    double sum = 0;
    for (const std::int32_t r : d->train) sum += static_cast<double>(d->weights[static_cast<std::size_t>(r)]);
    if (!(sum > 0)) return Error{{}, "column '" + table->columns[*s.plan.weight].name + "'", "no weight above 0 in the training rows", "at least one", {}};
  }
  if (d->spec.task == Task::Regression) d->targetScaling = fitStandardisation(d->targets, d->spec.outputs, d->train);
  if (recipe.balance == "oversample" && d->spec.task == Task::Classification) oversample(*d, recipe.split.seed);
  d->table = std::move(table);
  d->recipe = recipe;
  d->notes = std::move(s.notes);
  return DatasetPtr(d);
}

std::vector<Stage> stagesOf(const Table& table, const Recipe& recipe, std::stop_token stop) {
  constexpr std::size_t kMost = 64;
  std::vector<Stage> stages;
  Result<Groundwork> begun = start(table, recipe);
  if (!begun) return stages;
  Frame& f = begun->frame;
  const auto look = [&] {
    std::vector<std::int32_t> rows;
    for (std::size_t r = 0; r < f.size(); ++r)
      if (f.parts[r] == Part::Train) rows.push_back(static_cast<std::int32_t>(r));
    Stage stage;
    for (std::size_t c = 0; c < std::min(kMost, f.columns.size()); ++c) {
      Column column;
      column.kind = f.columns[c].category ? ColumnKind::Category : ColumnKind::Number;
      column.names = f.columns[c].names;
      column.codes.swap(f.columns[c].codes);
      column.numbers.swap(f.columns[c].numbers);
      stage.columns.push_back({f.columns[c].name, summarise(column, rows)});
      f.columns[c].codes.swap(column.codes);
      f.columns[c].numbers.swap(column.numbers);
    }
    stages.push_back(std::move(stage));
  };
  look();
  for (const StepPlan& plan : recipe.steps) {
    const StepSpec* spec = findStep(plan.type);
    if (!spec || stop.stop_requested()) return stages;
    const Result<std::unique_ptr<FittedStep>> step = spec->fit(f, plan.params);
    if (!step || !(*step)->apply(f)) return stages;
    look();
  }
  return stages;
}

Result<std::vector<Real>> prepareRows(const Dataset& data, const Table& rows) {
  Frame f;
  f.table = &rows;
  for (std::int64_t r = 0; r < rows.rows(); ++r) f.rows.push_back(static_cast<std::int32_t>(r));
  f.parts.assign(f.rows.size(), Part::Unused);
  for (std::size_t c = 0; c < data.recipe.columns.size(); ++c) {
    if (data.recipe.columns[c].role != Role::Feature) continue;
    Result<FrameColumn> column = frameColumn(rows, c, f.rows);
    if (!column) return column.error();
    if (column->category) {
      // By the names that the data set's own table has.
      const Column known = data.table->columns[c].kind == ColumnKind::Text ? asCategories(data.table->columns[c]) : data.table->columns[c];
      for (std::int32_t& code : column->codes) {
        if (code < 0) continue;
        const auto at = std::find(known.names.begin(), known.names.end(), column->names[static_cast<std::size_t>(code)]);
        code = at == known.names.end() ? -1 : static_cast<std::int32_t>(at - known.names.begin());
      }
      column->names = known.names;
    }
    f.columns.push_back(std::move(*column));
  }
  for (const auto& step : data.steps)
    if (Status s = step->apply(f); !s) return s.error();
  if (Status ready = checkReady(f); !ready) return ready.error();
  std::vector<Real> out;
  for (std::size_t r = 0; r < f.size(); ++r)
    for (const FrameColumn& c : f.columns) out.push_back(static_cast<Real>(c.numbers[r]));
  return out;
}

namespace {

constexpr std::size_t kMostRowsNamed = 100;

/// FNV-1a over a sample's own bytes.
std::uint64_t hashOf(const Dataset& d, std::int64_t row) {
  std::uint64_t h = 1469598103934665603ull;
  const auto add = [&h](const unsigned char* p, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) h = (h ^ p[i]) * 1099511628211ull;
  };
  if (d.inputs.isBytes())
    add(d.inputs.byteRow(row).data(), d.inputs.byteRow(row).size());
  else
    add(reinterpret_cast<const unsigned char*>(d.inputs.floatRow(row).data()), d.inputs.floatRow(row).size_bytes());
  return h;
}

bool sameSample(const Dataset& d, std::int64_t a, std::int64_t b) {
  if (d.inputs.isBytes()) return std::ranges::equal(d.inputs.byteRow(a), d.inputs.byteRow(b));
  return std::ranges::equal(d.inputs.floatRow(a), d.inputs.floatRow(b));
}

void findDuplicates(const Dataset& d, std::vector<Finding>& out, std::stop_token stop) {
  std::vector<std::pair<std::uint64_t, std::int32_t>> train;
  train.reserve(d.train.size());
  for (const std::int32_t r : d.train) {
    if (stop.stop_requested()) return;
    train.emplace_back(hashOf(d, r), r);
  }
  std::sort(train.begin(), train.end());
  std::int64_t found = 0;
  Finding finding;
  for (const auto* part : {&d.validation, &d.test})
    for (const std::int32_t r : *part) {
      if (stop.stop_requested()) return;
      const std::uint64_t hash = hashOf(d, r);
      for (auto at = std::lower_bound(train.begin(), train.end(), std::pair(hash, std::int32_t{0})); at != train.end() && at->first == hash; ++at)
        if (sameSample(d, r, at->second)) {
          ++found;
          if (finding.rows.size() + 2 <= kMostRowsNamed) finding.rows.push_back(r), finding.rows.push_back(at->second);
          break;
        }
    }
  if (found == 0) return;
  finding.text = std::to_string(found) + (found == 1 ? " held-out sample stands" : " held-out samples stand") + " in training too, number for number: accuracy on them is no proof of learning.";
  out.push_back(std::move(finding));
}

/// A feature that equals the target (up to a factor and a shift), or of which every value goes with one class only.
void findTellers(const Dataset& d, std::vector<Finding>& out, std::stop_token stop) {
  const std::int64_t n = d.count(), columns = d.inputs.size();
  if (d.featureNames.size() != static_cast<std::size_t>(columns) || d.inputs.isBytes() || n < 10) return;
  for (std::int64_t c = 0; c < columns; ++c) {
    if (stop.stop_requested()) return;
    bool tells = false;
    if (d.spec.task == Task::Regression && d.spec.outputs == 1) {
      double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
      for (std::int64_t r = 0; r < n; ++r) {
        const double x = d.inputs.raw(r, c), y = static_cast<double>(d.targets[static_cast<std::size_t>(r)]);
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
      }
      const double m = static_cast<double>(n), vx = sxx - sx * sx / m, vy = syy - sy * sy / m, xy = sxy - sx * sy / m;
      tells = vx > 0 && vy > 0 && xy * xy / (vx * vy) > 1 - 1e-9;
    } else if (d.spec.task == Task::Classification) {
      // As many values as classes, each with its own.
      std::map<double, std::int32_t> classOf;
      std::set<std::int32_t> seen;
      tells = true;
      for (std::int64_t r = 0; tells && r < n; ++r) {
        const std::int32_t k = d.classes[static_cast<std::size_t>(r)];
        const auto [at, fresh] = classOf.emplace(d.inputs.raw(r, c), k);
        tells = at->second == k && classOf.size() <= static_cast<std::size_t>(d.spec.outputs);
        seen.insert(k);
      }
      tells = tells && classOf.size() == seen.size() && classOf.size() > 1;
    }
    if (tells) out.push_back({"The feature '" + d.featureNames[static_cast<std::size_t>(c)] + "' alone tells the target: it may be the target in other words.", {}});
  }
}

}  // namespace

std::vector<Finding> findLeaks(const Dataset& data, std::stop_token stop) {
  std::vector<Finding> out;
  findDuplicates(data, out, stop);
  findTellers(data, out, stop);
  return out;
}

}  // namespace vitrine
