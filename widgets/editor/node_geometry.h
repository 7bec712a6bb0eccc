#pragma once

namespace vitrine {

// Sizes of the editor's drawing, in scene units (= pixels at zoom 1). core's autoLayout() leaves room for them.
constexpr double kNodeWidth = 128;
constexpr double kNodeHeight = 112;
constexpr double kNodeSpacingX = 152;  ///< from a node's left edge to the next one's
constexpr double kNodeSpacingY = 168;  ///< from row to row: the output shape stands between
constexpr double kGrid = 8;            ///< moved nodes snap to it

}  // namespace vitrine
