// SimpleRNN (Elman 1990), LSTM (Hochreiter & Schmidhuber 1997, with forget gate) and GRU (Cho et al. 2014), with PyTorch's
// gate order, names and two biases.
#include <algorithm>
#include <cmath>

#include "core/kernels/gemm.h"
#include "core/layers/elementwise.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

struct Sizes {
  std::int64_t steps, in, units;
  bool reverse;   ///< a second pass from the last step to the first
  bool sequence;  ///< all steps come out, else the last of each direction
  int directions() const { return reverse ? 2 : 1; }
};

void sigmoids(std::int64_t n, Real* x) {
  forLanes(n, x, x, [](const Lanes& v) { return Lanes((Real(1) + (-v).exp()).inverse()); });
}
void tanhs(std::int64_t n, const Real* x, Real* y) {
  forLanes(n, x, y, [](const Lanes& v) { return Lanes(v.tanh()); });
}

// A cell says how many gates it has, what it keeps of a step, and one step forward and back for one row. Kept, per step:
// the gates' values [gates · units], then `extra` · units of its own; h is kept apart.

struct SimpleCell {
  static constexpr std::int64_t gates = 1, extra = 0;
  static constexpr bool splitsHidden = false;
  bool relu;
  void forward(std::int64_t n, Real* gate, const Real*, Real*, const Real*, const Real*, Real* h) const {
    if (relu)
      for (std::int64_t i = 0; i < n; ++i) h[i] = gate[i] < 0 ? Real(0) : gate[i];
    else
      tanhs(n, gate, h);
  }
  void backward(std::int64_t n, const Real*, const Real*, const Real*, const Real*, const Real* h, Real* dh, Real*, Real* din, Real*) const {
    for (std::int64_t i = 0; i < n; ++i) din[i] = relu ? (h[i] > 0 ? dh[i] : Real(0)) : dh[i] * (1 - h[i] * h[i]);
    std::fill_n(dh, n, Real(0));
  }
};

struct LstmCell {
  static constexpr std::int64_t gates = 4, extra = 2;  // i, f, g, o; then c and tanh(c)
  static constexpr bool splitsHidden = false;
  void forward(std::int64_t n, Real* gate, const Real*, Real* own, const Real* before, const Real*, Real* h) const {
    sigmoids(2 * n, gate);
    tanhs(n, gate + 2 * n, gate + 2 * n);
    sigmoids(n, gate + 3 * n);
    const Real *i = gate, *f = gate + n, *g = gate + 2 * n, *o = gate + 3 * n;
    for (std::int64_t k = 0; k < n; ++k) own[k] = i[k] * g[k] + (before ? f[k] * before[k] : Real(0));
    tanhs(n, own, own + n);
    for (std::int64_t k = 0; k < n; ++k) h[k] = o[k] * own[n + k];
  }
  void backward(std::int64_t n, const Real* gate, const Real* own, const Real* before, const Real*, const Real*, Real* dh, Real* dc,
                Real* din, Real*) const {
    const Real *i = gate, *f = gate + n, *g = gate + 2 * n, *o = gate + 3 * n, *t = own + n;
    for (std::int64_t k = 0; k < n; ++k) {
      din[3 * n + k] = dh[k] * t[k] * o[k] * (1 - o[k]);
      const Real d = dc[k] + dh[k] * o[k] * (1 - t[k] * t[k]);
      din[k] = d * g[k] * i[k] * (1 - i[k]);
      din[n + k] = before ? d * before[k] * f[k] * (1 - f[k]) : Real(0);
      din[2 * n + k] = d * i[k] * (1 - g[k] * g[k]);
      dc[k] = d * f[k];
      dh[k] = 0;
    }
  }
};

struct GruCell {
  static constexpr std::int64_t gates = 3, extra = 1;  // r, z, n; then W_hn h + b_hn
  static constexpr bool splitsHidden = true;           // r stands between the input's and the hidden part of n
  void forward(std::int64_t n, Real* gate, const Real* hidden, Real* own, const Real*, const Real* hBefore, Real* h) const {
    for (std::int64_t k = 0; k < 2 * n; ++k) gate[k] += hidden[k];
    sigmoids(2 * n, gate);
    std::copy_n(hidden + 2 * n, n, own);
    for (std::int64_t k = 0; k < n; ++k) gate[2 * n + k] += gate[k] * own[k];
    tanhs(n, gate + 2 * n, gate + 2 * n);
    const Real *z = gate + n, *c = gate + 2 * n;
    for (std::int64_t k = 0; k < n; ++k) h[k] = (1 - z[k]) * c[k] + (hBefore ? z[k] * hBefore[k] : Real(0));
  }
  void backward(std::int64_t n, const Real* gate, const Real* own, const Real*, const Real* hBefore, const Real*, Real* dh, Real*, Real* din,
                Real* dhidden) const {
    const Real *r = gate, *z = gate + n, *c = gate + 2 * n;
    for (std::int64_t k = 0; k < n; ++k) {
      const Real dc = dh[k] * (1 - z[k]) * (1 - c[k] * c[k]);
      din[2 * n + k] = dc;
      din[n + k] = dh[k] * ((hBefore ? hBefore[k] : Real(0)) - c[k]) * z[k] * (1 - z[k]);
      din[k] = dc * own[k] * r[k] * (1 - r[k]);
      dhidden[k] = din[k], dhidden[n + k] = din[n + k], dhidden[2 * n + k] = dc * r[k];
      dh[k] *= z[k];  // what passes by the gates; the rest comes by way of dhidden
    }
  }
};

template <class Cell>
class Recurrent : public Layer {
 public:
  Recurrent(Sizes s, Cell cell, InitChoice init) : s_(s), cell_(cell), init_(init) {}

  std::vector<ParamBlock> blocks() const override {
    std::vector<ParamBlock> all;
    for (int d = 0; d < s_.directions(); ++d) {
      const std::string end = d == 0 ? "_l0" : "_l0_reverse";
      all.push_back({"weight_ih" + end, {s_.in, wide()}, {1, 0}, init_, s_.in, s_.units});
      all.push_back({"weight_hh" + end, {s_.units, wide()}, {1, 0}, Init::Orthogonal, s_.units, s_.units});
      all.push_back({"bias_ih" + end, {wide()}, {}, Init::Zeros});
      all.push_back({"bias_hh" + end, {wide()}, {}, Init::Zeros});
    }
    return all;
  }
  /// Gates, the cell's own, and h of every step, for each direction.
  std::int64_t cachePerRow() const override { return s_.directions() * kept(); }
  /// Both weights packed, and the biases' sum.
  std::int64_t scratch() const override {
    return std::max(packedSize(wide(), s_.in) + packedSize(wide(), s_.units) + wide(), packedSize(s_.units, wide()));
  }
  /// Forward: the hidden part of the gates. Backward: gradients of all gates (twice where hidden ones differ), h before each
  /// step, dh and dc.
  std::int64_t scratchPerRow() const override {
    return s_.steps * (wide() * (Cell::splitsHidden ? 2 : 1) + s_.units) + 2 * s_.units + wide();
  }

  void forward(const ForwardArgs& a) const override {
    for (int d = 0; d < s_.directions(); ++d) forwardDirection(a, d);
  }
  void backward(const BackwardArgs& a) const override {
    for (int d = 0; d < s_.directions(); ++d) backwardDirection(a, d);
  }

 private:
  std::int64_t wide() const { return Cell::gates * s_.units; }
  std::int64_t kept() const { return s_.steps * (wide() + (Cell::extra + 1) * s_.units); }
  std::int64_t paramsOf() const { return (s_.in + s_.units + 2) * wide(); }
  std::int64_t outSize() const { return (s_.sequence ? s_.steps : 1) * s_.directions() * s_.units; }
  /// The k-th step that a direction takes.
  std::int64_t stepAt(int d, std::int64_t k) const { return d == 0 ? k : s_.steps - 1 - k; }

  /// Parts of one row's cache.
  template <class T>
  struct Kept {
    T *gates, *own, *h;
  };
  template <class T>
  Kept<T> keptOf(T* cache, std::int64_t row, int d) const {
    T* at = cache + row * cachePerRow() + d * kept();
    return {at, at + s_.steps * wide(), at + s_.steps * (wide() + Cell::extra * s_.units)};
  }

  void forwardDirection(const ForwardArgs& a, int d) const {
    const std::int64_t n = s_.units, w = wide(), T = s_.steps, R = a.rows, stride = cachePerRow();
    const Real *wih = a.params + d * paramsOf(), *whh = wih + s_.in * w, *bih = whh + n * w, *bhh = bih + w;
    Real *packedIn = a.scratch, *packedHidden = packedIn + packedSize(w, s_.in), *bias = packedHidden + packedSize(w, n);
    Real* hidden = a.scratch + scratch();  // [R × w]
    packMatrix(w, s_.in, wih, w, false, packedIn);
    packMatrix(w, n, whh, w, false, packedHidden);
    for (std::int64_t i = 0; i < w; ++i) bias[i] = Cell::splitsHidden ? bih[i] : bih[i] + bhh[i];
    for (std::int64_t r = 0; r < R; ++r)
      gemmPacked(T, w, s_.in, a.in[0] + r * T * s_.in, s_.in, packedIn, keptOf(a.cache, r, d).gates, w, false, bias);
    Real* first = a.cache + d * kept();
    const std::int64_t hAt = T * (w + Cell::extra * n);
    for (std::int64_t k = 0; k < T; ++k) {
      const std::int64_t t = stepAt(d, k), before = k > 0 ? stepAt(d, k - 1) : -1;
      if constexpr (Cell::splitsHidden) {
        if (k > 0)
          gemmPacked(R, w, n, first + hAt + before * n, stride, packedHidden, hidden, w, false, bhh);
        else
          for (std::int64_t r = 0; r < R; ++r) std::copy_n(bhh, w, hidden + r * w);
      } else if (k > 0) {
        gemmPacked(R, w, n, first + hAt + before * n, stride, packedHidden, first + t * w, stride, true);
      }
      for (std::int64_t r = 0; r < R; ++r) {
        const Kept<Real> c = keptOf(a.cache, r, d);
        cell_.forward(n, c.gates + t * w, hidden + r * w, c.own + t * Cell::extra * n, k > 0 ? c.own + before * Cell::extra * n : nullptr,
                      k > 0 ? c.h + before * n : nullptr, c.h + t * n);
      }
    }
    for (std::int64_t r = 0; r < R; ++r) {
      const Real* h = keptOf(a.cache, r, d).h;
      Real* out = a.out + r * outSize() + d * n;
      if (!s_.sequence)
        std::copy_n(h + stepAt(d, T - 1) * n, n, out);
      else
        for (std::int64_t t = 0; t < T; ++t) std::copy_n(h + t * n, n, out + t * s_.directions() * n);
    }
  }

  void backwardDirection(const BackwardArgs& a, int d) const {
    const std::int64_t n = s_.units, w = wide(), T = s_.steps, R = a.rows;
    const Real *wih = a.params + d * paramsOf(), *whh = wih + s_.in * w;
    Real* packed = a.scratch;  // W_hhᵀ
    Real* din = a.scratch + scratch();                              // [R × T × w]
    Real* dhidden = Cell::splitsHidden ? din + R * T * w : din;     // [R × T × w]
    Real* hBefore = dhidden + R * T * w;                            // [R × T × n]
    Real *dh = hBefore + R * T * n, *dc = dh + R * n;               // [R × n] each
    packMatrix(n, w, whh, w, true, packed);
    std::fill_n(dh, 2 * R * n, Real(0));
    for (std::int64_t k = T - 1; k >= 0; --k) {
      const std::int64_t t = stepAt(d, k), before = k > 0 ? stepAt(d, k - 1) : -1;
      for (std::int64_t r = 0; r < R; ++r) {
        const Kept<const Real> c = keptOf(a.cache, r, d);
        Real* row = dh + r * n;
        const Real* dout = a.dout + r * outSize() + d * n + (s_.sequence ? t * s_.directions() * n : 0);
        if (s_.sequence || k == T - 1)
          for (std::int64_t i = 0; i < n; ++i) row[i] += dout[i];
        if (k > 0)
          std::copy_n(c.h + before * n, n, hBefore + (r * T + t) * n);
        else
          std::fill_n(hBefore + (r * T + t) * n, n, Real(0));
        cell_.backward(n, c.gates + t * w, c.own + t * Cell::extra * n, k > 0 ? c.own + before * Cell::extra * n : nullptr,
                       k > 0 ? c.h + before * n : nullptr, c.h + t * n, row, dc + r * n, din + (r * T + t) * w, dhidden + (r * T + t) * w);
      }
      if (k > 0) gemmPacked(R, n, w, dhidden + t * w, T * w, packed, dh, n, true);
    }
    if (a.din[0]) gemmTransB(R * T, s_.in, w, din, w, wih, w, a.din[0], s_.in, d > 0);
    if (!a.dparams) return;
    Real *dwih = a.dparams + d * paramsOf(), *dwhh = dwih + s_.in * w, *dbih = dwhh + n * w, *dbhh = dbih + w;
    gemmTransA(s_.in, w, R * T, a.in[0], s_.in, din, w, dwih, w, a.accumulate);
    gemmTransA(n, w, R * T, hBefore, n, dhidden, w, dwhh, w, a.accumulate);
    if (!a.accumulate) std::fill_n(dbih, 2 * w, Real(0));
    for (std::int64_t i = 0; i < R * T; ++i)
      for (std::int64_t j = 0; j < w; ++j) {
        dbih[j] += din[i * w + j];
        dbhh[j] += dhidden[i * w + j];
      }
  }

  Sizes s_;
  Cell cell_;
  InitChoice init_;
};

std::vector<Param> recurrentParams() {
  return withInit({{.id = "units", .label = "Units", .help = "Numbers that it remembers from step to step; 16 to 128 is usual.",
                    .fallback = std::int64_t{32}, .low = 1, .high = 8192, .sliderLow = 1, .sliderHigh = 256},
                   {.id = "output", .label = "Gives", .help = "The state after the last step (to a Dense layer), or after every step (to another recurrent layer).",
                    .fallback = std::string("last"), .choices = {{"last", "the last step"}, {"sequence", "every step"}}},
                   {.id = "bidirectional", .label = "Both ways", .help = "Also reads the series from its end to its start, with weights of its own; outputs stand side by side.",
                    .fallback = false}},
                  "glorot-uniform");
}

Sizes sizesOf(const Params& p, std::span<const Param> d, const Shape& in) {
  return {in[0], in[1], param<std::int64_t>(p, d, "units"), param<bool>(p, d, "bidirectional"), param<std::string>(p, d, "output") == "sequence"};
}

LayerSpec recurrentSpec(std::string id, std::string name, std::string help, std::string formula, std::int64_t gates) {
  LayerSpec s;
  s.id = std::move(id);
  s.name = name;
  s.category = Category::Recurrent;
  s.help = std::move(help);
  s.formula = std::move(formula);
  s.params = recurrentParams();
  s.shape = [d = s.params, name](const Params& p, std::span<const Shape> in) -> Result<Shape> {
    if (!isSeries(in[0]))
      return misfit(name + " needs a series of steps, but gets " + in[0].text() + ".", "Use it with series, or put Reshape (to series) before it.");
    const Sizes s = sizesOf(p, d, in[0]);
    const std::int64_t wide = s.directions() * s.units;
    if (cappedProduct(8 * s.steps, wide) > kMaxElements || cappedProduct(8 * (s.in + s.units), wide) > kMaxElements)
      return misfit("The layer would have too many elements.", "Use fewer units or shorter series.");
    return s.sequence ? Shape{s.steps, wide} : Shape{wide};
  };
  s.cost = [d = s.params, gates](const Params& p, std::span<const Shape> in, const Shape&) {
    const Sizes s = sizesOf(p, d, in[0]);
    return s.directions() * s.steps * gates * s.units * (s.in + s.units);
  };
  s.summary = [d = s.params](const Params& p) {
    std::string text = std::to_string(param<std::int64_t>(p, d, "units")) + " units";
    if (param<bool>(p, d, "bidirectional")) text += " · both ways";
    return param<std::string>(p, d, "output") == "sequence" ? text + " · every step" : text;
  };
  return s;
}

template <class Cell>
void setMaker(LayerSpec& s, Cell cell) {
  s.make = [d = s.params, cell](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Recurrent<Cell>>(sizesOf(p, d, in[0]), cell, initOf(p, d));
  };
}

}  // namespace

LayerSpec simpleRnnSpec() {
  LayerSpec s = recurrentSpec("simple_rnn", "Simple RNN", "Reads a series step by step and carries a state along. The plainest memory: it forgets within some ten steps.",
                              "h[t] = f(W·x[t] + b + U·h[t−1] + b′)", 1);
  s.params.push_back({.id = "activation", .label = "Activation", .help = "What the state goes through; tanh is usual.", .fallback = std::string("tanh"),
                      .choices = {{"tanh", "tanh"}, {"relu", "ReLU"}}});
  s.make = [d = s.params](const Params& p, std::span<const Shape> in) {
    return std::make_unique<Recurrent<SimpleCell>>(sizesOf(p, d, in[0]), SimpleCell{param<std::string>(p, d, "activation") == "relu"}, initOf(p, d));
  };
  return s;
}

LayerSpec lstmSpec() {
  LayerSpec s = recurrentSpec("lstm", "LSTM", "Reads a series step by step; gates decide what of its memory to keep, to add and to show. Remembers over hundreds of steps.",
                              "i, f, o = σ(…), g = tanh(…); c[t] = f·c[t−1] + i·g; h[t] = o·tanh(c[t])", 4);
  setMaker(s, LstmCell{});
  return s;
}

LayerSpec gruSpec() {
  LayerSpec s = recurrentSpec("gru", "GRU", "Reads a series step by step with two gates: nearly as good a memory as an LSTM's, with a quarter fewer weights.",
                              "r, z = σ(…); n = tanh(W·x + b + r·(U·h + b′)); h[t] = (1−z)·n + z·h[t−1]", 3);
  setMaker(s, GruCell{});
  return s;
}

}  // namespace vitrine
