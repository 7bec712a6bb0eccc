#include "core/kernels/conv.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// Cross-correlation, as all frameworks do it; weights [kernelH × kernelW × in / groups × filters], then bias [filters]. A
/// series is an image of one row; its weights have no height in files.
class Conv : public Layer {
 public:
  Conv(ConvGeometry g, bool series, bool bias, InitChoice init) : g_(g), series_(series), bias_(bias), init_(init) {}

  std::vector<ParamBlock> blocks() const override {
    const std::int64_t taps = std::int64_t{g_.kernelH} * g_.kernelW;
    const std::int64_t channels = g_.channels / g_.groups, in = taps * channels, out = taps * g_.filters / g_.groups;
    ParamBlock weight{"weight", {g_.kernelH, g_.kernelW, channels, g_.filters}, {3, 2, 0, 1}, init_, in, out};
    if (series_) weight.shape = {g_.kernelW, channels, g_.filters}, weight.toFile = {2, 1, 0};
    std::vector<ParamBlock> b{std::move(weight)};
    if (bias_) b.push_back({"bias", {g_.filters}, {}, Init::Zeros, in, out});
    return b;
  }
  bool affine() const override { return true; }
  std::unique_ptr<Layer> firstOf(const Shape& out) const override {
    ConvGeometry g = g_;
    g.outHeight = out.isImage() ? out[0] : 1, g.outWidth = out[out.isImage() ? 1 : 0];
    return std::make_unique<Conv>(g, series_, bias_, init_);
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
  std::int64_t weights() const { return g_.kernelH * g_.kernelW * (g_.channels / g_.groups) * g_.filters; }
  ConvGeometry g_;
  bool series_, bias_;
  InitChoice init_;
};

Param filtersParam() {
  return {.id = "filters", .label = "Filters", .help = "Patterns it looks for, each with a map of its own; 8 to 64 is usual.",
          .fallback = std::int64_t{8}, .low = 1, .high = 4096, .sliderLow = 1, .sliderHigh = 128};
}
Param paddingParam() {
  return {.id = "padding", .label = "Padding", .help = "same: zeros at the edges keep the size; valid: none; number: so many on each side.",
          .fallback = std::string("same"), .choices = {{"same", "same"}, {"valid", "valid"}, {"number", "number"}}};
}
Param groupsParam() {
  return {.id = "groups", .label = "Groups", .help = "Channels and filters are cut into so many parts that do not see each other; as many as channels: depthwise.",
          .fallback = std::int64_t{1}, .low = 1, .high = 4096};
}
Param biasParam() {
  return {.id = "use_bias", .label = "Bias", .help = "Adds a number of its own to each filter's map.", .fallback = true};
}

std::vector<Param> imageParams() {
  return withInit({filtersParam(),
                   {.id = "kernel", .label = "Kernel", .help = "Height and width of the patterns in pixels; 3 × 3 or 5 × 5 is usual.",
                    .fallback = IntPair{3, 3}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 11},
                   {.id = "stride", .label = "Stride", .help = "Pixels from one position to the next; 2 halves the map.",
                    .fallback = IntPair{1, 1}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 4},
                   paddingParam(),
                   {.id = "padding_size", .label = "Zeros", .help = "Rows and columns of zeros on each side.", .fallback = IntPair{1, 1},
                    .low = 0, .high = 254, .sliderLow = 0, .sliderHigh = 5, .onlyIf = {{"padding", {"number"}}}},
                   {.id = "dilation", .label = "Dilation", .help = "Pixels from one weight of the pattern to the next; 2 looks at every other pixel.",
                    .fallback = IntPair{1, 1}, .low = 1, .high = 64, .sliderLow = 1, .sliderHigh = 4},
                   groupsParam(), biasParam()});
}

std::vector<Param> seriesParams() {
  return withInit({filtersParam(),
                   {.id = "kernel", .label = "Kernel", .help = "Steps that a pattern spans; 3 to 9 is usual.", .fallback = std::int64_t{3}, .low = 1,
                    .high = 4095, .sliderLow = 1, .sliderHigh = 16},
                   {.id = "stride", .label = "Stride", .help = "Steps from one position to the next; 2 halves the series.",
                    .fallback = std::int64_t{1}, .low = 1, .high = 4095, .sliderLow = 1, .sliderHigh = 4},
                   paddingParam(),
                   {.id = "padding_size", .label = "Zeros", .help = "Steps of zeros at each end.", .fallback = std::int64_t{1}, .low = 0,
                    .high = 4095, .sliderLow = 0, .sliderHigh = 8, .onlyIf = {{"padding", {"number"}}}},
                   {.id = "dilation", .label = "Dilation", .help = "Steps from one weight of the pattern to the next; 2, 4, 8 … see far back.",
                    .fallback = std::int64_t{1}, .low = 1, .high = 4095, .sliderLow = 1, .sliderHigh = 16},
                   groupsParam(), biasParam()});
}

/// A pair of sizes; for a series the number itself, and `height` for its one row.
IntPair sizes(const Params& p, std::span<const Param> d, const char* id, bool series, std::int64_t height) {
  return series ? IntPair{height, param<std::int64_t>(p, d, id)} : param<IntPair>(p, d, id);
}

/// The geometry over an image, or why there is none. `name` is the layer's.
Result<ConvGeometry> geometry(const Params& p, std::span<const Param> d, const Shape& image, bool series) {
  const IntPair dilation = sizes(p, d, "dilation", series, 1);
  Result<Window> w = windowOver(image, sizes(p, d, "kernel", series, 1), sizes(p, d, "stride", series, 1), param<std::string>(p, d, "padding"),
                                sizes(p, d, "padding_size", series, 0), dilation);
  if (!w) return w.error();
  ConvGeometry g;
  g.height = image[0], g.width = image[1], g.channels = image[2];
  g.outHeight = w->outH, g.outWidth = w->outW, g.filters = param<std::int64_t>(p, d, "filters");
  g.kernelH = static_cast<int>(w->kernelH), g.kernelW = static_cast<int>(w->kernelW);
  g.strideH = static_cast<int>(w->strideH), g.strideW = static_cast<int>(w->strideW);
  g.padTop = static_cast<int>(w->padTop), g.padLeft = static_cast<int>(w->padLeft);
  g.dilationH = static_cast<int>(dilation[0]), g.dilationW = static_cast<int>(dilation[1]);
  g.groups = static_cast<int>(param<std::int64_t>(p, d, "groups"));
  if (g.channels % g.groups != 0 || g.filters % g.groups != 0)
    return misfit(std::to_string(g.groups) + " groups cannot share out " + std::to_string(g.channels) + " channels and " +
                      std::to_string(g.filters) + " filters.",
                  "Choose groups that divide both numbers.");
  if (cappedProduct(w->kernelH * w->kernelW * g.filters, g.channels) > kMaxElements || cappedProduct(w->outH * w->outW, g.filters) > kMaxElements)
    return misfit("The layer would have too many elements.", "Use fewer filters.");
  return g;
}

LayerSpec convSpec(bool series) {
  LayerSpec s;
  s.category = Category::Convolution;
  s.params = series ? seriesParams() : imageParams();
  s.make = [d = s.params, series](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Conv>(*geometry(p, d, series ? asRow(in[0]) : in[0], series), series, param<bool>(p, d, "use_bias"), initOf(p, d));
  };
  s.cost = [d = s.params, series](const Params& p, std::span<const Shape> in, const Shape& out) {
    const IntPair k = sizes(p, d, "kernel", series, 1);
    return out.size() * k[0] * k[1] * (in[0].dims.back() / param<std::int64_t>(p, d, "groups"));
  };
  s.summary = [d = s.params, series](const Params& p) {
    const IntPair k = sizes(p, d, "kernel", series, 1), stride = sizes(p, d, "stride", series, 1), dilation = sizes(p, d, "dilation", series, 1);
    std::string text = std::to_string(param<std::int64_t>(p, d, "filters")) + " filters · ";
    text += series ? std::to_string(k[1]) : std::to_string(k[0]) + "×" + std::to_string(k[1]);
    if (stride != IntPair{1, 1}) text += " /" + std::to_string(stride[1]);
    if (dilation != IntPair{1, 1}) text += " dilated " + std::to_string(dilation[1]);
    if (const std::int64_t groups = param<std::int64_t>(p, d, "groups"); groups > 1) text += " · " + std::to_string(groups) + " groups";
    const std::string padding = param<std::string>(p, d, "padding");
    return text + " · " + (padding == "number" ? "pad " + std::to_string(sizes(p, d, "padding_size", series, 0)[1]) : padding);
  };
  return s;
}

}  // namespace

LayerSpec conv2dSpec() {
  LayerSpec s = convSpec(false);
  s.id = "conv2d";
  s.name = "Conv 2-D";
  s.help = "Slides small patterns over an image and says how well each fits at each place: the same weights everywhere.";
  s.formula = "y[i,j,f] = b[f] + Σ x[i·s+u·d−p, j·s+v·d−p, c] · w[u,v,c,f]";
  s.shape = [d = s.params](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!in[0].isImage()) return misfit("Conv 2-D needs an image, but gets " + in[0].text() + ".", "Put it before Flatten and Dense.");
    const Result<ConvGeometry> g = geometry(p, d, in[0], false);
    if (!g) return g.error();
    return Shape{g->outHeight, g->outWidth, g->filters};
  };
  return s;
}

LayerSpec conv1dSpec() {
  LayerSpec s = convSpec(true);
  s.id = "conv1d";
  s.name = "Conv 1-D";
  s.help = "Slides short patterns along a series and says how well each fits at each moment: the same weights at every step.";
  s.formula = "y[t,f] = b[f] + Σ x[t·s+u·d−p, c] · w[u,c,f]";
  s.shape = [d = s.params](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!isSeries(in[0]))
      return misfit("Conv 1-D needs a series of steps, but gets " + in[0].text() + ".", "Use it with series, or put Reshape (to series) before it.");
    const Result<ConvGeometry> g = geometry(p, d, asRow(in[0]), true);
    if (!g) return g.error();
    return Shape{g->outWidth, g->filters};
  };
  return s;
}

}  // namespace vitrine
