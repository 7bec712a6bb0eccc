#include "core/io/atomic_file.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <system_error>

#include "core/base/numbers.h"

namespace vitrine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".part";

/// Where a link leads in the end, whether or not there is a file yet.
fs::path followLinks(fs::path path, std::error_code& error) {
  constexpr int kMostLinks = 40;  // as the kernel has it
  for (int i = 0; i < kMostLinks; ++i) {
    std::error_code none;
    if (!fs::is_symlink(path, none)) return path;
    const fs::path next = fs::read_symlink(path, error);
    if (error) return path;
    path = next.is_absolute() ? next : path.parent_path() / next;
  }
  error = std::make_error_code(std::errc::too_many_symbolic_link_levels);
  return path;
}

/// As much of a name as leaves room for `more` bytes, cut between two letters.
std::string shortened(const std::string& name, std::size_t most, std::size_t more) {
  if (name.size() + more <= most) return name;
  std::size_t cut = most > more ? most - more : 0;
  while (cut > 0 && (static_cast<unsigned char>(name[cut]) & 0xC0) == 0x80) --cut;
  return name.substr(0, cut);
}

std::size_t longestName(const fs::path& folder) {
  const long most = ::pathconf(folder.c_str(), _PC_NAME_MAX);
  return most > 0 ? static_cast<std::size_t>(most) : 255;
}

/// ".<name>.<process>-<serial>.part", the name shortened where the whole were too long.
std::string temporaryName(const std::string& name, std::size_t most, std::int64_t process, std::uint64_t serial) {
  const std::string tail = '.' + std::to_string(process) + '-' + std::to_string(serial) + std::string(kEnding);
  return '.' + shortened(name, most, tail.size() + 1) + tail;
}

/// Takes away what saves of the same file left behind when their process was killed.
void removeLeftovers(const fs::path& folder, const std::string& name, std::size_t most) {
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    const std::string found = it->path().filename().string();
    if (!found.ends_with(kEnding)) continue;
    const std::string_view body(found.data(), found.size() - kEnding.size());
    const std::size_t dash = body.rfind('-'), dot = body.rfind('.');
    if (dot == std::string_view::npos || dash == std::string_view::npos || dash < dot) continue;
    const std::optional<std::int32_t> process = parseNumber<std::int32_t>(body.substr(dot + 1, dash - dot - 1));
    const std::optional<std::uint64_t> serial = parseNumber<std::uint64_t>(body.substr(dash + 1));
    if (!process || !serial || *process < 1 || found != temporaryName(name, most, *process, *serial)) continue;
    struct stat status = {};
    if (::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) continue;
    if (::kill(*process, 0) != 0 && errno == ESRCH) ::unlink(it->path().c_str());
  }
}

}  // namespace

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
  target_ = followLinks(path_, error);
  if (error) return failure("follow the link", error.value());

  struct stat old = {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (!exists && errno == ENAMETOOLONG) return failure("write", errno);
  if (exists && S_ISDIR(old.st_mode)) return failure("write", EISDIR);
  if (exists && !S_ISREG(old.st_mode)) return Error{path_.string(), {}, "a device or pipe", "a file", {}};
  // A file that its owner has made read-only is not replaced behind the owner's back.
  if (exists && ::access(target_.c_str(), W_OK) != 0) return failure("write", errno);

  fs::path folder = target_.parent_path();
  if (folder.empty()) folder = ".";
  const std::string name = target_.filename().string();
  const std::size_t most = longestName(folder);
  removeLeftovers(folder, name, most);
  for (int attempt = 0; attempt < 100 && handle_ < 0; ++attempt) {
    static std::atomic<unsigned> serial{0};
    temporary_ = (folder / temporaryName(name, most, ::getpid(), serial++)).string();
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
