// A training step allocates nothing once the first batches are done: counted by replacing the global allocator.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "core/data/generators.h"
#include "core/train/step.h"
#include "tests/support/allocations.h"
#include "tests/support/networks.h"

namespace {

std::atomic<long> g_allocations{0};
std::atomic<bool> g_counting{false};
std::atomic<std::size_t> g_largest{0};

void* counted(std::size_t size, std::size_t alignment) {
  if (g_counting) ++g_allocations;
  for (std::size_t most = g_largest; size > most && !g_largest.compare_exchange_weak(most, size);) {
  }
  void* p = alignment > alignof(std::max_align_t) ? std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment) : std::malloc(size ? size : 1);
  if (!p) throw std::bad_alloc();
  return p;
}

}  // namespace

std::size_t vitrine::test::takeLargestAllocation() { return g_largest.exchange(0); }

void* operator new(std::size_t size) { return counted(size, 0); }
void* operator new[](std::size_t size) { return counted(size, 0); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
void* operator new[](std::size_t size, std::align_val_t a) { return counted(size, static_cast<std::size_t>(a)); }
// std::stable_sort takes its buffer this way, and frees it with the plain delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  try {
    return counted(size, 0);
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void* operator new[](std::size_t size, const std::nothrow_t& no) noexcept { return operator new(size, no); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
void operator delete(void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { std::free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { std::free(p); }

namespace vitrine {
namespace {

DatasetPtr pictures(const Shape& shape) {
  const int n = 64;
  std::vector<std::uint8_t> pixels(static_cast<std::size_t>(n * shape.size()));
  Rng rng(1, Stream::Test);
  for (auto& p : pixels) p = static_cast<std::uint8_t>(rng.below(256));
  std::vector<std::int32_t> classes;
  for (int i = 0; i < n; ++i) classes.push_back(i % 4);
  return imagesFromBytes("noise", shape, pixels, classes, 4);
}

/// Allocations of three steps after two.
long allocationsOf(const Graph& graph, const DatasetPtr& data, int threads, const char* optimiser) {
  const auto network = Network::compile(graph, data->spec);
  EXPECT_TRUE(network);
  ThreadPool pool(threads);
  BatchGradient gradient(*network, data, 32, pool);
  gradient.setClipping(1, 0);
  Buffer params = (*network)->initialise(1);
  const OptimiserChoice choice{optimiser, {}};
  const OptimiserRule rule = optimiserRule(choice);
  OptimiserState state = freshState(choice, (*network)->parameterCount());
  const std::span<const std::int32_t> rows = std::span(data->train).first(32);
  const auto step = [&](std::uint64_t s) {
    gradient.compute(params.span(), rows, {1, s});
    gradient.apply(rule, 1e-3, params.span(), state);
  };
  for (std::uint64_t s = 0; s < 6; ++s) step(s);  // every thread has had every kind of block
  g_allocations = 0;
  g_counting = true;
  for (std::uint64_t s = 6; s < 9; ++s) step(s);
  g_counting = false;
  return g_allocations;
}

TEST(Allocation, NoneInAStepOfAConvolutionalNetwork) {
  test::Drawing d;
  d.add("input", "in").conv("conv1", 8, 3, 1).add("batchnorm", "norm").add("relu", "relu").add("maxpool2d", "pool").add("dropout", "drop");
  d.add("conv2d", "deep", {{"filters", std::int64_t{16}}, {"groups", std::int64_t{8}}}).add("gelu", "gelu").add("global_maxpool", "most");
  d.add("layernorm", "ln").dense("fc", 4).add("output", "out");
  EXPECT_EQ(allocationsOf(d.graph, pictures({14, 14, 1}), 1, "adam"), 0);
  EXPECT_EQ(allocationsOf(test::smallCnn(4).graph, pictures({12, 12, 1}), 1, "adamw"), 0);
}

TEST(Allocation, NoneInAStepOfARecurrentNetwork) {
  test::Drawing d;
  d.add("input", "in").add("reshape", "rows", {{"to", std::string("series")}, {"steps", std::int64_t{12}}});
  d.add("lstm", "lstm", {{"units", std::int64_t{16}}, {"output", std::string("sequence")}}).add("gru", "gru", {{"units", std::int64_t{8}}});
  d.dense("fc", 4).add("output", "out");
  EXPECT_EQ(allocationsOf(d.graph, pictures({12, 12, 1}), 1, "nadam"), 0);
}

}  // namespace
}  // namespace vitrine
