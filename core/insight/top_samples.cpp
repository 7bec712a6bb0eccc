#include "core/insight/top_samples.h"

#include <algorithm>
#include <cmath>

#include "core/explain/pass.h"
#include "core/insight/row_blocks.h"

namespace vitrine {

Result<std::vector<TopSample>> topSamples(const Network& network, std::span<const Real> params, const Dataset& data,
                                          std::span<const std::int32_t> rows, const UnitChoice& choice, std::size_t count,
                                          ThreadPool* pool, std::stop_token stop, const std::function<void(double)>& progress) {
  if (Status s = checkChoice(network, choice); !s) return s.error();
  if (Status s = checkRows(network, params, data, rows); !s) return s.error();
  const std::vector<std::int64_t> elements = elementsOf(network, choice);
  const std::int64_t size = network.shape(choice.node).size();
  count = std::min(count, rows.size());
  std::vector<TopSample> top;
  const bool whole = forRowBlocks<std::vector<TopSample>>(
      network, params, data, rows, pool, stop, progress,
      [&](const Workspace& ws, std::int64_t first, std::int64_t n) {
        std::vector<TopSample> part;
        for (std::int64_t r = 0; r < n; ++r) {
          const Real* a = ws.activation(choice.node) + r * size;
          TopSample best{rows[static_cast<std::size_t>(first + r)], a[elements[0]], elements[0]};
          for (const std::int64_t e : elements)
            if (a[e] > best.value) best.value = a[e], best.element = e;
          if (std::isfinite(best.value)) part.push_back(best);
        }
        return part;
      },
      [&](const std::vector<TopSample>& part) {
        top.insert(top.end(), part.begin(), part.end());
        std::stable_sort(top.begin(), top.end(), [](const TopSample& a, const TopSample& b) { return a.value > b.value; });
        top.resize(std::min(top.size(), count));
      });
  if (!whole) return explainStopped();
  return top;
}

Result<std::vector<NodeActivation>> featureMaps(const Network& network, std::span<const Real> params, std::span<const Real> input) {
  const Params none;
  if (Status s = checkExplainArgs({.network = network, .params = params, .input = input, .target = {}, .settings = none}, {}); !s) return s.error();
  Workspace ws(network, 1, true, false);
  std::copy(input.begin(), input.end(), ws.input());
  network.forward(params, ws, 1);
  std::vector<NodeActivation> maps;
  for (NodeId id : network.order()) {
    const Real* values = ws.activation(id);
    maps.push_back({id, network.shape(id), {values, values + network.shape(id).size()}});
  }
  return maps;
}

}  // namespace vitrine
