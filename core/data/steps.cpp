#include "core/data/steps.h"

#include <algorithm>
#include <cmath>

#include "core/data/cells.h"
#include "core/data/step_parts.h"

namespace vitrine {

Param columnParam() {
  return {.id = "column", .label = "Column", .help = "The column it works on; empty: all that it can work on.", .fallback = std::string()};
}

Result<std::vector<std::size_t>> chosenColumns(const Frame& f, const Params& p, std::span<const Param> d, bool numbers, bool categories) {
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

std::vector<double> trainingValues(const Frame& f, const FrameColumn& column) {
  std::vector<double> values;
  for (std::size_t r = 0; r < f.size(); ++r)
    if (f.parts[r] == Part::Train && !std::isnan(column.numbers[r])) values.push_back(column.numbers[r]);
  std::sort(values.begin(), values.end());
  return values;
}

std::vector<std::int64_t> trainingCounts(const Frame& f, const FrameColumn& column) {
  std::vector<std::int64_t> counts(column.names.size());
  for (std::size_t r = 0; r < f.size(); ++r)
    if (f.parts[r] == Part::Train && column.codes[r] >= 0) ++counts[static_cast<std::size_t>(column.codes[r])];
  return counts;
}

Error nothingToFit(const FrameColumn& column) {
  return {{}, "column '" + column.name + "'", "no value in the training rows", "at least one; or ignore the column", {}};
}

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
