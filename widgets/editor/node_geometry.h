#pragma once

namespace vitrine {

// Sizes of the editor's drawing, in scene units (= pixels at zoom 1). core's autoLayout() assumes the same numbers.
constexpr double kNodeWidth = 120;
constexpr double kNodeHeight = 105;
constexpr double kNodeSpacingX = 146;  ///< from a node's left edge to the next one's
constexpr double kNodeSpacingY = 150;  ///< from row to row: the output shape stands between
constexpr double kGrid = 8;            ///< moved nodes snap to it

}  // namespace vitrine
