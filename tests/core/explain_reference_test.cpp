// Every attribution of the reference arrays against ours (PyTorch 1.13, Captum 0.8, pytorch-grad-cam, zennit 0.5.1).
#include "core/explain/explainer.h"
#include "core/explain/grad_cam.h"
#include "core/explain/groups.h"
#include "core/explain/noise_tunnel.h"
#include "tests/support/reference.h"

namespace vitrine {
namespace {

using test::NpyArray;
using test::Reference;
using std::int64_t;

struct Extras {
  std::span<const Real> baseline = {};
  std::span<const std::int32_t> groups = {};
};

class ExplainReference : public testing::TestWithParam<const char*> {
 protected:
  Reference ref_{GetParam()};
  const std::string name_ = GetParam();
  const std::vector<Real> alt_ = ref_.input("base_alt", 0);

  Result<Attribution> explain(const std::string& id, int64_t row, const Params& settings, Extras extras = {}) const {
    const std::vector<Real> input = ref_.input("x", row);
    return findExplainer(id)->explain({.network = ref_.network(), .params = ref_.params(), .input = input, .target = ref_.target(row),
                                       .settings = settings, .baseline = extras.baseline, .groups = extras.groups});
  }
  /// Each sample's values against the array's row.
  void compare(const std::string& array, const std::string& id, const Params& settings, Extras extras = {}) {
    if (!ref_.has(array)) return;
    ++compared_;
    // Of the scaled maps at relu2 the reference has the first two samples; of all others every one.
    const bool isShort = array.starts_with("pgc.") && array.ends_with(".relu2.scaled");
    const int64_t rows = isShort ? 2 : ref_.samples();
    ASSERT_EQ(ref_.at(array).rows(), rows) << array;
    for (int64_t row = 0; row < rows; ++row) {
      const Result<Attribution> a = explain(id, row, settings, extras);
      ASSERT_TRUE(a) << array << ": " << a.error().text();
      ref_.expectNear(array, a->values, row);
    }
  }
  std::span<const Real> base(const std::string& which) const { return which == "base_alt" ? std::span<const Real>(alt_) : std::span<const Real>(); }
  int compared_ = 0;
};

Params choice(const std::string& id, const std::string& value) { return {{id, value}}; }

TEST_P(ExplainReference, InputTimesGradient) {
  compare("attr.input_x_gradient", "input-x-gradient", {});
  EXPECT_EQ(compared_, name_ == "lstm" ? ref_.has("attr.input_x_gradient") : 1);
}

TEST_P(ExplainReference, NoiseTunnel) {
  struct Case {
    std::string array;
    NoiseTunnel kind;
    bool timesInput;
  };
  const NpyArray& noise = ref_.at("noise.nt");
  const int64_t draws = name_ == "cnn_fashion" ? 4 : 8;
  for (const Case& c : std::vector<Case>{{"smoothgrad.saliency_signed", NoiseTunnel::Mean, false}, {"smoothgrad_sq.saliency_signed", NoiseTunnel::MeanSquare, false},
                                         {"vargrad.saliency_signed", NoiseTunnel::Variance, false}, {"smoothgrad.input_x_gradient", NoiseTunnel::Mean, true}}) {
    ASSERT_TRUE(ref_.has("attr.noise_tunnel." + c.array));
    for (int64_t row = 0; row < ref_.samples(); ++row) {
      const std::vector<Real> input = ref_.input("x", row);
      const Params none;
      const Result<Attribution> a = noiseTunnel({.network = ref_.network(), .params = ref_.params(), .input = input, .target = ref_.target(row), .settings = none},
                                                c.kind, c.timesInput, draws, [&](int64_t draw, Real* out) {
                                                  const std::vector<double> values = noise.row(row * draws + draw);
                                                  std::copy(values.begin(), values.end(), out);
                                                });
      ASSERT_TRUE(a) << a.error().text();
      ref_.expectNear("attr.noise_tunnel." + c.array, a->values, row);
    }
  }
}

TEST_P(ExplainReference, GuidedBackpropAndDeconvnet) {
  compare("attr.guided_backprop", "guided-backprop", {});
  compare("attr.deconvolution", "deconvnet", {});
  if (name_ == "cnn_fashion") {
    EXPECT_EQ(compared_, 2);
  } else {
    EXPECT_FALSE(findExplainer("guided-backprop")->supports(ref_.network(), {}));
  }
}

TEST_P(ExplainReference, DeepLift) {
  for (const std::string b : {"base_zero", "base_alt"}) compare("attr.deeplift." + b, "deeplift", {}, {base(b)});
  EXPECT_EQ(compared_, name_ == "lstm" ? 0 : 2);
  for (int64_t row = 0; row < ref_.samples() && name_ != "lstm"; ++row) {
    const Result<Attribution> a = explain("deeplift", row, {}, {alt_});
    EXPECT_LE(std::abs(*a->completenessError), 1e-4 * std::abs(a->outputValue - *a->baselineValue) + 1e-5);
  }
}

TEST_P(ExplainReference, LrpAsInCaptum) {
  const auto captum = [](const std::string& rule, double epsilon, const std::string& layers, bool bias = true) {
    return Params{{"convention", std::string("captum")}, {"rule", rule}, {"epsilon", epsilon}, {"layers", layers}, {"bias", bias}};
  };
  compare("attr.lrp.default", "lrp", captum("epsilon", 1e-9, "all"));
  compare("attr.lrp.eps0.01", "lrp", captum("epsilon", 0.01, "all"));
  compare("attr.lrp.eps0.25", "lrp", captum("epsilon", 0.25, "all"));
  compare("attr.lrp.gamma0.25", "lrp", captum("gamma", 1e-9, "all"));
  compare("attr.lrp.alpha1beta0", "lrp", captum("z-plus", 1e-9, "all"));
  compare("attr.lrp.gamma0.25_conv_eps1e-9_rest", "lrp", captum("gamma", 1e-9, "convolutions"));
  compare("attr.lrp.alpha1beta0_conv_eps1e-9_rest", "lrp", captum("z-plus", 1e-9, "convolutions"));
  compare("attr.lrp.alpha1beta0_conv_nobias_eps1e-9_rest", "lrp", captum("z-plus", 1e-9, "convolutions", false));
  EXPECT_EQ(compared_, name_ == "lstm" ? 0 : name_ == "cnn_fashion" ? 6 : 5);
}

TEST_P(ExplainReference, LrpAsInZennit) {
  const auto rule = [](const std::string& id, double epsilon = 1e-6, const std::string& layers = "all", bool bias = true) {
    return Params{{"rule", id}, {"epsilon", epsilon}, {"layers", layers}, {"bias", bias}};
  };
  compare("zennit.epsilon1e-9", "lrp", rule("epsilon", 1e-9));
  compare("zennit.epsilon0.25", "lrp", rule("epsilon", 0.25));
  compare("zennit.gamma0.25", "lrp", rule("gamma"));
  compare("zennit.alpha2_beta1", "lrp", rule("alpha-beta"));
  compare("zennit.epsilon_plus", "lrp", rule("epsilon-plus"));
  compare("zennit.epsilon_alpha2_beta1", "lrp", rule("epsilon-alpha2-beta1"));
  compare("zennit.epsilon_plus_flat", "lrp", rule("epsilon-plus-flat"));
  compare("zennit.epsilon_gamma_box_0_1", "lrp", rule("epsilon-gamma-box"));
  compare("zennit.gamma0.25_conv_eps1e-6_dense", "lrp", rule("gamma", 1e-6, "convolutions"));
  Params fine = rule("z-plus", 1e-9, "convolutions", false);
  fine["stabiliser"] = 1e-9;
  compare("zennit.zplus_conv_nobias_eps1e-9", "lrp", fine);
  EXPECT_EQ(compared_, name_ == "lstm" ? 0 : name_ == "cnn_fashion" ? 8 : 4);
}

TEST_P(ExplainReference, Occlusion) {
  struct Case {
    std::string windows;
    IntPair window, stride;
  };
  for (const Case& c : std::vector<Case>{{"w1_s1", {1, 1}, {1, 1}}, {"w3_s1", {1, 3}, {1, 1}}, {"w3_s2", {1, 3}, {1, 2}}, {"w1x3x3_s1x1x1", {3, 3}, {1, 1}},
                                         {"w1x4x4_s1x2x2", {4, 4}, {2, 2}}, {"w1x5x5_s1x3x3", {5, 5}, {3, 3}}, {"w1x1_s1x1", {1, 1}, {1, 1}},
                                         {"w1x3_s1x3", {1, 3}, {1, 3}}, {"w3x3_s1x3", {3, 3}, {1, 3}}})
    for (const std::string b : {"base_zero", "base_alt"})
      compare("attr.occlusion." + c.windows + "." + b, "occlusion", {{"window", c.window}, {"stride", c.stride}}, {base(b)});
  EXPECT_EQ(compared_, name_ == "mlp_tanh_iris" ? 3 : 4);
}

TEST_P(ExplainReference, Ablation) {
  for (const std::string b : {"base_zero", "base_alt"}) {
    compare("attr.ablation.single." + b, "feature-ablation", choice("groups", "elements"), {base(b)});
    compare("attr.ablation.block4." + b, "feature-ablation", choice("groups", "squares"), {base(b)});
    compare("attr.ablation.time_step." + b, "feature-ablation", choice("groups", "steps"), {base(b)});
  }
  EXPECT_EQ(compared_, name_ == "mlp_tanh_iris" ? 2 : 4);
}

TEST_P(ExplainReference, ShapleyValuesByTwoMethods) {
  const Shape& shape = ref_.network().data().input;
  for (const std::string b : {"base_zero", "base_alt"})
    for (const std::string id : {"shapley", "kernel-shap"}) {
      compare("attr.shapley.captum_exact." + b, id, choice("groups", "elements"), {base(b)});
      compare("attr.shapley.bruteforce." + b, id, choice("groups", "elements"), {base(b)});
      compare("attr.shapley.captum_exact.grid2x2." + b, id, {{"groups", std::string("grid")}, {"grid", IntPair{2, 2}}}, {base(b)});
      compare("attr.shapley.captum_exact.groups_of_3_steps." + b, id, {{"groups", std::string("squares")}, {"square", int64_t{3}}}, {base(b)});
      // One value a group.
      for (const std::string& array : {"attr.shapley.bruteforce.grid3x3." + b, "attr.shapley.bruteforce.time_step." + b}) {
        if (!ref_.has(array)) continue;
        ++compared_;
        const Groups groups = shape.isImage() ? gridGroups(shape, 3, 3) : stepGroups(shape);
        for (int64_t row = 0; row < ref_.samples(); ++row) {
          const Result<Attribution> a = explain(id, row, id == "shapley" ? Params{} : Params{{"coalitions", int64_t{4096}}}, {base(b), groups.of});
          ASSERT_TRUE(a) << a.error().text();
          ref_.expectNear(array, a->groupValues, row);
        }
      }
    }
  EXPECT_EQ(compared_, name_ == "mlp_tanh_iris" ? 8 : name_ == "cnn_fashion" ? 6 : 4);
}

TEST_P(ExplainReference, LayerConductanceAndGradientTimesActivation) {
  for (const std::string layer : {"fc1", "act1", "fc2", "act2", "relu3"}) {
    compare("layer.conductance.gausslegendre50.base_zero." + layer, "layer-conductance", choice("layer", layer));
    compare("layer.gradient_x_activation." + layer, "layer-gradient-x-activation", choice("layer", layer));
  }
  EXPECT_EQ(compared_, name_ == "mlp_tanh_iris" ? 8 : name_ == "cnn_fashion" ? 4 : 0);
}

/// Networks with maps to weigh.
class ExplainReferenceMaps : public ExplainReference {};

TEST_P(ExplainReferenceMaps, ActivationMaps) {
  for (const std::string layer : {"conv1", "conv2", "relu2"}) {
    for (const std::string enlarge : {"nearest", "bilinear"})
      compare("guided_gradcam." + layer + "." + enlarge, "guided-grad-cam", {{"layer", layer}, {"enlarge", enlarge}});
    for (const auto& [array, id] : std::vector<std::pair<std::string, std::string>>{{"gradcam", "grad-cam"}, {"gradcampp", "grad-cam++"}, {"xgradcam", "xgrad-cam"},
                                                                                    {"hirescam", "hires-cam"}, {"layercam", "layer-cam"}, {"scorecam", "score-cam"}}) {
      compare("pgc." + array + "." + layer + ".raw", id, {{"layer", layer}, {"relu", false}, {"enlarge", std::string("none")}});
      compare("pgc." + array + "." + layer + ".scaled", id, {{"layer", layer}, {"scale", true}});
    }
    // Eigen-CAM's sign is arbitrary.
    ASSERT_EQ(ref_.at("pgc.eigencam." + layer + ".raw").rows(), ref_.samples());
    for (int64_t row = 0; row < ref_.samples(); ++row) {
      Result<Attribution> a = explain("eigen-cam", row, {{"layer", layer}, {"relu", false}, {"enlarge", std::string("none")}});
      ASSERT_TRUE(a) << a.error().text();
      const std::vector<double> expected = ref_.at("pgc.eigencam." + layer + ".raw").row(row);
      double dot = 0;
      for (std::size_t i = 0; i < expected.size(); ++i) dot += expected[i] * static_cast<double>(a->values[i]);
      for (Real& v : a->values) v = dot < 0 ? -v : v;
      ref_.expectNear("pgc.eigencam." + layer + ".raw", a->values, row);
    }
  }
  EXPECT_EQ(compared_, 40);
}

INSTANTIATE_TEST_SUITE_P(Networks, ExplainReference, testing::Values("mlp_tanh_iris", "cnn_fashion", "lstm"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });
INSTANTIATE_TEST_SUITE_P(Networks, ExplainReferenceMaps, testing::Values("cnn_fashion"),
                         [](const testing::TestParamInfo<const char*>& info) { return std::string(info.param); });

}  // namespace
}  // namespace vitrine
