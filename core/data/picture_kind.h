#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace vitrine {

/// What a file is, as far as it is a picture.
struct PictureKind {
  std::string name;       ///< "PNG", "HEIC"; empty: no picture that is known
  bool readable = false;  ///< pixels that this program reads: PNG, JPEG, BMP, PNM, GIF, TIFF, WebP
};

/// So many bytes from the beginning are enough for pictureKind.
inline constexpr std::size_t kPictureHead = 4096;
/// By a file's content, whatever it is called. Drawings and scripts (SVG, PDF, PostScript) are never readable.
PictureKind pictureKind(std::string_view head);
/// The same; where the content does not tell, by the file's ending. A camera's raw format, which looks like TIFF, is none.
PictureKind pictureKind(std::string_view head, const std::filesystem::path& path);

/// "PNG, JPEG, BMP, PNM, GIF, TIFF and WebP".
inline constexpr const char* kReadablePictures = "PNG, JPEG, BMP, PNM, GIF, TIFF and WebP";

}  // namespace vitrine
