// Speed of the engine on the six workloads: training samples/s, forward of one, integrated gradients of one image in 50
// steps. Usage: bench_workloads [--json] [--threads N] [--seconds S] [workload…]
//        bench_workloads --sweep      time of a training step against the network's cost, over width and depth, and the share of
//                                     the machine's multiply-add peak
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "core/data/open.h"
#include "core/explain/explainer.h"
#include "core/train/run.h"
#include "tests/bench/networks.h"

namespace {

using namespace vitrine;
using bench::Builder;
using Clock = std::chrono::steady_clock;

double since(Clock::time_point t) { return std::chrono::duration<double>(Clock::now() - t).count(); }

struct Workload {
  std::string name;
  std::int64_t batch, samples;
  std::function<Graph()> graph;
  bool colour = false;  ///< 32 × 32 × 3 random images in place of Fashion-MNIST
};

std::vector<Workload> workloads() {
  auto mlp = [] { return Builder().add("input").add("flatten").dense(128).dense(64).dense(10, false).done(); };
  return {
      {"mlp", 64, 12000, mlp},
      {"mlp_b8", 8, 6000, mlp},
      {"lenet", 64, 12000,
       [] {
         return Builder().add("input").conv(6, 5, 2).pool().conv(16, 5, 0).pool().add("flatten").dense(120).dense(84).dense(10, false).done();
       }},
      {"keras_cnn", 128, 4096, bench::kerasCnn},
      {"vgg32", 64, 768,
       [] {
         Builder b;
         b.add("input");
         for (std::int64_t w : {32, 64, 128}) b.conv(w, 3, 1).conv(w, 3, 1).pool();
         return b.add("flatten").dense(256).dense(10, false).done();
       },
       true},
      {"lstm", 64, 4096,
       [] {
         return Builder().add("input").add("reshape", {{"to", std::string("series")}, {"steps", std::int64_t{28}}}).add("lstm", {{"units", std::int64_t{128}}})
             .dense(10, false).done();
       }},
  };
}

DatasetPtr randomColour() {
  Rng rng(1, Stream::Generator);
  const std::int64_t n = 768;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(n * 32 * 32 * 3));
  for (std::uint8_t& b : bytes) b = static_cast<std::uint8_t>(rng.below(256));
  std::vector<std::int32_t> classes(static_cast<std::size_t>(n));
  for (std::int32_t& c : classes) c = static_cast<std::int32_t>(rng.below(10));
  return imagesFromBytes("random", {32, 32, 3}, std::move(bytes), std::move(classes), 10);
}

DatasetPtr firstRows(const Dataset& data, std::int64_t n) {
  auto part = std::make_shared<Dataset>(data);
  part->train.resize(static_cast<std::size_t>(std::min<std::int64_t>(n, static_cast<std::int64_t>(data.train.size()))));
  part->validation.clear();
  return part;
}

struct Figures {
  double train = 0, forwardUs = 0, ig50Ms = 0, gradCamMs = 0;  ///< 0: no activation maps in this network
};

Figures measure(const Workload& w, const DatasetPtr& data, int threads, double budget) {
  Result<std::shared_ptr<const Network>> network = Network::compile(w.graph(), data->spec);
  if (!network) {
    std::fprintf(stderr, "%s: %s\n", w.name.c_str(), network.error().text().c_str());
    return {};
  }
  Figures f;
  ThreadPool pool(threads);
  TrainSettings settings;
  settings.batch = w.batch;
  const DatasetPtr part = firstRows(*data, w.samples);
  Run run(*network, part, settings, pool);
  std::vector<double> rates;
  const Clock::time_point begun = Clock::now();
  do {
    const Clock::time_point t = Clock::now();
    std::int64_t batches = 0;
    while (run.batch({}) == Run::Outcome::Trained) ++batches;
    rates.push_back(static_cast<double>(part->train.size()) / since(t));
  } while (rates.size() < 3 || since(begun) < budget);
  std::sort(rates.begin(), rates.end());
  f.train = rates[rates.size() / 2];

  const std::span<const Real> params = run.state().params.span();
  Workspace one(**network, 1, false, false);
  gatherInputs(*part, std::span<const std::int32_t>(part->train).first(1), one.input());
  for (int i = 0; i < 20; ++i) (*network)->forward(params, one, 1);
  Clock::time_point t = Clock::now();
  for (int i = 0; i < 200; ++i) (*network)->forward(params, one, 1);
  f.forwardUs = since(t) / 200 * 1e6;

  std::vector<Real> input(one.input(), one.input() + part->spec.input.size());
  const ExplainerSpec* ig = findExplainer("integrated-gradients");
  ExplainArgs args{**network, params, input, {3, false}, {}};
  args.pool = &pool;
  (void)ig->explain(args);
  t = Clock::now();
  for (int i = 0; i < 20; ++i) (void)ig->explain(args);
  f.ig50Ms = since(t) / 20 * 1e3;
  const ExplainerSpec* cam = findExplainer("grad-cam");
  if (!cam->supports(**network, {})) return f;
  (void)cam->explain(args);
  t = Clock::now();
  for (int i = 0; i < 50; ++i) (void)cam->explain(args);
  f.gradCamMs = since(t) / 50 * 1e3;
  return f;
}

/// Multiply-adds per second that the machine can do at most: independent products of registers on every thread.
double peak(int threads) {
  constexpr int kSums = 12, kLanes = 16;
  constexpr std::int64_t kTurns = 20'000'000;
  typedef float Vec __attribute__((vector_size(64)));
  ThreadPool pool(threads);
  std::vector<float> sink(static_cast<std::size_t>(threads) * 16);
  const Clock::time_point t = Clock::now();
  pool.run(threads, [&](std::int64_t block, int) {
    Vec sums[kSums], a, b;
    for (int j = 0; j < kSums; ++j)  // all different, lest the compiler finds that one will do
      for (int i = 0; i < kLanes; ++i) sums[j][i] = static_cast<float>(j * kLanes + i);
    for (int i = 0; i < kLanes; ++i) a[i] = 1.0f + static_cast<float>(i) * 1e-7f, b[i] = 1e-9f;
    for (std::int64_t k = 0; k < kTurns; ++k) {
#pragma GCC unroll 12
      for (int j = 0; j < kSums; ++j) sums[j] = sums[j] * a + b;
    }
    for (int j = 1; j < kSums; ++j) sums[0] += sums[j];
    sink[static_cast<std::size_t>(block) * 16] = sums[0][0];
  });
  return static_cast<double>(threads) * kTurns * kSums * kLanes / since(t);
}

void sweepOne(const char* what, int size, const Graph& graph, const DatasetPtr& data, int threads, double most) {
  const auto network = *Network::compile(graph, data->spec);
  ThreadPool pool(threads);
  BatchGradient gradient(network, data, 64, pool);
  Buffer params = network->initialise(1);
  const OptimiserChoice adam{"adam", {}};
  const OptimiserRule rule = optimiserRule(adam);
  OptimiserState state = freshState(adam, network->parameterCount());
  const auto step = [&](std::size_t i) {
    gradient.compute(params.span(), std::span(data->train).subspan(i % 8 * 64, 64), {1, i});
    gradient.apply(rule, 1e-4, params.span(), state);
  };
  for (std::size_t i = 0; i < 8; ++i) step(i);
  std::size_t n = 0;
  const Clock::time_point t = Clock::now();
  while (since(t) < 1 || n < 4) step(n++);
  const double perSample = since(t) / static_cast<double>(n * 64), cost = 3.0 * static_cast<double>(network->costPerSample());
  std::printf("%-6s %5d   %8.3f million multiply-adds   %9.2f us a sample   %6.1f G/s   %4.1f %% of the peak\n", what, size, cost / 1e6, perSample * 1e6,
              cost / perSample / 1e9, 100 * cost / perSample / most);
  std::fflush(stdout);
}

void sweep(const DatasetPtr& data, int threads) {
  const double most = peak(threads);
  std::printf("peak %.1f G multiply-adds/s; forward and backward count as three forward passes\n", most / 1e9);
  for (int width : {64, 128, 256, 512, 1024, 2048})
    sweepOne("width", width, Builder().add("input").add("flatten").dense(width).dense(width).dense(10, false).done(), data, threads, most);
  for (int depth : {1, 2, 4, 8, 16}) {
    Builder b;
    b.add("input").add("flatten");
    for (int i = 0; i < depth; ++i) b.dense(256);
    sweepOne("depth", depth, b.dense(10, false).done(), data, threads, most);
  }
  for (int filters : {8, 16, 32, 64, 128})
    sweepOne("conv", filters, Builder().add("input").conv(filters, 3, 1).conv(filters, 3, 1).pool().add("flatten").dense(10, false).done(), data, threads, most);
}

}  // namespace

int main(int argc, char** argv) {
  bool json = false, wide = false;
  int threads = 0;
  double seconds = 3;
  std::vector<std::string> wanted;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--json")) json = true;
    else if (!std::strcmp(argv[i], "--sweep")) wide = true;
    else if (!std::strcmp(argv[i], "--threads") && i + 1 < argc) threads = std::atoi(argv[++i]);
    else if (!std::strcmp(argv[i], "--seconds") && i + 1 < argc) seconds = std::atof(argv[++i]);
    else wanted.push_back(argv[i]);
  }
  Result<DatasetPtr> fashion = openFashionMnist();
  if (!fashion) {
    std::fprintf(stderr, "%s\n", fashion.error().text().c_str());
    return 1;
  }
  if (wide) return sweep(*fashion, threads > 0 ? threads : machineThreads()), 0;
  const DatasetPtr colour = randomColour();
  std::string out;
  for (const Workload& w : workloads()) {
    if (!wanted.empty() && std::find(wanted.begin(), wanted.end(), w.name) == wanted.end()) continue;
    const Figures f = measure(w, w.colour ? colour : *fashion, threads > 0 ? threads : machineThreads(), seconds);
    char line[240];
    if (json)
      std::snprintf(line, sizeof line, f.gradCamMs > 0 ? "%s\"%s\": {\"train\": %.0f, \"forward_us\": %.1f, \"ig50_ms\": %.3f, \"gradcam_ms\": %.3f}"
                                                       : "%s\"%s\": {\"train\": %.0f, \"forward_us\": %.1f, \"ig50_ms\": %.3f}",
                    out.empty() ? "{" : ", ", w.name.c_str(), f.train, f.forwardUs, f.ig50Ms, f.gradCamMs);
    else
      std::snprintf(line, sizeof line, f.gradCamMs > 0 ? "%-10s train %9.0f samples/s   forward of one %7.1f us   IG50 %7.2f ms   Grad-CAM %7.3f ms\n"
                                                       : "%-10s train %9.0f samples/s   forward of one %7.1f us   IG50 %7.2f ms\n",
                    w.name.c_str(), f.train, f.forwardUs, f.ig50Ms, f.gradCamMs);
    out += line;
    if (!json) std::fputs(line, stdout), std::fflush(stdout);
  }
  if (json) std::printf("%s}\n", out.c_str());
}
