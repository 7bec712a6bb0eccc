#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// One file within an archive.
struct ZipEntry {
  std::string name, bytes;
  bool stored = false;  ///< not compressed
};

/// A ZIP file's bytes with the entries in this order (libzip).
Result<std::string> makeZip(const std::vector<ZipEntry>& entries);

/// The entries of these names, as many as are there. Refused: no ZIP, damaged entries, such that unpack to more than 1 GiB or to more than
/// 1000 times their size, and more than 4 GiB or a quarter of the machine's memory together. Other names are not looked at and nothing is
/// written anywhere.
/// `expected`: what the archive should be, for errors. `most`: no more than so many bytes from the beginning of each; then
/// checksums are not compared.
Result<std::map<std::string, std::string>> readZip(std::string_view bytes, const std::vector<std::string>& names, const std::string& file,
                                                   const char* expected = "a Vitrine project", std::size_t most = std::numeric_limits<std::size_t>::max());

/// Every entry of an archive in a file, by name. Only its directory is read before all that it says is known to fit. Refused besides: what
/// is no regular file, and names that stand twice.
Result<std::map<std::string, std::string>> readZipFile(const std::filesystem::path& path, const char* expected);

/// The archive's names, in its order; at most 10 000.
Result<std::vector<std::string>> zipNames(std::string_view bytes, const std::string& file);

}  // namespace vitrine
