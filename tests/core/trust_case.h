#pragma once

#include <cmath>

#include "core/base/random.h"
#include "core/explain/trust.h"
#include "tests/support/reference.h"

namespace vitrine::test {

/// y = w·x + b as a network, and an explainer that always says the same.
struct Linear {
  std::shared_ptr<const Network> network;
  Buffer params;
  std::vector<Real> input;
  ExplainerSpec method;
  Params none;

  Linear(std::vector<Real> weights, Real bias, std::vector<Real> x, std::vector<Real> map) : input(std::move(x)) {
    Drawing d;
    d.add("input", "in").dense("u", 1).add("output", "out", {{"loss", std::string("mse")}});
    network = d.compile(numbersOf({static_cast<std::int64_t>(weights.size())}, 1));
    params = Buffer(static_cast<std::size_t>(network->parameterCount()));
    std::copy(weights.begin(), weights.end(), params.begin());
    params[weights.size()] = bias;
    method.id = "fixed", method.name = "Fixed";
    method.explain = [map](const ExplainArgs& a) -> Result<Attribution> {
      Attribution out;
      out.method = "fixed", out.shape = a.network.data().input, out.values = map;
      return out;
    };
  }
  ExplainArgs args() const { return {.network = *network, .params = params.span(), .input = input, .target = {0, false}, .settings = none}; }
};

/// A small network with parameters and an input drawn at random.
struct Trained {
  std::shared_ptr<const Network> network = smallCnn(4).compile(classesOf({12, 12, 1}, 4));
  Buffer params = network->initialise(3);
  std::vector<Real> input;
  Params none;
  Trained() {
    Rng rng(9, Stream::Test);
    for (int i = 0; i < 144; ++i) input.push_back(static_cast<Real>(std::abs(rng.normal())));
  }
  ExplainArgs args(ThreadPool* pool = nullptr, std::stop_token stop = {}, std::function<void(double)> progress = {}) const {
    return {.network = *network, .params = params.span(), .input = input, .target = {}, .settings = none, .stop = stop, .progress = std::move(progress), .pool = pool};
  }
};

/// Weights of which the first decides alone.
inline std::vector<Real> firstOf(std::size_t n) {
  std::vector<Real> w(n, 0);
  w[0] = 1;
  return w;
}

}  // namespace vitrine::test
