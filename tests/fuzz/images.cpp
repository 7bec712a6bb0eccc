// Images from an NPZ, prepared as the import dialog first shows them.
#include "core/data/image_set.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const vitrine::Result<vitrine::ImageSetPtr> set = vitrine::readImageBytes(std::string(asText(data, size)), "npz", "fuzz.npz");
  if (set) (void)vitrine::prepareImages(*set, vitrine::defaultRecipe(**set));
  return 0;
}
