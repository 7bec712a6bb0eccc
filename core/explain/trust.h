#pragma once

#include <optional>
#include <vector>

#include "core/explain/explainer.h"

namespace vitrine {

/// What is put to the test: a method with the very arguments that gave its map. `args.pool`, `args.stop` and `args.progress` serve the
/// checks. Random draws depend on `seed` alone (Stream::Explain); results have the same bits for any number of threads.
struct TrustTask {
  const ExplainerSpec& method;
  const ExplainArgs& args;
  const Attribution& map;
  std::span<const Real> removed = {};        ///< what an input becomes when it is taken away; empty: args.baseline, else zeros
  std::span<const std::int32_t> groups = {}; ///< inputs with the same number are taken away together (≥ 0); empty: all channels of a pixel, else each by itself. Tables: ranked by them too
  std::uint64_t seed = 1;
};

/// Settings of the checks: "step", "orders", "score", "perturbations", "noise", "radius", "draws".
std::span<const Param> trustParams();

// Each check by itself. Errors: a stop, numbers that are not finite, a map that does not fit the input.

/// Inputs are taken away (deletion) or put back (insertion) by falling value of the map, a share at a time, and the target's score is
/// followed (Petsiuk 2018). Areas are over shares 0 … 1 (trapezoids). A good map's deletion falls, and its insertion rises, faster than in
/// random order. Before the first whole share they go by one, two, four … inputs: there a good map turns the answer. Inputs to which the
/// map gives the same go in an order drawn by the seed: where they stand in the input is nothing the map says.
struct RemovalCurve {
  std::vector<double> score;            ///< along the map's order
  std::vector<double> mean, deviation;  ///< of the random orders, at each share
  double area = 0, randomArea = 0, randomDeviation = 0;  ///< deviation of the random orders' areas (n − 1)
  double randomLeast = 0, randomMost = 0;                ///< of their areas
};
struct RemovalTest {
  std::vector<double> shares;  ///< 0 … 1
  RemovalCurve deletion, insertion;
  bool probability = false;    ///< score: softmax probability of the target's class, where the network has them; else the output
  bool flat = false;           ///< the map gives all groups the same: it ranks nothing
  int orders = 0;
  std::int64_t groups = 0;     ///< what there was to take away
};
Result<RemovalTest> removalTest(const TrustTask& task, const Params& settings);

/// Yeh 2019: mean over perturbations n of (Σ a·n − (f(x) − f(x − n)))². Normalised: a scaled by Σ(a·n)(Δf) / Σ(a·n)² (a denominator of 0
/// counts as 1).
struct Infidelity {
  double value = 0, normalised = 0;
  double unexplained = 0;  ///< normalised / mean Δf²: share of the output's changes that the map does not tell; 0 … 1
};
/// perturbations: [k × input size].
Result<Infidelity> infidelity(const TrustTask& task, std::span<const Real> perturbations);
/// Normal perturbations; their deviation is a share ("noise") of the input's own.
Result<Infidelity> infidelity(const TrustTask& task, const Params& settings);

/// Yeh 2019: largest |e(x + n) − e(x)|₂ / |e(x)|₂ (a norm of 0 counts as 1), the same target explained again for every n.
Result<double> maxSensitivity(const TrustTask& task, std::span<const Real> perturbations);
/// Uniform perturbations within ± "radius" of each input (on a scale where the input's deviation is 1).
Result<double> maxSensitivity(const TrustTask& task, const Params& settings);

/// Adebayo 2018: layers with parameters are drawn anew by their own initialisers, from the top down and each with all above it; the map
/// is made again. Rank correlation of the absolute values with the original map; a new map that is the same everywhere counts as 0: nothing
/// of the original is left in it. Inputs to which both maps give exactly 0 are left out: a method that multiplies by the input gives a black
/// background nothing whatever the network knows, and any two of its maps would look alike.
///
/// One draw tells little: smooth maps of two networks that know nothing of each other correlate by −0.7 … 0.7 by chance. So the network
/// with all layers drawn anew is drawn "draws" times (those before it once), and what counts is the mean of the correlations: chance has
/// either sign and cancels, a resemblance that the method brings with it stays. (The mean of their absolute values would not do: it is
/// about the spread of chance, and large for every smooth map.)
struct RandomisedLayer {
  NodeId node;
  std::string name;
  std::optional<double> correlation;  ///< mean over the draws; none where the original map is the same everywhere, or too little is left to rank
  double deviation = 0;               ///< of the draws (n − 1); 0: one draw
  int draws = 1;                      ///< that have a correlation
  std::vector<Real> values = {};      ///< first draw: the map of the network with this layer and all above it drawn anew
};
Result<std::vector<RandomisedLayer>> randomisationTest(const TrustTask& task, const Params& settings = {});

/// Spearman's rank correlation, ties at their mean rank; none when there are fewer than 2 numbers or one side is constant.
std::optional<double> rankCorrelation(std::span<const double> a, std::span<const double> b);
/// Rank correlation of every two maps' absolute values [maps × maps], NaN where there is none; images and series compare by
/// pixel or step (sum over channels), tables by `groups` (their columns) where given, so that maps of all methods meet; maps over a layer's
/// units meet none. Requires maps of one sample.
std::vector<double> agreement(std::span<const Attribution> maps, std::span<const std::int32_t> groups = {});

enum class Verdict { Passes, Doubtful, Fails };
/// One check's outcome.
struct TrustFinding {
  std::string id;       ///< "completeness", "deletion", "insertion", "infidelity", "sensitivity", "randomisation"
  std::string name;
  double value = 0;
  std::optional<Verdict> verdict;  ///< none: shown, not judged
  std::string sentence;            ///< the number and what it means
};

/// All of it, with a badge. Thresholds (passes up to / doubtful up to / else fails):
///   completeness |error| ÷ |f(x) − f(baseline)| (at least 1e-5 (|f(x)| + |f(baseline)|)): 0.01 / 0.1; where the method promises it
///   deletion, insertion: better than the random orders' mean by 2 deviations, or than each of at least 20 / neither better nor worse by as
///     much (where one input decides, areas spread so widely that the best there is lies within 2 deviations); judged from 8 groups on, and
///     where the score depends on the order at all
///   infidelity, unexplained share: 0.5 / —; never fails; judged for slopes (gradients) only: a map of shares in the output (input ×
///     gradient, Shapley values …) says what an input gives, not what a small change of it would do
///   sensitivity: 0.5 / 1.5
///   randomisation, |mean rank correlation| with all layers drawn anew, less twice the mean's standard error (what the draws' spread may make
///     of it): 0.3 / 0.6; judged from 16 inputs on
/// A map that is the same everywhere (to a millionth of its largest value) ranks nothing: deletion, insertion, sensitivity and
/// randomisation say so and do not judge it; where only its magnitudes are the same, randomisation does not.
/// The whole is its worst part's; doubtful at best where the map ranks nothing, where deletion or insertion could not be judged, and where
/// something is known against the method (its warning).
struct TrustReport {
  std::optional<double> completeness;  ///< relative error
  std::optional<RemovalTest> removal;
  std::optional<Infidelity> infidelity;
  std::optional<double> sensitivity;
  std::vector<RandomisedLayer> randomisation;
  std::vector<TrustFinding> findings;
  Verdict verdict = Verdict::Passes;
  std::string sentence;  ///< why
  std::string warning;   ///< the map's, else the method's; empty: nothing
  double seconds = 0;
};
/// A check that cannot be made (its error becomes the finding's sentence, without a verdict) does not stop the others; a stop does.
Result<TrustReport> trustReport(const TrustTask& task, const Params& settings = {});
/// Verdict and sentence from the numbers alone.
void judge(const ExplainerSpec& method, const Attribution& map, TrustReport& report);

}  // namespace vitrine
