// What explaining takes: single methods, a wall, occlusion, and how long a stop waits.
//   bench_explain            on the CNN keras_cnn, briefly trained on Fashion-MNIST
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <thread>
#include <vector>

#include "core/base/random.h"
#include "core/data/open.h"
#include "core/explain/explainer.h"
#include "core/explain/trust.h"
#include "core/train/run.h"
#include "tests/bench/networks.h"

namespace {

using namespace vitrine;
using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration d) { return std::chrono::duration<double, std::milli>(d).count(); }

struct Setting {
  std::shared_ptr<const Network> network;
  DatasetPtr data;
  std::vector<Real> params;
  ThreadPool pool{machineThreads()};

  std::vector<Real> input(std::size_t i) const {
    std::vector<Real> x(static_cast<std::size_t>(data->inputs.size()));
    gatherInputs(*data, {&data->validation[i], 1}, x.data());
    return x;
  }
};

/// The median of some runs, in milliseconds; NaN where it is refused.
double timeOf(Setting& s, const char* id, const Params& settings, std::span<const Real> x, int runs) {
  const ExplainerSpec* spec = findExplainer(id);
  std::vector<double> times;
  for (int i = 0; i < runs + 1; ++i) {
    ExplainArgs args{*s.network, s.params, x, {3}, settings};
    args.pool = &s.pool;
    const Clock::time_point t = Clock::now();
    if (!spec->explain(args)) return NAN;
    if (i > 0 || runs == 0) times.push_back(milliseconds(Clock::now() - t));
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

/// The longest wait after a stop was asked for, at random moments of a run; and how long a whole run takes, up to 2 s.
void stopOf(Setting& s, const ExplainerSpec& spec, std::span<const Real> x) {
  if (!spec.supports(*s.network, {})) return;
  Rng rng(1, Stream::Test);
  const Params defaults;
  double whole = 0, longest = 0;
  for (int round = 0; round < 9; ++round) {
    std::stop_source source;
    ExplainArgs args{*s.network, s.params, x, {}, defaults};
    args.pool = &s.pool;
    args.stop = source.get_token();
    args.data = s.data.get();
    args.rows = s.data->train;
    const double after = round == 0 ? 2000 : rng.uniform() * std::min(whole, 2000.0);
    Clock::time_point asked{};
    std::jthread timer([&](std::stop_token ended) {
      const Clock::time_point until = Clock::now() + std::chrono::microseconds(static_cast<std::int64_t>(after * 1000));
      while (Clock::now() < until && !ended.stop_requested()) std::this_thread::sleep_for(std::chrono::microseconds(200));
      if (ended.stop_requested()) return;
      asked = Clock::now();
      source.request_stop();
    });
    const Clock::time_point begun = Clock::now();
    const Result<Attribution> a = spec.explain(args);
    const Clock::time_point end = Clock::now();
    timer.request_stop();
    timer.join();
    if (round == 0) whole = milliseconds(end - begun);
    if (!a && asked != Clock::time_point{}) longest = std::max(longest, milliseconds(end - asked));
  }
  std::printf("%-28s a run %8.2f ms%s   a stop waits at most %6.2f ms\n", spec.id.c_str(), whole, whole >= 1999 ? " (stopped)" : "", longest);
  std::fflush(stdout);
}

struct Case {
  const char* name;
  const char* id;
  Params settings;
};

/// What comes after the last pass of a fit over 20 × 20 squares: how long it takes without a stop, and the longest stretch of it without a
/// look for one (each is followed by a word of progress).
void fitOf(Setting& s, const Case& c) {
  std::vector<std::int32_t> groups;
  for (int y = 0; y < 28; ++y)
    for (int x = 0; x < 28; ++x) groups.push_back(y * 20 / 28 * 20 + x * 20 / 28);
  const std::vector<Real> x = s.input(0);
  double whole = 0, longest = 0;
  for (int round = 0; round < 5; ++round) {
    Clock::time_point begun{}, last{};
    ExplainArgs args{*s.network, s.params, x, {}, c.settings};
    args.pool = &s.pool, args.groups = groups;
    args.progress = [&](double share) {
      if (share < 0.9) return;
      const Clock::time_point now = Clock::now();
      if (begun == Clock::time_point{}) begun = now;
      else longest = std::max(longest, milliseconds(now - last));
      last = now;
    };
    if (!findExplainer(c.id)->explain(args)) return std::printf("%s was refused\n", c.name), void();
    whole = std::max(whole, milliseconds(Clock::now() - begun));
  }
  std::printf("%-44s after the passes %6.2f ms   without a look at most %6.2f ms\n", c.name, whole, longest);
}

}  // namespace

int main() {
  Result<DatasetPtr> fashion = openFashionMnist();
  if (!fashion) return std::fprintf(stderr, "%s\n", fashion.error().text().c_str()), 1;
  Setting s;
  s.data = *fashion;
  s.network = *Network::compile(bench::kerasCnn(), s.data->spec);
  TrainSettings settings;
  settings.batch = 128;
  Run run(s.network, s.data, settings, s.pool);
  for (int i = 0; i < 300; ++i) (void)run.batch({});
  s.params.assign(run.state().params.span().begin(), run.state().params.span().end());
  const std::vector<Real> x = s.input(0);

  std::printf("saliency of one           %8.3f ms\n", timeOf(s, "saliency", {}, x, 200));
  std::printf("Grad-CAM of one           %8.3f ms\n", timeOf(s, "grad-cam", {}, x, 200));
  std::printf("integrated gradients, 50  %8.3f ms\n", timeOf(s, "integrated-gradients", {}, x, 30));
  std::printf("occlusion 4 x 4           %8.3f ms\n", timeOf(s, "occlusion", {{"window", IntPair{4, 4}}, {"stride", IntPair{1, 1}}}, x, 10));

  const char* const kWall[] = {"saliency", "input-x-gradient", "smoothgrad", "vargrad", "integrated-gradients", "guided-backprop", "deeplift", "lrp"};
  Clock::time_point t = Clock::now();
  for (std::size_t i = 0; i < 8; ++i) {
    const std::vector<Real> one = s.input(i);
    for (const char* id : kWall)
      if (std::isnan(timeOf(s, id, {}, one, 0))) std::printf("%s was refused\n", id);
  }
  std::printf("wall of 8 x 8             %8.1f ms\n", milliseconds(Clock::now() - t));

  const ExplainerSpec& ig = *findExplainer("integrated-gradients");
  const Params defaults;
  ExplainArgs args{*s.network, s.params, x, {}, defaults};
  args.pool = &s.pool;
  const Result<Attribution> map = ig.explain(args);
  std::vector<double> trust, curves;
  for (int i = 0; i < 7; ++i) {
    t = Clock::now();
    (void)removalTest({ig, args, *map}, {});
    curves.push_back(milliseconds(Clock::now() - t));
    t = Clock::now();
    (void)trustReport({ig, args, *map});
    trust.push_back(milliseconds(Clock::now() - t));
  }
  std::sort(trust.begin(), trust.end()), std::sort(curves.begin(), curves.end());
  std::printf("trust of one map          %8.1f ms, of it removal curves %.1f ms\n", trust[3], curves[3]);
  for (const ExplainerSpec& spec : explainerRegistry()) stopOf(s, spec, x);
  const Case fits[] = {{"kernel-shap, 400 features, 4096 subsets", "kernel-shap", {{"coalitions", std::int64_t{4096}}}}, {"kernel-shap, 400 features, 16 subsets", "kernel-shap", {{"coalitions", std::int64_t{16}}}},
                       {"kernel-shap, 400 features, 600 subsets", "kernel-shap", {{"coalitions", std::int64_t{600}}}}, {"lime, 400 features, 4096 neighbours", "lime", {{"neighbours", std::int64_t{4096}}}},
                       {"lime, 400 features, 16 neighbours, no ridge", "lime", {{"neighbours", std::int64_t{16}}, {"ridge", 0.0}}}};
  for (const Case& c : fits) fitOf(s, c);
}
