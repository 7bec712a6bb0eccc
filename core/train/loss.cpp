#include "core/train/loss.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "core/data/dataset.h"
#include "core/model/graph.h"
#include "core/model/layer.h"
#include "core/tensor/tensor.h"

namespace vitrine {

std::span<const LossSpec> lossRegistry() {
  static const std::array<LossSpec, 5> specs{{
      {"cross-entropy", "Cross-entropy", "cross-entropy (nats)",
       "For classes: how surprised the softmax of the outputs is by the true class. 0 is certain and right; ln(classes) is a guess.",
       "L = −ln softmax(z)[class]", LossKind::CrossEntropy},
      {"bce", "Binary cross-entropy", "binary cross-entropy (nats)",
       "For yes and no, and for several labels at once: each output by itself, through a sigmoid. Targets are between 0 and 1.",
       "L = mean(−t·ln σ(z) − (1−t)·ln(1 − σ(z)))", LossKind::BinaryCrossEntropy},
      {"mse", "Mean squared error", "mean squared error",
       "For numbers: the mean of squared differences. With classes, the target is 1 for the true class and 0 elsewhere.",
       "L = mean((y − t)²)", LossKind::MeanSquaredError},
      {"mae", "Mean absolute error", "mean absolute error",
       "For numbers: the mean of absolute differences. A few values far off pull less than with squares.", "L = mean(|y − t|)",
       LossKind::MeanAbsoluteError},
      {"huber", "Huber", "Huber loss", "For numbers: squares for small differences, absolute values for large ones (Huber 1964).",
       "L = mean(½·d² for |d| ≤ δ, else δ·(|d| − ½·δ))", LossKind::Huber},
  }};
  return specs;
}

const LossSpec& lossOf(const Graph& graph) {
  for (const Node& n : graph.nodes)
    if (n.type == "output")
      if (const LossSpec* spec = findLoss(param<std::string>(n.params, findLayer(n.type)->params, "loss"))) return *spec;
  return lossRegistry()[0];
}

std::vector<Param> lossParams() {
  return {{.id = "label_smoothing", .label = "Label smoothing", .help = "Share of the target that is spread over all classes, so that the network does not grow too sure; 0 to 0.2 is usual.",
           .fallback = 0.0, .low = 0, .high = 0.99, .sliderLow = 0, .sliderHigh = 0.3, .onlyIf = {{"loss", {"cross-entropy"}}}},
          {.id = "class_weights", .label = "Class weights", .help = "balanced: samples of rare classes count more, so that all classes count alike.",
           .fallback = std::string("none"), .choices = {{"none", "none"}, {"balanced", "balanced"}, {"own", "own numbers"}}, .onlyIf = {{"loss", {"cross-entropy"}}}},
          {.id = "class_weight_values", .label = "Own weights", .help = "One number for each class, in the classes' order, with commas: 1, 2.5, 0.5.",
           .fallback = std::string(), .onlyIf = {{"class_weights", {"own"}}}},
          {.id = "huber_delta", .label = "Delta", .help = "Differences larger than this count by their size, not its square; 1 is usual.",
           .fallback = 1.0, .low = 1e-6, .high = 1e6, .sliderLow = 0.1, .sliderHigh = 10, .logarithmic = true, .onlyIf = {{"loss", {"huber"}}}}};
}

LossRule lossRule(const Graph& graph, const Dataset& data) {
  LossRule rule;
  rule.kind = lossOf(graph).kind;
  for (const Node& n : graph.nodes) {
    if (n.type != "output") continue;
    const std::span<const Param> d = findLayer(n.type)->params;
    rule.delta = param<double>(n.params, d, "huber_delta");
    rule.smoothing = param<double>(n.params, d, "label_smoothing");
    const std::string weights = param<std::string>(n.params, d, "class_weights");
    if (weights == "none" || rule.kind != LossKind::CrossEntropy || data.spec.task != Task::Classification) continue;
    if (weights == "own") {
      // A list that does not fit is a fault of the graph's, told at its node; such a graph is not trained.
      if (const Result<std::vector<double>> own = parseClassWeights(param<std::string>(n.params, d, "class_weight_values"), data.spec.outputs))
        rule.classWeights.assign(own->begin(), own->end());
      continue;
    }
    std::vector<double> count(static_cast<std::size_t>(data.spec.outputs));
    for (const std::int32_t row : data.train) ++count[static_cast<std::size_t>(data.classes[static_cast<std::size_t>(row)])];
    for (const double c : count)
      rule.classWeights.push_back(c > 0 ? static_cast<Real>(static_cast<double>(data.train.size()) / (static_cast<double>(count.size()) * c)) : Real(1));
  }
  return rule;
}

const LossSpec* findLoss(const std::string& id) {
  for (const LossSpec& s : lossRegistry())
    if (s.id == id) return &s;
  return nullptr;
}

Result<std::vector<double>> parseClassWeights(const std::string& text, std::int64_t classes) {
  std::vector<double> out;
  const char *at = text.data(), *end = at + text.size();
  while (at != end) {
    if (*at == ' ' || *at == ',' || *at == ';') {
      ++at;
      continue;
    }
    double v = 0;
    const auto [next, bad] = std::from_chars(at, end, v);
    if (bad != std::errc() || !std::isfinite(v) || v <= 0) return Error{{}, "class weights", "'" + text + "'", "numbers above 0 with commas between them", {}};
    out.push_back(v);
    at = next;
  }
  if (static_cast<std::int64_t>(out.size()) != classes)
    return Error{{}, "class weights", std::to_string(out.size()) + (out.size() == 1 ? " number" : " numbers"), std::to_string(classes) + ", one for each class", {}};
  return out;
}

std::int64_t countRightLabels(std::int64_t rows, std::int64_t outputs, const Real* values, const Real* targets, Real threshold) {
  std::int64_t right = 0;
  for (std::int64_t r = 0; r < rows; ++r) {
    bool all = true;
    for (std::int64_t i = r * outputs; i < (r + 1) * outputs; ++i) all = all && (values[i] > threshold) == (targets[i] > Real(0.5));
    right += all;
  }
  return right;
}

LossSum dataLoss(const LossRule& rule, const Dataset& data, std::span<const std::int32_t> rows, const Real* values, double scale, LossTargets& room,
                 Real* gradient) {
  const std::int64_t n = static_cast<std::int64_t>(rows.size()), outputs = data.spec.outputs;
  const Real* weights = nullptr;
  if (!data.weights.empty()) {
    room.weights.clear();
    for (const std::int32_t r : rows) room.weights.push_back(static_cast<Real>(data.weights[static_cast<std::size_t>(r)]));
    weights = room.weights.data();
  }
  if (data.spec.task == Task::Classification) {
    room.classes.resize(rows.size());
    gatherClasses(data, rows, room.classes.data());
    if (!rule.wantsNumbers()) return crossEntropy(n, outputs, values, room.classes.data(), scale, gradient, rule, weights);
  }
  room.numbers.resize(rows.size() * static_cast<std::size_t>(outputs));
  if (data.spec.task == Task::Classification) {
    std::fill(room.numbers.begin(), room.numbers.end(), Real(0));
    for (std::size_t r = 0; r < rows.size(); ++r) room.numbers[r * static_cast<std::size_t>(outputs) + static_cast<std::size_t>(room.classes[r])] = 1;
  } else {
    gatherTargets(data, rows, room.numbers.data());
  }
  LossSum sum = numberLoss(rule, n, outputs, values, room.numbers.data(), scale, gradient, weights);
  if (data.spec.task == Task::Classification) sum.correct = countCorrect(n, outputs, values, room.classes.data());
  // A logit of 0 is a probability of one half.
  if (data.spec.task == Task::Labels) sum.correct = countRightLabels(n, outputs, values, room.numbers.data(), rule.kind == LossKind::BinaryCrossEntropy ? Real(0) : Real(0.5));
  return sum;
}

std::int64_t countCorrect(std::int64_t rows, std::int64_t outputs, const Real* values, const std::int32_t* classes) {
  std::int64_t correct = 0;
  for (std::int64_t r = 0; r < rows; ++r, values += outputs) correct += std::max_element(values, values + outputs) - values == classes[r];
  return correct;
}

LossSum crossEntropy(std::int64_t rows, std::int64_t outputs, const Real* logits, const std::int32_t* classes, double scale,
                     Real* gradient, const LossRule& rule, const Real* rowWeights) {
  LossSum sum;
  sum.correct = countCorrect(rows, outputs, logits, classes);
  const double spread = rule.smoothing / static_cast<double>(outputs);
  double ofRow = 1;
  const auto weightOf = [&](std::int64_t c) { return ofRow * (rule.classWeights.empty() ? 1.0 : static_cast<double>(rule.classWeights[static_cast<std::size_t>(c)])); };
  for (std::int64_t r = 0; r < rows; ++r) {
    if (rowWeights) ofRow = static_cast<double>(rowWeights[r]);
    const Real* z = logits + r * outputs;
    const Real top = *std::max_element(z, z + outputs);
    double total = 0;
    for (std::int64_t c = 0; c < outputs; ++c) total += std::exp(z[c] - top);
    const double logTotal = std::log(total), weight = weightOf(classes[r]);
    const auto surprise = [&](std::int64_t c) { return logTotal - static_cast<double>(z[c] - top); };
    sum.weight += weight;
    // Share of every class in the target, weighted; its sum is what the softmax's gradient is multiplied by.
    double all = weight * (1 - rule.smoothing);
    sum.loss += all * surprise(classes[r]);
    if (spread > 0)
      for (std::int64_t c = 0; c < outputs; ++c) {
        sum.loss += spread * weightOf(c) * surprise(c);
        all += spread * weightOf(c);
      }
    if (!gradient) continue;
    Real* g = gradient + r * outputs;
    const Real f = static_cast<Real>(scale * all / total);
    for (std::int64_t c = 0; c < outputs; ++c) g[c] = std::exp(z[c] - top) * f;
    g[classes[r]] -= static_cast<Real>(scale * weight * (1 - rule.smoothing));
    if (spread > 0)
      for (std::int64_t c = 0; c < outputs; ++c) g[c] -= static_cast<Real>(scale * spread * weightOf(c));
  }
  return sum;
}

namespace {

/// f(difference or logit, target, derivative) gives one element's loss.
template <class F>
LossSum overElements(std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets, double scale, Real* gradient, const Real* rowWeights,
                     F&& f) {
  LossSum sum;
  for (std::int64_t r = 0; r < rows; ++r) {
    double row = 0;
    const double weight = rowWeights ? static_cast<double>(rowWeights[r]) : 1, part = weight * scale / static_cast<double>(outputs);
    for (std::int64_t i = r * outputs; i < (r + 1) * outputs; ++i) {
      double derivative = 0;
      row += f(static_cast<double>(predicted[i]), static_cast<double>(targets[i]), derivative);
      if (gradient) gradient[i] = static_cast<Real>(part * derivative);
    }
    sum.loss += weight * row / static_cast<double>(outputs);
    sum.weight += weight;
  }
  return sum;
}

}  // namespace

LossSum numberLoss(const LossRule& rule, std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets,
                   double scale, Real* gradient, const Real* rowWeights) {
  const auto over = [&](auto&& f) { return overElements(rows, outputs, predicted, targets, scale, gradient, rowWeights, f); };
  switch (rule.kind) {
    case LossKind::MeanAbsoluteError:
      return over([](double y, double t, double& d) {
        d = y > t ? 1 : y < t ? -1 : 0;
        return std::abs(y - t);
      });
    case LossKind::Huber:
      return over([delta = rule.delta](double y, double t, double& d) {
        const double e = y - t;
        d = std::clamp(e, -delta, delta);
        return std::abs(e) <= delta ? 0.5 * e * e : delta * (std::abs(e) - 0.5 * delta);
      });
    case LossKind::BinaryCrossEntropy:
      return over([](double z, double t, double& d) {
        d = 1 / (1 + std::exp(-z)) - t;
        return std::max(z, 0.0) - z * t + std::log1p(std::exp(-std::abs(z)));
      });
    default:
      return over([](double y, double t, double& d) {
        const double e = y - t;
        d = 2 * e;
        return e * e;
      });
  }
}

LossSum meanSquaredError(std::int64_t rows, std::int64_t outputs, const Real* predicted, const Real* targets, double scale,
                         Real* gradient) {
  LossRule rule;
  rule.kind = LossKind::MeanSquaredError;
  return numberLoss(rule, rows, outputs, predicted, targets, scale, gradient);
}

void softmaxRows(std::int64_t rows, std::int64_t n, const Real* logits, Real* probabilities) {
  for (std::int64_t r = 0; r < rows; ++r) {
    const ConstVectorMap z(logits + r * n, n);
    VectorMap p(probabilities + r * n, n);
    p = (z.array() - z.maxCoeff()).exp();
    p /= p.sum();
  }
}

}  // namespace vitrine
