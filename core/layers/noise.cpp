#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Inverted dropout (Srivastava et al. 2014): what is kept is enlarged by 1 / (1 − rate), so evaluation does nothing.
/// The mask is a function of seed, step, node and the row's place in the batch: however a batch is cut, the same bits.
class Dropout : public Layer {
 public:
  Dropout(std::int64_t size, double rate) : size_(size), rate_(rate) {}
  bool inPlace() const override { return true; }
  bool readsOutput() const override { return false; }
  bool affine() const override { return true; }
  /// The mask: 0 or 1 / (1 − rate).
  std::int64_t cachePerRow() const override { return size_; }
  void forward(const ForwardArgs& a) const override {
    if (a.mode == Mode::Eval) {
      if (a.out != a.in[0]) std::copy_n(a.in[0], a.rows * size_, a.out);
      return;
    }
    const Real keep = static_cast<Real>(1 / (1 - rate_));
    const std::uint64_t limit = static_cast<std::uint64_t>(rate_ * 0x1.0p32);
    for (std::int64_t r = 0; r < a.rows; ++r) {
      Rng rng(a.rng.seed, Stream::Dropout, a.rng.step, a.node << 32 | static_cast<std::uint64_t>(a.firstRow + r));
      Real* mask = a.cache + r * size_;
      std::uint64_t bits = 0;
      for (std::int64_t i = 0; i < size_; ++i, bits >>= 32) {
        if (i % 2 == 0) bits = rng.next();
        mask[i] = (bits & 0xffffffff) < limit ? Real(0) : keep;
      }
    }
    for (std::int64_t i = 0; i < a.rows * size_; ++i) a.out[i] = a.in[0][i] * a.cache[i];
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    if (a.mode == Mode::Eval) {
      if (a.din[0] != a.dout) std::copy_n(a.dout, a.rows * size_, a.din[0]);
      return;
    }
    for (std::int64_t i = 0; i < a.rows * size_; ++i) a.din[0][i] = a.dout[i] * a.cache[i];
  }

 private:
  std::int64_t size_;
  double rate_;
};

/// Adds normal noise in training. A function of seed, step, node and row, as dropout's mask.
class GaussianNoise : public Layer {
 public:
  GaussianNoise(std::int64_t size, double deviation) : size_(size), deviation_(deviation) {}
  bool inPlace() const override { return true; }
  bool readsOutput() const override { return false; }
  bool affine() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    if (a.out != a.in[0]) std::copy_n(a.in[0], a.rows * size_, a.out);
    if (a.mode == Mode::Eval || deviation_ == 0) return;
    for (std::int64_t r = 0; r < a.rows; ++r) {
      Rng rng(a.rng.seed, Stream::LayerNoise, a.rng.step, a.node << 32 | static_cast<std::uint64_t>(a.firstRow + r));
      Real* y = a.out + r * size_;
      for (std::int64_t i = 0; i < size_; ++i) y[i] += static_cast<Real>(deviation_ * rng.normal());
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (a.din[0] && a.din[0] != a.dout) std::copy_n(a.dout, a.rows * size_, a.din[0]);
  }

 private:
  std::int64_t size_;
  double deviation_;
};

}  // namespace

LayerSpec gaussianNoiseSpec() {
  LayerSpec s;
  s.id = "gaussian_noise";
  s.name = "Gaussian noise";
  s.category = Category::Normalise;
  s.help = "While training, adds random noise to every value, so that the network does not hang on exact numbers. Does nothing once the "
           "network is used.";
  s.formula = "y = x + N(0, σ²) in training, else y = x";
  s.params = {{.id = "deviation", .label = "Deviation", .help = "Standard deviation of the noise; 0.05 to 0.5 is usual for standardised data.",
               .fallback = 0.1, .low = 0, .high = 100, .sliderLow = 0, .sliderHigh = 1}};
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<GaussianNoise>(in[0].size(), param<double>(p, d, "deviation"));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return out.size(); };
  s.summary = [d = s.params](const Params& p) { return "σ " + paramText(d[0], param<double>(p, d, "deviation")); };
  return s;
}

LayerSpec dropoutSpec() {
  LayerSpec s;
  s.id = "dropout";
  s.name = "Dropout";
  s.category = Category::Normalise;
  s.help = "While training, sets a random share of the values to 0, so that no unit can rely on another: less overfitting. "
           "Does nothing once the network is used.";
  s.formula = "y = x · mask / (1 − rate) in training, else y = x";
  s.params = {{.id = "rate", .label = "Rate", .help = "Share of the values set to 0; 0.2 to 0.5 is usual.", .fallback = 0.5,
               .low = 0, .high = 0.95, .sliderLow = 0, .sliderHigh = 0.9}};
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Dropout>(in[0].size(), param<double>(p, d, "rate"));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return out.size(); };
  s.summary = [d = s.params](const Params& p) { return paramText(d[0], param<double>(p, d, "rate")); };
  return s;
}

}  // namespace vitrine
