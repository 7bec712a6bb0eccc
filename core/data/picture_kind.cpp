#include "core/data/picture_kind.h"

#include <algorithm>
#include <array>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::size_t at;
  std::string_view bytes;
  const char* name;
  bool readable;
};

constexpr std::array<Signature, 30> kSignatures{{
    {0, "\x89PNG\r\n\x1a\n"sv, "PNG", true},
    {0, "\xff\xd8\xff"sv, "JPEG", true},
    {0, "GIF87a"sv, "GIF", true},
    {0, "GIF89a"sv, "GIF", true},
    {8, "CR\2\0"sv, "camera raw", false},  // otherwise like TIFF
    {0, "II*\0"sv, "TIFF", true},
    {0, "MM\0*"sv, "TIFF", true},
    {0, "II+\0"sv, "TIFF", true},
    {0, "MM\0+"sv, "TIFF", true},
    {0, "8BPS"sv, "Photoshop", false},
    {0, "\0\0\0\x0cjP  "sv, "JPEG 2000", false},
    {0, "\xff\x4f\xff\x51"sv, "JPEG 2000", false},
    {0, "\0\0\0\x0cJXL "sv, "JPEG XL", false},
    {0, "\xff\x0a"sv, "JPEG XL", false},
    {0, "\0\0\1\0"sv, "icon", false},
    {0, "\0\0\2\0"sv, "cursor", false},
    {0, "\x76\x2f\x31\x01"sv, "OpenEXR", false},
    {0, "#?RADIANCE"sv, "Radiance HDR", false},
    {0, "DDS "sv, "DDS", false},
    {0, "SIMPLE  ="sv, "FITS", false},
    {128, "DICM"sv, "DICOM", false},
    {0, "qoif"sv, "QOI", false},
    {0, "P7\n"sv, "PAM", false},
    {0, "\x8aMNG"sv, "MNG", false},
    {0, "%PDF"sv, "PDF", false},
    {0, "%!PS"sv, "PostScript", false},
    {0, "\xd7\xcd\xc6\x9a"sv, "Windows metafile", false},
    {0, "/* XPM */"sv, "XPM", false},
    {0, "gimp xcf"sv, "GIMP", false},
    {0, "II\xbc"sv, "JPEG XR", false},
}};

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool isSvg(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  while (!head.empty() && isBlank(head[0])) head.remove_prefix(1);
  return head.starts_with('<') && lowerAscii(head).find("<svg") != std::string::npos;
}

/// Formats that are told by their ending alone, or whose content was not known.
std::string nameByEnding(const std::string& ending) {
  static constexpr const char* kEndings[] = {".heic", ".heif", ".avif", ".psd", ".svg",  ".svgz", ".jp2", ".j2k", ".jxl", ".ico", ".pcx", ".tga", ".exr",
                                             ".hdr",  ".xpm",  ".xbm",  ".eps", ".ai",   ".pdf",  ".wmf", ".emf", ".dds", ".fits", ".dcm", ".xcf", ".raw"};
  if (std::find(std::begin(kEndings), std::end(kEndings), ending) == std::end(kEndings)) return {};
  std::string name = ending.substr(1);
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return name;
}

bool isCameraRaw(const std::string& ending) {
  static constexpr const char* kEndings[] = {".cr2", ".cr3", ".nef", ".arw", ".dng", ".orf", ".raf", ".rw2", ".pef", ".srw"};
  return std::find(std::begin(kEndings), std::end(kEndings), ending) != std::end(kEndings);
}

}  // namespace

PictureKind pictureKind(std::string_view head) {
  for (const Signature& s : kSignatures)
    if (head.size() >= s.at && head.substr(s.at).starts_with(s.bytes)) return {s.name, s.readable};
  if (head.size() >= 12 && head.starts_with("RIFF") && head.substr(8, 4) == "WEBP") return {"WebP", true};
  // "BM" alone begins many a text: the size of the header that follows tells.
  if (head.size() >= 18 && head.starts_with("BM") && head.substr(15, 3) == "\0\0\0"sv && std::string_view("\x0c\x10\x28\x34\x38\x40\x6c\x7c"sv).find(head[14]) != std::string_view::npos) return {"BMP", true};
  if (head.size() >= 3 && head[0] == 'P' && head[1] >= '1' && head[1] <= '6' && (isBlank(head[2]) || head[2] == '#')) return {"PNM", true};
  if (head.size() >= 12 && head.substr(4, 4) == "ftyp") {
    const std::string_view brand = head.substr(8, 4);
    if (brand == "avif" || brand == "avis") return {"AVIF", false};
    if (brand.starts_with("he") || brand == "mif1" || brand == "msf1") return {"HEIC", false};
    if (brand == "crx ") return {"camera raw", false};
  }
  if (isSvg(head)) return {"SVG", false};
  return {};
}

PictureKind pictureKind(std::string_view head, const std::filesystem::path& path) {
  const std::string ending = lowerAscii(path.extension().string());
  if (isCameraRaw(ending)) return {"camera raw", false};
  PictureKind kind = pictureKind(head);
  if (kind.name.empty()) kind.name = nameByEnding(ending);
  return kind;
}

}  // namespace vitrine
