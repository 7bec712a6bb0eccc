#include "core/insight/statistics.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

constexpr std::int64_t kRowsAtOnce = 16;

/// A summary that grows by stretches. Deviations are taken about a first guess of the mean, so that large offsets cost
/// no digits.
class Summing {
 public:
  void add(std::span<const Real> values) {
    for (Real value : values) {
      ++s_.count;
      if (!std::isfinite(value)) {
        ++s_.notFinite;
        continue;
      }
      const double v = static_cast<double>(value);
      if (finite_ == 0) shift_ = s_.min = s_.max = v;
      ++finite_;
      sum_ += v - shift_;
      squares_ += (v - shift_) * (v - shift_);
      s_.min = std::min(s_.min, v);
      s_.max = std::max(s_.max, v);
      zeros_ += v == 0;
    }
  }
  NumberSummary result() const {
    NumberSummary s = s_;
    const double n = static_cast<double>(finite_);
    if (finite_ == 0) {
      s.mean = s.deviation = s.min = s.max = kNan;
      return s;
    }
    const double mean = sum_ / n;
    s.mean = shift_ + mean;
    s.deviation = std::sqrt(std::max(0.0, squares_ / n - mean * mean));
    s.zeroShare = static_cast<double>(zeros_) / static_cast<double>(s.count);
    return s;
  }

 private:
  NumberSummary s_;
  std::int64_t finite_ = 0, zeros_ = 0;
  double shift_ = 0, sum_ = 0, squares_ = 0;
};

/// Which units of a node have been idle so far.
struct Idle {
  enum class Kind { None, Dead, Sigmoid, Tanh } kind = Kind::None;
  std::vector<char> units;

  Idle(const std::string& type, std::int64_t count) : units(static_cast<std::size_t>(count), 1) {
    if (type == "relu") kind = Kind::Dead;
    if (type == "sigmoid") kind = Kind::Sigmoid;
    if (type == "tanh") kind = Kind::Tanh;
  }
  bool idle(Real v) const {
    switch (kind) {
      case Kind::Dead: return v == 0;
      case Kind::Sigmoid: return v < Real(0.01) || v > Real(0.99);
      case Kind::Tanh: return std::abs(v) > Real(0.98);
      case Kind::None: break;
    }
    return false;
  }
  void add(std::span<const Real> values) {
    if (kind == Kind::None) return;
    for (std::size_t i = 0; i < values.size(); ++i)
      if (!idle(values[i])) units[i % units.size()] = 0;
  }
  std::int64_t count() const { return std::count(units.begin(), units.end(), 1); }
};

}  // namespace

NumberSummary summarise(std::span<const Real> values) {
  Summing sum;
  sum.add(values);
  return sum.result();
}

std::vector<BlockSummary> parameterSummaries(const Network& network, std::span<const Real> params) {
  std::vector<BlockSummary> out;
  for (const PlacedBlock& b : network.blocks())
    out.push_back({b.fullName, b.node, b.block.trainable,
                   summarise(params.subspan(static_cast<std::size_t>(b.offset), static_cast<std::size_t>(b.size())))});
  return out;
}

std::vector<ActivationSummary> activationSummaries(const Network& network, std::span<const Real> params, const Dataset& data,
                                                   std::span<const std::int32_t> rows, std::stop_token stop) {
  if (rows.empty()) return {};
  const std::vector<NodeId>& order = network.order();
  std::vector<Summing> sums(order.size());
  std::vector<Idle> idle;
  for (NodeId id : order) idle.emplace_back(network.graph().find(id)->type, network.shape(id).dims.back());
  Workspace ws(network, kRowsAtOnce, true, false);
  for (std::size_t first = 0; first < rows.size(); first += kRowsAtOnce) {
    if (stop.stop_requested()) return {};
    const std::span<const std::int32_t> block = rows.subspan(first, std::min<std::size_t>(kRowsAtOnce, rows.size() - first));
    gatherInputs(data, block, ws.input());
    network.forward(params, ws, static_cast<std::int64_t>(block.size()));
    for (std::size_t i = 0; i < order.size(); ++i) {
      const std::span<const Real> values(ws.activation(order[i]),
                                         block.size() * static_cast<std::size_t>(network.shape(order[i]).size()));
      sums[i].add(values);
      idle[i].add(values);
    }
  }
  std::vector<ActivationSummary> out;
  for (std::size_t i = 0; i < order.size(); ++i) {
    ActivationSummary s;
    s.node = order[i];
    s.values = sums[i].result();
    s.units = network.shape(order[i]).dims.back();
    if (idle[i].kind == Idle::Kind::Dead) s.dead = idle[i].count();
    if (idle[i].kind == Idle::Kind::Sigmoid || idle[i].kind == Idle::Kind::Tanh) s.saturated = idle[i].count();
    out.push_back(s);
  }
  return out;
}

}  // namespace vitrine
