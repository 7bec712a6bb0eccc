#pragma once

#include <string>
#include <vector>

#include "core/model/network.h"

namespace vitrine {

/// One number that a unit reads from the node before it.
struct UnitInput {
  int port = 0;               ///< input port of the unit's node
  std::int64_t element = 0;   ///< index in that input's sample, in the engine's layout
  std::int64_t weight = -1;   ///< place in the flat parameter vector of what it is multiplied with; -1: nothing
};

/// One parameter that belongs to a unit.
struct UnitParameter {
  std::int64_t at = 0;  ///< place in the flat parameter vector
  std::string label;    ///< "weight[3]", "weight[1,0,2]", "bias", "weight_ih_l0[i,4]"
  bool trainable = true;
};

/// What unit `unit` (an index in the node's output, engine layout) reads directly, in order of (port, element): exact, from kernel,
/// stride, dilation, padding and groups; zeros of the padding are left out. A recurrent unit reads all steps up to its own.
/// Normalising layers: Mode::Eval (batch norm reads its own element); layer norm and softmax read their group.
std::vector<UnitInput> unitInputs(const Network& network, NodeId node, std::int64_t unit);

/// The parameters that only this unit (dense), its filter or channel (convolution, batch norm), or all of its gates use.
std::vector<UnitParameter> unitParameters(const Network& network, NodeId node, std::int64_t unit);

/// "unit 3", "row 2, column 4, channel 1", "step 2, feature 0": counted from 0, but steps, which are moments, from 1.
std::string unitName(const Shape& shape, std::int64_t unit);

/// Which numbers of the input can change a unit at all: the whole way down, through merges, exact to the pixel.
struct ReceptiveField {
  Shape shape;                 ///< the input's
  std::vector<char> mask;      ///< [shape.size()]: 1 where the unit looks
  std::int64_t count = 0;      ///< ones in the mask
  std::int64_t y0 = 0, y1 = 0, x0 = 0, x1 = 0;  ///< smallest box around them, ends excluded; a series: x is the step, one row
};
ReceptiveField receptiveField(const Network& network, NodeId node, std::int64_t unit);

}  // namespace vitrine
