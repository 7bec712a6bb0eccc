// An NPZ as it is opened: which arrays are used, and as a table or as images.
#include "core/data/arrays.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FileInMemory file(data, size);
  const auto table = vitrine::arraysAreTable(file.path(), "npz");
  if (!table) return 0;
  vitrine::Result<vitrine::ArrayFile> arrays = vitrine::readArrayFile(file.path(), "npz");
  if (!arrays) return 0;
  if (*table)
    (void)vitrine::tableOfArrays(*arrays);
  else
    (void)vitrine::imagesOfArrays(std::move(*arrays), "auto");
  return 0;
}
