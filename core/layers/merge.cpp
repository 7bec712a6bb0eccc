// Add, Multiply and Concat: several inputs, one output.
#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

constexpr int kMostInputs = 16;

class Add : public Layer {
 public:
  explicit Add(std::int64_t size) : size_(size) {}
  void forward(const ForwardArgs& a) const override {
    const std::int64_t n = a.rows * size_;
    std::copy_n(a.in[0], n, a.out);
    for (std::size_t p = 1; p < a.in.size(); ++p)
      for (std::int64_t i = 0; i < n; ++i) a.out[i] += a.in[p][i];
  }
  void backward(const BackwardArgs& a) const override {
    for (Real* din : a.din)
      if (din) std::copy_n(a.dout, a.rows * size_, din);
  }

 private:
  std::int64_t size_;
};

class Multiply : public Layer {
 public:
  explicit Multiply(std::int64_t size) : size_(size) {}
  void forward(const ForwardArgs& a) const override {
    const std::int64_t n = a.rows * size_;
    std::copy_n(a.in[0], n, a.out);
    for (std::size_t p = 1; p < a.in.size(); ++p)
      for (std::int64_t i = 0; i < n; ++i) a.out[i] *= a.in[p][i];
  }
  void backward(const BackwardArgs& a) const override {
    // The product of the others, not out / in: an input may be 0.
    for (std::size_t p = 0; p < a.in.size(); ++p) {
      if (!a.din[p]) continue;
      for (std::int64_t i = 0; i < a.rows * size_; ++i) {
        Real d = a.dout[i];
        for (std::size_t q = 0; q < a.in.size(); ++q)
          if (q != p) d *= a.in[q][i];
        a.din[p][i] = d;
      }
    }
  }

 private:
  std::int64_t size_;
};

/// Along the last dimension: positions × (channels of all inputs).
class Concat : public Layer {
 public:
  Concat(std::int64_t positions, std::vector<std::int64_t> channels) : positions_(positions), channels_(std::move(channels)) {
    for (std::int64_t c : channels_) all_ += c;
  }
  void forward(const ForwardArgs& a) const override {
    std::int64_t at = 0;
    for (std::size_t p = 0; p < channels_.size(); at += channels_[p++])
      for (std::int64_t i = 0; i < a.rows * positions_; ++i)
        std::copy_n(a.in[p] + i * channels_[p], channels_[p], a.out + i * all_ + at);
  }
  void backward(const BackwardArgs& a) const override {
    std::int64_t at = 0;
    for (std::size_t p = 0; p < channels_.size(); at += channels_[p++]) {
      if (!a.din[p]) continue;
      for (std::int64_t i = 0; i < a.rows * positions_; ++i)
        std::copy_n(a.dout + i * all_ + at, channels_[p], a.din[p] + i * channels_[p]);
    }
  }

 private:
  std::int64_t positions_;
  std::vector<std::int64_t> channels_;
  std::int64_t all_ = 0;
};

LayerSpec mergeSpec() {
  LayerSpec s;
  s.category = Category::Merge;
  s.minInputs = 2;
  s.maxInputs = kMostInputs;
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

}  // namespace

LayerSpec addSpec() {
  LayerSpec s = mergeSpec();
  s.id = "add";
  s.name = "Add";
  s.help = "The sum of its inputs, element by element. Fed by a shortcut past some layers it makes a residual block: those layers only "
           "learn what is to be changed.";
  s.formula = "y = x₁ + x₂ + …";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> {
    for (const Shape& shape : in)
      if (shape != in[0])
        return misfit("Add needs inputs of one shape, but gets " + in[0].text() + " and " + shape.text() + ".",
                      "Give the branches the same size and as many filters or units, or use Concat.");
    return in[0];
  };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Add>(in[0].size()); };
  s.cost = [](const Params&, std::span<const Shape> in, const Shape& out) { return out.size() * static_cast<std::int64_t>(in.size()); };
  return s;
}

LayerSpec multiplySpec() {
  LayerSpec s = mergeSpec();
  s.id = "multiply";
  s.name = "Multiply";
  s.help = "The product of its inputs, element by element. With a sigmoid before one of them it is a gate: what passes of the other.";
  s.formula = "y = x₁ · x₂ · …";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> {
    for (const Shape& shape : in)
      if (shape != in[0])
        return misfit("Multiply needs inputs of one shape, but gets " + in[0].text() + " and " + shape.text() + ".",
                      "Give the branches the same size and as many filters or units.");
    return in[0];
  };
  s.make = [](const Params&, std::span<const Shape> in) { return std::make_unique<Multiply>(in[0].size()); };
  s.cost = [](const Params&, std::span<const Shape> in, const Shape& out) { return out.size() * static_cast<std::int64_t>(in.size()); };
  return s;
}

LayerSpec concatSpec() {
  LayerSpec s = mergeSpec();
  s.id = "concat";
  s.name = "Concat";
  s.help = "Puts its inputs side by side: the channels of images, the features of vectors. What follows sees all of them.";
  s.formula = "y = (x₁, x₂, …)";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> {
    Shape out = in[0];
    for (std::size_t i = 1; i < in.size(); ++i) {
      Shape a = in[i], b = in[0];
      if (a.rank() == b.rank()) a.dims.back() = b.dims.back() = 0;
      if (a != b)
        return misfit("Concat needs inputs of one size apart from channels, but gets " + in[0].text() + " and " + in[i].text() + ".",
                      "Change stride, padding or pooling of one branch.");
      out.dims.back() += in[i].dims.back();
    }
    if (!fitsMemory(out)) return misfit("The result would have too many elements.", "Join fewer or smaller branches.");
    return out;
  };
  s.make = [](const Params&, std::span<const Shape> in) {
    std::vector<std::int64_t> channels;
    for (const Shape& shape : in) channels.push_back(shape.dims.back());
    return std::make_unique<Concat>(in[0].size() / channels[0], channels);
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  return s;
}

}  // namespace vitrine
