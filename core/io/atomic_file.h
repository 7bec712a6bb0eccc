#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace vitrine {

/// A file that is either wholly written or not touched. Bytes go to a hidden file beside the target; commit() flushes
/// it to the disk, gives it the target's name in one step and flushes the folder. Without commit() the target stays
/// as it was. An existing file keeps its permissions; a symbolic link is followed, so that it stays a link, even where it
/// leads to no file yet. What saves of the same file left behind when their process was killed is taken away.
class AtomicFile {
 public:
  explicit AtomicFile(std::filesystem::path path);
  /// Abandons what was not committed.
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;

  /// Errors name the target file and the system's reason.
  Status open();
  /// Appends. Requires a successful open().
  Status write(std::string_view bytes);
  /// After an error the target is as it was before.
  Status commit();

 private:
  Error failure(const char* doing, int code) const;
  void abandon();

  std::filesystem::path path_;
  std::filesystem::path target_;
  std::string temporary_;
  int handle_ = -1;
};

}  // namespace vitrine
