// Numbers to numbers, column by column.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/base/numbers.h"
#include "core/base/statistics.h"
#include "core/data/cells.h"
#include "core/data/step_parts.h"

namespace vitrine {
namespace {

class Scale : public FittedStep {
 public:
  Standardisation scaling;  ///< of every column; 0 and 1 where it does nothing
  std::vector<std::string> names;
  std::vector<bool> touched;
  Status apply(Frame& f) const override {
    if (Status s = f.spread(); !s) return s;
    for (std::size_t c = 0; c < names.size(); ++c)
      if (touched[c])
        for (double& x : f.columns[c].numbers) x = (x - scaling.mean[c]) / scaling.deviation[c];
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
std::pair<double, double> centreAndScale(const std::vector<double>& v, const std::string& method) {
  const double low = v.front(), high = v.back(), n = static_cast<double>(v.size());
  if (low == high) return {method == "minmax" ? low : method == "minmax_signed" ? low + 1 : low, 1};
  if (method == "minmax") return {low, high - low};
  if (method == "minmax_signed") return {(low + high) / 2, (high - low) / 2};
  if (method == "robust") {
    const double range = quantile(v, 0.75) - quantile(v, 0.25);
    return {quantile(v, 0.5), range > 0 ? range : 1};
  }
  double sum = 0, squares = 0;
  for (const double x : v) sum += x;
  const double mean = sum / n;
  for (const double x : v) squares += (x - mean) * (x - mean);
  return {mean, std::sqrt(squares / n)};
}

/// The same of a column of `ones` ones and `zeros` zeros, which needs no list of them.
std::pair<double, double> centreAndScale(std::int64_t zeros, std::int64_t ones, const std::string& method) {
  // Small columns take the way of all others, so that they have its bits.
  constexpr std::int64_t kSmall = 4096;
  if (zeros + ones <= kSmall) {
    std::vector<double> values(static_cast<std::size_t>(zeros), 0.0);
    values.resize(static_cast<std::size_t>(zeros + ones), 1.0);
    return centreAndScale(values, method);
  }
  if (zeros == 0 || ones == 0) return centreAndScale({zeros == 0 ? 1.0 : 0.0}, method);
  if (method == "robust") {
    const auto quantileOf = [&](double q) {
      const double at = q * static_cast<double>(zeros + ones - 1);
      return std::clamp(at - static_cast<double>(zeros - 1), 0.0, 1.0);  // between the last 0 and the first 1
    };
    const double range = quantileOf(0.75) - quantileOf(0.25);
    return {quantileOf(0.5), range > 0 ? range : 1};
  }
  if (method != "standardise") return centreAndScale({0, 1}, method);
  const double mean = static_cast<double>(ones) / static_cast<double>(zeros + ones);
  return {mean, std::sqrt(mean * (1 - mean))};
}

}  // namespace

StepSpec scaleSpec() {
  StepSpec s;
  s.id = "scale";
  s.takesOneHot = true;
  s.name = "Scale";
  s.help = "Brings columns to a like size, which training needs: otherwise the largest numbers rule.";
  s.formula = "x = (x − centre) / size, both from the training rows";
  s.params = {{.id = "method", .label = "To", .help = "Standardise: mean 0, deviation 1. Robust: median 0, middle half 1, for data with outliers.",
               .fallback = std::string("standardise"),
               .choices = {{"standardise", "mean 0, deviation 1"}, {"minmax", "0 to 1"}, {"minmax_signed", "-1 to 1"}, {"robust", "median 0, quartiles 1 apart"}}},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const std::string name = param<std::string>(p, d, "column"), method = param<std::string>(p, d, "method");
    auto step = std::make_unique<Scale>();
    const std::int64_t training = std::count(f.parts.begin(), f.parts.end(), Part::Train);
    bool found = name.empty();
    for (const FrameColumn& c : f.columns) {
      const std::vector<std::int64_t> ones = c.oneHot ? trainingCounts(f, c) : std::vector<std::int64_t>();
      std::vector<double> values;
      for (std::size_t k = 0; k < c.width(); ++k) {
        step->names.push_back(c.nameOf(k));
        step->scaling.mean.push_back(0);
        step->scaling.deviation.push_back(1);
        const bool named = !name.empty() && step->names.back() == name;
        found = found || named;
        if (named && c.category) return Error{{}, "column '" + name + "'", "categories", "numbers", {}};
        step->touched.push_back((name.empty() || named) && !c.category);
        if (!step->touched.back()) continue;
        if (!c.oneHot && (values = trainingValues(f, c)).empty()) return nothingToFit(c);
        std::tie(step->scaling.mean.back(), step->scaling.deviation.back()) = c.oneHot ? centreAndScale(training - ones[k], ones[k], method) : centreAndScale(values, method);
      }
    }
    if (!found) return Error{{}, "step", "no column '" + name + "'", "one of the columns at this point of the list", {}};
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

namespace {

/// The cell as it stands in the file, and what earlier steps have made of it where that is another number.
std::string foundIn(const Frame& f, const FrameColumn& c, std::size_t r) {
  const double x = c.numbers[r];
  const std::string text = shortNumber(x);
  if (!f.table || c.origin < 0) return text;
  const Column& from = f.table->columns[static_cast<std::size_t>(c.origin)];
  const std::string cell = shownCell(from.text(f.rows[r]));
  return from.kind == ColumnKind::Number && from.value(f.rows[r]) == c.numbers[r] ? cell : cell + ", by the steps before it " + text;
}

class Log : public FittedStep {
 public:
  std::vector<std::size_t> columns;
  bool plusOne = false;
  Status apply(Frame& f) const override {
    for (const std::size_t i : columns) {
      FrameColumn& c = f.columns[i];
      for (std::size_t r = 0; r < f.size(); ++r) {
        const double x = c.numbers[r];
        if (std::isnan(x)) continue;
        if (x <= (plusOne ? -1 : 0))
          return Error{{}, f.place(r, c), foundIn(f, c, r),
                       plusOne ? "a number above -1: the logarithm of 1 + x has no other" : "a number above 0: the logarithm has no other", {}};
        c.numbers[r] = plusOne ? std::log1p(x) : std::log(x);
      }
    }
    return {};
  }
};

}  // namespace

StepSpec logSpec() {
  StepSpec s;
  s.id = "log";
  s.name = "Logarithm";
  s.help = "For amounts that span several powers of ten: prices, counts, sizes.";
  s.formula = "x = ln x, or ln(1 + x)";
  s.params = {{.id = "plus_one", .label = "ln(1 + x)", .help = "Lets zeros pass.", .fallback = true}, columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosenColumns(f, p, d, true, false);
    if (!columns) return columns.error();
    auto step = std::make_unique<Log>();
    step->columns = *columns;
    step->plusOne = param<bool>(p, d, "plus_one");
    return std::unique_ptr<FittedStep>(std::move(step));
  };
  return s;
}

namespace {

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
      for (double& x : f.columns[range.column].numbers)
        if (!std::isnan(x)) x = std::clamp(x, range.low, range.high);
    return {};
  }
  std::vector<std::pair<std::string, double>> learned() const override {
    std::vector<std::pair<std::string, double>> out;
    for (std::size_t i = 0; i < ranges.size(); ++i) out.push_back({names[i] + ": at least", ranges[i].low}), out.push_back({names[i] + ": at most", ranges[i].high});
    return out;
  }
};

}  // namespace

StepSpec clipSpec() {
  StepSpec s;
  s.id = "clip";
  s.name = "Clip outliers";
  s.help = "Brings values far outside the usual range back to its edge.";
  s.formula = "x = min(max(x, low), high)";
  s.params = {{.id = "method", .label = "Range", .help = "Quartiles widened by a factor (Tukey 1977: 1.5), or percentiles of the training rows.",
               .fallback = std::string("quartiles"), .choices = {{"quartiles", "quartiles widened"}, {"percentiles", "percentiles"}}},
              {.id = "factor", .label = "Factor", .help = "How many times the quartiles' distance beyond them; 1.5 is usual, 3 is mild.", .fallback = 1.5, .low = 0, .high = 100,
               .onlyIf = {{"method", {"quartiles"}}}},
              {.id = "percent", .label = "Percent", .help = "So many on each side; 1 is usual.", .fallback = 1.0, .low = 0, .high = 49,
               .onlyIf = {{"method", {"percentiles"}}}},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosenColumns(f, p, d, true, false);
    if (!columns) return columns.error();
    auto step = std::make_unique<Clip>();
    for (const std::size_t i : *columns) {
      const std::vector<double> v = trainingValues(f, f.columns[i]);
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

}  // namespace vitrine
