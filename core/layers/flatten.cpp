#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// An image (channels last) to a vector channel by channel, as PyTorch does: weights of a Dense behind it are then the
/// same in files.
class Flatten : public Layer {
 public:
  Flatten(std::int64_t pixels, std::int64_t channels) : pixels_(pixels), channels_(channels) {}
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t r = 0; r < a.rows; ++r) transpose(a.in[0] + r * size(), a.out + r * size(), pixels_, channels_);
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t r = 0; r < a.rows; ++r) transpose(a.dout + r * size(), a.din[0] + r * size(), channels_, pixels_);
  }

 private:
  std::int64_t size() const { return pixels_ * channels_; }
  /// from [n × m] to to [m × n]
  static void transpose(const Real* from, Real* to, std::int64_t n, std::int64_t m) {
    if (n == 1 || m == 1) {
      std::copy_n(from, n * m, to);
      return;
    }
    for (std::int64_t j = 0; j < m; ++j)
      for (std::int64_t i = 0; i < n; ++i) to[j * n + i] = from[i * m + j];
  }
  std::int64_t pixels_, channels_;
};

}  // namespace

LayerSpec flattenSpec() {
  LayerSpec s;
  s.id = "flatten";
  s.name = "Flatten";
  s.category = Category::Dense;
  s.help = "Lays an image's numbers out in one row, channel by channel, for a Dense layer.";
  s.formula = "y = (x[·,·,0], x[·,·,1], …)";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return Shape{in[0].size()}; };
  s.make = [](const Params&, std::span<const Shape> in) {
    const std::int64_t channels = in[0].isImage() ? in[0][2] : 1;
    return std::make_unique<Flatten>(in[0].size() / channels, channels);
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace vitrine
