#include <algorithm>

#include "core/layers/elementwise.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Over the last dimension: of each vector, of each step, of each pixel.
class Softmax : public Layer {
 public:
  Softmax(std::int64_t groups, std::int64_t n) : groups_(groups), n_(n) {}
  bool readsOutput() const override { return true; }

  void forward(const ForwardArgs& a) const override {
    for (std::int64_t g = 0; g < a.rows * groups_; ++g) {
      const Real* x = a.in[0] + g * n_;
      Real* y = a.out + g * n_;
      // The largest exponent is 0: nothing overflows, and the sum is at least 1.
      const Real most = *std::max_element(x, x + n_);
      forLanes(n_, x, y, [most](const Lanes& v) -> Lanes { return (v - most).exp(); });
      Real sum = 0;
      for (std::int64_t i = 0; i < n_; ++i) sum += y[i];
      const Real share = 1 / sum;
      for (std::int64_t i = 0; i < n_; ++i) y[i] *= share;
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t g = 0; g < a.rows * groups_; ++g) {
      const Real *y = a.out + g * n_, *dy = a.dout + g * n_;
      Real* dx = a.din[0] + g * n_;
      Real dot = 0;
      for (std::int64_t i = 0; i < n_; ++i) dot += y[i] * dy[i];
      for (std::int64_t i = 0; i < n_; ++i) dx[i] = y[i] * (dy[i] - dot);
    }
  }

 private:
  std::int64_t groups_, n_;
};

}  // namespace

LayerSpec softmaxSpec() {
  LayerSpec s;
  s.id = "softmax";
  s.name = "Softmax";
  s.category = Category::Activation;
  s.help = "Turns values into shares that are positive and sum to 1. The output applies it itself with cross-entropy: use this layer "
           "inside a network, or before mean squared error.";
  s.formula = "y[i] = exp(x[i]) / Σ exp(x[j])";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [](const Params&, std::span<const Shape> in) {
    const std::int64_t n = in[0][in[0].rank() - 1];
    return std::make_unique<Softmax>(in[0].size() / n, n);
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return 3 * out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace vitrine
