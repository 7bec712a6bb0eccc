#pragma once

#include "core/data/steps.h"

// What the kinds of steps share. Internal to core/data.
namespace vitrine {

/// The setting that names one column; empty: all that the step can work on.
Param columnParam();
/// The columns a step works on: the named one, or all for which it is made.
Result<std::vector<std::size_t>> chosenColumns(const Frame& f, const Params& p, std::span<const Param> d, bool numbers, bool categories);
/// A column's training values that are there, ascending.
std::vector<double> trainingValues(const Frame& f, const FrameColumn& column);
/// How often each category stands in the training rows.
std::vector<std::int64_t> trainingCounts(const Frame& f, const FrameColumn& column);
Error nothingToFit(const FrameColumn& column);

StepSpec missingSpec();
StepSpec scaleSpec();
StepSpec logSpec();
StepSpec clipSpec();
StepSpec rareSpec();
StepSpec encodeSpec();
StepSpec pcaSpec();

}  // namespace vitrine
