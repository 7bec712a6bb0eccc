// Any JSON, and a network's graph.
#include "core/io/project.h"
#include "core/io/strict_json.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  (void)vitrine::parseStrict(asText(data, size), "fuzz");
  (void)vitrine::graphFromJson(asText(data, size));
  return 0;
}
