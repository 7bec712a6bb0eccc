#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/insight/observer.h"
#include "core/train/outputs.h"
#include "core/train/step.h"

namespace vitrine {
namespace {

constexpr std::int64_t kRows = 64;
constexpr int kMaxGrid = 512;

/// One look: what all its parts need.
struct Look {
  const Snapshot& snapshot;
  std::stop_token stop;
  const Network& network() const { return *snapshot.network; }
  const Dataset& data() const { return *snapshot.data; }
  std::span<const Real> params() const { return snapshot.state->params.span(); }
};

/// False: stopped.
bool lookAtPinned(const Look& look, const ObserverRequest& request, std::vector<PinnedObservation>& out) {
  const Network& network = look.network();
  Workspace ws(network, 1, false, false);
  for (std::int32_t row : request.pinned) {
    if (look.stop.stop_requested()) return false;
    PinnedObservation p;
    p.row = row;
    if (row < 0 || row >= look.data().count()) {
      // The data set was exchanged under the request; the next one will know better.
      p.attributions.assign(request.methods.size(), problem("There is no row " + std::to_string(row) + " in the data set."));
      out.push_back(std::move(p));
      continue;
    }
    p.input.resize(static_cast<std::size_t>(network.data().input.size()));
    gatherInputs(look.data(), {&row, 1}, p.input.data());
    std::copy(p.input.begin(), p.input.end(), ws.input());
    p.outputs.resize(static_cast<std::size_t>(network.outputs()));
    readOutputs(network, look.data(), 1, network.forward(look.params(), ws, 1), p.outputs.data());
    for (const std::string& id : request.methods) {
      const ExplainerSpec* method = findExplainer(id);
      if (!method) {
        p.attributions.push_back(problem("This program knows no method '" + id + "'."));
        continue;
      }
      const Params defaults;
      p.attributions.push_back(method->explain(
          {.network = network, .params = look.params(), .input = p.input, .target = {}, .settings = defaults, .stop = look.stop}));
      if (look.stop.stop_requested()) return false;
    }
    out.push_back(std::move(p));
  }
  return true;
}

void lookAtMaps(const Look& look, const ObserverRequest& request, std::vector<NodeActivation>& out) {
  if (request.mapsOf >= request.pinned.size()) return;
  const std::int32_t row = request.pinned[request.mapsOf];
  if (row < 0 || row >= look.data().count()) return;
  const Network& network = look.network();
  Workspace ws(network, 1, true, false);
  gatherInputs(look.data(), {&row, 1}, ws.input());
  network.forward(look.params(), ws, 1);
  for (NodeId id : network.order()) {
    const Shape& shape = network.shape(id);
    const Real* values = ws.activation(id);
    out.push_back({id, shape, std::vector<Real>(values, values + shape.size())});
  }
}

/// The features' ranges over the whole data set with a tenth more on each side, in their own units.
bool gridRanges(const Dataset& data, DecisionGrid& grid) {
  double low[2], high[2];
  for (std::int64_t f = 0; f < 2; ++f) {
    low[f] = INFINITY, high[f] = -INFINITY;
    for (std::int64_t row = 0; row < data.count(); ++row) {
      const double v = data.inputs.raw(row, f);
      if (!std::isfinite(v)) continue;
      low[f] = std::min(low[f], v);
      high[f] = std::max(high[f], v);
    }
    if (low[f] > high[f]) return false;
    const double margin = high[f] > low[f] ? 0.1 * (high[f] - low[f]) : 1;
    low[f] -= margin;
    high[f] += margin;
  }
  grid.x0 = low[0], grid.x1 = high[0], grid.y0 = low[1], grid.y1 = high[1];
  return true;
}

/// False: stopped.
bool lookAtGrid(const Look& look, int side, DecisionGrid& grid) {
  const Network& network = look.network();
  if (side < 2 || look.data().inputs.size() != 2 || network.data().input.size() != 2) return true;
  if (!gridRanges(look.data(), grid)) return true;
  grid.side = std::min(side, kMaxGrid);
  grid.outputs = network.outputs();
  grid.values.resize(static_cast<std::size_t>(grid.side * grid.side * grid.outputs));
  const std::int64_t all = static_cast<std::int64_t>(grid.side) * grid.side;
  Workspace ws(network, kRows, false, false);
  std::vector<double> raw(static_cast<std::size_t>(2 * kRows));
  const double xStep = (grid.x1 - grid.x0) / (grid.side - 1), yStep = (grid.y1 - grid.y0) / (grid.side - 1);
  for (std::int64_t first = 0; first < all; first += kRows) {
    if (look.stop.stop_requested()) return false;
    const std::int64_t rows = std::min(kRows, all - first);
    for (std::int64_t r = 0; r < rows; ++r) {
      const std::int64_t at = first + r;
      raw[static_cast<std::size_t>(2 * r)] = grid.x0 + xStep * static_cast<double>(at % grid.side);
      raw[static_cast<std::size_t>(2 * r + 1)] = grid.y0 + yStep * static_cast<double>(at / grid.side);
    }
    prepareInputs(look.data(), rows, raw.data(), ws.input());
    readOutputs(network, look.data(), rows, network.forward(look.params(), ws, rows), grid.values.data() + first * grid.outputs);
  }
  return true;
}

}  // namespace

std::shared_ptr<const Observation> observe(std::shared_ptr<const Snapshot> snapshot, const ObserverRequest& request,
                                           std::stop_token stop) {
  const auto begun = std::chrono::steady_clock::now();
  auto observation = std::make_shared<Observation>();
  observation->of = snapshot;
  observation->request = request;
  if (snapshot && snapshot->network && snapshot->data && snapshot->state) {
    const Look look{*snapshot, stop};
    if (request.explain && !lookAtPinned(look, request, observation->pinned)) return nullptr;
    if (request.featureMaps) lookAtMaps(look, request, observation->activations);
    if (request.decisionGrid > 0 && !lookAtGrid(look, request.decisionGrid, observation->grid)) return nullptr;
  }
  if (stop.stop_requested()) return nullptr;
  observation->seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return observation;
}

}  // namespace vitrine
