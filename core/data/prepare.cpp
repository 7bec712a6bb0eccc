#include "core/data/prepare.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/numbers.h"
#include "core/data/deal_out.h"
#include "core/data/prepare_parts.h"

namespace vitrine {
namespace {

/// Fits the steps and applies the first `applied` of them; the fitted ones go to `fitted`.
Status runSteps(const Recipe& recipe, Frame& frame, std::vector<std::shared_ptr<const FittedStep>>& fitted, std::size_t applied) {
  for (std::size_t i = 0; i < recipe.steps.size(); ++i) {
    const StepSpec* spec = findStep(recipe.steps[i].type);
    if (!spec) return Error{{}, "step " + std::to_string(i + 1), "'" + recipe.steps[i].type + "'", "a kind of step that is known", {}};
    if (Status s = checkParams(spec->params, recipe.steps[i].params); !s) return s;
    // A scaling that is left to the gathering of batches is fitted to what the samples keep, which are floats where these suffice.
    if (i >= applied)
      for (FrameColumn& c : frame.columns)
        if (!Samples::needDoubles(c.numbers))
          for (double& x : c.numbers) x = static_cast<double>(static_cast<float>(x));
    Result<std::unique_ptr<FittedStep>> step = fitStep(*spec, frame, recipe.steps[i].params);
    if (!step) return step.error();
    if (i < applied)
      if (Status s = applyStep(*spec, **step, frame); !s) return s;
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
    for (std::size_t r = 0; r < f.size() && !c.oneHot; ++r)
      if (!(std::abs(c.numbers[r]) <= std::numeric_limits<float>::max()))
        return Error{{}, f.place(r, c), std::isnan(c.numbers[r]) ? "a missing value" : "a number beyond 3.4e38", "a number: add the step 'Missing values', or ignore the column", {}};
  }
  return {};
}

/// A row a sample.
void takeRows(Dataset& d, Groundwork& s, const std::vector<std::int32_t>& from) {
  std::vector<SampleColumn> columns;
  for (FrameColumn& c : s.frame.columns) columns.push_back({static_cast<std::int64_t>(c.width()), std::move(c.numbers), c.oneHot ? std::move(c.codes) : std::vector<std::int32_t>()});
  d.inputs = Samples::fromColumns(static_cast<std::int64_t>(s.frame.size()), std::move(columns));
  for (const std::int32_t r : from) s.take(static_cast<std::size_t>(r), d);
  d.tableRows = s.frame.rows;
  takeParts(d, s.frame.parts);
}

/// Networks compute with 32-bit floats: what is scaled keeps its differences, what is not is rounded where it is large.
void noteRounding(Dataset& d) {
  for (std::int64_t i = 0; i < d.inputs.size(); ++i) {
    const std::size_t f = static_cast<std::size_t>(i);
    if (!d.inputs.isWide(i) || (!d.inputScaling.empty() && d.inputScaling.deviation[f] != 1)) continue;
    for (std::int64_t r = 0; r < d.count(); ++r) {
      const double v = d.inputs.raw(r, i) - (d.inputScaling.empty() ? 0 : d.inputScaling.mean[f]), seen = static_cast<double>(static_cast<float>(v));
      if (seen == v) continue;
      d.notes.push_back("'" + d.featureNames[f] + "' is not scaled, and as 32-bit floats, with which networks compute, its numbers are rounded (" + numberText(v) + " to " + numberText(seen) +
                        "): add the step 'Scale'.");
      break;
    }
  }
}

}  // namespace

namespace {

/// A target alone, or with dates: numbers are a series that tells its own next one; classes are told from the dates.
void planWithoutFeatures(const Table& table, Recipe& r) {
  if (r.columns.empty() || std::any_of(r.columns.begin(), r.columns.end(), [](const ColumnPlan& c) { return c.role == Role::Feature; })) return;
  const bool series = table.columns.back().kind == ColumnKind::Number;
  for (std::size_t c = 0; c + 1 < r.columns.size(); ++c) {
    if (table.columns[c].kind != ColumnKind::Date) continue;
    r.columns[c].role = series ? Role::Time : Role::Feature;
    if (series) break;
  }
  if (!series) return;
  r.task = Task::Regression;
  r.series.mode = "windows";
  r.series.length = std::clamp<std::int64_t>(table.rows() / 10, 1, r.series.length);
  r.split.mode = "time";
}

}  // namespace

Recipe defaultRecipe(const Table& table, const CsvFormat& format) {
  Recipe r;
  r.format = format;
  for (const Column& c : table.columns) r.columns.push_back({c.name, std::nullopt, c.kind == ColumnKind::Text || c.kind == ColumnKind::Date ? Role::Ignore : Role::Feature, false, std::nullopt});
  for (std::size_t c = 0; c + 1 < r.columns.size(); ++c)
    if (namesRows(table, c)) r.columns[c].role = Role::Ignore;
  if (!r.columns.empty()) r.columns.back().role = Role::Target;
  planWithoutFeatures(table, r);
  r.steps = defaultSteps(table, r.columns);
  return r;
}

std::vector<StepPlan> defaultSteps(const Table& table, const std::vector<ColumnPlan>& columns) {
  // A series of targets is prepared like features.
  const bool only = std::none_of(columns.begin(), columns.end(), [](const ColumnPlan& c) { return c.role == Role::Feature; });
  bool missing = false, categories = false;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (columns[c].role != Role::Feature && !(only && columns[c].role == Role::Target)) continue;
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
  Result<Groundwork> begun = layGround(*table, recipe);
  if (!begun) return begun.error();
  Groundwork& s = *begun;
  if (stop.stop_requested()) return problem("stopped");
  // Targets and groups keep their first numbering; steps may leave rows out.
  std::map<std::int32_t, std::int32_t> first;
  for (std::size_t r = 0; r < s.frame.rows.size(); ++r) first[s.frame.rows[r]] = static_cast<std::int32_t>(r);
  auto d = std::make_shared<Dataset>();
  if (Status done = runSteps(recipe, s.frame, d->steps, appliedSteps(recipe)); !done) return done.error();
  if (Status ready = checkReady(s.frame); !ready) return ready.error();
  if (recipe.series.mode == "windows")
    if (Status spread = s.frame.spread(); !spread) return spread.error();
  if (stop.stop_requested()) return problem("stopped");
  std::vector<std::int32_t> from;
  for (const std::int32_t r : s.frame.rows) from.push_back(first.at(r));
  if (from.size() < first.size()) s.notes.push_back(std::to_string(first.size() - from.size()) + " rows with missing values are left out.");
  if (std::count(s.frame.parts.begin(), s.frame.parts.end(), Part::Train) == 0) return Error{{}, "split", "no row for training", "at least one", {}};

  const std::int64_t columns = static_cast<std::int64_t>(s.frame.width());
  d->name = table->name;
  s.targets.describe(*d);
  for (const FrameColumn& c : s.frame.columns)
    for (std::size_t k = 0; k < c.width(); ++k) d->featureNames.push_back(c.nameOf(k)), d->featureOrigins.push_back(c.origin);
  d->spec.input = recipe.series.mode == "windows" ? Shape{recipe.series.length, columns} : recipe.series.mode == "rows" ? Shape{columns, 1} : Shape{columns};
  if (recipe.series.mode == "windows") {
    if (Status cut = takeWindows(*d, *table, s, from, recipe.series); !cut) return cut.error();
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
  for (std::string& note : classesWithoutRows(*d)) d->notes.push_back(std::move(note));
  noteRounding(*d);
  return DatasetPtr(d);
}

std::vector<Stage> stagesOf(const Table& table, const Recipe& recipe, std::stop_token stop) {
  constexpr std::size_t kMost = 64;
  std::vector<Stage> stages;
  Result<Groundwork> begun = layGround(table, recipe);
  if (!begun) return stages;
  Frame& f = begun->frame;
  const auto look = [&] {
    std::vector<std::int32_t> rows;
    for (std::size_t r = 0; r < f.size(); ++r)
      if (f.parts[r] == Part::Train) rows.push_back(static_cast<std::int32_t>(r));
    Stage stage;
    for (FrameColumn& c : f.columns) {
      Column column;
      column.kind = c.category ? ColumnKind::Category : ColumnKind::Number;
      column.names = c.names;
      for (std::size_t k = 0; k < c.width() && stage.columns.size() < kMost; ++k) {
        if (c.oneHot) {
          column.numbers.clear();
          for (const std::int32_t code : c.codes) column.numbers.push_back(code == static_cast<std::int32_t>(k));
          stage.columns.push_back({c.nameOf(k), summarise(column, rows)});
          continue;
        }
        column.codes.swap(c.codes);
        column.numbers.swap(c.numbers);
        stage.columns.push_back({c.name, summarise(column, rows)});
        c.codes.swap(column.codes);
        c.numbers.swap(column.numbers);
      }
    }
    stages.push_back(std::move(stage));
  };
  look();
  for (const StepPlan& plan : recipe.steps) {
    const StepSpec* spec = findStep(plan.type);
    if (!spec || stop.stop_requested()) return stages;
    const Result<std::unique_ptr<FittedStep>> step = fitStep(*spec, f, plan.params);
    if (!step || !applyStep(*spec, **step, f)) return stages;
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
  for (std::size_t i = 0; i < data.steps.size(); ++i)
    if (Status s = applyStep(*findStep(data.recipe.steps[i].type), *data.steps[i], f); !s) return s.error();
  if (Status ready = checkReady(f); !ready) return ready.error();
  if (Status spread = f.spread(); !spread) return spread.error();
  std::vector<Real> out;
  for (std::size_t r = 0; r < f.size(); ++r)
    for (const FrameColumn& c : f.columns) out.push_back(static_cast<Real>(c.numbers[r]));
  return out;
}

}  // namespace vitrine
