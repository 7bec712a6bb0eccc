#include "core/explain/noise_tunnel.h"

#include <algorithm>
#include <cmath>

#include "core/explain/methods.h"
#include "core/explain/pass.h"

namespace vitrine {
namespace {

std::vector<Param> params() {
  return {{.id = "draws", .label = "Copies", .help = "Noisy copies that are averaged; 25 to 100 is usual.", .fallback = std::int64_t{25}, .low = 2,
           .high = 10000, .sliderLow = 5, .sliderHigh = 200},
          {.id = "noise", .label = "Noise", .help = "Deviation of the noise as a share of the input's range; 0.1 to 0.2 is usual.", .fallback = 0.15,
           .low = 0, .high = 10, .sliderLow = 0, .sliderHigh = 0.5},
          {.id = "of", .label = "Of", .help = "What is averaged: the gradient, or input times gradient.", .fallback = std::string("gradient"),
           .choices = {{"gradient", "Gradient"}, {"input-x-gradient", "Input × gradient"}}},
          {.id = "seed", .label = "Seed", .help = "Another one draws other noise.", .fallback = std::int64_t{1}, .low = 0, .high = 1e9}};
}

Result<Attribution> run(const ExplainArgs& args, const char* id, NoiseTunnel kind) {
  const std::vector<Param> described = params();
  if (Status s = checkExplainArgs(args, described); !s) return s.error();
  const auto [low, high] = std::minmax_element(args.input.begin(), args.input.end());
  const double range = static_cast<double>(*high) - static_cast<double>(*low);
  const double deviation = param<double>(args.settings, described, "noise") * (range > 0 ? range : 1);
  const std::uint64_t seed = static_cast<std::uint64_t>(param<std::int64_t>(args.settings, described, "seed"));
  const std::size_t n = args.input.size();
  Result<Attribution> a = noiseTunnel(args, kind, param<std::string>(args.settings, described, "of") != "gradient",
                                      param<std::int64_t>(args.settings, described, "draws"), [&](std::int64_t draw, Real* out) {
                                        Rng rng = explainRng(seed, DrawnFor::NoiseTunnel, static_cast<std::uint64_t>(draw));
                                        for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<Real>(deviation * rng.normal());
                                      });
  if (a) a->method = id;
  return a;
}

ExplainerSpec spec(const char* id, const char* name, const char* help, const char* formula, const char* source, NoiseTunnel kind) {
  return {.id = id, .name = name, .help = help, .formula = formula, .source = source, .params = params(), .supports = fitsAll,
          .explain = [id, kind](const ExplainArgs& args) { return run(args, id, kind); }};
}

}  // namespace

Result<Attribution> noiseTunnel(const ExplainArgs& args, NoiseTunnel kind, bool timesInput, std::int64_t draws,
                                const std::function<void(std::int64_t, Real*)>& noise) {
  const Stopwatch watch;
  const Result<Start> start = startGoal(args);
  if (!start) return start.error();
  const std::size_t n = args.input.size();
  std::vector<double> sum(n, 0.0), square(n, 0.0), fourth(n, 0.0);
  Passes passes(args, start->goal, true, draws);
  const Status done = passes.gradients(
      draws,
      [&](std::int64_t i, Real* x) {
        noise(i, x);
        for (std::size_t j = 0; j < n; ++j) x[j] += args.input[j];
      },
      [&](std::int64_t, const Real* x, const Real* g, double) {
        for (std::size_t j = 0; j < n; ++j) {
          const double v = static_cast<double>(g[j]) * (timesInput ? static_cast<double>(x[j]) : 1);
          sum[j] += v, square[j] += v * v, fourth[j] += v * v * v * v;
        }
      });
  if (!done) return done.error();
  Attribution a = attributionOf("smoothgrad", args, start->goal, start->value);
  a.isSigned = kind == NoiseTunnel::Mean;
  a.isSlope = a.isSigned && !timesInput;
  const double k = static_cast<double>(draws);
  for (std::size_t j = 0; j < n; ++j) {
    const double mean = sum[j] / k, mean2 = square[j] / k, variance = mean2 - mean * mean;
    a.values.push_back(static_cast<Real>(kind == NoiseTunnel::Mean ? mean : kind == NoiseTunnel::MeanSquare ? mean2 : variance));
    const double spread = kind == NoiseTunnel::Mean ? variance : fourth[j] / k - mean2 * mean2;
    if (kind != NoiseTunnel::Variance) a.standardError.push_back(std::sqrt(std::max(0.0, spread) / std::max(1.0, k - 1)));
  }
  a.seconds = watch.seconds();
  return a;
}

ExplainerSpec smoothGradSpec() {
  return spec("smoothgrad", "SmoothGrad", "The mean gradient over noisy copies of the input: the grain of single gradients averages out.",
              "E[∂f/∂x (x + ε)],  ε ~ N(0, σ²)", "Smilkov et al. 2017", NoiseTunnel::Mean);
}
ExplainerSpec smoothGradSquaredSpec() {
  return spec("smoothgrad-squared", "SmoothGrad²", "The mean squared gradient over noisy copies: strength without sign.",
              "E[(∂f/∂x (x + ε))²]", "Hooker et al. 2019", NoiseTunnel::MeanSquare);
}
ExplainerSpec varGradSpec() {
  return spec("vargrad", "VarGrad", "How much the gradient varies over noisy copies: where the output bends.",
              "Var[∂f/∂x (x + ε)]", "Adebayo et al. 2018", NoiseTunnel::Variance);
}

}  // namespace vitrine
