#include "core/io/safetensors.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vitrine::decodeSafetensors(asText(data, size), "fuzz");
  return 0;
}
