#include "core/base/zip_archive.h"

#include <zip.h>

#include <algorithm>
#include <memory>

namespace vitrine {
namespace {

constexpr zip_uint64_t kMostBytes = zip_uint64_t{1} << 30, kMostRatio = 1000, kRatioFrom = 1 << 20;

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

/// The archive for reading; it looks into `bytes`.
Result<std::unique_ptr<zip_t, Discard>> openZip(std::string_view bytes, const std::string& file, const char* expected) {
  if (bytes.empty()) return Error{file, {}, "an empty file", expected, {}};  // libzip takes it for an archive of nothing
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  if (!source) return Error{file, {}, {}, {}, "It cannot be read: " + textOf(error)};
  zip_t* opened = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (!opened) {
    zip_source_free(source);
    return Error{file, {}, "no intact ZIP archive (" + textOf(error) + ")", expected, {}};
  }
  return std::unique_ptr<zip_t, Discard>(opened);
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
  std::unique_ptr<zip_t, Discard> zip(opened);
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
  constexpr zip_int64_t kMostEntries = 10000;
  Result<std::unique_ptr<zip_t, Discard>> zip = openZip(bytes, file, "an archive of arrays");
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
  Result<std::unique_ptr<zip_t, Discard>> openedZip = openZip(bytes, file, expected);
  if (!openedZip) return openedZip.error();
  const std::unique_ptr<zip_t, Discard>& zip = *openedZip;
  std::map<std::string, std::string> out;
  for (const std::string& name : names) {
    const zip_int64_t index = zip_name_locate(zip.get(), name.c_str(), 0);
    if (index < 0) continue;
    zip_stat_t stat;
    constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
    if (zip_stat_index(zip.get(), static_cast<zip_uint64_t>(index), 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded)
      return Error{file, "entry '" + name + "'", "a damaged entry", "an intact one", {}};
    if (stat.size > kMostBytes || (stat.size > kRatioFrom && stat.size / kMostRatio > stat.comp_size))
      return Error{file, "entry '" + name + "'", "an entry of " + std::to_string(stat.size) + " bytes unpacked", "at most 1 GiB and 1000 times its packed size", {}};
    std::unique_ptr<zip_file_t, CloseFile> entry(zip_fopen_index(zip.get(), static_cast<zip_uint64_t>(index), 0));
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

}  // namespace vitrine
