#pragma once

#include <cstdint>
#include <span>

namespace vitrine {

/// What a random number is for. Streams of one seed are independent, so that changing the use of one (more dropout,
/// say) leaves the others as they were. Values are stored in projects' reproducibility: append only.
enum class Stream : std::uint64_t { Weights = 1, Shuffle, Dropout, Split, Generator, Noise, Explain, View, Test, LayerNoise, Augment };

/// Random numbers as a function of (seed, stream, a, b): no state needs saving to go on with a run bit for bit.
/// xoshiro256** (Blackman & Vigna 2018), seeded through SplitMix64. The distributions are our own: those of the
/// standard library differ from one library to another.
class Rng {
 public:
  Rng(std::uint64_t seed, Stream stream, std::uint64_t a = 0, std::uint64_t b = 0);

  std::uint64_t next();
  /// Uniform in [0, 1).
  double uniform();
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Standard normal (polar method of Marsaglia).
  double normal();
  /// Uniform in 0 … n-1, without bias. Requires n > 0.
  std::uint64_t below(std::uint64_t n);
  /// Fisher–Yates.
  template <class T>
  void shuffle(std::span<T> values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::uint64_t s_[4];
  double spare_ = 0;
  bool hasSpare_ = false;
};

}  // namespace vitrine
