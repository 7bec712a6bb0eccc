#include <algorithm>
#include <limits>

#include "core/layers/specs.h"

namespace vitrine {
namespace {

struct PoolShape {
  std::int64_t h, w, c;
  Window win;
  std::int64_t inSize() const { return h * w * c; }
  std::int64_t outSize() const { return win.outH * win.outW * c; }
  /// The usual pooling: windows of 2 × 2 side by side, all within the image.
  bool fourApiece() const {
    return win.kernelH == 2 && win.kernelW == 2 && win.strideH == 2 && win.strideW == 2 && win.padTop == 0 && win.padLeft == 0 && 2 * win.outH <= h &&
           2 * win.outW <= w;
  }
  /// Rows [y0, y1) and columns [x0, x1) of the input under output pixel (oy, ox).
  struct Field {
    std::int64_t y0, y1, x0, x1;
  };
  Field field(std::int64_t oy, std::int64_t ox) const {
    const std::int64_t y = oy * win.strideH - win.padTop, x = ox * win.strideW - win.padLeft;
    return {std::max<std::int64_t>(y, 0), std::min(y + win.kernelH, h), std::max<std::int64_t>(x, 0), std::min(x + win.kernelW, w)};
  }
};

/// The first maximum in row-major order of the window wins, and takes the whole gradient; padding never wins.
class MaxPool : public Layer {
 public:
  explicit MaxPool(PoolShape s) : s_(s), quads_(s.fourApiece() && s.c >= kWide) {}
  bool picksLargest() const override { return true; }
  Shape reads(const Shape& in) const override {
    if (s_.win.padTop != 0 || s_.win.padLeft != 0) return in;
    const std::int64_t height = std::min(s_.h, (s_.win.outH - 1) * s_.win.strideH + s_.win.kernelH);
    const std::int64_t width = std::min(s_.w, (s_.win.outW - 1) * s_.win.strideW + s_.win.kernelW);
    return in.isImage() ? Shape{height, width, s_.c} : Shape{width, s_.c};
  }
  /// Index of the winner within the sample, as a 32-bit number in a Real's place.
  std::int64_t cachePerRow() const override { return s_.outSize(); }

  /// The maxima of the window's rows, and where they are, along a whole row of the image.
  std::int64_t scratch() const override { return 2 * s_.w * s_.c; }

  void forward(const ForwardArgs& a) const override {
    for (std::int64_t r = 0; r < a.rows; ++r) {
      const Real* x = a.in[0] + r * s_.inSize();
      Real* y = a.out + r * s_.outSize();
      std::int32_t* winner = reinterpret_cast<std::int32_t*>(a.cache + r * s_.outSize());
      std::int32_t* place = reinterpret_cast<std::int32_t*>(a.scratch + s_.w * s_.c);
      for (std::int64_t oy = 0; oy < s_.win.outH; ++oy) {
        if (quads_) {
          for (std::int64_t ox = 0; ox < s_.win.outW; ++ox, y += s_.c, winner += s_.c) quad(x, (2 * oy * s_.w + 2 * ox) * s_.c, y, winner);
          continue;
        }
        down(x, s_.field(oy, 0), a.scratch, place);
        for (std::int64_t ox = 0; ox < s_.win.outW; ++ox, y += s_.c, winner += s_.c) across(s_.field(oy, ox), a.scratch, place, y, winner);
      }
    }
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    for (std::int64_t r = 0; r < a.rows; ++r) {
      Real* dx = a.din[0] + r * s_.inSize();
      const Real* dy = a.dout + r * s_.outSize();
      const std::int32_t* winner = reinterpret_cast<const std::int32_t*>(a.cache + r * s_.outSize());
      if (quads_) {
        quadsBackward(dy, winner, dx);
        continue;
      }
      std::fill_n(dx, s_.inSize(), Real(0));  // row by row: it is still in the cache when the gradients come
      for (std::int64_t i = 0; i < s_.outSize(); ++i) dx[winner[i]] += dy[i];
    }
  }

 private:
  /// Channels from which on a pixel's fill whole registers.
  static constexpr std::int64_t kWide = 8;

  /// One window of four pixels, the first of them at `at`: read once, in row-major order.
  void quad(const Real* x, std::int64_t at, Real* __restrict y, std::int32_t* __restrict winner) const {
    const std::int64_t c = s_.c, n = s_.w * s_.c;
    const std::int32_t first = static_cast<std::int32_t>(at), right = static_cast<std::int32_t>(c), below = static_cast<std::int32_t>(n);
    const Real *x0 = x + at, *x1 = x0 + c, *x2 = x0 + n, *x3 = x2 + c;
    for (std::int64_t i = 0; i < c; ++i) {
      Real v = x0[i];
      std::int32_t place = 0;
      const auto next = [&](Real other, std::int32_t there) {
        const bool more = (other > v) | (other != other);
        place = more ? there : place;
        v = more ? other : v;
      };
      next(x1[i], right);
      next(x2[i], below);
      next(x3[i], below + right);
      y[i] = v;
      winner[i] = first + static_cast<std::int32_t>(i) + place;
    }
  }
  /// Every pixel of a window is written once; what no window covers gets nothing.
  void quadsBackward(const Real* __restrict dy, const std::int32_t* __restrict winner, Real* __restrict dx) const {
    const std::int64_t c = s_.c, n = s_.w * s_.c, covered = 2 * s_.win.outW * c;
    for (std::int64_t oy = 0; oy < s_.win.outH; ++oy) {
      Real* line = dx + 2 * oy * n;
      for (std::int64_t ox = 0; ox < s_.win.outW; ++ox, dy += c, winner += c) {
        Real *d0 = line + 2 * ox * c, *d1 = d0 + c, *d2 = d0 + n, *d3 = d2 + c;
        const std::int32_t first = static_cast<std::int32_t>(d0 - dx), right = static_cast<std::int32_t>(c), below = static_cast<std::int32_t>(n);
        for (std::int64_t i = 0; i < c; ++i) {
          const std::int32_t place = winner[i] - first - static_cast<std::int32_t>(i);
          const Real g = dy[i];
          d0[i] = place == 0 ? g : Real(0);
          d1[i] = place == right ? g : Real(0);
          d2[i] = place == below ? g : Real(0);
          d3[i] = place == below + right ? g : Real(0);
        }
      }
      std::fill_n(line + covered, n - covered, Real(0));
      std::fill_n(line + n + covered, n - covered, Real(0));
    }
    std::fill_n(dx + 2 * s_.win.outH * n, (s_.h - 2 * s_.win.outH) * n, Real(0));
  }
  /// Down the columns first: long runs of numbers. A NaN is passed on, not hidden.
  void down(const Real* x, const PoolShape::Field& f, Real* __restrict v, std::int32_t* __restrict place) const {
    const std::int64_t n = s_.w * s_.c;
    const std::int32_t first = static_cast<std::int32_t>(f.y0 * n);
    for (std::int64_t i = 0; i < n; ++i) v[i] = x[first + i], place[i] = first + static_cast<std::int32_t>(i);
    for (std::int64_t iy = f.y0 + 1; iy < f.y1; ++iy) {
      const Real* row = x + iy * n;
      const std::int32_t at = static_cast<std::int32_t>(iy * n);
      for (std::int64_t i = 0; i < n; ++i) {
        const bool more = (row[i] > v[i]) | (row[i] != row[i]);
        place[i] = more ? at + static_cast<std::int32_t>(i) : place[i];
        v[i] = more ? row[i] : v[i];
      }
    }
  }
  /// Then across: of equals the one that stands first in row-major order.
  void across(const PoolShape::Field& f, const Real* v, const std::int32_t* place, Real* __restrict y, std::int32_t* __restrict winner) const {
    const std::int64_t c = s_.c, a = f.x0 * c;
    if (f.x1 - f.x0 == 2) {
      for (std::int64_t i = 0; i < c; ++i) {
        const Real left = v[a + i], right = v[a + c + i];
        const std::int32_t atLeft = place[a + i], atRight = place[a + c + i];
        const bool more = (right > left) | (right != right) | ((right == left) & (atRight < atLeft));
        winner[i] = more ? atRight : atLeft;
        y[i] = more ? right : left;
      }
      return;
    }
    for (std::int64_t i = 0; i < c; ++i) y[i] = v[a + i], winner[i] = place[a + i];
    for (std::int64_t ix = f.x0 + 1; ix < f.x1; ++ix)
      for (std::int64_t i = 0; i < c; ++i) {
        const Real next = v[ix * c + i];
        const std::int32_t at = place[ix * c + i];
        const bool more = (next > y[i]) | (next != next) | ((next == y[i]) & (at < winner[i]));
        winner[i] = more ? at : winner[i];
        y[i] = more ? next : y[i];
      }
  }
  PoolShape s_;
  bool quads_;  ///< by whole windows of four; else by the image's rows, which are long runs of numbers even for few channels
};

/// Mean over the window's pixels that lie in the image (PyTorch's count_include_pad=False).
class AvgPool : public Layer {
 public:
  explicit AvgPool(PoolShape s) : s_(s) {}
  bool affine() const override { return true; }
  void forward(const ForwardArgs& a) const override {
    walk(a.rows, [&](std::int64_t in, std::int64_t out, Real share, bool first) {
      const Real* x = a.in[0] + in;
      Real* y = a.out + out;
      if (first) std::fill_n(y, s_.c, Real(0));
      for (std::int64_t c = 0; c < s_.c; ++c) y[c] += x[c] * share;
    });
  }
  void backward(const BackwardArgs& a) const override {
    if (!a.din[0]) return;
    std::fill_n(a.din[0], a.rows * s_.inSize(), Real(0));
    walk(a.rows, [&](std::int64_t in, std::int64_t out, Real share, bool) {
      for (std::int64_t c = 0; c < s_.c; ++c) a.din[0][in + c] += a.dout[out + c] * share;
    });
  }

 private:
  template <class F>
  void walk(std::int64_t rows, F&& f) const {
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t oy = 0; oy < s_.win.outH; ++oy)
        for (std::int64_t ox = 0; ox < s_.win.outW; ++ox) {
          const PoolShape::Field w = s_.field(oy, ox);
          const Real share = Real(1) / static_cast<Real>((w.y1 - w.y0) * (w.x1 - w.x0));
          for (std::int64_t iy = w.y0; iy < w.y1; ++iy)
            for (std::int64_t ix = w.x0; ix < w.x1; ++ix)
              f(r * s_.inSize() + (iy * s_.w + ix) * s_.c, r * s_.outSize() + (oy * s_.win.outW + ox) * s_.c, share,
                iy == w.y0 && ix == w.x0);
        }
  }
  PoolShape s_;
};

std::vector<Param> described() {
  return {{.id = "kernel", .label = "Window", .help = "Height and width of the window in pixels; 2 × 2 is usual.",
           .fallback = IntPair{2, 2}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 8},
          {.id = "stride", .label = "Stride", .help = "Pixels from one window to the next; usually the window's size.",
           .fallback = IntPair{2, 2}, .low = 1, .high = 255, .sliderLow = 1, .sliderHigh = 8},
          {.id = "padding", .label = "Padding", .help = "valid: windows that do not fit are left out; same: those at the edge count what is there.",
           .fallback = std::string("valid"), .choices = {{"valid", "valid"}, {"same", "same"}}}};
}

Result<Window> window(const Params& p, std::span<const Param> d, const Shape& in) {
  return windowOver(in, param<IntPair>(p, d, "kernel"), param<IntPair>(p, d, "stride"), param<std::string>(p, d, "padding"), {0, 0});
}

template <class L>
LayerSpec poolSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = name;
  s.category = Category::Pooling;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.params = described();
  s.shape = [d = s.params, name](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!in[0].isImage()) return misfit(name + " needs an image, but gets " + in[0].text() + ".", "Put it before Flatten and Dense.");
    if (in[0].size() > std::numeric_limits<std::int32_t>::max()) return misfit(name + " cannot take an image this large.", "Use smaller images.");
    Result<Window> w = window(p, d, in[0]);
    if (!w) return w.error();
    return Shape{w->outH, w->outW, in[0][2]};
  };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<L>(PoolShape{in[0][0], in[0][1], in[0][2], *window(p, d, in[0])});
  };
  s.cost = [d = s.params](const Params& p, std::span<const Shape>, const Shape& out) {
    const IntPair k = param<IntPair>(p, d, "kernel");
    return out.size() * k[0] * k[1];
  };
  s.summary = [d = s.params](const Params& p) {
    const IntPair k = param<IntPair>(p, d, "kernel");
    return std::to_string(k[0]) + "×" + std::to_string(k[1]);
  };
  return s;
}

std::vector<Param> describedSeries() {
  return {{.id = "kernel", .label = "Window", .help = "Steps in a window; 2 is usual.", .fallback = std::int64_t{2}, .low = 1, .high = 65535,
           .sliderLow = 1, .sliderHigh = 16},
          {.id = "stride", .label = "Stride", .help = "Steps from one window to the next; usually the window's size.",
           .fallback = std::int64_t{2}, .low = 1, .high = 65535, .sliderLow = 1, .sliderHigh = 16},
          {.id = "padding", .label = "Padding", .help = "valid: windows that do not fit are left out; same: those at the ends count what is there.",
           .fallback = std::string("valid"), .choices = {{"valid", "valid"}, {"same", "same"}}}};
}

Result<Window> seriesWindow(const Params& p, std::span<const Param> d, const Shape& in) {
  return windowOver(asRow(in), {1, param<std::int64_t>(p, d, "kernel")}, {1, param<std::int64_t>(p, d, "stride")},
                    param<std::string>(p, d, "padding"), {0, 0});
}

template <class L>
LayerSpec seriesPoolSpec(std::string id, std::string name, std::string help, std::string formula) {
  LayerSpec s = poolSpec<L>(std::move(id), name, std::move(help), std::move(formula));
  s.params = describedSeries();
  s.shape = [d = s.params, name](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!isSeries(in[0])) return misfit(name + " needs a series of steps, but gets " + in[0].text() + ".", "Use it with series; for images there is the 2-D one.");
    if (in[0].size() > std::numeric_limits<std::int32_t>::max()) return misfit(name + " cannot take a series this long.", "Use shorter series.");
    Result<Window> w = seriesWindow(p, d, in[0]);
    if (!w) return w.error();
    return Shape{w->outW, in[0][1]};
  };
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<L>(PoolShape{1, in[0][0], in[0][1], *seriesWindow(p, d, in[0])});
  };
  s.cost = [d = s.params](const Params& p, std::span<const Shape>, const Shape& out) { return out.size() * param<std::int64_t>(p, d, "kernel"); };
  s.summary = [d = s.params](const Params& p) { return std::to_string(param<std::int64_t>(p, d, "kernel")) + " steps"; };
  return s;
}

}  // namespace

LayerSpec maxPool2dSpec() {
  return poolSpec<MaxPool>("maxpool2d", "Max pool", "Keeps the largest value of each window: smaller maps that care less about the exact place.",
                           "y = max of the window (ties: the first)");
}

LayerSpec avgPool2dSpec() {
  return poolSpec<AvgPool>("avgpool2d", "Average pool", "Keeps the mean of each window: a smooth, smaller map.", "y = mean of the window");
}

LayerSpec maxPool1dSpec() {
  return seriesPoolSpec<MaxPool>("maxpool1d", "Max pool 1-D", "Keeps the largest value of each stretch of a series: fewer steps that care less about the exact moment.",
                                 "y = max of the window (ties: the first)");
}

LayerSpec avgPool1dSpec() {
  return seriesPoolSpec<AvgPool>("avgpool1d", "Average pool 1-D", "Keeps the mean of each stretch of a series: smooth, with fewer steps.", "y = mean of the window");
}

}  // namespace vitrine
