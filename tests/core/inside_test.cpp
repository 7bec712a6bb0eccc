// Inside the network: receptive fields, top samples, leaving parts out, feature maps.
#include <cmath>
#include <numeric>

#include "core/explain/baseline.h"
#include "core/insight/ablation.h"
#include "core/insight/activation_maximisation.h"
#include "core/insight/top_samples.h"
#include "core/insight/unit_inputs.h"
#include "tests/support/step_cases.h"

namespace vitrine {
namespace {

using test::Drawing;
using test::StepCase;
using test::StepSetting;

/// The unit's output for an input, or several.
Real outputOf(const StepSetting& s, NodeId node, std::int64_t unit, const std::vector<Real>& input) {
  Workspace ws(*s.network, 1, true, false);
  std::copy(input.begin(), input.end(), ws.input());
  s.network->forward(s.params.span(), ws, 1);
  return ws.activation(node)[unit];
}

TEST(ReceptiveFieldTest, IsWhatCanChangeTheUnit) {
  for (const StepCase& c : test::stepCases()) {
    const StepSetting s(c, 31);
    const std::int64_t inputs = c.data.input.size();
    for (NodeId node : s.network->order()) {
      const std::int64_t size = s.network->shape(node).size();
      for (std::int64_t unit : {std::int64_t{0}, size / 2, size - 1}) {
        const ReceptiveField field = receptiveField(*s.network, node, unit);
        ASSERT_EQ(field.mask.size(), static_cast<std::size_t>(inputs));
        // Changed this way and that from several inputs: an input that counts shows at least once.
        std::vector<char> moves(static_cast<std::size_t>(inputs));
        Rng rng(31, Stream::Test, node.value, static_cast<std::uint64_t>(unit));
        for (int trial = 0; trial < 12; ++trial) {
          std::vector<Real> x(static_cast<std::size_t>(inputs));
          for (Real& v : x) v = static_cast<Real>(rng.normal());
          const Real before = outputOf(s, node, unit, x);
          for (std::size_t i = 0; i < x.size(); ++i) {
            const Real kept = std::exchange(x[i], static_cast<Real>(3 * rng.normal()));
            moves[i] |= outputOf(s, node, unit, x) != before;
            x[i] = kept;
          }
        }
        const std::string where = c.name + ", " + s.network->graph().find(node)->name + ", " + unitName(s.network->shape(node), unit);
        for (std::size_t i = 0; i < moves.size(); ++i) EXPECT_LE(moves[i], field.mask[i]) << where << ", input " << i << " lies outside but counts";
        // Units that are cut off (ReLU, max pooling) hide some of what they may see: at least half must show, all of it elsewhere.
        const std::int64_t shown = std::accumulate(moves.begin(), moves.end(), std::int64_t{0});
        const bool cut = c.name == "images" || c.name == "series" || c.name == "labels";
        EXPECT_GE(shown, cut ? field.count / 2 : field.count) << where;
        EXPECT_EQ(field.count, std::accumulate(field.mask.begin(), field.mask.end(), std::int64_t{0})) << where;
      }
    }
  }
}

TEST(ReceptiveFieldTest, BoxesByHand) {
  const auto network = test::smallCnn(10).compile(test::classesOf({28, 28, 1}, 10));
  const auto at = [&](const char* name, std::int64_t y, std::int64_t x) {
    const NodeId node = network->graph().findName(name)->id;
    const Shape& shape = network->shape(node);
    return receptiveField(*network, node, (y * shape[1] + x) * shape[2] + 1);
  };
  // 3 × 3, then 2 × 2 windows of stride 2, then 3 × 3 over steps of 2 pixels: 3 + 1 + 2 · 2 = 8 pixels.
  const ReceptiveField middle = at("conv2", 5, 6);
  EXPECT_EQ(middle.count, 64);
  EXPECT_EQ(middle.y0, 7);
  EXPECT_EQ(middle.y1, 15);
  EXPECT_EQ(middle.x0, 9);
  EXPECT_EQ(middle.x1, 17);
  const ReceptiveField corner = at("conv2", 0, 0);
  EXPECT_EQ(corner.y0, 0);
  EXPECT_EQ(corner.y1, 5);
  EXPECT_EQ(corner.x0, 0);
  EXPECT_EQ(corner.x1, 5);
  EXPECT_EQ(at("conv1", 3, 3).count, 9);
  EXPECT_EQ(receptiveField(*network, network->graph().findName("fc1")->id, 2).count, 28 * 28);

  // Dilation leaves holes: exact, not the box.
  Drawing d;
  d.add("input", "in").add("conv1d", "c", {{"filters", std::int64_t{1}}, {"kernel", std::int64_t{3}}, {"dilation", std::int64_t{3}}, {"padding", std::string("valid")}});
  d.add("flatten", "f").dense("fc", 1).add("output", "out", {{"loss", std::string("mse")}});
  const auto series = d.compile(test::numbersOf({9, 1}, 1));
  const ReceptiveField holes = receptiveField(*series, d.graph.findName("c")->id, 1);
  EXPECT_EQ(holes.count, 3);
  EXPECT_EQ(std::vector<char>(holes.mask.begin(), holes.mask.end()), (std::vector<char>{0, 1, 0, 0, 1, 0, 0, 1, 0}));
  EXPECT_EQ(holes.x0, 1);
  EXPECT_EQ(holes.x1, 8);
  EXPECT_EQ(holes.y1, 1);
}

TEST(TopSamplesTest, AreTheLargestOfAll) {
  const StepSetting s(test::stepCases()[1], 41);
  const DatasetPtr data = test::randomData(s.network->data(), 150, 6);
  const NodeId node = s.network->graph().findName("c1")->id;
  const Shape& shape = s.network->shape(node);
  for (const bool channel : {false, true}) {
    const UnitChoice choice{node, channel ? 2 : 37, channel};
    std::vector<TopSample> all;
    for (std::int32_t row : data->train) {
      std::vector<Real> x(static_cast<std::size_t>(data->spec.input.size()));
      gatherInputs(*data, {&row, 1}, x.data());
      Workspace ws(*s.network, 1, true, false);
      std::copy(x.begin(), x.end(), ws.input());
      s.network->forward(s.params.span(), ws, 1);
      Real best = -INFINITY;
      for (std::int64_t e = 0; e < shape.size(); ++e)
        if (channel ? e % shape[2] == 2 : e == 37) best = std::max(best, ws.activation(node)[e]);
      all.push_back({row, best, 0});
    }
    std::stable_sort(all.begin(), all.end(), [](const TopSample& a, const TopSample& b) { return a.value > b.value; });
    ThreadPool one(1), three(3);
    double last = 0;
    const auto top = topSamples(*s.network, s.params.span(), *data, data->train, choice, 9, &three, {}, [&](double p) { last = p; });
    ASSERT_TRUE(top) << top.error().text();
    EXPECT_EQ(last, 1);
    ASSERT_EQ(top->size(), 9u);
    for (std::size_t i = 0; i < 9; ++i) {
      EXPECT_EQ((*top)[i].row, all[i].row);
      EXPECT_NEAR((*top)[i].value, all[i].value, 1e-5);
      EXPECT_EQ((*top)[i].element % shape[2], channel ? 2 : 37 % shape[2]);
    }
    const auto again = topSamples(*s.network, s.params.span(), *data, data->train, choice, 9, &one);
    for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ((*again)[i].value, (*top)[i].value);
  }
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(topSamples(*s.network, s.params.span(), *data, data->train, {node, 0, false}, 9, nullptr, stop.get_token()));
  EXPECT_FALSE(topSamples(*s.network, s.params.span(), *data, data->train, {node, 4, true}, 9));
  EXPECT_FALSE(topSamples(*s.network, s.params.span(), *data, std::vector<std::int32_t>{0, 150}, {node, 0, false}, 9));
}

TEST(AblationTest, IsAPassWithThePartLeftOut) {
  // in → a (3 units) → out: logits are linear in a, so leaving a unit out takes its weights × value away.
  Drawing d;
  d.add("input", "in").dense("a", 3).add("tanh", "t").dense("b", 2).add("output", "out");
  const StepSetting s({"small", d, test::classesOf({2}, 2)}, 5);
  const std::vector<Real> x{Real(0.4), Real(-1.2)};
  const auto maps = featureMaps(*s.network, s.params.span(), x);
  ASSERT_TRUE(maps);
  const NodeId t = d.graph.findName("t")->id;
  const std::vector<Real>& activation = (*maps)[2].values;
  EXPECT_EQ((*maps)[2].node, t);
  const PlacedBlock w = s.network->blocksOf(d.graph.findName("b")->id)[0];
  const std::vector<Real> replacement{Real(0.3), Real(0.1), Real(-0.2)};
  for (const bool zero : {true, false}) {
    const auto ablations = ablate(*s.network, s.params.span(), x, std::vector<UnitChoice>{{t, 0}, {t, 2}, {t, 1, true}}, zero ? std::span<const Real>() : replacement);
    ASSERT_TRUE(ablations) << ablations.error().text();
    ASSERT_EQ(ablations->size(), 3u);
    for (const Ablation& a : *ablations) {
      const std::size_t unit = static_cast<std::size_t>(a.choice.index);
      for (std::size_t c = 0; c < 2; ++c) {
        const Real weight = s.params[static_cast<std::size_t>(w.offset) + unit * 2 + c];
        EXPECT_NEAR(a.logitsAfter[c] - a.logits[c], weight * ((zero ? 0 : replacement[unit]) - activation[unit]), 1e-6);
      }
      EXPECT_EQ(a.predictedAfter, a.logitsAfter[1] > a.logitsAfter[0]);
    }
  }
  EXPECT_FALSE(ablate(*s.network, s.params.span(), x, std::vector<UnitChoice>{{t, 3}}));
  EXPECT_FALSE(ablate(*s.network, s.params.span(), x, std::vector<UnitChoice>{{t, 0}, {d.graph.findName("a")->id, 0}}));
  EXPECT_FALSE(ablate(*s.network, s.params.span(), std::vector<Real>{1}, std::vector<UnitChoice>{{t, 0}}));
  EXPECT_FALSE(ablate(*s.network, s.params.span(), x, std::vector<UnitChoice>{{t, 0}}, std::vector<Real>{1}));
}

TEST(AblationTest, AWholeChannelByBatches) {
  const StepSetting s(test::stepCases()[1], 51);
  const NodeId node = s.network->graph().findName("c1")->id;
  std::vector<UnitChoice> choices;
  for (int i = 0; i < 100; ++i) choices.push_back({node, i % 4, true});
  std::vector<Real> x(static_cast<std::size_t>(s.network->data().input.size()), Real(0.5));
  const auto ablations = ablate(*s.network, s.params.span(), x, choices);
  ASSERT_TRUE(ablations);
  ASSERT_EQ(ablations->size(), 100u);
  for (std::size_t i = 4; i < 100; ++i) EXPECT_EQ((*ablations)[i].logitsAfter, (*ablations)[i % 4].logitsAfter);
  // By hand: the channel's filter and bias set to 0 give the same.
  Buffer params = s.params;
  for (const UnitParameter& p : unitParameters(*s.network, node, 3)) params[static_cast<std::size_t>(p.at)] = 0;
  const auto maps = featureMaps(*s.network, params.span(), x);
  for (std::size_t c = 0; c < 3; ++c) EXPECT_NEAR(maps->back().values[c], (*ablations)[3].logitsAfter[c], 1e-5);
}

TEST(MeanActivations, AreTheMeanOfEveryNumber) {
  const StepSetting s(test::stepCases()[1], 61);
  const DatasetPtr data = test::randomData(s.network->data(), 133, 9);
  const NodeId node = s.network->graph().findName("max")->id;
  ThreadPool one(1), three(3);
  const auto mean = meanActivations(*s.network, s.params.span(), *data, data->train, node, &three);
  ASSERT_TRUE(mean) << mean.error().text();
  EXPECT_EQ(*mean, *meanActivations(*s.network, s.params.span(), *data, data->train, node, &one));
  std::vector<double> sums(mean->size());
  Workspace ws(*s.network, 1, true, false);
  for (std::int32_t row : data->train) {
    gatherInputs(*data, {&row, 1}, ws.input());
    s.network->forward(s.params.span(), ws, 1);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += static_cast<double>(ws.activation(node)[i]) / 133;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) EXPECT_NEAR((*mean)[i], sums[i], 1e-5);
}

TEST(Maximisation, ClimbsAndIsTheSameForOneSeed) {
  const StepSetting s(test::stepCases()[1], 71);
  const Params settings{{"steps", std::int64_t{40}}, {"jitter", std::int64_t{2}}};
  for (const UnitChoice choice : {UnitChoice{s.network->graph().findName("c2")->id, 1, true}, UnitChoice{s.network->graph().findName("fc")->id, 2, false},
                                  UnitChoice{s.network->graph().findName("in")->id, 5, false}}) {
    double last = 0;
    const auto m = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = choice, .settings = settings, .progress = [&](double p) { last = p; }});
    ASSERT_TRUE(m) << m.error().text();
    EXPECT_EQ(last, 1);
    EXPECT_TRUE(m->moved);
    ASSERT_EQ(m->activation.size(), 41u);
    EXPECT_GT(m->activation.back(), m->activation.front() + 0.1);
    const auto again = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = choice, .settings = settings});
    EXPECT_EQ(m->input, again->input);
    Params other = settings;
    other["seed"] = std::int64_t{2};
    EXPECT_NE(m->input, maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = choice, .settings = other})->input);
  }
}

TEST(Maximisation, ALinearUnitByHand) {
  // One step from (1, 2) without decay: rate · w / rms(w) for w = (3, −4), rms = √12.5.
  Drawing d;
  d.add("input", "in").dense("u", 1).add("output", "out", {{"loss", std::string("mse")}});
  StepSetting s({"linear", d, test::numbersOf({2}, 1)}, 1);
  s.params[0] = 3, s.params[1] = -4, s.params[2] = 0;
  const std::vector<Real> start{1, 2};
  const NodeId unit = d.graph.findName("u")->id;
  const Params settings{{"steps", std::int64_t{1}}, {"rate", 0.5}, {"decay", 0.1}};
  const auto m = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings, .start = start});
  ASSERT_TRUE(m) << m.error().text();
  EXPECT_NEAR(m->input[0], 0.9 + 0.5 * 3 / std::sqrt(12.5), 1e-6);
  EXPECT_NEAR(m->input[1], 1.8 - 0.5 * 4 / std::sqrt(12.5), 1e-6);
  EXPECT_NEAR(m->activation[0], -5, 1e-6);
  const auto held = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings, .start = start, .range = {{Real(0), Real(1)}}});
  EXPECT_EQ(held->input, (std::vector<Real>{1, 1}));
  std::stop_source stop;
  stop.request_stop();
  EXPECT_FALSE(maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings, .stop = stop.get_token()}));
  EXPECT_FALSE(maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 1}, .settings = settings}));
  EXPECT_FALSE(maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = {{"steps", std::int64_t{0}}}}));
  EXPECT_FALSE(maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings, .start = std::vector<Real>{1}}));
  s.params[0] = s.params[1] = 0;
  EXPECT_FALSE(maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings})->moved);
}

/// The weights of a sampled normal distribution at −reach … reach, cut at four deviations.
std::vector<double> gaussian(double sigma) {
  const int reach = static_cast<int>(std::ceil(4 * sigma));
  std::vector<double> weights;
  double sum = 0;
  for (int k = -reach; k <= reach; ++k) weights.push_back(std::exp(-0.5 * k * k / (sigma * sigma))), sum += weights.back();
  for (double& w : weights) w /= sum;
  return weights;
}

/// A unit that no input moves: with a decay of 0, all that is left of a step is the blur.
struct Still {
  StepSetting s;
  NodeId unit;
  static Drawing drawing() {
    Drawing d;
    d.add("input", "in").add("flatten", "f").dense("u", 1).add("output", "out", {{"loss", std::string("mse")}});
    return d;
  }
  explicit Still(const Shape& shape) : s({"still", drawing(), test::numbersOf(shape, 1)}, 1), unit(s.network->graph().findName("u")->id) {
    std::fill(s.params.begin(), s.params.end(), Real(0));
  }
  std::vector<Real> after(const std::vector<Real>& start, std::int64_t steps, double blur, std::int64_t every = 1) const {
    const Params settings{{"steps", steps}, {"blur", blur}, {"blur_every", every}, {"decay", 0.0}};
    const auto m = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = {unit, 0}, .settings = settings, .start = start});
    if (!m) return ADD_FAILURE() << m.error().text(), std::vector<Real>{};
    EXPECT_FALSE(m->moved);
    return m->input;
  }
};

TEST(Maximisation, BlurIsAGaussian) {
  const std::int64_t n = 33, middle = 16;
  const Still still({n, n, 1});
  std::vector<Real> point(static_cast<std::size_t>(n * n));
  point[static_cast<std::size_t>(middle * n + middle)] = 1;
  for (const double sigma : {0.5, 1.0, 2.5}) {
    SCOPED_TRACE(sigma);
    const std::vector<Real> blurred = still.after(point, 1, sigma);
    const std::vector<double> weights = gaussian(sigma);
    const std::int64_t reach = static_cast<std::int64_t>(weights.size() / 2);
    const auto weight = [&](std::int64_t k) { return std::abs(k) <= reach ? weights[static_cast<std::size_t>(k + reach)] : 0; };
    double mass = 0, spread = 0;
    for (std::int64_t y = 0; y < n; ++y)
      for (std::int64_t x = 0; x < n; ++x) {
        const double v = static_cast<double>(blurred[static_cast<std::size_t>(y * n + x)]);
        EXPECT_NEAR(v, weight(y - middle) * weight(x - middle), 1e-7);
        mass += v, spread += v * static_cast<double>((x - middle) * (x - middle));
      }
    EXPECT_NEAR(mass, 1, 1e-5);
    // From a deviation of one pixel on the sampled distribution has the deviation that was asked for (but for its cut ends).
    if (sigma >= 1) {
      EXPECT_NEAR(spread, sigma * sigma, 0.01 * sigma * sigma);
    }
  }
  // Variances add up; and there is a blur at each second step only, none where it is 0.
  const std::vector<Real> twice = still.after(point, 4, 1, 2);
  double spread = 0;
  for (std::int64_t i = 0; i < n * n; ++i) spread += static_cast<double>(twice[static_cast<std::size_t>(i)]) * static_cast<double>((i % n - middle) * (i % n - middle));
  EXPECT_NEAR(spread, 2, 0.02);
  EXPECT_EQ(twice, still.after(point, 5, 1, 2));
  EXPECT_EQ(still.after(point, 3, 0), point);
}

TEST(Maximisation, BlurRepeatsTheEdges) {
  // 1 at the first of 5 columns: beyond the edge it goes on. Column j gets the weights from j on.
  const Still still({1, 5, 1});
  const std::vector<Real> blurred = still.after({1, 0, 0, 0, 0}, 1, 1);
  const std::vector<double> weights = gaussian(1);  // −4 … 4
  for (std::size_t j = 0; j < 5; ++j) EXPECT_NEAR(blurred[j], std::accumulate(weights.begin() + 4 + static_cast<std::ptrdiff_t>(j), weights.end(), 0.0), 1e-6) << j;
  for (const Real v : still.after(std::vector<Real>(5, Real(0.7)), 3, 2)) EXPECT_NEAR(v, 0.7, 1e-6);
}

TEST(Maximisation, EverySettingChangesTheResultWhichTheSeedFixes) {
  const StepSetting s(test::stepCases()[1], 81);
  const UnitChoice choice{s.network->graph().findName("c2")->id, 1, true};
  const std::vector<Real> ones(static_cast<std::size_t>(s.network->data().input.size()), Real(0.5));
  const Params usual{{"steps", std::int64_t{12}}, {"blur", 0.6}};
  const auto run = [&](const Params& settings, std::span<const Real> start = {}, std::optional<std::pair<Real, Real>> range = {}) {
    const auto m = maximiseActivation({.network = *s.network, .params = s.params.span(), .choice = choice, .settings = settings, .start = start, .range = range});
    if (!m) ADD_FAILURE() << m.error().text();
    return m ? m->input : std::vector<Real>{};
  };
  const std::vector<Real> plain = run(usual);
  EXPECT_EQ(plain, run(usual));
  for (const Param& p : maximisationParams()) {
    Params other = usual;
    if (const auto* whole = std::get_if<std::int64_t>(&p.fallback)) other[p.id] = p.id == "steps" ? 13 : *whole + 1;
    else other[p.id] = std::get<double>(p.fallback) * 1.5;
    const std::vector<Real> changed = run(other);
    EXPECT_NE(plain, changed) << p.id;
    EXPECT_EQ(changed, run(other)) << p.id;
  }
  EXPECT_NE(plain, run(usual, ones));
  EXPECT_EQ(run(usual, ones), run(usual, ones));
  EXPECT_NE(plain, run(usual, {}, {{Real(0), Real(0.1)}}));
  // From a sample the seed tells the jitter alone: without that, any seed gives the same.
  Params still = usual, another = usual;
  still["jitter"] = another["jitter"] = std::int64_t{0}, another["seed"] = std::int64_t{9};
  EXPECT_EQ(run(still, ones), run(another, ones));
  EXPECT_NE(run(still), run(another));
}

TEST(Maximisation, BlurKeepsWhatIsFlatAndSpreadsWhatIsNot) {
  const Shape shape{5, 7, 2};
  std::vector<Real> flat(70, Real(3)), point(70);
  flat = blurredBaseline(shape, flat, 1.0);
  for (const Real v : flat) EXPECT_NEAR(v, 3, 1e-6);
  point[(2 * 7 + 3) * 2 + 1] = 1;
  point = blurredBaseline(shape, point, 0.8);
  const auto at = [&](int y, int x, int c) { return point[static_cast<std::size_t>((y * 7 + x) * 2 + c)]; };
  EXPECT_LT(at(2, 3, 1), 1);
  EXPECT_GT(at(2, 3, 1), at(2, 4, 1));
  EXPECT_NEAR(at(2, 2, 1), at(2, 4, 1), 1e-6);
  EXPECT_NEAR(at(2, 4, 1) / at(2, 3, 1), std::exp(-0.5 / 0.64), 1e-3);
  for (int i = 0; i < 35; ++i) EXPECT_EQ(point[static_cast<std::size_t>(2 * i)], 0);
  std::vector<Real> series{0, 0, 1, 0, 0};
  series = blurredBaseline({5, 1}, series, 0.5);
  EXPECT_GT(series[1], 0.05);
}

}  // namespace
}  // namespace vitrine
