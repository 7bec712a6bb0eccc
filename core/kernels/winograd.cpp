#include "core/kernels/winograd.h"

#include <algorithm>
#include <array>

#include "core/kernels/gemm.h"
#include "core/kernels/tile.h"

namespace vitrine::kernels {
namespace {

using Vec = Register<kVecBytes>::Vec;
using LooseVec = Register<kVecBytes>::Loose;

constexpr int kPoints = 16;                        ///< numbers of a transformed tile
constexpr std::int64_t kChunk = 4 * kRows;         ///< tiles worked on at once, from as many samples as it takes
constexpr std::int64_t kSkew = 64 / sizeof(Real);  ///< keeps the 16 planes out of each other's cache lines' places

template <class T>
T load(const Real* p) {
  if constexpr (std::is_same_v<T, Real>)
    return *p;
  else
    return *reinterpret_cast<const LooseVec*>(p);
}
template <class T>
void store(Real* p, T v) {
  if constexpr (std::is_same_v<T, Real>)
    *p = v;
  else
    *reinterpret_cast<LooseVec*>(p) = v;
}

/// Calls f.template operator()<T>(c) for all of `n` lanes: whole registers, then one by one.
template <class F>
inline void forLanes(std::int64_t n, F&& f) {
  std::int64_t c = 0;
  for (; c + kLanes <= n; c += kLanes) f.template operator()<Vec>(c);
  for (; c < n; ++c) f.template operator()<Real>(c);
}

struct Tiling {
  explicit Tiling(const ConvGeometry& g) : columns((g.outWidth + 1) / 2), perSample((g.outHeight + 1) / 2 * columns) {}
  std::int64_t columns, perSample;
};

std::int64_t plane(std::int64_t channels) { return kChunk * channels + kSkew; }

/// A Size × Size patch of an image of h × w pixels at (y, x); `outside` stands for what lies beyond.
template <int Size, class P>
std::array<P*, Size * Size> patch(P* image, std::int64_t h, std::int64_t w, std::int64_t channels, std::int64_t y, std::int64_t x, P* outside) {
  std::array<P*, Size * Size> at;
  for (int i = 0; i < Size; ++i)
    for (int j = 0; j < Size; ++j) {
      const bool inside = y + i >= 0 && y + i < h && x + j >= 0 && x + j < w;
      at[static_cast<std::size_t>(i * Size + j)] = inside ? image + ((y + i) * w + x + j) * channels : outside;
    }
  return at;
}

/// Calls f(index in the chunk, sample, tile's row, tile's column).
template <class F>
void forTiles(const Tiling& t, std::int64_t first, std::int64_t count, F&& f) {
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t in = (first + i) % t.perSample;
    f(i, (first + i) / t.perSample, in / t.columns, in % t.columns);
  }
}

/// Bᵀ d B of a chunk's input tiles: [16][tile][channel].
void transformInput(const ConvGeometry& g, const Tiling& t, std::int64_t first, std::int64_t count, const Real* x, const Real* zeros, Real* to) {
  const std::int64_t step = plane(g.channels);
  forTiles(t, first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t ty, std::int64_t tx) {
    const auto from = patch<4>(x + sample * g.height * g.width * g.channels, g.height, g.width, g.channels, 2 * ty - g.padTop, 2 * tx - g.padLeft, zeros);
    Real* out = to + i * g.channels;
    forLanes(g.channels, [&]<class T>(std::int64_t c) {
      T m[4][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const std::size_t k = static_cast<std::size_t>(j);
        const T d0 = load<T>(from[k] + c), d1 = load<T>(from[k + 4] + c), d2 = load<T>(from[k + 8] + c), d3 = load<T>(from[k + 12] + c);
        m[0][j] = d0 - d2, m[1][j] = d1 + d2, m[2][j] = d2 - d1, m[3][j] = d1 - d3;
      }
#pragma GCC unroll 4
      for (int k = 0; k < 4; ++k) {
        store<T>(out + (4 * k + 0) * step + c, m[k][0] - m[k][2]);
        store<T>(out + (4 * k + 1) * step + c, m[k][1] + m[k][2]);
        store<T>(out + (4 * k + 2) * step + c, m[k][2] - m[k][1]);
        store<T>(out + (4 * k + 3) * step + c, m[k][1] - m[k][3]);
      }
    });
  });
}

/// A dY Aᵀ of a chunk's output gradients: [16][tile][filter].
void transformGradient(const ConvGeometry& g, const Tiling& t, std::int64_t first, std::int64_t count, const Real* dy, const Real* zeros, Real* to) {
  const std::int64_t step = plane(g.filters);
  forTiles(t, first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t ty, std::int64_t tx) {
    const auto from = patch<2>(dy + sample * g.outHeight * g.outWidth * g.filters, g.outHeight, g.outWidth, g.filters, 2 * ty, 2 * tx, zeros);
    Real* out = to + i * g.filters;
    forLanes(g.filters, [&]<class T>(std::int64_t f) {
      const T a = load<T>(from[0] + f), b = load<T>(from[1] + f), c = load<T>(from[2] + f), d = load<T>(from[3] + f);
      const T m[4][2] = {{a, b}, {a + c, b + d}, {a - c, b - d}, {-c, -d}};
#pragma GCC unroll 4
      for (int k = 0; k < 4; ++k) {
        store<T>(out + (4 * k + 0) * step + f, m[k][0]);
        store<T>(out + (4 * k + 1) * step + f, m[k][0] + m[k][1]);
        store<T>(out + (4 * k + 2) * step + f, m[k][0] - m[k][1]);
        store<T>(out + (4 * k + 3) * step + f, -m[k][1]);
      }
    });
  });
}

/// Aᵀ m A of a chunk, with the bias, into y.
void finishOutput(const ConvGeometry& g, const Tiling& t, std::int64_t first, std::int64_t count, const Real* m, const Real* bias, Real* y, Real* dump) {
  const std::int64_t step = plane(g.filters);
  forTiles(t, first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t ty, std::int64_t tx) {
    const auto to = patch<2>(y + sample * g.outHeight * g.outWidth * g.filters, g.outHeight, g.outWidth, g.filters, 2 * ty, 2 * tx, dump);
    const Real* in = m + i * g.filters;
    forLanes(g.filters, [&]<class T>(std::int64_t f) {
      T row[2][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const T m0 = load<T>(in + j * step + f), m1 = load<T>(in + (4 + j) * step + f), m2 = load<T>(in + (8 + j) * step + f),
                m3 = load<T>(in + (12 + j) * step + f);
        row[0][j] = m0 + m1 + m2, row[1][j] = m1 - m2 - m3;
      }
      const T b = bias ? load<T>(bias + f) : T{};
#pragma GCC unroll 2
      for (std::size_t k = 0; k < 2; ++k) {
        store<T>(to[2 * k] + f, row[k][0] + row[k][1] + row[k][2] + b);
        store<T>(to[2 * k + 1] + f, row[k][1] - row[k][2] - row[k][3] + b);
      }
    });
  });
}

/// B m Bᵀ of a chunk, added to dx where the tiles lie.
void addToInput(const ConvGeometry& g, const Tiling& t, std::int64_t first, std::int64_t count, const Real* m, Real* dx, Real* dump) {
  const std::int64_t step = plane(g.channels);
  forTiles(t, first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t ty, std::int64_t tx) {
    const auto to = patch<4>(dx + sample * g.height * g.width * g.channels, g.height, g.width, g.channels, 2 * ty - g.padTop, 2 * tx - g.padLeft, dump);
    const Real* in = m + i * g.channels;
    forLanes(g.channels, [&]<class T>(std::int64_t c) {
      T r[4][4];
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) {
        const T v0 = load<T>(in + j * step + c), v1 = load<T>(in + (4 + j) * step + c), v2 = load<T>(in + (8 + j) * step + c),
                v3 = load<T>(in + (12 + j) * step + c);
        r[0][j] = v0, r[1][j] = v1 - v2 + v3, r[2][j] = v1 + v2 - v0, r[3][j] = -v3;
      }
      const auto add = [&](std::size_t k, const T& v) { store<T>(to[k] + c, load<T>(to[k] + c) + v); };
#pragma GCC unroll 4
      for (std::size_t k = 0; k < 4; ++k) {
        add(4 * k, r[k][0]);
        add(4 * k + 1, r[k][1] - r[k][2] + r[k][3]);
        add(4 * k + 2, r[k][1] + r[k][2] - r[k][0]);
        add(4 * k + 3, -r[k][3]);
      }
    });
  });
}

/// G g Gᵀ of the weights: [16][channel × filter].
void transformWeights(std::int64_t size, const Real* w, Real* to) {
  forLanes(size, [&]<class T>(std::int64_t i) {
    const auto spread = [](const T& a, const T& b, const T& c, T (&m)[4]) {
      const T ends = (a + c) * Real(0.5), middle = b * Real(0.5);
      m[0] = a, m[1] = ends + middle, m[2] = ends - middle, m[3] = c;
    };
    T columns[3][4];
#pragma GCC unroll 3
    for (int x = 0; x < 3; ++x) spread(load<T>(w + x * size + i), load<T>(w + (3 + x) * size + i), load<T>(w + (6 + x) * size + i), columns[x]);
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
      T row[4];
      spread(columns[0][k], columns[1][k], columns[2][k], row);
#pragma GCC unroll 4
      for (int j = 0; j < 4; ++j) store<T>(to + (4 * k + j) * size + i, row[j]);
    }
  });
}

/// Gᵀ u G: the weights' gradient from that of the transformed ones.
void gatherWeights(std::int64_t size, const Real* u, Real* dw, bool accumulate) {
  forLanes(size, [&]<class T>(std::int64_t i) {
    const auto gather = [](const T& a, const T& b, const T& c, const T& d, T (&m)[3]) {
      const T sum = (b + c) * Real(0.5);
      m[0] = a + sum, m[1] = (b - c) * Real(0.5), m[2] = sum + d;
    };
    T columns[4][3];
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
      gather(load<T>(u + j * size + i), load<T>(u + (4 + j) * size + i), load<T>(u + (8 + j) * size + i), load<T>(u + (12 + j) * size + i), columns[j]);
#pragma GCC unroll 3
    for (int y = 0; y < 3; ++y) {
      T row[3];
      gather(columns[0][y], columns[1][y], columns[2][y], columns[3][y], row);
#pragma GCC unroll 3
      for (int x = 0; x < 3; ++x) {
        Real* to = dw + (3 * y + x) * size + i;
        store<T>(to, accumulate ? load<T>(to) + row[x] : row[x]);
      }
    }
  });
}

/// Zeros, and room for what falls outside the image.
std::int64_t edge(const ConvGeometry& g) { return std::max(g.channels, g.filters) + kLanes; }

}  // namespace

bool winogradFits(const ConvGeometry& g) {
  if (g.kernelH != 3 || g.kernelW != 3 || g.strideH != 1 || g.strideW != 1 || g.dilationH != 1 || g.dilationW != 1 || g.groups != 1) return false;
  // Tiles that hang over the edge cost as much as whole ones; the additions are as many for few channels as for many.
  const std::int64_t tiles = Tiling(g).perSample;
  return g.channels >= 16 && g.filters >= 16 && 2 * 4 * tiles <= 3 * g.outHeight * g.outWidth;
}

std::int64_t winogradScratch(const ConvGeometry& g) {
  const std::int64_t weights = g.channels * g.filters;
  const std::int64_t packed = std::max(packedSize(g.filters, g.channels), packedSize(g.channels, g.filters));
  return edge(g) + kPoints * (plane(g.channels) + plane(g.filters) + weights + packed) + 2 * kPanel;
}

void winogradForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, Real* scratch) {
  const Tiling t(g);
  const std::int64_t weights = g.channels * g.filters, packedStep = packedSize(g.filters, g.channels);
  Real* in = scratch + edge(g);
  Real* out = in + kPoints * plane(g.channels);
  Real* packed = out + kPoints * plane(g.filters);
  Real* u = packed + kPoints * packedStep;
  transformWeights(weights, w, u);
  for (int p = 0; p < kPoints; ++p) packMatrix(g.filters, g.channels, u + p * weights, g.filters, false, packed + p * packedStep);
  Real* const zeros = u;  // both are free by now
  Real* const dump = scratch;
  std::fill_n(zeros, g.channels, Real(0));
  for (std::int64_t first = 0; first < rows * t.perSample; first += kChunk) {
    const std::int64_t count = std::min(kChunk, rows * t.perSample - first);
    transformInput(g, t, first, count, x, zeros, in);
    for (int p = 0; p < kPoints; ++p)
      gemmPacked(count, g.filters, g.channels, in + p * plane(g.channels), g.channels, packed + p * packedStep, out + p * plane(g.filters), g.filters);
    finishOutput(g, t, first, count, out, bias, y, dump);
  }
}

void winogradBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* scratch) {
  const Tiling t(g);
  const std::int64_t weights = g.channels * g.filters, packedStep = packedSize(g.channels, g.filters);
  Real* out = scratch + edge(g);
  Real* in = out + kPoints * plane(g.channels);
  Real* packed = in + kPoints * plane(g.filters);
  Real* u = packed + kPoints * packedStep;
  transformWeights(weights, w, u);
  for (int p = 0; p < kPoints; ++p) packMatrix(g.channels, g.filters, u + p * weights, g.filters, true, packed + p * packedStep);
  Real* const zeros = u;
  Real* const dump = scratch;
  std::fill_n(zeros, g.filters, Real(0));
  std::fill_n(dump, g.channels, Real(0));  // summed up, so it may not start as anything
  std::fill_n(dx, rows * g.height * g.width * g.channels, Real(0));
  for (std::int64_t first = 0; first < rows * t.perSample; first += kChunk) {
    const std::int64_t count = std::min(kChunk, rows * t.perSample - first);
    transformGradient(g, t, first, count, dy, zeros, in);
    for (int p = 0; p < kPoints; ++p)
      gemmPacked(count, g.channels, g.filters, in + p * plane(g.filters), g.filters, packed + p * packedStep, out + p * plane(g.channels), g.channels);
    addToInput(g, t, first, count, out, dx, dump);
  }
}

void winogradBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, bool accumulate, Real* scratch) {
  const Tiling t(g);
  const std::int64_t weights = g.channels * g.filters;
  Real* zeros = scratch;
  Real* in = scratch + edge(g);
  Real* u = in + kPoints * plane(g.channels);
  Real* out = u + kPoints * weights;  // last: a strip that is not full reads beyond its end
  std::fill_n(zeros, edge(g), Real(0));
  Sum sum;
  sum.stepA = g.channels;
  sum.rowA = 1;
  sum.stepB = g.filters;
  for (std::int64_t first = 0; first < rows * t.perSample; first += kChunk) {
    const std::int64_t count = std::min(kChunk, rows * t.perSample - first);
    transformInput(g, t, first, count, x, zeros, in);
    transformGradient(g, t, first, count, dy, zeros, out);
    sum.steps = count;
    for (int p = 0; p < kPoints; ++p)
      for (std::int64_t f = 0; f < g.filters; f += kPanel)
        strip(g.channels, sum, in + p * plane(g.channels), out + p * plane(g.filters) + f, u + p * weights + f, g.filters,
              std::min(kPanel, g.filters - f), {first > 0, nullptr});
  }
  gatherWeights(weights, u, dw, accumulate);
}

}  // namespace vitrine::kernels
