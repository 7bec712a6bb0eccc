#pragma once

#include <filesystem>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// A whole regular file. Refused: what is not a file, cannot be read, or is larger than a quarter of the machine's memory.
Result<std::string> readFileBytes(const std::filesystem::path& path, std::stop_token stop = {});
/// At most the first `limit` bytes.
Result<std::string> readFileHead(const std::filesystem::path& path, std::size_t limit);

/// What stands directly in a folder, in no order; nothing where it cannot be read, what was met till then where it goes away meanwhile.
std::vector<std::filesystem::directory_entry> entriesOf(const std::filesystem::path& folder);

/// What tells whether files are those that were read: one's own SHA-256; of several "files:" and the SHA-256 of theirs, a line each.
std::string hashOfFiles(std::span<const std::string> hashes);
inline bool isHashOfSeveral(std::string_view hash) { return hash.starts_with("files:"); }

/// A quarter of the machine's memory, in bytes: more is not read into it.
std::int64_t memoryCap();
/// "1.5 MiB".
std::string bytesText(std::int64_t bytes);

/// The error every reader gives when it was asked to stop.
Error stopped(const std::filesystem::path& path);
/// The file's own name, as errors show it.
std::string shownName(const std::filesystem::path& path);

}  // namespace vitrine
