#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/insight/step_parts.h"

namespace vitrine {
namespace {

double number(const Node& node, const char* id) { return param<double>(node.params, findLayer(node.type)->params, id); }

ActivationAt exponentialUnit(double x, double alpha, double scale) {
  return {"y = s·x for x > 0, else s·α·(exp(x) − 1)", "s for x > 0, else s·α·exp(x)", scale * (x > 0 ? x : alpha * std::expm1(x)),
          x > 0 ? scale : scale * alpha * std::exp(x)};
}

ActivationAt leaky(double x, double slope, const char* name) {
  return {std::string("y = x for x > 0, else ") + name + "·x", std::string("1 for x > 0, else ") + name, x < 0 ? slope * x : x, x > 0 ? 1.0 : slope};
}

}  // namespace

std::optional<ActivationAt> activationAt(const Node& node, double x, double weight) {
  const std::string& t = node.type;
  if (t == "relu") return ActivationAt{"y = max(0, x)", "1 for x > 0, else 0", std::max(0.0, x), x > 0 ? 1.0 : 0.0};
  if (t == "leaky_relu") return leaky(x, number(node, "slope"), "slope");
  if (t == "prelu") return leaky(x, weight, "w");
  if (t == "sigmoid") return ActivationAt{"y = 1 / (1 + exp(−x))", "y·(1 − y)", sigmoidOf(x), sigmoidOf(x) * (1 - sigmoidOf(x))};
  if (t == "tanh") return ActivationAt{"y = tanh(x)", "1 − y²", std::tanh(x), 1 - std::tanh(x) * std::tanh(x)};
  if (t == "elu") return exponentialUnit(x, number(node, "alpha"), 1);
  if (t == "selu") return exponentialUnit(x, 1.6732632423543772, 1.0507009873554805);
  if (t == "gelu") {
    const double phi = 0.5 * (1 + std::erf(x * std::numbers::sqrt2 / 2)), density = std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    return ActivationAt{"y = x·Φ(x)", "Φ(x) + x·φ(x)", x * phi, phi + x * density};
  }
  if (t == "silu") return ActivationAt{"y = x·σ(x)", "σ(x)·(1 + x·(1 − σ(x)))", x * sigmoidOf(x), sigmoidOf(x) * (1 + x * (1 - sigmoidOf(x)))};
  if (t == "softplus") return ActivationAt{"y = ln(1 + exp(x))", "σ(x)", std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))), sigmoidOf(x)};
  if (t == "hard_sigmoid")
    return ActivationAt{"y = min(1, max(0, x/6 + ½))", "⅙ for −3 < x < 3, else 0", std::clamp(x / 6 + 0.5, 0.0, 1.0), x > -3 && x < 3 ? 1.0 / 6 : 0.0};
  if (t == "hard_tanh") return ActivationAt{"y = min(1, max(−1, x))", "1 for −1 < x < 1, else 0", std::clamp(x, -1.0, 1.0), x > -1 && x < 1 ? 1.0 : 0.0};
  return {};
}

}  // namespace vitrine
