#include "core/model/network.h"

#include <unistd.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

#include "core/model/network_plan.h"

namespace vitrine {
namespace {

double physicalMemory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGE_SIZE));
}

std::string megabytes(double bytes) { return std::to_string(static_cast<std::int64_t>(std::ceil(bytes / 1048576))) + " MiB"; }

/// The Q of a normal matrix, signs such that every orthogonal matrix is as likely (Mezzadri 2007).
void drawOrthogonal(const Shape& shape, Rng& rng, std::span<Real> out) {
  const Eigen::Index columns = shape.dims.back(), rows = shape.size() / columns;
  const Eigen::Index tall = std::max(rows, columns), wide = std::min(rows, columns);
  Eigen::MatrixXd normal(tall, wide);
  for (Eigen::Index i = 0; i < normal.size(); ++i) normal.data()[i] = rng.normal();
  const Eigen::HouseholderQR<Eigen::MatrixXd> qr(normal);
  Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(tall, wide);
  for (Eigen::Index c = 0; c < wide; ++c)
    if (qr.matrixQR()(c, c) < 0) q.col(c) *= -1;
  for (Eigen::Index r = 0; r < rows; ++r)
    for (Eigen::Index c = 0; c < columns; ++c)
      out[static_cast<std::size_t>(r * columns + c)] = static_cast<Real>(rows >= columns ? q(r, c) : q(c, r));
}

void drawBlock(const ParamBlock& block, Rng rng, std::span<Real> out) {
  const double in = static_cast<double>(block.fanIn), both = static_cast<double>(block.fanIn + block.fanOut);
  auto normal = [&](double deviation) {
    for (Real& x : out) x = static_cast<Real>(deviation * rng.normal());
  };
  auto uniform = [&](double limit) {
    for (Real& x : out) x = static_cast<Real>(rng.uniform(-limit, limit));
  };
  switch (block.init.kind) {
    case Init::Zeros: std::fill(out.begin(), out.end(), Real(0)); break;
    case Init::Ones: std::fill(out.begin(), out.end(), Real(1)); break;
    case Init::HeNormal: normal(std::sqrt(2 / in)); break;
    case Init::HeUniform: uniform(std::sqrt(6 / in)); break;
    case Init::GlorotNormal: normal(std::sqrt(2 / both)); break;
    case Init::GlorotUniform: uniform(std::sqrt(6 / both)); break;
    case Init::LeCunNormal: normal(std::sqrt(1 / in)); break;
    case Init::LeCunUniform: uniform(std::sqrt(3 / in)); break;
    case Init::Orthogonal: drawOrthogonal(block.shape, rng, out); break;
    case Init::Normal: normal(block.init.value); break;
    case Init::Uniform: uniform(block.init.value); break;
    case Init::Constant: std::fill(out.begin(), out.end(), static_cast<Real>(block.init.value)); break;
  }
}

}  // namespace

Shape ParamBlock::fileShape() const {
  if (toFile.empty()) return shape;
  Shape out;
  for (int d : toFile) out.dims.push_back(shape[d]);
  return out;
}

Network::Network() : plan_(std::make_unique<Plan>()) {}
Network::~Network() = default;

int Network::Plan::indexOf(NodeId id) const {
  for (std::size_t i = 0; i < nodes.size(); ++i)
    if (nodes[i].id == id) return static_cast<int>(i);
  return -1;
}

Result<std::shared_ptr<const Network>> Network::compile(const Graph& graph, const DataSpec& data) {
  Validation validation = validate(graph, &data);
  if (const Issue* issue = validation.firstFatal()) {
    Error error = problem(issue->text);
    if (issue->node) error.place = "node '" + graph.find(*issue->node)->name + "'";
    error.expected = issue->cure;
    return error;
  }
  std::shared_ptr<Network> network(new Network);
  Plan& plan = *network->plan_;
  plan.graph = graph;
  plan.data = data;
  plan.order = validation.order;
  std::int64_t activations = 0;
  for (NodeId id : validation.order) {
    const Node& node = *graph.find(id);
    PlanNode p;
    p.id = id;
    p.shape = validation.shapes.at(id);
    p.size = p.shape.size();
    p.params = plan.parameterCount;
    activations += p.size;
    std::vector<Shape> in;
    for (NodeId source : graph.inputsOf(id)) {
      p.inputs.push_back(plan.indexOf(source));
      PlanNode& from = plan.nodes[static_cast<std::size_t>(p.inputs.back())];
      ++from.consumers;
      p.trainsAbove |= from.trainsAbove;
      in.push_back(from.shape);
    }
    if (node.type != "input") {
      p.layer = findLayer(node.type)->make(node.params, in);
      p.frozen = isFrozen(node);
      for (ParamBlock& block : p.layer->blocks()) {
        const std::int64_t size = block.shape.size();
        block.trainable &= !p.frozen;
        p.trainsAbove |= block.trainable;
        plan.trainableCount += block.trainable ? size : 0;
        const std::int64_t offset = plan.parameterCount + p.paramCount;
        p.paramCount += size;
        std::string name = node.name + "." + block.name;
        plan.blocks.push_back({std::move(block), id, std::move(name), offset});
      }
      // The next layer's blocks start on a cache line, so that fast kernels find them aligned.
      plan.parameterCount += (p.paramCount + 15) / 16 * 16;
      plan.maxParams = std::max(plan.maxParams, p.paramCount);
      plan.coupled |= p.layer->coupled() && !p.frozen;
    }
    plan.nodes.push_back(std::move(p));
  }
  plan.makeLean();
  plan.fit(plan.nodes);
  plan.fit(plan.lean);
  // Parameters, gradient, two optimiser slots and a snapshot; and two samples' activations with their gradients.
  const double bytes = sizeof(Real) * (5.0 * static_cast<double>(plan.parameterCount) + 4.0 * static_cast<double>(activations));
  if (bytes > 0.8 * physicalMemory())
    return problem("This network needs " + megabytes(bytes) + " to train; this machine has " + megabytes(physicalMemory()) +
                   " of memory.");
  plan.validation = std::move(validation);
  return std::shared_ptr<const Network>(std::move(network));
}

const Graph& Network::graph() const { return plan_->graph; }
const DataSpec& Network::data() const { return plan_->data; }
const Validation& Network::validation() const { return plan_->validation; }
const std::vector<NodeId>& Network::order() const { return plan_->order; }
const std::vector<PlacedBlock>& Network::blocks() const { return plan_->blocks; }
std::int64_t Network::parameterCount() const { return plan_->parameterCount; }
std::int64_t Network::trainableCount() const { return plan_->trainableCount; }
std::int64_t Network::outputs() const { return plan_->nodes.back().size; }
bool Network::coupled() const { return plan_->coupled; }
const Shape& Network::shape(NodeId node) const { return plan_->nodes[static_cast<std::size_t>(plan_->indexOf(node))].shape; }
const Layer& Network::layer(NodeId node) const { return *plan_->nodes[static_cast<std::size_t>(plan_->indexOf(node))].layer; }

Cost Network::costPerSample() const {
  Cost sum = 0;
  for (NodeId id : plan_->order) sum += plan_->validation.cost.at(id);
  return sum;
}

std::vector<PlacedBlock> Network::blocksOf(NodeId node) const {
  std::vector<PlacedBlock> own;
  for (const PlacedBlock& b : plan_->blocks)
    if (b.node == node) own.push_back(b);
  return own;
}

Buffer Network::initialise(std::uint64_t seed) const {
  Buffer params(static_cast<std::size_t>(plan_->parameterCount));
  NodeId last{0};
  std::uint64_t index = 0;
  for (const PlacedBlock& b : plan_->blocks) {
    index = b.node == last ? index + 1 : 0;
    last = b.node;
    drawBlock(b.block, Rng(seed, Stream::Weights, b.node.value, index),
              params.span().subspan(static_cast<std::size_t>(b.offset), static_cast<std::size_t>(b.size())));
  }
  return params;
}

std::vector<std::string> Network::inherit(const Network& old, std::span<const Real> oldParams, std::span<Real> params) const {
  std::vector<std::string> remade;
  for (const PlacedBlock& b : plan_->blocks) {
    const auto it = std::find_if(old.blocks().begin(), old.blocks().end(), [&](const PlacedBlock& o) {
      return o.node == b.node && o.block.name == b.block.name && o.block.shape == b.block.shape;
    });
    const Node& node = *plan_->graph.find(b.node);
    const Node* before = old.graph().find(b.node);
    if (it != old.blocks().end() && before && before->type == node.type)
      std::copy_n(oldParams.begin() + it->offset, b.size(), params.begin() + b.offset);
    else if (remade.empty() || remade.back() != node.name)
      remade.push_back(node.name);
  }
  return remade;
}

Workspace::Workspace(const Network& network, std::int64_t rows, bool keepAll, bool gradients)
    : impl_(std::make_unique<Impl>()) {
  const Network::Plan& plan = *network.plan_;
  Impl& w = *impl_;
  w.plan = &plan;
  w.rows = rows;
  w.keepAll = keepAll;
  w.gradients = gradients;
  const std::vector<PlanNode>& nodes = w.nodes();
  const std::size_t n = nodes.size();
  w.owned.resize(n);
  w.ownedGradients.resize(n);
  w.caches.resize(n);
  w.shared.resize(n);
  w.sharedBackward.resize(n);
  w.partials.resize(n);
  w.act.resize(n);
  w.grad.resize(n);
  w.written.resize(n);
  std::size_t ports = 1;
  for (std::size_t i = 0; i < n; ++i) {
    const PlanNode& p = nodes[i];
    const std::size_t size = static_cast<std::size_t>(rows * p.size);
    ports = std::max(ports, p.inputs.size());
    const std::size_t from = p.inputs.empty() ? 0 : static_cast<std::size_t>(p.inputs[0]);
    const bool share = p.mayShare && !keepAll;
    if (!share) w.owned[i] = Buffer::unwritten(size);
    w.act[i] = share ? w.act[from] : w.owned[i].data();
    if (gradients) {
      if (!share) w.ownedGradients[i] = Buffer::unwritten(size);
      w.grad[i] = share ? w.grad[from] : w.ownedGradients[i].data();
    }
    if (!p.layer) continue;
    w.caches[i] = Buffer::unwritten(static_cast<std::size_t>(rows * p.layer->cachePerRow()));
    if (p.layer->coupled()) {
      w.shared[i] = Buffer(static_cast<std::size_t>(p.layer->sharedSize()));
      w.sharedBackward[i] = Buffer(static_cast<std::size_t>(p.layer->sharedSize()));
      w.partials[i] = Buffer(static_cast<std::size_t>(p.layer->partialSize() * (rows + 1)));
    }
  }
  w.in.resize(ports);
  w.din.resize(ports);
  if (gradients) w.fanOut = Buffer(static_cast<std::size_t>(rows * plan.maxInputSum));
  w.needThreads(1);
}

Workspace::~Workspace() = default;
Workspace::Workspace(Workspace&&) noexcept = default;
Workspace& Workspace::operator=(Workspace&&) noexcept = default;

void Workspace::Impl::needThreads(int threads) {
  while (static_cast<int>(scratch.size()) < threads) scratch.push_back(Buffer::unwritten(static_cast<std::size_t>(plan->maxScratch + rows * plan->maxScratchPerRow)));
}

std::int64_t Workspace::rows() const { return impl_->rows; }
Real* Workspace::input() { return impl_->act[0]; }
Real* Workspace::outputGradient() { return impl_->grad.back(); }
const Real* Workspace::inputGradient() const { return impl_->grad[0]; }
const Real* Workspace::activation(NodeId node) const { return impl_->act[static_cast<std::size_t>(impl_->plan->indexOf(node))]; }
const Real* Workspace::gradient(NodeId node) const { return impl_->grad[static_cast<std::size_t>(impl_->plan->indexOf(node))]; }

}  // namespace vitrine
