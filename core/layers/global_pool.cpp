#include <algorithm>
#include <limits>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

class GlobalAvgPool : public Layer {
 public:
  GlobalAvgPool(std::int64_t pixels, std::int64_t channels) : pixels_(pixels), channels_(channels) {}
  bool affine() const override { return true; }
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

/// Ties go to the first place; a NaN is passed on.
class GlobalMaxPool : public Layer {
 public:
  GlobalMaxPool(std::int64_t places, std::int64_t channels) : places_(places), channels_(channels) {}
  /// The winner's place, as a 32-bit number in a Real's place.
  std::int64_t cachePerRow() const override { return channels_; }
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t r = 0; r < a.rows; ++r) {
      const Real* x = a.in[0] + r * places_ * channels_;
      Real* y = a.out + r * channels_;
      std::int32_t* winner = reinterpret_cast<std::int32_t*>(a.cache + r * channels_);
      std::copy_n(x, channels_, y);
      std::fill_n(winner, channels_, 0);
      for (std::int64_t p = 1; p < places_; ++p)
        for (std::int64_t c = 0; c < channels_; ++c) {
          const Real v = x[p * channels_ + c];
          const bool more = (v > y[c]) | (v != v);
          winner[c] = more ? static_cast<std::int32_t>(p) : winner[c];
          y[c] = more ? v : y[c];
        }
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    std::fill_n(a.din[0], a.rows * places_ * channels_, Real(0));
    for (std::int64_t r = 0; r < a.rows; ++r) {
      const std::int32_t* winner = reinterpret_cast<const std::int32_t*>(a.cache + r * channels_);
      for (std::int64_t c = 0; c < channels_; ++c)
        a.din[0][(r * places_ + winner[c]) * channels_ + c] = a.dout[r * channels_ + c];
    }
  }

 private:
  std::int64_t places_, channels_;
};

template <class L>
LayerSpec globalSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = name;
  s.category = Category::Pooling;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.shape = [name](const Params&, std::span<const Shape> in) -> Result<Shape> {
    if (!in[0].isImage() && !isSeries(in[0]))
      return misfit(name + " needs an image or a series, but gets " + in[0].text() + ".", "Put it before Flatten and Dense.");
    if (in[0].size() / in[0].dims.back() > std::numeric_limits<std::int32_t>::max())
      return misfit(name + " cannot take an image this large.", "Use smaller images.");
    return Shape{in[0].dims.back()};
  };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<L>(in[0].size() / in[0].dims.back(), in[0].dims.back()); };
  s.cost = [](const Params&, std::span<const Shape> in, const Shape&) { return in[0].size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace

LayerSpec globalAvgPoolSpec() {
  return globalSpec<GlobalAvgPool>("global_avgpool", "Global average",
                                   "The mean of each map over the whole image (or series): one number a channel. In place of Flatten it saves most weights.",
                                   "y[c] = mean over all places of x[place, c]");
}

LayerSpec globalMaxPoolSpec() {
  return globalSpec<GlobalMaxPool>("global_maxpool", "Global max",
                                   "The largest value of each map over the whole image (or series): whether a pattern is there at all.",
                                   "y[c] = max over all places of x[place, c] (ties: the first)");
}

}  // namespace vitrine
