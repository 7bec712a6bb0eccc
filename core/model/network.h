#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/thread_pool.h"
#include "core/model/graph.h"
#include "core/tensor/tensor.h"

namespace vitrine {

/// A ParamBlock with its place in the flat vector.
struct PlacedBlock {
  ParamBlock block;
  NodeId node;
  std::string fullName;  ///< "<node name>.weight", the name in files
  std::int64_t offset = 0;
  std::int64_t size() const { return block.shape.size(); }
};

struct PlanNode;
class Network;

/// Takes a layer's place in a backward pass (modified gradients, relevance): see Network::backwardFrom.
using BackwardHook = std::function<bool(NodeId, const BackwardArgs&)>;

/// Memory of a pass over up to `rows` samples at a time. One caller at a time; different callers have their own.
class Workspace {
 public:
  /// keepAll: every node's output stays readable (views, explaining). Otherwise elementwise layers share memory, a rectifier may run behind the
  /// max pooling that follows it, and pixels that pooling leaves out are not computed: only the Input, affineEnd() and the Output hold
  /// what their names say.
  /// gradients: room for backward.
  Workspace(const Network& network, std::int64_t rows, bool keepAll, bool gradients);
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;

  std::int64_t rows() const;
  /// [rows × shape.size()] of the node's output after forward. Requires keepAll, or the output node.
  const Real* activation(NodeId node) const;
  /// [rows × shape.size()] of d target / d output after backward. Requires keepAll and gradients.
  const Real* gradient(NodeId node) const;
  /// Where to put the inputs before forward: [rows × input size].
  Real* input();
  /// d loss / d logits, to be filled before backward: [rows × outputs].
  Real* outputGradient();
  /// d target / d input after backward with `inputGradient`.
  const Real* inputGradient() const;

 private:
  friend class Network;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A graph compiled for given data: a plan over stateless layers, and the layout of one flat parameter vector.
/// Immutable, so threads share it freely.
class Network {
 public:
  /// Refuses what validate() calls fatal, and networks too large for memory (with their size).
  static Result<std::shared_ptr<const Network>> compile(const Graph& graph, const DataSpec& data);
  ~Network();

  const Graph& graph() const;
  const DataSpec& data() const;
  const Validation& validation() const;
  /// Nodes in order of evaluation, Input first, Output last.
  const std::vector<NodeId>& order() const;
  const Shape& shape(NodeId node) const;
  const Layer& layer(NodeId node) const;
  const std::vector<PlacedBlock>& blocks() const;
  /// Blocks of one node.
  std::vector<PlacedBlock> blocksOf(NodeId node) const;
  std::int64_t parameterCount() const;  ///< length of the flat vector, running statistics included
  std::int64_t trainableCount() const;
  std::int64_t outputs() const;
  Cost costPerSample() const;

  /// Every block drawn from its own stream of `seed`.
  Buffer initialise(std::uint64_t seed) const;
  /// Copies what fits (same node id, same block shapes) from another network's parameters into `params`; returns the
  /// names of nodes whose parameters were made anew.
  std::vector<std::string> inherit(const Network& old, std::span<const Real> oldParams, std::span<Real> params) const;

  /// Forward over ws.input()[0 … rows). Result: logits [rows × outputs]. With a pool, each node's rows are shared out in
  /// fixed blocks; without, they are one block.
  const Real* forward(std::span<const Real> params, Workspace& ws, std::int64_t rows, Mode mode = Mode::Eval,
                      RngKey rng = {}, std::int64_t firstRow = 0, ThreadPool* pool = nullptr) const;
  /// After forward with ws.outputGradient() filled. `dparams` may be empty: not wanted. It is overwritten, or added to
  /// when `accumulate`; entries of running statistics are left alone. Inputs' gradient only when `inputGradient`.
  void backward(std::span<const Real> params, Workspace& ws, std::int64_t rows, std::span<Real> dparams,
                bool accumulate, bool inputGradient, Mode mode = Mode::Eval, RngKey rng = {},
                std::int64_t firstRow = 0, ThreadPool* pool = nullptr) const;
  /// Backward from any node (evaluation mode): ws gradient of `from` is what seedGradient(from) was filled with. A hook is
  /// asked before each layer's own backward; what it returns true for it has done itself (all of din written).
  void backwardFrom(NodeId from, std::span<const Real> params, Workspace& ws, std::int64_t rows, bool inputGradient,
                    const BackwardHook& hook = {}) const;
  Real* seedGradient(NodeId from, Workspace& ws) const;

  /// The last node of the chain of affine layers (evaluation mode) that the Input feeds, such that all others see the input
  /// through it alone; the Input itself when its first layer is not affine or it feeds several.
  NodeId affineEnd() const;
  /// Evaluation of the nodes up to `to` over ws.input()[0 … rows). Result: [rows × outputSize(to)], good until the next pass. Here and in
  /// what follows a node other than the Input, affineEnd() and the Output requires keepAll.
  const Real* forwardTo(NodeId to, std::span<const Real> params, Workspace& ws, std::int64_t rows) const;
  /// Evaluation of the nodes after `from`, which all others must depend on, over what outputOf(from) was filled with. Logits.
  const Real* forwardFrom(NodeId from, std::span<const Real> params, Workspace& ws, std::int64_t rows) const;
  Real* outputOf(NodeId from, Workspace& ws) const;
  /// Numbers a row that forwardTo, forwardFrom and backwardTo count on there: without keepAll fewer than shape() has, if what follows reads
  /// a part of them only.
  std::int64_t outputSize(NodeId node, const Workspace& ws) const;
  /// Backward of the evaluation from ws.outputGradient(), down to d target / d output of `to` (as for forwardFrom).
  const Real* backwardTo(NodeId to, std::span<const Real> params, Workspace& ws, std::int64_t rows) const;
  /// Every node after `node` again (in order of evaluation), on the outputs that stand in `ws`, after a forward pass of the same
  /// mode over the same rows. Requires keepAll. With outputOf() changed before: what the network says when an inner number is another.
  const Real* forwardAfter(NodeId node, std::span<const Real> params, Workspace& ws, std::int64_t rows, Mode mode = Mode::Eval,
                           RngKey rng = {}, std::int64_t firstRow = 0) const;

  /// Moves the running statistics in `params` after forward in Mode::Train over a whole batch.
  void updateStatistics(const Workspace& ws, std::span<Real> params) const;
  /// Whether a training pass must see the whole batch in each layer (batch normalisation).
  bool coupled() const;

 private:
  friend class Workspace;
  Network();
  struct Plan;
  struct BackwardPass {
    std::span<const Real> params;
    Workspace& ws;
    std::int64_t rows;
    std::span<Real> dparams;
    bool accumulate, inputGradient;
    Mode mode;
    RngKey rng;
    std::int64_t firstRow;
    ThreadPool* pool;
    const BackwardHook* hook = nullptr;
  };
  struct ForwardPass {
    std::span<const Real> params;
    Workspace& ws;
    std::int64_t rows;
    Mode mode;
    RngKey rng;
    std::int64_t firstRow;
    ThreadPool* pool;
  };
  /// The node's place in the plan that `ws` runs. Requires that it runs there.
  std::size_t placeOf(NodeId node, const Workspace& ws) const;
  /// Nodes [first, last] of the plan.
  void forwardPlan(std::size_t first, std::size_t last, const ForwardPass& pass) const;
  /// From node `start` down to the gradient of node `end`'s output.
  void backwardPlan(std::size_t start, std::size_t end, const BackwardPass& pass) const;
  void backwardNode(std::size_t node, const BackwardPass& pass) const;
  void addGroups(const PlanNode& node, Workspace::Impl& w, std::int64_t groups, const BackwardPass& pass) const;
  std::unique_ptr<Plan> plan_;
};

}  // namespace vitrine
