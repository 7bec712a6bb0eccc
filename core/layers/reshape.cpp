#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// from [n × m] to to [m × n]
void transpose(const Real* from, Real* to, std::int64_t n, std::int64_t m) {
  if (n == 1 || m == 1) {
    std::copy_n(from, n * m, to);
    return;
  }
  for (std::int64_t j = 0; j < m; ++j)
    for (std::int64_t i = 0; i < n; ++i) to[j * n + i] = from[i * m + j];
}

/// An image (channels last) to a vector channel by channel, as PyTorch does: weights of a Dense behind it are then the
/// same in files.
class Flatten : public Layer {
 public:
  Flatten(std::int64_t pixels, std::int64_t channels) : pixels_(pixels), channels_(channels) {}
  bool affine() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    for (std::int64_t r = 0; r < a.rows; ++r) transpose(a.in[0] + r * size(), a.out + r * size(), pixels_, channels_);
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t r = 0; r < a.rows; ++r) transpose(a.dout + r * size(), a.din[0] + r * size(), channels_, pixels_);
  }

 private:
  std::int64_t size() const { return pixels_ * channels_; }
  std::int64_t pixels_, channels_;
};

/// The numbers in PyTorch's order (images channel by channel), read as another shape in PyTorch's order.
class Reshape : public Layer {
 public:
  Reshape(std::int64_t size, std::int64_t channelsIn, std::int64_t channelsOut) : size_(size), in_(channelsIn), out_(channelsOut) {}
  bool affine() const override { return true; }
  std::int64_t scratch() const override { return size_; }
  void forward(const ForwardArgs& a) const override { move(a.rows, a.in[0], a.out, in_, out_, a.scratch); }
  void backward(const BackwardArgs& a) const override {
    if (a.din[0]) move(a.rows, a.dout, a.din[0], out_, in_, a.scratch);
  }

 private:
  void move(std::int64_t rows, const Real* from, Real* to, std::int64_t channelsFrom, std::int64_t channelsTo, Real* room) const {
    for (std::int64_t r = 0; r < rows; ++r) {
      transpose(from + r * size_, room, size_ / channelsFrom, channelsFrom);
      transpose(room, to + r * size_, channelsTo, size_ / channelsTo);
    }
  }
  std::int64_t size_, in_, out_;
};

std::int64_t channelsOf(const Shape& shape) { return shape.isImage() ? shape[2] : 1; }

std::vector<Param> reshapeParams() {
  const auto size = [](const char* id, const char* label, const char* help, std::int64_t usual, const char* of) {
    return Param{.id = id, .label = label, .help = help, .fallback = usual, .low = 1, .high = 1 << 24, .onlyIf = {{"to", {of}}}};
  };
  return {{.id = "to", .label = "To", .help = "What the numbers become: an image of height × width × channels, or a series of steps × features.",
           .fallback = std::string("image"), .choices = {{"image", "image"}, {"series", "series"}}},
          {.id = "size", .label = "Size", .help = "Height and width; channels follow from what is left.", .fallback = IntPair{1, 1}, .low = 1,
           .high = 1 << 15, .onlyIf = {{"to", {"image"}}}},
          size("steps", "Steps", "Steps of the series; features of a step follow from what is left.", 1, "series")};
}

Result<Shape> reshaped(const Params& p, std::span<const Param> d, const Shape& in) {
  const bool image = param<std::string>(p, d, "to") == "image";
  const IntPair size = param<IntPair>(p, d, "size");
  const std::int64_t places = image ? size[0] * size[1] : param<std::int64_t>(p, d, "steps");
  if (in.size() % places != 0)
    return misfit(std::to_string(in.size()) + " numbers cannot be shared out among " + std::to_string(places) + (image ? " pixels." : " steps."),
                  "Choose sizes that divide " + std::to_string(in.size()) + ".");
  return image ? Shape{size[0], size[1], in.size() / places} : Shape{places, in.size() / places};
}

}  // namespace

LayerSpec flattenSpec() {
  LayerSpec s;
  s.id = "flatten";
  s.name = "Flatten";
  s.category = Category::Dense;
  s.help = "Lays an image's numbers out in one row, channel by channel, for a Dense layer.";
  s.formula = "y = (x[·,·,0], x[·,·,1], …)";
  s.shape = [](const Params&, std::span<const Shape> in) -> Result<Shape> { return Shape{in[0].size()}; };
  s.make = [](const Params&, std::span<const Shape> in) {
    const std::int64_t channels = in[0].isImage() ? in[0][2] : 1;
    return std::make_unique<Flatten>(in[0].size() / channels, channels);
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  s.summary = [](const Params&) { return std::string(); };
  return s;
}

LayerSpec reshapeSpec() {
  LayerSpec s;
  s.id = "reshape";
  s.name = "Reshape";
  s.category = Category::Dense;
  s.help = "Reads the same numbers as an image or as a series: before a convolution or a recurrent layer.";
  s.formula = "y = x in another shape (order of PyTorch: channel by channel)";
  s.params = reshapeParams();
  s.shape = [d = s.params](const Params& p, std::span<const Shape> in) { return reshaped(p, d, in[0]); };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Reshape>(in[0].size(), channelsOf(in[0]), channelsOf(*reshaped(p, d, in[0])));
  };
  s.cost = [](const Params&, std::span<const Shape>, const Shape&) { return Cost{0}; };
  s.summary = [d = s.params](const Params& p) {
    const IntPair size = param<IntPair>(p, d, "size");
    if (param<std::string>(p, d, "to") == "image") return "image of " + std::to_string(size[0]) + "×" + std::to_string(size[1]);
    return std::to_string(param<std::int64_t>(p, d, "steps")) + " steps";
  };
  return s;
}

}  // namespace vitrine
