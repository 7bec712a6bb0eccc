#pragma once

namespace vitrine {

/// Gives the engine readers of pictures: Qt's (PNG, BMP, GIF, TIFF, WebP) with checks that no pixels are made up, libjpeg's and its own (PNM).
/// Called once, before any data are opened.
void installImageDecoder();

}  // namespace vitrine
