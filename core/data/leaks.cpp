// What would make results look better than they are.
#include <algorithm>
#include <map>
#include <set>

#include "core/data/prepare.h"

namespace vitrine {
namespace {

constexpr std::size_t kMostRowsNamed = 100;

void findDuplicates(const Dataset& d, std::vector<Finding>& out, std::stop_token stop) {
  std::vector<std::pair<std::uint64_t, std::int32_t>> train;
  train.reserve(d.train.size());
  for (const std::int32_t r : d.train) {
    if (stop.stop_requested()) return;
    train.emplace_back(d.inputs.hash(r), r);
  }
  std::sort(train.begin(), train.end());
  std::int64_t found = 0;
  Finding finding;
  for (const auto* part : {&d.validation, &d.test})
    for (const std::int32_t r : *part) {
      if (stop.stop_requested()) return;
      const std::uint64_t hash = d.inputs.hash(r);
      for (auto at = std::lower_bound(train.begin(), train.end(), std::pair(hash, std::int32_t{0})); at != train.end() && at->first == hash; ++at)
        if (d.inputs.same(r, at->second)) {
          ++found;
          if (finding.rows.size() + 2 <= kMostRowsNamed) finding.rows.push_back(r), finding.rows.push_back(at->second);
          break;
        }
    }
  if (found == 0) return;
  finding.text = std::to_string(found) + (found == 1 ? " held-out sample stands" : " held-out samples stand") + " in training too, number for number: accuracy on them is no proof of learning.";
  out.push_back(std::move(finding));
}

/// A feature that equals the target (up to a factor and a shift), or of which every value goes with one class only.
void findTellers(const Dataset& d, std::vector<Finding>& out, std::stop_token stop) {
  const std::int64_t n = d.count(), columns = d.inputs.size();
  // Of very many numbers, rows spread evenly are enough.
  constexpr std::int64_t kMostNumbers = 200'000'000;
  const std::int64_t every = std::max<std::int64_t>(1, n * columns / kMostNumbers);
  if (d.featureNames.size() != static_cast<std::size_t>(columns) || d.inputs.isBytes() || n < 10) return;
  for (std::int64_t c = 0; c < columns; ++c) {
    if (stop.stop_requested()) return;
    bool tells = false;
    if (d.spec.task == Task::Regression && d.spec.outputs == 1) {
      double sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0, m = 0;
      const double x0 = d.inputs.raw(0, c), y0 = d.targets[0];  // large numbers that differ little lose nothing then
      for (std::int64_t r = 0; r < n; r += every) {
        const double x = d.inputs.raw(r, c) - x0, y = d.targets[static_cast<std::size_t>(r)] - y0;
        sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y, ++m;
      }
      const double vx = sxx - sx * sx / m, vy = syy - sy * sy / m, xy = sxy - sx * sy / m;
      tells = vx > 0 && vy > 0 && xy * xy / (vx * vy) > 1 - 1e-9;
    } else if (d.spec.task == Task::Classification) {
      // As many values as classes, each with its own.
      std::map<double, std::int32_t> classOf;
      std::set<std::int32_t> seen;
      tells = true;
      for (std::int64_t r = 0; tells && r < n; r += every) {
        const std::int32_t k = d.classes[static_cast<std::size_t>(r)];
        const auto [at, fresh] = classOf.emplace(d.inputs.raw(r, c), k);
        tells = at->second == k && classOf.size() <= static_cast<std::size_t>(d.spec.outputs);
        seen.insert(k);
      }
      tells = tells && classOf.size() == seen.size() && classOf.size() > 1;
    }
    if (tells) out.push_back({"The feature '" + d.featureNames[static_cast<std::size_t>(c)] + "' alone tells the target: it may be the target in other words.", {}});
  }
}

}  // namespace

std::vector<Finding> findLeaks(const Dataset& data, std::stop_token stop) {
  std::vector<Finding> out;
  findDuplicates(data, out, stop);
  findTellers(data, out, stop);
  return out;
}

}  // namespace vitrine
