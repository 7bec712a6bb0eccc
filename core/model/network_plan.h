#pragma once

// The inside of Network and Workspace; only their sources include this.

#include "core/model/network.h"

namespace vitrine {

struct PlanNode {
  NodeId id;
  std::shared_ptr<const Layer> layer;  ///< null for the Input
  std::vector<int> inputs;       ///< places in the plan, by port
  std::vector<std::int64_t> inputSizes;
  Shape shape;
  std::int64_t size = 0;          ///< shape.size()
  std::int64_t params = 0;        ///< offset in the flat vector
  std::int64_t paramCount = 0;
  bool frozen = false;           ///< its parameters stay as they are; batch norm then uses its running statistics
  bool trainsAbove = false;       ///< it, or a node it depends on, has trainable parameters
  int consumers = 0;
  bool mayShare = false;          ///< may work in place on its input's memory
};

/// Whether a layer sees the whole batch at once in this mode.
inline bool together(const PlanNode& p, Mode mode) { return mode == Mode::Train && p.layer->coupled() && !p.frozen; }
/// The mode that a node runs in: a frozen layer of statistics keeps to its running ones.
inline Mode modeOf(const PlanNode& p, Mode mode) { return p.frozen && p.layer->coupled() ? Mode::Eval : mode; }

struct Network::Plan {
  Graph graph;
  DataSpec data;
  Validation validation;
  std::vector<PlanNode> nodes;  ///< in order of evaluation
  std::vector<PlanNode> lean;   ///< the same for passes that keep no inner outputs: the same results from less work
  std::vector<NodeId> order;
  std::vector<PlacedBlock> blocks;
  std::int64_t parameterCount = 0, trainableCount = 0;
  std::int64_t maxScratch = 0, maxScratchPerRow = 0, maxInputSum = 0, maxParams = 0;
  bool coupled = false;
  int indexOf(NodeId id) const;
  const std::vector<PlanNode>& passed(bool keepAll) const { return keepAll ? nodes : lean; }
  void makeLean();
  /// What depends on the layers as they are now.
  void fit(std::vector<PlanNode>& passed);
};

struct Workspace::Impl {
  std::int64_t rows = 0;
  bool keepAll = false, gradients = false;
  std::vector<Buffer> owned, ownedGradients, caches;
  std::vector<Real*> act, grad;                      ///< by place in the plan; shared where in place
  std::vector<Buffer> shared, sharedBackward, partials;  ///< of coupled layers
  std::vector<Buffer> scratch;                       ///< one a thread
  Buffer fanOut;                                     ///< gradients of inputs that have another consumer
  Buffer groupGradients;                             ///< parameter gradients by group of rows, for passes with a pool
  std::vector<char> written;                         ///< whether grad holds something in this pass
  std::vector<const Real*> in;                       ///< per-pass lists, kept so that a pass allocates nothing
  std::vector<Real*> din;
  const Network::Plan* plan = nullptr;
  const std::vector<PlanNode>& nodes() const { return plan->passed(keepAll); }
  void needThreads(int threads);
};

}  // namespace vitrine
