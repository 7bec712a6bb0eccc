#include <algorithm>
#include <cmath>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Ba, Kiros & Hinton 2016, over the last dimension: features of a vector or of each step, channels of each pixel.
/// Parameters: weight, bias, [features] each.
class LayerNorm : public Layer {
 public:
  LayerNorm(std::int64_t places, std::int64_t features, double epsilon)
      : places_(places), features_(features), epsilon_(static_cast<Real>(epsilon)) {}
  std::vector<ParamBlock> blocks() const override {
    return {{"weight", {features_}, {}, Init::Ones}, {"bias", {features_}, {}, Init::Zeros}};
  }
  /// Mean and 1 / deviation of each place.
  std::int64_t cachePerRow() const override { return 2 * places_; }
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t i = 0; i < a.rows * places_; ++i) {
      const Real* x = a.in[0] + i * features_;
      Real mean = 0, variance = 0;
      for (std::int64_t f = 0; f < features_; ++f) mean += x[f];
      mean /= static_cast<Real>(features_);
      for (std::int64_t f = 0; f < features_; ++f) variance += (x[f] - mean) * (x[f] - mean);
      const Real inverse = 1 / std::sqrt(variance / static_cast<Real>(features_) + epsilon_);
      a.cache[2 * i] = mean, a.cache[2 * i + 1] = inverse;
      for (std::int64_t f = 0; f < features_; ++f) a.out[i * features_ + f] = (x[f] - mean) * inverse * a.params[f] + a.params[features_ + f];
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (a.dparams && !a.accumulate) std::fill_n(a.dparams, 2 * features_, Real(0));
    for (std::int64_t i = 0; i < a.rows * places_; ++i) {
      const Real *x = a.in[0] + i * features_, *d = a.dout + i * features_;
      const Real mean = a.cache[2 * i], inverse = a.cache[2 * i + 1];
      if (a.dparams)
        for (std::int64_t f = 0; f < features_; ++f) {
          a.dparams[f] += d[f] * (x[f] - mean) * inverse;
          a.dparams[features_ + f] += d[f];
        }
      if (!a.din[0]) continue;
      // dx = 1/σ · (g − mean(g) − x̂ · mean(g · x̂)) with g = dy · w
      Real sum = 0, along = 0;
      for (std::int64_t f = 0; f < features_; ++f) {
        sum += d[f] * a.params[f];
        along += d[f] * a.params[f] * (x[f] - mean) * inverse;
      }
      sum /= static_cast<Real>(features_), along /= static_cast<Real>(features_);
      for (std::int64_t f = 0; f < features_; ++f)
        a.din[0][i * features_ + f] = inverse * (d[f] * a.params[f] - sum - (x[f] - mean) * inverse * along);
    }
  }

 private:
  std::int64_t places_, features_;
  Real epsilon_;
};

}  // namespace

LayerSpec layerNormSpec() {
  LayerSpec s;
  s.id = "layernorm";
  s.name = "Layer norm";
  s.category = Category::Normalise;
  s.help = "Gives the features of every sample (and step, or pixel) mean 0 and deviation 1, then a learnt scale and shift. Unlike batch "
           "norm it looks at no other sample: usual in recurrent networks.";
  s.formula = "y = w · (x − mean) / √(var + ε) + b";
  s.params = {{.id = "epsilon", .label = "Epsilon", .help = "Added to the variance so that nothing is divided by 0; 1e-5 is usual.",
               .fallback = 1e-5, .low = 1e-8, .high = 1, .sliderLow = 1e-6, .sliderHigh = 1e-2, .logarithmic = true}};
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    const std::int64_t features = in[0].dims.back();
    return std::make_unique<LayerNorm>(in[0].size() / features, features, param<double>(p, d, "epsilon"));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return 4 * out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace vitrine
