// Activations whose backward needs the input: GELU, SiLU, PReLU.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/layers/elementwise.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Hendrycks & Gimpel 2016: x · Φ(x), Φ the normal distribution.
class Gelu : public Layer {
 public:
  explicit Gelu(std::int64_t size) : size_(size) {}
  /// Φ(x), kept for backward.
  std::int64_t cachePerRow() const override { return size_; }
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t i = 0; i < a.rows * size_; ++i) {
      a.cache[i] = Real(0.5) * (1 + std::erf(a.in[0][i] * Real(std::numbers::sqrt2 / 2)));
      a.out[i] = a.in[0][i] * a.cache[i];
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    const Real density = static_cast<Real>(std::numbers::inv_sqrtpi / std::numbers::sqrt2);
    forLanes(a.rows * size_, a.in[0], a.din[0], [&](const Lanes& x) { return Lanes(x * density * (Real(-0.5) * x * x).exp()); });
    for (std::int64_t i = 0; i < a.rows * size_; ++i) a.din[0][i] = a.dout[i] * (a.din[0][i] + a.cache[i]);
  }

 private:
  std::int64_t size_;
};

/// Also called swish (Ramachandran et al. 2017).
class Silu : public Layer {
 public:
  explicit Silu(std::int64_t size) : size_(size) {}
  /// The sigmoid.
  std::int64_t cachePerRow() const override { return size_; }
  void forward(const ForwardArgs& a) const override {
    forLanes(a.rows * size_, a.in[0], a.cache, [](const Lanes& x) { return Lanes((Real(1) + (-x).exp()).inverse()); });
    for (std::int64_t i = 0; i < a.rows * size_; ++i) a.out[i] = a.in[0][i] * a.cache[i];
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t i = 0; i < a.rows * size_; ++i) {
      const Real s = a.cache[i];
      a.din[0][i] = a.dout[i] * (s + a.in[0][i] * s * (1 - s));
    }
  }

 private:
  std::int64_t size_;
};

/// He et al. 2015: leaky ReLU whose slope is learnt, one for all or one a channel (last dimension).
class Prelu : public Layer {
 public:
  Prelu(std::int64_t size, std::int64_t slopes, double start) : size_(size), slopes_(slopes), start_(start) {}
  std::vector<ParamBlock> blocks() const override { return {{"weight", {slopes_}, {}, {Init::Constant, start_}}}; }
  void forward(const ForwardArgs& a) const override {
    walk(a.rows, [&](std::int64_t i, std::int64_t c) {
      const Real x = a.in[0][i];
      a.out[i] = x < 0 ? a.params[c] * x : x;
    });
  }
  void backward(const BackwardArgs& a) const override {
    if (a.dparams && !a.accumulate) std::fill_n(a.dparams, slopes_, Real(0));
    walk(a.rows, [&](std::int64_t i, std::int64_t c) {
      const Real x = a.in[0][i];
      if (a.dparams && x < 0) a.dparams[c] += a.dout[i] * x;
      if (a.din[0]) a.din[0][i] = x > 0 ? a.dout[i] : a.params[c] * a.dout[i];
    });
  }

 private:
  template <class F>
  void walk(std::int64_t rows, F&& f) const {
    for (std::int64_t i = 0; i < rows * size_; i += slopes_)
      for (std::int64_t c = 0; c < slopes_; ++c) f(i + c, c);
  }
  std::int64_t size_, slopes_;
  double start_;
};

LayerSpec smoothSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = std::move(name);
  s.category = Category::Activation;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace

LayerSpec geluSpec() {
  LayerSpec s = smoothSpec("gelu", "GELU", "A smooth ReLU that weighs a value by how likely a normal number is below it; usual in transformers.",
                           "y = x · Φ(x)");
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Gelu>(in[0].size()); };
  return s;
}

LayerSpec siluSpec() {
  LayerSpec s = smoothSpec("silu", "SiLU", "The value times its own sigmoid (swish): a smooth ReLU that dips a little below 0.", "y = x / (1 + exp(−x))");
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Silu>(in[0].size()); };
  return s;
}

LayerSpec preluSpec() {
  LayerSpec s = smoothSpec("prelu", "PReLU", "Leaky ReLU that learns its slope.", "y = x for x > 0, else w · x");
  s.params = {{.id = "per_channel", .label = "Per channel", .help = "A slope of its own for each channel (feature), else one for all.", .fallback = false},
              {.id = "start", .label = "Start", .help = "The slope before training; 0.25 is usual.", .fallback = 0.25, .low = -1, .high = 1,
               .sliderLow = 0, .sliderHigh = 0.5}};
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Prelu>(in[0].size(), param<bool>(p, d, "per_channel") ? in[0].dims.back() : 1, param<double>(p, d, "start"));
  };
  return s;
}

}  // namespace vitrine
