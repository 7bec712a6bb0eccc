#include "app/jpeg_reader.h"

#include <csetjmp>
#include <cstdio>
// libjpeg's headers come after <cstdio>.
#include <jpeglib.h>
#include <jerror.h>

namespace vitrine {
namespace {

constexpr int kMostScans = 500;  ///< a small file of a large picture can have many thousands, each as long to decode as the first

/// libjpeg's error handling: the way back, and what was met.
struct Faults {
  jpeg_error_mgr base{};
  std::jmp_buf back;
  bool take = false;
  char text[JMSG_LENGTH_MAX] = {};
};

Faults& faultsOf(j_common_ptr info) { return *reinterpret_cast<Faults*>(info->err); }

/// Only the first is told: others follow from it.
void keep(j_common_ptr info) {
  Faults& f = faultsOf(info);
  if (!f.text[0]) info->err->format_message(info, f.text);
}

[[noreturn]] void stop(j_common_ptr info) {
  keep(info);
  std::longjmp(faultsOf(info).back, 1);
}

/// A warning: pixels are missing or wrong, but for those that only speak of the header.
void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  const auto* d = reinterpret_cast<j_decompress_ptr>(info);
  switch (info->err->msg_code) {
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_ICC: return;
    // The end mark is missing. In a picture of one scan another warning follows if its codes are, too.
    case JWRN_JPEG_EOF:
      if (d->is_decompressor && !d->progressive_mode && !d->arith_code && d->comps_in_scan == d->num_components) return;
      break;
    default: break;
  }
  if (!faultsOf(info).take) stop(info);
  keep(info);
}

void countScans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number <= kMostScans) return;
  std::snprintf(faultsOf(info).text, JMSG_LENGTH_MAX, "more than %d scans", kMostScans);
  stop(info);
}

/// Nothing here has a destructor: errors leave by longjmp.
bool decode(jpeg_decompress_struct& info, Faults& faults, jpeg_progress_mgr& progress, std::string_view bytes, QImage& image) {
  if (setjmp(faults.back)) return false;
  jpeg_create_decompress(&info);
  info.progress = &progress;
  jpeg_mem_src(&info, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&info, TRUE);
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : info.jpeg_color_space == JCS_GRAYSCALE ? JCS_GRAYSCALE : JCS_RGB;
  image = QImage(int(info.image_width), int(info.image_height), inks ? QImage::Format_RGB32 : info.out_color_space == JCS_GRAYSCALE ? QImage::Format_Grayscale8 : QImage::Format_RGB888);
  if (image.isNull()) {
    std::snprintf(faults.text, JMSG_LENGTH_MAX, "no memory for %u x %u pixels", info.image_width, info.image_height);
    return false;
  }
  jpeg_start_decompress(&info);
  while (info.output_scanline < info.output_height) {
    JSAMPROW row = image.scanLine(int(info.output_scanline));
    jpeg_read_scanlines(&info, &row, 1);
    if (!inks) continue;
    // Four bytes a pixel become four: as Adobe has it, inks are stored inverted.
    auto* pixel = reinterpret_cast<QRgb*>(row);
    for (int x = 0; x < image.width(); ++x) {
      const JSAMPLE* c = row + 4 * x;
      const int k = c[3], invert = info.saw_Adobe_marker ? 0 : 255;
      const auto light = [&](int ink) { return (ink ^ invert) * (k ^ invert) / 255; };
      pixel[x] = qRgb(light(c[0]), light(c[1]), light(c[2]));
    }
  }
  return true;
}

}  // namespace

Result<QImage> readJpeg(std::string_view bytes, const std::string& name, std::string* damage) {
  jpeg_decompress_struct info{};
  Faults faults;
  info.err = jpeg_std_error(&faults.base);
  faults.base.error_exit = stop;
  faults.base.emit_message = warn;
  faults.take = damage != nullptr;
  jpeg_progress_mgr progress{};
  progress.progress_monitor = countScans;
  QImage image;
  const bool whole = decode(info, faults, progress, bytes, image);
  jpeg_destroy_decompress(&info);
  if (!whole) return Error{name, {}, std::string("a damaged picture (") + faults.text + ")", "an intact one", {}};
  if (damage) *damage = faults.text;
  return image;
}

}  // namespace vitrine
