#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace vitrine {

/// Which file stands at a path: by its place on the disk, size and times; by its bytes where those are others.
class FileMark {
 public:
  FileMark() = default;
  explicit FileMark(const std::filesystem::path& path);

  /// Remembers the bytes too, if it is still the file that was marked; of a large one not. Reads it whole.
  void takeBytes(const std::filesystem::path& path);
  /// Whether another file, or other bytes, stand there now. Nothing there is no other file.
  bool isOther(const std::filesystem::path& path) const;

 private:
  bool sameStamp(const FileMark& other) const;
  bool there_ = false;
  std::uint64_t device_ = 0, inode_ = 0;
  std::int64_t size_ = 0, modified_ = 0, changed_ = 0;  ///< times in nanoseconds
  std::string sha256_;
};

}  // namespace vitrine
