#include "core/explain/coalitions.h"

#include <algorithm>
#include <bit>

namespace vitrine {

Game::Game(const ExplainArgs& args, const Goal& goal, const Groups& groups, std::int64_t wanted)
    : args_(args), groups_(groups), background_(backgroundOf(args)),
      backgrounds_(static_cast<std::int64_t>(background_.size() / args.input.size())), passes_(args, goal, false, wanted * backgrounds_) {}

Result<std::vector<double>> Game::values(std::int64_t count, const std::function<void(std::int64_t, Coalition&)>& set, double from, double to) {
  const std::size_t n = args_.input.size();
  std::vector<double> v(static_cast<std::size_t>(count), 0.0);
  // So many at a time that their values are soon made room for and summed.
  const std::int64_t most = std::max<std::int64_t>(1, (std::int64_t{1} << 20) / backgrounds_);
  for (std::int64_t first = 0; first < count; first += most) {
    const std::int64_t here = std::min(most, count - first);
    const auto share = [&](std::int64_t done) { return from + (to - from) * static_cast<double>(done) / static_cast<double>(count); };
    const Result<std::vector<double>> f = passes_.values(
        here * backgrounds_,
        [&](std::int64_t i, Real* x) {
          thread_local Coalition in;
          in.assign(static_cast<std::size_t>(groups_.count), 0);
          set(first + i / backgrounds_, in);
          const Real* b = background_.data() + static_cast<std::size_t>(i % backgrounds_) * n;
          for (std::size_t j = 0; j < n; ++j) x[j] = in[static_cast<std::size_t>(groups_.of[j])] ? args_.input[j] : b[j];
        },
        share(first), share(first + here));
    if (!f) return f.error();
    for (std::int64_t i = 0; i < here * backgrounds_; ++i)
      v[static_cast<std::size_t>(first + i / backgrounds_)] += (*f)[static_cast<std::size_t>(i)] / static_cast<double>(backgrounds_);
  }
  return v;
}

void spreadOver(const Groups& groups, std::span<const double> values, Attribution& into) {
  into.groups = groups.of;
  into.groupValues.assign(values.begin(), values.end());
  into.values.clear();
  for (std::int32_t g : groups.of) into.values.push_back(static_cast<Real>(values[static_cast<std::size_t>(g)]));
}

std::vector<double> exactShapley(std::int64_t players, std::span<const double> v, const std::stop_token& stop) {
  // |S|! (n − |S| − 1)! / n! = 1 / (n · C(n − 1, |S|))
  std::vector<double> weight(static_cast<std::size_t>(players));
  double choose = 1;
  for (std::int64_t s = 0; s < players; ++s) {
    weight[static_cast<std::size_t>(s)] = 1 / (static_cast<double>(players) * choose);
    choose = choose * static_cast<double>(players - 1 - s) / static_cast<double>(s + 1);
  }
  std::vector<double> phi(static_cast<std::size_t>(players), 0.0);
  for (std::size_t set = 0; set < v.size(); ++set) {
    if (set % 4096 == 0 && stop.stop_requested()) return {};
    for (std::size_t i = 0; i < phi.size(); ++i)
      if (!(set >> i & 1)) phi[i] += weight[static_cast<std::size_t>(std::popcount(set))] * (v[set | std::size_t{1} << i] - v[set]);
  }
  return phi;
}

}  // namespace vitrine
