// From a file's bytes by the usual recipe to a data set, as opening does it.
#include "core/data/open.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const vitrine::Result<vitrine::TableFile> file =
      vitrine::readTableBytes(std::string(asText(data + 1, size - 1)), data[0] % 2 ? "arff" : "csv", "fuzz");
  if (file) (void)vitrine::prepareFile(*file, file->recipe);
  return 0;
}
