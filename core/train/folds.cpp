#include "core/train/folds.h"

#include <algorithm>
#include <cmath>

#include "core/base/numbers.h"
#include "core/data/deal_out.h"
#include "core/data/image_set.h"
#include "core/data/open.h"
#include "core/train/fits.h"
#include "core/train/run.h"

namespace vitrine {
namespace {

Error foldsStopped() { return problem("Cross-validation was stopped."); }

Error inFold(Error error, std::int64_t fold) {
  const std::string place = "fold " + std::to_string(fold + 1);
  error.place = error.place.empty() ? place : place + ", " + error.place;
  return error;
}

/// Mean and deviation of every feature over the training rows: what made the data in memory did the same.
Standardisation inputScaling(const Dataset& data) {
  const std::size_t size = static_cast<std::size_t>(data.inputs.size()), entries = data.inputScaling.mean.size();
  Standardisation s{std::vector<double>(entries, 0.0), std::vector<double>(entries, 0.0)};
  const double n = static_cast<double>(data.train.size()) * static_cast<double>(size / entries);
  for (const std::int32_t r : data.train)
    for (std::size_t i = 0; i < size; ++i) s.mean[i % entries] += data.inputs.raw(r, static_cast<std::int64_t>(i)) / n;
  for (const std::int32_t r : data.train)
    for (std::size_t i = 0; i < size; ++i) {
      const double d = data.inputs.raw(r, static_cast<std::int64_t>(i)) - s.mean[i % entries];
      s.deviation[i % entries] += d * d / n;
    }
  for (double& d : s.deviation) d = d > 0 ? std::sqrt(d) : 1;
  return s;
}

Result<DatasetPtr> dealtAsItIs(const Dataset& data, const SplitPlan& plan) {
  auto d = std::make_shared<Dataset>(data);
  SplitInput in;
  in.count = d->count();
  in.classes = d->classes;
  const Result<std::vector<Part>> parts = dealOut(plan, in);
  if (!parts) return parts.error();
  d->train.clear(), d->validation.clear(), d->test.clear();
  takeParts(*d, *parts);
  if (!d->inputScaling.empty()) d->inputScaling = inputScaling(*d);
  if (!d->targetScaling.empty()) d->targetScaling = fitStandardisation(d->targets, d->spec.outputs, d->train);
  return DatasetPtr(d);
}

/// The mean of the outputs' R² over the validation rows, in the units that the network predicts in: they do not matter for a ratio.
double meanDetermination(const Network& network, std::span<const Real> params, const Dataset& data) {
  const std::span<const std::int32_t> rows = data.validation;
  const std::size_t outputs = static_cast<std::size_t>(network.outputs());
  constexpr std::size_t kRows = 50;
  std::vector<Real> y(rows.size() * outputs);
  gatherTargets(data, rows, y.data());
  std::vector<std::vector<double>> truth(outputs), told(outputs);
  for (std::size_t i = 0; i < y.size(); ++i) truth[i % outputs].push_back(static_cast<double>(y[i]));
  Workspace ws(network, kRows, false, false);
  for (std::size_t first = 0; first < rows.size(); first += kRows) {
    const std::size_t count = std::min(kRows, rows.size() - first);
    gatherInputs(data, rows.subspan(first, count), ws.input());
    const Real* out = network.forward(params, ws, static_cast<std::int64_t>(count));
    for (std::size_t i = 0; i < count * outputs; ++i) told[i % outputs].push_back(static_cast<double>(out[i]));
  }
  double sum = 0;
  for (std::size_t o = 0; o < outputs; ++o) sum += determination(truth[o], told[o]);
  return sum / static_cast<double>(outputs);
}

Result<FoldResult> trainFold(const Graph& graph, const DatasetPtr& data, const TrainSettings& settings, ThreadPool& pool, std::stop_token stop,
                             const std::function<void(double)>& progress) {
  const Result<std::shared_ptr<const Network>> network = Network::compile(graph, data->spec);
  if (!network) return network.error();
  if (Status s = fits(**network, *data); !s) return s.error();
  Run run(*network, data, settings, pool);
  const auto stopping = [&] { return stop.stop_requested(); };
  const double rows = static_cast<double>(data->train.size());
  for (Run::Outcome outcome = Run::Outcome::Trained; outcome != Run::Outcome::Finished && run.state().epoch < settings.epochs;) {
    if (stopping()) return foldsStopped();
    outcome = run.batch(stopping);
    if (outcome == Run::Outcome::Failed) return problem(run.failure());
    if (outcome == Run::Outcome::Stopped) return foldsStopped();
    const double epoch = static_cast<double>(run.state().epoch) + static_cast<double>(run.state().position) / rows;
    if (progress) progress(std::min(1.0, epoch / static_cast<double>(settings.epochs)));
  }
  const std::optional<Evaluation> e = evaluate(**network, run.state().params.span(), *data, data->validation, pool, stopping);
  if (!e) return foldsStopped();
  FoldResult result;
  result.trainRows = static_cast<std::int64_t>(data->train.size());
  result.validationRows = static_cast<std::int64_t>(data->validation.size());
  const History& history = *run.history();
  result.epochs = static_cast<std::int64_t>(history.epochs.size());
  result.trainLoss = result.epochs > 0 ? history.epochs[history.epochs.size() - 1].trainLoss : kNan;
  result.validationLoss = e->loss;
  result.accuracy = e->accuracy;
  result.r2 = data->spec.task == Task::Regression ? meanDetermination(**network, run.state().params.span(), *data) : kNan;
  return result;
}

MeanDeviation over(const std::vector<FoldResult>& folds, double FoldResult::* metric) {
  std::vector<double> values;
  for (const FoldResult& f : folds) values.push_back(f.*metric);
  return meanAndDeviation(values);
}

}  // namespace

Result<DatasetPtr> foldOf(const DatasetPtr& data, std::int64_t folds, std::int64_t fold, std::uint64_t seed, std::stop_token stop) {
  Recipe recipe = data->recipe;
  recipe.split.mode = "folds";
  recipe.split.folds = folds;
  recipe.split.fold = fold;
  recipe.split.seed = seed;
  Result<DatasetPtr> dealt = data->table    ? prepareFile({data->table, recipe, data->source, data->fileBytes}, recipe, stop)
                             : data->images ? prepareImages(data->images, recipe)
                                            : dealtAsItIs(*data, recipe.split);
  if (!dealt) return inFold(dealt.error(), fold);
  return dealt;
}

Result<FoldsReport> crossValidate(const Graph& graph, const DatasetPtr& data, const TrainSettings& settings, const FoldOptions& options, int threads,
                                  std::stop_token stop, const FoldsProgress& progress) {
  if (options.folds < 2 || options.folds > data->count())
    return Error{{}, "folds", std::to_string(options.folds), "2 to " + std::to_string(data->count()) + ", the number of rows", {}};
  if (options.epochs < 1) return Error{{}, "epochs", std::to_string(options.epochs), "at least 1", {}};
  TrainSettings own = settings;
  own.epochs = options.epochs;
  own.seed = options.seed;
  ThreadPool pool(threads > 0 ? threads : machineThreads());
  FoldsReport report;
  const double k = static_cast<double>(options.folds);
  for (std::int64_t fold = 0; fold < options.folds; ++fold) {
    const Result<DatasetPtr> part = foldOf(data, options.folds, fold, options.seed, stop);
    if (stop.stop_requested()) return foldsStopped();
    if (!part) return part.error();
    const auto tell = [&](double share) {
      if (progress.share) progress.share((static_cast<double>(fold) + share) / k);
    };
    const Result<FoldResult> result = trainFold(graph, *part, own, pool, stop, tell);
    if (stop.stop_requested()) return foldsStopped();
    if (!result) return inFold(result.error(), fold);
    report.folds.push_back(*result);
    if (progress.fold) progress.fold(*result);
    tell(1);
  }
  report.loss = over(report.folds, &FoldResult::validationLoss);
  report.accuracy = over(report.folds, &FoldResult::accuracy);
  report.r2 = over(report.folds, &FoldResult::r2);
  return report;
}

}  // namespace vitrine
