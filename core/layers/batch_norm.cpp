#include <algorithm>
#include <cmath>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

constexpr std::int64_t kChunk = 64;  // places whose mean is taken at once; chunks are merged

/// Ioffe & Szegedy 2015, with PyTorch's definitions: the biased variance normalises, the unbiased one goes to the
/// running statistics. `places` of a sample (pixels; 1 for vectors) share a channel's statistics.
/// Parameters: weight, bias, running_mean, running_var, [channels] each.
class BatchNorm : public Layer {
 public:
  BatchNorm(std::int64_t places, std::int64_t channels, double momentum, double epsilon)
      : places_(places), channels_(channels), momentum_(static_cast<Real>(momentum)), epsilon_(static_cast<Real>(epsilon)) {}

  std::vector<ParamBlock> blocks() const override {
    const Shape shape{channels_};
    return {{"weight", shape, {}, Init::Ones},
            {"bias", shape, {}, Init::Zeros},
            {"running_mean", shape, {}, Init::Zeros, 1, 1, false},
            {"running_var", shape, {}, Init::Ones, 1, 1, false}};
  }
  bool coupled() const override { return true; }
  /// The variance of a single value is 0, and everything would become the shift.
  std::int64_t leastRows() const override { return places_ > 1 ? 1 : 2; }
  bool affine() const override { return true; }
  /// Forward: count, mean [channels], sum of squared deviations [channels]. Backward: 0, Σ dy, Σ dy · x̂.
  std::int64_t partialSize() const override { return 1 + 2 * channels_; }
  /// Forward: count, mean, biased variance. Backward: as the partials.
  std::int64_t sharedSize() const override { return 1 + 2 * channels_; }
  /// Forward and backward: factor and offset of each channel; sums of a chunk.
  std::int64_t scratch() const override { return 4 * channels_; }

  void forwardPartial(const ForwardArgs& a, Real* partial) const override {
    std::fill_n(partial, partialSize(), Real(0));
    for (std::int64_t at = 0; at < a.rows * places_; at += kChunk)
      mergeChunk(a.in[0] + at * channels_, std::min(kChunk, a.rows * places_ - at), a.scratch, partial);
  }
  void combineForward(std::span<const Real> partials, std::int64_t blocks, Real* shared) const override {
    std::fill_n(shared, sharedSize(), Real(0));
    for (std::int64_t b = 0; b < blocks; ++b) {
      const Real* p = partials.data() + b * partialSize();
      merge(p[0], p + 1, p + 1 + channels_, shared);
    }
    for (std::int64_t c = 0; c < channels_; ++c) shared[1 + channels_ + c] /= shared[0];
  }
  void forward(const ForwardArgs& a) const override {
    Real *factor = a.scratch, *offset = a.scratch + channels_;
    const Statistics s = statistics(a.mode, a.params, a.shared);
    for (std::int64_t c = 0; c < channels_; ++c) {
      factor[c] = a.params[c] / std::sqrt(s.variance[c] + epsilon_);
      offset[c] = a.params[channels_ + c];
    }
    for (std::int64_t i = 0; i < a.rows * places_; ++i) {
      const Real* x = a.in[0] + i * channels_;
      Real* y = a.out + i * channels_;
      for (std::int64_t c = 0; c < channels_; ++c) y[c] = (x[c] - s.mean[c]) * factor[c] + offset[c];
    }
  }

  void backwardPartial(const BackwardArgs& a, Real* partial) const override {
    partial[0] = 0;
    sums(a, partial + 1, partial + 1 + channels_);
  }
  void combineBackward(std::span<const Real> partials, std::int64_t blocks, Real* shared) const override {
    std::copy_n(partials.data(), sharedSize(), shared);
    for (std::int64_t b = 1; b < blocks; ++b)
      for (std::int64_t i = 0; i < sharedSize(); ++i) shared[i] += partials[static_cast<std::size_t>(b * partialSize() + i)];
  }
  void backward(const BackwardArgs& a) const override {
    if (a.dparams) {
      // Sums over these rows only: the caller adds up the blocks.
      Real *dbias = a.scratch + 2 * channels_, *dweight = a.scratch + 3 * channels_;
      sums(a, dbias, dweight);
      for (std::int64_t c = 0; c < channels_; ++c) {
        a.dparams[c] = (a.accumulate ? a.dparams[c] : Real(0)) + dweight[c];
        a.dparams[channels_ + c] = (a.accumulate ? a.dparams[channels_ + c] : Real(0)) + dbias[c];
      }
    }
    if (a.din[0]) inputGradient(a);
  }

  void updateStatistics(const Real* shared, Real* params) const override {
    const Real n = shared[0];
    if (n < 2) return;  // a single value has no variance
    Real *mean = params + 2 * channels_, *variance = params + 3 * channels_;
    const Real unbias = n / (n - 1);
    for (std::int64_t c = 0; c < channels_; ++c) {
      mean[c] += momentum_ * (shared[1 + c] - mean[c]);
      variance[c] += momentum_ * (shared[1 + channels_ + c] * unbias - variance[c]);
    }
  }

 private:
  struct Statistics {
    const Real *mean, *variance;
  };
  Statistics statistics(Mode mode, const Real* params, const Real* shared) const {
    if (mode == Mode::Eval) return {params + 2 * channels_, params + 3 * channels_};
    return {shared + 1, shared + 1 + channels_};
  }

  /// Chan, Golub & LeVeque 1979: exact means and deviations of the union, without the loss of Σ x² − n · mean².
  void merge(Real n, const Real* mean, const Real* deviations, Real* into) const {
    const Real sum = into[0] + n, part = n / sum, product = into[0] * part;
    into[0] = sum;
    Real *toMean = into + 1, *toDeviations = into + 1 + channels_;
    for (std::int64_t c = 0; c < channels_; ++c) {
      const Real delta = mean[c] - toMean[c];
      toMean[c] += delta * part;
      toDeviations[c] += deviations[c] + delta * delta * product;
    }
  }
  void mergeChunk(const Real* x, std::int64_t n, Real* scratch, Real* into) const {
    Real *mean = scratch, *deviations = scratch + channels_;
    std::fill_n(scratch, 2 * channels_, Real(0));
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t c = 0; c < channels_; ++c) mean[c] += x[i * channels_ + c];
    for (std::int64_t c = 0; c < channels_; ++c) mean[c] /= static_cast<Real>(n);
    for (std::int64_t i = 0; i < n; ++i)
      for (std::int64_t c = 0; c < channels_; ++c) {
        const Real d = x[i * channels_ + c] - mean[c];
        deviations[c] += d * d;
      }
    merge(static_cast<Real>(n), mean, deviations, into);
  }

  /// Σ dy and Σ dy · x̂ over these rows. Uses the first two quarters of scratch; a sample's places are added up apart
  /// from the samples, which keeps the sums exact enough in float.
  void sums(const BackwardArgs& a, Real* dy, Real* dyx) const {
    Real *rowDy = a.scratch, *rowDyx = a.scratch + channels_;
    const Statistics s = statistics(a.mode, a.params, a.shared);
    std::fill_n(dy, channels_, Real(0));
    std::fill_n(dyx, channels_, Real(0));
    for (std::int64_t r = 0; r < a.rows; ++r) {
      std::fill_n(a.scratch, 2 * channels_, Real(0));
      for (std::int64_t i = r * places_; i < (r + 1) * places_; ++i) {
        const Real *x = a.in[0] + i * channels_, *d = a.dout + i * channels_;
        for (std::int64_t c = 0; c < channels_; ++c) {
          rowDy[c] += d[c];
          rowDyx[c] += d[c] * (x[c] - s.mean[c]);
        }
      }
      for (std::int64_t c = 0; c < channels_; ++c) {
        dy[c] += rowDy[c];
        dyx[c] += rowDyx[c];
      }
    }
    for (std::int64_t c = 0; c < channels_; ++c) dyx[c] /= std::sqrt(s.variance[c] + epsilon_);
  }

  /// In training, mean and variance depend on every input: dx = w/σ · (dy − mean(dy) − x̂ · mean(dy · x̂)).
  void inputGradient(const BackwardArgs& a) const {
    Real *factor = a.scratch, *slope = a.scratch + channels_, *shift = a.scratch + 2 * channels_;
    const Statistics s = statistics(a.mode, a.params, a.shared);
    for (std::int64_t c = 0; c < channels_; ++c) factor[c] = a.params[c] * (1 / std::sqrt(s.variance[c] + epsilon_));
    if (a.mode == Mode::Eval) {
      for (std::int64_t i = 0; i < a.rows * places_; ++i)
        for (std::int64_t c = 0; c < channels_; ++c) a.din[0][i * channels_ + c] = factor[c] * a.dout[i * channels_ + c];
      return;
    }
    for (std::int64_t c = 0; c < channels_; ++c) {
      slope[c] = 1 / std::sqrt(s.variance[c] + epsilon_) * a.sharedBackward[1 + channels_ + c] / a.shared[0];
      shift[c] = a.sharedBackward[1 + c] / a.shared[0];
    }
    for (std::int64_t i = 0; i < a.rows * places_; ++i) {
      const Real *x = a.in[0] + i * channels_, *d = a.dout + i * channels_;
      Real* dx = a.din[0] + i * channels_;
      for (std::int64_t c = 0; c < channels_; ++c) dx[c] = factor[c] * (d[c] - shift[c] - (x[c] - s.mean[c]) * slope[c]);
    }
  }

  std::int64_t places_, channels_;
  Real momentum_, epsilon_;
};

}  // namespace

LayerSpec batchNormSpec() {
  LayerSpec s;
  s.id = "batchnorm";
  s.name = "Batch norm";
  s.category = Category::Normalise;
  s.help = "Gives each channel (or feature) mean 0 and deviation 1 over the batch, then a learnt scale and shift: deep networks train "
           "faster and forgive large learning rates. When the network is used, running averages take the batch's place. A batch needs two "
           "values of a channel at least: two rows, or pixels or steps; a last row that would stand alone goes with the batch before it.";
  s.formula = "y = w · (x − mean) / √(var + ε) + b";
  s.params = {{.id = "momentum", .label = "Momentum", .help = "How far running averages move towards each batch; 0.01 to 0.1 is usual.",
               .fallback = 0.1, .low = 0, .high = 1, .sliderLow = 0, .sliderHigh = 0.5},
              {.id = "epsilon", .label = "Epsilon", .help = "Added to the variance so that nothing is divided by 0; 1e-5 to 1e-3 is usual.",
               .fallback = 1e-5, .low = 1e-8, .high = 1, .sliderLow = 1e-6, .sliderHigh = 1e-2, .logarithmic = true}};
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    const std::int64_t channels = in[0].dims.back();
    return std::make_unique<BatchNorm>(in[0].size() / channels, channels, param<double>(p, d, "momentum"), param<double>(p, d, "epsilon"));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return 2 * out.size(); };
  s.summary = [d = s.params](const Params& p) { return "momentum " + paramText(d[0], param<double>(p, d, "momentum")); };
  return s;
}

}  // namespace vitrine
