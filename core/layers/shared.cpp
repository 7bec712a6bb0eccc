#include <algorithm>
#include <map>

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

std::vector<Param> withInit(std::vector<Param> own, const std::string& fallback) {
  own.push_back({.id = "init",
                 .label = "Initialise",
                 .help = "How weights are drawn at the start. He suits ReLU, LeCun suits SELU, Glorot suits tanh, sigmoid and the last layer.",
                 .fallback = fallback,
                 .choices = {{"he-normal", "He normal"}, {"he-uniform", "He uniform"}, {"glorot-normal", "Glorot normal"},
                             {"glorot-uniform", "Glorot uniform"}, {"lecun-normal", "LeCun normal"}, {"lecun-uniform", "LeCun uniform"},
                             {"orthogonal", "orthogonal"}, {"normal", "normal"}, {"uniform", "uniform"}, {"constant", "constant"},
                             {"zeros", "zeros"}}});
  own.push_back({.id = "init_deviation", .label = "Deviation", .help = "Standard deviation of the drawn weights; 0.01 to 0.1 is usual.",
                 .fallback = 0.05, .low = 0, .high = 100, .onlyIf = {{"init", {"normal"}}}});
  own.push_back({.id = "init_limit", .label = "Limit", .help = "Weights are drawn from −limit to limit; 0.01 to 0.1 is usual.",
                 .fallback = 0.05, .low = 0, .high = 100, .onlyIf = {{"init", {"uniform"}}}});
  own.push_back({.id = "init_value", .label = "Value", .help = "Every weight starts with this value: units that start alike stay alike.",
                 .fallback = 0.1, .low = -100, .high = 100, .onlyIf = {{"init", {"constant"}}}});
  return own;
}

InitChoice initOf(const Params& values, std::span<const Param> described) {
  static const std::map<std::string, Init> kinds{
      {"he-normal", Init::HeNormal},       {"he-uniform", Init::HeUniform},     {"glorot-normal", Init::GlorotNormal},
      {"glorot-uniform", Init::GlorotUniform}, {"lecun-normal", Init::LeCunNormal}, {"lecun-uniform", Init::LeCunUniform},
      {"orthogonal", Init::Orthogonal},    {"normal", Init::Normal},            {"uniform", Init::Uniform},
      {"constant", Init::Constant},        {"zeros", Init::Zeros}};
  InitChoice choice = kinds.at(param<std::string>(values, described, "init"));
  if (choice.kind == Init::Normal) choice.value = param<double>(values, described, "init_deviation");
  if (choice.kind == Init::Uniform) choice.value = param<double>(values, described, "init_limit");
  if (choice.kind == Init::Constant) choice.value = param<double>(values, described, "init_value");
  return choice;
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

Result<Window> windowOver(const Shape& image, IntPair kernel, IntPair stride, const std::string& padding, IntPair amount,
                          IntPair dilation) {
  const std::int64_t tall = (kernel[0] - 1) * dilation[0] + 1, wide = (kernel[1] - 1) * dilation[1] + 1;
  const Axis y = axis(image[0], tall, stride[0], padding, amount[0]), x = axis(image[1], wide, stride[1], padding, amount[1]);
  if (y.out < 1 || x.out < 1)
    return misfit("The window of " + std::to_string(tall) + " × " + std::to_string(wide) + " is larger than its input of " +
                      std::to_string(image[0]) + " × " + std::to_string(image[1]) + ".",
                  "Make the kernel smaller, or use padding 'same'.");
  return Window{kernel[0], kernel[1], stride[0], stride[1], y.before, x.before, y.out, x.out};
}

}  // namespace vitrine
