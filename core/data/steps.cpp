#include "core/data/steps.h"

#include <algorithm>
#include <cmath>

#include "core/data/cells.h"
#include "core/data/file_bytes.h"
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
    const bool fits = column.category ? categories : column.oneHot ? false : numbers;
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

std::size_t Frame::width() const {
  std::size_t all = 0;
  for (const FrameColumn& c : columns) all += c.width();
  return all;
}

Status checkPreparedSize(const std::string& what, double numbers, double bytesEach) {
  const double most = static_cast<double>(memoryCap());
  if (numbers * bytesEach <= most) return {};
  return Error{{}, "prepared data", what + ", " + bytesText(static_cast<std::int64_t>(std::min(9e18, numbers * bytesEach))),
               "at most " + bytesText(memoryCap()) + ", a quarter of this machine's memory: group rare categories, encode categories as numbers, or leave columns out", {}};
}

Status Frame::spread() {
  if (std::none_of(columns.begin(), columns.end(), [](const FrameColumn& c) { return c.oneHot; })) return {};
  const double rowsNow = static_cast<double>(size()), all = static_cast<double>(width());
  if (Status s = checkPreparedSize(std::to_string(size()) + " rows × " + std::to_string(width()) + " columns", rowsNow * all, sizeof(double)); !s) return s;
  std::vector<FrameColumn> out;
  for (FrameColumn& c : columns) {
    if (!c.oneHot) {
      out.push_back(std::move(c));
      continue;
    }
    const std::size_t first = out.size();
    for (std::size_t k = 0; k < c.names.size(); ++k) out.push_back({c.nameOf(k), c.origin, false, std::vector<double>(size(), 0.0), {}, {}});
    for (std::size_t r = 0; r < size(); ++r)
      if (c.codes[r] >= 0) out[first + static_cast<std::size_t>(c.codes[r])].numbers[r] = 1;
  }
  columns = std::move(out);
  return {};
}

Result<std::unique_ptr<FittedStep>> fitStep(const StepSpec& spec, Frame& frame, const Params& params) {
  if (!spec.takesOneHot)
    if (Status s = frame.spread(); !s) return s.error();
  return spec.fit(frame, params);
}

Status applyStep(const StepSpec& spec, const FittedStep& step, Frame& frame) {
  if (!spec.takesOneHot)
    if (Status s = frame.spread(); !s) return s;
  return step.apply(frame);
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
