#pragma once

// The one inner loop behind products and convolutions: a tile of results in registers. Only this room includes it.

#include <algorithm>
#include <cstdint>

#include "core/base/real.h"

namespace vitrine::kernels {

/// The processor's widest register: AVX-512's 64 bytes and 32 of them, else AVX's 32 bytes and 16 of them (elsewhere the
/// compiler makes do with smaller ones). A tile's sums, two columns and a broadcast fill the registers.
#ifdef __AVX512F__
constexpr int kVecBytes = 64, kRows = 12;
#else
constexpr int kVecBytes = 32, kRows = 6;
#endif
/// A register of `Bytes`, and the same anywhere in memory.
template <int Bytes>
struct Register {
  typedef Real Vec __attribute__((vector_size(Bytes)));
  typedef Real Loose __attribute__((vector_size(Bytes), aligned(sizeof(Real)), may_alias));
  static constexpr std::int64_t lanes = Bytes / static_cast<std::int64_t>(sizeof(Real));
};
constexpr std::int64_t kLanes = Register<kVecBytes>::lanes;
constexpr std::int64_t kPanel = 2 * kLanes;  ///< columns of a tile

/// result[j, n] = Σ over segments s and steps t of a[s·segmentA + t·stepA + j·rowA] · b[s·segmentB + t·stepB + n].
struct Sum {
  std::int64_t segments = 1, segmentA = 0, segmentB = 0;
  std::int64_t steps = 0, stepA = 1, stepB = kPanel;
  std::int64_t rowA = 0;
};

/// What becomes of the sums.
struct Finish {
  bool accumulate = false;
  const Real* bias = nullptr;  ///< of the tile's columns
};

template <int Rows, int Bytes, int Vectors>
inline void tile(const Sum& s, const Real* a, const Real* b, Real* out, std::int64_t ldo, std::int64_t columns, const Finish& finish) {
  using Vec = typename Register<Bytes>::Vec;
  using LooseVec = typename Register<Bytes>::Loose;
  constexpr std::int64_t lanes = Register<Bytes>::lanes;
  Vec sum[Rows][Vectors] = {};
  for (std::int64_t segment = 0; segment < s.segments; ++segment) {
    const Real* pa = a + segment * s.segmentA;
    const Real* pb = b + segment * s.segmentB;
    for (std::int64_t t = 0; t < s.steps; ++t, pa += s.stepA, pb += s.stepB) {
      Vec column[Vectors];
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) column[v] = *reinterpret_cast<const LooseVec*>(pb + v * lanes);
#pragma GCC unroll 12
      for (int j = 0; j < Rows; ++j) {
        const Real x = pa[j * s.rowA];
#pragma GCC unroll 2
        for (int v = 0; v < Vectors; ++v) sum[j][v] += column[v] * x;
      }
    }
  }
  if (columns == Vectors * lanes) {
#pragma GCC unroll 12
    for (int j = 0; j < Rows; ++j)
#pragma GCC unroll 2
      for (int v = 0; v < Vectors; ++v) {
        LooseVec* to = reinterpret_cast<LooseVec*>(out + j * ldo + v * lanes);
        Vec x = sum[j][v];
        if (finish.accumulate) x += *to;
        if (finish.bias) x += *reinterpret_cast<const LooseVec*>(finish.bias + v * lanes);
        *to = x;
      }
    return;
  }
#pragma GCC unroll 12
  for (int j = 0; j < Rows; ++j) {
    Real* to = out + j * ldo;
    Real line[Vectors * lanes];
#pragma GCC unroll 2
    for (int v = 0; v < Vectors; ++v) *reinterpret_cast<LooseVec*>(line + v * lanes) = sum[j][v];
    for (std::int64_t n = 0; n < columns; ++n) {
      Real x = line[n];
      if (finish.accumulate) x += to[n];
      if (finish.bias) x += finish.bias[n];
      to[n] = x;
    }
  }
}

template <int Bytes, int Vectors>
inline void tileRows(int rows, const Sum& s, const Real* a, const Real* b, Real* out, std::int64_t ldo, std::int64_t columns, const Finish& f) {
  if constexpr (kRows > 6) {
    switch (rows) {
      case 12: return tile<12, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      case 11: return tile<11, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      case 10: return tile<10, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      case 9: return tile<9, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      case 8: return tile<8, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      case 7: return tile<7, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
      default: break;
    }
  }
  switch (rows) {
    case 6: return tile<6, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
    case 5: return tile<5, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
    case 4: return tile<4, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
    case 3: return tile<3, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
    case 2: return tile<2, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
    default: return tile<1, Bytes, Vectors>(s, a, b, out, ldo, columns, f);
  }
}

/// `rows` results of a strip of up to kPanel columns, tile by tile.
inline void strip(std::int64_t rows, const Sum& s, const Real* a, const Real* b, Real* out, std::int64_t ldo, std::int64_t columns, const Finish& f) {
  // Tiles of like height: a last one of few rows would wait for its own sums.
  const std::int64_t tiles = (rows + kRows - 1) / kRows;
  int count = 0;
  for (std::int64_t i = 0, j = 0; i < tiles; ++i, j += count) {
    count = static_cast<int>((rows - j + tiles - i - 1) / (tiles - i));
    if (columns > kLanes)
      tileRows<kVecBytes, 2>(count, s, a + j * s.rowA, b, out + j * ldo, ldo, columns, f);
    else if (columns > kLanes / 2)
      tileRows<kVecBytes, 1>(count, s, a + j * s.rowA, b, out + j * ldo, ldo, columns, f);
    else
      tileRows<kVecBytes / 2, 1>(count, s, a + j * s.rowA, b, out + j * ldo, ldo, columns, f);
  }
}

/// Lanes that a strip of so many columns reads: as few as hold them.
inline std::int64_t stripWidth(std::int64_t columns) { return columns > kLanes ? kPanel : columns > kLanes / 2 ? kLanes : kLanes / 2; }

/// Columns [n0, n0 + kPanel) of b [k × n] as a panel [k × kPanel], zeros beyond n. With `transposed` b is [n × k].
inline void packPanel(const Real* b, std::int64_t ldb, std::int64_t k, std::int64_t n, std::int64_t n0, bool transposed, Real* panel) {
  const std::int64_t columns = std::min(kPanel, n - n0);
  if (transposed) {
    for (std::int64_t c = 0; c < kPanel; ++c)
      for (std::int64_t t = 0; t < k; ++t) panel[t * kPanel + c] = c < columns ? b[(n0 + c) * ldb + t] : Real(0);
    return;
  }
  for (std::int64_t t = 0; t < k; ++t) {
    const Real* from = b + t * ldb + n0;
    for (std::int64_t c = 0; c < kPanel; ++c) panel[t * kPanel + c] = c < columns ? from[c] : Real(0);
  }
}

inline std::int64_t panels(std::int64_t n) { return (n + kPanel - 1) / kPanel; }

}  // namespace vitrine::kernels
