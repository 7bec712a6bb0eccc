#pragma once

#include <QColor>
#include <QFont>
#include <QIcon>
#include <QString>

#include "core/base/result.h"
#include "core/model/layer.h"

namespace vitrine {

/// Heading of a category in the palette.
QString categoryLabel(Category category);
/// Its colour in the theme in force. A layer of unknown type has that of data.
QColor categoryColor(Category category);
QColor layerColor(const std::string& layerType);
/// A small square of the category's colour, sharp at any scale.
QIcon categoryIcon(Category category);

/// The theme's font at a size in scene units, so that a node's text keeps to its node whatever the screen's density.
QFont sceneFont(int pixels, bool bold = false);

/// Text of the core (UTF-8) in the window.
inline QString fromCore(const std::string& text) { return QString::fromStdString(text); }
/// "1 layer", "3 layers".
QString layersText(std::size_t n);
/// An error as a sentence that begins with a capital.
QString errorSentence(const Error& error);

}  // namespace vitrine
