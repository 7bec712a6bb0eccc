// Elementwise activations. Each backward needs the output only, so they work in place on their input's memory.
#include <type_traits>

#include "core/layers/elementwise.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

struct Relu {
  Real forward(Real x) const { return x < 0 ? Real(0) : x; }  // a NaN stays one
  Real backward(Real y, Real dy) const { return y > 0 ? dy : Real(0); }
};

struct LeakyRelu {
  Real slope;
  Real forward(Real x) const { return x < 0 ? slope * x : x; }
  Real backward(Real y, Real dy) const { return y > 0 ? dy : slope * dy; }
};

struct Sigmoid {
  Lanes forward(const Lanes& x) const { return (Real(1) + (-x).exp()).inverse(); }
  Real backward(Real y, Real dy) const { return dy * (y * (1 - y)); }
};

struct Tanh {
  Lanes forward(const Lanes& x) const { return x.tanh(); }
  Real backward(Real y, Real dy) const { return dy * (1 - y * y); }
};

template <class F>
class Activation : public Layer {
 public:
  Activation(std::int64_t size, F f) : size_(size), f_(f) {}
  bool inPlace() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    const std::int64_t n = a.rows * size_;
    if constexpr (std::is_invocable_v<decltype(&F::forward), const F&, const Lanes&>) {
      forLanes(n, a.in[0], a.out, [this](const Lanes& x) { return f_.forward(x); });
    } else {
      for (std::int64_t i = 0; i < n; ++i) a.out[i] = f_.forward(a.in[0][i]);
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    const std::int64_t n = a.rows * size_;
    for (std::int64_t i = 0; i < n; ++i) a.din[0][i] = f_.backward(a.out[i], a.dout[i]);
  }

 private:
  std::int64_t size_;
  F f_;
};

template <class F>
LayerSpec activationSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = std::move(name);
  s.category = Category::Activation;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  if constexpr (std::is_empty_v<F>)
    s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Activation<F>>(in[0].size(), F{}); };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace

LayerSpec reluSpec() {
  return activationSpec<Relu>("relu", "ReLU",
                              "Lets positive values through and stops negative ones. The usual choice between hidden layers; a unit "
                              "that never gets a positive value is silent and stops learning.",
                              "y = max(0, x)");
}

LayerSpec leakyReluSpec() {
  LayerSpec s = activationSpec<LeakyRelu>("leaky_relu", "Leaky ReLU",
                                          "Like ReLU, but a small part of negative values leaks through, so that no unit falls silent.",
                                          "y = x for x > 0, else slope · x");
  s.params = {{.id = "slope", .label = "Slope", .help = "What is left of negative values; 0.01 to 0.2 is usual.", .fallback = 0.01,
               .low = 0.0001, .high = 1, .sliderLow = 0.01, .sliderHigh = 0.3}};
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Activation<LeakyRelu>>(in[0].size(), LeakyRelu{static_cast<Real>(param<double>(p, d, "slope"))});
  };
  s.summary = [d = s.params](const Params& p) { return "slope " + paramText(d[0], param<double>(p, d, "slope")); };
  return s;
}

LayerSpec sigmoidSpec() {
  return activationSpec<Sigmoid>("sigmoid", "Sigmoid",
                                 "Squeezes every value to between 0 and 1. Large values saturate and hardly pass a gradient on, so deep "
                                 "networks prefer ReLU.",
                                 "y = 1 / (1 + exp(−x))");
}

LayerSpec tanhSpec() {
  return activationSpec<Tanh>("tanh", "Tanh",
                              "Squeezes every value to between −1 and 1, centred on 0. Gives smooth decision boundaries in small networks.",
                              "y = tanh(x)");
}

}  // namespace vitrine
