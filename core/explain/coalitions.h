#pragma once

// Features switched on and off: the game that the Shapley family, ablation and LIME play. Not for views.

#include "core/explain/groups.h"
#include "core/explain/pass.h"

namespace vitrine {

/// Which groups are as in the input; the others are as in the background.
using Coalition = std::vector<char>;

/// v(S) = mean over the background of f(input where S, background elsewhere).
class Game {
 public:
  /// The background: args.samples, or the baseline. `args`, `goal` and `groups` must outlive it.
  Game(const ExplainArgs& args, const Goal& goal, const Groups& groups, std::int64_t wanted);
  std::int64_t players() const { return groups_.count; }
  /// v of `count` coalitions; set(i, S) fills S (all 0 before) and may be called from several threads.
  Result<std::vector<double>> values(std::int64_t count, const std::function<void(std::int64_t, Coalition&)>& set, double from = 0, double to = 1);

 private:
  const ExplainArgs& args_;
  const Groups& groups_;
  std::vector<Real> background_;
  std::int64_t backgrounds_;
  Passes passes_;
};

/// The groups' values laid over the input's elements; `groups` is kept in the result.
void spreadOver(const Groups& groups, std::span<const double> values, Attribution& into);

/// Exact Shapley values of `players` from v of all 2^players coalitions (bit i of the index: player i is in). Empty when stopped.
std::vector<double> exactShapley(std::int64_t players, std::span<const double> v, const std::stop_token& stop);

}  // namespace vitrine
