#include "core/io/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace vitrine {

AtomicFile::AtomicFile(std::filesystem::path path) : path_(std::move(path)) {}

AtomicFile::~AtomicFile() { abandon(); }

Error AtomicFile::failure(const char* doing, int code) const {
  return problem(std::string("Could not ") + doing + ": " + std::generic_category().message(code), path_.string());
}

void AtomicFile::abandon() {
  if (handle_ >= 0) ::close(handle_);
  handle_ = -1;
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
}

Status AtomicFile::open() {
  abandon();
  std::error_code error;
  target_ = path_;
  if (std::filesystem::is_symlink(path_, error)) {
    const std::filesystem::path resolved = std::filesystem::weakly_canonical(path_, error);
    if (error) return failure("follow the link", error.value());
    target_ = resolved;
  }
  if (std::filesystem::is_directory(target_, error)) return failure("write", EISDIR);

  struct stat old = {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  // A file that its owner has made read-only is not replaced behind the owner's back.
  if (exists && ::access(target_.c_str(), W_OK) != 0) return failure("write", errno);

  for (int attempt = 0; attempt < 100 && handle_ < 0; ++attempt) {
    static std::atomic<unsigned> serial{0};
    std::string name = ".";
    name += target_.filename().string();
    name += '.' + std::to_string(::getpid()) + '-' + std::to_string(serial++) + ".part";
    temporary_ = (target_.parent_path() / name).string();
    handle_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (handle_ < 0 && errno != EEXIST) break;
  }
  if (handle_ < 0) {
    const int code = errno;
    temporary_.clear();  // another's file is not ours to remove
    return failure("write in this folder", code);
  }
  if (exists && ::fchmod(handle_, old.st_mode & 07777) != 0) {
    const int code = errno;
    abandon();
    return failure("set permissions", code);
  }
  return {};
}

Status AtomicFile::write(std::string_view bytes) {
  assert(handle_ >= 0);
  while (!bytes.empty()) {
    const ssize_t written = ::write(handle_, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      const int code = errno;
      abandon();
      return failure("write", code);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status AtomicFile::commit() {
  if (handle_ < 0) return problem("Nothing was written", path_.string());
  if (::fsync(handle_) != 0) {
    const int code = errno;
    abandon();
    return failure("write to the disk", code);
  }
  const int closed = ::close(handle_);
  handle_ = -1;
  if (closed != 0) {
    const int code = errno;
    abandon();
    return failure("close", code);
  }
  if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
    const int code = errno;
    abandon();
    return failure("put the file in place", code);
  }
  temporary_.clear();
  // The name itself is safe only when the folder is on the disk. Some file systems cannot flush a folder; the file is
  // in place by then, so that is no error to report.
  std::filesystem::path folder = target_.parent_path();
  if (folder.empty()) folder = ".";
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle >= 0) {
    ::fsync(handle);
    ::close(handle);
  }
  return {};
}

}  // namespace vitrine
