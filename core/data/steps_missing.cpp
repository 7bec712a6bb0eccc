// Missing values.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/base/statistics.h"
#include "core/data/step_parts.h"

namespace vitrine {
namespace {

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
      if (fill.indicator) flag = {c.name + " missing", c.origin, false, std::vector<double>(f.size(), 0.0), {}, {}};
      if (!fill.newName.empty()) c.names.push_back(fill.newName);
      for (std::size_t r = 0; r < f.size(); ++r) {
        if (!(c.category ? c.codes[r] < 0 : std::isnan(c.numbers[r]))) continue;
        if (c.category)
          c.codes[r] = static_cast<std::int32_t>(fill.value);
        else
          c.numbers[r] = fill.value;
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

}  // namespace

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
               .onlyIf = {{"strategy", {"constant"}}}},
              {.id = "indicator", .label = "Add indicator", .help = "A further column for each that tells 1 where the value was missing.", .fallback = false},
              columnParam()};
  s.fit = [d = s.params](const Frame& f, const Params& p) -> Result<std::unique_ptr<FittedStep>> {
    const Result<std::vector<std::size_t>> columns = chosenColumns(f, p, d, true, true);
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
        const std::vector<double> values = trainingValues(f, c);
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
            if (b - a > best) best = b - a, fill.value = values[a];
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

}  // namespace vitrine
