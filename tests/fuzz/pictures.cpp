// What is read of pictures without the toolkit: kinds, PNM, and whether BMP and GIF are whole.
#include "core/data/picture_checks.h"
#include "core/data/picture_kind.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = asText(data, size);
  (void)vitrine::pictureKind(bytes, "fuzz.png");
  (void)vitrine::checkBmp(bytes, "fuzz.bmp");
  (void)vitrine::checkGif(bytes, "fuzz.gif");
  (void)vitrine::readPnmHeader(bytes, "fuzz.pnm");
  if (const auto image = vitrine::readPnm(bytes, "fuzz.pnm"); image && image->values.size() != static_cast<std::size_t>(image->height * image->width * image->channels)) std::abort();
  return 0;
}
