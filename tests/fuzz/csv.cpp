#include "core/data/read_table.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  vitrine::CsvFormat format;
  (void)vitrine::readCsvTable(std::string(asText(data, size)), format);
  return 0;
}
