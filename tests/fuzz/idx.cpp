// Packed by gzip or not: the content tells.
#include "core/data/idx_file.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FileInMemory file(data, size);
  for (const int rank : {1, 3}) (void)vitrine::readIdxFile(file.path(), rank, 0, {}, [](double) {});
  return 0;
}
