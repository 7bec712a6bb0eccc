// Passes that keep no inner outputs take short cuts: numbers and gradients must be those of passes that keep everything.
#include "tests/support/networks.h"

namespace vitrine {
namespace {

using test::Drawing;

struct LeanCase {
  std::string name;
  Drawing drawing;
  Shape input;
  bool less = true;  ///< whether a convolution leaves out what no window covers
};

Drawing begin() { return std::move(Drawing().add("input", "in")); }
Drawing end(Drawing d) { return std::move(d.add("flatten", "flat").dense("fc", 4).add("output", "out")); }

std::vector<LeanCase> leanCases() {
  const Params strided{{"kernel", IntPair{3, 2}}, {"stride", IntPair{2, 3}}}, same{{"padding", std::string("same")}};
  std::vector<LeanCase> all;
  all.push_back({"rectified", end(begin().conv("c", 9, 3, 0).add("relu", "r").add("maxpool2d", "p")), {9, 11, 2}});
  all.push_back({"plain", end(begin().conv("c", 3, 2, 1).add("maxpool2d", "p", strided)), {9, 9, 1}});
  all.push_back({"winograd", end(begin().conv("c", 16, 3, 0).add("relu", "r").add("maxpool2d", "p").conv("d", 16, 3, 1).add("relu", "s").add("maxpool2d", "q")), {13, 13, 1}});
  all.push_back({"pool after pool", end(begin().conv("c", 8, 3, 1).add("relu", "r").add("maxpool2d", "p").add("maxpool2d", "q", strided)), {15, 15, 1}});
  all.push_back({"grouped", end(begin().conv("a", 4, 1, 0).add("conv2d", "c", {{"filters", std::int64_t{8}}, {"groups", std::int64_t{2}}}).add("relu", "r").add("maxpool2d", "p")), {7, 7, 1}});
  all.push_back({"depthwise", end(begin().conv("a", 4, 1, 0).add("conv2d", "c", {{"filters", std::int64_t{8}}, {"groups", std::int64_t{4}}}).add("maxpool2d", "p")), {7, 7, 1}});
  Drawing series = begin().add("conv1d", "c", {{"filters", std::int64_t{5}}}).add("relu", "r").add("maxpool1d", "p").add("global_avgpool", "g");
  all.push_back({"series", std::move(series.dense("fc", 4).add("output", "out")), {13, 3}});
  all.push_back({"same", end(begin().conv("c", 4, 3, 1).add("relu", "r").add("maxpool2d", "p", same)), {7, 7, 1}, false});
  all.push_back({"even", end(begin().conv("c", 4, 3, 1).add("relu", "r").add("maxpool2d", "p").add("dropout", "d")), {8, 8, 1}, false});
  all.push_back({"batch norm", end(begin().conv("c", 4, 3, 1).add("batchnorm", "b").add("relu", "r").add("maxpool2d", "p")), {7, 7, 1}, false});
  all.push_back({"others read the rectifier", end(begin().conv("c", 4, 3, 1).add("relu", "r").add("maxpool2d", "p").add("global_avgpool", "g", {}, {"r"}).add("flatten", "f", {}, {"p"}).add("concat", "both", {}, {"f", "g"})), {7, 7, 1}, false});
  all.push_back({"others read the convolution", end(begin().conv("c", 4, 3, 1).add("relu", "r").add("maxpool2d", "p").add("global_avgpool", "g", {}, {"c"}).add("flatten", "f", {}, {"p"}).add("concat", "both", {}, {"f", "g"})), {7, 7, 1}, false});
  return all;
}

class LeanPass : public testing::TestWithParam<LeanCase> {};

TEST_P(LeanPass, GivesWhatAPassGivesThatKeepsEverything) {
  const std::shared_ptr<const Network> network = GetParam().drawing.compile(test::classesOf(GetParam().input, 4));
  ASSERT_TRUE(network);
  constexpr std::int64_t kRows = 19;  // more than one block of rows
  Rng rng(3, Stream::Test);
  Buffer params = network->initialise(5);
  for (Real& p : params.span()) p += Real(0.1) * static_cast<Real>(rng.normal());
  std::vector<Real> x, seed;
  for (std::int64_t i = 0; i < kRows * GetParam().input.size(); ++i) x.push_back(static_cast<Real>(rng.normal()));
  for (std::int64_t i = 0; i < kRows * 4; ++i) seed.push_back(static_cast<Real>(rng.normal()));

  struct Results {
    std::vector<Real> logits, inputs;
    Buffer params;
  };
  ThreadPool pool(2);
  const auto run = [&](bool keepAll, Mode mode, ThreadPool* threads) {
    Workspace ws(*network, kRows, keepAll, true);
    std::copy(x.begin(), x.end(), ws.input());
    const Real* y = network->forward(params.span(), ws, kRows, mode, {7, 1}, 0, threads);
    Results r{{y, y + kRows * 4}, {}, Buffer(params.size())};
    std::copy(seed.begin(), seed.end(), ws.outputGradient());
    network->backward(params.span(), ws, kRows, r.params.span(), false, true, mode, {7, 1}, 0, threads);
    r.inputs.assign(ws.inputGradient(), ws.inputGradient() + x.size());
    return r;
  };
  const auto expectSame = [](std::span<const Real> got, std::span<const Real> expected, const char* what) {
    ASSERT_EQ(got.size(), expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) ASSERT_NEAR(got[i], expected[i], 1e-11 * (1 + std::abs(expected[i]))) << what << " " << i;
  };
  for (const Mode mode : {Mode::Eval, Mode::Train})
    for (ThreadPool* threads : {static_cast<ThreadPool*>(nullptr), &pool}) {
      const Results lean = run(false, mode, threads), full = run(true, mode, threads);
      expectSame(lean.logits, full.logits, "output");
      expectSame(lean.inputs, full.inputs, "input's gradient");
      expectSame(lean.params.span(), full.params.span(), "parameter's gradient");
    }
  const NodeId conv = network->graph().findName("c")->id;
  const Workspace small(*network, 1, false, false), whole(*network, 1, true, false);
  EXPECT_EQ(network->outputSize(conv, whole), network->shape(conv).size());
  EXPECT_EQ(network->outputSize(conv, small) < network->shape(conv).size(), GetParam().less);
}

INSTANTIATE_TEST_SUITE_P(Networks, LeanPass, testing::ValuesIn(leanCases()), [](const testing::TestParamInfo<LeanCase>& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
});

}  // namespace
}  // namespace vitrine
