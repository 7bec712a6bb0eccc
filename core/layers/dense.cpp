#include <algorithm>

#include "core/kernels/gemm.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// y = x·W + b over rows, or over every step of them; W is [in × out], then b [out].
class Dense : public Layer {
 public:
  Dense(std::int64_t steps, std::int64_t in, std::int64_t out, bool bias, InitChoice init)
      : steps_(steps), in_(in), out_(out), bias_(bias), init_(init) {}

  std::vector<ParamBlock> blocks() const override {
    std::vector<ParamBlock> b{{"weight", {in_, out_}, {1, 0}, init_, in_, out_}};
    if (bias_) b.push_back({"bias", {out_}, {}, Init::Zeros, in_, out_});
    return b;
  }
  bool affine() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    gemm(a.rows * steps_, out_, in_, a.in[0], in_, a.params, out_, a.out, out_, false, bias_ ? a.params + in_ * out_ : nullptr);
  }
  void backward(const BackwardArgs& a) const override {
    const std::int64_t rows = a.rows * steps_;
    if (a.din[0]) gemmTransB(rows, in_, out_, a.dout, out_, a.params, out_, a.din[0], in_);
    if (!a.dparams) return;
    gemmTransA(in_, out_, rows, a.in[0], in_, a.dout, out_, a.dparams, out_, a.accumulate);
    if (!bias_) return;
    Real* db = a.dparams + in_ * out_;
    if (!a.accumulate) std::fill_n(db, out_, Real(0));
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t o = 0; o < out_; ++o) db[o] += a.dout[r * out_ + o];
  }

 private:
  std::int64_t steps_, in_, out_;
  bool bias_;
  InitChoice init_;
};

}  // namespace

LayerSpec denseSpec() {
  LayerSpec s;
  s.id = "dense";
  s.name = "Dense";
  s.category = Category::Dense;
  s.help = "Every output sees every input: a weighted sum for each unit. The last layer of most networks, one unit a class. Of a "
           "series, every step by itself, with the same weights.";
  s.formula = "y = x·W + b";
  s.params = withInit({{.id = "units", .label = "Units", .help = "Outputs of the layer; 16 to 256 is usual for hidden layers.",
               .fallback = std::int64_t{64}, .low = 1, .high = 65536, .sliderLow = 1, .sliderHigh = 1024},
              {.id = "use_bias", .label = "Bias", .help = "Adds a number of its own to each unit.", .fallback = true}});
  s.shape = [params = s.params](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (in[0].rank() != 1 && !isSeries(in[0]))
      return misfit("Dense needs a flat input, but gets " + in[0].text() + ".", "Insert Flatten before it");
    const std::int64_t features = in[0].dims.back();
    const std::int64_t units = param<std::int64_t>(p, params, "units");
    if (cappedProduct(std::max(features, in[0].size() / features), units) > kMaxElements) return misfit("The weights would have too many elements.", "Use fewer units.");
    return isSeries(in[0]) ? Shape{in[0][0], units} : Shape{units};
  };
  s.make = [params = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Dense>(in[0].size() / in[0].dims.back(), in[0].dims.back(), param<std::int64_t>(p, params, "units"), param<bool>(p, params, "use_bias"),
                                   initOf(p, params));
  };
  s.cost = [](const Params&, std::span<const Shape> in, const Shape& out) { return in[0].dims.back() * out.size(); };
  s.summary = [params = s.params](const Params& p) {
    const std::int64_t units = param<std::int64_t>(p, params, "units");
    return std::to_string(units) + (units == 1 ? " unit" : " units");
  };
  return s;
}

}  // namespace vitrine
