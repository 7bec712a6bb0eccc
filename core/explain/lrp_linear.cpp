#include "core/explain/lrp_linear.h"

#include <algorithm>
#include <cmath>

namespace vitrine {
namespace {

using Values = std::vector<Real>;
Real positive(Real v) { return std::max(v, Real(0)); }
Real negative(Real v) { return std::min(v, Real(0)); }
Real same(Real v) { return v; }
Real none(Real) { return 0; }

template <class F>
Values each(const Real* x, std::int64_t n, F f) {
  Values out(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = f(x[i]);
  return out;
}

/// out += factor · x · Wᵀ s
void addShare(const LinearMap& map, const Values& x, const Values& s, Real factor, Real* out) {
  const Values back = map.transposed(s);
  for (std::size_t i = 0; i < x.size(); ++i) out[i] += factor * x[i] * back[i];
}

/// The part of one sign: contributions x⁺W⁺ + x⁻W⁻ (or, crossed, x⁺W⁻ + x⁻W⁺), where `with` holds for an output.
struct Signed {
  LinearMap a, b;  ///< for positive and for negative inputs
};
void shareSigned(const Signed& maps, const Values& plus, const Values& minus, const Real* relevance, double steady, const Values& mask, Real factor, Real* out) {
  const Values za = maps.a.forward(plus.data()), zb = maps.b.forward(minus.data());
  Values s(za.size());
  for (std::size_t j = 0; j < s.size(); ++j) s[j] = mask[j] * relevance[j] / stabilised(za[j] + zb[j], steady);
  addShare(maps.a, plus, s, factor, out);
  addShare(maps.b, minus, s, factor, out);
}

void signedRule(LrpRule rule, const LrpNumbers& n, double steady, const LinearMap& map, const Real* x, const Real* relevance, Real* out) {
  const Values plus = each(x, map.inputs(), positive), minus = each(x, map.inputs(), negative);
  Values all(static_cast<std::size_t>(map.outputs()), Real(1));
  if (rule != LrpRule::Gamma) {
    const Real alpha = rule == LrpRule::ZPlus ? Real(1) : static_cast<Real>(n.alpha);
    shareSigned({map.changed(positive, positive), map.changed(negative, none)}, plus, minus, relevance, steady, all, alpha, out);
    if (alpha > 1) shareSigned({map.changed(negative, negative), map.changed(positive, none)}, plus, minus, relevance, steady, all, 1 - alpha, out);
    return;
  }
  const Real g = static_cast<Real>(n.gamma);
  const auto favour = [g](Real w) { return w + g * positive(w); };
  const auto disfavour = [g](Real w) { return w + g * negative(w); };
  const Values z = map.forward(x);
  shareSigned({map.changed(favour, favour), map.changed(disfavour, none)}, plus, minus, relevance, steady,
              each(z.data(), map.outputs(), [](Real v) { return v > 0 ? Real(1) : Real(0); }), 1, out);
  shareSigned({map.changed(disfavour, disfavour), map.changed(favour, none)}, plus, minus, relevance, steady,
              each(z.data(), map.outputs(), [](Real v) { return v < 0 ? Real(1) : Real(0); }), 1, out);
}

/// x · Wᵀ(R / z) for one map; z: null where it is to be computed.
void plainRule(const LinearMap& map, const Values& x, const Real* known, const Real* relevance, double epsilon, Real* out) {
  const Values z = known ? Values(known, known + map.outputs()) : map.forward(x.data());
  Values s(z.size());
  for (std::size_t j = 0; j < s.size(); ++j) s[j] = relevance[j] / stabilised(z[j], epsilon);
  addShare(map, x, s, 1, out);
}

/// Montavon et al. 2017: x between low and high; z = W x − W⁺ low − W⁻ high.
void boxRule(const LrpNumbers& n, double steady, const LinearMap& map, const Real* x, const Real* relevance, Real* out) {
  const Values own = each(x, map.inputs(), same);
  const Values low(own.size(), static_cast<Real>(n.low)), high(own.size(), static_cast<Real>(n.high));
  const LinearMap up = map.changed(positive, positive), down = map.changed(negative, negative);
  const Values z = map.forward(x), zl = up.forward(low.data()), zh = down.forward(high.data());
  Values s(z.size());
  for (std::size_t j = 0; j < s.size(); ++j) s[j] = relevance[j] / stabilised(z[j] - (zl[j] + zh[j]), steady);
  addShare(map, own, s, 1, out);
  addShare(up, low, s, -1, out);
  addShare(down, high, s, -1, out);
}

}  // namespace

LinearMap::LinearMap(const Network& network, NodeId id, std::span<const Real> params)
    : layer_(&network.layer(id)), inputs_(network.shape(network.graph().inputsOf(id)[0]).size()), outputs_(network.shape(id).size()) {
  const std::vector<PlacedBlock> blocks = network.blocksOf(id);
  std::int64_t all = 0;
  for (const PlacedBlock& b : blocks) all += b.size();
  weights_.reserve(static_cast<std::size_t>(all));
  for (const PlacedBlock& b : blocks) {
    const std::span<const Real> values = params.subspan(static_cast<std::size_t>(b.offset), static_cast<std::size_t>(b.size()));
    if (b.block.name == "bias") biasAt_ = static_cast<std::int64_t>(weights_.size()), bias_.assign(values.begin(), values.end());
    weights_.insert(weights_.end(), values.begin(), values.end());
  }
  bias_.resize(static_cast<std::size_t>(network.shape(id).dims.back()), Real(0));
  clearBiasBlock();
}

void LinearMap::clearBiasBlock() {
  if (biasAt_ >= 0) std::fill(weights_.begin() + biasAt_, weights_.end(), Real(0));
}

void LinearMap::mergeBatchNorm(const Network& network, NodeId norm, std::span<const Real> params) {
  const std::size_t channels = bias_.size();
  const Real* block = params.data() + network.blocksOf(norm).front().offset;  // weight, bias, running mean, running variance
  const double epsilon = param<double>(network.graph().find(norm)->params, findLayer("batchnorm")->params, "epsilon");
  Values factor(channels);
  for (std::size_t c = 0; c < channels; ++c) factor[c] = block[c] / std::sqrt(block[3 * channels + c] + static_cast<Real>(epsilon));
  for (std::size_t i = 0; i < weights_.size(); ++i) weights_[i] *= factor[i % channels];
  for (std::size_t c = 0; c < channels; ++c) bias_[c] = (bias_[c] - block[2 * channels + c]) * factor[c] + block[channels + c];
  clearBiasBlock();
}

std::vector<Real> LinearMap::forward(const Real* x) const {
  Values out(static_cast<std::size_t>(outputs_)), scratch(static_cast<std::size_t>(layer_->scratch() + layer_->scratchPerRow() + 1));
  Values cache(static_cast<std::size_t>(layer_->cachePerRow() + 1));
  const Real* in[1] = {x};
  ForwardArgs a;
  a.rows = 1, a.in = in, a.out = out.data(), a.params = weights_.data(), a.cache = cache.data(), a.scratch = scratch.data();
  layer_->forward(a);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += bias_[i % bias_.size()];
  return out;
}

std::vector<Real> LinearMap::transposed(const std::vector<Real>& s) const {
  Values back(static_cast<std::size_t>(inputs_)), unused(static_cast<std::size_t>(inputs_)), scratch(static_cast<std::size_t>(layer_->scratch() + layer_->scratchPerRow() + 1));
  const Real* in[1] = {unused.data()};
  Real* din[1] = {back.data()};
  BackwardArgs a;
  a.rows = 1, a.in = in, a.out = s.data(), a.dout = s.data(), a.din = din, a.params = weights_.data(), a.scratch = scratch.data();
  layer_->backward(a);
  return back;
}

void applyLrpRule(LrpRule rule, const LrpNumbers& n, double steady, bool bias, const LinearMap& map, const Real* x, const Real* z, const Real* relevance, Real* out) {
  if (!bias) return applyLrpRule(rule, n, steady, true, map.changed(same, none), x, nullptr, relevance, out);
  const std::int64_t inputs = map.inputs();
  std::fill_n(out, inputs, Real(0));
  switch (rule) {
    case LrpRule::Epsilon: plainRule(map, each(x, inputs, same), z, relevance, n.epsilon, out); return;
    case LrpRule::WeightGamma: {
      const Real g = static_cast<Real>(n.gamma);
      plainRule(map.changed([g](Real w) { return w + g * positive(w); }, same), each(x, inputs, same), nullptr, relevance, steady, out);
      return;
    }
    case LrpRule::WeightPlus: plainRule(map.changed(positive, same), each(x, inputs, same), nullptr, relevance, steady, out); return;
    case LrpRule::Flat: plainRule(map.changed([](Real) { return Real(1); }, none), Values(static_cast<std::size_t>(inputs), Real(1)), nullptr, relevance, steady, out); return;
    case LrpRule::WSquare:
      plainRule(map.changed([](Real w) { return w * w; }, [](Real b) { return b * b; }), Values(static_cast<std::size_t>(inputs), Real(1)), nullptr, relevance, steady, out);
      return;
    case LrpRule::ZBox: boxRule(n, steady, map, x, relevance, out); return;
    default: signedRule(rule, n, steady, map, x, relevance, out);
  }
}

}  // namespace vitrine
