#include "core/explain/trust.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/explain/trust_parts.h"

namespace vitrine {

std::span<const Param> trustParams() {
  static const std::vector<Param> params{
      {.id = "step", .label = "Step", .help = "Share of the inputs that is taken away or put back at once, after the first few, which go by one, two, four …; 0.02 to 0.1 is usual.", .fallback = 0.05, .low = 0.001,
       .high = 1, .sliderLow = 0.01, .sliderHigh = 0.2},
      {.id = "orders", .label = "Random orders", .help = "Orders drawn at random that the map's order is compared with; 20 or more are enough to be better than each of them.", .fallback = std::int64_t{20},
       .low = 2, .high = 1000, .sliderLow = 5, .sliderHigh = 50},
      {.id = "score", .label = "Score", .help = "What is followed while inputs are taken away: the class's probability, or its output.",
       .fallback = std::string("probability"), .choices = {{"probability", "probability"}, {"output", "output"}}},
      {.id = "perturbations", .label = "Perturbations", .help = "Small changes of the input for infidelity and sensitivity; 10 to 50 is usual.",
       .fallback = std::int64_t{24}, .low = 2, .high = 500, .sliderLow = 8, .sliderHigh = 100},
      {.id = "noise", .label = "Noise", .help = "Deviation of infidelity's changes, as a share of the input's own deviation; 0.1 to 0.3 is usual.", .fallback = 0.2,
       .low = 0.0001, .high = 10, .sliderLow = 0.01, .sliderHigh = 1},
      {.id = "radius", .label = "Radius", .help = "Largest change of a number for sensitivity, as a share of the input's own deviation; 0.02 is usual.", .fallback = 0.02,
       .low = 0.0001, .high = 10, .sliderLow = 0.005, .sliderHigh = 0.5},
      {.id = "draws", .label = "Networks drawn", .help = "Networks with all layers drawn anew that the map is made for again. By chance one of them may well give a map like it; the mean of several tells; 5 to 20 is usual.",
       .fallback = std::int64_t{5}, .low = 1, .high = 50, .sliderLow = 1, .sliderHigh = 20}};
  return params;
}

namespace {

constexpr std::int64_t kFewInputs = 16;  ///< fewer have no ranks worth comparing
constexpr std::int64_t kFewGroups = 8;   ///< of fewer, random orders too often are the map's own
constexpr const char* kFlat = "The map is the same everywhere: it ranks nothing.";
constexpr int kEnoughOrders = 20;        ///< to be beyond all of so many by chance is rare: 1 in 21

Verdict upTo(double value, double passes, double doubtful) {
  // Written so that NaN fails.
  return value <= passes ? Verdict::Passes : value <= doubtful ? Verdict::Doubtful : Verdict::Fails;
}

std::vector<double> valuesOf(const Attribution& map) { return {map.values.begin(), map.values.end()}; }

TrustFinding ofCompleteness(double error) {
  return {"completeness", "Completeness", error, upTo(std::abs(error), 0.01, 0.1),
          "The map's sum misses f(x) − f(baseline) by " + shortNumber(100 * std::abs(error)) + " %."};
}

/// sign: +1 when a small area is good.
TrustFinding ofCurve(const char* id, const char* name, const RemovalCurve& c, const RemovalTest& test, double sign) {
  const double better = sign * (c.randomArea - c.area), spread = c.randomDeviation;
  const auto unjudged = [&](const char* why) {
    return TrustFinding{id, name, c.area, {}, std::string(name) + " area " + shortNumber(c.area) + ", random order's " + shortNumber(c.randomArea) + " ± " + shortNumber(spread) + ". " + why};
  };
  if (test.flat) return unjudged(kFlat);
  if (test.groups < kFewGroups) return unjudged("Too few features to rank; not judged.");
  double largest = 0;
  for (const double s : c.score) largest = std::max(largest, std::abs(s));
  if (std::abs(better) + spread <= 1e-3 * largest) return unjudged("To a thousandth of the score it is the same in any order; not judged.");
  const bool beyondAll = test.orders >= kEnoughOrders && (c.area < c.randomLeast || c.area > c.randomMost);
  const bool clear = std::abs(better) >= 2 * spread || beyondAll;
  const Verdict verdict = !clear ? Verdict::Doubtful : better > 0 ? Verdict::Passes : Verdict::Fails;
  const std::string side = better > 0 ? "better than " : "worse than ";
  const std::string than = !clear                            ? "no different from random order's "
                           : std::abs(better) >= 2 * spread ? "clearly " + side + "random order's "
                                                            : side + "each of " + std::to_string(test.orders) + " random orders: ";
  return {id, name, c.area, verdict, std::string(name) + " area " + shortNumber(c.area) + ", " + than + shortNumber(c.randomArea) + " ± " + shortNumber(spread) + "."};
}

TrustFinding ofInfidelity(const Attribution& map, const Infidelity& i) {
  TrustFinding f{"infidelity", "Infidelity", i.normalised, {}, "The map leaves " + shortNumber(100 * i.unexplained) + " % of the output's changes under noise unexplained."};
  if (map.isSlope) f.verdict = i.unexplained <= 0.5 ? Verdict::Passes : Verdict::Doubtful;
  else f.sentence += " Only a map of slopes promises to; not judged.";
  return f;
}

TrustFinding ofSensitivity(double value, bool flat) {
  TrustFinding f{"sensitivity", "Max-sensitivity", value, upTo(value, 0.5, 1.5), "Tiny changes of the input change the map by up to " + shortNumber(100 * value) + " %."};
  if (flat) f.verdict.reset(), f.sentence = std::string(kFlat) + " That it is steady says nothing for it; not judged.";
  return f;
}

TrustFinding ofRandomisation(const Attribution& map, const std::vector<RandomisedLayer>& layers) {
  const RandomisedLayer& last = layers.back();
  TrustFinding f{"randomisation", "Model randomisation", last.correlation.value_or(0), {}, {}};
  if (isFlat(valuesOf(map))) {
    f.sentence = std::string(kFlat) + " There is nothing that could get lost; not judged.";
  } else if (!last.correlation) {
    f.sentence = "By magnitude the map tells no two inputs apart that it tells of at all: there is no rank to lose; not judged.";
  } else {
    f.sentence = "With all layers drawn anew the map's rank correlation with itself is " + shortNumber(*last.correlation);
    if (last.draws > 1) f.sentence += " ± " + shortNumber(last.deviation) + " over " + std::to_string(last.draws) + " draws";
    f.sentence += ".";
    if (static_cast<std::int64_t>(map.values.size()) < kFewInputs) f.sentence += " Too few inputs to rank; not judged.";
    // What the spread of the draws alone may make of the mean counts for nothing.
    else f.verdict = upTo(std::abs(*last.correlation) - 2 * last.deviation / std::sqrt(std::max(1, last.draws)), 0.3, 0.6);
  }
  return f;
}

/// The whole is its worst finding's; the first of them tells why.
void conclude(bool flat, TrustReport& report) {
  const TrustFinding* worst = nullptr;
  int judged = 0;
  for (const TrustFinding& f : report.findings) {
    if (!f.verdict) continue;
    ++judged;
    if (!worst || *f.verdict > *worst->verdict) worst = &f;
  }
  if (flat && (!worst || *worst->verdict != Verdict::Fails)) {
    report.verdict = Verdict::Doubtful;
    report.sentence = kFlat;
    return;
  }
  if (!worst) {
    report.verdict = Verdict::Doubtful;
    report.sentence = report.findings.empty() ? "No check was made." : "No check could be judged. " + report.findings.front().sentence;
    return;
  }
  report.verdict = *worst->verdict;
  // What a map is for is to rank: without that, the rest is no reason to believe it.
  for (const TrustFinding& f : report.findings)
    if (report.verdict == Verdict::Passes && !f.verdict && (f.id == "deletion" || f.id == "insertion")) {
      report.verdict = Verdict::Doubtful;
      report.sentence = f.sentence;
      return;
    }
  report.sentence = report.verdict == Verdict::Passes ? "All " + std::to_string(judged) + " checks pass. " + worst->sentence : worst->sentence;
}

}  // namespace

void judge(const ExplainerSpec& method, const Attribution& map, TrustReport& report) {
  const bool flat = isFlat(valuesOf(map));
  std::vector<TrustFinding> unmade;  // those that could not be made have told so already
  for (TrustFinding& f : report.findings)
    if (!f.verdict && f.name.empty()) unmade.push_back(std::move(f));
  report.findings.clear();
  if (report.completeness) report.findings.push_back(ofCompleteness(*report.completeness));
  if (report.removal) {
    report.findings.push_back(ofCurve("deletion", "Deletion", report.removal->deletion, *report.removal, 1));
    report.findings.push_back(ofCurve("insertion", "Insertion", report.removal->insertion, *report.removal, -1));
  }
  if (report.infidelity) report.findings.push_back(ofInfidelity(map, *report.infidelity));
  if (report.sensitivity) report.findings.push_back(ofSensitivity(*report.sensitivity, flat));
  if (!report.randomisation.empty()) report.findings.push_back(ofRandomisation(map, report.randomisation));
  for (TrustFinding& f : unmade) report.findings.push_back(std::move(f));
  conclude(flat, report);
  report.warning = map.warning.empty() ? method.warning : map.warning;
  if (report.warning.empty() || report.verdict != Verdict::Passes) return;
  report.verdict = Verdict::Doubtful;
  report.sentence = report.warning;
}

Result<TrustReport> trustReport(const TrustTask& task, const Params& settings) {
  const Stopwatch watch;
  if (Status s = checkParams(trustParams(), settings); !s) return s.error();
  TrustReport report;
  if (task.method.promisesCompleteness && task.map.completenessError && task.map.baselineValue) {
    const double f = task.map.outputValue, f0 = *task.map.baselineValue;
    // Of a difference that is lost in rounding, no share can be told.
    report.completeness = *task.map.completenessError / std::max(std::abs(f - f0), 1e-5 * (std::abs(f) + std::abs(f0)) + 1e-12);
  }
  const auto made = [&](const char* id, auto&& result, auto&& keep) {
    if (result) keep(*result);
    else report.findings.push_back({id, {}, 0, {}, result.error().text()});
    return !task.args.stop.stop_requested();
  };
  // Each part has a quarter of the progress.
  double from = 0;
  ExplainArgs args = task.args;
  if (task.args.progress) args.progress = [&](double share) { task.args.progress(from + 0.25 * share); };
  const TrustTask part{task.method, args, task.map, task.removed, task.groups, task.seed};
  if (!made("removal", removalTest(part, settings), [&](const RemovalTest& r) { report.removal = r; })) return explainStopped();
  from = 0.25;
  if (!made("infidelity", infidelity(part, settings), [&](const Infidelity& r) { report.infidelity = r; })) return explainStopped();
  from = 0.5;
  if (!made("sensitivity", maxSensitivity(part, settings), [&](double r) { report.sensitivity = r; })) return explainStopped();
  from = 0.75;
  if (!made("randomisation", randomisationTest(part, settings), [&](const std::vector<RandomisedLayer>& r) { report.randomisation = r; })) return explainStopped();
  judge(task.method, task.map, report);
  report.seconds = watch.seconds();
  return report;
}

}  // namespace vitrine
