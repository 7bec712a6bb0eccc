// The two ends of a network: they pass on what they get.
#include <algorithm>

#include "core/layers/specs.h"
#include "core/train/loss.h"

namespace vitrine {
namespace {

class Identity : public Layer {
 public:
  explicit Identity(std::int64_t size) : size_(size) {}
  bool inPlace() const override { return true; }
  bool readsOutput() const override { return false; }
  bool affine() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    if (a.out != a.in[0]) std::copy_n(a.in[0], a.rows * size_, a.out);
  }
  void backward(const BackwardArgs& a) const override {
    if (a.din[0] && a.din[0] != a.dout) std::copy_n(a.dout, a.rows * size_, a.din[0]);
  }

 private:
  std::int64_t size_;
};

}  // namespace

LayerSpec inputSpec() {
  LayerSpec s;
  s.id = "input";
  s.name = "Input";
  s.category = Category::Data;
  s.help = "Where the data comes in, one sample at a time. Its shape is that of the data set.";
  s.formula = "y = x";
  s.minInputs = s.maxInputs = 0;
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> {
    if (in.size() != 1 || in[0].size() < 1) return misfit("There is no data yet.", "Open data, or choose sample data.");
    return in[0];
  };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Identity>(in[0].size()); };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

LayerSpec outputSpec() {
  LayerSpec s;
  s.id = "output";
  s.name = "Output";
  s.category = Category::Output;
  s.help = "The end of the network: compares what it gives with the target. Learnt by cross-entropy, classes are shown as softmax "
           "probabilities, and the values that come in are logits; by other losses the values are shown as they are, or through a sigmoid.";
  s.formula = "p = softmax(z),  L = loss(z, target)";
  Param loss{.id = "loss", .label = "Loss", .help = "What training makes small: cross-entropy for classes, mean squared error for numbers.",
             .fallback = std::string("cross-entropy")};
  for (const LossSpec& l : lossRegistry()) loss.choices.push_back({l.id, l.name});
  s.params = {loss};
  for (Param& p : lossParams()) s.params.push_back(std::move(p));
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return in[0]; };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Identity>(in[0].size()); };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  s.summary = [params = s.params](const Params& p) { return paramText(params[0], param<std::string>(p, params, "loss")); };
  return s;
}

}  // namespace vitrine
