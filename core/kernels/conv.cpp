#include "core/kernels/conv.h"

#include <algorithm>

#include "core/kernels/gemm.h"
#include "core/kernels/tile.h"
#include "core/kernels/winograd.h"
#include "core/tensor/tensor.h"

namespace vitrine {
namespace {

using kernels::kPanel;
using kernels::panels;

/// The image that windows move over: the sample itself, or a copy with zeros around it.
struct Padded {
  std::int64_t height, width;
  bool copied;
};

Padded paddedSize(const ConvGeometry& g) {
  const std::int64_t h = (g.outHeight - 1) * g.strideH + g.kernelH, w = (g.outWidth - 1) * g.strideW + g.kernelW;
  if (g.padTop == 0 && g.padLeft == 0 && h <= g.height && w <= g.width) return {g.height, g.width, false};
  return {h, w, true};
}

/// What windows never reach (stride over the edge) is left out, what they reach beyond the image is 0.
const Real* padded(const ConvGeometry& g, const Padded& p, const Real* x, Real* room) {
  if (!p.copied) return x;
  const std::int64_t c = g.channels;
  std::fill_n(room, p.height * p.width * c, Real(0));
  const std::int64_t columns = std::min(g.width, p.width - g.padLeft), lines = std::min(g.height, p.height - g.padTop);
  for (std::int64_t y = 0; y < lines; ++y)
    std::copy_n(x + y * g.width * c, std::max<std::int64_t>(columns, 0) * c, room + ((y + g.padTop) * p.width + g.padLeft) * c);
  return room;
}

std::int64_t taps(const ConvGeometry& g) { return std::int64_t{g.kernelH} * g.kernelW; }

/// The convolution whose forward pass is this one's backward pass to its input: over dy, the kernel turned by 180°.
ConvGeometry turned(const ConvGeometry& g) {
  ConvGeometry t;
  t.height = g.outHeight, t.width = g.outWidth, t.channels = g.filters;
  t.outHeight = g.height, t.outWidth = g.width, t.filters = g.channels;
  t.kernelH = g.kernelH, t.kernelW = g.kernelW;
  t.padTop = g.kernelH - 1 - g.padTop, t.padLeft = g.kernelW - 1 - g.padLeft;
  return t;
}

/// Whether the turned convolution is the quicker way. Few channels would waste most of a register's lanes as columns of a
/// product: scattered they are neighbours. And around an output much smaller than the image it multiplies with many zeros.
bool worthTurning(const ConvGeometry& g) { return g.channels > 8 && 10 * g.height * g.width <= 12 * g.outHeight * g.outWidth; }

bool canTurn(const ConvGeometry& g) { return worthTurning(g) && g.strideH == 1 && g.strideW == 1 && g.padTop < g.kernelH && g.padLeft < g.kernelW; }

std::int64_t forwardScratch(const ConvGeometry& g) {
  const Padded p = paddedSize(g);
  return (p.copied ? p.height * p.width * g.channels : 0) + panels(g.filters) * taps(g) * g.channels * kPanel + 64;
}

/// With weights already packed in panels [panel][kernelH · kernelW · C][kPanel].
void forwardPacked(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* packed, const Real* bias, Real* y, Real* room) {
  const Padded p = paddedSize(g);
  const std::int64_t run = g.kernelW * g.channels, all = g.kernelH * run;
  kernels::Sum sum;
  sum.segments = g.kernelH;
  sum.segmentA = p.width * g.channels;
  sum.segmentB = run * kPanel;
  sum.steps = run;
  sum.rowA = g.strideW * g.channels;
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* image = padded(g, p, x + r * g.height * g.width * g.channels, room);
    Real* out = y + r * g.outHeight * g.outWidth * g.filters;
    for (std::int64_t panel = 0; panel < panels(g.filters); ++panel) {
      const std::int64_t f = panel * kPanel;
      for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
        kernels::strip(g.outWidth, sum, image + oy * g.strideH * p.width * g.channels, packed + panel * all * kPanel,
                       out + oy * g.outWidth * g.filters + f, g.filters, std::min(kPanel, g.filters - f), {false, bias ? bias + f : nullptr});
    }
  }
}

std::int64_t scatterScratch(const ConvGeometry& g) {
  const std::int64_t k = taps(g) * g.channels;
  return g.outHeight * g.outWidth * k + packedSize(k, g.filters) + 16;
}

/// One channel: a tap's numbers of a whole line lie side by side in the image, and are added together.
void scatterLines(const ConvGeometry& g, const Real* columns, Real* dx) {
  const std::int64_t k = taps(g);
  for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
    for (int ky = 0; ky < g.kernelH; ++ky) {
      const std::int64_t y = oy * g.strideH - g.padTop + ky;
      if (y < 0 || y >= g.height) continue;
      for (int kx = 0; kx < g.kernelW; ++kx) {
        const std::int64_t x = kx - g.padLeft;
        const std::int64_t first = std::clamp<std::int64_t>(-x, 0, g.outWidth), end = std::clamp<std::int64_t>(g.width - x, first, g.outWidth);
        const Real* from = columns + oy * g.outWidth * k + ky * g.kernelW + kx;
        Real* to = dx + y * g.width + x;
        for (std::int64_t ox = first; ox < end; ++ox) to[ox] += from[ox * k];
      }
    }
}

/// Any stride: every pixel's gradient over the kernel, added where the window was.
void scatter(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* packed) {
  const std::int64_t k = taps(g) * g.channels, size = g.height * g.width * g.channels, pixels = g.outHeight * g.outWidth;
  Real* columns = packed + packedSize(k, g.filters);
  packMatrix(k, g.filters, w, g.filters, true, packed);
  std::fill_n(dx, rows * size, Real(0));
  for (std::int64_t r = 0; r < rows; ++r, dx += size) {
    gemmPacked(pixels, k, g.filters, dy + r * pixels * g.filters, g.filters, packed, columns, k);
    if (g.channels == 1 && g.strideW == 1) {
      scatterLines(g, columns, dx);
      continue;
    }
    const Real* from = columns;
    for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
      for (std::int64_t ox = 0; ox < g.outWidth; ++ox, from += k) {
        // The taps of a kernel's row lie side by side, there and here.
        const std::int64_t x = ox * g.strideW - g.padLeft;
        const std::int64_t first = std::clamp<std::int64_t>(-x, 0, g.kernelW), n = std::clamp<std::int64_t>(g.width - x, first, g.kernelW) - first;
        for (int ky = 0; ky < g.kernelH; ++ky) {
          const std::int64_t y = oy * g.strideH - g.padTop + ky;
          if (y < 0 || y >= g.height) continue;
          const Real* run = from + (ky * g.kernelW + first) * g.channels;
          Real* to = dx + (y * g.width + x + first) * g.channels;
          for (std::int64_t c = 0; c < n * g.channels; ++c) to[c] += run[c];
        }
      }
  }
}

bool isPlain(const ConvGeometry& g) { return g.dilationH == 1 && g.dilationW == 1 && g.groups == 1; }
/// One channel a group.
bool isDepthwise(const ConvGeometry& g) { return g.groups > 1 && g.groups == g.channels; }

/// Calls f(output pixel, tap, input pixel) for every tap that lies in the image.
template <class F>
void forTaps(const ConvGeometry& g, F&& f) {
  for (std::int64_t oy = 0; oy < g.outHeight; ++oy)
    for (std::int64_t ox = 0; ox < g.outWidth; ++ox)
      for (int ky = 0; ky < g.kernelH; ++ky)
        for (int kx = 0; kx < g.kernelW; ++kx) {
          const std::int64_t y = oy * g.strideH - g.padTop + ky * g.dilationH, x = ox * g.strideW - g.padLeft + kx * g.dilationW;
          if (y < 0 || y >= g.height || x < 0 || x >= g.width) continue;
          f(oy * g.outWidth + ox, std::int64_t{ky} * g.kernelW + kx, y * g.width + x);
        }
}

/// Filters that each channel of a depthwise convolution has.
std::int64_t multiplier(const ConvGeometry& g) { return g.filters / g.channels; }

/// to[f] += channel(f) · weight(f) for all filters, where every channel has `m` of them.
inline void addProducts(std::int64_t channels, std::int64_t m, const Real* x, const Real* w, Real* to) {
  if (m == 1)
    for (std::int64_t c = 0; c < channels; ++c) to[c] += x[c] * w[c];
  else
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t i = 0; i < m; ++i) to[c * m + i] += x[c] * w[c * m + i];
}

void depthwiseForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y) {
  const std::int64_t m = multiplier(g), pixels = g.outHeight * g.outWidth;
  for (std::int64_t r = 0; r < rows; ++r, x += g.height * g.width * g.channels, y += pixels * g.filters) {
    for (std::int64_t p = 0; p < pixels; ++p)
      for (std::int64_t f = 0; f < g.filters; ++f) y[p * g.filters + f] = bias ? bias[f] : Real(0);
    forTaps(g, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
      addProducts(g.channels, m, x + in * g.channels, w + tap * g.filters, y + out * g.filters);
    });
  }
}

void depthwiseBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx) {
  const std::int64_t m = multiplier(g), size = g.height * g.width * g.channels;
  std::fill_n(dx, rows * size, Real(0));
  for (std::int64_t r = 0; r < rows; ++r, dx += size, dy += g.outHeight * g.outWidth * g.filters)
    forTaps(g, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
      const Real *d = dy + out * g.filters, *k = w + tap * g.filters;
      Real* to = dx + in * g.channels;
      for (std::int64_t c = 0; c < g.channels; ++c)
        for (std::int64_t i = 0; i < m; ++i) to[c] += d[c * m + i] * k[c * m + i];
    });
}

void depthwiseBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw) {
  const std::int64_t m = multiplier(g);
  for (std::int64_t r = 0; r < rows; ++r, x += g.height * g.width * g.channels, dy += g.outHeight * g.outWidth * g.filters)
    forTaps(g, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
      addProducts(g.channels, m, x + in * g.channels, dy + out * g.filters, dw + tap * g.filters);
    });
}

/// The columns [pixels × taps · channels of a group] under a sample's output pixels, of one group; zeros beyond the image.
void gather(const ConvGeometry& g, std::int64_t group, const Real* x, Real* columns) {
  const std::int64_t c = g.channels / g.groups, k = taps(g) * c;
  std::fill_n(columns, g.outHeight * g.outWidth * k, Real(0));
  forTaps(g, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
    std::copy_n(x + in * g.channels + group * c, c, columns + out * k + tap * c);
  });
}

void gatheredForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, Real* columns) {
  const std::int64_t f = g.filters / g.groups, k = taps(g) * g.channels / g.groups, pixels = g.outHeight * g.outWidth;
  for (std::int64_t r = 0; r < rows; ++r, x += g.height * g.width * g.channels, y += pixels * g.filters)
    for (std::int64_t group = 0; group < g.groups; ++group) {
      gather(g, group, x, columns);
      gemm(pixels, f, k, columns, k, w + group * f, g.filters, y + group * f, g.filters, false, bias ? bias + group * f : nullptr);
    }
}

void gatheredBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* columns) {
  const std::int64_t f = g.filters / g.groups, c = g.channels / g.groups, k = taps(g) * c, pixels = g.outHeight * g.outWidth;
  const std::int64_t size = g.height * g.width * g.channels;
  std::fill_n(dx, rows * size, Real(0));
  for (std::int64_t r = 0; r < rows; ++r, dx += size, dy += pixels * g.filters)
    for (std::int64_t group = 0; group < g.groups; ++group) {
      gemmTransB(pixels, k, f, dy + group * f, g.filters, w + group * f, g.filters, columns, k);
      forTaps(g, [&](std::int64_t out, std::int64_t tap, std::int64_t in) {
        const Real* from = columns + out * k + tap * c;
        Real* to = dx + in * g.channels + group * c;
        for (std::int64_t i = 0; i < c; ++i) to[i] += from[i];
      });
    }
}

void gatheredBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, Real* columns) {
  const std::int64_t f = g.filters / g.groups, k = taps(g) * g.channels / g.groups, pixels = g.outHeight * g.outWidth;
  for (std::int64_t r = 0; r < rows; ++r, x += g.height * g.width * g.channels, dy += pixels * g.filters)
    for (std::int64_t group = 0; group < g.groups; ++group) {
      gather(g, group, x, columns);
      gemmTransA(k, f, pixels, columns, k, dy + group * f, g.filters, dw + group * f, g.filters, true);
    }
}

/// Places whose first `columns` numbers go to strips of Width; what is read beyond them is not used. Sums them into `sum`.
template <std::int64_t Width>
void copyStrip(std::int64_t places, std::int64_t columns, const Real* from, std::int64_t ld, std::int64_t readable, Real* to, Real* sum) {
  Real all[Width] = {};
  const std::int64_t safe = readable < Width ? 0 : std::min(places, (readable - Width) / ld + 1);
  for (std::int64_t i = 0; i < safe; ++i)
    for (std::int64_t c = 0; c < Width; ++c) {
      to[i * Width + c] = from[i * ld + c];
      all[c] += from[i * ld + c];
    }
  for (std::int64_t i = safe; i < places; ++i) {
    std::fill_n(to + i * Width, Width, Real(0));
    for (std::int64_t c = 0; c < columns; ++c) all[c] += to[i * Width + c] = from[i * ld + c];
  }
  if (sum)
    for (std::int64_t c = 0; c < columns; ++c) sum[c] += all[c];
}

void addBias(std::int64_t places, std::int64_t filters, const Real* dy, std::int64_t ld, Real* dbias) {
  std::int64_t f = 0;
  for (; f + kernels::kLanes <= filters; f += kernels::kLanes) {
    Real sum[kernels::kLanes] = {};
    for (std::int64_t i = 0; i < places; ++i)
      for (std::int64_t c = 0; c < kernels::kLanes; ++c) sum[c] += dy[i * ld + f + c];
    for (std::int64_t c = 0; c < kernels::kLanes; ++c) dbias[f + c] += sum[c];
  }
  for (; f < filters; ++f)
    for (std::int64_t i = 0; i < places; ++i) dbias[f] += dy[i * ld + f];
}

}  // namespace

std::int64_t convScratch(const ConvGeometry& g) {
  if (isDepthwise(g)) return 0;
  if (kernels::winogradFits(g)) return kernels::winogradScratch(g);
  if (!isPlain(g)) return g.outHeight * g.outWidth * taps(g) * (g.channels / g.groups);
  const Padded p = paddedSize(g);
  const std::int64_t weights = (p.copied ? p.height * p.width * g.channels : 0) + g.outHeight * g.outWidth * kPanel;
  const std::int64_t input = canTurn(g) ? forwardScratch(turned(g)) : scatterScratch(g);
  return std::max({forwardScratch(g), weights, input});
}

void convForward(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* w, const Real* bias, Real* y, Real* scratch) {
  if (isDepthwise(g)) return depthwiseForward(g, rows, x, w, bias, y);
  if (!isPlain(g)) return gatheredForward(g, rows, x, w, bias, y, scratch);
  if (kernels::winogradFits(g)) return kernels::winogradForward(g, rows, x, w, bias, y, scratch);
  const std::int64_t k = taps(g) * g.channels;
  Real* packed = scratch;
  for (std::int64_t panel = 0; panel < panels(g.filters); ++panel)
    kernels::packPanel(w, g.filters, k, g.filters, panel * kPanel, false, packed + panel * k * kPanel);
  forwardPacked(g, rows, x, packed, bias, y, scratch + panels(g.filters) * k * kPanel);
}

void convBackwardInput(const ConvGeometry& g, std::int64_t rows, const Real* dy, const Real* w, Real* dx, Real* scratch) {
  if (isDepthwise(g)) return depthwiseBackwardInput(g, rows, dy, w, dx);
  if (!isPlain(g)) return gatheredBackwardInput(g, rows, dy, w, dx, scratch);
  if (kernels::winogradFits(g)) return kernels::winogradBackwardInput(g, rows, dy, w, dx, scratch);
  if (!canTurn(g)) return scatter(g, rows, dy, w, dx, scratch);
  const ConvGeometry t = turned(g);
  // packed[panel][(ky, kx, f)][c] = w[kernelH-1-ky, kernelW-1-kx, c, f]
  const std::int64_t k = taps(t) * t.channels;
  for (std::int64_t panel = 0; panel < panels(t.filters); ++panel)
    for (std::int64_t tap = 0; tap < taps(g); ++tap)
      kernels::packPanel(w + (taps(g) - 1 - tap) * g.channels * g.filters, g.filters, g.filters, g.channels, panel * kPanel, true,
                         scratch + (panel * k + tap * g.filters) * kPanel);
  forwardPacked(t, rows, dy, scratch, nullptr, dx, scratch + panels(t.filters) * k * kPanel);
}

void convBackwardWeights(const ConvGeometry& g, std::int64_t rows, const Real* x, const Real* dy, Real* dw, Real* dbias,
                         bool accumulate, Real* scratch) {
  if (dbias && !accumulate) std::fill_n(dbias, g.filters, Real(0));
  if (!isPlain(g)) {
    if (!accumulate) std::fill_n(dw, taps(g) * (g.channels / g.groups) * g.filters, Real(0));
    if (dbias) addBias(rows * g.outHeight * g.outWidth, g.filters, dy, g.filters, dbias);
    return isDepthwise(g) ? depthwiseBackwardWeights(g, rows, x, dy, dw) : gatheredBackwardWeights(g, rows, x, dy, dw, scratch);
  }
  if (kernels::winogradFits(g)) {
    if (dbias) addBias(rows * g.outHeight * g.outWidth, g.filters, dy, g.filters, dbias);
    return kernels::winogradBackwardWeights(g, rows, x, dy, dw, accumulate, scratch);
  }
  const Padded p = paddedSize(g);
  const std::int64_t run = g.kernelW * g.channels, pixels = g.outHeight * g.outWidth;
  Real* panelRoom = scratch;
  Real* imageRoom = scratch + pixels * kPanel;
  kernels::Sum sum;
  sum.segments = g.outHeight;
  sum.segmentA = g.strideH * p.width * g.channels;
  sum.steps = g.outWidth;
  sum.stepA = g.strideW * g.channels;
  sum.rowA = 1;
  for (std::int64_t r = 0; r < rows; ++r) {
    const Real* image = padded(g, p, x + r * g.height * g.width * g.channels, imageRoom);
    const Real* d = dy + r * pixels * g.filters;
    for (std::int64_t f = 0; f < g.filters; f += kPanel) {
      const std::int64_t columns = std::min(kPanel, g.filters - f);
      // A strip that is not full would be read beyond the last pixel's end.
      const bool whole = columns == kPanel;
      const std::int64_t width = kernels::stripWidth(columns);
      const auto copy = [&](auto&& strip) { strip(pixels, columns, d + f, g.filters, pixels * g.filters - f, panelRoom, dbias ? dbias + f : nullptr); };
      if (whole && dbias)
        addBias(pixels, columns, d + f, g.filters, dbias + f);
      else if (!whole && width == kPanel)
        copy(copyStrip<kPanel>);
      else if (!whole && width == kernels::kLanes)
        copy(copyStrip<kernels::kLanes>);
      else if (!whole)
        copy(copyStrip<kernels::kLanes / 2>);
      sum.stepB = whole ? g.filters : width;
      sum.segmentB = g.outWidth * sum.stepB;
      for (int ky = 0; ky < g.kernelH; ++ky)
        kernels::strip(run, sum, image + ky * p.width * g.channels, whole ? d + f : panelRoom, dw + ky * run * g.filters + f, g.filters, columns,
                       {accumulate || r > 0, nullptr});
    }
  }
}

}  // namespace vitrine
