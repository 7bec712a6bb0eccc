#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/explain/explainer.h"
#include "core/train/trainer.h"

namespace vitrine {

/// What views want to see; only what is asked for is computed.
struct ObserverRequest {
  std::vector<std::int32_t> pinned;       ///< rows of the data set
  std::vector<std::string> methods;       ///< explainer ids, with default settings
  bool explain = false;                   ///< predictions and attributions of the pinned samples
  bool featureMaps = false;               ///< every node's output for pinned sample `mapsOf`
  std::size_t mapsOf = 0;
  int decisionGrid = 0;                   ///< side of the decision grid, 0: none (two-feature data only)
  bool operator==(const ObserverRequest&) const = default;
};

struct PinnedObservation {
  std::int32_t row = 0;
  std::vector<Real> input;          ///< as the network gets it
  std::vector<Real> outputs;        ///< as they are read (train/outputs.h)
  std::vector<Result<Attribution>> attributions;  ///< in order of the request's methods; errors say why not
};

struct NodeActivation {
  NodeId node;
  Shape shape;
  std::vector<Real> values;
};

struct DecisionGrid {
  int side = 0;
  double x0 = 0, x1 = 0, y0 = 0, y1 = 0;  ///< in the units of the two features
  /// [side × side × outputs], row 0 at y0, column 0 at x0, ends included; as PinnedObservation::outputs
  std::vector<Real> values;
  std::int64_t outputs = 0;
};

/// Computed from one snapshot.
struct Observation {
  std::shared_ptr<const Snapshot> of;
  ObserverRequest request;
  std::vector<PinnedObservation> pinned;
  std::vector<NodeActivation> activations;
  DecisionGrid grid;
  double seconds = 0;  ///< what it took
};

/// Looks at a trainer's snapshots on a thread of its own, and spends at most a small share of one core on it: after a
/// look that took t it rests for several t, so that training keeps its speed. An idle trainer's last snapshot is
/// looked at once, at once. Must go before its trainer.
class Observer {
 public:
  explicit Observer(const Trainer& trainer, double share = 0.05);
  ~Observer();
  /// Takes effect at the next look; a changed request is served at once.
  void setRequest(ObserverRequest request);
  const LatestValue<Observation>& observations() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// What Observer computes, without its thread. A stop gives null.
std::shared_ptr<const Observation> observe(std::shared_ptr<const Snapshot> snapshot, const ObserverRequest& request,
                                           std::stop_token stop = {});

}  // namespace vitrine
