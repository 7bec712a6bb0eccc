#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/random.h"
#include "core/explain/explainer.h"
#include "tests/support/networks.h"
#include "tests/support/step_cases.h"

namespace vitrine::test {

/// A network with parameters and an input drawn at random.
struct Case {
  std::shared_ptr<const Network> network;
  Buffer params;
  std::vector<Real> input;
  DatasetPtr data;  ///< for methods over a set

  explicit Case(std::shared_ptr<const Network> n, std::uint64_t seed = 7) : network(std::move(n)), params(network->initialise(seed)) {
    Rng rng(seed, Stream::Test);
    for (Real& p : params) p += static_cast<Real>(0.05 * rng.normal());
    input.resize(static_cast<std::size_t>(network->data().input.size()));
    for (Real& x : input) x = static_cast<Real>(rng.normal());
    data = randomData(network->data(), 24, seed);
  }
  Result<Attribution> explain(const std::string& id, const Params& settings = {}, Target target = {}, std::span<const Real> baseline = {},
                              std::stop_token stop = {}, std::function<void(double)> progress = {}) const {
    return findExplainer(id)->explain({.network = *network, .params = params.span(), .input = input, .target = target, .settings = settings, .baseline = baseline, .stop = stop,
                                       .progress = std::move(progress), .data = data.get(), .rows = data->train});
  }
};

inline Case mlp(const DataSpec& data) {
  Drawing d;
  d.add("input", "in").dense("a", 12).add("tanh", "t").dense("b", data.outputs);
  if (data.task == Task::Regression)
    d.add("output", "out", {{"loss", std::string("mse")}});
  else
    d.add("output", "out");
  return Case(d.compile(data));
}

inline Case cnn() { return Case(test::smallCnn(5).compile(classesOf({8, 8, 1}, 5))); }

}  // namespace vitrine::test
