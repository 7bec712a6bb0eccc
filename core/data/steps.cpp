#include "core/data/steps.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>

#include "core/data/cells.h"

namespace vitrine {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

Param columnParam() {
  return {.id = "column", .label = "Column", .help = "The column it works on; empty: all that it can work on.", .fallback = std::string()};
}

/// The columns a step works on: the named one, or all for which `fits`.
Result<std::vector<std::size_t>> chosen(const Frame& f, const Params& p, std::span<const Param> d, bool numbers, bool categories) {
  const std::string name = param<std::string>(p, d, "column");
  std::vector<std::size_t> out;
  for (std::size_t c = 0; c < f.columns.size(); ++c) {
    const FrameColumn& column = f.columns[c];
    const bool fits = column.category ? categories : numbers;
    if (name.empty() ? fits : column.name == name) {
      if (!fits) return Error{{}, "column '" + name + "'", column.category ? "categories" : "numbers", column.category ? "numbers" : "categories", {}};
      out.push_back(c);
    }
  }
  if (!name.empty() && out.empty()) return Error{{}, "step", "no column '" + name + "'", "one of the columns at this point of the list", {}};
  return out;
}

/// A column's training values that are there, ascending.
std::vector<float> trainingValues(const Frame& f, const FrameColumn& column) {
  std::vector<float> values;
  for (std::size_t r = 0; r < f.size(); ++r)
    if (f.parts[r] == Part::Train && !std::isnan(column.numbers[r])) values.push_back(column.numbers[r]);
  std::sort(values.begin(), values.end());
  return values;
}

/// How often each category stands in the training rows.
std::vector<std::int64_t> trainingCounts(const Frame& f, const FrameColumn& column) {
  std::vector<std::int64_t> counts(column.names.size());
  for (std::size_t r = 0; r < f.size(); ++r)
    if (f.parts[r] == Part::Train && column.codes[r] >= 0) ++counts[static_cast<std::size_t>(column.codes[r])];
  return counts;
}

Error nothingToFit(const FrameColumn& column) {
  return {{}, "column '" + column.name + "'", "no value in the training rows", "at least one; or ignore the column", {}};
}

// Missing values

class Impute : public FittedStep {
 public:
  struct Fill {
    std::size_t column;
    double value;        ///< the number, or the category's index
    bool indicator;
    std::string newName; ///< a category to be added; empty: none
  };
  bool drop = false;
  std::vector<Fill> fills;
  std::vector<std::string> names;  ///< what was learned, and the number that goes with it
  std::vector<double> shown;

  Status apply(Frame& f) const override {
    if (drop) {
      std::vector<bool> keep(f.size(), true);
      for (const Fill& fill : fills) {
        const FrameColumn& c = f.columns[fill.column];
        for (std::size_t r = 0; r < f.size(); ++r) keep[r] = keep[r] && !(c.category ? c.codes[r] < 0 : std::isnan(c.numbers[r]));
      }
      f.filter(keep);
      return f.rows.empty() ? Status(problem("Every row has a missing value, so none is left.")) : Status();
    }
    std::vector<FrameColumn> added;
    for (const Fill& fill : fills) {
      FrameColumn& c = f.columns[fill.column];
      FrameColumn flag;
      if (fill.indicator) flag = {c.name + " missing", c.origin, false, std::vector<float>(f.size(), 0.0f), {}, {}};
      if (!fill.newName.empty()) c.names.push_back(fill.newName);
      for (std::size_t r = 0; r < f.size(); ++r) {
        if (!(c.category ? c.codes[r] < 0 : std::isnan(c.numbers[r]))) continue;
        if (c.category)
          c.codes[r] = static_cast<std::int32_t>(fill.value);
        else
          c.numbers[r] = static_cast<float>(fill.value);
        if (fill.indicator) flag.numbers[r] = 1;
      }
      if (fill.indicator) added.push_back(std::move(flag));
    }
    for (FrameColumn& c : added) f.columns.push_back(std::move(c));
    return {};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (std::size_t i = 0; i < fills.size() && !drop; ++i) out.push_back({names[i], shown[i]});
    return out;
  }
};

StepSpec missingSpec() {
  StepSpec s;
  s.id = "missing";
  s.name = "Missing values";
  s.help = "Fills cells that are empty, or leaves their rows out. What it fills in comes from the training rows alone.";
  s.formula = "x = mean, median or most frequent of the training rows";
  s.params = {{.id = "strategy", .label = "Fill with", .help = "Median is safe against outliers. Categories take the most frequent for mean and median too.",
               .fallback = std::string("median"),
               .choices = {{"median", "median"}, {"mean", "mean"}, {"most_frequent", "most frequent"}, {"constant", "a number"}, {"drop", "leave rows out"}}},
              {.id = "value", .label = "Number", .help = "What is put in; categories get one of their own, 'missing'.", .fallback = 0.0, .low = -1e30, .high = 1e30,
               .onlyIf = "strategy", .onlyIfValue = "constant"},
              {.id = "indicator", .label = "Add indicator", .help = "A further column for each that tells 1 where the value was missing.", .fallback = false},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, true, true);
    if (!columns) return columns.error();
    const std::string strategy = param<std::string>(p, d, "strategy");
    auto step = std::make_unique<Impute>();
    step->drop = strategy == "drop";
    for (const std::size_t i : *columns) {
      const FrameColumn& c = f.columns[i];
      bool missingInTraining = false;
      for (std::size_t r = 0; r < f.size(); ++r)
        missingInTraining = missingInTraining || (f.parts[r] == Part::Train && (c.category ? c.codes[r] < 0 : std::isnan(c.numbers[r])));
      Impute::Fill fill{i, param<double>(p, d, "value"), param<bool>(p, d, "indicator") && missingInTraining, {}};
      if (c.category && !step->drop) {
        const std::vector<std::int64_t> counts = trainingCounts(f, c);
        if (strategy == "constant") {
          fill.value = static_cast<double>(c.names.size());
          fill.newName = "missing";
        } else if (counts.empty() || *std::max_element(counts.begin(), counts.end()) == 0) {
          return nothingToFit(c);
        } else {
          fill.value = static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin());
        }
      } else if (!step->drop && strategy != "constant") {
        const std::vector<float> values = trainingValues(f, c);
        if (values.empty()) return nothingToFit(c);
        if (strategy == "mean") {
          fill.value = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        } else if (strategy == "median") {
          fill.value = quantile(values, 0.5);
        } else {
          // Of equally frequent ones the smallest.
          std::size_t best = 0;
          for (std::size_t a = 0; a < values.size();) {
            std::size_t b = a;
            while (b < values.size() && values[b] == values[a]) ++b;
            if (b - a > best) best = b - a, fill.value = static_cast<double>(values[a]);
            a = b;
          }
        }
      }
      step->fills.push_back(fill);
      if (c.category && fill.newName.empty() && !step->drop) {
        const std::size_t k = static_cast<std::size_t>(fill.value);
        step->names.push_back(c.name + ": filled with '" + c.names[k] + "', which has as many rows as");
        step->shown.push_back(static_cast<double>(trainingCounts(f, c)[k]));
      } else {
        step->names.push_back(c.name + ": filled with");
        step->shown.push_back(fill.value);
      }
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

// Numbers to numbers, column by column

class Scale : public FittedStep {
 public:
  Standardisation scaling;  ///< of every column; 0 and 1 where it does nothing
  std::vector<std::string> names;
  std::vector<bool> touched;
  Status apply(Frame& f) const override {
    for (std::size_t c = 0; c < names.size(); ++c)
      if (touched[c])
        for (float& x : f.columns[c].numbers) x = static_cast<float>((static_cast<double>(x) - scaling.mean[c]) / scaling.deviation[c]);
    return {};
  }
  std::optional<Standardisation> affine() const override { return scaling; }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (std::size_t c = 0; c < names.size(); ++c)
      if (touched[c]) out.push_back({names[c] + ": moved by", -scaling.mean[c]}), out.push_back({names[c] + ": divided by", scaling.deviation[c]});
    return out;
  }
};

/// (mean, deviation) of one column's sorted training values.
std::pair<double, double> centreAndScale(const std::vector<float>& v, const std::string& method) {
  const double low = static_cast<double>(v.front()), high = static_cast<double>(v.back()), n = static_cast<double>(v.size());
  if (low == high) return {method == "minmax" ? low : method == "minmax_signed" ? low + 1 : low, 1};
  if (method == "minmax") return {low, high - low};
  if (method == "minmax_signed") return {(low + high) / 2, (high - low) / 2};
  if (method == "robust") {
    const double range = quantile(v, 0.75) - quantile(v, 0.25);
    return {quantile(v, 0.5), range > 0 ? range : 1};
  }
  double sum = 0, squares = 0;
  for (const float x : v) sum += static_cast<double>(x);
  const double mean = sum / n;
  for (const float x : v) squares += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
  return {mean, std::sqrt(squares / n)};
}

StepSpec scaleSpec() {
  StepSpec s;
  s.id = "scale";
  s.name = "Scale";
  s.help = "Brings columns to a like size, which training needs: otherwise the largest numbers rule.";
  s.formula = "x = (x − centre) / size, both from the training rows";
  s.params = {{.id = "method", .label = "To", .help = "Standardise: mean 0, deviation 1. Robust: median 0, middle half 1, for data with outliers.",
               .fallback = std::string("standardise"),
               .choices = {{"standardise", "mean 0, deviation 1"}, {"minmax", "0 to 1"}, {"minmax_signed", "-1 to 1"}, {"robust", "median 0, quartiles 1 apart"}}},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, true, false);
    if (!columns) return columns.error();
    auto step = std::make_unique<Scale>();
    const std::size_t all = f.columns.size();
    step->scaling.mean.assign(all, 0);
    step->scaling.deviation.assign(all, 1);
    step->touched.assign(all, false);
    for (const FrameColumn& c : f.columns) step->names.push_back(c.name);
    for (const std::size_t i : *columns) {
      const std::vector<float> values = trainingValues(f, f.columns[i]);
      if (values.empty()) return nothingToFit(f.columns[i]);
      std::tie(step->scaling.mean[i], step->scaling.deviation[i]) = centreAndScale(values, param<std::string>(p, d, "method"));
      step->touched[i] = true;
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

class Log : public FittedStep {
 public:
  std::vector<std::size_t> columns;
  bool plusOne = false;
  Status apply(Frame& f) const override {
    for (const std::size_t i : columns) {
      FrameColumn& c = f.columns[i];
      for (std::size_t r = 0; r < f.size(); ++r) {
        const double x = static_cast<double>(c.numbers[r]);
        if (std::isnan(x)) continue;
        if (x <= (plusOne ? -1 : 0))
          return Error{{}, f.place(r, c), shownCell(f.table && c.origin >= 0 ? f.table->columns[static_cast<std::size_t>(c.origin)].text(f.rows[r]) : std::to_string(x)),
                       plusOne ? "a number above -1: the logarithm of 1 + x has no other" : "a number above 0: the logarithm has no other", {}};
        c.numbers[r] = static_cast<float>(plusOne ? std::log1p(x) : std::log(x));
      }
    }
    return {};
  }
};

StepSpec logSpec() {
  StepSpec s;
  s.id = "log";
  s.name = "Logarithm";
  s.help = "For amounts that span several powers of ten: prices, counts, sizes.";
  s.formula = "x = ln x, or ln(1 + x)";
  s.params = {{.id = "plus_one", .label = "ln(1 + x)", .help = "Lets zeros pass.", .fallback = true}, columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, true, false);
    if (!columns) return columns.error();
    auto step = std::make_unique<Log>();
    step->columns = *columns;
    step->plusOne = param<bool>(p, d, "plus_one");
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

class Clip : public FittedStep {
 public:
  struct Range {
    std::size_t column;
    double low, high;
  };
  std::vector<Range> ranges;
  std::vector<std::string> names;
  Status apply(Frame& f) const override {
    for (const Range& range : ranges)
      for (float& x : f.columns[range.column].numbers)
        if (!std::isnan(x)) x = std::clamp(x, static_cast<float>(range.low), static_cast<float>(range.high));
    return {};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (std::size_t i = 0; i < ranges.size(); ++i) out.push_back({names[i] + ": at least", ranges[i].low}), out.push_back({names[i] + ": at most", ranges[i].high});
    return out;
  }
};

StepSpec clipSpec() {
  StepSpec s;
  s.id = "clip";
  s.name = "Clip outliers";
  s.help = "Brings values far outside the usual range back to its edge.";
  s.formula = "x = min(max(x, low), high)";
  s.params = {{.id = "method", .label = "Range", .help = "Quartiles widened by a factor (Tukey 1977: 1.5), or percentiles of the training rows.",
               .fallback = std::string("quartiles"), .choices = {{"quartiles", "quartiles widened"}, {"percentiles", "percentiles"}}},
              {.id = "factor", .label = "Factor", .help = "How many times the quartiles' distance beyond them; 1.5 is usual, 3 is mild.", .fallback = 1.5, .low = 0, .high = 100,
               .onlyIf = "method", .onlyIfValue = "quartiles"},
              {.id = "percent", .label = "Percent", .help = "So many on each side; 1 is usual.", .fallback = 1.0, .low = 0, .high = 49,
               .onlyIf = "method", .onlyIfValue = "percentiles"},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, true, false);
    if (!columns) return columns.error();
    auto step = std::make_unique<Clip>();
    for (const std::size_t i : *columns) {
      const std::vector<float> v = trainingValues(f, f.columns[i]);
      if (v.empty()) return nothingToFit(f.columns[i]);
      const double q1 = quantile(v, 0.25), q3 = quantile(v, 0.75), reach = param<double>(p, d, "factor") * (q3 - q1), share = param<double>(p, d, "percent") / 100;
      if (param<std::string>(p, d, "method") == "quartiles")
        step->ranges.push_back({i, q1 - reach, q3 + reach});
      else
        step->ranges.push_back({i, quantile(v, share), quantile(v, 1 - share)});
      step->names.push_back(f.columns[i].name);
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

// Categories

/// New categories for old: index by index.
class Regroup : public FittedStep {
 public:
  struct Map {
    std::size_t column;
    std::vector<std::int32_t> to;
    std::vector<std::string> names;
  };
  std::vector<Map> maps;
  Status apply(Frame& f) const override {
    for (const Map& map : maps) {
      FrameColumn& c = f.columns[map.column];
      for (std::int32_t& code : c.codes)
        if (code >= 0) code = map.to[static_cast<std::size_t>(code)];
      c.names = map.names;
    }
    return {};
  }
};

StepSpec rareSpec() {
  StepSpec s;
  s.id = "rare";
  s.name = "Group rare categories";
  s.help = "Categories that few training rows have become one, 'other': nothing can be learned of each alone.";
  s.formula = "category = 'other' below the share";
  s.params = {{.id = "percent", .label = "Below percent", .help = "Of the training rows; 1 to 5 is usual.", .fallback = 2.0, .low = 0, .high = 100}, columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, false, true);
    if (!columns) return columns.error();
    auto step = std::make_unique<Regroup>();
    for (const std::size_t i : *columns) {
      const FrameColumn& c = f.columns[i];
      const std::vector<std::int64_t> counts = trainingCounts(f, c);
      const double least = param<double>(p, d, "percent") / 100 * static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
      Regroup::Map map{i, {}, {}};
      bool any = false;
      for (std::size_t k = 0; k < counts.size(); ++k) {
        const bool rare = static_cast<double>(counts[k]) < least;
        any = any || rare;
        map.to.push_back(rare ? -2 : static_cast<std::int32_t>(map.names.size()));
        if (!rare) map.names.push_back(c.names[k]);
      }
      const std::int32_t other = static_cast<std::int32_t>(map.names.size());
      for (std::int32_t& to : map.to)
        if (to == -2) to = other;
      if (any) map.names.push_back("other");
      step->maps.push_back(std::move(map));
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

/// Categories the training rows have, in order, become numbers.
class Encode : public FittedStep {
 public:
  struct Code {
    std::size_t column;
    std::vector<std::int32_t> place;  ///< of each category among those the training rows have; -1: not there
    std::vector<std::string> seen;
  };
  std::vector<Code> codes;
  bool oneHot = true, own = false;

  Status apply(Frame& f) const override {
    std::vector<FrameColumn> out;
    for (std::size_t c = 0; c < f.columns.size(); ++c) {
      FrameColumn& column = f.columns[c];
      const auto code = std::find_if(codes.begin(), codes.end(), [c](const Code& k) { return k.column == c; });
      if (code == codes.end()) {
        out.push_back(std::move(column));
        continue;
      }
      const auto placeOf = [&](std::size_t r) { return column.codes[r] < 0 ? -1 : code->place[static_cast<std::size_t>(column.codes[r])]; };
      if (!oneHot) {
        FrameColumn numbers{column.name, column.origin, false, std::vector<float>(f.size()), {}, {}};
        for (std::size_t r = 0; r < f.size(); ++r) numbers.numbers[r] = static_cast<float>(placeOf(r));
        out.push_back(std::move(numbers));
        continue;
      }
      const std::size_t first = out.size();
      for (const std::string& name : code->seen) out.push_back({column.name + "=" + name, column.origin, false, std::vector<float>(f.size(), 0.0f), {}, {}});
      if (own) out.push_back({column.name + "=(other)", column.origin, false, std::vector<float>(f.size(), 0.0f), {}, {}});
      for (std::size_t r = 0; r < f.size(); ++r) {
        const std::int32_t place = placeOf(r);
        if (place >= 0)
          out[first + static_cast<std::size_t>(place)].numbers[r] = 1;
        else if (own)
          out[first + code->seen.size()].numbers[r] = 1;
      }
    }
    f.columns = std::move(out);
    return {};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (const Code& c : codes)
      for (std::size_t i = 0; i < c.seen.size(); ++i) out.push_back({c.seen[i], static_cast<double>(i)});
    return out;
  }
};

StepSpec encodeSpec() {
  StepSpec s;
  s.id = "encode";
  s.name = "Encode categories";
  s.help = "Networks take numbers: one column of 0 and 1 for each category, or the category's place in the order.";
  s.formula = "one-hot: x_k = 1 for category k, else 0";
  s.params = {{.id = "method", .label = "As", .help = "One-hot for names without an order; numbers for small, middle, large.", .fallback = std::string("onehot"),
               .choices = {{"onehot", "one-hot"}, {"ordinal", "numbers 0, 1, 2 …"}}},
              {.id = "unknown", .label = "Unknown ones", .help = "Categories that no training row has: a column of their own, or zeros in all.", .fallback = std::string("none"),
               .choices = {{"none", "zeros"}, {"own", "a column of their own"}}, .onlyIf = "method", .onlyIfValue = "onehot"},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosen(f, p, d, false, true);
    if (!columns) return columns.error();
    auto step = std::make_unique<Encode>();
    step->oneHot = param<std::string>(p, d, "method") == "onehot";
    step->own = param<std::string>(p, d, "unknown") == "own";
    for (const std::size_t i : *columns) {
      const FrameColumn& c = f.columns[i];
      const std::vector<std::int64_t> counts = trainingCounts(f, c);
      Encode::Code code{i, {}, {}};
      for (std::size_t k = 0; k < counts.size(); ++k) {
        code.place.push_back(counts[k] > 0 ? static_cast<std::int32_t>(code.seen.size()) : -1);
        if (counts[k] > 0) code.seen.push_back(c.names[k]);
      }
      if (code.seen.empty()) return nothingToFit(c);
      step->codes.push_back(std::move(code));
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

// Principal components

class Pca : public FittedStep {
 public:
  std::vector<std::size_t> columns;
  Eigen::VectorXd mean;
  Eigen::MatrixXd axes;  ///< [columns × components]
  Eigen::VectorXd shares;

  Status apply(Frame& f) const override {
    const Eigen::Index n = static_cast<Eigen::Index>(f.size());
    std::vector<FrameColumn> out;
    for (Eigen::Index k = 0; k < axes.cols(); ++k)
      out.push_back({"component " + std::to_string(k + 1), -1, false, std::vector<float>(f.size()), {}, {}});
    Eigen::VectorXd x(axes.rows());
    for (Eigen::Index r = 0; r < n; ++r) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const float v = f.columns[columns[i]].numbers[static_cast<std::size_t>(r)];
        if (std::isnan(v)) return missing(f, static_cast<std::size_t>(r), f.columns[columns[i]]);
        x[static_cast<Eigen::Index>(i)] = static_cast<double>(v) - mean[static_cast<Eigen::Index>(i)];
      }
      for (Eigen::Index k = 0; k < axes.cols(); ++k) out[static_cast<std::size_t>(k)].numbers[static_cast<std::size_t>(r)] = static_cast<float>(axes.col(k).dot(x));
    }
    for (std::size_t c = 0; c < f.columns.size(); ++c)
      if (std::find(columns.begin(), columns.end(), c) == columns.end()) out.push_back(std::move(f.columns[c]));
    f.columns = std::move(out);
    return {};
  }
  static Error missing(const Frame& f, std::size_t row, const FrameColumn& c) {
    return {{}, f.place(row, c), "a missing value", "a number: put the step 'Missing values' before", {}};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (Eigen::Index k = 0; k < shares.size(); ++k) out.push_back({"component " + std::to_string(k + 1) + ": share of variance", shares[k]});
    return out;
  }
};

StepSpec pcaSpec() {
  StepSpec s;
  s.id = "pca";
  s.name = "Principal components";
  s.help = "Replaces the number columns by the directions in which the training rows differ most (Pearson 1901).";
  s.formula = "z = Vᵀ (x − mean)";
  s.params = {{.id = "components", .label = "Components", .help = "How many directions are kept; 2 can be drawn.", .fallback = std::int64_t{2}, .low = 1, .high = 4096}};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    auto step = std::make_unique<Pca>();
    for (std::size_t c = 0; c < f.columns.size(); ++c)
      if (!f.columns[c].category) step->columns.push_back(c);
    const std::int64_t wanted = param<std::int64_t>(p, d, "components"), have = static_cast<std::int64_t>(step->columns.size());
    if (wanted > have) return Error{{}, "step 'Principal components'", std::to_string(wanted) + " components", "at most " + std::to_string(have) + ", as many as there are columns of numbers", {}};
    if (have > 4096) return Error{{}, "step 'Principal components'", std::to_string(have) + " columns", "at most 4096", {}};
    std::vector<std::size_t> rows;
    for (std::size_t r = 0; r < f.size(); ++r)
      if (f.parts[r] == Part::Train) rows.push_back(r);
    if (rows.size() < 2) return Error{{}, "step 'Principal components'", std::to_string(rows.size()) + " training rows", "at least 2", {}};
    step->mean = Eigen::VectorXd::Zero(have);
    for (const std::size_t r : rows)
      for (std::int64_t i = 0; i < have; ++i) {
        const FrameColumn& c = f.columns[step->columns[static_cast<std::size_t>(i)]];
        if (std::isnan(c.numbers[r])) return Pca::missing(f, r, c);
        step->mean[i] += static_cast<double>(c.numbers[r]) / static_cast<double>(rows.size());
      }
    Eigen::MatrixXd centred(static_cast<Eigen::Index>(rows.size()), have);
    for (std::size_t r = 0; r < rows.size(); ++r)
      for (std::int64_t i = 0; i < have; ++i)
        centred(static_cast<Eigen::Index>(r), i) = static_cast<double>(f.columns[step->columns[static_cast<std::size_t>(i)]].numbers[rows[r]]) - step->mean[i];
    const Eigen::MatrixXd covariance = centred.transpose() * centred / static_cast<double>(rows.size() - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    if (solver.info() != Eigen::Success) return problem("The principal components could not be found.");
    const double total = std::max(solver.eigenvalues().sum(), std::numeric_limits<double>::min());
    step->axes = solver.eigenvectors().rowwise().reverse().leftCols(wanted);
    step->shares = solver.eigenvalues().reverse().head(wanted) / total;
    // The sign is free: the training row that lies farthest out lies on the positive side.
    for (Eigen::Index k = 0; k < step->axes.cols(); ++k) {
      const Eigen::VectorXd z = centred * step->axes.col(k);
      Eigen::Index most = 0;
      z.cwiseAbs().maxCoeff(&most);
      if (z[most] < 0) step->axes.col(k) *= -1;
    }
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

}  // namespace

std::string Frame::place(std::size_t row, const FrameColumn& column) const {
  return cellPlace(table ? table->line(rows[row]) : rows[row] + 1, column.name);
}

void Frame::filter(const std::vector<bool>& keep) {
  const auto pick = [&](auto& v) {
    if (v.empty()) return;
    std::size_t to = 0;
    for (std::size_t r = 0; r < keep.size(); ++r)
      if (keep[r]) v[to++] = v[r];
    v.resize(to);
  };
  for (FrameColumn& c : columns) pick(c.numbers), pick(c.codes);
  pick(rows);
  pick(parts);
}

double quantile(std::span<const float> sorted, double q) {
  const double at = q * static_cast<double>(sorted.size() - 1);
  const std::size_t low = static_cast<std::size_t>(at), high = std::min(low + 1, sorted.size() - 1);
  const double a = static_cast<double>(sorted[low]), b = static_cast<double>(sorted[high]);
  return a + (b - a) * (at - static_cast<double>(low));
}

std::span<const StepSpec> stepRegistry() {
  static const std::vector<StepSpec> all{missingSpec(), rareSpec(), encodeSpec(), logSpec(), clipSpec(), scaleSpec(), pcaSpec()};
  return all;
}

const StepSpec* findStep(const std::string& id) {
  for (const StepSpec& s : stepRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

}  // namespace vitrine
