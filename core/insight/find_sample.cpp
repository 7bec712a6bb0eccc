#include "core/insight/find_sample.h"

#include <algorithm>

namespace vitrine {

std::optional<std::int32_t> findSample(const Network& network, std::span<const Real> params, const Dataset& data,
                                       std::span<const std::int32_t> rows, const std::function<bool(int, int)>& wants,
                                       std::stop_token stop) {
  constexpr std::int64_t kRows = 32;
  const std::int64_t n = static_cast<std::int64_t>(rows.size()), outputs = network.outputs();
  Workspace ws(network, kRows, false, false);
  for (std::int64_t first = 0; first < n && !stop.stop_requested(); first += kRows) {
    const std::span<const std::int32_t> block =
        rows.subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(std::min(kRows, n - first)));
    gatherInputs(data, block, ws.input());
    const Real* out = network.forward(params, ws, static_cast<std::int64_t>(block.size()));
    for (std::size_t r = 0; r < block.size(); ++r, out += outputs) {
      const int truth = data.classes[static_cast<std::size_t>(block[r])];
      if (wants(truth, static_cast<int>(std::max_element(out, out + outputs) - out))) return block[r];
    }
  }
  return std::nullopt;
}

}  // namespace vitrine
