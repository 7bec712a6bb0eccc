// Single layers against PyTorch 1.13, forward and backward: see tests/data/reference/make_layers.py.
#include <gtest/gtest.h>

#include <cmath>

#include "core/model/layer.h"
#include "tests/support/npz.h"

namespace vitrine {
namespace {

using test::NpyArray;

struct Case {
  std::string name, type;
  Params params;
};

Params whole(std::initializer_list<std::pair<const char*, std::int64_t>> values) {
  Params p;
  for (const auto& [id, value] : values) p[id] = value;
  return p;
}

std::vector<Case> cases() {
  const std::string number = "number", sequence = "sequence";
  std::vector<Case> all{
      {"conv2d_dilated", "conv2d", {{"filters", std::int64_t{3}}, {"kernel", IntPair{3, 2}}, {"stride", IntPair{2, 1}}, {"padding", number},
                                    {"padding_size", IntPair{2, 1}}, {"dilation", IntPair{2, 3}}}},
      {"conv2d_grouped", "conv2d", {{"filters", std::int64_t{6}}, {"groups", std::int64_t{2}}}},
      {"conv2d_depthwise", "conv2d", {{"filters", std::int64_t{6}}, {"groups", std::int64_t{3}}}},
      {"conv1d", "conv1d", {{"filters", std::int64_t{4}}, {"stride", std::int64_t{2}}, {"padding", number}, {"padding_size", std::int64_t{1}}}},
      {"conv1d_dilated", "conv1d", {{"filters", std::int64_t{4}}, {"padding", number}, {"padding_size", std::int64_t{4}},
                                    {"dilation", std::int64_t{4}}, {"groups", std::int64_t{2}}, {"use_bias", false}}},
      {"layernorm", "layernorm", {}},
      {"prelu", "prelu", {}},
  };
  for (const char* type : {"elu", "selu", "gelu", "silu", "softplus", "hard_sigmoid", "hard_tanh", "leaky_relu", "sigmoid"}) all.push_back({type, type, {}});
  for (const std::string type : {"simple_rnn", "lstm", "gru"}) {
    Params five = whole({{"units", 5}}), four = whole({{"units", 4}});
    four["bidirectional"] = true;
    all.push_back({type + "_last", type, five});
    all.push_back({type + "_both_ways", type, four});
    five["output"] = four["output"] = sequence;
    all.push_back({type + "_sequence", type, five});
    all.push_back({type + "_both_ways_sequence", type, four});
  }
  return all;
}

std::vector<Real> reals(const NpyArray& a) { return {a.values.begin(), a.values.end()}; }

/// A block's values from PyTorch's layout (`toEngine`) or back to it.
std::vector<Real> turned(const ParamBlock& b, const std::vector<Real>& from, bool toEngine) {
  if (b.toFile.empty()) return from;
  const std::size_t rank = b.shape.dims.size();
  std::vector<std::int64_t> stride(rank);  // in the file, by the engine's dimension
  std::int64_t step = 1;
  for (std::size_t d = rank; d-- > 0;) {
    stride[static_cast<std::size_t>(b.toFile[d])] = step;
    step *= b.shape[b.toFile[d]];
  }
  std::vector<Real> out(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), file = 0;
    for (std::size_t d = rank; d-- > 0;) {
      file += rest % b.shape.dims[d] * stride[d];
      rest /= b.shape.dims[d];
    }
    (toEngine ? out[i] : out[static_cast<std::size_t>(file)]) = from[toEngine ? static_cast<std::size_t>(file) : i];
  }
  return out;
}

void expectNear(const std::vector<Real>& found, const NpyArray& expected, const std::string& what) {
  ASSERT_EQ(found.size(), expected.values.size()) << what;
  double most = 0;
  for (double v : expected.values) most = std::max(most, std::abs(v));
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected.values[i], 1e-5 * std::max(1.0, most)) << what << " " << i;
}

class LayerReference : public testing::TestWithParam<Case> {};

TEST_P(LayerReference, ForwardAndGradients) {
  static const std::map<std::string, NpyArray> arrays = test::readNpz(std::string(VITRINE_TEST_DATA) + "/reference/layers.npz");
  const Case& c = GetParam();
  const auto at = [&](const std::string& key) -> const NpyArray& { return arrays.at(c.name + "." + key); };
  const NpyArray& x = at("x");
  const std::int64_t rows = x.rows();
  const Shape in(std::vector<std::int64_t>(x.shape.begin() + 1, x.shape.end()));
  const LayerSpec& spec = *findLayer(c.type);
  const Result<Shape> out = spec.shape(c.params, std::span(&in, 1));
  ASSERT_TRUE(out) << out.error().text();
  EXPECT_EQ(out->dims, std::vector<std::int64_t>(at("y").shape.begin() + 1, at("y").shape.end()));
  const std::unique_ptr<Layer> layer = spec.make(c.params, std::span(&in, 1));
  std::vector<Real> params;
  for (const ParamBlock& b : layer->blocks()) {
    const NpyArray& file = at("param." + b.name);
    EXPECT_EQ(b.fileShape().dims, file.shape) << b.name;
    const std::vector<Real> own = turned(b, reals(file), true);
    params.insert(params.end(), own.begin(), own.end());
  }
  std::vector<Real> input = reals(x), y(static_cast<std::size_t>(rows * out->size())), dy = reals(at("dy")), dx(input.size()), dparams(params.size());
  std::vector<Real> cache(static_cast<std::size_t>(rows * layer->cachePerRow())), scratch(static_cast<std::size_t>(layer->scratch() + rows * layer->scratchPerRow()));
  const Real* ports[] = {input.data()};
  ForwardArgs f;
  f.rows = rows, f.in = ports, f.out = y.data(), f.params = params.data(), f.cache = cache.data(), f.scratch = scratch.data();
  layer->forward(f);
  expectNear(y, at("y"), "y");
  Real* din[] = {dx.data()};
  BackwardArgs b;
  b.rows = rows, b.in = ports, b.out = y.data(), b.dout = dy.data(), b.din = din, b.params = params.data();
  b.dparams = params.empty() ? nullptr : dparams.data(), b.cache = cache.data(), b.scratch = scratch.data();
  layer->backward(b);
  expectNear(dx, at("grad.x"), "grad.x");
  auto from = dparams.begin();
  for (const ParamBlock& block : layer->blocks()) {
    const auto end = from + block.shape.size();
    expectNear(turned(block, {from, end}, false), at("grad." + block.name), "grad." + block.name);
    from = end;
  }
}

INSTANTIATE_TEST_SUITE_P(Layers, LayerReference, testing::ValuesIn(cases()), [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace vitrine
