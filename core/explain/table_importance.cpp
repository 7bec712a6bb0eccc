#include "core/explain/table_importance.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/numbers.h"
#include "core/base/statistics.h"
#include "core/explain/pass.h"
#include "core/train/outputs.h"

namespace vitrine {
namespace {

constexpr double kMostNumbers = 2e8;  // of inputs held at once

/// The rows as the network sees them, and passes over changed copies of them.
class RowSet {
 public:
  static Result<RowSet> open(const SetArgs& args) {
    const std::int64_t n = args.network.data().input.size();
    if (args.data.spec.input != args.network.data().input || args.data.spec.outputs != args.network.outputs())
      return problem("The network was made for other data.");
    if (static_cast<std::int64_t>(args.params.size()) != args.network.parameterCount()) return problem("The parameters do not fit the network.");
    if (args.rows.empty()) return problem("There are no rows to explain.");
    if (static_cast<std::int64_t>(args.groups.of.size()) != n || args.groups.count < 1) return problem("The groups do not cover the input.");
    for (std::int32_t row : args.rows)
      if (row < 0 || row >= args.data.count()) return problem("There is no row " + numberText(row) + ".");
    if (static_cast<double>(args.rows.size()) * static_cast<double>(n) > kMostNumbers) return problem("So many rows do not fit in memory; choose fewer.");
    RowSet set(args);
    set.inputs_.resize(args.rows.size() * static_cast<std::size_t>(n));
    gatherInputs(args.data, args.rows, set.inputs_.data());
    if (!allFinite(set.inputs_)) return problem("The rows have values that are not finite numbers.");
    return set;
  }
  std::size_t size() const { return static_cast<std::size_t>(args_->network.data().input.size()); }
  std::int64_t rows() const { return static_cast<std::int64_t>(args_->rows.size()); }
  const Real* row(std::int64_t i) const { return inputs_.data() + static_cast<std::size_t>(i) * size(); }

  /// Outputs [count × outputs] of inputs that make(i, x) writes; empty when stopped.
  std::vector<Real> outputs(std::int64_t count, const Passes::Make& make, const std::function<void(double)>& progress) const {
    const Network& network = args_->network;
    const std::int64_t rows = std::min<std::int64_t>(32, rowsAtOnce(network, count)), width = network.outputs();
    std::vector<Real> out(static_cast<std::size_t>(count * width));
    Workspaces workspaces(network, rows, args_->pool, false, false);
    const auto run = [&](std::int64_t b, int thread) {
      Workspace& ws = workspaces.of(thread);
      const std::int64_t first = b * rows, here = std::min(rows, count - first);
      for (std::int64_t r = 0; r < here; ++r) make(first + r, ws.input() + static_cast<std::size_t>(r) * size());
      const Real* z = network.forward(args_->params, ws, here);
      std::copy_n(z, here * width, out.data() + first * width);
    };
    if (!forBlocks((count + rows - 1) / rows, args_->pool, args_->stop, progress, run)) out.clear();
    return out;
  }

 private:
  explicit RowSet(const SetArgs& args) : args_(&args) {}
  const SetArgs* args_;
  std::vector<Real> inputs_;
};

struct Score {
  double score = 0, loss = 0;
};

/// Accuracy (classes, labels) or the mean R² of the outputs whose targets vary (NaN: of none), and the mean loss.
Score scoreOf(const SetArgs& args, const std::vector<Real>& outputs) {
  const std::int64_t rows = static_cast<std::int64_t>(args.rows.size()), width = args.network.outputs();
  LossTargets room;
  const LossSum sum = dataLoss(lossRule(args.network.graph(), args.data), args.data, args.rows, outputs.data(), 1, room, nullptr);
  Score s;
  s.loss = sum.loss / sum.weight;
  if (args.data.spec.task != Task::Regression) {
    s.score = static_cast<double>(sum.correct) / static_cast<double>(rows);
    return s;
  }
  std::vector<Real> truth(outputs.size());
  gatherTargets(args.data, args.rows, truth.data());
  std::vector<double> defined;
  for (std::int64_t c = 0; c < width; ++c) {
    std::vector<double> t, y;
    for (std::int64_t i = c; i < rows * width; i += width) {
      t.push_back(static_cast<double>(truth[static_cast<std::size_t>(i)]));
      y.push_back(static_cast<double>(outputs[static_cast<std::size_t>(i)]));
    }
    if (const double r2 = determination(t, y); !std::isnan(r2)) defined.push_back(r2);
  }
  s.score = meanAndDeviation(defined).mean;
  return s;
}

void summarise(const std::vector<double>& values, std::vector<double>& means, std::vector<double>& deviations) {
  const MeanDeviation m = meanAndDeviation(values);
  means.push_back(m.mean);
  deviations.push_back(values.size() > 1 ? m.deviation : 0);
}

/// The elements of one group.
std::vector<std::size_t> elementsOf(const Groups& groups, std::int64_t group) {
  std::vector<std::size_t> own;
  for (std::size_t i = 0; i < groups.of.size(); ++i)
    if (groups.of[i] == group) own.push_back(i);
  return own;
}

/// A group's value in a row as the file has it.
class OwnValues {
 public:
  OwnValues(const SetArgs& args, std::int64_t group) : data_(args.data), elements_(elementsOf(args.groups, group)) {
    const std::size_t features = static_cast<std::size_t>(data_.spec.input.dims.back());
    const std::size_t feature = elements_.empty() ? 0 : elements_.front() % features;
    if (data_.table && feature < data_.featureOrigins.size() && data_.featureOrigins[feature] >= 0 && !data_.tableRows.empty() && elements_.size() <= features)
      column_ = &data_.table->columns[static_cast<std::size_t>(data_.featureOrigins[feature])];
  }
  const std::vector<std::size_t>& elements() const { return elements_; }
  bool isDate() const { return column_ && column_->kind == ColumnKind::Date; }
  bool isNumber() const { return column_ ? column_->kind == ColumnKind::Number || isDate() : elements_.size() == 1; }
  /// Whether the file has a value there; else the network sees one that was filled in.
  bool isKnown(std::int32_t row) const { return !column_ || !column_->isMissing(tableRow(row)); }
  double value(std::int32_t row) const {
    if (column_) return column_->value(tableRow(row));
    return elements_.size() == 1 ? data_.inputs.raw(row, static_cast<std::int64_t>(elements_[0])) : kNan;
  }
  std::string text(std::int32_t row) const {
    if (column_) return column_->text(tableRow(row));
    std::string all;
    for (std::size_t e : elements_) all += (all.empty() ? "" : ", ") + numberText(static_cast<float>(data_.inputs.raw(row, static_cast<std::int64_t>(e))));
    return all;
  }
  /// Categories stand in their own order, all else as it reads.
  double order(std::int32_t row) const { return column_ && column_->kind == ColumnKind::Category ? value(row) : 0; }
  /// What an element of a one-hot group stands for; empty: it is none.
  std::string categoryOf(std::size_t element) const {
    const std::string head = column_ ? column_->name + "=" : "";
    return column_ && element < data_.featureNames.size() && data_.featureNames[element].starts_with(head) ? data_.featureNames[element].substr(head.size()) : "";
  }

 private:
  std::int64_t tableRow(std::int32_t row) const { return data_.tableRows[static_cast<std::size_t>(row)]; }
  const Dataset& data_;
  std::vector<std::size_t> elements_;
  const Column* column_ = nullptr;
};

/// What the elements of the feature are set to at each point of the grid, and how that reads.
struct Grid {
  std::vector<std::vector<Real>> settings;
  std::vector<double> values;
  std::vector<std::string> labels;
  std::vector<double> at;
};

/// A row that has a value of the feature, and what the network sees of it.
struct Seen {
  std::int32_t row;
  std::vector<Real> x;
};

/// Points of an axis come from rows with a value, never from what was filled in. Where the rows asked for have fewer than two different ones,
/// the training rows' are taken too.
std::vector<Seen> seenValues(const SetArgs& args, const RowSet& set, const OwnValues& own) {
  constexpr std::size_t kMostMore = 1000;
  std::vector<Seen> seen;
  const auto take = [&](std::int32_t row, const Real* x) {
    Seen s{row, {}};
    for (std::size_t e : own.elements()) s.x.push_back(x[e]);
    seen.push_back(std::move(s));
  };
  bool differ = false;
  for (std::int64_t r = 0; r < set.rows(); ++r) {
    const std::int32_t row = args.rows[static_cast<std::size_t>(r)];
    if (!own.isKnown(row)) continue;
    take(row, set.row(r));
    differ = differ || seen.back().x != seen.front().x;
  }
  if (differ || static_cast<std::int64_t>(seen.size()) == set.rows()) return seen;
  std::vector<std::int32_t> more;
  for (const std::int32_t row : args.data.train)
    if (own.isKnown(row)) more.push_back(row);
  std::vector<Real> x(set.size());
  const std::size_t all = more.size(), most = std::min(all, kMostMore);
  for (std::size_t i = 0; i < most; ++i) {
    const std::int32_t row = more[i * all / most];
    gatherInputs(args.data, {&row, 1}, x.data());
    take(row, x.data());
  }
  return seen;
}

/// Quantiles that are values of rows, so that the network's and the file's number of each are both known.
Grid numberGrid(const SetArgs& args, const OwnValues& own, std::vector<Seen> seen, int points) {
  std::stable_sort(seen.begin(), seen.end(), [&](const Seen& a, const Seen& b) { return own.value(a.row) < own.value(b.row); });
  Grid g;
  for (int p = 0; p < points; ++p) {
    const Seen& s = seen[(seen.size() - 1) * static_cast<std::size_t>(p) / static_cast<std::size_t>(points - 1)];
    if (!g.settings.empty() && g.settings.back() == s.x) continue;
    g.settings.push_back(s.x);
    g.values.push_back(own.value(s.row));
  }
  for (std::int32_t row : args.rows) g.at.push_back(own.value(row));
  return g;
}

/// What a category's elements are called where several texts of the file share them: "other" of a grouping, or categories that no training row has.
std::string sharedName(const OwnValues& own, const std::vector<Real>& x, const std::vector<std::pair<Real, Real>>& spans, const std::string& text) {
  std::string on;
  int count = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const std::string name = own.categoryOf(own.elements()[i]);
    if (name.empty() || spans[i].first == spans[i].second || x[i] != spans[i].second) continue;
    on = name;
    ++count;
  }
  return count == 1 ? on : text + " and others";
}

Result<Grid> categoryGrid(const SetArgs& args, const RowSet& set, const OwnValues& own, const std::vector<Seen>& seen) {
  constexpr std::size_t kMost = 256;
  struct Known {
    double order;
    std::string text;
    bool shared = false;
  };
  std::map<std::vector<Real>, Known> known;
  std::vector<std::pair<Real, Real>> spans;
  for (const Seen& s : seen) {
    const std::string text = own.text(s.row);
    const auto [at, fresh] = known.emplace(s.x, Known{own.order(s.row), text});
    if (!fresh && at->second.text != text) at->second.shared = true;
    if (known.size() > kMost) return problem("The feature has more than " + numberText(kMost) + " different values and is not one number; there is no axis for it.");
    spans.resize(s.x.size(), {s.x[0], s.x[0]});
    for (std::size_t i = 0; i < s.x.size(); ++i) spans[i] = &s == &seen.front() ? std::pair(s.x[i], s.x[i]) : std::pair(std::min(spans[i].first, s.x[i]), std::max(spans[i].second, s.x[i]));
  }
  std::vector<std::pair<std::pair<double, std::string>, std::vector<Real>>> sorted;
  for (const auto& [x, k] : known) sorted.emplace_back(std::pair(k.order, k.shared ? sharedName(own, x, spans, k.text) : k.text), x);
  std::sort(sorted.begin(), sorted.end());
  Grid g;
  std::map<std::vector<Real>, double> places;
  for (auto& [named, x] : sorted) {
    places[x] = static_cast<double>(g.values.size());
    g.values.push_back(places[x]);
    g.labels.push_back(named.second);
    g.settings.push_back(x);
  }
  for (std::int64_t r = 0; r < set.rows(); ++r) {
    std::vector<Real> x;
    for (std::size_t e : own.elements()) x.push_back(set.row(r)[e]);
    const bool has = own.isKnown(args.rows[static_cast<std::size_t>(r)]) && places.count(x) > 0;
    g.at.push_back(has ? places[x] : kNan);
  }
  return g;
}

}  // namespace

Result<PermutationImportance> permutationImportance(const SetArgs& args, int repeats, std::uint64_t seed) {
  if (repeats < 1 || repeats > 10000) return problem("Choose 1 to 10000 repeats, not " + numberText(repeats) + ".");
  const Result<RowSet> set = RowSet::open(args);
  if (!set) return set.error();
  const std::size_t n = set->size();
  const double parts = static_cast<double>(args.groups.count) * repeats + 1;
  double done = 0;
  const auto progress = [&](double share) { if (args.progress) args.progress(std::min(1.0, (done + share) / parts)); };
  const std::vector<Real> plain = set->outputs(set->rows(), [&](std::int64_t i, Real* x) { std::copy_n(set->row(i), n, x); }, progress);
  if (plain.empty()) return explainStopped();
  if (!allFinite(plain)) return problem("The network's outputs for these rows are not finite numbers.");
  const Score intact = scoreOf(args, plain);
  PermutationImportance result{.score = args.data.spec.task == Task::Regression ? "R²" : "accuracy", .intact = intact.score, .loss = intact.loss,
                               .drops = {}, .losses = {}, .mean = {}, .deviation = {}, .lossMean = {}, .lossDeviation = {}};
  if (!std::isfinite(intact.score)) return problem(args.network.outputs() == 1 ? "The target is the same in all these rows: R² is not defined." : "Each target is the same in all these rows: R² is not defined.");
  for (std::int64_t g = 0; g < args.groups.count; ++g) {
    std::vector<double> drops, losses;
    for (int k = 0; k < repeats; ++k) {
      ++done;
      std::vector<std::int64_t> from(args.rows.size());
      std::iota(from.begin(), from.end(), std::int64_t{0});
      explainRng(seed, DrawnFor::Permutation, static_cast<std::uint64_t>(g) << 32 | static_cast<std::uint64_t>(k)).shuffle(std::span(from));
      const std::vector<Real> shuffled = set->outputs(set->rows(), [&](std::int64_t i, Real* x) {
        const Real *own = set->row(i), *other = set->row(from[static_cast<std::size_t>(i)]);
        for (std::size_t j = 0; j < n; ++j) x[j] = args.groups.of[j] == g ? other[j] : own[j];
      }, progress);
      if (shuffled.empty()) return explainStopped();
      if (!allFinite(shuffled)) return problem("The network's outputs for shuffled rows are not finite numbers.");
      const Score s = scoreOf(args, shuffled);
      drops.push_back(intact.score - s.score);
      losses.push_back(s.loss - intact.loss);
    }
    summarise(drops, result.mean, result.deviation);
    summarise(losses, result.lossMean, result.lossDeviation);
    result.drops.push_back(std::move(drops));
    result.losses.push_back(std::move(losses));
  }
  if (args.progress) args.progress(1);
  return result;
}

Result<PartialDependence> partialDependence(const SetArgs& args, std::int64_t group, const Target& target, int points) {
  const std::int64_t width = args.network.outputs();
  if (points < 2 || points > 1000) return problem("Choose 2 to 1000 points, not " + numberText(points) + ".");
  if (group < 0 || group >= args.groups.count) return problem("There is no feature " + numberText(group) + ".");
  const bool difference = target.kind == Target::Kind::Difference;
  for (const std::int64_t output : {target.output, difference ? target.other : target.output})
    if ((target.kind != Target::Kind::Output && !difference) || output < 0 || output >= width)
      return problem("Partial dependence needs an output, 0 to " + numberText(width - 1) + ", or two of them; it does not follow a loss or a unit.");
  if (target.probability)
    if (Status s = classesHaveProbabilities(args.network); !s) return s.error();
  const Result<RowSet> set = RowSet::open(args);
  if (!set) return set.error();
  const OwnValues own(args, group);
  std::vector<Seen> seen = seenValues(args, *set, own);
  const std::string feature = static_cast<std::size_t>(group) < args.groups.names.size() ? args.groups.names[static_cast<std::size_t>(group)] : "";
  if (seen.empty()) return problem("'" + feature + "' has no value in any of these rows, nor in training: there is no axis for it.");
  Result<Grid> grid = own.isNumber() ? Result<Grid>(numberGrid(args, own, std::move(seen), points)) : categoryGrid(args, *set, own, seen);
  if (!grid) return grid.error();
  const std::int64_t count = static_cast<std::int64_t>(grid->settings.size());
  const std::vector<Real> z = set->outputs(set->rows() * count, [&](std::int64_t i, Real* x) {
    std::copy_n(set->row(i / count), set->size(), x);
    for (std::size_t e = 0; e < own.elements().size(); ++e) x[own.elements()[e]] = grid->settings[static_cast<std::size_t>(i % count)][e];
  }, args.progress);
  if (z.empty()) return explainStopped();
  if (!allFinite(z)) return problem("The network's outputs for these rows are not finite numbers.");
  PartialDependence result;
  result.feature = feature;
  result.dates = own.isDate();
  result.mean.assign(static_cast<std::size_t>(count), 0.0);
  const auto value = [&](const Real* logits, std::int64_t output) {
    const double f = targetValue(logits, width, output, target.probability);
    return args.data.spec.task == Task::Regression ? targetInUnits(args.data, output, f) : f;
  };
  for (std::int64_t r = 0; r < set->rows(); ++r) {
    std::vector<double> curve;
    for (std::int64_t p = 0; p < count; ++p) {
      const Real* logits = z.data() + (r * count + p) * width;
      curve.push_back(value(logits, target.output) - (difference ? value(logits, target.other) : 0));
      result.mean[static_cast<std::size_t>(p)] += curve.back() / static_cast<double>(set->rows());
    }
    result.curves.push_back(std::move(curve));
  }
  result.grid = std::move(grid->values);
  result.labels = std::move(grid->labels);
  result.at = std::move(grid->at);
  if (args.progress) args.progress(1);
  return result;
}

Result<ShapSummary> shapSummary(const SetArgs& args, const Target& target, std::span<const Real> background, int permutations, std::uint64_t seed) {
  const Result<RowSet> set = RowSet::open(args);
  if (!set) return set.error();
  const bool difference = target.kind == Target::Kind::Difference;
  if ((target.kind == Target::Kind::Output && target.output < 0) || (difference && (target.output < 0 || target.other < 0)))
    return problem(std::string("A summary over rows needs ") + (difference ? "the same two outputs for all of them; choose both." : "one output for all of them; choose it."));
  if (target.kind == Target::Kind::Loss) return problem("A summary over rows cannot explain the loss: each row has a truth of its own.");
  const ExplainerSpec& shapley = *findExplainer("shapley");
  const Params settings{{"permutations", static_cast<std::int64_t>(permutations)}, {"seed", static_cast<std::int64_t>(seed % 1000000000)}};
  std::vector<OwnValues> own;
  for (std::int64_t g = 0; g < args.groups.count; ++g) own.emplace_back(args, g);
  ShapSummary s;
  s.rows.assign(args.rows.begin(), args.rows.end());
  s.meanAbsolute.assign(static_cast<std::size_t>(args.groups.count), 0.0);
  const double rows = static_cast<double>(set->rows());
  for (std::int64_t r = 0; r < set->rows(); ++r) {
    const auto progress = [&](double share) { if (args.progress) args.progress((static_cast<double>(r) + share) / rows); };
    const Result<Attribution> a = shapley.explain({.network = args.network, .params = args.params, .input = {set->row(r), set->size()}, .target = target,
                                                   .settings = settings, .stop = args.stop, .progress = progress, .pool = args.pool,
                                                   .samples = background, .groups = args.groups.of});
    if (!a) return a.error();
    s.base = *a->baselineValue;
    s.outputs.push_back(a->outputValue);
    for (std::size_t g = 0; g < s.meanAbsolute.size(); ++g) s.meanAbsolute[g] += std::abs(a->groupValues[g]) / rows;
    s.values.push_back(a->groupValues);
    std::vector<double> features;
    std::vector<std::string> texts;
    for (const OwnValues& o : own) features.push_back(o.value(args.rows[static_cast<std::size_t>(r)])), texts.push_back(o.text(args.rows[static_cast<std::size_t>(r)]));
    s.features.push_back(std::move(features));
    s.texts.push_back(std::move(texts));
  }
  s.order.resize(s.meanAbsolute.size());
  std::iota(s.order.begin(), s.order.end(), std::int64_t{0});
  std::stable_sort(s.order.begin(), s.order.end(), [&](std::int64_t a, std::int64_t b) { return s.meanAbsolute[static_cast<std::size_t>(a)] > s.meanAbsolute[static_cast<std::size_t>(b)]; });
  if (args.progress) args.progress(1);
  return s;
}

}  // namespace vitrine
