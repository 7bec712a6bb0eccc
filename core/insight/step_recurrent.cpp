// A recurrent layer's gates over the steps of one sample, forward and back through time, in double: the layers in core/layers keep
// theirs to themselves, and a test compares the two.
#include <cmath>

#include "core/base/numbers.h"
#include "core/insight/layer_geometry.h"
#include "core/insight/step_parts.h"

namespace vitrine {
namespace {

using Doubles = std::vector<double>;

/// One direction of the layer. Gates [T × G·n] after their activations, in PyTorch's order; their gradients before them.
class Trace {
 public:
  Trace(const UnitView& view, const RecurrentPlace& place)
      : v(view), p(place), T(view.in[0][0]), features(view.in[0][1]), n(place.units), G(static_cast<std::int64_t>(place.gates.size())) {
    const std::size_t own = p.reverse ? 4 : 0;
    const std::vector<PlacedBlock> blocks = v.network.blocksOf(v.node.id);
    wih = v.q.params.data() + blocks[own].offset, whh = v.q.params.data() + blocks[own + 1].offset;
    bih = v.q.params.data() + blocks[own + 2].offset, bhh = v.q.params.data() + blocks[own + 3].offset;
    for (Doubles* d : {&gates, &hidden, &dGates, &dHidden}) d->resize(at(T * G * n));
    for (Doubles* d : {&c, &h, &dh, &dc}) d->resize(at(T * n));
    for (std::int64_t k = 0; k < T; ++k) forward(k);
    for (std::int64_t k = T - 1; k >= 0; --k) backward(k);
  }
  static std::size_t at(std::int64_t i) { return static_cast<std::size_t>(i); }
  std::int64_t stepAt(std::int64_t k) const { return p.reverse ? T - 1 - k : k; }
  std::int64_t orderOf(std::int64_t t) const { return p.reverse ? T - 1 - t : t; }
  double x(std::int64_t t, std::int64_t f) const { return v.pass.activation(v.sources[0], t * features + f); }
  double before(const Doubles& values, std::int64_t k, std::int64_t i) const { return k > 0 ? values[at(stepAt(k - 1) * n + i)] : 0; }
  double gate(std::int64_t t, std::int64_t g, std::int64_t i) const { return gates[at((t * G + g) * n + i)]; }
  double wi(std::int64_t f, std::int64_t j) const { return static_cast<double>(wih[f * G * n + j]); }
  double wh(std::int64_t i, std::int64_t j) const { return static_cast<double>(whh[i * G * n + j]); }
  double bi(std::int64_t j) const { return static_cast<double>(bih[j]); }
  double bh(std::int64_t j) const { return static_cast<double>(bhh[j]); }
  /// What comes in from the sample's input, and from the state before, to column j; biases included.
  double fromInput(std::int64_t t, std::int64_t j) const {
    double sum = bi(j);
    for (std::int64_t f = 0; f < features; ++f) sum += x(t, f) * wi(f, j);
    return sum;
  }
  double fromState(std::int64_t k, std::int64_t j) const {
    double sum = bh(j);
    for (std::int64_t i = 0; i < n; ++i) sum += before(h, k, i) * wh(i, j);
    return sum;
  }

  const UnitView& v;
  const RecurrentPlace& p;
  std::int64_t T, features, n, G;
  const Real *wih, *whh, *bih, *bhh;
  Doubles gates, hidden, c, h, dGates, dHidden, dh, dc;

 private:
  void forward(std::int64_t k) {
    const std::int64_t t = stepAt(k);
    double* a = gates.data() + t * G * n;
    for (std::int64_t j = 0; j < G * n; ++j) {
      hidden[at(t * G * n + j)] = fromState(k, j);
      a[j] = fromInput(t, j) + (v.node.type == "gru" && j >= 2 * n ? 0 : hidden[at(t * G * n + j)]);
    }
    for (std::int64_t i = 0; i < n; ++i) {
      double& now = h[at(t * n + i)];
      if (v.node.type == "lstm") {
        a[i] = sigmoidOf(a[i]), a[n + i] = sigmoidOf(a[n + i]), a[2 * n + i] = std::tanh(a[2 * n + i]), a[3 * n + i] = sigmoidOf(a[3 * n + i]);
        c[at(t * n + i)] = a[n + i] * before(c, k, i) + a[i] * a[2 * n + i];
        now = a[3 * n + i] * std::tanh(c[at(t * n + i)]);
      } else if (v.node.type == "gru") {
        a[i] = sigmoidOf(a[i]), a[n + i] = sigmoidOf(a[n + i]);
        a[2 * n + i] = std::tanh(a[2 * n + i] + a[i] * hidden[at((t * G + 2) * n + i)]);
        now = (1 - a[n + i]) * a[2 * n + i] + a[n + i] * before(h, k, i);
      } else {
        now = a[i] = p.relu ? std::max(0.0, a[i]) : std::tanh(a[i]);
      }
    }
  }

  /// dh and dc of step t hold what later steps sent; the sample's own output gradient is added first.
  void backward(std::int64_t k) {
    const std::int64_t t = stepAt(k), wide = n * (p.bidirectional ? 2 : 1), column = p.reverse ? n : 0;
    const double* a = gates.data() + t * G * n;
    double *d = dGates.data() + t * G * n, *e = dHidden.data() + t * G * n;
    for (std::int64_t i = 0; i < n; ++i) {
      double& own = dh[at(t * n + i)];
      if (p.sequence || k == T - 1) own += v.pass.gradient(v.node.id, (p.sequence ? t * wide : 0) + column + i);
      double keeps = 0, keepsCell = 0;  // what passes straight to the step before
      if (v.node.type == "lstm") {
        const double in = a[i], f = a[n + i], g = a[2 * n + i], o = a[3 * n + i], shown = std::tanh(c[at(t * n + i)]);
        double& cell = dc[at(t * n + i)];
        cell += own * o * (1 - shown * shown);
        d[i] = cell * g * in * (1 - in), d[n + i] = cell * before(c, k, i) * f * (1 - f);
        d[2 * n + i] = cell * in * (1 - g * g), d[3 * n + i] = own * shown * o * (1 - o);
        keepsCell = cell * f;
      } else if (v.node.type == "gru") {
        const double r = a[i], z = a[n + i], m = a[2 * n + i];
        d[2 * n + i] = own * (1 - z) * (1 - m * m);
        d[n + i] = own * (before(h, k, i) - m) * z * (1 - z);
        d[i] = d[2 * n + i] * hidden[at((t * G + 2) * n + i)] * r * (1 - r);
        keeps = own * z;
      } else {
        d[i] = own * (p.relu ? (a[i] > 0 ? 1.0 : 0.0) : 1 - a[i] * a[i]);
      }
      for (std::int64_t g = 0; g < G; ++g) e[g * n + i] = d[g * n + i];
      if (v.node.type == "gru") e[2 * n + i] *= a[i];
      if (k == 0) continue;
      dh[at(stepAt(k - 1) * n + i)] += keeps;
      dc[at(stepAt(k - 1) * n + i)] += keepsCell;
    }
    for (std::int64_t i = 0; k > 0 && i < n; ++i)
      for (std::int64_t j = 0; j < G * n; ++j) dh[at(stepAt(k - 1) * n + i)] += e[j] * wh(i, j);
  }
};

/// Inputs × weights of every gate at the unit's own step, and their sums.
StepTable gateTerms(const Trace& trace, const UnitView& v, const RecurrentPlace& p) {
  StepTable table{"Terms of the gates at step " + std::to_string(p.step), {"value"}, {}, {}, "x: the step's input, h: the state one step before; each × the gate's weight"};
  for (const std::string& gate : p.gates) table.columns.push_back("w to " + gate), table.columns.push_back("value × w to " + gate);
  const std::int64_t k = trace.orderOf(p.step);
  std::vector<double> sums(p.gates.size(), 0.0);
  const auto line = [&](const std::string& name, double value, auto&& weight) {
    std::vector<double> row{value};
    for (std::size_t g = 0; g < p.gates.size(); ++g) {
      const double w = weight(static_cast<std::int64_t>(g) * p.units + p.unit);
      sums[g] += value * w;
      row.push_back(w), row.push_back(value * w);
    }
    table.add(name, row);
  };
  for (std::int64_t f = 0; f < trace.features; ++f)
    line(v.nameOf({0, p.step * trace.features + f, -1}), trace.x(p.step, f), [&](std::int64_t j) { return trace.wi(f, j); });
  line("bias of the input", 1, [&](std::int64_t j) { return trace.bi(j); });
  for (std::int64_t i = 0; i < p.units; ++i)
    line("h before, unit " + std::to_string(i), trace.before(trace.h, k, i), [&](std::int64_t j) { return trace.wh(i, j); });
  line("bias of the state", 1, [&](std::int64_t j) { return trace.bh(j); });
  std::vector<double> last{kNan};
  for (const double s : sums) last.push_back(kNan), last.push_back(s);
  table.add("sum", last);
  if (v.node.type == "gru") table.note += "; of n, the part from the state is multiplied with r before it is added";
  return table;
}

}  // namespace

void addRecurrentTables(const UnitView& v, StepSection& forward, StepSection& backward) {
  const RecurrentPlace p = recurrentPlace(v.node, v.in[0], v.q.unit);
  const Trace trace(v, p);
  forward.tables.push_back(gateTerms(trace, v, p));
  const bool lstm = v.node.type == "lstm", gru = v.node.type == "gru";
  StepTable gates{"Gates at each step", gru || lstm ? p.gates : std::vector<std::string>{}, {}, {},
                  lstm ? "i, f, o = σ(sum), g = tanh(sum); c = f·c before + i·g; h = o·tanh(c)"
                       : gru ? "r, z = σ(sum), n = tanh(sum); h = (1 − z)·n + z·h before"
                             : p.relu ? "h = max(0, sum)" : "h = tanh(sum)"};
  StepTable back{"Gradients at each step", {"∂L/∂h"}, {}, {}, "of the gates: at their sums, before σ or tanh"};
  if (lstm) gates.columns.push_back("c"), back.columns.push_back("∂L/∂c");
  gates.columns.push_back("h");
  for (const std::string& g : p.gates) back.columns.push_back("∂L/∂sum of " + g);
  for (std::int64_t t = 0; t < trace.T; ++t) {
    const std::size_t own = Trace::at(t * p.units + p.unit);
    std::vector<double> row, gradients{trace.dh[own]};
    if (lstm) gradients.push_back(trace.dc[own]);
    for (std::int64_t g = 0; g < trace.G; ++g) {
      if (gru || lstm) row.push_back(trace.gate(t, g, p.unit));
      gradients.push_back(trace.dGates[Trace::at((t * trace.G + g) * p.units + p.unit)]);
    }
    if (lstm) row.push_back(trace.c[own]);
    row.push_back(trace.h[own]);
    gates.add("step " + std::to_string(t + 1), row);
    back.add("step " + std::to_string(t + 1), gradients);
  }
  forward.tables.push_back(std::move(gates));
  backward.tables.push_back(std::move(back));
}

}  // namespace vitrine
