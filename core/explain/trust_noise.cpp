// Infidelity and max-sensitivity (Yeh et al. 2019): what small changes of the input do to the output and to the map.
#include <algorithm>
#include <cmath>

#include "core/explain/trust_parts.h"

namespace vitrine {
namespace {

Result<std::size_t> perturbationCount(const TrustTask& task, std::span<const Real> perturbations) {
  const std::size_t inputs = task.args.input.size();
  if (inputs == 0 || perturbations.empty() || perturbations.size() % inputs != 0)
    return Error{{}, "perturbations", std::to_string(perturbations.size()) + " values", "a multiple of " + std::to_string(inputs), {}};
  return perturbations.size() / inputs;
}

/// Of the input's own numbers; 1 where all are the same.
double deviationOf(std::span<const Real> input) {
  double mean = 0, squares = 0;
  for (const Real x : input) mean += static_cast<double>(x) / static_cast<double>(input.size());
  for (const Real x : input) squares += (static_cast<double>(x) - mean) * (static_cast<double>(x) - mean);
  const double deviation = std::sqrt(squares / static_cast<double>(input.size()));
  return deviation > 0 ? deviation : 1;
}

/// Empty when stopped.
template <class Draw>
std::vector<Real> drawPerturbations(const TrustTask& task, const Params& settings, DrawnFor which, Draw&& draw) {
  const std::int64_t k = param<std::int64_t>(settings, trustParams(), "perturbations");
  std::vector<Real> out;
  for (std::int64_t j = 0; j < k; ++j) {
    if (task.args.stop.stop_requested()) return {};
    Rng rng = explainRng(task.seed, which, static_cast<std::uint64_t>(j));
    for (std::size_t i = 0; i < task.args.input.size(); ++i) out.push_back(static_cast<Real>(draw(rng)));
  }
  return out;
}

double norm(std::span<const Real> values) {
  double squares = 0;
  for (const Real v : values) squares += static_cast<double>(v) * static_cast<double>(v);
  return std::sqrt(squares);
}

}  // namespace

Result<Infidelity> infidelity(const TrustTask& task, std::span<const Real> perturbations) {
  const Result<std::size_t> k = perturbationCount(task, perturbations);
  if (!k) return k.error();
  const Result<std::vector<double>> a = valuesByInput(task.args.network, task.map);
  if (!a) return a.error();
  const std::size_t n = task.args.input.size();
  // Row 0 is the input itself.
  const auto fill = [&](std::int64_t row, Real* x) {
    std::copy(task.args.input.begin(), task.args.input.end(), x);
    if (row == 0) return;
    const Real* change = perturbations.data() + static_cast<std::size_t>(row - 1) * n;
    for (std::size_t i = 0; i < n; ++i) x[i] -= change[i];
  };
  const auto scores = scoresOf(task, static_cast<std::int64_t>(*k) + 1, task.args.target.probability, fill, 0, 1);
  if (!scores) return scores.error();
  std::vector<double> told, seen;
  double product = 0, square = 0, changes = 0;
  for (std::size_t j = 0; j < *k; ++j) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += (*a)[i] * static_cast<double>(perturbations[j * n + i]);
    told.push_back(sum), seen.push_back((*scores)[0] - (*scores)[j + 1]);
    product += sum * seen.back(), square += sum * sum, changes += seen.back() * seen.back();
  }
  const double beta = product / (square == 0 ? 1 : square), count = static_cast<double>(*k);
  Infidelity result;
  for (std::size_t j = 0; j < *k; ++j) {
    result.value += (told[j] - seen[j]) * (told[j] - seen[j]) / count;
    result.normalised += (beta * told[j] - seen[j]) * (beta * told[j] - seen[j]) / count;
  }
  // An output that does not change is told by any map.
  result.unexplained = changes > 0 ? result.normalised * count / changes : 0;
  return result;
}

Result<Infidelity> infidelity(const TrustTask& task, const Params& settings) {
  if (Status s = checkParams(trustParams(), settings); !s) return s.error();
  const double deviation = param<double>(settings, trustParams(), "noise") * deviationOf(task.args.input);
  const std::vector<Real> drawn = drawPerturbations(task, settings, DrawnFor::Infidelity, [&](Rng& rng) { return deviation * rng.normal(); });
  return drawn.empty() ? Result<Infidelity>(explainStopped()) : infidelity(task, drawn);
}

Result<double> maxSensitivity(const TrustTask& task, std::span<const Real> perturbations) {
  const Result<std::size_t> k = perturbationCount(task, perturbations);
  if (!k) return k.error();
  const std::size_t n = task.args.input.size();
  const double own = norm(task.map.values);
  double most = 0;
  std::vector<Real> x(n);
  for (std::size_t j = 0; j < *k; ++j) {
    if (task.args.stop.stop_requested()) return explainStopped();
    for (std::size_t i = 0; i < n; ++i) x[i] = task.args.input[i] + perturbations[j * n + i];
    ExplainArgs args = task.args;
    args.input = x, args.target = targetOf(task), args.progress = {};
    const Result<Attribution> e = task.method.explain(args);
    if (!e) return e.error();
    if (e->values.size() != task.map.values.size()) return problem("The map of a changed input has another size.");
    std::vector<Real> change(e->values.size());
    for (std::size_t i = 0; i < change.size(); ++i) change[i] = e->values[i] - task.map.values[i];
    most = std::max(most, norm(change) / (own == 0 ? 1 : own));
    if (task.args.progress) task.args.progress(static_cast<double>(j + 1) / static_cast<double>(*k));
  }
  return most;
}

Result<double> maxSensitivity(const TrustTask& task, const Params& settings) {
  if (Status s = checkParams(trustParams(), settings); !s) return s.error();
  const double radius = param<double>(settings, trustParams(), "radius") * deviationOf(task.args.input);
  const std::vector<Real> drawn = drawPerturbations(task, settings, DrawnFor::Sensitivity, [&](Rng& rng) { return rng.uniform(-radius, radius); });
  return drawn.empty() ? Result<double>(explainStopped()) : maxSensitivity(task, drawn);
}

}  // namespace vitrine
