#pragma once

#include <QString>

class QWidget;

namespace vitrine {

/// What a layer does, its formula and its parameters, as rich text. Empty for an unknown id.
QString layerHelpText(const QString& layerId);
/// The same in a window that stays beside the network; one at a time.
void showLayerHelp(const QString& layerId, QWidget* parent);

}  // namespace vitrine
