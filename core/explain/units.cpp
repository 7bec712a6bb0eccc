#include "core/explain/units.h"

namespace vitrine {
namespace {

void scaleBy(double scale, std::vector<double>& values) {
  for (double& v : values) v *= scale;
}

void place(const TargetUnits& units, std::vector<double>& values) {
  for (double& v : values) v = units.at(v);
}

void toUnits(const TargetUnits& units, RemovalCurve& curve) {
  place(units, curve.score);
  place(units, curve.mean);
  scaleBy(units.scale, curve.deviation);
  for (double* area : {&curve.area, &curve.randomArea, &curve.randomLeast, &curve.randomMost}) *area = units.at(*area);
  curve.randomDeviation *= units.scale;
}

}  // namespace

std::optional<TargetUnits> unitsOf(const Target& explained, const Dataset& data) {
  const Standardisation& z = data.targetScaling;
  const bool output = explained.kind == Target::Kind::Output, difference = explained.kind == Target::Kind::Difference;
  if (data.spec.task != Task::Regression || z.empty() || (!output && !difference)) return TargetUnits{};
  const auto inside = [&](std::int64_t i) { return i >= 0 && i < static_cast<std::int64_t>(z.mean.size()); };
  if (!inside(explained.output) || (difference && !inside(explained.other))) return TargetUnits{};
  const std::size_t a = static_cast<std::size_t>(explained.output);
  if (output) return TargetUnits{z.deviation[a], z.mean[a]};
  const std::size_t b = static_cast<std::size_t>(explained.other);
  if (z.deviation[a] != z.deviation[b]) return {};
  return TargetUnits{z.deviation[a], z.mean[a] - z.mean[b]};
}

void toUnits(const TargetUnits& units, Attribution& map) {
  if (units.same()) return;
  for (Real& v : map.values) v = static_cast<Real>(units.scale * static_cast<double>(v));
  scaleBy(units.scale, map.groupValues);
  scaleBy(units.scale, map.standardError);
  map.outputValue = units.at(map.outputValue);
  if (map.baselineValue) map.baselineValue = units.at(*map.baselineValue);
  if (map.completenessError) *map.completenessError *= units.scale;
  if (map.intercept) map.intercept = units.at(*map.intercept);
}

void toUnits(const TargetUnits& units, ShapSummary& summary) {
  if (units.same()) return;
  summary.base = units.at(summary.base);
  place(units, summary.outputs);
  for (std::vector<double>& row : summary.values) scaleBy(units.scale, row);
  scaleBy(units.scale, summary.meanAbsolute);
}

void toUnits(const TargetUnits& units, const ExplainerSpec& method, const Attribution& map, TrustReport& report) {
  if (units.same()) return;
  for (RandomisedLayer& l : report.randomisation)
    for (Real& v : l.values) v = static_cast<Real>(units.scale * static_cast<double>(v));
  if (report.removal && !report.removal->probability) {
    toUnits(units, report.removal->deletion);
    toUnits(units, report.removal->insertion);
  }
  // Squares of the output's changes; what is left untold is a share.
  if (report.infidelity) report.infidelity->value *= units.scale * units.scale, report.infidelity->normalised *= units.scale * units.scale;
  judge(method, map, report);
}

}  // namespace vitrine
