// The engine against PyTorch 1.13 and Captum 0.8: forward pass, gradients, optimisers, attributions. See
// tests/data/reference/README.md for where the numbers come from.
#include <algorithm>
#include <cmath>

#include "core/explain/explainer.h"
#include "core/explain/grad_cam.h"
#include "core/train/loss.h"
#include "core/train/optimiser.h"
#include "tests/support/reference.h"

namespace vitrine {
namespace {

using test::NpyArray;
using test::Reference;

class ReferenceTest : public testing::TestWithParam<const char*> {
 protected:
  Reference ref_{GetParam()};

  Result<Attribution> explain(const std::string& id, std::int64_t row, const Params& settings, Target target,
                              std::span<const Real> baseline = {}) const {
    const std::vector<Real> input = ref_.input("x", row);
    return findExplainer(id)->explain({.network = ref_.network(), .params = ref_.params(), .input = input, .target = target,
                                       .settings = settings, .baseline = baseline});
  }

  /// Mean cross-entropy of the file's batch, and its gradient.
  double batchLoss(std::span<const Real> params, Workspace& ws, std::span<Real> gradient) const {
    const std::int64_t rows = ref_.at("batch_x").rows();
    const std::vector<double>& x = ref_.at("batch_x").values;
    for (std::size_t i = 0; i < x.size(); ++i) ws.input()[i] = static_cast<Real>(x[i]);
    std::vector<std::int32_t> classes;
    for (double y : ref_.at("batch_y").values) classes.push_back(static_cast<std::int32_t>(y));
    const Network& network = ref_.network();
    const Real* logits = network.forward(params, ws, rows, Mode::Train);
    const double n = static_cast<double>(rows);
    const double loss = crossEntropy(rows, network.outputs(), logits, classes.data(), 1 / n, ws.outputGradient()).loss / n;
    network.backward(params, ws, rows, gradient, false, false, Mode::Train);
    return loss;
  }

  std::vector<double> block(const PlacedBlock& b, std::span<const Real> flat) const {
    return Reference::toFile(b, flat.subspan(static_cast<std::size_t>(b.offset), static_cast<std::size_t>(b.size())));
  }
};

TEST_P(ReferenceTest, ForwardPass) {
  Workspace ws(ref_.network(), 1, true, false);
  const std::int64_t outputs = ref_.network().outputs();
  for (std::int64_t row = 0; row < ref_.samples(); ++row) {
    const std::vector<Real> input = ref_.input("x", row);
    std::copy(input.begin(), input.end(), ws.input());
    const Real* logits = ref_.network().forward(ref_.params(), ws, 1);
    ref_.expectNear("logits", std::vector<Real>(logits, logits + outputs), row);
    std::vector<Real> probabilities(static_cast<std::size_t>(outputs));
    softmaxRows(1, outputs, logits, probabilities.data());
    ref_.expectNear("softmax", probabilities, row);
    for (const Node& node : ref_.network().graph().nodes) {
      if (!ref_.has("layer.activation." + node.name)) continue;
      const Real* values = ws.activation(node.id);
      ref_.expectNear("layer.activation." + node.name, std::vector<Real>(values, values + ref_.network().shape(node.id).size()), row);
    }
  }
}

TEST_P(ReferenceTest, GradientsOfCrossEntropy) {
  Workspace ws(ref_.network(), ref_.at("batch_x").rows(), false, true);
  Buffer gradient(ref_.params().size());
  const double loss = batchLoss(ref_.params(), ws, gradient.span());
  ref_.expectNear("grad.loss", std::vector<double>{loss});
  for (const PlacedBlock& b : ref_.network().blocks()) ref_.expectNear("grad." + b.fullName, block(b, gradient.span()));
}

TEST_P(ReferenceTest, FiveStepsOfEachOptimiser) {
  struct Case {
    std::string array;
    OptimiserChoice choice;
    double rate;
  };
  const std::vector<Case> cases{{"sgd_lr0.1", {"sgd", {}}, 0.1},
                                {"sgd_lr0.1_wd0.01", {"sgd", {{"weight_decay", 0.01}}}, 0.1},
                                {"sgd_lr0.1_mom0.9", {"momentum", {{"momentum", 0.9}}}, 0.1},
                                {"sgd_lr0.1_mom0.9_damp0.5", {"momentum", {{"momentum", 0.9}, {"dampening", 0.5}}}, 0.1},
                                {"rmsprop_default", {"rmsprop", {}}, 0.01},
                                {"sgd_lr0.1_mom0.9_nesterov", {"nesterov", {}}, 0.1},
                                {"rmsprop_centered", {"rmsprop", {{"centred", true}}}, 0.01},
                                {"rmsprop_mom0.9", {"rmsprop", {{"momentum", 0.9}}}, 0.01},
                                {"adagrad_default", {"adagrad", {}}, 0.01},
                                {"adadelta_default", {"adadelta", {}}, 1},
                                {"adam_amsgrad", {"adam", {{"amsgrad", true}}}, 0.001},
                                {"adamw_wd0.01", {"adamw", {}}, 0.001},
                                {"adamw_lr0.01_wd0.1", {"adamw", {{"weight_decay", 0.1}}}, 0.01},
                                {"radam_default", {"radam", {}}, 0.001},
                                {"adam_default", {"adam", {}}, 0.001},
                                {"adam_lr0.01_wd0.01", {"adam", {{"weight_decay", 0.01}}}, 0.01}};
  Workspace ws(ref_.network(), ref_.at("batch_x").rows(), false, true);
  int compared = 0;
  for (const Case& c : cases) {
    if (!ref_.has("opt." + c.array + ".losses")) continue;
    ++compared;
    Buffer params(ref_.params().size()), gradient(ref_.params().size());
    std::copy(ref_.params().begin(), ref_.params().end(), params.begin());
    const std::int64_t n = static_cast<std::int64_t>(params.size());
    const OptimiserRule rule = optimiserRule(c.choice);
    OptimiserState state = freshState(c.choice, n);
    std::vector<double> losses;
    for (int step = 0; step < 5; ++step) {
      losses.push_back(batchLoss(params.span(), ws, gradient.span()));
      beginStep(rule, state);
      applyOptimiser(rule, c.rate, 0, n, gradient.data(), params.data(), state);
    }
    losses.push_back(batchLoss(params.span(), ws, gradient.span()));
    ref_.expectNear("opt." + c.array + ".losses", losses);
    for (const PlacedBlock& b : ref_.network().blocks()) ref_.expectNear("opt." + c.array + "." + b.fullName, block(b, params.span()));
  }
  EXPECT_GE(compared, 3);
}

TEST_P(ReferenceTest, Saliency) {
  for (std::int64_t row = 0; row < ref_.samples(); ++row) {
    const Target target = ref_.target(row);
    const Result<Attribution> plain = explain("saliency", row, {}, target);
    ASSERT_TRUE(plain) << plain.error().text();
    ref_.expectNear("attr.saliency.signed", plain->values, row);
    EXPECT_EQ(plain->target, target.output);
    ref_.expectNear("attr.saliency.abs", explain("saliency", row, {{"sign", std::string("absolute")}}, target)->values, row);
    ref_.expectNear("attr.saliency.softmax_signed", explain("saliency", row, {}, {target.output, true})->values, row);
  }
}

TEST_P(ReferenceTest, IntegratedGradients) {
  const std::vector<std::pair<std::string, std::string>> rules{{"gauss-legendre", "gausslegendre50"}, {"midpoint", "riemann_middle50"},
                                                               {"trapezoid", "riemann_trapezoid50"}, {"left", "riemann_left50"},
                                                               {"right", "riemann_right50"}};
  const std::vector<Real> given = ref_.input("base_alt", 0);
  int compared = 0;
  for (std::int64_t row = 0; row < ref_.samples(); ++row)
    for (const auto& [rule, array] : rules)
      for (const std::string base : {"base_zero", "base_alt"}) {
        if (!ref_.has("attr.ig." + array + "." + base)) continue;
        ++compared;
        const Result<Attribution> a = explain("integrated-gradients", row, {{"rule", rule}}, ref_.target(row),
                                              base == "base_alt" ? std::span<const Real>(given) : std::span<const Real>());
        ASSERT_TRUE(a) << a.error().text();
        // Captum's trapezoid has weights that sum to 49/50; ours sum to 1.
        ref_.expectNear("attr.ig." + array + "." + base, a->values, row, rule == "trapezoid" ? 50.0 / 49.0 : 1.0);
        const double f = ref_.at("logits_of." + base).values[static_cast<std::size_t>(a->target)];
        EXPECT_NEAR(*a->baselineValue, f, 1e-4);
        if (rule == "trapezoid") continue;
        EXPECT_NEAR(*a->completenessError, ref_.at("delta.ig." + array + "." + base).values[static_cast<std::size_t>(row)], 2e-4)
            << array << " row " << row;
      }
  EXPECT_GE(compared, 3 * ref_.samples());
}

TEST_P(ReferenceTest, GradCam) {
  const std::string network = GetParam();
  if (network != "cnn_fashion") {  // no maps to weigh
    const Status fits = findExplainer("grad-cam")->supports(ref_.network(), {});
    ASSERT_FALSE(fits);
    EXPECT_NE(fits.error().text().find("convolutional layer"), std::string::npos);
    return;
  }
  for (std::int64_t row = 0; row < ref_.samples(); ++row) {
    for (const std::string layer : {"conv1", "relu1", "conv2", "relu2"}) {
      const Result<Attribution> a = explain("grad-cam", row, {{"layer", layer}}, ref_.target(row));
      ASSERT_TRUE(a) << a.error().text();
      EXPECT_EQ(a->shape, (Shape{28, 28, 1}));
      ref_.expectNear("gradcam." + layer + ".relu_up_bilinear", a->values, row);
      const Result<Attribution> both = explain("grad-cam", row, {{"layer", layer}, {"relu", false}}, ref_.target(row));
      const NpyArray& map = ref_.at("gradcam." + layer + ".signed");
      const std::vector<double> values = map.row(row);
      const Tensor expected(Shape{map.shape[2], map.shape[3], 1}, std::vector<Real>(values.begin(), values.end()));
      const Tensor enlarged = resizeBilinear(expected, 28, 28);
      for (std::size_t i = 0; i < enlarged.data.size(); ++i) ASSERT_NEAR(both->values[i], enlarged.data[i], 4e-7) << layer << " " << i;
    }
    const Result<Attribution> last = explain("grad-cam", row, {}, ref_.target(row));
    ref_.expectNear("gradcam.conv2.relu_up_bilinear", last->values, row);
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, ReferenceTest, testing::Values("mlp_tanh_iris", "cnn_fashion", "lstm"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

}  // namespace
}  // namespace vitrine
