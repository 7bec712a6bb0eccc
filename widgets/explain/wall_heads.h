#pragma once

class QScrollArea;

namespace vitrine {

class WallView;

/// Keeps the columns' heads and the input column of a wall in sight while it is scrolled in its area.
void pinWallHeads(QScrollArea* area, WallView* wall);

}  // namespace vitrine
