#include "core/insight/unit_inputs.h"

#include <algorithm>

#include "core/insight/layer_geometry.h"
#include "core/layers/specs.h"

namespace vitrine {
namespace {

/// A node with what is known of it.
struct At {
  const Network& network;
  const Node& node;
  const Shape& out;
  std::vector<Shape> in;
  std::int64_t params = 0;  ///< place of its first parameter
  std::string_view type() const { return node.type; }
};

At look(const Network& network, NodeId id) {
  At at{network, *network.graph().find(id), network.shape(id), {}, 0};
  for (NodeId source : network.graph().inputsOf(id)) at.in.push_back(network.shape(source));
  const std::vector<PlacedBlock> blocks = network.blocksOf(id);
  if (!blocks.empty()) at.params = blocks.front().offset;
  return at;
}

void denseInputs(const At& a, std::int64_t unit, std::vector<UnitInput>& out) {
  const std::int64_t in = a.in[0].dims.back(), units = a.out.dims.back(), step = unit / units, column = unit % units;
  for (std::int64_t i = 0; i < in; ++i) out.push_back({0, step * in + i, a.params + i * units + column});
}

void windowInputs(const At& a, const LayerWindow& w, std::int64_t unit, std::vector<UnitInput>& out) {
  const std::int64_t maps = a.out.dims.back(), map = unit % maps, place = unit / maps;
  const std::int64_t own = w.channels / w.groups, first = w.convolution ? map / (maps / w.groups) * own : map;
  w.forTaps(place, [&](std::int64_t tap, std::int64_t from) {
    if (!w.convolution) return out.push_back({0, from * w.channels + map, -1});
    for (std::int64_t c = 0; c < own; ++c) out.push_back({0, from * w.channels + first + c, a.params + (tap * own + c) * maps + map});
  });
}

void groupInputs(const At& a, std::int64_t unit, std::vector<UnitInput>& out) {
  const std::int64_t n = a.out.dims.back(), group = unit / n;
  for (std::int64_t i = 0; i < n; ++i) out.push_back({0, group * n + i, -1});
}

void globalInputs(const At& a, std::int64_t unit, std::vector<UnitInput>& out) {
  const std::int64_t channels = a.out.dims.back();
  for (std::int64_t p = 0; p < a.in[0].size() / channels; ++p) out.push_back({0, p * channels + unit, -1});
}

void recurrentInputs(const At& a, std::int64_t unit, std::vector<UnitInput>& out) {
  const RecurrentPlace place = recurrentPlace(a.node, a.in[0], unit);
  const std::int64_t steps = a.in[0][0], features = a.in[0][1];
  const std::int64_t first = place.reverse ? place.step : 0, last = place.reverse ? steps - 1 : place.step;
  for (std::int64_t i = first * features; i < (last + 1) * features; ++i) out.push_back({0, i, -1});
}

void concatInputs(const At& a, std::int64_t unit, std::vector<UnitInput>& out) {
  std::int64_t channel = unit % a.out.dims.back();
  for (std::size_t port = 0; port < a.in.size(); ++port) {
    const std::int64_t own = a.in[port].dims.back();
    if (channel < own) return out.push_back({static_cast<int>(port), unit / a.out.dims.back() * own + channel, -1});
    channel -= own;
  }
}

/// PyTorch's order of an image's numbers (channel by channel) at an element in the engine's, and the other way.
std::int64_t fileIndex(const Shape& shape, std::int64_t element) {
  if (!shape.isImage()) return element;
  return element % shape[2] * shape[0] * shape[1] + element / shape[2];
}
std::int64_t engineIndex(const Shape& shape, std::int64_t inFile) {
  if (!shape.isImage()) return inFile;
  const std::int64_t pixels = shape[0] * shape[1];
  return inFile % pixels * shape[2] + inFile / pixels;
}

void addInputs(const At& a, const std::optional<LayerWindow>& window, std::int64_t unit, std::vector<UnitInput>& out) {
  if (a.type() == "dense") {
    denseInputs(a, unit, out);
  } else if (window) {
    windowInputs(a, *window, unit, out);
  } else if (a.type() == "softmax" || a.type() == "layernorm") {
    groupInputs(a, unit, out);
  } else if (a.type() == "global_avgpool" || a.type() == "global_maxpool") {
    globalInputs(a, unit, out);
  } else if (isRecurrent(a.node)) {
    recurrentInputs(a, unit, out);
  } else if (a.type() == "concat") {
    concatInputs(a, unit, out);
  } else if (a.type() == "flatten") {
    out.push_back({0, engineIndex(a.in[0], unit), -1});
  } else if (a.type() == "reshape") {
    out.push_back({0, engineIndex(a.in[0], fileIndex(a.out, unit)), -1});
  } else {  // element by element: activations, noise, batch norm, Add, Multiply, Output
    for (std::size_t port = 0; port < a.in.size(); ++port) out.push_back({static_cast<int>(port), unit, -1});
  }
}

/// Units with the same number read the same inputs: one of them need be followed. Below the node's size.
std::int64_t readerOf(const At& a, const std::optional<LayerWindow>& window, std::int64_t unit) {
  const std::int64_t n = a.out.dims.back();
  if (a.type() == "dense" || a.type() == "softmax" || a.type() == "layernorm") return unit / n;
  if (window && window->convolution) return unit / n * window->groups + unit % n / (n / window->groups);
  if (isRecurrent(a.node)) {
    const RecurrentPlace p = recurrentPlace(a.node, a.in[0], unit);
    return p.sequence ? 2 * p.step + p.reverse : p.reverse;
  }
  return unit;
}

std::optional<LayerWindow> windowAt(const At& a) { return a.in.empty() ? std::nullopt : windowOf(a.node, a.in[0]); }

}  // namespace

std::vector<UnitInput> unitInputs(const Network& network, NodeId node, std::int64_t unit) {
  std::vector<UnitInput> out;
  const At a = look(network, node);
  if (!a.in.empty()) addInputs(a, windowAt(a), unit, out);
  return out;
}

namespace {

/// Marks what the marked units of a node read.
void follow(const At& a, const std::vector<char>& marked, std::vector<std::vector<char>*> inputs) {
  const std::optional<LayerWindow> window = windowAt(a);
  std::vector<char> seen(2 * marked.size());
  std::vector<UnitInput> reads;
  for (std::size_t unit = 0; unit < marked.size(); ++unit) {
    if (!marked[unit]) continue;
    const std::int64_t i = static_cast<std::int64_t>(unit);
    char& known = seen[static_cast<std::size_t>(readerOf(a, window, i))];
    if (known) continue;
    known = 1;
    reads.clear();
    addInputs(a, window, i, reads);
    for (const UnitInput& r : reads) (*inputs[static_cast<std::size_t>(r.port)])[static_cast<std::size_t>(r.element)] = 1;
  }
}

void boundingBox(ReceptiveField& field) {
  const std::int64_t inner = field.shape.rank() > 1 ? field.shape.dims.back() : 1, width = field.shape.isImage() ? field.shape[1] : field.shape.size() / inner;
  field.y0 = field.x0 = field.shape.size();
  for (std::size_t i = 0; i < field.mask.size(); ++i) {
    if (!field.mask[i]) continue;
    ++field.count;
    const std::int64_t place = static_cast<std::int64_t>(i) / inner, y = place / width, x = place % width;
    field.y0 = std::min(field.y0, y), field.y1 = std::max(field.y1, y + 1);
    field.x0 = std::min(field.x0, x), field.x1 = std::max(field.x1, x + 1);
  }
  if (field.count == 0) field.y0 = field.x0 = 0;
}

}  // namespace

ReceptiveField receptiveField(const Network& network, NodeId node, std::int64_t unit) {
  std::map<NodeId, std::vector<char>> masks;
  for (NodeId id : network.order()) masks[id].resize(static_cast<std::size_t>(network.shape(id).size()));
  masks[node][static_cast<std::size_t>(unit)] = 1;
  const std::vector<NodeId>& order = network.order();
  for (auto id = order.rbegin(); id != order.rend(); ++id) {
    const std::vector<char>& marked = masks[*id];
    if (std::find(marked.begin(), marked.end(), 1) == marked.end()) continue;
    std::vector<std::vector<char>*> inputs;
    for (NodeId source : network.graph().inputsOf(*id)) inputs.push_back(&masks[source]);
    if (!inputs.empty()) follow(look(network, *id), marked, std::move(inputs));
  }
  ReceptiveField field;
  field.shape = network.data().input;
  field.mask = std::move(masks[order.front()]);
  boundingBox(field);
  return field;
}

namespace {

std::string indexText(const std::vector<std::int64_t>& at) {
  std::string text = "[";
  for (std::size_t i = 0; i < at.size(); ++i) text += (i ? "," : "") + std::to_string(at[i]);
  return text + "]";
}

/// Every entry of a block whose last coordinate is `column`.
void addColumn(const PlacedBlock& b, std::int64_t column, std::vector<UnitParameter>& out) {
  const Shape& shape = b.block.shape;
  const std::int64_t columns = shape.dims.back();
  for (std::int64_t row = 0; row < b.size() / columns; ++row) {
    std::vector<std::int64_t> at;
    std::int64_t rest = row;
    for (int d = shape.rank() - 2; d >= 0; rest /= shape[d--]) at.insert(at.begin(), rest % shape[d]);
    out.push_back({b.offset + row * columns + column, b.block.name + (at.empty() ? std::string() : indexText(at)), b.block.trainable});
  }
}

void addGates(const Network& network, const At& a, std::int64_t unit, std::vector<UnitParameter>& out) {
  const RecurrentPlace place = recurrentPlace(a.node, a.in[0], unit);
  for (const PlacedBlock& b : network.blocksOf(a.node.id)) {
    if (b.block.name.ends_with("_reverse") != place.reverse) continue;
    const std::int64_t wide = b.block.shape.dims.back();
    for (std::size_t gate = 0; gate < place.gates.size(); ++gate)
      for (std::int64_t row = 0; row < b.size() / wide; ++row) {
        const std::string name = place.gates[gate] + (b.block.shape.rank() > 1 ? "," + std::to_string(row) : std::string());
        out.push_back({b.offset + row * wide + static_cast<std::int64_t>(gate) * place.units + place.unit, b.block.name + "[" + name + "]", b.block.trainable});
      }
  }
}

}  // namespace

std::vector<UnitParameter> unitParameters(const Network& network, NodeId node, std::int64_t unit) {
  std::vector<UnitParameter> out;
  const At a = look(network, node);
  if (a.in.empty()) return out;
  if (isRecurrent(a.node)) {
    addGates(network, a, unit, out);
    return out;
  }
  for (const PlacedBlock& b : network.blocksOf(node)) addColumn(b, b.block.shape.dims.back() == 1 ? 0 : unit % a.out.dims.back(), out);
  return out;
}

std::string unitName(const Shape& shape, std::int64_t unit) {
  if (shape.isImage())
    return "row " + std::to_string(unit / shape[2] / shape[1]) + ", column " + std::to_string(unit / shape[2] % shape[1]) + ", channel " +
           std::to_string(unit % shape[2]);
  if (isSeries(shape)) return "step " + std::to_string(unit / shape[1] + 1) + ", feature " + std::to_string(unit % shape[1]);
  return "unit " + std::to_string(unit);
}

}  // namespace vitrine
