#include <algorithm>

#include "core/layers/specs.h"

namespace vitrine {

std::int64_t cappedProduct(std::int64_t a, std::int64_t b) {
  return a != 0 && b > kMaxElements / a ? kMaxElements + 1 : a * b;
}

bool fitsMemory(const Shape& shape) {
  std::int64_t n = 1;
  for (std::int64_t d : shape.dims) n = cappedProduct(n, d);
  return n <= kMaxElements;
}

Param initParam() {
  return {.id = "init",
          .label = "Initialise",
          .help = "How weights are drawn at the start. He suits ReLU, Glorot suits tanh, sigmoid and the last layer.",
          .fallback = std::string("he-normal"),
          .choices = {{"he-normal", "He normal"}, {"he-uniform", "He uniform"}, {"glorot-normal", "Glorot normal"},
                      {"glorot-uniform", "Glorot uniform"}, {"zeros", "zeros"}}};
}

Init initOf(const Params& values, std::span<const Param> described) {
  const std::string id = param<std::string>(values, described, "init");
  if (id == "he-uniform") return Init::HeUniform;
  if (id == "glorot-normal") return Init::GlorotNormal;
  if (id == "glorot-uniform") return Init::GlorotUniform;
  if (id == "zeros") return Init::Zeros;
  return Init::HeNormal;
}

namespace {

struct Axis {
  std::int64_t out, before;
};

/// One direction of a window; out < 1 where it does not fit.
Axis axis(std::int64_t size, std::int64_t kernel, std::int64_t stride, const std::string& padding, std::int64_t amount) {
  if (padding == "same") {
    const std::int64_t out = (size + stride - 1) / stride;
    return {out, std::max<std::int64_t>(0, (out - 1) * stride + kernel - size) / 2};
  }
  const std::int64_t pad = padding == "number" ? amount : 0;
  return {size + 2 * pad < kernel ? 0 : (size + 2 * pad - kernel) / stride + 1, pad};
}

}  // namespace

Result<Window> windowOver(const Shape& image, IntPair kernel, IntPair stride, const std::string& padding, IntPair amount) {
  const Axis y = axis(image[0], kernel[0], stride[0], padding, amount[0]), x = axis(image[1], kernel[1], stride[1], padding, amount[1]);
  if (y.out < 1 || x.out < 1)
    return misfit("The window of " + std::to_string(kernel[0]) + " × " + std::to_string(kernel[1]) + " is larger than its input of " +
                      std::to_string(image[0]) + " × " + std::to_string(image[1]) + ".",
                  "Make the kernel smaller, or use padding 'same'.");
  return Window{kernel[0], kernel[1], stride[0], stride[1], y.before, x.before, y.out, x.out};
}

}  // namespace vitrine
