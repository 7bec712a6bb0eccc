// Batches and epochs, a zero byte between them.
#include <algorithm>

#include "core/io/history_csv.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = asText(data, size);
  const std::size_t cut = std::min(text.find('\0'), text.size());
  (void)vitrine::historyFromCsv(text.substr(0, cut), text.substr(std::min(cut + 1, text.size())), "fuzz");
  return 0;
}
