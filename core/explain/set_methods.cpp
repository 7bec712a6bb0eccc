// What columns mean over a set of rows (table_importance.h), behind the interface of all methods.
#include <algorithm>
#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"
#include "core/explain/table_importance.h"

namespace vitrine {
namespace {

Param mostRows(std::int64_t usual) {
  return {.id = "rows", .label = "Rows", .help = "Most rows that are used, spread evenly over those there are; more are surer and slower.", .fallback = usual, .low = 2,
          .high = 1e7, .sliderLow = 50, .sliderHigh = 5000};
}
Param drawSeed() { return {.id = "seed", .label = "Seed", .help = "Another one draws other orders.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9}; }

std::vector<Param> withGroups(std::vector<Param> params) {
  for (Param& p : groupParams()) params.push_back(std::move(p));
  return params;
}

std::vector<Param> importanceParams() {
  return withGroups({{.id = "repeats", .label = "Shuffles", .help = "How often each feature is shuffled; the spread is over these. 5 to 30 is usual.", .fallback = std::int64_t{10},
                      .low = 1, .high = 10000, .sliderLow = 2, .sliderHigh = 50},
                     mostRows(1000), drawSeed()});
}
std::vector<Param> summaryParams() {
  return withGroups({mostRows(150),
                     {.id = "permutations", .label = "Orders", .help = "Orders in which features are added, where there are more than 12 of them (else all sets are counted); 100 to 1000 is usual.",
                      .fallback = std::int64_t{200}, .low = 2, .high = 1e6, .sliderLow = 20, .sliderHigh = 2000},
                     {.id = "background", .label = "Background", .help = "Most background samples that are averaged over, where no single baseline is chosen; 20 to 100 is usual.",
                      .fallback = std::int64_t{40}, .low = 1, .high = 1e5, .sliderLow = 5, .sliderHigh = 200},
                     drawSeed()});
}
std::vector<Param> dependenceParams() {
  return {{.id = "feature", .label = "Feature", .help = "Which feature is moved, counted from 0.", .fallback = std::int64_t{0}, .low = 0, .high = 1e9},
          {.id = "points", .label = "Points", .help = "Values of the feature that are tried, at quantiles of the rows; a category has all of its own. 20 to 50 is usual.",
           .fallback = std::int64_t{30}, .low = 2, .high = 1000, .sliderLow = 5, .sliderHigh = 100},
          mostRows(120)};
}

/// Rows, features and target of one question, checked.
struct Asked {
  Goal goal;
  Groups groups;
  std::vector<std::int32_t> rows;
  SetArgs set(const ExplainArgs& args) const { return {args.network, args.params, *args.data, rows, groups, args.stop, args.progress, args.pool}; }
};

Result<Asked> ask(const ExplainArgs& args, std::span<const Param> described) {
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  if (!args.data || args.rows.empty()) return problem("This method is about many rows of the data, and was given none.");
  if (args.stop.stop_requested()) return explainStopped();
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  Asked a{start->goal, {}, {}};
  const Groups columns = columnGroups(*args.data);
  const bool hasGroups = std::any_of(described.begin(), described.end(), [](const Param& p) { return p.id == "groups"; });
  const bool free = hasGroups && (args.network.data().input.isImage() || param<std::string>(args.settings, described, "groups") != "auto");
  if (args.groups.empty() && !free) {
    a.groups = columns;
  } else {
    const std::vector<Param> usual = groupParams();
    Result<Groups> chosen = chooseGroups(args.network.data().input, args.input, args.groups, hasGroups ? args.settings : Params{}, hasGroups ? described : std::span<const Param>(usual));
    if (!chosen) return chosen.error();
    a.groups = std::move(*chosen);
    if (a.groups.of == columns.of) a.groups.names = columns.names;
  }
  const std::size_t all = args.rows.size(), most = std::min(all, static_cast<std::size_t>(param<std::int64_t>(args.settings, described, "rows")));
  for (std::size_t i = 0; i < most; ++i) a.rows.push_back(args.rows[i * all / most]);
  return a;
}

/// One number a group, repeated for each of its elements.
void spread(const Groups& groups, const std::vector<double>& values, Attribution& a) {
  a.groups = groups.of;
  a.groupValues = values;
  for (const std::int32_t g : groups.of) a.values.push_back(static_cast<Real>(values[static_cast<std::size_t>(g)]));
}

Result<Attribution> explainImportance(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = importanceParams();
  const Result<Asked> asked = ask(args, described);
  if (!asked) return asked.error();
  if (args.target.kind != Target::Kind::Output)
    return problem("Permutation importance is about the score and the loss of all outputs together: choose a class or the predicted one, not a difference or a unit.");
  Result<PermutationImportance> p = permutationImportance(asked->set(args), static_cast<int>(param<std::int64_t>(args.settings, described, "repeats")),
                                                          static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")));
  if (!p) return p.error();
  Attribution a = attributionOf("permutation-importance", args, asked->goal, p->intact);
  spread(asked->groups, p->mean, a);
  for (const double d : p->deviation) a.standardError.push_back(d / std::sqrt(static_cast<double>(p->drops.front().size())));
  a.importance = std::make_shared<const PermutationImportance>(std::move(*p));
  a.seconds = watch.seconds();
  return a;
}

Result<Attribution> explainSummary(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = summaryParams();
  const Result<Asked> asked = ask(args, described);
  if (!asked) return asked.error();
  const std::size_t most = static_cast<std::size_t>(param<std::int64_t>(args.settings, described, "background")) * args.input.size();
  const std::span<const Real> background = args.samples.empty() ? args.baseline : args.samples.first(std::min(args.samples.size(), most));
  Result<ShapSummary> s = shapSummary(asked->set(args), asked->goal.target, background, static_cast<int>(param<std::int64_t>(args.settings, described, "permutations")),
                                      static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed")));
  if (!s) return s.error();
  Attribution a = attributionOf("shap-summary", args, asked->goal, 0);
  for (const double f : s->outputs) a.outputValue += f / static_cast<double>(s->outputs.size());
  a.baselineValue = s->base;
  a.isSigned = false;
  spread(asked->groups, s->meanAbsolute, a);
  a.summary = std::make_shared<const ShapSummary>(std::move(*s));
  a.seconds = watch.seconds();
  return a;
}

Result<Attribution> explainDependence(const ExplainArgs& args) {
  const Stopwatch watch;
  const std::vector<Param> described = dependenceParams();
  const Result<Asked> asked = ask(args, described);
  if (!asked) return asked.error();
  Result<PartialDependence> p = partialDependence(asked->set(args), param<std::int64_t>(args.settings, described, "feature"), asked->goal.target,
                                                  static_cast<int>(param<std::int64_t>(args.settings, described, "points")));
  if (!p) return p.error();
  double mean = 0;
  for (const double f : p->mean) mean += f / static_cast<double>(p->mean.size());
  Attribution a = attributionOf("partial-dependence", args, asked->goal, mean);
  a.shape = Shape{{static_cast<std::int64_t>(p->mean.size())}};
  a.values.assign(p->mean.begin(), p->mean.end());
  a.ofUnits = true;
  a.dependence = std::make_shared<const PartialDependence>(std::move(*p));
  a.seconds = watch.seconds();
  return a;
}

}  // namespace

ExplainerSpec permutationImportanceSpec() {
  return {.id = "permutation-importance",
          .name = "Permutation importance",
          .help = "How much worse the network gets over many rows when one feature's values are shuffled among them.",
          .formula = "score(rows) − score(rows, feature shuffled)",
          .source = "Breiman 2001; Fisher, Rudin, Dominici 2019",
          .params = importanceParams(),
          .supports = fitsAll,
          .explain = explainImportance,
          .family = ExplainerSpec::Family::Set,
          .usesGroups = true};
}
ExplainerSpec shapSummarySpec() {
  return {.id = "shap-summary",
          .name = "Shapley values of many rows",
          .help = "The Shapley values of many rows, and their mean size: which features move the output, which way, and how often.",
          .formula = "mean over rows of |φ|",
          .source = "Lundberg, Lee 2017",
          .params = summaryParams(),
          .supports = fitsAll,
          .explain = explainSummary,
          .family = ExplainerSpec::Family::Set,
          .usesBaseline = true,
          .usesSamples = true,
          .usesGroups = true};
}
ExplainerSpec partialDependenceSpec() {
  return {.id = "partial-dependence",
          .name = "Partial dependence",
          .help = "The mean output as a function of one feature, the others as they are in the rows, and the curve of each row (ICE).",
          .formula = "mean over rows of f(x with the feature set to v)",
          .source = "Friedman 2001; Goldstein et al. 2015",
          .params = dependenceParams(),
          .supports = fitsAll,
          .explain = explainDependence,
          .family = ExplainerSpec::Family::Set,
          .usesGroups = true};
}

}  // namespace vitrine
