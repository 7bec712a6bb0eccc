// How the engine's work is shared: who does it, with which arithmetic, and that nobody sees a difference in the results.

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <mutex>

#include "core/base/subnormals.h"
#include "core/base/thread_choice.h"
#include "core/base/thread_pool.h"
#include "core/data/generators.h"
#include "core/model/templates.h"
#include "core/train/optimiser.h"
#include "core/train/step.h"
#include "tests/support/networks.h"

namespace vitrine {
namespace {

/// 1e-40, which no normal float is.
float subnormal() {
  volatile float small = 1e-30f, smaller = 1e-10f;
  return small * smaller;
}

TEST(Subnormals, AreZeroWhileTheGuardLivesAndTheCallersModeComesBack) {
  ASSERT_GT(subnormal(), 0.0f);
  const FloatMode before = floatMode();
  {
    const FlushSubnormals guard;
    EXPECT_EQ(subnormal(), 0.0f);
    {
      const FlushSubnormals inner;
      EXPECT_EQ(subnormal(), 0.0f);
    }
    EXPECT_EQ(subnormal(), 0.0f) << "an inner guard ends the outer one's";
  }
  EXPECT_EQ(floatMode(), before);
  EXPECT_GT(subnormal(), 0.0f);
}

TEST(Subnormals, APoolsThreadsFollowWhoGivesTheWork) {
  ThreadPool pool(4);
  const auto zeros = [&pool] {
    std::atomic<int> count = 0;
    pool.run(400, [&](std::int64_t, int) { count += subnormal() == 0.0f; });
    return count.load();
  };
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(zeros(), 0);
    const FlushSubnormals guard;
    EXPECT_EQ(zeros(), 400);
  }
}

TEST(Subnormals, TrainingFlushesThemWhateverTheCallersMode) {
  GeneratorSettings s;
  s.size = 256;
  const DatasetPtr data = *generate("spirals", s);
  const auto network = *Network::compile(findTemplate("playground")->make(data->spec), data->spec);
  std::vector<std::int32_t> rows(64);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<std::int32_t>(i);
  std::vector<Real> first;
  for (const bool flushed : {false, true})
    for (const int threads : {1, 3}) {
      ThreadPool pool(threads);
      BatchGradient batch(network, data, 64, pool);
      Buffer weights = network->initialise(1);
      const std::span<Real> params = weights.span();
      // Weights of a size that makes gradients of the first layers subnormal.
      for (Real& w : params) w *= Real(1e-20);
      const OptimiserChoice adam{"adam", {}};
      const OptimiserRule rule = optimiserRule(adam);
      OptimiserState state = freshState(adam, network->parameterCount());
      std::optional<FlushSubnormals> callers;
      if (flushed) callers.emplace();
      const FloatMode before = floatMode();
      for (int i = 0; i < 3; ++i) {
        batch.compute(params, rows, RngKey{});
        for (const Real g : batch.gradient()) ASSERT_TRUE(g == 0 || std::fabs(g) >= std::numeric_limits<Real>::min()) << g;
        batch.apply(rule, 1e-3, params, state);
      }
      EXPECT_EQ(floatMode(), before);
      callers.reset();
      if (first.empty()) first.assign(params.begin(), params.end());
      EXPECT_EQ(0, std::memcmp(first.data(), params.data(), params.size() * sizeof(Real))) << threads << " threads, flushed by the caller: " << flushed;
    }
}

std::set<int> threadsOf(ThreadPool& pool) {
  std::mutex mutex;
  std::set<int> seen;
  pool.run(64, [&](std::int64_t, int thread) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
    const std::scoped_lock lock(mutex);
    seen.insert(thread);
  });
  return seen;
}

TEST(ThreadPool, ALimitHoldsWhileItLives) {
  ThreadPool pool(4);
  EXPECT_EQ(threadsOf(pool).size(), 4u);
  {
    const ThreadPool::Limit two(pool, 2);
    EXPECT_EQ(threadsOf(pool), (std::set<int>{0, 1}));
    {
      const ThreadPool::Limit one(pool, 1);
      EXPECT_EQ(threadsOf(pool), std::set<int>{0});
    }
    EXPECT_EQ(threadsOf(pool), (std::set<int>{0, 1}));
  }
  EXPECT_EQ(threadsOf(pool).size(), 4u);
}

TEST(ThreadPool, EveryBlockIsDoneOnceHoweverShortTheWork) {
  ThreadPool pool(5);
  std::vector<std::atomic<int>> done(37);
  for (int round = 0; round < 3000; ++round) {
    const ThreadPool::Limit limit(pool, 1 + round % 5);
    pool.run(static_cast<std::int64_t>(done.size()), [&](std::int64_t b, int) { ++done[static_cast<std::size_t>(b)]; });
    for (const auto& d : done) ASSERT_EQ(d.load(), round + 1);
  }
}

/// The choice after turns that take `seconds(threads)`.
int chosen(double multiplyAdds, int threads, const std::function<double(int)>& seconds, int* turns = nullptr) {
  ThreadChoice choice(multiplyAdds, threads);
  int n = 0;
  for (; !choice.settled() && n < 10000; ++n) choice.took(seconds(choice.threads()));
  if (turns) *turns = n;
  return choice.threads();
}

TEST(ThreadChoice, KnowsWhatIsClearAndTriesWhatIsNot) {
  int turns = -1;
  EXPECT_EQ(chosen(1e3, 8, [](int) { return 1.0; }, &turns), 1);
  EXPECT_EQ(turns, 0) << "little work needs no trial";
  EXPECT_EQ(chosen(1e10, 8, [](int) { return 1.0; }, &turns), 8);
  EXPECT_EQ(turns, 0);
  EXPECT_EQ(chosen(1e6, 1, [](int) { return 1.0; }, &turns), 1);
  EXPECT_EQ(turns, 0);
  EXPECT_EQ(chosen(1e6, 6, [](int t) { return 1.0 / t; }, &turns), 6);
  EXPECT_EQ(turns, 40) << "1, 2, 4 and 6 threads in turn";
  EXPECT_EQ(chosen(1e6, 8, [](int t) { return 1.0 / t + 0.1 * t; }), 4);
  EXPECT_EQ(chosen(1e6, 8, [](int t) { return 1.0 - 0.001 * t; }), 1) << "a hundredth is not worth seven more threads";
  EXPECT_EQ(chosen(1e6, 256, [](int t) { return 1.0 / t; }), 256);
  // One turn that the system held up decides nothing.
  int turn = 0;
  EXPECT_EQ(chosen(1e6, 2, [&turn](int t) { return ++turn == 12 ? 100.0 : 1.0 / t; }), 2);
}

}  // namespace
}  // namespace vitrine
