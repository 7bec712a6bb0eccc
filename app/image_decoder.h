#pragma once

namespace vitrine {

/// Gives the engine Qt's readers of pictures (PNG, JPEG, BMP, PNM). Called once, before any data are opened.
void installImageDecoder();

}  // namespace vitrine
