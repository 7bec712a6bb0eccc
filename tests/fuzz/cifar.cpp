// The name tells that it is CIFAR, so this one is a file with a name, in memory where the machine has that.
#include <fstream>

#include "core/data/readers.h"
#include "tests/fuzz/fuzz.h"

namespace {

/// Goes away with the program.
struct Folder {
  Folder() {
    std::error_code code;
    const std::filesystem::path shared = "/dev/shm";
    path = (std::filesystem::is_directory(shared, code) ? shared : std::filesystem::temp_directory_path()) / ("vitrine-fuzz-" + std::to_string(getpid()));
    std::filesystem::create_directories(path);
  }
  ~Folder() {
    std::error_code code;
    std::filesystem::remove_all(path, code);
  }
  std::filesystem::path path;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const std::filesystem::path file = folder.path / "data_batch_1.bin";
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  if (vitrine::isCifar(file)) (void)vitrine::readCifar(file, {}, {});
  return 0;
}
