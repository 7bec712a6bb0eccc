#include "core/data/open.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vitrine::decodeTable(asText(data, size));
  return 0;
}
