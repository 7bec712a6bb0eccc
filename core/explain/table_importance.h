#pragma once

// What the features of a table (or any groups of inputs) mean to a network over a whole set of rows.

#include "core/explain/explainer.h"
#include "core/explain/groups.h"

namespace vitrine {

/// What the methods over a set share.
struct SetArgs {
  const Network& network;
  std::span<const Real> params;
  const Dataset& data;                      ///< what the network was compiled for
  std::span<const std::int32_t> rows;       ///< rows of it that count
  const Groups& groups;                     ///< columnGroups(data), or others
  std::stop_token stop = {};
  std::function<void(double)> progress = {};
  ThreadPool* pool = nullptr;
};

/// How much worse the network gets when one feature's values are shuffled among the rows (Breiman 2001; Fisher, Rudin,
/// Dominici 2019).
struct PermutationImportance {
  std::string score;                         ///< "accuracy" (labels: all of a row's right), or "R²" (the mean over outputs whose targets vary in these rows)
  double intact = 0;                         ///< the score without shuffling
  double loss = 0;                           ///< the mean loss without shuffling
  std::vector<std::vector<double>> drops;    ///< [group][repeat]: intact − shuffled score
  std::vector<std::vector<double>> losses;   ///< [group][repeat]: shuffled − intact loss
  std::vector<double> mean, deviation;       ///< of `drops`, over repeats (sample deviation)
  std::vector<double> lossMean, lossDeviation;
};
Result<PermutationImportance> permutationImportance(const SetArgs& args, int repeats, std::uint64_t seed);

/// The mean output as a function of one feature, the others as they are in the rows (Friedman 2001), and the curve of each
/// row (ICE; Goldstein et al. 2015).
struct PartialDependence {
  std::string feature;
  std::vector<double> grid;                  ///< in the feature's own units
  std::vector<std::string> labels;           ///< categories; then grid is 0, 1, 2, …
  bool dates = false;                        ///< the grid is seconds since 1970
  std::vector<double> mean;                  ///< [grid]
  std::vector<std::vector<double>> curves;   ///< [row][grid]: ICE
  std::vector<double> at;                    ///< [row] the feature's own value in that row (own units, or the category); NaN: the file has none
};
/// Of group `group` of args.groups; `points` quantiles of the rows' values (fewer when there are fewer different ones), or the categories.
/// Values that preparation filled in are no points: where the rows have fewer than two different ones, training rows' are taken too. `target` is
/// an output, a difference of two, or probabilities of them.
Result<PartialDependence> partialDependence(const SetArgs& args, std::int64_t group, const Target& target, int points);

/// Shapley values of every row: beeswarm, bars and waterfalls read this.
struct ShapSummary {
  std::vector<std::int32_t> rows;              ///< of the data, in the order of what follows
  double base = 0;                             ///< mean output over the background
  std::vector<double> outputs;                 ///< [row]
  std::vector<std::vector<double>> values;     ///< [row][group]
  std::vector<std::vector<double>> features;   ///< [row][group] the feature's own value, original units; NaN: the group has no one value, or the file none there
  std::vector<std::vector<std::string>> texts; ///< [row][group] the same as a person reads it ("5.1", "Setosa"); empty: missing
  std::vector<double> meanAbsolute;            ///< [group] mean |value|: the bars
  std::vector<std::int64_t> order;             ///< groups, most important first
};
/// `background`: [n × input size]; empty: zeros. Exact up to 12 groups, else by `permutations` sampled orders.
Result<ShapSummary> shapSummary(const SetArgs& args, const Target& target, std::span<const Real> background, int permutations,
                                std::uint64_t seed);

}  // namespace vitrine
