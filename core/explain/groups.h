#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/data/dataset.h"

namespace vitrine {

/// A partition of an input's elements into features that are switched on and off together.
struct Groups {
  std::vector<std::int32_t> of;    ///< [input size]: group of each element, 0 … count − 1, none empty
  std::int64_t count = 0;
  std::vector<std::string> names;  ///< one a group, where they have names (columns); else empty
};

/// Every element by itself.
Groups elementGroups(const Shape& shape);
/// Images: a pixel with all its channels. Others: every element by itself.
Groups pixelGroups(const Shape& shape);
/// Images: squares of `size` × `size` pixels over all channels, cut at the right and lower edge; series: stretches of `size`
/// steps. Requires size > 0.
Groups squareGroups(const Shape& shape, std::int64_t size);
/// Images: rows × columns of cells as equal as can be (pixel (r, c) is in cell (rows · r div H, columns · c div W)); series:
/// `rows` stretches. Requires numbers ≥ 1, and not more than there are pixels.
Groups gridGroups(const Shape& shape, std::int64_t rows, std::int64_t columns);
/// Images: about `count` connected patches of similar pixels, SLIC (Achanta et al. 2012): k-means over place and value,
/// `compactness` weighs place against value. Each patch is connected. Series: gridGroups(shape, count, 1).
Groups patchGroups(const Shape& shape, std::span<const Real> input, std::int64_t count, double compactness = 0.1);
/// Series: every step with all its features. Others: every element by itself.
Groups stepGroups(const Shape& shape);
/// Tables: one group for each column of the table that was read: the one-hot columns that came from one column together,
/// named as in the file. Features made from several columns stand by themselves. Windows of series: a column at all steps.
Groups columnGroups(const Dataset& data);

/// The parameter every method with groups has ("groups": auto, elements, pixels, squares, grid, patches, steps) and its sizes.
std::vector<Param> groupParams();
/// What the settings say for this input; "auto": features of a table, steps of a series, a grid of at most 7 × 7 cells of an image. Refuses
/// given groups that do not fit.
Result<Groups> chooseGroups(const Shape& shape, std::span<const Real> input, std::span<const std::int32_t> given, const Params& settings,
                            std::span<const Param> described);

}  // namespace vitrine
