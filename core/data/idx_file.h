#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace vitrine {

/// One IDX file of unsigned bytes (LeCun, http://yann.lecun.com/exdb/mnist), packed by gzip or not.
struct IdxFile {
  std::vector<std::int64_t> dims;  ///< {images, rows, columns} or {labels}
  std::vector<std::uint8_t> data;
  std::string sha256;              ///< of the file as it was read
};

/// `rank`: 3 for images, 1 for labels. `spare` bytes are kept free behind the data for what the caller will append.
/// Memory is taken as data arrive: what the header says is believed only as far as the file's size allows.
Result<IdxFile> readIdxFile(const std::filesystem::path& path, int rank, std::int64_t spare, std::stop_token stop,
                            const std::function<void(double)>& progress);

}  // namespace vitrine
