#include "core/train/range_test.h"

#include <algorithm>
#include <cmath>

#include "core/train/fits.h"
#include "core/train/step.h"

namespace vitrine {
namespace {

double steepest(const std::vector<RangePoint>& points) {
  double best = 0, rate = 0;
  // Slopes over a few points: single batches are noise. The first tenth is not settled yet.
  constexpr std::size_t kSpan = 5;
  for (std::size_t i = std::max<std::size_t>(kSpan, points.size() / 10); i + kSpan < points.size(); ++i) {
    const double slope = (points[i + kSpan].smoothed - points[i - kSpan].smoothed) / (std::log(points[i + kSpan].rate) - std::log(points[i - kSpan].rate));
    if (slope < best) best = slope, rate = points[i].rate;
  }
  return rate;
}

}  // namespace

RangeTest rangeTest(std::shared_ptr<const Network> network, DatasetPtr data, const TrainSettings& settings, std::span<const Real> params,
                    double low, double high, int batches, int threads, std::stop_token stop, const std::function<void(double)>& progress) {
  RangeTest test;
  if (!fits(*network, *data) || !canTrain(*network, *data, settings)) return test;
  ThreadPool pool(threads);
  const std::int64_t batch = std::min<std::int64_t>(settings.batch, static_cast<std::int64_t>(data->train.size()));
  BatchGradient gradient(network, data, batch, pool);
  Buffer own(params.size());
  std::copy(params.begin(), params.end(), own.begin());
  const OptimiserRule rule = optimiserRule(settings.optimiser);
  OptimiserState state = freshState(settings.optimiser, network->parameterCount());
  std::vector<std::int32_t> rows(data->train);
  Rng(settings.seed, Stream::Shuffle, ~std::uint64_t{0}).shuffle(std::span<std::int32_t>(rows));
  double mean = 0, least = std::numeric_limits<double>::infinity();
  std::size_t at = 0;
  for (int b = 0; b < batches && !stop.stop_requested(); ++b) {
    if (at + static_cast<std::size_t>(batch) > rows.size()) at = 0;
    const double rate = low * std::pow(high / low, static_cast<double>(b) / std::max(1, batches - 1));
    const LossSum sum = gradient.compute(own.span(), std::span(rows).subspan(at, static_cast<std::size_t>(batch)), {settings.seed, static_cast<std::uint64_t>(b)});
    at += static_cast<std::size_t>(batch);
    const double loss = sum.loss / sum.weight;
    if (!std::isfinite(loss) || !gradient.finite()) break;
    constexpr double kKeep = 0.95;
    mean = kKeep * mean + (1 - kKeep) * loss;
    const double smoothed = mean / (1 - std::pow(kKeep, b + 1));
    test.points.push_back({rate, loss, smoothed});
    least = std::min(least, smoothed);
    if (b > 10 && smoothed > 4 * least) break;
    gradient.apply(rule, rate, own.span(), state);
    if (progress) progress(static_cast<double>(b + 1) / batches);
  }
  test.suggested = steepest(test.points);
  return test;
}

}  // namespace vitrine
