// Elementwise activations whose backward needs the output only: they work in place on their input's memory.
#include <cmath>
#include <type_traits>

#include "core/layers/elementwise.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

struct Relu {
  static constexpr bool maySwapWithPick = true;
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

/// Clevert, Unterthiner & Hochreiter 2016; SELU is scaled (Klambauer et al. 2017).
struct Elu {
  Elu(Real a, Real s) : alpha(a), scale(s), depth(a * s) {}
  Real alpha, scale, depth;  ///< depth: a product made once, since a fused one differs in the last bit
  Lanes forward(const Lanes& x) const { return scale * (x < Real(0)).select(alpha * (x.min(Real(0)).exp() - Real(1)), x); }
  Real backward(Real y, Real dy) const { return y > 0 ? scale * dy : dy * (y + depth); }
};

/// ln(1 + exp(x)), stable at both ends.
struct Softplus {
  Lanes forward(const Lanes& x) const { return x.max(Real(0)) + (-x.abs()).exp().log1p() + (x - x); }  // x − x: a NaN stays one
  Real backward(Real y, Real dy) const { return dy * -std::expm1(-y); }
};

struct HardSigmoid {
  Real forward(Real x) const { return x <= -3 ? Real(0) : x >= 3 ? Real(1) : x / 6 + Real(0.5); }
  Real backward(Real y, Real dy) const { return y > 0 && y < 1 ? dy / 6 : Real(0); }
};

struct HardTanh {
  Real forward(Real x) const { return x < -1 ? Real(-1) : x > 1 ? Real(1) : x; }
  Real backward(Real y, Real dy) const { return y > -1 && y < 1 ? dy : Real(0); }
};

template <class F>
class Activation : public Layer {
 public:
  Activation(std::int64_t size, F f) : size_(size), f_(f) {}
  bool inPlace() const override { return true; }
  bool maySwapWithPick() const override {
    if constexpr (requires { F::maySwapWithPick; }) return F::maySwapWithPick;
    return false;
  }
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

LayerSpec eluSpec() {
  LayerSpec s = activationSpec<Elu>("elu", "ELU", "Like ReLU, but smooth below 0, down to −alpha: means nearer 0, and no unit falls silent.",
                                    "y = x for x > 0, else α · (exp(x) − 1)");
  s.params = {{.id = "alpha", .label = "Alpha", .help = "How far negative values go down; 1 is usual.", .fallback = 1.0, .low = 0.01, .high = 10,
               .sliderLow = 0.1, .sliderHigh = 3}};
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Activation<Elu>>(in[0].size(), Elu{static_cast<Real>(param<double>(p, d, "alpha")), Real(1)});
  };
  s.summary = [d = s.params](const Params& p) { return "alpha " + paramText(d[0], param<double>(p, d, "alpha")); };
  return s;
}

LayerSpec seluSpec() {
  LayerSpec s = activationSpec<Elu>("selu", "SELU",
                                    "ELU with the scale that keeps mean 0 and deviation 1 from layer to layer; wants LeCun normal weights.",
                                    "y = 1.0507 · x for x > 0, else 1.0507 · 1.6733 · (exp(x) − 1)");
  s.make = [](const Params&, std::span<const Shape> in) {
    return std::make_unique<Activation<Elu>>(in[0].size(), Elu{Real(1.6732632423543772848), Real(1.0507009873554804934)});
  };
  return s;
}

LayerSpec softplusSpec() {
  return activationSpec<Softplus>("softplus", "Softplus", "A smooth ReLU, always above 0: for outputs that must be positive.", "y = ln(1 + exp(x))");
}

LayerSpec hardSigmoidSpec() {
  return activationSpec<HardSigmoid>("hard_sigmoid", "Hard sigmoid", "The sigmoid as three straight lines: cheap, and exactly 0 or 1 at its ends.",
                                     "y = x / 6 + ½ between 0 and 1");
}

LayerSpec hardTanhSpec() {
  return activationSpec<HardTanh>("hard_tanh", "Hard tanh", "Cuts values off at −1 and 1, and leaves the others alone.", "y = min(1, max(−1, x))");
}

}  // namespace vitrine
