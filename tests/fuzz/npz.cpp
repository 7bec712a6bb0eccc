#include "core/base/zip_archive.h"
#include "core/data/npy.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = asText(data, size);
  const auto names = vitrine::zipNames(bytes, "fuzz.npz");
  if (!names) return 0;
  const auto entries = vitrine::readZip(bytes, *names, "fuzz.npz", "an archive of arrays");
  if (!entries) return 0;
  for (const auto& [name, content] : *entries) (void)vitrine::readNpy(content, name);
  return 0;
}
