#pragma once

// Networks with every layer, and data for them, whose steps are explained unit by unit: in float and in double.

#include <cmath>
#include <random>

#include "core/insight/explain_step.h"
#include "core/train/run.h"
#include "tests/support/networks.h"

namespace vitrine::test {

struct StepCase {
  std::string name;
  Drawing drawing;
  DataSpec data;
};

inline DatasetPtr randomData(const DataSpec& spec, std::int64_t rows, std::uint64_t seed) {
  auto data = std::make_shared<Dataset>();
  data->name = "random";
  data->spec = spec;
  Rng rng(seed, Stream::Test, 3);
  std::vector<float> values;
  for (std::int64_t i = 0; i < rows * spec.input.size(); ++i) values.push_back(static_cast<float>(rng.normal()));
  data->inputs = Samples::fromFloats(spec.input, std::move(values));
  for (std::int64_t r = 0; r < rows; ++r) {
    data->train.push_back(static_cast<std::int32_t>(r));
    if (spec.task == Task::Classification) data->classes.push_back(static_cast<std::int32_t>(rng.below(static_cast<std::uint64_t>(spec.outputs))));
    else
      for (std::int64_t o = 0; o < spec.outputs; ++o) data->targets.push_back(static_cast<float>(spec.task == Task::Labels ? rng.below(2) : rng.normal()));
  }
  return data;
}

/// Smooth layers throughout: central differences have no kinks to fall over, but those of ReLU and max pooling, which are rare.
inline std::vector<StepCase> stepCases() {
  std::vector<StepCase> all;
  const auto n = [](std::int64_t v) { return ParamValue(v); };
  const ParamValue sequence = std::string("sequence");
  {
    Drawing d;
    d.add("input", "in").add("dense", "a", {{"units", n(6)}, {"l2", 0.01}, {"l1", 0.001}}).add("tanh", "t").dense("b", 5).add("gelu", "g").add("dropout", "drop", {{"rate", 0.3}});
    d.add("layernorm", "norm").dense("c", 3).add("output", "out", {{"label_smoothing", 0.1}});
    all.push_back({"mlp", d, classesOf({4}, 3)});
  }
  {
    Drawing d;
    d.add("input", "in").add("conv2d", "c1", {{"filters", n(4)}, {"kernel", IntPair{3, 2}}, {"stride", IntPair{2, 1}}, {"padding", std::string("same")}});
    d.add("batchnorm", "bn").add("softplus", "s").add("maxpool2d", "max").add("conv2d", "c2", {{"filters", n(4)}, {"groups", n(2)}, {"dilation", IntPair{1, 2}}, {"kernel", IntPair{2, 2}}});
    d.add("silu", "si").add("add", "sum", {}, {"si", "max"}).add("prelu", "p", {{"per_channel", true}}).add("avgpool2d", "avg", {{"padding", std::string("same")}});
    d.add("global_avgpool", "gap").dense("fc", 3).add("output", "out");
    all.push_back({"images", d, classesOf({7, 6, 2}, 3)});
  }
  {
    Drawing d;
    d.add("input", "in").add("conv1d", "c", {{"filters", n(3)}, {"kernel", n(3)}}).add("sigmoid", "sig").add("gru", "gru", {{"units", n(3)}, {"output", sequence}, {"bidirectional", true}});
    d.add("lstm", "lstm", {{"units", n(4)}, {"output", sequence}}).add("maxpool1d", "max").add("simple_rnn", "rnn", {{"units", n(3)}}).add("elu", "elu");
    d.dense("fc", 2).add("output", "out", {{"loss", std::string("huber")}});
    all.push_back({"series", d, numbersOf({6, 2}, 2)});
  }
  {
    Drawing d;
    d.add("input", "in").dense("a", 4).add("sigmoid", "gate").add("multiply", "m", {}, {"gate", "a"}).add("concat", "cat", {}, {"m", "in"});
    d.dense("b", 3).add("softmax", "soft").add("selu", "selu").add("gaussian_noise", "noise").add("output", "out", {{"loss", std::string("mse")}});
    all.push_back({"merges", d, classesOf({4}, 3)});
  }
  {
    Drawing d;
    DataSpec labels = numbersOf({6}, 2);
    labels.task = Task::Labels, labels.classes = {"x", "y"};
    d.add("input", "in").add("reshape", "image", {{"size", IntPair{3, 1}}}).add("conv2d", "c", {{"filters", n(3)}, {"kernel", IntPair{2, 1}}, {"padding", std::string("valid")}});
    d.add("hard_tanh", "ht").add("flatten", "flat").add("hard_sigmoid", "hs").add("leaky_relu", "lr").add("relu", "r").dense("fc", 2);
    d.add("output", "out", {{"loss", std::string("bce")}});
    all.push_back({"labels", d, labels});
  }
  return all;
}

/// A network of a case with parameters off their start, and a question about it.
struct StepSetting {
  std::shared_ptr<const Network> network;
  DatasetPtr data;
  Buffer params;

  StepSetting(const StepCase& c, std::uint64_t seed) : network(c.drawing.compile(c.data)), data(randomData(c.data, 11, seed)), params(network->initialise(seed)) {
    Rng rng(seed, Stream::Test, 4);
    for (const PlacedBlock& b : network->blocks())
      if (b.block.trainable)
        for (std::int64_t i = b.offset; i < b.offset + b.size(); ++i) params[static_cast<std::size_t>(i)] += static_cast<Real>(0.2 * rng.normal());
  }
  StepQuestion question(NodeId node, std::int64_t unit, std::vector<std::int32_t> rows = {3, 9, 0, 5, 7}) const {
    StepQuestion q;
    q.network = network, q.data = data, q.params = params.span(), q.node = node, q.unit = unit, q.rows = std::move(rows);
    q.rng = {5, 2};
    q.sample = q.rows.size() / 2;
    return q;
  }
};

/// Every gradient beside its difference: calls check(what, gradient, difference).
template <class F>
void forDifferences(const StepExplanation& e, F&& check) {
  for (const StepSection& s : e.sections) {
    for (const StepRow& r : s.rows)
      if (r.difference) check(s.title + ", " + r.label, r.value, *r.difference);
    for (const StepTable& t : s.tables) {
      const std::size_t d = t.column("difference"), x = t.column("∂L/∂x"), p = t.column("∂L/∂p");
      if (d == t.columns.size()) continue;
      for (std::size_t i = 0; i < t.names.size(); ++i)
        if (!std::isnan(t.at(i, d))) check(s.title + ", " + t.names[i], t.at(i, x < t.columns.size() ? x : p), t.at(i, d));
    }
  }
}

}  // namespace vitrine::test
