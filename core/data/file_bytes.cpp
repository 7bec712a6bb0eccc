#include "core/data/file_bytes.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "core/base/sha256.h"
#include "core/data/open.h"

namespace vitrine {
namespace {

constexpr std::size_t kPiece = 1 << 20;

struct Close {
  void operator()(std::FILE* f) const { std::fclose(f); }
};
using File = std::unique_ptr<std::FILE, Close>;

Error systemError(const std::filesystem::path& path, const std::string& what, int code) {
  return problem(what + " (" + std::strerror(code) + ")", shownName(path));
}

// A pipe or a device would be waited for, or read without end.
Result<File> openRegular(const std::filesystem::path& path) {
  std::error_code code;
  const std::filesystem::file_status status = std::filesystem::status(path, code);
  if (!std::filesystem::exists(status)) return problem("there is no such file", path.string());
  if (!std::filesystem::is_regular_file(status)) {
    const bool folder = std::filesystem::is_directory(status);
    return Error{shownName(path), {}, folder ? "a folder" : "a device or pipe", "a file", {}};
  }
  File file(std::fopen(path.c_str(), "rb"));
  if (!file) return systemError(path, "the file cannot be opened", errno);
  return file;
}

/// Hands the file over in pieces; `take` is not called with an empty one.
template <class F>
Status eachPiece(const std::filesystem::path& path, std::stop_token stop, F&& take) {
  Result<File> file = openRegular(path);
  if (!file) return file.error();
  std::string piece(kPiece, '\0');
  while (true) {
    if (stop.stop_requested()) return stopped(path);
    const std::size_t n = std::fread(piece.data(), 1, piece.size(), file->get());
    if (n > 0) take(std::string_view(piece.data(), n));
    if (n < piece.size()) break;
  }
  if (std::ferror(file->get())) return systemError(path, "the file cannot be read to its end", errno);
  return {};
}

}  // namespace

std::int64_t memoryCap() {
  return static_cast<std::int64_t>(sysconf(_SC_PHYS_PAGES)) / 4 * static_cast<std::int64_t>(sysconf(_SC_PAGE_SIZE));
}

std::string bytesText(std::int64_t bytes) {
  char text[48];
  std::snprintf(text, sizeof(text), "%lld", static_cast<long long>(bytes));
  if (bytes < 10000) return std::string(text) + " bytes";
  const char* units[] = {"KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  double size = static_cast<double>(bytes) / 1024;
  for (; size >= 1024 && unit < 3; ++unit) size /= 1024;
  const long long tenths = static_cast<long long>(size * 10);  // whole numbers know no decimal comma
  std::snprintf(text, sizeof(text), "%lld.%lld %s", tenths / 10, tenths % 10, units[unit]);
  return text;
}

Error stopped(const std::filesystem::path& path) { return problem("reading was stopped", shownName(path)); }

std::string shownName(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.empty() ? path.string() : name;
}

Result<std::string> readFileHead(const std::filesystem::path& path, std::size_t limit) {
  Result<File> file = openRegular(path);
  if (!file) return file.error();
  std::string head(limit, '\0');
  head.resize(std::fread(head.data(), 1, limit, file->get()));
  if (std::ferror(file->get())) return systemError(path, "the file cannot be read", errno);
  return head;
}

Result<std::string> readFileBytes(const std::filesystem::path& path, std::stop_token stop) {
  std::error_code code;
  const std::uintmax_t size = std::filesystem::file_size(path, code);
  std::string bytes;
  if (!code) {
    if (size > static_cast<std::uintmax_t>(memoryCap()))
      return Error{shownName(path), {}, bytesText(static_cast<std::int64_t>(size)),
                   "at most " + bytesText(memoryCap()) + ", a quarter of this machine's memory", {}};
    bytes.reserve(size);
  }
  const Status status = eachPiece(path, stop, [&](std::string_view piece) { bytes += piece; });
  if (!status) return status.error();
  return bytes;
}

Result<std::string> fileSha256(const std::filesystem::path& path, std::stop_token stop) {
  Sha256 hash;
  const Status status = eachPiece(path, stop, [&](std::string_view piece) { hash.add(piece); });
  if (!status) return status.error();
  return hash.finish();
}

std::string hashOfFiles(std::span<const std::string> hashes) {
  if (hashes.size() == 1) return hashes[0];
  Sha256 all;
  for (const std::string& h : hashes) all.add(h + '\n');
  return "files:" + all.finish();
}

std::vector<std::filesystem::directory_entry> entriesOf(const std::filesystem::path& folder) {
  std::vector<std::filesystem::directory_entry> all;
  std::error_code code;
  // Not a range: its steps throw.
  for (std::filesystem::directory_iterator it(folder, std::filesystem::directory_options::skip_permission_denied, code), end; !code && it != end; it.increment(code)) all.push_back(*it);
  return all;
}

}  // namespace vitrine
