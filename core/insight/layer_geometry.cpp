#include "core/insight/layer_geometry.h"

#include "core/layers/specs.h"

namespace vitrine {

std::optional<LayerWindow> windowOf(const Node& node, const Shape& in) {
  const bool conv = node.type == "conv2d" || node.type == "conv1d", series = node.type.ends_with("1d");
  if (!conv && node.type != "maxpool2d" && node.type != "avgpool2d" && node.type != "maxpool1d" && node.type != "avgpool1d") return {};
  const std::span<const Param> described = findLayer(node.type)->params;
  const auto sizes = [&](const char* id, std::int64_t height) {
    return series ? IntPair{height, param<std::int64_t>(node.params, described, id)} : param<IntPair>(node.params, described, id);
  };
  const Shape image = series ? asRow(in) : in;
  const IntPair kernel = sizes("kernel", 1), stride = sizes("stride", 1), dilation = conv ? sizes("dilation", 1) : IntPair{1, 1};
  const Result<Window> w = windowOver(image, kernel, stride, param<std::string>(node.params, described, "padding"),
                                      conv ? sizes("padding_size", 0) : IntPair{0, 0}, dilation);
  LayerWindow out;
  out.height = image[0], out.width = image[1], out.channels = image[2];
  out.outHeight = w->outH, out.outWidth = w->outW;
  out.kernelH = w->kernelH, out.kernelW = w->kernelW, out.strideH = w->strideH, out.strideW = w->strideW;
  out.padTop = w->padTop, out.padLeft = w->padLeft, out.dilationH = dilation[0], out.dilationW = dilation[1];
  out.groups = conv ? param<std::int64_t>(node.params, described, "groups") : 1;
  out.convolution = conv;
  return out;
}

bool isRecurrent(const Node& node) { return node.type == "simple_rnn" || node.type == "lstm" || node.type == "gru"; }

RecurrentPlace recurrentPlace(const Node& node, const Shape& in, std::int64_t unit) {
  const std::span<const Param> described = findLayer(node.type)->params;
  RecurrentPlace p;
  p.units = param<std::int64_t>(node.params, described, "units");
  p.bidirectional = param<bool>(node.params, described, "bidirectional");
  p.sequence = param<std::string>(node.params, described, "output") == "sequence";
  p.relu = node.type == "simple_rnn" && param<std::string>(node.params, described, "activation") == "relu";
  const std::int64_t wide = p.units * (p.bidirectional ? 2 : 1), column = unit % wide;
  p.reverse = column >= p.units;
  p.unit = column % p.units;
  p.step = p.sequence ? unit / wide : p.reverse ? 0 : in[0] - 1;
  if (node.type == "lstm") p.gates = {"i", "f", "g", "o"};
  else if (node.type == "gru") p.gates = {"r", "z", "n"};
  else p.gates = {"h"};
  return p;
}

}  // namespace vitrine
