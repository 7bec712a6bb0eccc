#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/mutate_project.h"

#include "core/io/project.h"

#include <cstdio>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
  if (seed % 8 == 0) return LLVMFuzzerMutate(data, size, most);  // the ZIP itself
  return vitrine::fuzz::mutateInPlace(data, size, most, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const FileInMemory file(data, size);
  const vitrine::Result<vitrine::OpenedProject> opened = vitrine::openProject(file.path());
  if (!opened) return 0;
  // What was opened can be saved, and what was saved be opened.
  static const std::filesystem::path again = std::filesystem::temp_directory_path() / ("fuzz-" + std::to_string(getpid()) + ".vitrine");
  if (!vitrine::saveProject(again, opened->project)) return 0;
  const vitrine::Result<vitrine::OpenedProject> reopened = vitrine::openProject(again);
  std::filesystem::remove(again);
  if (!reopened) std::fprintf(stderr, "a saved project is refused: %s\n", reopened.error().text().c_str()), std::abort();
  return 0;
}
