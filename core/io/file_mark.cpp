#include "core/io/file_mark.h"

#include <sys/stat.h>

#include "core/data/open.h"

namespace vitrine {

FileMark::FileMark(const std::filesystem::path& path) {
  struct stat s = {};
  if (::stat(path.c_str(), &s) != 0) return;
  const auto nanoseconds = [](const timespec& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; };
  there_ = true;
  device_ = s.st_dev;
  inode_ = s.st_ino;
  size_ = s.st_size;
  modified_ = nanoseconds(s.st_mtim);
  changed_ = nanoseconds(s.st_ctim);
}

bool FileMark::sameStamp(const FileMark& o) const {
  return there_ == o.there_ && device_ == o.device_ && inode_ == o.inode_ && size_ == o.size_ && modified_ == o.modified_ && changed_ == o.changed_;
}

void FileMark::takeBytes(const std::filesystem::path& path) {
  constexpr std::int64_t kMost = std::int64_t{256} << 20;  // of larger files place, size and times must do
  if (!there_ || size_ > kMost) return;
  const Result<std::string> sum = fileSha256(path);
  if (sum && sameStamp(FileMark(path))) sha256_ = *sum;
}

bool FileMark::isOther(const std::filesystem::path& path) const {
  const FileMark now(path);
  if (!now.there_ || sameStamp(now)) return false;
  if (sha256_.empty() || now.size_ != size_) return true;
  const Result<std::string> sum = fileSha256(path);
  return !sum || *sum != sha256_;
}

}  // namespace vitrine
