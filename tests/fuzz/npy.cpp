#include "core/data/npy.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vitrine::readNpy(asText(data, size), "fuzz.npy");
  return 0;
}
