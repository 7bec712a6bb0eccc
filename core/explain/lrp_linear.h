#pragma once

// LRP's rules at layers with weights. Not for views.

#include <vector>

#include "core/model/network.h"

namespace vitrine {

/// z + ε sign(z), sign(0) = +1.
inline Real stabilised(Real z, double epsilon) { return z + static_cast<Real>(z < 0 ? -epsilon : epsilon); }

struct LrpNumbers {
  double epsilon = 1e-6, gamma = 0.25, alpha = 2, low = 0, high = 1;
  bool bias = true;
};

/// Gamma, ZPlus and AlphaBeta tell positive from negative contributions by the signs of input and weight and clamp the bias as a
/// weight (Montavon et al. 2019, generalised as in zennit); WeightGamma and WeightPlus change the weights only (Captum).
enum class LrpRule { Epsilon, ZPlus, Gamma, AlphaBeta, Flat, WSquare, ZBox, WeightGamma, WeightPlus };

/// A dense or convolutional layer as a linear map for one sample: weights and bias apart, so that both can be changed.
class LinearMap {
 public:
  LinearMap(const Network& network, NodeId id, std::span<const Real> params);
  /// Takes a batch norm behind it into weights and bias.
  void mergeBatchNorm(const Network& network, NodeId norm, std::span<const Real> params);

  std::int64_t inputs() const { return inputs_; }
  std::int64_t outputs() const { return outputs_; }
  /// The same map with f applied to every weight, and g to every bias (0: no bias).
  template <class F, class G>
  LinearMap changed(F f, G g) const {
    LinearMap m = *this;
    for (Real& w : m.weights_) w = f(w);
    for (Real& b : m.bias_) b = g(b);
    m.clearBiasBlock();
    return m;
  }
  /// z = W x + b; [outputs].
  std::vector<Real> forward(const Real* x) const;
  /// Wᵀ s; [inputs].
  std::vector<Real> transposed(const std::vector<Real>& s) const;

 private:
  void clearBiasBlock();
  const Layer* layer_;
  std::int64_t inputs_, outputs_, biasAt_ = -1;
  std::vector<Real> weights_;  ///< the layer's parameters, its own bias 0
  std::vector<Real> bias_;     ///< one a channel
};

/// Relevance of the inputs x [inputs] from that of the outputs [outputs]. `steady`: stabiliser of rules other than Epsilon. `z`: the map's
/// own outputs for x where they are known, else null: Epsilon divides by what the network had, to the bit, so that relevance which came
/// from an output goes back through it whole however near to 0 it is.
void applyLrpRule(LrpRule rule, const LrpNumbers& numbers, double steady, bool bias, const LinearMap& map, const Real* x, const Real* z, const Real* relevance, Real* out);

}  // namespace vitrine
