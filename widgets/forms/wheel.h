#pragma once

class QWidget;

namespace vitrine {

/// The wheel changes this field (a combo, a spin box) only when it was chosen first, by a click or a key; else it scrolls what is
/// around it.
void leaveWheelToScrolling(QWidget* field);

}  // namespace vitrine
