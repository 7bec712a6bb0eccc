#include "core/base/zip_archive.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace vitrine {
namespace {

constexpr zip_uint64_t kMostBytes = zip_uint64_t{1} << 30, kMostRatio = 1000, kRatioFrom = 1 << 20;
constexpr zip_uint64_t kMostTogether = zip_uint64_t{4} << 30;
constexpr zip_int64_t kMostEntries = 10000;

struct Discard {
  void operator()(zip_t* z) const { zip_discard(z); }
};
struct CloseFile {
  void operator()(zip_file_t* f) const { zip_fclose(f); }
};

std::string textOf(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

using Zip = std::unique_ptr<zip_t, Discard>;

Result<Zip> openSource(zip_source_t* source, const std::string& file, const char* expected) {
  zip_error_t error;
  zip_error_init(&error);
  zip_t* opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (!opened) {
    zip_source_free(source);
    return Error{file, {}, "no intact ZIP archive (" + textOf(error) + ")", expected, {}};
  }
  return Zip(opened);
}

/// The archive for reading; it looks into `bytes`.
Result<Zip> openZip(std::string_view bytes, const std::string& file, const char* expected) {
  if (bytes.empty()) return Error{file, {}, "an empty file", expected, {}};  // libzip takes it for an archive of nothing
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source) return Error{file, {}, {}, {}, "It cannot be read: " + textOf(error)};
  return openSource(source, file, expected);
}

/// The archive in a file; nothing but its directory is read.
Result<Zip> openZipFile(const std::filesystem::path& path, const std::string& file, const char* expected) {
  // Without waiting: a pipe would keep us until somebody writes into it.
  const int handle = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (handle < 0) return Error{file, {}, {}, {}, "It cannot be read: " + std::generic_category().message(errno)};
  struct stat status = {};
  const bool known = ::fstat(handle, &status) == 0;
  std::FILE* stream = known && S_ISREG(status.st_mode) && status.st_size > 0 ? ::fdopen(handle, "rb") : nullptr;
  if (!stream) {
    ::close(handle);
    const char* found = !known || S_ISREG(status.st_mode) ? "an empty file" : S_ISDIR(status.st_mode) ? "a folder" : "a device or pipe";
    return Error{file, {}, found, expected, {}};
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_filep_create(stream, 0, -1, &error);
  if (!source) {
    std::fclose(stream);
    return Error{file, {}, {}, {}, "It cannot be read: " + textOf(error)};
  }
  return openSource(source, file, expected);
}

/// Sizes as the directory tells them; an entry that unpacks to more than it may is an error.
Status statEntry(const Zip& zip, zip_uint64_t index, const std::string& name, const std::string& file, zip_stat_t& stat) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  if (zip_stat_index(zip.get(), index, 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded)
    return Error{file, "entry '" + name + "'", "a damaged entry", "an intact one", {}};
  if (stat.size > kMostBytes || (stat.size > kRatioFrom && stat.size / kMostRatio > stat.comp_size))
    return Error{file, "entry '" + name + "'", "an entry of " + std::to_string(stat.size) + " bytes unpacked", "at most 1 GiB and 1000 times its packed size", {}};
  return {};
}

/// Entries at these places, `together` bytes in all. What they come to is known before any is unpacked.
Result<std::map<std::string, std::string>> readEntries(const Zip& zip, const std::map<std::string, zip_uint64_t>& places, zip_uint64_t together,
                                                       const std::string& file, std::size_t most) {
  const zip_uint64_t memory = static_cast<zip_uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<zip_uint64_t>(sysconf(_SC_PAGE_SIZE));
  const zip_uint64_t cap = std::min(kMostTogether, memory / 4);
  const auto text = [](zip_uint64_t n) { return std::to_string(n >> 20) + " MiB"; };
  if (together > cap)
    return Error{file, {}, "entries that unpack to " + text(together),
                 "at most " + text(cap) + " together" + (cap < kMostTogether ? ", a quarter of this machine's memory" : ""), {}};
  std::map<std::string, std::string> out;
  for (const auto& [name, index] : places) {
    zip_stat_t stat;
    if (Status s = statEntry(zip, index, name, file, stat); !s) return s.error();
    std::unique_ptr<zip_file_t, CloseFile> entry(zip_fopen_index(zip.get(), index, 0));
    std::string content(std::min<std::size_t>(stat.size, most), '\0');
    // One more read at the end makes libzip compare the checksum.
    char beyond = 0;
    if (!entry || zip_fread(entry.get(), content.data(), content.size()) != static_cast<zip_int64_t>(content.size()) ||
        (content.size() == stat.size && zip_fread(entry.get(), &beyond, 1) != 0))
      return Error{file, "entry '" + name + "'", "a damaged entry", "an intact one", {}};
    out[name] = std::move(content);
  }
  return out;
}

}  // namespace

Result<std::string> makeZip(const std::vector<ZipEntry>& entries) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  if (!target) return problem("The archive cannot be made: " + textOf(error));
  zip_source_keep(target);  // it is read back after the archive is closed
  std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> kept(target, zip_source_free);
  zip_t* opened = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  if (!opened) {
    zip_source_free(target);
    return problem("The archive cannot be made: " + textOf(error));
  }
  Zip zip(opened);
  for (const ZipEntry& e : entries) {
    zip_source_t* source = zip_source_buffer(zip.get(), e.bytes.data(), e.bytes.size(), 0);
    const zip_int64_t index = source ? zip_file_add(zip.get(), e.name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (source) zip_source_free(source);
      return problem("'" + e.name + "' cannot be put into the archive: " + zip_strerror(zip.get()));
    }
    zip_set_file_compression(zip.get(), static_cast<zip_uint64_t>(index), e.stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0);
    zip_file_set_mtime(zip.get(), static_cast<zip_uint64_t>(index), 0, 0);  // the same project, the same bytes
  }
  if (zip_close(zip.get()) != 0) return problem(std::string("The archive cannot be made: ") + zip_strerror(zip.get()));
  (void)zip.release();  // zip_close has freed it
  zip_stat_t stat;
  if (zip_source_stat(target, &stat) != 0 || zip_source_open(target) != 0) return problem("The archive cannot be read back.");
  std::string out(stat.size, '\0');
  const zip_int64_t got = zip_source_read(target, out.data(), out.size());
  zip_source_close(target);
  if (got != static_cast<zip_int64_t>(out.size())) return problem("The archive cannot be read back.");
  return out;
}

Result<std::vector<std::string>> zipNames(std::string_view bytes, const std::string& file) {
  Result<Zip> zip = openZip(bytes, file, "an archive of arrays");
  if (!zip) return zip.error();
  const zip_int64_t n = zip_get_num_entries(zip->get(), 0);
  if (n > kMostEntries) return Error{file, {}, std::to_string(n) + " entries", "at most " + std::to_string(kMostEntries), {}};
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < n; ++i)
    if (const char* name = zip_get_name(zip->get(), static_cast<zip_uint64_t>(i), 0)) names.push_back(name);
  return names;
}

Result<std::map<std::string, std::string>> readZip(std::string_view bytes, const std::vector<std::string>& names, const std::string& file,
                                                   const char* expected, std::size_t most) {
  Result<Zip> zip = openZip(bytes, file, expected);
  if (!zip) return zip.error();
  std::map<std::string, zip_uint64_t> wanted;
  zip_uint64_t together = 0;
  for (const std::string& name : names) {
    const zip_int64_t index = zip_name_locate(zip->get(), name.c_str(), 0);
    if (index < 0) continue;
    zip_stat_t stat;
    if (Status s = statEntry(*zip, static_cast<zip_uint64_t>(index), name, file, stat); !s) return s.error();
    wanted[name] = static_cast<zip_uint64_t>(index);
    together += std::min<zip_uint64_t>(stat.size, most);
  }
  return readEntries(*zip, wanted, together, file, most);
}

Result<std::map<std::string, std::string>> readZipFile(const std::filesystem::path& path, const char* expected) {
  const std::string file = path.string();
  Result<Zip> zip = openZipFile(path, file, expected);
  if (!zip) return zip.error();
  const zip_int64_t n = zip_get_num_entries(zip->get(), 0);
  if (n > kMostEntries) return Error{file, {}, std::to_string(n) + " entries", "at most " + std::to_string(kMostEntries), {}};
  std::map<std::string, zip_uint64_t> all;
  zip_uint64_t together = 0;
  for (zip_uint64_t i = 0; i < static_cast<zip_uint64_t>(n); ++i) {
    const char* name = zip_get_name(zip->get(), i, 0);
    if (!name || !*name) return Error{file, "entry " + std::to_string(i + 1), "a damaged name", "a name", {}};
    if (!all.emplace(name, i).second) return Error{file, "entry '" + std::string(name) + "'", "a second one of this name", "each name once", {}};
    zip_stat_t stat;
    if (Status s = statEntry(*zip, i, name, file, stat); !s) return s.error();
    together += stat.size;
  }
  return readEntries(*zip, all, together, file, std::numeric_limits<std::size_t>::max());
}

}  // namespace vitrine
