#include <algorithm>
#include <cmath>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Ioffe & Szegedy 2015, PyTorch's definitions: the batch's biased variance normalises, running_var gets the unbiased one.
/// A value per feature of a vector, or per channel of an image. Parameters: weight, bias, running_mean, running_var.
class BatchNorm : public Layer {
 public:
  BatchNorm(std::int64_t positions, std::int64_t channels, double momentum, double epsilon)
      : positions_(positions), c_(channels), momentum_(static_cast<Real>(momentum)), epsilon_(static_cast<Real>(epsilon)) {}

  std::vector<ParamBlock> blocks() const override {
    return {{"weight", {c_}, {}, Init::Ones, 1, 1, true},
            {"bias", {c_}, {}, Init::Zeros, 1, 1, true},
            {"running_mean", {c_}, {}, Init::Zeros, 1, 1, false},
            {"running_var", {c_}, {}, Init::Ones, 1, 1, false}};
  }
  bool coupled() const override { return true; }
  /// Forward: count, means, sums of squared deviations. Backward: count, Σ dy, Σ dy·x̂.
  std::int64_t partialSize() const override { return 1 + 2 * c_; }
  /// Forward: count, mean, variance. Backward: as the partial.
  std::int64_t sharedSize() const override { return 1 + 2 * c_; }

  void forwardPartial(const ForwardArgs& a, Real* partial) const override {
    const std::int64_t n = a.rows * positions_;
    partial[0] = static_cast<Real>(n);
    Real *mean = partial + 1, *squares = mean + c_;
    std::fill_n(mean, 2 * c_, Real(0));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t c = 0; c < c_; ++c) mean[c] += a.in[0][i * c_ + c];
    for (std::int64_t c = 0; c < c_; ++c) mean[c] /= static_cast<Real>(n);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t c = 0; c < c_; ++c) {
        const Real d = a.in[0][i * c_ + c] - mean[c];
        squares[c] += d * d;
      }
  }
  /// Merges by Chan, Golub & LeVeque 1979.
  void combineForward(std::span<const Real> partials, std::int64_t blocks, Real* shared) const override {
    Real *mean = shared + 1, *var = mean + c_;
    std::copy_n(partials.data(), 1 + 2 * c_, shared);
    for (std::int64_t b = 1; b < blocks; ++b) {
      const Real* p = partials.data() + b * partialSize();
      const Real na = shared[0], nb = p[0], n = na + nb;
      for (std::int64_t c = 0; c < c_; ++c) {
        const Real d = p[1 + c] - mean[c];
        mean[c] += d * nb / n;
        var[c] += p[1 + c_ + c] + d * d * na * nb / n;
      }
      shared[0] = n;
    }
    for (std::int64_t c = 0; c < c_; ++c) var[c] /= shared[0];
  }
  void updateStatistics(const Real* shared, Real* params) const override {
    const Real n = shared[0], unbiased = n > 1 ? n / (n - 1) : Real(1);
    Real *mean = params + 2 * c_, *var = params + 3 * c_;
    for (std::int64_t c = 0; c < c_; ++c) {
      mean[c] += momentum_ * (shared[1 + c] - mean[c]);
      var[c] += momentum_ * (shared[1 + c_ + c] * unbiased - var[c]);
    }
  }
  void forward(const ForwardArgs& a) const override {
    const Real *gamma = a.params, *beta = gamma + c_;
    const Real *mean = a.mode == Mode::Train ? a.shared + 1 : beta + c_, *var = mean + c_;
    for (std::int64_t i = 0; i < a.rows * positions_; ++i)
      for (std::int64_t c = 0; c < c_; ++c)
        a.out[i * c_ + c] = (a.in[0][i * c_ + c] - mean[c]) / std::sqrt(var[c] + epsilon_) * gamma[c] + beta[c];
  }
  void backwardPartial(const BackwardArgs& a, Real* partial) const override {
    partial[0] = static_cast<Real>(a.rows * positions_);
    sums(a, partial + 1, partial + 1 + c_);
  }
  void combineBackward(std::span<const Real> partials, std::int64_t blocks, Real* shared) const override {
    std::fill_n(shared, sharedSize(), Real(0));
    for (std::int64_t b = 0; b < blocks; ++b)
      for (std::int64_t i = 0; i < sharedSize(); ++i) shared[i] += partials[static_cast<std::size_t>(b * partialSize() + i)];
  }
  void backward(const BackwardArgs& a) const override {
    const Real* gamma = a.params;
    const Real *mean = a.mode == Mode::Train ? a.shared + 1 : gamma + 2 * c_, *var = mean + c_;
    if (a.dparams) {
      if (!a.accumulate) std::fill_n(a.dparams, 2 * c_, Real(0));
      // The rows' own sums: whoever cut the batch adds the parts.
      addSums(a, a.dparams + c_, a.dparams);
    }
    if (!a.din[0]) return;
    const bool train = a.mode == Mode::Train;
    const Real* total = a.sharedBackward;
    for (std::int64_t i = 0; i < a.rows * positions_; ++i)
      for (std::int64_t c = 0; c < c_; ++c) {
        const Real scale = Real(1) / std::sqrt(var[c] + epsilon_);
        Real d = a.dout[i * c_ + c];
        if (train) {
          const Real n = total[0], xhat = (a.in[0][i * c_ + c] - mean[c]) * scale;
          d -= (total[1 + c] + xhat * total[1 + c_ + c]) / n;
        }
        a.din[0][i * c_ + c] = gamma[c] * scale * d;
      }
  }

 private:
  void sums(const BackwardArgs& a, Real* dy, Real* dyx) const {
    std::fill_n(dy, c_, Real(0));
    std::fill_n(dyx, c_, Real(0));
    addSums(a, dy, dyx);
  }
  void addSums(const BackwardArgs& a, Real* dy, Real* dyx) const {
    const Real *mean = a.mode == Mode::Train ? a.shared + 1 : a.params + 2 * c_, *var = mean + c_;
    for (std::int64_t i = 0; i < a.rows * positions_; ++i)
      for (std::int64_t c = 0; c < c_; ++c) {
        const Real d = a.dout[i * c_ + c];
        dy[c] += d;
        dyx[c] += d * (a.in[0][i * c_ + c] - mean[c]) / std::sqrt(var[c] + epsilon_);
      }
  }

  std::int64_t positions_, c_;
  Real momentum_, epsilon_;
};

}  // namespace

LayerSpec batchNormSpec() {
  LayerSpec s;
  s.id = "batchnorm";
  s.name = "Batch norm";
  s.category = Category::Normalise;
  s.help = "Centres and scales each channel over the batch, then lets the network choose scale and shift anew: steadier, faster training.";
  s.formula = "y = (x − μ) / √(σ² + ε) · γ + β";
  s.params = {{.id = "momentum", .label = "Momentum", .help = "Share of the newest batch in the running statistics; 0.1 is usual.",
               .fallback = 0.1, .low = 0, .high = 1, .sliderLow = 0.01, .sliderHigh = 0.5},
              {.id = "epsilon", .label = "Epsilon", .help = "Keeps the division finite; 1e-5 is usual.", .fallback = 1e-5, .low = 1e-12,
               .high = 1, .sliderLow = 1e-7, .sliderHigh = 1e-2, .logarithmic = true}};
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    const std::int64_t channels = in[0][in[0].rank() - 1];
    return std::make_unique<BatchNorm>(in[0].size() / channels, channels, param<double>(p, d, "momentum"), param<double>(p, d, "epsilon"));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return 2 * out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace vitrine
