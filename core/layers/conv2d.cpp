#include "core/kernels/conv.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Cross-correlation, as all frameworks do it; weights [kernelH × kernelW × in × filters], then bias [filters].
class Conv2D : public Layer {
 public:
  Conv2D(ConvGeometry g, bool bias, Init init) : g_(g), bias_(bias), init_(init) {}

  std::vector<ParamBlock> blocks() const override {
    const std::int64_t taps = std::int64_t{g_.kernelH} * g_.kernelW;
    std::vector<ParamBlock> b{{"weight", {g_.kernelH, g_.kernelW, g_.channels, g_.filters}, {3, 2, 0, 1}, init_, taps * g_.channels,
                               taps * g_.filters}};
    if (bias_) b.push_back({"bias", {g_.filters}, {}, Init::Zeros, taps * g_.channels, taps * g_.filters});
    return b;
  }
  std::int64_t scratch() const override { return convScratch(g_); }
  void forward(const ForwardArgs& a) const override {
    convForward(g_, a.rows, a.in[0], a.params, bias_ ? a.params + weights() : nullptr, a.out, a.scratch);
  }
  void backward(const BackwardArgs& a) const override {
    if (a.din[0]) convBackwardInput(g_, a.rows, a.dout, a.params, a.din[0], a.scratch);
    if (a.dparams)
      convBackwardWeights(g_, a.rows, a.in[0], a.dout, a.dparams, bias_ ? a.dparams + weights() : nullptr, a.accumulate, a.scratch);
  }

 private:
  std::int64_t weights() const { return g_.kernelH * g_.kernelW * g_.channels * g_.filters; }
  ConvGeometry g_;
  bool bias_;
  Init init_;
};

std::vector<Param> described() {
  return {{.id = "filters", .label = "Filters", .help = "Patterns it looks for, each with a map of its own; 8 to 64 is usual.",
           .fallback = std::int64_t{8}, .low = 1, .high = 4096, .sliderLow = 1, .sliderHigh = 128},
          {.id = "kernel", .label = "Kernel", .help = "Height and width of the patterns in pixels; 3 × 3 or 5 × 5 is usual.",
           .fallback = IntPair{3, 3}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 11},
          {.id = "stride", .label = "Stride", .help = "Pixels from one position to the next; 2 halves the map.",
           .fallback = IntPair{1, 1}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 4},
          {.id = "padding", .label = "Padding", .help = "same: zeros around the image keep its size; valid: none; number: so many on each side.",
           .fallback = std::string("same"), .choices = {{"same", "same"}, {"valid", "valid"}, {"number", "number"}}},
          {.id = "padding_size", .label = "Zeros", .help = "Rows and columns of zeros on each side.", .fallback = IntPair{1, 1},
           .low = 0, .high = 254, .sliderLow = 0, .sliderHigh = 5, .onlyIf = "padding", .onlyIfValue = "number"},
          {.id = "use_bias", .label = "Bias", .help = "Adds a number of its own to each filter's map.", .fallback = true},
          initParam()};
}

Result<Window> window(const Params& p, std::span<const Param> d, const Shape& in) {
  return windowOver(in, param<IntPair>(p, d, "kernel"), param<IntPair>(p, d, "stride"), param<std::string>(p, d, "padding"),
                    param<IntPair>(p, d, "padding_size"));
}

}  // namespace

LayerSpec conv2dSpec() {
  LayerSpec s;
  s.id = "conv2d";
  s.name = "Conv 2-D";
  s.category = Category::Convolution;
  s.help = "Slides small patterns over an image and says how well each fits at each place: the same weights everywhere.";
  s.formula = "y[i,j,f] = b[f] + Σ x[i·s+u−p, j·s+v−p, c] · w[u,v,c,f]";
  s.params = described();
  s.shape = [d = s.params](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!in[0].isImage()) return misfit("Conv 2-D needs an image, but gets " + in[0].text() + ".", "Put it before Flatten and Dense.");
    Result<Window> w = window(p, d, in[0]);
    if (!w) return w.error();
    const std::int64_t filters = param<std::int64_t>(p, d, "filters");
    if (cappedProduct(w->kernelH * w->kernelW * filters, in[0][2]) > kMaxElements || cappedProduct(w->outH * w->outW, filters) > kMaxElements)
      return misfit("The layer would have too many elements.", "Use fewer filters.");
    return Shape{w->outH, w->outW, filters};
  };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    const Window w = *window(p, d, in[0]);
    ConvGeometry g;
    g.height = in[0][0], g.width = in[0][1], g.channels = in[0][2];
    g.outHeight = w.outH, g.outWidth = w.outW, g.filters = param<std::int64_t>(p, d, "filters");
    g.kernelH = static_cast<int>(w.kernelH), g.kernelW = static_cast<int>(w.kernelW);
    g.strideH = static_cast<int>(w.strideH), g.strideW = static_cast<int>(w.strideW);
    g.padTop = static_cast<int>(w.padTop), g.padLeft = static_cast<int>(w.padLeft);
    return std::make_unique<Conv2D>(g, param<bool>(p, d, "use_bias"), initOf(p, d));
  };
  s.cost = [d = s.params](const Params& p, std::span<const Shape> in, const Shape& out) {
    const IntPair k = param<IntPair>(p, d, "kernel");
    return out.size() * k[0] * k[1] * in[0][2];
  };
  s.summary = [d = s.params](const Params& p) {
    const IntPair k = param<IntPair>(p, d, "kernel"), stride = param<IntPair>(p, d, "stride");
    std::string text = std::to_string(param<std::int64_t>(p, d, "filters")) + " filters · " + std::to_string(k[0]) + "×" + std::to_string(k[1]);
    if (stride != IntPair{1, 1}) text += " /" + std::to_string(stride[0]);
    const std::string padding = param<std::string>(p, d, "padding");
    return text + " · " + (padding == "number" ? "pad " + std::to_string(param<IntPair>(p, d, "padding_size")[0]) : padding);
  };
  return s;
}

}  // namespace vitrine
