// Forward and backward passes over a compiled network.
#include <algorithm>
#include <array>
#include <cassert>

#include "core/base/subnormals.h"
#include "core/model/network_plan.h"

namespace vitrine {
namespace {

/// Rows that one block of a pooled pass has. Fixed: it decides in which order partial sums are added.
constexpr std::int64_t kPoolRows = 16;
constexpr std::size_t kMaxPorts = 16;

/// A batch cut into fixed blocks of rows.
struct Blocks {
  std::int64_t rows, size;
  std::int64_t count() const { return (rows + size - 1) / size; }
  std::int64_t first(std::int64_t b) const { return b * size; }
  std::int64_t length(std::int64_t b) const { return std::min(size, rows - b * size); }
};

template <class F>
void forBlocks(ThreadPool* pool, const Blocks& blocks, F&& f) {
  if (pool)
    pool->run(blocks.count(), f);
  else
    for (std::int64_t b = 0; b < blocks.count(); ++b) f(b, 0);
}

}  // namespace

const Real* Network::forward(std::span<const Real> params, Workspace& ws, std::int64_t rows, Mode mode, RngKey rng,
                             std::int64_t firstRow, ThreadPool* pool) const {
  forwardPlan(1, plan_->nodes.size() - 1, {params, ws, rows, mode, rng, firstRow, pool});
  return ws.impl_->act.back();
}

const Real* Network::forwardAfter(NodeId node, std::span<const Real> params, Workspace& ws, std::int64_t rows, Mode mode, RngKey rng,
                                  std::int64_t firstRow) const {
  assert(ws.impl_->keepAll);
  forwardPlan(static_cast<std::size_t>(plan_->indexOf(node)) + 1, plan_->nodes.size() - 1, {params, ws, rows, mode, rng, firstRow, nullptr});
  return ws.impl_->act.back();
}

void Network::forwardPlan(std::size_t firstNode, std::size_t lastNode, const ForwardPass& pass) const {
  const FlushSubnormals flush;
  Workspace::Impl& w = *pass.ws.impl_;
  const std::vector<PlanNode>& nodes = w.nodes();
  ThreadPool* const pool = pass.pool;
  const std::int64_t rows = pass.rows;
  assert(rows <= w.rows && static_cast<std::int64_t>(pass.params.size()) == plan_->parameterCount);
  if (pool) w.needThreads(pool->threads());
  const Blocks blocks{rows, pool ? kPoolRows : std::max<std::int64_t>(rows, 1)};
  for (std::size_t i = firstNode; i <= lastNode; ++i) {
    const PlanNode& p = nodes[i];
    auto argsFor = [&](std::int64_t b, int thread, std::array<const Real*, kMaxPorts>& in) {
      const std::int64_t first = blocks.first(b);
      for (std::size_t port = 0; port < p.inputs.size(); ++port)
        in[port] = w.act[static_cast<std::size_t>(p.inputs[port])] + first * p.inputSizes[port];
      ForwardArgs a;
      a.rows = blocks.length(b);
      a.in = {in.data(), p.inputs.size()};
      a.out = w.act[i] + first * p.size;
      a.params = pass.params.data() + p.params;
      a.cache = w.caches[i].data() + first * p.layer->cachePerRow();
      a.scratch = w.scratch[static_cast<std::size_t>(thread)].data();
      a.shared = w.shared[i].data();
      a.mode = modeOf(p, pass.mode);
      a.rng = pass.rng;
      a.node = p.id.value;
      a.firstRow = pass.firstRow + first;
      return a;
    };
    if (together(p, pass.mode)) {
      const std::int64_t partial = p.layer->partialSize();
      forBlocks(pool, blocks, [&](std::int64_t b, int thread) {
        std::array<const Real*, kMaxPorts> in;
        p.layer->forwardPartial(argsFor(b, thread, in), w.partials[i].data() + b * partial);
      });
      p.layer->combineForward({w.partials[i].data(), static_cast<std::size_t>(blocks.count() * partial)}, blocks.count(),
                              w.shared[i].data());
    }
    forBlocks(pool, blocks, [&](std::int64_t b, int thread) {
      std::array<const Real*, kMaxPorts> in;
      p.layer->forward(argsFor(b, thread, in));
    });
  }
}

NodeId Network::affineEnd() const {
  std::size_t end = 0;
  // Each node of the chain feeds the next alone, so that the next stands right behind it in the plan.
  while (end + 1 < plan_->nodes.size() && plan_->nodes[end].consumers == 1) {
    const PlanNode& next = plan_->nodes[end + 1];
    if (next.inputs.size() != 1 || next.inputs[0] != static_cast<int>(end) || !next.layer->affine()) break;
    ++end;
  }
  return plan_->nodes[end].id;
}

std::size_t Network::placeOf(NodeId node, const Workspace& ws) const {
  const std::size_t place = static_cast<std::size_t>(plan_->indexOf(node));
  assert(ws.impl_->nodes()[place].id == node && "another layer runs in its place");
  static_cast<void>(ws);
  return place;
}

const Real* Network::forwardTo(NodeId to, std::span<const Real> params, Workspace& ws, std::int64_t rows) const {
  const std::size_t end = placeOf(to, ws);
  forwardPlan(1, end, {params, ws, rows, Mode::Eval, {}, 0, nullptr});
  return ws.impl_->act[end];
}

const Real* Network::forwardFrom(NodeId from, std::span<const Real> params, Workspace& ws, std::int64_t rows) const {
  const std::size_t start = placeOf(from, ws);
  forwardPlan(start + 1, plan_->nodes.size() - 1, {params, ws, rows, Mode::Eval, {}, 0, nullptr});
  return ws.impl_->act.back();
}

std::int64_t Network::outputSize(NodeId node, const Workspace& ws) const {
  return ws.impl_->nodes()[placeOf(node, ws)].size;
}

Real* Network::outputOf(NodeId from, Workspace& ws) const { return ws.impl_->act[placeOf(from, ws)]; }

void Network::updateStatistics(const Workspace& ws, std::span<Real> params) const {
  for (std::size_t i = 1; i < plan_->nodes.size(); ++i) {
    const PlanNode& p = plan_->nodes[i];
    if (together(p, Mode::Train)) p.layer->updateStatistics(ws.impl_->shared[i].data(), params.data() + p.params);
  }
}

Real* Network::seedGradient(NodeId from, Workspace& ws) const {
  return ws.impl_->grad[placeOf(from, ws)];
}

void Network::backward(std::span<const Real> params, Workspace& ws, std::int64_t rows, std::span<Real> dparams,
                       bool accumulate, bool inputGradient, Mode mode, RngKey rng, std::int64_t firstRow,
                       ThreadPool* pool) const {
  backwardPlan(plan_->nodes.size() - 1, 0, {params, ws, rows, dparams, accumulate, inputGradient, mode, rng, firstRow, pool, nullptr});
}

void Network::backwardFrom(NodeId from, std::span<const Real> params, Workspace& ws, std::int64_t rows,
                           bool inputGradient, const BackwardHook& hook) const {
  backwardPlan(placeOf(from, ws), 0,
               {params, ws, rows, {}, false, inputGradient, Mode::Eval, {}, 0, nullptr, hook ? &hook : nullptr});
}

const Real* Network::backwardTo(NodeId to, std::span<const Real> params, Workspace& ws, std::int64_t rows) const {
  const std::size_t end = placeOf(to, ws);
  backwardPlan(plan_->nodes.size() - 1, end, {params, ws, rows, {}, false, true, Mode::Eval, {}, 0, nullptr, nullptr});
  return ws.impl_->grad[end];
}

void Network::backwardPlan(std::size_t start, std::size_t end, const BackwardPass& pass) const {
  const FlushSubnormals flush;
  Workspace::Impl& w = *pass.ws.impl_;
  assert(w.gradients && pass.rows <= w.rows);
  if (pass.pool) w.needThreads(pass.pool->threads());
  std::fill(w.written.begin(), w.written.end(), 0);
  w.written[start] = 1;
  for (std::size_t i = start; i > end; --i)
    if (w.written[i]) backwardNode(i, pass);
}

void Network::backwardNode(std::size_t i, const BackwardPass& pass) const {
  const Plan& plan = *plan_;
  Workspace::Impl& w = *pass.ws.impl_;
  const std::vector<PlanNode>& nodes = w.nodes();
  const PlanNode& p = nodes[i];
  const std::int64_t rows = pass.rows;
  // A source that another consumer has given a gradient already gets this one by way of fanOut.
  Real* spare = w.fanOut.data();
  bool wanted = !pass.dparams.empty() && p.paramCount > 0 && !p.frozen;
  for (std::size_t port = 0; port < p.inputs.size(); ++port) {
    const std::size_t source = static_cast<std::size_t>(p.inputs[port]);
    const bool wants = pass.inputGradient || nodes[source].trainsAbove;
    Real*& din = w.din[port];
    if (!wants) {
      din = nullptr;
      continue;
    }
    wanted = true;
    if (w.written[source]) {
      din = spare;
      spare += rows * p.inputSizes[port];
    } else {
      din = w.grad[source];
      w.written[source] = 1;
    }
  }
  if (!wanted) return;
  const bool withParams = !pass.dparams.empty() && p.paramCount > 0;
  const Blocks blocks{rows, pass.pool ? kPoolRows : std::max<std::int64_t>(rows, 1)};
  const bool grouped = withParams && blocks.count() > 1;
  if (grouped && w.groupGradients.size() < static_cast<std::size_t>(blocks.count() * plan.maxParams))
    w.groupGradients = Buffer(static_cast<std::size_t>((w.rows + blocks.size - 1) / blocks.size * plan.maxParams));
  auto argsFor = [&](std::int64_t b, int thread, std::array<const Real*, kMaxPorts>& in, std::array<Real*, kMaxPorts>& din) {
    const std::int64_t first = blocks.first(b);
    for (std::size_t port = 0; port < p.inputs.size(); ++port) {
      in[port] = w.act[static_cast<std::size_t>(p.inputs[port])] + first * p.inputSizes[port];
      din[port] = w.din[port] ? w.din[port] + first * p.inputSizes[port] : nullptr;
    }
    BackwardArgs a;
    a.rows = blocks.length(b);
    a.in = {in.data(), p.inputs.size()};
    a.out = w.act[i] + first * p.size;
    a.dout = w.grad[i] + first * p.size;
    a.din = {din.data(), p.inputs.size()};
    a.params = pass.params.data() + p.params;
    a.dparams = !withParams ? nullptr : grouped ? w.groupGradients.data() + b * plan.maxParams : pass.dparams.data() + p.params;
    a.accumulate = !grouped && pass.accumulate;
    a.cache = w.caches[i].data() + first * p.layer->cachePerRow();
    a.scratch = w.scratch[static_cast<std::size_t>(thread)].data();
    a.shared = w.shared[i].data();
    a.sharedBackward = w.sharedBackward[i].data();
    a.mode = modeOf(p, pass.mode);
    a.rng = pass.rng;
    a.node = p.id.value;
    a.firstRow = pass.firstRow + first;
    return a;
  };
  if (together(p, pass.mode)) {
    const std::int64_t partial = p.layer->partialSize();
    forBlocks(pass.pool, blocks, [&](std::int64_t b, int thread) {
      std::array<const Real*, kMaxPorts> in;
      std::array<Real*, kMaxPorts> din;
      p.layer->backwardPartial(argsFor(b, thread, in, din), w.partials[i].data() + b * partial);
    });
    p.layer->combineBackward({w.partials[i].data(), static_cast<std::size_t>(blocks.count() * partial)}, blocks.count(),
                             w.sharedBackward[i].data());
  }
  forBlocks(pass.pool, blocks, [&](std::int64_t b, int thread) {
    std::array<const Real*, kMaxPorts> in;
    std::array<Real*, kMaxPorts> din;
    const BackwardArgs a = argsFor(b, thread, in, din);
    if (!pass.hook || !(*pass.hook)(p.id, a)) p.layer->backward(a);
  });
  if (grouped) addGroups(p, w, blocks.count(), pass);
  spare = w.fanOut.data();
  for (std::size_t port = 0; port < p.inputs.size(); ++port) {
    const std::size_t source = static_cast<std::size_t>(p.inputs[port]);
    if (!w.din[port] || w.din[port] == w.grad[source]) continue;
    VectorMap(w.grad[source], rows * p.inputSizes[port]) += ConstVectorMap(w.din[port], rows * p.inputSizes[port]);
  }
}

void Network::addGroups(const PlanNode& p, Workspace::Impl& w, std::int64_t groups, const BackwardPass& pass) const {
  for (const PlacedBlock& block : plan_->blocks) {
    if (block.node != p.id || !block.block.trainable) continue;
    VectorMap sum(pass.dparams.data() + block.offset, block.size());
    for (std::int64_t g = 0; g < groups; ++g) {
      const ConstVectorMap part(w.groupGradients.data() + g * plan_->maxParams + (block.offset - p.params), block.size());
      if (g == 0 && !pass.accumulate)
        sum = part;
      else
        sum += part;
    }
  }
}

}  // namespace vitrine
