// Activations: y from x element by element, and dx from y and dy. All work in place.
#include <cmath>

#include "core/layers/specs.h"
#include "core/tensor/tensor.h"

namespace vitrine {
namespace {

using Array = Eigen::Map<Eigen::Array<Real, Eigen::Dynamic, 1>>;
using ConstArray = Eigen::Map<const Eigen::Array<Real, Eigen::Dynamic, 1>>;

struct Sigmoid {
  void forward(const ConstArray& x, Array y) const { y = Real(1) / (Real(1) + (-x).exp()); }
  void backward(const ConstArray& y, const ConstArray& dy, Array dx) const { dx = dy * y * (Real(1) - y); }
};

struct Tanh {
  void forward(const ConstArray& x, Array y) const { y = x.tanh(); }
  void backward(const ConstArray& y, const ConstArray& dy, Array dx) const { dx = dy * (Real(1) - y * y); }
};

/// max(0, x), or a small slope below 0. The gradient at 0 is that of the negative side: 0 for ReLU.
struct Ramp {
  Real slope = 0;
  void forward(const ConstArray& x, Array y) const {
    for (Eigen::Index i = 0; i < x.size(); ++i) y[i] = x[i] > 0 ? x[i] : slope * x[i];
  }
  void backward(const ConstArray& y, const ConstArray& dy, Array dx) const {
    for (Eigen::Index i = 0; i < y.size(); ++i) dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
  }
};

struct Relu {
  void forward(const ConstArray& x, Array y) const {
    // A NaN stays one, so that its origin can be named.
    for (Eigen::Index i = 0; i < x.size(); ++i) y[i] = x[i] <= 0 ? Real(0) : x[i];
  }
  void backward(const ConstArray& y, const ConstArray& dy, Array dx) const {
    for (Eigen::Index i = 0; i < y.size(); ++i) dx[i] = y[i] > 0 ? dy[i] : Real(0);
  }
};

template <class F>
class Elementwise : public Layer {
 public:
  Elementwise(std::int64_t size, F f) : size_(size), f_(f) {}
  bool inPlace() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    f_.forward(ConstArray(a.in[0], a.rows * size_), Array(a.out, a.rows * size_));
  }
  void backward(const BackwardArgs& a) const override {
    const std::int64_t n = a.rows * size_;
    if (a.din[0]) f_.backward(ConstArray(a.out, n), ConstArray(a.dout, n), Array(a.din[0], n));
  }

 private:
  std::int64_t size_;
  F f_;
};

class Softmax : public Layer {
 public:
  Softmax(std::int64_t positions, std::int64_t n) : positions_(positions), n_(n) {}
  bool readsOutput() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t i = 0; i < a.rows * positions_; ++i) {
      const ConstArray x(a.in[0] + i * n_, n_);
      Array y(a.out + i * n_, n_);
      y = (x - x.maxCoeff()).exp();
      y /= y.sum();
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t i = 0; i < a.rows * positions_; ++i) {
      const ConstArray y(a.out + i * n_, n_), dy(a.dout + i * n_, n_);
      const Real mean = (y * dy).sum();
      Array(a.din[0] + i * n_, n_) = y * (dy - mean);
    }
  }

 private:
  std::int64_t positions_, n_;
};

LayerSpec activationSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = std::move(name);
  s.category = Category::Activation;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.cost = [](const Params&, std::span<const Shape>, const Shape& out) { return out.size(); };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

template <class F>
LayerSpec plainSpec(LayerSpec s) {
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Elementwise<F>>(in[0].size(), F{}); };
  return s;
}

}  // namespace

LayerSpec sigmoidSpec() {
  return plainSpec<Sigmoid>(activationSpec("sigmoid", "Sigmoid", "Squeezes any number into 0 … 1. Saturates: far from 0 it hardly learns.",
                                           "y = 1 / (1 + e⁻ˣ)"));
}

LayerSpec tanhSpec() {
  return plainSpec<Tanh>(activationSpec("tanh", "Tanh", "Squeezes any number into −1 … 1, centred at 0.", "y = tanh x"));
}

LayerSpec reluSpec() {
  return plainSpec<Relu>(activationSpec("relu", "ReLU", "Lets positive numbers through and stops negative ones: cheap, and it does not saturate.",
                                        "y = max(0, x)"));
}

LayerSpec leakyReluSpec() {
  LayerSpec s = activationSpec("leaky_relu", "Leaky ReLU", "ReLU that lets a little of the negative side through, so that no unit dies.",
                               "y = x for x > 0, else slope · x");
  s.params = {{.id = "slope", .label = "Slope", .help = "Slope for negative numbers; 0.01 to 0.2 is usual.", .fallback = 0.01, .low = 0.0001,
               .high = 1, .sliderLow = 0.01, .sliderHigh = 0.3}};
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Elementwise<Ramp>>(in[0].size(), Ramp{static_cast<Real>(param<double>(p, d, "slope"))});
  };
  s.summary = [d = s.params](const Params& p) { return "slope " + paramText(d[0], param<double>(p, d, "slope")); };
  return s;
}

LayerSpec softmaxSpec() {
  LayerSpec s = activationSpec("softmax", "Softmax", "Makes positive numbers that add up to 1. The output does this itself: do not put it last.",
                               "y = eˣ / Σ eˣ");
  s.make = [](const Params&, std::span<const Shape> in) {
    const std::int64_t n = in[0][in[0].rank() - 1];
    return std::make_unique<Softmax>(in[0].size() / n, n);
  };
  return s;
}

}  // namespace vitrine
