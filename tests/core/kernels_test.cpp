// The fast kernels against plain loops.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "core/base/random.h"
#include "core/kernels/conv.h"
#include "core/kernels/gemm.h"

namespace vitrine {
namespace {

const Real kNan = std::numeric_limits<Real>::quiet_NaN();

std::vector<Real> numbers(std::int64_t n, std::uint64_t seed) {
  Rng rng(seed, Stream::Test);
  std::vector<Real> v(static_cast<std::size_t>(n));
  for (Real& x : v) x = static_cast<Real>(rng.uniform() * 2 - 1);
  return v;
}

void expectNear(const std::vector<Real>& found, const std::vector<double>& expected, double scale) {
  ASSERT_EQ(found.size(), expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], 2e-6 * scale) << "element " << i;
}

struct Sizes {
  std::int64_t m, n, k;
};

class Products : public testing::TestWithParam<Sizes> {};

TEST_P(Products, AreThoseOfPlainLoops) {
  const Sizes sizes = GetParam();
  const std::int64_t m = sizes.m, n = sizes.n, k = sizes.k;
  // Leading dimensions larger than the rows: what lies between is not touched.
  const std::int64_t lda = k + 3, ldat = m + 2, ldb = n + 1, ldbt = k + 5, ldc = n + 4;
  const std::vector<Real> a = numbers(m * lda, 1), at = numbers(k * ldat, 2), b = numbers(k * ldb, 3), bt = numbers(n * ldbt, 4);
  const std::vector<Real> bias = numbers(n, 5), start = numbers(m * ldc, 6);
  const auto plain = [&](auto&& left, auto&& right, bool accumulate, bool biased) {
    std::vector<double> c(start.begin(), start.end());
    for (std::int64_t i = 0; i < m; ++i)
      for (std::int64_t j = 0; j < n; ++j) {
        double sum = (accumulate ? c[static_cast<std::size_t>(i * ldc + j)] : 0) + (biased ? bias[static_cast<std::size_t>(j)] : 0);
        for (std::int64_t t = 0; t < k; ++t) sum += double(left(i, t)) * double(right(t, j));
        c[static_cast<std::size_t>(i * ldc + j)] = sum;
      }
    return c;
  };
  const auto fresh = [&](bool accumulate) {
    std::vector<Real> c = start;
    if (!accumulate)
      for (std::int64_t i = 0; i < m; ++i)
        for (std::int64_t j = 0; j < n; ++j) c[static_cast<std::size_t>(i * ldc + j)] = kNan;
    return c;
  };
  const auto A = [&](auto i, auto t) { return a[static_cast<std::size_t>(i * lda + t)]; };
  const auto AT = [&](auto i, auto t) { return at[static_cast<std::size_t>(t * ldat + i)]; };
  const auto B = [&](auto t, auto j) { return b[static_cast<std::size_t>(t * ldb + j)]; };
  const auto BT = [&](auto t, auto j) { return bt[static_cast<std::size_t>(j * ldbt + t)]; };
  const double scale = std::sqrt(static_cast<double>(k)) + 1;
  for (const bool accumulate : {false, true}) {
    SCOPED_TRACE(accumulate ? "accumulate" : "overwrite");
    std::vector<Real> c = fresh(accumulate);
    gemm(m, n, k, a.data(), lda, b.data(), ldb, c.data(), ldc, accumulate, bias.data());
    expectNear(c, plain(A, B, accumulate, true), scale);
    c = fresh(accumulate);
    gemm(m, n, k, a.data(), lda, b.data(), ldb, c.data(), ldc, accumulate);
    expectNear(c, plain(A, B, accumulate, false), scale);
    c = fresh(accumulate);
    std::vector<Real> packed(static_cast<std::size_t>(packedSize(n, k)), kNan);
    packMatrix(n, k, bt.data(), ldbt, true, packed.data());
    gemmPacked(m, n, k, a.data(), lda, packed.data(), c.data(), ldc, accumulate, bias.data());
    expectNear(c, plain(A, BT, accumulate, true), scale);
    c = fresh(accumulate);
    gemmTransA(m, n, k, at.data(), ldat, b.data(), ldb, c.data(), ldc, accumulate);
    expectNear(c, plain(AT, B, accumulate, false), scale);
    c = fresh(accumulate);
    gemmTransB(m, n, k, a.data(), lda, bt.data(), ldbt, c.data(), ldc, accumulate);
    expectNear(c, plain(A, BT, accumulate, false), scale);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, Products,
                         testing::Values(Sizes{1, 1, 1}, Sizes{1, 10, 784}, Sizes{13, 7, 5}, Sizes{12, 8, 33}, Sizes{25, 9, 1},
                                         Sizes{64, 16, 27}, Sizes{7, 17, 64}, Sizes{33, 31, 70}, Sizes{5, 33, 129}, Sizes{50, 100, 200}),
                         [](const auto& info) {
                           return std::to_string(info.param.m) + "x" + std::to_string(info.param.n) + "x" + std::to_string(info.param.k);
                         });

struct ConvCase {
  const char* name;
  std::int64_t rows;
  ConvGeometry g;
};

ConvGeometry geometry(std::int64_t h, std::int64_t w, std::int64_t c, std::int64_t filters, int kh, int kw, int sh, int sw, int padH, int padW) {
  ConvGeometry g;
  g.height = h, g.width = w, g.channels = c, g.filters = filters;
  g.kernelH = kh, g.kernelW = kw, g.strideH = sh, g.strideW = sw, g.padTop = padH, g.padLeft = padW;
  g.outHeight = (h + 2 * padH - kh) / sh + 1, g.outWidth = (w + 2 * padW - kw) / sw + 1;
  return g;
}

class Convolutions : public testing::TestWithParam<ConvCase> {};

/// Calls f(output index, input index, weight index) for every product of a convolution of `rows` samples.
template <class F>
void forProducts(const ConvGeometry& g, std::int64_t rows, F&& f) {
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
      for (std::int64_t ox = 0; ox < g.outWidth; ++ox)
        for (int ky = 0; ky < g.kernelH; ++ky)
          for (int kx = 0; kx < g.kernelW; ++kx) {
            const std::int64_t y = oy * g.strideH + ky - g.padTop, x = ox * g.strideW + kx - g.padLeft;
            if (y < 0 || x < 0 || y >= g.height || x >= g.width) continue;
            for (std::int64_t c = 0; c < g.channels; ++c)
              for (std::int64_t n = 0; n < g.filters; ++n)
                f(static_cast<std::size_t>(((r * g.outHeight + oy) * g.outWidth + ox) * g.filters + n),
                  static_cast<std::size_t>(((r * g.height + y) * g.width + x) * g.channels + c),
                  static_cast<std::size_t>(((ky * g.kernelW + kx) * g.channels + c) * g.filters + n));
          }
}

TEST_P(Convolutions, AreThoseOfPlainLoops) {
  const auto& [name, rows, g] = GetParam();
  const std::int64_t in = rows * g.height * g.width * g.channels, out = rows * g.outHeight * g.outWidth * g.filters;
  const std::int64_t weights = std::int64_t{g.kernelH} * g.kernelW * g.channels * g.filters;
  const std::vector<Real> x = numbers(in, 1), w = numbers(weights, 2), bias = numbers(g.filters, 3), dy = numbers(out, 4);
  std::vector<Real> scratch(static_cast<std::size_t>(convScratch(g)), kNan);
  const double scale = std::sqrt(static_cast<double>(weights) / static_cast<double>(g.filters)) + 1;

  std::vector<double> y(static_cast<std::size_t>(out)), dx(static_cast<std::size_t>(in)), dw(static_cast<std::size_t>(weights));
  std::vector<double> db(static_cast<std::size_t>(g.filters));
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = bias[i % static_cast<std::size_t>(g.filters)];
  for (std::size_t i = 0; i < dy.size(); ++i) db[i % static_cast<std::size_t>(g.filters)] += dy[i];
  forProducts(g, rows, [&](std::size_t o, std::size_t i, std::size_t k) {
    y[o] += double(x[i]) * double(w[k]);
    dx[i] += double(dy[o]) * double(w[k]);
    dw[k] += double(x[i]) * double(dy[o]);
  });

  std::vector<Real> found(y.size(), kNan);
  convForward(g, rows, x.data(), w.data(), bias.data(), found.data(), scratch.data());
  expectNear(found, y, scale);
  std::fill(scratch.begin(), scratch.end(), kNan);
  found.assign(dx.size(), kNan);
  convBackwardInput(g, rows, dy.data(), w.data(), found.data(), scratch.data());
  expectNear(found, dx, scale * 3);
  std::fill(scratch.begin(), scratch.end(), kNan);
  found.assign(dw.size(), kNan);
  std::vector<Real> bias2(static_cast<std::size_t>(g.filters), kNan);
  const double many = std::sqrt(static_cast<double>(out) / static_cast<double>(g.filters)) + 1;
  convBackwardWeights(g, rows, x.data(), dy.data(), found.data(), bias2.data(), false, scratch.data());
  expectNear(found, dw, many * 3);
  expectNear(bias2, db, many * 3);
  convBackwardWeights(g, rows, x.data(), dy.data(), found.data(), bias2.data(), true, scratch.data());
  for (double& v : dw) v *= 2;
  for (double& v : db) v *= 2;
  expectNear(found, dw, many * 6);
  expectNear(bias2, db, many * 6);
}

INSTANTIATE_TEST_SUITE_P(
    Geometries, Convolutions,
    testing::Values(ConvCase{"point", 1, geometry(1, 1, 1, 1, 1, 1, 1, 1, 0, 0)}, ConvCase{"lenet1", 3, geometry(28, 28, 1, 6, 5, 5, 1, 1, 2, 2)},
                    ConvCase{"lenet2", 2, geometry(14, 14, 6, 16, 5, 5, 1, 1, 0, 0)}, ConvCase{"keras", 2, geometry(26, 26, 32, 64, 3, 3, 1, 1, 0, 0)},
                    ConvCase{"odd", 3, geometry(7, 5, 3, 17, 3, 2, 1, 1, 1, 1)}, ConvCase{"stride2", 2, geometry(9, 8, 4, 9, 3, 3, 2, 2, 1, 1)},
                    ConvCase{"strideAboveKernel", 2, geometry(11, 10, 2, 5, 2, 2, 3, 4, 0, 0)},
                    ConvCase{"paddingOfKernel", 1, geometry(4, 4, 2, 3, 3, 3, 1, 1, 3, 3)},
                    ConvCase{"line", 2, geometry(1, 30, 5, 12, 1, 7, 1, 2, 0, 3)}, ConvCase{"tiles", 3, geometry(13, 13, 32, 64, 3, 3, 1, 1, 0, 0)}, ConvCase{"tilesPadded", 5, geometry(7, 9, 17, 21, 3, 3, 1, 1, 1, 1)},
                    ConvCase{"tilesWide", 2, geometry(8, 8, 48, 37, 3, 3, 1, 1, 1, 1)},
                    ConvCase{"tilesOverPadding", 2, geometry(6, 6, 16, 16, 3, 3, 1, 1, 2, 0)},
                    ConvCase{"pointwise", 2, geometry(6, 6, 33, 40, 1, 1, 1, 1, 0, 0)},
                    ConvCase{"wholeImage", 4, geometry(5, 5, 3, 24, 5, 5, 1, 1, 0, 0)}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace vitrine
