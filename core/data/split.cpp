#include "core/data/split.h"

#include <algorithm>
#include <cmath>

#include "core/base/random.h"

namespace vitrine {
namespace {

struct Group {
  std::vector<std::int32_t> rows;
  std::int64_t held = 0;  // of rows, how many are held back
  double rest = 0;        // the share's fraction of a row that `held` leaves out
  std::int64_t most = 0;  // that may be
};

std::vector<Group> groupByClass(std::int64_t count, std::span<const std::int32_t> classes) {
  std::vector<Group> groups;
  for (std::int64_t row = 0; row < count; ++row) {
    const std::size_t c = classes.empty() ? 0 : static_cast<std::size_t>(classes[static_cast<std::size_t>(row)]);
    if (c >= groups.size()) groups.resize(c + 1);
    groups[c].rows.push_back(static_cast<std::int32_t>(row));
  }
  return groups;
}

}  // namespace

Split splitRows(std::int64_t count, std::span<const std::int32_t> classes, double share, std::uint64_t seed, std::int64_t stays) {
  std::vector<Group> groups = groupByClass(count, classes);
  if (share > 0 && count >= 2) {
    const std::int64_t wanted =
        std::clamp<std::int64_t>(std::llround(share * static_cast<double>(count)), 1, count - 1);
    std::int64_t left = wanted;
    for (Group& g : groups) {
      g.most = std::max<std::int64_t>(0, static_cast<std::int64_t>(g.rows.size()) - stays);
      const double exact = share * static_cast<double>(g.rows.size());
      g.held = std::min(static_cast<std::int64_t>(std::floor(exact)), g.most);
      g.rest = exact - static_cast<double>(g.held);
      left -= g.held;
    }
    std::vector<Group*> byRest;
    for (Group& g : groups) byRest.push_back(&g);
    std::stable_sort(byRest.begin(), byRest.end(), [](const Group* a, const Group* b) { return a->rest > b->rest; });
    // One round suffices, unless classes have no row to spare: then others give more.
    for (bool any = true; any && left > 0;) {
      any = false;
      for (Group* g : byRest)
        if (left > 0 && g->held < g->most) ++g->held, --left, any = true;
    }
  }
  Split split;
  Rng rng(seed, Stream::Split);
  for (Group& g : groups) {
    rng.shuffle(std::span<std::int32_t>(g.rows));
    split.validation.insert(split.validation.end(), g.rows.begin(), g.rows.begin() + g.held);
    split.train.insert(split.train.end(), g.rows.begin() + g.held, g.rows.end());
  }
  std::sort(split.train.begin(), split.train.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace vitrine
