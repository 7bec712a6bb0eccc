#pragma once

// Where the windows of convolutions and pooling lie, and which step, direction and gates a recurrent unit has.

#include <optional>
#include <string>
#include <vector>

#include "core/model/graph.h"

namespace vitrine {

/// The window of a convolution or pooling layer over an image; a series is an image of one row.
struct LayerWindow {
  std::int64_t height = 0, width = 0, channels = 0;  ///< of the input
  std::int64_t outHeight = 0, outWidth = 0;
  std::int64_t kernelH = 1, kernelW = 1, strideH = 1, strideW = 1, padTop = 0, padLeft = 0, dilationH = 1, dilationW = 1, groups = 1;
  bool convolution = false;  ///< else pooling: each channel by itself

  /// f(tap, input place) for every tap of the window at output place `place` that lies in the image, in row-major order.
  template <class F>
  void forTaps(std::int64_t place, F&& f) const {
    const std::int64_t top = place / outWidth * strideH - padTop, left = place % outWidth * strideW - padLeft;
    for (std::int64_t u = 0; u < kernelH; ++u)
      for (std::int64_t v = 0; v < kernelW; ++v) {
        const std::int64_t y = top + u * dilationH, x = left + v * dilationW;
        if (y >= 0 && y < height && x >= 0 && x < width) f(u * kernelW + v, y * width + x);
      }
  }
};
/// Nothing for other layers.
std::optional<LayerWindow> windowOf(const Node& node, const Shape& in);

bool isRecurrent(const Node& node);
struct RecurrentPlace {
  std::int64_t units = 0, unit = 0;
  std::int64_t step = 0;   ///< whose state the number is
  bool reverse = false;    ///< of the pass from the last step to the first
  bool sequence = false, bidirectional = false, relu = false;
  std::vector<std::string> gates;  ///< PyTorch's order: LSTM i, f, g, o; GRU r, z, n; simple: h
};
/// Requires isRecurrent(node).
RecurrentPlace recurrentPlace(const Node& node, const Shape& in, std::int64_t unit);

}  // namespace vitrine
