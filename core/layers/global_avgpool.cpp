#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

class GlobalAvgPool : public Layer {
 public:
  GlobalAvgPool(std::int64_t pixels, std::int64_t channels) : pixels_(pixels), channels_(channels) {}
  void forward(const ForwardArgs& a) const override {
    const Real share = Real(1) / static_cast<Real>(pixels_);
    for (std::int64_t r = 0; r < a.rows; ++r) {
      const Real* x = a.in[0] + r * pixels_ * channels_;
      Real* y = a.out + r * channels_;
      std::fill_n(y, channels_, Real(0));
      for (std::int64_t p = 0; p < pixels_; ++p)
        for (std::int64_t c = 0; c < channels_; ++c) y[c] += x[p * channels_ + c];
      for (std::int64_t c = 0; c < channels_; ++c) y[c] *= share;
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    const Real share = Real(1) / static_cast<Real>(pixels_);
    for (std::int64_t r = 0; r < a.rows; ++r)
      for (std::int64_t p = 0; p < pixels_; ++p)
        for (std::int64_t c = 0; c < channels_; ++c)
          a.din[0][(r * pixels_ + p) * channels_ + c] = share * a.dout[r * channels_ + c];
  }

 private:
  std::int64_t pixels_, channels_;
};

}  // namespace

LayerSpec globalAvgPoolSpec() {
  LayerSpec s;
  s.id = "global_avgpool";
  s.name = "Global average";
  s.category = Category::Pooling;
  s.help = "The mean of each map over the whole image: one number a channel. In place of Flatten it saves most weights.";
  s.formula = "y[c] = mean over i, j of x[i, j, c]";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> {
    if (!in[0].isImage()) return misfit("Global average needs an image, but gets " + in[0].text() + ".", "Put it before Flatten and Dense.");
    return Shape{in[0][2]};
  };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<GlobalAvgPool>(in[0][0] * in[0][1], in[0][2]); };
  s.cost = [](const Params&, std::span<const Shape> in, const Shape&) { return in[0].size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace vitrine
